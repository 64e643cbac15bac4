#include "journal_parts.h"

#include <stdio.h>

struct guard_lane guard_lane_of(const struct stream_row *row)
{
    return (struct guard_lane){.epoch = row->id.epoch,
                               .size = row->frontier.size,
                               .root = frontier_root(&row->frontier)};
}

static const struct rowsum *sum_of(const struct journal *j, enum guard_file file)
{
    return file == GUARD_JOURNAL ? &j->main.sum : &j->keys.database.sum;
}

/* Takes into the head how far both files have come; true when one had moved. */
static bool follow_files(struct journal *j)
{
    bool moved = false;

    for (size_t i = 0; i < GUARD_FILES; i++) {
        const struct rowsum *const sum = sum_of(j, (enum guard_file)i);
        struct guard_rows *const rows = &j->head.files[i];
        moved = moved || rows->commits != sum->commits;
        *rows = (struct guard_rows){.commits = sum->commits, .mac = sum->mac};
    }
    return moved;
}

status guard_start(struct journal *j, const char *folder)
{
    for (size_t i = 0; i < LANES; i++) {
        struct stream_row row;
        const status s = find_stream_current(j, &j->self, lane_of_rank(i), &row);
        if (s == OK)
            j->head.lanes[i] = guard_lane_of(&row);
        else
            ENSURE(s == E_UNKNOWN, s);
    }
    (void)follow_files(j);
    return j->has_guard ? guard_open(&j->guard, folder, j->keys.keyring) : OK;
}

status guard_follow(struct journal *j)
{
    if (!follow_files(j) || !j->has_guard || !j->guard_armed)
        return OK;
    if (guard_write(&j->guard, &j->head) == OK)
        return OK;
    j->failure.stopped = true;
    (void)snprintf(j->failure.sentence, sizeof j->failure.sentence,
                   "head: the guard could not be written after the commit");
    return E_STORAGE;
}

/* --- comparing --- */

/* Root over the first `size` leaves of an own stream, from the leaves themselves. */
struct replay {
    sequence size;
    struct frontier frontier;
};

static status replay_group(void *context, const struct group_row *g)
{
    struct replay *const r = context;

    ENSURE(g->first == r->frontier.size, E_DAMAGED);
    for (uint32_t i = 0; i < g->count && r->frontier.size < r->size; i++) {
        struct reader leaves = {.rest = bytes_from(g->leaves, (size_t)i * HASH_SIZE)};
        struct hash leaf;
        read_copy(&leaves, leaf.bytes, HASH_SIZE);
        frontier_append(&r->frontier, &leaf);
    }
    /* E_ORDER ends the walk; no group gives it. */
    return r->frontier.size < r->size ? OK : E_ORDER;
}

static status root_at(struct journal *j, const struct stream_id *stream, sequence size,
                      struct hash *ret)
{
    struct replay r = {.size = size};
    const status s =
        size > 0 ? journal_groups(j, stream, 0, &j->scratch, replay_group, &r) : OK;

    ENSURE(s == OK || s == E_ORDER, s);
    ENSURE(r.frontier.size == size, E_DAMAGED);
    *ret = frontier_root(&r.frontier);
    return OK;
}

/* How many entries of one lane the guard saw that the journal lacks. */
static status lane_missing(struct journal *j, enum lane lane, const struct guard_lane *seen,
                           sequence *ret)
{
    const struct guard_lane *const now = &j->head.lanes[lane_rank(lane)];
    const struct stream_id id = {.agency = j->self, .lane = lane, .epoch = seen->epoch};
    struct stream_row row;
    struct hash root;

    *ret = 0;
    if (epoch_is_none(&seen->epoch))
        return OK;
    const status s = find_stream(j, &id, &row);
    if (s != OK || now->epoch.counter < seen->epoch.counter) {
        /* An epoch that began and has no entry is missed as well. */
        *ret = seen->size > 0 ? seen->size : 1;
        return s == E_UNKNOWN ? OK : s;
    }
    if (row.frontier.size < seen->size) {
        *ret = seen->size - row.frontier.size;
        return OK;
    }
    if (row.frontier.size == seen->size)
        root = frontier_root(&row.frontier);
    else
        TRY(root_at(j, &row.id, seen->size, &root));
    /* Another history: how much of it is the same cannot be told, so all of it is missed.
     */
    if (!hash_equal(&root, &seen->root))
        *ret = seen->size;
    return OK;
}

