#include "parts.h"

#include "legs.h"
#include "text.h"
#include "ways.h"

#include <string.h>

/*
 * An attachment's parts go into the log, one a request, after their record: a text is never
 * held up by its picture.  Where the record went, and under which label, the part goes. The
 * same part again is answered as before, so whoever was interrupted begins where he ended.
 *
 * The node opens its own record here, before the commit, to compare the part with what the
 * record says of it.  Nobody reads anything by that; the rule that reading is logged first
 * is about people (show.c).
 */

struct attach_work {
    struct place place; /* of the record */
    record_id record;
    struct item_attachment attachment;
    uint32_t index; /* among the record's attachments */
    bool again;
    bool more; /* some recipients have not got this part yet: it is to be sent again */
};

struct attached_here attached_here(struct desk *d, const struct agency_id *agency,
                                   const record_id *record, uint32_t index,
                                   const struct item_attachment *x)
{
    const struct exchange *const e = d->exchange;
    const uint32_t parts = attached_parts(x);
    struct attached_here here = {.next = parts};

    for (uint32_t n = 0; n < parts; n++) {
        const record_id id = attached_part_id(record, index, n);
        struct place place;
        if (e->store.ops->record_find(e->store.self, agency, &id, &place) == OK)
            here.count++;
        else if (here.next == parts)
            here.next = n;
    }
    return here;
}

status attached_items(const struct salted_item *items, size_t count, struct arena *a,
                      struct item_attachment *ret, size_t *ret_count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        struct item item;
        TRY(item_decode(items[i].item, a, &item));
        if (item.kind != ITEM_ATTACHMENT)
            continue;
        ENSURE(found < ATTACHMENTS_MAX, E_LIMIT);
        ret[found++] = item.attachment;
    }
    *ret_count = found;
    return OK;
}

status attached_number(const struct call *c, const char *name, uint32_t limit,
                       uint32_t *ret)
{
    const struct bytes text = control_argument(&c->parsed, name);
    uint64_t n = 0;

    ENSURE(decimal_decode(text, &n) == OK && n < limit, E_USAGE);
    *ret = (uint32_t)n;
    return OK;
}

/* The own record, still held. */
static status find_own(struct desk *d, struct call *c, struct attach_work *work,
                       struct entry_row *e)
{
    const struct exchange *const x = d->exchange;

    TRY(desk_find_record(d, c, &work->place, &work->record));
    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, e));
    if (!agency_id_equal(&work->place.stream.agency, &x->self) ||
        e->kind != KIND_INTELLIGENCE) {
        c->sentence = "only a record that this agency published takes attachments";
        return E_VALUE;
    }
    if (e->disposition != DISPOSITION_HELD) {
        c->sentence = "the record has been erased here: its attachments are not sent";
        return E_UNKNOWN;
    }
    bool recalled = false;
    TRY(x->store.ops->recalled(x->store.self, &x->self, &work->record, &recalled));
    if (recalled) {
        c->sentence = "the record is recalled: nothing of it is sent any more";
        return E_DENIED;
    }
    return OK;
}

/* By its root, which the command has computed from the file. */
static status find_attachment(struct desk *d, struct call *c, const struct entry_row *e,
                              struct attach_work *work)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes root = control_argument(&c->parsed, "root");
    struct item_attachment *const all = arena_array(a, ATTACHMENTS_MAX, sizeof *all);
    const struct salted_item *items = NULL;
    size_t count = 0;
    size_t found = 0;

    ENSURE(all != NULL, E_MEMORY);
    TRY(desk_open(d, e, a, &items, &count));
    TRY(attached_items(items, count, a, all, &found));
    for (size_t i = 0; i < found; i++) {
        if (bytes_equal(all[i].root, root)) {
            work->attachment = all[i];
            work->index = (uint32_t)i;
            return OK;
        }
    }
    c->sentence = found == 0 ? "this record names no attachment"
                             : "this record names no attachment with these bytes: the file "
                               "was changed, or belongs to another record";
    return E_HASH;
}

/* All entries of the part in one turn, or none. */
static bool turn_has_room(const struct exchange *x, size_t ways)
{
    const struct own_lane *const own = &x->own[lane_rank(LANE_ROUTINE)];

    return ways <= GROUP_ENTRIES_MAX - own->pending_count &&
           ways * ENTRY_BYTES_MAX <= GROUP_BYTES_MAX - own->pending_bytes &&
           ways <= ANSWERS_MAX - x->submitted;
}

/* Another request's of this turn: who asks for the part again is told in the next one. */
static bool is_pending(const struct exchange *x, const record_id *part)
{
    const struct own_lane *const own = &x->own[lane_rank(LANE_ROUTINE)];

    for (size_t i = 0; i < own->pending_count; i++) {
        if (record_id_equal(&own->pending[i].id, part))
            return true;
    }
    return false;
}

/* One content for all entries of the part, so that all have one content root; of a part
 * that is here the one it has. */
static status content_of(struct desk *d, const struct place *here,
                         const struct submission *s, const struct sealed_content **ret)
{
    struct exchange *const x = d->exchange;

    if (here == NULL) {
        struct sealed_content *const fresh = arena_take(x->arena, sizeof *fresh);
        ENSURE(fresh != NULL, E_MEMORY);
        *ret = fresh;
        return seal_content(s->items, s->item_count, &x->draw, x->arena, fresh);
    }
    struct entry_row e = {0};
    struct header h;
    TRY(x->store.ops->entry_find(x->store.self, &here->stream, here->index, x->arena, &e));
    TRY(header_decode(e.header, x->arena, &h));
    return exchange_content_again(x, &e, &h, ret);
}

