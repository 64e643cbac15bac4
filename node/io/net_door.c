#include "net_door.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum {
    IP_VERSION_SHIFT = 4,
    IP4_SOURCE = 12, /* RFC 791, section 3.1 */
    IP6_SOURCE = 8,  /* RFC 8200, section 3 */
    /* Of each address at most five; three ask for the version, and each half ends. */
    PROGRAM_MAX = 5 * NET_DOOR_SOURCES_MAX + 8,
};

struct program {
    size_t size;
    struct sock_filter at[PROGRAM_MAX];
};

/* --- the filter: what the kernel lets to the listening socket --- */

static void add(struct program *p, uint16_t code, uint32_t k, uint8_t otherwise)
{
    MUST(p->size < COUNT_OF(p->at));
    p->at[p->size++] = (struct sock_filter){.code = code, .jf = otherwise, .k = k};
}

static void load(struct program *p, uint16_t size, uint32_t at)
{
    add(p, BPF_LD | BPF_ABS | size, (uint32_t)SKF_NET_OFF + at, 0);
}

/* Goes on if it is so, and else so many further. */
static void equals(struct program *p, uint32_t value, uint8_t otherwise)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, value, otherwise);
}

static void drop(struct program *p)
{
    add(p, BPF_RET | BPF_K, 0, 0);
}

static void pass(struct program *p)
{
    add(p, BPF_RET | BPF_K, UINT32_MAX, 0);
}

static bool is_v4(const struct net_source *s)
{
    struct in6_addr address;

    memcpy(&address, s->address, sizeof address);
    return IN6_IS_ADDR_V4MAPPED(&address);
}

static uint32_t word_of(const struct net_source *s, size_t at)
{
    uint32_t word = 0;

    memcpy(&word, s->address + at, sizeof word);
    return ntohl(word);
}

static void drop_v4(struct program *p, const struct net_door *d)
{
    load(p, BPF_W, IP4_SOURCE);
    for (size_t i = 0; i < d->count; i++) {
        if (!d->at[i].barred || !is_v4(&d->at[i]))
            continue;
        equals(p, word_of(&d->at[i], NET_SOURCE_SIZE - 4), 1);
        drop(p);
    }
    pass(p);
}

/* A whole /64, as the guard counts it. */
static void drop_v6(struct program *p, const struct net_door *d)
{
    for (size_t i = 0; i < d->count; i++) {
        if (!d->at[i].barred || is_v4(&d->at[i]))
            continue;
        load(p, BPF_W, IP6_SOURCE);
        equals(p, word_of(&d->at[i], 0), 3);
        load(p, BPF_W, IP6_SOURCE + 4);
        equals(p, word_of(&d->at[i], 4), 1);
        drop(p);
    }
    pass(p);
}

/* It fails for want of memory alone; then nobody is barred, which the firewall before the
 * port has to make good. */
static void filter(const struct net_door *d, int listening)
{
    struct program p = {.size = 0};
    bool any = false;
    int unused = 0;

    for (size_t i = 0; i < d->count; i++)
        any = any || d->at[i].barred;
    if (!any) {
        (void)setsockopt(listening, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
        return;
    }
    load(&p, BPF_B, 0);
    add(&p, BPF_ALU | BPF_RSH | BPF_K, IP_VERSION_SHIFT, 0);
    const size_t version = p.size;
    equals(&p, 4, 0);
    drop_v4(&p, d);
    p.at[version].jf = (uint8_t)(p.size - version - 1);
    drop_v6(&p, d);
    const struct sock_fprog whole = {.len = (uint16_t)p.size, .filter = p.at};
    (void)setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole);
}

/* --- who is barred --- */

static int dials(const struct net_source *s)
{
    return __builtin_popcount(s->looks & ((1U << NET_DOOR_LOOKS) - 1));
}

/* In a full table who dials least makes room, but nobody of this very look: a crowd of new
 * addresses would push out who is at work. */
static struct net_source *place(struct net_door *d)
{
    struct net_source *least = NULL;

    if (d->count < COUNT_OF(d->at))
        return &d->at[d->count++];
    for (size_t i = 0; i < d->count; i++) {
        struct net_source *const s = &d->at[i];
        if (!s->barred && (s->looks & 1) == 0 && (least == NULL || dials(s) < dials(least)))
            least = s;
    }
    return least;
}

void net_door_dialled(struct net_door *d, const uint8_t address[NET_SOURCE_SIZE])
{
    struct net_source *s = NULL;

    for (size_t i = 0; i < d->count && s == NULL; i++) {
        if (memcmp(d->at[i].address, address, NET_SOURCE_SIZE) == 0)
            s = &d->at[i];
    }
    if (s == NULL) {
        s = place(d);
        if (s == NULL)
            return;
        *s = (struct net_source){.looks = 0};
        memcpy(s->address, address, NET_SOURCE_SIZE);
    }
    s->looks |= 1;
}

static bool judge(struct net_door *d, struct net_source *s, const struct net_peers *peers,
                  millis now)
{
    if (s->barred && now >= s->until) {
        *s = (struct net_source){.looks = 0};
        return true;
    }
    if (s->barred || dials(s) < NET_DOOR_FRESH_MAX ||
        net_peers_has_source(peers, s->address))
        return false;
    s->barred = true;
    s->until = now + NET_DOOR_BAR_MS;
    d->bars++;
    return true;
}

void net_door_turn(struct net_door *d, const struct net_peers *peers, int listening,
                   millis now)
{
    bool changed = false;
    size_t kept = 0;

    for (size_t i = 0; i < d->count; i++) {
        struct net_source *const s = &d->at[i];
        changed = judge(d, s, peers, now) || changed;
        s->looks <<= 1;
        if (s->barred || s->looks != 0)
            d->at[kept++] = *s;
    }
    d->count = kept;
    if (changed)
        filter(d, listening);
}
