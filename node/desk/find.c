#include "draft.h"
#include "operator.h"
#include "recall.h"
#include "urn.h"

/*
 * Which record a person means: by its id, whole or begun, or by the URN that it has in its
 * force's own system.  Every verb that takes a record comes through here.
 */

/* Whoever gives a record another's id must not keep its owner from recalling its own. */
static status prefer_own(struct desk *d, struct bytes wanted, struct place places[2],
                         record_id ids[2], size_t *count)
{
    struct arena *const a = d->exchange->arena;
    const char *const text = arena_text(a, wanted);
    size_t own = 0;

    if (*count < 2 || wanted.size != 2 * sizeof(record_id) || text == NULL)
        return OK;
    const struct bytes ours =
        bytes_of_text(desk_text(a, d->exchange->self.text, "/", text, NULL));
    TRY(journal_record_search(d->journal, ours, places, ids, 2, &own));
    *count = own == 1 ? own : *count;
    return OK;
}

/* --- by URN --- */

/* A URN is of what a record says: who may not read records is not told which has it.  Who
 * may only publish is told of our own, as publishing tells him. */
static status may_find(struct desk *d, const struct call *c, bool *ret_own,
                       bool *ret_received)
{
    bool submits = false;

    *ret_own = *ret_received = false;
    if (c->is_account)
        return OK;
    TRY(operator_may(d, c, DUTY_READ, ret_received));
    TRY(operator_may(d, c, DUTY_SUBMIT, &submits));
    *ret_own = *ret_received || submits;
    return OK;
}

/* An older version is not meant where its newer one is in the list too. */
static status drop_older(struct desk *d, struct urn_list *list)
{
    struct urn_list *const all = arena_take(d->exchange->arena, sizeof *all);

    ENSURE(all != NULL, E_MEMORY);
    *all = *list;
    list->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct recall_versions v = {0};
        bool stands = true;
        TRY(recall_versions(d, &all->at[i].record, &v));
        for (size_t k = 0; v.has_newer && k < all->count; k++)
            stands = stands && !record_id_equal(&all->at[k].record.id, &v.newer);
        if (stands)
            list->at[list->count++] = all->at[i];
    }
    return OK;
}

/* "F55/55-IR-2026-00000101": of that agency.  A URN may have a slash itself. */
static bool read_publisher(struct bytes wanted, struct agency_id *ret,
                           struct bytes *ret_urn)
{
    struct bytes agency = {0};

    *ret_urn = wanted;
    return text_cut(ret_urn, '/', &agency) && agency_id_read(agency, ret) == OK;
}

status desk_find_urn(struct desk *d, struct call *c, struct bytes wanted,
                     struct urn_list *ret)
{
    struct urn_asked asked = {.urn = wanted};
    struct agency_id publisher;
    bool own = false;
    bool received = false;

    *ret = (struct urn_list){0};
    TRY(may_find(d, c, &own, &received));
    if (own)
        TRY(urn_find(d, &asked, ret));
    if (ret->count == 0 && own && read_publisher(wanted, &publisher, &asked.urn)) {
        asked.publisher = &publisher;
        asked.received = !agency_id_equal(&publisher, &d->exchange->self);
        if (!asked.received || received)
            TRY(urn_find(d, &asked, ret));
    }
    if (ret->count == 0 && received) {
        asked = (struct urn_asked){.urn = wanted, .received = true};
        TRY(urn_find(d, &asked, ret));
    }
    return ret->count > 1 ? drop_older(d, ret) : OK;
}

enum { NAMED_MAX = 5 }; /* in one sentence */

static const char *several(struct desk *d, const char *text, const struct urn_list *list)
{
    struct arena *const a = d->exchange->arena;
    const char *all = "";

    for (size_t i = 0; i < list->count && i < NAMED_MAX; i++) {
        const struct urn_found *const one = &list->at[i];
        const bool own = agency_id_equal(&one->record.agency, &d->exchange->self);
        char at[TIME_TEXT_ROOM];
        time_write(one->at, at);
        all = desk_text(a, all, i == 0 ? "" : "; ", desk_id_text(a, &one->record.id),
                        " of ", one->record.agency.text,
                        own ? ", published " : ", first shown here ", at, NULL);
    }
    return desk_text(
        a, "more than one record has the URN ", text, ": ", all,
        list->more || list->count > NAMED_MAX ? "; and more, see `flagpost find`" : "",
        ".  Give the id of the one that is meant", NULL);
}

