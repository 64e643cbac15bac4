#include "net_place.h"

#include "check.h"

#include <netinet/in.h>
#include <string.h>

/* Addresses as they stand in an endpoint, and as the kernel gives them. */

static void an_address_is_read_as_the_kernel_gives_it(void)
{
    const struct sockaddr_in v4 = {.sin_family = AF_INET,
                                   .sin_port = htons(7400),
                                   .sin_addr.s_addr = htonl(0xc0000201)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(1)};
    struct sockaddr_storage s = {0};
    struct net_place p;

    memcpy(&s, &v4, sizeof v4);
    const struct net_place four = net_place_of(&s);
    CHECK(net_place_read("tcp://192.0.2.1:7400", &p) && net_place_equal(&p, &four));
    CHECK(net_place_read("tcp://192.0.2.1:7401", &p) && !net_place_equal(&p, &four));
    CHECK(net_place_read("tcp://192.0.2.2:7400", &p) && !net_place_equal(&p, &four));
    CHECK(net_place_read("tcp://[::ffff:192.0.2.1]:7400", &p) &&
          net_place_equal(&p, &four));
    /* Any address of the same /64. */
    v6.sin6_addr.s6_addr[0] = 0x20;
    v6.sin6_addr.s6_addr[1] = 0x01;
    v6.sin6_addr.s6_addr[15] = 9;
    memset(&s, 0, sizeof s);
    memcpy(&s, &v6, sizeof v6);
    const struct net_place six = net_place_of(&s);
    CHECK(net_place_read("tcp://[2001::7]:1", &p) && net_place_equal(&p, &six));
    CHECK(net_place_read("tcp://[2002::9]:1", &p) && !net_place_equal(&p, &six));
}

static void what_is_no_address_has_no_place(void)
{
    static const char *const endpoints[] = {
        "tcp://node.example:7400",
        "tcp://:7400",
        "tcp://",
        "ipc://192.0.2.1:7400",
        "tcp://192.0.2.1",
        "tcp://[]:1",
        "",
        "192.0.2.1:7400",
        "tcp://1.2.3:4",
        "tcp://[::1:1",
        "tcp://::1]:1",
        "tcp://192.0.2.256:1",
        "tcp://0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:1"};
    const struct sockaddr_storage local = {.ss_family = AF_UNIX};
    struct net_place p;

    for (size_t i = 0; i < COUNT_OF(endpoints); i++)
        CHECK(!net_place_read(endpoints[i], &p));
    CHECK_INT(net_place_of(&local).port, 0);
}

CASES(CASE(an_address_is_read_as_the_kernel_gives_it),
      CASE(what_is_no_address_has_no_place))
