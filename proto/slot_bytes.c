#include "slot.h"

#include <string.h>

enum { EPOCH_SIZE = 12 };

/* A field of zeros is absent, unless it is required: then zeros are a value like another.
 */
static bool is_required(struct slot s)
{
    return s.field->min > 0;
}

static bool is_zero(struct bytes b)
{
    uint8_t any = 0;

    for (size_t i = 0; i < b.size; i++)
        any |= b.at[i];
    return any == 0;
}

/* Epochs count from 1, so none but "no epoch" has the counter 0. */
static bool epoch_is_valid(struct slot s, const struct epoch *e)
{
    return e->counter != 0 || (!is_required(s) && epoch_is_none(e));
}

static status epoch_get(struct slot s, const struct epoch *e, struct arena *a,
                        struct bytes *ret)
{
    uint8_t *const raw = arena_take(a, EPOCH_SIZE);

    ENSURE(raw != NULL, E_MEMORY);
    ENSURE(epoch_is_valid(s, e), E_VALUE);
    struct writer w = writer_over(raw, EPOCH_SIZE);
    write_u32(&w, e->counter);
    write_bytes(&w, bytes_of(e->random, sizeof e->random));
    *ret = writer_bytes(&w);
    return OK;
}

status slot_fill_bytes(struct slot s, const void *from, struct arena *a,
                       ProtobufCMessage *m)
{
    struct bytes b = {0};
    bool absent = false;

    if (s.field->shape == FIELD_BYTES) {
        memcpy(&b, from, sizeof b);
        TRY(slot_check_size(s, b.size));
        absent = b.size == 0;
    } else {
        b = bytes_of(from, (size_t)s.field->max);
        if (s.field->shape == FIELD_EPOCH)
            TRY(epoch_get(s, from, a, &b));
        absent = !is_required(s) && is_zero(b);
    }
    if (absent)
        return OK;
    ProtobufCBinaryData data = {.len = b.size};
    /* The packer only reads, but its type has no const. */
    memcpy(&data.data, &b.at, sizeof data.data);
    memcpy(slot_place(s, m), &data, sizeof data);
    slot_set_present(s, m);
    return OK;
}

static status epoch_put(struct slot s, struct bytes b, struct epoch *to)
{
    struct reader r = {.rest = b};
    struct epoch e = {.counter = read_u32(&r)};

    read_copy(&r, e.random, sizeof e.random);
    ENSURE(epoch_is_valid(s, &e), E_VALUE);
    *to = e;
    return OK;
}

status slot_read_bytes(struct slot s, const ProtobufCMessage *m, void *to)
{
    const size_t size = s.field->shape == FIELD_EPOCH ? EPOCH_SIZE : (size_t)s.field->max;
    ProtobufCBinaryData data = {0};

    if (slot_is_present(s, m))
        memcpy(&data, slot_value(s, m), sizeof data);
    const struct bytes b = bytes_of(data.data, data.len);
    if (s.field->shape == FIELD_BYTES) {
        TRY(slot_check_size(s, b.size));
        memcpy(to, &b, sizeof b);
        return OK;
    }
    memset(to, 0, s.field->shape == FIELD_EPOCH ? sizeof(struct epoch) : size);
    if (b.size == 0)
        return is_required(s) ? E_VALUE : OK;
    ENSURE(b.size == size, E_VALUE);
    /* Absence already says zero: a second way to say it would be a second form. */
    ENSURE(is_required(s) || !is_zero(b), E_FORM);
    if (s.field->shape == FIELD_EPOCH)
        return epoch_put(s, b, to);
    memcpy(to, b.at, size);
    return OK;
}
