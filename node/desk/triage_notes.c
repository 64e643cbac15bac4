#include "triage_notes.h"

#include "reading.h"
#include "shelf.h"
#include "text.h"
#include "triage.h"
#include "words.h"

#include <string.h>

enum { VERSION = 1 };

struct remark {
    record_id id;
    struct agency_id agency; /* whose record it is about */
    millis at;
    struct bytes person, text; /* borrowed from the row */
};

/* --- the row --- */

static status remark_put(struct desk *d, const struct parent *record,
                         const struct remark *n)
{
    uint8_t room[8 + AGENCY_ID_MAX + PERSON_ROOM + TRIAGE_NOTE_MAX];
    struct writer body = writer_over(room, sizeof room);

    write_u8(&body, VERSION);
    write_u8(&body, (uint8_t)strlen(record->agency.text));
    write_text(&body, record->agency.text);
    write_u8(&body, (uint8_t)n->person.size);
    write_bytes(&body, n->person);
    write_bytes(&body, n->text);
    MUST(!body.bad && n->text.size <= TRIAGE_NOTE_MAX);
    const struct shelf_row row = {.kind = SHELF_NOTE,
                                  .id = n->id,
                                  .about = record->id,
                                  .state = 1,
                                  .changed = n->at,
                                  .body = writer_bytes(&body)};
    return journal_shelf_put(d->journal, &row);
}

static status remark_read(const struct shelf_row *from, struct remark *ret)
{
    struct reader r = {.rest = from->body};
    struct remark n = {.id = from->id, .at = from->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    TRY(agency_id_read(read_bytes(&r, read_u8(&r)), &n.agency));
    n.person = read_bytes(&r, read_u8(&r));
    ENSURE(!r.bad, E_DAMAGED);
    n.text = r.rest;
    *ret = n;
    return OK;
}

/* --- of one record, oldest first: their ids begin with the time --- */

struct walk {
    struct desk *desk;
    const struct parent *record;
    status (*each)(void *context, const struct remark *n);
    void *context;
};

static status each_row(void *context, const struct shelf_row *row)
{
    const struct walk *const w = context;
    struct remark n;

    TRY(remark_read(row, &n));
    return agency_id_equal(&n.agency, &w->record->agency) ? w->each(w->context, &n) : OK;
}

static status walk_notes(struct desk *d, const struct parent *record,
                         status (*each)(void *context, const struct remark *n),
                         void *context)
{
    struct walk w = {.desk = d, .record = record, .each = each, .context = context};

    return journal_shelf_about(d->journal, SHELF_NOTE, &record->id, d->scratch, each_row,
                               &w);
}

static status each_counted(void *context, const struct remark *n)
{
    size_t *const count = context;

    (void)n; /* only that there is one */
    (*count)++;
    return OK;
}

status triage_note_count(struct desk *d, const struct parent *record, size_t *ret)
{
    *ret = 0;
    return walk_notes(d, record, each_counted, ret);
}

static status each_dropped(void *context, const struct remark *n)
{
    struct desk *const d = context;

    return journal_shelf_drop(d->journal, SHELF_NOTE, &n->id);
}

status triage_notes_forget(struct desk *d, const struct parent *record)
{
    return walk_notes(d, record, each_dropped, d);
}

struct remark_search {
    const struct subject_query *query;
    struct subject_found *found;
    size_t index;
};

static status each_searched(void *context, const struct remark *n)
{
    struct remark_search *const f = context;

    subject_search_text(f->query, n->text, "notes", f->index++, f->found);
    return OK;
}

status triage_notes_search(struct desk *d, const struct parent *record,
                           const struct subject_query *q, struct subject_found *found)
{
    struct remark_search f = {.query = q, .found = found};

    return walk_notes(d, record, each_searched, &f);
}

/* --- note --- */

struct room {
    struct bytes person;
    size_t all, own;
};

static status each_of_room(void *context, const struct remark *n)
{
    struct room *const room = context;

    room->all++;
    room->own += bytes_equal(n->person, room->person);
    return OK;
}

static status check_room(struct desk *d, struct call *c, const struct parent *record,
                         size_t *ret_count)
{
    struct room room = {.person = bytes_of_text(c->person.text)};

    TRY(walk_notes(d, record, each_of_room, &room));
    *ret_count = room.all;
    if (room.all >= TRIAGE_NOTES_MAX)
        c->sentence = "a record has at most 100 notes, and this one has them";
    else if (room.own >= TRIAGE_NOTES_OF_ONE_MAX)
        c->sentence =
            "a record has at most 25 notes of one person, and this one has yours: "
            "a colleague can note it";
    else
        return OK;
    return E_LIMIT;
}

static status read_text(struct call *c, struct bytes *ret)
{
    *ret = word_trim(control_argument(&c->parsed, "text"));
    if (ret->size > 0 && ret->size <= TRIAGE_NOTE_MAX && utf8_is_valid(*ret))
        return OK;
    c->sentence = "say what is to be noted: --text \"...\", of at most 4000 bytes";
    return E_USAGE;
}

status note_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    struct entry_row e = {0};
    struct bytes text = {0};
    size_t count = 0;

    TRY(read_text(c, &text));
    TRY(triage_record(d, c, &e));
    const struct parent record = {.agency = e.stream.agency, .id = e.id};
    TRY(check_room(d, c, &record, &count));
    TRY(triage_log(d, c, &e, "noted"));
    c->sentence = desk_text(
        a, "noted; of this record there ", count == 0 ? "is 1 note" : "are ",
        count == 0 ? "" : desk_number(a, count + 1), count == 0 ? "" : " notes", NULL);
    const struct remark n = {.id = draw_record_id(&d->exchange->draw, d->exchange->now),
                             .at = d->exchange->now,
                             .person = bytes_of_text(c->person.text),
                             .text = text};
    return remark_put(d, &record, &n);
}

/* --- notes --- */

status notes_prepare(struct desk *d, struct call *c)
{
    struct parent *const record = arena_take(d->exchange->arena, sizeof *record);
    struct place place = {0};

    ENSURE(record != NULL, E_MEMORY);
    TRY(desk_consult_beside(d, c, READING_NOTES, &place, &record->id));
    record->agency = place.stream.agency;
    c->work = record;
    const struct reading reading = {.outcome = bytes_of_text(READING_NOTES),
                                    .object = record->id};
    return reading_note(d, c, &reading);
}

static status each_given(void *context, const struct remark *n)
{
    struct rows *const r = context;
    struct bytes person = {0};
    struct bytes text = {0};

    TRY(arena_copy(r->arena, n->person, &person));
    TRY(arena_copy(r->arena, n->text, &text));
    rows_next(r, 3);
    rows_time(r, "at", n->at);
    rows_bytes(r, "by", person);
    rows_bytes(r, "text", text);
    return OK;
}

status notes_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    rows_init(&r, d->exchange->arena, TRIAGE_NOTES_MAX);
    TRY(walk_notes(d, c->work, each_given, &r));
    ret->sentence = bytes_of_text(r.count == 0 ? "nobody here has noted anything" : "");
    rows_give(&r, ret);
    return OK;
}
