#include "internal.h"

#include <string.h>

/*
 * Rosters and KX notes: what is in force, what a greeting shows the other end to lack, and
 * what to do with what it sends.  A newer roster is taken from anyone, because the root
 * keys vouch for it and not whoever brings it.
 */

void kx_apply(struct peer *p, const struct kx_note *n)
{
    if (n->number <= p->kx_id)
        return;
    p->kx_id = n->number;
    memcpy(p->kx_public, n->key, sizeof p->kx_public);
}

/* The newest stored note of an agency, which may be newer than the roster's. */
static status kx_load(struct exchange *x, struct peer *p, const struct roster_agency *entry,
                      struct arena *a)
{
    struct bytes bytes = {0};
    struct kx_note n = {0};
    const status s = x->store.ops->kx_find(x->store.self, &p->id, a, &bytes);

    p->kx_id = 0;
    kx_apply(p, &entry->first_kx);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    /* After a signing key has changed, notes under the old one no longer count. */
    if (agency_kx_note_verify(bytes, entry, a, &n) == OK)
        kx_apply(p, &n);
    return OK;
}

/* Makes the table of peers that of the roster in force.  Peers are never renumbered. */
static status peers_apply(struct exchange *x, struct arena *a)
{
    for (size_t i = 0; i < x->peer_count; i++)
        x->peers[i].current = false;
    for (size_t i = 0; i < x->roster.agency_count; i++) {
        const struct roster_agency *const entry = &x->roster.agencies[i];
        size_t n = peer_number(x, &entry->id);
        if (n == NO_PEER) {
            ENSURE(x->peer_count < AGENCIES_MAX, E_LIMIT);
            n = x->peer_count++;
            x->peers[n] = (struct peer){.id = entry->id};
            for (size_t l = 0; l < LANES; l++)
                TRY(follow_load(x, &x->peers[n], lane_of_rank(l), a));
        }
        x->peers[n].current = !roster_is_revoked(&x->roster, &entry->id);
        TRY(kx_load(x, &x->peers[n], entry, a));
    }
    for (size_t i = 0; i < x->peer_count; i++)
        lineage_begin(x, &x->peers[i]);
    x->self_number = peer_number(x, &x->self);
    ENSURE(x->self_number != NO_PEER, E_UNKNOWN);
    own_keys_choose(x);
    return OK;
}

status trust_load(struct exchange *x, struct arena *a)
{
    struct bytes bytes = {0};

    TRY(x->store.ops->document_find(x->store.self, DOCUMENT_ROSTER, 0, a, &bytes));
    TRY(roster_verify(bytes, &x->root, &x->realm, NULL, a, &x->roster));
    return peers_apply(x, a);
}

/* Sessions with agencies that are no longer current end here; the transport cuts theirs. */
static void drop_revoked(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        struct peer *const p = &x->peers[i];
        if (p->current)
            continue;
        memset(p->deliveries, 0, sizeof p->deliveries);
        for (size_t l = 0; l < LANES; l++) {
            struct follow *const f = &p->follows[l];
            f->answered = false;
            f->asked = false;
        }
    }
}

/* Leaves above the last good place that a revocation names are not believed. */
static void quarantine_revoked(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        struct peer *const p = &x->peers[i];
        if (!roster_is_revoked(&x->roster, &p->id))
            continue;
        for (size_t l = 0; l < LANES; l++) {
            struct follow *const f = &p->follows[l];
            const struct revocation *const good =
                f->known ? roster_good_place(&x->roster, &f->row.id) : NULL;
            if (!f->known || (good != NULL && f->row.frontier.size <= good->size))
                continue;
            f->row.quarantine = E_REVOKED;
            f->dirty = true;
        }
    }
}

/* Whoever keeps the roots has listed the agency anew: the key that signed what is in
 * quarantine was given up, so nothing can be added to that, and an epoch after it is
 * followed again.  What was stored stays as it is. */
static status lift_quarantine(struct exchange *x, struct peer *p, struct follow *f)
{
    struct group_row g = {0};
    struct checkpoint c;

    if (!f->known || f->row.quarantine == OK || f->row.frontier.size == 0 || !p->current)
        return OK;
    const size_t mark = arena_mark(x->arena);
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, f->row.frontier.size - 1,
                                 x->arena, &g));
    const status s = peer_checkpoint_verify(x, p, g.checkpoint, &c);
    arena_rewind(x->arena, mark);
    ENSURE(s == E_SIGNATURE, s);
    f->row.quarantine = OK;
    f->dirty = true;
    return OK;
}

static status lift_quarantines(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count * LANES; i++) {
        struct peer *const p = &x->peers[i / LANES];
        TRY(lift_quarantine(x, p, &p->follows[i % LANES]));
    }
    return OK;
}

