#include "link_desk.h"

#include "asked.h"
#include "text.h"
#include "words.h"

/*
 * `links` and `links often`: which records are proposed to be linked, by what kinds of
 * identifiers, and what was decided; and by what nothing is proposed any more.  From the
 * shelf and headers alone: nothing is opened; that the list was read is in the log.
 */

/* Of a call: rows, links read, and links looked at, each of which looks both its records
 * up. */
enum { LIST_ROWS = 200, LIST_READ = 10000, LIST_LOOKED_AT = 1000, FIELDS = 11 };

static const char STATES[] = "proposed, same, not-the-same, gone, all";

struct links_work {
    struct bytes state;
    struct bytes from, type; /* empty: any */
    bool of_one;
    struct parent record;
    uint64_t skip;
};

struct listing {
    struct desk *desk;
    const struct links_work *work;
    size_t walked, read, looked_at;
    struct rows rows;
};

static bool takes(const struct links_work *w, const struct link *l)
{
    bool from = w->from.size == 0;
    bool one = !w->of_one;
    bool type = w->type.size == 0;

    for (size_t i = 0; i < COUNT_OF(l->records); i++) {
        const struct parent *const p = &l->records[i];
        from = from || text_is(w->from, p->agency.text);
        one = one || (record_id_equal(&p->id, &w->record.id) &&
                      agency_id_equal(&p->agency, &w->record.agency));
    }
    for (size_t i = 0; i < l->type_count; i++)
        type = type || text_is(w->type, identifier_word(l->types[i]));
    return from && one && type;
}

static bool takes_state(const struct links_work *w, const struct link *l, bool stands)
{
    if (text_is(w->state, "all"))
        return true;
    if (text_is(w->state, "gone") || !stands)
        return !stands && text_is(w->state, "gone");
    return text_is(w->state, link_state_word(l->state));
}

/* Why it does not stand, as of an inbox. */
static status marks_of(struct desk *d, const struct link *l, const char **ret)
{
    const char *text = "";

    for (size_t i = 0; i < COUNT_OF(l->records); i++) {
        const char *marks = "";
        bool stands = false;
        TRY(link_record_stands(d, &l->records[i], &stands));
        if (stands)
            continue;
        TRY(recall_marks(d, &l->records[i], &marks));
        text = desk_text(d->exchange->arena, text, text[0] != '\0' ? "; " : "",
                         l->records[i].agency.text,
                         "'s: ", marks[0] != '\0' ? marks : "not held", NULL);
    }
    *ret = text;
    return OK;
}

static status give(struct listing *l, const struct link *link, bool stands)
{
    struct rows *const r = &l->rows;
    const char *note = "";

    TRY(stands ? link_before(l->desk, link, &note) : marks_of(l->desk, link, &note));
    rows_next(r, FIELDS);
    rows_id(r, "link", &link->id);
    rows_text(r, "state", stands ? link_state_word(link->state) : "gone");
    rows_text(r, "age", desk_age(r->arena, link->at, l->desk->exchange->now));
    rows_time(r, "proposed", link->at);
    rows_text(r, "says", linkage_strength_word(link->strength));
    rows_text(r, "by", link_types_text(r->arena, link));
    rows_agency(r, "from", &link->records[0].agency);
    rows_id(r, "record", &link->records[0].id);
    rows_agency(r, "other_from", &link->records[1].agency);
    rows_id(r, "other_record", &link->records[1].id);
    rows_text(r, "note", note);
    return OK;
}

static status each_link(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct link *const link = arena_take(l->desk->scratch, sizeof *link);
    bool stands = false;

    ENSURE(link != NULL, E_MEMORY);
    if (l->walked < l->work->skip) {
        l->walked++;
        return OK;
    }
    ENSURE(l->read < LIST_READ && l->looked_at < LIST_LOOKED_AT &&
               l->rows.count < LIST_ROWS,
           E_LIMIT);
    l->walked++;
    l->read++;
    const status s = link_read(row, link);
    if (s == E_DAMAGED || (s == OK && !takes(l->work, link)))
        return OK;
    TRY(s);
    l->looked_at++;
    TRY(link_stands(l->desk, link, &stands));
    return takes_state(l->work, link, stands) ? give(l, link, stands) : OK;
}

