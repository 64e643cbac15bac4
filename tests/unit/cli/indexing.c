#include "indexed.h"

#include "tokens.h"

/* Which records the index has, and when: what may not be read here is found by nobody, and
 * waits or is passed over without holding up what may. */

static size_t found(struct world *w, size_t n, const char *word)
{
    struct token_query q = {.term_count = 1};
    struct token_set *set = NULL;
    struct token_found f = {.count = 0};
    uint64_t tokens[TOKENS_RECORD_MAX];

    CHECK_OK(token_set_make(w->desks[n].keyring, &w->scratch, &set));
    token_of_word(bytes_of_text(word), token_set_add, set);
    CHECK_INT(token_set_give(set, tokens), 1);
    q.terms[0] = (struct token_term){.count = 1, .any = {tokens[0]}};
    arena_reset(&w->scratch);
    CHECK_OK(journal_tokens_find(w->t->nodes[n].journal, &q, 0, TOKEN_FOUND_MAX, &f));
    return f.count;
}

static void both_ends_have_their_own(void)
{
    struct world *const w = make();

    settle(w);
    (void)publish_word(w, "lorry");
    (void)publish(w, ALFA, 1u << BRAVO, NULL); /* no record at all: it is passed over */
    (void)publish_word(w, "ferry");
    index_all(w, ALFA);
    CHECK_INT(found(w, ALFA, "LORRY"), 1);
    CHECK_INT(found(w, BRAVO, "LORRY"), 0);
    settle(w);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 1);
    CHECK_INT(found(w, BRAVO, "FERRY"), 1);
    CHECK_INT(found(w, BRAVO, "REPORT"), 2);
    CHECK_INT(found(w, BRAVO, "LORRIES"), 0);
    restart(w, BRAVO);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "REPORT"), 2);
    done(w);
}

static void what_is_recalled_before_is_found_by_nothing(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish_word(w, "lorry");
    settle(w);
    recall(w, &record);
    settle(w);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 0);
    (void)publish_word(w, "ferry");
    settle(w);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "FERRY"), 1);
    done(w);
}

/* The roster that follows `before`, good for 30 days. */
static const struct roster *install_next(struct world *w, const struct roster *before,
                                         size_t from)
{
    struct roster *const next = arena_take(&w->t->paper, sizeof *next);
    struct bytes note = {0};

    CHECK(next != NULL);
    *next = *before;
    next->issued = w->t->now;
    next->expires = w->t->now + UINT64_C(30) * 86400000;
    cast_sign_roster(&w->t->cast, next, before, &w->t->paper, &note);
    for (size_t n = from; n < TRIO_NODES; n++) {
        trio_begin(w->t, n);
        CHECK_OK(exchange_install_roster(w->t->nodes[n].exchange, note));
        trio_end(w->t, n);
    }
    return next;
}

static void what_is_held_unread_is_found_once_it_may_be_read(void)
{
    struct world *const w = make();
    const struct roster *const second = install_next(w, &w->t->roster, 0);
    const millis frozen = second->expires + ROSTER_GRACE_MS;

    w->t->now = frozen - 3600000;
    settle(w);
    w->hold = true;
    (void)publish_word(w, "lorry");
    settle(w);
    w->t->now = frozen;
    w->hold = false;
    settle(w);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 0);
    restart(w, BRAVO);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 0);
    (void)install_next(w, second, BRAVO);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 1);
    done(w);
}

/* It would be found by nothing for ever. */
static void what_has_no_room_in_a_turn_is_looked_at_in_another(void)
{
    struct world *const w = make();

    settle(w);
    index_all(w, BRAVO);
    (void)publish_word(w, "lorry");
    settle(w);
    size_t room = 4096;
    for (; found(w, BRAVO, "LORRY") == 0; room += room / 2) {
        trio_begin(w->t, BRAVO);
        CHECK(room < w->scratch.room);
        CHECK(arena_take(&w->scratch, w->scratch.room - room) != NULL);
        const size_t used = w->scratch.used;
        CHECK_OK(indexing_turn(&w->desks[BRAVO]));
        CHECK_INT(w->scratch.used, used);
        CHECK(!indexing_has_more(&w->desks[BRAVO])); /* not at once: it may lack it again */
        arena_reset(&w->scratch);
        trio_end(w->t, BRAVO);
    }
    CHECK(room > 65536); /* wherever it ran out on the way there */
    done(w);
}

/* Once by a process, and by itself when its rows do not read. */
static void a_damaged_index_is_made_again(void)
{
    struct world *const w = make();

    settle(w);
    (void)publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    trio_begin(w->t, BRAVO);
    CHECK_OK(indexing_anew(&w->desks[BRAVO]));
    trio_end(w->t, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 0);
    index_all(w, BRAVO);
    CHECK_INT(found(w, BRAVO, "LORRY"), 1);
    CHECK_STATUS(indexing_anew(&w->desks[BRAVO]), E_DAMAGED);
    done(w);
}

/* More words than are kept of one record are told, so that it is always looked at. */
static void a_record_with_too_many_words_says_so(void)
{
    struct keyring *ring = NULL;
    struct keyring_secrets secrets;
    struct token_set *set = NULL;
    static uint64_t tokens[TOKENS_RECORD_MAX];
    struct arena a;
    uint64_t more = 0;
    char word[32];

    memset(&secrets, 7, sizeof secrets);
    CHECK_OK(keyring_open(&secrets, &ring));
    trio_arena(&a, 1 << 20);
    keyring_tokens(ring, &(struct bytes){(const uint8_t *)"m", 1}, 1, &more);
    for (unsigned words = 2047; words <= 5000; words += 2953) {
        size_t told = 0;
        arena_reset(&a);
        CHECK_OK(token_set_make(ring, &a, &set));
        for (unsigned i = 0; i < 2 * words; i++) {
            (void)snprintf(word, sizeof word, "W%u", i % words);
            token_of_word(bytes_of_text(word), token_set_add, set);
        }
        const size_t count = token_set_give(set, tokens);
        for (size_t i = 0; i < count; i++)
            told += tokens[i] == more;
        CHECK_INT(count, words == 2047 ? 2047 : TOKENS_RECORD_MAX);
        CHECK_INT(told, words == 2047 ? 0 : 1);
    }
    free(a.at);
    (void)keyring_free(ring);
}

CASES(CASE(both_ends_have_their_own), CASE(what_is_recalled_before_is_found_by_nothing),
      CASE(what_is_held_unread_is_found_once_it_may_be_read),
      CASE(what_has_no_room_in_a_turn_is_looked_at_in_another),
      CASE(a_damaged_index_is_made_again), CASE(a_record_with_too_many_words_says_so))
