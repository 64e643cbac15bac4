#ifndef FLAGPOST_CEREMONY_H
#define FLAGPOST_CEREMONY_H

/* Shared by the subcommands that make and sign rosters and code lists. */

#include "cli.h"
#include "roster.h"

struct ceremony_root {
    struct root root;
    struct hash realm;
};

/* Reads and verifies a root document; false after telling why not. */
bool ceremony_root(struct cli *c, const char *path, struct ceremony_root *ret);

/* A text and its empty line: what a signing starts from. */
NODISCARD status ceremony_unsigned(struct cli *c, struct bytes text, struct bytes *ret);

#endif
