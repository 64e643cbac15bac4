#include "subject.h"

#include "flag_glyph.h"
#include "text.h"
#include "words.h"

#include <string.h>

static bool same_word(const struct subject_word *a, const struct subject_word *b)
{
    return bytes_equal(bytes_of(a->text, a->size), bytes_of(b->text, b->size));
}

/* Each word of `small` is in `large`, as often as it is there. */
static bool is_within(const struct subject_name *small, const struct subject_name *large)
{
    bool used[SUBJECT_WORDS_MAX] = {false};

    for (size_t i = 0; i < small->count; i++) {
        size_t k = 0;
        while (k < large->count &&
               (used[k] || !same_word(&small->words[i], &large->words[k])))
            k++;
        if (k == large->count)
            return false;
        used[k] = true;
    }
    return small->count > 0;
}

static bool is_better(enum subject_how a, enum subject_how b)
{
    return a != SUBJECT_NOT && (b == SUBJECT_NOT || a < b);
}

static enum subject_how compare(const struct subject_name *a, const struct subject_name *b)
{
    const bool within = is_within(a, b);

    if (within && a->count == b->count)
        return SUBJECT_WHOLE_NAME;
    return within || is_within(b, a) ? SUBJECT_PART_OF_NAME : SUBJECT_NOT;
}

/* A name given in several fields. */
static enum subject_how compare_fields(const struct subject_query *q, struct bytes first,
                                       const struct text_list *more)
{
    enum subject_how best = SUBJECT_NOT;

    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_name n = {0};
        subject_name_add(&n, first, (enum subject_reading)reading);
        for (size_t i = 0; more != NULL && i < more->count; i++)
            subject_name_add(&n, more->at[i], (enum subject_reading)reading);
        for (size_t i = 0; i < SUBJECT_READINGS; i++) {
            const enum subject_how how = compare(&q->names[i], &n);
            best = is_better(how, best) ? how : best;
        }
    }
    return best;
}

static enum subject_how compare_person(const struct subject_query *q,
                                       const struct item_person *p)
{
    enum subject_how best = compare_fields(q, p->surname, &p->given);

    for (size_t i = 0; i < p->aliases.count; i++) {
        const enum subject_how how = compare_fields(q, p->aliases.at[i], NULL);
        best = is_better(how, best) ? how : best;
    }
    return best;
}

/* 1 January is registered when the day is not known; day and month are often exchanged. */
static bool can_be_born(struct partial_date a, struct partial_date b)
{
    const bool year_only = (a.month == 1 && a.day == 1) || (b.month == 1 && b.day == 1);

    if (a.year == 0 || b.year == 0)
        return true;
    if (a.year != b.year)
        return false;
    if (year_only || a.month == 0 || b.month == 0)
        return true;
    if (a.day == 0 || b.day == 0)
        return a.month == b.month;
    return (a.month == b.month && a.day == b.day) || (a.month == b.day && a.day == b.month);
}

bool subject_may_be(const struct subject_query *q, const struct item_person *p)
{
    return can_be_born(q->born, p->born) ||
           (p->born_assessed.year != 0 && can_be_born(q->born, p->born_assessed));
}

static bool same_identifier(const struct subject_query *q, struct bytes value)
{
    if (q->identifier.size == 0 || value.size == 0)
        return false;
    return word_same(value, q->identifier) ||
           (q->canonical.size > 0 && word_same(identifier_compared(q->type, value),
                                               identifier_compared(q->type, q->canonical)));
}

/* Anywhere in a text, whatever stands between its letters and digits. */
static bool identifier_in_text(const struct subject_query *q, struct bytes text)
{
    enum { SHORTEST = 5 }; /* fewer are in any text by chance */
    uint8_t wanted[IDENTIFIER_RAW_MAX];
    size_t size = 0;
    bool in_word = false;

    for (size_t i = 0; i < q->identifier.size && size < sizeof wanted; i++) {
        if (word_is_letter(q->identifier.at[i]) || word_is_digit(q->identifier.at[i]))
            wanted[size++] = word_upper(q->identifier.at[i]);
    }
    if (size < SHORTEST)
        return false;
    for (size_t at = 0; at < text.size;) {
        const struct glyph g = glyph_at(text, at);
        size_t matched = 0;
        size_t k = at;
        while (!in_word && g.kind == GLYPH_LETTER && k < text.size && matched < size) {
            const struct glyph one = glyph_at(text, k);
            k += one.size;
            if (one.kind != GLYPH_LETTER)
                continue;
            if (one.plain != wanted[matched])
                break;
            matched++;
        }
        if (matched == size)
            return true;
        in_word = g.kind == GLYPH_LETTER;
        at += g.size;
    }
    return false;
}

