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
    const enum outcome_what deletion = row->answer.deletion.what;

    if (row->answer.what == OUTCOME_INGESTED) {
        before->is = row->replaced || deletion == OUTCOME_DELETED    ? BEFORE_NOTHING
                     : row->deletion_batch.size > 0 && deletion == 0 ? BEFORE_ASKED
                                                                     : BEFORE_THERE;
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

/* --- what is to be deleted --- */

static status is_recalled(struct desk *d, const struct parent *record, bool *ret)
{
    const struct store s = d->exchange->store;

    return s.ops->recalled(s.self, &record->agency, &record->id, ret);
}

/* It will be loaded, or the loader has it: it takes the place of what is there. */
static status is_coming(struct desk *d, const struct parent *record, bool *ret)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(d->scratch);
    struct recall_versions versions = {0};
    struct ingest_row row = {.batch = {0}};
    struct place place = {0};
    struct entry_row e = {0};

    TRY(ingest_row_find(d, record, d->scratch, &row));
    const bool answered = row.answer.what != 0;
    const bool asked = !answered && row.batch.size > 0;
    TRY(recall_versions(d, record, &versions));
    status s =
        x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch,
                                     &e);
    const bool held = s == OK && e.disposition == DISPOSITION_HELD;
    arena_rewind(d->scratch, mark);
    *ret = asked || (!answered && held && !versions.has_newer);
    return s == E_UNKNOWN ? OK : s;
}

/* Over the versions that are here behind it, to the last: `ret_stands` when one of them is
 * coming, `ret_withdrawn` when the last is recalled, or has one behind it that is not for
 * this node. */
static status look_behind(struct desk *d, const struct parent *record, bool *ret_coming,
                          bool *ret_withdrawn)
{
    struct parent at = *record;

    *ret_coming = false;
    TRY(is_recalled(d, &at, ret_withdrawn));
    for (size_t i = 0; i < VERSIONS_MAX && !*ret_coming; i++) {
        struct recall_versions v = {0};
        TRY(recall_versions(d, &at, &v));
        if (!v.has_newer)
            break;
        *ret_withdrawn = !v.newer_is_here;
        if (!v.newer_is_here)
            break;
        at.id = v.newer;
        TRY(is_recalled(d, &at, ret_withdrawn));
        if (!*ret_withdrawn)
            TRY(is_coming(d, &at, ret_coming));
    }
    return OK;
}

status ingest_is_to_delete(struct desk *d, const struct parent *record,
                           const struct ingest_row *row, bool *ret)
{
    bool coming = false;
    bool withdrawn = false;
    bool recalled = false;

    *ret = false;
    if (row->answer.what != OUTCOME_INGESTED || row->replaced ||
        row->answer.deletion.what == OUTCOME_DELETED)
        return OK;
    TRY(is_recalled(d, record, &recalled));
    TRY(look_behind(d, record, &coming, &withdrawn));
    *ret = !coming && (recalled || withdrawn);
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
