#include "recall.h"

#include <string.h>

/* What is awaited, and what was opened here: rows of the shelf.  They can be lost without
 * harm to the block, which the journal's entries make. */

enum { ROW_BYTES_MAX = 64, BODY_BYTES_MAX = 1 + AGENCY_ID_MAX + 2 * (2 + SHORT_TEXT_MAX) };

struct recall_text recall_text(struct bytes b)
{
    struct recall_text text = {
        .size = (uint16_t)(b.size < SHORT_TEXT_MAX ? b.size : SHORT_TEXT_MAX)};

    if (text.size > 0)
        memcpy(text.at, b.at, text.size);
    return text;
}

record_id recall_row_id(struct desk *d, const char *what, const struct parent *record)
{
    uint8_t room[ROW_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_text(&w, what);
    write_text(&w, record->agency.text);
    write_u8(&w, 0);
    write_bytes(&w, bytes_of(record->id.bytes, sizeof record->id.bytes));
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

status recall_row_read(const struct shelf_row *from, struct recall_row *ret)
{
    struct recall_row row = {
        .state = (enum recall_state)from->state, .due = from->due, .since = from->changed};
    struct reader r = {.rest = from->body};

    row.record.id = from->about;
    TRY(desk_read_agency(&r, &row.record.agency));
    row.person = recall_text(read_bytes(&r, read_u16(&r)));
    row.reason = recall_text(read_bytes(&r, read_u16(&r)));
    ENSURE(!r.bad && r.rest.size == 0, E_DAMAGED);
    *ret = row;
    return OK;
}

status recall_row_find(struct desk *d, const struct parent *record, struct recall_row *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = recall_row_id(d, "recall", record);
    struct shelf_row row = {0};

    status s = journal_shelf_find(d->journal, SHELF_RECALL, &id, d->scratch, &row);
    if (s == OK)
        s = recall_row_read(&row, ret);
    arena_rewind(d->scratch, mark);
    return s;
}

static void write_kept(struct writer *w, const struct recall_text *t)
{
    write_u16(w, t->size);
    write_bytes(w, bytes_of(t->at, t->size));
}

status recall_row_put(struct desk *d, const struct recall_row *row)
{
    uint8_t room[BODY_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);

    desk_write_agency(&w, &row->record.agency);
    write_kept(&w, &row->person);
    write_kept(&w, &row->reason);
    MUST(!w.bad);
    const struct shelf_row shelf = {.kind = SHELF_RECALL,
                                    .id = recall_row_id(d, "recall", &row->record),
                                    .about = row->record.id,
                                    .state = (uint32_t)row->state,
                                    .due = row->due,
                                    .changed = row->since,
                                    .body = writer_bytes(&w)};

    return journal_shelf_put(d->journal, &shelf);
}

status recall_openings(struct desk *d, const struct parent *record,
                       struct recall_openings *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = recall_row_id(d, "opened", record);
    struct shelf_row row = {0};

    const status s = journal_shelf_find(d->journal, SHELF_STATEMENT, &id, d->scratch, &row);
    struct reader r = {.rest = row.body};
    const uint32_t count = s == OK ? read_u32(&r) : 0;
    arena_rewind(d->scratch, mark);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = (struct recall_openings){.first = s == OK ? row.changed : 0, .count = count};
    return OK;
}

status recall_note_opening(struct desk *d, const struct parent *record)
{
    struct recall_openings before = {0};
    uint8_t room[4];
    struct writer w = writer_over(room, sizeof room);

    TRY(recall_openings(d, record, &before));
    write_u32(&w, before.count + 1);
    const struct shelf_row row = {.kind = SHELF_STATEMENT,
                                  .id = recall_row_id(d, "opened", record),
                                  .about = record->id,
                                  .state = 1,
                                  .changed =
                                      before.first != 0 ? before.first : d->exchange->now,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}
