#ifndef FLAGPOST_JOB_H
#define FLAGPOST_JOB_H

/*
 * One file through a mapping to the node.  A file that cannot be read to its end publishes
 * nothing, so it is read once before a row is sent.  All-or-nothing asks the node to check
 * every row in that first reading; a crash among the batches behind it leaves a part
 * published, which the next run of the same file completes.
 */

#include "intake.h"
#include "sender.h"

struct job {
    struct cli *cli;
    const struct mapping *mapping;
    const struct intake_file *file;
    bool dry;                /* check only */
    const char *released;    /* who released the rows at home; NULL: nobody was named */
    const char *attachments; /* folder of the files that rows name; NULL: none is sent */
    outcome_tell tell;
    void (*again)(void *context); /* what was told was the check's: now it is done */
    void *context;

    size_t rows, right, published, before, held, refused;
    size_t unsent; /* rows in the log whose files are not all there */
    bool file_refused;
    bool held_back; /* all-or-nothing: right rows that wait for refused ones */
};

/* DONE, REFUSED (rows or the file), or why the node could not be asked. */
int job_run(struct job *j);

#endif
