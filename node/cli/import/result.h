#ifndef FLAGPOST_RESULT_H
#define FLAGPOST_RESULT_H

/*
 * Result files, PATH.json and PATH.csv: what became of each row, and how to mend it, so
 * that the force's own system is corrected.  A row is named by its own key, and nothing
 * that the record says is repeated: where a finding quotes it, the quotation is left out;
 * but of a mend that was applied it says what was there, so that it can be found.
 * The CSV is for a spreadsheet, so a cell that would be a formula there has an apostrophe
 * in front; the JSON has everything as it is.
 *
 * Both are written beside their place and renamed when complete.
 */

#include "job.h"

struct result;

/* E_IO, E_LIMIT (the path), E_MEMORY. */
NODISCARD status result_open(const char *path, const char *file, const struct mapping *m,
                             struct result **ret);
void result_put(struct result *r, const struct outcome *o);
/* Empty again: what was put was only the check. */
void result_restart(struct result *r);
/* Totals, and both files in their places.  Frees `r` whatever happens.  E_IO. */
NODISCARD status result_close(struct result *r, const struct job *j);
/* Frees it and leaves no file. */
void result_abandon(struct result *r);

/* "published", "held" (nothing is refused, and rows wait for a person), "partly",
 * "nothing-new", "refused": of the whole file. */
const char *result_word(const struct job *j);

#endif
