#include "recalled.h"

#include "same.h"

/* Whether the same record is known again, however often it was published, and what is left
 * of its words when it is erased. */

static struct publish_work work_of(const char *text)
{
    static struct record record;

    record = (struct record){.text_count = 1};
    record.texts[0] = (struct graded_text){.text = bytes_of_text(text),
                                           .basis = BASIS_FACT,
                                           .grade = {.source = 1, .assessment = 1}};
    record.provenance = record.texts[0];
    record.facts.station = bytes_of_text("55AA");
    record.facts.urn = bytes_of_text("55-IR-26-000001");
    record.report.title = bytes_of_text("a report");
    record.report.purpose = PURPOSE_PREVENT;
    return (struct publish_work){.record = &record};
}

static status find(struct world *w, struct publish_work *work)
{
    trio_begin(w->t, ALFA);
    const status s = same_find(&w->desks[ALFA], work);
    trio_end(w->t, ALFA);
    return s;
}

/* As publish.c does in one turn. */
static struct parent publish_words(struct world *w, const char *text)
{
    struct publish_work work = work_of(text);

    (void)find(w, &work);
    const struct parent made = publish(w, ALFA, 1u << BRAVO, NULL);
    work.id = made.id;
    trio_begin(w->t, ALFA);
    CHECK_OK(same_note(&w->desks[ALFA], &work));
    trio_end(w->t, ALFA);
    settle(w);
    return made;
}

static size_t rows(struct world *w)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[ALFA].journal, SHELF_WORDS,
                                (struct shelf_filter){0}, &w->scratch, count_row, &count));
    return count;
}

static void however_often_it_was_taken_back_the_one_that_stands_is_found(void)
{
    enum { TIMES = 20 };
    struct world *const w = make();
    struct parent made = {.id = {{0}}};
    struct publish_work work;

    settle(w);
    for (uint32_t i = 0; i < TIMES; i++) {
        work = work_of("a lorry");
        CHECK_STATUS(find(w, &work), E_UNKNOWN);
        CHECK_INT(work.same.times, i);
        made = publish_words(w, "a lorry");
        if (i + 1 < TIMES)
            recall(w, &made);
        settle(w);
    }
    work = work_of("a lorry");
    CHECK_OK(find(w, &work));
    CHECK(record_id_equal(&work.same.id, &made.id));
    work = work_of("a ferry");
    CHECK_STATUS(find(w, &work), E_UNKNOWN);
    CHECK_INT(work.same.times, 0);
    done(w);
}

static void what_is_published_in_this_turn_is_found(void)
{
    struct world *const w = make();
    struct publish_work work = work_of("a lorry");
    struct trio_batch b;

    settle(w);
    CHECK_STATUS(find(w, &work), E_UNKNOWN);
    trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = (record_id){{3, 3}};
    work.id = b.submission.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    CHECK_OK(same_note(&w->desks[ALFA], &work));
    struct publish_work second = work_of("a lorry");
    CHECK_OK(same_find(&w->desks[ALFA], &second));
    CHECK(record_id_equal(&second.same.id, &work.id));
    trio_end(w->t, ALFA);
    const struct store s = journal_store(w->t->nodes[ALFA].journal);
    struct place place = {0};
    CHECK_OK(s.ops->record_find(s.self, &w->t->cast.actors[ALFA].id, &work.id, &place));
    CHECK(stream_id_equal(&place.stream, &second.same.place.stream));
    CHECK_INT(place.index, second.same.place.index);
    done(w);
}

/* Nobody learns by trying words what an erased record said. */
static void of_an_erased_record_no_digest_is_left(void)
{
    struct world *const w = make();
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    struct publish_work work = work_of("a lorry");

    settle(w);
    const struct parent gone = publish_words(w, "a lorry");
    (void)publish_words(w, "a ferry");
    CHECK_OK(find(w, &work));
    CHECK_INT(rows(w), 2);
    trio_begin(w->t, ALFA);
    CHECK_OK(recall_erase(&w->desks[ALFA], &gone, &why));
    trio_end(w->t, ALFA);
    CHECK_INT(rows(w), 1);
    work = work_of("a lorry");
    CHECK_STATUS(find(w, &work), E_UNKNOWN);
    CHECK_INT(work.same.times, 0);
    work = work_of("a ferry");
    CHECK_OK(find(w, &work));
    done(w);
}

CASES(CASE(however_often_it_was_taken_back_the_one_that_stands_is_found),
      CASE(what_is_published_in_this_turn_is_found),
      CASE(of_an_erased_record_no_digest_is_left))
