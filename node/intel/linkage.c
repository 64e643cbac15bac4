#include "linkage.h"

#include "country.h"
#include "words.h"

#include <string.h>

/* What an identifier says of persons.  A mark may be cloned, which is common in this crime
 * type, and a boat carries many (design page 4, 4.3 and 4.6): neither links persons. */
static const struct {
    enum identifier_type type;
    enum linkage_strength strength;
} kinds[] = {
    {IDENTIFIER_PNC_ID, LINKAGE_PROBABLE},     {IDENTIFIER_CRO, LINKAGE_PROBABLE},
    {IDENTIFIER_NINO, LINKAGE_PROBABLE},       {IDENTIFIER_PASSPORT, LINKAGE_PROBABLE},
    {IDENTIFIER_IMEI, LINKAGE_PROBABLE},       {IDENTIFIER_PHONE, LINKAGE_POSSIBLE},
    {IDENTIFIER_EMAIL, LINKAGE_POSSIBLE},      {IDENTIFIER_IBAN, LINKAGE_POSSIBLE},
    {IDENTIFIER_UK_ACCOUNT, LINKAGE_POSSIBLE}, {IDENTIFIER_VRM, LINKAGE_THING},
    {IDENTIFIER_MMSI, LINKAGE_THING},          {IDENTIFIER_HULL, LINKAGE_THING},
};

enum { SOURCE_NOT_RELIABLE = 3, ASSESSED_FALSE = 5 }; /* "3" and "E" */

/* 0: it links nothing. */
static enum linkage_strength strength_of(enum identifier_type type)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].type == type)
            return kinds[i].strength;
    }
    return (enum linkage_strength)0;
}

static bool same_form(enum identifier_type type, struct bytes a, struct bytes b)
{
    const struct bytes x = identifier_compared(type, a);
    const struct bytes y = identifier_compared(type, b);

    if (x.size != y.size || x.size == 0)
        return false;
    for (size_t i = 0; i < x.size; i++) {
        if (word_upper(x.at[i]) != word_upper(y.at[i]))
            return false;
    }
    return true;
}

/* --- of one record --- */

struct collecting {
    const struct record *record;
    struct arena *arena;
    struct linkage_identifier *at;
    size_t count;
    status failed;
};

static struct bytes country_of(const struct record *r, struct record_place at)
{
    if (strcmp(at.where, "documents") == 0)
        return r->documents[at.index].country;
    if (strcmp(at.where, "identifiers") == 0)
        return r->identifiers[at.index].country;
    return (struct bytes){0};
}

/* Nobody's word for it is taken: what is written must come to this form, and be valid. */
static bool is_sound(struct collecting *c, const struct linkage_identifier *x,
                     struct bytes raw)
{
    const size_t mark = arena_mark(c->arena);
    struct identifier id = {0};

    const status s = identifier_of(x->type, x->country, raw.size > 0 ? raw : x->canonical,
                                   c->arena, &id);
    const bool sound =
        s == OK && id.valid && same_form(x->type, id.canonical, x->canonical);
    if (s == E_MEMORY)
        c->failed = s;
    arena_rewind(c->arena, mark);
    return sound;
}

static bool has(const struct collecting *c, const struct linkage_identifier *x)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->at[i].type == x->type &&
            same_form(x->type, c->at[i].canonical, x->canonical) &&
            bytes_equal(c->at[i].country, x->country))
            return true;
    }
    return false;
}

static void take_identifier(void *context, struct record_place at,
                            enum identifier_type type, struct bytes canonical,
                            struct bytes raw)
{
    struct collecting *const c = context;
    const struct linkage_identifier x = {.type = type,
                                         .canonical = canonical,
                                         .country = country_of(c->record, at),
                                         .at = at};

    if (strength_of(type) == 0 || canonical.size == 0 ||
        c->count == LINKAGE_IDENTIFIERS_MAX || has(c, &x) || !is_sound(c, &x, raw))
        return;
    c->at[c->count++] = x;
}

