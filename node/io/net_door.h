#ifndef FLAGPOST_NET_DOOR_H
#define FLAGPOST_NET_DOOR_H

/*
 * Who dials again and again without ever saying who he is.
 *
 * libzmq accepts every connection and makes keys for it, so what a stranger costs is the
 * number of his connections, however soon each of them is cut.  An address from which new
 * strangers come at nearly every look of the guard is barred for half a minute: a filter on
 * the listening socket (socket(7), SO_ATTACH_FILTER) has the kernel drop its packets, so it
 * costs neither a descriptor nor a key.  An agency that is refused dials at most three
 * times in the first second and ever more seldom (net_socket.c), which is far below that.
 *
 * The address of an agency that has said who it is is never barred: a stranger behind the
 * same gateway would shut it out.
 */

#include "net_peers.h"

enum {
    NET_DOOR_SOURCES_MAX = 32, /* that are watched at a time; more want a firewall */
    NET_DOOR_BAR_MS = 30000,
    /* Of so many looks so many with a new stranger: a second and a half. */
    NET_DOOR_LOOKS = 16,
    NET_DOOR_FRESH_MAX = 12,
};

struct net_source {
    uint8_t address[NET_SOURCE_SIZE];
    uint32_t looks; /* the last bit is this look's: a new stranger was seen */
    bool barred;
    millis until;
};

struct net_door {
    size_t count;
    struct net_source at[NET_DOOR_SOURCES_MAX];
    uint64_t bars; /* since the start */
};

/* In this look a new stranger was seen, of that address. */
void net_door_dialled(struct net_door *d, const uint8_t address[NET_SOURCE_SIZE]);

/* Ends a look: bars and lets in again.  `listening`: a descriptor of the listening socket.
 */
void net_door_turn(struct net_door *d, const struct net_peers *peers, int listening,
                   millis now);

#endif
