#ifndef FLAGPOST_PROOF_LINES_H
#define FLAGPOST_PROOF_LINES_H

/* Lines of a file that proves something: a word, a space and a value in its one form.
 * Shared by proofs (proof_text.c) and by exports of the log (audit_file.c).  Private to
 * this folder. */

#include "lines.h"
#include "proof.h"

/* A value of no bytes is "-". */
void proof_put_base64(struct writer *w, const char *key, struct bytes b);
void proof_put_hex(struct writer *w, const char *key, struct bytes b);
void proof_put_decimal(struct writer *w, const char *key, uint64_t value);

struct proof_reader {
    struct lines l;
    struct arena *arena;
    struct proof_fault *fault;
    uint32_t line; /* the one entered, from 1 */
};

/* The fault "should be KEY and its value", at the line entered. */
status proof_misformed(struct proof_reader *r, const char *key);

/* Each enters the next line, whose word must be `key`, and reads its value; otherwise the
 * fault is filled in.  What is read is in the reader's arena, or in the text. */
NODISCARD status proof_enter(struct proof_reader *r, const char *key, struct bytes *ret);
NODISCARD status proof_read_base64(struct proof_reader *r, const char *key,
                                   struct proof_value *ret);
NODISCARD status proof_read_fixed(struct proof_reader *r, const char *key, size_t size,
                                  struct proof_value *ret);
NODISCARD status proof_read_decimal(struct proof_reader *r, const char *key, uint64_t *ret);
/* Hashes end to end, or "-" for none. */
NODISCARD status proof_read_path(struct proof_reader *r, const char *key,
                                 struct proof_value *ret);
/* One or more lines "root". */
NODISCARD status proof_read_roots(struct proof_reader *r, struct proof *p);

#endif
