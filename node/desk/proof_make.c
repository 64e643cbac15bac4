#include "proof.h"

#include <string.h>

/*
 * A proof from the journal.  What it takes along is verified first: a proof that its reader
 * would refuse is not made.
 */

/* A checkpoint that is to be in the proof. */
struct stand {
    sequence size;
    struct bytes note; /* the publisher's line, then cosignatures */
    size_t receipt_count;
    struct bytes receipts[AGENCIES_MAX];
};

struct proof_making {
    const struct proof_source *source;
    struct store store;
    struct arena *arena;
    struct place place;
    struct header header;
    struct roster roster;
    size_t witness_count;
    size_t stand_count;
    struct stand *stands; /* sizes ascending */
};

/* --- notes with known lines alone --- */

static status bare(struct bytes text, struct arena *a, struct bytes *ret)
{
    uint8_t *const at = arena_take(a, text.size + 1);

    ENSURE(at != NULL, E_MEMORY);
    memcpy(at, text.at, text.size);
    at[text.size] = '\n';
    *ret = bytes_of(at, text.size + 1);
    return OK;
}

static status add_line(const struct proof_signer *signer, const struct note_signature *s,
                       struct arena *a, struct bytes *note)
{
    struct bytes line = {0};
    uint8_t raw[8 + SIGNATURE_SIZE];

    ENSURE(s->signature.size <= sizeof raw, E_SIGNATURE);
    memcpy(raw, s->signature.at, s->signature.size);
    TRY(note_line(signer->name, signer->type, signer->key, bytes_of(raw, s->signature.size),
                  a, &line));
    return note_append(*note, line, a, note);
}

/* Their good lines, each once: keys may stay when a root takes over. */
static status add_root_lines(const struct root *root, const struct note *n, struct arena *a,
                             struct bytes *note)
{
    for (size_t i = 0; i < root->key_count; i++) {
        const struct proof_signer signer = {.name = bytes_of_text(root->keys[i].name),
                                            .type = NOTE_ED25519,
                                            .key = root->keys[i].key};
        const struct note_signature *const s =
            note_find(n, signer.name, signer.type, signer.key);
        if (s != NULL && note_verify(n, signer.name, signer.key) == OK)
            TRY(add_line(&signer, s, a, note));
    }
    return OK;
}

/* The document with the good lines of root keys and no others; `before`: a root's own
 * predecessor, whose keys have signed it too, or NULL. */
static status strip_document(const struct root *root, const struct root *before,
                             struct bytes bytes, struct arena *a, struct bytes *ret)
{
    struct note *const n = arena_take(a, sizeof *n);
    struct bytes note = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(bytes, a, n));
    TRY(bare(n->text, a, &note));
    TRY(add_root_lines(root, n, a, &note));
    if (before != NULL)
        TRY(add_root_lines(before, n, a, &note));
    *ret = note;
    return OK;
}

/* --- checkpoints --- */

status proof_log_head(struct proof_making *m, sequence size, struct bytes *ret)
{
    const struct roster_agency *const publisher =
        roster_find(&m->roster, &m->place.stream.agency);
    struct group_row g = {0};
    struct checkpoint c;
    struct note *const n = arena_take(m->arena, sizeof *n);
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes note = {0};

    ENSURE(n != NULL, E_MEMORY);
    ENSURE(publisher != NULL, E_SIGNATURE);
    TRY(m->store.ops->group_find(m->store.self, &m->place.stream, size - 1, m->arena, &g));
    TRY(agency_checkpoint_verify(g.checkpoint, publisher, m->arena, &c));
    ENSURE(g.first + g.count == size && c.size == size, E_VALUE);
    ENSURE(stream_id_equal(&c.stream, &m->place.stream), E_VALUE);
    TRY(note_parse(g.checkpoint, m->arena, n));
    agency_note_name(&m->source->realm, &publisher->id, name);
    const struct proof_signer signer = {
        .name = bytes_of_text(name),
        .type = NOTE_ED25519,
        .key = agency_signer(publisher, n, bytes_of_text(name), NOTE_ED25519)};
    const struct note_signature *const s =
        note_find(n, signer.name, signer.type, signer.key);
    MUST(s != NULL); /* checkpoint_verify has found it */
    TRY(bare(n->text, m->arena, &note));
    TRY(add_line(&signer, s, m->arena, &note));
    *ret = note;
    return OK;
}

/* The stand of that size, put in its place when it is new. */
static status stand_at(struct proof_making *m, sequence size, struct stand **ret)
{
    size_t i = 0;
    struct bytes note = {0};

    while (i < m->stand_count && m->stands[i].size < size)
        i++;
    if (i == m->stand_count || m->stands[i].size != size) {
        MUST(m->stand_count < PROOF_VIEWS_MAX);
        TRY(proof_log_head(m, size, &note));
        memmove(&m->stands[i + 1], &m->stands[i], (m->stand_count - i) * sizeof *m->stands);
        m->stands[i] = (struct stand){.size = size, .note = note};
        m->stand_count++;
    }
    *ret = &m->stands[i];
    return OK;
}

