#include "net_guard.h"

#include "net_socket.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    /* Looks, not time: while this process is stopped or busy nobody grows old.  A little
     * more than the handshake may take (net_socket.c). */
    STRANGER_LOOKS_MAX = 12000 / NET_GUARD_LOOK_MS,
    /* A handshake is four round trips; one of a slow line may take as long as this. */
    DIALLING_LOOKS = 3000 / NET_GUARD_LOOK_MS,
    /* Of one message: a command's name, a nonce, a flag and a MAC (RFC 26/CurveZMQ). */
    CURVE_BYTES = 33,
    SHORT_FRAME = 255, /* up to here ZMTP needs two bytes before it, above nine */
};

/* --- descriptors --- */

/* Lowered as well as raised: a look costs what the limit says. */
static status limit_descriptors(size_t *ret)
{
    struct rlimit r = {0};

    ENSURE(getrlimit(RLIMIT_NOFILE, &r) == 0, E_IO);
    ENSURE(r.rlim_max >= NET_FDS_MIN_OPEN, E_LIMIT);
    r.rlim_cur = r.rlim_max < NET_FDS_MAX_OPEN ? r.rlim_max : NET_FDS_MAX_OPEN;
    ENSURE(setrlimit(RLIMIT_NOFILE, &r) == 0, E_IO);
    *ret = r.rlim_cur;
    return OK;
}

status net_guard_init(struct net_guard *g, struct net_peers *peers, const char *endpoint,
                      int listening)
{
    g->peers = peers;
    g->listening = listening;
    g->port = net_port(endpoint);
    ENSURE(g->port != 0, E_CONFIG);
    for (int fd = 0; fd < NET_FDS_MAX_OPEN; fd++)
        g->all[fd].fd = fd;
    return limit_descriptors(&g->fds);
}

/* 0: not a socket. */
static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;

    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

static int socket_number(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

static bool is_dialled_port(const struct net_guard *g, uint16_t port)
{
    for (size_t i = 0; i < g->peers->count; i++) {
        if (net_port(g->peers->at[i].endpoint) == port)
            return true;
    }
    return false;
}

/* A connected TCP socket of our listener, or to where a peer listens. */
static bool sight(const struct net_guard *g, int fd, struct net_connection *ret)
{
    struct sockaddr_storage here = {0};
    struct sockaddr_storage there = {0};
    socklen_t here_size = sizeof here;
    socklen_t there_size = sizeof there;

    if (socket_number(fd, SO_PROTOCOL) != IPPROTO_TCP ||
        getsockname(fd, (struct sockaddr *)&here, &here_size) != 0 ||
        getpeername(fd, (struct sockaddr *)&there, &there_size) != 0)
        return false;
    const struct net_place us = net_place_of(&here);
    const struct net_place them = net_place_of(&there);
    if (us.port != g->port && !is_dialled_port(g, them.port))
        return false;
    ret->direction = us.port == g->port ? NET_ACCEPTED : NET_DIALLED;
    memcpy(ret->owner, them.source, sizeof them.source);
    ret->there = them;
    return true;
}

/* The connection that the descriptor is now, or NULL. */
static struct net_connection *connection_at(struct net_guard *g, int fd)
{
    if (fd < 0 || (size_t)fd >= g->fds)
        return NULL;
    struct net_connection *const c = &g->at[fd];
    const uint64_t cookie = cookie_of(fd);
    if (cookie != 0 && cookie == c->cookie)
        return c;
    *c = (struct net_connection){.cookie = 0};
    if (cookie == 0 || !sight(g, fd, c))
        return NULL;
    c->cookie = cookie;
    return c;
}

/* --- accounting --- */

void net_guard_taken(struct net_guard *g, int fd, size_t size)
{
    struct net_connection *const c = connection_at(g, fd);
    const size_t frame = size + CURVE_BYTES;

    if (c == NULL)
        return;
    c->consumed += frame + (frame <= SHORT_FRAME ? 2 : 9);
    /*
     * Pings and handshakes are never handed out, so the sum alone falls behind for ever.
     * But messages of a connection come in their order: one that comes after a moment in
     * which none waited was finished after the look before that moment, and all that had
     * been read by then has gone.
     */
    if (g->drained && c->consumed < c->mark)
        c->consumed = c->mark;
}

void net_guard_known(struct net_guard *g, int fd, const uint8_t key[CURVE_KEY_SIZE])
{
    struct net_connection *const c = connection_at(g, fd);

    if (c == NULL)
        return;
    struct net_peer *const peer = net_peers_find_key(g->peers, key);
    if (peer != NULL && c->direction == NET_ACCEPTED)
        memcpy(peer->source, c->there.source, sizeof peer->source);
    c->known = true;
    memcpy(c->owner, key, sizeof c->owner);
}

void net_guard_link(struct net_guard *g, int fd, const uint8_t key[CURVE_KEY_SIZE],
                    enum lane lane)
{
    struct net_connection *const c = connection_at(g, fd);
    struct net_peer *const peer = net_peers_find_key(g->peers, key);

    net_guard_known(g, fd, key);
    if (c != NULL)
        c->lane = lane;
    if (c != NULL && peer != NULL)
        peer->place = c->there; /* where it is by a name, too */
}

void net_guard_drained(struct net_guard *g)
{
    g->drained = true;
}

/* What libzmq has read of it: received, but for what still waits in the kernel. */
static bool measure(int fd, uint64_t *ret)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    int unread = 0;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        ioctl(fd, SIOCINQ, &unread) != 0 || unread < 0)
        return false;
    const uint64_t received = info.tcpi_bytes_received;
    *ret = received > (uint64_t)unread ? received - (uint64_t)unread : 0;
    return true;
}

