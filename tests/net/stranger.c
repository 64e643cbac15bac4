/*
 * Someone with libzmq, the node's public CURVE key and a key pair that no roster lists:
 *
 *     stranger ENDPOINT SERVER-KEY-HEX FRAMES WAIT-MS
 *
 * has that many frames to send and waits.  Prints "refused", or "admitted" when the node
 * has taken its key, or "answered" when even something came back.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { KEY_SIZE = 32, KEY_TEXT_ROOM = 41, FRAME_SIZE = 4096 };

static bool read_key(const char *hex, uint8_t ret[KEY_SIZE])
{
    if (strlen(hex) != 2 * (size_t)KEY_SIZE)
        return false;
    for (size_t i = 0; i < KEY_SIZE; i++) {
        const char pair[] = {hex[2 * i], hex[2 * i + 1], 0};
        char *end = NULL;
        ret[i] = (uint8_t)strtoul(pair, &end, 16);
        if (end != pair + 2)
            return false;
    }
    return true;
}

static bool set_keys(void *socket, const uint8_t server[KEY_SIZE])
{
    char public[KEY_TEXT_ROOM];
    char secret[KEY_TEXT_ROOM];

    return zmq_curve_keypair(public, secret) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public, sizeof public) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, KEY_SIZE) == 0;
}

/* Wire version and lane as they should be, then nothing that parses. */
static void send_frames(void *socket, unsigned long count)
{
    static uint8_t frame[FRAME_SIZE] = {1, 1};

    for (unsigned long i = 0; i < count; i++)
        (void)zmq_send(socket, frame, sizeof frame, ZMQ_DONTWAIT);
}

/* What was seen first, within the time. */
static const char *watch(void *socket, void *monitor, long wait_ms)
{
    zmq_pollitem_t items[] = {{.socket = socket, .events = ZMQ_POLLIN},
                              {.socket = monitor, .events = ZMQ_POLLIN}};

    (void)zmq_poll(items, 2, wait_ms);
    if ((items[0].revents & ZMQ_POLLIN) != 0)
        return "answered";
    return (items[1].revents & ZMQ_POLLIN) != 0 ? "admitted" : "refused";
}

int main(int argc, char **argv)
{
    static const int no_linger = 0;
    uint8_t server[KEY_SIZE];

    if (argc != 5 || !read_key(argv[2], server))
        return 2;
    void *const context = zmq_ctx_new();
    void *const socket = zmq_socket(context, ZMQ_DEALER);
    void *const monitor = zmq_socket(context, ZMQ_PAIR);
    if (socket == NULL || monitor == NULL || !set_keys(socket, server) ||
        zmq_setsockopt(socket, ZMQ_LINGER, &no_linger, sizeof no_linger) != 0 ||
        zmq_socket_monitor(socket, "inproc://monitor", ZMQ_EVENT_HANDSHAKE_SUCCEEDED) !=
            0 ||
        zmq_connect(monitor, "inproc://monitor") != 0 || zmq_connect(socket, argv[1]) != 0)
        return 3;
    send_frames(socket, strtoul(argv[3], NULL, 10));
    (void)printf("%s\n", watch(socket, monitor, strtol(argv[4], NULL, 10)));
    (void)zmq_close(monitor);
    (void)zmq_close(socket);
    (void)zmq_ctx_term(context);
    return 0;
}
