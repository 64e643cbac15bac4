#include "nodes.h"

/* Rows of a followed stream that another hand has changed are taken again. */

enum { A, B, C };
enum { SIZE = 7, FOR_C = 3, ERASED = 5 }; /* index 3 is C's; index 5 is erased at B */

static struct entry_row before[SIZE];

static struct store store_b(const struct nodes *n)
{
    return node_store(n, B);
}

static struct stream_id stream_of(const struct nodes *n)
{
    return node_follow(n, B, A, LANE_ROUTINE)->row.id;
}

static void erase(struct nodes *n, sequence index)
{
    const struct item_audit why = {.at = 1, .actor = bytes_of_text("a person")};

    node_begin(n, B);
    CHECK_OK(
        exchange_erase(n->at[B].exchange, &n->cast.actors[A].id, &before[index].id, &why));
    node_end(n, B);
    CHECK_OK(node_entry(n, B, A, index, &before[index]));
}

/* Two records in the first group, then one in each. */
static struct nodes *seven(void)
{
    struct nodes *const n = nodes_make(3);

    node_begin(n, A);
    for (int i = 0; i < 2; i++)
        CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
    for (sequence i = 2; i < SIZE; i++)
        node_publish(n, A, i == FOR_C ? 1u << C : 1u << B);
    nodes_run(n, 6000);
    for (sequence i = 0; i < SIZE; i++) {
        if (i != FOR_C)
            CHECK_OK(node_entry(n, B, A, i, &before[i]));
    }
    erase(n, ERASED);
    return n;
}

static void go_back_to(struct nodes *n, sequence size)
{
    node_begin(n, B);
    CHECK_OK(exchange_follow_again(n->at[B].exchange, &n->cast.actors[A].id, LANE_ROUTINE,
                                   size));
    node_end(n, B);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, size);
}

static void check_as_before(struct nodes *n, sequence index)
{
    struct entry_row now = {0};

    CHECK_OK(node_entry(n, B, A, index, &now));
    CHECK_BYTES(now.header, before[index].header);
    CHECK_BYTES(now.ciphertext, before[index].ciphertext);
    CHECK_BYTES(now.wraps, before[index].wraps);
    CHECK(hash_equal(&now.leaf, &before[index].leaf));
    CHECK(record_id_equal(&now.id, &before[index].id));
    CHECK_INT(now.ordinal, before[index].ordinal);
    CHECK_INT(now.kind, before[index].kind);
    CHECK_INT(now.disposition, before[index].disposition);
    CHECK(!now.duplicate);
}

static void check_untouched(struct nodes *n, sequence index)
{
    struct entry_row now = {0};

    check_as_before(n, index);
    CHECK_OK(node_entry(n, B, A, index, &now));
    CHECK_BYTES(now.kept, before[index].kept);
    CHECK_INT(now.at, before[index].at);
}

static bool opens(struct nodes *n, sequence index)
{
    struct entry_row row = {0};
    struct header h;
    const struct sealed_content *content = NULL;

    CHECK_OK(node_entry(n, B, A, index, &row));
    CHECK_OK(header_decode(row.header, &n->paper, &h));
    node_begin(n, B);
    const status s = exchange_content_again(n->at[B].exchange, &row, &h, &content);
    node_end(n, B);
    return s == OK;
}

/* Everything is there, and one more record gets its receipt as ever. */
static void check_level(struct nodes *n)
{
    struct entry_row row = {0};

    for (sequence i = 0; i < SIZE; i++) {
        if (i != FOR_C)
            check_as_before(n, i);
    }
    CHECK_STATUS(node_entry(n, B, A, FOR_C, &row), E_UNKNOWN);
    const struct follow *const f = node_follow(n, B, A, LANE_ROUTINE);
    CHECK_INT(f->row.complete, SIZE);
    CHECK_INT(f->row.receipted, SIZE);
    CHECK_INT(f->row.mine.count, SIZE - 1);
    CHECK_INT(f->row.tally[DISPOSITION_HELD], SIZE - 2);
    CHECK_INT(f->row.tally[DISPOSITION_ERASED], 1);
    node_publish(n, A, 1u << B);
    nodes_run(n, 6000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, SIZE + 1);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, OK);
}

static struct bytes flipped(struct nodes *n, struct bytes b)
{
    uint8_t *const copy = arena_take(&n->paper, b.size);

    CHECK(copy != NULL);
    memcpy(copy, b.at, b.size);
    copy[b.size / 2] ^= 1;
    return bytes_of(copy, b.size);
}

enum damage {
    MISSING,
    HEADER,
    CIPHERTEXT,
    WRAPS,
    KEPT,
    LEAF,
    ORDINAL,
    KIND,
    WITHHELD,
    STRAY,
    GROUPS_GONE,
    NOTHING,
    DAMAGES
};

