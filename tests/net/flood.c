/*
 * One attacker at a node's port, from an address of its own, until it is told to stop:
 *
 *     flood MODE PORT SERVER-KEY-HEX SECONDS [HOME CREDENTIAL]
 *
 *     idle        a thousand connections that say nothing; a new one for each that is cut
 *     drip        a thousand that send their handshake a byte at a time
 *     handshakes  whole handshakes with keys that no roster lists, as fast as they go
 *     big         a handshake with a frame that says it is huge, and its bytes
 *     endless     a member: parts of a message that never ends
 *     oversize    a member: frames over the limit
 *     forged      a member that writes another's User-Id into its handshake
 *
 * A member is the agency of HOME, under its own CURVE key.  Prints what it did as JSON.
 */

#include "cli.h"
#include "curve_client.h"
#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    CROWD = 1000,
    SOURCE = 0x7f000002, /* 127.0.0.2: not where the peers of the tests are */
    OVERSIZE = FRAME_BYTES_MAX + 4096,
};

struct flood {
    uint16_t port;
    time_t seconds;
    struct curve_client keys; /* to copy: server, public, secret */
    unsigned long connections, handshakes, bytes;
};

static const uint8_t dealer[] = {11,  'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p',
                                 'e', 0,   0,   0,   6,   'D', 'E', 'A', 'L', 'E', 'R'};

static bool is_over(const struct flood *f)
{
    static time_t end;
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (end == 0)
        end = now.tv_sec + f->seconds;
    return now.tv_sec >= end;
}

static bool dial(struct flood *f, struct curve_client *c)
{
    *c = f->keys;
    const bool good = curve_client_dial(c, f->port, SOURCE);
    f->connections += good;
    return good;
}

/* Whatever comes back is read; false when the node has hung up. */
static bool is_open(int fd)
{
    uint8_t bytes[512];
    const ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    return n > 0 || (n < 0 && errno == EAGAIN);
}

static void crowd(struct flood *f, bool drip)
{
    static const uint8_t greeting[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3};
    static struct curve_client clients[CROWD];
    static size_t sent[CROWD];
    const struct timespec pause = {.tv_nsec = 50000000};

    for (size_t i = 0; i < CROWD; i++)
        clients[i].fd = -1;
    while (!is_over(f)) {
        for (size_t i = 0; i < CROWD && !is_over(f); i++) {
            struct curve_client *const c = &clients[i];
            if (c->fd >= 0 && !is_open(c->fd))
                curve_client_close(c);
            if (c->fd < 0) {
                sent[i] = 0;
                if (!dial(f, c))
                    c->fd = -1;
            }
            if (drip && c->fd >= 0 && sent[i] < sizeof greeting)
                f->bytes += curve_client_put(c, &greeting[sent[i]++], 1);
        }
        (void)nanosleep(&pause, NULL);
    }
}

static void handshakes(struct flood *f)
{
    struct curve_client c;

    while (!is_over(f)) {
        if (!dial(f, &c))
            continue;
        (void)crypto_box_keypair(c.public, c.secret);
        if (curve_client_handshake(&c, bytes_of(dealer, sizeof dealer)))
            (void)fprintf(stderr, "a stranger was let in\n");
        f->handshakes++;
        curve_client_close(&c);
    }
}

static void big(struct flood *f)
{
    static const uint8_t head[] = {6, 0, 0, 0, 0, 0, 3, 0xff, 0xff};
    static uint8_t bytes[65536];
    struct curve_client c;

    while (!is_over(f)) {
        if (!dial(f, &c))
            continue;
        bool good = curve_client_greet(&c) && curve_client_put(&c, head, sizeof head);
        for (size_t i = 0; good && i < 4; i++) {
            good = curve_client_put(&c, bytes, sizeof bytes);
            f->bytes += good ? sizeof bytes : 0;
        }
        curve_client_close(&c);
    }
}

static void member(struct flood *f, uint8_t flags, size_t size)
{
    static uint8_t part[OVERSIZE] = {WIRE_VERSION, LANE_ROUTINE};
    struct curve_client c;

    while (!is_over(f)) {
        if (!dial(f, &c))
            continue;
        bool good = curve_client_handshake(&c, bytes_of(dealer, sizeof dealer));
        f->handshakes += good;
        while (good && !is_over(f)) {
            good = curve_client_say(&c, flags, bytes_of(part, size));
            f->bytes += good ? size : 0;
        }
        curve_client_close(&c);
    }
}

/* Says one frame under the name of another, and waits until the time is over. */
static void forged(struct flood *f)
{
    static const uint8_t frame[] = {WIRE_VERSION, LANE_ROUTINE, 0xff, 0xff, 0xff};
    uint8_t metadata[256];
    struct curve_client c;
    size_t used = sizeof dealer;

    memcpy(metadata, dealer, sizeof dealer);
    used += curve_client_property(metadata + used, "User-Id", "PND");
    used += curve_client_property(metadata + used, "Peer-Address", "10.0.0.1");
    if (!dial(f, &c) || !curve_client_handshake(&c, bytes_of(metadata, used)))
        return;
    f->handshakes++;
    f->bytes += curve_client_say(&c, 0, bytes_of(frame, sizeof frame)) ? sizeof frame : 0;
    while (!is_over(f) && is_open(c.fd))
        (void)poll(NULL, 0, 50);
    curve_client_close(&c);
}

static bool member_keys(const char *home, const char *credential, struct curve_client *ret)
{
    struct cli c = {.home = home, .credential = credential};
    struct config config;
    struct keyring *ring = NULL;
    void *const memory = malloc(CLI_ARENA_BYTES);

    if (memory == NULL)
        return false;
    arena_init(&c.arena, memory, CLI_ARENA_BYTES);
    const bool good = cli_config(&c, &config) && cli_keyring(&c, &ring);
    if (good) {
        memcpy(ret->public, keyring_curve_public(ring), CURVE_KEY_SIZE);
        keyring_curve_secret(ring, ret->secret);
        ring = keyring_free(ring);
    }
    free(memory);
    return good;
}

static bool run(struct flood *f, const char *mode)
{
    if (strcmp(mode, "idle") == 0)
        crowd(f, false);
    else if (strcmp(mode, "drip") == 0)
        crowd(f, true);
    else if (strcmp(mode, "handshakes") == 0)
        handshakes(f);
    else if (strcmp(mode, "big") == 0)
        big(f);
    else if (strcmp(mode, "endless") == 0)
        member(f, CURVE_CLIENT_MORE, 65536);
    else if (strcmp(mode, "oversize") == 0)
        member(f, 0, OVERSIZE);
    else if (strcmp(mode, "forged") == 0)
        forged(f);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct flood f;
    size_t size = 0;

    if ((argc != 5 && argc != 7) || sodium_init() < 0 ||
        sodium_hex2bin(f.keys.server, CURVE_KEY_SIZE, argv[3], strlen(argv[3]), NULL, &size,
                       NULL) != 0 ||
        size != CURVE_KEY_SIZE)
        return 2;
    f.port = (uint16_t)strtoul(argv[2], NULL, 10);
    f.seconds = (time_t)strtol(argv[4], NULL, 10);
    if (argc == 7 && !member_keys(argv[5], argv[6], &f.keys))
        return 3;
    if (!run(&f, argv[1]))
        return 2;
    (void)printf("{\"connections\":%lu,\"handshakes\":%lu,\"bytes\":%lu}\n", f.connections,
                 f.handshakes, f.bytes);
    return 0;
}
