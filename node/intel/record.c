#include "record.h"

#include <string.h>

enum { KINDS_MAX = 64 }; /* above every enum item_kind */

struct builder {
    struct arena *arena;
    const struct record *record;
    struct bytes *items;
    size_t count;
    size_t first[KINDS_MAX]; /* position of the first entity of each kind */
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
                                           .reason = g->reason,
                                           .original_scheme = g->original_scheme,
                                           .original_grade = g->original_grade}});
}

static bool has_dates(const struct item_facts *f)
{
    return f->date_of_intelligence.year != 0 || f->date_created.year != 0;
}

static status add_head(struct builder *b, const struct record *r)
{
    const struct item_facts *const f = &r->facts;

    TRY(add(b, &(struct item){.kind = ITEM_FACTS, .facts = *f}));
    for (size_t i = 0; i < f->flags.count; i++)
        TRY(add(b, &(struct item){
                       .kind = ITEM_FLAG,
                       .flag = {.flag = f->flags.at[i], .list_version = f->list_version}}));
    if (f->crime_code.size > 0)
        TRY(add(b, &(struct item){
                       .kind = ITEM_CODE,
                       .code = {.code = f->crime_code, .list_version = f->list_version}}));
    if (f->case_reference.size > 0)
        TRY(add(b, &(struct item){.kind = ITEM_CASE,
                                  .case_reference = {.reference = f->case_reference}}));
    if (has_dates(f))
        TRY(add(b, &(struct item){.kind = ITEM_DATES,
                                  .dates = {.intelligence = f->date_of_intelligence,
                                            .created = f->date_created}}));
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

static status add_part(struct builder *b, const struct record_part *p)
{
    const uint8_t *const from = (const uint8_t *)b->record + p->offset;
    const size_t count = record_part_count(p, b->record);

    b->first[p->kind] = b->count;
    for (size_t i = 0; i < count; i++) {
        struct item item = {.kind = p->kind};
        memcpy((uint8_t *)&item + ITEM_BODY, from + i * p->size, p->size);
        TRY(add(b, &item));
    }
    return OK;
}

static status position_of(const struct builder *b, struct entity_ref ref, uint32_t *ret)
{
    ENSURE(record_has(b->record, ref), E_VALUE);
    *ret = (uint32_t)b->first[ref.kind] + ref.index;
    return OK;
}

static status add_identifiers(struct builder *b)
{
    for (size_t i = 0; i < b->record->identifier_count; i++) {
        const struct record_identifier *const x = &b->record->identifiers[i];
        struct item item = {.kind = ITEM_IDENTIFIER,
                            .identifier = {.type = x->type,
                                           .country = x->country,
                                           .raw = x->raw,
                                           .canonical = x->canonical,
                                           .valid = x->valid}};
        TRY(position_of(b, x->of, &item.identifier.of_item));
        TRY(add(b, &item));
    }
    return OK;
}

static status add_links(struct builder *b)
{
    for (size_t i = 0; i < b->record->link_count; i++) {
        const struct record_link *const x = &b->record->links[i];
        struct item item = {.kind = ITEM_LINK, .link = {.relation = x->relation}};
        TRY(position_of(b, x->from, &item.link.from_item));
        TRY(position_of(b, x->to, &item.link.to_item));
        TRY(add(b, &item));
    }
    return OK;
}

static bool counts_are_right(const struct record *r)
{
    bool right = r->text_count <= RECORD_TEXTS_MAX &&
                 r->identifier_count <= RECORD_IDENTIFIERS_MAX &&
                 r->link_count <= RECORD_LINKS_MAX;

    for (size_t i = 0; record_part_at(i) != NULL; i++)
        right = right && record_part_count(record_part_at(i), r) <= record_part_at(i)->max;
    return right;
}

status record_items(const struct record *r, struct arena *a, const struct bytes **ret_items,
                    size_t *ret_count)
{
    struct builder b = {
        .arena = a, .record = r, .items = arena_array(a, ITEMS_MAX, sizeof *b.items)};

    MUST(counts_are_right(r));
    ENSURE(b.items != NULL, E_MEMORY);
    TRY(add_head(&b, r));
    TRY(add_texts(&b, r));
    for (size_t i = 0; record_part_at(i) != NULL; i++)
        TRY(add_part(&b, record_part_at(i)));
    TRY(add_identifiers(&b));
    TRY(add_links(&b));
    *ret_items = b.items;
    *ret_count = b.count;
    return OK;
}
