#include "nodes.h"

/* What a restored node had published since its backup comes back from those who hold it. */

enum { A, B, C };
enum { LOST = 4 }; /* entries published after the backup: to B, to C, to both, to B */

static struct nodes *world;
static struct stream_id old_stream;
static struct entry_row before[1 + LOST];
static struct hash root_before;

static status entry_of_a(sequence index, struct entry_row *ret)
{
    const struct store s = node_store(world, A);

    return s.ops->entry_find(s.self, &old_stream, index, &world->paper, ret);
}

static struct stream_row old_row(void)
{
    const struct store s = node_store(world, A);
    struct stream_row row;

    CHECK_OK(s.ops->stream_get(s.self, &old_stream, &row));
    return row;
}

static bool drop_nothing(struct nodes *n, struct mail *m)
{
    (void)n;
    (void)m;
    return false;
}

/* One record that is in the backup, four that are not; then the new epoch. */
static struct nodes *lose_four(bool (*drop)(struct nodes *n, struct mail *m))
{
    static const unsigned to[LOST] = {1u << B, 1u << C, 1u << B | 1u << C, 1u << B};
    struct nodes *const n = nodes_make(3);

    world = n;
    node_publish(n, A, 1u << B | 1u << C);
    nodes_run(n, 3000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    n->drop = drop;
    for (size_t i = 0; i < LOST; i++)
        node_publish(n, A, to[i]);
    nodes_run(n, 3000);
    n->drop = NULL;
    const struct own_lane *const own = &n->at[A].exchange->own[lane_rank(LANE_ROUTINE)];
    old_stream = own->row.id;
    root_before = frontier_root(&own->row.frontier);
    for (sequence i = 0; i < 1 + LOST; i++)
        CHECK_OK(entry_of_a(i, &before[i]));
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    node_begin(n, A);
    CHECK_STATUS(exchange_recover(n->at[A].exchange), E_FENCED);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK_INT(old_row().frontier.size, 1);
    return n;
}

static void recover(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    nodes_run(n, (millis)8 * STALL_MS);
    for (size_t l = 0; l < LANES; l++)
        CHECK(!n->at[A].exchange->own[l].back.is_on);
}

static void check_back(sequence index)
{
    struct entry_row now = {0};

    CHECK_OK(entry_of_a(index, &now));
    CHECK_BYTES(now.header, before[index].header);
    CHECK_BYTES(now.ciphertext, before[index].ciphertext);
    CHECK(hash_equal(&now.leaf, &before[index].leaf));
    CHECK(record_id_equal(&now.id, &before[index].id));
    CHECK_INT(now.ordinal, before[index].ordinal);
    CHECK_INT(now.kind, before[index].kind);
    CHECK_INT(now.disposition, DISPOSITION_HELD);
}

static void check_log_is_back(void)
{
    const struct stream_row row = old_row();
    const struct hash root = frontier_root(&row.frontier);

    CHECK_INT(row.frontier.size, 1 + LOST);
    CHECK(hash_equal(&root, &root_before));
    CHECK(row.own && !row.current);
}

static void brings_back_the_bytes_and_opens_them(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);

    recover(n);
    check_log_is_back();
    for (sequence i = 1; i < 1 + LOST; i++) {
        const struct sealed_content *content = NULL;
        struct entry_row row = {0};
        struct header h;
        check_back(i);
        CHECK_OK(entry_of_a(i, &row));
        node_begin(n, A);
        CHECK_OK(header_decode(row.header, &n->paper, &h));
        CHECK_OK(exchange_content_again(n->at[A].exchange, &row, &h, &content));
        node_end(n, A);
        CHECK_INT(content->item_count, 1);
    }
}

/* Their receipts come along, so what they hold is not sent to them again. */
static void knows_again_who_holds_it(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);
    const struct store s = node_store(n, A);
    sequence size = 0;

    recover(n);
    CHECK_OK(s.ops->receipt_size(s.self, &old_stream, &n->cast.actors[B].id, &size));
    CHECK_INT(size, 1 + LOST);
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.id.epoch.counter, 2);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
    CHECK_INT(n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size, 1);
}

