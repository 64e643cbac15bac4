#include "verify_walk.h"

#include "lists.h"

/*
 * What every stream is judged by: the rosters under the root keys that the home trusts,
 * each naming the one before.  And what was kept against publishers.
 */

static status find_document(struct verifying *v, enum document_kind kind, uint32_t version,
                            struct bytes *ret)
{
    return v->store.ops->document_find(v->store.self, kind, version, &v->work, ret);
}

static status load_roster(struct verifying *v, uint32_t version, struct roster *ret)
{
    struct bytes note = {0};

    TRY(find_document(v, DOCUMENT_ROSTER, version, &note));
    TRY(roster_verify(note, v->setup->root, &v->setup->realm, NULL, &v->work, ret));
    return version == 0 || ret->version == version ? OK : E_ORDER;
}

status verify_roster(struct verifying *v, uint32_t version, const struct roster **ret)
{
    ENSURE(version != 0, E_UNKNOWN);
    if (v->newest->version == version) {
        *ret = v->newest;
        return OK;
    }
    if (v->past->version != version) {
        const size_t mark = arena_mark(&v->work);
        const status s = load_roster(v, version, v->past);
        arena_rewind(&v->work, mark);
        if (s != OK)
            v->past->version = 0;
        TRY(s);
    }
    *ret = v->past;
    return OK;
}

static void add_key(struct verify_keys *k, const uint8_t key[SIGN_PUBLIC_SIZE])
{
    for (size_t i = 0; i < k->count; i++) {
        if (bytes_equal(bytes_of(k->keys[i], SIGN_PUBLIC_SIZE),
                        bytes_of(key, SIGN_PUBLIC_SIZE)))
            return;
    }
    struct writer w = writer_over(k->keys[k->count++], SIGN_PUBLIC_SIZE);
    write_bytes(&w, bytes_of(key, SIGN_PUBLIC_SIZE));
}

static void add_keys(struct verify_keys *k, const struct roster *r,
                     const struct agency_id *agency)
{
    const struct roster_agency *const entry = r == NULL ? NULL : roster_find(r, agency);

    if (entry == NULL)
        return;
    add_key(k, entry->sign_key);
    if (entry->sign_out.until != 0)
        add_key(k, entry->sign_out.key);
}

status verify_keys_of(struct verifying *v, const struct agency_id *agency, uint32_t version,
                      struct verify_keys *ret)
{
    const struct roster *named = NULL;
    struct verify_keys k = {0};

    TRY(verify_roster(v, version, &named));
    add_keys(&k, named, agency);
    add_keys(&k, v->newest, agency);
    ENSURE(k.count > 0, E_SIGNATURE);
    *ret = k;
    return OK;
}

status verify_checkpoint(struct verifying *v, const struct verify_keys *keys,
                         struct bytes note, struct checkpoint *ret)
{
    status s = E_SIGNATURE;

    for (size_t i = 0; i < keys->count && s == E_SIGNATURE; i++)
        s = checkpoint_verify(note, keys->keys[i], &v->work, ret);
    return s;
}

/* --- chains of versions --- */

/* What a document says of itself. */
struct link {
    uint32_t version;
    struct hash text, previous;
};

/* One kind of document, from its newest version down. */
struct chain {
    enum document_kind kind;
    enum verify_part part;
};

static status read_link(struct verifying *v, const struct chain *chain, struct bytes note,
                        struct link *ret)
{
    if (chain->kind == DOCUMENT_ROSTER) {
        struct roster *const r = arena_take(&v->work, sizeof *r);
        ENSURE(r != NULL, E_MEMORY);
        TRY(roster_verify(note, v->setup->root, &v->setup->realm, NULL, &v->work, r));
        *ret = (struct link){r->version, r->text_hash, r->previous};
        return OK;
    }
    struct lists *const l = arena_take(&v->work, sizeof *l);
    ENSURE(l != NULL, E_MEMORY);
    TRY(lists_verify(note, v->setup->root, &v->setup->realm, NULL, &v->work, l));
    *ret = (struct link){l->version, l->text_hash, l->previous};
    return OK;
}

/* The version below `above`; `gap` is set where the journal's first one is passed. */
static status check_link(struct verifying *v, const struct chain *chain,
                         const struct link *above, uint32_t version, bool *gap)
{
    struct bytes note = {0};
    struct link link;

    const status found = find_document(v, chain->kind, version, &note);
    if (found == E_UNKNOWN) {
        *gap = true;
        return OK;
    }
    if (found == OK && *gap)
        return verify_part_find(v, chain->part, version + 1, E_UNKNOWN,
                                "the version is missing between two others");
    const status s = found == OK ? read_link(v, chain, note, &link) : found;
    if (s != OK || link.version != version)
        return verify_part_find(v, chain->part, version, s == OK ? E_ORDER : s,
                                "the document is not signed by the root keys as it stands");
    if (!hash_equal(&link.text, &above->previous))
        return verify_part_find(v, chain->part, version, E_HASH,
                                "the next version names another one before it");
    v->totals->parts[chain->part].checked++;
    return OK;
}