/* To whom it has not gone; `here` is its place in the log, NULL for none. */
static status submit_part(struct desk *d, struct attach_work *work,
                          const struct item_part *part, const struct place *here)
{
    struct exchange *const x = d->exchange;
    const struct item item = {.kind = ITEM_PART, .part = *part};
    const record_id id = attached_part_id(&work->record, work->index, part->number);
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    struct ways *const ways = arena_take(x->arena, sizeof *ways);
    struct submission s = {.id = id,
                           .kind = KIND_ATTACHMENT,
                           .lane = LANE_ROUTINE,
                           .has_previous = true,
                           .previous = work->record,
                           .item_count = 1,
                           .items = encoded};

    ENSURE(encoded != NULL && ways != NULL, E_MEMORY);
    ENSURE(!is_pending(x, &id), E_BUSY);
    TRY(ways_find(d, &work->record, &id, here != NULL, ways));
    work->again = here != NULL && ways->count == 0;
    if (work->again)
        return OK;
    /* A turn has room for so many; the caller sends the part again for the others. */
    const size_t count = ways->count < LEGS_MAX ? ways->count : LEGS_MAX;
    work->more = count < ways->count;
    ENSURE(turn_has_room(x, count), E_BUSY);
    TRY(item_encode(&item, x->arena, encoded));
    if (here != NULL || ways->count > 1)
        TRY(content_of(d, here, &s, &s.content));
    if (here == NULL)
        TRY(arena_copy(x->arena, bytes_of(id.bytes, sizeof id.bytes), &s.idempotency_key));
    for (size_t i = 0; i < count; i++) {
        s.label = ways->at[i]->label;
        s.recipients = ways->at[i]->to;
        s.recipient_count = ways->at[i]->count;
        TRY(exchange_submit(x, &s));
        s.idempotency_key = (struct bytes){0};
    }
    return OK;
}

/* The first part that somebody lacks to whom the record went.  Parts are sent in their
 * order, so those that everybody has come first; each is large, so few are looked at. */
static status find_next(struct desk *d, const struct attach_work *work, uint32_t here,
                        uint32_t *ret)
{
    struct arena *const a = d->exchange->arena;
    uint32_t low = 0;
    uint32_t high = here;

    while (low < high) {
        const size_t mark = arena_mark(a);
        const uint32_t middle = low + (high - low) / 2;
        const record_id id = attached_part_id(&work->record, work->index, middle);
        struct ways *const ways = arena_take(a, sizeof *ways);
        ENSURE(ways != NULL, E_MEMORY);
        TRY(ways_find(d, &work->record, &id, true, ways));
        if (ways->count == 0)
            low = middle + 1;
        else
            high = middle;
        arena_rewind(a, mark);
    }
    *ret = low;
    return OK;
}

/* DPA 2018 s.62(1)(a), once for each file: its disclosures have rows of their own. */
static status log_collected(struct desk *d, struct call *c, const struct attach_work *work)
{
    struct item_audit row = {.operation = AUDIT_COLLECT,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->record,
                             .outcome = bytes_of_text("attachment accepted")};

    return desk_audit(d, c, &row);
}

static status take_part(struct desk *d, struct call *c, struct attach_work *work)
{
    const struct exchange *const x = d->exchange;
    struct item_part part = {.attachment = work->index,
                             .bytes = control_argument(&c->parsed, "bytes"),
                             .path = control_argument(&c->parsed, "path")};
    struct place place = {0};

    TRY(attached_number(c, "number", ATTACHMENT_PARTS_MAX, &part.number));
    if (attached_part_check(&work->attachment, &part) != OK) {
        c->sentence = "these are not the bytes that the record names: the file has changed "
                      "since; nothing of this part was kept";
        return E_HASH;
    }
    const record_id id = attached_part_id(&work->record, work->index, part.number);
    const status found = x->store.ops->record_find(x->store.self, &x->self, &id, &place);
    ENSURE(found == OK || found == E_UNKNOWN, found);
    const status s = submit_part(d, work, &part, found == OK ? &place : NULL);
    if (s == E_FENCED)
        c->sentence = "this node may not publish: see `flagpost status` for the reason";
    TRY(s);
    return part.number == 0 && found == E_UNKNOWN ? log_collected(d, c, work) : OK;
}

status attach_prepare(struct desk *d, struct call *c)
{
    struct attach_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct entry_row e = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(find_own(d, c, work, &e));
    TRY(find_attachment(d, c, &e, work));
    if (control_argument(&c->parsed, "bytes").size > 0)
        TRY(take_part(d, c, work));
    c->work = work;
    return OK;
}

status attach_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct attach_work *const work = c->work;
    struct exchange *const x = d->exchange;
    struct rows r;

    rows_init(&r, x->arena, 1);
    rows_next(&r, 5);
    rows_number(&r, "attachment", work->index + 1);
    rows_number(&r, "parts", attached_parts(&work->attachment));
    if (control_argument(&c->parsed, "bytes").size > 0) {
        rows_text(&r, "again", work->again ? "yes" : "no");
        rows_text(&r, "more", work->more ? "yes" : "no");
        ret->sentence = bytes_of_text("this part is durable here and on its way");
    } else {
        const struct attached_here here =
            attached_here(d, &x->self, &work->record, work->index, &work->attachment);
        rows_number(&r, "here", here.count);
        uint32_t next = 0;
        TRY(find_next(d, work, here.next, &next));
        rows_number(&r, "next", next);
        ret->sentence = bytes_of_text("this record names this file");
    }
    rows_give(&r, ret);
    return OK;
}
