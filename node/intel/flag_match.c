#include "flag_match.h"

#include "words.h"

#include <string.h>

void flag_word_add(struct flag_word *w, const struct glyph *g, size_t end)
{
    if (w->size < FLAG_LETTERS_MAX) {
        w->plain[w->size] = g->plain;
        w->looks[w->size] = g->looks;
        w->ends[w->size] = end;
    }
    w->size++;
    w->small = w->small || g->small;
    w->digit = w->digit || (g->plain >= '0' && g->plain <= '9');
    w->strange = w->strange || g->plain == 0;
}

/* 2: the very letter.  1: looks like it.  0: another. */
static unsigned same(const struct flag_word *w, size_t i, uint8_t letter)
{
    const uint8_t looks = w->looks[i];

    if (w->plain[i] == letter)
        return 2;
    if (looks == 0)
        return 0;
    /* A 1 or a stroke does for an L too. */
    return looks == glyph_looks(letter) ||
                   (letter == 'L' && looks == 'I' && w->plain[i] != 'I')
               ? 1
               : 0;
}

/* Letters that are alike from `at` and `from` on; a look-alike sets its bit. */
static size_t run_of(const struct flag_word *w, size_t at, const struct flag_shape *f,
                     size_t from, uint32_t *misses)
{
    size_t n = 0;

    while (at + n < w->size && from + n < f->size) {
        const unsigned alike = same(w, at + n, f->letters[from + n]);
        if (alike == 0)
            break;
        if (alike == 1)
            *misses |= MISS_LOOKS;
        n++;
    }
    return n;
}

static bool is_tail(const struct flag_word *w, size_t at, const struct flag_shape *f,
                    size_t from, uint32_t *misses)
{
    const size_t n = run_of(w, at, f, from, misses);

    return at + n == w->size && from + n == f->size;
}

/* Any letter of the flag once or several times over: "OOIMMMCR". */
static bool is_doubled(const struct flag_word *w, const struct flag_shape *f,
                       uint32_t *misses)
{
    size_t at = 0;

    if (w->size <= f->size)
        return false;
    for (size_t k = 0; k < f->size; k++) {
        size_t n = 0;
        while (at + n < w->size && n < 4 && same(w, at + n, f->letters[k]) > 0) {
            if (same(w, at + n, f->letters[k]) == 1)
                *misses |= MISS_LOOKS;
            n++;
            if (k + 1 < f->size && f->letters[k + 1] == f->letters[k])
                break;
        }
        if (n == 0)
            return false;
        at += n;
    }
    return at == w->size;
}

/* r and n side by side are an m to whoever reads from paper. */
static bool is_scanned(const struct flag_word *w, const struct flag_shape *f)
{
    size_t at = 0;

    for (size_t k = 0; k < f->size; k++) {
        const bool pair = f->letters[k] == 'M' && at + 1 < w->size && w->plain[at] == 'R' &&
                          w->plain[at + 1] == 'N';
        if (!pair && (at >= w->size || same(w, at, f->letters[k]) == 0))
            return false;
        at += pair ? 2 : 1;
    }
    return at == w->size;
}

/* One letter off, from the first place `n` at which they differ. */
static struct flag_near one_off(const struct flag_word *w, const struct flag_shape *f,
                                size_t n)
{
    struct flag_near near = {.distance = NEAR_LETTER, .shape = f, .count = 1};

    if (w->size == f->size && n + 1 < w->size && same(w, n, f->letters[n + 1]) > 0 &&
        same(w, n + 1, f->letters[n]) > 0 && is_tail(w, n + 2, f, n + 2, &near.misses)) {
        near.distance = NEAR_ORDER;
        near.misses |= MISS_SWAPPED;
        return near;
    }
    if (w->size == f->size && is_tail(w, n + 1, f, n + 1, &near.misses)) {
        near.misses |= MISS_OTHER;
        return near;
    }
    if (w->size == f->size + 1 && is_tail(w, n + 1, f, n, &near.misses)) {
        near.misses |= MISS_EXTRA;
        return near;
    }
    if (w->size + 1 == f->size && is_tail(w, n, f, n + 1, &near.misses)) {
        near.misses |= MISS_LETTER;
        return near;
    }
    near.distance = NEAR_NOT;
    return near;
}

/* The same letters in another order, two edits away: "IOMRC"; or two slips in a long one.
 */
static struct flag_near two_off(const struct flag_word *w, const struct flag_shape *f)
{
    struct flag_near near = {.distance = NEAR_NOT, .shape = f, .count = 1};
    uint8_t seen[FLAG_LETTERS_MAX];
    int counts[128] = {0};
    int differ = 0;

    if (w->size > f->size + 2 || f->size > w->size + 2)
        return near;
    for (size_t i = 0; i < w->size; i++) {
        seen[i] = w->looks[i] == 0 ? '?' : w->looks[i];
        counts[seen[i]]++;
    }
    uint8_t wanted[FLAG_MAX];
    for (size_t i = 0; i < f->size; i++) {
        wanted[i] = glyph_looks(f->letters[i]);
        counts[wanted[i]]--;
    }
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        differ += counts[i] < 0 ? -counts[i] : counts[i];
    if (word_distance(bytes_of(seen, w->size), bytes_of(wanted, f->size)) > WORD_NEAR)
        return near;
    near.distance = NEAR_MORE;
    near.misses = differ == 0         ? MISS_SWAPPED
                  : w->size < f->size ? MISS_LETTER
                  : w->size > f->size ? MISS_EXTRA
                                      : MISS_OTHER;
    return near;
}

