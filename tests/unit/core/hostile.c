#include "nodes.h"

/* What a member with good keys sends must not end a turn, whatever it is. */

enum { A, B, C };

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

/* --- another version of the wire --- */

static size_t refusals; /* frames of kind ERROR that were sent, by whomever */
static bool both_ways;  /* neither reads the other; else B does not read A */

static bool is_between(const struct mail *m, size_t from, size_t to)
{
    return m->from == from && m->to == to;
}

static bool speak_newer(struct nodes *n, struct mail *m)
{
    struct bytes copy = {0};

    refusals += m->frame.kind == FRAME_ERROR;
    if (!is_between(m, A, B) && !(both_ways && is_between(m, B, A)))
        return false;
    CHECK_OK(arena_copy(&n->paper, m->bytes, &copy));
    uint8_t *const changed = arena_take(&n->paper, copy.size);
    CHECK(changed != NULL);
    memcpy(changed, copy.at, copy.size);
    changed[0] = WIRE_VERSION + 1;
    m->bytes = bytes_of(changed, copy.size);
    return false;
}

/* The reason to the operator. */
static size_t noted(const struct nodes *n, const struct effect *e)
{
    if (e->kind != EFFECT_NOTICE || e->notice.what != NOTICE_REJECTED)
        return 0;
    CHECK_STATUS(e->notice.why, E_VERSION);
    CHECK(agency_id_equal(&e->notice.peer, &n->cast.actors[A].id));
    return 1;
}

/* The class to the peer. */
static size_t answered(struct nodes *n, const struct effect *e)
{
    struct frame f;

    if (e->kind != EFFECT_SEND || frame_decode(e->send.frame, &n->paper, &f) != OK ||
        f.kind != FRAME_ERROR)
        return 0;
    CHECK(agency_id_equal(&e->send.peer, &n->cast.actors[A].id));
    CHECK_INT(f.error.reject, REJECT_BAD_MESSAGE);
    return 1;
}

static void check_told(struct nodes *n)
{
    const struct effects *const fx = n->at[B].effects;
    size_t notes = 0;
    size_t answers = 0;

    for (size_t k = 0; k < fx->count; k++) {
        notes += noted(n, &fx->at[k]);
        answers += answered(n, &fx->at[k]);
    }
    CHECK_INT(answers, 1);
    CHECK_INT(notes, 1);
}

static void refuses_a_newer_version_and_goes_on_with_others(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);
    struct entry_row row = {0};
    bool told = false;

    both_ways = false;
    n->drop = speak_newer;
    node_publish(n, A, 1u << B | 1u << C);
    node_publish(n, C, 1u << B);
    node_publish(n, B, 1u << A | 1u << C);
    for (size_t i = 0; i < 60; i++) {
        nodes_run(n, NODES_STEP_MS);
        if (node_notices(n, B, NOTICE_REJECTED) > 0)
            check_told(n);
        told = told || node_notices(n, B, NOTICE_REJECTED) > 0;
    }
    CHECK(told);
    CHECK_STATUS(node_entry(n, B, A, 0, &row), E_UNKNOWN);
    CHECK_OK(node_entry(n, C, A, 0, &row));
    CHECK_OK(node_entry(n, B, C, 0, &row));
    CHECK_OK(node_entry(n, C, B, 0, &row));
    CHECK_INT(node_follow(n, B, C, LANE_ROUTINE)->row.receipted, 1);
    CHECK_INT(node_follow(n, C, B, LANE_ROUTINE)->row.receipted, 1);
    n->drop = NULL; /* it speaks as we do again: nothing is lost */
    nodes_run(n, 8000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_OK(node_entry(n, A, B, 0, &row));
}

/* Neither reads the other's refusal, and so neither knows it for one. */
static void two_versions_do_not_refuse_each_other_without_end(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    both_ways = true;
    n->drop = speak_newer;
    refusals = 0;
    nodes_run(n, 60000);
    const millis hello = n->at[A].exchange->hello_ms;
    CHECK(refusals > 0);
    CHECK(refusals <= 2 * (60000 / hello + 1));
}

CASES(CASE(refuses_a_newer_version_and_goes_on_with_others),
      CASE(two_versions_do_not_refuse_each_other_without_end),
      CASE(refuses_a_checkpoint_with_a_line_under_our_name),
      CASE(refuses_an_entry_without_the_publishers_wrap),
      CASE(refuses_an_audit_row_that_could_not_be_sealed))
