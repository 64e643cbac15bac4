#include "record_json.h"

#include "check.h"

/*
 * A record as JSON, alone or in a file of them.
 *
 * Oracle: what is accepted is written, read again, and written the same; a refusal has its
 * place and a sentence for a person, for each value, and the rest is a record.
 */

enum { ARENA_BYTES = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t memory[ARENA_BYTES];
static struct record record;

static void check_fault(const struct json_fault *first)
{
    size_t count = 0;

    for (const struct json_fault *f = first; f != NULL; f = f->next) {
        CHECK(f->sentence[0] != '\0');
        CHECK(strlen(f->sentence) < sizeof f->sentence && strlen(f->path) < sizeof f->path);
        CHECK(strlen(f->mend) < sizeof f->mend);
        CHECK(utf8_is_valid(bytes_of_text(f->sentence)));
        CHECK(utf8_is_valid(bytes_of_text(f->path)));
        count++;
    }
    CHECK(count <= FINDINGS_MAX);
}

/* What could be read of it is a record like any other: writing it takes each of its values.
 */
static void check_rest(struct arena *a, const struct json_fault *fault)
{
    struct bytes text = {0};

    check_fault(fault);
    CHECK_OK(record_json_write(&record, a, &text));
}

static void check_written(struct arena *a)
{
    struct json_fault fault = {0};
    struct bytes once = {0};
    struct bytes twice = {0};

    CHECK_OK(record_json_write(&record, a, &once));
    CHECK_OK(record_json_read(once, a, &record, &fault));
    CHECK_OK(record_json_write(&record, a, &twice));
    CHECK_BYTES(twice, once);
}

static void read_file(struct bytes in)
{
    struct record_json_file *file = NULL;
    struct json_fault fault = {0};
    struct arena a;

    if (record_json_open(in, &file, &fault) != OK) {
        check_fault(&fault);
        return;
    }
    while (record_json_has_next(file)) {
        arena_init(&a, memory, sizeof memory);
        fault = (struct json_fault){.line = 0};
        const status s = record_json_next(file, &a, &record, &fault);
        if (s == OK)
            check_written(&a);
        else if (s == E_VALUE)
            check_rest(&a, &fault);
        else
            check_fault(&fault);
        if (s != OK && s != E_VALUE)
            break;
    }
    file = record_json_free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_fault fault = {0};
    struct arena a;

    const struct bytes in = bytes_of(data, size);
    arena_init(&a, memory, sizeof memory);
    if (record_json_read(in, &a, &record, &fault) == OK)
        check_written(&a);
    else
        check_fault(&fault);
    read_file(in);
    return 0;
}
