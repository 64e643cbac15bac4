#include "draft.h"

#include "text.h"
#include "words.h"

#include <string.h>

/*
 * A draft as the body of its row:
 *
 *     u8 version = 2, u8 stage, u64 begun, record id it became, u8 has_previous, record id,
 *     u8 has_key, digest of the key and of the record that came under it
 *     u8 count of hands, each: u8 step (with 0x80: it gave the record), u64 at, u8 size and
 *                              actor, u8 size and remark
 *     the packed record to the end
 */
/* Version 1 knows of no keys.  The digest of the key alone is the row's tag. */
enum { DRAFT_KEYLESS = 1, DRAFT_VERSION = 2, HAND_WROTE = 0x80 };

static void write_short(struct writer *w, struct bytes b)
{
    write_u8(w, (uint8_t)b.size);
    write_bytes(w, b);
}

static struct bytes read_short(struct reader *r)
{
    const uint8_t size = read_u8(r);

    return read_bytes(r, size);
}

static void write_draft(struct writer *w, const struct draft *draft)
{
    write_u8(w, DRAFT_VERSION);
    write_u8(w, (uint8_t)draft->stage);
    write_u64(w, draft->begun);
    write_bytes(w, bytes_of(draft->record.bytes, sizeof draft->record.bytes));
    write_u8(w, draft->has_previous);
    write_bytes(w, bytes_of(draft->previous.bytes, sizeof draft->previous.bytes));
    write_u8(w, draft->has_key);
    write_bytes(w, bytes_of(draft->origin.bytes, sizeof draft->origin.bytes));
    write_u8(w, (uint8_t)draft->hand_count);
    for (size_t i = 0; i < draft->hand_count; i++) {
        const struct draft_hand *const hand = &draft->hands[i];
        MUST(hand->actor.size <= UINT8_MAX && hand->remark.size <= UINT8_MAX);
        write_u8(w, (uint8_t)((unsigned int)hand->step | (hand->wrote ? HAND_WROTE : 0)));
        write_u64(w, hand->at);
        write_short(w, hand->actor);
        write_short(w, hand->remark);
    }
    write_bytes(w, draft->packed);
}

status draft_put(struct desk *d, const struct draft *draft)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    void *const room = arena_take(a, SHELF_BODY_MAX);

    ENSURE(room != NULL, E_MEMORY);
    struct writer w = writer_over(room, SHELF_BODY_MAX);
    write_draft(&w, draft);
    ENSURE(!w.bad, E_LIMIT);
    /* `due` is when it was begun: the oldest comes first in the list. */
    struct shelf_row row = {.kind = SHELF_DRAFT,
                            .id = draft->id,
                            .about = draft->record,
                            .state = (uint32_t)draft->stage,
                            .due = draft->begun,
                            .changed = d->exchange->now,
                            .body = writer_bytes(&w)};
    if (draft->has_key)
        memcpy(row.tag, draft->key.bytes, sizeof row.tag);
    const status s = journal_shelf_put(d->journal, &row);
    arena_rewind(a, mark);
    return s;
}

static void read_hand(struct reader *r, struct draft_hand *ret)
{
    const uint8_t step = read_u8(r);

    ret->step = (enum stage_step)(step & ~HAND_WROTE);
    ret->wrote = (step & HAND_WROTE) != 0;
    ret->at = read_u64(r);
    ret->actor = read_short(r);
    ret->remark = read_short(r);
}

static void read_key(struct reader *r, const struct shelf_row *row, struct draft *ret)
{
    ret->has_key = read_u8(r) != 0;
    read_copy(r, ret->origin.bytes, sizeof ret->origin.bytes);
    memcpy(ret->key.bytes, row->tag, sizeof ret->key.bytes);
}

static bool hand_is_sound(const struct draft_hand *hand)
{
    return hand->step >= STEP_DRAFT && hand->step <= STEP_RELEASE;
}

status draft_of_row(const struct shelf_row *row, struct draft *ret)
{
    struct reader r = {.rest = row->body};

    *ret = (struct draft){.id = row->id};
    const uint8_t version = read_u8(&r);
    ENSURE(version == DRAFT_KEYLESS || version == DRAFT_VERSION,
           r.bad ? E_DAMAGED : E_VERSION);
    const uint8_t stage = read_u8(&r);
    ENSURE(stage >= STAGE_DRAFT && stage <= STAGE_RELEASED, E_DAMAGED);
    ret->stage = (enum stage)stage;
    ret->begun = read_u64(&r);
    read_copy(&r, ret->record.bytes, sizeof ret->record.bytes);
    ret->has_previous = read_u8(&r) != 0;
    read_copy(&r, ret->previous.bytes, sizeof ret->previous.bytes);
    if (version == DRAFT_VERSION)
        read_key(&r, row, ret);
    ret->hand_count = read_u8(&r);
    ENSURE(ret->hand_count <= DRAFT_HANDS_MAX, E_DAMAGED);
    for (size_t i = 0; i < ret->hand_count; i++) {
        read_hand(&r, &ret->hands[i]);
        ENSURE(hand_is_sound(&ret->hands[i]), E_DAMAGED);
    }
    ENSURE(!r.bad, E_DAMAGED);
    ret->packed = r.rest;
    return OK;
}

