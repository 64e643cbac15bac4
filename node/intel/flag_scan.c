#include "flag_piece.h"
#include "words.h"

/*
 * The way through a text: word by word, and from each "#" over what follows it.  Whatever
 * looks ahead looks at a bounded number of characters, so time is linear in the text.
 */

enum {
    LEAD_MAX = 4, /* blanks and signs between "#" and the flag */
};

struct scan {
    const struct flag_set *set;
    struct bytes text;
    flag_each each;
    void *context;
    size_t last_end; /* of the find before */
    size_t sign_at;  /* of a sign that may stand for "#"; only at its own end */
    size_t sign_end;
    enum glyph_kind before; /* what stands before the place looked at */
    bool field;
    bool stopped;
};

void flag_set_init(struct flag_set *set, const struct lists *lists)
{
    *set = (struct flag_set){.count = lists->flag_count};
    for (size_t i = 0; i < lists->flag_count; i++) {
        struct flag_shape *const f = &set->at[i];
        f->flag = lists->flags[i];
        for (size_t k = 0; k < f->flag.size && f->size < FLAG_MAX; k++) {
            f->hyphens = f->hyphens || f->flag.at[k] == '-';
            if (f->flag.at[k] != '-')
                f->letters[f->size++] = f->flag.at[k];
        }
        f->wordlike = flag_is_wordlike(f->letters, f->size);
    }
}

/* What follows a find: the next flag, or a word that is glued to it by a sign. */
static void look_behind(const struct scan *s, struct flag_find *f)
{
    const struct glyph g = glyph_at(s->text, f->end);
    const struct glyph after = glyph_at(s->text, f->end + g.size);
    const bool compound =
        g.kind == GLYPH_JOINER &&
        (g.size > 1 || s->text.at[f->end] == '-' || s->text.at[f->end] == '\'');

    if (g.kind == GLYPH_HASH && after.kind == GLYPH_LETTER) {
        f->misses |= MISS_RUN_ON;
        f->blank_after = true;
    } else if (g.kind == GLYPH_JOINER && after.kind == GLYPH_LETTER && !compound) {
        f->misses |= MISS_GLUED;
        f->blank_after = true;
    }
}

static void emit(struct scan *s, struct flag_find f)
{
    if (s->stopped)
        return;
    if (s->last_end == f.start && f.start > 0) {
        f.misses |= MISS_RUN_ON;
    } else if (s->before == GLYPH_LETTER) {
        f.misses |= MISS_GLUED;
        f.blank_before = true;
    }
    if (!f.blank_after)
        look_behind(s, &f);
    s->last_end = f.end;
    s->before = GLYPH_OTHER;
    s->stopped = !s->each(s->context, &f);
}

static struct flag_find find_of(const struct flag_near *near, const struct flag_word *w,
                                size_t start, size_t end)
{
    return (struct flag_find){
        .start = start,
        .end = end,
        .flag = near->shape->flag,
        .misses = near->misses | (w->hidden ? MISS_INSIDE : 0U),
        .sure = near->count == 1 &&
                (near->distance < NEAR_MORE || (near->misses & MISS_SWAPPED) != 0)};
}

/* A flag with hyphens of its own is right only as it stands on the list. */
static void check_hyphens(const struct scan *s, const struct flag_near *near,
                          struct flag_find *f, size_t from)
{
    if (!near->shape->hyphens || near->distance > NEAR_LOOKS)
        return;
    f->misses &= ~(uint32_t)MISS_INSIDE;
    if (near->distance == NEAR_EXACT &&
        !word_same(bytes_of(s->text.at + from, f->end - from), near->shape->flag))
        f->misses |= MISS_INSIDE;
}

/* Whether pieces without "#" are a flag taken apart and not words that stand side by side.
 */
static bool is_taken_apart(const struct flag_near *near, const struct flag_word *w,
                           const struct joint *j)
{
    if (near->distance > NEAR_LOOKS || near->shape->wordlike || near->shape->size < 4)
        return false;
    if (j->letters)
        return true;
    if (near->distance == NEAR_LOOKS && (w->digit || w->strange))
        return false;
    return !j->blanks || (!w->small && j->pieces == 2 && near->shape->size >= 5);
}

/* Follows pieces as long as they can still become a flag. */
static bool find_joined(struct scan *s, struct flag_word *w, struct joint *j, bool hashed,
                        struct flag_near *ret)
{
    while (flag_begins(s->set, w) && j->pieces < FLAG_MAX &&
           flag_piece_join(s->text, w, j)) {
        *ret = flag_nearest(s->set, w, TRUST_EXACT);
        if (ret->distance <= NEAR_LOOKS && (hashed || is_taken_apart(ret, w, j)))
            return true;
    }
    return false;
}

