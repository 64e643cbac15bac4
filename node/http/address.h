#ifndef FLAGPOST_HTTP_ADDRESS_H
#define FLAGPOST_HTTP_ADDRESS_H

/*
 * Where the gateway listens: loopback or a UNIX socket, and nowhere else.  What comes in is
 * intelligence in the clear, so there is no address for it that leaves the machine.
 */

#include "status.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct http_address {
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
        struct sockaddr_un local;
    };
    socklen_t size;
    bool is_local; /* a UNIX socket */
};

/* "127.0.0.1:8080", "[::1]:8080", "unix:/run/flagpost/http.sock".  E_FORM: none of these;
 * E_DENIED: an address that others can reach. */
NODISCARD status http_address_read(const char *text, struct http_address *ret);

/* A socket that listens there, also with mode 0660 where it is a file; one that a killed
 * gateway left is replaced.  E_BUSY: another listens there.  E_IO. */
NODISCARD status http_listen(const struct http_address *a, int *ret_fd);

/* Whether a Host header names this machine's loopback: a page of a browser, tricked into
 * calling us by a name of its own (DNS rebinding), says that name.  NULL is refused. */
bool http_host_is_ours(const char *host);

#endif
