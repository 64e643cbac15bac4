#ifndef FLAGPOST_TESTS_CURVE_CLIENT_H
#define FLAGPOST_TESTS_CURVE_CLIENT_H

/*
 * The client's side of CurveZMQ (RFC 26) over ZMTP 3.0 (RFC 23) on a plain socket, for what
 * libzmq would never send: parts of a message that has no end, metadata of the peer's own
 * choice, half a handshake.
 */

#include "bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CURVE_CLIENT_FRAME_MAX = 512 * 1024,
    CURVE_CLIENT_GREETING = 64,
    CURVE_CLIENT_HELLO = 200,
    CURVE_CLIENT_WELCOME = 168,
    CURVE_CLIENT_COOKIE = 96,
    CURVE_CLIENT_METADATA_MAX = 1024,
    CURVE_CLIENT_MORE = 1, /* flag within a MESSAGE */
};

struct curve_client {
    int fd;
    uint64_t nonce;
    uint8_t server[32];             /* the long-term key of the node */
    uint8_t public[32], secret[32]; /* ours, long-term */
    uint8_t fresh[32], fresh_secret[32];
    uint8_t session[32]; /* beforenm of the two fresh keys */
};

static inline bool curve_client_put(const struct curve_client *c, const void *at,
                                    size_t size)
{
    const uint8_t *p = at;

    while (size > 0) {
        const ssize_t n = send(c->fd, p, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static inline bool curve_client_get(const struct curve_client *c, void *at, size_t size)
{
    return recv(c->fd, at, size, MSG_WAITALL) == (ssize_t)size;
}

/* A ZMTP frame; flags: 4 a command, 0 a message. */
static inline bool curve_client_frame(const struct curve_client *c, uint8_t flags,
                                      const void *at, size_t size)
{
    uint8_t head[9] = {flags, (uint8_t)size};
    size_t head_size = 2;

    if (size > 255) {
        head[0] |= 2;
        for (size_t i = 0; i < 8; i++)
            head[1 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
        head_size = 9;
    }
    return curve_client_put(c, head, head_size) && curve_client_put(c, at, size);
}

/* The next short nonce, behind its 16 characters and as bytes of the command. */
static inline void curve_client_nonce(struct curve_client *c, const char prefix[16],
                                      uint8_t ret[24], uint8_t ret_short[8])
{
    c->nonce++;
    for (size_t i = 0; i < 8; i++)
        ret_short[i] = (uint8_t)(c->nonce >> (56 - 8 * i));
    for (size_t i = 0; i < 16; i++)
        ret[i] = (uint8_t)prefix[i];
    memcpy(ret + 16, ret_short, 8);
}

/* `source` is the address dialled from, 0: any.  In host order, as `port` is. */
static inline bool curve_client_dial(struct curve_client *c, uint16_t port, uint32_t source)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in from = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(source)};
    const struct timeval patience = {.tv_sec = 5};

    c->nonce = 0;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd >= 0 &&
        setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        (source == 0 || bind(c->fd, (const struct sockaddr *)&from, sizeof from) == 0) &&
        connect(c->fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return true;
    if (c->fd >= 0)
        (void)close(c->fd);
    return false;
}

static inline bool curve_client_greet(const struct curve_client *c)
{
    uint8_t greeting[CURVE_CLIENT_GREETING] = {0xff, 0, 0, 0,   0,   0,   0,   0,  1,
                                               0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E'};
    uint8_t answer[CURVE_CLIENT_GREETING];

    return curve_client_put(c, greeting, sizeof greeting) &&
           curve_client_get(c, answer, sizeof answer);
}

/* Sends HELLO; makes the fresh key. */
static inline bool curve_client_hello(struct curve_client *c)
{
    static const uint8_t zeros[64];
    uint8_t hello[CURVE_CLIENT_HELLO] = "\x05HELLO\x01";
    uint8_t nonce[24];

    (void)crypto_box_keypair(c->fresh, c->fresh_secret);
    memcpy(hello + 80, c->fresh, 32);
    curve_client_nonce(c, "CurveZMQHELLO---", nonce, hello + 112);
    return crypto_box_easy(hello + 120, zeros, sizeof zeros, nonce, c->server,
                           c->fresh_secret) == 0 &&
           curve_client_frame(c, 4, hello, sizeof hello);
}

static inline bool curve_client_welcome(const struct curve_client *c,
                                        uint8_t their_fresh[32],
                                        uint8_t cookie[CURVE_CLIENT_COOKIE])
{
    uint8_t welcome[2 + CURVE_CLIENT_WELCOME];
    uint8_t open[32 + CURVE_CLIENT_COOKIE];
    uint8_t nonce[24] = "WELCOME-";

    if (!curve_client_get(c, welcome, sizeof welcome) ||
        memcmp(welcome + 2, "\x07WELCOME", 8) != 0)
        return false;
    memcpy(nonce + 8, welcome + 10, 16);
    if (crypto_box_open_easy(open, welcome + 26, sizeof open + 16, nonce, c->server,
                             c->fresh_secret) != 0)
        return false;
    memcpy(their_fresh, open, 32);
    memcpy(cookie, open + 32, CURVE_CLIENT_COOKIE);
    return true;
}

static inline bool curve_client_initiate(struct curve_client *c, const uint8_t fresh[32],
                                         const uint8_t cookie[CURVE_CLIENT_COOKIE],
                                         struct bytes metadata)
{
    uint8_t inner[128 + CURVE_CLIENT_METADATA_MAX];
    uint8_t initiate[9 + CURVE_CLIENT_COOKIE + 8 + 16 + sizeof inner] = "\x08INITIATE";
    uint8_t vouch[64];
    uint8_t nonce[24] = "VOUCH---";

    memcpy(vouch, c->fresh, 32);
    memcpy(vouch + 32, c->server, 32);
    randombytes_buf(nonce + 8, 16);
    memcpy(inner, c->public, 32);
    memcpy(inner + 32, nonce + 8, 16);
    if (metadata.size > CURVE_CLIENT_METADATA_MAX ||
        crypto_box_easy(inner + 48, vouch, sizeof vouch, nonce, fresh, c->secret) != 0)
        return false;
    memcpy(inner + 128, metadata.at, metadata.size);
    memcpy(initiate + 9, cookie, CURVE_CLIENT_COOKIE);
    curve_client_nonce(c, "CurveZMQINITIATE", nonce, initiate + 105);
    return crypto_box_easy_afternm(initiate + 113, inner, 128 + metadata.size, nonce,
                                   c->session) == 0 &&
           curve_client_frame(c, 4, initiate, 113 + 16 + 128 + metadata.size);
}

/* True when the node has let us in: its READY has come. */
static inline bool curve_client_handshake(struct curve_client *c, struct bytes metadata)
{
    uint8_t their_fresh[32];
    uint8_t cookie[CURVE_CLIENT_COOKIE];
    uint8_t ready[8];

    return curve_client_greet(c) && curve_client_hello(c) &&
           curve_client_welcome(c, their_fresh, cookie) &&
           crypto_box_beforenm(c->session, their_fresh, c->fresh_secret) == 0 &&
           curve_client_initiate(c, their_fresh, cookie, metadata) &&
           curve_client_get(c, ready, sizeof ready) &&
           memcmp(ready + 2, "\x05READY", 6) == 0;
}

/* One property of a handshake's metadata; returns the bytes that it takes. */
static inline size_t curve_client_property(uint8_t *to, const char *name, const char *value)
{
    size_t at = 1;

    to[0] = (uint8_t)strlen(name);
    for (const char *p = name; *p != '\0'; p++)
        to[at++] = (uint8_t)*p;
    for (size_t i = 0; i < 3; i++)
        to[at++] = 0;
    to[at++] = (uint8_t)strlen(value);
    for (const char *p = value; *p != '\0'; p++)
        to[at++] = (uint8_t)*p;
    return at;
}

/* One part of a message. */
static inline bool curve_client_say(struct curve_client *c, uint8_t flags, struct bytes b)
{
    static uint8_t plain[1 + CURVE_CLIENT_FRAME_MAX];
    static uint8_t sealed[16 + 16 + sizeof plain];
    uint8_t nonce[24];

    if (b.size > CURVE_CLIENT_FRAME_MAX)
        return false;
    plain[0] = flags;
    memcpy(plain + 1, b.at, b.size);
    memcpy(sealed, "\x07MESSAGE", 8);
    curve_client_nonce(c, "CurveZMQMESSAGEC", nonce, sealed + 8);
    return crypto_box_easy_afternm(sealed + 16, plain, 1 + b.size, nonce, c->session) ==
               0 &&
           curve_client_frame(c, 0, sealed, 16 + 16 + 1 + b.size);
}

static inline void curve_client_close(struct curve_client *c)
{
    (void)close(c->fd); /* what was not sent is of no interest */
    c->fd = -1;
}

#endif
