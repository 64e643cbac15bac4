#include "driver.h"

#include "cli.h"
#include "clock.h"
#include "entropy.h"
#include "log.h"

#include <time.h>

enum { MEET_MS = 20000 };

uint64_t bench_now(void)
{
    struct timespec t = {0};

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- the record --- */

static struct bytes encode(struct driver *d, const struct item *item)
{
    struct bytes encoded = {0};

    CHECK_OK(item_encode(item, &d->arena, &encoded));
    return encoded;
}

/* Facts and a text, together BENCH_RECORD_BYTES as they are sealed. */
static void make_record(struct driver *d)
{
    static const char words[] = "A grey boat took on fuel cans at the slipway by night. ";
    static char text[BENCH_RECORD_BYTES];
    struct item facts = {.kind = ITEM_FACTS};
    struct item body = {.kind = ITEM_TEXT, .text.basis = BASIS_FACT};

    arena_init(&d->arena, d->memory, sizeof d->memory);
    facts.facts.station = bytes_of_text("55SW");
    facts.facts.urn = bytes_of_text("55-IR-2026-00000101");
    facts.facts.flags.count = 1;
    facts.facts.flags.at[0] = bytes_of_text("OIMCR");
    facts.facts.list_version = 1;
    facts.facts.date_created = (struct partial_date){.year = 2026, .month = 10, .day = 10};
    d->items[0] = encode(d, &facts);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = words[i % (sizeof words - 1)];
    const size_t left = BENCH_RECORD_BYTES - d->items[0].size;
    body.text.text = bytes_of(text, left);
    const size_t extra = encode(d, &body).size - left; /* tags and lengths */
    body.text.text.size -= extra;
    d->items[1] = encode(d, &body);
    CHECK_INT(d->items[0].size + d->items[1].size, BENCH_RECORD_BYTES);
}

static bool submit(struct driver *d)
{
    if (d->vary != NULL)
        d->vary(d);
    const struct submission s = {.kind = KIND_INTELLIGENCE,
                                 .lane = LANE_ROUTINE,
                                 .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                           .handling = HANDLING_P,
                                           .priority = PRIORITY_MEDIUM},
                                 .item_count = d->sent_count,
                                 .items = d->sent,
                                 .recipient_count = d->peer_count,
                                 .recipients = d->peers};
    const status s_taken = exchange_submit(d->node->exchange, &s);

    if (s_taken != E_BUSY)
        CHECK_OK(s_taken);
    d->varied += s_taken == OK;
    return s_taken == OK;
}

/* --- opening --- */

static struct keyring *open_keyring(struct cli *c, struct config *ret_config)
{
    struct keyring *ring = NULL;

    CHECK(cli_config(c, ret_config));
    CHECK(cli_keyring(c, &ring));
    return ring;
}

void driver_open(struct driver *d, const char *home, const char *credential,
                 char *const *peers, size_t peer_count)
{
    struct node_setup setup = {.home = home};
    struct cli c = {.home = home, .credential = credential};
    char fault[512] = "";
    void *const memory = malloc(CLI_ARENA_BYTES);

    CHECK(memory != NULL && peer_count <= BENCH_PEERS_MAX);
    arena_init(&c.arena, memory, CLI_ARENA_BYTES);
    *d = (struct driver){.peer_count = peer_count};
    for (size_t i = 0; i < peer_count; i++)
        CHECK_OK(agency_id_read(bytes_of_text(peers[i]), &d->peers[i]));
    setup.keyring = open_keyring(&c, &setup.config);
    const status s = node_open(&setup, fault, sizeof fault, &d->node);
    if (s != OK)
        (void)fprintf(stderr, "%s\n", fault);
    CHECK_OK(s);
    free(memory);
    make_record(d);
    d->sent = d->items;
    d->sent_count = COUNT_OF(d->items);
}

void driver_done(struct driver *d)
{
    d->node = node_free(d->node);
}

/* --- turns --- */

static enum net_end end_of(enum end end)
{
    return end == END_PUBLISHING ? NET_PUBLISHING : NET_FOLLOWING;
}

static bool receive(struct node *n)
{
    struct net_message m;
    size_t taken = 0;

    while (taken < TURN_FRAMES_MAX && n->arena.used < n->arena.room / 2 &&
           net_receive(n->net, &m) == OK) {
        CHECK_OK(exchange_receive(n->exchange, &m.peer,
                                  m.end == NET_PUBLISHING ? END_PUBLISHING : END_FOLLOWING,
                                  m.lane, m.frame));
        taken++;
    }
    return taken == TURN_FRAMES_MAX || n->arena.used >= n->arena.room / 2;
}

