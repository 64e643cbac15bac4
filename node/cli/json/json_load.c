#include "json_load.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool ran_out;

static void *take(size_t size)
{
    void *const at = malloc(size);

    ran_out = ran_out || at == NULL;
    return at;
}

void json_wipe_free(void *at)
{
    if (at != NULL)
        explicit_bzero(at, malloc_usable_size(at));
    free(at);
}

void json_prepare(void)
{
    json_set_alloc_funcs(take, json_wipe_free);
}

void json_watch_memory(void)
{
    ran_out = false;
}

bool json_ran_out(void)
{
    return ran_out;
}

json_t *json_load_whole(struct bytes text, size_t flags, json_error_t *error)
{
    json_prepare();
    json_watch_memory();
    json_t *const value = json_loadb((const char *)text.at, text.size, flags, error);
    if (!ran_out)
        return value;
    json_decref(value);
    /* Where json_error_code looks. */
    error->text[JSON_ERROR_TEXT_LENGTH - 1] = (char)json_error_out_of_memory;
    return NULL;
}

char *json_dump_whole(const json_t *value)
{
    json_prepare();
    json_watch_memory();
    char *const text = json_dumps(value, JSON_COMPACT);
    if (!ran_out)
        return text;
    json_wipe_free(text);
    return NULL;
}
