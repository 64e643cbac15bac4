#include "again.h"

#include "text.h"

/*
 * `recover`: what a restored node had published since its backup is fetched back from those
 * who hold it, a followed stream whose rows here are damaged is followed again, and damaged
 * rows of an own one are mended.  A named person decides it; asked to look, it changes
 * nothing.
 */

enum {
    LOOKED_AT_MAX = 100000, /* indexes of one lane, for one answer */
    GAPS_MAX = 64,          /* told of one lane */
    PERSON_MAX = 120,       /* fits a row of the log */
};

static bool is_text(struct bytes b)
{
    return b.size > 0 && b.size <= PERSON_MAX && utf8_is_valid(b);
}

static status check_asked(struct desk *d, struct call *c)
{
    if (is_text(control_argument(&c->parsed, "person")) &&
        is_text(control_argument(&c->parsed, "reason")))
        return d->exchange->fence == OK ? OK : E_FENCED;
    c->sentence = "to fetch back is decided by a named person, for a reason: --person and "
                  "--reason, each at most 120 bytes; --dry-run tells what is missing";
    return E_USAGE;
}

/* Who decided it stands in the row beside who typed it. */
static status log_it(struct desk *d, struct call *c, const char *what)
{
    struct arena *const a = d->exchange->arena;
    const char *const name = arena_text(a, control_argument(&c->parsed, "person"));
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .justification = control_argument(&c->parsed, "reason")};

    ENSURE(name != NULL, E_MEMORY);
    row.outcome = bytes_of_text(desk_text(a, what, ", by ", name, NULL));
    return desk_audit(d, c, &row);
}

status recover_prepare(struct desk *d, struct call *c)
{
    if (control_argument(&c->parsed, "look").size > 0)
        return OK;
    status s = check_asked(d, c);
    if (s == OK)
        s = exchange_recover(d->exchange);
    if (s == E_UNKNOWN)
        return OK; /* there is nothing to fetch, as the answer says */
    if (s == E_FENCED)
        c->sentence =
            "this node may not write to its log now: begin a new epoch first, with "
            "`flagpost new-epoch`; the old one is then fetched back";
    TRY(s);
    TRY(again_begin(d, AGAIN_LOOKING));
    return log_it(d, c, "own entries are fetched back");
}

/* Indexes of which there is no entry here, one run of them after the other. */
struct gaps {
    struct rows *rows;
    const char *lane;
    bool is_open;
    sequence first, last;
    uint64_t missing;
    size_t told;
};

static void close_gap(struct gaps *g)
{
    if (!g->is_open)
        return;
    g->is_open = false;
    if (g->told++ >= GAPS_MAX)
        return;
    rows_next(g->rows, 4);
    rows_text(g->rows, "row", "missing");
    rows_text(g->rows, "stream", g->lane);
    rows_number(g->rows, "first", g->first);
    rows_number(g->rows, "last", g->last);
}

static void add_missing(struct gaps *g, sequence index)
{
    g->missing++;
    if (!g->is_open)
        g->first = index;
    g->is_open = true;
    g->last = index;
}

/* The whole of what was stated or has come, whichever is more. */
static status find_gaps(struct desk *d, const struct recovery *r, sequence end,
                        struct gaps *g)
{
    const struct store s = d->exchange->store;

    for (sequence i = r->from; i < end; i++) {
        struct entry_row e = {0};
        const status found = s.ops->entry_find(s.self, &r->row.id, i, d->scratch, &e);
        arena_reset(d->scratch);
        ENSURE(found == OK || found == E_UNKNOWN, found);
        if (found == OK)
            close_gap(g);
        else
            add_missing(g, i);
    }
    close_gap(g);
    return OK;
}

static status give_lane(struct desk *d, enum lane lane, struct rows *r, bool *ret_waits)
{
    struct recovery *const back = arena_take(d->exchange->arena, sizeof *back);
    struct gaps gaps = {.rows = r, .lane = lane_word(lane)};

    ENSURE(back != NULL, E_MEMORY);
    const status s = exchange_recovery(d->exchange, lane, back);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const sequence size = back->row.frontier.size;
    const sequence stated = back->stated_size > size ? back->stated_size : size;
    const sequence end =
        stated - back->from < LOOKED_AT_MAX ? stated : back->from + LOOKED_AT_MAX;
    *ret_waits = *ret_waits || back->is_on;
    if (!back->is_on)
        TRY(find_gaps(d, back, end, &gaps));
    rows_next(r, 7);
    rows_text(r, "row", "lane");
    rows_text(r, "stream", lane_word(lane));
    rows_number(r, "epoch", back->row.id.epoch.counter);
    rows_number(r, "from", back->from);
    rows_number(r, "log", size);
    rows_number(r, "back", size - back->from);
    rows_number(r, "missing", gaps.missing);
    return OK;
}

