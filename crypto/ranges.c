#include "ranges.h"

#include "digest.h"

#include <string.h>

/*
 *     question   u8 how many ranges; for each: u8 bits, u64 first bits, range hash
 *     answer     for each range: u8 0 the same, 1 not the same, 2 a list: u8 how many
 *                pairs, then key and value of each, ascending by key
 */
enum said { SAID_SAME = 0, SAID_DIFFERS = 1, SAID_LIST = 2 };

enum { HASH_BYTES = 32 };

/* --- order --- */

static int compare(const struct range_pair *a, const struct range_pair *b)
{
    return memcmp(a->key.bytes, b->key.bytes, HASH_BYTES);
}

static void swap(struct range_pair *a, struct range_pair *b)
{
    const struct range_pair held = *a;

    *a = *b;
    *b = held;
}

static void sift(struct range_pair *pairs, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && compare(&pairs[child], &pairs[child + 1]) < 0)
            child++;
        if (compare(&pairs[root], &pairs[child]) >= 0)
            return;
        swap(&pairs[root], &pairs[child]);
        root = child;
    }
}

/* Heapsort: qsort may allocate, and this layer does not. */
status ranges_sort(struct range_pair *pairs, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(pairs, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        swap(&pairs[0], &pairs[end - 1]);
        sift(pairs, 0, end - 1);
    }
    for (size_t i = 1; i < count; i++)
        ENSURE(compare(&pairs[i - 1], &pairs[i]) < 0, E_DUPLICATE);
    return OK;
}

static uint64_t head_of(const struct hash *key)
{
    struct reader r = {.rest = bytes_of(key->bytes, HASH_BYTES)};

    return read_u64(&r);
}

/* The bits behind the first `bits`. */
static uint64_t tail_mask(uint8_t bits)
{
    return bits == 0 ? UINT64_MAX : bits == 64 ? 0 : UINT64_MAX >> bits;
}

static bool is_range(struct range r)
{
    return r.bits <= RANGES_BITS_MAX && r.bits % RANGES_STEP_BITS == 0 &&
           (r.from & tail_mask(r.bits)) == 0;
}

static bool is_in(struct range r, const struct hash *key)
{
    return (head_of(key) & ~tail_mask(r.bits)) == r.from;
}

