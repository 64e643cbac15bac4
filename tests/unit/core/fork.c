#include "nodes.h"

/*
 * Two histories.  A has been cloned: C runs A's exchange from a copy of A's disk, and what
 * it makes is carried to B or kept from it as a test likes.
 */

enum { A, B, C };

/* C's disk and process become A's. */
static void clone_a(struct nodes *n)
{
    const struct exchange_setup setup = {
        .self = n->cast.actors[A].id,
        .realm = n->cast.realm,
        .keyring = n->cast.actors[A].keyring,
        .store = node_store(n, C),
        .root = &n->cast.root,
        .instance = ++n->seed,
    };

    n->at[C].backing.ops->copy(n->at[C].backing.self, n->at[A].backing.self);
    arena_reset(&n->at[C].arena);
    CHECK_OK(exchange_load(n->at[C].exchange, &setup, &n->at[C].arena));
    n->count = C; /* it takes no part in turns of its own */
}

/* The newest checkpoint of the routine lane in a store. */
static struct bytes checkpoint_of(struct nodes *n, size_t i)
{
    const struct store store = node_store(n, i);
    const struct stream_row *const row =
        &n->at[i].exchange->own[lane_rank(LANE_ROUTINE)].row;
    struct group_row g = {0};

    CHECK_OK(
        store.ops->group_find(store.self, &row->id, row->frontier.size - 1, &n->paper, &g));
    return g.checkpoint;
}

static void tell(struct nodes *n, size_t from, size_t to, struct bytes note)
{
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_GOSSIP, .gossip.note = note};
    struct bytes bytes = {0};

    CHECK_OK(frame_encode(&f, &n->paper, &bytes));
    node_begin(n, to);
    CHECK_OK(exchange_receive(n->at[to].exchange, &n->cast.actors[from].id, END_PUBLISHING,
                              LANE_ROUTINE, bytes));
    node_end(n, to);
}

static struct nodes *with_a_clone(void)
{
    struct nodes *const n = nodes_make(3);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    clone_a(n);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
    return n;
}

static void quarantines_when_it_is_shown_another_root(void)
{
    DEFER(nodes_done) struct nodes *const n = with_a_clone();

    node_publish(n, A, 1u << B);
    nodes_run(n, 2000);
    node_publish(n, C, 1u << B);
    tell(n, A, B, checkpoint_of(n, C));
    CHECK_INT(node_notices(n, B, NOTICE_FORK), 1);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, E_FORK);
    /* And nothing of that stream is taken any more. */
    n->drop = NULL;
    node_publish(n, A, 1u << B);
    nodes_run(n, 5000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 2);
    /* Other lanes of it have one history and go on. */
    CHECK_STATUS(node_follow(n, B, A, LANE_IMMEDIATE)->row.quarantine, OK);
}

static void remembers_a_history_that_it_has_not_reached(void)
{
    DEFER(nodes_done) struct nodes *const n = with_a_clone();

    node_publish(n, C, 1u << B);
    tell(n, A, B, checkpoint_of(n, C));
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, OK);
    node_publish(n, A, 1u << B);
    nodes_run(n, 2000);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, E_FORK);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 1);
}

static void sees_nothing_in_a_history_that_is_its_own(void)
{
    DEFER(nodes_done) struct nodes *const n = with_a_clone();

    tell(n, A, B, checkpoint_of(n, A));
    tell(n, A, B, checkpoint_of(n, C));
    node_publish(n, A, 1u << B);
    tell(n, A, B, checkpoint_of(n, A));
    nodes_run(n, 2000);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, OK);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 2);
}

static bool lie_about_size(struct nodes *n, struct mail *m)
{
    if (m->from == B && m->frame.kind == FRAME_HELLO && m->end == END_PUBLISHING &&
        m->frame.lane == LANE_ROUTINE) {
        m->frame.hello.size += 5;
        mail_change(n, m);
    }
    return false;
}

/* Or any member could silence any other with one message. */
static void is_not_fenced_by_a_greeting_without_proof(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    n->drop = lie_about_size;
    nodes_run(n, 2000);
    CHECK_STATUS(n->at[A].exchange->fence, OK);
    /* But until the greeting agrees it gets nothing. */
    CHECK(!exchange_peer(n->at[A].exchange, &n->cast.actors[B].id)
               ->deliveries[lane_rank(LANE_ROUTINE)]
               .greeted);
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
    nodes_run(n, 2000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
    n->drop = NULL;
    nodes_run(n, STALL_MS + 3000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 2);
}

static void is_fenced_by_its_own_signature(void)
{
    DEFER(nodes_done) struct nodes *const n = with_a_clone();

    node_publish(n, C, 1u << B);
    tell(n, B, A, checkpoint_of(n, C));
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    CHECK_INT(node_notices(n, A, NOTICE_FENCED), 1);
}

static void takes_no_word_for_a_history_that_is_not_signed(void)
{
    DEFER(nodes_done) struct nodes *const n = with_a_clone();

    node_publish(n, C, 1u << B);
    const struct bytes note = checkpoint_of(n, C);
    uint8_t *const forged = arena_take(&n->paper, note.size);
    CHECK(forged != NULL);
    memcpy(forged, note.at, note.size);
    forged[note.size - 10] = forged[note.size - 10] == 'A' ? 'B' : 'A';
    tell(n, B, A, bytes_of(forged, note.size));
    CHECK_STATUS(n->at[A].exchange->fence, OK);
    CHECK_INT(node_notices(n, A, NOTICE_REJECTED), 1);
}

static bool is_group_for_b(const struct mail *m)
{
    return m->from == A && m->to == B && m->frame.kind == FRAME_GROUP;
}

static bool hold_groups(struct nodes *n, struct mail *m)
{
    (void)n;
    return is_group_for_b(m);
}

static bool change_leaf(struct nodes *n, struct mail *m)
{
    if (is_group_for_b(m) && m->frame.group.leaves.size > 0) {
        uint8_t *const leaves = arena_take(&n->paper, m->frame.group.leaves.size);
        CHECK(leaves != NULL);
        memcpy(leaves, m->frame.group.leaves.at, m->frame.group.leaves.size);
        leaves[0] ^= 1;
        m->frame.group.leaves.at = leaves;
        mail_change(n, m);
    }
    return false;
}

/* Leaves say something of their publisher only once its signed root has vouched for them:
 * what was changed on the way disagrees with a claim as well, and is noise. */
static void sees_no_history_in_leaves_that_no_root_vouches_for(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    n->drop = hold_groups;
    node_publish(n, A, 1u << B);
    tell(n, C, B, checkpoint_of(n, A));
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->claim.size, 2);
    n->drop = change_leaf;
    nodes_run(n, 8000);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, OK);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.frontier.size, 1);
    n->drop = NULL;
    nodes_run(n, STALL_VAIN_MS + 2000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 2);
}

CASES(CASE(quarantines_when_it_is_shown_another_root),
      CASE(remembers_a_history_that_it_has_not_reached),
      CASE(sees_nothing_in_a_history_that_is_its_own),
      CASE(is_not_fenced_by_a_greeting_without_proof), CASE(is_fenced_by_its_own_signature),
      CASE(takes_no_word_for_a_history_that_is_not_signed),
      CASE(sees_no_history_in_leaves_that_no_root_vouches_for))
