#ifndef FLAGPOST_TAIL_H
#define FLAGPOST_TAIL_H

/*
 * The tail of a backup: what this node has sealed since, as frames (core/given.h), each
 * behind its size in four bytes.  `flagpost backup tail` writes it, `restore` puts it into
 * the new home as the file "tail", and the node takes it in after the new epoch, once its
 * peers have given what they hold (again.c).
 */

#include "desk.h"

#define TAIL_FILE "tail"

/* Where a backup ends in each own lane, by rank. */
struct tail_place {
    struct epoch epoch;
    sequence size;
};
enum { TAIL_PLACES_SIZE = LANES * (4 + 8 + 8) };
void tail_places_write(const struct tail_place places[LANES],
                       uint8_t ret[TAIL_PLACES_SIZE]);
NODISCARD status tail_places_read(struct bytes b,
                                  struct tail_place ret[LANES]); /* E_FORM */

/* --- in a restored home --- */

/* Whatever it is that has its name, readable or not. */
bool tail_is_there(const struct desk *d);
/* As many frames as the turn has room for, of the epochs that are fetched back; `ret` false
 * when all of the file has been given, after which it begins anew; one that was cut off
 * ends there.  E_STORAGE: it, or the journal, cannot be read or written, and the file stays
 * for a person to look at; E_MEMORY: the same frame again in another turn. */
NODISCARD status tail_take(struct desk *d, bool *ret);
/* In a turn after the one that has taken the last of it; or, where nothing `is` to be
 * `taken` any more, once after a start: a node that was killed in between has left it. */
void tail_remove(struct desk *d, bool is_taken);
/* After a start nothing of it was taken: from the beginning. */
void tail_begin(struct desk *d);

#endif
