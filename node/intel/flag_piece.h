#ifndef FLAGPOST_FLAG_PIECE_H
#define FLAGPOST_FLAG_PIECE_H

/* Words of a text and pieces of one, as the flag engine takes them.  Private to it. Nothing
 * here looks further ahead than a bounded number of characters, flag_piece_skip and
 * flag_is_address apart, behind which their caller goes on. */

#include "flag_match.h"

/* Adds the letters from `at` on, hidden characters left out; gives the end of the last one.
 * Of an endless word only the beginning is taken. */
size_t flag_piece_take(struct bytes text, size_t at, struct flag_word *w);

/* Behind all letters and hidden characters. */
size_t flag_piece_skip(struct bytes text, size_t at);

/* Pieces of one flag with something between them: "O-I-M-C-R", "OIM CR". */
struct joint {
    size_t end;
    size_t pieces;
    bool blanks;  /* blanks lie between, not only hyphens and dots */
    bool letters; /* each piece is a single letter */
};

/* Adds the next piece to the word; false when none follows within reach. */
bool flag_piece_join(struct bytes text, struct flag_word *w, struct joint *j);

/* Whether what stands from `at` to the next blank, `ret_end`, is an address on a network:
 * no flag is in one. */
bool flag_is_address(struct bytes text, size_t at, size_t *ret_end);

#endif
