#include "linkage.h"

#include "fixture.h"

/* What two records have in common, and what that says of the persons in them. */

static struct arena arena;
static struct record first, second;
static struct linkage found;

static void begin(void)
{
    fixture_arena(&arena);
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    first.person_count = 1;
    first.persons[0].surname = b("One");
    second.person_count = 1;
    second.persons[0].surname = b("Two");
}

static struct bytes form_of(enum identifier_type type, const char *country, const char *raw)
{
    struct identifier id = {0};

    CHECK_OK(identifier_of(type, b(country), b(raw), &arena, &id));
    return id.canonical;
}

static void add(struct record *r, enum identifier_type type, const char *country,
                const char *raw)
{
    struct record_identifier *const x = &r->identifiers[r->identifier_count++];

    x->type = b(identifier_word(type));
    x->country = b(country);
    x->raw = b(raw);
    x->canonical = form_of(type, country, raw);
}

static void add_phone(struct record *r, const char *raw)
{
    struct item_phone *const x = &r->phones[r->phone_count++];

    x->raw = b(raw);
    x->e164 = form_of(IDENTIFIER_PHONE, "", raw);
}

static void add_mark(struct record *r, const char *raw)
{
    struct item_vehicle *const x = &r->vehicles[r->vehicle_count++];

    x->vrm_raw = b(raw);
    x->vrm = form_of(IDENTIFIER_VRM, "", raw);
}

static void add_passport(struct record *r, const char *country, const char *raw)
{
    struct item_document *const x = &r->documents[r->document_count++];

    x->type = b("passport");
    x->country = b(country);
    x->number = b(raw);
    x->canonical = form_of(IDENTIFIER_PASSPORT, country, raw);
}

static size_t compare(void)
{
    struct linkage turned;

    CHECK_OK(linkage_of(&second, &first, &arena, &turned));
    CHECK_OK(linkage_of(&first, &second, &arena, &found));
    CHECK_INT(turned.count, found.count);
    CHECK_INT(turned.strength, found.strength);
    return found.count;
}

/* Each kind by itself, written in two ways. */
static void each_kind_says_what_it_can(void)
{
    static const struct {
        enum identifier_type type;
        const char *country, *one, *other;
        enum linkage_strength strength;
    } kinds[] = {
        {IDENTIFIER_PHONE, "", "07700 900123", "+44 7700 900 123", LINKAGE_POSSIBLE},
        {IDENTIFIER_VRM, "", "ab12 cde", "AB12CDE", LINKAGE_THING},
        {IDENTIFIER_PASSPORT, "GBR", "553 201 772", "553201772", LINKAGE_PROBABLE},
        {IDENTIFIER_NINO, "", "AB 12 34 56 C", "ab123456c", LINKAGE_PROBABLE},
        {IDENTIFIER_IMEI, "", "490154203237518", "49-015420-323751-8", LINKAGE_PROBABLE},
        {IDENTIFIER_MMSI, "", "232003556", "232 003 556", LINKAGE_THING},
        {IDENTIFIER_IBAN, "", "GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819",
         LINKAGE_POSSIBLE},
        {IDENTIFIER_EMAIL, "", "A.Name@example.org", "a.name@EXAMPLE.org",
         LINKAGE_POSSIBLE},
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        begin();
        add(&first, kinds[i].type, kinds[i].country, kinds[i].one);
        add(&second, kinds[i].type, kinds[i].country, kinds[i].other);
        CHECK_INT(compare(), 1);
        CHECK_INT(found.at[0].type, kinds[i].type);
        CHECK_INT(found.strength, kinds[i].strength);
    }
}

static void a_mark_alone_links_no_persons(void)
{
    begin();
    add_mark(&first, "AB12 CDE");
    add_mark(&second, "AB12CDE");
    CHECK_INT(compare(), 1);
    CHECK_INT(found.strength, LINKAGE_THING);
    CHECK_TEXT(found.at[0].at[0].where, "vehicles");
    add_phone(&first, "07700900123");
    add_phone(&second, "07700900124");
    CHECK_INT(compare(), 1);
    add_phone(&second, "+447700900123");
    CHECK_INT(compare(), 2);
    CHECK_INT(found.strength, LINKAGE_POSSIBLE);
    CHECK_INT(found.at[1].at[1].index + found.at[0].at[1].index, 1);
}

