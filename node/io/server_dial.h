#ifndef FLAGPOST_SERVER_DIAL_H
#define FLAGPOST_SERVER_DIAL_H

/* Addresses of control sockets, and connecting to one: what both ends need. */

#include "status.h"

#include <sys/un.h>

/* E_LIMIT: a path that does not fit (108 bytes with its NUL). */
NODISCARD status server_address(const char *path, struct sockaddr_un *ret);

/* A blocking socket that gives up after a minute; the caller closes it.  E_UNKNOWN: nobody
 * listens there.  E_DENIED, E_IO. */
NODISCARD status server_dial(const struct sockaddr_un *a, int *ret_fd);

struct person;
/* Who made the connection, by SO_PEERCRED.  E_DENIED: the kernel does not say. */
NODISCARD status server_person(int fd, struct person *ret);

#endif
