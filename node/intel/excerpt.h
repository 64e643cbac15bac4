#ifndef FLAGPOST_EXCERPT_H
#define FLAGPOST_EXCERPT_H

/*
 * Which items of a record go into a sanitised copy.  A person names them by position or by
 * what they are; a text or the provenance brings its grade along, because a text without
 * its grade says more than its author did (a grade belongs to the text, domain page 2.1).
 */

#include "content.h"

enum { EXCERPT_WORDS_MAX = 1024 }; /* bytes of what is asked for */

struct excerpt {
    size_t count;
    uint32_t positions[ITEMS_MAX]; /* ascending, each once */
};

/* "facts", "text" ...: the word for an item's kind, also of one that this version does not
 * know; static storage. */
const char *item_kind_word(enum item_kind kind);

/*
 * `words` is parted by commas.  Each part is a position ("3"), a range ("3-5"), a kind
 * ("facts", "persons": every item of it) or one of a kind ("text 2").
 * E_FORM: a part is none of these; E_UNKNOWN: the record has no such item.  Then
 * `ret_wrong` is that part, borrowed from `words`.  E_LIMIT: too long.
 */
NODISCARD status excerpt_choose(struct bytes words, const struct salted_item *items,
                                size_t count, struct arena *a, struct excerpt *ret,
                                struct bytes *ret_wrong);

/* "0, 3-5": for logs and answers.  At most `room` bytes; what does not fit ends in "...".
 */
struct bytes excerpt_write(const struct excerpt *e, char *to, size_t room);

#endif
