#include "guard_pairs.h"

/* Connections of ours to where peers listen: whose handshake goes on, and who was heard. */

/* A connection of ours to where a peer listens. */
static struct pair pair_to(struct net_peer *peer)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int there = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pair p = {.ours = client_from(INADDR_LOOPBACK)};

    CHECK(bind(there, (const struct sockaddr *)&to, sizeof to) == 0);
    CHECK(listen(there, 1) == 0);
    to.sin_port = htons(local_port(there));
    CHECK(connect(p.ours, (const struct sockaddr *)&to, sizeof to) == 0);
    p.theirs = accept4(there, NULL, NULL, SOCK_CLOEXEC);
    CHECK(p.theirs >= 0 && close(there) == 0);
    CHECK(snprintf(peer->endpoint, sizeof peer->endpoint, "tcp://127.0.0.1:%u",
                   ntohs(to.sin_port)) > 0);
    CHECK(net_place_read(peer->endpoint, &peer->place));
    return p;
}

static void look_often(size_t times)
{
    for (size_t i = 0; i < times; i++)
        look();
}

/* As on a slow line: for three seconds after each byte. */
static void a_handshake_of_ours_that_goes_on_is_seen(void)
{
    start();
    const struct pair p = pair_to(&peers.at[0]);
    carry(&p, 10);
    look();
    CHECK(peers.at[0].dialling);
    look_often(3000 / NET_GUARD_LOOK_MS + 1);
    CHECK(!peers.at[0].dialling);
    carry(&p, 1);
    look();
    CHECK(peers.at[0].dialling);
    net_guard_link(&guard, p.ours, member, LANE_ROUTINE);
    look();
    CHECK(!peers.at[0].dialling);
    pair_close(&p);
    stop();
}

/* The first messages of who dials us are its own affair, and so is a connection that ended.
 */
static void no_other_connection_is_taken_for_a_handshake(void)
{
    start();
    const struct pair accepted = pair_open();
    carry(&accepted, 10);
    look();
    CHECK(!peers.at[0].dialling);
    const struct pair p = pair_to(&peers.at[0]);
    carry(&p, 10);
    look();
    CHECK(peers.at[0].dialling);
    pair_close(&p);
    look();
    CHECK(!peers.at[0].dialling);
    pair_close(&accepted);
    stop();
}

static void each_byte_of_a_link_is_a_sign_of_its_publisher(void)
{
    struct net_link *const links = peers.at[0].links;

    start();
    const struct pair p = pair_to(&peers.at[0]);
    net_guard_link(&guard, p.ours, member, LANE_ROUTINE);
    links[lane_rank(LANE_ROUTINE)].heard = true;
    carry(&p, 10);
    net_guard_look(&guard, 1000, true);
    CHECK_INT(links[lane_rank(LANE_ROUTINE)].since, 1000);
    net_guard_look(&guard, 2000, true);
    CHECK_INT(links[lane_rank(LANE_ROUTINE)].since, 1000);
    carry(&p, 1);
    net_guard_look(&guard, 3000, true);
    CHECK_INT(links[lane_rank(LANE_ROUTINE)].since, 3000);
    CHECK_INT(links[lane_rank(LANE_IMMEDIATE)].since, 0);
    /* Dialled again since: of the new connection nothing was heard. */
    links[lane_rank(LANE_ROUTINE)].heard = false;
    carry(&p, 1);
    net_guard_look(&guard, 4000, true);
    CHECK_INT(links[lane_rank(LANE_ROUTINE)].since, 3000);
    pair_close(&p);
    stop();
}

static void dial_as(struct net_peer *peer, uint8_t key, const char *host, uint16_t to)
{
    memset(peer->curve_key, key, sizeof peer->curve_key);
    CHECK(snprintf(peer->endpoint, sizeof peer->endpoint, "tcp://%s:%u", host, to) > 0);
    (void)net_place_read(peer->endpoint, &peer->place);
}

/* Who is known only by a name may be anywhere, until it was heard. */
static void a_handshake_holds_back_who_may_be_there_alone(void)
{
    enum { ITS_OWN, ELSEWHERE, OTHER_PORT, NAMED, COUNT };

    start();
    peers.count = COUNT;
    const struct pair p = pair_to(&peers.at[ITS_OWN]);
    const uint16_t to = net_port(peers.at[ITS_OWN].endpoint);
    dial_as(&peers.at[ELSEWHERE], ELSEWHERE, "127.0.0.2", to);
    dial_as(&peers.at[OTHER_PORT], OTHER_PORT, "127.0.0.1", (uint16_t)(to ^ 1));
    dial_as(&peers.at[NAMED], NAMED, "node.example", to);
    carry(&p, 10);
    look();
    CHECK(peers.at[ITS_OWN].dialling && peers.at[NAMED].dialling);
    CHECK(!peers.at[ELSEWHERE].dialling && !peers.at[OTHER_PORT].dialling);
    /* It is heard, elsewhere. */
    struct net_peer *const elsewhere = &peers.at[ELSEWHERE];
    const struct pair q = pair_to(elsewhere);
    net_guard_link(&guard, q.ours, peers.at[NAMED].curve_key, LANE_ROUTINE);
    carry(&p, 1);
    look();
    CHECK(peers.at[ITS_OWN].dialling);
    CHECK(!peers.at[NAMED].dialling && !elsewhere->dialling);
    pair_close(&p);
    pair_close(&q);
    stop();
}

CASES(CASE(a_handshake_of_ours_that_goes_on_is_seen),
      CASE(no_other_connection_is_taken_for_a_handshake),
      CASE(each_byte_of_a_link_is_a_sign_of_its_publisher),
      CASE(a_handshake_holds_back_who_may_be_there_alone))
