#include "watching.h"

#include "seeking.h"

#include <stdlib.h>
#include <string.h>

/*
 * The watches that are on are in memory as the tokens that they look for; a record is held
 * against all of them, and only where its tokens fit a watch is that one read from the
 * shelf and compared with the record itself.
 */

/* Alerts of one watch and one publisher that nobody has seen. */
struct unseen {
    struct agency_id from;
    size_t count;
};

struct watch_kept {
    record_id id;
    uint32_t uid;
    size_t from_count;
    struct unseen *from;
    struct token_query query;
};

void watching_changed(struct desk *d)
{
    d->watching.loaded = false;
}

static struct watch_kept *kept_find(struct desk *d, const record_id *id)
{
    for (size_t i = 0; i < d->watching.count; i++) {
        if (record_id_equal(&d->watching.kept[i].id, id))
            return &d->watching.kept[i];
    }
    return NULL;
}

/* --- what nobody has seen --- */

/* NULL: nothing of it. */
static struct unseen *unseen_find(const struct watch_kept *k, const struct agency_id *from)
{
    for (size_t i = 0; i < k->from_count; i++) {
        if (agency_id_equal(&k->from[i].from, from))
            return &k->from[i];
    }
    return NULL;
}

static status unseen_add(struct watch_kept *k, const struct agency_id *from)
{
    struct unseen *n = unseen_find(k, from);

    if (n == NULL) {
        struct unseen *const more = realloc(k->from, (k->from_count + 1) * sizeof *more);
        ENSURE(more != NULL, E_MEMORY);
        k->from = more;
        n = &k->from[k->from_count++];
        *n = (struct unseen){.from = *from};
    }
    n->count++;
    return OK;
}

void watching_lessens(struct desk *d, const struct alert *a)
{
    struct watch_kept *const k = d->watching.loaded ? kept_find(d, &a->watch) : NULL;
    struct unseen *const n = k == NULL ? NULL : unseen_find(k, &a->record.agency);

    if (n != NULL && n->count > 0)
        n->count--;
}

static bool is_full(const struct watch_kept *k, const struct agency_id *from)
{
    const struct unseen *const n = unseen_find(k, from);

    return n != NULL && n->count >= WATCH_ALERTS_MAX;
}

/* --- loading --- */

struct loading {
    struct desk *desk;
    size_t room;
};

static status keep(struct loading *l, const struct watch *w, const struct seek *s)
{
    struct watching_watch *const k = &l->desk->watching;
    struct token_query query;

    const status asked = seeking_query(l->desk, s, &query);
    ENSURE(asked != E_MEMORY, asked);
    /* One that another version kept may say nothing to this one: it finds nothing. */
    if (asked != OK)
        return OK;
    if (k->count == l->room) {
        const size_t room = l->room == 0 ? 16 : 2 * l->room;
        struct watch_kept *const more = realloc(k->kept, room * sizeof *more);
        ENSURE(more != NULL, E_MEMORY);
        k->kept = more;
        l->room = room;
    }
    k->kept[k->count++] = (struct watch_kept){.id = w->id, .uid = w->uid, .query = query};
    return OK;
}

static status each_watch(void *context, const struct shelf_row *row)
{
    struct loading *const l = context;
    struct arena *const a = l->desk->scratch;
    struct seek *seek = NULL;
    struct watch w;

    if (watch_read(row, &w) != OK || w.state == WATCH_ENDED)
        return OK;
    const status s = watch_seek(&w, a, &seek);
    ENSURE(s != E_MEMORY, s);
    return s == OK && l->desk->watching.count < WATCHES_MAX ? keep(l, &w, seek) : OK;
}

static status each_unseen(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;
    struct alert a;

    if (alert_read(row, &a) != OK)
        return OK;
    struct watch_kept *const k = kept_find(d, &a.watch);
    return k == NULL ? OK : unseen_add(k, &a.record.agency);
}

void watching_done(struct desk *d)
{
    for (size_t i = 0; i < d->watching.count; i++)
        free(d->watching.kept[i].from);
    free(d->watching.kept);
    d->watching.kept = NULL;
    d->watching.count = 0;
}

static status load(struct desk *d)
{
    static const enum alert_state states[] = {ALERT_FRESH, ALERT_HELD, ALERT_NEW};
    struct loading l = {.desk = d};
    struct shelf_filter filter = {0};

    watching_done(d);
    TRY(journal_shelf_walk(d->journal, SHELF_WATCH, filter, d->scratch, each_watch, &l));
    for (size_t i = 0; i < COUNT_OF(states) && d->watching.count > 0; i++) {
        filter.state = (uint32_t)states[i];
        TRY(journal_shelf_walk(d->journal, SHELF_ALERT, filter, d->scratch, each_unseen,
                               d));
    }
    d->watching.loaded = true;
    return OK;
}

status watching_full(struct desk *d, uint32_t uid, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    size_t count = 0;

    *ret = "";
    if (!d->watching.loaded)
        TRY(load(d));
    for (size_t i = 0; i < d->watching.count; i++) {
        const struct watch_kept *const k = &d->watching.kept[i];
        char id[RECORD_ID_TEXT_ROOM];
        record_id_write(&k->id, id);
        id[8] = '\0'; /* enough for `watch end` */
        for (size_t n = 0; k->uid == uid && n < k->from_count; n++) {
            if (k->from[n].count < WATCH_ALERTS_MAX || count++ > 0)
                continue;
            *ret = desk_text(a, "watch ", id, " takes no more from ", k->from[n].from.text,
                             ": see what it has found, search for what came since, or end "
                             "it and ask for less",
                             NULL);
        }
    }
    if (count > 1)
        *ret = desk_text(a, *ret,
                         "; so with other watches or agencies: ", desk_number(a, count - 1),
                         NULL);
    return OK;
}

