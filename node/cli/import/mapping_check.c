#include "columns.h"
#include "day.h"
#include "mapping.h"
#include "record_build.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the schema cannot see: whether paths name fields, formats are formats, and the parts
 * of an entry belong together. */

__attribute__((format(printf, 2, 3))) static status fail(struct mapping_fault *f,
                                                         const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(f->sentence, sizeof f->sentence, format, list);
    va_end(list);
    utf8_make_whole(f->sentence);
    return E_VALUE;
}

static status check_dates(char *const *dates, size_t count, uint32_t pivot,
                          struct mapping_fault *f)
{
    for (size_t i = 0; i < count; i++) {
        const status s = day_format_check(dates[i], pivot);
        if (s == E_VALUE)
            return fail(f,
                        "The date format \"%.40s\" has two digits for the year: which "
                        "century they are of has to be said with `pivot`.",
                        dates[i]);
        if (s != OK)
            return fail(f,
                        "\"%.40s\" is not a date format: write it in small letters, of "
                        "dd, mm or Mon, and yyyy, as in dd/mm/yyyy.",
                        dates[i]);
    }
    return OK;
}

static bool is_joined(enum record_shape s)
{
    return s == RECORD_TEXT || s == RECORD_LIST;
}

/* "documents[].number": a new element for each value. */
static bool begins_elements(const char *to)
{
    return strstr(to, "[]") != NULL;
}

static status check_parts(const struct mapping_field *e, enum record_shape shape,
                          struct mapping_fault *f)
{
    if (e->split != NULL && !is_joined(shape) && e->name == MAPPING_NO_NAME &&
        !begins_elements(e->to) && e->keep != 1)
        return fail(f, "`%.80s` takes one value: a split needs `keep: 1`.", e->to);
    if (e->unknown != NULL && e->value_count == 0)
        return fail(f, "`%.80s` has `unknown` without `values`.", e->to);
    if (e->each_count > 0 && !begins_elements(e->to))
        return fail(f, "`%.80s` begins no element: `each` belongs to a path with [].",
                    e->to);
    if (e->otherwise != NULL && record_shape_of(e->otherwise->to) != RECORD_TEXT)
        return fail(f, "`otherwise` needs a text: \"%.80s\" is none.", e->otherwise->to);
    return OK;
}

static status check_target(const struct mapping *m, const struct mapping_field *e,
                           struct mapping_fault *f)
{
    const enum record_shape shape = record_shape_of(e->to);
    size_t dates = 0;

    if (shape == RECORD_NO_FIELD)
        return fail(f, "There is no field \"%.100s\" in a record.", e->to);
    if ((shape == RECORD_ELEMENT) != (e->name != MAPPING_NO_NAME))
        return fail(f, "`name` belongs to a person, as in \"persons[0]\", and only there.");
    (void)mapping_dates(m, e, &dates);
    if (shape == RECORD_DATE && e->column != NULL && dates == 0)
        return fail(f, "`%.80s` is a date: say in which `dates` it is written.", e->to);
    return check_parts(e, shape, f);
}

static status check_field(const struct mapping *m, const struct mapping_field *e,
                          struct mapping_fault *f)
{
    if ((e->column == NULL) == (e->value == NULL))
        return fail(f, "`%.80s` needs either a `column` or a `value`.", e->to);
    if (e->column != NULL && strlen(e->column) > MAPPING_NAME_MAX)
        return fail(f, "The name of a column is longer than 128 letters.");
    TRY(check_target(m, e, f));
    return check_dates(e->dates, e->date_count, m->pivot, f);
}

/* One cell would stand in the text twice. */
static status check_once(const struct mapping *m, size_t i, struct mapping_fault *f)
{
    const struct mapping_field *const e = &m->fields[i];

    if (e->column == NULL || record_shape_of(e->to) != RECORD_TEXT ||
        begins_elements(e->to))
        return OK;
    for (size_t k = 0; k < i; k++) {
        const struct mapping_field *const one = &m->fields[k];
        if (one->column != NULL && strcmp(one->to, e->to) == 0 &&
            strcmp(one->column, e->column) == 0)
            return fail(f,
                        "`%.60s` is given the column \"%.60s\" twice: take one of the "
                        "two out.",
                        e->to, e->column);
    }
    return OK;
}

static status check_system(const struct mapping *m, struct mapping_fault *f)
{
    const size_t size = strlen(m->system);

    for (size_t i = 0; i < size; i++) {
        const char c = m->system[i];
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-';
        if (!good || size > 64)
            return fail(f,
                        "`system` is a name of letters, digits and hyphens, at most 64.");
    }
    return OK;
}

static status check_form(const struct mapping *m, struct mapping_fault *f)
{
    const bool csv = m->format == MAPPING_CSV;

    if (!csv && (m->delimiter != NULL || m->column_count > 0 || m->header != MAPPING_NO))
        return fail(f, "`delimiter`, `header` and `columns` are of CSV files.");
    if (csv && (m->header == MAPPING_YES) == (m->column_count > 0))
        return fail(f, "A CSV file has either `header: yes` or `columns` that name them.");
    if (m->delimiter != NULL && strcmp(m->delimiter, ",") != 0 &&
        strcmp(m->delimiter, ";") != 0 && strcmp(m->delimiter, "|") != 0 &&
        strcmp(m->delimiter, "\t") != 0)
        return fail(f, "`delimiter` is one of \",\" \";\" \"|\" and \"\\t\".");
    if (m->key_count > MAPPING_KEYS_MAX)
        return fail(f, "A row is named by at most four columns.");
    if (m->pivot > 99)
        return fail(f, "`pivot` is a year of two digits.");
    return OK;
}

status mapping_check(const struct mapping *m, size_t *ret_field,
                     struct mapping_fault *ret_fault)
{
    struct columns columns;

    TRY(check_system(m, ret_fault));
    TRY(check_form(m, ret_fault));
    TRY(check_dates(m->dates, m->date_count, m->pivot, ret_fault));
    for (size_t i = 0; i < m->field_count; i++) {
        status s = check_field(m, &m->fields[i], ret_fault);
        if (s == OK)
            s = check_once(m, i, ret_fault);
        if (s != OK)
            *ret_field = i;
        TRY(s);
    }
    if (m->gate != NULL &&
        ((m->gate->version != NULL && strlen(m->gate->version) > MAPPING_NAME_MAX) ||
         (m->gate->reference != NULL && strlen(m->gate->reference) > MAPPING_NAME_MAX)))
        return fail(ret_fault, "The name of a column is longer than 128 letters.");
    if (columns_of(m, &columns) != OK)
        return fail(ret_fault, "The mapping speaks of more than 256 columns.");
    return OK;
}
