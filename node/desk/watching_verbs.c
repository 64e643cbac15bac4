#include "asked.h"
#include "seeking.h"
#include "text.h"
#include "watching.h"
#include "words.h"

/* What an operator asks about watches of his own. */

enum { ROWS_MAX = 200 };

/* --- add --- */

static status log_watch(struct desk *d, struct call *c, const struct watch *w,
                        const char *what)
{
    struct arena *const a = d->exchange->arena;
    struct item_audit row = {
        .operation = AUDIT_CONSULT,
        .justification = control_argument(&c->parsed, "reason"),
        .outcome = bytes_of_text(desk_text(a, what, desk_id_text(a, &w->id), NULL))};

    TRY(seeking_digest(d, w->fields, &row.digest));
    return desk_audit(d, c, &row);
}

static status need_reason(struct call *c)
{
    const struct bytes reason = control_argument(&c->parsed, "reason");

    if (word_trim(reason).size > 0 && reason.size <= SHORT_TEXT_MAX &&
        utf8_is_valid(reason))
        return OK;
    c->sentence = "say why it is watched, or no longer: --reason \"...\", of at most 256 "
                  "bytes; it goes into the log";
    return E_DENIED;
}

static status read_filters(struct desk *d, struct call *c, struct watch *w)
{
    const struct bytes from = control_argument(&c->parsed, "from");
    struct asked_period period = {0};
    struct agency_id agency;

    TRY(watching_least(d, c, &w->least));
    if (from.size > 0 && (agency_id_read(from, &agency) != OK ||
                          roster_find(&d->exchange->roster, &agency) == NULL)) {
        c->sentence =
            "--from takes an agency's id as the roster has it: flagpost roster show";
        return E_USAGE;
    }
    w->from = from;
    TRY(asked_period(c, &period));
    w->until = period.until;
    if (w->until == 0 || w->until > d->exchange->now)
        return OK;
    c->sentence = "--until is a day or a time to come";
    return E_USAGE;
}

struct counted {
    struct desk *desk;
    uint32_t uid;
    size_t all, own;
};

static status each_counted(void *context, const struct shelf_row *row)
{
    struct counted *const n = context;

    struct watch w;

    if (watch_read(row, &w) != OK || watch_is_over(n->desk, &w))
        return OK;
    n->all++;
    n->own += w.uid == n->uid;
    return OK;
}

static status check_room(struct desk *d, struct call *c)
{
    struct counted n = {.desk = d, .uid = c->person.uid};

    TRY(journal_shelf_walk(d->journal, SHELF_WATCH, (struct shelf_filter){0}, d->scratch,
                           each_counted, &n));
    if (n.all >= WATCHES_MAX)
        c->sentence =
            "this node keeps 500 watches, and has them: end one that nobody needs";
    else if (n.own >= WATCHES_OF_ONE_MAX)
        c->sentence = "one person has at most 100 watches, and you have them: end one that "
                      "is not needed";
    else
        return OK;
    return E_LIMIT;
}

status watch_add_prepare(struct desk *d, struct call *c)
{
    struct watch *const w = arena_take(d->exchange->arena, sizeof *w);
    struct token_query *const query = arena_take(d->exchange->arena, sizeof *query);
    struct seek *seek = NULL;

    ENSURE(w != NULL && query != NULL, E_MEMORY);
    TRY(need_reason(c));
    TRY(seeking_read(d, c, &seek));
    TRY(seeking_told(c, seeking_query(d, seek, query)));
    *w = (struct watch){.state = WATCH_ON,
                        .uid = c->person.uid,
                        .created = d->exchange->now,
                        .owner = bytes_of_text(c->person.text),
                        .reason = control_argument(&c->parsed, "reason")};
    TRY(read_filters(d, c, w));
    TRY(check_room(d, c));
    for (unsigned f = 1; f < SEEK_FIELD_END; f++)
        w->fields[f] =
            word_trim(control_argument(&c->parsed, seek_field_word((enum seek_field)f)));
    TRY(journal_token_newest(d->journal, &w->since));
    w->id = draw_record_id(&d->exchange->draw, d->exchange->now);
    TRY(log_watch(d, c, w, "watch set: "));
    c->work = w;
    return watch_put(d, w);
}

static const char *asked_text(struct arena *a, const struct watch *w)
{
    const char *text = "";

    for (unsigned f = 1; f < SEEK_FIELD_END; f++) {
        if (w->fields[f].size == 0)
            continue;
        const char *const value = arena_text(a, w->fields[f]);
        text = desk_text(a, text, text[0] == '\0' ? "" : "; ",
                         seek_field_word((enum seek_field)f), ": ",
                         value == NULL ? "" : value, NULL);
    }
    return text;
}

static const char *state_text(const struct desk *d, const struct watch *w)
{
    return watch_is_over(d, w) ? "ended" : "on";
}

