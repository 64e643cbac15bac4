#include "origins.h"

#include "copying.h"
#include "correction.h"
#include "handling.h"
#include "operator.h"
#include "recall.h"
#include "routing_onward.h"
#include "text.h"
#include "words.h"

#include <string.h>

static bool is_foreign(const struct desk *d, const struct parent *p)
{
    return !agency_id_equal(&p->agency, &d->exchange->self);
}

/* What is not here any more may have said S2. */
static status consents_to(struct desk *d, const struct parent *p, bool *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    *ret = true;
    status s = x->store.ops->record_find(x->store.self, &p->agency, &p->id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                     &e);
    if (s == OK && header_decode(e.header, x->arena, &h) == OK &&
        h.label.sanitisation != SANITISATION_S2)
        return OK;
    ENSURE(s == OK || s == E_UNKNOWN, s);
    return copying_consent(d, p, ret);
}

static status note_owners(struct desk *d, struct origins *l)
{
    l->consents = true;
    for (size_t i = 0; i < l->count; i++) {
        bool one = true;
        if (!is_foreign(d, &l->at[i]))
            continue;
        l->foreign = true;
        TRY(consents_to(d, &l->at[i], &one));
        l->consents = l->consents && one;
    }
    return OK;
}

status origins_of_version(struct desk *d, const struct header *h,
                          const struct origins **ret)
{
    struct origins *const l = arena_take(d->exchange->arena, sizeof *l);

    ENSURE(l != NULL, E_MEMORY);
    *ret = NULL;
    if (h->parent_count == 0)
        return OK;
    *l = (struct origins){.count = h->parent_count, .label = routing_inherit(&h->label)};
    MUST(l->count <= PARENTS_MAX); /* header_decode */
    memcpy(l->at, h->parents, l->count * sizeof *l->at);
    TRY(note_owners(d, l));
    *ret = l;
    return OK;
}

/* --- of what a person says that it was made of --- */

static status find(struct desk *d, struct call *c, struct bytes text, struct place *place,
                   record_id *ret)
{
    const struct control_field field = {.name = bytes_of_text("id"), .value = text};
    struct call one = *c;

    one.parsed.argument_count = 1;
    one.parsed.arguments = &field;
    const status s = desk_find_record(d, &one, place, ret);
    c->sentence = one.sentence;
    return s;
}

static status check_source(struct desk *d, struct call *c, const struct parent *p)
{
    struct recall_found recalled = {0};
    struct recall_openings openings = {0};

    TRY(recall_reaching(d, p, d->exchange->arena, &recalled));
    if (recalled.recalled) {
        c->sentence = desk_text(d->exchange->arena, "record ",
                                desk_id_text(d->exchange->arena, &p->id),
                                " is recalled: nothing new is made of it", NULL);
        return E_DENIED;
    }
    TRY(correction_none_of(d, c, p));
    if (!is_foreign(d, p))
        return OK;
    TRY(recall_openings(d, p, &openings));
    if (openings.count > 0)
        return OK;
    c->sentence = desk_text(d->exchange->arena, "nobody here has opened record ",
                            desk_id_text(d->exchange->arena, &p->id), " of ",
                            p->agency.text, ": read it first, with flagpost show", NULL);
    return E_DENIED;
}

static int compare(const struct parent *a, const struct parent *b)
{
    const int by_agency = agency_id_compare(&a->agency, &b->agency);

    return by_agency != 0 ? by_agency
                          : memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
}

/* In its order; false: there is no more room. */
static bool insert(struct origins *l, const struct parent *p)
{
    size_t at = l->count;

    for (size_t i = 0; i < l->count; i++) {
        if (compare(p, &l->at[i]) == 0)
            return true;
    }
    if (l->count == PARENTS_MAX)
        return false;
    for (; at > 0 && compare(p, &l->at[at - 1]) < 0; at--)
        l->at[at] = l->at[at - 1];
    l->at[at] = *p;
    l->count++;
    return true;
}

