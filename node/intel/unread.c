#include "unread.h"

#include "text.h"

#include <string.h>

/* Fields that rules judge by what another one beside them says.  While that one cannot be
 * read, their findings would only mislead. */
static const struct {
    const char *unread, *judged;
} judged_by[] = {
    {"action", "a3_usage"},
    {"flags", "crime_code"},
    {"offence_codes", "crime_code"},
    {"original_scheme", "original_grade"},
    {"original_scheme", "original_handling"},
    {"original_grade", "grade"},
    {"original_handling", "handling"},
    {"original_marking", "marking"},
};

/* "texts[1].grade" is "grade" in "texts[1]", and "flags[0]" is "flags" of the record. */
static void take_apart(const char *path, struct bytes *ret_parent, struct bytes *ret_name)
{
    struct bytes rest = bytes_of_text(path);
    struct bytes step = rest;

    *ret_parent = (struct bytes){0};
    while (text_cut(&rest, '.', &step))
        *ret_parent = bytes_of(path, (size_t)(rest.at - (const uint8_t *)path) - 1);
    *ret_name = rest;
    if (text_cut(&rest, '[', &step))
        *ret_name = step;
}

/* `path` is `whole`, or something within it. */
static bool is_within(const char *path, const char *whole)
{
    const size_t size = strlen(whole);

    return strncmp(path, whole, size) == 0 &&
           (path[size] == '\0' || path[size] == '.' || path[size] == '[');
}

/* Links and identifiers belong to what stands in a list that could not be read at all. */
static bool is_of_lost_list(struct bytes name, const char *unread)
{
    return record_entity_named(bytes_of_text(unread)) != NULL &&
           (text_is(name, "from") || text_is(name, "to") || text_is(name, "of"));
}

/* Whether a rule at `field` was told by what could not be read at `unread`. */
static bool is_judged_by(const char *field, const char *unread)
{
    struct bytes parent, name, unread_parent, unread_name;

    take_apart(field, &parent, &name);
    take_apart(unread, &unread_parent, &unread_name);
    if (is_within(field, unread) || is_within(unread, field) ||
        is_of_lost_list(name, unread))
        return true;
    for (size_t i = 0; i < COUNT_OF(judged_by) && bytes_equal(parent, unread_parent); i++) {
        if (text_is(unread_name, judged_by[i].unread) && text_is(name, judged_by[i].judged))
            return true;
    }
    return false;
}

/* Of what is no record at all everything is missing, and what is said of a record as a
 * whole (F4) is said of what is left of it. */
static bool misleads(const struct finding *f, const struct findings *unread)
{
    static const char whole[] = "record";
    bool found = strcmp(f->field, whole) == 0;

    for (size_t i = 0; i < unread->count && !found; i++)
        found = strcmp(unread->at[i].field, whole) == 0 ||
                is_judged_by(f->field, unread->at[i].field);
    return found;
}

void unread_check(struct record *r, const struct lists *lists, millis now, struct arena *a,
                  const struct findings *unread, struct findings *ret)
{
    struct findings *const rest = arena_take(a, sizeof *rest);

    *ret = *unread;
    ret->refused = true;
    ret->code_is_right = false;
    if (rest == NULL)
        return; /* they come when these are mended */
    rules_check(r, lists, now, a, rest);
    for (size_t i = 0; i < rest->count && ret->count < FINDINGS_MAX; i++) {
        if (!misleads(&rest->at[i], unread))
            ret->at[ret->count++] = rest->at[i];
    }
}
