#include "watching.h"

#include "seeking.h"
#include "todo.h"

/* What becomes of an alert: the log, the operator's to-do, and in the end nothing. */

enum { ROWS_OF_A_TURN = 16, LOOK_MS = 1000 };

/* --- the operator's to-do --- */

struct counting {
    struct desk *desk;
    size_t count;
    size_t urgent;
    millis oldest;
    bool damaged; /* one of the operator's rows does not open */
};

static status each_own(void *context, const struct shelf_row *row)
{
    (void)context;
    (void)row;
    return OK;
}

static status each_counted(void *context, const struct shelf_row *row)
{
    struct counting *const n = context;
    struct alert a;

    TRY(alert_read(row, &a));
    if (a.state != ALERT_NEW)
        return OK;
    n->count++;
    n->urgent += a.urgent;
    n->oldest = n->oldest == 0 || a.raised < n->oldest ? a.raised : n->oldest;
    return OK;
}

/* It names nothing that a watch or a record says. */
static const char *sentence_of(struct desk *d, const struct counting *n, const char *full)
{
    struct arena *const a = d->exchange->arena;
    char at[TIME_TEXT_ROOM] = "";

    if (n->oldest != 0)
        time_write(n->oldest, at);
    return desk_text(a, n->count > 0 ? "your watches have found something: " : "",
                     n->count > 0 ? desk_number(a, n->count) : "",
                     n->count > 0 ? " new, the oldest " : "", at,
                     n->urgent > 0 ? ", urgent: " : "",
                     n->urgent > 0 ? desk_number(a, n->urgent) : "",
                     full[0] != '\0' && n->count > 0 ? "; " : "", full,
                     n->damaged && (n->count > 0 || full[0] != '\0') ? "; " : "",
                     n->damaged ? WATCH_DAMAGED : "", NULL);
}

status watching_tell(struct desk *d, uint32_t uid)
{
    const record_id about = watching_about(d, uid);
    struct counting n = {.desk = d};
    const uint64_t passed = journal_shelf_passed(d->journal);
    const char *full = NULL;
    uint8_t tag[32];

    watch_tag(d, uid, tag);
    TRY(alerts_walk(d, uid, false, each_counted, &n));
    TRY(journal_shelf_tagged(d->journal, SHELF_WATCH, tag, d->scratch, each_own, NULL));
    n.damaged = journal_shelf_passed(d->journal) > passed;
    TRY(watching_full(d, uid, &full));
    if (n.count == 0 && full[0] == '\0' && !n.damaged)
        return desk_todo_close(d, TODO_WATCH, &about);
    return desk_todo_open(d, TODO_WATCH, &about, sentence_of(d, &n, full));
}

status watching_unseen(struct desk *d, uint32_t uid, size_t *ret)
{
    struct counting n = {.desk = d};

    TRY(alerts_walk(d, uid, false, each_counted, &n));
    *ret = n.count;
    return OK;
}

/* --- fresh ones --- */

/* The watch's reason justifies it; what it asks for is a digest, as that of a search. */
static status log_match(struct desk *d, const struct alert *a)
{
    struct exchange *const x = d->exchange;
    struct item_audit row = {.at = x->now,
                             .operation = AUDIT_COMBINE,
                             .actor = bytes_of_text("node"),
                             .outcome = bytes_of_text("a watch matched")};
    struct place place = {0};
    struct watch w = {.uid = a->uid};

    const status found = watch_find(d, &a->watch, x->arena, &w);
    ENSURE(found == OK || found == E_UNKNOWN || found == E_DAMAGED, found);
    if (found == OK) {
        row.justification = w.reason;
        row.outcome = bytes_of_text(
            desk_text(x->arena, "a watch matched: ", desk_id_text(x->arena, &w.id), NULL));
    }
    const status s =
        x->store.ops->record_find(x->store.self, &a->record.agency, &a->record.id, &place);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    row.has_object = s == OK;
    row.object_stream = place.stream;
    row.object_index = place.index;
    row.object = a->record.id;
    return exchange_audit(x, &row);
}

struct some {
    size_t count;
    struct shelf_row rows[ROWS_OF_A_TURN]; /* bodies in the turn's arena */
    struct arena *arena;
};

static status each_some(void *context, const struct shelf_row *row)
{
    struct some *const all = context;
    struct shelf_row *const one = &all->rows[all->count];

    ENSURE(all->count < COUNT_OF(all->rows), E_LIMIT);
    *one = *row;
    TRY(arena_copy(all->arena, row->body, &one->body));
    all->count++;
    return OK;
}

static status some_of(struct desk *d, enum alert_state state, millis before,
                      struct some **ret, bool *ret_more)
{
    struct some *const all = arena_take(d->exchange->arena, sizeof *all);
    const struct shelf_filter filter = {.state = (uint32_t)state, .due_before = before};