/* --- judging --- */

static bool is_stranger(const struct net_connection *c)
{
    return c->cookie != 0 && !c->cut && !c->known && c->direction == NET_ACCEPTED;
}

static void cut(struct net_guard *g, struct net_connection *c, enum net_cut why)
{
    const int fd = (int)(c - g->at);

    if (c->cut || cookie_of(fd) != c->cookie)
        return;
    (void)shutdown(fd, SHUT_RDWR); /* ENOTCONN: it has gone by itself */
    g->strangers -= is_stranger(c);
    g->held -= c->held;
    g->open--;
    g->cuts[why]++;
    c->cut = true;
}

/* By itself; `dropped`: an agency has just left the roster, and a connection that has said
 * nothing yet may be its.  Ours dial again. */
static void judge_stranger(struct net_guard *g, struct net_connection *c, bool dropped)
{
    if (dropped && is_stranger(c))
        cut(g, c, NET_CUT_REVOKED);
    else if (c->held > (is_stranger(c) ? STRANGER_BYTES_MAX : MEMBER_BYTES_MAX))
        cut(g, c, NET_CUT_BYTES); /* whom we dialled has proved its key already */
    else if (is_stranger(c) && c->looks > STRANGER_LOOKS_MAX)
        cut(g, c, NET_CUT_SLOW);
}

/* libzmq stops reading at a full queue, so no honest peer is over the budget: one that is
 * would only come again, and each round costs us the reading of it. */
static void judge_member(struct net_guard *g, struct net_connection *c, millis now)
{
    struct net_peer *const peer = net_peers_find_key(g->peers, c->owner);

    if (peer == NULL) {
        cut(g, c, NET_CUT_REVOKED);
        return;
    }
    if (!c->cut && c->held > MEMBER_BYTES_MAX)
        peer->barred_until = now + NET_GUARD_BAR_MS;
    if (net_peer_is_barred(peer, now))
        cut(g, c, NET_CUT_BYTES);
}

/* Strangers before members, each owner's together, the youngest first. */
static int compare(const void *a, const void *b)
{
    const struct net_connection *const *const left = a;
    const struct net_connection *const *const right = b;

    if ((*left)->known != (*right)->known)
        return (*left)->known ? 1 : -1;
    const int owners = memcmp((*left)->owner, (*right)->owner, CURVE_KEY_SIZE);
    if (owners != 0)
        return owners;
    return (*left)->looks < (*right)->looks ? -1 : (*left)->looks > (*right)->looks;
}

/* Of each owner's connections the oldest go: someone who is quick to say who he is gets in
 * beside a crowd that says nothing, and a peer that dials again is heard on the new one. */
