#include "csv_source.h"

#include "check.h"
#include "oom.h"

#include <csv.h>
#include <string.h>

/* Memory runs out while a CSV file is read: each allocation of libcsv's and of ours in
 * turn, once and from there on. */

enum { ROWS = 40, STEP = 400, TEXT_ROOM = 512 * 1024, ROW_BYTES = 32 * 1024 };

/* The linker's names: libcsv's parser asks for its memory here. */
int __real_csv_init(struct csv_parser *p, unsigned char options); /* NOLINT */
int __wrap_csv_init(struct csv_parser *p, unsigned char options); /* NOLINT */

static void *take(void *at, size_t size)
{
    return oom_now() ? NULL : realloc(at, size);
}

int __wrap_csv_init(struct csv_parser *p, unsigned char options) /* NOLINT */
{
    const int code = __real_csv_init(p, options);

    csv_set_realloc_func(p, take);
    return code;
}

/* Cells grow from row to row, so that the parser takes more memory again and again. */
static struct bytes sample(char room[TEXT_ROOM])
{
    struct writer w = writer_over(room, TEXT_ROOM);

    for (size_t i = 0; i < ROWS; i++) {
        write_text(&w, "\"a \"\"quoted\"\" cell\",");
        for (size_t k = 0; k < STEP * i; k++)
            write_u8(&w, (uint8_t)('a' + k % 26));
        write_text(&w, ",last\n");
    }
    CHECK(!w.bad);
    return writer_bytes(&w);
}

struct seen {
    size_t rows, bytes;
};

static bool each(void *context, const struct csv_row *row)
{
    struct seen *const s = context;

    CHECK_INT(row->count, 3);
    s->rows++;
    for (size_t i = 0; i < row->count; i++)
        s->bytes += row->cells[i].size;
    return true;
}

static bool fails_at(struct bytes text, const struct seen *wanted, uint64_t call,
                     bool forever)
{
    static _Alignas(16) uint8_t memory[ROW_BYTES];
    struct csv_fault fault = {0};
    struct seen seen = {0};
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    oom_fail(call, forever);
    const status s = csv_source_read(text, ',', &a, each, &seen, &fault);
    const bool met = oom_end();
    CHECK(s == OK || (s == E_FORM && met));
    if (s == OK) {
        CHECK_INT(seen.rows, wanted->rows);
        CHECK_INT(seen.bytes, wanted->bytes);
    } else {
        CHECK_INT(fault.rule, IMPORT_LIMIT);
        CHECK_INT(fault.row, seen.rows);
        CHECK(strstr(fault.sentence, "memory") != NULL);
    }
    return met;
}

static void reads_a_file_whole_or_says_where_memory_ran_out(void)
{
    static char room[TEXT_ROOM];
    const struct bytes text = sample(room);
    struct seen wanted = {.rows = ROWS, .bytes = 0};

    for (size_t i = 0; i < ROWS; i++)
        wanted.bytes += strlen("a \"quoted\" cell") + STEP * i + strlen("last");
    for (int forever = 0; forever < 2; forever++) {
        uint64_t call = 1;
        while (fails_at(text, &wanted, call, forever == 1))
            call++;
        CHECK(call > 3);
    }
}

CASES(CASE(reads_a_file_whole_or_says_where_memory_ran_out))
