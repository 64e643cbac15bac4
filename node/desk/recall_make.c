#include "recall.h"

#include "text.h"
#include "todo.h"

/*
 * `recall`: the owner takes a record back.  The recall goes to every agency that was ever
 * wrapped for it, by the immediate lane; what has not been delivered yet is not delivered
 * any more.  With `compromise` (a source is exposed, or it was marked too low) every
 * version of the record is recalled and the statements are due sooner.
 */

enum { HOUR_MS = 3600 * 1000, WITHIN_HOURS_MAX = 24 * 90 };

struct recall_work {
    struct recall_told *told;
    size_t count; /* records recalled, the one asked for first */
    struct parent records[VERSIONS_MAX];
    size_t entry_count; /* that recalling all of them takes */
    bool has_left;      /* one of them is too much for one turn */
    record_id left;
    millis answer_by;
    bool compromise;
    size_t opened_count; /* who has opened one of them, as far as they have told by now */
    struct {
        struct agency_id agency;
        millis at;
    } opened[AGENCIES_MAX];
};

/* --- versions --- */

struct newer {
    const struct agency_id *self;
    bool found;
    record_id id;
};

static status each_newer(void *context, const struct entry_row *e)
{
    struct newer *const n = context;

    if (agency_id_equal(&e->stream.agency, n->self)) {
        n->found = true;
        n->id = e->id;
    }
    return OK;
}

static void leave(struct recall_work *work, const record_id *id)
{
    work->has_left = true;
    work->left = *id;
}

static void add_version(struct recall_work *work, const record_id *id)
{
    for (size_t i = 0; i < work->count; i++) {
        if (record_id_equal(&work->records[i].id, id))
            return;
    }
    if (work->count < VERSIONS_MAX)
        work->records[work->count++] =
            (struct parent){.agency = work->records[0].agency, .id = *id};
    else if (!work->has_left)
        leave(work, id);
}

static status add_around(struct desk *d, struct recall_work *work, size_t i)
{
    struct exchange *const x = d->exchange;
    struct newer newer = {.self = &x->self};
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    TRY(x->store.ops->record_find(x->store.self, &x->self, &work->records[i].id, &place));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    TRY(header_decode(e.header, x->arena, &h));
    if (h.has_previous)
        add_version(work, &h.previous);
    TRY(journal_naming(d->journal, &work->records[i].id, KIND_INTELLIGENCE, d->scratch,
                       each_newer, &newer));
    if (newer.found)
        add_version(work, &newer.id);
    return OK;
}

/* --- what was asked --- */

static status read_hours(struct call *c, bool compromise, millis *ret)
{
    const struct bytes within = control_argument(&c->parsed, "within");
    uint64_t hours = compromise ? RECALL_HOURS_COMPROMISE : RECALL_HOURS;

    if (within.size > 0 &&
        (decimal_decode(within, &hours) != OK || hours == 0 || hours > WITHIN_HOURS_MAX)) {
        c->sentence = "--within takes hours, from 1 to 2160";
        return E_USAGE;
    }
    *ret = hours * HOUR_MS;
    return OK;
}

static status check_words(struct call *c)
{
    const struct bytes reason = control_argument(&c->parsed, "reason");
    const struct bytes person = control_argument(&c->parsed, "person");

    if (reason.size == 0 || reason.size > SHORT_TEXT_MAX || !utf8_is_valid(reason)) {
        c->sentence = "give --reason, at most 256 bytes: every agency that ever had the "
                      "record reads it, so write nothing of the record in it";
        return E_USAGE;
    }
    if (person.size == 0 || person.size > SHORT_TEXT_MAX || !utf8_is_valid(person)) {
        c->sentence = "a recall names who decided it: give --person";
        return E_USAGE;
    }
    return OK;
}

