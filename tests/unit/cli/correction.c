#include "trio.h"

#include "correction.h"

/* Who gets a correction, and which of two corrections of one record stands. */

struct world {
    struct trio *t;
    struct desk desk; /* ALFA's */
    struct arena scratch;
    struct call call;
    struct publish_work work;
};

static struct world *make(void)
{
    struct world *const w = calloc(1, sizeof *w);

    CHECK(w != NULL);
    w->t = trio_make();
    trio_arena(&w->scratch, 16 << 20);
    w->desk = (struct desk){.exchange = w->t->nodes[ALFA].exchange,
                            .journal = w->t->nodes[ALFA].journal,
                            .keyring = w->t->cast.actors[ALFA].keyring,
                            .scratch = &w->scratch};
    trio_settle(w->t);
    return w;
}

static void done(struct world *w)
{
    trio_free(w->t);
    free(w->scratch.at);
    free(w);
}

/* A record of ALFA for BRAVO, into a turn that stays open. */
static record_id publish(struct world *w, uint8_t number, const record_id *previous)
{
    static struct trio_batch b; /* borrowed until the turn ends */

    trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = (record_id){{9, number}};
    b.submission.has_previous = previous != NULL;
    if (previous != NULL)
        b.submission.previous = *previous;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    return b.submission.id;
}

static status begin(struct world *w, const record_id *previous)
{
    w->work = (struct publish_work){.has_previous = true, .previous = *previous};
    w->call = (struct call){.open = true};
    return correction_begin(&w->desk, &w->call, &w->work);
}

static void of_two_at_once_the_second_waits_and_is_then_told(void)
{
    struct world *const w = make();
    const record_id first = publish(w, 1, NULL);

    trio_end(w->t, ALFA);
    trio_begin(w->t, ALFA);
    CHECK_OK(begin(w, &first));
    CHECK_INT(w->work.correction->version, 2);
    trio_end(w->t, ALFA);
    (void)publish(w, 2, &first); /* its turn is still open */
    CHECK_STATUS(begin(w, &first), E_BUSY);
    trio_end(w->t, ALFA);
    trio_begin(w->t, ALFA);
    CHECK_STATUS(begin(w, &first), E_DUPLICATE);
    CHECK(strstr(w->call.sentence, "superseded already by 0902") != NULL);
    const record_id second = {{9, 2}};
    CHECK_OK(begin(w, &second));
    CHECK_INT(w->work.correction->version, 3);
    trio_end(w->t, ALFA);
    done(w);
}

static void only_an_own_record_is_corrected(void)
{
    struct world *const w = make();
    const record_id unknown = {{1, 2, 3}};

    trio_begin(w->t, ALFA);
    CHECK_STATUS(begin(w, &unknown), E_DENIED);
    CHECK(w->work.correction == NULL);
    trio_end(w->t, ALFA);
    done(w);
}

/* Nothing names either agency today; BRAVO has the version before. */
static void who_had_the_version_before_gets_this_one(void)
{
    struct world *const w = make();
    struct record *const record = calloc(1, sizeof *record);
    struct routing *const routing = calloc(1, sizeof *routing);
    struct findings *const findings = calloc(1, sizeof *findings);
    const record_id first = publish(w, 1, NULL);

    CHECK(record != NULL && routing != NULL && findings != NULL);
    trio_end(w->t, ALFA);
    trio_begin(w->t, ALFA);
    CHECK_OK(begin(w, &first));
    CHECK_INT(w->work.correction->holder_count, 1);
    record->label = w->work.correction->was;
    routing->count = 2;
    routing->at[0].agency = w->t->cast.actors[BRAVO].id;
    routing->at[1].agency = w->t->cast.actors[CHARLIE].id;
    w->work.record = record;
    w->work.routing = routing;
    w->work.findings = findings;
    correction_route(&w->desk, &w->work);
    CHECK(routing->at[0].yes);
    CHECK(!routing->at[1].yes);
    CHECK_INT(routing->recipient_count, 1);
    CHECK_INT(findings->count, 0);
    /* What today's policy denies is not sent for having been sent before. */
    routing->at[0].yes = false;
    routing->recipient_count = 0;
    record->label.expires_at = 1;
    correction_route(&w->desk, &w->work);
    CHECK(!routing->at[0].yes);
    CHECK_INT(routing->recipient_count, 0);
    trio_end(w->t, ALFA);
    free(record);
    free(routing);
    free(findings);
    done(w);
}

static void a_marking_falls_by_a_named_person_with_a_reason_alone(void)
{
    struct world *const w = make();
    struct record *const record = calloc(1, sizeof *record);
    struct routing *const routing = calloc(1, sizeof *routing);
    struct findings *const findings = calloc(1, sizeof *findings);
    const record_id first = publish(w, 1, NULL);

    CHECK(record != NULL && routing != NULL && findings != NULL);
    trio_end(w->t, ALFA);
    trio_begin(w->t, ALFA);
    CHECK_OK(begin(w, &first));
    record->label = w->work.correction->was;
    record->label.marking = MARKING_OFFICIAL;
    w->work.record = record;
    w->work.routing = routing;
    w->work.findings = findings;
    correction_route(&w->desk, &w->work);
    CHECK_INT(findings->count, 1);
    CHECK_TEXT(findings->at[0].rule, "R12");
    CHECK(findings->refused);
    *findings = (struct findings){0};
    w->work.person = bytes_of_text("DI");
    w->work.reason = bytes_of_text("less than we thought");
    correction_route(&w->desk, &w->work);
    CHECK_INT(findings->count, 0);
    trio_end(w->t, ALFA);
    free(record);
    free(routing);
    free(findings);
    done(w);
}

CASES(CASE(of_two_at_once_the_second_waits_and_is_then_told),
      CASE(only_an_own_record_is_corrected), CASE(who_had_the_version_before_gets_this_one),
      CASE(a_marking_falls_by_a_named_person_with_a_reason_alone))
