#ifndef FLAGPOST_COLUMNS_H
#define FLAGPOST_COLUMNS_H

/* The columns that a mapping speaks of, each once: those that go somewhere, those that name
 * a row, and those that stay behind on purpose. */

#include "mapping.h"

struct columns {
    size_t count;
    const char *names[MAPPING_COLUMNS_MAX]; /* borrowed from the mapping */
    bool used[MAPPING_COLUMNS_MAX];         /* false: to be ignored */
};

enum { NO_COLUMN = MAPPING_COLUMNS_MAX };

/* E_LIMIT: more than MAPPING_COLUMNS_MAX. */
NODISCARD status columns_of(const struct mapping *m, struct columns *ret);

/* NO_COLUMN when the mapping does not speak of it. */
size_t columns_find(const struct columns *c, struct bytes name);

#endif
