#include "reconcile.h"

#include "digest.h"

#include <stdlib.h>
#include <string.h>

/* The two sets, each from what its own side has: headers and the shelf at national
 * ingestion; headers and the outcomes that came at the agency. */

enum { KEY_DIGEST = 16, ROOM_FIRST = 1024 };

_Static_assert((int)RECONCILIATION_RANGES_MAX == (int)RANGES_ANSWER_BYTES_MAX,
               "the longest answer has a place in an entry");
_Static_assert((int)RECONCILIATION_REFERENCE_MAX == (int)INGESTED_REFERENCE_MAX,
               "what was answered has a place in a difference");

/* --- keys and values --- */

static struct hash digest_of_record(const struct agency_id *owner, const record_id *id)
{
    static const char what[] = "flagpost/reconciled record/v1";
    uint8_t room[sizeof what + 1 + AGENCY_ID_MAX + sizeof *id];
    struct writer w = writer_over(room, sizeof room);

    write_bytes(&w, bytes_of(what, sizeof what));
    write_u8(&w, (uint8_t)strlen(owner->text));
    write_text(&w, owner->text);
    write_bytes(&w, bytes_of(id->bytes, sizeof id->bytes));
    MUST(!w.bad);
    return blake(writer_bytes(&w));
}

/* proto/README.md: "A reconciliation entry".  `says` is not DIFFERENCE_NOT_HELD. */
static struct range_pair pair_of(const struct agency_id *owner, const record_id *id,
                                 const struct reconcile_says *says)
{
    static const char what[] = "flagpost/reconciled outcome/v1";
    uint8_t room[sizeof what + 1 + RECONCILIATION_REFERENCE_MAX];
    struct writer w = writer_over(room, sizeof room);
    struct range_pair p = {.key = digest_of_record(owner, id)};

    memcpy(p.key.bytes + KEY_DIGEST, id->bytes, sizeof id->bytes);
    write_bytes(&w, bytes_of(what, sizeof what));
    write_u8(&w, (uint8_t)says->says);
    write_bytes(&w, bytes_of(says->reference, says->size));
    MUST(!w.bad);
    p.value = blake(writer_bytes(&w));
    memmove(p.value.bytes + 1, p.value.bytes, sizeof p.value.bytes - 1);
    p.value.bytes[0] = (uint8_t)says->says;
    return p;
}

status reconcile_key_id(const struct agency_id *owner, const struct hash *key,
                        record_id *ret)
{
    record_id id;

    memcpy(id.bytes, key->bytes + KEY_DIGEST, sizeof id.bytes);
    const struct hash h = digest_of_record(owner, &id);
    ENSURE(memcmp(h.bytes, key->bytes, KEY_DIGEST) == 0, E_FORM);
    *ret = id;
    return OK;
}

status reconcile_value_says(const struct hash *value, struct reconcile_says *ret)
{
    const unsigned says = value->bytes[0];

    ENSURE(says >= DIFFERENCE_WAITING && says <= DIFFERENCE_DELETED, E_FORM);
    *ret = (struct reconcile_says){.says = (enum difference_says)says};
    return OK;
}

/* --- what is covered --- */

static bool cover_has(const struct lane_cover *c, const struct epoch *epoch, sequence index)
{
    return epoch->counter < c->epoch.counter ||
           (epoch_equal(epoch, &c->epoch) && index < c->size);
}

bool reconcile_covers_alike(const struct lane_cover a[COVERS],
                            const struct lane_cover b[COVERS])
{
    for (size_t i = 0; i < COVERS; i++) {
        if (!epoch_equal(&a[i].epoch, &b[i].epoch) || a[i].size != b[i].size)
            return false;
    }
    return true;
}

static const struct lane_cover *cover_of_records(const struct reconcile_scope *s,
                                                 enum lane lane)
{
    return &s->covers[lane == LANE_IMMEDIATE ? COVER_RECORDS_IMMEDIATE
                                             : COVER_RECORDS_ROUTINE];
}

static const struct lane_cover *cover_of_outcomes(const struct reconcile_scope *s,
                                                  enum lane lane)
{
    return &s->covers[lane == LANE_IMMEDIATE ? COVER_OUTCOMES_IMMEDIATE
                                             : COVER_OUTCOMES_ROUTINE];
}

static bool asks_here(const struct desk *d, const struct reconcile_scope *s)
{
    return agency_id_equal(&s->ingest, &d->exchange->self);
}

/* A record that was sent to national ingestion: there as it came, here as it was sealed.
 * What does not open is asked for again and waits meanwhile, what was erased was there;
 * what was withheld or refused is not. */
