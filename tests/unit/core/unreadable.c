#include "mended.h"

/* Rows that cannot be read, or are not as they were put, when a peer asks for them: it gets
 * none of them, the operator is told, and the node goes on. */

static struct store_ops worn;
static struct store_ops sound;
static sequence worn_at;

static status worn_entry(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    return id->lane == LANE_ROUTINE && index == worn_at
               ? E_DAMAGED
               : sound.entry_find(self, id, index, a, ret);
}

static status worn_group(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct group_row *ret)
{
    return id->lane == LANE_ROUTINE && index == worn_at
               ? E_DAMAGED
               : sound.group_find(self, id, index, a, ret);
}

static status worn_receipt(void *self, const struct stream_id *id, struct arena *a,
                           struct receipt_row *ret)
{
    return id->lane == LANE_ROUTINE ? E_DAMAGED : sound.own_receipt_find(self, id, a, ret);
}

/* From now on, at one node. */
static void wear(size_t node, sequence index)
{
    struct exchange *const x = world->at[node].exchange;

    sound = *x->store.ops;
    worn = sound;
    worn_at = index;
    x->store.ops = &worn;
}

static size_t told, nothing;

static void count_told(size_t node)
{
    told += node_notices(world, node, NOTICE_DAMAGED);
}

static bool count_nothing(struct nodes *n, struct mail *m)
{
    (void)n;
    nothing += m->from == B && m->to == A && m->frame.kind == FRAME_ERROR;
    return false;
}

/* A asks, and every turn of `watched` is looked at. */
static void ask_and_watch(size_t watched)
{
    told = 0;
    nothing = 0;
    world->drop = count_nothing;
    node_begin(world, A);
    CHECK_OK(exchange_mend(world->at[A].exchange));
    node_end(world, A);
    for (millis t = 0; t < (millis)8 * STALL_MS; t += NODES_STEP_MS) {
        nodes_run(world, NODES_STEP_MS);
        count_told(watched);
    }
    CHECK(!world->at[A].exchange->own[lane_rank(LANE_ROUTINE)].mend.is_on);
}

static void an_unreadable_entry_is_not_given_back_and_others_are(void)
{
    DEFER(nodes_done) struct nodes *const n = published();

    damage(TO_B, MISSING);
    damage(TO_BOTH, MISSING);
    wear(B, TO_B);
    worn.entry_find = worn_entry;
    ask_and_watch(B);
    CHECK_INT(told, 1);
    CHECK_INT(mending()->count, 2);
    CHECK_STATUS(mending()->at[0].why, E_UNKNOWN);
    CHECK_STATUS(mending()->at[1].why, OK);
    check_as_before(TO_BOTH);
    n->at[B].exchange->store.ops = &sound;
    mend();
    check_as_before(TO_B);
}

static void an_unreadable_group_is_not_there_for_the_asker(void)
{
    DEFER(nodes_done) struct nodes *const n = published();

    (void)n;
    damage(TO_BOTH, MISSING);
    wear(B, TO_BOTH);
    worn.group_find = worn_group;
    ask_and_watch(B);
    CHECK_INT(told, 1);
    CHECK(nothing > 0);
    CHECK_STATUS(mending()->at[0].why, E_ADDRESS); /* C gave what it had */
}

static void an_unreadable_receipt_is_not_given(void)
{
    DEFER(nodes_done) struct nodes *const n = published();

    (void)n;
    damage(LAST, MISSING);
    wear(B, SIZE);
    worn.own_receipt_find = worn_receipt;
    ask_and_watch(B);
    check_as_before(LAST);
}

/* --- the publisher's side --- */

static bool hold_back(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->from == A && m->frame.kind != FRAME_HELLO;
}

/* Nobody has the newest group yet, one record for B and one for C, which is harmed. */
static struct nodes *unsent(enum damage what)
{
    struct nodes *const n = published();

    n->drop = hold_back;
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK_OK(node_submit(n, A, 1u << C, "", MARKING_OFFICIAL));
    node_end(n, A);
    CHECK_OK(row_of(SIZE + 1, &before[TO_C]));
    damage(TO_C, what);
    n->drop = NULL;
    return n;
}

static sequence log_size(void)
{
    return world->at[A].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size;
}

static sequence complete_at(size_t node)
{
    return node_follow(world, node, A, LANE_ROUTINE)->row.complete;
}

static void watch(millis ms)
{
    told = 0;
    for (millis t = 0; t < ms; t += NODES_STEP_MS) {
        nodes_run(world, NODES_STEP_MS);
        count_told(A);
    }
}

/* What was not sent was disclosed to nobody, whatever was before it in the group. */
static void check_held_back(enum damage what, bool from_b_too)
{
    DEFER(nodes_done) struct nodes *const n = unsent(what);
    const struct store s = node_store(n, A);

    watch((millis)2 * STALL_MS); /* what was on the way when it was harmed */
    const sequence logged = log_size();
    watch((millis)4 * STALL_MS);
    CHECK_INT(told, 0); /* it was, once */
    CHECK_INT(log_size(), logged);
    CHECK_INT(complete_at(C), SIZE);
    CHECK_INT(complete_at(B), from_b_too ? SIZE : SIZE + 2);
    node_begin(n, A);
    CHECK_OK(s.ops->entry_drop(s.self, &stream, SIZE + 1));
    CHECK_OK(s.ops->entry_put(s.self, &before[TO_C]));
    node_end(n, A);
    watch((millis)4 * STALL_MS);
    CHECK_INT(complete_at(B), SIZE + 2);
    CHECK_INT(complete_at(C), SIZE + 2);
}

static void a_harmed_row_is_sent_to_nobody_until_it_is_mended(void)
{
    check_held_back(MISSING, true);
    check_held_back(HEADER, true);
    check_held_back(LEAF, true);
    check_held_back(CIPHERTEXT, false);
    check_held_back(SHORT, false);
    check_held_back(WRAPS, false);
    check_held_back(NO_WRAPS, false);
}

static void a_publisher_tells_once_what_it_cannot_read(void)
{
    DEFER(nodes_done) struct nodes *const n = unsent(KEPT);

    (void)n;
    wear(A, SIZE + 1);
    worn.entry_find = worn_entry;
    watch((millis)6 * STALL_MS);
    CHECK_INT(told, 2); /* one for each peer that it stands in the way of */
    CHECK_INT(complete_at(B), SIZE);
}

CASES(CASE(an_unreadable_entry_is_not_given_back_and_others_are),
      CASE(an_unreadable_group_is_not_there_for_the_asker),
      CASE(an_unreadable_receipt_is_not_given),
      CASE(a_harmed_row_is_sent_to_nobody_until_it_is_mended),
      CASE(a_publisher_tells_once_what_it_cannot_read))
