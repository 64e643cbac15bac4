#include "handling.h"

#include "asked.h"
#include "recall.h"
#include "shelf.h"

/*
 * The body of a row:
 *
 *     u8 version = 1, u8 what, u8 size and class, the owner's id to the end
 *
 * `changed` is when it was done, `due` when it is told.
 */

enum { VERSION = 1, BODY_MAX = 64, CLASS_MAX = 16, EACH_TICK = 16 };
enum { WAITS = 1, TOLD, WITHHELD };
#define EVERY_MS  UINT64_C(1000)
#define MINUTE_MS UINT64_C(60000)

status handling_class(struct desk *d, struct call *c, struct bytes *ret)
{
    TRY(asked_word(d, c, "class",
                   "intelligence, operation, safeguarding, prosecution, management", ret));
    if (ret->size == 0)
        *ret = bytes_of_text("intelligence");
    return OK;
}

const char *handling_word(enum outcome_what what)
{
    return what == OUTCOME_OPENED ? "opened" : what == OUTCOME_COPIED ? "copied" : "shared";
}

/* --- noting --- */

static record_id row_id(struct desk *d, const struct parent *record, enum outcome_what what)
{
    return recall_row_id(
        d, desk_text(d->exchange->arena, "handled/", handling_word(what), NULL), record);
}

/* The end of the batch in which it falls. */
static millis told_at(const struct desk *d)
{
    const millis period = (millis)d->config->handling_minutes * MINUTE_MS;

    return period == 0 ? d->exchange->now : (d->exchange->now / period + 1) * period;
}

static status log_withheld(struct desk *d, struct call *c, const struct parent *record,
                           enum outcome_what what)
{
    struct item_audit row = {.operation = AUDIT_DECIDE,
                             .object = record->id,
                             .outcome = bytes_of_text(desk_text(
                                 d->exchange->arena, "by handling_told not told to ",
                                 record->agency.text, ": ", handling_word(what), NULL))};

    return desk_audit(d, c, &row);
}

status handling_note(struct desk *d, struct call *c, const struct parent *record,
                     enum outcome_what what, struct bytes class)
{
    const bool told = (d->config->handling_told & UINT32_C(1) << what) != 0;
    uint8_t body[BODY_MAX];
    struct writer w = writer_over(body, sizeof body);
    struct shelf_row row = {.kind = SHELF_HANDLING,
                            .id = row_id(d, record, what),
                            .about = record->id,
                            .state = told ? WAITS : WITHHELD,
                            .due = told ? told_at(d) : 0,
                            .changed = d->exchange->now};
    struct shelf_row before = {0};

    if (agency_id_equal(&record->agency, &d->exchange->self))
        return OK;
    const status s = journal_shelf_find(d->journal, SHELF_HANDLING, &row.id,
                                        d->exchange->arena, &before);
    ENSURE(s == E_UNKNOWN, s);
    MUST(class.size <= CLASS_MAX);
    write_u8(&w, VERSION);
    write_u8(&w, (uint8_t)what);
    write_u8(&w, (uint8_t) class.size);
    write_bytes(&w, class);
    write_text(&w, record->agency.text);
    MUST(!w.bad);
    row.body = writer_bytes(&w);
    if (!told)
        TRY(log_withheld(d, c, record, what));
    return journal_shelf_put(d->journal, &row);
}

/* --- telling --- */

struct due {
    size_t count;
    record_id ids[EACH_TICK];
};

static status each_due(void *context, const struct shelf_row *row)
{
    struct due *const due = context;

    ENSURE(due->count < COUNT_OF(due->ids), E_LIMIT);
    due->ids[due->count++] = row->id;
    return OK;
}

static status read_row(const struct shelf_row *row, struct item *ret_item)
{
    struct reader r = {.rest = row->body};
    const uint8_t version = read_u8(&r);
    struct item_outcome o = {
        .id = row->about, .what = (enum outcome_what)read_u8(&r), .at = row->changed};

    o.reason = read_bytes(&r, read_u8(&r));
    ENSURE(!r.bad && version == VERSION, E_VERSION);
    TRY(agency_id_read(r.rest, &o.agency));
    *ret_item = (struct item){.kind = ITEM_OUTCOME, .outcome = o};
    return OK;
}

static status tell(struct desk *d, const record_id *id)
{
    struct exchange *const x = d->exchange;
    struct shelf_row row = {0};
    struct item item;

    TRY(journal_shelf_find(d->journal, SHELF_HANDLING, id, x->arena, &row));
    TRY(read_row(&row, &item));
    const struct parent record = {.agency = item.outcome.agency, .id = item.outcome.id};
    const status s = recall_outcome(d, &record, &item);
    /* What stands in the way now does not stand there for ever; an owner that has left the
     * roster can come back. */
    ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    row.state = s == OK ? TOLD : WAITS;
    row.due = s == OK ? 0 : x->now + MINUTE_MS;
    return journal_shelf_put(d->journal, &row);
}

status handling_tick(struct desk *d, millis steady)
{
    struct exchange *const x = d->exchange;
    const struct shelf_filter filter = {.state = WAITS, .due_before = x->now + 1};
    struct due due = {0};

    if (steady < d->handling_at + EVERY_MS || x->fence != OK)
        return OK;
    d->handling_at = steady;
    const size_t mark = arena_mark(d->scratch);
    TRY(desk_part_ends(d, mark,
                       journal_shelf_walk(d->journal, SHELF_HANDLING, filter, d->scratch,
                                          each_due, &due)));
    for (size_t i = 0; i < due.count; i++)
        TRY(desk_part_ends(d, mark, tell(d, &due.ids[i])));
    return OK;
}
