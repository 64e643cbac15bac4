#include "recalled.h"

#include "draft.h"
#include "ingest.h"

/* What a recall, or a person after it, erases, and what is said of that. */

static void a_record_that_comes_after_its_recall_is_erased_at_the_door(void)
{
    struct world *const w = make();

    settle(w);
    w->hold = true;
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    recall(w, &record);
    for (size_t i = 0; i < 8; i++) {
        w->t->now += 100; /* less than it takes to ask again */
        turn(w, BRAVO);
        turn(w, ALFA);
    }
    CHECK_INT(disposition_of(w, BRAVO, &record), 0);
    CHECK(blocked(w, BRAVO, &record));
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "not held");
    w->hold = false;
    turn(w, BRAVO); /* what was on its way arrives */
    CHECK_INT(disposition_of(w, BRAVO, &record), DISPOSITION_ERASED);
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    done(w);
}

/* What BRAVO cannot open is not issued again (unopened.h): it may not have it any more. */
static void settle_unopened(struct world *w)
{
    struct roster_agency *const bravo = &w->t->nodes[ALFA].exchange->roster.agencies[BRAVO];
    const enum marking ceiling = bravo->ceiling;

    turn(w, BRAVO);
    bravo->ceiling = (enum marking)0;
    settle(w);
    bravo->ceiling = ceiling;
}

/* The ciphertext that it cannot open is here: who has the key could, so it is no "not
 * held". */
static void what_never_opened_is_erased_and_not_said_to_be_absent(void)
{
    struct world *const w = make();

    settle(w);
    lose_key(w, BRAVO);
    const struct parent record = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    settle_unopened(w);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_UNOPENABLE);
    recall(w, &record);
    settle(w);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_ERASED);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    CHECK_TEXT(says(w, ALFA, &record, CHARLIE, NULL), "blocked; not stated");
    done(w);
}

struct reading {
    struct world *w;
    struct parent record;
    bool restarts;
};

/* A question that is not read to its end keeps the write-ahead log as it was. */
static status recall_while_it_is_read(void *context, const struct stream_row *row)
{
    const struct reading *const r = context;

    (void)row;
    recall(r->w, &r->record);
    settle(r->w);
    CHECK_INT(place_of(r->w, BRAVO, &r->record), DISPOSITION_ERASED);
    if (r->restarts)
        restart(r->w, BRAVO);
    CHECK(!journal_erased_is_gone(r->w->t->nodes[BRAVO].journal));
    settle(r->w);
    CHECK_TEXT(says(r->w, ALFA, &r->record, BRAVO, NULL), "no answer");
    return E_LIMIT; /* enough */
}

static void check_said_when_gone(bool restarts)
{
    struct world *const w = make();
    struct journal *reader = NULL;

    settle(w);
    lose_key(w, BRAVO);
    struct reading r = {.w = w, .restarts = restarts};
    r.record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle_unopened(w);
    const struct journal_setup setup = trio_setup(w->t, BRAVO, JOURNAL_READ);
    CHECK_OK(journal_open(&setup, &reader));
    CHECK_STATUS(journal_streams(reader, recall_while_it_is_read, &r), E_LIMIT);
    (void)journal_free(reader);
    settle(w);
    CHECK(journal_erased_is_gone(w->t->nodes[BRAVO].journal));
    CHECK_TEXT(says(w, ALFA, &r.record, BRAVO, NULL), "erased");
    done(w);
}

static void erased_is_said_when_it_is_in_no_file_any_more(void)
{
    check_said_when_gone(false);
}

/* What is owed is on the shelf, and a new process does not take the log for empty. */
static void erased_is_said_after_a_restart_as_well(void)
{
    check_said_when_gone(true);
}

/* What the bureau had of a record before its release. */
static void put_draft(struct world *w, size_t n, const struct parent *record, uint8_t id)
{
    const enum shelf_kind kinds[] = {SHELF_DRAFT, SHELF_SOURCE, SHELF_URN};

    trio_begin(w->t, n);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct shelf_row row = {.kind = kinds[i],
                                      .id = {{9, id}},
                                      .about = record->id,
                                      .state = STAGE_RELEASED,
                                      .body = bytes_of_text("who said so")};
        CHECK_OK(journal_shelf_put(w->t->nodes[n].journal, &row));
    }
    trio_end(w->t, n);
}

