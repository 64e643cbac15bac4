#ifndef FLAGPOST_JUDGE_H
#define FLAGPOST_JUDGE_H

/* Proofs as they are made from a journal and judged with a root document alone. */

#include "proof.h"
#include "trio.h"

struct judged {
    status result;
    struct proof_fault fault;
    struct proof_facts *facts;
};

static inline struct arena *work(struct trio *t)
{
    /* No turn is open. */
    arena_reset(&t->arena);
    return &t->arena;
}

static inline struct judged judge(struct arena *a, struct bytes text, struct bytes root)
{
    struct proof *const p = arena_take(a, sizeof *p);
    struct judged j = {.facts = arena_take(a, sizeof *j.facts)};

    CHECK(p != NULL && j.facts != NULL);
    j.result = proof_read(text, a, p, &j.fault);
    if (j.result == OK)
        j.result = proof_check(p, root, a, j.facts, &j.fault);
    CHECK_INT(j.result, j.fault.why);
    return j;
}

static inline struct place place_of(struct trio *t, size_t n, size_t publisher,
                                    enum lane lane, sequence index)
{
    const struct store store = journal_store(t->nodes[n].journal);
    struct stream_row row;

    CHECK_OK(store.ops->stream_find(store.self, &t->cast.actors[publisher].id, lane, &row));
    return (struct place){.stream = row.id, .index = index};
}

static inline struct bytes make(struct trio *t, size_t n, const struct place *place,
                                bool with_ciphertext)
{
    struct journal_setup setup = trio_setup(t, n, JOURNAL_READ);
    struct arena *const a = work(t);
    struct journal *j = NULL;
    struct proof *const p = arena_take(a, sizeof *p);
    struct bytes text = {0};
    struct bytes kept = {0};

    setup.keyring = NULL;
    CHECK_OK(journal_open(&setup, &j));
    const struct proof_source source = {.journal = j,
                                        .self = setup.self,
                                        .realm = t->cast.realm,
                                        .root = t->root_note,
                                        .with_ciphertext = with_ciphertext};
    CHECK(p != NULL);
    CHECK_OK(proof_make(&source, place, a, p));
    CHECK_OK(proof_write(p, a, &text));
    j = journal_free(j);
    CHECK_OK(arena_copy(&t->paper, text, &kept));
    arena_reset(a);
    return kept;
}

static inline struct trio *make_world(void)
{
    struct trio *const t = trio_make();

    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 3);
    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO | 1u << CHARLIE, 4);
    trio_publish(t, ALFA, LANE_ROUTINE, 0, 1);
    trio_settle(t);
    return t;
}

#endif