/* --- one record --- */

static bool has_token(const struct watched *x, uint64_t token)
{
    size_t from = 0;
    size_t to = x->token_count;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (x->tokens[middle] < token)
            from = middle + 1;
        else
            to = middle;
    }
    return from < x->token_count && x->tokens[from] == token;
}

static bool has_any(const struct watched *x, const struct token_term *t)
{
    size_t i = 0;

    while (i < t->count && !has_token(x, t->any[i]))
        i++;
    return i < t->count;
}

static bool fits(const struct watched *x, const struct token_query *q)
{
    size_t soft = 0;

    for (size_t i = 0; i < q->term_count; i++) {
        const bool has = has_any(x, &q->terms[i]);
        if (!has && !q->terms[i].is_soft)
            return false;
        soft += has && q->terms[i].is_soft;
    }
    return soft >= q->soft_needed;
}

/* What was here before it is no news.  A journal whose index is made anew numbers its
 * records again; then the time decides, of this node's own clock. */
static bool is_news(const struct desk *d, const struct watch *w, const struct watched *x)
{
    return (x->number > w->since || x->entry->at > w->created) &&
           (w->until == 0 || d->exchange->now < w->until);
}

static bool is_urgent_enough(uint32_t least, const struct watched *x)
{
    const uint32_t priority = (uint32_t)x->header->label.priority;

    return least == 0 || (priority != 0 && priority <= least);
}

/* By the watch's own filters and those of its operator. */
static status is_wanted(struct desk *d, const struct watch *w, const struct watched *x,
                        bool *ret)
{
    struct watcher watcher;

    *ret = is_urgent_enough(w->least, x) &&
           (w->from.size == 0 ||
            bytes_equal(w->from, bytes_of_text(x->entry->stream.agency.text)));
    if (!*ret)
        return OK;
    TRY(watcher_find(d, w->uid, &watcher));
    *ret = is_urgent_enough(watcher.least, x);
    return OK;
}

_Static_assert(PRIORITY_HIGH < PRIORITY_MEDIUM && PRIORITY_MEDIUM < PRIORITY_LOW,
               "the smaller the more urgent");

static status raise(struct desk *d, const struct watch *w, const struct watched *x,
                    const struct seek_found *found)
{
    const struct parent record = {.agency = x->entry->stream.agency, .id = x->entry->id};
    struct bytes matched = bytes_of_text(seeking_text(d->exchange->arena, found));
    struct alert a = {.id = alert_id(d, &w->id, &record),
                      .watch = w->id,
                      .record = record,
                      .state = ALERT_FRESH,
                      .uid = w->uid,
                      .raised = d->exchange->now,
                      .due = d->exchange->now,
                      .urgent = x->header->label.priority == PRIORITY_HIGH};
    struct shelf_row before = {0};

    const status s =
        journal_shelf_find(d->journal, SHELF_ALERT, &a.id, d->scratch, &before);
    if (s != E_UNKNOWN && s != E_DAMAGED)
        return s; /* once; a damaged one is raised anew */
    if (matched.size > WATCH_MATCH_MAX)
        matched.size = WATCH_MATCH_MAX;
    a.matched = matched;
    TRY(alert_put(d, &a));
    d->watching.fresh = true;
    struct watch_kept *const k = kept_find(d, &w->id);
    return k == NULL ? OK : unseen_add(k, &record.agency);
}

static status compare(struct desk *d, const struct watched *x, const record_id *id)
{
    struct seek *seek = NULL;
    struct seek_found *const found = arena_take(d->scratch, sizeof *found);
    struct watch w;
    bool wanted = false;

    ENSURE(found != NULL, E_MEMORY);
    const status s = watch_find(d, id, d->scratch, &w);
    if (s == E_DAMAGED)
        watching_changed(d); /* damaged since: without it from now on */
    ENSURE(s != E_DAMAGED, OK);
    TRY(s);
    if (!is_news(d, &w, x))
        return OK;
    TRY(is_wanted(d, &w, x, &wanted));
    if (!wanted)
        return OK;
    TRY(watch_seek(&w, d->scratch, &seek));
    seek_in(seek, x->record, found);
    if (!found->all)
        return OK;
    const struct watch_kept *const k = kept_find(d, id);
    if (k != NULL && is_full(k, &x->entry->stream.agency))
        return OK; /* its operator is told so (watching_tell) */
    return raise(d, &w, x, found);
}

status watching_match(struct desk *d, const struct watched *x)
{
    if (agency_id_equal(&x->entry->stream.agency, &d->exchange->self))
        return OK; /* who published it knows it */
    if (!d->watching.loaded)
        TRY(load(d));
    for (size_t i = 0; i < d->watching.count; i++) {
        const size_t mark = arena_mark(d->scratch);
        const record_id id = d->watching.kept[i].id;
        const status s = fits(x, &d->watching.kept[i].query) ? compare(d, x, &id) : OK;
        arena_rewind(d->scratch, mark);
        /* A watch that cannot be compared holds up neither the others nor the node; one for
         * which this turn has no room can be in the next. */
        ENSURE(s != E_STORAGE && s != E_DAMAGED && s != E_MEMORY, s);
    }
    return OK;
}
