#ifndef FLAGPOST_SIM_LEDGER_H
#define FLAGPOST_SIM_LEDGER_H

/*
 * What a bystander who sees everything knows of each stream: the leaves that its publisher
 * let out, the root at each size, and for each index whom it is for and what it tells.  A
 * cloned agency has two branches, each with ledgers of its own.
 */

#include "merkle.h"

enum {
    LEDGERS_MAX = 64,
    LEDGER_SIZE_MAX = 4096,
    NO_STORY = 0xffff,
};

struct ledger_line {
    struct hash leaf;
    struct hash root;   /* of the tree that this leaf completes */
    unsigned addressed; /* bit per identity; 0 where there is nothing to take */
    uint16_t story;     /* or NO_STORY */
};

struct ledger {
    struct stream_id id;
    unsigned branch;
    struct frontier frontier;
    struct ledger_line *lines;
};

struct ledgers {
    size_t count;
    struct ledger at[LEDGERS_MAX];
};

void ledgers_init(struct ledgers *l);
void ledgers_done(struct ledgers *l);
/* NULL when nothing of the stream was let out. */
struct ledger *ledger_find(struct ledgers *l, const struct stream_id *id, unsigned branch);
/* Finds or begins. */
struct ledger *ledger_open(struct ledgers *l, const struct stream_id *id, unsigned branch);
void ledger_append(struct ledger *l, const struct ledger_line *line);
/* Everything that `agency` let out on branch 0 is branch 1's past as well. */
void ledgers_branch(struct ledgers *l, const struct agency_id *agency);
/* True when the stream had this root at this size. */
bool ledger_has_root(const struct ledger *l, sequence size, const struct hash *root);

#endif
