#include "json_plain.h"

#include "text.h"
#include "words.h"

#include <string.h>

void *json_target(const struct place *p)
{
    return p->base + p->field->offset;
}

status json_fail_at(const struct reading *r, const struct place *p, const char *sentence)
{
    return json_fail(E_VALUE, &p->path, sentence, NULL, "", r->fault);
}

static status read_string(const struct reading *r, const struct place *p, const json_t *v,
                          struct bytes *ret)
{
    if (json_is_number(v)) {
        (void)json_fail_at(
            r, p, "This is a number. Write it in quotes, so that no digit is lost.");
        r->fault->rule = "I6";
        return E_VALUE;
    }
    if (!json_is_string(v))
        return json_fail_at(r, p, "This has to be a text in quotes.");
    if (arena_copy(r->arena, bytes_of(json_string_value(v), json_string_length(v)), ret) !=
        OK)
        return json_fail(E_MEMORY, &p->path, "The record is too large to be read.", NULL,
                         "", r->fault);
    return OK;
}

static status read_list(const struct reading *r, const struct place *p, const json_t *v)
{
    struct text_list list = {0};

    if (!json_is_array(v))
        return json_fail_at(r, p, "This has to be a list in square brackets.");
    if (json_array_size(v) > LIST_MAX)
        return json_fail(E_LIMIT, &p->path, "This list has more than 16 entries.", NULL, "",
                         r->fault);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};

        TRY(read_string(r, &at, json_array_get(v, i), &list.at[list.count]));
        if (list.at[list.count].size == 0)
            return json_fail_at(r, &at, "This entry is empty. Take it out.");
        list.count++;
    }
    memcpy(json_target(p), &list, sizeof list);
    return OK;
}

/* A run of digits that is not zero: a part that is not known is left out. */
static bool read_part(struct bytes text, size_t at, size_t count, uint32_t *ret)
{
    uint32_t v = 0;

    for (size_t i = at; i < at + count; i++) {
        if (!word_is_digit(text.at[i]))
            return false;
        v = v * 10 + (uint32_t)(text.at[i] - '0');
    }
    *ret = v;
    return v != 0;
}

static status read_date(const struct reading *r, const struct place *p, const json_t *v)
{
    struct partial_date d = {0};
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    bool good = text.size == 4 || text.size == 7 || text.size == 10;
    good = good && read_part(text, 0, 4, &d.year);
    if (good && text.size >= 7)
        good = text.at[4] == '-' && read_part(text, 5, 2, &d.month);
    if (good && text.size == 10)
        good = text.at[7] == '-' && read_part(text, 8, 2, &d.day);
    if (!good)
        return json_fail_at(
            r, p, "Write a date as 2026-10-14; 2026-10 or 2026 if no more is known.");
    memcpy(json_target(p), &d, sizeof d);
    return OK;
}

static status read_time(const struct reading *r, const struct place *p, const json_t *v)
{
    struct bytes text = {0};
    millis t = 0;

    TRY(read_string(r, p, v, &text));
    if (time_read(text, &t) != OK || t == 0)
        return json_fail_at(r, p, "Write a time as 2026-10-14T09:00:00Z, in UTC.");
    memcpy(json_target(p), &t, sizeof t);
    return OK;
}

static status read_bool(const struct reading *r, const struct place *p, const json_t *v)
{
    const bool yes = json_is_true(v);

    if (!json_is_boolean(v))
        return json_fail_at(r, p, "This has to be true or false, without quotes.");
    memcpy(json_target(p), &yes, sizeof yes);
    return OK;
}

static status read_number(const struct reading *r, const struct place *p, const json_t *v)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)p->field->max)
        return json_fail_at(r, p, "This has to be a whole number, without quotes.");

    const uint32_t n = (uint32_t)json_integer_value(v);
    memcpy(json_target(p), &n, sizeof n);
    return OK;
}

/* 1 for the first of the field's words. */
static status read_word(const struct reading *r, const struct place *p, const json_t *v,
                        uint32_t *ret)
{
    struct bytes text = {0};
    char choices[192];
    struct writer w = writer_over(choices, sizeof choices);

    TRY(read_string(r, p, v, &text));
    for (size_t i = 0; i < p->field->max; i++) {
        if (text_is(text, p->field->words[i])) {
            *ret = (uint32_t)i + 1;
            return OK;
        }
    }
    write_text(&w, " is not one of ");
    for (size_t i = 0; i < p->field->max; i++) {
        write_text(&w, i == 0 ? "" : ", ");
        write_text(&w, p->field->words[i]);
    }
    write_text(&w, ".");
    write_u8(&w, 0);
    MUST(!w.bad);
    return json_fail(E_VALUE, &p->path, "", json_string_value(v), choices, r->fault);
}

