#ifndef FLAGPOST_NET_PEERS_H
#define FLAGPOST_NET_PEERS_H

/*
 * Who may talk to us and how each is reached: for every admitted agency its CURVE key, the
 * newest routing id of each lane on our listener, and a link (DEALER) for each lane of its
 * own streams.  An agency that is not here has no connection that counts.
 */

#include "net_place.h"
#include "roster.h"

/* What libzmq gives to a peer that names itself nothing: 0 and a u32.  Others are refused.
 */
enum { NET_ROUTE_SIZE = 5 };

struct net_route {
    bool known;
    uint8_t id[NET_ROUTE_SIZE];
};

struct net_link {
    void *socket;     /* NULL: not yet, or it could not be opened */
    bool outgoing;    /* it was dialled with the publisher's key that goes out */
    bool other;       /* it is to be dialled with the one that should not be in use */
    bool skipping;    /* within the further parts of a message that is dropped */
    bool heard;       /* since it was dialled */
    millis since;     /* when it was dialled, or last heard */
    uint32_t wait_ms; /* unheard for so long: dial again */
};

struct net_peer {
    struct agency_id id;
    uint8_t curve_key[CURVE_KEY_SIZE];
    struct outgoing_key curve_out;
    bool uses_outgoing, takes_outgoing; /* at the last look */
    char endpoint[ENDPOINT_MAX + 1];    /* empty: it is not followed */
    struct net_route routes[LANES];
    struct net_link links[LANES];
    struct net_place place; /* where it listens; of port 0: by a name, and not heard yet */
    bool dialling; /* a connection of ours, to it perhaps, is in its handshake, which goes
                      on */
    uint8_t source[NET_SOURCE_SIZE]; /* it was last heard from on our listener; 0: never */
    millis barred_until; /* steady; it has sent more than may wait here (net_guard.h) */
};

struct net_peers {
    void *context;
    struct keyring *keyring;
    struct agency_id self;
    uint32_t roster_version; /* applied last; 0 = none yet */
    millis wall, steady;     /* when that was, by each clock */
    uint32_t drops;          /* how often one was dropped, or its key or place changed */
    size_t count;
    struct net_peer at[AGENCIES_MAX]; /* in no order */
};

/* NULL when not admitted; by either key while a peer has two. */
struct net_peer *net_peers_find(struct net_peers *p, const struct agency_id *id);
struct net_peer *net_peers_find_key(struct net_peers *p, const uint8_t key[CURVE_KEY_SIZE]);

/* Whether an admitted agency was heard from there. */
bool net_peers_has_source(const struct net_peers *p, const uint8_t source[NET_SOURCE_SIZE]);

/* As net_apply.  Drops before it admits; `now` is the wall clock's. */
NODISCARD status net_peers_apply(struct net_peers *p, const struct roster *r, millis now);

/* A connection of ours to that place is in its handshake, which goes on.  NULL: none is. */
void net_peers_dialling(struct net_peers *p, const struct net_place *to);

/* A valid message came over the link. */
void net_link_heard(struct net_link *l);

/* A part of one came. */
void net_link_moves(struct net_link *l, millis now);

/* Whether the guard holds against the peer what it did a moment ago. */
bool net_peer_is_barred(const struct net_peer *peer, millis now);

/* Dials again where nothing was heard for too long; call it about once a second. */
void net_peers_redial(struct net_peers *p);

/* Ours is another key: every link is closed, to be dialled with it. */
void net_peers_rekey(struct net_peers *p);

/* Closes all links. */
void net_peers_done(struct net_peers *p);

#endif
