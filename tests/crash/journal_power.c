#include "figures.h"
#include "journal_fixture.h"
#include "journal_parts.h"
#include "memvfs_posix.h"

#include <malloc.h>
#include <sqlite3.h>

/*
 * Power cuts.  A node takes random turns; the power goes at a random write, sync or
 * truncation, also while the journal is opened or checkpointed; the disk keeps what was
 * synced and a random part of the rest; the journal is opened again.  Then
 *
 *   - every turn whose commit returned OK is there,
 *   - the turn that was in the air is there as a whole or not at all,
 *   - nothing else is,
 *   - keys.db has the key of every entry that is held, and
 *   - the head guard agrees with the journal or lacks its last commit, so nothing is
 * fenced.
 *
 * Two control runs must break the first of these, or this test would show nothing: one with
 * synchronous=NORMAL, and one on a disk that ignores the WAL's syncs.
 */

enum {
    IMAGES = 3000,
    IMAGES_LONG = 50000,
    CONTROL_IMAGES = 60,
    STREAMS = 2,
    INDEX_MAX = 96, /* of one stream; then a new disk */
    TURN_ENTRIES_MAX = 6,
    CALLS_MAX = 160, /* until the power goes */
    CIPHERTEXT_MAX = 30000,
};

/* What the journal must hold after a turn: which turn wrote each index. */
struct model {
    uint32_t turn;
    uint32_t size[STREAMS];
    uint32_t turn_of[STREAMS][INDEX_MAX];
};

struct world {
    uint64_t random;
    struct memvfs *disk;
    struct keyring *ring;
    struct journal *j;
    struct stream_id streams[STREAMS];
    struct model done;    /* commit returned OK */
    struct model pending; /* the turn in the air; equals `done` when none is */
    bool lies;            /* the disk ignores the syncs of WALs */
    bool normal;          /* synchronous=NORMAL */
    bool guarded;         /* the guard was made: from now on it is there */
    struct arena arena;
    uint8_t ciphertext[CIPHERTEXT_MAX];
    struct guard_report report;
    uint32_t behind;                           /* guards that lacked the last commit */
    uint32_t survived, vanished, failed_opens; /* what was met, so that all are */
};

static uint64_t roll(struct world *w, uint64_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (w->random >> 33) % below;
}

/* --- what a turn writes, from its number alone --- */

static struct hash leaf_of(size_t stream, uint32_t index, uint32_t turn)
{
    uint8_t text[24];
    struct writer w = writer_over(text, sizeof text);

    write_u64(&w, stream);
    write_u64(&w, index);
    write_u64(&w, turn);
    return merkle_leaf(writer_bytes(&w));
}

static struct entry_row entry_of(struct world *w, size_t stream, uint32_t index,
                                 uint32_t turn)
{
    const struct hash leaf = leaf_of(stream, index, turn);
    struct entry_row e = fixture_entry(&w->streams[stream], index);
    /* Most entries are small; some spill over many pages. */
    const size_t size = leaf.bytes[0] < 200 ? leaf.bytes[1] : leaf.bytes[1] * 117U;

    memcpy(e.id.bytes, leaf.bytes, sizeof e.id.bytes);
    memset(w->ciphertext, leaf.bytes[2], size);
    e.leaf = leaf;
    e.ciphertext = bytes_of(w->ciphertext, size);
    e.at = turn;
    return e;
}

static void key_of(size_t stream, uint32_t index, uint32_t turn, uint8_t ret[32])
{
    struct hash leaf = leaf_of(stream + STREAMS, index, turn);

    memcpy(ret, leaf.bytes, 32);
}

static struct stream_row row_of(const struct world *w, size_t stream, const struct model *m)
{
    struct stream_row row = {.id = w->streams[stream], .own = stream == 0, .current = true};

    for (uint32_t i = 0; i < m->size[stream]; i++) {
        const struct hash leaf = leaf_of(stream, i, m->turn_of[stream][i]);
        frontier_append(&row.frontier, &leaf);
    }
    row.complete = row.frontier.size;
    row.tally[DISPOSITION_HELD] = row.frontier.size;
    return row;
}

/* --- turns --- */

static status put_turns_group(struct world *w, size_t stream, uint32_t count)
{
    const struct store s = journal_store(w->j);
    struct model *const m = &w->pending;
    const uint32_t first = m->size[stream];
    struct hash leaves[TURN_ENTRIES_MAX];
    uint8_t key[32];

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t index = first + i;
        const struct entry_row e = entry_of(w, stream, index, m->turn);
        leaves[i] = e.leaf;
        m->turn_of[stream][index] = m->turn;
        key_of(stream, index, m->turn, key);
        TRY(s.ops->key_put(s.self, &e.stream, index, key));
        TRY(s.ops->entry_put(s.self, &e));
    }
    m->size[stream] += count;
    const struct group_row g = {.stream = w->streams[stream],
                                .first = first,
                                .count = count,
                                .leaves = bytes_of(leaves, count * sizeof leaves[0]),
                                .at = m->turn};
    TRY(s.ops->group_put(s.self, &g));
    const struct stream_row row = row_of(w, stream, m);
    return s.ops->stream_put(s.self, &row);
}

