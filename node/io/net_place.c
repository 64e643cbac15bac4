#include "net_place.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static void put_v4(struct net_place *p, const struct in_addr *a)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(p->source, mapped, sizeof mapped);
    memcpy(p->source + sizeof mapped, a, sizeof *a);
}

static void put_v6(struct net_place *p, const struct in6_addr *a)
{
    memcpy(p->source, a, IN6_IS_ADDR_V4MAPPED(a) ? NET_SOURCE_SIZE : NET_SOURCE_SIZE / 2);
}

struct net_place net_place_of(const struct sockaddr_storage *s)
{
    const struct sockaddr_in *const v4 = (const void *)s;
    const struct sockaddr_in6 *const v6 = (const void *)s;
    struct net_place p = {.port = 0};

    if (s->ss_family == AF_INET) {
        p.port = ntohs(v4->sin_port);
        put_v4(&p, &v4->sin_addr);
    } else if (s->ss_family == AF_INET6) {
        p.port = ntohs(v6->sin6_port);
        put_v6(&p, &v6->sin6_addr);
    }
    return p;
}

uint16_t net_port(const char *endpoint)
{
    const char *const colon = strrchr(endpoint, ':');
    uint32_t port = 0;

    for (const char *p = colon == NULL ? "" : colon + 1; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || port > UINT16_MAX)
            return 0;
        port = 10 * port + (uint32_t)(*p - '0');
    }
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Without the brackets that an address of IPv6 stands in.  Empty: there is none. */
static void host_of(const char *endpoint, char ret[INET6_ADDRSTRLEN])
{
    static const char scheme[] = "tcp://";
    const char *from = endpoint + sizeof scheme - 1;
    const char *to = strrchr(endpoint, ':');

    ret[0] = '\0';
    if (strncmp(endpoint, scheme, sizeof scheme - 1) != 0 || to == NULL || to < from)
        return;
    if (to - from > 2 && from[0] == '[' && to[-1] == ']') {
        from++;
        to--;
    }
    const size_t size = (size_t)(to - from);
    if (size >= INET6_ADDRSTRLEN)
        return;
    memcpy(ret, from, size);
    ret[size] = '\0';
}

bool net_place_read(const char *endpoint, struct net_place *ret)
{
    char host[INET6_ADDRSTRLEN];
    struct net_place p = {.port = net_port(endpoint)};
    struct in_addr v4;
    struct in6_addr v6;

    host_of(endpoint, host);
    if (inet_pton(AF_INET, host, &v4) == 1)
        put_v4(&p, &v4);
    else if (inet_pton(AF_INET6, host, &v6) == 1)
        put_v6(&p, &v6);
    else
        return false;
    *ret = p;
    return true;
}

bool net_place_equal(const struct net_place *a, const struct net_place *b)
{
    return a->port == b->port && memcmp(a->source, b->source, sizeof a->source) == 0;
}
