#include "urn.h"

#include "force.h"
#include "recall.h"
#include "rule.h"
#include "shelf.h"
#include "words.h"

#include <string.h>

/* A capital cannot follow "urn" in one and a space in the other: no row is both. */
static const char OWN[] = "urn";
static const char RECEIVED[] = "urn received ";
enum { STATE_OWN = 1, STATE_RECEIVED, STATE_FORMER /* the body is the URN it has now */ };

/* As it is compared: without spaces around it, and in capitals.  E_UNKNOWN: it has none. */
static status tag_of(struct desk *d, const char *whose, struct bytes given,
                     struct hash *ret)
{
    struct arena *const a = d->exchange->arena;
    struct bytes urn = {0};

    TRY(word_capitals(word_trim(given), a, &urn));
    ENSURE(urn.size > 0, E_UNKNOWN);
    const size_t size = strlen(whose) + urn.size;
    struct writer w = writer_over(arena_take(a, size), size);
    ENSURE(w.at != NULL, E_MEMORY);
    write_text(&w, whose);
    write_bytes(&w, urn);
    *ret = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return OK;
}

static status urn_tag(struct desk *d, const struct record *record, struct hash *ret)
{
    return tag_of(d, OWN, record->facts.urn, ret);
}

enum { NAMESAKES_MAX = 32 }; /* looked at; the oldest */

/* One that stands is named before one that has another URN since, and that before one that
 * was recalled. */
enum namesake { NAMESAKE_NONE, NAMESAKE_RECALLED, NAMESAKE_FORMER, NAMESAKE_STANDS };

struct namesakes {
    struct desk *desk;
    const struct publish_work *work;
    enum namesake best;
    size_t count;
    record_id id;
    millis at;
};

/* In the order of their ids, which is that of their publishing: a newer is named before an
 * older. */
static status each_namesake(void *context, const struct shelf_row *row)
{
    struct namesakes *const n = context;
    struct exchange *const x = n->desk->exchange;
    enum namesake is = row->state == STATE_FORMER ? NAMESAKE_FORMER : NAMESAKE_STANDS;
    bool recalled = false;

    /* A system that gives "N/A" to all of its records must not cost each of them all. */
    ENSURE(n->count++ < NAMESAKES_MAX, E_LIMIT);
    TRY(x->store.ops->recalled(x->store.self, &x->self, &row->about, &recalled));
    is = recalled ? NAMESAKE_RECALLED : is;
    if (is < n->best)
        return OK;
    n->best = is;
    n->id = row->about;
    n->at = row->changed;
    return OK;
}

static void advise(const struct namesakes *n)
{
    struct arena *const a = n->desk->exchange->arena;
    struct check c = {.record = n->work->record, .arena = a, .findings = n->work->findings};
    char id[RECORD_ID_TEXT_ROOM];
    char at[TIME_TEXT_ROOM];

    record_id_write(&n->id, id);
    time_write(n->at, at);
    const char *const sentence =
        desk_text(a, "A record with this URN was published on ", at,
                  n->best == NAMESAKE_RECALLED ? " and recalled since: "
                  : n->best == NAMESAKE_FORMER ? "; its URN was corrected since: "
                                               : ": ",
                  id, NULL);
    /* What was recalled has no new version: right again, it is a record of its own. */
    const char *const mend =
        n->work->has_previous ? "Is it a correction of the right record?  If not, recall "
                                "this version; what it "
                                "replaced has to be published anew."
        : n->best == NAMESAKE_RECALLED
            ? "If this is the same report, right at last, publish it as it is; if it is "
              "another one, give it a URN of its own."
            : desk_text(a,
                        "If this is a new version of it, publish it as a correction: "
                        "flagpost supersede ",
                        id,
                        n->best == NAMESAKE_FORMER
                            ? " FILE --new-urn; if it is another report, publish it as it "
                              "is."
                            : " FILE; if it is another report, give it a URN of its own.",
                        NULL);
    rule_advise(&c, "F1", "urn", sentence, mend);
}

static const char OTHER_URN[] = "The record that this corrects has another URN.";

enum urn_kept { URN_UNKNOWN, URN_KEPT, URN_OTHER };

/* Whether what it supersedes has the URN already. */
static status look_at_previous(struct desk *d, const struct publish_work *work,
                               const struct hash *tag, enum urn_kept *ret)
{
    struct shelf_row row = {0};

    *ret = URN_UNKNOWN;
    if (!work->has_previous)
        return OK;
    const status s = journal_shelf_find(d->journal, SHELF_URN, &work->previous,
                                        d->exchange->arena, &row);
    if (s == OK)
        *ret = memcmp(row.tag, tag->bytes, sizeof row.tag) == 0 ? URN_KEPT : URN_OTHER;
    return s == E_UNKNOWN ? OK : s;
}

