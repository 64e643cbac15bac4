#ifndef FLAGPOST_JSON_PLAIN_H
#define FLAGPOST_JSON_PLAIN_H

/* Reading of one value into one field of a struct.  Private to this folder.
 *
 * A value that cannot be read is a fault, its field is left empty, and reading goes on with
 * the next: a person mends all of them at once. */

#include "json_fault.h"
#include "json_fields.h"

struct reading {
    struct arena *arena;
    struct json_fault *first; /* the caller's; the others are in the arena */
    struct json_fault *last;  /* NULL: all was read so far */
    size_t count;
};

/* One value on its way into one field of the struct at `base`. */
struct place {
    const struct json_field *field;
    uint8_t *base;
    struct json_path path;
};

/* Where the value goes. */
void *json_target(const struct place *p);

/* One more fault: E_VALUE; E_MEMORY, which is then the only one.  `rule` NULL: I4. */
status json_fault_add(struct reading *r, const struct json_path *path, const char *rule,
                      const struct json_said *said);
/* The same with the place, the sentence and the mend. */
status json_fail_at(struct reading *r, const struct place *p, const char *sentence,
                    const char *mend);
/* Stops the reading. */
status json_fail_memory(struct reading *r);

/* Whether what gave `s` was read, or is one fault of as many as are told. */
bool json_goes_on(const struct reading *r, status s);

/* How many entries of a list are read: those over `max` are a fault of the list's. */
NODISCARD status json_read_count(struct reading *r, const struct place *p, const json_t *v,
                                 size_t max, size_t *ret);

/* Every shape but objects and arrays of them. */
NODISCARD status json_read_plain(struct reading *r, const struct place *p, json_t *v);

#endif