/* A word that begins with a flag: several flags run together, or a flag and the next word.
 * Gives the end of what was taken, or `start`. */
static size_t run_on(struct scan *s, const struct flag_word *w, size_t start,
                     uint32_t misses)
{
    struct flag_find finds[FLAG_LETTERS_MAX / 2];
    const bool hashed = (misses & MISS_NO_HASH) == 0;
    size_t count = 0;
    size_t from = 0;

    while (from < w->size && count < COUNT_OF(finds)) {
        uint32_t looks = 0;
        const struct flag_shape *const f = flag_prefix(s->set, w, from, &looks);
        if (f == NULL || f->size < 3 || (f->wordlike && !(hashed && count == 0)))
            break;
        finds[count] = (struct flag_find){
            .start = count == 0 ? start : finds[count - 1].end,
            .end = w->ends[from + f->size - 1],
            .flag = f->flag,
            .misses = looks | (count == 0 ? misses : (uint32_t)MISS_NO_HASH),
            .sure = true,
            .blank_after = from + f->size < w->size,
        };
        from += f->size;
        count++;
    }
    const bool whole = from == w->size && count >= 2;
    /* A word of the language may begin like a flag that is one. */
    if (!whole &&
        (count == 0 || !hashed || (count == 1 && flag_is_wordlike(w->plain, from))))
        return start;
    for (size_t i = 0; i < count; i++) {
        finds[i].misses |= whole || count > 1 ? MISS_RUN_ON : MISS_GLUED;
        emit(s, finds[i]);
    }
    return count == 0 ? start : finds[count - 1].end;
}

/* A word without "#" before it.  Gives the place to go on at. */
static size_t at_word(struct scan *s, size_t at)
{
    struct flag_word w;
    const bool sign = s->sign_at < at && s->sign_end == at;
    const size_t start = sign ? s->sign_at : at;
    const uint32_t miss = sign ? MISS_SIGN : MISS_NO_HASH;

    w.size = 0;
    w.hidden = w.small = w.digit = w.strange = false;
    struct joint j = {.end = flag_piece_take(s->text, at, &w), .pieces = 1};
    const size_t end = flag_piece_skip(s->text, j.end);
    j.letters = w.size == 1;
    if (w.size > FLAG_LETTERS_MAX || s->before == GLYPH_LETTER)
        return end;
    struct flag_near near = flag_nearest(s->set, &w, TRUST_BARE);
    if (near.distance != NEAR_NOT) {
        struct flag_find f = find_of(&near, &w, start, j.end);
        f.misses |= miss;
        check_hyphens(s, &near, &f, at);
        emit(s, f);
        return j.end;
    }
    uint32_t looks = 0;
    const bool begins = flag_prefix(s->set, &w, 0, &looks) != NULL;
    const size_t whole = begins ? run_on(s, &w, start, miss) : start;
    if (whole != start)
        return whole;
    if (find_joined(s, &w, &j, false, &near)) {
        struct flag_find f = find_of(&near, &w, start, j.end);
        f.misses |= miss | MISS_INSIDE;
        check_hyphens(s, &near, &f, at);
        emit(s, f);
        return j.end;
    }
    return end;
}

/* From "#" to the first letter behind it. */
struct lead {
    size_t start, letter; /* letter 0: none follows */
    size_t next;          /* where to go on when it leads nowhere */
    bool apart;           /* blanks or signs between */
    bool doubled;         /* "##" */
    bool hidden;
};

static struct lead lead_at(const struct scan *s, size_t at)
{
    struct lead l = {.start = at, .next = at};
    struct glyph g = glyph_at(s->text, at);

    for (; g.kind == GLYPH_HASH; g = glyph_at(s->text, l.next)) {
        l.doubled = l.next > at;
        l.next += g.size;
    }
    size_t p = l.next;
    for (size_t n = 0; n < LEAD_MAX; n++) {
        g = glyph_at(s->text, p);
        if (g.kind == GLYPH_LETTER) {
            l.letter = p;
            break;
        }
        l.hidden = l.hidden || g.kind == GLYPH_HIDDEN;
        l.apart = l.apart || g.kind == GLYPH_BLANK || g.kind == GLYPH_JOINER;
        if (g.kind != GLYPH_BLANK && g.kind != GLYPH_JOINER && g.kind != GLYPH_HIDDEN)
            break;
        p += g.size;
    }
    l.apart = l.apart && l.next > at; /* a field needs no "#" */
    return l;
}

