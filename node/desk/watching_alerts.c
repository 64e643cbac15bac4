#include "inbox.h"
#include "recall.h"
#include "watching.h"

/* An operator's alerts: what his watches have found and he has not seen. */

enum { ROWS_MAX = 200 };

struct listing {
    struct desk *desk;
    bool all;
    size_t held;
    struct rows rows;
};

struct alerts_work {
    size_t count;
};

static bool is_listed(const struct listing *l, const struct alert *a)
{
    return a->state == ALERT_NEW ||
           (l->all && (a->state == ALERT_SEEN || a->state == ALERT_HELD));
}

static status each_counted(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct alert a;

    TRY(alert_read(row, &a));
    l->held += is_listed(l, &a);
    return OK;
}

status watch_alerts_prepare(struct desk *d, struct call *c)
{
    struct listing l = {.desk = d, .all = control_argument(&c->parsed, "all").size > 0};
    struct arena *const a = d->exchange->arena;

    TRY(alerts_walk(d, c->person.uid, l.all, each_counted, &l));
    struct item_audit row = {
        .operation = AUDIT_CONSULT,
        .justification = control_argument(&c->parsed, "purpose"),
        .outcome = bytes_of_text(
            desk_text(a, "alerts of own watches listed: ",
                      desk_number(a, l.held < ROWS_MAX ? l.held : ROWS_MAX), NULL))};
    return desk_audit(d, c, &row);
}

/* --- the list --- */

static const char *state_text(const struct alert *a)
{
    return a->state == ALERT_SEEN ? "seen" : a->state == ALERT_HELD ? "held" : "new";
}

/* What a watch found in a record is not told once that may not be opened any more. */
static status give_alert(struct listing *l, const struct alert *a,
                         const struct entry_row *e)
{
    struct rows *const r = &l->rows;
    const char *marks = "";
    struct bytes matched = {0};
    struct header h = {0};
    bool blocked = false;

    TRY(recall_blocks(l->desk, &a->record, &blocked));
    TRY(recall_marks(l->desk, &a->record, &marks));
    TRY(arena_copy(r->arena, a->matched, &matched));
    const bool readable = header_decode(e->header, l->desk->scratch, &h) == OK;
    const struct inbox_entry one = {e, readable ? &h : NULL, marks};
    TRY(inbox_row(l->desk, r, &one));
    rows_text(r, "alert", state_text(a));
    rows_time(r, "raised", a->raised);
    rows_id(r, "watch", &a->watch);
    rows_bytes(r, "matched", blocked ? (struct bytes){0} : matched);
    return OK;
}

static status each_alert(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct exchange *const x = l->desk->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct alert a;

    TRY(alert_read(row, &a));
    if (!is_listed(l, &a))
        return OK;
    ENSURE(l->rows.count < ROWS_MAX, E_LIMIT);
    status s =
        x->store.ops->record_find(x->store.self, &a.record.agency, &a.record.id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index,
                                     l->desk->scratch, &e);
    if (s == OK)
        s = give_alert(l, &a, &e);
    return s == E_UNKNOWN ? OK : s;
}

status watch_alerts_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct listing l = {.desk = d, .all = control_argument(&c->parsed, "all").size > 0};

    rows_init(&l.rows, d->exchange->arena, ROWS_MAX);
    const status s = alerts_walk(d, c->person.uid, l.all, each_alert, &l);
    if (s != E_LIMIT)
        TRY(s);
    ret->sentence =
        bytes_of_text(s == E_LIMIT       ? "there are more: see these first"
                      : l.rows.count > 0 ? "read one with `flagpost show`, or "
                                           "say that it is seen: `flagpost watch "
                                           "seen ID`"
                                         : "nothing new");
    rows_give(&l.rows, ret);
    return OK;
}

/* --- seen --- */

static status each_to_see(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;
    struct alert a;

    TRY(alert_read(row, &a));
    if (a.state != ALERT_NEW)
        return OK;
    a.state = ALERT_SEEN;
    a.due = 0;
    watching_lessens(d, &a);
    return alert_put(d, &a);
}

static status see_all(struct desk *d, uint32_t uid)
{
    TRY(alerts_walk(d, uid, false, each_to_see, d));
    return watching_tell(d, uid);
}

status watch_seen_prepare(struct desk *d, struct call *c)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .outcome = bytes_of_text("own alerts seen")};
    struct place place = {0};

    if (control_argument(&c->parsed, "all").size > 0) {
        TRY(desk_audit(d, c, &row));
        c->sentence = "seen: all that were new";
        return see_all(d, c->person.uid);
    }
    TRY(desk_find_record(d, c, &place, &c->id));
    const struct parent record = {.agency = place.stream.agency, .id = c->id};
    row.has_object = true;
    row.object_stream = place.stream;
    row.object_index = place.index;
    row.object = c->id;
    TRY(desk_audit(d, c, &row));
    c->sentence = "seen: what your watches have found in it";
    return watching_shown(d, c->person.uid, &record);
}
