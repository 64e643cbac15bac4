#include "seek.h"

/*
 * By which tokens candidates are found.  Each term may find too much, and never too little:
 * whatever seek_in takes for a match has one of its messages.
 */

static struct seek_term *begin(struct seek_terms *t, bool is_soft)
{
    if (t->count == SEEK_TERMS_MAX)
        return NULL;
    t->at[t->count] = (struct seek_term){.is_soft = is_soft};
    return &t->at[t->count];
}

/* --- words --- */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands between blanks; false at the end. */
static bool chunk_next(struct bytes *rest, struct bytes *ret)
{
    size_t size = 0;

    while (rest->size > 0 && is_blank(rest->at[0]))
        *rest = bytes_from(*rest, 1);
    while (size < rest->size && !is_blank(rest->at[size]))
        size++;
    *ret = bytes_of(rest->at, size);
    *rest = bytes_from(*rest, size);
    return size > 0;
}

/* A text that has the chunk in some reading has its longest word in that reading.  False:
 * in one of them that is a single letter, which nothing is found by. */
static bool add_chunk(struct seek_term *t, struct bytes chunk, bool sounds)
{
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_word longest = {.size = 0};
        struct subject_word w;
        size_t at = 0;
        while (subject_word_next(chunk, &at, (enum subject_reading)reading, &w))
            longest = w.size > longest.size ? w : longest;
        if (longest.size < 2)
            return false;
        token_of_word(bytes_of(longest.text, longest.size), seek_term_add, t);
        if (sounds)
            token_of_sound(bytes_of(longest.text, longest.size), seek_term_add, t);
    }
    return true;
}

static status add_words(struct seek_terms *t, struct bytes text, bool of_a_name)
{
    struct bytes rest = text;
    struct bytes chunk;

    while (chunk_next(&rest, &chunk)) {
        struct seek_term *const term = begin(t, of_a_name);
        ENSURE(term != NULL, E_LIMIT);
        t->count += add_chunk(term, chunk, of_a_name);
    }
    return OK;
}

/* Of a longer name two words are enough: others may be missing on either side.  Where one
 * has a hyphen its parts are words as well, and may be the two. */
static status add_name(struct seek_terms *t, const struct seek *s)
{
    const size_t before = t->count;
    const struct subject_name *const names = s->person.names;
    const bool has_parts = names[READING_APART].count > names[READING_JOINED].count;

    TRY(add_words(t, s->name, true));
    const size_t words = t->count - before;
    t->soft_needed = words < 2 || has_parts ? (words > 0) : 2;
    return OK;
}

static status add_part(struct seek_terms *t, const struct seek_part *p)
{
    const size_t first = t->count;

    if (p->words[READING_APART].count > 0) {
        TRY(add_words(t, p->given, false));
        /* All of them as one number stand for each. */
        for (size_t i = first; i < t->count; i++) {
            for (size_t k = 0; k < p->term.count; k++)
                seek_term_add(&t->at[i], bytes_of(p->term.any[k].at, p->term.any[k].size));
        }
        return OK;
    }
    ENSURE(t->count < SEEK_TERMS_MAX, E_LIMIT);
    t->at[t->count++] = p->term;
    return OK;
}

status seek_terms(const struct seek *s, struct seek_terms *ret)
{
    ret->count = 0;
    ret->soft_needed = 0;
    for (size_t i = 0; i < s->part_count; i++)
        TRY(add_part(ret, &s->parts[i]));
    return s->name.size > 0 ? add_name(ret, s) : OK;
}
