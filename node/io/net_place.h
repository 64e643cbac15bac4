#ifndef FLAGPOST_NET_PLACE_H
#define FLAGPOST_NET_PLACE_H

/* Where a connection comes from, or goes to. */

#include "types.h"

#include <sys/socket.h>

/* An address of IPv6, IPv4 as it stands in it; of IPv6 the /64 alone, since a customer is
 * given one and may dial from any address in it. */
enum { NET_SOURCE_SIZE = 16 };

struct net_place {
    uint16_t port; /* 0: it is none */
    uint8_t source[NET_SOURCE_SIZE];
};

/* Of another family: none. */
struct net_place net_place_of(const struct sockaddr_storage *s);

/* Of tcp://host:port, where the host is an address.  False: it is a name. */
bool net_place_read(const char *endpoint, struct net_place *ret);

/* The port of tcp://host:port; 0: it has none. */
uint16_t net_port(const char *endpoint);

bool net_place_equal(const struct net_place *a, const struct net_place *b);

#endif
