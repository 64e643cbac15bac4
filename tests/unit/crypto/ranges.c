#include "ranges.h"

#include "check.h"
#include "draw.h"

#include <string.h>

/* Two sets are compared by range hashes: every planted difference is found and nothing
 * else, and what that takes grows with the differences and not with the sets. */

enum { RECORDS = 100000, HASHES_MAX = 300, BYTES_MAX = 64 * 1024, FOUND_MAX = 4096 };

struct side {
    struct range_pair *at;
    size_t count;
};

struct found {
    size_t count;
    struct range_difference at[FOUND_MAX];
};

static struct hash number_hash(const char *what, uint64_t number)
{
    uint8_t room[40];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, what);
    write_u64(&w, number);
    return blake(writer_bytes(&w));
}

static struct range_pair pair(uint64_t number)
{
    return (struct range_pair){.key = number_hash("key", number),
                               .value = number_hash("value", number)};
}

static struct side make(size_t count)
{
    struct side s = {.at = calloc(count + 16, sizeof *s.at), .count = count};

    CHECK(s.at != NULL);
    for (size_t i = 0; i < count; i++)
        s.at[i] = pair(i);
    return s;
}

static status note(void *context, const struct range_difference *d)
{
    struct found *const f = context;

    CHECK(f->count < FOUND_MAX);
    f->at[f->count++] = *d;
    return OK;
}

/* The whole conversation; `there` answers from nothing but its set. */
static status converse(struct ranges_run *r, const struct side *there, struct found *f)
{
    static uint8_t question[RANGES_ASK_BYTES_MAX], answer[RANGES_ANSWER_BYTES_MAX];
    const struct range_set other = {.count = there->count, .at = there->at};

    while (!ranges_is_done(r)) {
        struct writer ask = writer_over(question, sizeof question);
        struct writer say = writer_over(answer, sizeof answer);
        ranges_ask(r, &ask);
        CHECK(!ask.bad);
        CHECK_OK(ranges_answer(&other, writer_bytes(&ask), &say));
        const status s = ranges_take(r, writer_bytes(&say), note, f);
        if (s != OK)
            return s;
    }
    return OK;
}

static struct ranges_run *compare(struct side *here, struct side *there, struct found *f)
{
    static struct ranges_run r;

    *f = (struct found){0};
    CHECK_OK(ranges_sort(here->at, here->count));
    CHECK_OK(ranges_sort(there->at, there->count));
    ranges_begin(&r, (struct range_set){.count = here->count, .at = here->at});
    CHECK_OK(converse(&r, there, f));
    return &r;
}

static void done(struct side *here, struct side *there)
{
    free(here->at);
    free(there->at);
}

/* All zero, and the test has failed, when it was not found. */
static struct range_difference found_of(const struct found *f, uint64_t number)
{
    const struct range_pair p = pair(number);

    for (size_t i = 0; i < f->count; i++) {
        if (memcmp(&f->at[i].key, &p.key, sizeof p.key) == 0)
            return f->at[i];
    }
    CHECK_INT(number, 0); /* was planted and not found */
    return (struct range_difference){.here = false};
}

static void drop(struct side *s, size_t number)
{
    s->at[number] = s->at[--s->count];
}

/* Among 100,000 records: three outcomes that differ, two records that only one side has
 * each way.  Dropped from the end on, so that the numbers stay places. */
static void finds_seven_differences_among_a_hundred_thousand(void)
{
    struct side here = make(RECORDS);
    struct side there = make(RECORDS);
    static const uint64_t changed[] = {17, 50021, 99990};
    struct found f;

    for (size_t i = 0; i < COUNT_OF(changed); i++)
        there.at[changed[i]].value = number_hash("refused", changed[i]);
    drop(&here, 70007);
    drop(&here, 60006);
    drop(&there, 40004);
    drop(&there, 30003);
    const struct ranges_run *const r = compare(&here, &there, &f);
    (void)printf("%d records, 7 differences: %" PRIu64 " range hashes, %" PRIu64
                 " messages, %" PRIu64 " bytes\n",
                 RECORDS, r->hashes, r->messages, r->bytes);
    CHECK_INT(f.count, 7);
    for (size_t i = 0; i < COUNT_OF(changed); i++) {
        const struct range_difference d = found_of(&f, changed[i]);
        const struct hash value = pair(changed[i]).value;
        const struct hash other = number_hash("refused", changed[i]);
        CHECK(d.here && d.there);
        CHECK_INT(memcmp(&d.here_value, &value, sizeof value), 0);
        CHECK_INT(memcmp(&d.there_value, &other, sizeof other), 0);
    }
    CHECK(found_of(&f, 70007).there && !found_of(&f, 70007).here);
    CHECK(found_of(&f, 60006).there && !found_of(&f, 60006).here);
    CHECK(found_of(&f, 40004).here && !found_of(&f, 40004).there);
    CHECK(found_of(&f, 30003).here && !found_of(&f, 30003).there);
    CHECK(r->hashes <= HASHES_MAX);
    CHECK(r->bytes <= BYTES_MAX);
    done(&here, &there);
}

