/* Clients that are not ours: raw sockets against a node's listener. */

#include "curve_client.h"
#include "net_pair.h"
#include "net_socket.h"
#include "zap.h"

#include <sys/wait.h>
#include <zmq.h>

static struct roster roster;
static struct node node;

/* A client with every freedom that libzmq gives. */
struct client {
    void *context;
    void *socket;
    void *monitor;
    struct agency_id id;
    struct keyring *keyring;
};

static void client_init(struct client *c, const char *id, bool with_curve)
{
    static const int linger = 0;
    struct keyring_secrets secrets;
    uint8_t secret[CURVE_KEY_SIZE];

    *c = (struct client){.context = zmq_ctx_new()};
    CHECK_OK(agency_id_read(bytes_of_text(id), &c->id));
    entropy_fill(&secrets, sizeof secrets);
    CHECK_OK(keyring_open(&secrets, &c->keyring));
    c->socket = zmq_socket(c->context, ZMQ_DEALER);
    c->monitor = zmq_socket(c->context, ZMQ_PAIR);
    CHECK(c->socket != NULL && c->monitor != NULL);
    CHECK(zmq_setsockopt(c->socket, ZMQ_LINGER, &linger, sizeof linger) == 0);
    CHECK(zmq_setsockopt(c->monitor, ZMQ_LINGER, &linger, sizeof linger) == 0);
    CHECK(zmq_socket_monitor(c->socket, "inproc://monitor", ZMQ_EVENT_ALL) == 0);
    CHECK(zmq_connect(c->monitor, "inproc://monitor") == 0);
    if (!with_curve)
        return;
    keyring_curve_secret(c->keyring, secret);
    CHECK(zmq_setsockopt(c->socket, ZMQ_CURVE_SERVERKEY, keyring_curve_public(node.keyring),
                         CURVE_KEY_SIZE) == 0);
    CHECK(zmq_setsockopt(c->socket, ZMQ_CURVE_PUBLICKEY, keyring_curve_public(c->keyring),
                         CURVE_KEY_SIZE) == 0);
    CHECK(zmq_setsockopt(c->socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0);
}

static void client_done(struct client *c)
{
    CHECK(zmq_close(c->socket) == 0 && zmq_close(c->monitor) == 0);
    CHECK(zmq_ctx_term(c->context) == 0);
    c->keyring = keyring_free(c->keyring);
}

static void client_dial(const struct client *c, const char *endpoint)
{
    CHECK(zmq_connect(c->socket, endpoint) == 0);
}

/* A node that admits the client. */
static void admit(const struct client *c)
{
    const struct node as_node = {.id = c->id, .keyring = c->keyring};

    memset(&roster, 0, sizeof roster);
    roster.version = 1;
    roster_add(&roster, &as_node);
    CHECK_OK(net_apply(node.net, &roster, 1));
}

static bool has_event(const struct client *c, unsigned wanted)
{
    zmq_msg_t m;
    uint16_t event = 0;

    (void)zmq_msg_init(&m);
    while (event == 0 && zmq_msg_recv(&m, c->monitor, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_more(&m))
            memcpy(&event, zmq_msg_data(&m), sizeof event);
        event &= (uint16_t)wanted;
    }
    (void)zmq_msg_close(&m);
    return event != 0;
}

/* Turns the node until the client's socket reports one of the events. */
static void wait_for_event(const struct client *c, unsigned wanted)
{
    const millis start = clock_steady();
    bool seen = false;

    while (!seen && clock_steady() - start < DEADLINE_MS) {
        if (node.net != NULL)
            turn(&node, 1);
        seen = has_event(c, wanted);
    }
    CHECK(seen);
}

static void check_hears_nothing(const struct client *c)
{
    uint8_t byte = 0;

    CHECK(zmq_recv(c->socket, &byte, 1, ZMQ_DONTWAIT) < 0);
}

static void say(const struct client *c, struct bytes frame, int flags)
{
    CHECK(zmq_send(c->socket, frame.at, frame.size, flags) >= 0);
}

/* The next that the node has is this message. */
static void check_next_is(const struct client *c, struct bytes frame)
{
    struct net_message m;

    CHECK(receives(&node, 1, &node, &m));
    CHECK_TEXT(m.peer.text, c->id.text);
    CHECK_BYTES(m.frame, frame);
}

static const uint8_t good_bytes[] = {WIRE_VERSION, LANE_ROUTINE, 'g', 'o', 'o', 'd'};
static const struct bytes good = {good_bytes, sizeof good_bytes};

static void an_unknown_key_is_refused(void)
{
    struct client c;
    struct net_message m;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    client_dial(&c, node.endpoint);
    say(&c, good, 0);
    wait_for_event(&c, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    CHECK_STATUS(net_receive(node.net, &m), E_BUSY);
    CHECK_INT(net_counts(node.net).refused_keys, 1);
    check_hears_nothing(&c);
    client_done(&c);
    node_done(&node);
}

static void a_client_without_curve_is_refused(void)
{
    struct client c;
    struct net_message m;

    node_init(&node, "F55");
    client_init(&c, "F50", false);
    admit(&c);
    client_dial(&c, node.endpoint);
    say(&c, good, 0);
    wait_for_event(&c, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED);
    CHECK_STATUS(net_receive(node.net, &m), E_BUSY);
    check_hears_nothing(&c);
    client_done(&c);
    node_done(&node);
}

/* A CURVE server admits every key where ZAP has no handler, unless the domain is enforced.
 */
static void without_the_handler_nobody_comes_in(void)
{
    struct client c;
    void *const context = zmq_ctx_new();
    void *listener = NULL;
    char endpoint[64];
    uint8_t byte = 0;

    node_init(&node, "F55");
    node.net = net_free(node.net);
    client_init(&c, "F50", true);
    free_endpoint(endpoint, sizeof endpoint);
    CHECK_OK(net_socket_open(context, NET_SOCKET_LISTENER, node.keyring, NULL, &listener));
    CHECK(zmq_bind(listener, endpoint) == 0);
    client_dial(&c, endpoint);
    say(&c, good, 0);
    wait_for_event(&c, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                           ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED |
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    CHECK(!has_event(&c, ZMQ_EVENT_HANDSHAKE_SUCCEEDED));
    CHECK(zmq_recv(listener, &byte, 1, ZMQ_DONTWAIT) < 0);
    net_socket_close(&listener);
    CHECK(zmq_ctx_term(context) == 0);
    client_done(&c);
    node_done(&node);
}

static void a_multipart_message_is_dropped_and_counted(void)
{
    struct client c;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    client_dial(&c, node.endpoint);
    for (size_t i = 0; i < 1000; i++)
        say(&c, good, ZMQ_SNDMORE);
    say(&c, good, 0);
    say(&c, bytes_of_text("\x01\x02only this"), 0);
    check_next_is(&c, bytes_of_text("\x01\x02only this"));
    CHECK_INT(net_counts(node.net).dropped_multipart, 1);
    client_done(&c);
    node_done(&node);
}

static void raw_init(struct curve_client *r, const struct client *c)
{
    const char *const port = strrchr(node.endpoint, ':');

    *r = (struct curve_client){.fd = -1};
    memcpy(r->server, keyring_curve_public(node.keyring), CURVE_KEY_SIZE);
    memcpy(r->public, keyring_curve_public(c->keyring), CURVE_KEY_SIZE);
    keyring_curve_secret(c->keyring, r->secret);
    CHECK(curve_client_dial(r, (uint16_t)strtoul(port + 1, NULL, 10), 0));
}

/* The handshake needs the node's turns: both are in this thread, so a child talks. */
static pid_t raw_child(struct curve_client *r, struct bytes metadata, size_t parts)
{
    static uint8_t part[FRAME_BYTES_MAX] = {WIRE_VERSION, LANE_ROUTINE};
    const pid_t child = fork();

    if (child != 0)
        return child;
    bool sent = curve_client_handshake(r, metadata);
    for (size_t i = 0; sent && i < parts; i++)
        sent = curve_client_say(r, CURVE_CLIENT_MORE, bytes_of(part, sizeof part));
    _exit(sent ? 0 : 1);
}

static int turn_until_end(pid_t child)
{
    int how = 0;
    struct net_message m;

    while (waitpid(child, &how, WNOHANG) == 0) {
        turn(&node, 1);
        CHECK_STATUS(net_receive(node.net, &m), E_BUSY);
    }
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static const uint8_t dealer[] = "\x0bSocket-Type\0\0\0\x06"
                                "DEALER";

/* libzmq counts complete messages alone: it would take these parts without end. */
static void a_message_that_is_never_finished_is_cut(void)
{
    enum { PARTS = 2000 }; /* of 256 KiB */
    struct client c;
    struct curve_client r;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    raw_init(&r, &c);
    const pid_t child = raw_child(&r, bytes_of(dealer, sizeof dealer - 1), PARTS);
    CHECK_INT(turn_until_end(child), 1); /* it could not send them all */
    CHECK_INT(net_counts(node.net).cut_bytes, 1);
    curve_client_close(&r);
    client_done(&c);
    node_done(&node);
}

static void a_frame_without_a_good_prefix_is_dropped_and_counted(void)
{
    static const struct bytes bad[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x01", 1},
        {(const uint8_t *)"\x01\x02", 2},
        {(const uint8_t *)"\x00\x02none", 6},
        {(const uint8_t *)"\x01\x00lane", 6},
        {(const uint8_t *)"\x01\x04lane", 6},
    };
    struct client c;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    client_dial(&c, node.endpoint);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        say(&c, bad[i], 0);
    say(&c, good, 0);
    check_next_is(&c, good);
    CHECK_INT(net_counts(node.net).dropped_short, COUNT_OF(bad));
    client_done(&c);
    node_done(&node);
}

static void an_oversize_frame_closes_the_connection(void)
{
    static uint8_t large[FRAME_BYTES_MAX + 100] = {WIRE_VERSION, LANE_ROUTINE};
    struct client c;
    struct net_message m;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    client_dial(&c, node.endpoint);
    say(&c, bytes_of(large, sizeof large), 0);
    wait_for_event(&c, ZMQ_EVENT_DISCONNECTED);
    CHECK_STATUS(net_receive(node.net, &m), E_BUSY);
    client_done(&c);
    node_done(&node);
}

/* What the wire's limit lets pass for CURVE's own bytes is still over ours. */
static void a_frame_a_little_over_the_limit_is_dropped(void)
{
    static uint8_t large[FRAME_BYTES_MAX + 1] = {WIRE_VERSION, LANE_ROUTINE};
    struct client c;

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    client_dial(&c, node.endpoint);
    say(&c, bytes_of(large, sizeof large), 0);
    say(&c, good, 0);
    check_next_is(&c, good);
    CHECK_INT(net_counts(node.net).dropped_short, 1);
    client_done(&c);
    node_done(&node);
}

static void a_client_that_names_its_own_route_is_dropped(void)
{
    struct client c;
    struct net_message m;
    const millis start = clock_steady();

    node_init(&node, "F55");
    client_init(&c, "F50", true);
    admit(&c);
    CHECK(zmq_setsockopt(c.socket, ZMQ_ROUTING_ID, "12345", 5) == 0);
    client_dial(&c, node.endpoint);
    say(&c, good, 0);
    while (net_counts(node.net).dropped_unknown == 0 &&
           clock_steady() - start < DEADLINE_MS) {
        turn(&node, 1);
        CHECK_STATUS(net_receive(node.net, &m), E_BUSY);
    }
    CHECK_INT(net_counts(node.net).dropped_unknown, 1);
    client_done(&c);
    node_done(&node);
}

/* libzmq hands a peer's own User-Id on where ZAP gave none: only our prefix counts. */
static void a_user_id_counts_only_with_the_secret_of_the_process(void)
{
    static struct net_peers peers;
    void *const context = zmq_ctx_new();
    struct zap z;
    char text[USER_ID_ROOM];
    uint8_t key[CURVE_KEY_SIZE] = {1, 2, 3};
    uint8_t again[CURVE_KEY_SIZE] = {0};

    CHECK_OK(zap_open(context, &peers, &z));
    zap_user_id_write(&z, key, text);
    CHECK_OK(zap_user_id_read(&z, text, again));
    CHECK_BYTES(bytes_of(again, sizeof again), bytes_of(key, sizeof key));

    CHECK_STATUS(zap_user_id_read(&z, NULL, again), E_DENIED);
    CHECK_STATUS(zap_user_id_read(&z, "", again), E_DENIED);
    CHECK_STATUS(zap_user_id_read(&z, "F50", again), E_DENIED);
    CHECK_STATUS(zap_user_id_read(&z, text + 1, again), E_DENIED);
    for (size_t i = 0; i < ZAP_SECRET_SIZE; i++) {
        text[i] ^= 1;
        CHECK_STATUS(zap_user_id_read(&z, text, again), E_DENIED);
        text[i] ^= 1;
    }
    text[ZAP_SECRET_SIZE] = ';';
    CHECK_STATUS(zap_user_id_read(&z, text, again), E_FORM);
    text[ZAP_SECRET_SIZE] = ':';
    text[ZAP_SECRET_SIZE + 1] = 'x';
    CHECK_STATUS(zap_user_id_read(&z, text, again), E_FORM);
    zap_done(&z);
    CHECK(zmq_ctx_term(context) == 0);
}

CASES(CASE(an_unknown_key_is_refused), CASE(a_client_without_curve_is_refused),
      CASE(without_the_handler_nobody_comes_in),
      CASE(a_multipart_message_is_dropped_and_counted),
      CASE(a_message_that_is_never_finished_is_cut),
      CASE(a_frame_without_a_good_prefix_is_dropped_and_counted),
      CASE(an_oversize_frame_closes_the_connection),
      CASE(a_frame_a_little_over_the_limit_is_dropped),
      CASE(a_client_that_names_its_own_route_is_dropped),
      CASE(a_user_id_counts_only_with_the_secret_of_the_process))
