#include "internal.h"

#include <string.h>

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

/* Every group keeps the signature that it was published with, and may be fetched years
 * later.  So the keys are also those of the roster that the checkpoint names, as far back
 * as they followed from each other: where one did not, the key before had been given up. */
status peer_checkpoint_verify(struct exchange *x, struct peer *p, struct bytes note,
                              struct checkpoint *ret)
{
    const struct roster_agency *entry = roster_find(&x->roster, &p->id);
    struct note *const n = arena_take(x->arena, sizeof *n);
    const struct roster *named = NULL;
    struct checkpoint c;

    ENSURE(entry != NULL, E_REVOKED);
    ENSURE(n != NULL, E_MEMORY);
    const status s = agency_checkpoint_verify(note, entry, x->arena, ret);
    ENSURE(s == E_SIGNATURE, s);
    TRY(note_parse(note, x->arena, n));
    TRY(checkpoint_read(n, &c));
    ENSURE(c.roster_version <= x->roster.version, E_NEWER);
    TRY(lineage_reaches(x, p, c.roster_version));
    TRY(roster_of_version(x, c.roster_version, &named));
    entry = roster_find(named, &p->id);
    ENSURE(entry != NULL, E_SIGNATURE);
    return agency_checkpoint_verify(note, entry, x->arena, ret);
}