static const char *none(struct desk *d, const char *text, bool is_id)
{
    return desk_text(
        d->exchange->arena,
        is_id ? "no record here has an id that begins with "
              : "no record here is known by ",
        text,
        is_id
            ? ", and none is known by it as its URN"
            : ": an id is hexadecimal digits; a URN finds what was published here, and of "
              "other agencies what somebody here has been shown.  `flagpost inbox` lists "
              "what has arrived",
        NULL);
}

/* What is none yet is told to who may have to do with it, and to nobody else. */
static status say_none(struct desk *d, struct call *c, bool is_id, const char *text)
{
    bool own = false;
    bool received = false;
    status s = E_UNKNOWN;

    TRY(may_find(d, c, &own, &received));
    if (own)
        s = desk_find_waiting(d, text, bytes_of_text(text), &c->sentence);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    if (s == E_UNKNOWN)
        c->sentence = none(d, text, is_id);
    return E_UNKNOWN;
}

/* A record that has this URN now is meant before one that had it. */
static void drop_former(struct urn_list *list)
{
    size_t current = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].urn_now.size == 0)
            list->at[current++] = list->at[i];
    }
    list->count = current > 0 ? current : list->count;
}

static const char *had_it(struct desk *d, const struct urn_found *one)
{
    struct arena *const a = d->exchange->arena;
    const char *const now = arena_text(a, one->urn_now);

    return desk_text(
        a, "superseded under another URN since: ", desk_id_text(a, &one->record.id),
        " has the URN ", now == NULL ? "?" : now, NULL);
}

/* By the URN that it had before a correction it is read, and said so; whoever does
 * something with it is to know which one it is. */
static status take_former(struct desk *d, struct call *c, const char *text,
                          const struct urn_found *one)
{
    const char *const said = desk_text(d->exchange->arena, "the record with the URN ", text,
                                       " was ", had_it(d, one), NULL);

    if (c->verb != NULL && verb_changes_nothing(c->verb)) {
        c->note = said;
        return OK;
    }
    c->sentence = desk_text(d->exchange->arena, said,
                            ".  If that is the one you mean, give that id or URN", NULL);
    return E_VALUE;
}

/* What is no record's id. */
static status find_otherwise(struct desk *d, struct call *c, bool is_id, struct place *ret,
                             record_id *ret_id)
{
    const struct bytes wanted = control_argument(&c->parsed, "id");
    struct exchange *const x = d->exchange;
    const char *const given = arena_text(x->arena, wanted);
    const char *const text = given == NULL ? "" : given;
    struct urn_list *const list = arena_take(x->arena, sizeof *list);

    ENSURE(list != NULL, E_MEMORY);
    TRY(desk_find_urn(d, c, wanted, list));
    drop_former(list);
    if (list->count == 1) {
        const struct parent *const one = &list->at[0].record;
        if (list->at[0].urn_now.size > 0)
            TRY(take_former(d, c, text, &list->at[0]));
        TRY(x->store.ops->record_find(x->store.self, &one->agency, &one->id, ret));
        *ret_id = one->id;
        return OK;
    }
    if (list->count > 1) {
        c->sentence = several(d, text, list);
        return E_VALUE;
    }
    return say_none(d, c, is_id, text);
}

