#include "rule.h"

#include <string.h>

/*
 * F4: each text fits its field.  The limits are those of the wire's own tables; the names
 * are a report's, which for some fields are other ones.
 */

static const struct {
    const char *wire, *report; /* `report` NULL: made of another field, which is told */
    int kind;                  /* of `enum item_kind`; 0: any */
} names[] = {
    {"flags_submitted", "flags", ITEM_FACTS},
    {"flags", NULL, ITEM_FACTS},
    {"vrm", NULL, ITEM_VEHICLE},
    {"vrm_raw", "vrm", ITEM_VEHICLE},
    {"raw", "number", ITEM_PHONE},
    {"raw", "number", ITEM_ACCOUNT},
    {"raw", "address", ITEM_EMAIL},
    {"raw", "tag", ITEM_SOCIAL},
    {"raw", "number", ITEM_CONTAINER},
    {"reason", "grade_reason", ITEM_GRADE},
    {"e164", NULL, ITEM_PHONE},
    {"canonical", NULL, 0},
    {"pnc_id_canonical", NULL, 0},
    {"hull_id_canonical", NULL, 0},
    {"mmsi_canonical", NULL, 0},
    {"position_canonical", NULL, 0},
    {"postcode_canonical", NULL, 0},
};

static const char *name_of(enum item_kind kind, const char *wire)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if ((names[i].kind == 0 || names[i].kind == (int)kind) &&
            strcmp(names[i].wire, wire) == 0)
            return names[i].report;
    }
    return wire;
}

static const char *sentence_of(struct check *c, const struct item_excess *x)
{
    enum { ROOM = 96 };
    char *const text = arena_take(c->arena, ROOM);

    if (text == NULL)
        return "It is longer than this field takes.";
    struct writer w = writer_over(text, ROOM - 1);
    write_text(&w, "It is ");
    write_decimal(&w, x->size);
    write_text(&w, " bytes long, and this field takes ");
    write_decimal(&w, x->max);
    write_text(&w, ".");
    MUST(!w.bad);
    return text;
}

/* "texts[1]" is the head of "texts[1].text", and "" that of "title". */
static void check_item(struct check *c, const char *head, const struct item *item)
{
    struct item_excess x;

    for (size_t at = 0; item_next_excess(item, &at, &x);) {
        const char *field = name_of(item->kind, x.field);
        if (field == NULL)
            continue;
        if (x.is_list)
            field = rule_path(c, field, x.entry, NULL);
        rule_refuse(c, "F4", rule_joined(c, head, field), sentence_of(c, &x),
                    x.max > SHORT_TEXT_MAX
                        ? "Shorten it, or split it: a record may have more than one text, "
                          "each with its grade."
                        : "Shorten it; what does not fit here can stand in a text.  A "
                          "letter that is not of plain a to z takes two bytes or more.");
    }
}

static void check_graded(struct check *c, const char *head, const struct graded_text *t)
{
    check_item(c, head, &(struct item){.kind = ITEM_TEXT, .text = {.text = t->text}});
    check_item(c, head,
               &(struct item){.kind = ITEM_GRADE,
                              .grade = {.reason = t->grade.reason,
                                        .original_grade = t->grade.original_grade}});
}

static void check_part(struct check *c, const struct record_part *p)
{
    const uint8_t *const from = (const uint8_t *)c->record + p->offset;
    const size_t count = record_part_count(p, c->record);

    for (size_t i = 0; i < count; i++) {
        struct item item = {.kind = p->kind};
        memcpy((uint8_t *)&item + ITEM_BODY, from + i * p->size, p->size);
        check_item(c, rule_path(c, p->name, i, NULL), &item);
    }
}

void lengths_check(struct check *c)
{
    const struct record *const r = c->record;

    check_item(c, "", &(struct item){.kind = ITEM_FACTS, .facts = r->facts});
    check_item(c, "", &(struct item){.kind = ITEM_REPORT, .report = r->report});
    check_graded(c, "provenance", &r->provenance);
    for (size_t i = 0; i < r->text_count; i++)
        check_graded(c, rule_path(c, "texts", i, NULL), &r->texts[i]);
    for (size_t i = 0; record_part_at(i) != NULL; i++) {
        if (record_part_at(i)->kind != ITEM_ATTACHMENT) /* F9 tells of its */
            check_part(c, record_part_at(i));
    }
    for (size_t i = 0; i < r->identifier_count; i++) {
        const struct record_identifier *const x = &r->identifiers[i];
        check_item(
            c, rule_path(c, "identifiers", i, NULL),
            &(struct item){
                .kind = ITEM_IDENTIFIER,
                .identifier = {.type = x->type, .country = x->country, .raw = x->raw}});
    }
    for (size_t i = 0; i < r->link_count; i++)
        check_item(
            c, rule_path(c, "links", i, NULL),
            &(struct item){.kind = ITEM_LINK, .link = {.relation = r->links[i].relation}});
}
