#ifndef FLAGPOST_TOKEN_MODEL_H
#define FLAGPOST_TOKEN_MODEL_H

/* A table of which words each record has, and entries put into a journal's index by it. */

#include "journal_fixture.h"
#include "journal_tokens.h"

enum { RECORDS = 2600, WORDS = 200, EACH = 12, FORM = 1 };

/* What each number has. */
struct model {
    size_t count;
    bool has[RECORDS + 1][WORDS];
};

static inline uint64_t chance(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Spread as a keyed hash is. */
static inline uint64_t token_of(size_t word)
{
    uint64_t x = (uint64_t)word * UINT64_C(0x9e3779b97f4a7c15);

    x ^= x >> 31;
    return x * UINT64_C(0xbf58476d1ce4e5b9);
}

static inline void begin_all(struct home *h)
{
    bool more = true;

    while (more)
        CHECK_OK(journal_tokens_begin(h->j, FORM, &more));
}

static inline void file_all(struct home *h)
{
    bool more = true;

    while (more)
        CHECK_OK(journal_tokens_file(h->j, &more));
}

static inline void store_entries(struct home *h, const struct stream_id *s, sequence from,
                                 sequence count)
{
    const struct store store = journal_store(h->j);
    const uint8_t key[32] = {0x5c};

    for (sequence i = from; i < from + count; i++) {
        const struct entry_row e = fixture_entry(s, i);
        CHECK_OK(store.ops->entry_put(store.self, &e));
        CHECK_OK(store.ops->key_put(store.self, s, i, key));
    }
}

/* Looks at all that is due, and gives each its words. */
static inline void look_at_all(struct home *h, struct model *m, uint64_t *state)
{
    uint64_t number = 0;
    struct place place;

    while (journal_token_due(h->j, &number, &place) == OK) {
        uint64_t tokens[EACH];
        CHECK(number >= 1 && number <= RECORDS && number > m->count);
        for (size_t i = 0; i < EACH; i++) {
            const size_t word = i == 0 ? 0 : chance(state) % WORDS;
            tokens[i] = token_of(word);
            m->has[number][word] = true;
        }
        CHECK_OK(journal_tokens_put(h->j, number, tokens, EACH));
        journal_token_looked(h->j, number);
        m->count = number;
    }
    CHECK_OK(journal_tokens_keep(h->j));
}

#endif
