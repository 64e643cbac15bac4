#include "recall.h"

#include "text.h"

/* Who has answered a recall, who has not, since when; and what stands in whose place. */

struct standing {
    struct desk *desk;
    struct recall_found found;
    size_t holder_count;
    struct recall_holder holders[AGENCIES_MAX];
    size_t count; /* agencies that were wrapped for the record */
    struct agency_id at[AGENCIES_MAX];
};

static void add_recipient(struct standing *s, const struct agency_id *id)
{
    if (agency_id_equal(id, &s->desk->exchange->self))
        return;
    for (size_t i = 0; i < s->count; i++) {
        if (agency_id_equal(&s->at[i], id))
            return;
    }
    if (s->count < AGENCIES_MAX)
        s->at[s->count++] = *id;
}

static status add_place(struct standing *s, const struct place *place)
{
    struct exchange *const x = s->desk->exchange;
    struct arena *const scratch = s->desk->scratch;
    const size_t mark = arena_mark(scratch);
    struct entry_row e = {0};
    struct header h;

    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, scratch, &e));
    if (header_decode(e.header, scratch, &h) == OK) {
        for (uint32_t i = 0; i < h.recipient_count; i++)
            add_recipient(s, &h.recipients[i].agency);
    }
    arena_rewind(scratch, mark);
    return OK;
}

static status standing_of(struct desk *d, const struct parent *record,
                          struct standing **ret)
{
    struct arena *const a = d->exchange->arena;
    struct standing *const s = arena_take(a, sizeof *s);
    struct place place = {0};

    ENSURE(s != NULL, E_MEMORY);
    s->desk = d;
    TRY(recall_of(d, record, a, &s->found));
    TRY(recall_holders(d, record, s->holders, &s->holder_count));
    status found = recall_next_place(d, record, &place);
    for (; found == OK; found = recall_next_place(d, record, &place))
        TRY(add_place(s, &place));
    ENSURE(found == E_UNKNOWN, found);
    *ret = s;
    return OK;
}

static const struct recall_holder *holder_of(const struct standing *s,
                                             const struct agency_id *id)
{
    for (size_t i = 0; i < s->holder_count; i++) {
        if (agency_id_equal(&s->holders[i].agency, id))
            return &s->holders[i];
    }
    return NULL;
}

status recall_missing(struct desk *d, const struct parent *record, const char **ret_names,
                      size_t *ret_count)
{
    struct standing *s = NULL;
    const char *names = "";
    size_t count = 0;

    TRY(standing_of(d, record, &s));
    for (size_t i = 0; i < s->count; i++) {
        const struct recall_holder *const h = holder_of(s, &s->at[i]);
        if (h != NULL && holding_is_settled(&h->holding))
            continue;
        if (ret_names != NULL)
            names = desk_text(d->exchange->arena, names, count > 0 ? ", " : "",
                              s->at[i].text, NULL);
        count++;
    }
    if (ret_names != NULL)
        *ret_names = names;
    *ret_count = count;
    return OK;
}

static struct bytes joined(struct arena *a, const struct recall_holder *h)
{
    size_t size = 1;

    for (size_t i = 0; i < h->copy_count; i++)
        size += h->copies[i].size + 1;
    char *const text = arena_take(a, size);
    struct writer w = writer_over(text, text == NULL ? 0 : size);
    for (size_t i = 0; i < h->copy_count; i++) {
        write_text(&w, i > 0 ? " " : "");
        write_bytes(&w, h->copies[i]);
    }
    return writer_bytes(&w);
}

static void give_holder(struct rows *r, const struct standing *s,
                        const struct agency_id *agency)
{
    const struct recall_holder *const known = holder_of(s, agency);
    const struct recall_holder h =
        known != NULL ? *known : (struct recall_holder){.agency = *agency};
    const bool settled = holding_is_settled(&h.holding);

    rows_next(r, 10);
    rows_text(r, "row", "holder");
    rows_agency(r, "agency", agency);
    rows_text(r, "says", holding_word(&h.holding));
    rows_time(r, "answered", h.holding.answered_at);
    rows_time(r, "opened", h.holding.opened_at);
    rows_time(r, "stated", h.holding.stated_at);
    rows_bytes(r, "person", h.holding.person);
    rows_bytes(r, "exported_to", h.holding.where);
    rows_bytes(r, "copies_recalled", joined(r->arena, &h));
    /* Since when an answer is missing: the recall itself. */
    rows_time(r, "waiting_since", settled ? 0 : s->found.at);
}

static const char *cause_word(enum recall_cause cause)
{
    switch (cause) {
    case RECALL_WITHDRAWN:
        return "withdrawn";
    case RECALL_COMPROMISE:
        return "compromise";
    case RECALL_DERIVED:
        return "its source was recalled";
    case RECALL_DISPOSED:
        return "disposed of after review";
    }
    return "";
}

