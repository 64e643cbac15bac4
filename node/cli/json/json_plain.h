#ifndef FLAGPOST_JSON_PLAIN_H
#define FLAGPOST_JSON_PLAIN_H

/* Reading of one value into one field of a struct.  Private to this folder. */

#include "json_fault.h"
#include "json_fields.h"

struct reading {
    struct arena *arena;
    struct json_fault *fault;
};

/* One value on its way into one field of the struct at `base`. */
struct place {
    const struct json_field *field;
    uint8_t *base;
    struct json_path path;
};

/* Where the value goes. */
void *json_target(const struct place *p);

/* E_VALUE with the place and `sentence`. */
status json_fail_at(const struct reading *r, const struct place *p, const char *sentence);

/* Every shape but objects and arrays of them. */
NODISCARD status json_read_plain(const struct reading *r, const struct place *p, json_t *v);

#endif