static void damage_row(struct nodes *n, enum damage what, struct entry_row *row)
{
    if (what == HEADER)
        row->header = flipped(n, row->header);
    else if (what == CIPHERTEXT)
        row->ciphertext = flipped(n, row->ciphertext);
    else if (what == WRAPS)
        row->wraps = flipped(n, row->wraps);
    else if (what == KEPT)
        row->kept = flipped(n, row->kept);
    else if (what == LEAF)
        row->leaf.bytes[0] ^= 1;
    else if (what == ORDINAL)
        row->ordinal++;
    else if (what == KIND)
        row->kind = KIND_OUTCOME;
    else if (what == WITHHELD)
        row->disposition = DISPOSITION_WITHHELD;
    else if (what == STRAY)
        row->index = FOR_C;
}

/* As if by SQL, in the store that the node has. */
static void damage(struct nodes *n, enum damage what)
{
    const struct store s = store_b(n);
    const struct stream_id id = stream_of(n);
    struct entry_row row = before[4];
    uint8_t key[32];

    CHECK_OK(s.ops->key_find(s.self, &id, 4, key));
    node_begin(n, B);
    if (what == GROUPS_GONE)
        CHECK_OK(s.ops->groups_drop(s.self, &id, 4));
    else if (what != STRAY && what != NOTHING)
        CHECK_OK(s.ops->entry_drop(s.self, &id, 4));
    damage_row(n, what, &row);
    if (what > MISSING && what <= STRAY)
        CHECK_OK(s.ops->entry_put(s.self, &row));
    /* entry_drop takes the key along, which this damage leaves. */
    if (what > MISSING && what < STRAY)
        CHECK_OK(s.ops->key_put(s.self, &id, 4, key));
    node_end(n, B);
}

static void takes_again_what_was_changed_and_leaves_the_rest(void)
{
    for (enum damage what = MISSING; what < DAMAGES; what++) {
        DEFER(nodes_done) struct nodes *const n = seven();

        damage(n, what);
        go_back_to(n, 2);
        nodes_run(n, 6000);
        check_untouched(n, 0);
        check_untouched(n, 2);
        check_untouched(n, 6);
        CHECK(opens(n, 4));
        check_level(n);
    }
}

static void what_was_erased_stays_erased(void)
{
    DEFER(nodes_done) struct nodes *const n = seven();
    struct entry_row row = {0};

    go_back_to(n, 0);
    nodes_run(n, 6000);
    CHECK_OK(node_entry(n, B, A, ERASED, &row));
    CHECK_INT(row.disposition, DISPOSITION_ERASED);
    CHECK_INT(row.ciphertext.size, 0);
    CHECK(!opens(n, ERASED));
    check_level(n);
}

static bool withhold(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->to == B && m->from == A && m->frame.kind == FRAME_ENTRIES;
}

static void goes_on_after_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = seven();

    damage(n, CIPHERTEXT);
    go_back_to(n, 2);
    n->drop = withhold;
    nodes_run(n, 6000);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->row.complete < SIZE);
    node_start(n, B);
    n->drop = NULL;
    nodes_run(n, 9000);
    check_untouched(n, 2);
    check_level(n);
}

/* What today's policy keeps back stays where it is held. */
static bool say_withheld(struct nodes *n, struct mail *m)
{
    static struct withheld w;

    if (m->to != B || m->from != A)
        return false;
    if (m->frame.kind == FRAME_GROUP && m->frame.group.first == 6) {
        w = (struct withheld){.index = 6, .ordinal = 6};
        m->frame.group.withheld = &w;
        m->frame.group.withheld_count = 1;
        mail_change(n, m);
    }
    return m->frame.kind == FRAME_ENTRIES && m->frame.entries.entries[0].index == 6;
}

static void keeps_what_is_withheld_now(void)
{
    DEFER(nodes_done) struct nodes *const n = seven();

    go_back_to(n, 2);
    n->drop = say_withheld;
    nodes_run(n, 6000);
    n->drop = NULL;
    check_untouched(n, 6);
    check_level(n);
}

static void goes_back_only_to_where_a_group_ends(void)
{
    DEFER(nodes_done) struct nodes *const n = seven();
    struct exchange *const x = n->at[B].exchange;
    const struct agency_id *const a = &n->cast.actors[A].id;

    node_begin(n, B);
    CHECK_STATUS(exchange_follow_again(x, a, LANE_ROUTINE, 1), E_ORDER);
    CHECK_STATUS(exchange_follow_again(x, a, LANE_ROUTINE, SIZE), E_UNKNOWN);
    CHECK_STATUS(exchange_follow_again(x, a, LANE_IMMEDIATE, 0), E_UNKNOWN);
    CHECK_STATUS(exchange_follow_again(x, &n->cast.actors[B].id, LANE_ROUTINE, 0),
                 E_UNKNOWN);
    node_end(n, B);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, SIZE);
    check_level(n);
}

CASES(CASE(takes_again_what_was_changed_and_leaves_the_rest),
      CASE(what_was_erased_stays_erased), CASE(goes_on_after_a_restart),
      CASE(keeps_what_is_withheld_now), CASE(goes_back_only_to_where_a_group_ends))