static void give_watch(struct desk *d, const struct watch *w, struct rows *r)
{
    struct bytes copy = {0};

    rows_next(r, 9);
    rows_id(r, "watch", &w->id);
    rows_text(r, "state", state_text(d, w));
    rows_text(r, "looks_for", asked_text(r->arena, w));
    if (arena_copy(r->arena, w->from, &copy) == OK)
        rows_bytes(r, "from", copy);
    rows_text(r, "priority",
              w->least == PRIORITY_HIGH     ? "high"
              : w->least == PRIORITY_MEDIUM ? "medium and high"
                                            : "any");
    rows_time(r, "since", w->created);
    rows_time(r, "until", w->until);
    if (arena_copy(r->arena, w->reason, &copy) == OK)
        rows_bytes(r, "reason", copy);
}

status watch_add_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    give_watch(d, c->work, &r);
    rows_give(&r, ret);
    ret->sentence = bytes_of_text("watched from now on; what is here already is found with "
                                  "`flagpost search`");
    return OK;
}

/* --- list --- */

status watch_list_prepare(struct desk *d, struct call *c)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .outcome = bytes_of_text("own watches listed")};

    return desk_audit(d, c, &row);
}

struct listing {
    struct desk *desk;
    bool all;
    struct rows rows;
};

static status each_listed(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct watch w;

    TRY(watch_read(row, &w));
    if (!l->all && watch_is_over(l->desk, &w))
        return OK;
    ENSURE(l->rows.count < ROWS_MAX, E_LIMIT);
    give_watch(l->desk, &w, &l->rows);
    return OK;
}

status watch_list_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct listing l = {.desk = d, .all = control_argument(&c->parsed, "all").size > 0};
    const uint64_t passed = journal_shelf_passed(d->journal);
    uint8_t tag[32];

    watch_tag(d, c->person.uid, tag);
    rows_init(&l.rows, d->exchange->arena, ROWS_MAX);
    const status s =
        journal_shelf_tagged(d->journal, SHELF_WATCH, tag, d->scratch, each_listed, &l);
    if (s != E_LIMIT)
        TRY(s);
    ret->sentence = bytes_of_text(journal_shelf_passed(d->journal) > passed ? WATCH_DAMAGED
                                  : s == E_LIMIT     ? "there are more"
                                  : l.rows.count > 0 ? ""
                                  : l.all            ? "you have set no watch"
                                                     : "you have no watch on");
    rows_give(&l.rows, ret);
    return OK;
}

/* --- end --- */

struct found {
    struct desk *desk;
    struct bytes wanted;
    size_t count;
    struct watch watch; /* texts in the turn's arena */
};

static status each_own(void *context, const struct shelf_row *row)
{
    struct found *const f = context;
    char text[RECORD_ID_TEXT_ROOM];

    record_id_write(&row->id, text);
    if (f->wanted.size < 4 || f->wanted.size > 32 ||
        !bytes_equal(bytes_of(text, f->wanted.size), f->wanted))
        return OK;
    f->count++;
    return watch_find(f->desk, &row->id, f->desk->exchange->arena, &f->watch);
}

static status own_watch(struct desk *d, struct call *c, struct watch *ret)
{
    struct found f = {.desk = d, .wanted = control_argument(&c->parsed, "id")};
    uint8_t tag[32];

    watch_tag(d, c->person.uid, tag);
    TRY(journal_shelf_tagged(d->journal, SHELF_WATCH, tag, d->scratch, each_own, &f));
    if (f.count != 1) {
        c->sentence = f.count == 0
                          ? "you have no watch whose id begins so: `flagpost watch "
                            "list` has yours, and four digits are needed"
                          : "more than one of your watches begins so: give more "
                            "digits";
        return f.count == 0 ? E_UNKNOWN : E_VALUE;
    }
    *ret = f.watch;
    return OK;
}

struct seen_of {
    struct desk *desk;
    const record_id *watch;
};

static status each_alert(void *context, const struct shelf_row *row)
{
    const struct seen_of *const f = context;
    struct alert a;

    TRY(alert_read(row, &a));
    return a.state == ALERT_SEEN && record_id_equal(&a.watch, f->watch)
               ? journal_shelf_drop(f->desk->journal, SHELF_ALERT, &a.id)
               : OK;
}

status watching_drop_seen(struct desk *d, uint32_t uid, const record_id *watch)
{
    struct seen_of f = {.desk = d, .watch = watch};

    return alerts_walk(d, uid, true, each_alert, &f);
}

status watch_end_prepare(struct desk *d, struct call *c)
{
    struct found f = {.desk = d};

    TRY(need_reason(c));
    TRY(own_watch(d, c, &f.watch));
    if (watch_is_over(d, &f.watch)) {
        c->sentence = "this watch was ended before";
        return E_DUPLICATE;
    }
    f.watch.state = WATCH_ENDED;
    f.watch.until = d->exchange->now;
    TRY(log_watch(d, c, &f.watch, "watch ended: "));
    TRY(watch_put(d, &f.watch));
    TRY(watching_drop_seen(d, c->person.uid, &f.watch.id));
    c->sentence =
        "ended; alerts of it that you have not seen stay in `flagpost watch alerts`";
    return watching_tell(d, c->person.uid);
}
