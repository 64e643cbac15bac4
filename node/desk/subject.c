#include "subject.h"

#include "desk.h"
#include "recall.h"
#include "text.h"
#include "triage_notes.h"

#include <string.h>

/*
 * The search behind an access request (Data Protection Act 2018 ss.45-48): everything that
 * this node holds or has published is opened and searched for one person.  A question looks
 * at one slice and says where the next begins, so that a turn stays short; each is a row of
 * the log, durable before anything is opened (P12).  What was searched for is in the log as
 * a keyed digest alone: who has the request's file can tell that it is this search.
 */

enum {
    SLICE_OPENED = 150,
    SLICE_LOOKED_AT = 2000,
    SLICE_ROWS = 900,
    ROWS_ROOM = SLICE_ROWS + SUBJECT_HITS_MAX + 16,
};

struct subject_work {
    struct desk *desk;
    struct subject_query query;
    struct record *record;
    struct subject_found *found;
    struct rows rows;
    struct bytes stream; /* with which the slice begins, and its first index */
    uint64_t after;
    bool begun, cut;
    const char *at; /* the stream that is walked */
    sequence next;  /* of it, when the slice was cut there */
    size_t opened, looked_at, born_otherwise;
    /* Of the stream that is walked. */
    struct {
        size_t looked_at, opened, unopened, other;
        sequence first, last;
        millis from, to;
    } part;
};

/* A stream by its name, since another may come before it meanwhile. */
static status write_stream(const struct stream_id *id, struct arena *a, const char **ret)
{
    char *const epoch = arena_take(a, EPOCH_TEXT_ROOM);

    ENSURE(epoch != NULL, E_MEMORY);
    epoch_write(&id->epoch, epoch);
    *ret = desk_text(a, id->agency.text, "/", lane_word(id->lane), "/", epoch, NULL);
    return OK;
}

/* "F55/routine/EPOCH 120": the entry of the stream with which the slice begins. */
static status read_cursor(struct call *c, struct subject_work *work)
{
    struct bytes rest = control_argument(&c->parsed, "after");

    work->begun = rest.size == 0;
    if (work->begun ||
        (text_cut(&rest, ' ', &work->stream) && decimal_decode(rest, &work->after) == OK))
        return OK;
    c->sentence = "the place where the search goes on is not one that this node gave";
    return E_USAGE;
}

static status read_query(struct desk *d, struct call *c, struct subject_work *work)
{
    const char *field = "";
    const status s = subject_query_read(control_argument(&c->parsed, "name"),
                                        control_argument(&c->parsed, "born"),
                                        control_argument(&c->parsed, "identifier"),
                                        d->exchange->arena, &work->query, &field);

    if (s == E_VALUE && text_is(bytes_of_text(field), "born"))
        c->sentence = "--born takes what is known of the date: 1988, 1988-03 or 1988-03-14";
    else if (s == E_VALUE && text_is(bytes_of_text(field), "identifier"))
        c->sentence = "--identifier takes a type and a number: passport:GBR:123456789, "
                      "phone:07700900123, pnc_id:... (the words of identifiers[].type)";
    else if (s == E_VALUE)
        c->sentence = "--name takes a name of at most 256 bytes, with a letter in it";
    TRY(s);
    if (work->query.names[READING_APART].count == 0 && work->query.identifier.size == 0) {
        c->sentence = "say whom to search for: --name, --identifier or both; a date of "
                      "birth alone is no person";
        return E_USAGE;
    }
    return OK;
}

/* What was asked for, under a key that never leaves the node. */
static status query_digest(struct desk *d, struct call *c, struct bytes *ret)
{
    static const char *const names[] = {"name", "born", "identifier"};
    struct arena *const a = d->exchange->arena;
    size_t size = 0;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        size += control_argument(&c->parsed, names[i]).size + 1;
    struct writer w = writer_over(arena_take(a, size), size);
    ENSURE(w.at != NULL, E_MEMORY);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        write_bytes(&w, control_argument(&c->parsed, names[i]));
        write_u8(&w, 0);
    }
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), ret);
}

static status log_search(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    const char *const purpose = arena_text(a, control_argument(&c->parsed, "purpose"));
    const char *const reason = arena_text(a, control_argument(&c->parsed, "reason"));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .outcome = bytes_of_text("searched for one person")};

    ENSURE(purpose != NULL && reason != NULL, E_MEMORY);
    if (purpose[0] == '\0' || reason[0] == '\0') {
        c->sentence =
            "say what the search is for: --purpose \"...\", and --reason with the "
            "request that it answers; both go into the log";
        return E_DENIED;
    }
    row.justification = bytes_of_text(desk_text(a, purpose, "; ", reason, NULL));
    if (row.justification.size > SHORT_TEXT_MAX) {
        c->sentence = "--purpose and --reason together are over 254 bytes";
        return E_VALUE;
    }
    TRY(query_digest(d, c, &row.digest));
    return desk_audit(d, c, &row);
}