/* It did not answer, and is there again while others are still being asked. */
static void who_was_given_up_is_asked_again_by_a_second_asking(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);
    struct exchange *const x = n->at[A].exchange;

    node_begin(n, A);
    CHECK_OK(exchange_recover(x));
    node_end(n, A);
    for (size_t i = 0; i < x->peer_count; i++)
        x->peers[i].deliveries[lane_rank(LANE_ROUTINE)].back.done = true;
    recover(n);
    check_log_is_back();
}

/* The epoch that came after the backup has its own end, and so has the one of the backup.
 */
static void of_the_same_backup_put_back_twice_both_epochs_come(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);
    struct entry_row row = {0};

    const struct stream_id first = old_stream;
    recover(n);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    const struct stream_row second = n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row;
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
    recover(n);
    check_log_is_back();
    for (sequence i = 1; i < 1 + LOST; i++)
        check_back(i);
    old_stream = second.id;
    CHECK_INT(old_row().frontier.size, second.frontier.size);
    CHECK_OK(entry_of_a(second.frontier.size - 1, &row));
    old_stream = first;
}

static bool drop_to_c(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->to == C;
}

/* C was away: its record is held by nobody, and the hash of it by B. */
static void names_what_nobody_held_by_its_leaf(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_to_c);
    struct entry_row row = {0};

    recover(n);
    check_log_is_back();
    check_back(1);
    CHECK_STATUS(entry_of_a(2, &row), E_UNKNOWN);
    check_back(3);
    check_back(4);
    /* What B gave back goes to C, which never had it, in the new epoch. */
    nodes_run(n, (millis)4 * STALL_MS);
    const struct follow *const f = node_follow(n, C, A, LANE_ROUTINE);
    CHECK_INT(f->row.id.epoch.counter, 2);
    CHECK_INT(f->row.tally[DISPOSITION_HELD], 1);
}

static bool lose_some(struct nodes *n, struct mail *m)
{
    return m->to == A && m->frame.kind == FRAME_ENTRIES && n->seed % 3 != 0;
}

static void again_brings_what_was_lost_on_the_way(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);

    n->drop = lose_some;
    recover(n);
    check_log_is_back();
    n->drop = NULL;
    recover(n);
    for (sequence i = 1; i < 1 + LOST; i++)
        check_back(i);
}

static void goes_on_after_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);

    node_begin(n, A);
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    nodes_run(n, (millis)2 * NODES_STEP_MS);
    node_start(n, A);
    recover(n);
    check_log_is_back();
    for (sequence i = 1; i < 1 + LOST; i++)
        check_back(i);
}

static void a_node_in_its_first_epoch_has_nothing_to_fetch(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 2000);
    node_begin(n, A);
    CHECK_STATUS(exchange_recover(n->at[A].exchange), E_UNKNOWN);
    node_end(n, A);
}

/* --- followers that lie --- */

enum lie {
    LIE_HEADER,
    LIE_CIPHERTEXT,
    LIE_WRAP,
    LIE_INDEX,
    LIE_LEAVES,
    LIE_CHECKPOINT,
    LIE_SIGNATURE,
    LIE_SHORT,
    LIES
};
static enum lie lie;
static size_t told;

static struct bytes spoilt_at(struct nodes *n, struct bytes b, size_t at)
{
    uint8_t *const copy = arena_take(&n->paper, b.size);

    CHECK(copy != NULL);
    memcpy(copy, b.at, b.size);
    copy[at] ^= 1;
    return bytes_of(copy, b.size);
}

static struct bytes spoilt(struct nodes *n, struct bytes b)
{
    return spoilt_at(n, b, b.size / 2);
}

static void lie_in_group(struct nodes *n, struct frame_group *g)
{
    if (lie == LIE_LEAVES)
        g->leaves = spoilt(n, g->leaves);
    else if (lie == LIE_CHECKPOINT)
        g->checkpoint = spoilt(n, g->checkpoint);
    else if (lie == LIE_SIGNATURE) /* near its end, in base64 */
        g->checkpoint = spoilt_at(n, g->checkpoint, g->checkpoint.size - 10);
    else if (lie == LIE_SHORT)
        g->first++;
    told++;
}