static status take_turn(struct world *w)
{
    const struct store s = journal_store(w->j);
    uint8_t number[4];
    struct writer note = writer_over(number, sizeof number);

    w->pending = w->done;
    w->pending.turn++;
    write_u32(&note, w->pending.turn);
    TRY(s.ops->document_put(s.self, DOCUMENT_LISTS, w->pending.turn, writer_bytes(&note)));
    for (size_t i = 0; i < STREAMS; i++) {
        const uint32_t count = (uint32_t)roll(w, TURN_ENTRIES_MAX + 1);
        if (count > 0)
            TRY(put_turns_group(w, i, count));
    }
    TRY(journal_commit(w->j));
    w->done = w->pending;
    if (roll(w, 4) == 0)
        journal_checkpoint(w->j, roll(w, 2) == 0);
    return OK;
}

/* --- after the cut --- */

static const char *check_entry(struct world *w, size_t stream, uint32_t index,
                               uint32_t turn)
{
    const struct store s = journal_store(w->j);
    const struct entry_row wanted = entry_of(w, stream, index, turn);
    struct entry_row got;
    struct place place;
    uint8_t wanted_key[32];
    uint8_t key[32];

    arena_reset(&w->arena);
    if (s.ops->entry_find(s.self, &wanted.stream, index, &w->arena, &got) != OK)
        return "an entry is lost";
    if (!hash_equal(&got.leaf, &wanted.leaf) || got.at != turn ||
        !bytes_equal(got.ciphertext, wanted.ciphertext))
        return "an entry is not the one that was put";
    if (s.ops->record_find(s.self, &wanted.stream.agency, &wanted.id, &place) != OK ||
        place.index != index)
        return "a record is not found";
    key_of(stream, index, turn, wanted_key);
    if (s.ops->key_find(s.self, &wanted.stream, index, key) != OK ||
        memcmp(key, wanted_key, sizeof key) != 0)
        return "a held entry has no key";
    return NULL;
}

static const char *check_stream(struct world *w, size_t stream, const struct model *m)
{
    const struct store s = journal_store(w->j);
    const struct stream_row wanted = row_of(w, stream, m);
    const struct hash wanted_root = frontier_root(&wanted.frontier);
    struct stream_row got = {.id = wanted.id};
    struct entry_row beyond;

    const status found = s.ops->stream_get(s.self, &wanted.id, &got);
    if (found != OK && (found != E_UNKNOWN || m->size[stream] > 0))
        return "a stream is lost";
    const struct hash root = frontier_root(&got.frontier);
    if (got.complete != m->size[stream] || !hash_equal(&root, &wanted_root))
        return "a stream is of another turn";
    for (uint32_t i = 0; i < m->size[stream]; i++) {
        const char *const wrong = check_entry(w, stream, i, m->turn_of[stream][i]);
        if (wrong != NULL)
            return wrong;
    }
    if (s.ops->entry_find(s.self, &wanted.id, m->size[stream], &w->arena, &beyond) !=
        E_UNKNOWN)
        return "an entry is there that no stream counts";
    return NULL;
}

