#include "copying.h"

#include "excerpt.h"
#include "routing_onward.h"

#include <string.h>

/* --- reading a proof --- */

static status take_items(const struct proof *p, struct arena *a, struct copying *ret)
{
    ret->items = arena_array(a, p->item_count, sizeof *ret->items);
    ENSURE(ret->items != NULL, E_MEMORY);
    for (size_t i = 0; i < p->item_count; i++)
        ret->items[i] = (struct excerpt_item){.position = p->items[i].position,
                                              .value = p->items[i].value};
    ret->count = p->item_count;
    return OK;
}

status copying_read(struct desk *d, struct bytes text, struct copying *ret,
                    struct proof_fault *fault)
{
    struct arena *const a = d->exchange->arena;
    struct proof *const p = arena_take(a, sizeof *p);
    struct proof_facts *const facts = arena_take(a, sizeof *facts);

    ENSURE(p != NULL && facts != NULL, E_MEMORY);
    TRY(proof_read(text, a, p, fault));
    TRY(proof_check(p, bytes_of(d->root_note, d->root_size), a, facts, fault));
    if (facts->header.kind != KIND_INTELLIGENCE || p->item_count == 0)
        return proof_fail(fault, 0, "item", E_VALUE, "it shows no item of a record");
    *ret = (struct copying){
        .was = facts->header.label,
        .label = routing_inherit(&facts->header.label),
        .parent = {.agency = facts->header.stream.agency, .id = facts->header.id},
        .leaf = merkle_leaf(p->header.bytes),
        .item_count = facts->header.item_count,
        .proof = text};
    return take_items(p, a, ret);
}

/* --- the owner's consent --- */

struct consent {
    struct desk *desk;
    const struct parent *record;
    bool found;
};

static status each_outcome(void *context, const struct entry_row *e)
{
    struct consent *const k = context;
    struct arena *const scratch = k->desk->scratch;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (e->disposition != DISPOSITION_HELD ||
        !agency_id_equal(&e->stream.agency, &k->record->agency))
        return OK;
    const status s = desk_open(k->desk, e, scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s == OK && count == 1 && item_decode(items[0].item, scratch, &item) == OK)
        k->found = k->found ||
                   (item.kind == ITEM_OUTCOME && item.outcome.what == OUTCOME_CONSENT &&
                    record_id_equal(&item.outcome.id, &k->record->id));
    return OK;
}

status copying_consent(struct desk *d, const struct parent *record, bool *ret)
{
    struct consent k = {.desk = d, .record = record};

    TRY(journal_outcomes(d->journal, &record->id, d->scratch, each_outcome, &k));
    *ret = k.found;
    return OK;
}

/* --- publishing --- */

void copying_check(struct desk *d, struct publish_work *work)
{
    const struct copying *const k = work->copying;
    struct findings *const f = work->findings;
    const struct republication p = {
        .was = &k->was,
        .now = &work->record->label,
        .by_owner = agency_id_equal(&k->parent.agency, &d->exchange->self),
        .owner_consents = k->consents,
        .person = work->person,
        .reason = work->reason};
    const struct finding *const against = routing_may_republish(&p);

    if (against == NULL)
        return;
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *against;
    f->refused = f->refused || against->severity == SEVERITY_REFUSE;
}

status copying_items(struct desk *d, const struct publish_work *work,
                     const struct bytes **ret, size_t *ret_count)
{
    struct arena *const a = d->exchange->arena;
    const struct copying *const k = work->copying;
    struct bytes *const all = arena_array(a, *ret_count + 2, sizeof *all);
    uint8_t *const positions = arena_take(a, k->count);
    const struct item proof = {.kind = ITEM_PROOF, .proof = {.text = k->proof}};

    ENSURE(all != NULL && positions != NULL, E_MEMORY);
    ENSURE(*ret_count + 2 <= ITEMS_MAX, E_LIMIT);
    memcpy(all, *ret, *ret_count * sizeof *all);
    for (size_t i = 0; i < k->count; i++)
        positions[i] = (uint8_t)k->items[i].position; /* below ITEMS_MAX, 256 */
    const struct item lineage = {.kind = ITEM_LINEAGE,
                                 .lineage = {.agency = k->parent.agency,
                                             .id = k->parent.id,
                                             .leaf = k->leaf,
                                             .item_count = k->item_count,
                                             .positions = bytes_of(positions, k->count),
                                             .person = work->person,
                                             .reason = work->reason}};
    TRY(item_encode(&lineage, a, &all[*ret_count]));
    TRY(item_encode(&proof, a, &all[*ret_count + 1]));
    *ret = all;
    *ret_count += 2;
    return OK;
}

/* --- showing --- */

static const char *proved_note(struct arena *a, const struct copying *k)
{
    enum { WHICH_ROOM = 96, TEXT_ROOM = WHICH_ROOM + 16 };
    char *const id = arena_take(a, RECORD_ID_TEXT_ROOM);
    char *const which = arena_take(a, WHICH_ROOM);
    char *const text = arena_take(a, TEXT_ROOM);
    struct excerpt e = {.count = k->count};

    if (id == NULL || which == NULL || text == NULL)
        return "";
    record_id_write(&k->parent.id, id);
    for (size_t i = 0; i < k->count; i++)
        e.positions[i] = k->items[i].position;
    struct writer w = writer_over(text, TEXT_ROOM - 1);
    write_bytes(&w, excerpt_write(&e, which, WHICH_ROOM));
    write_text(&w, " of ");
    write_decimal(&w, k->item_count);
    return desk_text(a, "sanitised copy of record ", id, " of ", k->parent.agency.text,
                     ", items ", text, ": proved, the words are the originator's", NULL);
}

static status judge(struct desk *d, const struct item *lineage, const struct item *proof,
                    const struct record *record, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct copying *const k = arena_take(a, sizeof *k);
    struct proof_fault fault = {0};
    bool holds = false;

    ENSURE(k != NULL, E_MEMORY);
    const status s =
        proof == NULL ? E_UNKNOWN : copying_read(d, proof->proof.text, k, &fault);
    if (s == E_MEMORY)
        return s;
    if (s == OK)
        TRY(excerpt_holds(k->items, k->count, record, a, &holds));
    const bool same = s == OK && holds &&
                      agency_id_equal(&k->parent.agency, &lineage->lineage.agency) &&
                      record_id_equal(&k->parent.id, &lineage->lineage.id);
    *ret = same ? proved_note(a, k)
                : desk_text(a, "says that it is a sanitised copy of a record of ",
                            lineage->lineage.agency.text,
                            ", BUT THE PROOF DOES NOT HOLD: do not take its words for the "
                            "originator's",
                            NULL);
    return OK;
}

status copying_note(struct desk *d, const struct salted_item *items, size_t count,
                    const struct record *record, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct item *const decoded = arena_array(a, count, sizeof *decoded);
    const struct item *lineage = NULL;
    const struct item *proof = NULL;

    ENSURE(decoded != NULL, E_MEMORY);
    *ret = "";
    for (size_t i = 0; i < count; i++) {
        TRY(item_decode(items[i].item, a, &decoded[i]));
        if (decoded[i].kind == ITEM_LINEAGE)
            lineage = &decoded[i];
        if (decoded[i].kind == ITEM_PROOF)
            proof = &decoded[i];
    }
    return lineage == NULL ? OK : judge(d, lineage, proof, record, ret);
}
