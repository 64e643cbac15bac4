#include "link_desk.h"

#include "handling.h"
#include "inbox.h"
#include "reading.h"
#include "seeking.h"

/*
 * `links show`: what two records have in common, and what was decided about it.  Both are
 * opened, so both readings are in the log before that, each owner is told of its own, and
 * each counts as a reading (P12).
 */

enum { ROWS_MAX = 3 + LINKAGE_FEATURES_MAX + LINK_EVENTS_MAX };

static const char OUTCOME[] = READING_SHOWN ", as far as it may be linked";

struct show_work {
    struct link link;
    struct place places[2];
};

static status consult(struct desk *d, struct call *c, struct show_work *work)
{
    const struct store *const store = &d->exchange->store;
    struct bytes class = {0};

    TRY(handling_class(d, c, &class));
    for (size_t i = 0; i < COUNT_OF(work->places); i++) {
        const struct parent *const p = &work->link.records[i];
        TRY(store->ops->record_find(store->self, &p->agency, &p->id, &work->places[i]));
        TRY(desk_consult_at(d, c, OUTCOME, &work->places[i], &p->id));
        const struct reading reading = {
            .outcome = bytes_of_text(OUTCOME), .object = p->id, .class = class};
        TRY(reading_note(d, c, &reading));
    }
    return OK;
}

status links_show_prepare(struct desk *d, struct call *c)
{
    struct show_work *const work = arena_take(d->exchange->arena, sizeof *work);
    bool stands = false;

    ENSURE(work != NULL, E_MEMORY);
    TRY(link_named(d, c, &work->link));
    TRY(link_stands(d, &work->link, &stands));
    if (!stands) {
        c->sentence = "one of its records was recalled or corrected, so nothing of it is "
                      "shown: see which with `flagpost links --state gone`";
        return E_DENIED;
    }
    TRY(consult(d, c, work));
    c->work = work;
    return OK;
}

/* --- the answer --- */

static status give_link(struct desk *d, const struct link *l, const struct linkage *found,
                        struct rows *r)
{
    const char *before = "";

    TRY(link_before(d, l, &before));
    rows_next(r, 7);
    rows_text(r, "row", "link");
    rows_id(r, "link", &l->id);
    rows_text(r, "state", link_state_word(l->state));
    rows_text(r, "age", desk_age(r->arena, l->at, d->exchange->now));
    rows_time(r, "proposed", l->at);
    rows_text(r, "says", linkage_strength_word(found->strength));
    rows_text(r, "before", before);
    return OK;
}

static status give_record(struct desk *d, const struct parent *p, const struct sought *x,
                          struct rows *r)
{
    struct inbox_entry one = {.entry = &x->entry, .header = &x->header, .marks = ""};

    TRY(recall_marks(d, p, &one.marks));
    TRY(inbox_row(d, r, &one));
    rows_text(r, "row", "record");
    return OK;
}

static const char *place_text(struct arena *a, const struct parent *p,
                              const struct record_place *at)
{
    return desk_text(a, p->agency.text, ": ", at->where, " ", desk_number(a, at->index + 1),
                     NULL);
}

/* What it says, and what speaks against it. */
static const char *reason_of(struct arena *a, const struct link *l,
                             const struct linkage *found, const struct linkage_feature *f)
{
    const char *text = "the same in both";

    if (f->type == IDENTIFIER_VRM)
        text = "the same mark in both; marks are cloned, so it links no persons";
    for (size_t i = 0; i < COUNT_OF(found->is_weak); i++) {
        if (found->is_weak[i])
            text = desk_text(a, text, "; something in ", l->records[i].agency.text,
                             "'s is graded 3 or E", NULL);
    }
    return text;
}

static status give_features(const struct link *l, const struct linkage *found,
                            struct rows *r)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct linkage_feature *const f = &found->at[i];
        struct bytes value = {0};
        TRY(arena_copy(r->arena, f->canonical, &value));
        rows_next(r, 6);
        rows_text(r, "row", "feature");
        rows_text(r, "what", identifier_label(f->type));
        rows_bytes(r, "value", value);
        rows_text(r, "in", place_text(r->arena, &l->records[0], &f->at[0]));
        rows_text(r, "and_in", place_text(r->arena, &l->records[1], &f->at[1]));
        rows_text(r, "why", reason_of(r->arena, l, found, f));
    }
    return OK;
}

static void give_events(const struct link *l, struct rows *r)
{
    for (size_t i = 0; i < l->event_count; i++) {
        const struct link_event *const e = &l->events[i];
        rows_next(r, 5);
        rows_text(r, "row", "event");
        rows_time(r, "at", e->at);
        rows_text(r, "decided",
                  e->state == LINK_PROPOSED ? "undone" : link_state_word(e->state));
        rows_bytes(r, "person", bytes_of(e->person.at, e->person.size));
        rows_bytes(r, "reason", bytes_of(e->reason.at, e->reason.size));
    }
}

status links_show_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct show_work *const work = c->work;
    struct arena *const a = d->exchange->arena;
    struct linkage *const found = arena_take(a, sizeof *found);
    struct sought *x[2] = {NULL};
    struct rows r;

    ENSURE(found != NULL, E_MEMORY);
    for (size_t i = 0; i < COUNT_OF(x); i++)
        TRY(seeking_open(d, &work->places[i], a, &x[i]));
    TRY(linkage_of(&x[0]->record, &x[1]->record, a, found));
    rows_init(&r, a, ROWS_MAX);
    TRY(give_link(d, &work->link, found, &r));
    for (size_t i = 0; i < COUNT_OF(x); i++)
        TRY(give_record(d, &work->link.records[i], x[i], &r));
    TRY(give_features(&work->link, found, &r));
    give_events(&work->link, &r);
    rows_give(&r, ret);
    return OK;
}
