#include "internal.h"

#include <string.h>

/*
 * Our own KX keys.  Whoever takes a private half can open what was sealed for it, so each
 * is used for a week and kept only as long as a record may be under way.  Announcing is a
 * note with a higher number; a peer that has not heard of it goes on with the one it knows.
 *
 * Times are those of the wall clock, written down beside the keys.  One that was wrong when
 * a key was made may destroy it early, which costs a second issue, and never before it was
 * kept for KX_KEEP_MS by the same clock.
 */

static struct peer *self_of(struct exchange *x)
{
    return &x->peers[x->self_number];
}

status own_kx_note(struct exchange *x, struct bytes *ret)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &x->self);
    const status s = x->store.ops->kx_find(x->store.self, &x->self, x->arena, ret);

    if (s != E_UNKNOWN)
        return s;
    ENSURE(entry != NULL, E_UNKNOWN);
    return kx_note_sign(&entry->first_kx, x->keyring, x->arena, ret);
}

void tell_kx(struct exchange *x, const struct peer *to, enum end end, enum lane lane)
{
    struct frame f = {.lane = lane, .kind = FRAME_KX};

    if (own_kx_note(x, &f.kx.note) == OK)
        (void)send_frame(x, to, end, &f); /* the next greeting shows that it is lacking */
}

static bool has_room(const struct keyring *k)
{
    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        if (keyring_kx_all(k)[i].id == 0)
            return true;
    }
    return false;
}

/* The pair exists nowhere but here until the turn is durable, and no byte leaves before. */
static status make_key(struct exchange *x, struct kx_note *n)
{
    const struct keyring_kx kx = {.id = n->number, .from = n->from};
    struct hpke_key_pair pair DEFER(hpke_key_pair_done) = {0};
    uint8_t seed[32];

    draw_bytes(&x->draw, seed, sizeof seed);
    status s = hpke_derive(bytes_of(seed, sizeof seed), &pair);
    explicit_bzero(seed, sizeof seed);
    TRY(s);
    TRY(keyring_kx_add(x->keyring, &kx, pair.secret));
    memcpy(n->key, pair.public, sizeof n->key);
    return x->store.ops->kx_secret_put(x->store.self, &kx, pair.secret);
}

/* keys.db is committed before the journal: after a power cut between them there is a
 * private half whose note was never put.  Nobody has heard of it, and its number is used
 * up. */
static uint32_t last_made(const struct keyring *k, uint32_t after)
{
    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        if (keyring_kx_all(k)[i].id > after)
            after = keyring_kx_all(k)[i].id;
    }
    return after;
}

/* The next key, under a number that none of ours ever had as far as is known. */
static status renew(struct exchange *x, uint32_t after)
{
    struct peer *const self = self_of(x);
    struct kx_note n = {.realm = x->realm, .agency = x->self, .from = x->now};
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_KX};

    after = last_made(x->keyring, after);
    if (!has_room(x->keyring) || after == UINT32_MAX)
        return OK;
    n.number = after + 1;
    TRY(make_key(x, &n));
    TRY(kx_note_sign(&n, x->keyring, x->arena, &f.kx.note));
    TRY(x->store.ops->kx_put(x->store.self, &x->self, n.number, f.kx.note));
    kx_apply(self, &n);
    send_to_all(x, &f);
    return OK;
}

status take_own_kx(struct exchange *x, struct bytes note)
{
    struct kx_note n = {0};
    const struct peer *const self = self_of(x);
    const struct roster_agency *const entry = roster_find(&x->roster, &x->self);

    ENSURE(entry != NULL, E_UNKNOWN);
    TRY(agency_kx_note_verify(note, entry, x->arena, &n));
    ENSURE(hash_equal(&n.realm, &x->realm), E_REALM);
    ENSURE(agency_id_equal(&n.agency, &x->self), E_SIGNATURE);
    const bool same =
        n.number == self->kx_id && memcmp(n.key, self->kx_public, sizeof n.key) == 0;
    ENSURE(n.number >= self->kx_id && !same, E_DUPLICATE);
    return renew(x, n.number);
}

/* From when on a key was no longer the newest: as early as any after it says, and never
 * before it was made itself.  UINT64_MAX: it is the newest. */
static millis replaced_at(const struct keyring *k, const struct keyring_kx *kx)
{
    millis at = UINT64_MAX;

    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        const struct keyring_kx *const later = &keyring_kx_all(k)[i];
        const millis from = later->from > kx->from ? later->from : kx->from;
        if (later->id > kx->id && from < at)
            at = from;
    }
    return at;
}

static status destroy_old(struct exchange *x)
{
    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        const struct keyring_kx kx = keyring_kx_all(x->keyring)[i];
        const millis at = replaced_at(x->keyring, &kx);
        if (kx.id == 0 || at > x->now || x->now - at < KX_KEEP_MS)
            continue;
        TRY(x->store.ops->kx_secret_destroy(x->store.self, kx.id));
        keyring_kx_destroy(x->keyring, kx.id);
    }
    return OK;
}

/* A key that says it was made in a week that has not come was made by a wrong clock. */
static bool is_old(const struct exchange *x, uint32_t id)
{
    millis from = 0;

    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        if (keyring_kx_all(x->keyring)[i].id == id)
            from = keyring_kx_all(x->keyring)[i].from;
    }
    const millis off = x->now > from ? x->now - from : from - x->now;
    return off >= KX_PERIOD_MS;
}

/* Our signing key has changed: soon nobody takes what the one before has signed. */
static bool is_signed_before(struct exchange *x)
{
    struct bytes note = {0};
    struct kx_note n;

    return x->store.ops->kx_find(x->store.self, &x->self, x->arena, &note) == OK &&
           kx_note_verify(note, keyring_sign_public(x->keyring), x->arena, &n) != OK;
}

status renew_tick(struct exchange *x)
{
    const struct peer *const self = self_of(x);

    if (!self->current)
        return OK;
    const bool lost = !keyring_has_kx(x->keyring, self->kx_id);
    if (lost || is_signed_before(x) || (x->clock_is_good && is_old(x, self->kx_id)))
        TRY(renew(x, self->kx_id));
    return x->clock_is_good ? destroy_old(x) : OK;
}
