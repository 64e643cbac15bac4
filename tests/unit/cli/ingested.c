#include "recalled.h"

#include "ingest.h"

/* What national ingestion answers, and what others say in its place: an answer counts from
 * an agency of that kind that was sent the record, and the first one stands. */

static void be_ingest(struct world *w, size_t who)
{
    struct roster *const r = &w->t->nodes[ALFA].exchange->roster;

    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, &w->t->cast.actors[who].id))
            r->agencies[i].kind = AGENCY_INGEST;
    }
}

static void answer(struct world *w, size_t who, const struct parent *record,
                   enum outcome_what what, const char *reference)
{
    const struct item said = {
        .kind = ITEM_OUTCOME,
        .outcome = {
            .agency = record->agency,
            .id = record->id,
            .what = what,
            .at = w->t->now,
            .reference = bytes_of_text(reference),
            .reason = bytes_of_text(
                what == OUTCOME_REFUSED || what == OUTCOME_NOT_DELETED ? "mend it" : "")}};

    trio_begin(w->t, who);
    CHECK_OK(recall_answer(&w->desks[who], record, &said, 1, 0));
    trio_end(w->t, who);
    settle(w);
}

static size_t to_do(struct world *w, enum todo_kind kind)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[ALFA].journal, SHELF_TODO,
                                (struct shelf_filter){.state = (uint32_t)kind}, &w->scratch,
                                count_row, &count));
    return count;
}

static size_t refused(struct world *w)
{
    return to_do(w, TODO_REFUSED);
}

/* The value of a field in the owner's trace, of the row of that kind; "" when there is no
 * such row. */
static const char *traced(struct world *w, const struct parent *record, const char *kind,
                          const char *field)
{
    static char value[256];
    struct rows r;

    value[0] = '\0';
    trio_begin(w->t, ALFA);
    rows_init(&r, &w->t->arena, (size_t)2 * AGENCIES_MAX);
    CHECK_OK(ingested_trace(&w->desks[ALFA], record, &r));
    CHECK(!r.full);
    for (size_t i = 0; i < r.count; i++) {
        const struct bytes found = control_value(&r.rows[i], field);
        if (text_is(control_value(&r.rows[i], "row"), kind))
            (void)snprintf(value, sizeof value, "%.*s", (int)found.size,
                           (const char *)found.at);
    }
    trio_end(w->t, ALFA);
    return value;
}

static struct parent sent(struct world *w)
{
    settle(w);
    be_ingest(w, BRAVO);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    return record;
}

static void a_refusal_opens_a_todo_and_no_later_answer_counts(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 1);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "refused");
    CHECK_TEXT(traced(w, &record, "ingested", "rule"), "R7");
    CHECK_TEXT(traced(w, &record, "ingested", "mend"), "mend it");
    CHECK_TEXT(traced(w, &record, "ignored", "why"), "");
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_TEXT(traced(w, &record, "ignored", "why"), "");
    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "refused");
    CHECK_TEXT(traced(w, &record, "ingested", "reference"), "");
    CHECK(strstr(traced(w, &record, "ignored", "why"), "first answer stands") != NULL);
    CHECK_INT(refused(w), 1);
    done(w);
}

static void a_second_reference_is_not_believed(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    CHECK_INT(refused(w), 0);
    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-2");
    CHECK_TEXT(traced(w, &record, "ingested", "reference"), "N-1");
    CHECK(strstr(traced(w, &record, "ignored", "why"), "first answer stands") != NULL);
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 0);
    done(w);
}

static void who_was_not_sent_it_is_not_believed(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    be_ingest(w, CHARLIE);
    answer(w, CHARLIE, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    CHECK_TEXT(traced(w, &record, "ignored", "why"), "it was not sent the record");
    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "accepted");
    done(w);
}

static void who_is_not_national_ingestion_is_not_believed(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    CHECK(strstr(traced(w, &record, "ignored", "why"), "not national ingestion") != NULL);
    done(w);
}

