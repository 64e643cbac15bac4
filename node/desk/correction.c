#include "correction.h"

#include "legs.h"
#include "origins.h"
#include "routing_onward.h"

#include <string.h>

/* --- what it is put in place of --- */

/* Two corrections of one record in one turn: the second waits, and is then told. */
static bool is_pending(const struct exchange *x, const record_id *previous)
{
    for (size_t l = 0; l < LANES; l++) {
        for (size_t i = 0; i < x->own[l].pending_count; i++) {
            const struct submission *const s = &x->own[l].pending[i];
            if (s->kind == KIND_INTELLIGENCE && s->has_previous &&
                record_id_equal(&s->previous, previous))
                return true;
        }
    }
    return false;
}

/* Everything of it goes in one turn, the word to the others included. */
static status check_room(struct desk *d, const struct parent *older)
{
    const struct exchange *const x = d->exchange;
    size_t entries = 0;

    TRY(recall_place_count(d, older, &entries));
    entries += LEGS_MAX;
    ENSURE(entries < GROUP_ENTRIES_MAX, E_LIMIT);
    ENSURE(x->own[lane_rank(LANE_IMMEDIATE)].pending_count + entries < GROUP_ENTRIES_MAX &&
               x->submitted + entries < ANSWERS_MAX,
           E_BUSY);
    return OK;
}

static status header_of(struct desk *d, const struct parent *record, struct header *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};

    TRY(x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    return header_decode(e.header, x->arena, ret);
}

static status count_versions(struct desk *d, struct correction *k,
                             const struct origins **ret)
{
    struct arena *const a = d->exchange->arena;
    struct parent at = k->older;
    struct header h;

    k->version = 2;
    /* Kept: the label that everything after is held against. */
    status s = header_of(d, &at, &h);
    if (s == OK) {
        k->was = h.label;
        TRY(origins_of_version(d, &h, ret));
    }
    const size_t mark = arena_mark(a);
    for (size_t i = 1; s == OK && h.has_previous && i < VERSIONS_MAX; i++) {
        at.id = h.previous;
        k->version++;
        s = header_of(d, &at, &h);
        arena_rewind(a, mark);
    }
    return s == E_UNKNOWN ? OK : s;
}

static void add_holder(const struct exchange *x, struct correction *k,
                       const struct agency_id *id, bool alone)
{
    if (agency_id_equal(id, &x->self) || k->holder_count == AGENCIES_MAX)
        return;
    for (size_t i = 0; i < k->holder_count; i++) {
        if (agency_id_equal(&k->holders[i].agency, id))
            return;
    }
    k->holders[k->holder_count].agency = *id;
    k->holders[k->holder_count++].alone = alone;
}

static status find_holders(struct desk *d, struct correction *k)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    status s = recall_next_place(d, &k->older, &place);

    for (; s == OK; s = recall_next_place(d, &k->older, &place)) {
        const size_t mark = arena_mark(x->arena);
        struct entry_row e = {0};
        struct header h;
        TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                     &e));
        TRY(header_decode(e.header, x->arena, &h));
        for (uint32_t n = 0; n < h.recipient_count; n++)
            add_holder(x, k, &h.recipients[n].agency, h.recipient_count == 2);
        arena_rewind(x->arena, mark);
    }
    return s == E_UNKNOWN ? OK : s;
}

static status check_older(struct desk *d, struct call *c, struct publish_work *work,
                          const struct correction *k)
{
    struct arena *const a = d->exchange->arena;
    struct recall_found recalled = {0};
    struct recall_versions versions = {0};

    TRY(recall_of(d, &k->older, a, &recalled));
    if (recalled.recalled) {
        c->sentence = "that record is recalled: a record that is right again is published "
                      "as a new one";
        return E_VALUE;
    }
    TRY(recall_versions(d, &k->older, &versions));
    if (!versions.has_newer)
        return OK;
    /* Asked again under its key: the first answer stands. */
    if (work->key.size > 0 && publish_known(d, c, work) == OK)
        return OK;
    char *const id = arena_take(a, RECORD_ID_TEXT_ROOM);
    ENSURE(id != NULL, E_MEMORY);
    record_id_write(&versions.newer, id);
    c->sentence =
        desk_text(a, "that version is superseded already by ", id,
                  ": correct that one, or nobody knows which of the two holds", NULL);
    return E_DUPLICATE;
}

status correction_none_of(struct desk *d, struct call *c, const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    struct recall_versions versions = {0};

    ENSURE(!is_pending(d->exchange, &record->id), E_BUSY);
    TRY(recall_versions(d, record, &versions));
    if (!versions.has_newer)
        return OK;
    char *const id = arena_take(a, RECORD_ID_TEXT_ROOM);
    ENSURE(id != NULL, E_MEMORY);
    record_id_write(&versions.newer, id);
    c->sentence = desk_text(a, "that version is superseded by ", id,
                            versions.newer_is_here
                                ? ": the older one goes to nobody new; do it with that one"
                                : ", which this agency may not have: ask its owner",
                            NULL);
    return E_DENIED;
}

