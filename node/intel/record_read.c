#include "record.h"

#include <string.h>

/*
 * The other direction of record.c: items back to a record.  Their order is fixed, so that
 * one record has one list of items.
 */

struct cursor {
    const struct salted_item *items;
    size_t count;
    size_t at; /* of the first item not taken yet */
    struct arena *arena;
    struct item item; /* the one taken last */
    struct record *record;
    size_t things; /* position behind the texts, where the parts begin */
};

static status take_next(struct cursor *c)
{
    ENSURE(c->at < c->count, E_FORM);
    TRY(item_decode(c->items[c->at].item, c->arena, &c->item));
    c->at++;
    return OK;
}

static status take_kind(struct cursor *c, enum item_kind kind)
{
    TRY(take_next(c));
    ENSURE(c->item.kind == kind, E_FORM);
    return OK;
}

/* What stands twice, so that it can be disclosed alone, must say the same in both places:
 * or a disclosed one would say what the record does not. */
static status read_flags(struct cursor *c, const struct item_facts *f)
{
    for (size_t i = 0; i < f->flags.count; i++) {
        TRY(take_kind(c, ITEM_FLAG));
        ENSURE(bytes_equal(c->item.flag.flag, f->flags.at[i]), E_FORM);
        ENSURE(c->item.flag.list_version == f->list_version, E_FORM);
    }
    return OK;
}

