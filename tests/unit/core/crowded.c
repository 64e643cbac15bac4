#include "nodes.h"

/* A turn whose room is used up before its end: what could not be said in it is said in the
 * next one, as what it is. */

enum { A, B, C, D };

static size_t told[LANES * NODES_MAX]; /* by A to C, of each stream */
static size_t told_in_all, notified;   /* B, in the routine lane */
static bool keep_one;                  /* of the entries that A sends B */

static bool listen(struct nodes *n, struct mail *m)
{
    struct note *const note = arena_take(&n->paper, sizeof *note);
    struct checkpoint c;

    CHECK(note != NULL);
    notified +=
        m->from == B && m->frame.kind == FRAME_NOTIFY && m->frame.lane == LANE_ROUTINE;
    if (keep_one && m->to == B && m->frame.kind == FRAME_ENTRIES) {
        m->frame.entries.entry_count = 1;
        mail_change(n, m);
    }
    if (m->from != A || m->to != C || m->frame.kind != FRAME_GOSSIP)
        return false;
    CHECK_OK(note_parse(m->frame.gossip.note, &n->paper, note));
    CHECK_OK(checkpoint_read(note, &c));
    told[nodes_find(n, &c.stream.agency) * LANES + lane_rank(c.stream.lane)]++;
    told_in_all++;
    return false;
}

static struct nodes *make(size_t count)
{
    struct nodes *const n = nodes_make(count);

    keep_one = false;
    n->drop = listen;
    nodes_run(n, 2000);
    for (size_t i = 0; i < count; i++)
        node_publish(n, i, ((1u << count) - 1) & ~(1u << i));
    nodes_run(n, 20000);
    return n;
}

static void forget(void)
{
    memset(told, 0, sizeof told);
    told_in_all = 0;
    notified = 0;
}

/* A turn in which everything but answers has been taken up. */
static void crowded_turn(struct nodes *n, size_t i)
{
    struct effects *const fx = n->at[i].effects;
    size_t kept = 0;

    node_begin(n, i);
    for (; fx->count < EFFECTS_MAX - ANSWERS_MAX; fx->count++)
        fx->at[fx->count] = (struct effect){.kind = EFFECT_NOTICE};
    for (size_t k = 0; k < n->mail_count; k++) {
        const struct mail *const m = &n->mail[k];
        if (m->to != i) {
            n->mail[kept++] = *m;
            continue;
        }
        CHECK_OK(exchange_receive(n->at[i].exchange, &n->cast.actors[m->from].id, m->end,
                                  m->frame.lane, m->bytes));
    }
    n->mail_count = kept;
    CHECK_OK(exchange_tick(n->at[i].exchange));
    node_end(n, i);
}

/* Until A has just told what it tells each second. */
static void run_to_gossip(struct nodes *n)
{
    do
        nodes_run(n, NODES_STEP_MS);
    while (n->at[A].exchange->gossip_at != n->now);
}

static size_t routine_of(size_t i)
{
    return i * LANES + lane_rank(LANE_ROUTINE);
}

static void news_that_was_not_sent_is_news(void)
{
    DEFER(nodes_done) struct nodes *const n = make(4);

    run_to_gossip(n);
    for (size_t i = B; i <= D; i++)
        node_publish(n, i, 0xfu & ~(1u << i));
    nodes_run(n, HELLO_MS_DEFAULT - NODES_STEP_MS);
    forget();
    n->now += NODES_STEP_MS;
    crowded_turn(n, A);
    CHECK_INT(n->at[A].exchange->gossip_at, n->now);
    CHECK_INT(told_in_all, 0);
    run_to_gossip(n);
    for (size_t i = B; i <= D; i++)
        CHECK_INT(told[routine_of(i)], 1);
}

/* Also where it is as long as what was last told of the epoch before. */
static void a_new_epoch_is_news(void)
{
    DEFER(nodes_done) struct nodes *const n = make(4);
    const struct follow *const f = node_follow(n, A, B, LANE_ROUTINE);

    CHECK_INT(f->gossiped, 1);
    run_to_gossip(n);
    node_begin(n, B);
    CHECK_OK(exchange_new_epoch(n->at[B].exchange, EPOCH_RESTORED));
    node_end(n, B);
    while (f->row.id.epoch.counter == 1 || f->row.receipted == 0)
        nodes_run(n, NODES_STEP_MS);
    CHECK_INT(f->row.receipted, 1);
    forget();
    run_to_gossip(n);
    CHECK_INT(told[routine_of(B)], 1);
}

/* Of a group that is not complete no receipt tells. */
static void entries_that_came_are_told_of_in_the_next_turn(void)
{
    enum { ENTRIES = 3 };
    DEFER(nodes_done) struct nodes *const n = make(2);

    keep_one = true;
    node_begin(n, A);
    for (size_t i = 0; i < ENTRIES; i++)
        CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
    forget();
    n->now += NODES_STEP_MS;
    crowded_turn(n, B);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->pending);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.mine.count, 2);
    CHECK_INT(notified, 0);
    CHECK(n->at[B].exchange->more);
    node_turn(n, B);
    CHECK_INT(notified, 1);
    node_turn(n, B);
    CHECK_INT(notified, 1);
}

/* The receipt goes with the next greeting; until then the publisher knows as much. */
static void a_receipt_that_was_not_sent_is_told_of(void)
{
    DEFER(nodes_done) struct nodes *const n = make(2);
    const struct peer *const b = exchange_peer(n->at[A].exchange, &n->cast.actors[B].id);

    node_publish(n, A, 1u << B);
    forget();
    n->now += NODES_STEP_MS;
    crowded_turn(n, B);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 2);
    CHECK_INT(notified, 0);
    node_turn(n, B);
    CHECK_INT(notified, 1);
    nodes_run(n, 3000);
    CHECK_INT(b->deliveries[lane_rank(LANE_ROUTINE)].receipted, 2);
}

CASES(CASE(news_that_was_not_sent_is_news), CASE(a_new_epoch_is_news),
      CASE(entries_that_came_are_told_of_in_the_next_turn),
      CASE(a_receipt_that_was_not_sent_is_told_of))