static status check_record(struct desk *d, struct call *c, struct recall_work *work)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct recall_found before = {0};

    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    if (!agency_id_equal(&place.stream.agency, &x->self) || e.kind != KIND_INTELLIGENCE) {
        c->sentence = "only the agency that published a record can recall it; a copy that "
                      "you made of it is recalled by its own id";
        return E_DENIED;
    }
    work->records[work->count++] = (struct parent){.agency = x->self, .id = c->id};
    TRY(recall_of(d, &work->records[0], x->arena, &before));
    if (before.recalled && (!work->compromise || before.cause == RECALL_COMPROMISE)) {
        c->sentence = "it is recalled already: `flagpost trace` tells who has answered";
        return E_DUPLICATE;
    }
    return OK;
}

/* --- who has read it --- */

/* 0: not as far as it has told. */
static millis opened_at(const struct recall_work *work, const struct agency_id *id)
{
    for (size_t i = 0; i < work->opened_count; i++) {
        if (agency_id_equal(&work->opened[i].agency, id))
            return work->opened[i].at;
    }
    return 0;
}

/* Each agency once, by whichever version it opened first. */
static void note_opening(struct recall_work *work, const struct agency_id *id, millis at)
{
    size_t i = 0;

    while (i < work->opened_count && !agency_id_equal(&work->opened[i].agency, id))
        i++;
    if (i == AGENCIES_MAX)
        return;
    if (i == work->opened_count) {
        work->opened[work->opened_count++].agency = *id;
        work->opened[i].at = at;
    }
    work->opened[i].at = at < work->opened[i].at ? at : work->opened[i].at;
}

static status add_openings(struct desk *d, struct recall_work *work,
                           const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct recall_holder *const holders = arena_array(a, AGENCIES_MAX, sizeof *holders);
    size_t count = 0;

    ENSURE(holders != NULL, E_MEMORY);
    TRY(recall_holders(d, record, holders, &count));
    for (size_t i = 0; i < count; i++) {
        if (holders[i].holding.opened_at != 0)
            note_opening(work, &holders[i].agency, holders[i].holding.opened_at);
    }
    arena_rewind(a, mark);
    return OK;
}

/* --- publishing --- */

static status submit_one(struct desk *d, struct call *c, struct recall_work *work, size_t i)
{
    struct exchange *const x = d->exchange;
    const struct item item = {
        .kind = ITEM_RECALL,
        .recall = {.id = work->records[i].id,
                   .cause = work->compromise ? RECALL_COMPROMISE : RECALL_WITHDRAWN,
                   .reason = control_argument(&c->parsed, "reason"),
                   .person = control_argument(&c->parsed, "person"),
                   .answer_by = work->answer_by}};
    const struct recall_notice notice = {
        .kind = KIND_RECALL, .item = &item, .ticket = i == 0 ? c->client + 1 : 0};
    struct recall_told *const told = arena_take(x->arena, sizeof *told);

    ENSURE(told != NULL, E_MEMORY);
    TRY(recall_publish(d, &work->records[i], &notice, told));
    if (i == 0)
        work->told = told;
    const struct recall_row row = {.record = work->records[i],
                                   .state = RECALL_OWN,
                                   .due = work->answer_by,
                                   .since = x->now};
    TRY(recall_row_put(d, &row));
    struct item_audit audit = {
        .operation = AUDIT_ALTER,
        .has_object = true,
        .object_stream = x->own[lane_rank(LANE_IMMEDIATE)].row.id,
        .object = work->records[i].id,
        .justification = control_argument(&c->parsed, "reason"),
        .outcome = bytes_of_text(work->compromise ? "recalled: compromise" : "recalled")};
    return desk_audit(d, c, &audit);
}

static status find_all(struct desk *d, struct recall_work *work)
{
    for (size_t i = 0; work->compromise && i < work->count; i++)
        TRY(add_around(d, work, i));
    for (size_t i = 0; i < work->count; i++) {
        size_t places = 0;
        TRY(recall_place_count(d, &work->records[i], &places));
        work->entry_count += places;
        if (work->entry_count >= GROUP_ENTRIES_MAX && !work->has_left)
            leave(work, &work->records[i].id);
    }
    return OK;
}

