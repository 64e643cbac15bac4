#include "json_plain.h"

#include "text.h"
#include "words.h"

#include <string.h>

void *json_target(const struct place *p)
{
    return p->base + p->field->offset;
}

status json_fail_memory(struct reading *r)
{
    static const struct json_said said = {
        .before = "The record is too large to be read.",
        .mend = "Split it into two that name each other's URN."};
    const struct json_path nowhere = {0};

    r->last = r->first;
    r->count = 1;
    return json_fail(E_MEMORY, &nowhere, &said, r->first);
}

status json_fault_add(struct reading *r, const struct json_path *path, const char *rule,
                      const struct json_said *said)
{
    struct json_fault *const one =
        r->last == NULL ? r->first : arena_take(r->arena, sizeof *one);

    if (one == NULL)
        return json_fail_memory(r);
    (void)json_fail(E_VALUE, path, said, one); /* gives E_VALUE back */
    if (rule != NULL)
        one->rule = rule;
    if (r->last != NULL)
        r->last->next = one;
    r->last = one;
    r->count++;
    return E_VALUE;
}

status json_fail_at(struct reading *r, const struct place *p, const char *sentence,
                    const char *mend)
{
    const struct json_said said = {.before = sentence, .mend = mend};

    return json_fault_add(r, &p->path, NULL, &said);
}

bool json_goes_on(const struct reading *r, status s)
{
    return s == OK || (s == E_VALUE && r->count < FINDINGS_MAX);
}

static status read_string(struct reading *r, const struct place *p, const json_t *v,
                          struct bytes *ret)
{
    static const struct json_said number = {
        .before = "This is a number.",
        .mend = "Write it in quotes, so that no digit is lost."};
    static const struct json_said beyond = {
        .before = "It is longer than a whole record may be, which is 163840 bytes.",
        .mend = "Shorten it, or split it into records that name each other's URN."};

    _Static_assert(CONTENT_BYTES_MAX == 163840, "the limit that is told");
    if (json_is_number(v))
        return json_fault_add(r, &p->path, "I6", &number);
    if (!json_is_string(v))
        return json_fail_at(r, p, "This has to be a text in quotes.",
                            "Write it in quotes, or leave the field out.");
    if (json_string_length(v) > CONTENT_BYTES_MAX)
        return json_fault_add(r, &p->path, "F4", &beyond);
    if (arena_copy(r->arena, bytes_of(json_string_value(v), json_string_length(v)), ret) !=
        OK)
        return json_fail_memory(r);
    return OK;
}

status json_read_count(struct reading *r, const struct place *p, const json_t *v,
                       size_t max, size_t *ret)
{
    char sentence[64];
    struct writer w = writer_over(sentence, sizeof sentence);

    if (!json_is_array(v))
        return json_fail_at(r, p, "This has to be a list in square brackets.",
                            "Put square brackets around it, even around a single entry.");
    *ret = json_array_size(v) < max ? json_array_size(v) : max;
    if (*ret == json_array_size(v))
        return OK;
    write_text(&w, "This list has more than ");
    write_decimal(&w, max);
    write_text(&w, " entries.");
    write_u8(&w, 0);
    MUST(!w.bad);
    const struct json_said said = {
        .before = sentence,
        .mend = "Keep the ones that matter, or split the record into two that name each "
                "other's URN."};
    const status s = json_fault_add(r, &p->path, "I2", &said);
    return json_goes_on(r, s) ? OK : s;
}

static status read_list(struct reading *r, const struct place *p, const json_t *v)
{
    struct text_list *const list = json_target(p);
    size_t count = 0;

    TRY(json_read_count(r, p, v, LIST_MAX, &count));
    for (size_t i = 0; i < count; i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        struct bytes *const one = &list->at[list->count++];

        status s = read_string(r, &at, json_array_get(v, i), one);
        if (s == OK && one->size == 0)
            s = json_fail_at(r, &at, "This entry is empty.", "Fill it in, or take it out.");
        if (!json_goes_on(r, s))
            return s;
    }
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

static status read_date(struct reading *r, const struct place *p, const json_t *v)
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
            r, p, "This is not a date.",
            "Write a date as 2026-10-14; 2026-10 or 2026 if no more is known.");
    memcpy(json_target(p), &d, sizeof d);
    return OK;
}

static status read_time(struct reading *r, const struct place *p, const json_t *v)
{
    struct bytes text = {0};
    millis t = 0;

    TRY(read_string(r, p, v, &text));
    if (time_read(text, &t) != OK || t == 0)
        return json_fail_at(r, p, "This is not a time.",
                            "Write a time as 2026-10-14T09:00:00Z, in UTC.");
    memcpy(json_target(p), &t, sizeof t);
    return OK;
}