static bool same_date(struct partial_date a, struct partial_date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

static status read_dates(struct cursor *c, const struct item_facts *f)
{
    if (f->date_of_intelligence.year == 0 && f->date_created.year == 0)
        return OK;
    TRY(take_kind(c, ITEM_DATES));
    ENSURE(same_date(c->item.dates.intelligence, f->date_of_intelligence), E_FORM);
    ENSURE(same_date(c->item.dates.created, f->date_created), E_FORM);
    return OK;
}

static status read_head(struct cursor *c)
{
    struct item_facts *const f = &c->record->facts;

    TRY(take_kind(c, ITEM_FACTS));
    *f = c->item.facts;
    TRY(read_flags(c, f));
    if (f->crime_code.size > 0) {
        TRY(take_kind(c, ITEM_CODE));
        ENSURE(bytes_equal(c->item.code.code, f->crime_code), E_FORM);
        ENSURE(c->item.code.list_version == f->list_version, E_FORM);
    }
    if (f->case_reference.size > 0) {
        TRY(take_kind(c, ITEM_CASE));
        ENSURE(bytes_equal(c->item.case_reference.reference, f->case_reference), E_FORM);
    }
    TRY(read_dates(c, f));
    TRY(take_kind(c, ITEM_REPORT));
    c->record->report = c->item.report;
    return OK;
}

static status read_grade(struct cursor *c, struct grade *ret)
{
    TRY(take_kind(c, ITEM_GRADE));
    const struct item_grade *const g = &c->item.grade;
    ENSURE((size_t)g->of_item + 2 == c->at, E_FORM);
    *ret = (struct grade){.source = g->source,
                          .assessment = g->assessment,
                          .reason = g->reason,
                          .original_scheme = g->original_scheme,
                          .original_grade = g->original_grade};
    return OK;
}

static status read_text(struct cursor *c)
{
    struct record *const r = c->record;

    ENSURE(r->text_count < RECORD_TEXTS_MAX, E_LIMIT);
    struct graded_text *const t = &r->texts[r->text_count++];
    t->text = c->item.text.text;
    t->basis = c->item.text.basis;
    return read_grade(c, &t->grade);
}

static status read_part(struct cursor *c, const struct record_part *p)
{
    uint8_t *const to = (uint8_t *)c->record + p->offset;
    size_t count = record_part_count(p, c->record);

    ENSURE(count < p->max, E_LIMIT);
    memcpy(to + count * p->size, (const uint8_t *)&c->item + ITEM_BODY, p->size);
    count++;
    memcpy((uint8_t *)c->record + p->count_offset, &count, sizeof count);
    return OK;
}

/* The parts follow the texts row by row, so counting finds each one's place.  E_FORM for
 * the position of anything but an entity. */
static status ref_of(const struct cursor *c, uint32_t position, struct entity_ref *ret)
{
    size_t first = c->things;

    for (size_t i = 0; record_part_at(i) != NULL; i++) {
        const struct record_part *const p = record_part_at(i);
        const size_t count = record_part_count(p, c->record);

        if (p->is_entity && position >= first && position - first < count) {
            *ret = (struct entity_ref){(uint32_t)p->kind, position - (uint32_t)first};
            return OK;
        }
        first += count;
    }
    return E_FORM;
}

static status read_identifier(struct cursor *c)
{
    struct record *const r = c->record;
    const struct item_identifier *const x = &c->item.identifier;

    ENSURE(r->identifier_count < RECORD_IDENTIFIERS_MAX, E_LIMIT);
    struct record_identifier *const to = &r->identifiers[r->identifier_count++];
    *to = (struct record_identifier){.type = x->type,
                                     .country = x->country,
                                     .raw = x->raw,
                                     .canonical = x->canonical,
                                     .valid = x->valid};
    return ref_of(c, x->of_item, &to->of);
}

static status read_link(struct cursor *c)
{
    struct record *const r = c->record;
    const struct item_link *const x = &c->item.link;

    ENSURE(r->link_count < RECORD_LINKS_MAX, E_LIMIT);
    struct record_link *const to = &r->links[r->link_count++];
    to->relation = x->relation;
    TRY(ref_of(c, x->from_item, &to->from));
    return ref_of(c, x->to_item, &to->to);
}

/* Steps of the order: texts, the parts by their rows, identifiers, links, and what tells of
 * the record's history (lifecycle.h), which is not what the record says. */
enum {
    STEP_TEXT = 0,
    STEP_PART = 1,
    STEP_IDENTIFIER = 100,
    STEP_LINK = 101,
    STEP_HISTORY = 102,
};

static status step_of(enum item_kind kind, size_t *ret)
{
    if (kind == ITEM_TEXT || kind == ITEM_IDENTIFIER || kind == ITEM_LINK) {
        *ret = kind == ITEM_TEXT         ? STEP_TEXT
               : kind == ITEM_IDENTIFIER ? STEP_IDENTIFIER
                                         : STEP_LINK;
        return OK;
    }
    if (kind == ITEM_SUPERSEDES || kind == ITEM_LINEAGE || kind == ITEM_PROOF) {
        *ret = STEP_HISTORY;
        return OK;
    }
    for (size_t i = 0; record_part_at(i) != NULL; i++) {
        if (record_part_at(i)->kind == kind) {
            *ret = STEP_PART + i;
            return OK;
        }
    }
    return E_FORM;
}

static status read_step(struct cursor *c, size_t step)
{
    if (step == STEP_TEXT) {
        TRY(read_text(c));
        c->things = c->at;
        return OK;
    }
    if (step == STEP_IDENTIFIER)
        return read_identifier(c);
    if (step == STEP_LINK)
        return read_link(c);
    if (step == STEP_HISTORY)
        return OK;
    return read_part(c, record_part_at(step - STEP_PART));
}

static status read_body(struct cursor *c)
{
    size_t last = STEP_TEXT;
    size_t step = 0;

    TRY(take_kind(c, ITEM_PROVENANCE));
    c->record->provenance.text = c->item.provenance.text;
    TRY(read_grade(c, &c->record->provenance.grade));
    c->things = c->at;
    while (c->at < c->count) {
        TRY(take_next(c));
        TRY(step_of(c->item.kind, &step));
        ENSURE(step >= last, E_FORM);
        last = step;
        TRY(read_step(c, step));
    }
    return OK;
}

status record_of_items(const struct salted_item *items, size_t count,
                       const struct label *label, struct arena *a, struct record *ret)
{
    struct cursor *const c = arena_take(a, sizeof *c);
    struct record *const r = arena_take(a, sizeof *r);

    ENSURE(c != NULL && r != NULL, E_MEMORY);
    *c = (struct cursor){.items = items, .count = count, .arena = a, .record = r};
    r->label = *label;
    TRY(read_head(c));
    TRY(read_body(c));
    *ret = *r;
    return OK;
}
