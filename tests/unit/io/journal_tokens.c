#include "token_model.h"

#include <fcntl.h>
#include <sys/stat.h>

/*
 * The index of tokens against a table of what each record has: the same records are found,
 * newest first, whether they stand alone, are being filed or are filed; what is erased is
 * found no more, and its pairs are in no file.
 */

static bool model_has(const struct model *m, uint64_t number, const size_t words[4])
{
    return (m->has[number][words[0]] || m->has[number][words[1]]) &&
           (m->has[number][words[2]] || m->has[number][words[3]]);
}

/* The next one down that the table has; 0: there is none. */
static uint64_t model_next(const struct model *m, uint64_t from, const size_t words[4])
{
    while (from > 0 && !model_has(m, from, words))
        from--;
    return from;
}

/* The table has the same from `expected` down; gives where to go on. */
static uint64_t check_these(const struct model *m, const struct token_found *found,
                            uint64_t expected, const size_t words[4])
{
    for (size_t i = 0; i < found->count; i++) {
        expected = model_next(m, expected, words);
        CHECK_INT(found->at[i], expected);
        expected--;
    }
    return expected;
}

/* All that has (a or b) and (c or d), found by so many at a time. */
static void check_found(struct home *h, const struct model *m, const size_t words[4],
                        size_t limit)
{
    const struct token_query q = {
        .term_count = 2,
        .terms = {{.count = 2, .any = {token_of(words[0]), token_of(words[1])}},
                  {.count = 2, .any = {token_of(words[2]), token_of(words[3])}}}};
    uint64_t expected = m->count;
    struct token_found found = {.before = 0};

    do {
        CHECK_OK(journal_tokens_find(h->j, &q, found.before, limit, &found));
        CHECK(found.count <= limit);
        expected = check_these(m, &found, expected, words);
    } while (found.before != 0);
    CHECK_INT(model_next(m, expected, words), 0);
}

static void check_some(struct home *h, const struct model *m, uint64_t *state)
{
    static const size_t everywhere[4] = {0, 0, 0, 0};

    check_found(h, m, everywhere, TOKEN_FOUND_MAX);
    for (size_t i = 0; i < 40; i++) {
        const size_t words[4] = {chance(state) % WORDS, chance(state) % WORDS,
                                 chance(state) % WORDS, chance(state) % WORDS};
        check_found(h, m, words, 1 + chance(state) % TOKEN_FOUND_MAX);
    }
}

static void finds_what_a_table_finds(void)
{
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    uint64_t state = 1;
    bool more = false;

    CHECK(m != NULL);
    begin_all(&h);
    check_some(&h, m, &state);
    for (sequence at = 0; at < RECORDS; at += 200) {
        store_entries(&h, &s, at, 200);
        look_at_all(&h, m, &state);
        check_some(&h, m, &state);
        CHECK_OK(journal_tokens_file(h.j, &more)); /* a segment's first pages */
        CHECK_OK(journal_commit(h.j));
        check_some(&h, m, &state);
        if (at % 600 == 0) {
            home_close(&h); /* and begun again by the next process */
            home_open(&h);
            check_some(&h, m, &state);
        }
        if (at % 400 == 0)
            file_all(&h);
    }
    CHECK_INT(m->count, RECORDS);
    file_all(&h);
    CHECK_OK(journal_tokens_file(h.j, &more));
    CHECK(!more);
    check_some(&h, m, &state);
    CHECK_OK(journal_commit(h.j));
    free(m);
    home_remove(&h);
}

/* Two of three, and one that must be. */
static bool model_has_two(const struct model *m, uint64_t number, const size_t words[4])
{
    const size_t soft = (size_t)m->has[number][words[0]] + m->has[number][words[1]] +
                        m->has[number][words[2]];

    return soft >= 2 && m->has[number][words[3]];
}

static void check_two(struct home *h, const struct model *m, const size_t words[4])
{
    struct token_query q = {.soft_needed = 2, .term_count = 4};
    struct token_found found;
    uint64_t expected = m->count;

    for (size_t k = 0; k < 4; k++)
        q.terms[k] =
            (struct token_term){.is_soft = k < 3, .count = 1, .any = {token_of(words[k])}};
    CHECK_OK(journal_tokens_find(h->j, &q, 0, TOKEN_FOUND_MAX, &found));
    for (size_t k = 0; k < found.count; k++, expected--) {
        while (expected > 0 && !model_has_two(m, expected, words))
            expected--;
        CHECK_INT(found.at[k], expected);
    }
}

