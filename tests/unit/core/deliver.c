#include "nodes.h"

enum { A, B, C };

/* Ends the test if an entry is on its way to C. */
static bool nothing_for_c(struct nodes *n, struct mail *m)
{
    (void)n;
    CHECK(m->to != C || m->frame.kind != FRAME_ENTRIES);
    return false;
}

static void brings_an_entry_to_its_recipient_alone(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);
    struct entry_row row = {0};

    n->drop = nothing_for_c;
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
    CHECK(!row.duplicate);
    CHECK_INT(row.ordinal, 1);
    CHECK_STATUS(node_entry(n, C, A, 0, &row), E_UNKNOWN);
    /* Who is not addressed has the leaf, and vouches for it. */
    CHECK_INT(node_follow(n, C, A, LANE_ROUTINE)->row.receipted, 1);
}

static void keeps_the_publishers_bytes(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row mine = {0};
    struct entry_row theirs = {0};
    struct group_row here = {0};
    struct group_row there = {0};

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    const struct stream_id *const id = &node_follow(n, B, A, LANE_ROUTINE)->row.id;
    const struct store a = node_store(n, A);
    const struct store b = node_store(n, B);
    CHECK_OK(a.ops->entry_find(a.self, id, 0, &n->paper, &mine));
    CHECK_OK(b.ops->entry_find(b.self, id, 0, &n->paper, &theirs));
    CHECK_BYTES(theirs.header, mine.header);
    CHECK_BYTES(theirs.ciphertext, mine.ciphertext);
    CHECK_OK(a.ops->group_find(a.self, id, 0, &n->paper, &here));
    CHECK_OK(b.ops->group_find(b.self, id, 0, &n->paper, &there));
    CHECK_BYTES(there.checkpoint, here.checkpoint);
}

static bool drop_receipts(struct nodes *n, struct mail *m)
{
    (void)n;
    /* A greeting tells of receipts too. */
    if (m->frame.kind == FRAME_HELLO && m->end == END_FOLLOWING) {
        m->frame.hello.receipted = UINT64_MAX;
        mail_change(n, m);
    }
    return m->frame.kind == FRAME_RECEIPT;
}

static void sends_no_more_groups_than_were_asked_for(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    n->drop = drop_receipts;
    nodes_run(n, 2000);
    for (int i = 0; i < 7; i++)
        node_publish(n, A, 1u << B);
    nodes_run(n, 1000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, CREDIT_GROUPS_MAX);
    /* A request is absolute: after a silence it is made again, with new credit. */
    nodes_run(n, STALL_MS + 2000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 7);
}

static void goes_on_when_receipts_come(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    nodes_run(n, 2000);
    for (int i = 0; i < 7; i++)
        node_publish(n, A, 1u << B);
    nodes_run(n, 1500);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 7);
}

static bool drop_first_entries(struct nodes *n, struct mail *m)
{
    return m->frame.kind == FRAME_ENTRIES && n->kinds[FRAME_ENTRIES]++ == 0;
}

static void asks_again_for_what_was_lost(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = drop_first_entries;
    node_publish(n, A, 1u << B);
    nodes_run(n, STALL_MS - 500);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->pending);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 0);
    nodes_run(n, 3000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 1);
}

static void waits_for_entries_across_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = drop_first_entries;
    node_publish(n, A, 1u << B);
    nodes_run(n, 2000);
    node_start(n, B);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->pending);
    nodes_run(n, STALL_MS + 2000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
}

/* Index 0 is not for B, 1 is a group, 2 and 3 are the next. */
static void check_numbers(struct nodes *n, const struct mail *m)
{
    const uint8_t *const key = keyring_sign_public(n->cast.actors[B].keyring);
    struct receipt r = {0};

    if (m->frame.kind != FRAME_RECEIPT || m->frame.lane != LANE_ROUTINE ||
        m->frame.receipt.receipt.size == 0)
        return;
    CHECK_OK(receipt_verify(m->frame.receipt.receipt, key, &n->paper, &r));
    CHECK_INT(r.held, r.size - 1);
}

/* Of two entries in a group the second is lost. */
static bool cut_pairs(struct nodes *n, struct mail *m)
{
    check_numbers(n, m);
    if (m->frame.kind == FRAME_ENTRIES && m->frame.entries.entry_count == 2) {
        m->frame.entries.entry_count = 1;
        mail_change(n, m);
    }
    return false;
}

/* What was taken of a group that is not complete counts for no receipt yet. */
static void receipts_nothing_beyond_what_is_complete(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    nodes_run(n, 2000);
    n->drop = cut_pairs;
    node_publish(n, A, 0);
    node_publish(n, A, 1u << B);
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
    nodes_run(n, 1000);
    const struct follow *const f = node_follow(n, B, A, LANE_ROUTINE);
    CHECK_INT(f->row.complete, 2);
    CHECK_INT(f->row.mine.count, 2);
    CHECK(f->row.receipted <= 2);
    n->drop = NULL;
    nodes_run(n, STALL_MS + 2000);
    CHECK_INT(f->row.receipted, 4);
}

/* The first time, another record id in the header: a header still, but not the one that was
 * hashed. */
static bool change_id(struct nodes *n, struct mail *m)
{
    struct header h;

    if (m->frame.kind != FRAME_ENTRIES || n->kinds[FRAME_ENTRIES] > 0)
        return false;
    struct entry_copy *const copy = arena_take(&n->paper, sizeof *copy);
    CHECK(copy != NULL);
    *copy = m->frame.entries.entries[0];
    CHECK_OK(header_decode(copy->header, &n->paper, &h));
    uint8_t *const header = arena_take(&n->paper, copy->header.size);
    CHECK(header != NULL);
    memcpy(header, copy->header.at, copy->header.size);
    uint8_t *const id = memmem(header, copy->header.size, h.id.bytes, sizeof h.id.bytes);
    CHECK(id != NULL);
    id[15] ^= 1;
    copy->header.at = header;
    m->frame.entries.entries = copy;
    mail_change(n, m);
    return false;
}

static void takes_no_entry_that_its_leaf_does_not_vouch_for(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = change_id;
    node_publish(n, A, 1u << B);
    nodes_run(n, 2000);
    CHECK_INT(n->kinds[FRAME_ENTRIES], 1);
    CHECK_STATUS(node_entry(n, B, A, 0, &row), E_UNKNOWN);
    nodes_run(n, STALL_MS + 2000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
}

CASES(CASE(brings_an_entry_to_its_recipient_alone), CASE(keeps_the_publishers_bytes),
      CASE(sends_no_more_groups_than_were_asked_for), CASE(goes_on_when_receipts_come),
      CASE(asks_again_for_what_was_lost), CASE(waits_for_entries_across_a_restart),
      CASE(receipts_nothing_beyond_what_is_complete),
      CASE(takes_no_entry_that_its_leaf_does_not_vouch_for))
