#include "recalled.h"

#include "case_desk.h"
#include "handling.h"
#include "urgent.h"

/* What the desk does in its time: where there is no memory for it in a turn, neither the
 * node ends nor is it forgotten. */

#define DAY UINT64_C(86400000)

/* Nearly nothing is left of the turn's arena. */
static void fill(struct world *w, size_t n)
{
    struct arena *const a = w->desks[n].exchange->arena;

    CHECK(arena_take(a, a->room - a->used - 64) != NULL);
}

static struct world *configured(struct config *config)
{
    struct world *const w = make();

    *config = (struct config){.acknowledge_minutes = 1,
                              .handling_told = UINT32_C(1) << OUTCOME_OPENED};
    w->desks[BRAVO].config = config;
    settle(w);
    return w;
}

static size_t rows_of(struct world *w, enum shelf_kind kind, uint32_t state)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[BRAVO].journal, kind,
                                (struct shelf_filter){.state = state}, &w->scratch,
                                count_row, &count));
    return count;
}

static void an_urgent_record_is_told_of_in_another_turn(void)
{
    struct config config;
    struct world *const w = configured(&config);
    struct desk *const bravo = &w->desks[BRAVO];
    struct urgent_told told;
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);

    settle(w);
    trio_begin(w->t, BRAVO);
    CHECK_OK(urgent_arrived(bravo, &record));
    trio_end(w->t, BRAVO);
    w->t->now += DAY;
    for (size_t i = 0; i < 2; i++) {
        const bool full = i == 0;
        trio_begin(w->t, BRAVO);
        if (full)
            fill(w, BRAVO);
        CHECK_OK(urgent_tick(bravo, 1000000 * (i + 1), &told));
        trio_end(w->t, BRAVO);
        CHECK_INT(rows_of(w, SHELF_TODO, TODO_ACKNOWLEDGE), full ? 0 : 1);
    }
    done(w);
}

static void a_use_is_told_in_another_turn(void)
{
    enum { WAITS = 1 };
    struct config config;
    struct world *const w = configured(&config);
    struct desk *const bravo = &w->desks[BRAVO];
    struct call call = {.channel = "control"};
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);

    settle(w);
    trio_begin(w->t, BRAVO);
    CHECK_OK(handling_note(bravo, &call, &record, OUTCOME_OPENED,
                           bytes_of_text("intelligence")));
    trio_end(w->t, BRAVO);
    for (size_t i = 0; i < 2; i++) {
        const bool full = i == 0;
        w->t->now += DAY;
        trio_begin(w->t, BRAVO);
        if (full)
            fill(w, BRAVO);
        CHECK_OK(handling_tick(bravo, 1000000 * (i + 1)));
        trio_end(w->t, BRAVO);
        CHECK_INT(rows_of(w, SHELF_HANDLING, WAITS), full ? 1 : 0);
    }
    settle(w);
    CHECK_INT(rows_of(w, SHELF_HANDLING, 0), 1);
    done(w);
}

static void put_due(struct world *w, enum shelf_kind kind, uint32_t state)
{
    const struct shelf_row row = {
        .kind = kind, .id = {{1}}, .state = state, .due = 1, .body = bytes_of_text("x")};

    trio_begin(w->t, BRAVO);
    CHECK_OK(journal_shelf_put(w->t->nodes[BRAVO].journal, &row));
    trio_end(w->t, BRAVO);
}

static void calls_are_looked_at_in_another_turn(void)
{
    struct config config;
    struct world *const w = configured(&config);
    struct desk *const bravo = &w->desks[BRAVO];
    struct case_reminders told;

    put_due(w, SHELF_OBLIGATION, 1);
    bravo->cases.refreshed = true;
    for (millis steady = 0; steady < 2400000; steady += 60000) {
        w->t->now += 60000;
        trio_begin(w->t, BRAVO);
        fill(w, BRAVO);
        CHECK_OK(desk_case_tick(bravo, steady, &told));
        trio_end(w->t, BRAVO);
    }
    /* It was looked at: with memory, what stands in the row is no call. */
    trio_begin(w->t, BRAVO);
    CHECK_STATUS(desk_case_tick(bravo, 2400000, &told), E_DAMAGED);
    trio_end(w->t, BRAVO);
    CHECK_INT(rows_of(w, SHELF_OBLIGATION, 0), 1);
    done(w);
}

CASES(CASE(an_urgent_record_is_told_of_in_another_turn),
      CASE(a_use_is_told_in_another_turn), CASE(calls_are_looked_at_in_another_turn))
