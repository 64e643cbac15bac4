#include "fixture.h"

/* Items as an opened content gives them. */
static void salted(const struct bytes *items, size_t count, struct salted_item *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = (struct salted_item){.item = items[i]};
}

static struct salted_item opened[ITEMS_MAX];
static struct record one, two;

/* Every field of both, through the packed form. */
static void check_same(const struct record *x, const struct record *y, struct arena *a)
{
    struct bytes first = {0};
    struct bytes second = {0};

    CHECK_OK(record_pack(x, a, &first));
    CHECK_OK(record_pack(y, a, &second));
    CHECK_BYTES(second, first);
}

static void items_of(const struct record *r, struct arena *a,
                     const struct bytes **ret_items, size_t *ret_count)
{
    CHECK_OK(record_items(r, a, ret_items, ret_count));
    salted(*ret_items, *ret_count, opened);
}

static void any_record_comes_back_from_its_items(void)
{
    struct dice d = {.state = 20261123};
    struct arena a;

    fixture_arena(&a);
    for (int i = 0; i < 300; i++) {
        const struct bytes *items = NULL;
        size_t count = 0;

        dice_record(&d, &a, &one);
        items_of(&one, &a, &items, &count);
        CHECK_OK(record_of_items(opened, count, &one.label, &a, &two));
        check_same(&one, &two, &a);
        arena_reset(&a);
    }
}

static void any_record_comes_back_from_its_packed_form(void)
{
    struct dice d = {.state = 11};
    struct arena a;

    fixture_arena(&a);
    for (int i = 0; i < 300; i++) {
        const struct bytes *items = NULL;
        const struct bytes *again = NULL;
        struct bytes packed = {0};
        size_t count = 0;
        size_t count_again = 0;

        dice_record(&d, &a, &one);
        CHECK_OK(record_pack(&one, &a, &packed));
        CHECK_OK(record_unpack(packed, &a, &two));
        /* Both began as zeros, so that what lies between the members is equal too. */
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
        CHECK(memcmp(&one.label, &two.label, sizeof one.label) == 0);
        CHECK_OK(record_items(&one, &a, &items, &count));
        CHECK_OK(record_items(&two, &a, &again, &count_again));
        CHECK_INT(count_again, count);
        for (size_t k = 0; k < count; k++)
            CHECK_BYTES(again[k], items[k]);
        arena_reset(&a);
    }
}

static void packs_a_record_that_no_item_could_carry(void)
{
    struct bytes packed = {0};
    struct arena a;
    const struct bytes *items = NULL;
    size_t count = 0;

    fixture_arena(&a);
    memset(&one, 0, sizeof one);
    one.text_count = 2;
    CHECK_STATUS(record_items(&one, &a, &items, &count), E_VALUE);
    CHECK_OK(record_pack(&one, &a, &packed));
    CHECK_OK(record_unpack(packed, &a, &two));
    CHECK_INT(two.text_count, 2);
}

static void unpack_refuses_every_cut_and_any_rest(void)
{
    struct bytes packed = {0};
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    CHECK_OK(record_pack(&one, &a, &packed));
    const size_t mark = arena_mark(&a);
    for (size_t size = 0; size < packed.size; size++) {
        CHECK_STATUS(record_unpack(bytes_of(packed.at, size), &a, &two), E_FORM);
        arena_rewind(&a, mark);
    }
    uint8_t *const longer = arena_take(&a, packed.size + 1);
    memcpy(longer, packed.at, packed.size);
    CHECK_STATUS(record_unpack(bytes_of(longer, packed.size + 1), &a, &two), E_FORM);
}

/* Offsets of the layout at its start: version, marking, handling, ... */
static void unpack_refuses_values_out_of_their_range(void)
{
    static const struct {
        size_t at;
        uint8_t value;
        status wanted;
    } wrong[] = {{0, 1, E_VERSION}, {1, 1, E_VERSION}, {2, 5, E_FORM},
                 {3, 3, E_FORM},    {4, 4, E_FORM},    {5, 3, E_FORM},
                 {6, 4, E_FORM},    {19, 17, E_FORM}, /* more flags than a list holds */
                 {24, 0, E_FORM} /* NUL within the first flag */};
    struct bytes packed = {0};
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    CHECK_OK(record_pack(&one, &a, &packed));
    uint8_t *const copy = arena_take(&a, packed.size);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        memcpy(copy, packed.at, packed.size);
        copy[wrong[i].at] = wrong[i].value;
        CHECK_STATUS(record_unpack(bytes_of(copy, packed.size), &a, &two), wrong[i].wanted);
    }
}