/* --- finding --- */

struct found {
    struct arena *arena;
    struct shelf_row row;
    size_t count;
};

static status each_about(void *context, const struct shelf_row *row)
{
    struct found *const found = context;
    struct bytes body = {0};

    /* The walk gives its arena back between rows; this body is wanted after it. */
    TRY(arena_copy(found->arena, row->body, &body));
    found->row = *row;
    found->row.body = body;
    found->count++;
    return OK;
}

/* By the id of the record that it became. */
static status find_by_record(struct desk *d, const record_id *record, struct draft *ret)
{
    struct found found = {.arena = d->exchange->arena};

    TRY(journal_shelf_about(d->journal, SHELF_DRAFT, record, d->scratch, each_about,
                            &found));
    ENSURE(found.count == 1, E_UNKNOWN);
    return draft_of_row(&found.row, ret);
}

/* --- by its URN --- */

enum { LOOKED_AT_MAX = 1000 };

struct urn_walk {
    struct desk *desk;
    struct bytes urn; /* in capitals */
    record_id *ids;
    size_t limit, count, looked_at;
};

static status each_urn(void *context, const struct shelf_row *row)
{
    struct urn_walk *const w = context;
    struct arena *const a = w->desk->exchange->arena;
    const size_t mark = arena_mark(a);
    struct record *const record = arena_take(a, sizeof *record);
    struct bytes urn = {0};
    struct draft draft;

    ENSURE(record != NULL, E_MEMORY);
    ENSURE(w->looked_at++ < LOOKED_AT_MAX && w->count < w->limit, E_LIMIT);
    TRY(draft_of_row(row, &draft));
    if (draft.packed.size > 0 && record_unpack(draft.packed, a, record) == OK) {
        TRY(word_capitals(word_trim(record->facts.urn), a, &urn));
        if (bytes_equal(urn, w->urn))
            w->ids[w->count++] = row->id;
    }
    arena_rewind(a, mark);
    return OK;
}

status draft_of_urn(struct desk *d, struct bytes urn, record_id *ret_ids, size_t limit,
                    size_t *ret_count)
{
    struct urn_walk w = {.desk = d, .ids = ret_ids, .limit = limit};

    *ret_count = 0;
    TRY(word_capitals(word_trim(urn), d->exchange->arena, &w.urn));
    if (w.urn.size == 0)
        return OK;
    const status s = journal_shelf_walk(d->journal, SHELF_DRAFT, (struct shelf_filter){0},
                                        d->scratch, each_urn, &w);
    *ret_count = w.count;
    return s == E_LIMIT ? OK : s;
}

static status say_none(struct desk *d, struct call *c, struct bytes wanted)
{
    const char *const text = arena_text(d->exchange->arena, wanted);

    c->sentence = desk_text(d->exchange->arena, "no draft here has the URN ",
                            text == NULL ? "" : text,
                            " or an id that begins so: see `flagpost draft list`", NULL);
    return E_UNKNOWN;
}

static status find_by_urn(struct desk *d, struct call *c, struct bytes wanted,
                          struct draft *ret)
{
    struct arena *const a = d->exchange->arena;
    struct shelf_row row = {0};
    record_id ids[2];
    size_t count = 0;

    TRY(draft_of_urn(d, wanted, ids, COUNT_OF(ids), &count));
    if (count == 0)
        return say_none(d, c, wanted);
    if (count > 1) {
        c->sentence = desk_text(
            a, "more than one draft has that URN: ", desk_id_text(a, &ids[0]), ", ",
            desk_id_text(a, &ids[1]), ".  Give the id of the one that is meant", NULL);
        return E_VALUE;
    }
    TRY(journal_shelf_find(d->journal, SHELF_DRAFT, &ids[0], a, &row));
    return draft_of_row(&row, ret);
}

status draft_find(struct desk *d, struct call *c, struct draft *ret)
{
    const struct bytes wanted = control_argument(&c->parsed, "id");
    struct shelf_row row = {0};
    struct place places[2];
    record_id ids[2];
    size_t count = 0;

    if (wanted.size < 4) {
        c->sentence = "give the draft's id, or at least its first four digits, or its URN";
        return E_USAGE;
    }
    status s = journal_shelf_search(d->journal, SHELF_DRAFT, wanted, ids, 2, &count);
    if (s == E_FORM)
        return find_by_urn(d, c, wanted, ret);
    TRY(s);
    if (count > 1) {
        c->sentence = "more than one draft has an id that begins so: give more digits";
        return E_VALUE;
    }
    if (count == 1) {
        TRY(journal_shelf_find(d->journal, SHELF_DRAFT, &ids[0], d->exchange->arena, &row));
        return draft_of_row(&row, ret);
    }
    TRY(journal_record_search(d->journal, wanted, places, ids, 2, &count));
    s = count == 1 ? find_by_record(d, &ids[0], ret) : E_UNKNOWN;
    return s == E_UNKNOWN ? find_by_urn(d, c, wanted, ret) : s;
}
