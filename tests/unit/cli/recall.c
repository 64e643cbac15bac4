#include "trio.h"

#include "recall.h"
#include "todo.h"

/* Recalls among three real nodes: before the record, of another's record, down a chain of
 * copies.  BRAVO makes a copy of ALFA's record, CHARLIE one of BRAVO's. */

struct world {
    struct trio *t;
    struct desk desks[TRIO_NODES];
    struct arena scratch;
    bool hold; /* routine frames from ALFA to BRAVO stay on their way */
};

static struct world *make(void)
{
    struct world *const w = calloc(1, sizeof *w);

    CHECK(w != NULL);
    w->t = trio_make();
    trio_arena(&w->scratch, 16 << 20);
    for (size_t n = 0; n < TRIO_NODES; n++)
        w->desks[n] = (struct desk){.exchange = w->t->nodes[n].exchange,
                                    .journal = w->t->nodes[n].journal,
                                    .keyring = w->t->cast.actors[n].keyring,
                                    .scratch = &w->scratch};
    return w;
}

static void done(struct world *w)
{
    trio_free(w->t);
    free(w->scratch.at);
    free(w);
}

static bool is_held(const struct world *w, const struct trio_frame *f)
{
    return w->hold && f->from == ALFA && f->to == BRAVO && f->lane == LANE_ROUTINE;
}

/* As the loop does it: receive, then what the desk does by itself, then close. */
static void turn(struct world *w, size_t n)
{
    struct trio *const t = w->t;
    const size_t count = t->frame_count;
    size_t kept = 0;

    trio_begin(t, n);
    for (size_t i = 0; i < count; i++) {
        struct trio_frame *const f = &t->frames[i];
        if (f->to != n || is_held(w, f)) {
            t->frames[kept++] = *f;
            continue;
        }
        CHECK_OK(exchange_receive(t->nodes[n].exchange, &t->cast.actors[f->from].id, f->end,
                                  f->lane, bytes_of(f->bytes, f->size)));
        free(f->bytes);
    }
    t->frame_count = kept;
    CHECK_OK(exchange_tick(t->nodes[n].exchange));
    CHECK_OK(desk_recall_turn(&w->desks[n]));
    arena_reset(&w->scratch);
    trio_end(t, n);
}

static void settle(struct world *w)
{
    for (size_t round = 0; round < 30; round++) {
        w->t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++)
            turn(w, n);
    }
}

/* A record of `from` for `to`, made of `parent` where that is not NULL. */
static struct parent publish(struct world *w, size_t from, unsigned to,
                             const struct parent *parent)
{
    static uint8_t number;
    struct trio_batch b;
    struct parent made = {.agency = w->t->cast.actors[from].id, .id = {{7, ++number}}};

    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, to);
    b.submission.id = made.id;
    b.submission.parent_count = parent != NULL;
    b.submission.parents = parent;
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    return made;
}

static void recall(struct world *w, const struct parent *record)
{
    const struct item item = {.kind = ITEM_RECALL,
                              .recall = {.id = record->id,
                                         .cause = RECALL_WITHDRAWN,
                                         .reason = bytes_of_text("wrong"),
                                         .answer_by = w->t->now + 1000}};
    const struct recall_notice notice = {.kind = KIND_RECALL, .item = &item};
    struct recall_told told = {0};

    trio_begin(w->t, ALFA);
    CHECK_OK(recall_publish(&w->desks[ALFA], record, &notice, &told));
    const struct recall_row row = {.record = *record,
                                   .state = RECALL_OWN,
                                   .due = w->t->now + 1000,
                                   .since = w->t->now};
    CHECK_OK(recall_row_put(&w->desks[ALFA], &row));
    trio_end(w->t, ALFA);
}

static bool blocked(struct world *w, size_t n, const struct parent *record)
{
    bool blocks = false;

    trio_begin(w->t, n);
    CHECK_OK(recall_blocks(&w->desks[n], record, &blocks));
    trio_end(w->t, n);
    return blocks;
}

/* 0: no row. */
static unsigned disposition_of(struct world *w, size_t n, const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    struct place place = {0};
    struct entry_row e = {0};

    arena_reset(&w->scratch);
    if (s.ops->record_find(s.self, &record->agency, &record->id, &place) != OK)
        return 0;
    CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->scratch, &e));
    return e.disposition;
}

static const char *says(struct world *w, size_t owner, const struct parent *record,
                        size_t who, size_t *ret_copies)
{
    static struct recall_holder all[AGENCIES_MAX];
    const char *word = "nothing";
    size_t count = 0;

    trio_begin(w->t, owner);
    CHECK_OK(recall_holders(&w->desks[owner], record, all, &count));
    for (size_t i = 0; i < count; i++) {
        if (!agency_id_equal(&all[i].agency, &w->t->cast.actors[who].id))
            continue;
        word = holding_word(&all[i].holding);
        if (ret_copies != NULL)
            *ret_copies = all[i].copy_count;
    }
    trio_end(w->t, owner);
    return word;
}

