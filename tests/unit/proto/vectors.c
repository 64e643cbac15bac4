/* The frozen messages: good ones decode and encode to the same bytes, bad ones are refused
 * for the one reason that their line gives.  And what must hold near every good one. */

#include "vector_file.h"

static void check_good(const struct vector *v, struct arena *a)
{
    struct bytes again = {0};
    const status s = vector_again(v->kind, v->bytes, a, &again);

    if (s != OK || !bytes_equal(again, v->bytes))
        (void)fprintf(stderr, "good %s %s", v->kind, v->sentence);
    CHECK_OK(s);
    CHECK_BYTES(again, v->bytes);
}

static void check_bad(const struct vector *v, struct arena *a)
{
    struct decoded d;
    const status s = vector_decode(v->kind, v->bytes, a, &d);

    if (strcmp(status_word(s), v->reason) != 0)
        (void)fprintf(stderr, "bad %s %s", v->kind, v->sentence);
    CHECK_TEXT(status_word(s), v->reason);
}

struct tally {
    size_t good, bad;
};

static void replay(const struct vector *v, struct arena *a, void *data)
{
    struct tally *const tally = data;

    if (v->good) {
        check_good(v, a);
        tally->good++;
    } else {
        check_bad(v, a);
        tally->bad++;
    }
}

static void each_frozen_message_is_taken_or_refused_as_it_says(void)
{
    struct tally tally = {0};

    vectors_each(replay, &tally);
    CHECK(tally.good >= 40);
    CHECK(tally.bad >= 200);
}

/* Refused, or the one form of something else: nothing is taken and then changed. */
static void check_canonical(const struct vector *v, struct bytes b, struct arena *a)
{
    struct bytes again = {0};
    struct decoded d;

    if (vector_decode(v->kind, b, a, &d) == OK) {
        const status s = vector_encode(v->kind, &d, a, &again);
        if (s != OK || !bytes_equal(again, b))
            (void)fprintf(stderr, "near %s %s", v->kind, v->sentence);
        CHECK_OK(s);
        CHECK_BYTES(again, b);
    }
    arena_reset(a);
}

/* Long messages are long by repetition: their beginnings and ends tell enough. */
static bool is_worth_trying(const struct vector *v, size_t at)
{
    return v->bytes.size < 1500 || at < 300 || v->bytes.size - at < 100;
}

static void cut_everywhere(const struct vector *v, struct arena *a, void *data)
{
    (void)data;
    if (!v->good)
        return;
    for (size_t size = 0; size < v->bytes.size; size++) {
        if (!is_worth_trying(v, size))
            continue;
        /* A copy of its own size, so that a sanitizer sees a read past the end. */
        uint8_t *const copy = malloc(size + (size == 0));
        CHECK(copy != NULL);
        if (size > 0)
            memcpy(copy, v->bytes.at, size);
        check_canonical(v, bytes_of(copy, size), a);
        free(copy);
    }
}

static void every_beginning_of_a_good_message_is_refused_or_canonical(void)
{
    vectors_each(cut_everywhere, NULL);
}

static void flip_everywhere(const struct vector *v, struct arena *a, void *data)
{
    (void)data;
    if (!v->good || v->bytes.size == 0)
        return;
    uint8_t *const copy = malloc(v->bytes.size);
    CHECK(copy != NULL);
    memcpy(copy, v->bytes.at, v->bytes.size);
    for (size_t at = 0; at < v->bytes.size; at++) {
        for (unsigned bit = 0; bit < 8 && is_worth_trying(v, at); bit++) {
            copy[at] ^= (uint8_t)(1U << bit);
            check_canonical(v, bytes_of(copy, v->bytes.size), a);
            copy[at] ^= (uint8_t)(1U << bit);
        }
    }
    free(copy);
}

static void every_flipped_bit_is_refused_or_comes_back(void)
{
    vectors_each(flip_everywhere, NULL);
}

static void short_of_memory(const struct vector *v, struct arena *a, void *data)
{
    struct bytes again = {0};
    struct arena whole = *a;

    (void)data;
    if (!v->good || v->bytes.size > 1500)
        return;
    CHECK_OK(vector_again(v->kind, v->bytes, &whole, &again));
    /* The last piece taken is padded only where there is room. */
    for (size_t room = 0; room + 16 <= whole.used; room += 1 + whole.used / 200) {
        struct arena small;
        arena_init(&small, a->at, room);
        CHECK_STATUS(vector_again(v->kind, v->bytes, &small, &again), E_MEMORY);
    }
}

static void too_small_a_budget_is_refused_at_every_size(void)
{
    vectors_each(short_of_memory, NULL);
}

static void wide_of_memory(const struct vector *v, struct arena *a, void *data)
{
    struct bytes again = {0};

    (void)data;
    (void)vector_again(v->kind, v->bytes, a, &again);
    /* Decoding and encoding together. */
    if (a->used > 4096 + 40 * v->bytes.size)
        (void)fprintf(stderr, "%s %s: %zu for %zu", v->kind, v->sentence, a->used,
                      v->bytes.size);
    CHECK(a->used <= 4096 + 40 * v->bytes.size);
}

static void no_message_takes_more_than_forty_times_its_size(void)
{
    vectors_each(wide_of_memory, NULL);
}

CASES(CASE(each_frozen_message_is_taken_or_refused_as_it_says),
      CASE(every_beginning_of_a_good_message_is_refused_or_canonical),
      CASE(every_flipped_bit_is_refused_or_comes_back),
      CASE(too_small_a_budget_is_refused_at_every_size),
      CASE(no_message_takes_more_than_forty_times_its_size))
