#ifndef FLAGPOST_ATTACH_H
#define FLAGPOST_ATTACH_H

/* Files on their way into the log, behind the record that names them. */

#include "attach_file.h"
#include "record.h"

struct attach_plan {
    const char *file;   /* one to add to the record, or NULL */
    const char *folder; /* where the files are that the record names, or NULL */
    int code;           /* of the last attach_fill that gave NULL */
    size_t count;
    struct attach_file *files[ATTACHMENTS_MAX];
};

/*
 * The record as it will be published: size and digests of what it names are those of the
 * files, which stay open in the plan.  NULL after telling what is wrong.
 */
const struct record *attach_fill(struct cli *c, const struct record *r,
                                 struct attach_plan *plan);
void attach_done(struct attach_plan *plan);

/* A file that the option `attach` names goes with one record: false after telling that the
 * text has more. */
bool attach_is_of_one(struct cli *c, struct bytes text);

/* Sends every part of a file that the node does not have yet, and tells how it went. */
int attach_send(struct cli *c, const char *id, struct attach_file *f);

#endif
