/* Items and contents.  In the frozen items each field holds its own name, so that a member
 * that came from the wrong field shows. */

#include "content.h"

#include "vector_file.h"

#define CHECK_IS(got, wanted) CHECK_BYTES(got, bytes_of_text(wanted))

static void check_facts(const struct item_facts *f)
{
    CHECK_INT(f->flags_submitted.count, 2);
    CHECK_IS(f->flags_submitted.at[0], "#flag one");
    CHECK_IS(f->flags_submitted.at[1], "#flag two");
    CHECK_INT(f->flags.count, 2);
    CHECK_IS(f->flags.at[1], "flag two");
    CHECK_IS(f->crime_code, "crime_code");
    CHECK_INT(f->offence_codes.count, 1);
    CHECK_IS(f->offence_codes.at[0], "offence_codes");
    CHECK_INT(f->list_version, 7);
    CHECK_IS(f->station, "station");
    CHECK_IS(f->case_reference, "case_reference");
    CHECK_IS(f->urn, "urn");
    CHECK_INT(f->date_of_intelligence.year, 2026);
    CHECK_INT(f->date_of_intelligence.month, 11);
    CHECK_INT(f->date_of_intelligence.day, 23);
    CHECK_INT(f->date_created.month, 11);
    CHECK_INT(f->date_created.day, 0);
}

static void check_report(const struct item_report *r)
{
    CHECK_IS(r->title, "title");
    CHECK_IS(r->caveat, "caveat");
    CHECK_IS(r->contact, "contact");
    CHECK_INT(r->purpose, PURPOSE_PREVENT);
    CHECK_IS(r->conditions, "conditions");
    CHECK_IS(r->condition_reason, "condition_reason");
    CHECK_IS(r->a3_usage, "a3_usage");
    CHECK_IS(r->risk, "risk");
    CHECK_IS(r->pii_decision, "pii_decision");
    CHECK(r->no_intercept);
}

static void check_person(const struct item_person *p)
{
    CHECK_IS(p->surname, "surname");
    CHECK_INT(p->given.count, 2);
    CHECK_IS(p->given.at[0], "given one");
    CHECK_INT(p->aliases.count, 1);
    CHECK_IS(p->aliases.at[0], "aliases");
    CHECK_INT(p->born.year, 1970);
    CHECK_INT(p->born.month, 0);
    CHECK_IS(p->gender, "gender");
    CHECK_INT(p->role_count, 2);
    CHECK_INT(p->roles[0], ROLE_SUSPECT);
    CHECK_INT(p->roles[1], ROLE_UNKNOWN);
    CHECK_IS(p->pnc_id, "pnc_id");
    CHECK(p->pnc_id_valid);
}

static void check_outcome(const struct item_outcome *o)
{
    const record_id none = {{0}};

    CHECK_TEXT(o->agency.text, "F055");
    CHECK(!record_id_equal(&o->id, &none));
    CHECK_INT(o->what, OUTCOME_UNOPENABLE);
    CHECK_INT(o->at, 1795471200000);
    CHECK_IS(o->person, "person");
    CHECK_IS(o->reference, "reference");
    CHECK_IS(o->reason, "reason");
}

static void check_audit(const struct item_audit *r)
{
    const record_id none = {{0}};

    CHECK_INT(r->at, 1795471200000);
    CHECK_INT(r->operation, AUDIT_INSTALL);
    CHECK_IS(r->actor, "actor");
    CHECK_IS(r->channel, "channel");
    CHECK(r->has_object);
    CHECK_TEXT(r->object_stream.agency.text, "F055");
    CHECK_INT(r->object_stream.lane, LANE_IMMEDIATE);
    CHECK_INT(r->object_stream.epoch.counter, 1);
    CHECK_INT(r->object_index, 99);
    CHECK(!record_id_equal(&r->object, &none));
    CHECK_IS(r->justification, "justification");
    CHECK_INT(r->recipients.count, 1);
    CHECK_IS(r->recipients.at[0], "recipients");
    CHECK_INT(r->rules.count, 2);
    CHECK_IS(r->rules.at[1], "R4");
    CHECK_IS(r->station, "station");
    CHECK_INT(r->digest.size, 32);
    CHECK_IS(r->outcome, "outcome");
}

static void check_things(const struct item *i)
{
    if (i->kind == ITEM_VEHICLE) {
        CHECK_IS(i->vehicle.vrm_raw, "vrm_raw");
        CHECK_IS(i->vehicle.vrm, "vrm");
        CHECK(i->vehicle.vrm_valid);
        CHECK_IS(i->vehicle.description, "description");
    } else if (i->kind == ITEM_PHONE) {
        CHECK_IS(i->phone.raw, "raw");
        CHECK_IS(i->phone.e164, "e164");
        CHECK(i->phone.valid);
    } else if (i->kind == ITEM_VESSEL) {
        CHECK_IS(i->vessel.name, "name");
        CHECK_IS(i->vessel.hull_id, "hull_id");
        CHECK_IS(i->vessel.mmsi, "mmsi");
        CHECK_IS(i->vessel.description, "description");
    } else if (i->kind == ITEM_ADDRESS) {
        CHECK_IS(i->address.text, "text");
        CHECK_IS(i->address.postcode, "postcode");
    } else {
        CHECK_INT(i->kind, ITEM_DOCUMENT);
        CHECK_IS(i->document.type, "type");
        CHECK_IS(i->document.number, "number");
        CHECK_IS(i->document.country, "country");
    }
}

