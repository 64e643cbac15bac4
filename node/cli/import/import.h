#ifndef FLAGPOST_IMPORT_H
#define FLAGPOST_IMPORT_H

/* What the two subcommands for exports share. */

#include "cli.h"
#include "mapping.h"

/* The mapping of a file; else the exit code, after telling file, line and what is wrong. */
int import_mapping(struct cli *c, const char *path, struct mapping **ret);

/* Why intake_open took no file. */
const char *import_file_sentence(status s);

#endif