static void where_nobody_is_named_nobody_is_linked(void)
{
    begin();
    add(&first, IDENTIFIER_NINO, "", "AB123456C");
    add(&second, IDENTIFIER_NINO, "", "AB123456C");
    CHECK_INT(compare(), 1);
    CHECK_INT(found.strength, LINKAGE_PROBABLE);
    second.person_count = 0;
    CHECK_INT(compare(), 1);
    CHECK_INT(found.strength, LINKAGE_THING);
}

static void a_passport_is_one_of_its_country(void)
{
    begin();
    add_passport(&first, "GBR", "553201772");
    add_passport(&second, "FRA", "553201772");
    CHECK_INT(compare(), 0);
    second.documents[0].country = b(""); /* not valid then: of all countries and none */
    CHECK_INT(compare(), 0);
    second.documents[0].country = b("GBD"); /* by the same office */
    CHECK_INT(compare(), 1);
    CHECK_INT(found.strength, LINKAGE_PROBABLE);
    begin();
    add_passport(&first, "FRA", "553201772");
    add_passport(&second, "FRA", "553201772");
    CHECK_INT(compare(), 1);
}

/* Nobody's word for it is taken (R15). */
static void what_fails_its_check_links_nothing(void)
{
    begin();
    add(&first, IDENTIFIER_IMEI, "", "490154203237519"); /* a wrong check digit */
    add(&second, IDENTIFIER_IMEI, "", "490154203237519");
    CHECK_INT(compare(), 0);
    begin();
    add_phone(&first, "07700900123");
    add_phone(&second, "07700900123");
    second.phones[0].raw = b("07700900999"); /* and claims the other's form */
    CHECK_INT(compare(), 0);
    /* One kind's number is not another's, and a text is none. */
    begin();
    add_phone(&first, "07700900123");
    second.text_count = 1;
    second.texts[0].text = b("He rang 07700900123");
    add(&second, IDENTIFIER_ICCID, "", "8944100000000000007");
    CHECK_INT(compare(), 0);
}

static void a_low_grade_makes_nothing_probable(void)
{
    static const struct grade weak[] = {{.source = 3, .assessment = 1},
                                        {.source = 1, .assessment = 5}};

    for (size_t i = 0; i < COUNT_OF(weak); i++) {
        begin();
        add(&first, IDENTIFIER_NINO, "", "AB123456C");
        add(&second, IDENTIFIER_NINO, "", "AB123456C");
        second.text_count = 2;
        second.texts[0].grade = (struct grade){.source = 1, .assessment = 2};
        second.texts[1].grade = weak[i];
        CHECK_INT(compare(), 1);
        CHECK_INT(found.strength, LINKAGE_POSSIBLE);
        CHECK(!found.is_weak[0] && found.is_weak[1]);
    }
}

/* A number in two places of one record is one thing in common. */
static void each_is_told_once(void)
{
    begin();
    add_phone(&first, "07700900123");
    add_phone(&first, "07700900123");
    add(&first, IDENTIFIER_PHONE, "", "07700900123");
    add_phone(&second, "07700900123");
    add(&second, IDENTIFIER_PHONE, "", "07700900123");
    CHECK_INT(compare(), 1);
}

/* Whatever a record is filled with fits, and the first so many are told. */
static void a_full_record_has_room(void)
{
    static char numbers[RECORD_THINGS_MAX + RECORD_IDENTIFIERS_MAX][16];
    struct linkage_identifier *const x = calloc(LINKAGE_IDENTIFIERS_MAX, sizeof *x);
    size_t count = 0;

    CHECK(x != NULL);
    begin();
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "077009%05zu", i);
        if (i < RECORD_THINGS_MAX)
            add_phone(&first, numbers[i]);
        else
            add(&first, IDENTIFIER_PHONE, "", numbers[i]);
    }
    second = first;
    CHECK_OK(linkage_identifiers(&first, &arena, x, &count));
    CHECK_INT(count, COUNT_OF(numbers));
    CHECK_INT(compare(), LINKAGE_FEATURES_MAX);
    free(x);
}

CASES(CASE(each_kind_says_what_it_can), CASE(a_mark_alone_links_no_persons),
      CASE(where_nobody_is_named_nobody_is_linked), CASE(a_passport_is_one_of_its_country),
      CASE(what_fails_its_check_links_nothing), CASE(a_low_grade_makes_nothing_probable),
      CASE(each_is_told_once), CASE(a_full_record_has_room))
