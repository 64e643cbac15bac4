#ifndef FLAGPOST_ROW_FILES_H
#define FLAGPOST_ROW_FILES_H

/*
 * The files that rows name as attachments.  They stand in one folder, under plain names,
 * and are looked at twice: before a row is sent, to say what each file is, and once its
 * record is in the log, to send its parts.  Sending goes on where an earlier run stopped.
 */

#include "attach_file.h"
#include "mapping.h"
#include "outcome.h"

struct row_files {
    struct cli *cli;
    const struct mapping *mapping;
    const char *folder;
    struct arena arena;       /* of one row */
    struct attach_file *file; /* the one that is looked at */
};

/* E_MEMORY. */
NODISCARD status row_files_open(struct row_files *w, struct cli *c, const struct mapping *m,
                                const char *folder);
void row_files_done(struct row_files *w);

/*
 * A row with size and digests of what its record names, taken from the files; or in its
 * place what is wrong with them (I11).  Borrowed until the next row.  E_MEMORY.
 */
NODISCARD status row_files_fill(struct row_files *w, const struct parcel *row,
                                struct parcel *ret);

/* Sends the files of a row whose record is in the log.  DONE; or why not, with a finding in
 * the outcome where that is the file's fault. */
int row_files_send(struct row_files *w, struct outcome *o);

#endif
