#include "journal_tokens.h"
#include "journal_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

/*
 * The index of tokens against a table of what each record has: the same records are found,
 * newest first, whether they stand alone, are being filed or are filed; what is erased is
 * found no more, and its pairs are in no file.
 */

enum { RECORDS = 2600, WORDS = 200, EACH = 12, FORM = 1 };

/* What each number has. */
struct model {
    size_t count;
    bool has[RECORDS + 1][WORDS];
};

static uint64_t chance(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Spread as a keyed hash is. */
static uint64_t token_of(size_t word)
{
    uint64_t x = (uint64_t)word * UINT64_C(0x9e3779b97f4a7c15);

    x ^= x >> 31;
    return x * UINT64_C(0xbf58476d1ce4e5b9);
}

static void begin_all(struct home *h)
{
    bool more = true;

    while (more)
        CHECK_OK(journal_tokens_begin(h->j, FORM, &more));
}

static void file_all(struct home *h)
{
    bool more = true;

    while (more)
        CHECK_OK(journal_tokens_file(h->j, &more));
}

static void store_entries(struct home *h, const struct stream_id *s, sequence from,
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
static void look_at_all(struct home *h, struct model *m, uint64_t *state)
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

/* --- numbers --- */

static void what_is_no_record_has_no_number(void)
{
    struct home h = home_make();
    const struct store store = journal_store(h.j);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    struct entry_row rows[5];
    uint64_t number = 0;
    struct place place;

    begin_all(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = fixture_entry(&s, i);
    rows[0].kind = KIND_OUTCOME;
    rows[1].disposition = DISPOSITION_REFUSED;
    rows[2].disposition = DISPOSITION_UNOPENABLE;
    rows[3].duplicate = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_OK(store.ops->entry_put(store.self, &rows[i]));
    CHECK_OK(journal_token_due(h.j, &number, &place));
    CHECK_INT(place.index, 4);
    journal_token_looked(h.j, number);
    CHECK_STATUS(journal_token_due(h.j, &number, &place), E_UNKNOWN);
    CHECK_OK(journal_tokens_keep(h.j));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    CHECK_STATUS(journal_token_due(h.j, &number, &place), E_UNKNOWN);
    /* What goes and comes again is looked at again. */
    CHECK_OK(store.ops->entry_drop(journal_store(h.j).self, &s, 4));
    CHECK_OK(store.ops->entry_put(journal_store(h.j).self, &rows[4]));
    CHECK_OK(journal_token_due(h.j, &number, &place));
    CHECK_INT(place.index, 4);
    CHECK_OK(journal_commit(h.j));
    home_remove(&h);
}

/* Also a journal of an older version, whose tables the index's step has just made. */
static void another_form_begins_anew(void)
{
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct token_query all = {.term_count = 1,
                                    .terms = {{.count = 1, .any = {token_of(0)}}}};
    struct token_found found;
    uint64_t state = 3;
    uint64_t number = 0;
    uint64_t count = 0;
    bool more = true;
    struct place place;

    CHECK(m != NULL);
    begin_all(&h);
    store_entries(&h, &s, 0, 1300);
    look_at_all(&h, m, &state);
    file_all(&h);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_tokens_begin(h.j, FORM + 1, &more));
    CHECK(more); /* 1300 take steps, over a restart as well */
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    while (more)
        CHECK_OK(journal_tokens_begin(h.j, FORM + 1, &more));
    CHECK_OK(journal_tokens_find(h.j, &all, 0, 10, &found));
    CHECK_INT(found.count, 0);
    while (journal_token_due(h.j, &number, &place) == OK) {
        CHECK_INT(place.index, count++);
        journal_token_looked(h.j, number);
    }
    CHECK_INT(count, 1300);
    CHECK_OK(journal_commit(h.j));
    free(m);
    home_remove(&h);
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
    CHECK_OK(journal_tokens_find(h.j, &q, 0, 2, &found));
    CHECK_INT(found.at[0], TOKEN_SEGMENT);
    CHECK_INT(found.at[1], TOKEN_SEGMENT - 2);
    home_remove(&h);
}

CASES(CASE(finds_what_a_table_finds), CASE(what_is_erased_is_found_no_more),
      CASE(what_is_no_record_has_no_number), CASE(another_form_begins_anew),
      CASE(the_longest_records_fit_their_pages))