static status step_down(struct verifying *v, const struct chain *chain, struct link *above,
                        uint32_t version, bool *gap)
{
    const size_t mark = arena_mark(&v->work);
    struct bytes note = {0};
    status s = check_link(v, chain, above, version, gap);

    if (s == OK && !*gap) {
        s = find_document(v, chain->kind, version, &note);
        if (s == OK)
            s = read_link(v, chain, note, above);
    }
    arena_rewind(&v->work, mark);
    return s;
}

static void check_chain(struct verifying *v, const struct chain *chain)
{
    const size_t mark = arena_mark(&v->work);
    struct bytes note = {0};
    struct bytes again = {0};
    struct link link;
    bool gap = false;

    status s = find_document(v, chain->kind, 0, &note);
    if (s == E_UNKNOWN && chain->kind == DOCUMENT_LISTS)
        return; /* a node works without, as far as the rules let it */
    if (s == OK)
        s = read_link(v, chain, note, &link);
    if (s != OK) {
        (void)verify_part_find(v, chain->part, 0, s,
                               "the newest is missing or not signed by the root keys");
        arena_rewind(&v->work, mark);
        return;
    }
    /* It is kept under the version that it has. */
    if (find_document(v, chain->kind, link.version, &again) != OK ||
        !bytes_equal(note, again) ||
        find_document(v, chain->kind, link.version + 1, &again) != E_UNKNOWN)
        (void)verify_part_find(v, chain->part, link.version, E_ORDER,
                               "it is kept under another version");
    v->totals->parts[chain->part].checked++;
    arena_rewind(&v->work, mark);
    for (uint32_t version = link.version - 1; s == OK && version > 0; version--)
        s = step_down(v, chain, &link, version, &gap);
}

void verify_documents(struct verifying *v)
{
    static const struct chain chains[] = {{DOCUMENT_ROSTER, VERIFY_ROSTERS},
                                          {DOCUMENT_LISTS, VERIFY_LISTS}};
    const size_t mark = arena_mark(&v->work);

    for (size_t i = 0; i < COUNT_OF(chains); i++)
        check_chain(v, &chains[i]);
    if (load_roster(v, 0, v->newest) != OK)
        v->newest->version = 0; /* every stream will say so */
    arena_rewind(&v->work, mark);
}

/* --- evidence --- */

static status check_note(struct verifying *v, const struct evidence_row *e,
                         struct bytes bytes)
{
    struct note *const n = arena_take(&v->work, sizeof *n);
    struct checkpoint c;
    struct verify_keys keys;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(bytes, &v->work, n));
    TRY(checkpoint_read(n, &c));
    ENSURE(hash_equal(&c.realm, &v->setup->realm), E_REALM);
    /* Two successors of one epoch are two histories as well. */
    ENSURE(agency_id_equal(&c.stream.agency, &e->stream.agency) &&
               c.stream.lane == e->stream.lane,
           E_VALUE);
    TRY(verify_keys_of(v, &c.stream.agency, v->newest->version, &keys));
    status s = verify_checkpoint(v, &keys, bytes, &c);
    if (s == E_SIGNATURE &&
        verify_keys_of(v, &c.stream.agency, c.roster_version, &keys) == OK)
        s = verify_checkpoint(v, &keys, bytes, &c);
    return s;
}

static status each_evidence(void *context, const struct evidence_row *e)
{
    struct verifying *const v = context;
    const size_t mark = arena_mark(&v->work);
    const sequence number = v->totals->parts[VERIFY_EVIDENCE].checked++;

    status s = check_note(v, e, e->first);
    if (s == OK)
        s = check_note(v, e, e->second);
    if (s == OK && bytes_equal(e->first, e->second))
        s = E_DUPLICATE;
    arena_rewind(&v->work, mark);
    if (s != OK)
        (void)verify_part_find(v, VERIFY_EVIDENCE, number, s,
                               "a note kept as evidence is not signed as it stands");
    return OK;
}

void verify_evidence(struct verifying *v)
{
    arena_reset(&v->rows);
    const status s = journal_evidence(v->journal, &v->rows, each_evidence, v);
    if (s != OK)
        (void)verify_part_find(v, VERIFY_EVIDENCE,
                               v->totals->parts[VERIFY_EVIDENCE].checked, s,
                               "the evidence cannot be read");
}
