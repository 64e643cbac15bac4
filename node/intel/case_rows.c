#include "case_rows.h"

static void write_cell(struct writer *w, struct bytes cell)
{
    const size_t size = cell.size < CASE_CELL_MAX ? cell.size : CASE_CELL_MAX;

    write_u16(w, (uint16_t)size);
    write_bytes(w, bytes_of(cell.at, size));
}

void case_row_write(struct writer *w, const struct case_given_row *row)
{
    write_u32(w, row->line);
    write_cell(w, row->given.reference);
    write_cell(w, row->given.reported_at);
    write_cell(w, row->given.station);
    write_cell(w, row->given.role);
}

static struct bytes read_cell(struct reader *r)
{
    const uint16_t size = read_u16(r);

    if (size > CASE_CELL_MAX)
        r->bad = true;
    return read_bytes(r, size);
}

bool case_row_next(struct reader *r, struct case_given_row *ret)
{
    if (r->bad || r->rest.size == 0)
        return false;
    ret->line = read_u32(r);
    ret->given.reference = read_cell(r);
    ret->given.reported_at = read_cell(r);
    ret->given.station = read_cell(r);
    ret->given.role = read_cell(r);
    return !r->bad;
}
