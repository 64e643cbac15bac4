#include "nodes.h"

/* What comes back of an epoch that began after the backup: here is nothing of it but what
 * the others show. */

enum { A, B };
enum { LOST = 2 }; /* its statement and one record */

static struct stream_id lost;
static struct entry_row record;

static void new_epoch(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
}

static status lost_entry(struct nodes *n, sequence index, struct entry_row *ret)
{
    const struct store s = node_store(n, A);

    return s.ops->entry_find(s.self, &lost, index, &n->paper, ret);
}

static struct nodes *lose_epoch(void)
{
    struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    new_epoch(n);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    const struct stream_row row = n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row;
    CHECK_INT(row.id.epoch.counter, 2);
    CHECK_INT(row.frontier.size, LOST);
    lost = row.id;
    CHECK_OK(lost_entry(n, 1, &record));
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    new_epoch(n);
    return n;
}

static void recover(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    nodes_run(n, (millis)8 * STALL_MS);
    CHECK(!n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].back.is_on);
}

static size_t told;

/* The statement's leaf says nothing of what comes with it. */
static bool add_content(struct nodes *n, struct mail *m)
{
    static struct entry_copy copy;

    if (m->to != A || m->frame.kind != FRAME_ENTRIES ||
        m->frame.entries.entries[0].index != 0)
        return false;
    copy = m->frame.entries.entries[0];
    copy.ciphertext = record.ciphertext;
    copy.wrap = copy.publisher_wrap = bytes_of(record.wraps.at, WRAP_SIZE);
    m->frame.entries.entries = &copy;
    mail_change(n, m);
    told++;
    return false;
}

static void takes_of_a_statement_its_header_alone(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_epoch();
    struct entry_row row = {0};

    told = 0;
    n->drop = add_content;
    recover(n);
    CHECK(told > 0);
    CHECK_OK(lost_entry(n, 1, &row));
    CHECK_BYTES(row.ciphertext, record.ciphertext);
    CHECK_OK(lost_entry(n, 0, &row));
    CHECK_INT(row.kind, KIND_EPOCH);
    CHECK_INT(row.ciphertext.size, 0);
    CHECK_INT(row.wraps.size, 0);
}

static struct store_ops worn, sound;

static status worn_entry(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    return stream_id_equal(id, &lost) && index == 1
               ? E_DAMAGED
               : sound.entry_find(self, id, index, a, ret);
}

/* What came back before and cannot be read since ends no node that it is given to again. */
static void a_row_that_was_damaged_since_ends_nothing(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_epoch();
    struct exchange *const x = n->at[A].exchange;
    struct entry_row row = {0};

    recover(n);
    CHECK_OK(lost_entry(n, 1, &row));
    sound = *x->store.ops;
    worn = sound;
    worn.entry_find = worn_entry;
    x->store.ops = &worn;
    recover(n);
    CHECK_OK(lost_entry(n, 1, &row));
    CHECK_BYTES(row.ciphertext, record.ciphertext);
}

CASES(CASE(takes_of_a_statement_its_header_alone),
      CASE(a_row_that_was_damaged_since_ends_nothing))
