#include "ingest.h"

#include "recall.h"

/*
 * Which version of a record the national database has.  It has at most one: a later one is
 * loaded in the place of the one before, and waits while the loader has yet to say what
 * became of that one.
 */

/* The version that this one stands in place of; E_UNKNOWN: there is none, or this one is
 * not here to say so. */
static status find_older(struct desk *d, const struct parent *record, record_id *ret)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(d->scratch);
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    TRY(x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place));
    status s =
        x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch, &e);
    if (s == OK)
        s = header_decode(e.header, d->scratch, &h);
    const bool has = s == OK && h.kind == KIND_INTELLIGENCE && h.has_previous;
    if (has)
        *ret = h.previous;
    arena_rewind(d->scratch, mark);
    return s == OK && !has ? E_UNKNOWN : s;
}

/* False: what is before it decides. */
static bool is_decided(const struct ingest_row *row, struct ingest_before *before)
{
    if (row->answer.what == OUTCOME_INGESTED) {
        before->is = row->replaced ? BEFORE_NOTHING : BEFORE_THERE;
        before->reference = row->answer.reference;
        return true;
    }
    if (row->answer.what != 0 || row->batch.size == 0)
        return false;
    before->is = BEFORE_ASKED;
    return true;
}

status ingest_before(struct desk *d, const struct parent *record, struct arena *a,
                     struct ingest_before *ret)
{
    struct ingest_before before = {.is = BEFORE_NOTHING};
    struct parent at = *record;

    for (size_t i = 0; i < VERSIONS_MAX; i++) {
        struct ingest_row row = {.batch = {0}};
        const status s = find_older(d, &at, &at.id);
        if (s == E_UNKNOWN)
            break;
        TRY(s);
        TRY(ingest_row_find(d, &at, a, &row));
        before.id = at.id;
        if (is_decided(&row, &before))
            break;
    }
    *ret = before;
    return OK;
}

status ingest_key(struct desk *d, const struct entry_row *e, struct ingest_key *ret)
{
    struct exchange *const x = d->exchange;
    const struct roster_agency *const owner = roster_find(&x->roster, &e->stream.agency);
    const size_t mark = arena_mark(d->scratch);
    const struct salted_item *items = NULL;
    struct ingest_key key = {.version = 1};
    struct bytes urn = {0};
    size_t count = 0;
    struct item item;

    status s = desk_open(d, e, d->scratch, &items, &count);
    if (s == OK)
        s = item_decode(items[0].item, d->scratch, &item);
    if (s == OK)
        urn = item.kind == ITEM_FACTS ? item.facts.urn : (struct bytes){0};
    if (s == OK)
        s = arena_copy(x->arena, urn, &key.urn);
    if (s == OK)
        s = item_decode(items[count - 1].item, d->scratch, &item);
    if (s == OK && item.kind == ITEM_SUPERSEDES)
        key.version = item.supersedes.version;
    arena_rewind(d->scratch, mark);
    TRY(s);
    if (owner != NULL)
        TRY(arena_copy(x->arena, bytes_of_text(owner->force), &key.force));
    *ret = key;
    return OK;
}
