#ifndef FLAGPOST_MAPPING_H
#define FLAGPOST_MAPPING_H

/*
 * A mapping file says how the export of one force system becomes records: which column goes
 * to which field, with which constants, value tables, date formats and splits.  It is YAML,
 * read by a schema; a key that nobody knows is refused with its line, so that a slip of the
 * pen is not a column that quietly stays behind.  README.md in this folder has the keys.
 */

#include "arena.h"
#include "mend.h"

enum {
    MAPPING_BYTES_MAX = 64 * 1024,
    MAPPING_FIELDS_MAX = 256,
    MAPPING_COLUMNS_MAX = 256,
    MAPPING_KEYS_MAX = 4,
    MAPPING_NAME_MAX = 128, /* of a column */
};

enum mapping_format { MAPPING_CSV = 1, MAPPING_JSON_LINES, MAPPING_JSON_ARRAY };
enum mapping_publish { MAPPING_ALL_OR_NOTHING = 1, MAPPING_ROW_BY_ROW };
enum mapping_grades { MAPPING_3X5X2 = 0, MAPPING_5X5X5, MAPPING_4X4 };
enum mapping_encoding { MAPPING_UTF_8 = 0 };
enum mapping_answer { MAPPING_NO = 0, MAPPING_YES };
enum mapping_name {
    MAPPING_NO_NAME = 0,
    MAPPING_SURNAME_COMMA, /* "SMITH, John Paul" */
    MAPPING_SURNAME_FIRST, /* "SMITH John Paul" */
    MAPPING_SURNAME_LAST,  /* "John Paul Smith" */
};

struct mapping_value {
    char *from, *is;
};

struct mapping_each {
    char *field, *value;
};

/* Where what does not fit goes, instead of being a finding. */
struct mapping_otherwise {
    char *to, *before, *after;
};

/* Of an extract for `ingest gate`: columns beside the record.  NULL: not given. */
struct mapping_gate {
    char *version;   /* of the record, from 1 */
    char *reference; /* the national reference that it was loaded under; may be empty */
};

/* NULL and 0: not given. */
struct mapping_field {
    char *to;     /* path in the record; for a name the person: "persons[0]" */
    char *column; /* or a constant: */
    char *value;
    char *before, *after; /* put around what is there */
    char *join;           /* between this and what the field has already; a space */
    char *split;          /* separator of the parts */
    uint32_t keep;        /* parts that the field takes; 0: all */
    enum mapping_name name;
    char **dates; /* formats, tried in order */
    unsigned date_count;
    struct mapping_value *values;
    unsigned value_count;
    char *unknown; /* for a value that the table lacks */
    enum mapping_answer required;
    struct mapping_each *each; /* more fields of an element that this one begins */
    unsigned each_count;
    struct mapping_otherwise *otherwise;
};

struct mapping {
    char *system; /* the source's name, part of each row's key */
    enum mapping_format format;
    enum mapping_encoding encoding;
    char *delimiter;
    enum mapping_answer header;
    char **columns; /* where the file has no header */
    unsigned column_count;
    char **ignore; /* columns that stay behind on purpose */
    unsigned ignore_count;
    char **key; /* columns that name a row for good */
    unsigned key_count;
    enum mapping_publish publish;
    enum mapping_grades grades;
    enum mend_class mend; /* the classes of mends that are applied, as bits */
    char **dates;
    unsigned date_count;
    struct mapping_gate *gate;
    uint32_t pivot; /* two-digit years up to it are 20yy, above it 19yy; 0: refused */
    struct mapping_field *fields;
    unsigned field_count;
};

struct mapping_fault {
    uint32_t line; /* 0: of the whole */
    char sentence[400];
};

/* E_FORM: not YAML of this schema.  E_VALUE: it says something that cannot be. */
NODISCARD status mapping_read(struct bytes text, struct mapping **ret,
                              struct mapping_fault *ret_fault);
struct mapping *mapping_free(struct mapping *m); /* NULL */

/* Whether what it says can be: paths, formats, tables.  mapping_read has asked.
 * `ret_field`: the entry of `fields` that is wrong; untouched where none is. */
NODISCARD status mapping_check(const struct mapping *m, size_t *ret_field,
                               struct mapping_fault *ret_fault);

/* The date formats of a field: its own, else the file's. */
const char *const *mapping_dates(const struct mapping *m, const struct mapping_field *f,
                                 size_t *ret_count);

/* The column that a field of the record comes from, for findings: of the mapping's paths
 * the one that the field's begins with.  "" when it is a constant. */
const char *mapping_column(const struct mapping *m, const char *path);

#endif