static bool has_draft(struct world *w, size_t n, enum shelf_kind kind, uint8_t id)
{
    const record_id draft = {{9, id}};
    struct shelf_row row = {0};

    arena_reset(&w->scratch);
    const status s =
        journal_shelf_find(w->t->nodes[n].journal, kind, &draft, &w->scratch, &row);
    CHECK(s == OK || s == E_UNKNOWN);
    return s == OK;
}

static void erasing_takes_the_copies_along(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent source = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    const struct parent copy = publish(w, BRAVO, 1u << CHARLIE, &source);
    const struct parent other = publish(w, BRAVO, 1u << CHARLIE, NULL);
    settle(w);
    recall(w, &source);
    settle(w);
    put_draft(w, BRAVO, &copy, 1);
    put_draft(w, BRAVO, &other, 2);
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why));
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why)); /* again: nothing is left */
    trio_end(w->t, BRAVO);
    CHECK_INT(disposition_of(w, BRAVO, &source), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &copy), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &other), DISPOSITION_HELD);
    CHECK(!has_draft(w, BRAVO, SHELF_DRAFT, 1) && !has_draft(w, BRAVO, SHELF_SOURCE, 1) &&
          !has_draft(w, BRAVO, SHELF_URN, 1));
    CHECK(has_draft(w, BRAVO, SHELF_DRAFT, 2) && has_draft(w, BRAVO, SHELF_SOURCE, 2) &&
          has_draft(w, BRAVO, SHELF_URN, 2));
    done(w);
}

/* --- at national ingestion --- */

static struct bytes urn_kept(struct world *w, const struct parent *record)
{
    struct ingest_row row = {.batch = {0}};

    arena_reset(&w->scratch);
    CHECK_OK(ingest_row_find(&w->desks[BRAVO], record, &w->scratch, &row));
    return row.key.urn;
}

static void put_row(struct world *w, const struct parent *record,
                    const struct ingest_row *row)
{
    trio_begin(w->t, BRAVO);
    CHECK_OK(ingest_row_put(&w->desks[BRAVO], record, row));
    trio_end(w->t, BRAVO);
}

/* What the loader has, or has been asked, is known there by its URN. */
static void the_urn_goes_once_nothing_is_asked_by_it(void)
{
    static const struct {
        struct ingest_row row;
        bool stays;
    } cases[] = {
        {{.answer.what = OUTCOME_REFUSED}, false},
        {{.batch = {(const uint8_t *)"b-1", 3}}, true},
        {{.answer.what = OUTCOME_INGESTED}, true},
        {{.answer.what = OUTCOME_INGESTED, .replaced = true}, false},
        {{.answer = {.what = OUTCOME_INGESTED, .deletion.what = OUTCOME_NOT_DELETED}},
         true},
        {{.answer = {.what = OUTCOME_INGESTED, .deletion.what = OUTCOME_DELETED}}, false},
    };
    struct world *const w = make();
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("officer")};

    settle(w);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ingest_row row = cases[i].row;
        row.key.urn = bytes_of_text("55-IR-26-1");
        if (row.answer.what == OUTCOME_INGESTED)
            row.answer.reference = bytes_of_text("N-1");
        const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
        settle(w);
        put_row(w, &record, &row);
        CHECK_INT(urn_kept(w, &record).size, row.key.urn.size);
        trio_begin(w->t, BRAVO);
        CHECK_OK(recall_erase(&w->desks[BRAVO], &record, &why));
        trio_end(w->t, BRAVO);
        CHECK_INT(urn_kept(w, &record).size, cases[i].stays ? row.key.urn.size : 0);
        row.replaced = true; /* and whatever is said later */
        row.answer.what = OUTCOME_INGESTED;
        row.answer.reference = bytes_of_text("N-1");
        put_row(w, &record, &row);
        CHECK_INT(urn_kept(w, &record).size, 0);
    }
    done(w);
}

CASES(CASE(the_urn_goes_once_nothing_is_asked_by_it),
      CASE(a_record_that_comes_after_its_recall_is_erased_at_the_door),
      CASE(what_never_opened_is_erased_and_not_said_to_be_absent),
      CASE(erased_is_said_when_it_is_in_no_file_any_more),
      CASE(erased_is_said_after_a_restart_as_well), CASE(erasing_takes_the_copies_along))
