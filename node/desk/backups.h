#ifndef FLAGPOST_BACKUPS_H
#define FLAGPOST_BACKUPS_H

/* What the node knows of its backups.  Private to this folder. */

#include "desk.h"

struct backup_standing {
    millis made;       /* the newest that counts; 0: there was none */
    millis keys_until; /* when the last copy of the keys there are now, or were, expires */
};
/* E_STORAGE, E_DAMAGED. */
NODISCARD status backup_standing(struct desk *d, struct backup_standing *ret);

/* "", or what is to be told to whoever erases something: when it is in no backup any more.
 */
NODISCARD status backup_erased_text(struct desk *d, const char **ret);

#endif
