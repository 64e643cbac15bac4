#include "record.h"

#include <string.h>

struct builder {
    struct arena *arena;
    struct bytes *items;
    size_t count;
};

static status add(struct builder *b, const struct item *item)
{
    ENSURE(b->count < ITEMS_MAX, E_LIMIT);
    TRY(item_encode(item, b->arena, &b->items[b->count]));
    b->count++;
    return OK;
}

/* A grade stands right behind what it grades, and says so by number. */
static status add_grade(struct builder *b, const struct grade *g)
{
    MUST(b->count > 0);
    return add(b, &(struct item){.kind = ITEM_GRADE,
                                 .grade = {.of_item = (uint32_t)b->count - 1,
                                           .source = g->source,
                                           .assessment = g->assessment,
                                           .reason = g->reason}});
}

static status add_head(struct builder *b, const struct record *r)
{
    const struct item_facts *const f = &r->facts;

    TRY(add(b, &(struct item){.kind = ITEM_FACTS, .facts = *f}));
    if (f->crime_code.size > 0)
        TRY(add(b, &(struct item){
                       .kind = ITEM_CODE,
                       .code = {.code = f->crime_code, .list_version = f->list_version}}));
    if (f->case_reference.size > 0)
        TRY(add(b, &(struct item){.kind = ITEM_CASE,
                                  .case_reference = {.reference = f->case_reference}}));
    return add(b, &(struct item){.kind = ITEM_REPORT, .report = r->report});
}

static status add_texts(struct builder *b, const struct record *r)
{
    TRY(add(b, &(struct item){.kind = ITEM_PROVENANCE,
                              .provenance = {.text = r->provenance.text}}));
    TRY(add_grade(b, &r->provenance.grade));
    for (size_t i = 0; i < r->text_count; i++) {
        const struct graded_text *const t = &r->texts[i];
        TRY(add(b, &(struct item){.kind = ITEM_TEXT,
                                  .text = {.text = t->text, .basis = t->basis}}));
        TRY(add_grade(b, &t->grade));
    }
    return OK;
}

static status add_things(struct builder *b, const struct record *r)
{
    for (size_t i = 0; i < r->person_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_PERSON, .person = r->persons[i]}));
    for (size_t i = 0; i < r->vehicle_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_VEHICLE, .vehicle = r->vehicles[i]}));
    for (size_t i = 0; i < r->phone_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_PHONE, .phone = r->phones[i]}));
    for (size_t i = 0; i < r->vessel_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_VESSEL, .vessel = r->vessels[i]}));
    for (size_t i = 0; i < r->address_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_ADDRESS, .address = r->addresses[i]}));
    for (size_t i = 0; i < r->document_count; i++)
        TRY(add(b, &(struct item){.kind = ITEM_DOCUMENT, .document = r->documents[i]}));
    return OK;
}

static bool counts_are_right(const struct record *r)
{
    return r->text_count <= RECORD_TEXTS_MAX && r->person_count <= RECORD_PERSONS_MAX &&
           r->vehicle_count <= RECORD_THINGS_MAX && r->phone_count <= RECORD_THINGS_MAX &&
           r->vessel_count <= RECORD_THINGS_MAX && r->address_count <= RECORD_THINGS_MAX &&
           r->document_count <= RECORD_THINGS_MAX;
}

status record_items(const struct record *r, struct arena *a, const struct bytes **ret_items,
                    size_t *ret_count)
{
    struct builder b = {.arena = a, .items = arena_array(a, ITEMS_MAX, sizeof *b.items)};

    MUST(counts_are_right(r));
    ENSURE(b.items != NULL, E_MEMORY);
    TRY(add_head(&b, r));
    TRY(add_texts(&b, r));
    TRY(add_things(&b, r));
    *ret_items = b.items;
    *ret_count = b.count;
    return OK;
}

