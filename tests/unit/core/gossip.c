#include "nodes.h"

/* What gossip and greetings take of a line: news at once, the rest seldom, and where
 * nothing is answered next to nothing. */

enum { A, B, C, D };

static size_t told[LANES * NODES_MAX]; /* by A to C, of each stream */
static size_t told_in_all, greeted;
static size_t ticks; /* of A's in which it told anything */
static millis tick_at;
static size_t told_in[LANES * NODES_MAX]; /* of those, the last, of each stream */
static size_t waited_most;                /* of those, between two of one stream */
static millis answer_ms;                  /* C's answers to A are so long on their way */
static struct mail late[MAIL_MAX];
static millis late_due[MAIL_MAX];
static size_t late_count;

static void forget(void)
{
    memset(told, 0, sizeof told);
    memset(told_in, 0, sizeof told_in);
    ticks = 0;
    waited_most = 0;
    told_in_all = 0;
    greeted = 0;
    answer_ms = 0;
    late_count = 0;
}

/* No stream twice in one of them. */
static void count_ticks(const struct nodes *n, size_t stream)
{
    ticks += n->now != tick_at;
    tick_at = n->now;
    CHECK(told_in[stream] < ticks);
    if (ticks - told_in[stream] > waited_most)
        waited_most = ticks - told_in[stream];
    told_in[stream] = ticks;
}

static void count(struct nodes *n, const struct mail *m)
{
    struct note *const note = arena_take(&n->paper, sizeof *note);
    struct checkpoint c;

    CHECK(note != NULL);
    greeted += m->frame.kind == FRAME_HELLO && m->end == END_PUBLISHING;
    if (m->frame.kind != FRAME_GOSSIP)
        return;
    CHECK_OK(note_parse(m->frame.gossip.note, &n->paper, note));
    CHECK_OK(checkpoint_read(note, &c));
    const size_t stream =
        nodes_find(n, &c.stream.agency) * LANES + lane_rank(c.stream.lane);
    told[stream]++;
    told_in_all++;
    count_ticks(n, stream);
}

static bool listen(struct nodes *n, struct mail *m)
{
    if (m->from == A && m->to == C)
        count(n, m);
    if (m->from != C || m->to != A || m->end != END_FOLLOWING || answer_ms == 0)
        return false;
    CHECK(late_count < MAIL_MAX);
    late_due[late_count] = n->now + answer_ms;
    late[late_count++] = *m;
    return true;
}

static void bring_what_is_due(struct nodes *n)
{
    size_t kept = 0;

    for (size_t i = 0; i < late_count; i++) {
        if (late_due[i] > n->now) {
            late_due[kept] = late_due[i];
            late[kept++] = late[i];
            continue;
        }
        CHECK(n->mail_count < MAIL_MAX);
        n->mail[n->mail_count++] = late[i];
    }
    late_count = kept;
}

static void run(struct nodes *n, millis ms)
{
    for (millis t = 0; t < ms; t += NODES_STEP_MS) {
        bring_what_is_due(n);
        nodes_run(n, NODES_STEP_MS);
    }
}

/* Nodes whose streams have something in them, and which know all of it. */
static struct nodes *make_of(size_t count)
{
    struct nodes *const n = nodes_make(count);

    forget();
    n->drop = listen;
    nodes_run(n, 2000);
    for (size_t i = 0; i < n->count; i++)
        node_publish(n, i, ((1u << count) - 1) & ~(1u << i));
    nodes_run(n, 20000);
    forget();
    return n;
}

static struct nodes *make(void)
{
    return make_of(4);
}

static void news_is_told_with_the_next_greeting(void)
{
    DEFER(nodes_done) struct nodes *const n = make();

    run(n, 500);
    node_publish(n, B, 1u << A | 1u << C | 1u << D);
    forget();
    run(n, 2000);
    CHECK(told[(size_t)B * LANES + lane_rank(LANE_ROUTINE)] >= 1);
}