/* --- what others have signed --- */

static status add_cosignature(struct proof_making *m, struct stand *stand,
                              const struct roster_agency *g, const struct receipt_row *r)
{
    struct note *const n = arena_take(m->arena, sizeof *n);
    char name[AGENCY_NOTE_NAME_ROOM];
    millis at = 0;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(r->cosignature, m->arena, n));
    ENSURE(stand->note.size > n->text.size &&
               bytes_equal(bytes_of(stand->note.at, n->text.size), n->text),
           E_HASH);
    TRY(agency_cosignature_verify(n, &m->source->realm, g, &at));
    agency_note_name(&m->source->realm, &g->id, name);
    const struct proof_signer signer = {
        .name = bytes_of_text(name),
        .type = NOTE_COSIGNATURE,
        .key = agency_signer(g, n, bytes_of_text(name), NOTE_COSIGNATURE)};
    return add_line(&signer, note_find(n, signer.name, signer.type, signer.key), m->arena,
                    &stand->note);
}

static status add_receipt(struct proof_making *m, struct stand *stand,
                          const struct roster_agency *g, const struct receipt_row *r)
{
    struct receipt told;

    if (m->source->lean || r->receipt.size == 0 ||
        header_recipient_rank(&m->header, &g->id) < 0)
        return OK;
    TRY(agency_receipt_verify(r->receipt, g, m->arena, &told));
    ENSURE(told.size == r->size, E_VALUE);
    stand->receipts[stand->receipt_count++] = r->receipt;
    return OK;
}

/* Our own signature on a followed stream is the only one that we keep. */
static status find_receipt(struct proof_making *m, const struct agency_id *peer,
                           struct receipt_row *ret)
{
    const struct place *const p = &m->place;

    if (!agency_id_equal(&p->stream.agency, &m->source->self)) {
        ENSURE(agency_id_equal(peer, &m->source->self), E_UNKNOWN);
        TRY(m->store.ops->own_receipt_find(m->store.self, &p->stream, m->arena, ret));
        return ret->size > p->index ? OK : E_UNKNOWN;
    }
    const status s = journal_receipt_for(m->source->journal, &p->stream, p->index, peer,
                                         false, m->arena, ret);
    ENSURE(s == E_UNKNOWN, s);
    return journal_receipt_for(m->source->journal, &p->stream, p->index, peer, true,
                               m->arena, ret);
}

static status add_agency(struct proof_making *m, const struct roster_agency *g)
{
    struct receipt_row r = {0};
    struct stand *stand = NULL;

    if (agency_id_equal(&g->id, &m->place.stream.agency) ||
        roster_is_revoked(&m->roster, &g->id))
        return OK;
    const status found = find_receipt(m, &g->id, &r);
    if (found == E_UNKNOWN)
        return OK;
    TRY(found);
    status s = stand_at(m, r.size, &stand);
    if (s == OK)
        s = add_cosignature(m, stand, g, &r);
    /* By the publisher or by the agency under a key that is not in this roster: it cannot
     * be shown by it. */
    if (s == E_SIGNATURE)
        return OK;
    TRY(s);
    m->witness_count++;
    return add_receipt(m, stand, g, &r);
}

/* --- the whole --- */

static status view_of(struct proof_making *m, const struct stand *stand,
                      struct proof_view *ret)
{
    struct bytes path = {0};

    TRY(proof_path(m->source->journal, &m->place, stand->size, m->arena, &path));
    *ret = (struct proof_view){.checkpoint = {.bytes = stand->note},
                               .path = {.bytes = path},
                               .receipt_count = stand->receipt_count};
    ret->receipts = arena_array(m->arena, stand->receipt_count, sizeof *ret->receipts);
    ENSURE(ret->receipts != NULL, E_MEMORY);
    for (size_t i = 0; i < stand->receipt_count; i++)
        ret->receipts[i].bytes = stand->receipts[i];
    return OK;
}

static bool is_enough(const struct proof_making *m)
{
    return m->source->lean && m->witness_count >= m->roster.quorum;
}

/* The group that ends at `size`, and where others have signed. */
static status stands_of(struct proof_making *m, sequence size)
{
    struct stand *first = NULL;

    m->stand_count = 0;
    m->witness_count = 0;
    m->stands = arena_array(m->arena, PROOF_VIEWS_MAX, sizeof *m->stands);
    ENSURE(m->stands != NULL, E_MEMORY);
    TRY(stand_at(m, size, &first));
    for (size_t i = 0; i < m->roster.agency_count && !is_enough(m); i++)
        TRY(add_agency(m, &m->roster.agencies[i]));
    return OK;
}