static void check_two_of_three(struct home *h, const struct model *m, uint64_t *state)
{
    for (size_t i = 0; i < 20; i++) {
        const size_t words[4] = {chance(state) % 40, chance(state) % 40, chance(state) % 40,
                                 i % 2 == 0 ? 0 : chance(state) % 40};
        check_two(h, m, words);
    }
}

static void some_of_several_are_enough(void)
{
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    uint64_t state = 11;

    CHECK(m != NULL);
    begin_all(&h);
    store_entries(&h, &s, 0, 1800);
    look_at_all(&h, m, &state);
    check_two_of_three(&h, m, &state);
    file_all(&h);
    check_two_of_three(&h, m, &state);
    CHECK_OK(journal_commit(h.j));
    free(m);
    home_remove(&h);
}

/* --- erasing --- */

static bool is_in_file(const struct home *h, const char *name, struct bytes what)
{
    char path[128];
    struct stat st;

    home_path(h, name, path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    CHECK(fstat(fd, &st) == 0);
    uint8_t *const all = malloc((size_t)st.st_size + 1);
    CHECK(all != NULL && read(fd, all, (size_t)st.st_size) == st.st_size);
    (void)close(fd);
    const bool is_there = memmem(all, (size_t)st.st_size, what.at, what.size) != NULL;
    free(all);
    return is_there;
}

struct pairs {
    size_t count;
    uint8_t at[EACH][TOKEN_PAIR];
};

static status each_pair(void *context, const uint8_t pair[TOKEN_PAIR])
{
    struct pairs *const p = context;

    CHECK(p->count < EACH);
    memcpy(p->at[p->count++], pair, TOKEN_PAIR);
    return OK;
}

/* Whether any, or all, of the pairs are in a file of the home. */
static size_t pairs_in_files(const struct home *h, const struct pairs *p)
{
    size_t there = 0;

    for (size_t i = 0; i < p->count; i++)
        there += is_in_file(h, "journal.db", bytes_of(p->at[i], TOKEN_PAIR)) ||
                 is_in_file(h, "journal.db-wal", bytes_of(p->at[i], TOKEN_PAIR));
    return there;
}

/* A step is a turn: it is committed, and has looked at so many pages at the most. */
static size_t clean_all(struct home *h)
{
    size_t steps = 0;
    bool more = true;

    while (more) {
        CHECK_OK(journal_tokens_clean(h->j, &more));
        CHECK_OK(journal_commit(h->j));
        CHECK(!more || !journal_erased_is_gone(h->j));
        steps += more;
    }
    (void)journal_checkpoint(h->j, false);
    CHECK(journal_erased_is_gone(h->j));
    return steps;
}

static void check_erased(struct home *h, struct model *m, const struct stream_id *s,
                         uint64_t number)
{
    const struct store store = journal_store(h->j);
    const struct place place = {.stream = *s, .index = number - 1};
    struct pairs p = {.count = 0};
    struct pairs after = {.count = 0};

    CHECK_OK(journal_token_pairs(h->j, &place, each_pair, &p));
    CHECK(p.count > 0);
    CHECK_INT(pairs_in_files(h, &p), p.count);
    CHECK_OK(store.ops->entry_erase(store.self, s, place.index));
    CHECK_OK(journal_commit(h->j));
    (void)clean_all(h);
    memset(m->has[number], 0, sizeof m->has[number]);
    CHECK_OK(journal_token_pairs(h->j, &place, each_pair, &after));
    CHECK_INT(after.count, 0);
    CHECK_INT(pairs_in_files(h, &p), 0);
}

static void what_is_erased_is_found_no_more(void)
{
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    uint64_t state = 7;
    bool more = false;

    CHECK(m != NULL);
    begin_all(&h);
    store_entries(&h, &s, 0, 1500);
    look_at_all(&h, m, &state);
    CHECK_OK(journal_commit(h.j));
    check_erased(&h, m, &s, 1400); /* it stands alone */
    CHECK_OK(journal_tokens_file(h.j, &more));
    CHECK_OK(journal_commit(h.j));
    CHECK(more);
    check_erased(&h, m, &s, 30); /* half filed */
    check_some(&h, m, &state);
    file_all(&h);
    CHECK_OK(journal_commit(h.j));
    check_erased(&h, m, &s, 600); /* filed */
    check_some(&h, m, &state);
    free(m);
    home_remove(&h);
}

static size_t left_of(struct home *h, const struct stream_id *s, uint64_t number)
{
    const struct place place = {.stream = *s, .index = number - 1};
    struct pairs p = {.count = 0};

    CHECK_OK(journal_token_pairs(h->j, &place, each_pair, &p));
    return p.count;
}

/* Of two segments, and some of them while others of theirs are taken out. */
static void check_by_and_by(bool restarts)
{
    static const uint64_t numbers[] = {30, 2000, 900, 31};
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    uint64_t state = 9;
    bool more = false;

    CHECK(m != NULL);
    begin_all(&h);
    store_entries(&h, &s, 0, 2100);
    look_at_all(&h, m, &state);
    file_all(&h);
    CHECK_OK(journal_commit(h.j));
    CHECK_INT(clean_all(&h), 0);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        CHECK_OK(journal_store(h.j).ops->entry_erase(h.j, &s, numbers[i] - 1));
        CHECK_OK(journal_commit(h.j));
        CHECK_OK(journal_tokens_clean(h.j, &more));
        CHECK_OK(journal_commit(h.j));
        CHECK(more && left_of(&h, &s, numbers[i]) > 0);
        memset(m->has[numbers[i]], 0, sizeof m->has[numbers[i]]);
    }
    CHECK(!journal_erased_is_gone(h.j));
    if (restarts) {
        home_close(&h);
        home_open(&h);
        CHECK(!journal_erased_is_gone(h.j));
    }
    (void)clean_all(&h);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        CHECK_INT(left_of(&h, &s, numbers[i]), 0);
    CHECK(left_of(&h, &s, 29) > 0 && left_of(&h, &s, 2001) > 0);
    check_some(&h, m, &state);
    free(m);
    home_remove(&h);
}