static struct check check_of(struct desk *d, const struct publish_work *work)
{
    return (struct check){
        .record = work->record, .arena = d->exchange->arena, .findings = work->findings};
}

status urn_refuse_another(struct desk *d, const struct publish_work *work,
                          const struct record *draft)
{
    struct check c = check_of(d, work);
    struct hash is, was;

    status s = urn_tag(d, work->record, &is);
    s = s == OK ? urn_tag(d, draft, &was) : s;
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    if (!hash_equal(&is, &was))
        rule_refuse(&c, "F1", "urn", "The draft has another URN.",
                    "Is it the right file?  Another report is handed in as a draft of its "
                    "own; a URN that was wrong is mended in assessing.");
    return OK;
}

status urn_refuse_other(struct desk *d, const struct publish_work *work)
{
    struct check c = check_of(d, work);
    enum urn_kept kept = URN_UNKNOWN;
    struct hash tag;

    const status s = urn_tag(d, work->record, &tag);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(look_at_previous(d, work, &tag, &kept));
    if (kept == URN_OTHER)
        rule_refuse(&c, "F1", "urn", OTHER_URN,
                    "Is it the right file?  If the URN itself was wrong, say so with "
                    "--new-urn.");
    return OK;
}

/* Advice: a bureau may serve two forces, and no form stops intelligence. */
void urn_advise_force(struct desk *d, const struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct check c = check_of(d, work);
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);
    const struct bytes theirs = force_of_urn(work->record->facts.urn);

    if (work->copying != NULL || self == NULL || self->force[0] == '\0' ||
        theirs.size == 0 ||
        bytes_equal(force_code_now(theirs), force_code_now(bytes_of_text(self->force))))
        return;
    const char *const force = arena_text(a, theirs);
    rule_advise(&c, "R14", "urn",
                desk_text(a, "This URN is of force ", force == NULL ? "?" : force,
                          ", and this bureau's force is ", self->force, ".", NULL),
                desk_text(a,
                          "Is it the right file?  Another force's report is published by "
                          "that force; one of this force has a URN that begins with ",
                          self->force, "-IR-.", NULL));
}

status urn_advise(struct desk *d, const struct publish_work *work)
{
    struct namesakes n = {.desk = d, .work = work};
    struct hash tag;
    struct check c = check_of(d, work);
    enum urn_kept kept = URN_UNKNOWN;

    const status s = urn_tag(d, work->record, &tag);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(look_at_previous(d, work, &tag, &kept));
    if (kept == URN_KEPT)
        return OK;
    if (kept == URN_OTHER)
        rule_advise(&c, "F1", "urn", OTHER_URN,
                    "Is it the same report?  If not, recall this version; what it replaced "
                    "has to be published anew.");
    const status seen = journal_shelf_tagged(d->journal, SHELF_URN, tag.bytes, d->scratch,
                                             each_namesake, &n);
    ENSURE(seen == OK || seen == E_LIMIT, seen);
    if (n.best != NAMESAKE_NONE)
        advise(&n);
    return OK;
}

static status each_of_record(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return row->state == STATE_RECEIVED
               ? OK
               : journal_shelf_drop(d->journal, SHELF_URN, &row->id);
}

/* Found by what it is about: rows from before they were a record's own have other ids. */
static status forget_own(struct desk *d, const record_id *record)
{
    TRY(journal_shelf_about(d->journal, SHELF_URN, record, d->scratch, each_of_record, d));
    /* And what led from its URN to the version that has another. */
    return journal_shelf_drop(d->journal, SHELF_URN, record);
}

struct succession {
    struct desk *desk;
    const struct publish_work *work;
    const struct hash *tag;
};

/* Found by the URN that it had, as the record that stands now. */
static status each_succeeded(void *context, const struct shelf_row *row)
{
    const struct succession *const f = context;
    struct shelf_row former = *row;

    if (row->state == STATE_RECEIVED)
        return OK;
    if (memcmp(row->tag, f->tag->bytes, sizeof row->tag) == 0)
        return journal_shelf_drop(f->desk->journal, SHELF_URN, &row->id);
    former.state = STATE_FORMER;
    former.about = f->work->id;
    former.changed = f->desk->exchange->now;
    former.body = word_trim(f->work->record->facts.urn);
    return journal_shelf_put(f->desk->journal, &former);
}