    ENSURE(all != NULL, E_MEMORY);
    all->arena = d->exchange->arena;
    const status s =
        journal_shelf_walk(d->journal, SHELF_ALERT, filter, d->scratch, each_some, all);
    ENSURE(s == OK || s == E_LIMIT, s);
    *ret = all;
    *ret_more = s == E_LIMIT;
    return OK;
}

/* Operators whose to-do is to say something else, each once. */
struct told {
    size_t count;
    uint32_t uids[2 * ROWS_OF_A_TURN];
};

static void told_add(struct told *t, uint32_t uid)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->uids[i] == uid)
            return;
    }
    MUST(t->count < COUNT_OF(t->uids));
    t->uids[t->count++] = uid;
}

static status tell_all(struct desk *d, const struct told *t)
{
    for (size_t i = 0; i < t->count; i++)
        TRY(watching_tell(d, t->uids[i]));
    return OK;
}

static status tell_fresh(struct desk *d, const struct shelf_row *row, struct told *t)
{
    struct watcher watcher;
    struct alert a;

    TRY(alert_read(row, &a));
    TRY(log_match(d, &a));
    TRY(watcher_find(d, a.uid, &watcher));
    watcher_when(&watcher, d->exchange->now, &a);
    told_add(t, a.uid);
    return alert_put(d, &a);
}

static status tell_held(struct desk *d, const struct shelf_row *row, struct told *t)
{
    struct alert a;

    TRY(alert_read(row, &a));
    a.state = ALERT_NEW;
    told_add(t, a.uid);
    return alert_put(d, &a);
}

static status work_off(struct desk *d)
{
    struct some *all = NULL;
    struct told told = {.count = 0};
    bool more = false;

    TRY(watching_end_due(d));
    TRY(some_of(d, ALERT_FRESH, 0, &all, &more));
    for (size_t i = 0; i < all->count; i++)
        TRY(tell_fresh(d, &all->rows[i], &told));
    d->watching.fresh = more;
    TRY(some_of(d, ALERT_HELD, d->exchange->now + 1, &all, &more));
    for (size_t i = 0; i < all->count; i++)
        TRY(tell_held(d, &all->rows[i], &told));
    return tell_all(d, &told);
}

status watching_turn(struct desk *d)
{
    struct exchange *const x = d->exchange;

    if (x->fence != OK || (d->watching.started && !d->watching.fresh &&
                           x->now - d->watching.looked_at < LOOK_MS))
        return OK;
    d->watching.started = true;
    d->watching.looked_at = x->now;
    const status s = work_off(d);
    /* No room in this turn: the rows stay, and the next one has some. */
    if (s != OK)
        d->watching.fresh = true;
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

bool watching_has_more(const struct desk *d)
{
    return d->watching.fresh;
}

/* --- what is over --- */

struct dropping {
    struct desk *desk;
    const struct parent *record;
    uint32_t uid; /* whose are seen */
    size_t count;
    record_id ids[ROWS_OF_A_TURN];
    struct told told;
};

static status each_about(void *context, const struct shelf_row *row)
{
    struct dropping *const all = context;
    struct alert a;

    TRY(alert_read(row, &a));
    if (!agency_id_equal(&a.record.agency, &all->record->agency))
        return OK;
    ENSURE(all->count < COUNT_OF(all->ids), E_LIMIT);
    all->ids[all->count++] = a.id;
    if (a.state != ALERT_SEEN)
        watching_lessens(all->desk, &a);
    told_add(&all->told, a.uid);
    return OK;
}

status watching_forget(struct desk *d, const struct parent *record)
{
    status s = E_LIMIT;

    while (s == E_LIMIT) {
        struct dropping all = {.desk = d, .record = record};
        s = journal_shelf_about(d->journal, SHELF_ALERT, &record->id, d->scratch,
                                each_about, &all);
        ENSURE(s == OK || s == E_LIMIT, s);
        for (size_t i = 0; i < all.count; i++)
            TRY(journal_shelf_drop(d->journal, SHELF_ALERT, &all.ids[i]));
        TRY(tell_all(d, &all.told));
    }
    return OK;
}

static status each_to_see(void *context, const struct shelf_row *row)
{
    struct dropping *const all = context;
    struct alert a;

    TRY(alert_read(row, &a));
    if (a.uid != all->uid || a.state == ALERT_SEEN || a.state == ALERT_FRESH ||
        !agency_id_equal(&a.record.agency, &all->record->agency))
        return OK;
    a.state = ALERT_SEEN;
    a.due = 0;
    all->count++;
    watching_lessens(all->desk, &a);
    return alert_put(all->desk, &a);
}

status watching_shown(struct desk *d, uint32_t uid, const struct parent *record)
{
    struct dropping all = {.desk = d, .record = record, .uid = uid};

    TRY(journal_shelf_about(d->journal, SHELF_ALERT, &record->id, d->scratch, each_to_see,
                            &all));
    return all.count == 0 ? OK : watching_tell(d, uid);
}
