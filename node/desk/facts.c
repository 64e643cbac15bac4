#include "facts.h"

#include "recall.h"
#include "text.h"

/*
 * What stands in headers and receipts about a record, for those who answer for it and may
 * not read it: a disclosure officer's schedule (CPIA 1996 s.23 Code), and a controller who
 * has to tell the Commissioner of a breach within 72 hours (DPA 2018 s.67).  Nothing is
 * opened, so no text can be in it.
 */

struct facts_work {
    struct place place;
    record_id id;
};

static const char *disposition_word(enum disposition at)
{
    switch (at) {
    case DISPOSITION_HELD:
        return "held";
    case DISPOSITION_UNOPENABLE:
        return "does not open";
    case DISPOSITION_REFUSED:
        return "refused";
    case DISPOSITION_WITHHELD:
        return "withheld";
    case DISPOSITION_ERASED:
        return "erased";
    }
    return "";
}

/* "C A2 S2" */
static const char *handling_codes(struct arena *a, const struct label *l)
{
    static const char *const actions[] = {"", " A1", " A2", " A3"};
    static const char *const sanitisations[] = {"", " S1", " S2"};

    if (l->handling != HANDLING_C)
        return l->handling == HANDLING_P ? "P" : "";
    return desk_text(a, "C", actions[l->action], sanitisations[l->sanitisation], NULL);
}

static const char *recipients_text(struct arena *a, const struct header *h)
{
    const char *all = "";

    for (uint32_t i = 0; i < h->recipient_count; i++) {
        if (!agency_id_equal(&h->recipients[i].agency, &h->stream.agency))
            all = desk_text(a, all, all[0] == '\0' ? "" : " ", h->recipients[i].agency.text,
                            NULL);
    }
    return all;
}

static void give_header(struct rows *r, const struct header *h)
{
    char *const digest = arena_take(r->arena, 2 * HASH_SIZE + 1);

    if (digest == NULL) {
        r->full = true;
        return;
    }
    hex_encode(bytes_of(h->content_root.bytes, HASH_SIZE), digest);
    rows_number(r, "kind", h->kind);
    rows_time(r, "sealed", h->sealed_at);
    rows_text(r, "marking",
              h->label.marking == MARKING_OFFICIAL             ? "OFFICIAL"
              : h->label.marking == MARKING_OFFICIAL_SENSITIVE ? "OFFICIAL-SENSITIVE"
                                                               : "");
    rows_text(r, "handling", handling_codes(r->arena, &h->label));
    rows_number(r, "items", h->item_count);
    rows_text(r, "digest", digest);
    rows_text(r, "recipients", recipients_text(r->arena, h));
}

status facts_give(struct desk *d, const struct place *place, const record_id *id,
                  struct rows *r)
{
    struct exchange *const x = d->exchange;
    const struct parent record = {.agency = place->stream.agency, .id = *id};
    struct recall_found recall = {0};
    struct entry_row e = {0};
    struct header h;

    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, x->arena,
                                 &e));
    TRY(recall_reaching(d, &record, x->arena, &recall));
    rows_next(r, 15);
    rows_text(r, "row", "facts");
    rows_id(r, "id", id);
    rows_agency(r, "publisher", &place->stream.agency);
    rows_text(r, "stream", lane_word(place->stream.lane));
    rows_number(r, "index", place->index);
    rows_text(r, "state", disposition_word(e.disposition));
    rows_time(r, "stored", e.at);
    rows_text(r, "recalled", recall.recalled ? "yes" : "no");
    if (e.header.size == 0)
        return OK; /* withheld: nothing more is known of it here */
    TRY(header_decode(e.header, x->arena, &h));
    give_header(r, &h);
    return OK;
}

/* --- a disclosure officer's schedule --- */

status schedule_prepare(struct desk *d, struct call *c)
{
    struct facts_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    if (control_argument(&c->parsed, "purpose").size == 0) {
        c->sentence = "say what the schedule is for: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(desk_find_record(d, c, &work->place, &work->id));
    struct item_audit row = {.operation = AUDIT_DISCLOSE,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->id,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text("listed on a disclosure schedule")};
    TRY(desk_audit(d, c, &row));
    c->work = work;
    return OK;
}

status schedule_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct facts_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    TRY(facts_give(d, &work->place, &work->id, &r));
    rows_give(&r, ret);
    return OK;
}
