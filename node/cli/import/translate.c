#include "translate.h"

#include "day.h"
#include "text.h"
#include "words.h"

/* What a spreadsheet leaves of a long number or of a formula that failed. */
bool translate_is_damaged(struct bytes v)
{
    static const char *const errors[] = {"#N/A",    "#REF!", "#VALUE!", "#NAME?",
                                         "#DIV/0!", "#NUM!", "#NULL!"};
    size_t i = 0;
    size_t hashes = 0;

    for (size_t k = 0; k < COUNT_OF(errors); k++) {
        if (text_is(v, errors[k]))
            return true;
    }
    while (hashes < v.size && v.at[hashes] == '#')
        hashes++;
    if (hashes >= 3 && hashes == v.size)
        return true;
    /* 4.47E+11 */
    while (i < v.size && (word_is_digit(v.at[i]) || v.at[i] == '.'))
        i++;
    if (i == 0 || i + 2 >= v.size || (v.at[i] | 0x20) != 'e')
        return false;
    i++;
    if (v.at[i] != '+' && v.at[i] != '-')
        return false;
    for (i++; i < v.size && word_is_digit(v.at[i]);)
        i++;
    return i == v.size;
}

/* Through the field's value table. */
static bool by_table(const struct mapping_field *f, struct bytes part, struct bytes *ret)
{
    for (size_t i = 0; i < f->value_count; i++) {
        if (word_same(part, bytes_of_text(f->values[i].from))) {
            *ret = bytes_of_text(f->values[i].is);
            return true;
        }
    }
    if (f->unknown == NULL)
        return false;
    *ret = bytes_of_text(f->unknown);
    return true;
}

static bool by_date(struct assembly *a, const struct mapping_field *f, struct bytes part,
                    struct bytes *ret)
{
    size_t count = 0;
    const char *const *const formats = mapping_dates(a->mapping, f, &count);
    struct partial_date d = {0};

    for (size_t i = 0; i < count; i++) {
        if (!day_read(part, formats[i], a->mapping->pivot, &d))
            continue;
        char *const text = arena_take(a->arena, DAY_TEXT_ROOM);
        if (text == NULL)
            return false;
        day_write(d, text);
        *ret = bytes_of_text(text);
        return true;
    }
    return false;
}

/* What one part is in our words; false when it does not fit. */
bool translate_part(struct assembly *a, const struct mapping_field *f, struct bytes part,
                    struct bytes *ret)
{
    if (f->value_count > 0)
        return by_table(f, part, ret);
    if (record_shape_of(f->to) == RECORD_DATE)
        return by_date(a, f, part, ret);
    *ret = part;
    return true;
}
