#ifndef FLAGPOST_ASSEMBLE_H
#define FLAGPOST_ASSEMBLE_H

/*
 * One row of an export becomes a record as the mapping says, or findings: the column, the
 * field it was meant for, what is wrong and what to do.  Findings never repeat what a cell
 * holds.
 */

#include "columns.h"
#include "json_rows.h"
#include "parcel.h"
#include "record_build.h"

struct assembly {
    const struct mapping *mapping;
    const struct columns *columns;
    struct record_build *build;
    struct arena *arena; /* of the row */
    struct json_fault fault;
    struct parcel *parcel; /* findings are added here */
};

/* Cells by column of the mapping; NULL: not there. */
struct cells {
    const struct json_cell *at[MAPPING_COLUMNS_MAX];
};

/* What names the row, into the parcel: from its key columns.  Without any, or with
 * findings, it is left empty. */
void assemble_key(struct assembly *a, const struct cells *cells);

/* What an extract says beside the record, into the parcel. */
void assemble_gate(struct assembly *a, const struct cells *cells);

/* The record.  With findings in the parcel it is not to be used. */
void assemble_record(struct assembly *a, const struct cells *cells, struct record *ret);

/* Adds a finding; beyond PARCEL_FINDINGS_MAX they are one too many to read anyway. */
void assemble_fault(struct assembly *a, const struct import_finding *f);

/* Not there, or nothing but blanks. */
bool assemble_is_empty(const struct json_cell *cell);

#endif
