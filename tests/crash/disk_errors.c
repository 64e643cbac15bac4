#include "figures.h"
#include "journal_fixture.h"
#include "memvfs_posix.h"

/*
 * A disk that fails: each write, sync, truncation and rename in turn, once or from there
 * on, as an I/O error or as a full disk, while a journal is opened, guarded, written,
 * erased from and checkpointed; and once more while it starts again.  What was said to be
 * durable is there; what was not said is there as a whole or not at all; nothing is taken
 * after a failure, and what is asked again is taken.  When the power goes then, that is
 * there too, although a sync of what stands before it has failed.
 */

enum { CALLS_MAX = 400, AGAIN = 2, AGAIN_LONG = 8, AGAIN_MAX = 48 };

struct box {
    struct memvfs *disk;
    struct keyring *ring;
    struct journal *j;
    struct stream_row row;
    sequence acknowledged; /* entries of turns whose commit returned OK */
    bool erased;           /* entry 1 was, and that was said */
};

static status box_open(struct box *b)
{
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = fixture_agency("F55"),
                                    .keyring = b->ring,
                                    .vfs = "flagpost-mem-errors"};
    struct guard_report report = {0};

    TRY(journal_open(&s, &b->j));
    TRY(journal_guard(b->j, &report));
    CHECK(report.state != GUARD_AHEAD && report.state != GUARD_CHANGED &&
          report.state != GUARD_FOREIGN);
    return report.state == GUARD_MISSING ? journal_guard_reset(b->j) : OK;
}

static status turn(struct box *b)
{
    const struct store s = journal_store(b->j);
    const uint8_t key[32] = {1};

    for (sequence i = 0; i < 2; i++)
        TRY(s.ops->key_put(s.self, &b->row.id, b->row.frontier.size + i, key));
    TRY(fixture_publish(b->j, &b->row, 2));
    TRY(journal_commit(b->j));
    b->acknowledged = b->row.frontier.size;
    return OK;
}

static status erase(struct box *b)
{
    const struct store s = journal_store(b->j);

    TRY(s.ops->entry_erase(s.self, &b->row.id, 1));
    TRY(journal_commit(b->j));
    b->erased = true;
    return OK;
}

/* The life of a node, until a step is refused. */
static status live(struct box *b)
{
    TRY(box_open(b));
    TRY(turn(b));
    (void)journal_checkpoint(b->j, true); /* what fails now runs later */
    TRY(turn(b));
    TRY(erase(b));
    TRY(turn(b));
    (void)journal_checkpoint(b->j, true);
    return turn(b);
}

static void check_entries(struct box *b, sequence size)
{
    const struct store s = journal_store(b->j);
    struct entry_row entry;
    struct arena a;

    fixture_arena(&a);
    for (sequence i = 0; i < size; i++) {
        CHECK_OK(s.ops->entry_find(s.self, &b->row.id, i, &a, &entry));
        CHECK(i == 1 || entry.disposition == DISPOSITION_HELD);
        CHECK(i != 1 || !b->erased || entry.disposition == DISPOSITION_ERASED);
    }
    CHECK_STATUS(s.ops->entry_find(s.self, &b->row.id, size, &a, &entry), E_UNKNOWN);
    free(a.at);
}

/* What the disk said to have after it had failed is there when the power goes. */
static void check_power(struct box *b)
{
    struct stream_row found = b->row;

    memvfs_crash(b->disk);
    b->j = journal_free(b->j);
    CHECK_OK(box_open(b));
    const struct store s = journal_store(b->j);
    CHECK_OK(s.ops->stream_get(s.self, &b->row.id, &found));
    CHECK_INT(found.frontier.size, b->acknowledged);
    check_entries(b, b->acknowledged);
}

/* Memory is made again from the journal.  What a node has when it starts it shows and
 * sends: from now on that may not be lost either. */
