#include "mending.h"

/*
 * The only way in which entries leave, whether they were sealed in this turn, were lost on
 * the way, or are a week old: from the cursor, with the policy of now.
 */

status audit_disclosure(struct exchange *x, const struct peer *p, const struct entry_row *e)
{
    for (size_t i = x->audit_count; i > 0; i--) {
        struct item_audit *const row = &x->audit[i - 1];
        if (row->operation == AUDIT_DISCLOSE && row->object_index == e->index &&
            stream_id_equal(&row->object_stream, &e->stream) &&
            row->recipients.count < LIST_MAX) {
            row->recipients.at[row->recipients.count++] = bytes_of_text(p->id.text);
            return OK;
        }
    }
    struct item_audit row = {.at = x->now,
                             .operation = AUDIT_DISCLOSE,
                             .actor = bytes_of_text("node"),
                             .has_object = true,
                             .object_stream = e->stream,
                             .object_index = e->index,
                             .object = e->id};
    row.recipients.count = 1;
    row.recipients.at[0] = bytes_of_text(p->id.text);
    return exchange_audit(x, &row);
}

static status parcel_copy(struct exchange *x, const struct peer *p, struct parcel *parcel,
                          const struct entry_row *e, const struct header *h)
{
    const int theirs = header_recipient_rank(h, &p->id);
    const int ours = header_recipient_rank(h, &x->self);
    struct entry_copy *const copy = &parcel->copies[parcel->copy_count];

    ENSURE(e->wraps.size == (size_t)h->recipient_count * WRAP_SIZE, E_DAMAGED);
    MUST(theirs >= 0 && ours >= 0);
    *copy = (struct entry_copy){
        .index = e->index,
        .header = e->header,
        .ciphertext = e->ciphertext,
        .wrap = bytes_of(e->wraps.at + (size_t)theirs * WRAP_SIZE, WRAP_SIZE),
        .publisher_wrap = bytes_of(e->wraps.at + (size_t)ours * WRAP_SIZE, WRAP_SIZE),
        .ordinal = parcel->addressed,
    };
    ENSURE(mend_is_whole(h, copy, theirs, ours), E_DAMAGED);
    parcel->sent[parcel->copy_count] = *e;
    parcel->copy_count++;
    return OK;
}

/* R10: of what a person decided on, only that very version goes. */
static status is_superseded(const struct exchange *x, const struct peer *p,
                            const record_id *record, bool *ret)
{
    const struct roster_agency *const a = roster_find(&x->roster, &p->id);

    if (x->newer.find == NULL || a == NULL || !routing_needs_person(a))
        return OK;
    return x->newer.find(x->newer.self, record, ret);
}

/* P7: what the peer may not have now.  What its owner has recalled, nobody is sent any
 * more; the recall itself goes by the immediate lane. */
static status may_have(struct exchange *x, const struct peer *p, const struct entry_row *e,
                       const struct header *h, bool *ret)
{
    struct routing_today today = {.roster = &x->roster, .lists = x->lists, .now = x->now};
    const record_id *const record = h->kind == KIND_ATTACHMENT ? &h->previous : &e->id;
    bool recalled = false;

    if (h->kind == KIND_INTELLIGENCE || h->kind == KIND_ATTACHMENT) {
        TRY(x->store.ops->recalled(x->store.self, &x->self, record, &recalled));
        TRY(is_superseded(x, p, record, &today.superseded));
    }
    *ret = !recalled && e->disposition == DISPOSITION_HELD &&
           routing_may_send(h, &p->id, &today) == OK;
    return OK;
}

static status parcel_entry(struct exchange *x, const struct peer *p,
                           const struct group_row *g, struct parcel *parcel,
                           const struct entry_row *e)
{
    struct header h;
    bool may = false;

    ENSURE(has_leaf(g, e) && header_decode(e->header, x->arena, &h) == OK, E_DAMAGED);
    if (h.kind == KIND_EPOCH) {
        parcel->copies[parcel->copy_count++] =
            (struct entry_copy){.index = e->index, .header = e->header};
        return OK;
    }
    if (header_recipient_rank(&h, &p->id) < 0)
        return OK;
    parcel->addressed++;
    TRY(may_have(x, p, e, &h, &may));
    if (may)
        return parcel_copy(x, p, parcel, e, &h);
    parcel->withheld[parcel->group.withheld_count++] =
        (struct withheld){.index = e->index, .ordinal = parcel->addressed};
    return OK;
}

/* The peer's own count leaf and its path; an agency that was not yet in that roster has
 * none. */