status recover_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;
    bool waits = false;

    if (c->prepared != OK)
        return OK;
    rows_init(&r, d->exchange->arena, (size_t)LANES * (1 + GAPS_MAX));
    for (size_t l = 0; l < LANES; l++)
        TRY(give_lane(d, lane_of_rank(l), &r, &waits));
    rows_give(&r, ret);
    ret->sentence = bytes_of_text(
        r.count == 0 ? "this node is in its first epoch: nothing of it was given up"
        : waits      ? "asking the followers"
                     : "nobody is being asked");
    return OK;
}

/* --- a followed stream --- */

status follow_again_prepare(struct desk *d, struct call *c)
{
    const struct bytes lane_name = control_argument(&c->parsed, "lane");
    struct agency_id agency;
    enum lane lane = LANE_ROUTINE;
    uint64_t size = 0;

    TRY(check_asked(d, c));
    ENSURE(agency_id_read(control_argument(&c->parsed, "agency"), &agency) == OK &&
               lane_read(lane_name, &lane) == OK &&
               decimal_decode(control_argument(&c->parsed, "from"), &size) == OK,
           E_USAGE);
    const status s = exchange_follow_again(d->exchange, &agency, lane, size);
    if (s == E_FORK)
        c->sentence =
            "its publisher has shown two histories: the stream stays as it is, for "
            "evidence";
    if (s == E_UNKNOWN || s == E_ORDER || s == E_HASH)
        c->sentence =
            "no checkpoint proves the stream up to there: `flagpost verify` tells "
            "up to where one does";
    TRY(s);
    c->sentence = "it is followed again from there";
    return log_it(d, c,
                  desk_text(d->exchange->arena, "the ", lane_word(lane), " stream of ",
                            agency.text, " is followed again", NULL));
}

/* --- rows of an own stream --- */

status mend_prepare(struct desk *d, struct call *c)
{
    if (control_argument(&c->parsed, "look").size > 0)
        return OK;
    TRY(check_asked(d, c));
    const status s = exchange_mend(d->exchange);
    if (s == E_FENCED)
        c->sentence = "this node may not write to its log now: begin a new epoch first, "
                      "with `flagpost new-epoch`";
    TRY(s);
    return log_it(d, c, "damaged rows of the own streams are mended");
}

static const char *mend_reason(struct desk *d, enum lane lane, const struct mend *m)
{
    if (m->why == E_KEY)
        return "its storage key is gone: it was erased here, and that is not undone; or "
               "keys.db was damaged as well";
    if (m->why == E_OPEN)
        return "it came back, and no key here opens it any more";
    if (m->why == E_ADDRESS)
        return desk_text(d->exchange->arena,
                         "it can be read again; the key that was "
                         "wrapped for ",
                         m->lacks.text, " only that agency can give back", NULL);
    return lane == LANE_LOCAL ? "entries of the local stream go to nobody"
                              : "nobody who answered holds it";
}

static void give_mended(struct desk *d, enum lane lane, const struct mending *m,
                        struct rows *r)
{
    uint64_t whole = 0;

    for (uint32_t i = 0; i < m->count; i++) {
        whole += m->at[i].why == OK;
        if (m->at[i].why == OK || m->is_on)
            continue;
        rows_next(r, 4);
        rows_text(r, "row", "unmended");
        rows_text(r, "stream", lane_word(lane));
        rows_number(r, "index", m->at[i].index);
        rows_text(r, "why", mend_reason(d, lane, &m->at[i]));
    }
    if (m->stopped != OK) {
        rows_next(r, 4);
        rows_text(r, "row", "unmended");
        rows_text(r, "stream", lane_word(lane));
        rows_number(r, "index", m->looked);
        rows_text(r, "why",
                  "the group that begins here is not as it was signed, with "
                  "counts that nobody else has: what is behind it was not "
                  "looked at");
    }
    rows_next(r, 5);
    rows_text(r, "row", "own");
    rows_text(r, "stream", lane_word(lane));
    rows_number(r, "damaged", m->count);
    rows_number(r, "mended", whole);
    rows_text(r, "more", m->more ? "yes" : "no");
}

status mend_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;
    bool waits = false;

    ENSURE(c->prepared == OK, OK);
    rows_init(&r, d->exchange->arena, (size_t)LANES * (2 + MENDS_MAX));
    for (size_t l = 0; l < LANES; l++) {
        const struct mending *const m = &d->exchange->own[l].mend;
        waits = waits || m->is_on;
        give_mended(d, lane_of_rank(l), m, &r);
    }
    rows_give(&r, ret);
    ret->sentence = bytes_of_text(waits ? "asking the followers" : "nobody is being asked");
    return OK;
}

status recount_prepare(struct desk *d, struct call *c)
{
    TRY(check_asked(d, c));
    return log_it(d, c, "the tables are taken as they are");
}

/* After the commit, so that who decided it is in the log first. */
status recount_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    ENSURE(c->prepared == OK, OK);
    ret->sentence = bytes_of_text("the tables are taken as they are");
    return journal_recount(d->journal);
}
