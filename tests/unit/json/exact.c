/* A record as JSON, over the wire, and as JSON again: the same text. */

#include "record_json.h"

#include "../intel/fixture.h"

enum { RECORDS = 400 };

static struct record one, two;
static struct salted_item opened[ITEMS_MAX];
static struct arena arena;

/* From items to a content's bytes and back, as it stands inside a ciphertext. */
static void over_the_wire(const struct record *from, struct record *to)
{
    const struct bytes *items = NULL;
    const struct salted_item *back = NULL;
    struct bytes content = {0};
    size_t count = 0;

    CHECK_OK(record_items(from, &arena, &items, &count));
    for (size_t i = 0; i < count; i++)
        opened[i] = (struct salted_item){.salt = {(uint8_t)(i + 1)}, .item = items[i]};
    CHECK_OK(content_encode(opened, count, &arena, &content));
    CHECK_OK(content_decode(content, &arena, &back, &count));
    CHECK_OK(record_of_items(back, count, &from->label, &arena, to));
}

static void any_record_is_the_same_json_behind_the_wire(void)
{
    for (uint64_t seed = 1; seed <= RECORDS; seed++) {
        struct dice d = {.state = seed * 0x9e3779b97f4a7c15};
        struct json_fault fault = {0};
        struct bytes first = {0};
        struct bytes second = {0};

        fixture_arena(&arena);
        dice_record(&d, &arena, &one);
        CHECK_OK(record_json_write(&one, &arena, &first));
        CHECK_OK(record_json_read(first, &arena, &one, &fault));
        over_the_wire(&one, &two);
        CHECK_OK(record_json_write(&two, &arena, &second));
        if (!bytes_equal(first, second))
            (void)fprintf(stderr, "seed %" PRIu64 "\n", seed);
        CHECK_BYTES(second, first);
    }
}

/* The generator leaves nothing out: in some record each field of the table is there. */
static void every_field_is_among_them(void)
{
    static const char *const names[] = {"handling_instructions",
                                        "descriptors",
                                        "original_marking",
                                        "original_handling",
                                        "original_scheme",
                                        "original_grade",
                                        "information_types",
                                        "sensitive",
                                        "schedule_8",
                                        "restricted",
                                        "recommendations",
                                        "born_basis",
                                        "born_assessed",
                                        "ethnicity",
                                        "biometric_reference",
                                        "accounts",
                                        "emails",
                                        "social_tags",
                                        "containers",
                                        "organisations",
                                        "events",
                                        "threats",
                                        "references",
                                        "identifiers",
                                        "links",
                                        "position_canonical",
                                        "postcode_canonical",
                                        "postcode_valid",
                                        "hull_id_valid",
                                        "mmsi_valid",
                                        "institution",
                                        "sub_type",
                                        "band",
                                        "force"};
    bool seen[COUNT_OF(names)] = {false};

    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct dice d = {.state = seed * 0x9e3779b97f4a7c15};
        struct bytes text = {0};

        fixture_arena(&arena);
        dice_record(&d, &arena, &one);
        CHECK_OK(record_json_write(&one, &arena, &text));
        for (size_t i = 0; i < COUNT_OF(names); i++)
            seen[i] =
                seen[i] || memmem(text.at, text.size, names[i], strlen(names[i])) != NULL;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!seen[i])
            (void)fprintf(stderr, "%s\n", names[i]);
        CHECK(seen[i]);
    }
}

CASES(CASE(any_record_is_the_same_json_behind_the_wire), CASE(every_field_is_among_them))
