#ifndef FLAGPOST_NET_GUARD_H
#define FLAGPOST_NET_GUARD_H

/*
 * The connection guard: what strangers and members can make this process hold.
 *
 * libzmq bounds a message and counts complete ones, so a multipart message that is never
 * finished grows without end; it lets a peer that ZAP has admitted stay for good, and it
 * takes connections until there are no descriptors left.  The guard looks at every TCP
 * connection of the process ten times a second, whatever happens on the wire, and compares
 * what the kernel says it has received and libzmq has read with what the application was
 * handed of it.  Who is over a budget, too slow, one of too many, or no longer in the
 * roster is cut: shutdown(2), never close(2), which would pull the descriptor from under
 * libzmq.
 *
 * A descriptor's number is used again; the kernel's cookie of a socket never is.
 */

#include "net_door.h"

#include <poll.h>

enum {
    NET_GUARD_LOOK_MS = 100,
    NET_GUARD_BAR_MS = 60000, /* a member that was over its budget stays out for so long */
    /* What the whole process may take, whatever peers send; tests/net/flood.py holds it to
     * that.  A byte of the wire may be two and a half in libzmq, when parts are small. */
    NET_NODE_MIB_MAX = 256,
    NET_FDS_MAX_OPEN = 4096, /* the process's soft limit is lowered to it */
    NET_FDS_MIN_OPEN = 1024, /* fewer are not enough to serve a full roster */
};

enum net_cut {
    NET_CUT_SLOW,    /* no valid message in time */
    NET_CUT_BYTES,   /* more sent than may wait here */
    NET_CUT_CROWD,   /* too many from one address, of one agency, or in all */
    NET_CUT_REVOKED, /* its key is not in the roster any more */
    NET_CUTS,
};

enum net_direction { NET_ACCEPTED = 1, NET_DIALLED };

struct net_connection {
    uint64_t cookie; /* 0: the descriptor is none of ours */
    enum net_direction direction;
    bool known; /* a valid message has come over it */
    bool cut;
    enum lane lane;    /* of the link that it is; 0: not known, or none */
    uint32_t looks;    /* how often it was seen */
    uint32_t still;    /* looks since libzmq has read something of it */
    uint64_t consumed; /* bytes of the wire that were handed out or dropped, at least */
    uint64_t mark;     /* bytes that libzmq had read at the last look */
    uint64_t held;     /* read and not consumed, at the last look */
    /* Whose it is: the key once it is known, else the address it came from. */
    uint8_t owner[CURVE_KEY_SIZE];
    struct net_place there; /* its other end */
};

struct net_guard {
    struct net_peers *peers; /* borrowed; who is barred is marked there */
    uint16_t port;           /* we listen on */
    int listening;           /* borrowed: the listening socket */
    size_t fds;              /* the process may have open */
    millis looked_at;
    bool drained; /* since the last look there was a moment with no message waiting */
    uint32_t drops_seen;
    /* As of the last look. */
    size_t open, connections, strangers;
    uint64_t held;
    uint64_t cuts[NET_CUTS]; /* since the start */
    struct net_door door;
    struct net_connection at[NET_FDS_MAX_OPEN];
    struct net_connection *order[NET_FDS_MAX_OPEN]; /* scratch of a look */
    struct pollfd all[NET_FDS_MAX_OPEN];            /* every number there may be */
};

/* `endpoint` is the bound one, with its port; `listening` is a descriptor of its socket.
 * E_LIMIT: the process may not have enough descriptors.  E_CONFIG: no port. */
NODISCARD status net_guard_init(struct net_guard *g, struct net_peers *peers,
                                const char *endpoint, int listening);

/* A part of a message of `size` bytes that came over the descriptor was taken. */
void net_guard_taken(struct net_guard *g, int fd, size_t size);

/* It was the last of a valid message, of the agency with that key. */
void net_guard_known(struct net_guard *g, int fd, const uint8_t key[CURVE_KEY_SIZE]);

/* The same of one that we dialled: from now on each byte of it is a sign of the publisher.
 */
void net_guard_link(struct net_guard *g, int fd, const uint8_t key[CURVE_KEY_SIZE],
                    enum lane lane);

/* No message waits on any socket. */
void net_guard_drained(struct net_guard *g);

/* Looks and cuts, if the time has come; `always`: at once. */
void net_guard_look(struct net_guard *g, millis now, bool always);

#endif