/* One record in each lane, which others are sent: so the local lane moves as well. */
static void publish_in_all_lanes(struct nodes *n, size_t i)
{
    struct submission s = node_record(n, 1u << A | 1u << C);

    node_begin(n, i);
    CHECK_OK(exchange_submit(n->at[i].exchange, &s));
    s.lane = LANE_IMMEDIATE;
    s.label.priority = PRIORITY_HIGH;
    CHECK_OK(exchange_submit(n->at[i].exchange, &s));
    node_end(n, i);
}

/* P8: a fork is found as soon as its streams are told of, so all of them have their turn,
 * also where more move than are told of at once. */
static void all_that_move_have_their_turn(void)
{
    enum {
        SECONDS = 20,
        MOVE = (NODES_MAX - 1) * LANES,
        TURNS = MOVE / GOSSIP_NEWS + 1,
    };
    DEFER(nodes_done) struct nodes *const n = make_of(NODES_MAX);

    _Static_assert((int)MOVE > (int)GOSSIP_NEWS, "more move than are told of at once");
    for (size_t second = 0; second < SECONDS; second++) {
        for (size_t i = B; i < n->count; i++)
            publish_in_all_lanes(n, i);
        run(n, HELLO_MS_DEFAULT);
    }
    for (size_t i = (size_t)B * LANES; i < n->count * LANES; i++)
        CHECK(told[i] >= SECONDS / TURNS);
    /* One that is not cosigned anew when it would be its turn is told in the next. */
    CHECK(waited_most <= TURNS + 1);
}

/* For whoever was away when it was news. */
static void the_rest_is_told_again_one_by_one(void)
{
    enum { STREAMS = 3 * 2 }; /* routine and local of each that A follows */
    DEFER(nodes_done) struct nodes *const n = make();

    run(n, (millis)2 * STREAMS * HELLO_MS_DEFAULT);
    CHECK(told_in_all <= 2 * STREAMS + 1);
    for (size_t i = B; i <= D; i++) {
        CHECK(told[i * LANES + lane_rank(LANE_ROUTINE)] >= 1);
        CHECK(told[i * LANES + lane_rank(LANE_LOCAL)] >= 1);
    }
}

/* A line that takes four seconds is not given more each second. */
static void a_slow_line_is_greeted_as_often_as_it_answers(void)
{
    enum { SECONDS = 60, ANSWER_S = 4, ANSWERS = SECONDS / ANSWER_S };
    DEFER(nodes_done) struct nodes *const n = make();

    answer_ms = (millis)ANSWER_S * 1000;
    run(n, 20000);
    greeted = 0;
    told_in_all = 0;
    run(n, (millis)SECONDS * 1000);
    CHECK(greeted >= (size_t)LANES * ANSWERS / 2);
    CHECK(greeted <= (size_t)LANES * (ANSWERS + 2));
    CHECK(told_in_all <= (size_t)2 * (ANSWERS + 2));
    /* And when it is fast again, each second. */
    answer_ms = 0;
    run(n, 10000);
    greeted = 0;
    run(n, 10000);
    CHECK(greeted >= (size_t)LANES * 9);
}

/* It is not known to be gone: greetings go on, and nothing else. */
static void who_does_not_answer_is_told_nothing(void)
{
    DEFER(nodes_done) struct nodes *const n = make();

    answer_ms = 3600000;
    run(n, 5000);
    told_in_all = 0;
    greeted = 0;
    run(n, 20000);
    CHECK_INT(told_in_all, 0);
    CHECK(greeted >= (size_t)LANES * 19);
}

CASES(CASE(news_is_told_with_the_next_greeting), CASE(all_that_move_have_their_turn),
      CASE(the_rest_is_told_again_one_by_one),
      CASE(a_slow_line_is_greeted_as_often_as_it_answers),
      CASE(who_does_not_answer_is_told_nothing))