static void says_of_equal_sets_that_they_are_with_one_hash(void)
{
    static const size_t counts[] = {0, 1, 16, 17, 5000};

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct side here = make(counts[i]);
        struct side there = make(counts[i]);
        struct found f;
        const struct ranges_run *const r = compare(&here, &there, &f);
        CHECK_INT(f.count, 0);
        CHECK_INT(r->hashes, 1);
        done(&here, &there);
    }
}

/* Sizes around a list's, one side empty, and changes by chance: the same as by looking. */
static void finds_what_a_comparison_one_by_one_finds(void)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        const size_t count = 1 + (size_t)(seed * 131 % 900);
        struct side here = make(seed % 7 == 0 ? 0 : count);
        struct side there = make(seed % 7 == 1 ? 0 : count);
        struct found f;
        size_t wanted = here.count == there.count ? 0 : count;
        for (size_t i = 0; i < here.count && here.count == there.count; i += 1 + seed) {
            there.at[i].value = number_hash("other", i);
            wanted++;
        }
        (void)compare(&here, &there, &f);
        CHECK_INT(f.count, wanted);
        for (size_t i = 1; i < f.count; i++)
            for (size_t k = 0; k < i; k++)
                CHECK(memcmp(&f.at[i].key, &f.at[k].key, sizeof f.at[i].key) != 0);
        done(&here, &there);
    }
}

static void sorts_and_refuses_a_key_that_stands_twice(void)
{
    struct range_pair pairs[40];

    for (size_t count = 0; count < COUNT_OF(pairs); count++) {
        for (size_t i = 0; i < count; i++)
            pairs[i] = pair(i * 7 % 41);
        CHECK_OK(ranges_sort(pairs, count));
        for (size_t i = 1; i < count; i++)
            CHECK(memcmp(&pairs[i - 1].key, &pairs[i].key, sizeof pairs[i].key) < 0);
    }
    pairs[3].key = pairs[30].key;
    CHECK_STATUS(ranges_sort(pairs, COUNT_OF(pairs)), E_DUPLICATE);
}

static void a_key_at_the_end_of_a_part_is_in_it(void)
{
    struct side here = make(200);
    struct side there = make(200);
    struct found f;

    for (size_t i = 0; i < 4; i++) {
        memset(here.at[i].key.bytes, 0xff, 8);
        here.at[i].key.bytes[0] = (uint8_t)(i << 6 | 0x3f);
    }
    (void)compare(&here, &there, &f);
    CHECK_INT(f.count, 8);
    done(&here, &there);
}

/* Who can choose digests that begin alike ends the comparison; it does not go on. */
static void keys_that_begin_alike_end_it(void)
{
    struct side here = make(40);
    struct side there = make(40);
    static struct ranges_run r;
    struct found f = {0};

    for (size_t i = 0; i < 40; i++) {
        memset(here.at[i].key.bytes, 0xa5, 8);
        memset(there.at[i].key.bytes, 0xa5, 8);
    }
    there.at[5].value = number_hash("other", 5);
    CHECK_OK(ranges_sort(here.at, here.count));
    CHECK_OK(ranges_sort(there.at, there.count));
    ranges_begin(&r, (struct range_set){.count = here.count, .at = here.at});
    CHECK_STATUS(converse(&r, &there, &f), E_LIMIT);
    done(&here, &there);
}

static status take(struct side *here, struct bytes answer)
{
    static struct ranges_run r;
    uint8_t room[RANGES_ASK_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);
    struct found f = {0};

    ranges_begin(&r, (struct range_set){.count = here->count, .at = here->at});
    ranges_ask(&r, &w);
    return ranges_take(&r, answer, note, &f);
}

