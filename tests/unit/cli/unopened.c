#include "recalled.h"

#include "unopened.h"

/* What does not open is said, issued again for a newer key, and held once. */

/* How many places a record has at a node with this disposition. */
static size_t places(struct world *w, size_t n, const struct parent *record,
                     enum disposition disposition)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    struct place place = {0};
    struct entry_row e = {0};
    size_t count = 0;

    status found = s.ops->record_after(s.self, &record->agency, &record->id, NULL, &place);
    while (found == OK) {
        const struct place before = place;
        arena_reset(&w->scratch);
        CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->scratch, &e));
        count += e.disposition == disposition;
        found = s.ops->record_after(s.self, &record->agency, &record->id, &before, &place);
    }
    CHECK_INT(found, E_UNKNOWN);
    return count;
}

static size_t held(struct world *w, size_t n, const struct parent *record)
{
    return places(w, n, record, DISPOSITION_HELD);
}

static size_t closed(struct world *w, size_t n, const struct parent *record)
{
    return places(w, n, record, DISPOSITION_UNOPENABLE);
}

static millis asked(struct world *w, const struct parent *record)
{
    millis at = 0;

    CHECK_OK(unopened_asked(&w->desks[BRAVO], record, &at));
    arena_reset(&w->scratch);
    return at;
}

/* A record for BRAVO and CHARLIE that BRAVO cannot open. */
static struct parent publish_closed(struct world *w)
{
    settle(w);
    lose_key(w, BRAVO);
    return publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
}

static void is_issued_again_to_who_could_not_open_it(void)
{
    struct world *const w = make();
    const struct parent record = publish_closed(w);

    settle(w);
    CHECK_INT(closed(w, BRAVO, &record), 1);
    CHECK_INT(held(w, BRAVO, &record), 1);
    CHECK_INT(held(w, CHARLIE, &record), 1);
    CHECK_INT(asked(w, &record), 0);
    /* Once, however long nothing else happens. */
    w->t->now += 3 * UINT64_C(86400000);
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 1);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 2);
    done(w);
}

static void over_restarts_of_both(void)
{
    struct world *const w = make();
    const struct parent record = publish_closed(w);

    for (size_t i = 0; i < 4; i++) {
        turn(w, ALFA);
        turn(w, BRAVO);
        w->t->now += 300;
    }
    restart(w, BRAVO);
    restart(w, ALFA);
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 1);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 2);
    done(w);
}

static void also_where_its_notice_was_dropped(void)
{
    struct world *const w = make();
    const struct parent record = publish_closed(w);

    w->drops = true;
    for (size_t i = 0; i < 20; i++) {
        w->t->now += 300;
        turn(w, ALFA);
        turn(w, BRAVO);
    }
    CHECK_INT(closed(w, BRAVO, &record), 1);
    CHECK_INT(held(w, BRAVO, &record), 0);
    w->drops = false;
    restart(w, BRAVO);
    settle(w);
    w->t->now += UINT64_C(86400000); /* ALFA may have missed the first ask */
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 1);
    done(w);
}

static void what_was_recalled_is_not_issued_again(void)
{
    struct world *const w = make();
    const struct parent record = publish_closed(w);

    recall(w, &record);
    settle(w);
    w->t->now += 3 * UINT64_C(86400000);
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 0);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 1);
    done(w);
}

/* P7: today's policy, whatever it was when the record was published. */
static void what_it_may_not_have_today_is_not_issued_again(void)
{
    struct world *const w = make();
    struct parent record = {0};
    struct roster_agency *bravo = NULL;

    record = publish_closed(w);
    bravo = &w->t->nodes[ALFA].exchange->roster.agencies[BRAVO];
    CHECK(agency_id_equal(&bravo->id, &w->t->cast.actors[BRAVO].id));
    turn(w, ALFA);
    turn(w, BRAVO);
    CHECK_INT(closed(w, BRAVO, &record), 1);
    const enum marking ceiling = bravo->ceiling;
    bravo->ceiling = (enum marking)0;
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 0);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 1);
    CHECK(asked(w, &record) != 0);
    /* It asks again a day later, when it may have it. */
    bravo->ceiling = ceiling;
    w->t->now += UINT64_C(86400000);
    settle(w);
    CHECK_INT(held(w, BRAVO, &record), 1);
    CHECK_INT(asked(w, &record), 0);
    done(w);
}

/* BRAVO says that it cannot open a record of ALFA's. */
static void ask(struct world *w, const struct parent *record)
{
    const struct item item = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = record->agency,
                                          .id = record->id,
                                          .what = OUTCOME_UNOPENABLE,
                                          .at = w->t->now}};
    struct bytes encoded = {0};
    struct trio_batch b;

    trio_batch_begin(w->t, &b, BRAVO, LANE_ROUTINE, 1u << ALFA);
    CHECK_OK(item_encode(&item, &w->t->arena, &encoded));
    b.submission.kind = KIND_OUTCOME;
    b.submission.has_previous = true;
    b.submission.previous = record->id;
    b.submission.item_count = 1;
    b.submission.items = &encoded;
    CHECK_OK(exchange_submit(w->t->nodes[BRAVO].exchange, &b.submission));
    trio_end(w->t, BRAVO);
    settle(w);
}

/* A word about what it was never sent moves nothing. */
static void an_ask_for_what_was_not_sent_is_not_answered(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << CHARLIE, NULL);
    settle(w);
    ask(w, &record);
    w->t->now += UINT64_C(86400000);
    settle(w);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 1);
    CHECK_INT(held(w, BRAVO, &record), 0);
    done(w);
}

/* Sealed for the same key it would be as closed as before. */
static void it_waits_for_a_newer_key(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    ask(w, &record);
    w->t->now += UINT64_C(3600000);
    settle(w);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 1);
    lose_key(w, BRAVO);
    settle(w);
    w->t->now += UINT64_C(3600000);
    settle(w);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 2);
    done(w);
}

/* A new key each minute brings it no more than one more entry a day. */
static void a_greedy_one_gets_it_once_a_day(void)
{
    struct world *const w = make();
    const struct parent record = publish_closed(w);

    settle(w);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 2);
    for (size_t i = 0; i < 3; i++) {
        lose_key(w, BRAVO);
        settle(w);
        ask(w, &record);
        w->t->now += UINT64_C(120000);
        settle(w);
    }
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 2);
    w->t->now += UINT64_C(86400000);
    settle(w);
    CHECK_INT(places(w, ALFA, &record, DISPOSITION_HELD), 3);
    done(w);
}

CASES(CASE(is_issued_again_to_who_could_not_open_it), CASE(over_restarts_of_both),
      CASE(also_where_its_notice_was_dropped), CASE(what_was_recalled_is_not_issued_again),
      CASE(what_it_may_not_have_today_is_not_issued_again),
      CASE(an_ask_for_what_was_not_sent_is_not_answered), CASE(it_waits_for_a_newer_key),
      CASE(a_greedy_one_gets_it_once_a_day))
