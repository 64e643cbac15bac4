#ifndef FLAGPOST_PARCEL_H
#define FLAGPOST_PARCEL_H

/*
 * What the confined reader says to the process that started it, over a pipe: one parcel for
 * each row, and one at the end.  A reader that was taken over by its file can say anything,
 * so parcel_decode takes nothing that a good one would not say, and the record within is
 * judged again by the node.
 *
 *     u32 size of what follows
 *     u8 kind    u32 row    u32 line    text key
 *     ROW:       u32 size, packed record (node/intel/record.h), text version, text
 *                reference: what an extract for `ingest gate` says beside the record
 *     FINDINGS:  u8 count, each: u8 rule, text column, text field, text sentence, text mend
 *     END:       u32 rows, u8 whole
 *     text       u16 size, UTF-8
 */

#include "arena.h"

enum {
    PARCEL_BYTES_MAX = 480 * 1024,
    PARCEL_FINDINGS_MAX = 32,
    PARCEL_TEXT_MAX = 512,
    PARCEL_KEY_MAX = 1024,
    PARCEL_GATE_MAX = 64, /* version and reference */
    ROWS_MAX = 1000000,
};

/* The rules of an import; import_rule_word has their names, README.md what they mean. */
enum import_rule {
    IMPORT_FILE = 1, /* I1 */
    IMPORT_LIMIT,
    IMPORT_COLUMN,
    IMPORT_VALUE,
    IMPORT_DATE,
    IMPORT_DAMAGE,
    IMPORT_KEY,
    IMPORT_CHANGED,
    IMPORT_STOPPED, /* I9, the last that a reader says */
    IMPORT_WAITS,
    IMPORT_ATTACHED /* I11 */
};
const char *import_rule_word(enum import_rule r);

struct import_finding {
    enum import_rule rule;
    struct bytes column, field, sentence, mend;
};

enum parcel_kind { PARCEL_ROW = 1, PARCEL_FINDINGS, PARCEL_END };

struct parcel {
    enum parcel_kind kind;
    uint32_t row;  /* from 1; 0: of the whole file */
    uint32_t line; /* 0: not known */
    struct bytes key;
    struct bytes record;
    struct bytes version, reference; /* empty: not given */
    size_t finding_count;
    struct import_finding findings[PARCEL_FINDINGS_MAX];
    uint32_t rows; /* read, right or wrong */
    bool whole;    /* false: reading stopped at the finding before this */
};

/* The whole parcel with its size in front.  E_LIMIT; texts of findings are cut. */
NODISCARD status parcel_encode(const struct parcel *p, struct writer *w);
/* Without the size in front.  Borrows. */
NODISCARD status parcel_decode(struct bytes b, struct parcel *ret);

#endif
