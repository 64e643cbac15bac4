#include "link_desk.h"

#include "copying.h"
#include "request_desk.h"
#include "routing.h"
#include "routing_onward.h"
#include "text.h"
#include "words.h"

#include <string.h>

/*
 * `links tell`: the owner of each of two records that a person has said are about the same
 * is told of the other, as far as that one's routing and handling let it (design page 4,
 * 4.6: a match reveals that both hold something).
 *
 *     pointer   routing lets it have the other record, and nothing has to be asked: it is
 *               told whose record it is, which, and by what kind of identifier
 *     ask       it may have it, and A1 or S2 wants its owner asked first
 *     silent    no rule lets it have it: it learns nothing, and the other owner alone may
 *
 * A pointer is an outcome of its own record, for that agency alone, under the stricter of
 * both labels; it is a disclosure of the other record and logged as one.  Whoever was told
 * is told when it does not hold any more: undone by a person, or one of the two recalled or
 * corrected.
 */

enum { FALLEN_OF_A_TURN = 16, WORDS_BYTES = LINK_WORDS * 16 * 1024 };

struct direction {
    enum link_way way;
    const char *why;
    bool sent;
};

struct tell_work {
    struct link link;
    bool preview;
    struct direction to[2]; /* to the owner of each, about the other */
};

static const char *way_word(enum link_way way)
{
    switch (way) {
    case LINK_POINTER:
        return "pointer";
    case LINK_ASK:
        return "ask";
    case LINK_SILENT:
        return "silent";
    }
    return "?";
}

static status open_header(struct desk *d, const struct parent *p, struct entry_row *ret,
                          struct header *ret_header)
{
    const struct store *const store = &d->exchange->store;
    struct place place = {0};

    TRY(store->ops->record_find(store->self, &p->agency, &p->id, &place));
    TRY(store->ops->entry_find(store->self, &place.stream, place.index, d->exchange->arena,
                               ret));
    return header_decode(ret->header, d->exchange->arena, ret_header);
}

/* --- whether it may be told --- */

/* By the rules alone: a person's decision is about a record, and not about that it is
 * there. */
static status ask_routing(struct desk *d, const struct parent *about,
                          const struct header *h, const struct agency_id *to,
                          struct direction *ret)
{
    struct exchange *const x = d->exchange;
    struct routing *const r = arena_take(x->arena, sizeof *r);
    const struct routing_question q = {.label = &h->label,
                                       .owner = about->agency,
                                       .roster = &x->roster,
                                       .lists = d->lists,
                                       .now = x->now};

    ENSURE(r != NULL, E_MEMORY);
    routing_decide(&q, r);
    *ret = (struct direction){.way = LINK_SILENT, .why = "it is in no roster any more"};
    for (size_t i = 0; i < r->count; i++) {
        if (!agency_id_equal(&r->at[i].agency, to))
            continue;
        const char *const rule = arena_text(x->arena, r->at[i].rule);
        ret->way = r->at[i].yes ? LINK_POINTER : LINK_SILENT;
        ret->why =
            desk_text(x->arena, r->at[i].reason, rule == NULL || *rule == '\0' ? "" : ": ",
                      rule == NULL ? "" : rule, NULL);
    }
    return OK;
}

static status ask_handling(struct desk *d, const struct parent *about,
                           const struct header *h, struct direction *ret)
{
    struct asked_list all = {0};
    bool sanitise = asking_needless(&h->label, REQUEST_SANITISE) != NULL;
    bool act = asking_needless(&h->label, REQUEST_ACT) != NULL;
    size_t count = 0;

    if (!sanitise)
        TRY(copying_consent(d, about, &sanitise));
    TRY(asked_about(d, about, &all));
    const struct asked *const last =
        asked_newest(&all, &d->exchange->self, REQUEST_ACT, &count);
    act = act || (last != NULL && last->state == ASKED_GRANTED);
    if (sanitise && act)
        return OK;
    ret->way = LINK_ASK;
    ret->why =
        desk_text(d->exchange->arena, "its owner is asked first: flagpost ask ",
                  desk_id_text(d->exchange->arena, &about->id),
                  act ? " --sanitise (S2)" : " --act (A1)", " --question TEXT", NULL);
    return OK;
}

static status way_of(struct desk *d, const struct tell_work *work, size_t i,
                     struct direction *ret)
{
    const struct parent *const about = &work->link.records[1 - i];
    const struct agency_id *const to = &work->link.records[i].agency;
    struct entry_row e = {0};
    struct header h;

    if (agency_id_equal(to, &d->exchange->self)) {
        *ret = (struct direction){.way = LINK_SILENT, .why = "it is this node itself"};
        return OK;
    }
    TRY(open_header(d, about, &e, &h));
    TRY(ask_routing(d, about, &h, to, ret));
    return ret->way == LINK_POINTER ? ask_handling(d, about, &h, ret) : OK;
}

