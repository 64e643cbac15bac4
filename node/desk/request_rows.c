#include "request_desk.h"

#include "routing.h"
#include "traces.h"
#include "words.h"

/* One row for each question, at both sides; its text is in the entry. */

enum { BODY_MAX = 512 };

bool asked_is_text(struct bytes b, size_t most)
{
    return b.size <= most && utf8_is_valid(b) && word_trim(b).size > 0;
}

bool asked_is_open(const struct asked *a)
{
    return a->state == ASKED_OPEN || a->state == ASKED_OVERDUE;
}

const char *asked_state_word(enum asked_state state)
{
    switch (state) {
    case ASKED_OPEN:
        return "open";
    case ASKED_OVERDUE:
        return "overdue";
    case ASKED_GRANTED:
        return "granted";
    case ASKED_REFUSED:
        return "refused";
    case ASKED_ENDED:
        return "ended";
    }
    return "?";
}

const struct agency_id *asked_other(const struct desk *d, const struct asked *a)
{
    return agency_id_equal(&a->from, &d->exchange->self) ? &a->record.agency : &a->from;
}

static record_id row_id(struct desk *d, const struct agency_id *from,
                        const record_id *question)
{
    const struct parent key = {.agency = *from, .id = *question};

    return recall_row_id(d, "asked", &key);
}

/* When it is looked at next. */
static millis due_of(const struct desk *d, const struct asked *a)
{
    if (!asked_is_open(a))
        return 0;
    return a->state == ASKED_OPEN ? a->by : d->exchange->now + DESK_DAY_MS;
}

status asked_put(struct desk *d, const struct asked *a)
{
    uint8_t room[BODY_MAX];
    struct writer w = writer_over(room, sizeof room);

    desk_write_agency(&w, &a->record.agency);
    desk_write_agency(&w, &a->from);
    write_u8(&w, (uint8_t)a->wants);
    write_u64(&w, a->by);
    write_bytes(&w, bytes_of(a->question.bytes, sizeof a->question.bytes));
    write_u64(&w, a->answered);
    write_bytes(&w, bytes_of(a->answer.bytes, sizeof a->answer.bytes));
    write_u16(&w, a->person.size);
    write_bytes(&w, bytes_of(a->person.at, a->person.size));
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_ASKED,
                                  .id = row_id(d, &a->from, &a->question),
                                  .about = a->record.id,
                                  .state = (uint32_t)a->state,
                                  .due = due_of(d, a),
                                  .changed = a->at,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

status asked_read(const struct shelf_row *row, struct asked *ret)
{
    struct reader r = {.rest = row->body};
    struct asked a = {
        .record.id = row->about, .state = (enum asked_state)row->state, .at = row->changed};

    TRY(desk_read_agency(&r, &a.record.agency));
    TRY(desk_read_agency(&r, &a.from));
    a.wants = (enum request_for)read_u8(&r);
    a.by = read_u64(&r);
    read_copy(&r, a.question.bytes, sizeof a.question.bytes);
    a.answered = read_u64(&r);
    read_copy(&r, a.answer.bytes, sizeof a.answer.bytes);
    a.person = recall_text(read_bytes(&r, read_u16(&r)));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = a;
    return OK;
}

status asked_find(struct desk *d, const struct agency_id *from, const record_id *question,
                  struct asked *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = row_id(d, from, question);
    struct shelf_row row = {0};
    status s = journal_shelf_find(d->journal, SHELF_ASKED, &id, d->scratch, &row);

    if (s == OK)
        s = asked_read(&row, ret);
    arena_rewind(d->scratch, mark);
    return s;
}

/* --- of one record --- */

struct about_walk {
    const struct parent *record;
    struct asked_list *list;
};

/* Ids of records are unique to their agency only. */
static status each_about(void *context, const struct shelf_row *row)
{
    const struct about_walk *const w = context;
    struct asked_list *const list = w->list;
    struct asked a;

    TRY(asked_read(row, &a));
    if (!agency_id_equal(&a.record.agency, &w->record->agency))
        return OK;
    ENSURE(list->count < ASKED_ABOUT_MAX, E_LIMIT);
    size_t at = list->count++;
    for (; at > 0 && list->at[at - 1].at > a.at; at--)
        list->at[at] = list->at[at - 1];
    list->at[at] = a;
    return OK;
}

status asked_about(struct desk *d, const struct parent *record, struct asked_list *ret)
{
    struct arena *const a = d->exchange->arena;
    struct about_walk w = {.record = record, .list = ret};

    *ret = (struct asked_list){.at = arena_array(a, ASKED_ABOUT_MAX, sizeof *ret->at)};
    ENSURE(ret->at != NULL, E_MEMORY);
    return journal_shelf_about(d->journal, SHELF_ASKED, &record->id, d->scratch, each_about,
                               &w);
}

const struct asked *asked_newest(const struct asked_list *all, const struct agency_id *from,
                                 enum request_for wants, size_t *ret_count)
{
    const struct asked *newest = NULL;

    *ret_count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (all->at[i].wants != wants || !agency_id_equal(&all->at[i].from, from))
            continue;
        newest = &all->at[i];
        ++*ret_count;
    }
    return newest;
}

