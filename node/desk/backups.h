#ifndef FLAGPOST_BACKUPS_H
#define FLAGPOST_BACKUPS_H

/* What the node knows of its backups.  Private to this folder. */

#include "desk.h"

enum { BACKUP_KEY_DIGITS = 64 }; /* a recovery key in hex */
/* States of its rows on the shelf: of all backups, and of the last for a recovery key. */
enum backup_row { BACKUP_STANDING = 1, BACKUP_BASE = 2 };

struct backup_standing {
    millis made;       /* the newest that counts; 0: there was none */
    millis keys_until; /* when the last copy of the keys there are now, or were, expires */
};
/* E_STORAGE, E_DAMAGED. */
NODISCARD status backup_standing(struct desk *d, struct backup_standing *ret);

/* "", or what is to be told to whoever erases something: when it is in no backup any more.
 */
NODISCARD status backup_erased_text(struct desk *d, const char **ret);

/* In the call that a backup counts in: what a tail goes on from.  Sets the sentence. */
NODISCARD status backup_base_put(struct desk *d, struct call *c, millis expires);

#endif
