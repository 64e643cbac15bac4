#include "same.h"

#include "held.h"
#include "recall.h"
#include "rule.h"
#include "shelf.h"
#include "text.h"
#include "words.h"

#include <string.h>

enum {
    PUBLISHED_MAX = 1024, /* times that the same was published, as far as is looked at */
    KEYS_MAX = 16,        /* of an older release: one for each time */
};

/* What was published in this turn has no row yet. */
static status find_pending(const struct exchange *x, struct publish_same *same)
{
    for (size_t l = 0; l < LANES; l++) {
        const struct own_lane *const own = &x->own[l];
        for (size_t i = 0; i < own->pending_count; i++) {
            if (!record_id_equal(&own->pending[i].id, &same->id))
                continue;
            same->place =
                (struct place){.stream = own->row.id, .index = own->row.frontier.size + i};
            same->now = same->id;
            same->at = x->now;
            same->stands = true;
            return OK;
        }
    }
    return E_UNKNOWN;
}

/* The last of its corrections; itself, when it has none. */
static status find_newest(struct desk *d, struct publish_same *same)
{
    struct parent at = {.agency = d->exchange->self, .id = same->id};
    struct recall_versions v = {.has_newer = true};

    for (size_t i = 0; v.has_newer && i < VERSIONS_MAX; i++) {
        v = (struct recall_versions){0};
        TRY(recall_versions(d, &at, &v));
        if (v.has_newer)
            at.id = v.newer;
    }
    same->now = at.id;
    return OK;
}

/* Does not stand: it or what stands in its place was recalled.  E_UNKNOWN: erased. */
static status find_record(struct desk *d, struct publish_same *same)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(x->arena);
    struct entry_row e = {0};
    bool recalled = false;

    status s = x->store.ops->record_find(x->store.self, &x->self, &same->id, &same->place);
    if (s == E_UNKNOWN)
        return find_pending(x, same);
    TRY(s);
    s = x->store.ops->entry_find(x->store.self, &same->place.stream, same->place.index,
                                 x->arena, &e);
    arena_rewind(x->arena, mark);
    TRY(s);
    ENSURE(e.disposition != DISPOSITION_ERASED, E_UNKNOWN);
    same->at = e.at;
    TRY(find_newest(d, same));
    TRY(x->store.ops->recalled(x->store.self, &x->self, &same->now, &recalled));
    same->stands = !recalled;
    same->was_corrected = recalled && !record_id_equal(&same->id, &same->now);
    return OK;
}

/* Without the version of the list by which it was put in order, and whatever the spaces and
 * capitals of its URN, which make no other URN (urn.c). */
static status find_words(struct desk *d, struct publish_work *work)
{
    struct item_facts *const facts = &work->record->facts;
    const struct item_facts kept = *facts;
    const size_t mark = arena_mark(d->scratch);
    struct bytes packed = {0};

    facts->list_version = 0;
    status s = word_capitals(word_trim(kept.urn), d->scratch, &facts->urn);
    if (s == OK)
        s = record_pack(work->record, d->scratch, &packed);
    *facts = kept;
    if (s == OK)
        work->same.words = keyring_mac(d->keyring, KEYRING_DIGEST, packed);
    arena_rewind(d->scratch, mark);
    return s;
}

/* --- each time that it was published --- */

/* The newest that stands is kept, else the newest. */
static status take(struct desk *d, struct publish_same *same, const record_id *id)
{
    struct publish_same one = *same;

    one.id = *id;
    const status s = find_record(d, &one);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    if (s == OK && (one.stands || !same->stands))
        *same = one;
    same->times++;
    return OK;
}

/* An older release had a key of idempotency for each time. */
static status look_at_keys(struct desk *d, struct publish_same *same)
{
    struct exchange *const x = d->exchange;

    for (uint32_t i = 0; i < KEYS_MAX; i++) {
        const size_t mark = arena_mark(x->arena);
        struct place place = {0};
        struct entry_row e = {0};
        struct bytes key = {0};
        TRY(publish_digest_of_time(d, &same->words, i, &key));
        status s = x->store.ops->idempotency_find(x->store.self, key, &place);
        if (s == OK)
            s = x->store.ops->entry_find(x->store.self, &place.stream, place.index,
                                         x->arena, &e);
        const record_id id = e.id;
        arena_rewind(x->arena, mark);
        if (s == E_UNKNOWN)
            return OK;
        TRY(s);
        TRY(take(d, same, &id));
    }
    return OK;
}

struct looking {
    struct desk *desk;
    struct publish_same *same;
};

static status each_same(void *context, const struct shelf_row *row)
{
    const struct looking *const l = context;

    ENSURE(l->same->times < PUBLISHED_MAX, E_LIMIT);
    return take(l->desk, l->same, &row->about);
}

/* In the order of their ids, which is that of their publishing. */
static status look(struct desk *d, struct publish_same *same)
{
    struct looking l = {.desk = d, .same = same};

    TRY(look_at_keys(d, same));
    const status s = journal_shelf_tagged(d->journal, SHELF_WORDS, same->words.bytes,
                                          d->scratch, each_same, &l);
    return s == E_LIMIT ? OK : s;
}

