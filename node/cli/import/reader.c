#include "reading.h"

#include "confine.h"
#include "mistaken.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ROW_ARENA = 24 * 1024 * 1024, /* a row's values, its record twice, and its pack */
    CSV_ARENA = 2 * CSV_ROW_BYTES_MAX,
    OUT_ROOM = 2 * PARCEL_BYTES_MAX,
    OUT_FLUSH = 64 * 1024,
    RECORD_BYTES_MAX = 400 * 1024, /* a request to the node holds at least one */
};

/* The other end closed: nobody wants to know. */
static void flush(struct reading *r)
{
    for (struct bytes rest = writer_bytes(&r->out); rest.size > 0;) {
        const ssize_t n = write(r->fd, rest.at, rest.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(READER_NOT_CONFINED);
        rest = bytes_from(rest, (size_t)n);
    }
    r->out.size = 0;
}

static void send(struct reading *r, const struct parcel *p)
{
    MUST(parcel_encode(p, &r->out) == OK); /* sizes were looked at */
    if (r->out.size >= OUT_FLUSH)
        flush(r);
}

void reading_add(struct reading *r, enum import_rule rule, const char *column,
                 const char *sentence, const char *mend)
{
    assemble_fault(&r->assembly,
                   &(struct import_finding){.rule = rule,
                                            .column = bytes_of_text(column),
                                            .sentence = bytes_of_text(sentence),
                                            .mend = bytes_of_text(mend)});
}

/* The findings so far are the last thing that is said of the file. */
void reading_stop(struct reading *r)
{
    reading_refuse(r);
    r->stopped = true;
}

static void begin_row(struct reading *r, uint32_t row, uint32_t line)
{
    r->parcel = (struct parcel){.row = row, .line = line};
}

/* A file-level fault, with its place. */
void reading_stop_at(struct reading *r, uint32_t row, uint32_t line,
                     const struct import_finding *f)
{
    begin_row(r, row, line);
    r->rows = row > r->rows ? row : r->rows;
    assemble_fault(&r->assembly, f);
    reading_stop(r);
}

/* Without key columns a row is named by its file and its place there. */
static void name_row(struct reading *r, const struct cells *cells)
{
    enum { DIGITS = 16, ROOM = 64 };
    const struct mapping *const m = r->setup->mapping;
    char digest[2 * HASH_SIZE + 1];

    if (m->key_count > 0) {
        assemble_key(&r->assembly, cells);
        return;
    }
    char *const text = arena_take(&r->row_arena, ROOM);
    MUST(text != NULL);
    hex_encode(bytes_of(r->setup->digest.bytes, HASH_SIZE), digest);
    const int n = snprintf(text, ROOM, "%.*s row %u", DIGITS, digest, r->parcel.row);
    r->parcel.key = bytes_of(text, (size_t)n);
}

static void check_key(struct reading *r)
{
    const status s = r->parcel.key.size == 0 ? OK : key_set_add(&r->keys, r->parcel.key);

    if (s == E_DUPLICATE)
        reading_add(r, IMPORT_KEY, r->setup->mapping->key[0],
                    "Another row of this file has the same key.",
                    "Take one of them out, or add a column to the mapping's key.");
    if (s == E_MEMORY)
        reading_add(r, IMPORT_LIMIT, "",
                    "There is not enough memory for the keys of this file.",
                    "Split the file.");
}

static void pack(struct reading *r)
{
    const status s = record_pack(r->record, &r->row_arena, &r->parcel.record);

    if (s != OK || r->parcel.record.size > RECORD_BYTES_MAX)
        reading_add(r, IMPORT_LIMIT, "", "The record is too long to be sent.",
                    "Shorten its longest text.");
}

void reading_refuse(struct reading *r)
{
    r->parcel.kind = PARCEL_FINDINGS;
    send(r, &r->parcel);
}

/* One row, whatever it came from: its record, or what is wrong with it. */
void reading_take(struct reading *r, const struct cells *cells)
{
    name_row(r, cells);
    check_key(r);
    assemble_gate(&r->assembly, cells);
    assemble_record(&r->assembly, cells, r->record);
    if (r->parcel.finding_count == 0)
        pack(r);
    r->parcel.kind = r->parcel.finding_count == 0 ? PARCEL_ROW : PARCEL_FINDINGS;
    send(r, &r->parcel);
}

bool reading_begin(struct reading *r, uint32_t line)
{
    if (r->rows < ROWS_MAX) {
        begin_row(r, ++r->rows, line);
        return true;
    }
    reading_stop_at(r, r->rows + 1, line,
                    &(struct import_finding){
                        .rule = IMPORT_LIMIT,
                        .sentence = bytes_of_text("The file has more than 1,000,000 rows."),
                        .mend = bytes_of_text("Split it.")});
    return false;
}

void reading_name(char to[MAPPING_NAME_MAX + 1], struct bytes name)
{
    const size_t size = name.size < MAPPING_NAME_MAX ? name.size : MAPPING_NAME_MAX;

    for (size_t i = 0; i < size; i++)
        to[i] = (char)(name.at[i] < 0x20 || name.at[i] >= 0x7f ? '?' : name.at[i]);
    to[size] = '\0';
}

static bool skip_mark(struct bytes *text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    size_t marks = 0;

    for (; text->size >= sizeof mark && memcmp(text->at, mark, sizeof mark) == 0; marks++)
        *text = bytes_from(*text, sizeof mark);
    return marks <= 1;
}

static void read_file(struct reading *r)
{
    struct bytes text = r->setup->text;
    const char *const foreign = text_foreign(text);
    struct import_finding f = {.rule = IMPORT_FILE,
                               .mend = bytes_of_text("Export it as UTF-8 (\"CSV UTF-8\" in "
                                                     "a spreadsheet).")};

    if (foreign != NULL) {
        f.sentence = bytes_of_text(foreign);
        reading_stop_at(r, 0, 1, &f);
        return;
    }
    if (!skip_mark(&text)) {
        f.sentence = bytes_of_text("The file begins with more than one byte order mark.");
        reading_stop_at(r, 0, 1, &f);
        return;
    }
    if (import_mistaken(r->setup->mapping, text, &f)) {
        reading_stop_at(r, 0, 1, &f);
        return;
    }
    if (r->setup->mapping->format == MAPPING_CSV)
        reading_csv(r, text);
    else
        reading_json(r, text);
}

static bool memory_open(struct arena *a, size_t size)
{
    void *const memory = malloc(size);

    arena_init(a, memory, memory == NULL ? 0 : size);
    return memory != NULL;
}

static struct reading *reading_open(const struct reader_setup *setup, int out)
{
    struct reading *const r = calloc(1, sizeof *r);
    uint8_t *const room = malloc(OUT_ROOM);

    if (r == NULL || room == NULL || !memory_open(&r->row_arena, ROW_ARENA) ||
        !memory_open(&r->csv_arena, CSV_ARENA))
        _exit(READER_NOT_CONFINED);
    r->record = calloc(1, sizeof *r->record);
    if (r->record == NULL || record_build_open(&r->assembly.build) != OK ||
        columns_of(setup->mapping, &r->columns) != OK)
        _exit(READER_NOT_CONFINED);
    r->setup = setup;
    r->fd = out;
    r->out = writer_over(room, OUT_ROOM);
    r->assembly.mapping = setup->mapping;
    r->assembly.columns = &r->columns;
    r->assembly.arena = &r->row_arena;
    r->assembly.parcel = &r->parcel;
    return r;
}

void reader_run(const struct reader_setup *setup, int out)
{
    record_build_prepare(); /* asks for randomness, which is forbidden later */
    if (confine_enter(out) != OK)
        _exit(READER_NOT_CONFINED);
    struct reading *const r = reading_open(setup, out);
    read_file(r);
    send(r, &(struct parcel){.kind = PARCEL_END, .rows = r->rows, .whole = !r->stopped});
    flush(r);
    _exit(READER_DONE);
}
