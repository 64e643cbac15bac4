#include "journal_fixture.h"
#include "memvfs.h"

/* After a failure of the disk nothing more is taken, whatever the disk does then. */

static const struct memvfs_failure full = {.full = true};

struct box {
    struct memvfs *disk;
    struct keyring *ring;
    struct journal *j;
    struct stream_row row;
};

static status box_open(struct box *b)
{
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = fixture_agency("F55"),
                                    .keyring = b->ring,
                                    .vfs = "flagpost-mem-stop",
                                    .guard_off = true};

    return journal_open(&s, &b->j);
}

static void box_make(struct box *b)
{
    *b = (struct box){.ring = fixture_ring(7), .row = fixture_row("F55", LANE_ROUTINE, 1)};
    CHECK_OK(memvfs_open("flagpost-mem-stop", 5, &b->disk));
    CHECK_OK(box_open(b));
}

static void box_remove(struct box *b)
{
    b->j = journal_free(b->j);
    memvfs_free(b->disk);
    b->ring = keyring_free(b->ring);
}

static status turn(struct box *b)
{
    const struct store s = journal_store(b->j);
    const uint8_t key[32] = {1};

    TRY(s.ops->key_put(s.self, &b->row.id, b->row.frontier.size, key));
    TRY(fixture_publish(b->j, &b->row, 2));
    return journal_commit(b->j);
}

/* The disk is well again, and it makes no difference. */
static void check_stopped(struct box *b)
{
    CHECK(journal_error(b->j)[0] != '\0');
    CHECK_STATUS(journal_begin(b->j), E_STORAGE);
    CHECK_STATUS(journal_commit(b->j), E_STORAGE);
    journal_checkpoint(b->j, true);
}

/* One turn is durable, and the `call`th call of the next one fails.  True when it has
 * fewer. */
static bool goes_through(uint64_t call)
{
    struct box b;
    struct stream_row got;

    box_make(&b);
    CHECK_OK(turn(&b));
    const sequence size = b.row.frontier.size;
    memvfs_fail(b.disk, call, &full);
    const status s = turn(&b);
    memvfs_fail(b.disk, 0, &full);
    CHECK(s == OK || s == E_STORAGE);
    if (s != OK)
        check_stopped(&b);
    b.j = journal_free(b.j);
    CHECK_OK(box_open(&b));
    const struct store store = journal_store(b.j);
    CHECK_OK(store.ops->stream_get(store.self, &b.row.id, &got));
    /* Unknown means either; never something between. */
    CHECK(got.frontier.size == b.row.frontier.size ||
          (s != OK && got.frontier.size == size));
    box_remove(&b);
    return s == OK;
}

static void stops_at_any_call_that_fails(void)
{
    uint64_t call = 1;

    while (!goes_through(call))
        call++;
    CHECK(call > 5);
}

static void a_failed_checkpoint_fails_no_turn(void)
{
    struct box b;

    box_make(&b);
    for (uint64_t call = 1; call < 12; call++) {
        CHECK_OK(turn(&b));
        memvfs_fail(b.disk, call, &full);
        journal_checkpoint(b.j, true);
        memvfs_fail(b.disk, 0, &full);
    }
    CHECK_OK(turn(&b));
    const uint64_t before = memvfs_calls(b.disk);
    journal_checkpoint(b.j, true);
    CHECK(memvfs_calls(b.disk) > before);
    /* Nothing is left to move. */
    const uint64_t idle = memvfs_calls(b.disk);
    journal_checkpoint(b.j, true);
    journal_checkpoint(b.j, false);
    CHECK_INT(memvfs_calls(b.disk), idle);
    box_remove(&b);
}

/* A bit that flips in a page is either harmless or told; it never ends the process. */
static void survives_flipped_bits(void)
{
    struct box b;
    struct arena a;
    uint64_t told = 0;

    fixture_arena(&a);
    box_make(&b);
    CHECK_OK(turn(&b));
    b.j = journal_free(b.j);
    for (uint64_t offset = 0; memvfs_flip(b.disk, "/journal.db", offset, offset % 8) == OK;
         offset += 37) {
        struct group_row group;
        struct stream_row row;
        struct entry_row entry;
        status s = box_open(&b);
        if (s == OK) {
            const struct store store = journal_store(b.j);
            s = store.ops->stream_get(store.self, &b.row.id, &row);
            if (s == OK)
                s = store.ops->group_find(store.self, &b.row.id, 1, &a, &group);
            if (s == OK)
                s = store.ops->entry_find(store.self, &b.row.id, 1, &a, &entry);
        }
        told += s != OK ? 1 : 0;
        b.j = journal_free(b.j);
        arena_reset(&a);
        CHECK_OK(memvfs_flip(b.disk, "/journal.db", offset, offset % 8));
    }
    CHECK(told > 10);
    CHECK_OK(box_open(&b));
    CHECK_OK(turn(&b));
    free(a.at);
    box_remove(&b);
}

CASES(CASE(stops_at_any_call_that_fails), CASE(a_failed_checkpoint_fails_no_turn),
      CASE(survives_flipped_bits))