static void what_is_no_whole_answer_is_told_and_does_not_count(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct parent other = {.agency = w->t->cast.actors[CHARLIE].id, .id = record.id};

    answer(w, BRAVO, &record, OUTCOME_REFUSED, "the person named in the report");
    CHECK_INT(refused(w), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    CHECK(strstr(traced(w, &record, "ignored", "why"), "needs the rule") != NULL);
    answer(w, BRAVO, &other, OUTCOME_REFUSED, "R7"); /* another agency's record */
    CHECK_INT(refused(w), 0);
    answer(w, BRAVO, &record, OUTCOME_ACKNOWLEDGED, "R7");
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    done(w);
}

static void a_refusal_without_its_notice_is_found(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    w->drops = true;
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 0);
    w->drops = false;
    settle(w);
    CHECK_INT(refused(w), 1);
    done(w);
}

static void what_has_been_corrected_is_not_to_be_mended(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct trio_batch b;

    trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    b.submission.has_previous = true;
    b.submission.previous = record.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    answer(w, BRAVO, &record, OUTCOME_REFUSED, "R7");
    CHECK_INT(refused(w), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "refused");
    done(w);
}

static void a_deletion_that_is_refused_is_a_todo_until_it_is_done(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    CHECK_TEXT(traced(w, &record, "ingested", "deletion"), "");
    answer(w, BRAVO, &record, OUTCOME_NOT_DELETED, "LOCKED");
    CHECK_INT(to_do(w, TODO_STANDS), 1);
    CHECK_INT(refused(w), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "deletion"), "not deleted");
    CHECK_TEXT(traced(w, &record, "ingested", "rule"), "LOCKED");
    CHECK_TEXT(traced(w, &record, "ingested", "mend"), "mend it");
    answer(w, BRAVO, &record, OUTCOME_DELETED, "N-2"); /* not what it accepted */
    CHECK_INT(to_do(w, TODO_STANDS), 1);
    answer(w, BRAVO, &record, OUTCOME_DELETED, "N-1");
    CHECK_INT(to_do(w, TODO_STANDS), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "accepted");
    CHECK_TEXT(traced(w, &record, "ingested", "deletion"), "deleted");
    CHECK_TEXT(traced(w, &record, "ingested", "rule"), "");
    answer(w, BRAVO, &record, OUTCOME_NOT_DELETED, "LOCKED");
    CHECK_INT(to_do(w, TODO_STANDS), 0);
    done(w);
}

static void what_was_not_accepted_is_not_deleted(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    answer(w, BRAVO, &record, OUTCOME_NOT_DELETED, "LOCKED");
    answer(w, BRAVO, &record, OUTCOME_DELETED, "N-1");
    CHECK_INT(to_do(w, TODO_STANDS), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "says"), "");
    be_ingest(w, CHARLIE);
    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    answer(w, CHARLIE, &record, OUTCOME_NOT_DELETED, "LOCKED");
    CHECK_INT(to_do(w, TODO_STANDS), 0);
    CHECK_TEXT(traced(w, &record, "ingested", "deletion"), "");
    done(w);
}

static void a_refused_deletion_without_its_notice_is_found(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    answer(w, BRAVO, &record, OUTCOME_INGESTED, "N-1");
    w->drops = true;
    answer(w, BRAVO, &record, OUTCOME_NOT_DELETED, "LOCKED");
    CHECK_INT(to_do(w, TODO_STANDS), 0);
    w->drops = false;
    settle(w);
    CHECK_INT(to_do(w, TODO_STANDS), 1);
    done(w);
}

CASES(CASE(a_refusal_opens_a_todo_and_no_later_answer_counts),
      CASE(a_second_reference_is_not_believed), CASE(who_was_not_sent_it_is_not_believed),
      CASE(who_is_not_national_ingestion_is_not_believed),
      CASE(what_is_no_whole_answer_is_told_and_does_not_count),
      CASE(a_refusal_without_its_notice_is_found),
      CASE(what_has_been_corrected_is_not_to_be_mended),
      CASE(a_deletion_that_is_refused_is_a_todo_until_it_is_done),
      CASE(what_was_not_accepted_is_not_deleted),
      CASE(a_refused_deletion_without_its_notice_is_found))
