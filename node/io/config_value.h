#ifndef FLAGPOST_CONFIG_VALUE_H
#define FLAGPOST_CONFIG_VALUE_H

/* The keys of the configuration and what each may say; config.c reads the lines. */

#include "config.h"

enum { CONFIG_KEYS = 20 };

struct config_key {
    const char *word;
    /* Into `c`, which is untouched on failure. */
    status (*read)(struct bytes value, struct config *c);
    bool required;
    const char *expected; /* "..." is not this */
};

extern const struct config_key config_keys[CONFIG_KEYS];
/* What holds where a key is left out. */
extern const struct config config_default;

#endif