static status parcel_count(struct exchange *x, const struct peer *p,
                           const struct group_row *g, struct frame_group *ret)
{
    const struct roster *roster = NULL;

    TRY(roster_of_version(x, g->roster_version, &roster));
    const int rank = roster_rank(roster, &p->id);
    const size_t n = roster->agency_count;
    ENSURE(g->counts.size == 16 * n, E_DAMAGED);
    if (rank < 0)
        return OK;
    struct agency_id *const agencies = arena_array(x->arena, n, sizeof *agencies);
    struct count *const counts = arena_array(x->arena, n, sizeof *counts);
    ENSURE(agencies != NULL && counts != NULL, E_MEMORY);
    struct reader r = {.rest = g->counts};
    for (size_t i = 0; i < n; i++) {
        agencies[i] = roster->agencies[i].id;
        counts[i].count = read_u64(&r);
        counts[i].last = read_u64(&r);
    }
    ret->count = counts[rank].count;
    ret->count_last = counts[rank].last;
    count_salt(g->salt, &p->id, ret->count_salt);
    const struct count_table table = {
        .group_salt = g->salt, .agencies = agencies, .counts = counts, .n = n};
    return counts_path(&table, (size_t)rank, x->arena, &ret->count_path);
}

/* The local stream's entries are for ourselves; a new epoch's statement is for everyone. */
static bool carries_entries(const struct group_row *g)
{
    return g->stream.lane != LANE_LOCAL || (g->first == 0 && g->stream.epoch.counter > 1);
}

/* The entries for the peer from an index on, and where they are more than one and than
 * there is room for, no more of them.  Their ordinals are numbered from 1. */
static status parcel_entries(struct exchange *x, const struct peer *p,
                             const struct group_row *g, sequence from, size_t room,
                             struct parcel *ret)
{
    const uint32_t count = (uint32_t)(g->first + g->count - from);
    struct withheld *const withheld = arena_array(x->arena, count, sizeof *withheld);
    size_t bytes = 0;

    ret->copies = arena_array(x->arena, count, sizeof *ret->copies);
    ret->sent = arena_array(x->arena, count, sizeof *ret->sent);
    ENSURE(withheld != NULL && ret->copies != NULL && ret->sent != NULL, E_MEMORY);
    ret->withheld = withheld;
    for (uint32_t i = 0; carries_entries(g) && i < count; i++) {
        const size_t before = ret->copy_count;
        struct entry_row e = {0};
        if (bytes > room && before > 1)
            break;
        TRY(x->store.ops->entry_find(x->store.self, &g->stream, from + i, x->arena, &e));
        TRY(parcel_entry(x, p, g, ret, &e));
        if (ret->copy_count > before)
            bytes += frame_entry_size(&ret->copies[before]);
    }
    return OK;
}

static void parcel_number(struct parcel *parcel, uint64_t before)
{
    for (uint32_t i = 0; i < parcel->group.withheld_count; i++)
        parcel->withheld[i].ordinal += before;
    for (size_t i = 0; i < parcel->copy_count; i++)
        parcel->copies[i].ordinal += parcel->copies[i].ordinal > 0 ? before : 0;
}

static status parcel_whole(struct exchange *x, const struct peer *p,
                           const struct group_row *g, struct parcel *ret)
{
    ret->group = (struct frame_group){.epoch = g->stream.epoch,
                                      .first = g->first,
                                      .leaves = g->leaves,
                                      .checkpoint = g->checkpoint};
    TRY(parcel_count(x, p, g, &ret->group));
    TRY(parcel_entries(x, p, g, g->first, SIZE_MAX, ret));
    ret->group.withheld = ret->withheld;
    /* Ordinals end at the group's count. */
    parcel_number(ret, ret->group.count - ret->addressed);
    return OK;
}

/* Of a group that went before.  What is withheld of it only since is left out; the peer
 * sees the gap, asks again, and is told the group as it is now. */
static status parcel_rest(struct exchange *x, const struct peer *p,
                          const struct group_row *g, size_t room, struct parcel *ret)
{
    const struct delivery *const d = &p->deliveries[lane_rank(g->stream.lane)];

    ret->group.epoch = g->stream.epoch;
    TRY(parcel_entries(x, p, g, d->cursor, room, ret));
    parcel_number(ret, d->ordinal);
    return OK;
}

static void send_entries(struct exchange *x, const struct peer *p, enum end end,
                         enum lane lane, const struct frame_entries *all)
{
    uint32_t from = 0;

    while (from < all->entry_count) {
        const uint32_t to =
            (uint32_t)frame_entries_end(all->entries, from, all->entry_count);
        struct frame f = {.lane = lane, .kind = FRAME_ENTRIES};
        f.entries = (struct frame_entries){
            .epoch = all->epoch, .entry_count = to - from, .entries = &all->entries[from]};
        (void)send_frame(x, p, end, &f); /* what did not come is asked for again */
        from = to;
    }
}

void parcel_send(struct exchange *x, const struct peer *p, enum end end, enum lane lane,
                 const struct parcel *parcel)
{
    const struct frame f = {.lane = lane, .kind = FRAME_GROUP, .group = parcel->group};
    const struct frame_entries all = {.epoch = parcel->group.epoch,
                                      .entry_count = (uint32_t)parcel->copy_count,
                                      .entries = parcel->copies};

    (void)send_frame(x, p, end, &f); /* what did not come is asked for again */
    send_entries(x, p, end, lane, &all);
}

