#include "zap.h"

#include "clock.h"
#include "entropy.h"
#include "net_socket.h"
#include "text.h"

#include <string.h>
#include <zmq.h>

/* The frames of a request with CURVE, which has one credential (RFC 27). */
enum part {
    PART_VERSION,
    PART_REQUEST_ID,
    PART_DOMAIN,
    PART_ADDRESS,
    PART_ROUTING_ID,
    PART_MECHANISM,
    PART_KEY,
    PARTS,
};

enum { REQUESTS_A_CALL = 64, EXTRA_PARTS_MAX = 256 };

struct request {
    zmq_msg_t parts[PARTS];
    size_t count; /* also of further ones, which are not kept */
};

status zap_open(void *context, struct net_peers *peers, struct zap *ret)
{
    struct zap z = {.peers = peers};
    uint8_t random[ZAP_SECRET_SIZE / 2];

    entropy_fill(random, sizeof random);
    hex_encode(bytes_of(random, sizeof random), z.secret);
    TRY(net_socket_open(context, NET_SOCKET_ZAP, NULL, NULL, &z.socket));
    if (zmq_bind(z.socket, "inproc://zeromq.zap.01") != 0) {
        net_socket_close(&z.socket);
        return E_IO;
    }
    *ret = z;
    return OK;
}

void zap_done(struct zap *z)
{
    net_socket_close(&z->socket);
    explicit_bzero(z->secret, sizeof z->secret);
}

static void request_init(struct request *q)
{
    q->count = 0;
    for (size_t i = 0; i < PARTS; i++)
        (void)zmq_msg_init(&q->parts[i]); /* always 0 */
}

static void request_done(struct request *q)
{
    for (size_t i = 0; i < PARTS; i++)
        (void)zmq_msg_close(&q->parts[i]); /* fails only for what was not initialised */
}

/* False when there is none. */
static bool request_receive(struct zap *z, struct request *q)
{
    bool more = true;

    while (more && q->count < PARTS + EXTRA_PARTS_MAX) {
        /* Further parts replace the last one kept; the count tells. */
        zmq_msg_t *const part = &q->parts[q->count < PARTS ? q->count : PARTS - 1];
        if (zmq_msg_recv(part, z->socket, ZMQ_DONTWAIT) < 0)
            return false;
        q->count++;
        more = zmq_msg_more(part) != 0;
    }
    return true;
}

static struct bytes part_bytes(struct request *q, enum part which)
{
    return bytes_of(zmq_msg_data(&q->parts[which]), zmq_msg_size(&q->parts[which]));
}

static bool is_admitted(struct zap *z, struct request *q)
{
    const struct bytes key = part_bytes(q, PART_KEY);

    if (q->count != PARTS || !text_is(part_bytes(q, PART_VERSION), "1.0") ||
        !text_is(part_bytes(q, PART_DOMAIN), NET_ZAP_DOMAIN) ||
        !text_is(part_bytes(q, PART_MECHANISM), "CURVE") || key.size != CURVE_KEY_SIZE)
        return false;
    const struct net_peer *const peer = net_peers_find_key(z->peers, key.at);
    return peer != NULL && !net_peer_is_barred(peer, clock_steady());
}

static void answer(struct zap *z, struct request *q, bool admitted)
{
    char user_id[USER_ID_ROOM] = "";
    const struct bytes id = part_bytes(q, PART_REQUEST_ID);

    if (admitted)
        zap_user_id_write(z, part_bytes(q, PART_KEY).at, user_id);
    const struct bytes parts[] = {
        bytes_of_text("1.0"),
        id,
        bytes_of_text(admitted ? "200" : "400"),
        bytes_of_text(admitted ? "admitted" : "refused"),
        bytes_of_text(user_id),
        bytes_of_text(""), /* no metadata */
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const int more = i + 1 < COUNT_OF(parts) ? ZMQ_SNDMORE : 0;
        /* An unanswered client is not admitted, so a failure here fails closed. */
        (void)zmq_send(z->socket, parts[i].at, parts[i].size, ZMQ_DONTWAIT | more);
    }
    explicit_bzero(user_id, sizeof user_id);
}

void zap_serve(struct zap *z)
{
    bool served = true;

    for (size_t i = 0; i < REQUESTS_A_CALL && served; i++) {
        struct request q;
        request_init(&q);
        served = request_receive(z, &q);
        if (served) {
            const bool admitted = is_admitted(z, &q);
            z->refused += !admitted;
            answer(z, &q, admitted);
        }
        request_done(&q);
    }
}

void zap_user_id_write(const struct zap *z, const uint8_t key[CURVE_KEY_SIZE],
                       char ret[USER_ID_ROOM])
{
    memcpy(ret, z->secret, ZAP_SECRET_SIZE);
    ret[ZAP_SECRET_SIZE] = ':';
    hex_encode(bytes_of(key, CURVE_KEY_SIZE), ret + ZAP_SECRET_SIZE + 1);
}

status zap_user_id_read(const struct zap *z, const char *user_id,
                        uint8_t ret_key[CURVE_KEY_SIZE])
{
    ENSURE(user_id != NULL, E_DENIED);
    const struct bytes text = bytes_of(user_id, strnlen(user_id, USER_ID_ROOM));

    ENSURE(text.size == USER_ID_ROOM - 1, E_DENIED);
    ENSURE(secret_equal(text.at, z->secret, ZAP_SECRET_SIZE), E_DENIED);
    ENSURE(text.at[ZAP_SECRET_SIZE] == ':', E_FORM);
    return hex_decode(bytes_from(text, ZAP_SECRET_SIZE + 1), ret_key, CURVE_KEY_SIZE);
}