static enum flag_trust trust_of(const struct scan *s, const struct lead *l)
{
    return s->field ? TRUST_FIELD : l->apart ? TRUST_HASH_APART : TRUST_HASH;
}

static void emit_hashed(struct scan *s, const struct lead *l, const struct flag_near *near,
                        const struct flag_word *w, const struct joint *j)
{
    struct flag_find f = find_of(near, w, l->start, j->end);

    f.misses |= (j->pieces > 1 || l->hidden ? MISS_INSIDE : 0U) |
                (l->apart || l->doubled ? MISS_APART : 0U);
    check_hyphens(s, near, &f, l->letter);
    emit(s, f);
}

/* "#" and what follows it.  Gives the place to go on at. */
static size_t at_hash(struct scan *s, size_t at)
{
    const struct lead l = lead_at(s, at);
    struct flag_word w;
    struct flag_near joined;

    if (l.letter == 0 && !(s->field && l.start == 0 && l.next == 0))
        return l.next;
    w.size = 0;
    w.hidden = w.small = w.digit = w.strange = false;
    struct joint j = {.end = flag_piece_take(s->text, l.letter, &w), .pieces = 1};
    if (w.size == 0 || w.size > FLAG_LETTERS_MAX)
        return l.letter > l.next ? l.letter : l.next;
    const struct flag_near near = flag_nearest(s->set, &w, trust_of(s, &l));
    if (near.distance <= NEAR_LOOKS) {
        emit_hashed(s, &l, &near, &w, &j);
        return j.end;
    }
    struct flag_word longer = w;
    struct joint further = j;
    if (find_joined(s, &longer, &further, true, &joined)) {
        emit_hashed(s, &l, &joined, &longer, &further);
        return further.end;
    }
    if (near.distance == NEAR_NOT || near.distance == NEAR_MORE) {
        const size_t whole = run_on(s, &w, l.start, l.apart || l.doubled ? MISS_APART : 0U);
        if (whole != l.start)
            return whole;
    }
    if (near.distance != NEAR_NOT) {
        emit_hashed(s, &l, &near, &w, &j);
        return j.end;
    }
    return l.letter;
}

/* Signs that a keyboard of another country gives for "#". */
static void keep_sign(struct scan *s, size_t at, const struct glyph *g)
{
    const uint8_t c = s->text.at[at];
    const bool sign = c == '@' || c == '$' || c == '~' || c == '%';
    const bool pound = g->size == 2 && c == 0xc2 && s->text.at[at + 1] == 0xa3;

    if ((g->size == 1 && sign) || pound) {
        s->sign_at = at;
        s->sign_end = at + g->size;
    }
}

static void walk(struct scan *s, size_t at)
{
    bool first = true; /* between two blanks */

    while (at < s->text.size && !s->stopped) {
        const struct glyph g = glyph_at(s->text, at);
        size_t next = at + g.size;

        if (first && g.kind != GLYPH_BLANK && g.kind != GLYPH_BREAK) {
            first = false;
            if (flag_is_address(s->text, at, &next)) {
                s->before = GLYPH_OTHER;
                at = next;
                continue;
            }
            next = at + g.size;
        }
        first = first || g.kind == GLYPH_BLANK || g.kind == GLYPH_BREAK;
        enum glyph_kind before = g.kind;
        if (g.kind == GLYPH_HASH) {
            next = at_hash(s, at);
            before = next > at + g.size && s->last_end == next ? GLYPH_OTHER : GLYPH_HASH;
        } else if (g.kind == GLYPH_LETTER) {
            next = at_word(s, at);
        } else {
            keep_sign(s, at, &g);
        }
        s->before = before;
        at = next;
    }
}

void flag_scan(const struct flag_set *set, struct bytes text, flag_each each, void *context)
{
    struct scan s = {.set = set, .text = text, .each = each, .context = context};

    s.sign_at = s.last_end = text.size;
    walk(&s, 0);
}

void flag_scan_field(const struct flag_set *set, struct bytes field, flag_each each,
                     void *context)
{
    struct scan s = {
        .set = set, .text = field, .each = each, .context = context, .field = true};

    s.sign_at = s.last_end = field.size;
    const size_t at = at_hash(&s, 0);
    s.field = false;
    s.before = GLYPH_OTHER;
    walk(&s, at);
}