_Static_assert(SUBJECT_WORDS_MAX < 64, "a bit for each word");

/* All words of the name, in any order; the text is read once. */
static bool has_words(const struct subject_name *name, struct bytes text,
                      enum subject_reading reading)
{
    const uint64_t all = (UINT64_C(1) << name->count) - 1;
    struct subject_word w;
    uint64_t met = 0;
    size_t at = 0;

    while (met != all && subject_word_next(text, &at, reading, &w)) {
        for (size_t i = 0; i < name->count; i++) {
            if (same_word(&w, &name->words[i]))
                met |= UINT64_C(1) << i;
        }
    }
    return met == all && name->count > 0;
}

static bool name_in_text(const struct subject_query *q, struct bytes text)
{
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        if (has_words(&q->names[reading], text, (enum subject_reading)reading))
            return true;
    }
    return false;
}

static void give(struct subject_found *f, enum subject_how how, const char *where,
                 size_t index)
{
    MUST(f->count < SUBJECT_HITS_MAX);
    f->hits[f->count++] = (struct subject_hit){.how = how, .where = where, .index = index};
}

static bool is_identified(const struct subject_query *q, const struct record *r, size_t i)
{
    const struct item_person *const p = &r->persons[i];

    if (same_identifier(q, p->pnc_id) || same_identifier(q, p->pnc_id_canonical) ||
        same_identifier(q, p->biometric_reference))
        return true;
    for (size_t k = 0; k < r->identifier_count; k++) {
        const struct record_identifier *const x = &r->identifiers[k];
        if (x->of.kind == ITEM_PERSON && x->of.index == i &&
            (same_identifier(q, x->raw) || same_identifier(q, x->canonical)))
            return true;
    }
    return false;
}

static void search_persons(const struct subject_query *q, const struct record *r,
                           struct subject_found *f)
{
    for (size_t i = 0; i < r->person_count; i++) {
        const struct item_person *const p = &r->persons[i];
        const bool identified = is_identified(q, r, i);
        const enum subject_how how = identified ? SUBJECT_IDENTIFIER : compare_person(q, p);

        if (how == SUBJECT_NOT)
            continue;
        if (!identified && !subject_may_be(q, p)) {
            f->born_otherwise++;
            continue;
        }
        give(f, how, "persons", i);
        f->hits[f->count - 1].person = p;
    }
}

/* The texts of a record's parts; an identifier's field is compared as one, too. */
struct field_of {
    enum item_kind kind;
    size_t offset;
    bool identifies;
};

#define TEXT_OF(kind, type, member)                                                        \
    {                                                                                      \
        kind, offsetof(struct type, member), false                                         \
    }
#define IDENTIFIER_OF(kind, type, member)                                                  \
    {                                                                                      \
        kind, offsetof(struct type, member), true                                          \
    }

static const struct field_of fields[] = {
    IDENTIFIER_OF(ITEM_VEHICLE, item_vehicle, vrm_raw),
    IDENTIFIER_OF(ITEM_VEHICLE, item_vehicle, vrm),
    TEXT_OF(ITEM_VEHICLE, item_vehicle, description),
    IDENTIFIER_OF(ITEM_PHONE, item_phone, raw),
    IDENTIFIER_OF(ITEM_PHONE, item_phone, e164),
    TEXT_OF(ITEM_VESSEL, item_vessel, name),
    TEXT_OF(ITEM_VESSEL, item_vessel, description),
    IDENTIFIER_OF(ITEM_VESSEL, item_vessel, hull_id),
    IDENTIFIER_OF(ITEM_VESSEL, item_vessel, hull_id_canonical),
    IDENTIFIER_OF(ITEM_VESSEL, item_vessel, mmsi),
    IDENTIFIER_OF(ITEM_VESSEL, item_vessel, mmsi_canonical),
    TEXT_OF(ITEM_ADDRESS, item_address, text),
    IDENTIFIER_OF(ITEM_ADDRESS, item_address, postcode),
    IDENTIFIER_OF(ITEM_ADDRESS, item_address, postcode_canonical),
    IDENTIFIER_OF(ITEM_ADDRESS, item_address, position),
    IDENTIFIER_OF(ITEM_ADDRESS, item_address, position_canonical),
    IDENTIFIER_OF(ITEM_DOCUMENT, item_document, number),
    IDENTIFIER_OF(ITEM_DOCUMENT, item_document, canonical),
    IDENTIFIER_OF(ITEM_ACCOUNT, item_account, raw),
    IDENTIFIER_OF(ITEM_ACCOUNT, item_account, canonical),
    TEXT_OF(ITEM_ACCOUNT, item_account, institution),
    TEXT_OF(ITEM_ACCOUNT, item_account, description),
    IDENTIFIER_OF(ITEM_EMAIL, item_email, raw),
    IDENTIFIER_OF(ITEM_EMAIL, item_email, canonical),
    IDENTIFIER_OF(ITEM_SOCIAL, item_social, raw),
    IDENTIFIER_OF(ITEM_SOCIAL, item_social, canonical),
    IDENTIFIER_OF(ITEM_CONTAINER, item_container, raw),
    IDENTIFIER_OF(ITEM_CONTAINER, item_container, canonical),
    TEXT_OF(ITEM_CONTAINER, item_container, description),
    TEXT_OF(ITEM_ORGANISATION, item_organisation, name),
    TEXT_OF(ITEM_ORGANISATION, item_organisation, description),
    TEXT_OF(ITEM_EVENT, item_event, description),
    IDENTIFIER_OF(ITEM_REFERENCE, item_reference, reference),
    TEXT_OF(ITEM_ATTACHMENT, item_attachment, name),
    TEXT_OF(ITEM_ATTACHMENT, item_attachment, description),
};

