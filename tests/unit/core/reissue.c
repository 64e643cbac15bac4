#include "nodes.h"

/* What was acknowledged to a desk and never reached its recipients goes out in the epoch of
 * today, whichever epoch it was sealed in, and once. */

enum { A, B, C };

static bool drop_to_c(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->to == C;
}

/* And what B gives back is lost on the way. */
static bool drop_entries_too(struct nodes *n, struct mail *m)
{
    return drop_to_c(n, m) || (m->to == A && m->frame.kind == FRAME_ENTRIES);
}

static struct own_lane *lane_of(struct nodes *n)
{
    return &n->at[A].exchange->own[lane_rank(LANE_ROUTINE)];
}

static record_id published(struct nodes *n, unsigned to)
{
    const struct store s = node_store(n, A);
    struct entry_row row = {0};

    node_publish(n, A, to);
    const struct stream_row *const own = &lane_of(n)->row;
    CHECK_OK(s.ops->entry_find(s.self, &own->id, own->frontier.size - 1, &n->paper, &row));
    nodes_run(n, 2000);
    return row.id;
}

static bool has(struct nodes *n, size_t node, const record_id *id)
{
    const struct store s = node_store(n, node);
    struct place place = {0};
    const status found = s.ops->record_find(s.self, &n->cast.actors[A].id, id, &place);

    CHECK(found == OK || found == E_UNKNOWN);
    return found == OK;
}

static void recover(struct nodes *n)
{
    bool waits = true;

    node_begin(n, A);
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    for (millis t = 0; waits && t < (millis)40 * STALL_MS; t += STALL_MS) {
        nodes_run(n, STALL_MS);
        waits = false;
        for (size_t l = 0; l < LANES; l++)
            waits = waits || n->at[A].exchange->own[l].back.is_on;
    }
    CHECK(!waits);
}

/* As a restore does: nothing goes out until what had been erased is erased again. */
static void put_back(struct nodes *n)
{
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    n->at[A].exchange->holds_back = true;
    node_end(n, A);
    recover(n);
}

static void restart(struct nodes *n)
{
    node_start(n, A);
    n->mail_count = 0;
    n->at[A].exchange->holds_back = true;
    nodes_run(n, 2000);
}

static void release(struct nodes *n)
{
    n->at[A].exchange->holds_back = false;
    n->drop = NULL;
    nodes_run(n, (millis)6 * STALL_MS);
}

static record_id waiting, lost, between;

/* C is away the whole time.  One record for it is in the backup, one that B has, too, came
 * after it; the epoch after the first restore issues neither of them again, and has one of
 * its own. */
static struct nodes *put_back_twice(void)
{
    struct nodes *const n = nodes_make(3);

    n->drop = drop_to_c;
    waiting = published(n, 1u << C);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    lost = published(n, 1u << B | 1u << C);
    put_back(n);
    between = published(n, 1u << B | 1u << C);
    put_back(n);
    CHECK_INT(lane_of(n)->row.id.epoch.counter, 3);
    CHECK(!has(n, C, &waiting) && !has(n, C, &lost) && !has(n, C, &between));
    return n;
}

static void check_all_went_out_once(struct nodes *n)
{
    CHECK(has(n, C, &waiting));
    CHECK(has(n, C, &lost));
    CHECK(has(n, C, &between));
    CHECK_INT(lane_of(n)->row.frontier.size, 1 + 3); /* behind the statement */
}

static void of_the_same_backup_put_back_twice_both_epochs_go_out(void)
{
    DEFER(nodes_done) struct nodes *const n = put_back_twice();

    release(n);
    check_all_went_out_once(n);
}

static void and_over_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = put_back_twice();

    restart(n);
    release(n);
    check_all_went_out_once(n);
}

/* Where nobody gives the epoch between, nothing here tells which one was before it. */
static void without_the_epoch_between_too(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);

    n->drop = drop_to_c;
    waiting = published(n, 1u << C);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    lost = published(n, 1u << B);
    put_back(n);
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 3000);
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    n->at[A].exchange->holds_back = true;
    node_end(n, A);
    restart(n);
    release(n);
    CHECK_INT(lane_of(n)->row.id.epoch.counter, 3);
    CHECK(has(n, C, &waiting));
}

static void what_a_second_asking_brings_goes_out(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);

    n->drop = drop_to_c;
    waiting = published(n, 1u << C);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    lost = published(n, 1u << B | 1u << C);
    n->drop = drop_entries_too;
    put_back(n);
    CHECK(!has(n, A, &lost));
    release(n);
    CHECK(has(n, C, &waiting) && !has(n, C, &lost));
    recover(n);
    release(n);
    CHECK(has(n, C, &lost));
    CHECK_INT(lane_of(n)->row.frontier.size, 1 + 2);
}

static void once_over_restarts_and_askings(void)
{
    DEFER(nodes_done) struct nodes *const n = put_back_twice();

    release(n);
    restart(n);
    release(n);
    recover(n);
    release(n);
    check_all_went_out_once(n);
}

static bool drop_receipts(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->to == A && m->frame.kind == FRAME_RECEIPT;
}

/* B holds it, and the asking that is begun will show that. */
static void what_is_asked_for_waits_until_all_have_answered(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    waiting = published(n, 1u << B);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    lost = published(n, 1u << B);
    n->drop = drop_receipts;
    put_back(n);
    CHECK(has(n, A, &lost));
    n->drop = NULL;
    node_start(n, A);
    n->mail_count = 0;
    recover(n);
    release(n);
    CHECK_INT(lane_of(n)->row.frontier.size, 1);
}

/* --- a row that cannot be read --- */

static struct store_ops worn, sound;

static status worn_entry(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    return id->lane == LANE_ROUTINE && id->epoch.counter == 1 && index == 0
               ? E_DAMAGED
               : sound.entry_find(self, id, index, a, ret);
}

/* It is told, the others go, and once it is mended it goes with the next start. */
static void a_damaged_row_keeps_back_no_other(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);
    struct exchange *const x = n->at[A].exchange;
    size_t told = 0;

    n->drop = drop_to_c;
    const record_id damaged = published(n, 1u << C);
    waiting = published(n, 1u << C);
    sound = *x->store.ops;
    worn = sound;
    worn.entry_find = worn_entry;
    x->store.ops = &worn;
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(x, EPOCH_RESTORED));
    node_end(n, A);
    told = node_notices(n, A, NOTICE_DAMAGED);
    release(n);
    CHECK_INT(told, 1);
    CHECK(has(n, C, &waiting) && !has(n, C, &damaged));
    x->store.ops = &sound;
    restart(n);
    release(n);
    CHECK(has(n, C, &damaged));
}

CASES(CASE(of_the_same_backup_put_back_twice_both_epochs_go_out), CASE(and_over_a_restart),
      CASE(without_the_epoch_between_too), CASE(what_a_second_asking_brings_goes_out),
      CASE(once_over_restarts_and_askings),
      CASE(what_is_asked_for_waits_until_all_have_answered),
      CASE(a_damaged_row_keeps_back_no_other))
