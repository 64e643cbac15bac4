#include "seek.h"

#include "sound.h"
#include "words.h"

#include <string.h>

/* One opened record against what is asked: nothing is a match by its tokens alone. */

/* How near a number came to what was asked; the nearest is told. */
enum nearness { NEAR_SAME, NEAR_WRITTEN, NEAR_IN_TEXT, NEAR_TAIL, NEAR_ALIKE, NEAR_NOT };

static const char *const near_words[] = {
    [NEAR_SAME] = "the same",
    [NEAR_WRITTEN] = "as it was written",
    [NEAR_IN_TEXT] = "in a text",
    [NEAR_TAIL] = "possible: the last nine digits",
    [NEAR_ALIKE] = "possible: it reads alike",
};

struct held {
    bool is_held;
    enum nearness near;
    struct record_place at;
    /* Of words: which of them were met, in each reading, and in which thing. */
    uint64_t met[SUBJECT_READINGS];
    size_t index;
};

struct seeking {
    const struct seek *seek;
    struct held parts[SEEK_PARTS_MAX];
    /* While a text or an identifier is looked at. */
    struct record_place at;
    enum identifier_type type;
    bool in_text;
};

/* --- numbers and flags --- */

static enum nearness nearness_of(const struct seeking *s, const struct seek_part *p,
                                 struct bytes message)
{
    const bool fits = s->type == 0 || p->type == 0 || s->type == p->type;

    switch (message.at[0]) {
    case TOKEN_IDENTIFIER:
    case TOKEN_FLAG:
        return NEAR_SAME;
    case TOKEN_NUMBER:
        return s->in_text ? NEAR_IN_TEXT : fits ? NEAR_WRITTEN : NEAR_NOT;
    case TOKEN_TAIL:
        return NEAR_TAIL;
    case TOKEN_ALIKE:
        return NEAR_ALIKE;
    default:
        return NEAR_NOT; /* a word of it is not yet it */
    }
}

static void hold(struct held *h, enum nearness near, struct record_place at)
{
    if (near == NEAR_NOT || (h->is_held && near >= h->near))
        return;
    *h = (struct held){.is_held = true, .near = near, .at = at};
}

static void compare_message(void *context, struct bytes message)
{
    struct seeking *const s = context;

    for (size_t i = 0; i < s->seek->part_count; i++) {
        const struct seek_part *const p = &s->seek->parts[i];
        if (seek_term_has(&p->term, message))
            hold(&s->parts[i], nearness_of(s, p, message), s->at);
    }
}

static void see_flag(void *context, struct record_place at, struct bytes flag)
{
    struct seeking *const s = context;

    s->at = at;
    s->type = (enum identifier_type)0;
    s->in_text = false;
    token_of_flag(flag, compare_message, s);
}

/* --- words --- */

static bool belongs(enum seek_field f, struct record_place at)
{
    if (f == SEEK_VESSEL)
        return strcmp(at.where, "vessels") == 0;
    if (f == SEEK_ADDRESS)
        return strcmp(at.where, "addresses") == 0;
    return f == SEEK_WORDS;
}

static uint64_t bits_of(const struct subject_name *wanted, struct bytes word)
{
    uint64_t met = 0;

    for (size_t i = 0; i < wanted->count; i++) {
        if (bytes_equal(word, bytes_of(wanted->words[i].text, wanted->words[i].size)))
            met |= UINT64_C(1) << i;
    }
    return met;
}

static uint64_t met_in(const struct subject_name *wanted, struct bytes text,
                       enum subject_reading reading)
{
    struct subject_word w;
    uint64_t met = 0;
    size_t at = 0;

    while (subject_word_next(text, &at, reading, &w)) {
        const struct bytes word = bytes_of(w.text, w.size);
        struct bytes digits;
        met |= bits_of(wanted, word);
        for (size_t in = 0; token_digits_next(word, &in, &digits);)
            met |= bits_of(wanted, digits);
    }
    return met;
}

_Static_assert(SUBJECT_WORDS_MAX < 64, "a bit for each word");

/* The words of a vessel or an address are those of one. */
static void see_words(struct seeking *s, size_t i, struct record_place at,
                      struct bytes text)
{
    const struct seek_part *const p = &s->seek->parts[i];
    struct held *const h = &s->parts[i];

