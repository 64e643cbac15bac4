#include "answer_json.h"
#include "json_rows.h"
#include "record_json.h"

#include "check.h"
#include "oom.h"

/* Memory runs out while a record is read or written: each allocation of jansson's and of
 * ours in turn, once and from there on. */

enum { ARENA_BYTES = 8 * 1024 * 1024, CALLS_MAX = 100000 };

static _Alignas(16) uint8_t memory[ARENA_BYTES];
static struct record record;

static struct bytes sample(struct arena *a)
{
    static const char path[] = TEST_SOURCE_DIR "/vectors/records/full.json";
    FILE *const f = fopen(path, "rb");
    uint8_t *const at = arena_take(a, RECORD_JSON_BYTES_MAX);

    CHECK(f != NULL && at != NULL);
    const size_t size = fread(at, 1, RECORD_JSON_BYTES_MAX, f);
    CHECK_INT(fclose(f), 0);
    CHECK(size > 0 && size < RECORD_JSON_BYTES_MAX);
    return bytes_of(at, size);
}

/* What is said to be read is what is read with memory enough; else it is said why. */
static bool fails_at(struct bytes text, struct bytes wanted, uint64_t call, bool forever)
{
    struct json_fault fault = {0};
    struct bytes written = {0};
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    oom_fail(call, forever);
    status s = record_json_read(text, &a, &record, &fault);
    CHECK(s == OK || s == E_MEMORY);
    CHECK(s == OK || fault.sentence[0] != '\0');
    if (s == OK)
        s = record_json_write(&record, &a, &written);
    CHECK(s == OK || s == E_MEMORY || s == E_VALUE);
    const bool met = oom_end();
    CHECK(s == OK || met);
    if (s == OK)
        CHECK_BYTES(written, wanted);
    return met;
}

static void reads_a_record_whole_or_says_that_memory_ran_out(void)
{
    static _Alignas(16) uint8_t room[ARENA_BYTES];
    struct json_fault fault = {0};
    struct bytes wanted = {0};
    struct arena a;

    arena_init(&a, room, sizeof room);
    const struct bytes text = sample(&a);
    CHECK_OK(record_json_read(text, &a, &record, &fault));
    CHECK_OK(record_json_write(&record, &a, &wanted));
    for (int forever = 0; forever < 2; forever++) {
        uint64_t call = 1;
        while (fails_at(text, wanted, call, forever == 1))
            CHECK(call++ < CALLS_MAX);
        CHECK(call > 100);
    }
}

/* --- rows of an export --- */

static const char row_text[] =
    "{\"plate\":\"AB12CDE\",\"telephones\":[\"07700900123\",\"07700900456\"],"
    "\"person\":{\"name\":\"P\\u00e9llow\",\"born\":\"1979-06-21\"},\"count\":12}";

enum { CELLS_ROOM = 512 };

/* Names and texts of the row's cells, one after the other; why there are none. */
static status cells_of(char ret[CELLS_ROOM])
{
    struct writer w = writer_over(ret, CELLS_ROOM);
    const char *sentence = NULL;
    struct json_rows *rows = NULL;
    struct json_row row = {0};
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    TRY(json_rows_open(bytes_of_text(row_text), false, &rows));
    const status s = json_rows_next(rows, &a, &row, &sentence);
    CHECK(s == OK || (s == E_MEMORY && sentence != NULL));
    for (size_t i = 0; s == OK && i < row.count; i++) {
        write_text(&w, row.cells[i].name);
        write_text(&w, "=");
        write_bytes(&w, row.cells[i].text);
        write_text(&w, "\n");
    }
    write_u8(&w, 0);
    CHECK(!w.bad);
    rows = json_rows_free(rows);
    return s;
}

static bool row_fails_at(const char *wanted, uint64_t call, bool forever)
{
    char found[CELLS_ROOM];

    oom_fail(call, forever);
    const status s = cells_of(found);
    const bool met = oom_end();
    CHECK(s == OK || (s == E_MEMORY && met));
    if (s == OK)
        CHECK_TEXT(found, wanted);
    return met;
}

static void reads_a_row_whole_or_says_that_memory_ran_out(void)
{
    char wanted[CELLS_ROOM];

    CHECK_OK(cells_of(wanted));
    CHECK(strstr(wanted, "plate=AB12CDE") != NULL);
    for (int forever = 0; forever < 2; forever++) {
        uint64_t call = 1;
        while (row_fails_at(wanted, call, forever == 1))
            call++;
        CHECK(call > 20);
    }
}

/* --- what a node answered --- */

enum { ANSWER_FIELDS = 2 };

static struct control_field field_of(const char *name, struct bytes value)
{
    return (struct control_field){.name = bytes_of_text(name), .value = value};
}

static status answer_of(struct bytes packed, size_t rows, struct arena *a,
                        struct bytes *ret)
{
    const struct control_field fields[ANSWER_FIELDS] = {
        field_of("id", bytes_of_text("0123456789abcdef0123456789abcdef")),
        field_of("record", packed)};
    const struct control_row row = {.field_count = ANSWER_FIELDS, .fields = fields};
    const struct control_answer answer = {
        .sentence = bytes_of_text("ok"), .row_count = rows, .rows = &row};

    return answer_json_record(&answer, a, ret);
}

static bool answer_fails_at(struct bytes packed, struct bytes wanted, uint64_t call,
                            bool forever)
{
    struct bytes got = {0};
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    oom_fail(call, forever);
    const status s = answer_of(packed, 1, &a, &got);
    const bool met = oom_end();
    CHECK(s == OK || (met && s == E_MEMORY));
    if (s == OK)
        CHECK_BYTES(got, wanted);
    return met;
}

/* Memory that ran out is called so, and not a node's answer that makes no sense. */
static void passes_a_record_on_whole_or_says_that_memory_ran_out(void)
{
    static _Alignas(16) uint8_t room[ARENA_BYTES];
    struct json_fault fault = {0};
    struct bytes packed = {0};
    struct bytes wanted = {0};
    struct bytes got = {0};
    struct arena kept;
    struct arena a;

    arena_init(&kept, room, sizeof room);
    answer_json_prepare();
    CHECK_OK(record_json_read(sample(&kept), &kept, &record, &fault));
    CHECK_OK(record_pack(&record, &kept, &packed));
    CHECK_OK(answer_of(packed, 1, &kept, &wanted));
    CHECK_INT(answer_of(packed, 0, &kept, &got), E_FORM);
    for (int forever = 0; forever < 2; forever++) {
        uint64_t call = 1;
        while (answer_fails_at(packed, wanted, call, forever == 1))
            call++;
        CHECK(call > 100);
    }
    arena_init(&a, memory, 1024);
    CHECK_INT(answer_of(packed, 1, &a, &got), E_MEMORY);
}

CASES(CASE(passes_a_record_on_whole_or_says_that_memory_ran_out),
      CASE(reads_a_row_whole_or_says_that_memory_ran_out),
      CASE(reads_a_record_whole_or_says_that_memory_ran_out))