/* What unpacks has one packed form: the bytes it came from. */
static void check_one_form(struct bytes packed, struct arena *a)
{
    struct bytes again = {0};

    if (record_unpack(packed, a, &two) != OK)
        return;
    CHECK_OK(record_pack(&two, a, &again));
    CHECK_BYTES(again, packed);
}

static void any_flipped_bit_is_refused_or_gives_another_record(void)
{
    struct bytes packed = {0};
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    CHECK_OK(record_pack(&one, &a, &packed));
    uint8_t *const copy = arena_take(&a, packed.size);
    const size_t mark = arena_mark(&a);
    memcpy(copy, packed.at, packed.size);
    for (size_t i = 0; i < packed.size * 8; i++) {
        copy[i / 8] ^= (uint8_t)(1 << i % 8);
        check_one_form(bytes_of(copy, packed.size), &a);
        arena_rewind(&a, mark);
        copy[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void refuses_items_that_are_not_a_record_in_order(void)
{
    const struct bytes *items = NULL;
    size_t count = 0;
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    items_of(&one, &a, &items, &count);
    /* facts code case dates report provenance grade text grade threat person
     * vehicle */
    CHECK_INT(count, 12);

    for (size_t i = 0; i + 1 < count; i++) {
        const struct salted_item first = opened[i];
        opened[i] = opened[i + 1];
        opened[i + 1] = first;
        CHECK_STATUS(record_of_items(opened, count, &one.label, &a, &two), E_FORM);
        opened[i + 1] = opened[i];
        opened[i] = first;
    }
    /* Everything up to the texts is needed; a text needs its grade; things may be left off.
     */
    for (size_t size = 0; size <= count; size++) {
        const status wanted = size == 7 || size >= 9 ? OK : E_FORM;
        CHECK_STATUS(record_of_items(opened, size, &one.label, &a, &two), wanted);
    }
}

static void refuses_a_code_item_that_differs_from_the_facts(void)
{
    const struct item other = {.kind = ITEM_CODE, .code = {.code = b("FICT-OIM-02")}};
    const struct item grade = {.kind = ITEM_GRADE,
                               .grade = {.of_item = 4, .source = 2, .assessment = 2}};
    const struct item outcome = {.kind = ITEM_CASE, .case_reference = {b("another")}};
    const struct bytes *items = NULL;
    struct bytes coded = {0};
    size_t count = 0;
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    items_of(&one, &a, &items, &count);
    CHECK_OK(item_encode(&other, &a, &coded));
    opened[1].item = coded;
    CHECK_STATUS(record_of_items(opened, count, &one.label, &a, &two), E_FORM);
    opened[1].item = items[1];
    CHECK_OK(item_encode(&outcome, &a, &opened[2].item));
    CHECK_STATUS(record_of_items(opened, count, &one.label, &a, &two), E_FORM);
    opened[2].item = items[2];
    CHECK_OK(item_encode(&grade, &a, &opened[6].item)); /* grades the report */
    CHECK_STATUS(record_of_items(opened, count, &one.label, &a, &two), E_FORM);
}

/* The record's items with one of them exchanged. */
static status read_with(size_t at, struct item other, size_t count, struct arena *a)
{
    const struct bytes kept = opened[at].item;

    CHECK_OK(item_encode(&other, a, &opened[at].item));
    const status s = record_of_items(opened, count, &one.label, a, &two);
    opened[at].item = kept;
    return s;
}

static void refuses_a_flag_or_a_date_that_differs_from_the_facts(void)
{
    const struct bytes *items = NULL;
    size_t count = 0;
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    one.facts.flags = (struct text_list){1, {b("OIMCR")}};
    one.facts.list_version = 1;
    items_of(&one, &a, &items, &count);
    CHECK_INT(count, 13); /* facts flag code case dates ... */
    struct item i = {.kind = ITEM_FLAG, .flag = {b("OIMCR"), 1}};
    CHECK_OK(read_with(1, i, count, &a));
    i.flag.flag = b("OTHER");
    CHECK_STATUS(read_with(1, i, count, &a), E_FORM);
    i.flag = (struct item_flag){b("OIMCR"), 2};
    CHECK_STATUS(read_with(1, i, count, &a), E_FORM);

    i = (struct item){.kind = ITEM_DATES, .dates = {{2026, 10, 0}, {2026, 10, 14}}};
    CHECK_OK(read_with(4, i, count, &a));
    i.dates.intelligence.day = 1;
    CHECK_STATUS(read_with(4, i, count, &a), E_FORM);
    i.dates = (struct item_dates){{2026, 10, 0}, {2026, 10, 15}};
    CHECK_STATUS(read_with(4, i, count, &a), E_FORM);
}

static void a_link_joins_two_that_the_record_has(void)
{
    const struct bytes *items = NULL;
    size_t count = 0;
    struct arena a;

    fixture_arena(&a);
    fixture_record(&one);
    one.link_count = 1;
    one.links[0] = (struct record_link){{ITEM_PERSON, 0}, {ITEM_VEHICLE, 0}, b("drives")};
    one.identifier_count = 1;
    one.identifiers[0] =
        (struct record_identifier){.of = {ITEM_PERSON, 0}, .type = b("x"), .raw = b("1")};
    items_of(&one, &a, &items, &count);
    CHECK_INT(count, 14); /* ... threat 9, person 10, vehicle 11, identifier 12, link 13 */
    struct item link = {.kind = ITEM_LINK, .link = {10, 11, b("drives")}};
    CHECK_OK(read_with(13, link, count, &a));
    CHECK_INT(two.links[0].to.kind, ITEM_VEHICLE);
    static const uint32_t orphans[] = {0, 8, 9, 12, 13, 255};
    for (size_t i = 0; i < COUNT_OF(orphans); i++) {
        link.link = (struct item_link){10, orphans[i], b("drives")};
        CHECK_STATUS(read_with(13, link, count, &a), E_FORM);
        link.link = (struct item_link){orphans[i], 11, b("drives")};
        CHECK_STATUS(read_with(13, link, count, &a), E_FORM);
        const struct item other = {
            .kind = ITEM_IDENTIFIER,
            .identifier = {.of_item = orphans[i], .type = b("x"), .raw = b("1")}};
        CHECK_STATUS(read_with(12, other, count, &a), E_FORM);
    }

    static const struct entity_ref nobody[] = {{0, 0},          {ITEM_PERSON, 1},
                                               {ITEM_PHONE, 0}, {ITEM_TEXT, 0},
                                               {ITEM_LINK, 0},  {200, 0}};
    for (size_t i = 0; i < COUNT_OF(nobody); i++) {
        one.links[0].to = nobody[i];
        CHECK(!record_has(&one, nobody[i]));
        CHECK_STATUS(record_items(&one, &a, &items, &count), E_VALUE);
        one.links[0].to = (struct entity_ref){ITEM_VEHICLE, 0};
        one.identifiers[0].of = nobody[i];
        CHECK_STATUS(record_items(&one, &a, &items, &count), E_VALUE);
        one.identifiers[0].of = (struct entity_ref){ITEM_PERSON, 0};
    }
}

static void says_when_memory_or_items_run_out(void)
{
    static _Alignas(16) uint8_t little[4096];
    const struct bytes *items = NULL;
    struct bytes packed = {0};
    size_t count = 0;
    struct arena a;

    arena_init(&a, little, sizeof little);
    fixture_record(&one);
    CHECK_STATUS(record_pack(&one, &a, &packed), E_MEMORY);
    CHECK_STATUS(record_items(&one, &a, &items, &count), E_MEMORY);

    fixture_arena(&a);
    one.text_count = RECORD_TEXTS_MAX;
    one.person_count = RECORD_PERSONS_MAX;
    one.vehicle_count = one.phone_count = one.vessel_count = RECORD_THINGS_MAX;
    one.address_count = one.document_count = RECORD_THINGS_MAX;
    for (size_t i = 0; i < RECORD_THINGS_MAX; i++) {
        one.texts[i] = one.texts[0];
        one.persons[i] = one.persons[0];
        one.vehicles[i] = one.vehicles[0];
        one.phones[i].raw = b("07700 900001");
        one.vessels[i].name = b("Tern");
        one.addresses[i].text = b("Yard");
        one.documents[i].number = b("1");
    }
    CHECK_STATUS(record_items(&one, &a, &items, &count), E_LIMIT);
}

CASES(CASE(any_record_comes_back_from_its_items),
      CASE(any_record_comes_back_from_its_packed_form),
      CASE(packs_a_record_that_no_item_could_carry),
      CASE(unpack_refuses_every_cut_and_any_rest),
      CASE(unpack_refuses_values_out_of_their_range),
      CASE(any_flipped_bit_is_refused_or_gives_another_record),
      CASE(refuses_items_that_are_not_a_record_in_order),
      CASE(refuses_a_code_item_that_differs_from_the_facts),
      CASE(refuses_a_flag_or_a_date_that_differs_from_the_facts),
      CASE(a_link_joins_two_that_the_record_has), CASE(says_when_memory_or_items_run_out))
