#include "case_desk.h"

#include <string.h>

/*
 * The index, made again from the stream.  It is compared first: the answer says how many
 * references differed, which is none unless the file was tampered with.
 */

struct rebuild {
    struct desk *desk;
    uint64_t events, references, unread;
    struct hash before, after; /* over the rows, in the order of their ids */
    struct hash *digest;
};

/* Everything of a row but the nonce that its seal was made with. */
static status each_row(void *context, const struct shelf_row *row)
{
    struct rebuild *const r = context;
    struct arena *const a = r->desk->exchange->arena;
    const size_t mark = arena_mark(a);
    const size_t room = HASH_SIZE + sizeof row->id.bytes + 64 + row->body.size;
    struct writer w = writer_over(arena_take(a, room), room);

    ENSURE(w.at != NULL, E_MEMORY);
    write_bytes(&w, bytes_of(r->digest->bytes, sizeof r->digest->bytes));
    write_bytes(&w, bytes_of(row->id.bytes, sizeof row->id.bytes));
    write_u32(&w, row->state);
    write_u64(&w, row->due);
    write_u64(&w, row->changed);
    write_bytes(&w, row->body);
    MUST(!w.bad);
    *r->digest = keyring_mac(r->desk->keyring, KEYRING_DIGEST, writer_bytes(&w));
    r->references += r->digest == &r->after;
    arena_rewind(a, mark);
    return OK;
}

static status digest_rows(struct rebuild *r, struct hash *digest)
{
    r->digest = digest;
    return journal_shelf_walk(r->desk->journal, SHELF_OBLIGATION, (struct shelf_filter){0},
                              r->desk->scratch, each_row, r);
}

static status take_entry(struct rebuild *r, const struct salted_item *items, size_t count)
{
    struct arena *const a = r->desk->scratch;
    struct case_event e;
    struct item item;

    for (size_t i = 0; i < count;) {
        TRY(item_decode(items[i++].item, a, &item));
        ENSURE(item.kind == ITEM_CASE_EVENT, E_DAMAGED);
        e = (struct case_event){.is = item.case_event};
        if (i < count) {
            TRY(item_decode(items[i].item, a, &item));
            if (item.kind == ITEM_CASE_DECISION) {
                e.why = item.case_decision;
                i++;
            }
        }
        const status s = case_index_again(r->desk, &e);
        /* An entry that was issued again in a later epoch says what its first one said. */
        ENSURE(s == OK || s == E_DUPLICATE || s == E_LIMIT, s);
        r->events += s == OK;
    }
    return OK;
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct rebuild *const r = context;
    const struct salted_item *items = NULL;
    size_t count = 0;

    if (e->kind != KIND_OBLIGATION || e->disposition != DISPOSITION_HELD)
        return OK;
    status s = desk_open(r->desk, e, r->desk->scratch, &items, &count);
    if (s == OK)
        s = take_entry(r, items, count);
    /* The old rows are gone by now: one entry must not cost those of all the others. */
    if (s == OK || s == E_STORAGE || s == E_MEMORY)
        return s;
    r->unread++;
    return OK;
}

/* What was told stands in the stream; the to-do for it may be gone, or an old one. */
static status each_told(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct case_events *const events = arena_take(a, sizeof *events);

    ENSURE(events != NULL, E_MEMORY);
    status s = case_read(row, a, events, NULL);
    if (s == OK)
        s = case_put_todo(d, &row->id, events);
    arena_rewind(a, mark);
    return s;
}

struct epochs {
    const struct agency_id *self;
    size_t count;
    struct stream_id at[64];
};

static status each_stream(void *context, const struct stream_row *row)
{
    struct epochs *const all = context;

    if (!row->own || row->id.lane != LANE_LOCAL ||
        !agency_id_equal(&row->id.agency, all->self))
        return OK;
    ENSURE(all->count < COUNT_OF(all->at), E_LIMIT);
    all->at[all->count++] = row->id;
    return OK;
}

status case_rebuild(struct desk *d, struct case_rebuilt *ret)
{
    struct rebuild r = {.desk = d};
    struct epochs epochs = {.self = &d->exchange->self};

    TRY(journal_streams(d->journal, each_stream, &epochs));
    const status s = digest_rows(&r, &r.before);
    /* A row that does not even open is thrown away with the others. */
    ENSURE(s == OK || s == E_DAMAGED, s);
    TRY(journal_shelf_clear(d->journal, SHELF_OBLIGATION));
    for (size_t i = 0; i < epochs.count; i++)
        TRY(journal_entries(d->journal, &epochs.at[i], 0, d->scratch, each_entry, &r));
    TRY(digest_rows(&r, &r.after));
    TRY(journal_shelf_walk(d->journal, SHELF_OBLIGATION, (struct shelf_filter){0},
                           d->scratch, each_told, d));
    *ret = (struct case_rebuilt){.events = r.events,
                                 .references = r.references,
                                 .unread = r.unread,
                                 .as_before = s == OK && hash_equal(&r.before, &r.after)};
    return OK;
}

status case_rebuild_prepare(struct desk *d, struct call *c)
{
    struct case_rebuilt *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(case_log(d, c, AUDIT_ALTER, (struct bytes){0}, "index of case reports made again"));
    TRY(case_rebuild(d, work));
    c->work = work;
    return OK;
}

status case_rebuild_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct case_rebuilt *const work = c->work;
    struct rows rows;

    rows_init(&rows, d->exchange->arena, 1);
    rows_next(&rows, 4);
    rows_number(&rows, "references", work->references);
    rows_number(&rows, "events", work->events);
    rows_number(&rows, "unread", work->unread);
    rows_text(&rows, "as_before", work->as_before ? "yes" : "no");
    ret->sentence = bytes_of_text(
        work->unread > 0  ? "made again from what could be read of the log; entries that "
                            "could not be are counted as unread"
        : work->as_before ? "made again from the log: nothing differed"
                          : "made again from the log: it differed, and is now what the log "
                            "says");
    rows_give(&rows, ret);
    return OK;
}