bool turn_has_room(const struct exchange *x)
{
    enum { PARCEL_BYTES = 2 * GROUP_BYTES_MAX + 2 * 1024 * 1024 };

    return x->arena->room - x->arena->used > PARCEL_BYTES &&
           effects_have_room(x, GROUP_ENTRIES_MAX) &&
           AUDIT_ROWS_MAX - x->audit_count > GROUP_ENTRIES_MAX;
}

/* How much of the parcel goes now: from the cursor, what there is room for, and one entry
 * in any case. */
struct part {
    bool tells;      /* the group goes before; who asks from within it has it, as far as
                        policy was the same then */
    size_t from, to; /* copies */
    size_t bytes;
};

static struct part part_of(const struct parcel *parcel, const struct delivery *d,
                           size_t room)
{
    struct part part = {.tells = !d->told && (d->cursor == parcel->group.first ||
                                              parcel->group.withheld_count > 0)};

    part.bytes = part.tells ? parcel->group.leaves.size : 0;

    while (part.from < parcel->copy_count && parcel->copies[part.from].index < d->cursor)
        part.from++;
    for (part.to = part.from; part.to < parcel->copy_count; part.to++) {
        const size_t size = frame_entry_size(&parcel->copies[part.to]);
        if (part.to > part.from && (part.bytes > room || size > room - part.bytes))
            break;
        part.bytes += size;
    }
    return part;
}

static status send_part(struct exchange *x, struct peer *p, enum lane lane,
                        const struct parcel *parcel, const struct part *part)
{
    struct delivery *const d = &p->deliveries[lane_rank(lane)];
    const struct frame group = {.lane = lane, .kind = FRAME_GROUP, .group = parcel->group};
    const struct frame_entries entries = {.epoch = parcel->group.epoch,
                                          .entry_count = (uint32_t)(part->to - part->from),
                                          .entries = &parcel->copies[part->from]};

    for (size_t i = part->from; i < part->to; i++) {
        if (parcel->copies[i].ordinal > 0) /* a statement discloses nothing */
            TRY(audit_disclosure(x, p, &parcel->sent[i]));
    }
    if (part->tells)
        (void)send_frame(x, p, END_PUBLISHING, &group); /* as its entries */
    send_entries(x, p, END_PUBLISHING, lane, &entries);
    /* Leaf hashes alone are taken once the whole group is. */
    if (part->to > part->from)
        pace_sent(&d->pace, parcel->copies[part->to - 1].index + 1, part->bytes, x->now);
    else if (part->tells)
        pace_sent(&d->pace, parcel->group.first + parcel->group.leaves.size / HASH_SIZE,
                  part->bytes, x->now);
    return OK;
}

static status deliver_part(struct exchange *x, struct peer *p, enum lane lane, size_t room)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct delivery *const d = &p->deliveries[lane_rank(lane)];
    struct group_row g = {0};
    struct parcel parcel = {0};

    TRY(x->store.ops->group_find(x->store.self, &own->row.id, d->cursor, x->arena, &g));
    TRY(d->told ? parcel_rest(x, p, &g, room, &parcel) : parcel_whole(x, p, &g, &parcel));
    const struct part part = part_of(&parcel, d, room);
    TRY(send_part(x, p, lane, &parcel, &part));
    d->told = part.to < parcel.copy_count;
    if (d->told) {
        d->cursor = parcel.copies[part.to].index;
        d->ordinal = parcel.copies[part.to].ordinal - 1;
        return OK;
    }
    d->cursor = g.first + g.count;
    if (parcel.copy_count == 0)
        return OK; /* leaf hashes alone need no credit: they are paced, and quickly taken */
    d->sent[d->sent_count++] = d->cursor;
    return x->store.ops->sent_put(x->store.self, &g.stream, g.first, &p->id, x->now);
}

/* A group that has a row which is missing, cannot be read or is not as it was put stands in
 * the peer's way until it is mended; the peer asks again, and the operator is told once. */
static void stop_before(struct exchange *x, struct delivery *d, enum lane lane)
{
    d->asked = false;
    if (d->damaged != d->cursor + 1)
        notice(x, NOTICE_DAMAGED, &x->self, lane, d->cursor, E_DAMAGED);
    d->damaged = d->cursor + 1;
}

status deliver(struct exchange *x, struct peer *p, enum lane lane)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct delivery *const d = &p->deliveries[lane_rank(lane)];

    while (x->fence == OK && d->greeted && d->asked && d->sent_count < d->credit &&
           d->cursor < own->row.frontier.size) {
        const size_t room = pace_room(&d->pace, x->now);
        if (room == 0)
            return OK;
        if (!turn_has_room(x)) {
            x->more = true;
            return OK;
        }
        const status s = deliver_part(x, p, lane, room);
        if (s == E_DAMAGED || s == E_UNKNOWN)
            stop_before(x, d, lane);
        else
            TRY(s);
    }
    return OK;
}