static void lie_in_entry(struct nodes *n, struct entry_copy *e)
{
    if (lie == LIE_HEADER)
        e->header = spoilt(n, e->header);
    else if (lie == LIE_CIPHERTEXT)
        e->ciphertext = spoilt(n, e->ciphertext);
    else if (lie == LIE_WRAP)
        e->publisher_wrap = spoilt(n, e->publisher_wrap);
    else
        e->index++;
    told++;
}

static bool tell_lie(struct nodes *n, struct mail *m)
{
    static struct entry_copy copy;

    if (m->to != A || m->from != B || m->end != END_PUBLISHING)
        return false;
    if (m->frame.kind == FRAME_GROUP && lie >= LIE_LEAVES) {
        lie_in_group(n, &m->frame.group);
    } else if (m->frame.kind == FRAME_ENTRIES && lie < LIE_LEAVES) {
        copy = m->frame.entries.entries[0];
        lie_in_entry(n, &copy);
        m->frame.entries.entries = &copy;
    } else {
        return false;
    }
    mail_change(n, m);
    return false;
}

static void takes_nothing_that_its_own_log_does_not_vouch_for(void)
{
    for (lie = LIE_HEADER; lie < LIES; lie++) {
        DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);
        struct entry_row row = {0};

        told = 0;
        n->drop = tell_lie;
        recover(n);
        CHECK(told > 0);
        CHECK_STATUS(n->at[A].exchange->fence, OK);
        if (lie < LIE_LEAVES) /* B alone held it */
            CHECK_STATUS(entry_of_a(1, &row), E_UNKNOWN);
        check_back(2); /* C told the truth meanwhile */
        check_log_is_back();
        n->drop = NULL;
        recover(n);
        for (sequence i = 1; i < 1 + LOST; i++)
            check_back(i);
    }
}

static size_t refused;

static bool count_errors(struct nodes *n, struct mail *m)
{
    (void)n;
    refused += m->from == A && m->frame.kind == FRAME_ERROR;
    return false;
}

/* What was not asked for is no gift. */
static void takes_nothing_that_it_did_not_ask_for(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_four(drop_nothing);
    struct entry_copy copy = {.index = 1,
                              .header = before[1].header,
                              .ciphertext = before[1].ciphertext,
                              .ordinal = 1};
    const struct frame entries = {
        .lane = LANE_ROUTINE,
        .kind = FRAME_ENTRIES,
        .entries = {.epoch = old_stream.epoch, .entry_count = 1, .entries = &copy}};
    struct entry_row row = {0};
    struct bytes bytes = {0};

    copy.wrap = copy.publisher_wrap = bytes_of(before[1].wraps.at, WRAP_SIZE);
    CHECK_OK(frame_encode(&entries, &n->paper, &bytes));
    n->drop = count_errors;
    node_begin(n, A);
    CHECK_OK(exchange_receive(n->at[A].exchange, &n->cast.actors[B].id, END_PUBLISHING,
                              LANE_ROUTINE, bytes));
    node_end(n, A);
    CHECK_INT(refused, 1);
    CHECK_STATUS(entry_of_a(1, &row), E_UNKNOWN);
}

CASES(CASE(brings_back_the_bytes_and_opens_them), CASE(knows_again_who_holds_it),
      CASE(who_was_given_up_is_asked_again_by_a_second_asking),
      CASE(of_the_same_backup_put_back_twice_both_epochs_come),
      CASE(names_what_nobody_held_by_its_leaf), CASE(again_brings_what_was_lost_on_the_way),
      CASE(goes_on_after_a_restart), CASE(a_node_in_its_first_epoch_has_nothing_to_fetch),
      CASE(takes_nothing_that_its_own_log_does_not_vouch_for),
      CASE(takes_nothing_that_it_did_not_ask_for))
