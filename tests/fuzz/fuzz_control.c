#include "nodes.h"

/*
 * A conversation: two nodes publish to each other while the input decides what happens to
 * their frames.  Each op is a byte, some with arguments behind it.
 *
 * Oracle, whatever is dropped, repeated, changed or made up: a follower's size never falls,
 * what it holds at an index has the leaf hash that the publisher logged there, no receipt
 * covers more than the publisher's log; and left in peace afterwards both are level.
 */

enum { A, B, NODES, OPS_MAX = 48, CALM_MS = 40000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tape {
    const uint8_t *at;
    size_t left;
};

static struct tape tape;
static uint8_t harm;                /* what the next frame suffers; 0: nothing */
static sequence seen[NODES][NODES]; /* sizes so far */

static uint8_t next(void)
{
    if (tape.left == 0)
        return 0;
    tape.left--;
    return *tape.at++;
}

static void flip(struct nodes *n, struct mail *m)
{
    uint8_t *const copy = arena_take(&n->paper, m->bytes.size);

    CHECK(copy != NULL);
    memcpy(copy, m->bytes.at, m->bytes.size);
    copy[((size_t)next() << 8 | next()) % m->bytes.size] ^= (uint8_t)(1 | next());
    m->bytes = bytes_of(copy, m->bytes.size);
}

/* Called for every frame before it is on its way; true: it is lost. */
static bool suffer(struct nodes *n, struct mail *m)
{
    const uint8_t what = harm;

    harm = 0;
    switch (what % 4) {
    case 1:
        return true;
    case 2:
        flip(n, m);
        return false;
    case 3:
        if (n->mail_count + 2 < MAIL_MAX)
            n->mail[n->mail_count++] = *m;
        return false;
    default:
        return false;
    }
}

/* A frame that no node has made, under a peer's name. */
static void make_up(struct nodes *n, size_t to)
{
    const size_t wanted = (size_t)next() + 2;
    const size_t size = wanted < tape.left ? wanted : tape.left;

    if (size < 2)
        return;
    node_begin(n, to);
    CHECK_OK(exchange_receive(n->at[to].exchange, &n->cast.actors[1 - to].id,
                              next() % 2 == 0 ? END_PUBLISHING : END_FOLLOWING,
                              LANE_ROUTINE, bytes_of(tape.at, size - 1)));
    node_end(n, to);
    tape.at += size - 1;
    tape.left -= size - 1;
}

static void check_follower(struct nodes *n, size_t follower, size_t publisher)
{
    const struct follow *const f = node_follow(n, follower, publisher, LANE_ROUTINE);
    const struct own_lane *const own =
        &n->at[publisher].exchange->own[lane_rank(LANE_ROUTINE)];

    CHECK(f->row.frontier.size >= seen[follower][publisher]);
    CHECK(f->row.frontier.size <= own->row.frontier.size);
    CHECK(f->row.receipted <= f->row.frontier.size);
    seen[follower][publisher] = f->row.frontier.size;
    const size_t mark = arena_mark(&n->paper);
    const struct store store = node_store(n, publisher);
    for (sequence i = 0; f->known && i < f->row.complete; i++) {
        struct entry_row here = {0};
        struct entry_row there = {0};
        if (node_entry(n, follower, publisher, i, &here) != OK)
            continue; /* not for it */
        CHECK_OK(store.ops->entry_find(store.self, &own->row.id, i, &n->paper, &there));
        CHECK(hash_equal(&here.leaf, &there.leaf));
        CHECK_INT(here.disposition, DISPOSITION_HELD);
    }
    arena_rewind(&n->paper, mark);
}

static void step(struct nodes *n, uint8_t op)
{
    const size_t who = op >> 3 & 1;

    switch (op % 8) {
    case 0:
    case 1:
        node_publish(n, who, 1u << (1 - who));
        break;
    case 2:
        node_publish(n, who, 0);
        break;
    case 3:
        make_up(n, who);
        break;
    case 4:
    case 5:
        harm = next();
        break;
    case 6:
        node_start(n, who);
        break;
    default:
        break;
    }
    nodes_run(n, (millis)NODES_STEP_MS * (1u + (op >> 4)));
    check_follower(n, A, B);
    check_follower(n, B, A);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(NODES);

    tape = (struct tape){.at = data, .left = size};
    harm = 0;
    memset(seen, 0, sizeof seen);
    n->drop = suffer;
    for (size_t i = 0; i < OPS_MAX && tape.left > 0; i++)
        step(n, next());
    n->drop = NULL;
    nodes_run(n, CALM_MS);
    for (size_t i = 0; i < NODES; i++) {
        check_follower(n, i, 1 - i);
        const struct follow *const f = node_follow(n, i, 1 - i, LANE_ROUTINE);
        CHECK_INT(f->row.complete,
                  n->at[1 - i].exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size);
    }
    return 0;
}
