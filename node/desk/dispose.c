#include "dispose.h"

#include "recall.h"
#include "traces.h"

/* What is looked at before anything is erased, and what is told of it afterwards. */

enum { LIST_ROWS = 1000, ROW_ROOM = 1 << 20 };

#define HOUR_MS UINT64_C(3600000)

millis dispose_undo_until(const struct desk *d, const struct nominal *n)
{
    return n->is.approved_at + d->config->dispose_undo_hours * HOUR_MS;
}

/* --- what is in the way --- */

static const char *in_the_way(struct arena *a, const record_id *record,
                              const struct nominal_found *other)
{
    return desk_text(a, "the record ", desk_id_text(a, record), " is in the set ",
                     desk_id_text(a, &other->set), " too, which ",
                     other->held ? "is under legal hold" : "has not been disposed of",
                     ": take it out of one of the two (`flagpost review remove`)", NULL);
}

/* The record and what was made of it here: they are erased together. */
static status obstacle_of(struct desk *d, const record_id *set, const record_id *record,
                          const char **ret)
{
    struct exchange *const x = d->exchange;
    const struct parent parent = {.agency = x->self, .id = *record};
    struct recall_copies copies = {0};
    struct nominal_found other = {0};

    TRY(nominal_other(d, record, set, &other));
    if (other.any)
        *ret = in_the_way(x->arena, record, &other);
    TRY(recall_copies(d, &parent, &copies));
    if (copies.more)
        *ret =
            desk_text(x->arena, "more was made of the record ",
                      desk_id_text(x->arena, record), " here than is erased at once", NULL);
    for (size_t i = 0; *ret == NULL && i < copies.count; i++) {
        if (!agency_id_equal(&copies.at[i].agency, &x->self))
            continue;
        TRY(nominal_other(d, &copies.at[i].id, set, &other));
        if (other.any)
            *ret = in_the_way(x->arena, &copies.at[i].id, &other);
    }
    return OK;
}

status dispose_obstacle(struct desk *d, const struct nominal *n, const char **ret)
{
    record_id records[RETENTION_RECORDS_MAX];
    const size_t count = retention_records(&n->events, records);

    *ret = NULL;
    for (size_t i = 0; *ret == NULL && i < count; i++)
        TRY(obstacle_of(d, &n->id, &records[i], ret));
    return OK;
}

/* --- preview --- */

struct preview {
    struct nominal nominal;
    const char *obstacle;
};

status dispose_preview_prepare(struct desk *d, struct call *c)
{
    struct preview *const p = arena_take(d->exchange->arena, sizeof *p);
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .outcome = bytes_of_text("disposal previewed")};

    ENSURE(p != NULL, E_MEMORY);
    TRY(nominal_find(d, c, &p->nominal));
    TRY(dispose_obstacle(d, &p->nominal, &p->obstacle));
    row.object = p->nominal.id;
    TRY(desk_audit(d, c, &row));
    c->work = p;
    return OK;
}

/* Everyone else who was ever wrapped for it, and how many entries it has. */
static status holders_of(struct desk *d, const struct parent *record, const char **ret,
                         size_t *ret_places)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    const char *names = "";
    status s = recall_next_place(d, record, &place);

    for (*ret_places = 0; s == OK; s = recall_next_place(d, record, &place)) {
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        struct header h;
        TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch,
                                     &e));
        TRY(header_decode(e.header, d->scratch, &h));
        for (size_t i = 0; i < h.recipient_count; i++) {
            if (!agency_id_equal(&h.recipients[i].agency, &x->self))
                names = desk_text(x->arena, names, names[0] == '\0' ? "" : " ",
                                  h.recipients[i].agency.text, NULL);
        }
        arena_rewind(d->scratch, mark);
        (*ret_places)++;
    }
    *ret = names;
    return s == E_UNKNOWN ? OK : s;
}

static status give_record(struct desk *d, const struct nominal *n, const record_id *id,
                          struct rows *r)
{
    const struct parent record = {.agency = d->exchange->self, .id = *id};
    struct recall_copies copies = {0};
    const char *names = "";
    size_t places = 0;

    TRY(holders_of(d, &record, &names, &places));
    TRY(recall_copies(d, &record, &copies));
    rows_next(r, 6);
    rows_text(r, "row", "record");
    rows_id(r, "record", id);
    rows_text(r, "becomes",
              retention_has_erased(&n->events, id) ? "erased already" : "erased");
    rows_number(r, "entries", places);
    rows_number(r, "copies_here", copies.count);
    rows_text(r, "asked", names);
    return OK;
}

