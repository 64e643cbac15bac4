#ifndef FLAGPOST_TESTS_GUARD_PAIRS_H
#define FLAGPOST_TESTS_GUARD_PAIRS_H

/* Plain TCP connections, both ends in this process, under a guard of the test's own. */

#include "net_guard.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS_MAX = 200, DEADLINE_MS = 10000 };

static struct net_guard guard;
static struct net_peers peers;
static int listener = -1;
static uint16_t port;
static const uint8_t member[CURVE_KEY_SIZE] = {1, 2, 3};

/* What libzmq would have accepted, and its other end. */
struct pair {
    int ours, theirs;
};

static inline uint16_t local_port(int fd)
{
    struct sockaddr_in a = {0};
    socklen_t size = sizeof a;

    CHECK(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
    return ntohs(a.sin_port);
}

static inline void start(void)
{
    const struct sockaddr_in a = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char endpoint[64];

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(listener >= 0 && bind(listener, (const struct sockaddr *)&a, sizeof a) == 0);
    CHECK(listen(listener, PAIRS_MAX) == 0);
    port = local_port(listener);
    memset(&peers, 0, sizeof peers);
    memset(&guard, 0, sizeof guard);
    peers.count = 1;
    memcpy(peers.at[0].curve_key, member, sizeof member);
    CHECK(snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port) > 0);
    CHECK_OK(net_guard_init(&guard, &peers, endpoint, listener));
}

static inline void stop(void)
{
    CHECK(close(listener) == 0);
}

/* At another address the listener's port may be given to a client: it would look like ours.
 */
static inline int client_from(uint32_t address)
{
    const struct sockaddr_in from = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(address)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(bind(fd, (const struct sockaddr *)&from, sizeof from) == 0);
    if (local_port(fd) != port)
        return fd;
    const int again = client_from(address);
    CHECK(close(fd) == 0);
    return again;
}

static inline struct pair pair_from(uint32_t address)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct pair p = {.theirs = client_from(address)};

    CHECK(connect(p.theirs, (const struct sockaddr *)&to, sizeof to) == 0);
    p.ours = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    CHECK(p.ours >= 0);
    return p;
}

static inline struct pair pair_open(void)
{
    return pair_from(INADDR_LOOPBACK);
}

static inline void pair_close(const struct pair *p)
{
    CHECK(close(p->ours) == 0 && close(p->theirs) == 0);
}

static inline void look(void)
{
    net_guard_look(&guard, 0, true);
}

/* Sends so many bytes and reads them at our end, as libzmq would. */
static inline void carry(const struct pair *p, size_t size)
{
    static uint8_t bytes[16384];

    while (size > 0) {
        const size_t some = size < sizeof bytes ? size : sizeof bytes;
        CHECK(send(p->theirs, bytes, some, 0) == (ssize_t)some);
        CHECK(recv(p->ours, bytes, some, MSG_WAITALL) == (ssize_t)some);
        size -= some;
    }
}

static inline bool is_cut(const struct pair *p)
{
    uint8_t byte = 0;

    return recv(p->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

#endif
