#include "excerpt_record.h"

#include <string.h>

struct composing {
    const struct excerpt_item *items;
    size_t count;
    struct item *decoded;
    struct entity_ref *refs; /* what each item became; kind 0: nothing that can be joined */
    struct record *record;
};

/* The grade that stands right behind what it grades, if it was chosen too. */
static struct grade grade_behind(const struct composing *c, size_t i)
{
    struct grade none = {0};

    if (i + 1 == c->count || c->items[i + 1].position != c->items[i].position + 1 ||
        c->decoded[i + 1].kind != ITEM_GRADE ||
        c->decoded[i + 1].grade.of_item != c->items[i].position)
        return none;
    const struct item_grade *const g = &c->decoded[i + 1].grade;
    return (struct grade){.source = g->source,
                          .assessment = g->assessment,
                          .reason = g->reason,
                          .original_scheme = g->original_scheme,
                          .original_grade = g->original_grade};
}

static status take_text(struct composing *c, size_t i)
{
    struct record *const r = c->record;
    const struct item_text *const t = &c->decoded[i].text;

    ENSURE(r->text_count < RECORD_TEXTS_MAX, E_LIMIT);
    r->texts[r->text_count++] = (struct graded_text){
        .text = t->text, .basis = t->basis, .grade = grade_behind(c, i)};
    return OK;
}

static status take_part(struct composing *c, size_t i)
{
    const struct item *const item = &c->decoded[i];

    for (size_t row = 0; record_part_at(row) != NULL; row++) {
        const struct record_part *const p = record_part_at(row);
        if (p->kind != item->kind)
            continue;
        const size_t at = record_part_count(p, c->record);
        const size_t more = at + 1;
        ENSURE(at < p->max, E_LIMIT);
        memcpy((uint8_t *)c->record + p->offset + at * p->size,
               (const uint8_t *)item + ITEM_BODY, p->size);
        memcpy((uint8_t *)c->record + p->count_offset, &more, sizeof more);
        if (p->is_entity)
            c->refs[i] =
                (struct entity_ref){.kind = (uint32_t)item->kind, .index = (uint32_t)at};
    }
    return OK;
}

static bool ref_of(const struct composing *c, uint32_t position, struct entity_ref *ret)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->items[i].position == position && c->refs[i].kind != 0) {
            *ret = c->refs[i];
            return true;
        }
    }
    return false;
}

static status take_joined(struct composing *c, const struct item *item)
{
    struct record *const r = c->record;
    struct entity_ref from = {0};
    struct entity_ref to = {0};

    if (item->kind == ITEM_IDENTIFIER && ref_of(c, item->identifier.of_item, &from)) {
        ENSURE(r->identifier_count < RECORD_IDENTIFIERS_MAX, E_LIMIT);
        r->identifiers[r->identifier_count++] =
            (struct record_identifier){.of = from,
                                       .type = item->identifier.type,
                                       .country = item->identifier.country,
                                       .raw = item->identifier.raw,
                                       .canonical = item->identifier.canonical,
                                       .valid = item->identifier.valid};
    }
    if (item->kind == ITEM_LINK && ref_of(c, item->link.from_item, &from) &&
        ref_of(c, item->link.to_item, &to)) {
        ENSURE(r->link_count < RECORD_LINKS_MAX, E_LIMIT);
        r->links[r->link_count++] =
            (struct record_link){.from = from, .to = to, .relation = item->link.relation};
    }
    return OK;
}

static status take(struct composing *c, size_t i)
{
    const struct item *const item = &c->decoded[i];

    if (item->kind == ITEM_FACTS) {
        c->record->facts = item->facts;
    } else if (item->kind == ITEM_REPORT) {
        c->record->report = item->report;
    } else if (item->kind == ITEM_PROVENANCE) {
        c->record->provenance.text = item->provenance.text;
        c->record->provenance.grade = grade_behind(c, i);
    } else if (item->kind == ITEM_TEXT) {
        return take_text(c, i);
    } else if (item->kind == ITEM_IDENTIFIER || item->kind == ITEM_LINK) {
        return take_joined(c, item); /* they stand behind what they join */
    } else if (item->kind != ITEM_ATTACHMENT) {
        return take_part(c, i);
    }
    return OK;
}