status urn_note(struct desk *d, const struct publish_work *work)
{
    struct shelf_row row = {.kind = SHELF_URN,
                            .id = work->id,
                            .about = work->id,
                            .state = STATE_OWN,
                            .changed = d->exchange->now};
    struct hash tag;

    const status s = urn_tag(d, work->record, &tag);
    if (s == E_UNKNOWN)
        return work->has_previous ? forget_own(d, &work->previous) : OK;
    TRY(s);
    struct succession f = {.desk = d, .work = work, .tag = &tag};
    if (work->has_previous)
        TRY(journal_shelf_about(d->journal, SHELF_URN, &work->previous, d->scratch,
                                each_succeeded, &f));
    memcpy(row.tag, tag.bytes, sizeof row.tag);
    return journal_shelf_put(d->journal, &row);
}

/* --- another agency's --- */

static record_id received_row_id(struct desk *d, const struct parent *record)
{
    return recall_row_id(d, "urn", record);
}

status urn_forget(struct desk *d, const struct parent *record)
{
    if (agency_id_equal(&record->agency, &d->exchange->self))
        return forget_own(d, &record->id);
    const record_id id = received_row_id(d, record);
    return journal_shelf_drop(d->journal, SHELF_URN, &id);
}

void urn_shown(struct desk *d, const struct parent *record, struct bytes urn)
{
    struct urn_watch *const w = &d->urns;

    if (agency_id_equal(&record->agency, &d->exchange->self) ||
        w->count == COUNT_OF(w->at) || tag_of(d, RECEIVED, urn, &w->at[w->count].tag) != OK)
        return;
    w->at[w->count++].record = *record;
}

static status note_received(struct desk *d, const struct urn_to_note *one)
{
    struct shelf_row row = {.kind = SHELF_URN,
                            .id = received_row_id(d, &one->record),
                            .about = one->record.id,
                            .state = STATE_RECEIVED,
                            .changed = d->exchange->now,
                            .body = bytes_of_text(one->record.agency.text)};
    struct shelf_row before = {0};
    struct place place = {0};
    const struct store s = d->exchange->store;

    const status known =
        journal_shelf_find(d->journal, SHELF_URN, &row.id, d->exchange->arena, &before);
    ENSURE(known == E_UNKNOWN, known); /* shown before: nothing is written */
    /* Erased in the turn between: then nothing of it is put on the shelf again. */
    struct entry_row e = {0};
    TRY(s.ops->record_find(s.self, &one->record.agency, &one->record.id, &place));
    TRY(s.ops->entry_find(s.self, &place.stream, place.index, d->exchange->arena, &e));
    ENSURE(e.disposition == DISPOSITION_HELD, E_UNKNOWN);
    memcpy(row.tag, one->tag.bytes, sizeof row.tag);
    return journal_shelf_put(d->journal, &row);
}

status urn_turn(struct desk *d)
{
    struct urn_watch *const w = &d->urns;
    const size_t mark = arena_mark(d->exchange->arena);

    for (size_t i = 0; i < w->count; i++) {
        const status s = note_received(d, &w->at[i]);
        arena_rewind(d->exchange->arena, mark);
        if (s != E_UNKNOWN)
            TRY(s);
    }
    w->count = 0;
    return OK;
}

/* --- finding --- */

struct urn_search {
    struct desk *desk;
    const struct urn_asked *asked;
    struct urn_list *list;
};

static status each_found(void *context, const struct shelf_row *row)
{
    struct urn_search *const f = context;
    struct urn_found one = {.record = {.agency = f->desk->exchange->self, .id = row->about},
                            .at = row->changed};

    if (f->asked->received)
        TRY(agency_id_read(row->body, &one.record.agency));
    else
        TRY(arena_copy(f->desk->exchange->arena, row->body, &one.urn_now));
    if (f->asked->publisher != NULL &&
        !agency_id_equal(f->asked->publisher, &one.record.agency))
        return OK;
    f->list->more = f->list->count == URN_FOUND_MAX;
    ENSURE(!f->list->more, E_LIMIT);
    f->list->at[f->list->count++] = one;
    return OK;
}

status urn_find(struct desk *d, const struct urn_asked *asked, struct urn_list *ret)
{
    struct urn_search f = {.desk = d, .asked = asked, .list = ret};
    struct hash tag;

    ret->count = 0;
    ret->more = false;
    const status known = tag_of(d, asked->received ? RECEIVED : OWN, asked->urn, &tag);
    if (known == E_UNKNOWN)
        return OK;
    TRY(known);
    const status s =
        journal_shelf_tagged(d->journal, SHELF_URN, tag.bytes, d->scratch, each_found, &f);
    return s == E_LIMIT ? OK : s;
}
