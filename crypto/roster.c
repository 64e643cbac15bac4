#include "roster.h"

#include "scratch.h"

#include <string.h>

/* A root key on a node would be an online key: whoever took the node could change the
 * roster. */
static bool has_root_key(const struct roster *r, const struct root *root)
{
    for (size_t i = 0; i < r->agency_count; i++) {
        for (size_t k = 0; k < root->key_count; k++) {
            const struct roster_agency *const g = &r->agencies[i];
            if (memcmp(g->sign_key, root->keys[k].key, SIGN_PUBLIC_SIZE) == 0 ||
                memcmp(g->sign_out.key, root->keys[k].key, SIGN_PUBLIC_SIZE) == 0)
                return true;
        }
    }
    return false;
}

/* TUF 5.3 to 5.5: rollback and fast-forward; the hash chain is against mix and match. */
status roster_follows(const struct roster *r, const struct roster *installed)
{
    /* The root keys vouch for both: whoever sees the other one has to be told. */
    if (r->version == installed->version)
        return hash_equal(&r->text_hash, &installed->text_hash) ? E_DUPLICATE : E_HASH;
    ENSURE(r->version > installed->version, E_ROLLBACK);
    ENSURE(r->version - installed->version == 1, E_ORDER);
    ENSURE(hash_equal(&r->previous, &installed->text_hash), E_HASH);
    return OK;
}

status roster_verify(struct bytes note, const struct root *root, const struct hash *realm,
                     const struct roster *installed, struct arena *a, struct roster *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct roster *const r = arena_take(s.arena, sizeof *r);

    ENSURE(n != NULL && r != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(installed == NULL ? root_has_ever_signed(root, n) : root_has_signed(root, n));
    TRY(roster_read(n->text, a, r));
    ENSURE(hash_equal(&r->realm, realm), E_REALM);
    ENSURE(!has_root_key(r, root), E_VALUE);
    if (installed != NULL)
        TRY(roster_follows(r, installed));
    *ret = *r;
    return OK;
}

int roster_rank(const struct roster *r, const struct agency_id *id)
{
    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, id))
            return (int)i;
    }
    return -1;
}

const struct roster_agency *roster_find(const struct roster *r, const struct agency_id *id)
{
    const int rank = roster_rank(r, id);

    return rank < 0 ? NULL : &r->agencies[rank];
}

bool outgoing_is_used(const struct outgoing_key *o, millis now)
{
    return now < o->until;
}

bool outgoing_is_taken(const struct outgoing_key *o, millis now)
{
    return o->until != 0 && now < o->until + OUTGOING_GRACE_MS;
}

bool roster_is_revoked(const struct roster *r, const struct agency_id *id)
{
    for (size_t i = 0; i < r->revocation_count; i++) {
        if (agency_id_equal(&r->revocations[i].agency, id))
            return true;
    }
    return false;
}

const struct revocation *roster_good_place(const struct roster *r,
                                           const struct stream_id *stream)
{
    for (size_t i = 0; i < r->revocation_count; i++) {
        const struct revocation *const v = &r->revocations[i];
        if (v->has_place && v->lane == stream->lane &&
            epoch_equal(&v->epoch, &stream->epoch) &&
            agency_id_equal(&v->agency, &stream->agency))
            return v;
    }
    return NULL;
}

/* The time of a revocation is not compared: it acts at once, whatever our clock says.  A
 * clock from before the roster was issued is wrong: by it nobody would be valid yet, and
 * who no longer is would be again. */
bool roster_is_current(const struct roster *r, const struct agency_id *id, millis now)
{
    const struct roster_agency *const g = roster_find(r, id);
    const millis time = now < r->issued ? r->issued : now;

    return g != NULL && time >= g->valid_from && time < g->valid_until &&
           !roster_is_revoked(r, id);
}

enum roster_age roster_age(const struct roster *r, millis now)
{
    if (now < r->expires)
        return ROSTER_FRESH;
    return now - r->expires < ROSTER_GRACE_MS ? ROSTER_EXPIRED : ROSTER_FROZEN;
}