static bool in_roster(const struct desk *d, struct bytes name)
{
    struct agency_id id;

    return agency_id_read(name, &id) == OK &&
           roster_find(&d->exchange->roster, &id) != NULL;
}

/* That two agencies' records share something is told by the list itself. */
static status log_list(struct desk *d, struct call *c, const struct links_work *w,
                       const struct place *place)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .has_object = w->of_one,
                             .outcome = bytes_of_text("links listed")};

    if (w->of_one) {
        row.object_stream = place->stream;
        row.object_index = place->index;
        row.object = w->record.id;
    }
    return desk_audit(d, c, &row);
}

status links_prepare(struct desk *d, struct call *c)
{
    struct links_work *const w = arena_take(d->exchange->arena, sizeof *w);
    enum identifier_type type = IDENTIFIER_TYPE_END;
    struct place place = {0};

    ENSURE(w != NULL, E_MEMORY);
    *w = (struct links_work){.from = control_argument(&c->parsed, "from"),
                             .type = control_argument(&c->parsed, "type"),
                             .of_one = control_argument(&c->parsed, "id").size > 0};
    TRY(asked_word(d, c, "state", STATES, &w->state));
    if (w->state.size == 0)
        w->state = bytes_of_text(w->of_one ? "all" : "proposed");
    TRY(asked_number(d, c, "skip", &w->skip));
    if (w->type.size > 0 && identifier_type_read(w->type, &type) != OK) {
        c->sentence = "--type takes one of: phone, vrm, passport, pnc_id, cro, nino, imei, "
                      "mmsi, hull, iban, uk_account, email";
        return E_USAGE;
    }
    if (w->from.size > 0 && !in_roster(d, w->from)) {
        c->sentence = "--from takes an agency of the roster: see `flagpost roster show`";
        return E_USAGE;
    }
    if (w->of_one) {
        TRY(desk_find_record(d, c, &place, &w->record.id));
        w->record.agency = place.stream.agency;
    }
    c->work = w;
    return log_list(d, c, w, &place);
}

static const char *why_none(const struct desk *d)
{
    return link_is_fusion(d, &d->exchange->self)
               ? "no such link: see the others with --state all"
               : "links are proposed at a node of kind fusion, and this is none";
}

status links_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct arena *const a = d->exchange->arena;
    struct listing l = {.desk = d, .work = c->work};

    rows_init(&l.rows, a, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_LINK, (struct shelf_filter){0},
                                        d->scratch, each_link, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(
        s == E_LIMIT       ? desk_text(a,
                                       "there are more, which came later: the same with "
                                             "--skip ",
                                       desk_number(a, l.walked), NULL)
        : l.rows.count > 0 ? ""
                           : why_none(d));
    rows_give(&l.rows, ret);
    return OK;
}

/* --- seen too often --- */

static status each_often(void *context, const struct shelf_row *row)
{
    struct rows *const r = context;
    struct link_often o = {0};

    TRY(link_often_read(row, &o));
    rows_next(r, 6);
    rows_text(r, "what", o.type == 0 ? "one record" : identifier_label(o.type));
    rows_text(r, "records",
              desk_text(r->arena, desk_number(r->arena, o.count),
                        o.is_least ? " and more" : "", NULL));
    rows_agency(r, "from", &o.newest.agency);
    rows_id(r, "newest", &o.newest.id);
    rows_time(r, "since", o.since);
    rows_time(r, "last", o.changed);
    return r->full ? E_LIMIT : OK;
}

status links_often_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status links_often_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    (void)c;
    rows_init(&r, d->exchange->arena, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_OFTEN, (struct shelf_filter){0},
                                        d->scratch, each_often, &r);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(
        s == E_LIMIT  ? "these have been seen too often for longest; there are more"
        : r.count > 0 ? "nothing is proposed by these: see the newest record that has it "
                        "with `flagpost show`, the others with `flagpost search`"
                      : "nothing is seen too often to be linked by");
    rows_give(&r, ret);
    return OK;
}
