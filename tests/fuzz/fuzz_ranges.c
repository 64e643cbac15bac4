#include "ranges.h"

#include "check.h"
#include "draw.h"

/*
 * Sets that are compared by range hashes; the first byte says whose bytes the others are.
 *
 * Oracle: a question is answered within its bound or is E_FORM; answers made up by a peer
 * end the run with E_FORM or E_LIMIT or are taken, and what waits stays within its bound;
 * two sets made of the bytes are told apart exactly as by looking at each key.
 */

enum { KEYS = 256, OWN = 200, ROUNDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct range_pair own[OWN];
static uint8_t question[RANGES_ASK_BYTES_MAX], answer[RANGES_ANSWER_BYTES_MAX];
static struct ranges_run run;

static struct range_pair pair_of(uint8_t key, uint8_t value)
{
    static struct hash keys[KEYS];
    static bool made[KEYS];

    if (!made[key])
        keys[key] = blake(bytes_of(&key, 1));
    made[key] = true;
    return (struct range_pair){.key = keys[key], .value = {.bytes = {value}}};
}

static const struct range_set *own_set(void)
{
    static struct range_set set;

    if (set.count > 0)
        return &set;
    for (size_t i = 0; i < OWN; i++)
        own[i] = pair_of((uint8_t)i, 1);
    CHECK_OK(ranges_sort(own, OWN));
    set = (struct range_set){.count = OWN, .at = own};
    return &set;
}

static void be_asked(struct bytes asked)
{
    struct writer w = writer_over(answer, sizeof answer);
    const status s = ranges_answer(own_set(), asked, &w);

    CHECK(s == OK || s == E_FORM);
    CHECK(!w.bad);
}

static status ignore(void *context, const struct range_difference *d)
{
    (void)context;
    CHECK(d->here || d->there);
    return OK;
}

/* Each answer has its length before it. */
static void be_answered(struct bytes said)
{
    struct reader r = {.rest = said};
    status s = OK;

    ranges_begin(&run, *own_set());
    for (size_t i = 0; i < ROUNDS_MAX && s == OK && !ranges_is_done(&run) && !r.bad; i++) {
        struct writer w = writer_over(question, sizeof question);
        ranges_ask(&run, &w);
        CHECK(!w.bad);
        s = ranges_take(&run, read_bytes(&r, read_u16(&r)), ignore, NULL);
        CHECK(s == OK || s == E_FORM || s == E_LIMIT);
        CHECK(run.waiting_count <= RANGES_WAITING_MAX);
    }
}

/* --- two sets --- */

struct sides {
    uint8_t value[2][KEYS]; /* 0: not there */
    bool found[KEYS];
    size_t count;
};

static status note(void *context, const struct range_difference *d)
{
    struct sides *const s = context;

    for (size_t k = 0; k < KEYS; k++) {
        const struct range_pair p = pair_of((uint8_t)k, 0);
        if (memcmp(&p.key, &d->key, sizeof p.key) != 0)
            continue;
        CHECK(!s->found[k]);
        CHECK_INT(d->here, s->value[0][k] != 0);
        CHECK_INT(d->there, s->value[1][k] != 0);
        CHECK_INT(d->here_value.bytes[0], s->value[0][k]);
        CHECK_INT(d->there_value.bytes[0], s->value[1][k]);
        s->found[k] = true;
        s->count++;
    }
    return OK;
}

static struct range_set set_of(const struct sides *s, size_t side,
                               struct range_pair room[KEYS])
{
    struct range_set set = {.at = room};

    for (size_t k = 0; k < KEYS; k++) {
        if (s->value[side][k] != 0)
            room[set.count++] = pair_of((uint8_t)k, s->value[side][k]);
    }
    CHECK_OK(ranges_sort(room, set.count));
    return set;
}

/* Three bytes a change: side, key, value. */
static void compare(struct bytes changes)
{
    static struct range_pair rooms[2][KEYS];
    struct sides s = {.count = 0};
    size_t wanted = 0;

    for (size_t i = 0; i + 3 <= changes.size; i += 3) {
        const uint8_t *const c = changes.at + i;
        if (c[0] % 3 != 1)
            s.value[0][c[1]] = c[2];
        if (c[0] % 3 != 0)
            s.value[1][c[1]] = c[2];
    }
    const struct range_set here = set_of(&s, 0, rooms[0]);
    const struct range_set there = set_of(&s, 1, rooms[1]);
    ranges_begin(&run, here);
    while (!ranges_is_done(&run)) {
        struct writer ask = writer_over(question, sizeof question);
        struct writer say = writer_over(answer, sizeof answer);
        ranges_ask(&run, &ask);
        CHECK_OK(ranges_answer(&there, writer_bytes(&ask), &say));
        CHECK_OK(ranges_take(&run, writer_bytes(&say), note, &s));
    }
    for (size_t k = 0; k < KEYS; k++)
        wanted += s.value[0][k] != s.value[1][k];
    CHECK_INT(s.count, wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct bytes rest = bytes_of(data + 1, size - 1);
    if (data[0] % 3 == 0)
        be_asked(rest);
    else if (data[0] % 3 == 1)
        be_answered(rest);
    else
        compare(rest);
    return 0;
}