/* The line of the log and the hint on the feed that the daemon gives for each notice. */
static void tell(struct node *n, const struct effect *e)
{
    const struct log_field fields[] = {
        {.name = "peer", .text = e->notice.peer.text},
        {.name = "lane", .text = lane_word(e->notice.lane)},
        {.name = "index", .number = e->notice.index},
        {.name = "why", .text = status_word(e->notice.why)},
    };
    char text[64];

    log_event(LOG_INFO, "bench.notice", fields, COUNT_OF(fields) - (e->notice.why == OK));
    (void)snprintf(text, sizeof text, "%s %s %llu", e->notice.peer.text,
                   lane_word(e->notice.lane), (unsigned long long)e->notice.index);
    net_feed(n->net, text);
}

static void leave(struct node *n)
{
    for (size_t i = 0; i < n->effects->count; i++) {
        const struct effect *const e = &n->effects->at[i];
        if (e->kind == EFFECT_SEND)
            status_ignore(net_send(n->net, &e->send.peer, end_of(e->send.end), e->send.lane,
                                   e->send.frame));
        if (e->kind == EFFECT_NOTICE)
            tell(n, e);
    }
}

static void tick(struct node *n)
{
    const millis now = clock_steady();

    if (now - n->ticked_at < n->exchange->hello_ms / 4)
        return;
    n->ticked_at = now;
    CHECK_OK(exchange_tick(n->exchange));
}

size_t driver_turn(struct driver *d, size_t wanted)
{
    struct node *const n = d->node;
    uint8_t seed[DRAW_SEED_SIZE];
    size_t taken = 0;

    arena_reset(&n->arena);
    entropy_fill(seed, sizeof seed);
    exchange_begin(n->exchange, clock_wall(), seed, &n->arena, n->effects);
    CHECK_OK(exchange_first_epoch(n->exchange));
    d->more = receive(n);
    d->taken_at = bench_now();
    while (taken < wanted && submit(d))
        taken++;
    tick(n);
    CHECK_OK(exchange_close(n->exchange));
    d->durable_at = 0;
    if (journal_is_dirty(n->journal)) {
        CHECK_OK(journal_commit(n->journal));
        d->durable_at = bench_now();
        d->commits++;
        journal_checkpoint(n->journal, false);
    }
    leave(n);
    d->more = d->more || n->exchange->more;
    return taken;
}

void driver_wait(struct driver *d, int timeout_ms)
{
    (void)net_wait(d->node->net, NULL, 0, NULL, d->more ? 0 : timeout_ms);
}

static const struct delivery *delivery_to(const struct driver *d, size_t i)
{
    const struct peer *const p = exchange_peer(d->node->exchange, &d->peers[i]);

    CHECK(p != NULL);
    return &p->deliveries[lane_rank(LANE_ROUTINE)];
}

void driver_meet(struct driver *d)
{
    const uint64_t begun = bench_now();
    size_t met = 0;

    while (met < d->peer_count) {
        CHECK((bench_now() - begun) / 1000000u < MEET_MS);
        (void)driver_turn(d, 0);
        driver_wait(d, 10);
        met = 0;
        for (size_t i = 0; i < d->peer_count; i++)
            met += delivery_to(d, i)->greeted && delivery_to(d, i)->asked;
    }
}

sequence driver_size(const struct driver *d)
{
    return d->node->exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size;
}

sequence driver_stored(const struct driver *d)
{
    sequence stored = driver_size(d);

    for (size_t i = 0; i < d->peer_count; i++) {
        if (delivery_to(d, i)->receipted < stored)
            stored = delivery_to(d, i)->receipted;
    }
    return stored;
}

/* --- samples --- */

static int compare(const void *a, const void *b)
{
    const uint64_t *const x = a;
    const uint64_t *const y = b;

    return (*x > *y) - (*x < *y);
}

uint64_t bench_percentile(uint64_t *samples, size_t count, unsigned percent)
{
    CHECK(count > 0 && percent <= 100);
    qsort(samples, count, sizeof *samples, compare);
    return samples[(count - 1) * percent / 100];
}
