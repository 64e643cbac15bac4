#include "net.h"

#include "clock.h"
#include "frame.h"
#include "net_guard.h"
#include "net_peers.h"
#include "net_socket.h"
#include "zap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    SOCKETS_FIXED = 3, /* ZAP, feed, listener */
    /* Twice, because a closed socket keeps its place until the library's thread is done. */
    SOCKETS_MAX = 2 * (SOCKETS_FIXED + AGENCIES_MAX * LANES),
    POLL_MAX = 2 + AGENCIES_MAX * LANES + NET_FDS_MAX,
    PARTS_A_CALL = 64, /* of multipart messages, when they are thrown away */
};

struct net {
    void *context;
    void *listener;
    int listening; /* its descriptor once more: no other can be had once we are confined */
    uint8_t curve_key[CURVE_KEY_SIZE]; /* our own, that the sockets have */
    void *feed;
    bool skipping; /* the listener is within a message that is dropped */
    bool holding;
    zmq_msg_t held; /* the frame that was handed out */
    size_t turn;    /* the socket to ask next */
    struct net_counts counts;
    struct zap zap;
    struct net_peers peers;
    struct net_guard guard;
    zmq_pollitem_t items[POLL_MAX];
};

static status context_open(void **ret)
{
    void *const context = zmq_ctx_new();

    ENSURE(context != NULL, E_IO);
    if (zmq_ctx_set(context, ZMQ_IO_THREADS, 1) != 0 ||
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0 ||
        zmq_ctx_set(context, ZMQ_BLOCKY, 0) != 0) {
        (void)zmq_ctx_term(context); /* without sockets it does not wait */
        return E_IO;
    }
    *ret = context;
    return OK;
}

/* The order matters: no socket that asks ZAP may be there before its handler. */
static status open_sockets(struct net *n, const struct net_setup *s)
{
    TRY(context_open(&n->context));
    n->peers.context = n->context;
    TRY(zap_open(n->context, &n->peers, &n->zap));
    if (s->feed != NULL) {
        TRY(net_socket_open(n->context, NET_SOCKET_FEED, NULL, NULL, &n->feed));
        ENSURE(zmq_bind(n->feed, s->feed) == 0, E_IO);
    }
    TRY(net_socket_open(n->context, NET_SOCKET_LISTENER, s->keyring, NULL, &n->listener));
    ENSURE(zmq_bind(n->listener, s->endpoint) == 0, E_IO);
    char bound[ENDPOINT_MAX + 1] = "";
    size_t size = sizeof bound;
    ENSURE(zmq_getsockopt(n->listener, ZMQ_LAST_ENDPOINT, bound, &size) == 0, E_IO);
    memcpy(n->curve_key, keyring_curve_public(s->keyring), sizeof n->curve_key);
    TRY(net_socket_keep(net_port(bound), &n->listening));
    return net_guard_init(&n->guard, &n->peers, bound, n->listening);
}