static bool is_member(struct desk *d, const struct reconcile_scope *s,
                      const struct entry_row *e)
{
    struct header h;

    if (e->kind != KIND_INTELLIGENCE || !agency_id_equal(&e->stream.agency, &s->owner) ||
        e->stream.lane == LANE_LOCAL ||
        !cover_has(cover_of_records(s, e->stream.lane), &e->stream.epoch, e->index))
        return false;
    if (asks_here(d, s))
        return e->disposition != DISPOSITION_WITHHELD &&
               e->disposition != DISPOSITION_REFUSED;
    return header_decode(e->header, d->scratch, &h) == OK &&
           header_recipient_rank(&h, &s->ingest) >= 0;
}

/* --- what was answered --- */

static enum difference_says says_of(enum outcome_what what)
{
    return what == OUTCOME_INGESTED  ? DIFFERENCE_ACCEPTED
           : what == OUTCOME_REFUSED ? DIFFERENCE_REFUSED
                                     : DIFFERENCE_WAITING;
}

static void put_answer(struct reconcile_says *ret, enum difference_says says,
                       struct bytes reference)
{
    *ret = (struct reconcile_says){.says = says, .size = (uint8_t)reference.size};
    MUST(reference.size <= sizeof ret->reference);
    if (reference.size > 0)
        memcpy(ret->reference, reference.at, reference.size);
}

static bool has_answer(const struct reconcile_scope *s, const struct ingest_place *p)
{
    return p->lane == 0 || cover_has(cover_of_outcomes(s, p->lane), &p->epoch, p->size);
}

/* By the shelf.  The entry of an answer stands at the size that its lane had, or behind it;
 * a cover is a size that the lane had between two turns. */
static status answered_by_us(struct desk *d, const struct reconcile_scope *s,
                             const record_id *id, struct reconcile_says *ret)
{
    const struct parent record = {.agency = s->owner, .id = *id};
    struct ingest_row row = {.batch = {0}};

    TRY(ingest_row_find(d, &record, d->scratch, &row));
    const bool deleted = row.answer.deletion.what == OUTCOME_DELETED;
    if (row.answer.what == 0 || !has_answer(s, &row.place)) {
        *ret = (struct reconcile_says){.says = DIFFERENCE_WAITING};
        return OK;
    }
    ENSURE(row.answer.reference.size <= RECONCILIATION_REFERENCE_MAX, E_DAMAGED);
    put_answer(ret,
               deleted && has_answer(s, &row.deletion_place) ? DIFFERENCE_DELETED
                                                             : says_of(row.answer.what),
               row.answer.reference);
    return OK;
}

struct answered {
    struct desk *desk;
    const struct reconcile_scope *scope;
    const record_id *id;
    struct reconcile_says *ret;
};

/* As ingested_take does it.  True: nothing that comes behind counts. */
static bool take_outcome(struct reconcile_says *says, const struct item_outcome *o)
{
    if (says->says == DIFFERENCE_WAITING &&
        (o->what == OUTCOME_INGESTED || o->what == OUTCOME_REFUSED))
        put_answer(says, says_of(o->what), o->reference);
    else if (says->says == DIFFERENCE_ACCEPTED && o->what == OUTCOME_DELETED &&
             bytes_equal(bytes_of(says->reference, says->size), o->reference))
        says->says = DIFFERENCE_DELETED;
    return says->says == DIFFERENCE_REFUSED || says->says == DIFFERENCE_DELETED;
}

static status each_outcome(void *context, const struct entry_row *e)
{
    struct answered *const a = context;
    struct item_outcome o;

    if (!agency_id_equal(&e->stream.agency, &a->scope->ingest) ||
        e->stream.lane == LANE_LOCAL ||
        !cover_has(cover_of_outcomes(a->scope, e->stream.lane), &e->stream.epoch, e->index))
        return OK;
    TRY(ingested_read(a->desk, e, &o));
    if (o.what == 0 || !record_id_equal(&o.id, a->id) || ingested_fault(&o) != NULL)
        return OK;
    return take_outcome(a->ret, &o) ? E_DUPLICATE : OK;
}

static status answered_to_us(struct desk *d, const struct reconcile_scope *s,
                             const record_id *id, struct reconcile_says *ret)
{
    struct answered a = {.desk = d, .scope = s, .id = id, .ret = ret};

    *ret = (struct reconcile_says){.says = DIFFERENCE_WAITING};
    const status found = journal_outcomes(d->journal, id, d->scratch, each_outcome, &a);
    return found == E_DUPLICATE ? OK : found;
}

