#ifndef FLAGPOST_JSON_LOAD_H
#define FLAGPOST_JSON_LOAD_H

#include "bytes.h"

#include <jansson.h>

/* From here on whatever jansson frees is wiped first: records are in it.  Called by
 * json_load_whole; else once, before threads use jansson side by side. */
void json_prepare(void);

/* Whether an allocation of jansson's has failed in this thread since json_watch_memory. */
void json_watch_memory(void);
bool json_ran_out(void);

/* free, wiped first; of anything that malloc gave, or NULL. */
void json_wipe_free(void *at);

/*
 * json_loadb, which reads all or nothing.  Where memory runs out jansson 2.14 may leave out
 * single characters of a text and say nothing (lex_save ignores strbuffer_append_byte): a
 * number plate would lose a digit.  NULL, with json_error_out_of_memory, when any of its
 * allocations failed.
 */
json_t *json_load_whole(struct bytes text, size_t flags, json_error_t *error);

/* json_dumps without spaces, which where memory runs out may leave out a name and say
 * nothing, either.  NULL when any of its allocations failed; ends with json_wipe_free. */
char *json_dump_whole(const json_t *value);

#endif
