/* Who dials without end and never says who he is: the kernel drops what he sends. */

#include "guard_pairs.h"

#include <fcntl.h>
#include <netinet/tcp.h>

enum { STRANGER = INADDR_LOOPBACK + 1, ANOTHER };

static void look_at(millis now)
{
    net_guard_look(&guard, now, true);
}

/* The kernel had no answer, and has asked a second time. */
static bool is_unanswered(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;

    CHECK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    return info.tcpi_state == TCP_SYN_SENT && info.tcpi_retransmits > 0;
}

static bool is_let_in(uint32_t address)
{
    enum { STEP_MS = 10 };
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = client_from(address);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    bool in = false;

    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    CHECK(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ||
          errno == EINPROGRESS);
    for (int waited = 0; !in && !is_unanswered(fd); waited += STEP_MS) {
        CHECK(waited < DEADLINE_MS);
        in = poll(&p, 1, STEP_MS) == 1;
    }
    if (in) {
        const int ours = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        CHECK(ours >= 0 && close(ours) == 0);
    }
    CHECK(close(fd) == 0);
    return in;
}

/* One connection after the other, each gone before the next look but one. */
static void dial(uint32_t address, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        const struct pair p = pair_from(address);
        look_at(0);
        pair_close(&p);
    }
}

static void who_dials_at_every_look_is_barred(void)
{
    start();
    dial(STRANGER, NET_DOOR_FRESH_MAX - 1);
    CHECK(is_let_in(STRANGER));
    CHECK_INT(guard.door.bars, 0);
    dial(STRANGER, 1);
    CHECK_INT(guard.door.bars, 1);
    CHECK(!is_let_in(STRANGER));
    CHECK(is_let_in(INADDR_LOOPBACK) && is_let_in(ANOTHER));
    stop();
}

static void several_are_barred_at_a_time(void)
{
    start();
    dial(STRANGER, NET_DOOR_FRESH_MAX);
    dial(ANOTHER, NET_DOOR_FRESH_MAX);
    CHECK_INT(guard.door.bars, 2);
    CHECK(!is_let_in(STRANGER) && !is_let_in(ANOTHER) && is_let_in(INADDR_LOOPBACK));
    stop();
}

static void after_half_a_minute_he_may_try_again(void)
{
    start();
    dial(STRANGER, NET_DOOR_FRESH_MAX);
    look_at(NET_DOOR_BAR_MS - 1);
    CHECK(!is_let_in(STRANGER));
    look_at(NET_DOOR_BAR_MS);
    CHECK(is_let_in(STRANGER));
    /* Judged anew. */
    dial(STRANGER, NET_DOOR_FRESH_MAX);
    CHECK_INT(guard.door.bars, 2);
    stop();
}

/* As an agency does that is refused, and goes on trying. */
static void who_dials_now_and_then_is_not(void)
{
    start();
    for (size_t i = 0; i < 20; i++) {
        dial(STRANGER, NET_DOOR_LOOKS / 2);
        for (size_t k = 0; k < NET_DOOR_LOOKS / 2; k++)
            look_at(0);
    }
    CHECK_INT(guard.door.bars, 0);
    CHECK(is_let_in(STRANGER));
    stop();
}

/* One connection that stays is one, however often it is seen. */
static void who_stays_has_dialled_once(void)
{
    start();
    const struct pair p = pair_from(STRANGER);
    for (size_t i = 0; i < (size_t)2 * NET_DOOR_LOOKS; i++)
        look_at(0);
    CHECK_INT(guard.door.bars, 0);
    pair_close(&p);
    stop();
}

/* A stranger behind the gateway of an agency would shut it out. */
static void where_an_agency_was_heard_from_nobody_is_barred(void)
{
    start();
    const struct pair said = pair_from(STRANGER);
    net_guard_known(&guard, said.ours, member);
    look_at(0);
    pair_close(&said);
    dial(STRANGER, (size_t)3 * NET_DOOR_LOOKS);
    CHECK_INT(guard.door.bars, 0);
    CHECK(is_let_in(STRANGER));
    stop();
}

/* More than are watched, each now and then: who dials most is barred all the same. */
static void a_full_table_keeps_who_dials_most(void)
{
    static const uint8_t eager[NET_SOURCE_SIZE] = {0x20, 1, 0xd, 0xb8};
    uint8_t crowd[NET_SOURCE_SIZE] = {0};

    start();
    for (size_t i = 0; i < NET_DOOR_FRESH_MAX; i++) {
        net_door_dialled(&guard.door, eager);
        for (size_t k = 0; k < NET_DOOR_SOURCES_MAX + 8; k++) {
            crowd[0] = (uint8_t)(NET_DOOR_FRESH_MAX * k + i);
            crowd[1] = (uint8_t)k;
            net_door_dialled(&guard.door, crowd);
        }
        look_at(0);
    }
    CHECK_INT(guard.door.bars, 1);
    CHECK_INT(guard.door.count, NET_DOOR_SOURCES_MAX);
    bool found = false;
    for (size_t i = 0; i < guard.door.count; i++)
        found = found || (guard.door.at[i].barred &&
                          memcmp(guard.door.at[i].address, eager, sizeof eager) == 0);
    CHECK(found && is_let_in(STRANGER));
    stop();
}

CASES(CASE(who_dials_at_every_look_is_barred), CASE(several_are_barred_at_a_time),
      CASE(after_half_a_minute_he_may_try_again), CASE(who_dials_now_and_then_is_not),
      CASE(who_stays_has_dialled_once),
      CASE(where_an_agency_was_heard_from_nobody_is_barred),
      CASE(a_full_table_keeps_who_dials_most))