    if (h->is_held || p->words[READING_APART].count == 0 || !belongs(p->field, at))
        return;
    if (p->field != SEEK_WORDS && h->index != at.index)
        memset(h->met, 0, sizeof h->met);
    h->index = at.index;
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        const struct subject_name *const wanted = &p->words[reading];
        h->met[reading] |= met_in(wanted, text, (enum subject_reading)reading);
        if (wanted->count > 0 && h->met[reading] == (UINT64_C(1) << wanted->count) - 1)
            hold(h, NEAR_SAME, at);
        if (h->is_held)
            return;
    }
}

static void see_identifier(void *context, struct record_place at, enum identifier_type type,
                           struct bytes canonical, struct bytes raw)
{
    struct seeking *const s = context;

    for (size_t i = 0; i < s->seek->part_count; i++) {
        see_words(s, i, at, canonical);
        see_words(s, i, at, raw);
    }
    s->at = at;
    s->type = type;
    s->in_text = false;
    if (type != 0)
        token_of_identifier(type, canonical, compare_message, s);
    token_of_number(canonical, compare_message, s);
    token_of_number(raw, compare_message, s);
    if (type == IDENTIFIER_PHONE)
        token_of_tail(canonical.size > 0 ? canonical : raw, compare_message, s);
    if (type == IDENTIFIER_VRM)
        token_of_alike(canonical, compare_message, s);
}

static bool joins(struct bytes text, size_t i)
{
    return i < text.size && (word_is_letter(text.at[i]) || word_is_digit(text.at[i]) ||
                             text.at[i] == '-' || text.at[i] >= 0x80);
}

/* By itself, and not the beginning or the end of another one. */
static bool has_address(struct bytes text, const struct seek_part *p)
{
    const struct bytes wanted = p->given;

    for (size_t i = 0; wanted.size <= text.size && i <= text.size - wanted.size; i++) {
        const size_t end = i + wanted.size;
        const bool goes_on = joins(text, end) || (end < text.size && text.at[end] == '.' &&
                                                  joins(text, end + 1));
        if (!goes_on && (i == 0 || !joins(text, i - 1)) &&
            word_same(bytes_of(text.at + i, wanted.size), wanted))
            return true;
    }
    return false;
}

/* A mailbox of one letter is no word to be found by. */
static bool may_be_in_text(const struct seek_part *p)
{
    for (size_t i = 0; i < p->term.count; i++) {
        if (p->term.any[i].at[0] == TOKEN_WORD)
            return p->field == SEEK_EMAIL;
    }
    return false;
}

static void see_name(void *context, struct record_place at, struct bytes name)
{
    struct seeking *const s = context;

    for (size_t i = 0; i < s->seek->part_count; i++)
        see_words(s, i, at, name);
}

static void see_text(void *context, struct record_place at, struct bytes text)
{
    struct seeking *const s = context;
    bool numbers = false;

    for (size_t i = 0; i < s->seek->part_count; i++) {
        const struct seek_part *const p = &s->seek->parts[i];
        see_words(s, i, at, text);
        if (may_be_in_text(p) && has_address(text, p))
            hold(&s->parts[i], NEAR_IN_TEXT, at);
        numbers = numbers || p->term.count > 0;
    }
    s->at = at;
    s->type = (enum identifier_type)0;
    s->in_text = true;
    if (numbers)
        tokens_of_text(text, compare_message, s);
}

/* --- persons --- */

static bool is_alike(const struct subject_word *a, const struct subject_word *b)
{
    uint8_t first[SOUND_MAX];
    uint8_t second[SOUND_MAX];
    const struct bytes x = bytes_of(a->text, a->size);
    const struct bytes y = bytes_of(b->text, b->size);
    const size_t size = sound_of(x, first);

    return bytes_equal(x, y) ||
           (size > 0 && sound_of(y, second) == size && memcmp(first, second, size) == 0);
}

static size_t long_words(const struct subject_name *n)
{
    size_t count = 0;

    for (size_t i = 0; i < n->count; i++)
        count += n->words[i].size > 1;
    return count;
}

/* All words of the shorter name sound like words of the other; two of them, and not mere
 * initials, where what is asked has two. */
