#include "net_peers.h"

#include "clock.h"
#include "entropy.h"
#include "net_socket.h"

#include <string.h>
#include <zmq.h>

/*
 * A client that ZAP refused never tries again by itself, and libzmq's own pings go on while
 * a peer's application hangs.  The protocol greets every second, on a slow line every five,
 * so silence is the one sign that covers both: a link is dialled anew after 2 s, doubling
 * to 30 s, until it is heard for the first time, and after 15 s of silence from then on.
 * But a handshake that goes on, if only byte by byte, has the ten seconds that the library
 * gives it (net_socket.c).
 */
enum {
    REDIAL_FIRST_MS = 2000,
    REDIAL_MAX_MS = 30000,
    SILENCE_MS = 15000,
    HANDSHAKE_MS = 10000,
};

struct net_peer *net_peers_find(struct net_peers *p, const struct agency_id *id)
{
    for (size_t i = 0; i < p->count; i++) {
        if (agency_id_equal(&p->at[i].id, id))
            return &p->at[i];
    }
    return NULL;
}

struct net_peer *net_peers_find_key(struct net_peers *p, const uint8_t key[CURVE_KEY_SIZE])
{
    for (size_t i = 0; i < p->count; i++) {
        const struct net_peer *const peer = &p->at[i];
        if (memcmp(peer->curve_key, key, CURVE_KEY_SIZE) == 0 ||
            (peer->takes_outgoing && memcmp(peer->curve_out.key, key, CURVE_KEY_SIZE) == 0))
            return &p->at[i];
    }
    return NULL;
}

bool net_peers_has_source(const struct net_peers *p, const uint8_t source[NET_SOURCE_SIZE])
{
    for (size_t i = 0; i < p->count; i++) {
        if (memcmp(p->at[i].source, source, NET_SOURCE_SIZE) == 0)
            return true;
    }
    return false;
}

/* Up to a quarter more, so that the nodes of a network do not dial in step. */
static uint32_t with_jitter(uint32_t wait_ms)
{
    uint32_t random = 0;

    entropy_fill(&random, sizeof random);
    return wait_ms + random % (wait_ms / 4);
}

/* With the key that the publisher should be using, or with the other one. */
static bool wants_outgoing(const struct net_peer *peer, const struct net_link *l)
{
    return peer->takes_outgoing && peer->uses_outgoing != l->other;
}

static status link_dial(struct net_peers *p, const struct net_peer *peer,
                        struct net_link *l)
{
    const bool outgoing = wants_outgoing(peer, l);

    l->heard = false;
    l->since = clock_steady();
    if (outgoing != l->outgoing)
        net_socket_close(&l->socket); /* its server key cannot be changed */
    l->outgoing = outgoing;
    if (l->socket != NULL)
        (void)zmq_disconnect(l->socket, peer->endpoint); /* ENOENT: it had given up */
    else
        TRY(net_socket_open(p->context, NET_SOCKET_LINK, p->keyring,
                            outgoing ? peer->curve_out.key : peer->curve_key, &l->socket));
    return zmq_connect(l->socket, peer->endpoint) == 0 ? OK : E_IO;
}

void net_link_heard(struct net_link *l)
{
    l->heard = true;
    l->since = clock_steady();
    l->wait_ms = REDIAL_FIRST_MS;
}

void net_link_moves(struct net_link *l, millis now)
{
    if (l->heard)
        l->since = now;
}

/* Whose it is cannot be told before it ends: of all that are there, or may be. */
void net_peers_dialling(struct net_peers *p, const struct net_place *to)
{
    for (size_t i = 0; i < p->count; i++) {
        struct net_peer *const peer = &p->at[i];
        const bool there =
            to != NULL && (peer->place.port != 0 ? net_place_equal(&peer->place, to)
                                                 : net_port(peer->endpoint) == to->port);
        peer->dialling = to != NULL && (peer->dialling || there);
    }
}

/* A handshake that goes on holds back the peer's links of which nothing was heard, and for
 * no longer than it may take. */
static uint32_t patience(const struct net_peer *peer, const struct net_link *l)
{
    if (l->heard)
        return SILENCE_MS;
    return peer->dialling && l->wait_ms < HANDSHAKE_MS ? HANDSHAKE_MS : l->wait_ms;
}

static void link_redial(struct net_peers *p, const struct net_peer *peer,
                        struct net_link *l, millis now)
{
    const bool silent = now - l->since >= patience(peer, l);

    if (!silent && l->outgoing == wants_outgoing(peer, l))
        return;
    /* Its clock is not ours: it may have changed over already, or not yet. */
    if (silent && !l->heard)
        l->other = !l->other;
    /* Each try that stays unheard doubles the next wait. */
    const uint32_t wait_ms = l->heard ? REDIAL_FIRST_MS : 2 * l->wait_ms;
    l->wait_ms = with_jitter(wait_ms < REDIAL_MAX_MS ? wait_ms : REDIAL_MAX_MS);
    (void)link_dial(p, peer, l); /* what failed is tried again after that wait */
}

bool net_peer_is_barred(const struct net_peer *peer, millis now)
{
    return now < peer->barred_until;
}

/* Which of its two keys a peer uses and we take, by the wall clock as it was applied. */
static void look_at_keys(struct net_peer *peer, millis wall)
{
    const bool used = outgoing_is_used(&peer->curve_out, wall);

    peer->takes_outgoing = outgoing_is_taken(&peer->curve_out, wall);
    for (size_t k = 0; k < LANES && used != peer->uses_outgoing; k++)
        peer->links[k].other = false;
    peer->uses_outgoing = used;
}

