#include "nodes.h"

/* What gossip and greetings take of a line: news at once, the rest seldom, and where
 * nothing is answered next to nothing. */

enum { A, B, C, D };

static size_t told[LANES * NODES_MAX]; /* by A to C, of each stream */
static size_t told_in_all, greeted;
static millis answer_ms; /* C's answers to A are so long on their way */
static struct mail late[MAIL_MAX];
static millis late_due[MAIL_MAX];
static size_t late_count;

static void forget(void)
{
    memset(told, 0, sizeof told);
    told_in_all = 0;
    greeted = 0;
    answer_ms = 0;
    late_count = 0;
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
    told[nodes_find(n, &c.stream.agency) * LANES + lane_rank(c.stream.lane)]++;
    told_in_all++;
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
static struct nodes *make(void)
{
    struct nodes *const n = nodes_make(4);

    forget();
    n->drop = listen;
    nodes_run(n, 2000);
    for (size_t i = 0; i < n->count; i++)
        node_publish(n, i, 0xfu & ~(1u << i));
    nodes_run(n, 20000);
    forget();
    return n;
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

CASES(CASE(news_is_told_with_the_next_greeting), CASE(the_rest_is_told_again_one_by_one),
      CASE(a_slow_line_is_greeted_as_often_as_it_answers),
      CASE(who_does_not_answer_is_told_nothing))