/* What has been found outside the list of persons. */
struct elsewhere {
    const struct subject_query *query;
    struct subject_found *found;
    bool name, identifier;
};

static void search_text(struct elsewhere *e, const char *where, size_t index,
                        struct bytes text, bool identifies)
{
    if (!e->identifier && ((identifies && same_identifier(e->query, text)) ||
                           identifier_in_text(e->query, text))) {
        e->identifier = true;
        give(e->found, SUBJECT_IDENTIFIER, where, index);
    }
    if (!e->name && name_in_text(e->query, text)) {
        e->name = true;
        give(e->found, SUBJECT_IN_TEXT, where, index);
    }
}

static void search_part(struct elsewhere *e, const struct record *r,
                        const struct record_part *p)
{
    const size_t count = record_part_count(p, r);

    for (size_t k = 0; k < COUNT_OF(fields); k++) {
        if (fields[k].kind != p->kind)
            continue;
        for (size_t i = 0; i < count; i++) {
            struct bytes text;
            memcpy(&text, (const uint8_t *)r + p->offset + i * p->size + fields[k].offset,
                   sizeof text);
            search_text(e, p->name, i, text, fields[k].identifies);
        }
    }
}

static void search_elsewhere(const struct subject_query *q, const struct record *r,
                             struct subject_found *f)
{
    struct elsewhere e = {.query = q, .found = f};
    const struct bytes report[] = {r->report.title,       r->report.caveat,
                                   r->report.conditions,  r->report.condition_reason,
                                   r->report.a3_usage,    r->report.risk,
                                   r->report.pii_decision};

    for (size_t i = 0; i < r->text_count; i++)
        search_text(&e, "texts", i, r->texts[i].text, false);
    search_text(&e, "provenance", 0, r->provenance.text, false);
    for (size_t i = 0; i < COUNT_OF(report); i++)
        search_text(&e, "report", 0, report[i], false);
    for (size_t row = 0; record_part_at(row) != NULL; row++)
        search_part(&e, r, record_part_at(row));
    for (size_t i = 0; i < r->identifier_count; i++) {
        if (r->identifiers[i].of.kind == ITEM_PERSON)
            continue;
        search_text(&e, "identifiers", i, r->identifiers[i].raw, true);
        search_text(&e, "identifiers", i, r->identifiers[i].canonical, true);
    }
}

static bool is_found(const struct subject_found *f, enum subject_how how, const char *where)
{
    size_t i = 0;

    while (i < f->count && (f->hits[i].how != how || strcmp(f->hits[i].where, where) != 0))
        i++;
    return i < f->count;
}

void subject_search_text(const struct subject_query *q, struct bytes text,
                         const char *where, size_t index, struct subject_found *f)
{
    struct elsewhere e = {.query = q,
                          .found = f,
                          .name = is_found(f, SUBJECT_IN_TEXT, where),
                          .identifier = is_found(f, SUBJECT_IDENTIFIER, where)};

    search_text(&e, where, index, text, false);
}

void subject_search(const struct subject_query *q, const struct record *r,
                    struct subject_found *ret)
{
    *ret = (struct subject_found){0};
    search_persons(q, r, ret);
    search_elsewhere(q, r, ret);
}
