#include "columns.h"

#include "text.h"

static status add(struct columns *c, const char *name, bool used)
{
    const size_t i = columns_find(c, bytes_of_text(name));

    if (i != NO_COLUMN) {
        c->used[i] = c->used[i] || used;
        return OK;
    }
    ENSURE(c->count < MAPPING_COLUMNS_MAX, E_LIMIT);
    c->names[c->count] = name;
    c->used[c->count++] = used;
    return OK;
}

size_t columns_find(const struct columns *c, struct bytes name)
{
    for (size_t i = 0; i < c->count; i++) {
        if (text_is(name, c->names[i]))
            return i;
    }
    return NO_COLUMN;
}

status columns_of(const struct mapping *m, struct columns *ret)
{
    *ret = (struct columns){0};
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i].column != NULL)
            TRY(add(ret, m->fields[i].column, true));
    }
    if (m->gate != NULL && m->gate->version != NULL)
        TRY(add(ret, m->gate->version, true));
    if (m->gate != NULL && m->gate->reference != NULL)
        TRY(add(ret, m->gate->reference, true));
    for (size_t i = 0; i < m->key_count; i++)
        TRY(add(ret, m->key[i], true));
    for (size_t i = 0; i < m->ignore_count; i++)
        TRY(add(ret, m->ignore[i], false));
    return OK;
}