status subject_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    struct subject_work *const work = arena_take(a, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    *work = (struct subject_work){.desk = d};
    work->record = arena_take(a, sizeof *work->record);
    work->found = arena_take(a, sizeof *work->found);
    ENSURE(work->record != NULL && work->found != NULL, E_MEMORY);
    TRY(read_cursor(c, work));
    TRY(read_query(d, c, work));
    TRY(log_search(d, c));
    c->work = work;
    return OK;
}

static const char *how_text(enum subject_how how)
{
    switch (how) {
    case SUBJECT_NOT:
        break;
    case SUBJECT_IDENTIFIER:
        return "identifier";
    case SUBJECT_WHOLE_NAME:
        return "whole name";
    case SUBJECT_PART_OF_NAME:
        return "part of the name";
    case SUBJECT_IN_TEXT:
        return "name in a text";
    }
    return "";
}

static const char *roles_of(struct arena *a, const struct item_person *p)
{
    const char *text = p == NULL ? "not listed as a person" : "none given";

    for (size_t i = 0; p != NULL && i < p->role_count; i++)
        text = desk_text(a, i == 0 ? "" : text, i == 0 ? "" : ", ",
                         subject_role_word(p->roles[i]), NULL);
    return text;
}

static void give_hit(struct subject_work *work, const struct entry_row *e,
                     const struct header *h, const char *marks,
                     const struct subject_hit *hit)
{
    struct rows *const r = &work->rows;
    const struct item_person *const p = hit->person;
    const bool dated = p != NULL && (p->born.year != 0 || p->born_assessed.year != 0);

    rows_next(r, 13);
    rows_text(r, "row", "hit");
    rows_id(r, "id", &e->id);
    rows_agency(r, "owner", &e->stream.agency);
    rows_text(r, "marking",
              h->label.marking == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE");
    rows_text(r, "handling", h->label.handling == HANDLING_P ? "P" : "C");
    rows_text(r, "role", roles_of(r->arena, p));
    rows_text(r, "where", hit->where);
    rows_number(r, "place", hit->index);
    rows_text(r, "how", how_text(hit->how));
    rows_text(r, "born",
              p == NULL                        ? ""
              : !dated                         ? "not given"
              : work->query.born.year == 0     ? "given"
              : hit->how == SUBJECT_IDENTIFIER ? "not compared"
                                               : "can be");
    rows_time(r, "sealed", h->sealed_at);
    rows_time(r, "stored", e->at);
    rows_text(r, "note", marks);
}

static status give_unopened(struct subject_work *work, const struct entry_row *e,
                            const char *why)
{
    struct rows *const r = &work->rows;

    work->part.unopened++;
    rows_next(r, 6);
    rows_text(r, "row", "unopened");
    rows_id(r, "id", &e->id);
    rows_agency(r, "owner", &e->stream.agency);
    rows_text(r, "stream", lane_word(e->stream.lane));
    rows_number(r, "index", e->index);
    rows_text(r, "why", why);
    return OK;
}

static const char *why_not(enum disposition d)
{
    switch (d) {
    case DISPOSITION_HELD:
        return "it does not open";
    case DISPOSITION_UNOPENABLE:
        return "this node has no key that opens it; it is asked for again";
    case DISPOSITION_REFUSED:
        return "refused when it came, and not kept";
    case DISPOSITION_WITHHELD:
        return "withheld by its owner: it was never here";
    case DISPOSITION_ERASED:
        return "erased";
    }
    return "";
}

static status search_record(struct subject_work *work, const struct entry_row *e)
{
    struct desk *const d = work->desk;
    const struct parent id = {.agency = e->stream.agency, .id = e->id};
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct header h;
    const char *marks = "";

    if (e->disposition != DISPOSITION_HELD)
        return give_unopened(work, e, why_not(e->disposition));
    work->opened++;
    TRY(header_decode(e->header, d->scratch, &h));
    status s = desk_open(d, e, d->scratch, &items, &count);
    if (s == E_POLICY)
        return give_unopened(work, e,
                             "its owner has recalled it: it is not opened any more");
    ENSURE(s != E_STORAGE && s != E_DAMAGED && s != E_MEMORY, s);
    if (s == OK)
        s = record_of_items(items, count, &h.label, d->scratch, work->record);
    if (s != OK)
        return give_unopened(work, e, why_not(DISPOSITION_HELD));
    work->part.opened++;
    subject_search(&work->query, work->record, work->found);
    TRY(triage_notes_search(d, &id, &work->query, work->found));
    work->born_otherwise += work->found->born_otherwise;
    if (work->found->count > 0)
        TRY(recall_marks(d, &id, &marks));
    for (size_t i = 0; i < work->found->count; i++)
        give_hit(work, e, &h, marks, &work->found->hits[i]);
    return OK;
}

/* A record that has several entries is searched at its first place. */
static status is_again(struct subject_work *work, const struct entry_row *e, bool *ret)
{
    const struct store *const store = &work->desk->exchange->store;
    struct place first = {0};
    const status s =
        store->ops->record_find(store->self, &e->stream.agency, &e->id, &first);

    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret =
        s == OK && (first.index != e->index || !stream_id_equal(&first.stream, &e->stream));
    return OK;
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct subject_work *const work = context;
    bool again = false;

    if (work->opened == SLICE_OPENED || work->looked_at == SLICE_LOOKED_AT ||
        work->rows.count >= SLICE_ROWS) {
        work->cut = true;
        work->next = e->index;
        return E_LIMIT;
    }
    if (work->part.looked_at++ == 0) {
        work->part.first = e->index;
        work->part.from = e->at;
    }
    work->looked_at++;
    work->part.last = e->index;
    work->part.to = e->at;
    if (e->kind == KIND_INTELLIGENCE)
        TRY(is_again(work, e, &again));
    if (e->kind == KIND_INTELLIGENCE && !again)
        return search_record(work, e);
    work->part.other++;
    return OK;
}

static void give_part(struct subject_work *work, const struct stream_id *id)
{
    struct rows *const r = &work->rows;
    char epoch[EPOCH_TEXT_ROOM];
    struct bytes copy = {0};

    if (work->part.looked_at == 0)
        return;
    epoch_write(&id->epoch, epoch);
    if (arena_copy(r->arena, bytes_of_text(epoch), &copy) != OK)
        return; /* the arena is used up: encoding the answer fails, and says so */
    rows_next(r, 11);
    rows_text(r, "row", "searched");
    rows_agency(r, "agency", &id->agency);
    rows_text(r, "stream", lane_word(id->lane));
    rows_bytes(r, "epoch", copy);
    rows_number(r, "first", work->part.first);
    rows_number(r, "last", work->part.last);
    rows_time(r, "from", work->part.from);
    rows_time(r, "to", work->part.to);
    rows_number(r, "opened", work->part.opened);
    rows_number(r, "unopened", work->part.unopened);
    rows_number(r, "other", work->part.other);
}

static status each_stream(void *context, const struct stream_row *row)
{
    struct subject_work *const work = context;
    sequence from = 0;

    /* The local stream has the log and decisions, of which no copy leaves the node. */
    if (row->id.lane == LANE_LOCAL)
        return OK;
    TRY(write_stream(&row->id, work->desk->exchange->arena, &work->at));
    if (!work->begun) {
        if (!text_is(work->stream, work->at))
            return OK;
        work->begun = true;
        from = work->after;
    }
    memset(&work->part, 0, sizeof work->part);
    const status s = journal_entries(work->desk->journal, &row->id, from,
                                     work->desk->scratch, each_entry, work);
    if (s == OK || work->cut)
        give_part(work, &row->id);
    return s;
}

status subject_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct subject_work *const work = c->work;
    struct arena *const a = d->exchange->arena;

    rows_init(&work->rows, a, ROWS_ROOM);
    const status s = journal_streams(d->journal, each_stream, work);
    ENSURE(s == OK || work->cut, s);
    if (!work->begun) {
        ret->status = E_USAGE;
        ret->sentence = bytes_of_text("the search cannot go on: begin it again");
        return OK;
    }
    rows_next(&work->rows, 3);
    rows_text(&work->rows, "row", "slice");
    rows_text(&work->rows, "next",
              work->cut ? desk_text(a, work->at, " ", desk_number(a, work->next), NULL)
                        : "");
    rows_number(&work->rows, "born_otherwise", work->born_otherwise);
    rows_give(&work->rows, ret);
    ret->sentence = bytes_of_text(
        "not searched: the names of nominals under review (`flagpost review list`), drafts "
        "and "
        "what the bureau keeps of a source (`flagpost draft "
        "list`), the contents of attached files, entries that are no records, the log.  "
        "Tell each owner before the request is answered");
    return OK;
}