static void check_item(const struct item *i)
{
    switch (i->kind) {
    case ITEM_FACTS:
        check_facts(&i->facts);
        return;
    case ITEM_REPORT:
        check_report(&i->report);
        return;
    case ITEM_PROVENANCE:
        CHECK_IS(i->provenance.text, "text");
        return;
    case ITEM_TEXT:
        CHECK_IS(i->text.text, "text");
        CHECK_INT(i->text.basis, BASIS_OPINION);
        return;
    case ITEM_GRADE:
        CHECK_INT(i->grade.of_item, 255);
        CHECK_INT(i->grade.source, 3);
        CHECK_INT(i->grade.assessment, 5);
        CHECK_IS(i->grade.reason, "reason");
        return;
    case ITEM_CODE:
        CHECK_IS(i->code.code, "code");
        CHECK_INT(i->code.list_version, 7);
        return;
    case ITEM_CASE:
        CHECK_IS(i->case_reference.reference, "reference");
        return;
    case ITEM_PERSON:
        check_person(&i->person);
        return;
    case ITEM_VEHICLE:
    case ITEM_PHONE:
    case ITEM_VESSEL:
    case ITEM_ADDRESS:
    case ITEM_DOCUMENT:
        check_things(i);
        return;
    case ITEM_LINK:
        CHECK_INT(i->link.from_item, 8);
        CHECK_INT(i->link.to_item, 255);
        CHECK_IS(i->link.relation, "relation");
        return;
    case ITEM_OUTCOME:
        check_outcome(&i->outcome);
        return;
    case ITEM_AUDIT:
        check_audit(&i->audit);
        return;
    }
    CHECK(false);
}

static void look_at_items(const struct vector *v, struct arena *a, void *data)
{
    unsigned *const seen = data;
    struct item item;

    if (!v->good || strcmp(v->kind, "item") != 0 || strstr(v->sentence, "every") == NULL)
        return;
    CHECK_OK(item_decode(v->bytes, a, &item));
    check_item(&item);
    *seen |= 1U << item.kind;
}

static void every_member_comes_from_the_field_of_its_name(void)
{
    unsigned seen = 0;

    vectors_each(look_at_items, &seen);
    CHECK_INT(seen, 0x1fffe);
}

static uint8_t memory[2 * 1024 * 1024] __attribute__((aligned(16)));
static const char letters[CONTENT_BYTES_MAX] = {'a', 'b', 'c'};

static struct arena fresh_arena(void)
{
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    return a;
}

static status encode(struct item item)
{
    struct arena a = fresh_arena();
    struct bytes b = {0};
    const status s = item_encode(&item, &a, &b);

    CHECK((s == OK) == (b.size > 0));
    return s;
}

static struct bytes xs(size_t size)
{
    static char text[CONTENT_BYTES_MAX];

    memset(text, 'x', sizeof text);
    CHECK(size <= sizeof text);
    return bytes_of(text, size);
}

static void what_no_reader_would_take_is_not_encoded(void)
{
    struct item i = {.kind = ITEM_TEXT, .text = {.text = xs(5)}};

    CHECK_OK(encode(i));
    i.text.text = bytes_of(letters, 5);
    CHECK_STATUS(encode(i), E_VALUE);
    i.text.text = bytes_of("\xff", 1);
    CHECK_STATUS(encode(i), E_VALUE);
    i.text = (struct item_text){.text = xs(5), .basis = (enum basis)3};
    CHECK_STATUS(encode(i), E_VALUE);
    i.kind = 0;
    CHECK_STATUS(encode(i), E_VALUE);
    i.kind = (enum item_kind)(ITEM_AUDIT + 1);
    CHECK_STATUS(encode(i), E_VALUE);
}

static void an_item_that_says_nothing_is_not_encoded(void)
{
    for (unsigned kind = ITEM_FACTS; kind <= ITEM_AUDIT; kind++)
        CHECK_STATUS(encode((struct item){.kind = (enum item_kind)kind}), E_VALUE);
}

