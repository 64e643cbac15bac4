#ifndef FLAGPOST_JSON_FAULT_H
#define FLAGPOST_JSON_FAULT_H

/* Where in a record reading stands, and the sentence when it stops.  Private to this
 * folder. */

#include "record_json.h"

#include <jansson.h>

/* "texts[1].grade": at most one step for each level of a record. */
struct json_path {
    struct {
        const char *name;
        size_t index;
        bool has_index;
    } steps[3]; /* a field that nobody knows may be the third */
    size_t count;
};

static inline struct json_path json_path_to(struct json_path p, const char *name)
{
    MUST(p.count < COUNT_OF(p.steps));
    p.steps[p.count].name = name;
    p.steps[p.count].has_index = false;
    p.count++;
    return p;
}

static inline struct json_path json_path_at(struct json_path p, size_t index)
{
    MUST(p.count > 0);
    p.steps[p.count - 1].index = index;
    p.steps[p.count - 1].has_index = true;
    return p;
}

/* What is said of a fault: `words` (may be NULL) are quoted between the two. */
struct json_said {
    const char *before, *words, *after;
    const char *mend; /* NULL: the sentence says it */
};

/* Fills `ret`, its rule by `s`, and gives `s` back. */
status json_fail(status s, const struct json_path *path, const struct json_said *said,
                 struct json_fault *ret);

/* Of a whole text, which is in no place within a record. */
status json_fail_whole(status s, const char *sentence, struct json_fault *ret);

/* From what jansson says of a text that is not JSON. */
status json_fail_syntax(const json_error_t *e, struct json_fault *ret);

/* From a text that text_foreign names. */
status json_fail_foreign(struct bytes text, struct json_fault *ret);

/* Reads one parsed value, which must be an object, as a record. */
NODISCARD status json_read_value(json_t *value, struct arena *a, struct record *ret,
                                 struct json_fault *ret_fault);

/* From what json_mistaken says of a text. */
status json_fail_mistaken(const char *sentence, struct json_fault *ret);

/* Whether a parsed object has a field of a record; one that has no field at all may be one.
 */
bool json_is_record(json_t *value);

/* Without the byte order mark that some exports begin with. */
struct bytes json_skip_mark(struct bytes text);

#endif