status net_open(const struct net_setup *s, struct net **ret)
{
    struct net *n = calloc(1, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    n->listening = -1;
    n->peers.self = s->self;
    n->peers.keyring = s->keyring;
    const status opened = open_sockets(n, s);
    if (opened != OK) {
        (void)net_free(n); /* NULL by design */
        return opened;
    }
    *ret = n;
    return OK;
}

static void release_held(struct net *n)
{
    if (n->holding)
        (void)zmq_msg_close(&n->held); /* fails only for what was not initialised */
    n->holding = false;
}

struct net *net_free(struct net *n)
{
    if (n == NULL)
        return NULL;
    release_held(n);
    net_peers_done(&n->peers);
    net_socket_close(&n->listener);
    net_socket_forget(&n->listening);
    net_socket_close(&n->feed);
    zap_done(&n->zap);
    while (n->context != NULL && zmq_ctx_term(n->context) != 0 && errno == EINTR)
        ;
    free(n);
    return NULL;
}

/* All connections of the key before end; what was under way on them is asked for again. */
static status rekey(struct net *n)
{
    release_held(n);
    n->skipping = false;
    net_peers_rekey(&n->peers);
    TRY(net_socket_reopen(n->context, n->peers.keyring, n->listening, &n->listener));
    memcpy(n->curve_key, keyring_curve_public(n->peers.keyring), sizeof n->curve_key);
    return OK;
}

bool net_is_keyed(const struct net *n)
{
    return memcmp(n->curve_key, keyring_curve_public(n->peers.keyring),
                  sizeof n->curve_key) == 0;
}

status net_apply(struct net *n, const struct roster *r, millis now)
{
    if (!net_is_keyed(n))
        TRY(rekey(n));
    const status s = net_peers_apply(&n->peers, r, now);
    net_guard_look(&n->guard, clock_steady(), true);
    return s;
}

/* --- waiting --- */

/* Listener, links and the caller's descriptors, after the ZAP handler in place 0. */
static size_t fill_items(struct net *n, const int *fds, size_t count)
{
    size_t at = 0;

    n->items[at++] = (zmq_pollitem_t){.socket = n->zap.socket, .events = ZMQ_POLLIN};
    n->items[at++] = (zmq_pollitem_t){.socket = n->listener, .events = ZMQ_POLLIN};
    for (size_t i = 0; i < n->peers.count * LANES; i++) {
        void *const socket = n->peers.at[i / LANES].links[i % LANES].socket;
        if (socket != NULL)
            n->items[at++] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    }
    for (size_t i = 0; i < count; i++)
        n->items[at++] = (zmq_pollitem_t){.fd = fds[i], .events = ZMQ_POLLIN};
    return at;
}

/* One wait, not longer than the guard may be without a look. */
static bool wait_once(struct net *n, size_t items, millis left)
{
    const int ms = (int)(left < NET_GUARD_LOOK_MS ? left : NET_GUARD_LOOK_MS);
    const bool waited = zmq_poll(n->items, (int)items, ms) > 0;

    net_guard_look(&n->guard, clock_steady(), false);
    return waited;
}

size_t net_wait(struct net *n, const int *fds, size_t count, bool *ret_ready,
                int timeout_ms)
{
    const millis begun = clock_steady();
    const millis whole = timeout_ms > 0 ? (millis)timeout_ms : 0;
    millis gone = 0;
    size_t ready = 0;
    bool waited = false;

    MUST(count <= NET_FDS_MAX);
    net_guard_look(&n->guard, begun, false); /* tells which connections move */
    net_peers_redial(&n->peers);
    const size_t items = fill_items(n, fds, count);
    do {
        waited = wait_once(n, items, whole - gone);
        gone = clock_steady() - begun;
    } while (!waited && gone < whole);
    for (size_t i = 1; i < items; i++)
        ready += waited && n->items[i].revents != 0;
    for (size_t i = 0; i < count; i++)
        ret_ready[i] = waited && n->items[items - count + i].revents != 0;
    zap_serve(&n->zap);
    return ready;
}

/* --- receiving --- */

/* libzmq's own name for where a message came from: before anything a peer may say. */
static int source_of(zmq_msg_t *m)
{
    return zmq_msg_get(m, ZMQ_SRCFD);
}

/* Throws the rest of a multipart message away, a bounded part of it in one call. */
static bool is_skipped(struct net *n, void *socket, bool *skipping)
{
    for (size_t i = 0; i < PARTS_A_CALL && *skipping; i++) {
        zmq_msg_t part;
        (void)zmq_msg_init(&part); /* always 0 */
        *skipping = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0;
        if (*skipping) {
            net_guard_taken(&n->guard, source_of(&part), zmq_msg_size(&part));
            *skipping = zmq_msg_more(&part);
        }
        (void)zmq_msg_close(&part); /* fails only for what was not initialised */
    }
    return !*skipping;
}

/* One part into n->held. */
static status take_part(struct net *n, void *socket)
{
    release_held(n);
    (void)zmq_msg_init(&n->held); /* always 0 */
    n->holding = true;
    return zmq_msg_recv(&n->held, socket, ZMQ_DONTWAIT) >= 0 ? OK : E_BUSY;
}

/* One that came over the wire, as a ROUTER's routing id did not. */
static status take_content(struct net *n, void *socket)
{
    TRY(take_part(n, socket));
    net_guard_taken(&n->guard, source_of(&n->held), zmq_msg_size(&n->held));
    return OK;
}

/* The prefix tells the lane before anything is parsed, in every version (frame.h).  A frame
 * of another version goes on to the exchange, which tells its sender and the operator. */
static status take_lane(struct net *n, struct net_message *m)
{
    m->frame = bytes_of(zmq_msg_data(&n->held), zmq_msg_size(&n->held));
    const bool good = m->frame.size > FRAME_PREFIX_SIZE &&
                      m->frame.size <= FRAME_BYTES_MAX && m->frame.at[0] != 0 &&
                      m->frame.at[1] >= LANE_IMMEDIATE && m->frame.at[1] <= LANE_LOCAL;
    n->counts.dropped_short += !good;
    ENSURE(good, E_FORM);
    m->lane = (enum lane)m->frame.at[1];
    return OK;
}

/* The last part of a message is held; more of it makes it one to drop. */
static status refuse_multipart(struct net *n, bool *skipping)
{
    *skipping = zmq_msg_more(&n->held) != 0;
    n->counts.dropped_multipart += *skipping;
    return *skipping ? E_FORM : OK;
}

/* The peer by what ZAP said of the connection, and by which of its keys, under the roster
 * of now. */
static struct net_peer *sender(struct net *n, uint8_t key[CURVE_KEY_SIZE])
{
    const char *const user_id = zmq_msg_gets(&n->held, "User-Id");

    if (zap_user_id_read(&n->zap, user_id, key) != OK)
        return NULL;
    return net_peers_find_key(&n->peers, key);
}

/* From a follower, who is answered by the routing id of its newest message. */
static status take_from_listener(struct net *n, struct net_message *ret)
{
    struct net_route route = {0};
    struct net_message m = {.end = NET_PUBLISHING};
    uint8_t key[CURVE_KEY_SIZE];

    ENSURE(is_skipped(n, n->listener, &n->skipping), E_FORM);
    TRY(take_part(n, n->listener));
    const uint8_t *const id = zmq_msg_data(&n->held);
    route.known = zmq_msg_size(&n->held) == sizeof route.id && id[0] == 0;
    if (route.known)
        memcpy(route.id, id, sizeof route.id);
    ENSURE(zmq_msg_more(&n->held), E_FORM); /* a ROUTER gives an id and then a message */
    TRY(take_content(n, n->listener));
    TRY(refuse_multipart(n, &n->skipping));
    struct net_peer *const peer = sender(n, key);
    n->counts.dropped_unknown += peer == NULL || !route.known;
    ENSURE(peer != NULL && route.known, E_FORM);
    TRY(take_lane(n, &m));
    net_guard_known(&n->guard, source_of(&n->held), key);
    m.peer = peer->id;
    peer->routes[lane_rank(m.lane)] = route;
    *ret = m;
    return OK;
}

/* From the publisher, whom the server key of the connection has proved. */
static status take_from_link(struct net *n, size_t i, struct net_message *ret)
{
    struct net_peer *const peer = &n->peers.at[i / LANES];
    struct net_link *const l = &peer->links[i % LANES];
    struct net_message m = {.peer = peer->id, .end = NET_FOLLOWING};

    ENSURE(l->socket != NULL, E_BUSY);
    ENSURE(is_skipped(n, l->socket, &l->skipping), E_FORM);
    TRY(take_content(n, l->socket));
    TRY(refuse_multipart(n, &l->skipping));
    TRY(take_lane(n, &m));
    if (m.lane != lane_of_rank(i % LANES)) {
        n->counts.dropped_short++;
        return E_FORM;
    }
    net_link_heard(l);
    net_guard_link(&n->guard, source_of(&n->held), peer->curve_key, m.lane);
    *ret = m;
    return OK;
}

status net_receive(struct net *n, struct net_message *ret)
{
    const size_t sockets = 1 + n->peers.count * LANES;
    bool drained = true;

    for (size_t asked = 0; asked < sockets; asked++) {
        const size_t i = n->turn < sockets ? n->turn : 0;
        n->turn = i + 1;
        const status s =
            i == 0 ? take_from_listener(n, ret) : take_from_link(n, i - 1, ret);
        if (s == OK)
            return OK;
        drained = drained && s == E_BUSY; /* else there was one to drop, or a rest of it */
    }
    if (drained)
        net_guard_drained(&n->guard);
    release_held(n);
    return E_BUSY;
}

/* --- sending --- */

static status send_message(void *socket, zmq_msg_t *m, int flags)
{
    return zmq_msg_send(m, socket, ZMQ_DONTWAIT | flags) >= 0 ? OK : E_BUSY;
}

static status send_to_follower(struct net *n, struct net_route *route, zmq_msg_t *m)
{
    ENSURE(route->known, E_BUSY);
    if (zmq_send(n->listener, route->id, sizeof route->id, ZMQ_DONTWAIT | ZMQ_SNDMORE) <
        0) {
        /* Gone: it makes itself known by its next message. */
        route->known = errno != EHOSTUNREACH;
        return E_BUSY;
    }
    /* The id was taken only because the whole message has room; a half of one would stand
     * before the next. */
    MUST(send_message(n->listener, m, 0) == OK);
    return OK;
}

status net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                enum lane lane, struct bytes frame)
{
    MUST(frame.size > FRAME_PREFIX_SIZE && frame.size <= FRAME_BYTES_MAX);
    const size_t rank = lane_rank(lane);
    struct net_peer *const p = net_peers_find(&n->peers, peer);
    ENSURE(p != NULL, E_BUSY);
    void *const link = p->links[rank].socket;
    ENSURE(end == NET_PUBLISHING ? p->routes[rank].known : link != NULL, E_BUSY);
    zmq_msg_t m;

    ENSURE(zmq_msg_init_size(&m, frame.size) == 0, E_BUSY);
    memcpy(zmq_msg_data(&m), frame.at, frame.size);
    const status s = end == NET_PUBLISHING ? send_to_follower(n, &p->routes[rank], &m)
                                           : send_message(link, &m, 0);
    (void)zmq_msg_close(&m); /* empty once sent */
    return s;
}

void net_feed(struct net *n, const char *text)
{
    /* A hint: who misses one finds the record by asking. */
    if (n->feed != NULL)
        (void)zmq_send(n->feed, text, strlen(text), ZMQ_DONTWAIT);
}

struct net_counts net_counts(const struct net *n)
{
    struct net_counts counts = n->counts;

    counts.refused_keys = n->zap.refused;
    counts.cut_slow = n->guard.cuts[NET_CUT_SLOW];
    counts.cut_bytes = n->guard.cuts[NET_CUT_BYTES];
    counts.cut_crowd = n->guard.cuts[NET_CUT_CROWD];
    counts.cut_revoked = n->guard.cuts[NET_CUT_REVOKED];
    counts.barred = n->guard.door.bars;
    counts.connections = n->guard.connections;
    counts.strangers = n->guard.strangers;
    counts.held_bytes = n->guard.held;
    return counts;
}