static void blocks_from_the_turn_that_stores_it_and_says_so(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    settle(w);
    CHECK(!blocked(w, BRAVO, &record));
    recall(w, &record);
    turn(w, BRAVO);
    CHECK(blocked(w, BRAVO, &record));
    CHECK(!blocked(w, ALFA, &record)); /* its owner answers for it */
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    CHECK_TEXT(says(w, ALFA, &record, CHARLIE, NULL), "blocked; not stated");
    CHECK_INT(disposition_of(w, BRAVO, &record), DISPOSITION_HELD);
    done(w);
}

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

static void what_was_not_sent_before_a_recall_is_not_sent_after_it(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent first = publish(w, ALFA, 1u << CHARLIE, NULL);
    for (size_t i = 0; i < w->t->frame_count; i++)
        free(w->t->frames[i].bytes);
    w->t->frame_count = 0; /* lost on the way */
    recall(w, &first);
    settle(w);
    CHECK_INT(disposition_of(w, CHARLIE, &first), 0);
    CHECK_TEXT(says(w, ALFA, &first, CHARLIE, NULL), "not held");
    done(w);
}

static void nobody_recalls_what_is_not_its_own(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, CHARLIE, 1u << ALFA | 1u << BRAVO, NULL);
    const struct parent own = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    /* ALFA's entry names CHARLIE's record. */
    struct trio_batch b;
    trio_batch_begin(w->t, &b, ALFA, LANE_IMMEDIATE, 1u << BRAVO);
    b.submission.kind = KIND_RECALL;
    b.submission.has_previous = true;
    b.submission.previous = record.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    CHECK(!blocked(w, BRAVO, &record));
    CHECK(!blocked(w, BRAVO, &own));
    done(w);
}

/* A recall whose content does not say what a recall says still blocks. */
static void a_recall_that_cannot_be_read_blocks_all_the_same(void)
{
    struct world *const w = make();
    struct trio_batch b;

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    trio_batch_begin(w->t, &b, ALFA, LANE_IMMEDIATE, 1u << BRAVO);
    b.submission.kind = KIND_RECALL;
    b.submission.has_previous = true;
    b.submission.previous = record.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    CHECK(blocked(w, BRAVO, &record));
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    done(w);
}

static status count_todo(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    *count += row->state == TODO_STATEMENT;
    return OK;
}

static size_t todos(struct world *w, size_t n)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_TODO,
                                (struct shelf_filter){0}, &w->scratch, count_todo, &count));
    return count;
}

static void an_overdue_statement_is_a_to_do_until_it_comes(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    turn(w, BRAVO);
    CHECK_INT(todos(w, BRAVO), 1); /* the holder knows at once */
    CHECK_INT(todos(w, ALFA), 0);
    settle(w); /* past the time given */
    CHECK_INT(todos(w, ALFA), 1);
    const struct item said = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = record.agency,
                                          .id = record.id,
                                          .what = OUTCOME_ON_HOLD,
                                          .at = w->t->now,
                                          .person = bytes_of_text("P")}};
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_answer(&w->desks[BRAVO], &record, &said, 1, 0));
    trio_end(w->t, BRAVO);
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "under legal hold");
    CHECK_INT(todos(w, ALFA), 0);
    done(w);
}

static void copies_are_blocked_and_recalled_in_turn_to_the_last(void)
{
    struct world *const w = make();
    size_t copies = 0;

    settle(w);
    const struct parent source = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    const struct parent copy = publish(w, BRAVO, 1u << CHARLIE, &source);
    settle(w);
    const struct parent second = publish(w, CHARLIE, 1u << BRAVO, &copy);
    const struct parent other = publish(w, BRAVO, 1u << CHARLIE, NULL);
    settle(w);
    recall(w, &source);
    settle(w);
    CHECK(blocked(w, BRAVO, &source));
    CHECK(blocked(w, BRAVO, &copy)); /* its own, but the words are ALFA's */
    CHECK(blocked(w, BRAVO, &second));
    CHECK(blocked(w, CHARLIE, &copy));
    CHECK(blocked(w, CHARLIE, &second));
    CHECK(!blocked(w, CHARLIE, &other));
    CHECK_TEXT(says(w, ALFA, &source, BRAVO, &copies), "blocked; not stated");
    CHECK_INT(copies, 1);
    CHECK_TEXT(says(w, BRAVO, &copy, CHARLIE, &copies), "blocked; not stated");
    CHECK_INT(copies, 1);
    CHECK_TEXT(says(w, CHARLIE, &second, BRAVO, NULL), "blocked; not stated");
    done(w);
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
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why));
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why)); /* again: nothing is left */
    trio_end(w->t, BRAVO);
    CHECK_INT(disposition_of(w, BRAVO, &source), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &copy), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &other), DISPOSITION_HELD);
    done(w);
}

CASES(CASE(blocks_from_the_turn_that_stores_it_and_says_so),
      CASE(a_record_that_comes_after_its_recall_is_erased_at_the_door),
      CASE(what_was_not_sent_before_a_recall_is_not_sent_after_it),
      CASE(nobody_recalls_what_is_not_its_own),
      CASE(a_recall_that_cannot_be_read_blocks_all_the_same),
      CASE(an_overdue_statement_is_a_to_do_until_it_comes),
      CASE(copies_are_blocked_and_recalled_in_turn_to_the_last),
      CASE(erasing_takes_the_copies_along))
