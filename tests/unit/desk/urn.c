#include "urn.h"

#include "desk_fixture.h"
#include "shelf.h"

/* What is said of a URN that other records have. */

struct bureau {
    struct counter counter;
    struct record record;
    struct findings findings;
    struct publish_work work;
};

static struct bureau *open_desk(void)
{
    struct bureau *const b = calloc(1, sizeof *b);

    CHECK(b != NULL);
    counter_open(&b->counter);
    b->work = (struct publish_work){.record = &b->record, .findings = &b->findings};
    return b;
}

static void done(struct bureau *b)
{
    counter_done(&b->counter);
    free(b);
}

static void publish(struct bureau *b, const char *urn, uint64_t number)
{
    b->record.facts.urn = bytes_of_text(urn);
    b->work.id = fixture_record(number);
    CHECK_OK(urn_note(&b->counter.desk, &b->work));
}

/* The one thing that is said, or "". */
static const char *advice(struct bureau *b, const char *urn)
{
    b->findings.count = 0;
    b->record.facts.urn = bytes_of_text(urn);
    CHECK_OK(urn_advise(&b->counter.desk, &b->work));
    CHECK(b->findings.count < 2 && !b->findings.refused);
    return b->findings.count == 0 ? "" : b->findings.at[0].sentence;
}

static void check_names(const char *sentence, uint64_t number)
{
    const record_id id = fixture_record(number);
    char text[RECORD_ID_TEXT_ROOM];

    record_id_write(&id, text);
    CHECK(strstr(sentence, text) != NULL);
}

static void case_and_spaces_do_not_make_another_urn(void)
{
    struct bureau *const b = open_desk();

    publish(b, "55-IR-2026-00000001", 1);
    check_names(advice(b, " 55-ir-2026-00000001"), 1);
    CHECK_TEXT(advice(b, "55-IR-2026-00000002"), "");
    CHECK_TEXT(advice(b, " "), "");
    done(b);
}

static void a_correction_keeps_its_urn_or_is_asked_about(void)
{
    struct bureau *const b = open_desk();

    publish(b, "A", 1);
    b->work.has_previous = true;
    b->work.previous = fixture_record(1);
    CHECK_TEXT(advice(b, "a"), "");
    CHECK_TEXT(advice(b, "B"), "The record that this corrects has another URN.");
    publish(b, "A", 2); /* it stands for what it corrects */
    b->work.has_previous = false;
    check_names(advice(b, "A"), 2);
    const record_id first = fixture_record(1);
    struct shelf_row row = {0};
    CHECK_STATUS(journal_shelf_find(b->counter.desk.journal, SHELF_URN, &first,
                                    &b->counter.arena, &row),
                 E_UNKNOWN);
    done(b);
}

static void correct(struct bureau *b, uint64_t older, const char *urn, uint64_t number)
{
    b->work.has_previous = true;
    b->work.previous = fixture_record(older);
    publish(b, urn, number);
    b->work.has_previous = false;
}

/* Which record a URN finds, and the URN that it has now; NULL: this one. */
static void check_found(struct bureau *b, const char *urn, uint64_t number, const char *now)
{
    const struct urn_asked asked = {.urn = bytes_of_text(urn)};
    const record_id wanted = fixture_record(number);
    struct urn_list *const list = calloc(1, sizeof *list);

    CHECK(list != NULL);
    CHECK_OK(urn_find(&b->counter.desk, &asked, list));
    CHECK_INT(list->count, number != 0 ? 1 : 0);
    if (number != 0) {
        CHECK(record_id_equal(&list->at[0].record.id, &wanted));
        CHECK(bytes_equal(list->at[0].urn_now, bytes_of_text(now == NULL ? "" : now)));
    }
    free(list);
}

/* Every URN that it ever had, each with the one that it has now. */
static void a_urn_that_was_corrected_finds_the_record(void)
{
    struct bureau *const b = open_desk();
    const struct parent first = {.agency = b->counter.desk.exchange->self,
                                 .id = fixture_record(1)};

    publish(b, "A", 1);
    correct(b, 1, " B", 2);
    check_found(b, "a", 2, "B");
    check_found(b, "B", 2, NULL);
    correct(b, 2, "C", 3);
    check_found(b, "A", 3, "C");
    check_found(b, "B", 3, "C");
    check_names(advice(b, "A"), 3);
    CHECK(strstr(advice(b, "A"), "its URN was corrected since") != NULL);
    publish(b, "A", 4); /* what has it now is named before what had it */
    check_names(advice(b, "A"), 4);
    correct(b, 3, "B", 5);
    check_found(b, "B", 5, NULL);
    check_found(b, "C", 5, "B");
    CHECK_OK(urn_forget(&b->counter.desk,
                        &(struct parent){.agency = first.agency, .id = fixture_record(4)}));
    check_found(b, "A", 5, "B");
    CHECK_OK(urn_forget(&b->counter.desk, &first));
    check_found(b, "A", 0, NULL);
    check_found(b, "B", 5, NULL);
    done(b);
}

/* A system that gives one URN to all of its records: no more than 32 are looked at. */
static void many_under_one_urn_cost_no_more_than_some(void)
{
    struct bureau *const b = open_desk();

    for (uint64_t i = 1; i <= 40; i++)
        publish(b, "N/A", i);
    check_names(advice(b, "N/A"), 32);
    done(b);
}

CASES(CASE(case_and_spaces_do_not_make_another_urn),
      CASE(a_correction_keeps_its_urn_or_is_asked_about),
      CASE(a_urn_that_was_corrected_finds_the_record),
      CASE(many_under_one_urn_cost_no_more_than_some))
