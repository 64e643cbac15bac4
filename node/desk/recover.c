#include "desk.h"

#include "text.h"

/*
 * `recover`: what a restored node had published since its backup is fetched back from those
 * who hold it.  A named person decides it; asked to look, it changes nothing.
 */

enum {
    LOOKED_AT_MAX = 100000, /* indexes of one lane, for one answer */
    GAPS_MAX = 64,          /* told of one lane */
};

static bool is_text(struct bytes b)
{
    return b.size > 0 && b.size <= SHORT_TEXT_MAX && utf8_is_valid(b);
}

static status check_asked(struct call *c, struct bytes person, struct bytes reason)
{
    if (is_text(person) && is_text(reason))
        return OK;
    c->sentence = "to fetch back is decided by a named person, for a reason: --person and "
                  "--reason, each at most 256 bytes; --dry-run tells what is missing";
    return E_USAGE;
}

status recover_prepare(struct desk *d, struct call *c)
{
    const struct bytes person = control_argument(&c->parsed, "person");
    const struct bytes reason = control_argument(&c->parsed, "reason");
    const char *const name = arena_text(d->exchange->arena, person);

    if (control_argument(&c->parsed, "look").size > 0)
        return OK;
    TRY(check_asked(c, person, reason));
    ENSURE(name != NULL, E_MEMORY);
    struct item_audit row = {.operation = AUDIT_INSTALL, .justification = reason};
    row.outcome = bytes_of_text(
        desk_text(d->exchange->arena, "own entries are fetched back, by ", name, NULL));
    const status s = exchange_recover(d->exchange);
    if (s == E_UNKNOWN)
        c->sentence =
            "this node is in its first epoch: nothing of it was given up, so nothing "
            "is fetched back";
    if (s == E_FENCED)
        c->sentence =
            "this node may not write to its log now: begin a new epoch first, with "
            "`flagpost new-epoch`; the old one is then fetched back";
    TRY(s);
    return desk_audit(d, c, &row);
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
