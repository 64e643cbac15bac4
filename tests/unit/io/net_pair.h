#ifndef FLAGPOST_TESTS_NET_PAIR_H
#define FLAGPOST_TESTS_NET_PAIR_H

/* Nodes on loopback with keys of their own, and rosters filled in by hand.  One thread
 * turns all of them, so every wait is on a condition with a deadline. */

#include "check.h"
#include "clock.h"
#include "entropy.h"
#include "frame.h"
#include "net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DEADLINE_MS = 20000, ROUND_MS = 3000, NODES_MAX = 3 };

struct node {
    struct agency_id id;
    struct keyring *keyring;
    char endpoint[64];
    struct net *net;
};

/* A port that nobody listened on a moment ago. */
static inline void free_endpoint(char *ret, size_t room)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0);
    CHECK(bind(fd, (const struct sockaddr *)&a, sizeof a) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
    CHECK(close(fd) == 0);
    CHECK(snprintf(ret, room, "tcp://127.0.0.1:%u", ntohs(a.sin_port)) > 0);
}

static inline void node_listen(struct node *n)
{
    const struct net_setup setup = {
        .self = n->id, .keyring = n->keyring, .endpoint = n->endpoint};

    CHECK_OK(net_open(&setup, &n->net));
}

static inline void node_init(struct node *n, const char *id)
{
    struct keyring_secrets secrets;

    entropy_fill(&secrets, sizeof secrets);
    *n = (struct node){0};
    CHECK_OK(agency_id_read(bytes_of_text(id), &n->id));
    CHECK_OK(keyring_open(&secrets, &n->keyring));
    free_endpoint(n->endpoint, sizeof n->endpoint);
    node_listen(n);
}

static inline void node_done(struct node *n)
{
    n->net = net_free(n->net);
    n->keyring = keyring_free(n->keyring);
}

/* Appends; the callers do so in ascending order of ids. */
static inline void roster_add(struct roster *r, const struct node *n)
{
    struct roster_agency *const g = &r->agencies[r->agency_count++];

    *g = (struct roster_agency){.id = n->id, .valid_until = UINT64_MAX};
    memcpy(g->curve_key, keyring_curve_public(n->keyring), sizeof g->curve_key);
    CHECK(snprintf(g->endpoint, sizeof g->endpoint, "%s", n->endpoint) >= 0);
}

static inline void turn(struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (nodes[i].net != NULL)
            (void)net_wait(nodes[i].net, NULL, 0, NULL, 2);
    }
}

/* Turns all nodes until `who` has a message; false after the deadline. */
static inline bool receives(struct node *nodes, size_t count, struct node *who,
                            struct net_message *ret)
{
    const millis start = clock_steady();

    while (clock_steady() - start < DEADLINE_MS) {
        turn(nodes, count);
        if (net_receive(who->net, ret) == OK)
            return true;
    }
    return false;
}

/* Turns all nodes until the message can go; false after the deadline. */
static inline bool sends(struct node *nodes, size_t count, struct node *from,
                         struct node *to, struct bytes frame)
{
    const millis start = clock_steady();

    while (clock_steady() - start < DEADLINE_MS) {
        turn(nodes, count);
        if (net_send(from->net, &to->id, NET_FOLLOWING, (enum lane)frame.at[1], frame) ==
            OK)
            return true;
    }
    return false;
}

static inline void check_message(const struct net_message *m, const struct node *peer,
                                 enum net_end end, struct bytes frame)
{
    CHECK_TEXT(m->peer.text, peer->id.text);
    CHECK_INT(m->end, end);
    CHECK_INT(m->lane, frame.at[1]);
    CHECK_BYTES(m->frame, frame);
}

/* Whether `who` has, in the time that a link is given before it is dialled anew and a
 * little, this message of `peer`; one of an earlier round may come before it. */
static inline bool hears(struct node *nodes, size_t count, struct node *who,
                         const struct node *peer, enum net_end end, struct bytes frame)
{
    const millis start = clock_steady();
    struct net_message m;

    while (clock_steady() - start < ROUND_MS) {
        turn(nodes, count);
        if (net_receive(who->net, &m) != OK)
            continue;
        CHECK_INT(m.frame.size, frame.size);
        if (m.frame.at[m.frame.size - 1] != frame.at[frame.size - 1])
            continue;
        check_message(&m, peer, end, frame);
        return true;
    }
    return false;
}

/* As a follower: greets `to` and has the answer.  A link that is slow to come about is
 * dialled anew, and what was under way on it is lost: who has no answer greets again, as
 * the protocol does. */
static inline void check_exchange(struct node *nodes, size_t count, struct node *from,
                                  struct node *to, enum lane lane)
{
    static uint8_t number;
    const millis start = clock_steady();
    bool answered = false;

    while (!answered && clock_steady() - start < DEADLINE_MS) {
        const uint8_t ask[] = {WIRE_VERSION, (uint8_t)lane, 'a', 's', 'k', ++number};
        const uint8_t say[] = {WIRE_VERSION, (uint8_t)lane, 's', 'a', 'y', number};
        const struct bytes asked = bytes_of(ask, sizeof ask);
        const struct bytes said = bytes_of(say, sizeof say);
        answered = sends(nodes, count, from, to, asked) &&
                   hears(nodes, count, to, from, NET_PUBLISHING, asked) &&
                   net_send(to->net, &from->id, NET_PUBLISHING, lane, said) == OK &&
                   hears(nodes, count, from, to, NET_FOLLOWING, said);
    }
    CHECK(answered);
}

#endif
