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

/* The document of --root, which `ceremony_needs` has asked for; the exit code, after
 * telling. */
int ceremony_root_given(struct cli *c, struct ceremony_root *ret);

/* EXIT_DONE; or EXIT_WRONG_USE, after telling all at once: which of these options are not
 * given, and where `lacks` is not NULL what of the arguments. */
int ceremony_needs(struct cli *c, const char *const *options, size_t count,
                   const char *lacks);

/* Why a file is not what it was given for, and what to do. */
const char *ceremony_root_sentence(const char *path, status s);
const char *ceremony_request_sentence(const char *path, status s);
const char *ceremony_from_sentence(const char *path, status s);
/* Why a roster cannot be written (E_VALUE). */
const char *ceremony_roster_sentence(struct cli *c, const struct roster *r);
/* Tells which line of a list that a person keeps is wrong; exit code. */
int ceremony_list_fault(struct cli *c, const char *path, struct bytes body, status s);

/* The roster that the home has installed; tells what is wrong with its configuration. */
NODISCARD status ceremony_installed(struct cli *c, struct bytes *ret);

/* A text and its empty line: what a signing starts from. */
NODISCARD status ceremony_unsigned(struct cli *c, struct bytes text, struct bytes *ret);

/* By its first line: "flagpost/roster/". */
bool ceremony_is_a(struct bytes note, const char *kind);
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

/* The roster that --from gives (none: an empty one), as of now.  The exit code, after
 * telling. */
int ceremony_begin_next(struct cli *c, const struct ceremony_root *root, struct roster *r);
/* A text to be signed, into a new file; why it could not be. */
NODISCARD status ceremony_write(struct cli *c, struct bytes text, const char *path);
const char *ceremony_write_sentence(status s);
extern const char ceremony_not_listed[];
/* Writes it to --out, to be signed; exit code. */
int ceremony_end_next(struct cli *c, struct roster *r);

/* Whether a list has a word that may not be a term (node/intel/lists_terms.h); tells line,
 * word and reason. */
bool ceremony_has_barred_term(struct cli *c, const char *path, struct bytes text);

#endif
