#ifndef FLAGPOST_JOURNAL_TOKEN_PARTS_H
#define FLAGPOST_JOURNAL_TOKEN_PARTS_H

/* Pairs as they stand on the disk, for the files that file, look for and take out. */

#include "journal_parts.h"
#include "journal_tokens.h"

_Static_assert(TOKEN_PAGES == 128, "token_page takes seven bits");

static inline uint64_t pair_half(const uint8_t *at)
{
    struct reader r = {.rest = bytes_of(at, TOKEN_PAIR / 2)};

    return read_u64(&r);
}

static inline uint64_t pair_token(struct bytes pairs, size_t i)
{
    return pair_half(pairs.at + i * TOKEN_PAIR);
}

static inline uint64_t pair_number(struct bytes pairs, size_t i)
{
    return pair_half(pairs.at + i * TOKEN_PAIR + TOKEN_PAIR / 2);
}

/* Of the token's segment. */
static inline uint64_t token_page(uint64_t segment, uint64_t token)
{
    return segment * TOKEN_PAGES + (token >> 57);
}

/* The first pair whose token is not below. */
size_t pairs_from(struct bytes pairs, uint64_t token);
/* A column of pairs; what is none is damage, which columns_end tells. */
struct bytes column_pairs(struct query *q);
/* The number of the oldest record that is in no page.  E_UNKNOWN: all are. */
NODISCARD status tokens_first_new(struct journal *j, uint64_t *ret);

#endif
