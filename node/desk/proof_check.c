#include "proof.h"

#include "draw.h"

/*
 * From the root document that the reader trusts down to the record: roots, roster, header.
 * What the checkpoints show is in proof_views.c, and items in proof_items.c.
 */

bool proof_signers_known(const struct note *n, const struct proof_signer *signers,
                         size_t count)
{
    size_t known = 0;

    /* A line that no signer has, or that repeats another, finds no signer of its own. */
    for (size_t i = 0; i < count; i++)
        known += note_find(n, signers[i].name, signers[i].type, signers[i].key) != NULL;
    return known == n->signature_count;
}

static struct bytes name_of(const struct root *r, size_t i)
{
    return bytes_of_text(r->keys[i].name);
}

static size_t root_signers(const struct root *r, struct proof_signer *ret)
{
    for (size_t i = 0; i < r->key_count; i++)
        ret[i] = (struct proof_signer){
            .name = name_of(r, i), .type = NOTE_ED25519, .key = r->keys[i].key};
    return r->key_count;
}

static bool is_key_of(const struct root *r, const struct proof_signer *s)
{
    for (size_t i = 0; i < r->key_count; i++) {
        if (bytes_equal(name_of(r, i), s->name) &&
            bytes_equal(bytes_of(r->keys[i].key, SIGN_PUBLIC_SIZE),
                        bytes_of(s->key, SIGN_PUBLIC_SIZE)))
            return true;
    }
    return false;
}

/* Keys of a root document and, where it has one, of the document before it, each once. */
static size_t both_signers(const struct root *r, const struct root *before,
                           struct proof_signer *ret)
{
    struct proof_signer old[ROOT_KEYS_MAX];
    size_t count = root_signers(r, ret);
    const size_t more = before == NULL ? 0 : root_signers(before, old);

    for (size_t i = 0; i < more; i++) {
        if (!is_key_of(r, &old[i]))
            ret[count++] = old[i];
    }
    return count;
}

/* Verifies one signed document's own lines beyond what its threshold asks for. */
static status all_lines_good(const struct note *n, const struct proof_signer *signers,
                             size_t count)
{
    ENSURE(proof_signers_known(n, signers, count), E_SIGNATURE);
    for (size_t i = 0; i < count; i++) {
        if (note_find(n, signers[i].name, signers[i].type, signers[i].key) != NULL)
            TRY(note_verify(n, signers[i].name, signers[i].key));
    }
    return OK;
}

/* --- roots --- */

struct root_check {
    const struct proof *p;
    struct bytes trusted; /* its text */
    bool met;             /* it is in the chain */
    struct arena *arena;
    struct proof_facts *facts;
    struct proof_fault *fault;
};

