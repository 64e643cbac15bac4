#include "net_peers.h"

#include "clock.h"
#include "entropy.h"
#include "net_socket.h"

#include <string.h>
#include <zmq.h>

/*
 * A client that ZAP refused never tries again by itself, and libzmq's own pings go on while
 * a peer's application hangs.  The protocol greets every second, so silence is the one sign
 * that covers both: a link is dialled anew after 2 s, doubling to 30 s, until it is heard
 * for the first time, and after 15 s of silence from then on.
 */
enum { REDIAL_FIRST_MS = 2000, REDIAL_MAX_MS = 30000, SILENCE_MS = 15000 };

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
        if (memcmp(p->at[i].curve_key, key, CURVE_KEY_SIZE) == 0)
            return &p->at[i];
    }
    return NULL;
}

/* Up to a quarter more, so that the nodes of a network do not dial in step. */
static uint32_t with_jitter(uint32_t wait_ms)
{
    uint32_t random = 0;

    entropy_fill(&random, sizeof random);
    return wait_ms + random % (wait_ms / 4);
}

static status link_dial(struct net_peers *p, const struct net_peer *peer,
                        struct net_link *l)
{
    l->heard = false;
    l->since = clock_steady();
    if (l->socket != NULL)
        (void)zmq_disconnect(l->socket, peer->endpoint); /* ENOENT: it had given up */
    else
        TRY(net_socket_open(p->context, NET_SOCKET_LINK, p->keyring, peer->curve_key,
                            &l->socket));
    return zmq_connect(l->socket, peer->endpoint) == 0 ? OK : E_IO;
}

void net_link_heard(struct net_link *l)
{
    l->heard = true;
    l->since = clock_steady();
    l->wait_ms = REDIAL_FIRST_MS;
}

static void link_redial(struct net_peers *p, const struct net_peer *peer,
                        struct net_link *l, millis now)
{
    if (now - l->since < (l->heard ? SILENCE_MS : l->wait_ms))
        return;
    /* Each try that stays unheard doubles the next wait. */
    const uint32_t wait_ms = l->heard ? REDIAL_FIRST_MS : 2 * l->wait_ms;
    l->wait_ms = with_jitter(wait_ms < REDIAL_MAX_MS ? wait_ms : REDIAL_MAX_MS);
    (void)link_dial(p, peer, l); /* what failed is tried again after that wait */
}

bool net_peer_is_barred(const struct net_peer *peer, millis now)
{
    return now < peer->barred_until;
}

void net_peers_redial(struct net_peers *p)
{
    const millis now = clock_steady();

    for (size_t i = 0; i < p->count; i++) {
        struct net_peer *const peer = &p->at[i];
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

/* The same agency under the same key at the same place: its connections may stay. */
static bool is_unchanged(const struct net_peers *p, const struct net_peer *peer,
                         const struct roster *r, millis now)
{
    const struct roster_agency *const g = roster_find(r, &peer->id);

    return g != NULL && is_wanted(p, g, r, now) &&
           memcmp(g->curve_key, peer->curve_key, CURVE_KEY_SIZE) == 0 &&
           strcmp(g->endpoint, peer->endpoint) == 0;
}

static void peer_admit(struct net_peers *p, const struct roster_agency *g)
{
    MUST(p->count < AGENCIES_MAX);
    struct net_peer *const peer = &p->at[p->count];

    p->count++;
    *peer = (struct net_peer){.id = g->id};
    memcpy(peer->curve_key, g->curve_key, sizeof peer->curve_key);
    memcpy(peer->endpoint, g->endpoint, sizeof peer->endpoint);
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
        if (is_wanted(p, g, r, now) && net_peers_find(p, &g->id) == NULL)
            peer_admit(p, g);
    }
    const bool is_new = r->version != p->roster_version;
    p->roster_version = r->version;
    return dial_unheard(p, is_new);
}

void net_peers_done(struct net_peers *p)
{
    for (size_t i = 0; i < p->count; i++)
        peer_done(&p->at[i]);
    p->count = 0;
}
