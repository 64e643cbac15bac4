#ifndef FLAGPOST_PROOF_JUDGED_H
#define FLAGPOST_PROOF_JUDGED_H

/* A proof that was read and judged, and the words for what it shows: shared by the
 * subcommands that say it on a screen and on paper. */

#include "cli.h"
#include "proof.h"

struct proof_judged {
    struct bytes text, root; /* the two files */
    struct proof *proof;
    struct proof_facts *facts;
};

/* The command's one argument under its --root; else tells what is wrong and where, and
 * gives the exit code. */
int proof_judge(struct cli *c, struct proof_judged *ret);

/* "intelligence", "a recall". */
const char *proof_kind(enum kind kind);
/* As the roster of the time names the agency; empty when it does not. */
const char *proof_name(const struct proof_facts *f, const struct agency_id *id);
bool proof_is_witnessed(const struct proof_facts *f);
/* Positions of `of` that are not shown, as "1-2, 7". */
struct bytes proof_left_out(const struct proof *p, uint32_t of, char *to, size_t room);

#endif
