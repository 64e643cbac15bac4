#include "mapping_fault.h"

#include "text.h"

#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512, LIST_ROOM = 256 };

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(type, member, flags, min)                                                     \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | (flags), type, member, min,       \
                           TEXT_MAX)
#define LIST(type, member, counted, entry, flags)                                          \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER | (flags), type, member,        \
                               counted, entry, 1, LIST_ROOM)
#define CHOICE(type, member, words, flags)                                                 \
    CYAML_FIELD_ENUM(#member, CYAML_FLAG_STRICT | (flags), type, member, words,            \
                     COUNT_OF(words))

static const cyaml_strval_t formats[] = {{"csv", MAPPING_CSV},
                                         {"json-lines", MAPPING_JSON_LINES},
                                         {"json-array", MAPPING_JSON_ARRAY}};
static const cyaml_strval_t publishes[] = {{"all-or-nothing", MAPPING_ALL_OR_NOTHING},
                                           {"row-by-row", MAPPING_ROW_BY_ROW}};
static const cyaml_strval_t schemes[] = {
    {"3x5x2", MAPPING_3X5X2}, {"5x5x5", MAPPING_5X5X5}, {"4x4", MAPPING_4X4}};
static const cyaml_strval_t mends[] = {
#define MEND_WORD(name, bit, word) {word, name},
    MEND_MAP(MEND_WORD)
#undef MEND_WORD
};
static const cyaml_strval_t encodings[] = {{"UTF-8", MAPPING_UTF_8}};
/* libcyaml's own boolean takes every word that is not "false" for true. */
static const cyaml_strval_t answers[] = {{"no", MAPPING_NO}, {"yes", MAPPING_YES}};
static const cyaml_strval_t names[] = {{"surname, given", MAPPING_SURNAME_COMMA},
                                       {"surname given", MAPPING_SURNAME_FIRST},
                                       {"given surname", MAPPING_SURNAME_LAST}};

static const cyaml_schema_value_t text_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX)};

static const cyaml_schema_field_t value_fields[] = {TEXT(struct mapping_value, from, 0, 0),
                                                    TEXT(struct mapping_value, is, 0, 1),
                                                    CYAML_FIELD_END};
static const cyaml_schema_value_t value_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mapping_value, value_fields)};

static const cyaml_schema_field_t each_fields[] = {TEXT(struct mapping_each, field, 0, 1),
                                                   TEXT(struct mapping_each, value, 0, 1),
                                                   CYAML_FIELD_END};
static const cyaml_schema_value_t each_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mapping_each, each_fields)};

static const cyaml_schema_field_t otherwise_fields[] = {
    TEXT(struct mapping_otherwise, to, 0, 1),
    TEXT(struct mapping_otherwise, before, OPTIONAL, 0),
    TEXT(struct mapping_otherwise, after, OPTIONAL, 0), CYAML_FIELD_END};

static const cyaml_schema_field_t field_fields[] = {
    TEXT(struct mapping_field, to, 0, 1),
    TEXT(struct mapping_field, column, OPTIONAL, 1),
    TEXT(struct mapping_field, value, OPTIONAL, 1),
    TEXT(struct mapping_field, before, OPTIONAL, 0),
    TEXT(struct mapping_field, after, OPTIONAL, 0),
    TEXT(struct mapping_field, join, OPTIONAL, 0),
    TEXT(struct mapping_field, split, OPTIONAL, 1),
    CYAML_FIELD_UINT("keep", OPTIONAL, struct mapping_field, keep),
    CHOICE(struct mapping_field, name, names, OPTIONAL),
    LIST(struct mapping_field, dates, date_count, &text_value, OPTIONAL),
    LIST(struct mapping_field, values, value_count, &value_entry, OPTIONAL),
    TEXT(struct mapping_field, unknown, OPTIONAL, 1),
    CHOICE(struct mapping_field, required, answers, OPTIONAL),
    LIST(struct mapping_field, each, each_count, &each_entry, OPTIONAL),
    CYAML_FIELD_MAPPING_PTR("otherwise", CYAML_FLAG_POINTER | OPTIONAL,
                            struct mapping_field, otherwise, otherwise_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t field_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mapping_field, field_fields)};

static const cyaml_schema_field_t gate_fields[] = {
    TEXT(struct mapping_gate, version, OPTIONAL, 1),
    TEXT(struct mapping_gate, reference, OPTIONAL, 1), CYAML_FIELD_END};