/* How many pairs stand before the first whose key begins with `head` or more. */
static size_t before(const struct range_set *set, uint64_t head)
{
    size_t low = 0;
    size_t high = set->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (head_of(&set->at[middle].key) < head)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct range_set part_of(const struct range_set *set, struct range r)
{
    const uint64_t last = r.from | tail_mask(r.bits);

    if (set->count == 0)
        return (struct range_set){0};
    const size_t from = before(set, r.from);
    const size_t until = last == UINT64_MAX ? set->count : before(set, last + 1);
    return (struct range_set){.count = until - from, .at = set->at + from};
}

struct hash ranges_hash(const struct range_set *set, struct range r)
{
    static const char what[] = "flagpost/range/v1";
    const struct range_set part = part_of(set, r);
    struct digest d;
    uint8_t room[sizeof what + 8];
    struct writer w = writer_over(room, sizeof room);

    /* The number of pairs stands before them, and all have one length. */
    write_bytes(&w, bytes_of(what, sizeof what));
    write_u64(&w, part.count);
    digest_init(&d);
    digest_add(&d, writer_bytes(&w));
    for (size_t i = 0; i < part.count; i++) {
        digest_add(&d, bytes_of(part.at[i].key.bytes, HASH_BYTES));
        digest_add(&d, bytes_of(part.at[i].value.bytes, HASH_BYTES));
    }
    return digest_done(&d);
}

/* --- who asks --- */

void ranges_begin(struct ranges_run *r, struct range_set set)
{
    *r = (struct ranges_run){.set = set, .waiting_count = 1}; /* everything */
}

bool ranges_is_done(const struct ranges_run *r)
{
    return r->waiting_count == 0;
}

void ranges_ask(struct ranges_run *r, struct writer *w)
{
    const size_t count =
        r->waiting_count < RANGES_ASKED_MAX ? r->waiting_count : RANGES_ASKED_MAX;

    write_u8(w, (uint8_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct range part = r->waiting[r->waiting_count - count + i];
        const struct hash h = ranges_hash(&r->set, part);
        write_u8(w, part.bits);
        write_u64(w, part.from);
        write_bytes(w, bytes_of(h.bytes, HASH_BYTES));
    }
    r->asked_count = count;
    r->hashes += count;
    r->messages++;
    r->bytes += writer_bytes(w).size;
}

static status split(struct ranges_run *r, struct range part)
{
    ENSURE(part.bits < RANGES_BITS_MAX &&
               r->waiting_count + RANGES_PARTS <= RANGES_WAITING_MAX,
           E_LIMIT);
    const uint8_t bits = (uint8_t)(part.bits + RANGES_STEP_BITS);
    for (uint64_t i = 0; i < RANGES_PARTS; i++)
        r->waiting[r->waiting_count++] =
            (struct range){.from = part.from | i << (RANGES_BITS_MAX - bits), .bits = bits};
    return OK;
}

/* A list that was given, all of it in the range and in order. */
static status read_list(struct reader *from, struct range part, struct range_pair *ret,
                        size_t *ret_count)
{
    const size_t count = read_u8(from);

    ENSURE(!from->bad && count <= RANGES_LIST_MAX, E_FORM);
    for (size_t i = 0; i < count; i++) {
        read_copy(from, ret[i].key.bytes, HASH_BYTES);
        read_copy(from, ret[i].value.bytes, HASH_BYTES);
        ENSURE(!from->bad && is_in(part, &ret[i].key), E_FORM);
        ENSURE(i == 0 || compare(&ret[i - 1], &ret[i]) < 0, E_FORM);
    }
    *ret_count = count;
    return OK;
}

/* Two ascending lists, as one walk. */
static status tell(const struct range_set *here, const struct range_set *there,
                   ranges_each_difference each, void *context)
{
    size_t i = 0;
    size_t k = 0;

    while (i < here->count || k < there->count) {
        const int order = i == here->count    ? 1
                          : k == there->count ? -1
                                              : compare(&here->at[i], &there->at[k]);
        struct range_difference d = {.here = order <= 0, .there = order >= 0};
        d.key = d.here ? here->at[i].key : there->at[k].key;
        if (d.here)
            d.here_value = here->at[i++].value;
        if (d.there)
            d.there_value = there->at[k++].value;
        if (d.here && d.there &&
            memcmp(d.here_value.bytes, d.there_value.bytes, HASH_BYTES) == 0)
            continue;
        TRY(each(context, &d));
    }
    return OK;
}

static status take_one(struct ranges_run *r, struct range part, struct reader *from,
                       ranges_each_difference each, void *context)
{
    struct range_pair list[RANGES_LIST_MAX];
    const struct range_set here = part_of(&r->set, part);
    struct range_set there = {.at = list};
    const unsigned said = read_u8(from);

    ENSURE(!from->bad && said <= SAID_LIST, E_FORM);
    if (said == SAID_SAME)
        return OK;
    if (said == SAID_DIFFERS)
        return split(r, part);
    TRY(read_list(from, part, list, &there.count));
    return tell(&here, &there, each, context);
}

status ranges_take(struct ranges_run *r, struct bytes answer, ranges_each_difference each,
                   void *context)
{
    struct range asked[RANGES_ASKED_MAX];
    struct reader from = {.rest = answer};
    const size_t count = r->asked_count;

    MUST(count <= r->waiting_count && count <= RANGES_ASKED_MAX);
    r->messages++;
    r->bytes += answer.size;
    r->waiting_count -= count;
    r->asked_count = 0;
    memcpy(asked, &r->waiting[r->waiting_count], count * sizeof *asked);
    for (size_t i = 0; i < count; i++)
        TRY(take_one(r, asked[i], &from, each, context));
    ENSURE(reader_is_done(&from), E_FORM);
    return OK;
}

/* --- who answers --- */

/* `left`: of the pairs that are yet to be hashed; no range of a question is in another. */
static status answer_one(const struct range_set *set, struct reader *question, size_t *left,
                         struct writer *w)
{
    struct range r = {.bits = read_u8(question)};
    struct hash asked;

    r.from = read_u64(question);
    read_copy(question, asked.bytes, HASH_BYTES);
    ENSURE(!question->bad && is_range(r), E_FORM);
    const struct range_set part = part_of(set, r);
    ENSURE(part.count <= *left, E_FORM);
    *left -= part.count;
    const struct hash own = ranges_hash(set, r);
    if (memcmp(own.bytes, asked.bytes, HASH_BYTES) == 0) {
        write_u8(w, SAID_SAME);
        return OK;
    }
    if (part.count > RANGES_LIST_MAX) {
        write_u8(w, SAID_DIFFERS);
        return OK;
    }
    write_u8(w, SAID_LIST);
    write_u8(w, (uint8_t)part.count);
    for (size_t i = 0; i < part.count; i++) {
        write_bytes(w, bytes_of(part.at[i].key.bytes, HASH_BYTES));
        write_bytes(w, bytes_of(part.at[i].value.bytes, HASH_BYTES));
    }
    return OK;
}

status ranges_answer(const struct range_set *set, struct bytes question, struct writer *w)
{
    struct reader r = {.rest = question};
    const size_t count = read_u8(&r);
    size_t left = set->count;

    ENSURE(!r.bad && count > 0 && count <= RANGES_ASKED_MAX, E_FORM);
    for (size_t i = 0; i < count; i++)
        TRY(answer_one(set, &r, &left, w));
    ENSURE(reader_is_done(&r), E_FORM);
    return w->bad ? E_LIMIT : OK;
}
