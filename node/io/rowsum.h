#ifndef FLAGPOST_ROWSUM_H
#define FLAGPOST_ROWSUM_H

/*
 * One number for all rows of a database, kept by the transaction that changes them: so a
 * row that is edited, exchanged, deleted or inserted behind the node's back is found, in
 * any table, now and in those to come.  SQLite's own integrity check does not see it (page
 * "reliability", F11).
 *
 * The number is LtHash (Bellare and Micciancio 1997; Lewi, Kim, Maykov and Weis 2019): each
 * row's BLAKE2b-256 is stretched to 1024 lanes of 16 bits, which are added to, or taken
 * from, the lanes of the sum.  No key: whoever has the file can add up its rows again.  The
 * sum is kept under the node's MAC with the number of its commit, so nobody else can make
 * one, and the head guard has both.
 */

#include "bytes.h"
#include "keyring.h"

struct sqlite3;

enum { ROWSUM_LANES = 1024, ROWSUM_SIZE = 2 * ROWSUM_LANES };

struct rowsum {
    uint16_t lanes[ROWSUM_LANES];
    uint64_t commits; /* that changed a row */
    struct hash mac;  /* over both */
    bool is_ours;     /* the MAC that was loaded is this node's */
    bool moved;       /* since the last commit */
    bool bad;         /* a changed row could not be read: memory */
};

/* Follows every change of a row that this connection makes from now on. */
void rowsum_follow(struct rowsum *s, struct sqlite3 *handle);

/* MAC of a sum as it would be kept in `file`. */
struct hash rowsum_mac(const struct rowsum *s, const char *file, struct keyring *k);

/* Adds up all rows of all tables, in the connection's own snapshot; `ret` has the lanes and
 * nothing else.  E_DAMAGED: a table cannot be read to its end, or an index does not agree
 * with its table.  E_MEMORY. */
NODISCARD status rowsum_count(struct sqlite3 *handle, struct rowsum *ret,
                              uint64_t *ret_rows);

void rowsum_encode(const struct rowsum *s, uint8_t ret[ROWSUM_SIZE]);
void rowsum_decode(const uint8_t bytes[ROWSUM_SIZE], struct rowsum *s);

#endif
