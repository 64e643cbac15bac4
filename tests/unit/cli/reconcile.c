#include "reconciled.h"

/* What was planted is found and listed at both sides until it is closed, what is on its way
 * is no difference, and what a comparison takes is counted. */

static void accept_late(struct world *w, const struct parent *record, size_t number)
{
    char reference[24];

    (void)snprintf(reference, sizeof reference, "LATE-%zu", number);
    accept(w, record, reference);
}

static void sets_that_are_alike_end_with_one_question(void)
{
    struct world *const w = begun();
    const struct reconcile_result here = reconcile(w);
    const struct reconcile_result there = result(w, ALFA, BRAVO);

    CHECK_INT(here.state, RECONCILE_AGREES);
    CHECK_INT(here.count, RECORDS);
    CHECK_INT(here.other_count, RECORDS);
    CHECK_INT(here.steps, 1);
    CHECK_INT(there.state, RECONCILE_AGREES);
    CHECK_INT(there.count, RECORDS);
    CHECK(here.due == here.at + RECONCILE_DAY_MS && there.due == 0);
    CHECK_INT(look(w, BRAVO, NULL).count + look(w, ALFA, NULL).count, 0);
    ended(w);
}

static void what_was_planted_is_listed_at_both_sides_and_closed(void)
{
    struct world *const w = begun();

    forget_answer(w, &records[3]);  /* ingestion no longer knows that it accepted it */
    forget_outcome(w, &records[4]); /* the agency lost a refusal */
    forget_record(w, BRAVO, &records[5]);
    forget_record(w, ALFA, &records[8]);
    CHECK_INT(reconcile(w).state, RECONCILE_DIFFERS);
    CHECK_INT(result(w, ALFA, BRAVO).differences, 4);
    for (size_t n = ALFA; n <= BRAVO; n++) {
        CHECK_INT(look(w, n, NULL).count, 4);
        CHECK_INT(to_close(w, n), 4);
    }
    check_says(w, BRAVO, &records[3], DIFFERENCE_WAITING, DIFFERENCE_ACCEPTED);
    check_says(w, ALFA, &records[3], DIFFERENCE_ACCEPTED, DIFFERENCE_WAITING);
    check_says(w, BRAVO, &records[4], DIFFERENCE_REFUSED, DIFFERENCE_WAITING);
    check_says(w, ALFA, &records[4], DIFFERENCE_WAITING, DIFFERENCE_REFUSED);
    check_says(w, BRAVO, &records[5], DIFFERENCE_NOT_HELD, DIFFERENCE_WAITING);
    check_says(w, ALFA, &records[5], DIFFERENCE_WAITING, DIFFERENCE_NOT_HELD);
    check_says(w, BRAVO, &records[8], DIFFERENCE_WAITING, DIFFERENCE_NOT_HELD);
    check_says(w, ALFA, &records[8], DIFFERENCE_NOT_HELD, DIFFERENCE_WAITING);

    accept(w, &records[3], "N-3");
    struct argued with[] = {{"id", id_of(&records[4])}, {"person", "DI"}, {"reason", "y"}};
    CHECK_OK(ask(w, BRAVO, difference_resend_prepare, with, 1));
    CHECK_STATUS(ask(w, ALFA, difference_resend_prepare, with, 1), E_VALUE);
    with[0].value = id_of(&records[5]);
    CHECK_OK(ask(w, ALFA, difference_resend_prepare, with, 1));
    with[0].value = id_of(&records[8]);
    CHECK_STATUS(ask(w, ALFA, difference_settle_prepare, with, 2), E_USAGE);
    CHECK_OK(ask(w, ALFA, difference_settle_prepare, with, 3));
    CHECK_OK(ask(w, BRAVO, difference_settle_prepare, with, 3));
    settle(w);
    CHECK_INT(reconcile(w).differences, 1);
    for (size_t n = ALFA; n <= BRAVO; n++) {
        CHECK_INT(look(w, n, NULL).count, 1);
        CHECK_INT(look(w, n, &records[8]).x.state, DIFFERENCE_SETTLED);
        CHECK_INT(to_close(w, n), 0);
    }
    /* What was decided holds for what both said. */
    with[0].value = id_of(&records[8]);
    accept(w, &records[8], "N-8");
    settle(w);
    CHECK_INT(reconcile(w).differences, 1);
    CHECK_INT(look(w, BRAVO, &records[8]).x.state, DIFFERENCE_OPEN);
    CHECK_INT(to_close(w, BRAVO), 1);
    ended(w);
}

static void delete_it(struct world *w, const struct parent *record)
{
    const struct argued with = {"id", id_of(record)};

    recall(w, record);
    settle(w);
    CHECK_OK(ask(w, BRAVO, ingest_deleted_prepare, &with, 1));
    settle(w);
}

