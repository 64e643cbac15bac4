#include "record_json.h"

#include "../intel/fixture.h"

/*
 * The items of a record are what its content root covers and what is disclosed one by one,
 * so their bytes are frozen: tests/vectors/records/NAME.json gives NAME.items, one item a
 * line in hex.
 */

static struct record record, again;
static struct arena arena;

static struct bytes vector(const char *name, const char *ending)
{
    char path[128];

    (void)snprintf(path, sizeof path, "tests/vectors/records/%s.%s", name, ending);
    return fixture_file(path, &arena);
}

/* The items as the file has them; printed when they differ, so that a change can be judged.
 */
static struct bytes in_hex(const struct bytes *items, size_t count)
{
    enum { HEX_MAX = 64 * 1024 };
    char *const text = arena_take(&arena, HEX_MAX);
    size_t used = 0;

    CHECK(text != NULL);
    for (size_t i = 0; i < count; i++) {
        CHECK(used + 2 * items[i].size + 2 < HEX_MAX);
        hex_encode(items[i], text + used);
        used += 2 * items[i].size;
        text[used++] = '\n';
    }
    return bytes_of(text, used);
}

static void check_vector(const char *name)
{
    struct salted_item opened[ITEMS_MAX] = {0};
    const struct bytes *items = NULL;
    struct json_fault fault = {0};
    struct bytes first = {0};
    struct bytes second = {0};
    size_t count = 0;

    fixture_arena(&arena);
    CHECK_OK(record_json_read(vector(name, "json"), &arena, &record, &fault));
    CHECK_OK(record_items(&record, &arena, &items, &count));
    const struct bytes got = in_hex(items, count);
    const struct bytes wanted = vector(name, "items");
    if (!bytes_equal(got, wanted))
        (void)fprintf(stderr, "%s.items is now:\n%.*s", name, (int)got.size,
                      (const char *)got.at);
    CHECK(bytes_equal(got, wanted));

    for (size_t i = 0; i < count; i++)
        opened[i].item = items[i];
    CHECK_OK(record_of_items(opened, count, &record.label, &arena, &again));
    CHECK_OK(record_pack(&record, &arena, &first));
    CHECK_OK(record_pack(&again, &arena, &second));
    CHECK_BYTES(second, first);
}

static void the_items_of_the_small_record_are_frozen(void)
{
    check_vector("small");
}

static void the_items_of_a_record_with_every_field_are_frozen(void)
{
    check_vector("full");
}

CASES(CASE(the_items_of_the_small_record_are_frozen),
      CASE(the_items_of_a_record_with_every_field_are_frozen))