static status views_of(struct proof_making *m, const struct group_row *g, struct proof *p)
{
    TRY(stands_of(m, g->first + g->count));
    p->views = arena_array(m->arena, PROOF_VIEWS_MAX, sizeof *p->views);
    ENSURE(p->views != NULL, E_MEMORY);
    for (size_t i = 0; i < m->stand_count; i++)
        TRY(view_of(m, &m->stands[i], &p->views[i]));
    p->view_count = m->stand_count;
    return OK;
}

/* From root 1 to the one whose keys have signed the roster. */
static status roots_of(struct proof_making *m, struct bytes roster, struct proof *p,
                       struct root *ret)
{
    struct note *const n = arena_take(m->arena, sizeof *n);
    struct bytes rest = m->source->root;
    struct bytes note = {0};
    status s = E_THRESHOLD;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(roster, m->arena, n));
    while (s == E_THRESHOLD && root_chain_cut(&rest, &note)) {
        const struct root before = *ret;
        const bool first = p->root_count == 0;
        ENSURE(p->root_count < PROOF_ROOTS_MAX, E_LIMIT);
        TRY(first ? root_verify(note, m->arena, ret)
                  : root_verify_next(note, &before, m->arena, ret));
        TRY(strip_document(ret, first ? NULL : &before, note, m->arena,
                           &p->roots[p->root_count++].bytes));
        s = root_has_signed(ret, n);
    }
    return s;
}

status proof_log_roster(struct proof_making *m, uint32_t version, struct proof *p)
{
    struct root root = {0};
    struct bytes note = {0};

    TRY(m->store.ops->document_find(m->store.self, DOCUMENT_ROSTER, version, m->arena,
                                    &note));
    TRY(roots_of(m, note, p, &root));
    TRY(roster_verify(note, &root, &m->source->realm, NULL, m->arena, &m->roster));
    return strip_document(&root, NULL, note, m->arena, &p->roster.bytes);
}

static status copy_of(struct proof_making *m, const void *at, struct proof_value *ret)
{
    return arena_copy(m->arena, bytes_of(at, HASH_SIZE), &ret->bytes);
}

static status record_of(struct proof_making *m, const struct entry_row *e, struct proof *p)
{
    const struct hash leaf = merkle_leaf(e->header);

    ENSURE(hash_equal(&leaf, &e->leaf), E_HASH);
    TRY(header_decode(e->header, m->arena, &m->header));
    TRY(copy_of(m, m->source->realm.bytes, &p->realm));
    TRY(copy_of(m, leaf.bytes, &p->leaf));
    TRY(arena_copy(m->arena, bytes_of(m->header.id.bytes, sizeof m->header.id.bytes),
                   &p->record.bytes));
    p->header.bytes = e->header;
    p->index = e->index;
    if (m->source->with_ciphertext)
        p->ciphertext.bytes = e->ciphertext;
    return OK;
}

status proof_make(const struct proof_source *source, const struct place *place,
                  struct arena *a, struct proof *ret)
{
    struct proof_making *const m = arena_take(a, sizeof *m);
    struct entry_row e = {0};
    struct group_row g = {0};
    struct proof p = {0};

    ENSURE(m != NULL, E_MEMORY);
    m->source = source;
    m->store = journal_store(source->journal);
    m->arena = a;
    m->place = *place;
    TRY(m->store.ops->entry_find(m->store.self, &place->stream, place->index, a, &e));
    ENSURE(e.header.size > 0, E_UNKNOWN);
    TRY(record_of(m, &e, &p));
    TRY(m->store.ops->group_find(m->store.self, &place->stream, place->index, a, &g));
    TRY(proof_log_roster(m, g.roster_version, &p));
    TRY(views_of(m, &g, &p));
    *ret = p;
    return OK;
}

status proof_log_open(const struct proof_source *source, const struct stream_id *stream,
                      struct arena *a, struct proof_making **ret)
{
    struct proof_making *const m = arena_take(a, sizeof *m);

    ENSURE(m != NULL, E_MEMORY);
    *m = (struct proof_making){.source = source,
                               .store = journal_store(source->journal),
                               .arena = a,
                               .place = {.stream = *stream}};
    *ret = m;
    return OK;
}

status proof_log_heads(struct proof_making *m, sequence size, struct proof_log_heads *ret)
{
    MUST(size > 0 && m->source->lean);
    m->place.index = size - 1;
    TRY(stands_of(m, size));
    ret->witnessed = is_enough(m);
    ret->count = m->stand_count;
    for (size_t i = 0; i < m->stand_count; i++) {
        ret->sizes[i] = m->stands[i].size;
        ret->notes[i] = m->stands[i].note;
    }
    return OK;
}