struct sought {
    struct desk *desk;
    struct place place;
};

static status each_deleted(void *context, const struct entry_row *e)
{
    struct sought *const f = context;
    struct item_outcome o;

    TRY(ingested_read(f->desk, e, &o));
    if (o.what == OUTCOME_DELETED)
        f->place = (struct place){.stream = e->stream, .index = e->index};
    return OK;
}

static void forget_deletion(struct world *w, const struct parent *record)
{
    struct sought f = {.desk = &w->desks[ALFA]};

    trio_begin(w->t, ALFA);
    CHECK_OK(journal_outcomes(w->t->nodes[ALFA].journal, &record->id, &w->scratch,
                              each_deleted, &f));
    trio_end(w->t, ALFA);
    arena_reset(&w->scratch);
    forget_entry(w, ALFA, &f.place.stream, f.place.index);
}

/* That it was deleted is compared as well; a word of it that is lost is sent again. */
static void a_lost_word_of_a_deletion_is_found(void)
{
    struct world *const w = begun();
    struct argued with[] = {{"id", id_of(&records[0])}};

    delete_it(w, &records[0]);
    CHECK_INT(reconcile(w).state, RECONCILE_AGREES);
    forget_deletion(w, &records[0]);
    CHECK_INT(reconcile(w).differences, 1);
    check_says(w, BRAVO, &records[0], DIFFERENCE_DELETED, DIFFERENCE_ACCEPTED);
    check_says(w, ALFA, &records[0], DIFFERENCE_ACCEPTED, DIFFERENCE_DELETED);
    CHECK_STATUS(ask(w, ALFA, difference_resend_prepare, with, 1), E_VALUE);
    CHECK_OK(ask(w, BRAVO, difference_resend_prepare, with, 1));
    settle(w);
    CHECK_INT(reconcile(w).state, RECONCILE_AGREES);
    ended(w);
}

/* Answered while the comparison runs, or still on its way: no difference. */
static void what_is_on_its_way_is_no_difference(void)
{
    struct world *const w = begun();
    const struct argued taken_back = {"id", id_of(&records[0])};

    recall(w, &records[0]);
    settle(w);
    ask_for(w, ALFA);
    w->t->now += 300;
    turn(w, BRAVO);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK_OK(ask(w, BRAVO, ingest_deleted_prepare, &taken_back, 1));
    for (size_t i = 2; i < RECORDS; i += 3)
        accept_late(w, &records[i], i);
    (void)publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_AGREES);
    CHECK_INT(result(w, BRAVO, ALFA).count, RECORDS);
    CHECK_INT(reconcile(w).state, RECONCILE_AGREES);
    CHECK_INT(result(w, BRAVO, ALFA).count, RECORDS + 1);
    ended(w);
}

static struct hash collected(struct world *w, size_t n, struct reconcile_set *set,
                             size_t entries)
{
    while (!set->done)
        CHECK_OK(reconcile_set_step(&w->desks[n], set, entries));
    const struct hash root = set->root;
    CHECK_INT(set->count, RECORDS);
    reconcile_set_done(set);
    return root;
}

/* At once, over many turns in which records come and are answered, and at the other side
 * after all of that: one set. */
static void a_set_is_the_same_however_long_it_takes(void)
{
    struct world *const w = begun();
    struct reconcile_scope scope;
    struct reconcile_set now, slow, there;

    recall(w, &records[RECORDS - 1]);
    settle(w);
    ask_for(w, ALFA);
    w->t->now += 300;
    turn(w, BRAVO);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    scope = w->desks[BRAVO].reconciling.session->set.scope;
    arena_reset(&w->scratch);
    CHECK_OK(reconcile_set_begin(&w->desks[BRAVO], &scope, &now));
    CHECK_OK(reconcile_set_begin(&w->desks[BRAVO], &scope, &slow));
    CHECK_OK(reconcile_set_begin(&w->desks[ALFA], &scope, &there));
    const struct hash root = collected(w, BRAVO, &now, RECORDS);
    const struct argued taken_back = {"id", id_of(&records[RECORDS - 1])};
    CHECK_OK(ask(w, BRAVO, ingest_deleted_prepare, &taken_back, 1));
    for (size_t i = 2; i < RECORDS; i += 3) {
        CHECK_OK(reconcile_set_step(&w->desks[BRAVO], &slow, 1));
        accept_late(w, &records[i], i);
        (void)publish(w, ALFA, 1u << BRAVO, NULL);
    }
    CHECK(!slow.done);
    settle(w);
    const struct hash later = collected(w, BRAVO, &slow, 1);
    const struct hash other = collected(w, ALFA, &there, 1);
    CHECK(hash_equal(&root, &later));
    CHECK(hash_equal(&root, &other));
    ended(w);
}

/* --- once a day, and what it takes --- */

