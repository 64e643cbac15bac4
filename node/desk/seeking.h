#ifndef FLAGPOST_SEEKING_H
#define FLAGPOST_SEEKING_H

/*
 * Looking for records by what is in them (intel/seek.h): what a person asks, the tokens by
 * which candidates are found, and each of these opened and compared.
 */

#include "desk.h"
#include "journal_tokens.h"
#include "seek.h"

/* The call's arguments that are fields of seek.h, in the turn's arena.  E_VALUE, E_LIMIT or
 * E_USAGE with the call's sentence set. */
NODISCARD status seeking_read(struct desk *d, struct call *c, struct seek **ret);

/* Of what is asked, by its fields, under a key that never leaves the node: who knows what
 * is asked can tell that it is this.  In the turn's arena. */
NODISCARD status seeking_digest(struct desk *d, const struct bytes fields[SEEK_FIELD_END],
                                struct bytes *ret);

/* E_VALUE: nothing of it can be looked for; E_LIMIT: it is too much. */
NODISCARD status seeking_query(struct desk *d, const struct seek *s,
                               struct token_query *ret);

/* The same status, with the call's sentence where it is one of those two. */
status seeking_told(struct call *c, status s);

/* A record that was opened; in an arena of the caller's. */
struct sought {
    struct entry_row entry;
    struct header header;
    struct record record;
};
/* The record at a place, opened by the node.  E_UNKNOWN: it is not to be shown, because it
 * was erased, recalled, waits for a newer roster, or does not open. */
NODISCARD status seeking_open(struct desk *d, const struct place *place, struct arena *a,
                              struct sought **ret);

/* "phone: the same, in phones 1; name: the whole name, in persons 2"; in the arena. */
const char *seeking_text(struct arena *a, const struct seek_found *f);

#endif