status correction_begin(struct desk *d, struct call *c, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct correction *const k = arena_take(x->arena, sizeof *k);
    struct place place = {0};

    ENSURE(k != NULL, E_MEMORY);
    k->older = (struct parent){.agency = x->self, .id = work->previous};
    const status own =
        x->store.ops->record_find(x->store.self, &x->self, &work->previous, &place);
    if (own == E_UNKNOWN) {
        c->sentence = "only the agency that published a record can correct it: tell its "
                      "owner";
        return E_DENIED;
    }
    TRY(own);
    ENSURE(!is_pending(x, &work->previous), E_BUSY);
    TRY(check_room(d, &k->older));
    TRY(check_older(d, c, work, k));
    TRY(count_versions(d, k, &work->origins));
    TRY(find_holders(d, k));
    work->correction = k;
    return OK;
}

/* --- who gets it --- */

static const struct route_decision *decision_of(const struct routing *r,
                                                const struct agency_id *id)
{
    for (size_t i = 0; i < r->count; i++) {
        if (agency_id_equal(&r->at[i].agency, id))
            return &r->at[i];
    }
    return NULL;
}

static void add_finding(struct findings *f, const struct finding *one)
{
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *one;
    f->refused = f->refused || one->severity == SEVERITY_REFUSE;
}

void correction_route(struct desk *d, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct correction *const k = work->correction;
    struct routing *const r = work->routing;
    const struct header like = {.stream = {.agency = x->self},
                                .kind = KIND_INTELLIGENCE,
                                .label = work->record->label};
    const struct routing_today today = {
        .roster = &x->roster, .lists = d->lists, .now = x->now};
    const struct republication p = {.was = &k->was,
                                    .now = &work->record->label,
                                    .by_owner = true,
                                    .person = work->person,
                                    .reason = work->reason};

    for (size_t i = 0; i < r->count; i++) {
        struct route_decision *const one = &r->at[i];
        for (size_t n = 0; n < k->holder_count; n++) {
            if (!agency_id_equal(&one->agency, &k->holders[n].agency))
                continue;
            /* Who was hidden stays hidden, a rule that names it or not. */
            one->alone = one->alone || k->holders[n].alone;
            if (one->yes || routing_may_send(&like, &one->agency, &today) != OK)
                continue;
            one->yes = true;
            one->rule = (struct bytes){0};
            one->reason = "it has the version before this one";
            r->recipient_count++;
        }
    }
    /* What was made of others is held against the same version, and more strictly. */
    const struct finding *const against =
        work->origins == NULL ? routing_may_republish(&p) : NULL;
    if (against != NULL)
        add_finding(work->findings, against);
}

/* --- what is sealed --- */

status correction_items(struct desk *d, const struct publish_work *work,
                        const struct bytes **ret, size_t *ret_count)
{
    struct arena *const a = d->exchange->arena;
    const struct correction *const k = work->correction;
    struct bytes *const all = arena_array(a, *ret_count + 1, sizeof *all);
    const struct item item = {.kind = ITEM_SUPERSEDES,
                              .supersedes = {.id = k->older.id,
                                             .version = k->version,
                                             .reason = work->reason.size > 0
                                                           ? work->reason
                                                           : bytes_of_text("corrected"),
                                             .person = work->person}};

    ENSURE(all != NULL, E_MEMORY);
    ENSURE(*ret_count < ITEMS_MAX, E_LIMIT);
    memcpy(all, *ret, *ret_count * sizeof *all);
    TRY(item_encode(&item, a, &all[*ret_count]));
    *ret = all;
    *ret_count += 1;
    return OK;
}

status correction_tell(struct desk *d, const struct publish_work *work)
{
    const struct correction *const k = work->correction;
    const struct item item = {.kind = ITEM_REPLACED,
                              .replaced = {.id = k->older.id, .by = work->id}};
    const struct recall_notice notice = {.kind = KIND_STATEMENT,
                                         .item = &item,
                                         .but = work->to,
                                         .but_count = work->to_count};
    struct recall_told *const told = arena_take(d->exchange->arena, sizeof *told);
    bool left = false;

    ENSURE(told != NULL, E_MEMORY);
    for (size_t i = 0; i < k->holder_count; i++) {
        const struct route_decision *const one =
            decision_of(work->routing, &k->holders[i].agency);
        left = left || one == NULL || !one->yes;
    }
    return left ? recall_publish(d, &k->older, &notice, told) : OK;
}
