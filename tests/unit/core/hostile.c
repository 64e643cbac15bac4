#include "nodes.h"

/* What a member with good keys sends must not end a turn, whatever it is. */

enum { A, B };

/* A line under the follower's own name and key id, which anyone can make up: the follower
 * must not find it there when it comes to cosign. */
static bool forge_our_line(struct nodes *n, struct mail *m)
{
    const struct actor *const b = &n->cast.actors[B];
    char name[AGENCY_NOTE_NAME_ROOM];
    uint8_t junk[8 + SIGNATURE_SIZE] = {0};
    struct bytes line = {0};

    if (m->frame.kind != FRAME_GROUP || m->to != B)
        return false;
    agency_note_name(&n->cast.realm, &b->id, name);
    CHECK_OK(note_line(bytes_of_text(name), NOTE_COSIGNATURE,
                       keyring_sign_public(b->keyring), bytes_of(junk, sizeof junk),
                       &n->paper, &line));
    CHECK_OK(note_append(m->frame.group.checkpoint, line, &n->paper,
                         &m->frame.group.checkpoint));
    mail_change(n, m);
    return false;
}

static void refuses_a_checkpoint_with_a_line_under_our_name(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = forge_our_line;
    node_publish(n, A, 1u << B);
    nodes_run(n, 8000); /* every turn closes: node_end checks it */
    CHECK(!node_follow(n, B, A, LANE_ROUTINE)->known);
    n->drop = NULL;
    nodes_run(n, 8000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 1);
}

/* The publisher's own wrap as rubbish: nobody would see it until the publisher needs it. */
static bool spoil_publisher_wrap(struct nodes *n, struct mail *m)
{
    static const uint8_t rubbish[WRAP_SIZE] = {1};
    struct entry_copy copy;

    if (m->frame.kind != FRAME_ENTRIES)
        return false;
    copy = m->frame.entries.entries[0];
    copy.publisher_wrap = bytes_of(rubbish, sizeof rubbish);
    m->frame.entries.entries = &copy;
    mail_change(n, m);
    return false;
}

static void refuses_an_entry_without_the_publishers_wrap(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    n->drop = spoil_publisher_wrap;
    node_publish(n, A, 1u << B);
    nodes_run(n, 6000);
    CHECK_STATUS(node_entry(n, B, A, 0, &row), E_UNKNOWN);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 0);
    n->drop = NULL;
    nodes_run(n, 8000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
}

/* A row that could not be sealed is refused when it is given, not when the turn closes. */
static void refuses_an_audit_row_that_could_not_be_sealed(void)
{
    static char long_text[4096];
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct item_audit row = {.at = 1,
                             .operation = AUDIT_CONSULT,
                             .actor = bytes_of_text("uid:0 test"),
                             .justification = bytes_of_text("\xff\xfe")};

    memset(long_text, 'a', sizeof long_text - 1);
    node_begin(n, A);
    CHECK(exchange_audit(n->at[A].exchange, &row) != OK);
    row.justification = bytes_of_text(long_text);
    CHECK(exchange_audit(n->at[A].exchange, &row) != OK);
    row.justification = bytes_of_text("briefing");
    CHECK_OK(exchange_audit(n->at[A].exchange, &row));
    node_end(n, A);
    CHECK(n->at[A].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size == 1);
}

CASES(CASE(refuses_a_checkpoint_with_a_line_under_our_name),
      CASE(refuses_an_entry_without_the_publishers_wrap),
      CASE(refuses_an_audit_row_that_could_not_be_sealed))
