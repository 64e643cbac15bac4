#include "control.h"

#include "layout.h"
#include "message.h"

#include "control.pb-c.h"

enum {
    /* A name and a value each, and a row around them. */
    REQUEST_WIRE_FIELDS_MAX = 1 + CONTROL_FIELDS_MAX * 3,
    ANSWER_WIRE_FIELDS_MAX = 2 + CONTROL_ROWS_MAX * (1 + CONTROL_FIELDS_MAX * 3),
};

static const struct wire request_wire = {
    .type = &flagpost__control_request__descriptor,
    .bytes_max = CONTROL_BYTES_MAX,
    .fields_max = REQUEST_WIRE_FIELDS_MAX,
    .repeated_max = CONTROL_FIELDS_MAX,
};

static const struct wire answer_wire = {
    .type = &flagpost__control_answer__descriptor,
    .bytes_max = CONTROL_BYTES_MAX,
    .fields_max = ANSWER_WIRE_FIELDS_MAX,
    .repeated_max = CONTROL_ROWS_MAX,
};

static const struct field field_fields[] = {
    FIELD(struct control_field, 1, FIELD_TEXT, name, 1, SHORT_TEXT_MAX),
    FIELD(struct control_field, 2, FIELD_BYTES, value, 0, CONTROL_BYTES_MAX),
};

static const struct field request_fields[] = {
    FIELD(struct control_request, 1, FIELD_TEXT, verb, 1, SHORT_TEXT_MAX),
};

static const struct field answer_fields[] = {
    FIELD(struct control_answer, 1, FIELD_U32, status, 0, STATUS_COUNT - 1),
    FIELD(struct control_answer, 2, FIELD_TEXT, sentence, 0, TEXT_BYTES_MAX),
};

static const struct layout field_layout =
    LAYOUT(flagpost__control_field__descriptor, field_fields, struct control_field);
static const struct layout request_layout =
    LAYOUT(flagpost__control_request__descriptor, request_fields, struct control_request);
static const struct layout answer_layout =
    LAYOUT(flagpost__control_answer__descriptor, answer_fields, struct control_answer);

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

static status check_names(const struct control_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct bytes name = fields[i].name;
        for (size_t k = 0; k < name.size; k++)
            ENSURE(is_name_byte(name.at[k]), E_VALUE);
    }
    return OK;
}

static status fill_fields(const struct control_field *fields, size_t count, struct arena *a,
                          ProtobufCMessage ***ret)
{
    ENSURE(count <= CONTROL_FIELDS_MAX, E_LIMIT);
    TRY(check_names(fields, count));
    return layout_fill_list(&field_layout, fields, count, a, ret);
}

static status read_fields(Flagpost__ControlField *const *list, size_t count,
                          struct arena *a, const struct control_field **ret)
{
    const void *fields = NULL;

    ENSURE(count <= CONTROL_FIELDS_MAX, E_LIMIT);
    TRY(layout_read_list(&field_layout, (const void *)list, count, a, &fields));
    TRY(check_names(fields, count));
    *ret = fields;
    return OK;
}

status control_request_encode(const struct control_request *r, struct arena *a,
                              struct bytes *ret)
{
    ProtobufCMessage *m = NULL;
    ProtobufCMessage **arguments = NULL;

    TRY(layout_fill(&request_layout, r, a, &m));
    TRY(fill_fields(r->arguments, r->argument_count, a, &arguments));
    Flagpost__ControlRequest *const pb = (Flagpost__ControlRequest *)m;
    pb->n_arguments = r->argument_count;
    pb->arguments = (void *)arguments;
    return message_pack(&request_wire, m, (struct bytes){0}, a, ret);
}

status control_request_decode(struct bytes bytes, struct arena *a,
                              struct control_request *ret)
{
    const ProtobufCMessage *m = NULL;
    struct control_request r = {0};

    TRY(message_unpack(&request_wire, bytes, a, &m));
    const Flagpost__ControlRequest *const pb = (const Flagpost__ControlRequest *)m;
    TRY(layout_read(&request_layout, m, &r));
    TRY(read_fields(pb->arguments, pb->n_arguments, a, &r.arguments));
    r.argument_count = pb->n_arguments;
    *ret = r;
    return OK;
}

static status fill_row(const struct control_row *row, struct arena *a,
                       Flagpost__ControlRow **ret)
{
    Flagpost__ControlRow *const pb = arena_take(a, sizeof *pb);
    ProtobufCMessage **fields = NULL;

    ENSURE(pb != NULL, E_MEMORY);
    ENSURE(row->field_count >= 1, E_VALUE);
    TRY(fill_fields(row->fields, row->field_count, a, &fields));
    flagpost__control_row__init(pb);
    pb->n_fields = row->field_count;
    pb->fields = (void *)fields;
    *ret = pb;
    return OK;
}

status control_answer_encode(const struct control_answer *c, struct arena *a,
                             struct bytes *ret)
{
    ProtobufCMessage *m = NULL;

    ENSURE(c->row_count <= CONTROL_ROWS_MAX, E_LIMIT);
    Flagpost__ControlRow **const rows =
        arena_array(a, c->row_count, sizeof(Flagpost__ControlRow *));
    ENSURE(rows != NULL, E_MEMORY);
    for (size_t i = 0; i < c->row_count; i++)
        TRY(fill_row(&c->rows[i], a, &rows[i]));
    TRY(layout_fill(&answer_layout, c, a, &m));
    Flagpost__ControlAnswer *const pb = (Flagpost__ControlAnswer *)m;
    pb->n_rows = c->row_count;
    pb->rows = rows;
    return message_pack(&answer_wire, m, (struct bytes){0}, a, ret);
}

status control_answer_decode(struct bytes bytes, struct arena *a,
                             struct control_answer *ret)
{
    const ProtobufCMessage *m = NULL;
    struct control_answer c = {0};

    TRY(message_unpack(&answer_wire, bytes, a, &m));
    const Flagpost__ControlAnswer *const pb = (const Flagpost__ControlAnswer *)m;
    TRY(layout_read(&answer_layout, m, &c));
    struct control_row *const rows = arena_array(a, pb->n_rows, sizeof *rows);
    ENSURE(rows != NULL, E_MEMORY);
    for (size_t i = 0; i < pb->n_rows; i++) {
        const Flagpost__ControlRow *const row = pb->rows[i];
        TRY(read_fields(row->fields, row->n_fields, a, &rows[i].fields));
        rows[i].field_count = row->n_fields;
    }
    c.rows = rows;
    c.row_count = pb->n_rows;
    *ret = c;
    return OK;
}

static struct bytes find_value(const struct control_field *fields, size_t count,
                               const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(fields[i].name, bytes_of_text(name)))
            return fields[i].value;
    }
    return (struct bytes){0};
}

struct bytes control_argument(const struct control_request *r, const char *name)
{
    return find_value(r->arguments, r->argument_count, name);
}

struct bytes control_value(const struct control_row *row, const char *name)
{
    return find_value(row->fields, row->field_count, name);
}