static void pass_text(void *context, struct record_place at, struct bytes text)
{
    (void)context;
    (void)at;
    (void)text;
}

status linkage_identifiers(const struct record *r, struct arena *a,
                           struct linkage_identifier *ret, size_t *ret_count)
{
    struct collecting c = {.record = r, .arena = a, .at = ret, .failed = OK};
    const struct record_visitor v = {.context = &c,
                                     .text = pass_text,
                                     .name = pass_text,
                                     .identifier = take_identifier,
                                     .flag = pass_text};

    record_walk(r, &v);
    *ret_count = c.count;
    return c.failed;
}

/* --- of two --- */

/* A passport's number is one of its country's, without which it is not valid. */
static bool same_country(const struct linkage_identifier *a,
                         const struct linkage_identifier *b)
{
    return a->type != IDENTIFIER_PASSPORT || word_same(a->country, b->country) ||
           (country_is_british(a->country) && country_is_british(b->country));
}

static void add_feature(struct linkage *l, const struct linkage_identifier *a,
                        const struct linkage_identifier *b)
{
    const enum linkage_strength strength = strength_of(a->type);

    l->at[l->count++] = (struct linkage_feature){
        .type = a->type, .canonical = a->canonical, .at = {a->at, b->at}};
    if (strength > l->strength)
        l->strength = strength;
}

static bool is_told(const struct linkage *l, const struct linkage_identifier *x)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->at[i].type == x->type &&
            same_form(x->type, l->at[i].canonical, x->canonical))
            return true;
    }
    return false;
}

static void compare(const struct linkage_identifier *x,
                    const struct linkage_identifier *others, size_t count,
                    struct linkage *l)
{
    for (size_t i = 0; i < count && l->count < LINKAGE_FEATURES_MAX; i++) {
        if (x->type == others[i].type && !is_told(l, x) &&
            same_form(x->type, x->canonical, others[i].canonical) &&
            same_country(x, &others[i]))
            add_feature(l, x, &others[i]);
    }
}

static bool is_weak(const struct record *r)
{
    for (size_t i = 0; i < r->text_count; i++) {
        if (r->texts[i].grade.source == SOURCE_NOT_RELIABLE ||
            r->texts[i].grade.assessment == ASSESSED_FALSE)
            return true;
    }
    return false;
}

static void weigh(const struct record *first, const struct record *second,
                  struct linkage *l)
{
    l->is_weak[0] = is_weak(first);
    l->is_weak[1] = is_weak(second);
    if (l->strength == LINKAGE_PROBABLE && (l->is_weak[0] || l->is_weak[1]))
        l->strength = LINKAGE_POSSIBLE;
    if (l->strength != 0 && (first->person_count == 0 || second->person_count == 0))
        l->strength = LINKAGE_THING;
}

status linkage_of(const struct record *first, const struct record *second, struct arena *a,
                  struct linkage *ret)
{
    struct linkage_identifier *const x =
        arena_array(a, (size_t)2 * LINKAGE_IDENTIFIERS_MAX, sizeof *x);
    struct linkage_identifier *const y = x == NULL ? NULL : &x[LINKAGE_IDENTIFIERS_MAX];
    size_t x_count = 0;
    size_t y_count = 0;

    ENSURE(x != NULL, E_MEMORY);
    memset(ret, 0, sizeof *ret);
    TRY(linkage_identifiers(first, a, x, &x_count));
    TRY(linkage_identifiers(second, a, y, &y_count));
    for (size_t i = 0; i < x_count; i++)
        compare(&x[i], y, y_count, ret);
    weigh(first, second, ret);
    return OK;
}

const char *linkage_strength_word(enum linkage_strength strength)
{
    switch (strength) {
    case LINKAGE_THING:
        return "the same thing: says nothing of persons";
    case LINKAGE_POSSIBLE:
        return "persons: possible";
    case LINKAGE_PROBABLE:
        return "persons: probable";
    }
    return "?";
}
