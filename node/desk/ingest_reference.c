#include "ingest.h"

#include "recall.h"
#include "shelf.h"

#include <string.h>

/*
 * A national reference is of one record.  A later version, which takes the place of the one
 * before, may keep it; given to anything else it was typed or loaded wrong, and two bureaux
 * would be told that the national database holds their record under it.
 */

enum { SHARING_MAX = VERSIONS_MAX + 1 }; /* looked at; more have no honest cause */

status ingest_reference_tag(struct desk *d, struct bytes reference, uint8_t ret[32])
{
    static const char kind[] = "national reference ";
    const size_t size = strlen(kind) + reference.size;
    struct writer w = writer_over(arena_take(d->exchange->arena, size), size);

    ENSURE(w.at != NULL, E_MEMORY);
    write_text(&w, kind);
    write_bytes(&w, reference);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(ret, h.bytes, sizeof h.bytes);
    return OK;
}

struct sharing {
    size_t count;
    struct shared {
        record_id row, record; /* of a row of the shelf, and what it is about */
        bool is_ours;          /* a version of the record that is answered */
    } at[SHARING_MAX];
};

static status each_row(void *context, const struct shelf_row *row)
{
    struct sharing *const s = context;

    ENSURE(s->count < SHARING_MAX, E_LIMIT);
    s->at[s->count++] = (struct shared){.row = row->id, .record = row->about};
    return OK;
}

static void strike(struct desk *d, const struct parent *version, struct sharing *s)
{
    const record_id row = ingest_row_id(d, version);

    for (size_t i = 0; i < s->count; i++)
        s->at[i].is_ours = s->at[i].is_ours || record_id_equal(&s->at[i].row, &row);
}

/* Of both the versions before it and those after it. */
static status strike_versions(struct desk *d, const struct parent *record, bool newer,
                              struct sharing *s)
{
    struct parent at = *record;

    for (size_t i = 0; i < VERSIONS_MAX; i++) {
        struct recall_versions v = {0};
        strike(d, &at, s);
        TRY(recall_versions(d, &at, &v));
        if (newer ? !v.has_newer : !v.has_older)
            break;
        at.id = newer ? v.newer : v.older;
    }
    return OK;
}

/* Whose it is: ids are unique to their agency only. */
static status find_publisher(struct desk *d, const struct shared *one, const char **ret)
{
    struct place places[2];
    record_id ids[2];
    size_t count = 0;

    TRY(journal_record_search(d->journal,
                              bytes_of_text(desk_id_text(d->exchange->arena, &one->record)),
                              places, ids, COUNT_OF(ids), &count));
    *ret = "another agency";
    for (size_t i = 0; i < count; i++) {
        const struct parent found = {.agency = places[i].stream.agency, .id = one->record};
        const record_id row = ingest_row_id(d, &found);
        if (record_id_equal(&row, &one->row))
            *ret = desk_text(d->exchange->arena, found.agency.text, NULL);
    }
    return OK;
}

status ingest_reference_is_free(struct desk *d, struct call *c, const struct parent *record,
                                struct bytes reference)
{
    struct arena *const a = d->exchange->arena;
    struct sharing *const s = arena_take(a, sizeof *s);
    const char *publisher = "";
    uint8_t tag[32];

    ENSURE(s != NULL, E_MEMORY);
    s->count = 0;
    TRY(ingest_reference_tag(d, reference, tag));
    const status seen =
        journal_shelf_tagged(d->journal, SHELF_INGESTED, tag, d->scratch, each_row, s);
    ENSURE(seen == OK || seen == E_LIMIT, seen);
    if (s->count == 0)
        return OK;
    TRY(strike_versions(d, record, false, s));
    TRY(strike_versions(d, record, true, s));
    for (size_t i = 0; i < s->count; i++) {
        if (s->at[i].is_ours)
            continue;
        TRY(find_publisher(d, &s->at[i], &publisher));
        const char *const text = arena_text(a, reference);
        c->sentence = desk_text(a, "the national reference ", text == NULL ? "" : text,
                                " is that of another record, ",
                                desk_id_text(a, &s->at[i].record), " of ", publisher,
                                ": a reference is of one record and its later versions, so "
                                "check which of the two was given it wrongly",
                                NULL);
        return E_DUPLICATE;
    }
    return OK;
}