/* --- erasure --- */

struct forgetting {
    struct desk *desk;
    const struct parent *record;
    size_t left; /* of the first ones, what has nothing that could be erased */
    size_t passed, count;
    bool more;
    struct parent at[2 * ASKED_ABOUT_MAX]; /* entries: questions and answers */
};

static status each_entry(void *context, const struct entry_row *e)
{
    struct forgetting *const f = context;
    struct header h;

    if (e->disposition != DISPOSITION_HELD && e->disposition != DISPOSITION_UNOPENABLE)
        return OK;
    TRY(header_decode(e->header, f->desk->scratch, &h));
    if (!h.has_about || !agency_id_equal(&h.about.stream.agency, &f->record->agency))
        return OK;
    if (f->passed < f->left) {
        f->passed++;
        return OK;
    }
    f->more = f->count == COUNT_OF(f->at);
    ENSURE(!f->more, E_LIMIT);
    f->at[f->count++] = (struct parent){.agency = e->stream.agency, .id = e->id};
    return OK;
}

static status erase_entry(struct forgetting *f, const struct parent *entry,
                          const struct item_audit *why)
{
    const status s = traces_erase(f->desk, entry, why);

    f->left += s == E_UNKNOWN;
    return s == E_DUPLICATE || s == E_UNKNOWN ? OK : s;
}

/* Whoever knows a record's id can seal any number of these for nobody, and that is no
 * reason to keep the record: what is erased drops out of the next walk.  The turn's log
 * bounds it. */
static status erase_entries(struct forgetting *f, const struct item_audit *why)
{
    struct desk *const d = f->desk;

    do {
        f->more = false;
        f->passed = 0;
        f->count = 0;
        const status s = journal_naming(d->journal, &f->record->id, KIND_REQUEST,
                                        d->scratch, each_entry, f);
        ENSURE(s == OK || f->more, s);
        for (size_t i = 0; i < f->count; i++)
            TRY(erase_entry(f, &f->at[i], why));
    } while (f->more);
    return OK;
}

status asked_forget(struct desk *d, const struct parent *record,
                    const struct item_audit *why)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct forgetting *const f = arena_take(a, sizeof *f);
    struct asked_list rows = {0};

    ENSURE(f != NULL, E_MEMORY);
    f->desk = d;
    f->record = record;
    f->left = 0;
    TRY(erase_entries(f, why));
    TRY(asked_about(d, record, &rows));
    TRY(asked_close(d, record));
    for (size_t i = 0; i < rows.count; i++) {
        const record_id id = row_id(d, &rows.at[i].from, &rows.at[i].question);
        TRY(journal_shelf_drop(d->journal, SHELF_ASKED, &id));
    }
    arena_rewind(a, mark);
    return OK;
}

/* --- saying it --- */

status asked_say(struct desk *d, const struct entry_row *e, const struct item_request *says,
                 const struct agency_id *to, record_id *ret_id)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    struct agency_id *const recipient = arena_take(x->arena, sizeof *recipient);
    const struct item item = {.kind = ITEM_REQUEST, .request = *says};
    struct header h;

    ENSURE(encoded != NULL && recipient != NULL, E_MEMORY);
    TRY(header_decode(e->header, x->arena, &h));
    TRY(item_encode(&item, x->arena, encoded));
    *recipient = *to;
    const struct submission s = {
        .id = draw_record_id(&x->draw, x->now),
        .kind = KIND_REQUEST,
        .label = h.label,
        .lane = routing_lane(&h.label),
        .has_previous = true,
        .previous = e->id,
        .about = {.stream = e->stream, .index = e->index, .leaf = e->leaf},
        .item_count = 1,
        .items = encoded,
        .recipient_count = 1,
        .recipients = recipient};
    TRY(exchange_submit(x, &s));
    *ret_id = s.id;
    return OK;
}
