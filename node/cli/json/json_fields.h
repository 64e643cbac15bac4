#ifndef FLAGPOST_JSON_FIELDS_H
#define FLAGPOST_JSON_FIELDS_H

/*
 * The fields of a record in JSON: one table that reading and writing both follow, so that
 * neither knows a field the other does not.  Private to this folder.
 */

#include "record.h"

enum json_shape {
    AS_TEXT,   /* struct bytes <-> string */
    AS_LIST,   /* struct text_list <-> array of strings */
    AS_DATE,   /* struct partial_date <-> "2026", "2026-10", "2026-10-14" */
    AS_TIME,   /* millis <-> "2026-10-14T09:00:00Z" */
    AS_BOOL,   /* bool */
    AS_NUMBER, /* uint32_t <-> whole number up to `max` */
    AS_WORD,   /* an enum whose values are 1, 2, 3 ... <-> one of `words` */
    AS_HASH,   /* struct bytes of 32 bytes <-> 64 hexadecimal digits */
    AS_GRADE,  /* struct grade's numbers <-> "2B" */
    AS_REF,    /* struct entity_ref <-> "persons[0]" */
    AS_SET,    /* uint32_t, a bit for each of `words` <-> array of them */
    AS_ROLES,  /* struct item_person's roles <-> array of `words` */
    AS_OBJECT, /* a struct within <-> object */
    AS_ARRAY,  /* an array of structs and its count <-> array of objects */
};

struct json_layout;

struct json_field {
    const char *name;
    enum json_shape shape;
    size_t offset;
    const char *const *words;
    size_t max; /* of AS_NUMBER; how many words; how many elements */
    const struct json_layout *of;
    size_t count_offset;
    size_t stride;
    bool bare; /* an element with its first field alone is that field's string */
};

/* Layouts nest once: the fields of `of` are never objects or arrays themselves. */
struct json_layout {
    const struct json_field *fields;
    size_t count;
};

extern const struct json_layout json_record;

#endif
