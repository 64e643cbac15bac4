#include "case_desk.h"
#include "case_rows.h"
#include "text.h"

#include <string.h>

/*
 * The other side: immigration enforcement tells each force's bureau which calls it took
 * from that force in a period.  One entry for each bureau, to it alone, an empty one too:
 * "none" is news.  Nothing of what was said on a call has a place in it.
 */

enum { CALLS_MAX = ITEMS_MAX - 1 };

struct publish_work {
    struct item_case_period period;
    size_t count;
    struct item_case_event *calls;
    struct case_faults faults;
    size_t list_count; /* bureaux told */
    size_t per_list[AGENCIES_MAX];
    struct agency_id to[AGENCIES_MAX];
};

static bool is_bureau(const struct desk *d, const struct roster_agency *a)
{
    const struct exchange *const x = d->exchange;

    return a->kind == AGENCY_FIB && a->force[0] != '\0' &&
           !roster_is_revoked(&x->roster, &a->id) &&
           roster_is_current(&x->roster, &a->id, x->now);
}

static bool has_bureau(const struct desk *d, struct bytes station)
{
    for (size_t i = 0; i < d->exchange->roster.agency_count; i++) {
        const struct roster_agency *const a = &d->exchange->roster.agencies[i];
        if (is_bureau(d, a) && case_same_force(bytes_of_text(a->force), station))
            return true;
    }
    return false;
}

static void check_place(struct desk *d, struct publish_work *w,
                        const struct item_case_event *e, uint32_t line)
{
    static const struct finding outside = {
        .rule = "R18",
        .field = "reported_at",
        .severity = SEVERITY_REFUSE,
        .sentence = "This call is not in the period of the list.",
        .mend = "Give --from and --until so that they take in every call, or take the row "
                "out."};
    static const struct finding nobody = {
        .rule = "R14",
        .field = "station",
        .severity = SEVERITY_REFUSE,
        .sentence = "No bureau of this force is in the roster.",
        .mend = "Check the first two characters, the force code; else tell the force by "
                "telephone."};
    static const struct finding twice = {
        .rule = "R18",
        .field = "reference",
        .severity = SEVERITY_REFUSE,
        .sentence = "This reference stands twice in the file.",
        .mend = "One call has one reference: take out one of the rows."};

    if (e->at < w->period.from || e->at >= w->period.until)
        case_faults_add(&w->faults, line, &outside);
    if (!has_bureau(d, e->station))
        case_faults_add(&w->faults, line, &nobody);
    for (size_t i = 0; i < w->count; i++) {
        if (bytes_equal(w->calls[i].reference, e->reference)) {
            case_faults_add(&w->faults, line, &twice);
            return;
        }
    }
}

static status take_rows(struct desk *d, struct call *c, struct publish_work *w)
{
    struct reader r = {.rest = control_argument(&c->parsed, "rows")};
    struct case_given_row row;

    while (case_row_next(&r, &row)) {
        struct findings f = {0};
        struct item_case_event e;
        if (w->count == CASE_ROWS_MAX) {
            c->sentence = "more than 2000 calls in one file: give a shorter period";
            return E_LIMIT;
        }
        const struct case_side theirs = {.now = d->exchange->now};
        case_report_check(&row.given, &theirs, d->exchange->arena, &f, &e);
        for (size_t k = 0; k < f.count; k++)
            case_faults_add(&w->faults, row.line, &f.at[k]);
        if (f.refused)
            continue;
        check_place(d, w, &e, row.line);
        w->calls[w->count++] = e;
    }
    ENSURE(!r.bad, E_FORM);
    return OK;
}

static status begin(struct desk *d, struct call *c, struct publish_work **ret)
{
    struct arena *const a = d->exchange->arena;
    struct publish_work *const w = arena_take(a, sizeof *w);

    ENSURE(w != NULL, E_MEMORY);
    w->calls = arena_array(a, CASE_ROWS_MAX, sizeof *w->calls);
    ENSURE(w->calls != NULL, E_MEMORY);
    TRY(case_faults_init(&w->faults, a));
    if (case_time_read(control_argument(&c->parsed, "from"), &w->period.from) != OK ||
        case_time_read(control_argument(&c->parsed, "until"), &w->period.until) != OK ||
        w->period.from == 0 || w->period.from >= w->period.until) {
        c->sentence = "the list needs its period: --from 2026-11-23T00:00Z --until "
                      "2026-11-24T00:00Z";
        return E_USAGE;
    }
    *ret = w;
    return OK;
}

/* The calls of one force, after the period, as items. */
static status items_of(struct desk *d, const struct publish_work *w,
                       const struct roster_agency *to, struct bytes **ret,
                       size_t *ret_count)
{
    struct arena *const a = d->exchange->arena;
    struct bytes *const items = arena_array(a, ITEMS_MAX, sizeof *items);
    const struct item period = {.kind = ITEM_CASE_PERIOD, .case_period = w->period};
    size_t count = 0;

    ENSURE(items != NULL, E_MEMORY);
    TRY(item_encode(&period, a, &items[count++]));
    for (size_t i = 0; i < w->count; i++) {
        const struct item_case_event *const e = &w->calls[i];
        if (!case_same_force(bytes_of_text(to->force), e->station))
            continue;
        ENSURE(count < ITEMS_MAX, E_LIMIT);
        const struct item call = {.kind = ITEM_CASE_CALL,
                                  .case_call = {e->reference, e->at, e->station}};
        TRY(item_encode(&call, a, &items[count++]));
    }
    *ret = items;
    *ret_count = count;
    return OK;
}

