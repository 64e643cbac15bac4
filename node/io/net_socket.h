#ifndef FLAGPOST_NET_SOCKET_H
#define FLAGPOST_NET_SOCKET_H

/* ZeroMQ sockets with every option set: nothing is left at the library's default that
 * security or memory depends on. */

#include "keyring.h"

enum net_socket_kind {
    NET_SOCKET_LISTENER = 1, /* ROUTER, CURVE server */
    NET_SOCKET_LINK = 2,     /* DEALER, CURVE client */
    NET_SOCKET_FEED = 4,     /* PUB for the agency's own systems */
    NET_SOCKET_ZAP = 8,      /* REP that answers who may connect */
};

/* The domain under which ZAP is asked; another one is refused. */
#define NET_ZAP_DOMAIN "flagpost"

/*
 * An unbound socket with its options, and its keys where it has CURVE: `keyring` for
 * LISTENER and LINK, `server_key` (the publisher's CURVE key) for LINK, NULL elsewhere.
 * E_IO: it cannot be made, or an option was refused.
 */
NODISCARD status net_socket_open(void *context, enum net_socket_kind kind,
                                 struct keyring *keyring,
                                 const uint8_t server_key[CURVE_KEY_SIZE], void **ret);

/*
 * A listener's server key is fixed once it is bound, and a confined process can listen on
 * no other socket.  So the kernel's socket is kept: `ret_fd` is a descriptor more of the
 * one that listens on `port`, the caller's to close.  E_IO.
 */
NODISCARD status net_socket_keep(uint16_t port, int *ret_fd);
void net_socket_forget(int *fd); /* closes it; -1: there is none */
/* Another listener over the kept socket, with the key in use now, in place of the one
 * before: whoever waits to be accepted is not turned away, and the port is not free for a
 * moment.  E_IO: the one before stays. */
NODISCARD status net_socket_reopen(void *context, struct keyring *keyring, int kept,
                                   void **listener);

/* Closes and sets to NULL; accepts NULL. */
void net_socket_close(void **socket);

#endif
