#include "triage.h"

#include "recall.h"

#include <string.h>

/* The row, and which records have one. */

enum { VERSION = 1 };

static record_id row_id(struct desk *d, const struct parent *record)
{
    return recall_row_id(d, "triage", record);
}

const char *triage_word(enum triage_state state)
{
    switch (state) {
    case TRIAGE_OPEN:
        return "open";
    case TRIAGE_CLAIMED:
        return "claimed";
    case TRIAGE_CLOSED:
        return "closed";
    }
    return "";
}

status triage_put(struct desk *d, const struct triage *t)
{
    uint8_t room[8 + AGENCY_ID_MAX + PERSON_ROOM];
    struct writer body = writer_over(room, sizeof room);
    const record_id id = row_id(d, &t->record);

    if (t->state == TRIAGE_OPEN)
        return journal_shelf_drop(d->journal, SHELF_TRIAGE, &id);
    write_u8(&body, VERSION);
    write_u32(&body, t->uid);
    write_u8(&body, (uint8_t)strlen(t->record.agency.text));
    write_text(&body, t->record.agency.text);
    write_text(&body, t->person);
    MUST(!body.bad);
    const struct shelf_row row = {.kind = SHELF_TRIAGE,
                                  .id = id,
                                  .about = t->record.id,
                                  .state = (uint32_t)t->state,
                                  .changed = t->since,
                                  .body = writer_bytes(&body)};
    return journal_shelf_put(d->journal, &row);
}

static status read_row(const struct shelf_row *from, struct triage *ret)
{
    struct reader r = {.rest = from->body};
    struct triage t = {.record = {.id = from->about},
                       .state = (enum triage_state)from->state,
                       .since = from->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    t.uid = read_u32(&r);
    TRY(agency_id_read(read_bytes(&r, read_u8(&r)), &t.record.agency));
    ENSURE(!r.bad && r.rest.size < sizeof t.person, E_DAMAGED);
    memcpy(t.person, r.rest.at, r.rest.size);
    *ret = t;
    return OK;
}

status triage_find(struct desk *d, const struct parent *record, struct triage *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = row_id(d, record);
    struct shelf_row row = {0};

    *ret = (struct triage){.record = *record};
    status s = journal_shelf_find(d->journal, SHELF_TRIAGE, &id, d->scratch, &row);
    if (s == OK)
        s = read_row(&row, ret);
    arena_rewind(d->scratch, mark);
    return s == E_UNKNOWN ? OK : s;
}

status triage_forget(struct desk *d, const struct parent *record)
{
    const record_id id = row_id(d, record);

    return journal_shelf_drop(d->journal, SHELF_TRIAGE, &id);
}

/* --- the record that a call names --- */

status triage_record(struct desk *d, struct call *c, struct entry_row *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    bool recalled = false;

    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, ret));
    if (agency_id_equal(&place.stream.agency, &x->self) || ret->kind != KIND_INTELLIGENCE) {
        c->sentence = "only a record received from another agency is in the inbox";
        return E_VALUE;
    }
    if (ret->disposition == DISPOSITION_ERASED) {
        c->sentence = "the record was erased here: there is nothing left to do about it";
        return E_VALUE;
    }
    const struct parent record = {.agency = ret->stream.agency, .id = ret->id};
    TRY(recall_blocks(d, &record, &recalled));
    if (!recalled)
        return OK;
    c->sentence = "the record was recalled: say what became of it with flagpost statement";
    return E_VALUE;
}

status triage_log(struct desk *d, struct call *c, const struct entry_row *e,
                  const char *outcome)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream = e->stream,
                             .object_index = e->index,
                             .object = e->id,
                             .justification = control_argument(&c->parsed, "reason"),
                             .outcome = bytes_of_text(outcome)};

    return desk_audit(d, c, &row);
}