/* NULL, or what is wrong.  The newest document says which turn the journal has. */
static const char *check_world(struct world *w)
{
    const struct store s = journal_store(w->j);
    struct bytes note = {0};
    uint32_t turn = 0;

    arena_reset(&w->arena);
    if (s.ops->document_find(s.self, DOCUMENT_LISTS, 0, &w->arena, &note) == OK) {
        struct reader r = {.rest = note};
        turn = read_u32(&r);
    }
    if (turn != w->done.turn && turn != w->pending.turn)
        return "an acknowledged turn is lost";
    if (w->pending.turn != w->done.turn) {
        w->survived += turn == w->pending.turn ? 1 : 0;
        w->vanished += turn == w->done.turn ? 1 : 0;
    }
    w->done = turn == w->done.turn ? w->done : w->pending;
    w->pending = w->done;
    for (size_t i = 0; i < STREAMS; i++) {
        const char *const wrong = check_stream(w, i, &w->done);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

/* --- worlds --- */

static status reopen(struct world *w)
{
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = fixture_agency("F55"),
                                    .keyring = w->ring,
                                    .vfs = "flagpost-mem-power"};

    w->j = journal_free(w->j);
    TRY(journal_open(&s, &w->j));
    if (w->normal) {
        CHECK_INT(sqlite3_exec(w->j->main.handle, "PRAGMA synchronous = NORMAL", NULL, NULL,
                               NULL),
                  SQLITE_OK);
    }
    TRY(journal_guard(w->j, &w->report));
    if (w->report.state != GUARD_MISSING || w->guarded)
        return OK;
    TRY(journal_guard_reset(w->j));
    w->guarded = true;
    return OK;
}

static void fresh_disk(struct world *w)
{
    w->j = journal_free(w->j);
    memvfs_free(w->disk);
    w->disk = NULL;
    memset(&w->done, 0, sizeof w->done);
    memset(&w->pending, 0, sizeof w->pending);
    CHECK_OK(memvfs_open("flagpost-mem-power", roll(w, UINT32_MAX), &w->disk));
    memvfs_take_files(w->disk);
    w->guarded = false;
    if (w->lies)
        memvfs_ignore_wal_syncs(w->disk);
}

static bool is_full(const struct world *w)
{
    bool full = false;

    for (size_t i = 0; i < STREAMS; i++)
        full = full || w->done.size[i] + TURN_ENTRIES_MAX > INDEX_MAX;
    return full;
}

/* Opens, runs until the power goes, and opens again.  NULL, or what is wrong. */
static const char *one_image(struct world *w)
{
    if (w->disk == NULL || is_full(w))
        fresh_disk(w);
    memvfs_cut_after(w->disk, 1 + roll(w, CALLS_MAX));
    if (reopen(w) == OK) {
        status s = OK;
        while (s == OK && !memvfs_is_cut(w->disk) && !is_full(w))
            s = take_turn(w);
        if (s != OK && !memvfs_is_cut(w->disk))
            return "a turn failed on a good disk";
    } else if (memvfs_is_cut(w->disk)) {
        w->failed_opens++;
    } else {
        return "the journal does not open";
    }
    memvfs_crash(w->disk);
    if (reopen(w) != OK)
        return "the journal does not open after a cut";
    const enum guard_state g = w->report.state;
    if (g != GUARD_AGREES && g != GUARD_BEHIND && (g != GUARD_MISSING || w->done.turn > 0))
        return "the guard fences a journal that lost nothing";
    w->behind += g == GUARD_BEHIND ? 1 : 0;
    return check_world(w);
}

static void world_make(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30); /* for speed: files grow and go */
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    w->random = seed;
    w->ring = fixture_ring(7);
    w->streams[0] = fixture_stream("F55", LANE_ROUTINE, 1);
    w->streams[1] = fixture_stream("F50", LANE_IMMEDIATE, 3);
    fixture_arena(&w->arena);
}

static void world_remove(struct world *w)
{
    w->j = journal_free(w->j);
    memvfs_take_files(NULL);
    memvfs_free(w->disk);
    w->ring = keyring_free(w->ring);
    free(w->arena.at);
}

static struct world world;

static void keeps_every_acknowledged_turn(void)
{
    const unsigned images = figures_share(IMAGES, IMAGES_LONG);

    world_make(&world, 20261123);
    for (unsigned i = 0; i < images; i++) {
        const char *const wrong = one_image(&world);
        if (wrong != NULL)
            (void)fprintf(stderr, "image %u: %s\n", i, wrong);
        CHECK(wrong == NULL);
    }
    (void)printf("    %u images: turns in the air %u kept, %u gone; %u cuts while opening; "
                 "guard one commit behind %u times\n",
                 images, world.survived, world.vanished, world.failed_opens, world.behind);
    CHECK(world.survived > images / 200);
    CHECK(world.vanished > images / 10);
    CHECK(world.failed_opens > 10);
    CHECK(world.behind > images / 200);
    figures_print("crash_images", images);
    world_remove(&world);
}

static void control(const char *what)
{
    unsigned found = 0;

    for (unsigned i = 0; i < CONTROL_IMAGES; i++) {
        if (one_image(&world) != NULL) {
            found++;
            fresh_disk(&world);
        }
    }
    (void)printf("    control, %s: %u of %u images lost what was acknowledged\n", what,
                 found, (unsigned)CONTROL_IMAGES);
    CHECK(found > CONTROL_IMAGES / 4);
    world_remove(&world);
}

static void a_disk_that_ignores_syncs_is_found_out(void)
{
    world_make(&world, 20261124);
    world.lies = true;
    control("the disk ignores syncs");
}

static void synchronous_normal_is_found_out(void)
{
    world_make(&world, 20261125);
    world.normal = true;
    control("synchronous=NORMAL");
}

CASES(CASE(keeps_every_acknowledged_turn), CASE(a_disk_that_ignores_syncs_is_found_out),
      CASE(synchronous_normal_is_found_out))
