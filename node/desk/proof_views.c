#include "proof.h"

/*
 * What each checkpoint of a proof shows: that the publisher signed it, that the record is
 * under its root, who has cosigned it and who has given a receipt for it.
 */

typedef char note_name[AGENCY_NOTE_NAME_ROOM];

struct view_check {
    const struct proof *p;
    struct arena *arena;
    struct proof_facts *facts;
    struct proof_fault *fault;
    size_t signer_count; /* the publisher, then every other agency as a cosigner */
    struct proof_signer *signers;
    struct checkpoint checkpoint; /* of the view at hand */
};

/* --- signers --- */

static status list_signers(struct view_check *k)
{
    const struct roster *const r = &k->facts->roster;
    const struct roster_agency *const publisher =
        roster_find(r, &k->facts->header.stream.agency);
    note_name *const names = arena_array(k->arena, r->agency_count, sizeof *names);

    k->signers = arena_array(k->arena, r->agency_count + 1, sizeof *k->signers);
    ENSURE(names != NULL && k->signers != NULL, E_MEMORY);
    MUST(publisher != NULL); /* the header was checked */
    for (size_t i = 0; i < r->agency_count; i++) {
        const struct roster_agency *const g = &r->agencies[i];
        const bool is_publisher = g == publisher;
        agency_note_name(&k->facts->realm, &g->id, names[i]);
        k->signers[i] =
            (struct proof_signer){.name = bytes_of_text(names[i]),
                                  .type = is_publisher ? NOTE_ED25519 : NOTE_COSIGNATURE,
                                  .key = g->sign_key};
    }
    k->signer_count = r->agency_count;
    return OK;
}

/* Of an agency with two keys the one that this note has a line of. */
static void choose_keys(struct view_check *k, const struct note *n)
{
    for (size_t i = 0; i < k->signer_count; i++) {
        struct proof_signer *const s = &k->signers[i];
        s->key = agency_signer(&k->facts->roster.agencies[i], n, s->name, s->type);
    }
}

/* --- checkpoint --- */

static status check_checkpoint(struct view_check *k, const struct proof_view *v,
                               sequence before, struct note *n)
{
    const struct header *const h = &k->facts->header;
    const struct roster_agency *const publisher =
        roster_find(&k->facts->roster, &h->stream.agency);
    const uint32_t line = v->checkpoint.line;
    struct checkpoint *const c = &k->checkpoint;

    status s = agency_checkpoint_verify(v->checkpoint.bytes, publisher, k->arena, c);
    if (s == OK)
        s = note_parse(v->checkpoint.bytes, k->arena, n);
    if (s != OK)
        return proof_fail(k->fault, line, "checkpoint", s,
                          "it is not signed by the record's publisher as it stands");
    if (!hash_equal(&c->realm, &k->facts->realm) ||
        !stream_id_equal(&c->stream, &h->stream))
        return proof_fail(k->fault, line, "checkpoint", E_VALUE,
                          "it is of another log than the record");
    if (c->size <= h->index || c->size <= before)
        return proof_fail(k->fault, line, "checkpoint", E_ORDER,
                          "it does not reach the record, or not past the one before");
    choose_keys(k, n);
    if (!proof_signers_known(n, k->signers, k->signer_count))
        return proof_fail(k->fault, line, "checkpoint", E_SIGNATURE,
                          "a signature line is of nobody in the roster, or comes twice");
    return OK;
}

static status check_path(struct view_check *k, const struct proof_view *v)
{
    struct hash leaf;
    struct reader r = {.rest = k->p->leaf.bytes};

    read_copy(&r, leaf.bytes, sizeof leaf.bytes);
    const status s = merkle_verify_inclusion(&leaf, k->p->index, k->checkpoint.size,
                                             v->path.bytes, &k->checkpoint.root);
    if (s != OK)
        return proof_fail(k->fault, v->path.line, "path", s,
                          "it does not lead from the leaf to the checkpoint's root");
    return OK;
}

/* --- witnesses --- */

static bool has_witness(const struct proof_facts *f, const struct agency_id *id)
{
    for (size_t i = 0; i < f->witness_count; i++) {
        if (agency_id_equal(&f->witnesses[i].agency, id))
            return true;
    }
    return false;
}

static status check_witness(struct view_check *k, const struct proof_view *v,
                            const struct note *n, size_t rank)
{
    struct proof_facts *const f = k->facts;
    const struct roster_agency *const g = &f->roster.agencies[rank];
    millis at = 0;

    const status s = agency_cosignature_verify(n, &f->realm, g, &at);
    if (s != OK)
        return proof_fail(k->fault, v->checkpoint.line, "checkpoint", s,
                          "a cosignature on it is wrong");
    if (roster_is_revoked(&f->roster, &g->id))
        return proof_fail(k->fault, v->checkpoint.line, "checkpoint", E_REVOKED,
                          "a cosignature on it is of a revoked agency");
    if (!has_witness(f, &g->id))
        f->witnesses[f->witness_count++] =
            (struct proof_witness){.agency = g->id, .at = at, .size = k->checkpoint.size};
    return OK;
}