static status add(struct desk *d, struct call *c, struct bytes text, struct origins *l)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;
    struct parent p = {0};

    TRY(find(d, c, word_trim(text), &place, &p.id));
    p.agency = place.stream.agency;
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    if (e.kind != KIND_INTELLIGENCE || e.disposition != DISPOSITION_HELD ||
        header_decode(e.header, x->arena, &h) != OK) {
        c->sentence = "a record is made of intelligence that is here: --made-of takes the "
                      "ids of such records";
        return E_VALUE;
    }
    TRY(check_source(d, c, &p));
    l->label =
        l->count == 0 ? routing_inherit(&h.label) : routing_strictest(&l->label, &h.label);
    if (insert(l, &p))
        return OK;
    c->sentence = "a record is made of eight others at most";
    return E_LIMIT;
}

/* Who may not read records knows nothing to make one of; a system account is nobody who
 * decides. */
static status check_person(struct desk *d, struct call *c, struct publish_work *work)
{
    bool reads = false;

    work->person = control_argument(&c->parsed, "person");
    work->reason = control_argument(&c->parsed, "reason");
    if (word_trim(work->person).size == 0 || word_trim(work->reason).size == 0 ||
        work->person.size > SHORT_TEXT_MAX || work->reason.size > SHORT_TEXT_MAX ||
        !utf8_is_valid(work->person) || !utf8_is_valid(work->reason)) {
        c->sentence = "a named person decides what is published onward, and why: give "
                      "--person and --reason";
        return E_USAGE;
    }
    TRY(operator_may(d, c, DUTY_READ, &reads));
    if (reads && !c->is_account)
        return OK;
    c->sentence = "what is made of others' records is published by who may read them: it "
                  "needs the roles submit and read";
    return E_DENIED;
}

static status check_way(struct call *c, const struct publish_work *work,
                        const struct origins *l)
{
    if (l->foreign && work->decision.item.basis != 0) {
        /* DPA 2018 s.78, as in decide.c. */
        c->sentence = "it holds another agency's intelligence, which goes abroad from its "
                      "owner alone (R20): ask the owner to send it";
        return E_DENIED;
    }
    if (control_argument(&c->parsed, "hold_until").size == 0)
        return OK;
    c->sentence = "what is made of others' records is not held: they may be recalled "
                  "meanwhile";
    return E_USAGE;
}

status origins_read(struct desk *d, struct call *c, struct publish_work *work)
{
    struct bytes rest = control_argument(&c->parsed, "made_of");
    struct origins *const l = arena_take(d->exchange->arena, sizeof *l);
    struct bytes one = {0};

    ENSURE(l != NULL, E_MEMORY);
    if (rest.size == 0)
        return OK;
    *l = (struct origins){.count = 0};
    TRY(check_person(d, c, work));
    while (text_cut(&rest, ',', &one))
        TRY(add(d, c, one, l));
    TRY(add(d, c, rest, l));
    TRY(note_owners(d, l));
    TRY(check_way(c, work, l));
    work->origins = l;
    return OK;
}

/* --- publishing --- */

void origins_check(struct publish_work *work)
{
    const struct origins *const l = work->origins;
    struct findings *const f = work->findings;
    const struct republication p = {.was = &l->label,
                                    .now = &work->record->label,
                                    .by_owner = !l->foreign,
                                    .owner_consents = l->consents,
                                    .person = work->person,
                                    .reason = work->reason};
    const struct finding *const against = routing_may_republish(&p);

    if (against == NULL)
        return;
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *against;
    f->refused = f->refused || against->severity == SEVERITY_REFUSE;
}

status origins_tell(struct desk *d, struct call *c, const struct publish_work *work)
{
    struct bytes class = {0};

    TRY(handling_class(d, c, &class));
    for (size_t i = 0; i < work->origins->count; i++)
        TRY(handling_note(d, c, &work->origins->at[i], OUTCOME_SHARED, class));
    return OK;
}

const char *origins_text(struct desk *d, size_t count, const struct parent *at)
{
    struct arena *const a = d->exchange->arena;
    const char *text = "made of record ";

    for (size_t i = 0; i < count; i++)
        text = desk_text(a, text, i == 0 ? "" : ", ", desk_id_text(a, &at[i].id), " of ",
                         at[i].agency.text, NULL);
    return text;
}

const char *origins_brief(struct desk *d, size_t count, const struct parent *at)
{
    struct arena *const a = d->exchange->arena;

    return desk_text(a, origins_text(d, count > 0, at), count > 1 ? " and of " : "",
                     count > 1 ? desk_number(a, count - 1) : "", count > 1 ? " more" : "",
                     NULL);
}