static status read_bool(struct reading *r, const struct place *p, const json_t *v)
{
    const bool yes = json_is_true(v);

    if (!json_is_boolean(v))
        return json_fail_at(r, p, "This has to be true or false, without quotes.",
                            "Write true or false.");
    memcpy(json_target(p), &yes, sizeof yes);
    return OK;
}

static status read_number(struct reading *r, const struct place *p, const json_t *v)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)p->field->max)
        return json_fail_at(r, p, "This has to be a whole number, without quotes.",
                            "Write it in digits, for example 2.");

    const uint32_t n = (uint32_t)json_integer_value(v);
    memcpy(json_target(p), &n, sizeof n);
    return OK;
}

/* 1 for the first of the field's words. */
/* "Did you mean ...?" where one is near. */
static const char *mend_of(const struct json_field *f, struct bytes given, char *room,
                           size_t size)
{
    struct writer w = writer_over(room, size - 1);
    const char *meant = NULL;
    size_t least = WORD_NEAR + 1;

    for (size_t i = 0; i < f->max; i++) {
        const size_t distance = word_distance(given, bytes_of_text(f->words[i]));
        if (distance < least) {
            least = distance;
            meant = f->words[i];
        }
    }
    if (meant == NULL)
        return "Choose one of them.";
    write_text(&w, "Did you mean \"");
    write_text(&w, meant);
    write_text(&w, "\"?");
    room[writer_bytes(&w).size] = '\0';
    return w.bad ? "Choose one of them." : room;
}

static status read_word(struct reading *r, const struct place *p, const json_t *v,
                        uint32_t *ret)
{
    struct bytes text = {0};
    char choices[192];
    char mend[64];
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
    const struct json_said said = {"", json_string_value(v), choices,
                                   mend_of(p->field, text, mend, sizeof mend)};
    return json_fault_add(r, &p->path, NULL, &said);
}

static status read_hash(struct reading *r, const struct place *p, const json_t *v)
{
    uint8_t *const hash = arena_take(r->arena, HASH_SIZE);
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    if (hash == NULL || hex_decode(text, hash, HASH_SIZE) != OK)
        return json_fail_at(r, p, "A digest is 64 hexadecimal digits in small letters.",
                            "Leave it out: it is taken from the file.");
    const struct bytes read = bytes_of(hash, HASH_SIZE);
    memcpy(json_target(p), &read, sizeof read);
    return OK;
}

static status read_grade(struct reading *r, const struct place *p, const json_t *v)
{
    struct grade *const g = json_target(p);
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    if (text.size != 2 || text.at[0] < '1' || text.at[0] > '3' || text.at[1] < 'A' ||
        text.at[1] > 'E')
        return json_fail_at(
            r, p, "This is not a grade of 3x5x2.",
            "A grade is source 1 to 3 and assessment A to E, for example 2B; the "
            "handling code is a field of its own.");
    g->source = (uint32_t)(text.at[0] - '0');
    g->assessment = (uint32_t)(text.at[1] - 'A') + 1;
    return OK;
}

/* "persons[0]": where the thing stands in this record, counted from 0. */
static status read_ref(struct reading *r, const struct place *p, const json_t *v)
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
        return json_fail_at(r, p, "This does not say who or what is meant.",
                            "Write whom or what is meant by its list and its place there, "
                            "counted from 0: persons[0], vehicles[1].");
    const struct entity_ref ref = {(uint32_t)part->kind, (uint32_t)index};
    memcpy(json_target(p), &ref, sizeof ref);
    return OK;
}

static status read_set(struct reading *r, const struct place *p, const json_t *v)
{
    uint32_t set = 0;

    size_t count = 0;

    TRY(json_read_count(r, p, v, p->field->max, &count));
    for (size_t i = 0; i < count; i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        uint32_t word = 0;

        status s = read_word(r, &at, json_array_get(v, i), &word);
        MUST(s != OK || (word >= 1 && word <= 32)); /* read_word counts from one */
        if (s == OK && (set & 1U << (word - 1)) != 0)
            s = json_fail_at(r, &at, "This stands in the list twice.", "Take one out.");
        if (!json_goes_on(r, s))
            return s;
        set |= s == OK ? 1U << (word - 1) : 0;
    }
    memcpy(json_target(p), &set, sizeof set);
    return OK;
}

static status read_roles(struct reading *r, const struct place *p, const json_t *v)
{
    struct item_person *const person = json_target(p);

    size_t count = 0;

    TRY(json_read_count(r, p, v, ROLES_MAX, &count));
    for (size_t i = 0; i < count; i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        uint32_t role = 0;

        const status s = read_word(r, &at, json_array_get(v, i), &role);
        if (!json_goes_on(r, s))
            return s;
        if (s == OK)
            person->roles[person->role_count++] = (enum subject_role)role;
    }
    return OK;
}

status json_read_plain(struct reading *r, const struct place *p, json_t *v)
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