static status compose(const struct excerpt_item *items, size_t count, struct arena *a,
                      struct composing *ret)
{
    struct composing c = {.items = items, .count = count};

    c.decoded = arena_array(a, count, sizeof *c.decoded);
    c.refs = arena_array(a, count, sizeof *c.refs);
    c.record = arena_take(a, sizeof *c.record);
    ENSURE(c.decoded != NULL && c.refs != NULL && c.record != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const status s = item_decode(items[i].value, a, &c.decoded[i]);
        ENSURE(s == OK, s == E_MEMORY ? s : E_FORM);
    }
    for (size_t i = 0; i < count; i++)
        TRY(take(&c, i));
    *ret = c;
    return OK;
}

status excerpt_record(const struct excerpt_item *items, size_t count,
                      const struct label *label, struct arena *a, struct record *ret)
{
    struct composing c;

    TRY(compose(items, count, a, &c));
    *ret = *c.record;
    ret->label = *label;
    return OK;
}

static bool grade_equal(const struct grade *a, const struct grade *b)
{
    return a->source == b->source && a->assessment == b->assessment &&
           bytes_equal(a->reason, b->reason);
}

static bool text_equal(const struct graded_text *a, const struct graded_text *b)
{
    return bytes_equal(a->text, b->text) && a->basis == b->basis &&
           grade_equal(&a->grade, &b->grade);
}

/* The same list of things, each encoded just as it was. */
static status parts_equal(const struct record *x, const struct record *y, struct arena *a,
                          bool *ret)
{
    bool same = true;

    for (size_t row = 0; record_part_at(row) != NULL; row++) {
        const struct record_part *const p = record_part_at(row);
        const size_t count = record_part_count(p, x);
        same = same && count == record_part_count(p, y);
        for (size_t i = 0; same && i < count; i++) {
            struct item mine = {.kind = p->kind};
            struct item theirs = {.kind = p->kind};
            struct bytes one = {0};
            struct bytes other = {0};
            memcpy((uint8_t *)&mine + ITEM_BODY,
                   (const uint8_t *)x + p->offset + i * p->size, p->size);
            memcpy((uint8_t *)&theirs + ITEM_BODY,
                   (const uint8_t *)y + p->offset + i * p->size, p->size);
            TRY(item_encode(&mine, a, &one));
            TRY(item_encode(&theirs, a, &other));
            same = bytes_equal(one, other);
        }
    }
    *ret = same;
    return OK;
}

static status report_equal(const struct record *x, const struct record *y, struct arena *a,
                           bool *ret)
{
    const struct item mine = {.kind = ITEM_REPORT, .report = x->report};
    const struct item theirs = {.kind = ITEM_REPORT, .report = y->report};
    struct bytes one = {0};
    struct bytes other = {0};

    TRY(item_encode(&mine, a, &one));
    /* Without the report it was not shown, and the copy cannot have it either. */
    const status s = item_encode(&theirs, a, &other);
    *ret = s == OK && bytes_equal(one, other);
    return s == E_MEMORY ? s : OK;
}

status excerpt_holds(const struct excerpt_item *items, size_t count,
                     const struct record *copy, struct arena *a, bool *ret)
{
    struct composing c;
    bool same = false;
    bool parts = false;

    TRY(compose(items, count, a, &c));
    const struct record *const r = c.record;
    TRY(report_equal(copy, r, a, &same));
    TRY(parts_equal(copy, r, a, &parts));
    same = same && parts && copy->text_count == r->text_count &&
           text_equal(&copy->provenance, &r->provenance) &&
           copy->identifier_count == r->identifier_count &&
           copy->link_count == r->link_count;
    for (size_t i = 0; same && i < r->text_count; i++)
        same = text_equal(&copy->texts[i], &r->texts[i]);
    *ret = same;
    return OK;
}