status recall_trace(struct desk *d, const struct parent *record, struct rows *r)
{
    struct standing *s = NULL;

    TRY(standing_of(d, record, &s));
    if (!s->found.recalled)
        return OK;
    rows_next(r, 5);
    rows_text(r, "row", "recall");
    rows_time(r, "recalled", s->found.at);
    rows_text(r, "cause", s->found.readable ? cause_word(s->found.cause) : "");
    rows_bytes(r, "reason", s->found.reason);
    rows_time(r, "answer_by", s->found.answer_by);
    for (size_t i = 0; i < s->count; i++)
        give_holder(r, s, &s->at[i]);
    return OK;
}

/* --- versions --- */

struct version_walk {
    struct desk *desk;
    const struct parent *record;
    struct recall_versions *versions;
};

static status each_newer(void *context, const struct entry_row *e)
{
    struct version_walk *const w = context;

    if (!agency_id_equal(&e->stream.agency, &w->record->agency) ||
        e->disposition == DISPOSITION_REFUSED)
        return OK;
    w->versions->has_newer = true;
    w->versions->newer_is_here = true;
    w->versions->newer = e->id;
    return OK;
}

/* The owner's word alone: what stands in its place is not for us. */
static status each_word(void *context, const struct entry_row *e)
{
    struct version_walk *const w = context;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (!agency_id_equal(&e->stream.agency, &w->record->agency) ||
        e->disposition == DISPOSITION_REFUSED || w->versions->newer_is_here)
        return OK;
    w->versions->has_newer = true;
    const status s = desk_open(w->desk, e, w->desk->scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s == OK && count == 1 &&
        item_decode(items[0].item, w->desk->scratch, &item) == OK &&
        item.kind == ITEM_REPLACED)
        w->versions->newer = item.replaced.by;
    return OK;
}

status recall_versions(struct desk *d, const struct parent *record,
                       struct recall_versions *ret)
{
    struct exchange *const x = d->exchange;
    struct recall_versions v = {0};
    struct version_walk w = {.desk = d, .record = record, .versions = &v};
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    TRY(journal_naming(d->journal, &record->id, KIND_INTELLIGENCE, d->scratch, each_newer,
                       &w));
    TRY(journal_naming(d->journal, &record->id, KIND_STATEMENT, d->scratch, each_word, &w));
    const size_t mark = arena_mark(d->scratch);
    status s =
        x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch,
                                     &e);
    if (s == OK && header_decode(e.header, d->scratch, &h) == OK &&
        h.kind == KIND_INTELLIGENCE) {
        v.has_older = h.has_previous;
        v.older = h.previous;
        v.expires_at = h.label.expires_at;
    }
    arena_rewind(d->scratch, mark);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = v;
    return OK;
}

static const char *recall_mark(struct arena *a, const struct parent *record,
                               const struct recall_found *f)
{
    const char *const reason = arena_text(a, f->reason);
    const bool itself = record_id_equal(&f->record.id, &record->id);
    const bool own = f->arrived == f->at;
    char at[TIME_TEXT_ROOM];
    char arrived[TIME_TEXT_ROOM];

    time_write(f->at, at);
    time_write(f->arrived, arrived);
    return desk_text(a, itself ? "RECALLED by " : "made of a record RECALLED by ",
                     f->record.agency.text, " on ", at, own ? "" : ", known here since ",
                     own ? "" : arrived,
                     f->cause == RECALL_COMPROMISE ? " (compromise)" : "",
                     f->reason.size > 0 ? ": " : "", reason == NULL ? "" : reason, NULL);
}

status recall_marks(struct desk *d, const struct parent *record, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct recall_found found = {0};
    struct recall_versions v = {0};
    const char *text = "";

    TRY(recall_reaching(d, record, a, &found));
    TRY(recall_versions(d, record, &v));
    if (found.recalled)
        text = recall_mark(a, record, &found);
    if (v.expires_at != 0 && v.expires_at <= d->exchange->now) {
        char at[TIME_TEXT_ROOM];
        time_write(v.expires_at, at);
        text = desk_text(a, text, text[0] != '\0' ? "; " : "", "EXPIRED on ", at, NULL);
    }
    if (v.has_newer)
        text = desk_text(a, text, text[0] != '\0' ? "; " : "", "SUPERSEDED by ",
                         desk_id_text(a, &v.newer),
                         v.newer_is_here ? "" : ", which this agency may not have", NULL);
    if (v.has_older)
        text = desk_text(a, text, text[0] != '\0' ? "; " : "", "supersedes ",
                         desk_id_text(a, &v.older), NULL);
    *ret = text;
    return OK;
}
