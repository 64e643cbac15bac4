#include "net_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

enum {
    LISTENER = NET_SOCKET_LISTENER,
    LINK = NET_SOCKET_LINK,
    FEED = NET_SOCKET_FEED,
    ZAP = NET_SOCKET_ZAP,
    /* Draft in 4.3.4, so zmq.h of a distribution hides its name; the library knows it. */
    ZAP_ENFORCE_DOMAIN = 93,
    /* ZMTP CurveZMQ adds a command name, a nonce, a flag and a MAC to each frame: 33 bytes
     * (RFC 26/CurveZMQ), and the limit is on what is on the wire. */
    CURVE_EXTRA = 64,
    FEED_BYTES_MAX = 256,
    LISTENING_FD_MAX = 1024, /* it is opened at the start, when few are there */
};

/* Times in milliseconds, except the keepalives: seconds. */
static const struct option {
    int name;
    int value;
    unsigned kinds;
} options[] = {
    /* Waiting at the end is for nothing: what was not sent is in the journal. */
    {ZMQ_LINGER, 0, LISTENER | LINK | FEED | ZAP},

    /* A CURVE server without a ZAP handler admits every key, whatever the domain, unless
     * the domain is enforced. */
    {ZAP_ENFORCE_DOMAIN, 1, LISTENER},
    {ZMQ_CURVE_SERVER, 1, LISTENER},

    /* Without it a ROUTER drops in silence at the high-water mark. */
    {ZMQ_ROUTER_MANDATORY, 1, LISTENER},
    /* A peer chooses its routing id; with handover it could take another's answers. */
    {ZMQ_ROUTER_HANDOVER, 0, LISTENER},
    /* No queueing into a connection that may never be. */
    {ZMQ_IMMEDIATE, 1, LINK},

    /* Bounds, not flow control, which is the protocol's credit: a credit's worth of frames
     * can be sent at once, and what arrives faster than it is taken waits in the kernel. */
    {ZMQ_SNDHWM, 96, LISTENER | LINK},
    {ZMQ_RCVHWM, QUEUE_FRAMES_MAX, LISTENER | LINK},
    {ZMQ_SNDHWM, 1000, FEED},

    /* A stranger pins memory only until then; a slow line needs four round trips. */
    {ZMQ_HANDSHAKE_IVL, 10000, LISTENER | LINK},
    {ZMQ_BACKLOG, 64, LISTENER},

    /* Half-open connections.  No pings of libzmq's: its 4.3.4 aborts when one is due on a
     * connection that was closed while its queue was full (stream_engine_base.cpp,
     * !_io_error), which a peer can bring about.  The protocol greets every second, so its
     * silence tells a follower (net_peers.c); TCP tells a publisher. */
    {ZMQ_HEARTBEAT_IVL, 0, LISTENER | LINK},
    {ZMQ_TCP_KEEPALIVE, 1, LISTENER | LINK},
    {ZMQ_TCP_KEEPALIVE_IDLE, 60, LISTENER | LINK},
    {ZMQ_TCP_KEEPALIVE_INTVL, 10, LISTENER | LINK},
    {ZMQ_TCP_KEEPALIVE_CNT, 6, LISTENER | LINK},
    {ZMQ_TCP_MAXRT, 30000, LISTENER | LINK},

    /* Doubling from the first to the second, with the library's own jitter.  The ceiling is
     * 5 s and not 30: peers are few and named, three connections each, so there is no storm
     * to hold back, and a node that comes back is heard at once. */
    {ZMQ_RECONNECT_IVL, 250, LINK},
    {ZMQ_RECONNECT_IVL_MAX, 5000, LINK},

    {ZMQ_IPV6, 1, LISTENER | LINK},
};

static int zmq_type(enum net_socket_kind kind)
{
    switch (kind) {
    case NET_SOCKET_LISTENER:
        return ZMQ_ROUTER;
    case NET_SOCKET_LINK:
        return ZMQ_DEALER;
    case NET_SOCKET_FEED:
        return ZMQ_PUB;
    case NET_SOCKET_ZAP:
        return ZMQ_REP;
    }
    return -1; /* which zmq_socket refuses */
}

static status set_bytes(void *socket, int name, const void *value, size_t size)
{
    return zmq_setsockopt(socket, name, value, size) == 0 ? OK : E_IO;
}

static status set_options(void *socket, enum net_socket_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const struct option *const o = &options[i];
        if ((o->kinds & (unsigned)kind) != 0)
            TRY(set_bytes(socket, o->name, &o->value, sizeof o->value));
    }
    return OK;
}

