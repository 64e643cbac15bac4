#include "nodes.h"

/*
 * R11: each disclosure is in the log, with its recipient, before it is sent.  Frames leave
 * after the commit, so what is asked when one leaves is what the disk has then.
 */

enum { A, B, C, D };

static size_t entries_seen;
static size_t rows_last; /* that tell of the one seen last */

/* Whether the row tells that this entry went to `to`. */
static bool tells(const struct item_audit *row, const struct mail *m, size_t k,
                  const struct agency_id *to)
{
    const struct frame_entries *const f = &m->frame.entries;

    if (row->operation != AUDIT_DISCLOSE || !row->has_object ||
        row->object_stream.lane != m->frame.lane ||
        !epoch_equal(&row->object_stream.epoch, &f->epoch) ||
        row->object_index != f->entries[k].index)
        return false;
    for (size_t i = 0; i < row->recipients.count; i++) {
        if (bytes_equal(row->recipients.at[i], bytes_of_text(to->text)))
            return true;
    }
    return false;
}

/* How many rows of one entry of the node's log tell of it; opened from its disk. */
static size_t entry_tells(const struct nodes *n, const struct mail *m, size_t k,
                          sequence index, struct arena *a)
{
    const struct store store = node_store(n, m->from);
    const struct own_lane *const log = &n->at[m->from].exchange->own[lane_rank(LANE_LOCAL)];
    const struct agency_id *const to = &n->cast.actors[m->to].id;
    const struct salted_item *items = NULL;
    struct entry_row e = {0};
    struct header h;
    uint8_t storage_key[32];
    uint8_t key[CONTENT_KEY_SIZE];
    size_t count = 0;
    size_t found = 0;

    CHECK_OK(store.ops->entry_find(store.self, &log->row.id, index, a, &e));
    CHECK_OK(header_decode(e.header, a, &h));
    if (h.kind != KIND_AUDIT)
        return 0;
    CHECK_OK(store.ops->key_find(store.self, &e.stream, e.index, storage_key));
    CHECK_OK(open_kept_key(storage_key, &e.id, e.kept, key));
    const struct entry_parts parts = {
        .header = e.header, .h = &h, .ciphertext = e.ciphertext};
    CHECK_OK(open_content(key, &parts, a, &items, &count));
    for (size_t i = 0; i < count; i++) {
        struct item item;
        CHECK_OK(item_decode(items[i].item, a, &item));
        found += tells(&item.audit, m, k, to);
    }
    return found;
}

/* A new epoch's statement holds nothing, and goes to everyone. */
static bool is_statement(const struct entry_copy *e, struct arena *a)
{
    struct header h;

    CHECK_OK(header_decode(e->header, a, &h));
    return h.kind == KIND_EPOCH;
}

static bool is_logged(struct nodes *n, struct mail *m)
{
    const size_t mark = arena_mark(&n->paper);

    for (size_t k = 0; m->frame.kind == FRAME_ENTRIES && k < m->frame.entries.entry_count;
         k++) {
        const bool statement = is_statement(&m->frame.entries.entries[k], &n->paper);
        const sequence size =
            n->at[m->from].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size;
        rows_last = 0;
        for (sequence i = 0; i < size; i++)
            rows_last += entry_tells(n, m, k, i, &n->paper);
        CHECK(statement || rows_last > 0);
        entries_seen++;
        arena_rewind(&n->paper, mark);
    }
    return false;
}

static void each_disclosure_is_logged_before_it_is_sent(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(4);

    n->drop = is_logged;
    entries_seen = 0;
    node_publish(n, A, 1u << B | 1u << C);
    nodes_run(n, 2000);
    node_publish(n, A, 1u << D);
    node_publish(n, B, 1u << A | 1u << D);
    nodes_run(n, 3000);
    CHECK_INT(entries_seen, 5);
}

static bool lose_entries(struct nodes *n, struct mail *m)
{
    return is_logged(n, m) || m->frame.kind == FRAME_ENTRIES;
}

/* What was lost on its way and is sent again may have been read both times. */
static void what_is_sent_again_is_logged_again(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    n->drop = lose_entries;
    entries_seen = 0;
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    const size_t lost = entries_seen;
    CHECK(lost >= 1);
    n->drop = is_logged;
    node_start(n, A);
    nodes_run(n, 4000);
    CHECK(entries_seen > lost);
    CHECK_INT(rows_last, entries_seen);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.mine.count, 1);
}

CASES(CASE(each_disclosure_is_logged_before_it_is_sent),
      CASE(what_is_sent_again_is_logged_again))
