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

/* The roster that the home has installed; tells what is wrong with its configuration. */
NODISCARD status ceremony_installed(struct cli *c, struct bytes *ret);

/* A text and its empty line: what a signing starts from. */
NODISCARD status ceremony_unsigned(struct cli *c, struct bytes text, struct bytes *ret);

/* What stands before the empty line; the whole when nothing was signed yet. */
struct bytes ceremony_text(struct bytes note);
/* How many of the root's keys have signed it rightly. */
size_t ceremony_signatures(struct cli *c, const struct root *root, struct bytes note);

/* True of a document of ours that is right but for the signatures it lacks, as far as can
 * be told before they are there. */
bool ceremony_is_unsigned(struct cli *c, const struct root *root, struct bytes note);
/* Tells "N of K signatures" and returns the exit code of a document that lacks some. */
int ceremony_lacks(struct cli *c, const struct root *root, const char *path,
                   struct bytes note);

/* The roster that --from gives (none: an empty one), as of now.  False after telling. */
bool ceremony_begin_next(struct cli *c, const struct ceremony_root *root, struct roster *r);
/* Writes it to --out, to be signed; exit code. */
int ceremony_end_next(struct cli *c, struct roster *r);

/* Whether a list has a word that may not be a term (node/intel/lists_terms.h); tells line,
 * word and reason. */
bool ceremony_has_barred_term(struct cli *c, const char *path, struct bytes text);

#endif