static void what_is_erased_is_taken_out_by_and_by(void)
{
    check_by_and_by(false);
}

static void and_over_a_restart(void)
{
    check_by_and_by(true);
}

/* The most that a record can have, of a whole segment with the same words. */
static void the_longest_records_fit_their_pages(void)
{
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    static uint64_t tokens[TOKENS_RECORD_MAX];
    uint64_t number = 0;
    struct place place;
    struct token_found found;

    begin_all(&h);
    store_entries(&h, &s, 0, TOKEN_SEGMENT);
    while (journal_token_due(h.j, &number, &place) == OK) {
        for (size_t i = 0; i < COUNT_OF(tokens); i++)
            tokens[i] = token_of(i);
        CHECK_OK(journal_tokens_put(h.j, number, tokens, COUNT_OF(tokens)));
        journal_token_looked(h.j, number);
    }
    file_all(&h);
    CHECK_OK(journal_commit(h.j));
    const struct token_query q = {.term_count = 1,
                                  .terms = {{.count = 1, .any = {token_of(2047)}}}};
    CHECK_OK(journal_tokens_find(h.j, &q, 0, TOKEN_FOUND_MAX, &found));
    CHECK_INT(found.count, TOKEN_FOUND_MAX);
    CHECK_OK(journal_store(h.j).ops->entry_erase(h.j, &s, TOKEN_SEGMENT - 2));
    CHECK_OK(journal_commit(h.j));
    CHECK_INT(clean_all(&h), TOKEN_PAGES / TOKEN_PAGES_CLEANED);
    CHECK_OK(journal_tokens_find(h.j, &q, 0, 2, &found));
    CHECK_INT(found.at[0], TOKEN_SEGMENT);
    CHECK_INT(found.at[1], TOKEN_SEGMENT - 2);
    home_remove(&h);
}

CASES(CASE(finds_what_a_table_finds), CASE(some_of_several_are_enough),
      CASE(what_is_erased_is_found_no_more), CASE(what_is_erased_is_taken_out_by_and_by),
      CASE(and_over_a_restart), CASE(the_longest_records_fit_their_pages))
