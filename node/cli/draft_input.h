#ifndef FLAGPOST_DRAFT_INPUT_H
#define FLAGPOST_DRAFT_INPUT_H

/*
 * A report as an officer hands it in: a record, right or wrong, and beside it what a bureau
 * knows and never sends.  The two are apart from the first byte read: the fields of the
 * source have a struct of their own (desk/source.h), and record_json.h does not know them.
 */

#include "cli.h"
#include "record.h"
#include "source.h"

struct draft_input {
    struct record *record;
    struct source source;
};

/* One report from FILE ("-": standard input); on failure tells why and returns the exit
 * code. */
int draft_input_read(struct cli *c, const char *path, struct draft_input *ret);

/* One record from FILE, which says nothing of a source; likewise. */
int record_input_read(struct cli *c, const char *path, struct record **ret);

#endif
