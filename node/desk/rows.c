#include "desk.h"

#include "text.h"

void rows_init(struct rows *r, struct arena *a, size_t room)
{
    *r = (struct rows){.arena = a, .room = room};
    r->rows = arena_array(a, room, sizeof *r->rows);
    r->full = r->rows == NULL;
}

void rows_next(struct rows *r, size_t fields)
{
    if (r->full || r->count == r->room) {
        r->full = true;
        return;
    }
    struct control_field *const f = arena_array(r->arena, fields, sizeof *f);
    if (f == NULL) {
        r->full = true;
        return;
    }
    r->rows[r->count++] = (struct control_row){.fields = f};
    r->fields = f;
    r->field_room = fields;
}

void rows_bytes(struct rows *r, const char *name, struct bytes value)
{
    if (r->full)
        return;
    MUST(r->count > 0);
    struct control_row *const row = &r->rows[r->count - 1];
    /* The fields were set aside by rows_next; its caller counted them. */
    const struct control_field field = {.name = bytes_of_text(name), .value = value};
    MUST(row->field_count < r->field_room);
    r->fields[row->field_count++] = field;
}

void rows_text(struct rows *r, const char *name, const char *value)
{
    rows_bytes(r, name, bytes_of_text(value));
}

void rows_number(struct rows *r, const char *name, uint64_t value)
{
    char *const text = arena_take(r->arena, 20);

    if (text == NULL) {
        r->full = true;
        return;
    }
    struct writer w = writer_over(text, 20);
    write_decimal(&w, value);
    rows_bytes(r, name, writer_bytes(&w));
}

void rows_time(struct rows *r, const char *name, millis value)
{
    char *const text = arena_take(r->arena, TIME_TEXT_ROOM);

    if (text == NULL) {
        r->full = true;
        return;
    }
    if (value != 0)
        time_write(value, text);
    rows_text(r, name, text);
}

void rows_id(struct rows *r, const char *name, const record_id *id)
{
    char *const text = arena_take(r->arena, RECORD_ID_TEXT_ROOM);

    if (text == NULL) {
        r->full = true;
        return;
    }
    record_id_write(id, text);
    rows_text(r, name, text);
}

void rows_agency(struct rows *r, const char *name, const struct agency_id *value)
{
    struct agency_id *const copy = arena_take(r->arena, sizeof *copy);

    if (copy == NULL) {
        r->full = true;
        return;
    }
    *copy = *value;
    rows_text(r, name, copy->text);
}

void rows_give(const struct rows *r, struct control_answer *ret)
{
    ret->row_count = r->count;
    ret->rows = r->rows;
}

const char *desk_age(struct arena *a, millis since, millis now)
{
    static const struct {
        millis size;
        const char *name;
    } units[] = {{86400000, " d"}, {3600000, " h"}, {60000, " min"}, {1000, " s"}};
    const millis age = now > since ? now - since : 0;
    char number[21] = "";
    struct writer w = writer_over(number, sizeof number - 1);
    size_t i = 0;

    while (i < COUNT_OF(units) - 1 && age < units[i].size)
        i++;
    write_decimal(&w, age / units[i].size);
    return desk_text(a, number, units[i].name, NULL);
}