static void a_force_is_compared_with_once_a_day(void)
{
    struct world *const w = begun();

    listed(w, BRAVO, ALFA)->kind = AGENCY_FIB;
    settle(w);
    CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_NEVER);
    CHECK_INT(result(w, BRAVO, CHARLIE).due, 0); /* is no force */
    for (size_t day = 0; day < 2; day++) {
        const millis due = result(w, BRAVO, ALFA).due;
        w->t->now = due - 60000;
        settle(w);
        CHECK(result(w, BRAVO, ALFA).at < due);
        w->t->now = due;
        settle(w);
        CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_AGREES);
        CHECK(result(w, BRAVO, ALFA).at >= due);
        CHECK(result(w, BRAVO, ALFA).due == result(w, BRAVO, ALFA).at + RECONCILE_DAY_MS);
    }
    ended(w);
}

/* Or the daily comparison would stop for as long as the clock was wrong. */
static void a_clock_that_ran_ahead_puts_none_off(void)
{
    struct world *const w = begun();
    struct reconcile_result ahead = reconcile(w);

    ahead.due = w->t->now + 3650 * (millis)RECONCILE_DAY_MS;
    CHECK_OK(journal_begin(w->t->nodes[BRAVO].journal));
    CHECK_OK(reconcile_result_put(&w->desks[BRAVO], &ahead));
    CHECK_OK(journal_commit(w->t->nodes[BRAVO].journal));
    settle(w);
    const struct reconcile_result r = result(w, BRAVO, ALFA);
    CHECK(!record_id_equal(&r.session, &ahead.session));
    CHECK(r.due <= w->t->now + RECONCILE_DAY_MS);
    ended(w);
}

/* Groups, entries and receipts between the two on the lane of the conversation.  Greetings
 * and gossip go all the time, and checkpoints of either's log to all that witness it. */
static bool is_of_it(const struct trio_frame *f)
{
    static uint8_t memory[4 << 20] __attribute__((aligned(16)));
    struct arena a;
    struct frame frame;

    arena_init(&a, memory, sizeof memory);
    CHECK_OK(frame_decode(bytes_of(f->bytes, f->size), &a, &frame));
    return f->lane == LANE_ROUTINE && f->from != CHARLIE && f->to != CHARLIE &&
           (frame.kind == FRAME_GROUP || frame.kind == FRAME_ENTRIES ||
            frame.kind == FRAME_RECEIPT);
}

static uint64_t sent_in_rounds(struct world *w)
{
    uint64_t bytes = 0;

    for (size_t round = 0; round < 30; round++) {
        w->t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++) {
            for (size_t i = 0; i < w->t->frame_count; i++) {
                const struct trio_frame *const f = &w->t->frames[i];
                if (f->to == n && is_of_it(f))
                    bytes += f->size;
            }
            turn(w, n);
        }
    }
    return bytes;
}

/* 100,000 records with 7 differences take 16 messages and 10,705 bytes of ranges
 * (unit/crypto/ranges), and the entry that ends it.  What sealing, signing, framing and
 * receipting add to a message does not grow with it; the differences at the end are as many
 * here. */
static void the_whole_exchange_stays_below_its_limit(void)
{
    enum { MESSAGES = 16 + 1, RANGE_BYTES = 10705, BYTES_MAX = 64 * 1024 };
    struct world *const w = begun();

    for (size_t i = 0; i < 12; i += 3)
        forget_answer(w, &records[i]);
    forget_outcome(w, &records[4]);
    forget_outcome(w, &records[7]);
    forget_outcome(w, &records[10]);
    settle(w);
    ask_for(w, ALFA);
    const uint64_t sent = sent_in_rounds(w);
    const struct reconcile_result r = result(w, BRAVO, ALFA);
    CHECK_INT(r.differences, 7);
    CHECK(r.steps >= 2);
    CHECK(sent > r.bytes);
    const uint64_t each = (sent - r.bytes) / (2 * (uint64_t)r.steps + 1);
    const uint64_t whole = MESSAGES * each + RANGE_BYTES;
    (void)printf("%" PRIu64
                 " bytes beside the ranges in each message; 100,000 records and 7 "
                 "differences: %d messages, %" PRIu64 " bytes\n",
                 each, MESSAGES, whole);
    CHECK(whole < BYTES_MAX);
    ended(w);
}

CASES(CASE(sets_that_are_alike_end_with_one_question),
      CASE(what_was_planted_is_listed_at_both_sides_and_closed),
      CASE(a_lost_word_of_a_deletion_is_found), CASE(what_is_on_its_way_is_no_difference),
      CASE(a_set_is_the_same_however_long_it_takes),
      CASE(a_force_is_compared_with_once_a_day), CASE(a_clock_that_ran_ahead_puts_none_off),
      CASE(the_whole_exchange_stays_below_its_limit))