/* The same list again is the same entry again. */
static status key_of(struct desk *d, struct call *c, const struct roster_agency *to,
                     struct bytes *ret)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes parts[] = {bytes_of_text("case list"), bytes_of_text(to->id.text),
                                  control_argument(&c->parsed, "from"),
                                  control_argument(&c->parsed, "until"),
                                  control_argument(&c->parsed, "rows")};
    size_t room = 0;

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        room += 4 + parts[i].size;
    const size_t mark = arena_mark(a);
    struct writer w = writer_over(arena_take(a, room), room);
    ENSURE(w.at != NULL, E_MEMORY);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        write_u32(&w, (uint32_t)parts[i].size);
        write_bytes(&w, parts[i]);
    }
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    arena_rewind(a, mark);
    return arena_copy(a, bytes_of(h.bytes, sizeof h.bytes), ret);
}

static status submit_list(struct desk *d, struct call *c, struct publish_work *w,
                          const struct roster_agency *to)
{
    struct submission s = {.kind = KIND_CASE,
                           .lane = LANE_ROUTINE,
                           .label = {.marking = to->ceiling < MARKING_OFFICIAL_SENSITIVE
                                                    ? MARKING_OFFICIAL
                                                    : MARKING_OFFICIAL_SENSITIVE,
                                     .handling = HANDLING_P,
                                     .priority = PRIORITY_LOW},
                           .recipients = &to->id,
                           .recipient_count = 1};
    struct bytes *items = NULL;

    TRY(items_of(d, w, to, &items, &s.item_count));
    s.items = items;
    TRY(key_of(d, c, to, &s.idempotency_key));
    w->to[w->list_count] = to->id;
    w->per_list[w->list_count++] = s.item_count - 1;
    return exchange_submit(d->exchange, &s);
}

static status submit_all(struct desk *d, struct call *c, struct publish_work *w)
{
    const struct roster *const roster = &d->exchange->roster;

    for (size_t i = 0; i < roster->agency_count; i++) {
        if (is_bureau(d, &roster->agencies[i]))
            TRY(submit_list(d, c, w, &roster->agencies[i]));
    }
    return OK;
}

/* An entry holds so many calls and no more; asked before the first is submitted. */
static bool is_too_long(const struct desk *d, const struct publish_work *w)
{
    for (size_t i = 0; i < d->exchange->roster.agency_count; i++) {
        const struct roster_agency *const a = &d->exchange->roster.agencies[i];
        size_t count = 0;
        for (size_t k = 0; is_bureau(d, a) && k < w->count; k++)
            count += case_same_force(bytes_of_text(a->force), w->calls[k].station);
        if (count > CALLS_MAX)
            return true;
    }
    return false;
}

/* One turn takes all of it or none: room is asked for before the first. */
static bool has_room(const struct exchange *x)
{
    const struct own_lane *const own = &x->own[lane_rank(LANE_ROUTINE)];

    return own->pending_count + AGENCIES_MAX <= GROUP_ENTRIES_MAX &&
           own->pending_bytes <= GROUP_BYTES_MAX / 4 &&
           x->submitted + AGENCIES_MAX < ANSWERS_MAX / 2;
}

status case_publish_prepare(struct desk *d, struct call *c)
{
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);
    struct publish_work *w = NULL;

    ENSURE(has_room(d->exchange), E_BUSY);
    if (self == NULL || self->kind != AGENCY_IMMIGRATION) {
        c->sentence = "only immigration enforcement publishes the calls that it took; a "
                      "force records its own with `flagpost case add` or `case import`";
        return E_DENIED;
    }
    TRY(begin(d, c, &w));
    TRY(take_rows(d, c, w));
    if (is_too_long(d, w)) {
        c->sentence = "more than 255 calls of one force in one list: give a shorter period";
        return E_LIMIT;
    }
    c->work = w;
    if (w->faults.count > 0) {
        c->sentence = "refused: mend what is listed and publish it again; nothing was sent";
        return E_VALUE;
    }
    const status s = submit_all(d, c, w);
    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence = "this node may not publish: see `flagpost status` for the reason";
    TRY(s);
    return case_log(d, c, AUDIT_COLLECT, (struct bytes){0}, "calls published to forces");
}

status case_publish_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct publish_work *const w = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, w->list_count + w->faults.kept);
    for (size_t i = 0; c->prepared == OK && i < w->list_count; i++) {
        rows_next(&r, 3);
        rows_text(&r, "row", "list");
        rows_agency(&r, "agency", &w->to[i]);
        rows_number(&r, "calls", w->per_list[i]);
    }
    if (c->prepared == OK)
        ret->sentence = bytes_of_text("published: each bureau gets its own calls alone");
    case_faults_give(&w->faults, &r);
    rows_give(&r, ret);
    return OK;
}
