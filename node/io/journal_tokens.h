#ifndef FLAGPOST_JOURNAL_TOKENS_H
#define FLAGPOST_JOURNAL_TOKENS_H

/*
 * The index by which records are found: tokens, each a keyed hash of a word, an identifier
 * or the sound of a name (keyring_tokens), and no word of any record.
 *
 * A held record has a number from when its entry is put, in the order of arrival, so what
 * is still to be looked at is known from the numbers alone and storing costs one small row.
 *
 * On the disk a token of a record is a *pair* of 16 bytes, token and number, big-endian.
 * `token_new` has a row of pairs for each record.  Once TOKEN_SEGMENT numbers are full they
 * are filed: `token` has them as TOKEN_PAGES pages, by the first bits of the token, each
 * sorted.  So writing costs about what it adds, where a row for each pair would touch a
 * page of the file for each word, and a look takes one page of each segment.
 *
 * Erasing an entry takes its row of pairs away in the same transaction.  Pages are cleaned
 * by steps, since a record may stand in all of its segment's, which are megabytes; what is
 * to be taken out of them outlasts the process, and journal_erased_is_gone says when all
 * is.
 */

#include "journal.h"

enum {
    TOKENS_RECORD_MAX = 2048, /* of one record; 1024 such records still fit their pages */
    TOKEN_SEGMENT = 1024,
    TOKEN_PAGES = 128,
    TOKEN_PAGES_CLEANED = 16, /* by one step: some two milliseconds, thirty at most */
    TOKEN_PAIR = 16,
    TOKEN_TERMS_MAX = 16,
    TOKEN_ANY_MAX = 12,
    TOKEN_FOUND_MAX = 256,
    TOKEN_SEGMENTS_LOOKED_AT = 1024, /* by one call: a million records */
};

/*
 * One step of giving numbers to what was stored before there was an index; where `form` is
 * not the one that the index was made with, it is begun anew.  `ret_more`: it takes further
 * steps.
 */
NODISCARD status journal_tokens_begin(struct journal *j, uint32_t form, bool *ret_more);

/* All of it goes, and journal_tokens_begin begins anew. */
NODISCARD status journal_tokens_forget(struct journal *j);

/* The next record to be looked at, and where it stands.  E_UNKNOWN: all were. */
NODISCARD status journal_token_due(struct journal *j, uint64_t *ret_number,
                                   struct place *ret);
/* It was looked at: none is due that has this number or a smaller one. */
void journal_token_looked(struct journal *j, uint64_t number);
/* Makes that last; in the turn's transaction. */
NODISCARD status journal_tokens_keep(struct journal *j);

/* Of those that were looked at, the next to be compared with what was before it.
 * E_UNKNOWN: all were. */
NODISCARD status journal_token_uncompared(struct journal *j, uint64_t *ret_number,
                                          struct place *ret);
/* It was; in the turn's transaction. */
NODISCARD status journal_token_compared(struct journal *j, uint64_t number);

/* The tokens of a record, at most TOKENS_RECORD_MAX (MUST), in any order and repeated; they
 * are sorted in place. */
NODISCARD status journal_tokens_put(struct journal *j, uint64_t number, uint64_t *tokens,
                                    size_t count);
/* One step of filing.  `ret_more`: there is more to be filed now. */
NODISCARD status journal_tokens_file(struct journal *j, bool *ret_more);
/* One step of taking what was erased out of pages.  `ret_more`: it takes further steps. */
NODISCARD status journal_tokens_clean(struct journal *j, bool *ret_more);

/* What is looked for: records that have, of each term, any token; of the soft ones that is
 * so for as many as are needed. */
struct token_term {
    bool is_soft;
    size_t count;
    uint64_t any[TOKEN_ANY_MAX];
};
struct token_query {
    size_t soft_needed;
    size_t term_count; /* 0 finds nothing */
    struct token_term terms[TOKEN_TERMS_MAX];
};
struct token_found {
    size_t count;
    uint64_t at[TOKEN_FOUND_MAX]; /* numbers, newest first */
    uint64_t before;              /* go on with this; 0: there are no more */
};
/* The newest records first, those with numbers below `before` (0: all), at most `limit`. */
NODISCARD status journal_tokens_find(struct journal *j, const struct token_query *q,
                                     uint64_t before, size_t limit,
                                     struct token_found *ret);
/* The highest number that was given; 0: none was. */
NODISCARD status journal_token_newest(struct journal *j, uint64_t *ret);
/* Where the record of a number stands.  E_UNKNOWN. */
NODISCARD status journal_token_place(struct journal *j, uint64_t number, struct place *ret);
/* The number of the record at a place.  E_UNKNOWN: it has none. */
NODISCARD status journal_token_number(struct journal *j, const struct place *place,
                                      uint64_t *ret);

/* Each pair of the entry at a place, until `each` returns other than OK; of one that was
 * erased, what has yet to be taken out. */
typedef status (*journal_each_pair)(void *context, const uint8_t pair[TOKEN_PAIR]);
NODISCARD status journal_token_pairs(struct journal *j, const struct place *place,
                                     journal_each_pair each, void *context);

#endif