static status answered(struct desk *d, const struct reconcile_scope *s, const record_id *id,
                       struct reconcile_says *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const status found =
        asks_here(d, s) ? answered_by_us(d, s, id, ret) : answered_to_us(d, s, id, ret);

    arena_rewind(d->scratch, mark);
    return found;
}

status reconcile_says_here(struct desk *d, const struct reconcile_scope *s,
                           const record_id *id, struct reconcile_says *ret)
{
    struct exchange *const x = d->exchange;
    const struct parent record = {.agency = s->owner, .id = *id};
    struct place place = {0};
    status found = recall_next_place(d, &record, &place);

    for (; found == OK; found = recall_next_place(d, &record, &place)) {
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        const status row = x->store.ops->entry_find(x->store.self, &place.stream,
                                                    place.index, d->scratch, &e);
        /* A place whose row another hand took away is none. */
        if (row != E_UNKNOWN)
            TRY(row);
        const bool member = row == OK && is_member(d, s, &e);
        arena_rewind(d->scratch, mark);
        if (member)
            return answered(d, s, id, ret);
    }
    *ret = (struct reconcile_says){.says = DIFFERENCE_NOT_HELD};
    return found == E_UNKNOWN ? OK : found;
}

/* --- the set --- */

static status each_stream(void *context, const struct stream_row *row)
{
    struct reconcile_set *const s = context;

    if (!agency_id_equal(&row->id.agency, &s->scope.owner) || row->id.lane == LANE_LOCAL ||
        !cover_has(cover_of_records(&s->scope, row->id.lane), &row->id.epoch, 0))
        return OK;
    ENSURE(s->stream_count < RECONCILE_STREAMS_MAX, E_LIMIT);
    s->streams[s->stream_count++] = row->id;
    return OK;
}

status reconcile_set_begin(struct desk *d, const struct reconcile_scope *scope,
                           struct reconcile_set *ret)
{
    *ret = (struct reconcile_set){.scope = *scope};
    return journal_streams(d->journal, each_stream, ret);
}

void reconcile_set_done(struct reconcile_set *s)
{
    free(s->pairs);
    *s = (struct reconcile_set){.count = 0};
}

static status add(struct reconcile_set *s, const struct range_pair *p)
{
    if (s->count == s->room) {
        const size_t room = s->room == 0 ? ROOM_FIRST : 2 * s->room;
        ENSURE(s->count < RECONCILE_RECORDS_MAX, E_LIMIT);
        struct range_pair *const more = realloc(s->pairs, room * sizeof *more);
        ENSURE(more != NULL, E_MEMORY);
        s->pairs = more;
        s->room = room;
    }
    s->pairs[s->count++] = *p;
    return OK;
}

struct walk {
    struct desk *desk;
    struct reconcile_set *set;
    size_t left;
};

static status each_entry(void *context, const struct entry_row *e)
{
    struct walk *const w = context;
    struct reconcile_set *const s = w->set;
    struct reconcile_says says;

    if (!cover_has(cover_of_records(&s->scope, e->stream.lane), &e->stream.epoch, e->index))
        return E_ORDER; /* nor is anything behind it */
    ENSURE(w->left > 0, E_BUSY);
    w->left--;
    s->next = e->index + 1;
    if (!is_member(w->desk, &s->scope, e))
        return OK;
    TRY(answered(w->desk, &s->scope, &e->id, &says));
    const struct range_pair p = pair_of(&s->scope.owner, &e->id, &says);
    return add(s, &p);
}

/* A record that was issued again stands there more than once, with one value. */
static void squeeze(struct reconcile_set *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        if (kept == 0 ||
            memcmp(&s->pairs[kept - 1].key, &s->pairs[i].key, sizeof s->pairs[i].key) != 0)
            s->pairs[kept++] = s->pairs[i];
    }
    s->count = kept;
}

status reconcile_set_step(struct desk *d, struct reconcile_set *s, size_t entries)
{
    struct walk w = {.desk = d, .set = s, .left = entries};

    while (s->stream < s->stream_count) {
        const status found = journal_entries(d->journal, &s->streams[s->stream], s->next,
                                             d->scratch, each_entry, &w);
        if (found == E_BUSY)
            return OK;
        ENSURE(found == OK || found == E_ORDER, found);
        s->stream++;
        s->next = 0;
    }
    const status sorted = ranges_sort(s->pairs, s->count);
    if (sorted == E_DUPLICATE)
        squeeze(s);
    s->set = (struct range_set){.count = s->count, .at = s->pairs};
    s->root = ranges_hash(&s->set, (struct range){.bits = 0});
    s->done = true;
    return OK;
}