/* --- telling --- */

status link_may_say(struct desk *d, struct call *c, size_t rows)
{
    const struct exchange *const x = d->exchange;
    const struct peer *const self = exchange_peer(x, &x->self);
    status s = x->fence == OK ? OK : E_FENCED;

    if (s == OK && (self == NULL || !self->current))
        s = E_REVOKED;
    if (s == OK && roster_age(&x->roster, x->now) == ROSTER_FROZEN)
        s = E_EXPIRED;
    if (s != OK && c != NULL)
        c->sentence = "this node may not publish now, so nobody was told: see `flagpost "
                      "status`";
    TRY(s);
    ENSURE(ANSWERS_MAX - x->submitted >= LINK_WORDS &&
               AUDIT_ROWS_MAX - x->audit_count >= rows,
           E_BUSY);
    for (size_t l = 0; l < LANES; l++)
        ENSURE(GROUP_ENTRIES_MAX - x->own[l].pending_count >= LINK_WORDS &&
                   GROUP_BYTES_MAX - x->own[l].pending_bytes >= WORDS_BYTES,
               E_BUSY);
    return OK;
}

/* The reference is whose and which, the reason by what kinds. */
static status say(struct desk *d, const struct link *l, size_t i, enum outcome_what what)
{
    struct exchange *const x = d->exchange;
    const struct parent *const own = &l->records[i];
    const struct parent *const other = &l->records[1 - i];
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    struct agency_id *const to = arena_take(x->arena, sizeof *to);
    const struct item item = {
        .kind = ITEM_OUTCOME,
        .outcome = {.agency = own->agency,
                    .id = own->id,
                    .what = what,
                    .at = x->now,
                    .reference =
                        bytes_of_text(desk_text(x->arena, other->agency.text, "/",
                                                desk_id_text(x->arena, &other->id), NULL)),
                    .reason = bytes_of_text(link_types_text(x->arena, l))}};
    struct entry_row e = {0};
    struct header mine;
    struct header others;

    ENSURE(encoded != NULL && to != NULL, E_MEMORY);
    TRY(open_header(d, own, &e, &mine));
    TRY(open_header(d, other, &e, &others));
    TRY(item_encode(&item, x->arena, encoded));
    *to = own->agency;
    struct submission s = {.kind = KIND_OUTCOME,
                           .label = routing_strictest(&mine.label, &others.label),
                           .has_previous = true,
                           .previous = own->id,
                           .item_count = 1,
                           .items = encoded,
                           .recipient_count = 1,
                           .recipients = to};
    if (what == OUTCOME_UNLINKED)
        s.label.expires_at = 0; /* that it does not hold is to be known after that, too */
    s.lane = routing_lane(&s.label);
    return exchange_submit(x, &s);
}

/* `c` NULL: by the node itself. */
static status log_pointer(struct desk *d, struct call *c, const struct link *l, size_t i,
                          const char *outcome)
{
    struct exchange *const x = d->exchange;
    const struct parent *const own = &l->records[i];
    const struct parent *const other = &l->records[1 - i];
    struct entry_row e = {0};
    struct header h;

    TRY(open_header(d, other, &e, &h));
    struct item_audit row = {
        .at = x->now,
        .operation = AUDIT_DISCLOSE,
        .actor = bytes_of_text("node"),
        .has_object = true,
        .object_stream = e.stream,
        .object_index = e.index,
        .object = other->id,
        .recipients = {.count = 1,
                       .at = {bytes_of_text(desk_text(x->arena, own->agency.text, NULL))}},
        .outcome = bytes_of_text(
            desk_text(x->arena, outcome, desk_id_text(x->arena, &own->id), NULL))};
    if (c == NULL)
        return exchange_audit(x, &row);
    row.justification = control_argument(&c->parsed, "reason");
    return desk_audit(d, c, &row);
}

static status tell(struct desk *d, struct call *c, struct tell_work *work, size_t i)
{
    struct link *const l = &work->link;

    if (work->to[i].way != LINK_POINTER || l->told[i] != 0 || work->preview)
        return OK;
    TRY(say(d, l, i, OUTCOME_LINKED));
    TRY(log_pointer(d, c, l, i, "pointer to it: linked with its own "));
    work->to[i].sent = true;
    l->told[i] = d->exchange->now;
    return OK;
}

/* --- taking it back --- */

status link_take_back(struct desk *d, struct call *c, struct link *l)
{
    if (l->told[0] == 0 && l->told[1] == 0)
        return OK;
    TRY(link_may_say(d, c, LINK_WORDS));
    for (size_t i = 0; i < COUNT_OF(l->told); i++) {
        const struct peer *const to = exchange_peer(d->exchange, &l->records[i].agency);
        if (l->told[i] != 0 && to != NULL && to->current) {
            TRY(say(d, l, i, OUTCOME_UNLINKED));
            TRY(log_pointer(d, c, l, i,
                            "pointer to it taken back: was linked with its own "));
        }
        l->told[i] = 0; /* or it has left the roster: nobody is there to be told */
    }
    return OK;
}

