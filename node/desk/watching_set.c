#include "asked.h"
#include "text.h"
#include "watching.h"

/* An operator's own settings: quiet hours, what is urgent enough, how far the inbox was
 * looked through. */

enum { VERSION = 1, HOUR_MS = 3600000, DAY_HOURS = 24 };

static record_id row_id(struct desk *d, uint32_t uid)
{
    return watching_about(d, uid);
}

/* --- the row --- */

status watcher_put(struct desk *d, const struct watcher *w)
{
    uint8_t room[128];
    struct writer body = writer_over(room, sizeof room);

    write_u8(&body, VERSION);
    write_u32(&body, w->uid);
    write_u8(&body, w->is_quiet);
    write_u8(&body, (uint8_t)w->quiet_from);
    write_u8(&body, (uint8_t)w->quiet_until);
    write_u8(&body, w->holds_urgent);
    write_u8(&body, (uint8_t)w->least);
    write_u64(&body, w->mark);
    MUST(!body.bad);
    const struct shelf_row row = {.kind = SHELF_WATCHER,
                                  .id = row_id(d, w->uid),
                                  .state = 1,
                                  .changed = w->marked,
                                  .body = writer_bytes(&body)};
    return journal_shelf_put(d->journal, &row);
}

static status read_row(const struct shelf_row *from, struct watcher *ret)
{
    struct reader r = {.rest = from->body};
    struct watcher w = {.marked = from->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    w.uid = read_u32(&r);
    w.is_quiet = read_u8(&r) != 0;
    w.quiet_from = read_u8(&r);
    w.quiet_until = read_u8(&r);
    w.holds_urgent = read_u8(&r) != 0;
    w.least = read_u8(&r);
    w.mark = read_u64(&r);
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = w;
    return OK;
}

status watcher_find(struct desk *d, uint32_t uid, struct watcher *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = row_id(d, uid);
    struct shelf_row row = {0};

    *ret = (struct watcher){.uid = uid};
    status s = journal_shelf_find(d->journal, SHELF_WATCHER, &id, d->scratch, &row);
    if (s == OK)
        s = read_row(&row, ret);
    arena_rewind(d->scratch, mark);
    if (s == E_DAMAGED)
        *ret = (struct watcher){.uid = uid};
    return s == E_UNKNOWN || s == E_DAMAGED ? OK : s;
}

/* --- quiet hours --- */

static bool is_quiet_at(const struct watcher *w, uint32_t hour)
{
    if (!w->is_quiet)
        return false;
    return w->quiet_from < w->quiet_until ? hour >= w->quiet_from && hour < w->quiet_until
                                          : hour >= w->quiet_from || hour < w->quiet_until;
}

void watcher_when(const struct watcher *w, millis now, struct alert *a)
{
    const uint32_t hour = (uint32_t)(now / HOUR_MS % DAY_HOURS);
    const uint32_t left = (w->quiet_until + DAY_HOURS - hour) % DAY_HOURS;

    a->state = ALERT_NEW;
    a->due = now;
    if (!is_quiet_at(w, hour) || (a->urgent && !w->holds_urgent))
        return;
    a->state = ALERT_HELD;
    a->due = now - now % HOUR_MS + (millis)left * HOUR_MS;
}

/* --- the verb --- */

static status read_hours(struct call *c, struct watcher *w)
{
    struct bytes rest = control_argument(&c->parsed, "quiet");
    struct bytes from = {0};
    uint64_t first = 0;
    uint64_t end = 0;

    if (rest.size == 0)
        return OK;
    w->is_quiet = !text_is(rest, "off");
    if (!w->is_quiet)
        return OK;
    if (!text_cut(&rest, '-', &from) || decimal_decode(from, &first) != OK ||
        decimal_decode(rest, &end) != OK || first >= DAY_HOURS || end >= DAY_HOURS ||
        first == end) {
        c->sentence = "--quiet takes two hours of UTC, from and until: 22-6; or off";
        return E_USAGE;
    }
    w->quiet_from = (uint32_t)first;
    w->quiet_until = (uint32_t)end;
    return OK;
}

static status read_urgent(struct desk *d, struct call *c, struct watcher *w)
{
    struct bytes word = {0};

    TRY(asked_word(d, c, "urgent", "at-once, held", &word));
    if (word.size > 0)
        w->holds_urgent = text_is(word, "held");
    return OK;
}

/* As of a watch; "low" is all. */
status watching_least(struct desk *d, struct call *c, uint32_t *ret)
{
    struct bytes word = {0};

    TRY(asked_word(d, c, "priority", "high, medium, low", &word));
    if (word.size > 0)
        *ret = text_is(word, "high")     ? (uint32_t)PRIORITY_HIGH
               : text_is(word, "medium") ? (uint32_t)PRIORITY_MEDIUM
                                         : 0;
    return OK;
}

static const char *said(struct desk *d, const struct watcher *w)
{
    struct arena *const a = d->exchange->arena;
    const char *const hours =
        !w->is_quiet ? "no quiet hours"
                     : desk_text(a, "quiet from ", desk_number(a, w->quiet_from), " to ",
                                 desk_number(a, w->quiet_until), " h UTC", NULL);

    return desk_text(a, hours,
                     !w->is_quiet      ? ""
                     : w->holds_urgent ? ", for what is urgent too"
                                       : ", but for what is urgent",
                     w->least == PRIORITY_HIGH     ? "; alerts of high priority alone"
                     : w->least == PRIORITY_MEDIUM ? "; alerts of medium and high priority"
                                                   : "; alerts of any priority",
                     NULL);
}

status watch_set_prepare(struct desk *d, struct call *c)
{
    struct watcher w;

    TRY(watcher_find(d, c->person.uid, &w));
    TRY(read_hours(c, &w));
    TRY(read_urgent(d, c, &w));
    TRY(watching_least(d, c, &w.least));
    c->sentence = said(d, &w);
    return watcher_put(d, &w);
}
