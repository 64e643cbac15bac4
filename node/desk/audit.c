#include "audit.h"
#include "asked.h"
#include "reading.h"
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
    struct stream_id log; /* the local stream, of an epoch */
    sequence from, next;  /* indexes in it */
    size_t looked_at;
    struct rows rows;
};

status audit_log_find(struct desk *d, struct call *c, struct stream_row *ret)
{
    const struct exchange *const x = d->exchange;
    const struct bytes epoch = control_argument(&c->parsed, "epoch");
    struct stream_id id = x->own[lane_rank(LANE_LOCAL)].row.id;

    *ret = x->own[lane_rank(LANE_LOCAL)].row;
    if (epoch.size == 0)
        return OK;
    if (epoch_read(epoch, &id.epoch) == OK &&
        x->store.ops->stream_get(x->store.self, &id, ret) == OK)
        return OK;
    c->sentence = "this node's log has no such epoch: `flagpost verify` lists those of its "
                  "local lane";
    return E_UNKNOWN;
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

/* The list runs to the end of the log and leaves out nothing of what somebody has read. */
static bool shows_all_reading(const struct desk *d, const struct call *c,
                              const struct audit_work *work)
{
    const struct own_lane *const log = &d->exchange->own[lane_rank(LANE_LOCAL)];

    return work->object.size == 0 && work->period.since == 0 && work->period.until == 0 &&
           log->row.frontier.size - work->from <= AUDIT_LOOKED_AT &&
           control_argument(&c->parsed, "epoch").size == 0 &&
           (work->operation.size == 0 || text_is(work->operation, "consult"));
}

status audit_prepare(struct desk *d, struct call *c)
{
    struct audit_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct stream_row log;
    const char *use = NULL;

    ENSURE(work != NULL, E_MEMORY);
    work->desk = d;
    TRY(audit_log_find(d, c, &log));
    work->log = log.id;
    TRY(read_filter(d, c, work));
    TRY(audit_use(d, c, &use));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text(desk_text(
                                 d->exchange->arena, "log read for ", use, NULL))};
    TRY(desk_audit(d, c, &row));
    c->work = work;
    return shows_all_reading(d, c, work) ? reading_looked_at(d, work->actor) : OK;
}

static bool takes(const struct audit_work *work, const struct item_audit *row)
{
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&row->object, id);
    const struct bytes object = bytes_of_text(id);
    return asked_is_in(&work->period, row->at) &&
           (work->operation.size == 0 ||
            text_is(work->operation, audit_operation_word(row->operation))) &&
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
            TRY(audit_give_row(&work->rows, &item.audit, e->index));
    }
    /* The walk ends with the answer: the loop has other work. */
    return work->rows.full ? E_LIMIT : OK;
}

status audit_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct audit_work *const work = c->work;

    rows_init(&work->rows, d->exchange->arena, AUDIT_ANSWER_ROWS);
    const status s =
        journal_entries(d->journal, &work->log, work->from, d->scratch, each_entry, work);
    rows_give(&work->rows, ret);
    if (s == E_LIMIT) {
        const char *const index = desk_number(d->exchange->arena, work->next);
        ret->sentence = bytes_of_text(desk_text(
            d->exchange->arena, "the log goes on: ask again with --from ", index, NULL));
        return OK;
    }
    return s;
}