/* The next thing that a person would have to say of the set. */
static const char *next_refusal(struct desk *d, const struct nominal *n)
{
    const struct item_retention next = {.what = n->is.state == RETENTION_STANDING
                                                    ? RETENTION_CONDEMNED
                                                    : RETENTION_PROPOSED};
    const struct retention_asked asked = {
        .rules = d->lists->retention, .born = n->born, .now = d->exchange->now};

    return n->is.state > RETENTION_TO_DISPOSE
               ? NULL
               : retention_refusal(&n->events, &next, &asked);
}

status dispose_preview_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct preview *const p = c->work;
    record_id records[RETENTION_RECORDS_MAX];
    const size_t count = retention_records(&p->nominal.events, records);
    const char *const why =
        p->obstacle != NULL ? p->obstacle : next_refusal(d, &p->nominal);
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + count);
    rows_next(&r, 5);
    rows_text(&r, "row", "set");
    rows_id(&r, "set", &p->nominal.id);
    rows_text(&r, "state", retention_state_word(p->nominal.is.state));
    rows_number(&r, "records", count);
    rows_text(&r, "in_the_way", why == NULL ? "" : why);
    for (size_t i = 0; i < count; i++)
        TRY(give_record(d, &p->nominal, &records[i], &r));
    rows_give(&r, ret);
    const char *const doubt = doubt_sentence(d);
    ret->sentence = bytes_of_text(doubt != NULL ? doubt
                                  : why != NULL ? why
                                                : "nothing is in the way");
    return OK;
}

/* --- list --- */

struct listing {
    struct desk *desk;
    struct rows rows;
};

static const char *files_word(enum trace_state s)
{
    return s == TRACE_LOOKED_FOR ? "being looked for"
           : s == TRACE_FOUND    ? "still in a file: see `flagpost todo`"
                                 : "in no file";
}

static status give_erased(struct desk *d, const struct nominal *n, const record_id *id,
                          struct rows *r)
{
    const struct parent record = {.agency = d->exchange->self, .id = *id};
    struct recall_found asked = {0};
    enum trace_state trace = TRACE_NONE;
    const char *names = "";
    size_t missing = 0;

    TRY(recall_of(d, &record, d->exchange->arena, &asked));
    TRY(recall_missing(d, &record, &names, &missing));
    TRY(traces_state(d, &record, &trace));
    rows_next(r, 7);
    rows_text(r, "row", "record");
    rows_id(r, "set", &n->id);
    rows_id(r, "record", id);
    rows_text(r, "files", files_word(trace));
    rows_text(r, "missing", names);
    rows_time(r, "due", missing > 0 ? asked.answer_by : 0);
    rows_text(r, "overdue",
              missing > 0 && asked.answer_by <= d->exchange->now ? "yes" : "no");
    return OK;
}

static status give_disposal(struct desk *d, const struct nominal *n, struct rows *r)
{
    struct bytes proposer = {0};

    TRY(arena_copy(r->arena, n->is.proposer, &proposer));
    rows_next(r, 7);
    rows_text(r, "row", "set");
    rows_id(r, "set", &n->id);
    rows_text(r, "state", retention_state_word(n->is.state));
    rows_bytes(r, "proposed_by", proposer);
    rows_time(r, "approved", n->is.approved_at);
    rows_time(r, "undo_until",
              n->is.state == RETENTION_IS_APPROVED ? dispose_undo_until(d, n) : 0);
    rows_number(r, "erased", n->is.erased);
    for (size_t i = 0; i < n->events.count && !r->full; i++) {
        if (n->events.at[i].what == RETENTION_ERASED)
            TRY(give_erased(d, n, &n->events.at[i].record, r));
    }
    return OK;
}

static status each_disposal(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct arena *const a = l->desk->exchange->arena;
    struct nominal *const n = arena_take(l->desk->scratch, sizeof *n);

    if (row->state <= RETENTION_TO_DISPOSE)
        return OK;
    ENSURE(n != NULL && a->room - a->used > ROW_ROOM, E_LIMIT);
    TRY(nominal_read(l->desk, row, l->desk->scratch, n));
    TRY(give_disposal(l->desk, n, &l->rows));
    return l->rows.full ? E_LIMIT : OK;
}

status dispose_list_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status dispose_list_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const char *const doubt = doubt_sentence(d);
    struct listing l = {.desk = d};

    (void)c;
    rows_init(&l.rows, d->exchange->arena, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_NOMINAL, (struct shelf_filter){0},
                                        d->scratch, each_disposal, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    rows_give(&l.rows, ret);
    ret->sentence = bytes_of_text(doubt != NULL       ? doubt
                                  : s == E_LIMIT      ? "these come first; there are more"
                                  : l.rows.count == 0 ? "nothing is proposed or disposed of"
                                                      : "");
    return OK;
}