static status read_hash(const struct reading *r, const struct place *p, const json_t *v)
{
    uint8_t *const hash = arena_take(r->arena, HASH_SIZE);
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    if (hash == NULL || hex_decode(text, hash, HASH_SIZE) != OK)
        return json_fail_at(r, p, "A digest is 64 hexadecimal digits in small letters.");
    const struct bytes read = bytes_of(hash, HASH_SIZE);
    memcpy(json_target(p), &read, sizeof read);
    return OK;
}

static status read_grade(const struct reading *r, const struct place *p, const json_t *v)
{
    struct grade *const g = json_target(p);
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    if (text.size != 2 || text.at[0] < '1' || text.at[0] > '3' || text.at[1] < 'A' ||
        text.at[1] > 'E')
        return json_fail_at(
            r, p,
            "A grade is source 1 to 3 and assessment A to E, for example 2B; the "
            "handling code is a field of its own.");
    g->source = (uint32_t)(text.at[0] - '0');
    g->assessment = (uint32_t)(text.at[1] - 'A') + 1;
    return OK;
}

/* "persons[0]": where the thing stands in this record, counted from 0. */
static status read_ref(const struct reading *r, const struct place *p, const json_t *v)
{
    struct bytes text = {0};
    struct bytes name = {0};
    uint64_t index = 0;

    TRY(read_string(r, p, v, &text));
    struct bytes rest = text;
    const bool bracketed =
        text.size > 0 && text.at[text.size - 1] == ']' && text_cut(&rest, '[', &name);
    const struct record_part *const part = bracketed ? record_entity_named(name) : NULL;
    if (bracketed)
        rest.size--;
    if (part == NULL || decimal_decode(rest, &index) != OK || index >= ITEMS_MAX)
        return json_fail_at(r, p,
                            "Write whom or what is meant by its list and its place there, "
                            "counted from 0: persons[0], vehicles[1].");
    const struct entity_ref ref = {(uint32_t)part->kind, (uint32_t)index};
    memcpy(json_target(p), &ref, sizeof ref);
    return OK;
}

static status read_set(const struct reading *r, const struct place *p, const json_t *v)
{
    uint32_t set = 0;

    if (!json_is_array(v))
        return json_fail_at(r, p, "This has to be a list in square brackets.");
    for (size_t i = 0; i < json_array_size(v); i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        uint32_t word = 0;

        TRY(read_word(r, &at, json_array_get(v, i), &word));
        MUST(word >= 1 && word <= 32); /* read_word counts from one */
        if ((set & 1U << (word - 1)) != 0)
            return json_fail_at(r, &at, "This stands in the list twice.");
        set |= 1U << (word - 1);
    }
    memcpy(json_target(p), &set, sizeof set);
    return OK;
}

static status read_roles(const struct reading *r, const struct place *p, const json_t *v)
{
    struct item_person *const person = json_target(p);

    if (!json_is_array(v))
        return json_fail_at(r, p, "This has to be a list in square brackets.");
    if (json_array_size(v) > ROLES_MAX)
        return json_fail_at(r, p, "A person has at most six roles.");
    for (size_t i = 0; i < json_array_size(v); i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        uint32_t role = 0;

        TRY(read_word(r, &at, json_array_get(v, i), &role));
        person->roles[person->role_count++] = (enum subject_role)role;
    }
    return OK;
}

status json_read_plain(const struct reading *r, const struct place *p, json_t *v)
{
    uint32_t word = 0;

    switch (p->field->shape) {
    case AS_TEXT:
        return read_string(r, p, v, json_target(p));
    case AS_LIST:
        return read_list(r, p, v);
    case AS_DATE:
        return read_date(r, p, v);
    case AS_TIME:
        return read_time(r, p, v);
    case AS_BOOL:
        return read_bool(r, p, v);
    case AS_NUMBER:
        return read_number(r, p, v);
    case AS_WORD:
        TRY(read_word(r, p, v, &word));
        memcpy(json_target(p), &word, sizeof word);
        return OK;
    case AS_HASH:
        return read_hash(r, p, v);
    case AS_GRADE:
        return read_grade(r, p, v);
    case AS_REF:
        return read_ref(r, p, v);
    case AS_SET:
        return read_set(r, p, v);
    case AS_ROLES:
        return read_roles(r, p, v);
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    MUST(false); /* layouts nest once */
    return E_FORM;
}