static const cyaml_schema_field_t mapping_fields[] = {
    TEXT(struct mapping, system, 0, 1),
    CHOICE(struct mapping, format, formats, 0),
    CHOICE(struct mapping, encoding, encodings, OPTIONAL),
    TEXT(struct mapping, delimiter, OPTIONAL, 1),
    CHOICE(struct mapping, header, answers, OPTIONAL),
    LIST(struct mapping, columns, column_count, &text_value, OPTIONAL),
    LIST(struct mapping, ignore, ignore_count, &text_value, OPTIONAL),
    LIST(struct mapping, key, key_count, &text_value, OPTIONAL),
    CHOICE(struct mapping, publish, publishes, 0),
    CHOICE(struct mapping, grades, schemes, OPTIONAL),
    CYAML_FIELD_FLAGS("mend", CYAML_FLAG_STRICT | OPTIONAL, struct mapping, mend, mends,
                      COUNT_OF(mends)),
    LIST(struct mapping, dates, date_count, &text_value, OPTIONAL),
    CYAML_FIELD_MAPPING_PTR("gate", CYAML_FLAG_POINTER | OPTIONAL, struct mapping, gate,
                            gate_fields),
    CYAML_FIELD_UINT("pivot", OPTIONAL, struct mapping, pivot),
    LIST(struct mapping, fields, field_count, &field_entry, 0),
    CYAML_FIELD_END};
static const cyaml_schema_value_t mapping_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mapping, mapping_fields)};

__attribute__((format(printf, 3, 0))) static void take_log(cyaml_log_t level, void *context,
                                                           const char *format, va_list list)
{
    char said[512];

    (void)level;
    (void)vsnprintf(said, sizeof said, format, list);
    mapping_log_take(context, said);
}

static cyaml_config_t config_for(struct mapping_log *log)
{
    return (cyaml_config_t){.log_fn = take_log,
                            .log_ctx = log,
                            .mem_fn = cyaml_mem,
                            .log_level = CYAML_LOG_ERROR,
                            .flags = CYAML_CFG_NO_ALIAS};
}

status mapping_read(struct bytes text, struct mapping **ret,
                    struct mapping_fault *ret_fault)
{
    struct mapping_log log = {.line = 0};
    const cyaml_config_t config = config_for(&log);
    cyaml_data_t *data = NULL;

    *ret_fault = (struct mapping_fault){.sentence = "This mapping file is empty."};
    ENSURE(text.size > 0 && text.size <= MAPPING_BYTES_MAX, E_FORM);
    *ret_fault = (struct mapping_fault){.sentence = "This mapping file is not UTF-8 text."};
    ENSURE(utf8_is_valid(text), E_FORM);
    *ret_fault = (struct mapping_fault){
        .sentence = "This mapping file has comments alone: it begins with `system: NAME`."};
    const cyaml_err_t e =
        cyaml_load_data(text.at, text.size, &config, &mapping_value, &data, NULL);
    if (e != CYAML_OK) {
        mapping_fault_of_log(&log, text,
                             e == CYAML_ERR_ALIAS
                                 ? "A mapping file has no anchors and aliases: write the "
                                   "value out, or put a text that begins with & or * in "
                                   "quotation marks."
                                 : cyaml_strerror(e),
                             ret_fault);
        return E_FORM;
    }
    ENSURE(data != NULL, E_FORM);
    struct mapping *m = data;
    *ret_fault = (struct mapping_fault){0};
    size_t field = m->field_count;
    const status s = mapping_check(m, &field, ret_fault);
    if (s != OK && field < m->field_count)
        ret_fault->line = mapping_line_of_field(text, m, field);
    if (s != OK)
        m = mapping_free(m);
    *ret = m;
    return s;
}

struct mapping *mapping_free(struct mapping *m)
{
    struct mapping_log log = {.line = 0};
    const cyaml_config_t config = config_for(&log);

    if (m != NULL)
        (void)cyaml_free(&config, &mapping_value, m,
                         0); /* it fails on a wrong schema only */
    return NULL;
}

const char *const *mapping_dates(const struct mapping *m, const struct mapping_field *f,
                                 size_t *ret_count)
{
    const bool own = f->date_count > 0;

    *ret_count = own ? f->date_count : m->date_count;
    return (const char *const *)(own ? f->dates : m->dates);
}

/* Past an index, or where it stands. */
static const char *past_index(const char *at)
{
    const size_t size = *at == '[' ? strcspn(at, "]") : 0;

    return at + size + (at[size] == ']');
}

/* How much of a mapping's path a field's path begins with, whatever the indices; 0: not all
 * of it. */
static size_t common(const char *to, const char *path)
{
    const char *const start = to;

    while (*to != '\0' && *path != '\0') {
        if (*to != *path)
            return 0;
        to = *to == '[' ? past_index(to) : to + 1;
        path = *path == '[' ? past_index(path) : path + 1;
    }
    to = past_index(to);
    path = past_index(path);
    return *to == '\0' && (*path == '\0' || *path == '.') ? (size_t)(to - start) : 0;
}

const char *mapping_column(const struct mapping *m, const char *path)
{
    const char *column = "";
    size_t longest = 0;

    for (size_t i = 0; i < m->field_count; i++) {
        const struct mapping_field *const f = &m->fields[i];
        const size_t size = common(f->to, path);
        if (f->column == NULL || size <= longest)
            continue;
        longest = size;
        column = f->column;
    }
    return column;
}