static void resume(struct box *b)
{
    struct stream_row found = b->row;

    const struct store s = journal_store(b->j);
    const status got = s.ops->stream_get(s.self, &b->row.id, &found);
    CHECK(got == OK || (got == E_UNKNOWN && b->acknowledged == 0));
    if (got == OK)
        b->row = found;
    else
        b->row = fixture_row("F55", LANE_ROUTINE, 1);
    const sequence size = b->row.frontier.size;
    CHECK(size == b->acknowledged || size == b->acknowledged + 2);
    check_entries(b, size);
    b->acknowledged = size;
}

/* The disk is well again, and the node goes on. */
static void check_after(struct box *b)
{
    CHECK_OK(box_open(b));
    resume(b);
    /* No index is used twice: the next one is taken. */
    CHECK_OK(turn(b));
    check_power(b);
}

/* It starts again while the disk still fails: in the start, or in the turn after it.  Then
 * the power goes. */
static void restart_badly(struct box *b, uint64_t call)
{
    static const struct memvfs_failure once = {.full = false};

    memvfs_fail(b->disk, call, &once);
    if (box_open(b) == OK) {
        resume(b);
        status_ignore(turn(b)); /* it says itself what became of it */
    }
    memvfs_fail(b->disk, 0, &once);
    memvfs_crash(b->disk);
    b->j = journal_free(b->j);
}

/* False when the whole life takes fewer calls.  `again`: which call fails after it, too; 0:
 * none. */
static bool fails_at(uint64_t call, const struct memvfs_failure *how, uint64_t again)
{
    struct box b = {.ring = fixture_ring(7), .row = fixture_row("F55", LANE_ROUTINE, 1)};

    CHECK_OK(memvfs_open("flagpost-mem-errors", call, &b.disk));
    memvfs_take_files(b.disk);
    memvfs_fail(b.disk, call, how);
    const status s = live(&b);
    const bool met = memvfs_calls(b.disk) >= call;
    CHECK(s == OK || s == E_STORAGE || s == E_IO);
    if (s != OK && b.j != NULL) {
        memvfs_fail(b.disk, 0, how);
        CHECK(journal_commit(b.j) != OK || !journal_is_dirty(b.j));
    }
    b.j = journal_free(b.j);
    memvfs_fail(b.disk, 0, how);
    if (again > 0)
        restart_badly(&b, again);
    check_after(&b);
    b.j = journal_free(b.j);
    memvfs_take_files(NULL);
    memvfs_free(b.disk);
    b.ring = keyring_free(b.ring);
    return met;
}

static void loses_nothing_whichever_call_fails(void)
{
    static const struct memvfs_failure failures[] = {
        {.full = false, .forever = false, .part = false},
        {.full = false, .forever = true, .part = false},
        {.full = true, .forever = false, .part = false},
        {.full = true, .forever = true, .part = false},
        {.full = true, .forever = true, .part = true},
        {.full = false, .forever = false, .part = true},
    };
    uint64_t count = 0;

    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        uint64_t call = 1;
        while (call < CALLS_MAX && fails_at(call, &failures[i], 0))
            call++;
        (void)printf("    %s, %s%s: %" PRIu64 " calls\n",
                     failures[i].full ? "disk full" : "I/O error",
                     failures[i].forever ? "for ever" : "once",
                     failures[i].part ? ", after part of a write" : "", call);
        CHECK(call > 40 && call < CALLS_MAX);
        count += call - 1; /* the last one was not met */
    }
    figures_print("disk_errors", count);
}

/* The second failure falls in the start or in the first turn after it. */
static void loses_nothing_when_it_fails_again(void)
{
    static const struct memvfs_failure once = {.full = false};
    const uint64_t tries = figures_share(AGAIN, AGAIN_LONG);
    uint64_t count = 0;
    uint64_t call = 1;

    for (bool met = true; met && call < CALLS_MAX; call++) {
        for (uint64_t i = 0; i < tries; i++, count++)
            met = fails_at(call, &once, 1 + (call + i * AGAIN_MAX / tries) % AGAIN_MAX);
    }
    (void)printf("    %" PRIu64 " times\n", count);
    figures_print("compound_disk_errors", count);
}

CASES(CASE(loses_nothing_whichever_call_fails), CASE(loses_nothing_when_it_fails_again))