status desk_find_record(struct desk *d, struct call *c, struct place *ret,
                        record_id *ret_id)
{
    const struct bytes wanted = control_argument(&c->parsed, "id");
    struct arena *const a = d->exchange->arena;
    struct place places[2];
    record_id ids[2];
    size_t count = 0;

    if (wanted.size < 4) {
        c->sentence = "give the record's id, or at least its first four digits, or its URN";
        return E_USAGE;
    }
    const status s = journal_record_search(d->journal, wanted, places, ids, 2, &count);
    if (s == E_FORM || (s == OK && count == 0))
        return find_otherwise(d, c, s == OK, ret, ret_id);
    TRY(s);
    TRY(prefer_own(d, wanted, places, ids, &count));
    const char *const text = arena_text(a, wanted);
    if (count > 1) {
        c->sentence = desk_text(
            a, "more than one record has an id that begins with ", text == NULL ? "" : text,
            wanted.size < 2 * sizeof(record_id) ? ": give more digits"
                                                : ": say whose it is, as in F55/",
            wanted.size < 2 * sizeof(record_id) ? "" : text, NULL);
        return E_VALUE;
    }
    *ret = places[0];
    *ret_id = ids[0];
    return OK;
}

/* --- the verb --- */

struct find_work {
    struct urn_list list;
};

/* A search is in the log, with a keyed digest of what was searched for. */
static status log_search(struct desk *d, struct call *c, struct bytes wanted, size_t found)
{
    struct arena *const a = d->exchange->arena;
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, wanted);
    struct item_audit row = {
        .operation = AUDIT_CONSULT,
        .outcome = bytes_of_text(
            desk_text(a, "searched for a URN: ", desk_number(a, found), " found", NULL))};

    TRY(arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), &row.digest));
    return desk_audit(d, c, &row);
}

/* One whose id it is, or begins; two are listed as such.  The inbox lists ids as well. */
static status find_by_id(struct desk *d, struct bytes wanted, struct urn_list *ret)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(x->arena);
    struct place places[2];
    record_id ids[2];
    struct entry_row e = {0};
    size_t count = 0;

    if (wanted.size < 4)
        return OK;
    const status s = journal_record_search(d->journal, wanted, places, ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    TRY(prefer_own(d, wanted, places, ids, &count));
    for (size_t i = 0; i < count; i++) {
        struct urn_found *const one = &ret->at[ret->count++];
        TRY(x->store.ops->entry_find(x->store.self, &places[i].stream, places[i].index,
                                     x->arena, &e));
        arena_rewind(x->arena, mark);
        *one = (struct urn_found){
            .record = {.agency = places[i].stream.agency, .id = ids[i]},
            .at = agency_id_equal(&places[i].stream.agency, &x->self) ? e.at : 0};
    }
    return OK;
}

status find_prepare(struct desk *d, struct call *c)
{
    const struct bytes wanted = control_argument(&c->parsed, "urn");
    struct find_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    if (wanted.size == 0) {
        c->sentence =
            "give the URN that the record has in its force's own system, or its id";
        return E_USAGE;
    }
    TRY(desk_find_urn(d, c, wanted, &work->list));
    if (work->list.count == 0)
        TRY(find_by_id(d, wanted, &work->list));
    TRY(log_search(d, c, wanted, work->list.count));
    c->work = work;
    if (work->list.count > 0)
        return OK;
    const char *const text = arena_text(d->exchange->arena, wanted);
    return say_none(d, c, false, text == NULL ? "" : text);
}

status find_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct find_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, URN_FOUND_MAX);
    for (size_t i = 0; i < work->list.count; i++) {
        const struct urn_found *const one = &work->list.at[i];
        const char *marks = "";
        TRY(recall_marks(d, &one->record, &marks));
        if (one->urn_now.size > 0)
            marks = desk_text(d->exchange->arena, "this URN was ", had_it(d, one),
                              marks[0] == '\0' ? "" : "; ", marks, NULL);
        const bool own = agency_id_equal(&one->record.agency, &d->exchange->self);
        rows_next(&r, 5);
        rows_id(&r, "id", &one->record.id);
        rows_agency(&r, "publisher", &one->record.agency);
        rows_time(&r, "published", own ? one->at : 0);
        rows_time(&r, "first_shown", own ? 0 : one->at);
        rows_text(&r, "note", marks);
    }
    if (work->list.more)
        ret->sentence = bytes_of_text("there are more, which are not listed");
    rows_give(&r, ret);
    return OK;
}
