#include "handling.h"
#include "parts.h"
#include "reading.h"

#include "text.h"

#include <string.h>

/*
 * Reading an attachment, a few parts a request.  Each request writes its row of the log, so
 * that no byte is shown that the log does not speak of (P12).
 */

enum {
    PARTS_PER_REQUEST = 8, /* 1 MiB: some 10 ms of opening, and 100 rows for the largest */
    OUTCOME_ROOM = 64,
};

struct attachment_work {
    struct place place;
    record_id record;
    uint32_t index; /* among the record's attachments */
    uint32_t from;  /* first part asked for */
};

/* "attachment 1, parts 9 to 16" */
static const char *outcome_of(struct desk *d, uint32_t index, uint32_t from)
{
    struct arena *const a = d->exchange->arena;

    return desk_text(a, READING_ATTACHMENT, desk_number(a, index + 1), ", parts ",
                     desk_number(a, from + 1), " to ",
                     desk_number(a, from + PARTS_PER_REQUEST), NULL);
}

status attachment_prepare(struct desk *d, struct call *c)
{
    struct attachment_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct reading reading = {0};

    ENSURE(work != NULL, E_MEMORY);
    if (attached_number(c, "attachment", ATTACHMENTS_MAX, &work->index) != OK ||
        attached_number(c, "from", ATTACHMENT_PARTS_MAX, &work->from) != OK) {
        c->sentence = "a record has at most 16 attachments, counted from 1";
        return E_USAGE;
    }
    const char *const outcome = outcome_of(d, work->index, work->from);
    TRY(desk_consult(d, c, outcome, &work->place, &work->record));
    c->work = work;
    TRY(handling_class(d, c, &reading.class));
    reading.outcome = bytes_of_text(outcome);
    reading.object = work->record;
    return reading_note(d, c, &reading);
}

static void give_head(const struct item_attachment *x, const struct entry_row *e,
                      struct attached_here here, struct rows *r)
{
    rows_next(r, 9);
    rows_text(r, "row", "attachment");
    rows_id(r, "record", &e->id);
    rows_bytes(r, "name", x->name);
    rows_bytes(r, "media_type", x->media_type);
    rows_number(r, "size", x->size);
    rows_bytes(r, "digest", x->digest);
    rows_bytes(r, "description", x->description);
    rows_number(r, "parts", attached_parts(x));
    rows_number(r, "here", here.count);
}

/* One part, opened and compared with what the record says of it, into `to`. */
static status open_part(struct desk *d, const struct attachment_work *work,
                        const struct item_attachment *x, uint32_t number, uint8_t *to)
{
    const struct exchange *const e = d->exchange;
    const record_id id = attached_part_id(&work->record, work->index, number);
    const struct salted_item *items = NULL;
    struct entry_row row = {0};
    struct place place = {0};
    struct item item;
    size_t count = 0;

    TRY(e->store.ops->record_find(e->store.self, &work->place.stream.agency, &id, &place));
    TRY(e->store.ops->entry_find(e->store.self, &place.stream, place.index, e->arena,
                                 &row));
    ENSURE(row.kind == KIND_ATTACHMENT, E_VALUE);
    ENSURE(!desk_is_unreleased(d, &row), E_UNKNOWN); /* its record came in time: not yet */
    TRY(desk_open(d, &row, e->arena, &items, &count));
    ENSURE(count == 1, E_VALUE);
    TRY(item_decode(items[0].item, e->arena, &item));
    ENSURE(item.kind == ITEM_PART && item.part.attachment == work->index &&
               item.part.number == number,
           E_VALUE);
    TRY(attached_part_check(x, &item.part));
    memcpy(to, item.part.bytes.at, item.part.bytes.size);
    return OK;
}

/* The parts that were asked for, up to the first that is not here. */
static status give_parts(struct desk *d, const struct attachment_work *work,
                         const struct item_attachment *x, struct rows *r)
{
    struct arena *const a = d->exchange->arena;

    for (uint32_t n = work->from; n < work->from + PARTS_PER_REQUEST; n++) {
        const size_t size = attached_part_size(x, n);
        uint8_t *const to = arena_take(a, size);
        if (size == 0)
            return OK;
        ENSURE(to != NULL, E_MEMORY);
        rows_next(r, 3);
        rows_text(r, "row", "part");
        rows_number(r, "number", n);
        const size_t mark = arena_mark(a);
        const status s = open_part(d, work, x, n, to);
        arena_rewind(a, mark);
        /* An empty part says that it is not here; a wrong one is the publisher's doing. */
        rows_bytes(r, "bytes", bytes_of(to, s == OK ? size : 0));
        ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
        ENSURE(s == OK || s == E_UNKNOWN, E_HASH);
        if (s != OK)
            return OK;
    }
    return OK;
}

static status find_attachment(struct desk *d, const struct attachment_work *work,
                              const struct entry_row *e, struct item_attachment *ret)
{
    struct arena *const a = d->exchange->arena;
    struct item_attachment *const all = arena_array(a, ATTACHMENTS_MAX, sizeof *all);
    const struct salted_item *items = NULL;
    size_t count = 0;
    size_t found = 0;

    ENSURE(all != NULL, E_MEMORY);
    TRY(desk_open(d, e, a, &items, &count));
    TRY(attached_items(items, count, a, all, &found));
    ENSURE(work->index < found, E_UNKNOWN);
    *ret = all[work->index];
    return OK;
}

static status refuse(struct control_answer *ret, status why, const char *sentence)
{
    ret->status = why;
    ret->sentence = bytes_of_text(sentence);
    return OK;
}

status attachment_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct attachment_work *const work = c->work;
    const struct exchange *const x = d->exchange;
    struct item_attachment attachment = {0};
    struct entry_row e = {0};
    struct rows r;

    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &e));
    if (e.disposition != DISPOSITION_HELD || e.kind != KIND_INTELLIGENCE)
        return refuse(ret, E_UNKNOWN, "there is no content to show for this entry");
    const status found = find_attachment(d, work, &e, &attachment);
    if (found == E_UNKNOWN)
        return refuse(ret, E_UNKNOWN, "the record has no attachment of that number");
    TRY(found);
    rows_init(&r, x->arena, 1 + PARTS_PER_REQUEST);
    give_head(&attachment, &e,
              attached_here(d, &e.stream.agency, &e.id, work->index, &attachment), &r);
    const status s = give_parts(d, work, &attachment, &r);
    if (s == E_HASH)
        return refuse(ret, E_HASH,
                      "a part is not what its record says of it: the publisher "
                      "sealed other bytes; nothing is shown");
    TRY(s);
    rows_give(&r, ret);
    return OK;
}
