#include "internal.h"

#include <string.h>

/* An epoch is begun by hand, or when a key is given up. */
enum { EPOCHS_SHOWN_MAX = 1000 };

/*
 * Signing and transport keys over time (crypto/README.md, "When a key changes"): which of
 * our own is in use, and by which of an agency's a checkpoint is judged.
 */

/* Who has neither goes on with what it has, and is refused wherever it goes. */
static void choose(struct keyring *k, enum keyring_pair pair, const uint8_t key[32],
                   const struct outgoing_key *o, millis now)
{
    const bool outgoing = outgoing_is_used(o, now);

    if (keyring_choose(k, pair, outgoing ? o->key : key) != OK)
        status_ignore(keyring_choose(k, pair, outgoing ? key : o->key));
}

void own_keys_choose(struct exchange *x)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &x->self);

    if (entry == NULL)
        return;
    choose(x->keyring, KEYRING_SIGN, entry->sign_key, &entry->sign_out, x->now);
    choose(x->keyring, KEYRING_CURVE, entry->curve_key, &entry->curve_out, x->now);
}

static void lineage_step(struct lineage *l, const struct roster_agency *entry,
                         uint32_t version)
{
    l->version = version;
    memcpy(l->key, entry->sign_key, sizeof l->key);
    memcpy(l->outgoing, entry->sign_out.key, sizeof l->outgoing);
}

void lineage_begin(struct exchange *x, struct peer *p)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &p->id);

    p->lineage = (struct lineage){.ends = entry == NULL};
    if (entry != NULL)
        lineage_step(&p->lineage, entry, x->roster.version);
}

/* Back to the roster of that version, by one roster at a time: each must list the key of
 * the one before, in use or going out.  Each is looked at once while ours is in force. */
static status lineage_reaches(struct exchange *x, struct peer *p, uint32_t version)
{
    struct lineage *const l = &p->lineage;

    while (l->version > version && !l->ends) {
        const struct roster *before = NULL;
        TRY(roster_of_version(x, l->version - 1, &before));
        const struct roster_agency *const entry = roster_find(before, &p->id);
        l->ends = entry == NULL ||
                  (memcmp(entry->sign_key, l->key, sizeof l->key) != 0 &&
                   memcmp(entry->sign_key, l->outgoing, sizeof l->outgoing) != 0);
        if (!l->ends)
            lineage_step(l, entry, l->version - 1);
    }
    return l->version <= version ? OK : E_SIGNATURE;
}

/* Under a key of the roster that the checkpoint names. */
static status verify_as_named(struct exchange *x, const struct agency_id *agency,
                              uint32_t version, struct bytes note, struct checkpoint *ret)
{
    const struct roster *named = NULL;

    TRY(roster_of_version(x, version, &named));
    const struct roster_agency *const entry = roster_find(named, agency);
    ENSURE(entry != NULL, E_SIGNATURE);
    return agency_checkpoint_verify(note, entry, x->arena, ret);
}

static status named_version(struct exchange *x, struct bytes note, uint32_t *ret)
{
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct checkpoint c;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(note, x->arena, n));
    TRY(checkpoint_read(n, &c));
    ENSURE(c.roster_version <= x->roster.version, E_NEWER);
    *ret = c.roster_version;
    return OK;
}

/* Every group keeps the signature that it was published with, and may be fetched years
 * later.  So the keys are also those of the roster that the checkpoint names, as far back
 * as they followed from each other: where one did not, the key before had been given up. */
status peer_checkpoint_verify(struct exchange *x, struct peer *p, struct bytes note,
                              struct checkpoint *ret)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &p->id);
    uint32_t version = 0;

    ENSURE(entry != NULL, E_REVOKED);
    const status s = agency_checkpoint_verify(note, entry, x->arena, ret);
    ENSURE(s == E_SIGNATURE, s);
    TRY(named_version(x, note, &version));
    TRY(lineage_reaches(x, p, version));
    return verify_as_named(x, &p->id, version, note, ret);
}

/* A home that was lost and made again has nothing of the log that its agency had, and its
 * peers have: what they show of it is under a key that was given up, and counts all the
 * same.  Within bounds, because that key may be in other hands. */
status own_checkpoint_verify(struct exchange *x, struct bytes note, struct checkpoint *ret,
                             bool *ret_given_up)
{
    struct peer *const self = &x->peers[x->self_number];
    const struct own_lane *const own = &x->own[0];
    uint32_t version = 0;

    const status s = peer_checkpoint_verify(x, self, note, ret);
    *ret_given_up = s == E_SIGNATURE;
    ENSURE(s == E_SIGNATURE, s);
    TRY(named_version(x, note, &version));
    TRY(verify_as_named(x, &x->self, version, note, ret));
    ENSURE(ret->stream.epoch.counter <= own->row.id.epoch.counter + EPOCHS_SHOWN_MAX,
           E_LIMIT);
    return OK;
}

/* By the first group of the epoch: if its key can be followed back to, so can all later
 * ones. */
status own_epoch_look(struct exchange *x)
{
    struct peer *const self = &x->peers[x->self_number];

    for (size_t l = 0; l < LANES && !x->key_given_up; l++) {
        const struct stream_row *const row = &x->own[l].row;
        const size_t mark = arena_mark(x->arena);
        struct group_row g = {0};
        struct checkpoint c;
        if (row->frontier.size == 0)
            continue;
        TRY(x->store.ops->group_find(x->store.self, &row->id, 0, x->arena, &g));
        const status s = peer_checkpoint_verify(x, self, g.checkpoint, &c);
        arena_rewind(x->arena, mark);
        ENSURE(s == OK || s == E_SIGNATURE, s);
        x->key_given_up = s != OK;
    }
    return OK;
}