static void texts_end_at_their_limits(void)
{
    CHECK_OK(encode((struct item){.kind = ITEM_TEXT, .text.text = xs(TEXT_BYTES_MAX)}));
    CHECK_STATUS(
        encode((struct item){.kind = ITEM_TEXT, .text.text = xs(TEXT_BYTES_MAX + 1)}),
        E_LIMIT);
    CHECK_OK(encode(
        (struct item){.kind = ITEM_CASE, .case_reference.reference = xs(SHORT_TEXT_MAX)}));
    CHECK_STATUS(encode((struct item){.kind = ITEM_CASE,
                                      .case_reference.reference = xs(SHORT_TEXT_MAX + 1)}),
                 E_LIMIT);
    /* Five long texts fit a content, six do not. */
    struct item i = {.kind = ITEM_REPORT};
    i.report = (struct item_report){.caveat = xs(32000),
                                    .conditions = xs(32000),
                                    .a3_usage = xs(32000),
                                    .risk = xs(32000),
                                    .pii_decision = xs(32000)};
    CHECK_OK(encode(i));
    i.report.condition_reason = xs(32000);
    CHECK_STATUS(encode(i), E_LIMIT);
}

static void an_overlong_text_is_refused_on_arrival(void)
{
    static uint8_t raw[TEXT_BYTES_MAX + 16];
    struct arena a = fresh_arena();
    struct writer w = writer_over(raw, sizeof raw);
    struct item item;

    /* item 4 of 32773 bytes: field 1 of 32769 */
    write_bytes(&w, bytes_of("\x22\x85\x80\x02\x0a\x81\x80\x02", 8));
    write_bytes(&w, xs(TEXT_BYTES_MAX + 1));
    CHECK_STATUS(item_decode(writer_bytes(&w), &a, &item), E_LIMIT);
}

static void lists_and_dates_keep_their_rules(void)
{
    struct item i = {.kind = ITEM_PERSON, .person.surname = xs(3)};

    i.person.given.count = LIST_MAX + 1;
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.given.count = 1;
    CHECK_STATUS(encode(i), E_VALUE);
    i.person.given.at[0] = xs(SHORT_TEXT_MAX + 1);
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.given.at[0] = xs(SHORT_TEXT_MAX);
    CHECK_OK(encode(i));
    i.person.role_count = ROLES_MAX + 1;
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.role_count = 1;
    CHECK_STATUS(encode(i), E_VALUE);
    i.person.roles[0] = ROLE_WITNESS;
    CHECK_OK(encode(i));

    static const struct partial_date bad[] = {{10000, 1, 1},
                                              {2000, 13, 1},
                                              {2000, 12, 32},
                                              {2000, 0, 1},
                                              {0, 1, 0},
                                              {0, 0, 1},
                                              {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    for (size_t k = 0; k < COUNT_OF(bad); k++) {
        i.person.born = bad[k];
        CHECK_STATUS(encode(i), E_VALUE);
    }
    i.person.born = (struct partial_date){9999, 12, 31};
    CHECK_OK(encode(i));
}

static void an_audit_row_names_its_object_wholly_or_not(void)
{
    struct item i = {.kind = ITEM_AUDIT,
                     .audit = {.operation = AUDIT_CONSULT, .actor = xs(4)}};

    CHECK_OK(encode(i));
    i.audit.has_object = true;
    CHECK_STATUS(encode(i), E_VALUE);
    i.audit.object_stream =
        (struct stream_id){{"F55"}, LANE_ROUTINE, {.counter = 1, .random = {1}}};
    CHECK_OK(encode(i));
    i.audit.has_object = false;
    CHECK_STATUS(encode(i), E_VALUE);
}

static void a_content_is_1_to_256_items_within_its_limit(void)
{
    static struct salted_item items[ITEMS_MAX + 1];
    struct arena a = fresh_arena();
    struct bytes b = {0};
    const struct salted_item *back = NULL;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = (struct salted_item){.salt = {(uint8_t)i}, .item = xs(i + 1)};
    CHECK_STATUS(content_encode(items, 0, &a, &b), E_VALUE);
    CHECK_STATUS(content_encode(items, ITEMS_MAX + 1, &a, &b), E_LIMIT);
    CHECK_OK(content_encode(items, ITEMS_MAX, &a, &b));
    CHECK_OK(content_decode(b, &a, &back, &count));
    CHECK_INT(count, ITEMS_MAX);
    CHECK_INT(back[255].salt[0], 255);
    CHECK_INT(back[255].item.size, 256);

    items[1].item = (struct bytes){0};
    CHECK_STATUS(content_encode(items, 2, &a, &b), E_VALUE);
    items[0].item = xs(CONTENT_BYTES_MAX - 26);
    CHECK_OK(content_encode(items, 1, &a, &b));
    CHECK_INT(b.size, CONTENT_BYTES_MAX);
    items[0].item = xs(CONTENT_BYTES_MAX - 25);
    CHECK_STATUS(content_encode(items, 1, &a, &b), E_LIMIT);
}

CASES(CASE(every_member_comes_from_the_field_of_its_name),
      CASE(what_no_reader_would_take_is_not_encoded),
      CASE(an_item_that_says_nothing_is_not_encoded), CASE(texts_end_at_their_limits),
      CASE(an_overlong_text_is_refused_on_arrival), CASE(lists_and_dates_keep_their_rules),
      CASE(an_audit_row_names_its_object_wholly_or_not),
      CASE(a_content_is_1_to_256_items_within_its_limit))