struct cursor {
    const struct salted_item *items;
    size_t count;
    size_t at; /* of the first item not taken yet */
    struct arena *arena;
    struct item item; /* the one taken last */
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

/* The code and the case reference stand twice, so that each can be disclosed alone: both
 * places must agree, or a disclosed one would say what the record does not. */
static status read_head(struct cursor *c, struct record *r)
{
    struct item_facts *const f = &r->facts;

    TRY(take_kind(c, ITEM_FACTS));
    *f = c->item.facts;
    if (f->crime_code.size > 0) {
        TRY(take_kind(c, ITEM_CODE));
        ENSURE(bytes_equal(c->item.code.code, f->crime_code), E_FORM);
        ENSURE(c->item.code.list_version == f->list_version, E_FORM);
    }
    if (f->case_reference.size > 0) {
        TRY(take_kind(c, ITEM_CASE));
        ENSURE(bytes_equal(c->item.case_reference.reference, f->case_reference), E_FORM);
    }
    TRY(take_kind(c, ITEM_REPORT));
    r->report = c->item.report;
    return OK;
}

static status read_grade(struct cursor *c, struct grade *ret)
{
    TRY(take_kind(c, ITEM_GRADE));
    const struct item_grade *const g = &c->item.grade;
    ENSURE((size_t)g->of_item + 2 == c->at, E_FORM);
    *ret = (struct grade){
        .source = g->source, .assessment = g->assessment, .reason = g->reason};
    return OK;
}

static status read_text(struct cursor *c, struct record *r)
{
    ENSURE(r->text_count < RECORD_TEXTS_MAX, E_LIMIT);
    struct graded_text *const t = &r->texts[r->text_count++];
    t->text = c->item.text.text;
    t->basis = c->item.text.basis;
    return read_grade(c, &t->grade);
}

/* Room for one more of `count` things, or E_LIMIT. */
static status next_place(size_t *count, size_t max, size_t *ret)
{
    ENSURE(*count < max, E_LIMIT);
    *ret = (*count)++;
    return OK;
}

static status read_thing(struct cursor *c, struct record *r)
{
    size_t i = 0;

    switch (c->item.kind) {
    case ITEM_TEXT:
        return read_text(c, r);
    case ITEM_PERSON:
        TRY(next_place(&r->person_count, RECORD_PERSONS_MAX, &i));
        r->persons[i] = c->item.person;
        return OK;
    case ITEM_VEHICLE:
        TRY(next_place(&r->vehicle_count, RECORD_THINGS_MAX, &i));
        r->vehicles[i] = c->item.vehicle;
        return OK;
    case ITEM_PHONE:
        TRY(next_place(&r->phone_count, RECORD_THINGS_MAX, &i));
        r->phones[i] = c->item.phone;
        return OK;
    case ITEM_VESSEL:
        TRY(next_place(&r->vessel_count, RECORD_THINGS_MAX, &i));
        r->vessels[i] = c->item.vessel;
        return OK;
    case ITEM_ADDRESS:
        TRY(next_place(&r->address_count, RECORD_THINGS_MAX, &i));
        r->addresses[i] = c->item.address;
        return OK;
    case ITEM_DOCUMENT:
        TRY(next_place(&r->document_count, RECORD_THINGS_MAX, &i));
        r->documents[i] = c->item.document;
        return OK;
    case ITEM_FACTS:
    case ITEM_REPORT:
    case ITEM_PROVENANCE:
    case ITEM_GRADE:
    case ITEM_CODE:
    case ITEM_CASE:
    case ITEM_LINK:
    case ITEM_OUTCOME:
    case ITEM_AUDIT:
        return E_FORM;
    }
    return E_FORM;
}

static status read_body(struct cursor *c, struct record *r)
{
    enum item_kind last = ITEM_TEXT;

    TRY(take_kind(c, ITEM_PROVENANCE));
    r->provenance.text = c->item.provenance.text;
    TRY(read_grade(c, &r->provenance.grade));
    while (c->at < c->count) {
        TRY(take_next(c));
        ENSURE(c->item.kind >= last, E_FORM);
        last = c->item.kind;
        TRY(read_thing(c, r));
    }
    return OK;
}

status record_of_items(const struct salted_item *items, size_t count,
                       const struct label *label, struct arena *a, struct record *ret)
{
    struct cursor *const c = arena_take(a, sizeof *c);
    struct record *const r = arena_take(a, sizeof *r);

    ENSURE(c != NULL && r != NULL, E_MEMORY);
    *c = (struct cursor){.items = items, .count = count, .arena = a};
    r->label = *label;
    TRY(read_head(c, r));
    TRY(read_body(c, r));
    *ret = *r;
    return OK;
}
