#include "slot.h"

#include "text.h"

#include <string.h>

bool slot_is_present(struct slot s, const ProtobufCMessage *m)
{
    protobuf_c_boolean has = 0;
    const char *text = NULL;

    if (s.known->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&text, slot_value(s, m), sizeof text);
        return text != NULL;
    }
    memcpy(&has, slot_quantifier(s, m), sizeof has);
    return has != 0;
}

void slot_set_present(struct slot s, ProtobufCMessage *m)
{
    const protobuf_c_boolean yes = 1;

    memcpy(slot_quantifier_place(s, m), &yes, sizeof yes);
}

status slot_check_size(struct slot s, size_t size)
{
    ENSURE(size <= s.field->max, E_LIMIT);
    ENSURE(size >= s.field->min, E_VALUE);
    return OK;
}

static bool date_is_valid(const struct partial_date *d)
{
    return d->year <= 9999 && d->month <= 12 && d->day <= 31 &&
           (d->month == 0 || d->year != 0) && (d->day == 0 || d->month != 0);
}

/* One uint64_t stands for every shape of number. */
static status number_get(enum field_shape shape, const void *from, uint64_t *ret)
{
    struct partial_date date = {0};
    uint64_t wide = 0;
    uint32_t narrow = 0;

    if (shape == FIELD_U64) {
        memcpy(&wide, from, sizeof wide);
    } else if (shape == FIELD_BOOL) {
        wide = *(const bool *)from;
    } else if (shape == FIELD_DATE) {
        memcpy(&date, from, sizeof date);
        ENSURE(date_is_valid(&date), E_VALUE);
        wide = ((uint64_t)date.year * 100 + date.month) * 100 + date.day;
    } else {
        memcpy(&narrow, from, sizeof narrow);
        wide = narrow;
    }
    *ret = wide;
    return OK;
}

static status number_put(enum field_shape shape, uint64_t v, void *to)
{
    const uint32_t narrow = (uint32_t)v;
    const struct partial_date date = {
        .year = narrow / 10000, .month = narrow / 100 % 100, .day = narrow % 100};

    if (shape == FIELD_U64) {
        memcpy(to, &v, sizeof v);
    } else if (shape == FIELD_BOOL) {
        *(bool *)to = v != 0;
    } else if (shape == FIELD_DATE) {
        ENSURE(date_is_valid(&date), E_VALUE);
        memcpy(to, &date, sizeof date);
    } else {
        memcpy(to, &narrow, sizeof narrow);
    }
    return OK;
}

/* protobuf-c keeps all but uint64 in four bytes. */
static bool is_wide(struct slot s)
{
    return s.known->type == PROTOBUF_C_TYPE_UINT64;
}

status slot_fill_number(struct slot s, const void *from, ProtobufCMessage *m)
{
    uint64_t v = 0;

    TRY(number_get(s.field->shape, from, &v));
    ENSURE(v >= s.field->min && v <= s.field->max, E_VALUE);
    if (v == 0)
        return OK;
    const uint32_t narrow = (uint32_t)v;
    slot_set_present(s, m);
    if (is_wide(s))
        memcpy(slot_place(s, m), &v, sizeof v);
    else
        memcpy(slot_place(s, m), &narrow, sizeof narrow);
    return OK;
}

status slot_read_number(struct slot s, const ProtobufCMessage *m, void *to)
{
    uint64_t v = 0;
    uint32_t narrow = 0;

    if (slot_is_present(s, m) && is_wide(s)) {
        memcpy(&v, slot_value(s, m), sizeof v);
    } else if (slot_is_present(s, m)) {
        memcpy(&narrow, slot_value(s, m), sizeof narrow);
        v = narrow;
    }
    ENSURE(v >= s.field->min && v <= s.field->max, E_VALUE);
    return number_put(s.field->shape, v, to);
}

static status check_agency(struct slot s, struct bytes text)
{
    struct agency_id ignored;

    ENSURE(text.size >= s.field->min, E_VALUE);
    return text.size == 0 ? OK : agency_id_read(text, &ignored);
}

status slot_fill_text(struct slot s, const void *from, struct arena *a, ProtobufCMessage *m)
{
    struct bytes text = {0};

    if (s.field->shape == FIELD_AGENCY) {
        const struct agency_id *const id = from;
        text = bytes_of(id->text, strnlen(id->text, sizeof id->text));
        TRY(check_agency(s, text));
    } else {
        memcpy(&text, from, sizeof text);
        TRY(slot_check_size(s, text.size));
        ENSURE(utf8_is_valid(text), E_VALUE);
    }
    if (text.size == 0)
        return OK;
    const char *const copy = arena_text(a, text);
    ENSURE(copy != NULL, E_MEMORY);
    memcpy(slot_place(s, m), &copy, sizeof copy);
    return OK;
}

status slot_read_text(struct slot s, const ProtobufCMessage *m, void *to)
{
    const char *text = NULL;

    memcpy(&text, slot_value(s, m), sizeof text);
    /* The scanner refused NUL, so the length is that on the wire. */
    const struct bytes b = text == NULL ? (struct bytes){0} : bytes_of_text(text);
    if (s.field->shape == FIELD_AGENCY) {
        TRY(check_agency(s, b));
        memset(to, 0, sizeof(struct agency_id));
        return b.size == 0 ? OK : agency_id_read(b, to);
    }
    TRY(slot_check_size(s, b.size));
    memcpy(to, &b, sizeof b);
    return OK;
}