static status check_root(struct root_check *k, size_t i)
{
    struct proof_signer signers[2 * ROOT_KEYS_MAX];
    const struct proof_value *const v = &k->p->roots[i];
    const struct root before = k->facts->root;
    struct note *const n = arena_take(k->arena, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    status s = i == 0 ? root_verify(v->bytes, k->arena, &k->facts->root)
                      : root_verify_next(v->bytes, &before, k->arena, &k->facts->root);
    if (s == OK)
        s = note_parse(v->bytes, k->arena, n);
    if (s == OK) {
        const size_t count =
            both_signers(&k->facts->root, i == 0 ? NULL : &before, signers);
        s = all_lines_good(n, signers, count);
    }
    if (s != OK)
        return proof_fail(k->fault, v->line, "root", s,
                          "the root document is not signed as it stands");
    k->met = k->met || bytes_equal(n->text, k->trusted);
    if (i > 0)
        return OK;
    k->facts->realm = realm_of(n->text);
    if (!bytes_equal(k->p->realm.bytes, bytes_of(k->facts->realm.bytes, HASH_SIZE)))
        return proof_fail(k->fault, k->p->realm.line, "realm", E_REALM,
                          "it is not the realm of the root document below");
    return OK;
}

bool proof_is_by_former_roots(const struct proof_facts *f)
{
    return f->root.number < f->newest_root;
}

/* What the reader trusts: one root document, or root 1 with its successors, of which the
 * first is the one that all of them follow from. */
static status read_trusted(struct bytes trusted, struct arena *a, struct note *ret,
                           uint32_t *ret_newest)
{
    struct root *const root = arena_take(a, sizeof *root);
    struct bytes rest = trusted;
    struct bytes first = {0};
    struct hash realm;

    ENSURE(root != NULL, E_MEMORY);
    (void)root_chain_cut(&rest, &first);
    TRY(rest.size == 0 ? root_verify(first, a, root)
                       : root_chain_verify(trusted, a, root, &realm));
    *ret_newest = root->number;
    return note_parse(first, a, ret);
}

static status check_roots(struct root_check *k, struct bytes trusted)
{
    struct note *const n = arena_take(k->arena, sizeof *n);
    uint32_t newest = 0;

    ENSURE(n != NULL, E_MEMORY);
    const status s = read_trusted(trusted, k->arena, n, &newest);
    if (s != OK)
        return proof_fail(k->fault, 0, "root document", s,
                          "what you gave to trust is no root document, or not signed");
    k->trusted = n->text;
    for (size_t i = 0; i < k->p->root_count; i++)
        TRY(check_root(k, i));
    if (!k->met)
        return proof_fail(k->fault, k->p->roots[0].line, "root", E_REALM,
                          "it is another deployment's than the root document you trust");
    k->facts->newest_root = newest > k->facts->root.number ? newest : k->facts->root.number;
    return OK;
}

/* --- roster --- */

static const char *roster_sentence(status s)
{
    if (s == E_THRESHOLD)
        return "fewer root keys have signed the roster than must";
    if (s == E_SIGNATURE)
        return "a signature on the roster is wrong or of nobody known";
    return "the roster is not one of this realm as it stands";
}

static status check_roster(const struct proof *p, struct arena *a,
                           struct proof_facts *facts, struct proof_fault *fault)
{
    struct proof_signer signers[ROOT_KEYS_MAX];
    struct note *const n = arena_take(a, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    status s = roster_verify(p->roster.bytes, &facts->root, &facts->realm, NULL, a,
                             &facts->roster);
    if (s == OK)
        s = note_parse(p->roster.bytes, a, n);
    if (s == OK)
        s = all_lines_good(n, signers, root_signers(&facts->root, signers));
    if (s != OK)
        return proof_fail(fault, p->roster.line, "roster", s, roster_sentence(s));
    return OK;
}

/* --- record --- */

static status check_publisher(const struct proof *p, struct proof_facts *facts,
                              struct proof_fault *fault)
{
    const struct header *const h = &facts->header;
    const struct roster *const r = &facts->roster;

    if (roster_find(r, &h->stream.agency) == NULL)
        return proof_fail(fault, p->header.line, "header", E_UNKNOWN,
                          "its publisher is not in the roster");
    if (!roster_is_revoked(r, &h->stream.agency))
        return OK;
    const struct revocation *const good = roster_good_place(r, &h->stream);
    if (good == NULL || h->index >= good->size)
        return proof_fail(fault, p->header.line, "header", E_REVOKED,
                          "its publisher is revoked, and it is past the last good place");
    return OK;
}

static status check_header(const struct proof *p, struct arena *a,
                           struct proof_facts *facts, struct proof_fault *fault)
{
    struct header *const h = &facts->header;
    const struct hash leaf = merkle_leaf(p->header.bytes);

    const status s = header_decode(p->header.bytes, a, h);
    if (s != OK)
        return proof_fail(fault, p->header.line, "header", s, "it is no entry's header");
    if (!bytes_equal(p->leaf.bytes, bytes_of(leaf.bytes, sizeof leaf.bytes)))
        return proof_fail(fault, p->leaf.line, "leaf", E_HASH,
                          "it is not the header's hash: one of the two was changed");
    if (!hash_equal(&h->realm, &facts->realm))
        return proof_fail(fault, p->header.line, "header", E_REALM,
                          "the header is of another realm");
    if (!bytes_equal(p->record.bytes, bytes_of(h->id.bytes, sizeof h->id.bytes)))
        return proof_fail(fault, p->record.line, "record", E_VALUE,
                          "the header has another record id");
    if (p->index != h->index)
        return proof_fail(fault, p->index_line, "index", E_VALUE,
                          "the header has another index");
    return check_publisher(p, facts, fault);
}

static status check_ciphertext(const struct proof *p, const struct header *h,
                               struct proof_fault *fault)
{
    if (p->ciphertext.line == 0)
        return OK;
    const struct hash got = blake(p->ciphertext.bytes);
    if (p->ciphertext.bytes.size != h->ciphertext_size ||
        !hash_equal(&got, &h->ciphertext_hash))
        return proof_fail(fault, p->ciphertext.line, "ciphertext", E_HASH,
                          "it is not the one that the header commits to");
    return OK;
}

status proof_check_trust(const struct proof *p, struct bytes trusted, struct arena *a,
                         struct proof_facts *facts, struct proof_fault *fault)
{
    struct root_check k = {.p = p, .arena = a, .facts = facts, .fault = fault};

    TRY(check_roots(&k, trusted));
    return check_roster(p, a, facts, fault);
}

static status check_all(struct root_check *k, struct bytes trusted)
{
    TRY(proof_check_trust(k->p, trusted, k->arena, k->facts, k->fault));
    TRY(check_header(k->p, k->arena, k->facts, k->fault));
    TRY(check_ciphertext(k->p, &k->facts->header, k->fault));
    TRY(proof_check_items(k->p, k->arena, k->facts, k->fault));
    return proof_check_views(k->p, k->arena, k->facts, k->fault);
}

status proof_check(const struct proof *p, struct bytes trusted, struct arena *a,
                   struct proof_facts *ret, struct proof_fault *ret_fault)
{
    struct root_check k = {.p = p, .arena = a, .facts = ret, .fault = ret_fault};
    const status s = check_all(&k, trusted);

    if (s != OK) /* memory: no line is to blame */
        return proof_fail(ret_fault, 0, "file", s, status_sentence(s));
    return OK;
}