status same_find(struct desk *d, struct publish_work *work)
{
    struct publish_same *const same = &work->same;

    if (!same->was_looked_for && work->copying == NULL) {
        TRY(find_words(d, work));
        TRY(look(d, same));
        same->was_looked_for = true;
    }
    return same->stands ? OK : E_UNKNOWN;
}

/* Whoever sends from another system has no command line before him. */
static const char *how_to_go_on(struct desk *d, const struct call *c, const char *id)
{
    struct arena *const a = d->exchange->arena;

    if (text_is(bytes_of_text(c->channel), "http"))
        return "If it has changed, a person publishes the new version as a correction.";
    return desk_text(a, "If it has changed, give the changed file to `flagpost supersede ",
                     id, " FILE`; to publish the same once more, say --again.", NULL);
}

/* It would go out now, and be in the way of itself at its date. */
static status refuse_held(struct desk *d, struct call *c, struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct check check = {.record = work->record, .arena = a, .findings = work->findings};
    char at[TIME_TEXT_ROOM];
    record_id held;
    millis until = 0;

    if (work->was_held || work->held_until != 0 || work->has_previous ||
        work->copying != NULL)
        return OK;
    const status s = held_find(d, &work->same.words, &held, &until);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    time_write(until, at);
    rule_refuse(&check, "F1", "urn",
                desk_text(a, "This record is held, word for word, until ", at, ".", NULL),
                desk_text(a,
                          "It goes by itself then.  To send it now, cancel that first: "
                          "`flagpost publish --cancel ",
                          desk_id_text(a, &held), "`.", NULL));
    c->sentence = "refused: it is held until its date, and nothing new was published";
    return E_DUPLICATE;
}

/* What was found wrong and corrected is not right because the correction is gone, too. */
static status refuse_corrected(struct desk *d, struct call *c, struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct check check = {.record = work->record, .arena = a, .findings = work->findings};
    const char *const id = desk_id_text(a, &work->same.id);
    char at[TIME_TEXT_ROOM];

    time_write(work->same.at, at);
    rule_refuse(&check, "F1", "urn",
                desk_text(a, "These words were published on ", at, ": ", id,
                          ".  They were corrected since, and the correction, ",
                          desk_id_text(a, &work->same.now), ", was recalled.", NULL),
                work->has_draft
                    ? "Is it the right text?  If it is right after all, discard the draft "
                      "and hand the record to `flagpost publish --again`."
                    : "Is it the right file?  If it is right after all, a person publishes "
                      "it with --again.");
    c->sentence = work->has_draft
                      ? "not released: these words were superseded, and what superseded "
                        "them was recalled"
                      : "refused: these words were superseded, and what superseded them "
                        "was recalled; nothing new was published";
    return E_DUPLICATE;
}

status same_refuse(struct desk *d, struct call *c, struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct check check = {.record = work->record, .arena = a, .findings = work->findings};
    const struct publish_same *const same = &work->same;
    char at[TIME_TEXT_ROOM];

    const status s = same_find(d, work);
    if (work->once_more && (s == OK || s == E_UNKNOWN))
        return OK;
    if (s == E_UNKNOWN && same->was_corrected && !work->has_previous)
        return refuse_corrected(d, c, work);
    if (s == E_UNKNOWN)
        return refuse_held(d, c, work);
    TRY(s);
    if (work->has_previous && !record_id_equal(&same->id, &work->previous))
        return OK; /* back to what an older version or another record says */
    const char *const id = desk_id_text(a, &same->id);
    const char *const now = desk_id_text(a, &same->now);
    time_write(same->at, at);
    const char *const sentence =
        work->has_previous
            ? desk_text(a, "Nothing is corrected: this is, word for word, what ", id,
                        " says.", NULL)
            : desk_text(a, "This record was published on ", at, " already, word for word",
                        record_id_equal(&same->id, &same->now) ? ": "
                                                               : ", and corrected since: ",
                        id, ".", NULL);
    const char *const mend = work->has_previous ? "Is it the right file, and was it saved?"
                                                : how_to_go_on(d, c, now);
    rule_refuse(&check, "F1", "urn", sentence, mend);
    c->sentence =
        work->has_draft
            ? desk_text(a, "not released: ", id,
                        " says it already, word for word; discard the draft, or send it "
                        "back with `flagpost rework` if it is to say something else",
                        NULL)
        : work->has_previous
            ? "refused: nothing is corrected, and the version before stands"
            : desk_text(a, "refused: it is published already, as ", id,
                        ", and nothing new was published", NULL);
    return E_DUPLICATE;
}

status same_note(struct desk *d, const struct publish_work *work)
{
    struct shelf_row row = {.kind = SHELF_WORDS,
                            .id = work->id,
                            .about = work->id,
                            .state = 1,
                            .changed = d->exchange->now};

    if (work->copying != NULL)
        return OK;
    MUST(work->same.was_looked_for);
    memcpy(row.tag, work->same.words.bytes, sizeof row.tag);
    return journal_shelf_put(d->journal, &row);
}

status same_forget(struct desk *d, const record_id *record)
{
    return journal_shelf_drop(d->journal, SHELF_WORDS, record);
}
