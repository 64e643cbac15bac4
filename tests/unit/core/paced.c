#include "nodes.h"

/*
 * Four nodes, and a line of 64 kbit/s on which everything waits in one queue that A sends:
 * what is on it before an urgent record is the seconds that the urgent record takes.
 */

enum { A, B, C, D };

enum {
    LINE_BYTES_S = 8000,
    BACKLOG = 400, /* routine records: each fills more than a tenth of a second */
    QUEUE_MAX = 4096,
    FRAME_EXTRA = 35 + 40, /* CurveZMQ's, TCP's and IP's */
};

static struct line {
    bool is_slow;
    bool b_is_away;
    struct mail queue[QUEUE_MAX];
    size_t count;
    size_t gone; /* bytes of the first that are through */
    size_t entries_twice, groups;
    sequence next[NODES_MAX];
} line;

static void line_init(bool is_slow)
{
    line = (struct line){.is_slow = is_slow};
}

/* Entries that the same follower has been sent before. */
static void count_again(const struct mail *m)
{
    const struct frame_entries *const e = &m->frame.entries;

    if (m->frame.lane != LANE_ROUTINE)
        return;
    line.groups += m->frame.kind == FRAME_GROUP;
    for (uint32_t i = 0; m->frame.kind == FRAME_ENTRIES && i < e->entry_count; i++) {
        line.entries_twice += e->entries[i].index < line.next[m->to];
        line.next[m->to] = e->entries[i].index + 1;
    }
}

static bool onto_the_line(struct nodes *n, struct mail *m)
{
    (void)n;
    if (m->from != A || m->end != END_FOLLOWING)
        return false;
    if (line.b_is_away && m->to == B)
        return true;
    count_again(m);
    if (!line.is_slow)
        return false;
    CHECK(line.count < QUEUE_MAX);
    line.queue[line.count++] = *m;
    return true;
}

static void deliver_first(struct nodes *n, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK(n->mail_count < MAIL_MAX);
        n->mail[n->mail_count++] = line.queue[i];
    }
    line.count -= count;
    memmove(line.queue, line.queue + count, line.count * sizeof *line.queue);
}

/* It becomes fast, and what was on it is through. */
static void line_clear(struct nodes *n)
{
    deliver_first(n, line.count);
    line.gone = 0;
    line.is_slow = false;
}

static void line_carry(struct nodes *n, millis ms)
{
    size_t through = 0;

    line.gone += LINE_BYTES_S * ms / 1000;
    while (through < line.count &&
           line.queue[through].bytes.size + FRAME_EXTRA <= line.gone) {
        line.gone -= line.queue[through].bytes.size + FRAME_EXTRA;
        through++;
    }
    deliver_first(n, through);
    if (line.count == 0)
        line.gone = 0;
}

static void run(struct nodes *n, millis ms)
{
    for (millis t = 0; t < ms; t += NODES_STEP_MS) {
        line_carry(n, NODES_STEP_MS);
        nodes_run(n, NODES_STEP_MS);
    }
}

static void publish_backlog(struct nodes *n, unsigned to, enum marking marking)
{
    node_begin(n, A);
    for (int i = 0; i < BACKLOG; i++)
        CHECK_OK(node_submit(n, A, to, "", marking));
    node_end(n, A);
}

static void publish_urgent(struct nodes *n, unsigned to)
{
    struct submission s = node_record(n, to);

    s.lane = LANE_IMMEDIATE;
    s.label.priority = PRIORITY_HIGH;
    node_begin(n, A);
    CHECK_OK(exchange_submit(n->at[A].exchange, &s));
    node_end(n, A);
}

static bool all_have(const struct nodes *n, enum lane lane, sequence size)
{
    bool all = true;

    for (size_t i = B; i < n->count; i++)
        all = all && node_follow(n, i, A, lane)->row.complete >= size;
    return all;
}

static struct nodes *make(size_t count, bool is_slow)
{
    struct nodes *const n = nodes_make(count);

    line_init(false);
    n->drop = onto_the_line;
    nodes_run(n, 2000); /* all have greeted and asked */
    line_init(is_slow);
    return n;
}

static void an_urgent_record_is_not_behind_routine_ones(void)
{
    enum { TRIES = 5, SECONDS = 5, ASKED_EARLY = 3 * 4 };
    DEFER(nodes_done) struct nodes *const n = make(4, true);
    const unsigned everyone = 1u << B | 1u << C | 1u << D;

    publish_backlog(n, everyone, MARKING_OFFICIAL);
    run(n, 20000);
    for (sequence size = 1; size <= TRIES; size++) {
        publish_urgent(n, everyone);
        run(n, (millis)SECONDS * 1000);
        CHECK(all_have(n, LANE_IMMEDIATE, size));
        run(n, 1000 + 250 * size);
    }
    CHECK(!all_have(n, LANE_ROUTINE, BACKLOG));
    /* A follower that does not know its line yet asks too early once. */
    CHECK(line.entries_twice <= ASKED_EARLY);
}

/* Nothing twice, and the line is used: it is not the pace that makes it slow. */
static void a_backlog_goes_over_a_slow_line_once(void)
{
    DEFER(nodes_done) struct nodes *const n = make(2, true);
    struct entry_row row = {0};

    publish_backlog(n, 1u << B, MARKING_OFFICIAL);
    CHECK_OK(node_store(n, A).ops->entry_find(
        node_store(n, A).self, &n->at[A].exchange->own[1].row.id, 0, &n->paper, &row));
    const size_t size = row.header.size + row.ciphertext.size + (size_t)2 * WRAP_SIZE;
    const millis seconds = (millis)BACKLOG * size / LINE_BYTES_S;
    run(n, seconds * 2000);
    CHECK(all_have(n, LANE_ROUTINE, BACKLOG));
    CHECK_INT(line.entries_twice, 0);
    CHECK_INT(line.groups, 1);
}