static struct flag_near compare(const struct flag_word *w, const struct flag_shape *f,
                                bool far)
{
    struct flag_near near = {.distance = NEAR_EXACT, .shape = f, .count = 1};
    const size_t n = run_of(w, 0, f, 0, &near.misses);

    if (n == w->size && n == f->size) {
        if (near.misses != 0)
            near.distance = NEAR_LOOKS;
        return near;
    }
    if (n == 0 && !far && (w->size > f->size + 1 || w->size + 1 < f->size)) {
        near.distance = NEAR_NOT;
        return near;
    }
    near.misses = 0;
    if (is_doubled(w, f, &near.misses)) {
        near.distance = NEAR_ORDER;
        near.misses |= MISS_DOUBLED;
        return near;
    }
    if (w->size > f->size && is_scanned(w, f)) {
        near.distance = NEAR_LOOKS;
        near.misses = MISS_LOOKS;
        return near;
    }
    const struct flag_near one = one_off(w, f, n);
    return one.distance == NEAR_NOT && far ? two_off(w, f) : one;
}

/* A flag without "#": an acronym, and nothing that a report may hold beside flags. */
static bool is_bare(const struct flag_near *near, const struct flag_word *w)
{
    const size_t size = near->shape->size;
    const bool plain = !w->digit && !w->strange;

    if (near->shape->wordlike || size < 3)
        return false;
    switch (near->distance) {
    case NEAR_EXACT:
        return size >= 4 || !w->small;
    case NEAR_LOOKS:
        return size >= 4;
    case NEAR_ORDER:
        return plain && size >= 4 && (size >= 5 || !w->small);
    case NEAR_LETTER:
        /* With a letter gone it is too near to other people's acronyms. */
        return plain && !w->small && size >= ((near->misses & MISS_LETTER) != 0 ? 6 : 5);
    case NEAR_MORE:
    case NEAR_NOT:
        return false;
    }
    return false;
}

/* "#boat" where BOATS is the flag, "#kestrels" where it is KESTREL: another word. */
static bool is_plural(const struct flag_near *near, const struct flag_word *w)
{
    const struct flag_shape *const f = near->shape;

    if (!f->wordlike)
        return false;
    if ((near->misses & MISS_EXTRA) != 0)
        return w->plain[w->size - 1] == 'S' && f->letters[f->size - 1] != 'S';
    return (near->misses & MISS_LETTER) != 0 && f->letters[f->size - 1] == 'S' &&
           w->plain[w->size - 1] != 'S';
}

static bool is_hashed(const struct flag_near *near, const struct flag_word *w, bool apart)
{
    const struct flag_shape *const f = near->shape;

    switch (near->distance) {
    case NEAR_EXACT:
    case NEAR_LOOKS:
        return true;
    case NEAR_ORDER:
        return f->size >= 4;
    case NEAR_LETTER:
        return f->size >= (f->wordlike ? 7 : 5) && !(apart && w->small) &&
               !is_plural(near, w);
    case NEAR_MORE:
        return f->size >= ((near->misses & MISS_SWAPPED) != 0 ? 5 : 7) && !f->wordlike &&
               !apart;
    case NEAR_NOT:
        return false;
    }
    return false;
}

static bool is_near_enough(const struct flag_near *near, const struct flag_word *w,
                           enum flag_trust trust)
{
    switch (trust) {
    case TRUST_EXACT:
        return near->distance <= NEAR_LOOKS;
    case TRUST_BARE:
        return is_bare(near, w);
    case TRUST_HASH_APART:
        return is_hashed(near, w, true);
    case TRUST_HASH:
        return is_hashed(near, w, false);
    case TRUST_FIELD:
        return near->distance <= NEAR_LOOKS || near->shape->size >= 4;
    }
    return false;
}

static struct flag_near nearest(const struct flag_set *set, const struct flag_word *w,
                                enum flag_trust trust, bool far)
{
    struct flag_near best = {.distance = NEAR_NOT};

    for (size_t i = 0; i < set->count; i++) {
        if (trust == TRUST_BARE && set->at[i].wordlike)
            continue;
        const struct flag_near near = compare(w, &set->at[i], far);
        if (near.distance == NEAR_NOT || !is_near_enough(&near, w, trust))
            continue;
        if (near.distance == best.distance)
            best.count++;
        else if (near.distance < best.distance)
            best = near;
    }
    return best;
}

struct flag_near flag_nearest(const struct flag_set *set, const struct flag_word *w,
                              enum flag_trust trust)
{
    struct flag_near best = {.distance = NEAR_NOT};

    if (w->size == 0 || w->size > FLAG_LETTERS_MAX)
        return best;
    best = nearest(set, w, trust, false);
    if (best.distance == NEAR_NOT && trust >= TRUST_HASH)
        best = nearest(set, w, trust, true);
    /* What can be said is a word, unless it is the flag's own letters. */
    if (trust == TRUST_BARE && best.distance >= NEAR_ORDER && best.distance < NEAR_NOT &&
        flag_is_wordlike(w->plain, w->size))
        best.distance = NEAR_NOT;
    return best;
}

const struct flag_shape *flag_prefix(const struct flag_set *set, const struct flag_word *w,
                                     size_t from, uint32_t *misses)
{
    const struct flag_shape *best = NULL;

    if (w->size > FLAG_LETTERS_MAX)
        return NULL;
    for (size_t i = 0; i < set->count; i++) {
        const struct flag_shape *const f = &set->at[i];
        uint32_t looks = 0;
        if (run_of(w, from, f, 0, &looks) != f->size ||
            (best != NULL && f->size <= best->size))
            continue;
        best = f;
        *misses = looks;
    }
    return best;
}

bool flag_begins(const struct flag_set *set, const struct flag_word *w)
{
    uint32_t misses = 0;

    for (size_t i = 0; i < set->count; i++) {
        if (w->size < set->at[i].size && run_of(w, 0, &set->at[i], 0, &misses) == w->size)
            return true;
    }
    return false;
}