static status check_witnesses(struct view_check *k, const struct proof_view *v,
                              const struct note *n)
{
    for (size_t i = 0; i < k->signer_count; i++) {
        const struct proof_signer *const s = &k->signers[i];
        if (s->type == NOTE_COSIGNATURE && note_find(n, s->name, s->type, s->key) != NULL)
            TRY(check_witness(k, v, n, i));
    }
    return OK;
}

/* --- receipts --- */

/* The agency whose note name stands on the one signature line; NULL. */
static const struct roster_agency *signer_of(const struct view_check *k,
                                             const struct note *n)
{
    for (size_t i = 0; n->signature_count == 1 && i < k->signer_count; i++) {
        if (bytes_equal(n->signatures[0].name, k->signers[i].name))
            return &k->facts->roster.agencies[i];
    }
    return NULL;
}

static bool has_receipt(const struct proof_facts *f, const struct agency_id *id)
{
    for (size_t i = 0; i < f->receipt_count; i++) {
        if (agency_id_equal(&f->receipts[i].follower, id))
            return true;
    }
    return false;
}

static const char *receipt_wrong(const struct view_check *k, const struct receipt *r)
{
    const struct proof_facts *const f = k->facts;
    const struct checkpoint *const c = &k->checkpoint;

    if (!hash_equal(&r->realm, &c->realm) || !stream_id_equal(&r->stream, &c->stream) ||
        r->size != c->size || !hash_equal(&r->root, &c->root))
        return "it is for another checkpoint";
    if (header_recipient_rank(&f->header, &r->follower) < 0 ||
        agency_id_equal(&r->follower, &f->header.stream.agency))
        return "it is of an agency that the record was not addressed to";
    if (has_receipt(f, &r->follower))
        return "that agency's receipt comes twice";
    return NULL;
}

static status check_receipt(struct view_check *k, const struct proof_value *v)
{
    struct note *const n = arena_take(k->arena, sizeof *n);
    struct receipt r = {0};

    ENSURE(n != NULL, E_MEMORY);
    status s = note_parse(v->bytes, k->arena, n);
    if (s != OK)
        return proof_fail(k->fault, v->line, "receipt", s, "it is no signed note");
    const struct roster_agency *const g = signer_of(k, n);
    if (g == NULL)
        return proof_fail(k->fault, v->line, "receipt", E_SIGNATURE,
                          "it is signed by nobody in the roster, or more than once");
    s = agency_receipt_verify(v->bytes, g, k->arena, &r);
    if (s != OK || !agency_id_equal(&r.follower, &g->id))
        return proof_fail(k->fault, v->line, "receipt", s == OK ? E_SIGNATURE : s,
                          "it is not signed by its agency as it stands");
    const char *const wrong = receipt_wrong(k, &r);
    if (wrong != NULL)
        return proof_fail(k->fault, v->line, "receipt", E_VALUE, wrong);
    if (roster_is_revoked(&k->facts->roster, &g->id))
        return proof_fail(k->fault, v->line, "receipt", E_REVOKED,
                          "it is of a revoked agency");
    k->facts->receipts[k->facts->receipt_count++] = r;
    return OK;
}

/* --- views --- */

status proof_check_head(const struct proof_view *v, sequence before, struct arena *a,
                        struct proof_facts *facts, struct proof_fault *fault,
                        struct checkpoint *ret)
{
    struct view_check k = {.arena = a, .facts = facts, .fault = fault};
    struct note *const n = arena_take(a, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    TRY(list_signers(&k));
    TRY(check_checkpoint(&k, v, before, n));
    TRY(check_witnesses(&k, v, n));
    *ret = k.checkpoint;
    return OK;
}

static status check_view(struct view_check *k, const struct proof_view *v, sequence before)
{
    struct note *const n = arena_take(k->arena, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    TRY(check_checkpoint(k, v, before, n));
    TRY(check_path(k, v));
    TRY(check_witnesses(k, v, n));
    for (size_t i = 0; i < v->receipt_count; i++)
        TRY(check_receipt(k, &v->receipts[i]));
    return OK;
}

status proof_check_views(const struct proof *p, struct arena *a, struct proof_facts *facts,
                         struct proof_fault *fault)
{
    struct view_check k = {.p = p, .arena = a, .facts = facts, .fault = fault};
    sequence before = 0;

    facts->witness_count = 0;
    facts->receipt_count = 0;
    TRY(list_signers(&k));
    for (size_t i = 0; i < p->view_count; i++) {
        TRY(check_view(&k, &p->views[i], before));
        before = k.checkpoint.size;
        if (i == 0) {
            facts->size = k.checkpoint.size;
            facts->log_root = k.checkpoint.root;
        }
    }
    return OK;
}