/* The one option of 64 bits. */
static status set_size_limit(void *socket, enum net_socket_kind kind)
{
    const int64_t frame = FRAME_BYTES_MAX + CURVE_EXTRA;
    const int64_t feed = FEED_BYTES_MAX; /* subscriptions of local programs */

    if ((kind & (LISTENER | LINK)) != 0)
        return set_bytes(socket, ZMQ_MAXMSGSIZE, &frame, sizeof frame);
    return kind == NET_SOCKET_FEED ? set_bytes(socket, ZMQ_MAXMSGSIZE, &feed, sizeof feed)
                                   : OK;
}

static status set_keys(void *socket, struct keyring *keyring, const uint8_t *server_key)
{
    uint8_t secret[CURVE_KEY_SIZE];

    TRY(set_bytes(socket, ZMQ_CURVE_PUBLICKEY, keyring_curve_public(keyring),
                  CURVE_KEY_SIZE));
    keyring_curve_secret(keyring, secret);
    const status s = set_bytes(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret);
    explicit_bzero(secret, sizeof secret);
    TRY(s);
    if (server_key != NULL)
        return set_bytes(socket, ZMQ_CURVE_SERVERKEY, server_key, CURVE_KEY_SIZE);
    return set_bytes(socket, ZMQ_ZAP_DOMAIN, NET_ZAP_DOMAIN, sizeof NET_ZAP_DOMAIN - 1);
}

/* What lets a stranger in when it is not so is read back. */
static status check_security(void *socket)
{
    static const int names[] = {ZAP_ENFORCE_DOMAIN, ZMQ_CURVE_SERVER};
    int mechanism = ZMQ_NULL;
    size_t size = sizeof mechanism;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int value = 0;
        size = sizeof value;
        ENSURE(zmq_getsockopt(socket, names[i], &value, &size) == 0 && value == 1, E_IO);
    }
    size = sizeof mechanism;
    ENSURE(zmq_getsockopt(socket, ZMQ_MECHANISM, &mechanism, &size) == 0, E_IO);
    return mechanism == ZMQ_CURVE ? OK : E_IO;
}

static status prepare(void *socket, enum net_socket_kind kind, struct keyring *keyring,
                      const uint8_t *server_key)
{
    TRY(set_options(socket, kind));
    TRY(set_size_limit(socket, kind));
    if ((kind & (LISTENER | LINK)) != 0)
        TRY(set_keys(socket, keyring, server_key));
    return kind == NET_SOCKET_LISTENER ? check_security(socket) : OK;
}

status net_socket_open(void *context, enum net_socket_kind kind, struct keyring *keyring,
                       const uint8_t server_key[CURVE_KEY_SIZE], void **ret)
{
    MUST((kind == NET_SOCKET_LINK) == (server_key != NULL));
    void *socket = zmq_socket(context, zmq_type(kind));

    ENSURE(socket != NULL, E_IO);
    const status s = prepare(socket, kind, keyring, server_key);
    if (s != OK) {
        net_socket_close(&socket);
        return s;
    }
    *ret = socket;
    return OK;
}

static bool listens_on(int fd, uint16_t port)
{
    struct sockaddr_in6 here = {0}; /* has the port where that of IPv4 has it */
    socklen_t size = sizeof here;
    int value = 0;
    socklen_t value_size = sizeof value;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &value_size) == 0 &&
           value == 1 && getsockname(fd, (struct sockaddr *)&here, &size) == 0 &&
           (here.sin6_family == AF_INET || here.sin6_family == AF_INET6) &&
           ntohs(here.sin6_port) == port;
}

status net_socket_keep(uint16_t port, int *ret_fd)
{
    int found = -1;

    for (int fd = 0; fd < LISTENING_FD_MAX && found < 0; fd++) {
        if (listens_on(fd, port))
            found = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    }
    ENSURE(found >= 0, E_IO);
    *ret_fd = found;
    return OK;
}

void net_socket_forget(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* nothing was written to it */
    *fd = -1;
}

status net_socket_reopen(void *context, struct keyring *keyring, int kept, void **listener)
{
    void *fresh = NULL;

    TRY(net_socket_open(context, NET_SOCKET_LISTENER, keyring, NULL, &fresh));
    const int fd = fcntl(kept, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 && zmq_setsockopt(fresh, ZMQ_USE_FD, &fd, sizeof fd) == 0 &&
        zmq_bind(fresh, "tcp://*:*") == 0) { /* what is bound is fd, which it takes over */
        net_socket_close(listener);
        *listener = fresh;
        return OK;
    }
    if (fd >= 0)
        (void)close(fd); /* nothing was written to it */
    net_socket_close(&fresh);
    return E_IO;
}

void net_socket_close(void **socket)
{
    if (*socket != NULL)
        MUST(zmq_close(*socket) == 0); /* fails only for what is not a socket */
    *socket = NULL;
}