struct falling {
    struct desk *desk;
    size_t count;
    bool more;
    record_id at[FALLEN_OF_A_TURN];
};

static status each_told(void *context, const struct shelf_row *row)
{
    struct falling *const f = context;
    struct link *const l = arena_take(f->desk->scratch, sizeof *l);
    bool stands = false;

    ENSURE(l != NULL, E_MEMORY);
    /* One row that cannot be read keeps no other from falling. */
    const status s = link_read(row, l);
    ENSURE(s == OK, s == E_DAMAGED ? OK : s);
    TRY(link_stands(f->desk, l, &stands));
    if (stands)
        return OK;
    f->more = f->count == COUNT_OF(f->at);
    ENSURE(!f->more, E_LIMIT);
    f->at[f->count++] = row->id;
    return OK;
}

static status take_back_fallen(struct desk *d, const record_id *id)
{
    struct link *const l = arena_take(d->exchange->arena, sizeof *l);

    ENSURE(l != NULL, E_MEMORY);
    TRY(link_find(d, id, l));
    TRY(link_take_back(d, NULL, l));
    return link_put(d, l);
}

status links_fall(struct desk *d)
{
    struct falling *const f = arena_take(d->exchange->arena, sizeof *f);

    ENSURE(f != NULL, E_MEMORY);
    f->desk = d;
    f->count = 0;
    f->more = false;
    const status s = journal_shelf_walk(d->journal, SHELF_LINK,
                                        (struct shelf_filter){.state = LINK_TOLD},
                                        d->scratch, each_told, f);
    ENSURE(s == OK || s == E_LIMIT, s);
    for (size_t i = 0; i < f->count; i++)
        TRY(take_back_fallen(d, &f->at[i]));
    d->linking.fallen = f->more;
    return OK;
}

/* --- the verb --- */

static status check_told(struct desk *d, struct call *c, const struct tell_work *work)
{
    const struct bytes reason = control_argument(&c->parsed, "reason");
    bool stands = false;

    TRY(link_stands(d, &work->link, &stands));
    if (!stands)
        c->sentence = "one of its records was recalled or corrected, or has expired, so "
                      "this link is gone";
    else if (work->link.state != LINK_SAME)
        c->sentence = "nobody is told of a link before a person has decided that both are "
                      "about the same: flagpost links decide";
    if (c->sentence != NULL)
        return E_DENIED;
    if (work->preview || (reason.size <= SHORT_TEXT_MAX && utf8_is_valid(reason) &&
                          word_trim(reason).size > 0))
        return OK;
    c->sentence = "say why they are told: --reason \"...\", at most 256 characters; or see "
                  "with --preview who would be";
    return E_USAGE;
}

status links_tell_prepare(struct desk *d, struct call *c)
{
    struct tell_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    memset(work, 0, sizeof *work);
    work->preview = control_argument(&c->parsed, "preview").size > 0;
    TRY(link_named(d, c, &work->link));
    TRY(check_told(d, c, work));
    for (size_t i = 0; i < COUNT_OF(work->to); i++)
        TRY(way_of(d, work, i, &work->to[i]));
    /* Both or none: what has to wait is asked for again, and tells nobody twice. */
    if (!work->preview)
        TRY(link_may_say(d, c, LINK_WORDS));
    for (size_t i = 0; i < COUNT_OF(work->to); i++)
        TRY(tell(d, c, work, i));
    c->work = work;
    return work->to[0].sent || work->to[1].sent ? link_put(d, &work->link) : OK;
}

status links_tell_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct tell_work *const work = c->work;
    bool any = false;
    struct rows r;

    rows_init(&r, d->exchange->arena, COUNT_OF(work->to));
    for (size_t i = 0; i < COUNT_OF(work->to); i++) {
        const struct parent *const own = &work->link.records[i];
        const struct parent *const other = &work->link.records[1 - i];
        any = any || work->to[i].sent;
        rows_next(&r, 7);
        rows_agency(&r, "agency", &own->agency);
        rows_id(&r, "record", &own->id);
        rows_text(&r, "way", way_word(work->to[i].way));
        rows_agency(&r, "about", &other->agency);
        rows_id(&r, "other", &other->id);
        rows_time(&r, "told", work->link.told[i]);
        rows_text(&r, "why", work->to[i].why);
    }
    rows_give(&r, ret);
    ret->sentence =
        bytes_of_text(work->preview ? "nothing was sent: this is who would be told"
                      : any         ? "told; an owner sees it with `flagpost "
                                      "trace --purpose`"
                                    : "nobody was told by this");
    return OK;
}
