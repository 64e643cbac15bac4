#ifndef FLAGPOST_INDEXING_H
#define FLAGPOST_INDEXING_H

/*
 * The index by which records are found (io/journal_tokens.h): in the turn that stores or
 * publishes a record the node opens it, by itself and shown to nobody, and keeps its tokens
 * (intel/tokens.h) under a key of its own.  So many a turn; what is left goes on in the
 * next ones, over a restart too.
 *
 * A record that may not be opened here has none: recalled, unopenable, no record at all.
 * One that waits for a newer roster waits for its tokens as well.
 */

#include "desk.h"
#include "journal_tokens.h"

/* Before the turn's commit, when all it stores and publishes is put.  E_STORAGE or
 * E_DAMAGED alone. */
NODISCARD status indexing_turn(struct desk *d);
bool indexing_has_more(const struct desk *d);
/* Whether an entry is its record's first place, by which alone it is found. */
NODISCARD status indexing_is_first(struct desk *d, const struct entry_row *e, bool *ret);
/* Its own rows are damaged: it is made again from the records.  E_DAMAGED: it was already,
 * by this process. */
NODISCARD status indexing_anew(struct desk *d);

/* Messages of one record of which tokens are made: a text may say the same ones over and
 * over, and each costs a hash before the turn's commit (P6). */
enum { TOKENS_TRIED_MAX = 16384 };

/* Tokens of messages (intel/tokens.h), each once.  More than are kept of a record, or than
 * are made of one, are told by the token of TOKEN_MORE in place of those left out. */
struct token_set;
NODISCARD status token_set_make(struct keyring *k, struct arena *a, struct token_set **ret);
/* A token_each; `set` is a struct token_set. */
void token_set_add(void *set, struct bytes message);
/* How many messages were added so far. */
size_t token_set_given(const struct token_set *s);
/* All of them, and how many. */
size_t token_set_give(struct token_set *s, uint64_t ret[TOKENS_RECORD_MAX]);

#endif