static void thin_owners(struct net_guard *g)
{
    size_t count = 0;
    size_t same = 0;

    for (size_t fd = 0; fd < g->fds; fd++) {
        struct net_connection *const c = &g->at[fd];
        if (c->cookie != 0 && !c->cut && c->direction == NET_ACCEPTED)
            g->order[count++] = c;
    }
    qsort(g->order, count, sizeof(struct net_connection *), compare);
    for (size_t i = 0; i < count; i++) {
        const bool first =
            i == 0 || g->order[i]->known != g->order[i - 1]->known ||
            memcmp(g->order[i]->owner, g->order[i - 1]->owner, CURVE_KEY_SIZE) != 0;
        same = first ? 1 : same + 1;
        if (same > (g->order[i]->known ? CONNECTIONS_OF_MEMBER : STRANGERS_OF_ADDRESS))
            cut(g, g->order[i], NET_CUT_CROWD);
    }
}

/* A quarter of the descriptors stays for files, the control socket and dialling out. */
static bool is_crowded(const struct net_guard *g)
{
    return g->strangers > STRANGERS_MAX || g->open > g->fds - g->fds / 4;
}

static void thin_strangers(struct net_guard *g)
{
    for (uint32_t age = STRANGER_LOOKS_MAX + 1; age > 0 && is_crowded(g); age--) {
        for (size_t fd = 0; fd < g->fds && is_crowded(g); fd++) {
            if (is_stranger(&g->at[fd]) && g->at[fd].looks == age)
                cut(g, &g->at[fd], NET_CUT_CROWD);
        }
    }
}

/* Who holds most goes first. */
static void thin_bytes(struct net_guard *g)
{
    while (g->held > PEERS_BYTES_MAX) {
        struct net_connection *most = NULL;
        for (size_t fd = 0; fd < g->fds; fd++) {
            struct net_connection *const c = &g->at[fd];
            if (c->cookie != 0 && !c->cut && (most == NULL || c->held > most->held))
                most = c;
        }
        if (most == NULL || most->held == 0)
            return;
        cut(g, most, NET_CUT_BYTES);
    }
}

/* A message may take longer on a slow line than a publisher may be silent, and a handshake
 * longer than one that was refused waits before it dials again. */
static void see_dialled(struct net_guard *g, const struct net_connection *c, millis now)
{
    struct net_peer *const peer = net_peers_find_key(g->peers, c->owner);

    if (!c->known && c->still <= DIALLING_LOOKS)
        net_peers_dialling(g->peers, &c->there);
    if (c->known && c->still == 0 && c->lane != 0 && peer != NULL)
        net_link_moves(&peer->links[lane_rank(c->lane)], now);
}

static void see(struct net_guard *g, int fd, millis now)
{
    uint64_t position = 0;
    struct net_connection *const c = connection_at(g, fd);

    if (c == NULL || !measure(fd, &position))
        return;
    c->held = position > c->consumed ? position - c->consumed : 0;
    c->still = position != c->mark ? 0 : c->still + 1;
    c->mark = position;
    if (c->looks++ == 0 && is_stranger(c))
        net_door_dialled(&g->door, c->there.source);
    if (c->cut)
        return;
    g->connections++;
    g->strangers += is_stranger(c);
    g->held += c->held;
    if (c->direction == NET_DIALLED)
        see_dialled(g, c, now);
}

/* One call tells which numbers are in use (POLLNVAL is said of the others), however many
 * there may be. */
static void see_all(struct net_guard *g, millis now)
{
    const bool told = poll(g->all, g->fds, 0) >= 0;

    g->open = 0;
    g->connections = 0;
    g->strangers = 0;
    g->held = 0;
    net_peers_dialling(g->peers, NULL);
    for (size_t fd = 0; fd < g->fds; fd++) {
        if (told && (g->all[fd].revents & POLLNVAL) != 0) {
            g->at[fd].cookie = 0;
            continue;
        }
        g->open++;
        see(g, (int)fd, now);
    }
}

void net_guard_look(struct net_guard *g, millis now, bool always)
{
    if (!always && now - g->looked_at < NET_GUARD_LOOK_MS)
        return;
    const bool dropped = g->drops_seen != g->peers->drops;

    g->looked_at = now;
    g->drops_seen = g->peers->drops;
    g->drained = false;
    see_all(g, now);
    for (size_t fd = 0; fd < g->fds; fd++) {
        struct net_connection *const c = &g->at[fd];
        if (c->cookie != 0 && c->known)
            judge_member(g, c, now);
        else if (c->cookie != 0)
            judge_stranger(g, c, dropped);
    }
    thin_owners(g);
    thin_strangers(g);
    thin_bytes(g);
    net_door_turn(&g->door, g->peers, g->listening, now);
}