static void refuses_what_is_no_answer(void)
{
    struct side here = make(20);
    uint8_t list[2 + 17 * 64] = {2, 2};

    CHECK_OK(ranges_sort(here.at, here.count));
    CHECK_STATUS(take(&here, bytes_of("", 0)), E_FORM);
    CHECK_STATUS(take(&here, bytes_of("\3", 1)), E_FORM);
    CHECK_STATUS(take(&here, bytes_of("\0\0", 2)), E_FORM); /* more than was asked */
    CHECK_STATUS(take(&here, bytes_of("\2\1", 2)), E_FORM);
    CHECK_OK(take(&here, bytes_of("\0", 1)));
    CHECK_OK(take(&here, bytes_of("\1", 1)));
    memset(list + 2, 9, 64);
    memset(list + 66, 8, 64); /* descending */
    CHECK_STATUS(take(&here, bytes_of(list, 130)), E_FORM);
    memset(list + 66, 9, 64); /* twice */
    CHECK_STATUS(take(&here, bytes_of(list, 130)), E_FORM);
    memset(list + 66, 10, 64);
    CHECK_OK(take(&here, bytes_of(list, 130)));
    list[1] = 17;
    CHECK_STATUS(take(&here, bytes_of(list, sizeof list)), E_FORM);
    free(here.at);
}

static void refuses_what_is_no_question(void)
{
    const struct range_set set = {0};
    uint8_t room[RANGES_ANSWER_BYTES_MAX];
    uint8_t question[1 + 41] = {1};
    static const struct {
        uint8_t bits, first;
        bool right;
    } rows[] = {{0, 0, true},   {2, 0xc0, true},  {64, 0xff, true}, {1, 0x80, false},
                {66, 0, false}, {2, 0x20, false}, {255, 0, false},  {0, 1, false}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct writer w = writer_over(room, sizeof room);
        question[1] = rows[i].bits;
        question[2] = rows[i].first;
        CHECK_STATUS(ranges_answer(&set, bytes_of(question, sizeof question), &w),
                     rows[i].right ? OK : E_FORM);
    }
    question[1] = 0;
    question[2] = 0;
    for (size_t size = 0; size < sizeof question; size++) {
        struct writer w = writer_over(room, sizeof room);
        CHECK_STATUS(ranges_answer(&set, bytes_of(question, size), &w), E_FORM);
    }
    question[0] = 0;
    struct writer none = writer_over(room, sizeof room);
    CHECK_STATUS(ranges_answer(&set, bytes_of(question, 1), &none), E_FORM);
    question[0] = RANGES_ASKED_MAX + 1;
    struct writer many = writer_over(room, sizeof room);
    CHECK_STATUS(ranges_answer(&set, bytes_of(question, sizeof question), &many), E_FORM);
}

/* Or 32 times everything, of a large set, would take its time 32 times. */
static void no_pair_is_asked_about_twice(void)
{
    struct side here = make(20);
    const struct range_set set = {.count = here.count, .at = here.at};
    uint8_t room[RANGES_ANSWER_BYTES_MAX];
    uint8_t question[1 + 4 * 41] = {4};

    CHECK_OK(ranges_sort(here.at, here.count));
    for (size_t i = 0; i < 4; i++) {
        question[1 + i * 41] = 2;
        question[2 + i * 41] = (uint8_t)(i << 6);
    }
    struct writer parts = writer_over(room, sizeof room);
    CHECK_OK(ranges_answer(&set, bytes_of(question, sizeof question), &parts));
    question[1] = 0; /* everything, and three parts of it */
    struct writer twice = writer_over(room, sizeof room);
    CHECK_STATUS(ranges_answer(&set, bytes_of(question, sizeof question), &twice), E_FORM);
    free(here.at);
}

CASES(CASE(no_pair_is_asked_about_twice),
      CASE(finds_seven_differences_among_a_hundred_thousand),
      CASE(says_of_equal_sets_that_they_are_with_one_hash),
      CASE(finds_what_a_comparison_one_by_one_finds),
      CASE(sorts_and_refuses_a_key_that_stands_twice),
      CASE(a_key_at_the_end_of_a_part_is_in_it), CASE(keys_that_begin_alike_end_it),
      CASE(refuses_what_is_no_answer), CASE(refuses_what_is_no_question))
