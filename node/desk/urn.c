#include "urn.h"

#include "rule.h"
#include "shelf.h"
#include "words.h"

#include <string.h>

/* As it is compared: without spaces around it, and in capitals.  E_UNKNOWN: it has none. */
static status urn_id(struct desk *d, const struct record *record, record_id *ret)
{
    struct arena *const a = d->exchange->arena;
    struct bytes urn = {0};

    TRY(word_capitals(word_trim(record->facts.urn), a, &urn));
    ENSURE(urn.size > 0, E_UNKNOWN);
    struct writer w = writer_over(arena_take(a, urn.size + 3), urn.size + 3);
    ENSURE(w.at != NULL, E_MEMORY);
    write_text(&w, "urn");
    write_bytes(&w, urn);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(ret->bytes, h.bytes, sizeof ret->bytes);
    return OK;
}

static status advise(struct desk *d, const struct publish_work *work,
                     const struct shelf_row *row)
{
    struct exchange *const x = d->exchange;
    struct arena *const a = x->arena;
    struct check c = {.record = work->record, .arena = a, .findings = work->findings};
    char id[RECORD_ID_TEXT_ROOM];
    char at[TIME_TEXT_ROOM];
    bool recalled = false;

    TRY(x->store.ops->recalled(x->store.self, &x->self, &row->about, &recalled));
    record_id_write(&row->about, id);
    time_write(row->changed, at);
    const char *const sentence =
        desk_text(a, "A record with this URN was published on ", at,
                  recalled ? " and recalled since: " : ": ", id, NULL);
    /* What was recalled has no new version: right again, it is a record of its own. */
    const char *const mend =
        recalled
            ? "If this is the same report, right at last, publish it as it is; if it is "
              "another one, give it a URN of its own."
            : desk_text(a,
                        "If this is a new version of it, publish it as a correction: "
                        "flagpost supersede ",
                        id, " FILE; if it is another report, give it a URN of its own.",
                        NULL);
    rule_advise(&c, "F1", "urn", sentence, mend);
    return OK;
}

status urn_advise(struct desk *d, const struct publish_work *work)
{
    struct shelf_row row = {0};
    record_id id;

    status s = urn_id(d, work->record, &id);
    if (s == OK)
        s = journal_shelf_find(d->journal, SHELF_URN, &id, d->exchange->arena, &row);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const bool same = work->has_previous && record_id_equal(&work->previous, &row.about);
    return same ? OK : advise(d, work, &row);
}

status urn_note(struct desk *d, const struct publish_work *work)
{
    struct shelf_row row = {
        .kind = SHELF_URN, .about = work->id, .state = 1, .changed = d->exchange->now};
    const status s = urn_id(d, work->record, &row.id);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    return journal_shelf_put(d->journal, &row);
}

static status each(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return journal_shelf_drop(d->journal, SHELF_URN, &row->id);
}

status urn_forget(struct desk *d, const record_id *record)
{
    return journal_shelf_about(d->journal, SHELF_URN, record, d->scratch, each, d);
}