static status audit_install(struct exchange *x, uint32_t version)
{
    char *const text = arena_take(x->arena, 32);
    struct item_audit row = {.at = x->now, .operation = AUDIT_INSTALL};

    ENSURE(text != NULL, E_MEMORY);
    struct writer w = writer_over(text, 32);
    write_text(&w, "roster version ");
    write_decimal(&w, version);
    row.actor = bytes_of_text("node");
    row.outcome = writer_bytes(&w);
    /* A fenced node still takes a roster: it may be the one that revokes its thief. */
    const status s = exchange_audit(x, &row);
    return s == E_FENCED ? OK : s;
}

/* Peers are never renumbered, so agencies that have left keep their place. */
static bool has_room_for(const struct exchange *x, const struct roster *next)
{
    size_t fresh = 0;

    for (size_t i = 0; i < next->agency_count; i++)
        fresh += peer_number(x, &next->agencies[i].id) == NO_PEER;
    return fresh <= AGENCIES_MAX - x->peer_count;
}

/* What was shown of our own history was judged by the roster before: a key that this one
 * gives up has no word any more, and who holds more than we do shows it again. */
static void forget_shown(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        memset(&x->own[l].shown, 0, sizeof x->own[l].shown);
        x->own[l].shown_given_up = false;
    }
}

status exchange_install_roster(struct exchange *x, struct bytes note)
{
    const size_t mark = arena_mark(x->arena);
    struct roster *const next = arena_take(x->arena, sizeof *next);

    ENSURE(next != NULL, E_MEMORY);
    TRY(roster_verify(note, &x->root, &x->realm, &x->roster, x->arena, next));
    ENSURE(roster_find(next, &x->self) != NULL, E_UNKNOWN);
    ENSURE(has_room_for(x, next), E_LIMIT);
    TRY(x->store.ops->document_put(x->store.self, DOCUMENT_ROSTER, next->version, note));
    x->past = x->roster;
    x->roster = *next;
    arena_rewind(x->arena, mark);
    TRY(peers_apply(x, x->arena));
    drop_revoked(x);
    forget_shown(x);
    quarantine_revoked(x);
    TRY(lift_quarantines(x));
    TRY(own_epoch_look(x));
    notice(x, NOTICE_ROSTER, &x->self, LANE_LOCAL, x->roster.version, OK);
    return audit_install(x, x->roster.version);
}

void exchange_root(struct exchange *x, const struct root *next)
{
    MUST(next->number > x->root.number);
    x->root = *next;
}

status take_roster(struct exchange *x, struct peer *from, struct bytes note)
{
    (void)from;
    const status s = exchange_install_roster(x, note);

    /* Several peers bring the same news. */
    return s == E_ROLLBACK || s == E_DUPLICATE ? OK : s;
}

/* It says again what we know, or has forgotten what it said: then it is shown its own. */
static status remind_kx(struct exchange *x, const struct peer *from,
                        const struct kx_note *said)
{
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_KX};

    if (said->number == from->kx_id &&
        memcmp(said->key, from->kx_public, sizeof said->key) == 0)
        return E_DUPLICATE;
    const status s = x->store.ops->kx_find(x->store.self, &from->id, x->arena, &f.kx.note);
    ENSURE(s == OK, s == E_UNKNOWN ? E_DUPLICATE : s);
    (void)send_frame(x, from, END_FOLLOWING, &f); /* it says so again, and is shown then */
    return OK;
}

status take_kx(struct exchange *x, struct peer *from, struct bytes note)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &from->id);
    struct kx_note n = {0};

    ENSURE(entry != NULL, E_REVOKED);
    const status theirs = agency_kx_note_verify(note, entry, x->arena, &n);
    if (theirs != OK)
        return take_own_kx(x, note) == OK ? OK : theirs;
    ENSURE(hash_equal(&n.realm, &x->realm), E_REALM);
    ENSURE(agency_id_equal(&n.agency, &from->id), E_SIGNATURE);
    if (n.number <= from->kx_id)
        return remind_kx(x, from, &n);
    TRY(x->store.ops->kx_put(x->store.self, &from->id, n.number, note));
    kx_apply(from, &n);
    return OK;
}

status tell_trust(struct exchange *x, struct peer *to, enum end end, enum lane lane,
                  const struct frame_hello *hello)
{
    struct frame f = {.lane = lane};

    /* One lane tells, so that the same note does not go three times. */
    if (lane != LANE_ROUTINE)
        return OK;
    if (hello->roster_version < x->roster.version) {
        f.kind = FRAME_ROSTER;
        const status s = x->store.ops->document_find(x->store.self, DOCUMENT_ROSTER,
                                                     hello->roster_version + 1, x->arena,
                                                     &f.roster.note);
        /* We joined later than that one: somebody else has it. */
        if (s != E_UNKNOWN)
            TRY(s);
        if (s == OK)
            (void)send_frame(x, to, end, &f); /* the next greeting shows the same */
    }
    /* One who knows a higher number than we do will show us its note. */
    if (hello->kx_id != x->peers[x->self_number].kx_id)
        tell_kx(x, to, end, lane);
    return OK;
}
