#include "record_json.h"

#include "../intel/fixture.h"
#include "rules.h"

#include <jansson.h>

/*
 * The samples are what a bureau would send and what a demonstration runs on, so each must
 * read and be judged as it says of itself.
 */

struct sample {
    const char *from;
    const char *expect;
    const char *why;
    struct record record;
};

static struct lists lists;
static struct findings findings;
static struct arena arena;
static struct sample sample;

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void each_sample(void (*look)(void))
{
    struct arena record_arena;
    static _Alignas(16) uint8_t memory[FIXTURE_ARENA];
    json_error_t error;

    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    const struct bytes file = fixture_file("deploy/samples/records.json", &arena);
    json_t *const all =
        json_loadb((const char *)file.at, file.size, JSON_REJECT_DUPLICATES, &error);
    CHECK(json_is_array(all));
    CHECK(json_array_size(all) >= 61);
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *const one = json_array_get(all, i);
        char *const text = json_dumps(json_object_get(one, "record"), JSON_COMPACT);
        struct json_fault fault = {0};

        CHECK(text != NULL);
        sample = (struct sample){.from = text_of(one, "from"),
                                 .expect = text_of(one, "expect"),
                                 .why = text_of(one, "why")};
        arena_init(&record_arena, memory, sizeof memory);
        if (record_json_read(b(text), &record_arena, &sample.record, &fault) != OK)
            (void)fprintf(stderr, "sample %zu, %s: %s\n", i, fault.path, fault.sentence);
        CHECK_TEXT(fault.sentence, "");
        rules_check(&sample.record, &lists, fixture_now, &record_arena, &findings);
        look();
        free(text);
    }
    json_decref(all);
}

static void check_expectation(void)
{
    const bool refused = strcmp(sample.expect, "refused") == 0;
    const bool withheld = strcmp(sample.expect, "pnd-withheld") == 0;

    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *const f = &findings.at[i];
        if ((f->severity == SEVERITY_REFUSE && !refused) ||
            (f->severity == SEVERITY_WITHHOLD && !withheld))
            (void)fprintf(stderr, "%.*s: %s %s: %s\n", (int)sample.record.facts.urn.size,
                          (const char *)sample.record.facts.urn.at, f->rule, f->field,
                          f->sentence);
    }
    CHECK(refused || withheld || strcmp(sample.expect, "published") == 0);
    CHECK_INT(findings.refused, refused);
    CHECK(refused || findings.code_is_right == !withheld);
    if (refused) { /* for the one rule that it names: "R3: ..." */
        char rule[8] = "";
        (void)snprintf(rule, sizeof rule, "%.*s", (int)strcspn(sample.why, ":"),
                       sample.why);
        for (size_t i = 0; i < findings.count; i++) {
            if (findings.at[i].severity == SEVERITY_REFUSE)
                CHECK_TEXT(findings.at[i].rule, rule);
        }
    }
}

static void each_is_judged_as_it_says(void)
{
    each_sample(check_expectation);
}

static size_t published, refused_, withheld_, urgent, urgent_withheld, forces[2];

static void count_one(void)
{
    const bool is_urgent = sample.record.label.priority == PRIORITY_HIGH;
    const bool is_withheld = strcmp(sample.expect, "pnd-withheld") == 0;

    published += strcmp(sample.expect, "published") == 0;
    refused_ += strcmp(sample.expect, "refused") == 0;
    withheld_ += is_withheld;
    urgent += is_urgent;
    urgent_withheld += is_urgent && is_withheld;
    forces[0] += strcmp(sample.from, "F55") == 0;
    forces[1] += strcmp(sample.from, "F50") == 0;
}

static void there_are_enough_of_each_kind(void)
{
    published = refused_ = withheld_ = urgent = urgent_withheld = 0;
    forces[0] = forces[1] = 0;
    each_sample(count_one);
    CHECK(published >= 32 && refused_ >= 8 && withheld_ >= 4);
    CHECK(urgent >= 6 && urgent_withheld >= 1);
    CHECK(forces[0] >= 15 && forces[1] >= 15);
    CHECK_INT(forces[0] + forces[1], published + refused_ + withheld_);
}

/* Ofcom keeps 07700 900000 to 900999 and 01632 960000 to 960999 free for fiction, ARCEP
 * 01 99 00 xx xx; postcodes of ZZ99 are nobody's. */
static void check_fiction(void)
{
    const struct record *const r = &sample.record;

    for (size_t i = 0; i < r->phone_count; i++) {
        const struct bytes n = r->phones[i].e164;
        const bool british = n.size >= 10 && memcmp(n.at, "+447700900", 10) == 0;
        const bool french = n.size >= 7 && memcmp(n.at, "+3319900", 8) == 0;
        CHECK(n.size == 0 || british || french);
    }
    for (size_t i = 0; i < r->address_count; i++) {
        const struct bytes code = r->addresses[i].postcode;
        CHECK(code.size > 4 && memcmp(code.at, "ZZ99", 4) == 0);
    }
}

static void numbers_and_postcodes_are_nobodys(void)
{
    each_sample(check_fiction);
}

static void check_round_trip(void)
{
    static struct record again;
    static _Alignas(16) uint8_t memory[FIXTURE_ARENA];
    struct arena a;
    struct json_fault fault = {0};
    struct bytes text = {0};
    struct bytes first = {0};
    struct bytes second = {0};

    arena_init(&a, memory, sizeof memory);
    CHECK_OK(record_json_write(&sample.record, &a, &text));
    CHECK_OK(record_json_read(text, &a, &again, &fault));
    CHECK_OK(record_pack(&sample.record, &a, &first));
    CHECK_OK(record_pack(&again, &a, &second));
    CHECK_BYTES(second, first);
}

static void each_comes_back_from_json_also_after_checking(void)
{
    each_sample(check_round_trip);
}

CASES(CASE(each_is_judged_as_it_says), CASE(there_are_enough_of_each_kind),
      CASE(numbers_and_postcodes_are_nobodys),
      CASE(each_comes_back_from_json_also_after_checking))
