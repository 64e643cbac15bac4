#include "judge.h"

/* Proofs made from a publisher's and from a follower's journal. */

static void shows_who_published_witnessed_and_stored(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes text = make(t, ALFA, &place, false);
    const struct judged j = judge(work(t), text, t->root_note);

    CHECK_OK(j.result);
    CHECK_TEXT(j.facts->header.stream.agency.text, "ALFA");
    CHECK_INT(j.facts->header.index, 4);
    CHECK(j.facts->size >= 5);
    CHECK_INT(j.facts->witness_count, 2);
    CHECK_INT(j.facts->receipt_count, 2);
    CHECK_TEXT(j.facts->receipts[0].follower.text, "BRAVO");
    CHECK_TEXT(j.facts->receipts[1].follower.text, "CHARLIE");
    CHECK(j.facts->receipts[0].held >= 5);
    trio_free(t);
}

static void counts_no_receipt_of_who_is_not_addressed(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 1);
    const struct bytes text = make(t, ALFA, &place, false);
    const struct judged j = judge(work(t), text, t->root_note);

    CHECK_OK(j.result);
    CHECK_INT(j.facts->witness_count, 2);
    CHECK_INT(j.facts->receipt_count, 1);
    CHECK_TEXT(j.facts->receipts[0].follower.text, "BRAVO");
    trio_free(t);
}

/* False when the node has no row for the entry. */
static bool prove(struct trio *t, size_t n, sequence index)
{
    const struct store store = journal_store(t->nodes[n].journal);
    const struct place place = place_of(t, n, ALFA, LANE_ROUTINE, index);
    struct entry_row row;

    if (store.ops->entry_find(store.self, &place.stream, index, work(t), &row) != OK)
        return false;
    const struct bytes text = make(t, n, &place, index % 2 == 0);
    const struct judged j = judge(work(t), text, t->root_note);
    CHECK_OK(j.result);
    CHECK_INT(j.facts->header.index, index);
    CHECK_INT(j.facts->witness_count, n == ALFA ? 2 : 1);
    return true;
}

static void proves_every_entry_of_every_journal_that_has_it(void)
{
    struct trio *const t = make_world();
    size_t proved[TRIO_NODES] = {0};

    for (size_t n = 0; n < TRIO_NODES; n++) {
        for (sequence i = 0; i < 8; i++)
            proved[n] += prove(t, n, i);
    }
    CHECK_INT(proved[ALFA], 8);
    CHECK_INT(proved[BRAVO], 7);
    CHECK_INT(proved[CHARLIE], 4);
    trio_free(t);
}

static void proves_by_a_later_checkpoint_what_was_receipted_later(void)
{
    struct trio *const t = trio_make();
    struct trio_node *const bravo = &t->nodes[BRAVO];

    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 2);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 2);
    trio_publish(t, ALFA, LANE_ROUTINE, 0, 1);
    trio_settle(t);
    CHECK(bravo->exchange != NULL);
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 0);
    const struct bytes text = make(t, ALFA, &place, false);
    struct arena *const a = work(t);
    struct proof *const p = arena_take(a, sizeof *p);
    struct proof_fault fault = {0};
    CHECK_OK(proof_read(text, a, p, &fault));
    CHECK(p->view_count >= 2); /* its group's own, and a later one that was signed */
    CHECK_INT(p->views[0].receipt_count, 0);
    const struct judged j = judge(a, text, t->root_note);
    CHECK_OK(j.result);
    CHECK_INT(j.facts->size, 2);
    CHECK_INT(j.facts->receipt_count, 1);
    CHECK(j.facts->receipts[0].size > 2);
    trio_free(t);
}

static void carries_the_ciphertext_only_when_asked(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes without = make(t, ALFA, &place, false);
    const struct bytes with = make(t, ALFA, &place, true);

    CHECK(memmem(without.at, without.size, "\nciphertext ", 12) == NULL);
    CHECK(memmem(with.at, with.size, "\nciphertext ", 12) != NULL);
    CHECK_OK(judge(work(t), with, t->root_note).result);
    trio_free(t);
}

static void makes_nothing_of_what_is_not_held(void)
{
    struct trio *const t = make_world();
    struct arena *const a = work(t);
    const struct place place = place_of(t, CHARLIE, ALFA, LANE_ROUTINE, 0);
    const struct proof_source source = {.journal = t->nodes[CHARLIE].journal,
                                        .self = t->cast.actors[CHARLIE].id,
                                        .realm = t->cast.realm,
                                        .root = t->root_note};
    struct proof p;

    CHECK_STATUS(proof_make(&source, &place, a, &p), E_UNKNOWN);
    trio_free(t);
}

CASES(CASE(shows_who_published_witnessed_and_stored),
      CASE(counts_no_receipt_of_who_is_not_addressed),
      CASE(proves_every_entry_of_every_journal_that_has_it),
      CASE(proves_by_a_later_checkpoint_what_was_receipted_later),
      CASE(carries_the_ciphertext_only_when_asked), CASE(makes_nothing_of_what_is_not_held))
