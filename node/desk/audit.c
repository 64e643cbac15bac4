#include "asked.h"
#include "text.h"

#include <string.h>

/* The log of DPA 2018 s.62, read back from the local stream.  Looking at it is logged too.
 */

/* The second bounds a turn, in which the node does nothing else: each entry is opened. */
enum { AUDIT_ANSWER_ROWS = 5000, AUDIT_LOOKED_AT = 20000 };

struct audit_work {
    struct desk *desk;
    struct bytes operation, actor, object; /* empty: all */
    struct asked_period period;
    sequence from, next; /* indexes in the local stream */
    size_t looked_at;
    struct rows rows;
};

static const char *operation_text(enum audit_operation o)
{
    switch (o) {
    case AUDIT_COLLECT:
        return "collect";
    case AUDIT_ALTER:
        return "alter";
    case AUDIT_CONSULT:
        return "consult";
    case AUDIT_DISCLOSE:
        return "disclose";
    case AUDIT_COMBINE:
        return "combine";
    case AUDIT_ERASE:
        return "erase";
    case AUDIT_REFUSE:
        return "refuse";
    case AUDIT_INSTALL:
        return "install";
    case AUDIT_DECIDE:
        return "decide";
    case AUDIT_DENY:
        return "deny";
    }
    return "";
}

static status read_filter(struct desk *d, struct call *c, struct audit_work *work)
{
    work->actor = control_argument(&c->parsed, "actor");
    work->object = control_argument(&c->parsed, "object");
    TRY(asked_period(c, &work->period));
    TRY(asked_word(d, c, "operation",
                   "collect, alter, consult, disclose, combine, erase, refuse, install, "
                   "decide, deny",
                   &work->operation));
    return asked_number(d, c, "from", &work->from);
}

status audit_prepare(struct desk *d, struct call *c)
{
    struct audit_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    work->desk = d;
    TRY(read_filter(d, c, work));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text("log read")};
    const status s = desk_audit(d, c, &row);
    if (s == E_FENCED)
        c->sentence =
            "this node may not write to its log now, so the log cannot be read: see "
            "`flagpost status`";
    TRY(s);
    c->work = work;
    return OK;
}

/* The list's texts with a space between them. */
static struct bytes joined(struct arena *a, const struct text_list *list)
{
    size_t size = 0;

    for (size_t i = 0; i < list->count; i++)
        size += list->at[i].size + 1;
    char *const text = arena_take(a, size);
    if (text == NULL)
        return (struct bytes){0};
    struct writer w = writer_over(text, size);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            write_text(&w, " ");
        write_bytes(&w, list->at[i]);
    }
    return writer_bytes(&w);
}

static status give_row(struct rows *r, const struct item_audit *row, sequence index)
{
    static const record_id none;
    struct bytes copy = {0};
    char hex[2 * HASH_SIZE + 1] = "";

    rows_next(r, 12);
    rows_number(r, "index", index);
    rows_time(r, "at", row->at);
    rows_text(r, "operation", operation_text(row->operation));
    TRY(arena_copy(r->arena, row->actor, &copy));
    rows_bytes(r, "actor", copy);
    TRY(arena_copy(r->arena, row->channel, &copy));
    rows_bytes(r, "channel", copy);
    if (!record_id_equal(&row->object, &none))
        rows_id(r, "object", &row->object);
    else
        rows_text(r, "object", "");
    rows_agency(r, "stream", &row->object_stream.agency);
    TRY(arena_copy(r->arena, row->justification, &copy));
    rows_bytes(r, "purpose", copy);
    rows_bytes(r, "with", joined(r->arena, &row->recipients));
    rows_bytes(r, "rules", joined(r->arena, &row->rules));
    TRY(arena_copy(r->arena, row->outcome, &copy));
    rows_bytes(r, "outcome", copy);
    /* Under a key of this node: it tells that two are one, and not of what. */
    if (row->digest.size <= HASH_SIZE)
        hex_encode(row->digest, hex);
    TRY(arena_copy(r->arena, bytes_of_text(hex), &copy));
    rows_bytes(r, "digest", copy);
    return OK;
}

static bool takes(const struct audit_work *work, const struct item_audit *row)
{
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&row->object, id);
    const struct bytes object = bytes_of_text(id);
    return asked_is_in(&work->period, row->at) &&
           (work->operation.size == 0 ||
            text_is(work->operation, operation_text(row->operation))) &&
           (work->actor.size == 0 || memmem(row->actor.at, row->actor.size, work->actor.at,
                                            work->actor.size) != NULL) &&
           (work->object.size == 0 ||
            (work->object.size <= object.size &&
             bytes_equal(bytes_of(object.at, work->object.size), work->object)));
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct audit_work *const work = context;
    struct arena *const scratch = work->desk->scratch;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (e->kind != KIND_AUDIT)
        return OK;
    work->next = e->index;
    ENSURE(work->looked_at++ < AUDIT_LOOKED_AT, E_LIMIT);
    TRY(desk_open(work->desk, e, scratch, &items, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(item_decode(items[i].item, scratch, &item));
        ENSURE(item.kind == ITEM_AUDIT, E_DAMAGED);
        if (takes(work, &item.audit))
            TRY(give_row(&work->rows, &item.audit, e->index));
    }
    /* The walk ends with the answer: the loop has other work. */
    return work->rows.full ? E_LIMIT : OK;
}

status audit_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct audit_work *const work = c->work;

    rows_init(&work->rows, d->exchange->arena, AUDIT_ANSWER_ROWS);
    const status s =
        journal_entries(d->journal, &d->exchange->own[lane_rank(LANE_LOCAL)].row.id,
                        work->from, d->scratch, each_entry, work);
    rows_give(&work->rows, ret);
    if (s == E_LIMIT) {
        const char *const index = desk_number(d->exchange->arena, work->next);
        ret->sentence = bytes_of_text(desk_text(
            d->exchange->arena, "the log goes on: ask again with --from ", index, NULL));
        return OK;
    }
    return s;
}
