#include "figures.h"
#include "oom_sqlite.h"
#include "pair.h"

/*
 * Memory runs out: each allocation of SQLite's and of ours in turn, once or from there on,
 * while a node starts, publishes, stores and receipts, serves and takes a receipt, or
 * empties its log.  A step that fails ends the process, as the daemon does with exit 74; it
 * starts again from its disk.  Then what was acknowledged is there once at both ends, what
 * was not is there as a whole or not at all, asking again with the same key makes no second
 * one, and no receipt ever covers what its follower does not hold.
 */

enum { CALLS_MAX = 20000, STEPS_MAX = 60 };

/* --- what must hold --- */

static const struct own_lane *own(void)
{
    return &w.at[P].exchange->own[lane_rank(LANE_ROUTINE)];
}

static const struct follow *follow(void)
{
    return &exchange_peer(w.at[F].exchange, &w.cast.actors[P].id)
                ->follows[lane_rank(LANE_ROUTINE)];
}

static sequence receipted(void)
{
    return exchange_peer(w.at[P].exchange, &w.cast.actors[F].id)
        ->deliveries[lane_rank(LANE_ROUTINE)]
        .receipted;
}

/* The same entry at both ends. */
static void check_entry(sequence index)
{
    const struct store here = journal_store(w.at[P].journal);
    const struct store there = journal_store(w.at[F].journal);
    struct entry_row one = {0};
    struct entry_row other = {0};
    const size_t mark = arena_mark(&w.paper);

    CHECK_OK(here.ops->entry_find(here.self, &own()->row.id, index, &w.paper, &one));
    CHECK_OK(there.ops->entry_find(there.self, &follow()->row.id, index, &w.paper, &other));
    CHECK(hash_equal(&one.leaf, &other.leaf));
    CHECK_INT(other.disposition, DISPOSITION_HELD);
    arena_rewind(&w.paper, mark);
}

/* One turn; the victim's memory may run out in it, and then it starts again. */
static void step(size_t i, struct oom *armed)
{
    oom = *armed;
    const status s = turn(i);
    *armed = oom;
    oom = (struct oom){.left = 0};
    CHECK(s == OK || armed->met);
    if (s != OK) {
        armed->left = 0;
        restart(i);
    }
}

/* Until both are level; `victim`'s memory runs out as `armed` says (SIDES: nobody's). */
static bool settle(size_t victim, struct oom armed)
{
    struct oom none = {.left = 0};
    size_t steps = 0;

    while (!follow()->known || follow()->row.complete < w.asked || receipted() < w.asked) {
        CHECK(steps++ < STEPS_MAX);
        w.now += STEP_MS;
        for (size_t i = 0; i < SIDES; i++)
            step(i, i == victim ? &armed : &none);
        CHECK(receipted() <= follow()->row.complete);
    }
    CHECK_INT(own()->row.frontier.size, w.asked);
    check_entry(w.asked - 1);
    return armed.met;
}

/* --- publishing --- */

static status ask(uint64_t number, sequence *ret_index)
{
    char key[32];
    const struct item facts = {.kind = ITEM_FACTS,
                               .facts.case_reference = bytes_of_text("memory")};
    struct bytes item = {0};
    struct submission s = {
        .kind = KIND_INTELLIGENCE,
        .lane = LANE_ROUTINE,
        .label = {.marking = MARKING_OFFICIAL,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_LOW},
        .item_count = 1,
        .items = &item,
        .recipient_count = 1,
        .recipients = &w.cast.actors[F].id,
        .ticket = 1,
    };

    (void)snprintf(key, sizeof key, "record %" PRIu64, number);
    s.idempotency_key = bytes_of_text(key);
    begin(P);
    CHECK_OK(item_encode(&facts, &w.at[P].arena, &item));
    TRY(exchange_submit(w.at[P].exchange, &s));
    TRY(finish(P));
    for (size_t i = 0; i < w.at[P].effects->count; i++) {
        const struct effect *const e = &w.at[P].effects->at[i];
        if (e->kind == EFFECT_ANSWER)
            *ret_index = e->answer.place.index;
    }
    return OK;
}

/* One more record, and its place is the next: none was lost, none is there twice. */
static bool publish(uint64_t call, bool forever)
{
    sequence index = UINT64_MAX;

    w.now += STEP_MS;
    oom_fail(call, forever);
    const status s = ask(w.asked, &index);
    const bool met = oom_end();
    CHECK(s == OK || met);
    if (s != OK) {
        restart(P);
        CHECK_OK(ask(w.asked, &index));
    }
    CHECK_INT(index, w.asked);
    w.asked++;
    return met;
}

/* --- the windows --- */

static bool start_fails(size_t i, uint64_t call, bool forever)
{
    end(i);
    oom_fail(call, forever);
    const status s = start(i);
    const bool met = oom_end();
    CHECK(s == OK || met);
    if (s != OK)
        restart(i);
    return met;
}

static bool publisher_starts(uint64_t call, bool forever)
{
    return start_fails(P, call, forever);
}

static bool follower_starts(uint64_t call, bool forever)
{
    return start_fails(F, call, forever);
}

static bool follower_takes(uint64_t call, bool forever)
{
    CHECK(!publish(0, false));
    return settle(F, (struct oom){.left = call, .forever = forever});
}

static bool publisher_serves(uint64_t call, bool forever)
{
    CHECK(!publish(0, false));
    return settle(P, (struct oom){.left = call, .forever = forever});
}

/* What cannot be tidied now is later. */
static bool log_is_emptied(uint64_t call, bool forever)
{
    CHECK(!publish(0, false));
    oom_fail(call, forever);
    (void)journal_checkpoint(w.at[P].journal, true);
    return oom_end();
}

static const struct window {
    const char *name;
    unsigned stride; /* quick: one in so many */
    bool (*run)(uint64_t call, bool forever);
} windows[] = {
    {"start of a publisher", 29, publisher_starts},
    {"start of a follower", 29, follower_starts},
    {"publish", 3, publish},
    {"receive and receipt", 5, follower_takes},
    {"serve and take a receipt", 3, publisher_serves},
    {"empty the log", 1, log_is_emptied},
};

/* How many failures the window took until it had no more allocations. */
static uint64_t exhaust(const struct window *window, uint64_t first, bool forever)
{
    const uint64_t stride = figures_share(window->stride, 1);
    uint64_t met = 0;
    uint64_t call = 1 + first % stride;

    while (window->run(call, forever)) {
        CHECK(call < CALLS_MAX);
        met++;
        call += stride;
        CHECK(!publish(0, false));
        CHECK(!settle(SIDES, (struct oom){.left = 0}));
    }
    (void)printf("    %s, %s: %" PRIu64 " of %" PRIu64 " allocations\n", window->name,
                 forever ? "for ever" : "once", met, call - 1);
    return met;
}

static void loses_nothing_whichever_allocation_fails(void)
{
    uint64_t count = 0;

    oom_take_sqlite();
    make_world();
    for (size_t i = 0; i < COUNT_OF(windows); i++) {
        count += exhaust(&windows[i], 7 * i, false);
        count += exhaust(&windows[i], 7 * i + 3, true);
    }
    CHECK(!settle(SIDES, (struct oom){.left = 0}));
    for (sequence i = 0; i < w.asked; i++)
        check_entry(i);
    CHECK(count > 100);
    figures_print("allocation_failures", count);
    end_world();
}

CASES(CASE(loses_nothing_whichever_allocation_fails))