/* Whether the file's rows are as this node left them; adds what it lacks. */
static bool rows_are_ours(const struct journal *j, enum guard_file file,
                          const struct guard_rows *seen, uint64_t *lacking)
{
    const struct rowsum *const sum = sum_of(j, file);

    if (sum->commits < seen->commits)
        *lacking += seen->commits - sum->commits;
    return sum->is_ours &&
           (sum->commits != seen->commits || hash_equal(&sum->mac, &seen->mac));
}

static bool lane_agrees(const struct guard_lane *a, const struct guard_lane *b)
{
    return epoch_equal(&a->epoch, &b->epoch) && a->size == b->size &&
           (epoch_is_none(&a->epoch) || hash_equal(&a->root, &b->root));
}

static status compare(struct journal *j, const struct guard_head *seen,
                      struct guard_report *ret)
{
    bool ahead = false;
    bool agrees = true;
    bool ours = true;

    for (size_t i = 0; i < LANES; i++) {
        TRY(lane_missing(j, lane_of_rank(i), &seen->lanes[i], &ret->missing[i]));
        ahead = ahead || ret->missing[i] > 0;
        agrees = agrees && lane_agrees(&seen->lanes[i], &j->head.lanes[i]);
    }
    for (size_t i = 0; i < GUARD_FILES; i++) {
        const struct guard_rows *const rows = &seen->files[i];
        ours &= rows_are_ours(j, (enum guard_file)i, rows, &ret->commits);
        agrees = agrees && rows->commits == j->head.files[i].commits;
    }
    if (ahead || ret->commits > 0)
        ret->state = GUARD_AHEAD;
    else if (!ours)
        ret->state = GUARD_CHANGED;
    else
        ret->state = agrees ? GUARD_AGREES : GUARD_BEHIND;
    return OK;
}

status journal_guard(struct journal *j, struct guard_report *ret)
{
    struct guard_report report = {.state = GUARD_AGREES};
    struct guard_head seen;

    MUST(!j->main.in_turn);
    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    if (!j->has_guard) {
        *ret = report;
        return OK;
    }
    const status s = guard_read(&j->guard, &seen);
    if (s == OK) {
        TRY(compare(j, &seen, &report));
    } else {
        ENSURE(s == E_UNKNOWN || s == E_SIGNATURE, s);
        report.state = s == E_UNKNOWN ? GUARD_MISSING : GUARD_FOREIGN;
    }
    if (report.state == GUARD_BEHIND)
        TRY(guard_write(&j->guard, &j->head));
    j->guard_armed = report.state == GUARD_AGREES || report.state == GUARD_BEHIND;
    *ret = report;
    return OK;
}

status journal_guard_reset(struct journal *j)
{
    struct guard_head seen;

    MUST(!j->main.in_turn);
    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    if (!j->has_guard)
        return OK;
    if (!j->main.sum.is_ours)
        TRY(database_recount(&j->main));
    if (!j->keys.database.sum.is_ours)
        TRY(database_recount(&j->keys.database));
    (void)follow_files(j);
    /* Learns the counter that the new slot must exceed; what else it says is void now. */
    const status s = guard_read(&j->guard, &seen);
    ENSURE(s == OK || s == E_UNKNOWN || s == E_SIGNATURE, s);
    TRY(guard_write(&j->guard, &j->head));
    j->guard_armed = true;
    return OK;
}

status journal_recount(struct journal *j)
{
    MUST(!journal_is_dirty(j));
    TRY(database_recount(&j->keys.database));
    TRY(database_recount(&j->main));
    return guard_follow(j);
}
