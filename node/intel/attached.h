#ifndef FLAGPOST_ATTACHED_H
#define FLAGPOST_ATTACHED_H

/*
 * Files that belong to a record.  The record commits to each as a whole (digest) and to
 * each part of it (root), so that a part is checked alone: at the publisher before it is
 * sealed, and at a holder before it is given out.  A wrong part never enters a log, where
 * it could not be taken back.
 */

#include "content.h"

/* How many parts it has; 1 to ATTACHMENT_PARTS_MAX for what item_decode accepts. */
uint32_t attached_parts(const struct item_attachment *x);

/* Bytes of one part; 0 behind the last. */
size_t attached_part_size(const struct item_attachment *x, uint32_t number);

/*
 * The record id of a part's entry.  It follows from the record's, so a part is found
 * without opening others, and published again it is the same entry.  It begins with 0xff,
 * which is the time of no record: what a person types as the beginning of an id never means
 * a part.
 */
record_id attached_part_id(const record_id *record, uint32_t attachment, uint32_t number);

/* E_VALUE: not a part of it by number or size.  E_HASH, E_FORM: not its bytes. */
NODISCARD status attached_part_check(const struct item_attachment *x,
                                     const struct item_part *part);

/* A file's name that means a file of that name in any folder, on any system, and shows as
 * what it is: no path, no hidden file, no sign that turns the direction of writing. */
bool attached_name_is_safe(struct bytes name);

#endif