/* What is here already when a follower starts again does not come a second time. */
static void goes_on_within_a_group_after_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = make(2, true);

    publish_backlog(n, 1u << B, MARKING_OFFICIAL);
    run(n, 15000);
    const uint64_t had = node_follow(n, B, A, LANE_ROUTINE)->row.mine.count;
    CHECK(had > 10);
    CHECK(!all_have(n, LANE_ROUTINE, BACKLOG));
    node_start(n, B);
    line.count = 0; /* the connection ended with it */
    line.is_slow = false;
    run(n, 10000);
    CHECK(all_have(n, LANE_ROUTINE, BACKLOG));
    CHECK_INT(line.groups, 1);
    CHECK(line.entries_twice < BACKLOG - had);
}

/* A line that was slow and is no longer is found to be so. */
static void a_line_that_becomes_fast_is_used(void)
{
    DEFER(nodes_done) struct nodes *const n = make(4, true);
    const unsigned everyone = 1u << B | 1u << C | 1u << D;

    publish_backlog(n, everyone, MARKING_OFFICIAL);
    run(n, 20000);
    CHECK(!all_have(n, LANE_ROUTINE, BACKLOG / 2));
    line_clear(n);
    run(n, 5000);
    CHECK(all_have(n, LANE_ROUTINE, BACKLOG));
}

enum { GROUPS = 8, HASHES = GROUPS * GROUP_ENTRIES_MAX };

/* Hashes of what is for C: many of them wait for B, who was away. */
static struct nodes *hashes_wait(bool is_slow)
{
    struct nodes *const n = make(3, false);

    line.b_is_away = true;
    for (int g = 0; g < GROUPS; g++) {
        node_begin(n, A);
        for (int i = 0; i < GROUP_ENTRIES_MAX; i++)
            CHECK_OK(node_submit(n, A, 1u << C, "", MARKING_OFFICIAL));
        node_end(n, A);
        run(n, 1000);
    }
    run(n, 5000);
    CHECK_INT(node_follow(n, C, A, LANE_ROUTINE)->row.complete, HASHES);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 0);
    line_init(is_slow);
    return n;
}

static void an_urgent_record_is_not_behind_hashes(void)
{
    enum { SECONDS = 5 };
    DEFER(nodes_done) struct nodes *const n = hashes_wait(true);
    const struct follow *const urgent = node_follow(n, B, A, LANE_IMMEDIATE);
    const struct follow *const routine = node_follow(n, B, A, LANE_ROUTINE);

    run(n, 3000);
    for (sequence size = 1; size <= 2; size++) {
        CHECK(routine->row.complete < HASHES);
        publish_urgent(n, 1u << B);
        run(n, (millis)SECONDS * 1000);
        CHECK(urgent->row.complete >= size);
    }
    /* The line is used, and nothing goes twice. */
    run(n, (millis)HASHES * HASH_SIZE * 1500 / LINE_BYTES_S);
    CHECK_INT(routine->row.complete, HASHES);
    CHECK_INT(line.groups, GROUPS);
}

static void hashes_take_a_few_turns_on_a_fast_line(void)
{
    enum { TURNS = 10 }; /* its greeting and its asking among them */
    DEFER(nodes_done) struct nodes *const n = hashes_wait(false);

    run(n, (millis)TURNS * NODES_STEP_MS);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, HASHES);
    CHECK_INT(line.groups, GROUPS);
}

static void lower_b(struct nodes *n, struct roster *r)
{
    (void)n;
    r->agencies[B].ceiling = MARKING_OFFICIAL;
}

/* P7 within a group, too: what comes after the change is named as withheld, in order. */
static void policy_of_today_holds_for_the_rest_of_a_group(void)
{
    DEFER(nodes_done) struct nodes *const n = make(2, true);
    const struct follow *const f = node_follow(n, B, A, LANE_ROUTINE);

    publish_backlog(n, 1u << B, MARKING_OFFICIAL_SENSITIVE);
    run(n, 15000);
    CHECK(f->row.mine.count > 10 && f->row.mine.count < BACKLOG / 2);
    nodes_new_roster(n, A, lower_b);
    run(n, 20000);
    CHECK(all_have(n, LANE_ROUTINE, BACKLOG));
    CHECK_INT(f->row.tally[DISPOSITION_HELD] + f->row.tally[DISPOSITION_WITHHELD], BACKLOG);
    CHECK(f->row.tally[DISPOSITION_HELD] > 10);
    CHECK(f->row.tally[DISPOSITION_WITHHELD] > BACKLOG / 2);
    CHECK_INT(f->row.receipted, BACKLOG);
}

/* On a fast one a large group takes as many greetings' time as before. */
static void a_large_group_takes_a_few_turns_on_a_fast_line(void)
{
    enum { TURNS = 8 };
    DEFER(nodes_done) struct nodes *const n = make(2, false);

    publish_backlog(n, 1u << B, MARKING_OFFICIAL);
    nodes_run(n, (millis)TURNS * NODES_STEP_MS);
    CHECK(all_have(n, LANE_ROUTINE, BACKLOG));
    CHECK_INT(line.entries_twice, 0);
}

CASES(CASE(an_urgent_record_is_not_behind_routine_ones),
      CASE(an_urgent_record_is_not_behind_hashes),
      CASE(hashes_take_a_few_turns_on_a_fast_line),
      CASE(a_backlog_goes_over_a_slow_line_once),
      CASE(goes_on_within_a_group_after_a_restart), CASE(a_line_that_becomes_fast_is_used),
      CASE(policy_of_today_holds_for_the_rest_of_a_group),
      CASE(a_large_group_takes_a_few_turns_on_a_fast_line))
