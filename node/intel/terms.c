#include "terms.h"

#include "words.h"

#include <string.h>

/* Small letters and digits; anything else is no letter of a term. */
static size_t bucket_of(uint8_t c)
{
    const uint8_t capital = word_upper(c);

    return word_is_digit(c) ? 26U + (size_t)(c - '0') : (size_t)(capital - 'A');
}

void terms_init(struct term_search *t, const struct lists *lists)
{
    const struct list_terms *const all = &lists->terms;

    *t = (struct term_search){.lists = lists};
    for (size_t i = all->term_count; i > 0; i--) {
        const struct list_term *const term = &all->terms[i - 1];
        const size_t bucket = bucket_of(term->words[term->word_count - 1].at[0]);
        t->next[i - 1] = t->first[bucket];
        t->first[bucket] = (uint16_t)i;
    }
}

static size_t flag_of(const struct lists *l, struct bytes flag)
{
    size_t i = 0;

    while (i < l->flag_count && !bytes_equal(l->flags[i], flag))
        i++;
    MUST(i < l->flag_count);
    return i;
}

static bool is_word(const struct list_term *term, size_t i, struct bytes word)
{
    const struct bytes wanted = term->words[i];
    const bool stem = (term->stems >> i & 1) != 0;

    if (word.size < wanted.size || (!stem && word.size != wanted.size))
        return false;
    return word_same(bytes_of(word.at, wanted.size), wanted);
}

/* The last words read, newest first. */
struct recent {
    size_t count;
    struct bytes words[LISTS_TERM_WORDS_MAX];
};

static void remember(struct recent *r, struct bytes word)
{
    memmove(&r->words[1], &r->words[0], sizeof r->words - sizeof r->words[0]);
    r->words[0] = word;
    if (r->count < COUNT_OF(r->words))
        r->count++;
}

static void look_up(struct term_search *t, const struct recent *r)
{
    const struct list_term *const terms = t->lists->terms.terms;

    for (size_t i = t->first[bucket_of(r->words[0].at[0])]; i > 0; i = t->next[i - 1]) {
        const struct list_term *const term = &terms[i - 1];
        size_t n = 0;
        while (n < term->word_count && n < r->count &&
               is_word(term, term->word_count - 1 - n, r->words[n]))
            n++;
        if (n < term->word_count)
            continue;
        uint16_t *const best = &t->heaviest[flag_of(t->lists, term->flag)][term->group];
        if (*best == 0 || terms[*best - 1].weight < term->weight)
            *best = (uint16_t)i;
    }
}

/* A full stop, or what ends a sentence like it, parts words. */
static bool is_stop(uint8_t c)
{
    return c == '.' || c == '!' || c == '?' || c == ';';
}

void terms_read(struct term_search *t, struct bytes text)
{
    struct recent r = {0};

    if (t->lists->terms.term_count == 0)
        return;
    for (size_t i = 0; i < text.size;) {
        const size_t start = i;
        bool plain = true;
        while (i < text.size && (word_is_letter(text.at[i]) || word_is_digit(text.at[i]) ||
                                 text.at[i] >= 0x80)) {
            plain = plain && text.at[i] < 0x80;
            i++;
        }
        if (i == start) {
            r.count = is_stop(text.at[i]) ? 0 : r.count;
            i++;
        } else if (plain) {
            remember(&r, bytes_of(text.at + start, i - start));
            look_up(t, &r);
        } else {
            r.count = 0;
        }
    }
}

uint32_t terms_weight(const struct term_search *t, size_t flag)
{
    uint32_t weight = 0;

    for (size_t g = 0; g < t->lists->terms.group_count; g++) {
        const uint16_t i = t->heaviest[flag][g];
        weight += i == 0 ? 0 : t->lists->terms.terms[i - 1].weight;
    }
    return weight;
}

void terms_write(const struct term_search *t, size_t flag, struct writer *w)
{
    enum { NAMED_MAX = 3 };
    size_t named = 0;

    for (size_t g = 0; g < t->lists->terms.group_count && named < NAMED_MAX; g++) {
        const uint16_t i = t->heaviest[flag][g];
        if (i == 0)
            continue;
        write_text(w, named++ == 0 ? "\"" : " and \"");
        write_bytes(w, t->lists->terms.terms[i - 1].text);
        write_text(w, "\"");
    }
}