static bool sounds_like(const struct subject_name *asked, const struct subject_name *name)
{
    const size_t needed = asked->count < name->count ? asked->count : name->count;
    bool used[SUBJECT_WORDS_MAX] = {false};
    size_t alike = 0;
    size_t long_alike = 0;

    for (size_t i = 0; i < asked->count; i++) {
        size_t k = 0;
        while (k < name->count && (used[k] || !is_alike(&asked->words[i], &name->words[k])))
            k++;
        if (k == name->count)
            continue;
        used[k] = true;
        alike++;
        long_alike += asked->words[i].size > 1;
    }
    return needed > 0 && alike >= needed &&
           (long_words(asked) < 2 ? long_alike == long_words(asked) : long_alike >= 2);
}

/* A name given in several fields, in any way of reading both. */
static bool fields_sound_like(const struct subject_query *q, struct bytes first,
                              const struct text_list *more)
{
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_name name = {0};
        subject_name_add(&name, first, (enum subject_reading)reading);
        for (size_t i = 0; more != NULL && i < more->count; i++)
            subject_name_add(&name, more->at[i], (enum subject_reading)reading);
        for (size_t i = 0; i < SUBJECT_READINGS; i++) {
            if (sounds_like(&q->names[i], &name))
                return true;
        }
    }
    return false;
}

static bool person_sounds_like(const struct subject_query *q, const struct item_person *p)
{
    if (fields_sound_like(q, p->surname, &p->given))
        return true;
    for (size_t i = 0; i < p->aliases.count; i++) {
        if (fields_sound_like(q, p->aliases.at[i], NULL))
            return true;
    }
    return false;
}

static void give(struct seek_found *f, enum seek_field field, const char *how,
                 struct record_place at)
{
    if (f->count < SEEK_HITS_MAX)
        f->hits[f->count++] = (struct seek_hit){.field = field, .how = how, .at = at};
}

static const char *how_of(enum subject_how how)
{
    switch (how) {
    case SUBJECT_WHOLE_NAME:
        return "the whole name";
    case SUBJECT_PART_OF_NAME:
        return "part of the name";
    case SUBJECT_IN_TEXT:
        return "the name in a text";
    case SUBJECT_NOT:
    case SUBJECT_IDENTIFIER:
        break;
    }
    return "";
}

static bool seek_person(const struct seek *s, const struct record *r, struct seek_found *f)
{
    struct subject_found named;

    subject_search(&s->person, r, &named);
    for (size_t i = 0; i < named.count; i++) {
        const struct subject_hit *const h = &named.hits[i];
        /* One word in common is too little where two are asked. */
        if (h->how == SUBJECT_PART_OF_NAME && !person_sounds_like(&s->person, h->person))
            continue;
        give(f, SEEK_NAME, how_of(h->how), (struct record_place){h->where, h->index});
    }
    for (size_t i = 0; f->count == 0 && i < r->person_count; i++) {
        if (person_sounds_like(&s->person, &r->persons[i]) &&
            subject_may_be(&s->person, &r->persons[i]))
            give(f, SEEK_NAME, "possible: it sounds alike",
                 (struct record_place){"persons", i});
    }
    return f->count > 0;
}

/* --- all of it --- */

static const char *how_held(enum seek_field f, enum nearness near)
{
    return f == SEEK_WORDS || f == SEEK_VESSEL || f == SEEK_ADDRESS ? "all words"
                                                                    : near_words[near];
}

void seek_in(const struct seek *s, const struct record *r, struct seek_found *ret)
{
    struct seeking all = {.seek = s};
    const struct record_visitor v = {.context = &all,
                                     .text = see_text,
                                     .name = see_name,
                                     .identifier = see_identifier,
                                     .flag = see_flag};

    *ret = (struct seek_found){.all = false};
    if (s->part_count > 0)
        record_walk(r, &v);
    for (size_t i = 0; i < s->part_count; i++) {
        if (!all.parts[i].is_held)
            return;
    }
    if (s->name.size > 0 && !seek_person(s, r, ret))
        return;
    ret->all = true;
    for (size_t i = 0; i < s->part_count; i++)
        give(ret, s->parts[i].field, how_held(s->parts[i].field, all.parts[i].near),
             all.parts[i].at);
}
