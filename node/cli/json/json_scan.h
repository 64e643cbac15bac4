#ifndef FLAGPOST_JSON_SCAN_H
#define FLAGPOST_JSON_SCAN_H

/*
 * Finds where each row of a JSON export ends, counting brackets outside strings, before a
 * parser sees it: a row's size and depth are known when its memory is asked for.  Private
 * to this folder.
 */

#include "bytes.h"

struct json_scan {
    struct bytes text;
    bool array;
    bool begun; /* the array's bracket was taken */
    bool ended;
    size_t at;
    uint32_t line;
};

void json_scan_skip_blank(struct json_scan *s);

/* A row is next, or something that is wrong. */
bool json_scan_has_next(const struct json_scan *s);

/* The next row's bytes, an object, and the line that it begins on.  E_UNKNOWN: the end.
 * E_FORM, E_LIMIT: with a static sentence; nothing can be read behind it. */
NODISCARD status json_scan_next(struct json_scan *s, struct bytes *ret, uint32_t *ret_line,
                                const char **ret_sentence);

#endif
