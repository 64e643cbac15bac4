#ifndef FLAGPOST_RECORD_JSON_H
#define FLAGPOST_RECORD_JSON_H

/*
 * Records as JSON, exact both ways, with field names a person can type (README.md lists
 * them).  Strict: a field twice, a field nobody knows, a number where text belongs, bad
 * UTF-8 or NUL are refused with the place and a sentence.  Whether the record is *right* is
 * not asked here but by rules_check: a record marked SECRET reads well and is then refused.
 */

#include "record.h"
#include "rules.h"

enum {
    RECORD_JSON_BYTES_MAX = 1024 * 1024,           /* one record */
    RECORD_JSON_FILE_BYTES_MAX = 64 * 1024 * 1024, /* a file of them */
};

/* What is wrong and where: a line and a column when the text is not JSON, else a path
 * within the record and 0, 0. */
struct json_fault {
    const char *rule; /* of those in ../import/README.md: "I1" */
    char path[96];    /* "texts[1].grade"; empty when it is no object or not JSON at all */
    char sentence[224];
    char mend[128]; /* what to do; empty where the sentence says it: of what is not JSON */
    int line, column;
    const struct json_fault
        *next; /* of the same record, FINDINGS_MAX in all; in the arena */
};

/*
 * One record.  E_FORM: not JSON.  E_VALUE: JSON, but not a record: each value that cannot
 * be read is a fault, `ret_fault` the first, and `ret` has the others, to be judged
 * (unread.h) and never to be sent.  E_LIMIT, E_MEMORY.  Every failure fills `ret_fault`.
 * Text goes to the arena.
 */
NODISCARD status record_json_read(struct bytes text, struct arena *a, struct record *ret,
                                  struct json_fault *ret_fault);

/* Sentence and mend as one text. */
enum { JSON_FAULT_ROOM = 384 };
void json_fault_text(const struct json_fault *f, char ret[JSON_FAULT_ROOM]);

/* Faults of a record as findings, all of which refuse it.  They borrow from the faults. */
void record_json_findings(const struct json_fault *first, struct findings *ret);

/* One line without its newline.  E_VALUE when a text is not UTF-8, or there was no memory
 * for it; expires_at is written to the second. */
NODISCARD status record_json_write(const struct record *r, struct arena *a,
                                   struct bytes *ret);

/*
 * A file: one object, an array of objects, or objects one after the other (JSON lines).
 * Borrows `text`, which must outlive it.
 */
struct record_json_file;

NODISCARD status record_json_open(struct bytes text, struct record_json_file **ret,
                                  struct json_fault *ret_fault);
struct record_json_file *record_json_free(struct record_json_file *f); /* NULL */

/* It is JSON, and no object of it has any field of a record: another kind of export. */
bool record_json_is_other(const struct record_json_file *f);

bool record_json_has_next(const struct record_json_file *f);
/*
 * The next record, as record_json_read.  After E_VALUE the file goes on with the record
 * behind; after E_FORM it has ended, because nothing says where the next one begins.
 */
NODISCARD status record_json_next(struct record_json_file *f, struct arena *a,
                                  struct record *ret, struct json_fault *ret_fault);

#endif