/* All versions in one turn or none: what is not recalled is not left without a word. */
static status check_room(struct desk *d, struct call *c, const struct recall_work *work)
{
    const struct exchange *const x = d->exchange;
    char *const id = arena_take(x->arena, RECORD_ID_TEXT_ROOM);

    ENSURE(id != NULL, E_MEMORY);
    if (work->has_left) {
        record_id_write(&work->left, id);
        c->sentence = desk_text(x->arena, "it is too much for one recall: ", id,
                                work->compromise ? " and other versions" : "",
                                " would be left, so nothing was recalled.  Without "
                                "--compromise each version is recalled by its own id",
                                NULL);
        return E_LIMIT;
    }
    ENSURE(work->entry_count + x->own[lane_rank(LANE_IMMEDIATE)].pending_count <
                   GROUP_ENTRIES_MAX &&
               work->count < AUDIT_ROWS_MAX - x->audit_count &&
               work->entry_count < ANSWERS_MAX - x->submitted,
           E_BUSY);
    return OK;
}

status recall_prepare(struct desk *d, struct call *c)
{
    struct exchange *const x = d->exchange;
    struct recall_work *const work = arena_take(x->arena, sizeof *work);
    millis within = 0;

    ENSURE(work != NULL, E_MEMORY);
    work->compromise = control_argument(&c->parsed, "compromise").size > 0;
    TRY(check_words(c));
    TRY(read_hours(c, work->compromise, &within));
    TRY(check_record(d, c, work));
    work->answer_by = x->now + within;
    TRY(find_all(d, work));
    TRY(check_room(d, c, work));
    for (size_t i = 0; i < work->count; i++) {
        TRY(add_openings(d, work, &work->records[i]));
        const status s = submit_one(d, c, work, i);
        if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
            c->sentence = "this node may not publish, so nothing was recalled: see "
                          "`flagpost status`, and telephone the holders";
        TRY(s);
    }
    c->work = work;
    return OK;
}

static const char *sentence_of(struct desk *d, const struct recall_work *work, bool missed)
{
    const char *const read =
        work->opened_count == 0
            ? "nobody has said that it was opened, which may come yet"
            : desk_text(d->exchange->arena,
                        desk_number(d->exchange->arena, work->opened_count),
                        work->opened_count == 1 ? " agency has" : " agencies have",
                        " opened it already", NULL);

    return desk_text(d->exchange->arena,
                     missed
                         ? "recalled; not every holder can be told by this exchange: see "
                           "the rows.  "
                         : "recalled: no holder opens it once the recall is there.  ",
                     "As far as they have told by now, ", read,
                     "; `flagpost trace` tells what each answers", NULL);
}

status recall_verb_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct recall_work *const work = c->work;
    struct rows r;
    size_t missed = 0;

    rows_init(&r, d->exchange->arena, work->count + work->told->count);
    for (size_t i = 0; i < work->count; i++) {
        rows_next(&r, 4);
        rows_text(&r, "row", "record");
        rows_id(&r, "id", &work->records[i].id);
        rows_text(&r, "state", "recalled");
        rows_time(&r, "answer_by", work->answer_by);
    }
    for (size_t i = 0; i < work->told->count; i++) {
        const bool told = work->told->at[i].told;
        missed += !told;
        rows_next(&r, 5);
        rows_text(&r, "row", "recipient");
        rows_agency(&r, "agency", &work->told->at[i].agency);
        rows_text(&r, "told", told ? "yes" : "no");
        rows_text(&r, "reason",
                  told ? ""
                       : "it is not in the roster any more: tell it "
                         "by other means");
        rows_time(&r, "opened", opened_at(work, &work->told->at[i].agency));
    }
    ret->sentence = bytes_of_text(sentence_of(d, work, missed > 0));
    rows_give(&r, ret);
    return OK;
}
