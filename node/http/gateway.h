#ifndef FLAGPOST_HTTP_GATEWAY_H
#define FLAGPOST_HTTP_GATEWAY_H

/*
 * The HTTP server itself: connections, sizes, times.  One request a connection, each in a
 * thread of its own that may wait for the node; so no connection is ever suspended, which
 * libmicrohttpd forgets when it stops (page 7).  A connection has a deadline from its first
 * byte, whatever it does in between.
 */

#include "status.h"

#include <stdbool.h>

enum {
    GATEWAY_CONNECTIONS_MAX = 24,
    GATEWAY_ASKS_MAX = 8,        /* at the node's control socket, which people use too */
    GATEWAY_DEADLINE_MS = 30000, /* of a whole request */
    GATEWAY_IDLE_S = 10,
};

struct gateway;

struct gateway_setup {
    int listener;        /* taken over */
    const char *control; /* path of the node's control socket; must outlive the gateway */
    bool check_host;     /* not on a UNIX socket, where no browser is */
};

NODISCARD status gateway_start(const struct gateway_setup *s, struct gateway **ret);
/* Closes connections that are past their deadline; call about once a second. */
void gateway_tick(struct gateway *g);
/* Lets requests that are being answered end. */
struct gateway *gateway_free(struct gateway *g);

#endif