void net_peers_redial(struct net_peers *p)
{
    const millis now = clock_steady();

    for (size_t i = 0; i < p->count; i++) {
        struct net_peer *const peer = &p->at[i];
        look_at_keys(peer, p->wall + (now - p->steady));
        for (size_t k = 0; k < LANES && peer->endpoint[0] != '\0'; k++) {
            if (net_peer_is_barred(peer, now))
                net_socket_close(&peer->links[k].socket);
            else
                link_redial(p, peer, &peer->links[k], now);
        }
    }
}

static void peer_done(struct net_peer *peer)
{
    for (size_t k = 0; k < LANES; k++)
        net_socket_close(&peer->links[k].socket);
    memset(peer, 0, sizeof *peer);
}

/* Its routing ids go with the row, so nothing is sent to it any more, and what it sends is
 * dropped because its key is found no longer.  Its connections to our listener are cut by
 * the guard (net_guard.c), whose next look sees the count of drops. */
static void peer_drop(struct net_peers *p, size_t i)
{
    const size_t last = p->count - 1;

    peer_done(&p->at[i]);
    if (i != last)
        p->at[i] = p->at[last];
    memset(&p->at[last], 0, sizeof p->at[last]);
    p->count = last;
    p->drops++;
}

static bool is_wanted(const struct net_peers *p, const struct roster_agency *g,
                      const struct roster *r, millis now)
{
    return !agency_id_equal(&g->id, &p->self) && roster_is_current(r, &g->id, now);
}

/* Connections by a key that is still listed, if only as going out, may stay. */
static bool keeps_key(const struct net_peer *peer, const struct roster_agency *g)
{
    return memcmp(g->curve_key, peer->curve_key, CURVE_KEY_SIZE) == 0 ||
           (g->curve_out.until != 0 &&
            memcmp(g->curve_out.key, peer->curve_key, CURVE_KEY_SIZE) == 0);
}

/* The same agency at the same place. */
static bool is_unchanged(const struct net_peers *p, const struct net_peer *peer,
                         const struct roster *r, millis now)
{
    const struct roster_agency *const g = roster_find(r, &peer->id);

    return g != NULL && is_wanted(p, g, r, now) && keeps_key(peer, g) &&
           strcmp(g->endpoint, peer->endpoint) == 0;
}

static struct net_peer *peer_admit(struct net_peers *p, const struct roster_agency *g)
{
    MUST(p->count < AGENCIES_MAX);
    struct net_peer *const peer = &p->at[p->count];

    p->count++;
    *peer = (struct net_peer){.id = g->id};
    memcpy(peer->endpoint, g->endpoint, sizeof peer->endpoint);
    (void)net_place_read(peer->endpoint, &peer->place); /* else it is known once heard */
    return peer;
}

/* A link by the key that now goes out stays; one by the key that went out before does not.
 */
static void peer_take_keys(struct net_peer *peer, const struct roster_agency *g, millis now)
{
    const bool replaced = memcmp(g->curve_key, peer->curve_key, CURVE_KEY_SIZE) != 0;
    const bool gone = memcmp(g->curve_out.key, peer->curve_out.key, CURVE_KEY_SIZE) != 0;

    for (size_t k = 0; k < LANES; k++) {
        if (peer->links[k].outgoing && gone)
            net_socket_close(&peer->links[k].socket);
        peer->links[k].outgoing = replaced || peer->links[k].outgoing;
    }
    memcpy(peer->curve_key, g->curve_key, sizeof peer->curve_key);
    peer->curve_out = g->curve_out;
    look_at_keys(peer, now);
}

/* A roster that reaches us reaches its peers at about the same time: who refused us before
 * may admit us now, so with a new one waiting starts anew.  The first failure is returned,
 * after all have had their turn. */
static status dial_unheard(struct net_peers *p, bool is_new)
{
    status s = OK;

    for (size_t i = 0; i < p->count * LANES; i++) {
        struct net_peer *const peer = &p->at[i / LANES];
        struct net_link *const l = &peer->links[i % LANES];
        if (peer->endpoint[0] == '\0')
            continue;
        if (l->wait_ms == 0 || (is_new && !l->heard))
            l->wait_ms = with_jitter(REDIAL_FIRST_MS);
        if (l->socket != NULL)
            continue;
        const status dialled = link_dial(p, peer, l);
        s = s == OK ? dialled : s;
    }
    return s;
}

status net_peers_apply(struct net_peers *p, const struct roster *r, millis now)
{
    for (size_t i = p->count; i > 0; i--) {
        if (!is_unchanged(p, &p->at[i - 1], r, now))
            peer_drop(p, i - 1);
    }
    for (size_t i = 0; i < r->agency_count; i++) {
        const struct roster_agency *const g = &r->agencies[i];
        struct net_peer *peer = net_peers_find(p, &g->id);
        if (!is_wanted(p, g, r, now))
            continue;
        if (peer == NULL)
            peer = peer_admit(p, g);
        peer_take_keys(peer, g, now);
    }
    p->wall = now;
    p->steady = clock_steady();
    const bool is_new = r->version != p->roster_version;
    p->roster_version = r->version;
    return dial_unheard(p, is_new);
}

void net_peers_rekey(struct net_peers *p)
{
    for (size_t i = 0; i < p->count * LANES; i++) {
        struct net_link *const l = &p->at[i / LANES].links[i % LANES];
        net_socket_close(&l->socket);
        l->skipping = false;
        l->wait_ms = 0;
    }
    for (size_t i = 0; i < p->count; i++)
        memset(p->at[i].routes, 0, sizeof p->at[i].routes);
}

void net_peers_done(struct net_peers *p)
{
    for (size_t i = 0; i < p->count; i++)
        peer_done(&p->at[i]);
    p->count = 0;
}
