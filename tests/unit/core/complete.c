#include "nodes.h"

/* What a follower lets itself be told of how much there is for it. */

enum { A, B };

/* The last entry of each frame; one that comes alone, if it is the second. */
static bool withhold_tail(struct nodes *n, struct mail *m)
{
    struct frame_entries *const e = &m->frame.entries;

    if (m->from != A || m->frame.kind != FRAME_ENTRIES)
        return false;
    if (e->entry_count == 1)
        return e->entries[0].index == 1;
    e->entry_count--;
    mail_change(n, m);
    return false;
}

static void publish_two(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
}

/* The count root names the last entry, so its absence shows. */
static void cosigns_nothing_while_the_last_entry_is_kept_back(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = withhold_tail;
    publish_two(n);
    nodes_run(n, 12000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_STATUS(node_entry(n, B, A, 1, &row), E_UNKNOWN);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 0);
    n->drop = NULL;
    nodes_run(n, STALL_VAIN_MS + 2000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 2);
}

static bool forge_count(struct nodes *n, struct mail *m)
{
    if (m->frame.kind != FRAME_GROUP || m->frame.group.count == 0)
        return withhold_tail(n, m);
    m->frame.group.count--;
    m->frame.group.count_last = 0;
    mail_change(n, m);
    return false;
}

static void refuses_a_count_that_is_not_in_the_count_root(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    n->drop = forge_count;
    publish_two(n);
    nodes_run(n, 6000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.frontier.size, 0);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 0);
}

static bool drop_first_copy(struct nodes *n, struct mail *m)
{
    if (m->frame.kind == FRAME_ENTRIES && m->frame.entries.entry_count == 2) {
        m->frame.entries.entry_count = 1;
        m->frame.entries.entries++;
        mail_change(n, m);
    }
    return false;
}

/* The ordinal inside the wrap tells that one is missing before it. */
static void takes_no_entry_before_the_one_that_it_lacks(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = drop_first_copy;
    publish_two(n);
    nodes_run(n, 2000);
    CHECK_INT(n->kinds[FRAME_ENTRIES], 1);
    CHECK_STATUS(node_entry(n, B, A, 1, &row), E_UNKNOWN);
}

static bool flip_leaf(struct nodes *n, struct mail *m)
{
    if (m->frame.kind != FRAME_GROUP || m->frame.lane != LANE_ROUTINE)
        return false;
    uint8_t *const leaves = arena_take(&n->paper, m->frame.group.leaves.size);
    CHECK(leaves != NULL);
    memcpy(leaves, m->frame.group.leaves.at, m->frame.group.leaves.size);
    leaves[0] ^= 1;
    m->frame.group.leaves.at = leaves;
    mail_change(n, m);
    return false;
}

static void cosigns_only_the_root_of_the_leaves_it_has(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    n->drop = flip_leaf;
    publish_two(n);
    nodes_run(n, 6000);
    CHECK(!node_follow(n, B, A, LANE_ROUTINE)->known);
}

static void lower_b(struct nodes *n, struct roster *r)
{
    (void)n;
    r->agencies[B].ceiling = MARKING_OFFICIAL;
}

/* Policy is that of sending, and what it keeps back is named, not skipped. */
static void names_what_todays_policy_keeps_back(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL_SENSITIVE));
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
    nodes_new_roster(n, A, lower_b);
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
    CHECK_OK(node_entry(n, B, A, 1, &row));
    CHECK_INT(row.disposition, DISPOSITION_WITHHELD);
    CHECK_STATUS(row.reason, E_POLICY);
    CHECK_INT(row.ordinal, 2);
    CHECK_OK(node_entry(n, B, A, 2, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
    CHECK_INT(row.ordinal, 3);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 3);
}

static bool drop_all_entries(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->frame.kind == FRAME_ENTRIES;
}

/* The group came under one policy, and its entries never under that one. */
static void goes_on_when_policy_changes_under_a_group(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = drop_all_entries;
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL_SENSITIVE));
    node_end(n, A);
    nodes_run(n, 2000);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->pending);
    nodes_new_roster(n, A, lower_b);
    n->drop = NULL;
    nodes_run(n, (millis)3 * STALL_MS + 2000);
    CHECK_OK(node_entry(n, B, A, 1, &row));
    CHECK_INT(row.disposition, DISPOSITION_WITHHELD);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 2);
}

CASES(CASE(cosigns_nothing_while_the_last_entry_is_kept_back),
      CASE(refuses_a_count_that_is_not_in_the_count_root),
      CASE(takes_no_entry_before_the_one_that_it_lacks),
      CASE(cosigns_only_the_root_of_the_leaves_it_has),
      CASE(names_what_todays_policy_keeps_back),
      CASE(goes_on_when_policy_changes_under_a_group))
