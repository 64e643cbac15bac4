#ifndef FLAGPOST_READING_H
#define FLAGPOST_READING_H

/* The state of the confined process.  Private to reader.c and the two forms of file. */

#include "assemble.h"
#include "csv_source.h"
#include "key_set.h"
#include "reader.h"

struct reading {
    const struct reader_setup *setup;
    struct columns columns;
    struct arena row_arena, csv_arena;
    struct assembly assembly;
    struct record *record;
    struct parcel parcel;
    struct key_set keys;
    struct writer out;
    int fd;
    uint32_t rows;
    bool stopped; /* a finding that ends the file was sent */
    /* CSV: columns of the file in terms of the mapping's; NO_COLUMN: ignored. */
    bool has_header;
    size_t column_count;
    size_t column_of[CSV_COLUMNS_MAX];
    char names[CSV_COLUMNS_MAX][MAPPING_NAME_MAX + 1];
};

/* A finding of the row, or of the header, that is in hand. */
void reading_add(struct reading *r, enum import_rule rule, const char *column,
                 const char *sentence, const char *mend);

/* Puts the next row in hand; false after telling that there are too many. */
bool reading_begin(struct reading *r, uint32_t line);

/* Its record, or what is wrong with it, is said. */
void reading_take(struct reading *r, const struct cells *cells);

/* The row in hand has findings alone. */
void reading_refuse(struct reading *r);

/* The findings in hand are the last thing that is said of the file. */
void reading_stop(struct reading *r);
void reading_stop_at(struct reading *r, uint32_t row, uint32_t line,
                     const struct import_finding *f);

/* A name of a stranger's, for people: no control characters, ASCII. */
void reading_name(char to[MAPPING_NAME_MAX + 1], struct bytes name);

void reading_csv(struct reading *r, struct bytes text);
void reading_json(struct reading *r, struct bytes text);

#endif
