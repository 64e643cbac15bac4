#include "journal_fixture.h"
#include "tamper.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What the head guard finds at a start, whatever happened to the files before it. */

static struct guard_report look(struct home *h)
{
    struct guard_report report;

    home_open(h);
    CHECK_OK(journal_guard(h->j, &report));
    return report;
}

/* Two commits of an own stream under an armed guard, and a third when asked. */
static struct stream_row start(struct home *h, enum lane lane)
{
    struct stream_row row = fixture_row("F55", lane, 1);
    struct guard_report report;

    CHECK_OK(journal_guard(h->j, &report));
    CHECK_INT(report.state, GUARD_MISSING);
    CHECK_OK(journal_guard_reset(h->j));
    CHECK_OK(fixture_publish(h->j, &row, 3));
    CHECK_OK(journal_commit(h->j));
    CHECK_OK(fixture_publish(h->j, &row, 2));
    CHECK_OK(journal_commit(h->j));
    return row;
}

/* A file's bytes, put aside and put back. */
struct copy {
    char path[128];
    uint8_t *at;
    size_t size;
};

static struct copy copy_of(const struct home *h, const char *name)
{
    struct copy c = {0};
    struct stat st;

    home_path(h, name, c.path);
    const int fd = open(c.path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &st) == 0);
    c.size = (size_t)st.st_size;
    c.at = malloc(c.size + 1);
    CHECK(c.at != NULL && read(fd, c.at, c.size) == (ssize_t)c.size);
    CHECK(close(fd) == 0);
    return c;
}

static void put_back(struct copy *c)
{
    const int fd = open(c->path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);

    CHECK(fd >= 0 && write(fd, c->at, c->size) == (ssize_t)c->size);
    CHECK(close(fd) == 0);
    free(c->at);
}

static void agrees_after_commits(void)
{
    struct home h = home_make();

    (void)start(&h, LANE_ROUTINE);
    home_close(&h);
    CHECK_INT(look(&h).state, GUARD_AGREES);
    /* A turn in which no row changes leaves it alone. */
    struct copy before = copy_of(&h, "head");
    CHECK_OK(journal_begin(h.j));
    CHECK_OK(journal_commit(h.j));
    struct copy after = copy_of(&h, "head");
    CHECK_BYTES(bytes_of(after.at, after.size), bytes_of(before.at, before.size));
    free(before.at);
    free(after.at);
    home_remove(&h);
}

static void mends_a_guard_that_lacks_the_last_commit(void)
{
    struct home h = home_make();
    struct stream_row row = start(&h, LANE_ROUTINE);
    struct copy old = copy_of(&h, "head");

    CHECK_OK(fixture_publish(h.j, &row, 4));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    put_back(&old);
    CHECK_INT(look(&h).state, GUARD_BEHIND);
    home_close(&h);
    CHECK_INT(look(&h).state, GUARD_AGREES);
    home_remove(&h);
}

static void mends_a_guard_that_lacks_a_new_epoch(void)
{
    struct home h = home_make();
    struct stream_row row = start(&h, LANE_ROUTINE);
    struct stream_row next = fixture_row("F55", LANE_ROUTINE, 2);
    const struct store s = journal_store(h.j);
    struct copy old = copy_of(&h, "head");

    row.current = false;
    CHECK_OK(s.ops->stream_put(s.self, &row));
    CHECK_OK(fixture_publish(h.j, &next, 1));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    put_back(&old);
    CHECK_INT(look(&h).state, GUARD_BEHIND);
    home_remove(&h);
}

static void fences_when_the_journal_is_gone(void)
{
    struct home h = home_make();
    char path[128];

    (void)start(&h, LANE_IMMEDIATE);
    home_close(&h);
    home_path(&h, "journal.db", path);
    CHECK(unlink(path) == 0);
    const struct guard_report report = look(&h);
    CHECK_INT(report.state, GUARD_AHEAD);
    CHECK_INT(report.missing[lane_rank(LANE_IMMEDIATE)], 5);
    CHECK_INT(report.missing[lane_rank(LANE_ROUTINE)], 0);
    home_remove(&h);
}

/* The WAL of a node that was killed: as it stands while the journal is open. */
static struct guard_report restart_with_wal(struct home *h, size_t percent)
{
    struct copy main = copy_of(h, "journal.db");
    struct copy wal = copy_of(h, "journal.db-wal");
    struct copy head = copy_of(h, "head");

    home_close(h);
    wal.size = wal.size * percent / 100;
    put_back(&main);
    put_back(&wal);
    put_back(&head);
    return look(h);
}

static void fences_when_the_wal_is_cut_short(void)
{
    struct home h = home_make();
    struct stream_row row = start(&h, LANE_ROUTINE);

    journal_checkpoint(h.j, true);
    CHECK_OK(fixture_publish(h.j, &row, 4));
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(fixture_publish(h.j, &row, 1));
    CHECK_OK(journal_commit(h.j));
    CHECK_INT(restart_with_wal(&h, 100).state, GUARD_AGREES);
    home_remove(&h);

    h = home_make();
    row = start(&h, LANE_ROUTINE);
    journal_checkpoint(h.j, true);
    CHECK_OK(fixture_publish(h.j, &row, 4));
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(fixture_publish(h.j, &row, 1));
    CHECK_OK(journal_commit(h.j));
    const struct guard_report cut = restart_with_wal(&h, 60);
    CHECK_INT(cut.state, GUARD_AHEAD);
    CHECK_INT(cut.missing[lane_rank(LANE_ROUTINE)], 1);
    home_remove(&h);

    h = home_make();
    row = start(&h, LANE_ROUTINE);
    journal_checkpoint(h.j, true);
    CHECK_OK(fixture_publish(h.j, &row, 4));
    CHECK_OK(journal_commit(h.j));
    const struct guard_report gone = restart_with_wal(&h, 0);
    CHECK_INT(gone.state, GUARD_AHEAD);
    CHECK_INT(gone.missing[lane_rank(LANE_ROUTINE)], 4);
    home_remove(&h);
}

/* A commit that moves no own stream counts as any other: what a person was told is kept. */
static void fences_when_what_was_received_is_lost(void)
{
    struct home h = home_make();
    struct stream_row other = fixture_row("F50", LANE_ROUTINE, 1);

    (void)start(&h, LANE_ROUTINE);
    journal_checkpoint(h.j, true);
    CHECK_OK(fixture_publish(h.j, &other, 4));
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(fixture_publish(h.j, &other, 1));
    CHECK_OK(journal_commit(h.j));
    const struct guard_report cut = restart_with_wal(&h, 0);
    CHECK_INT(cut.state, GUARD_AHEAD);
    CHECK_INT(cut.missing[lane_rank(LANE_ROUTINE)], 0);
    CHECK_INT(cut.commits, 2);
    CHECK_OK(journal_guard_reset(h.j));
    home_close(&h);
    CHECK_INT(look(&h).state, GUARD_AGREES);
    home_remove(&h);
}

static void fences_when_the_keys_are_gone(void)
{
    struct home h = home_make();
    struct stream_row row = start(&h, LANE_ROUTINE);
    const struct store s = journal_store(h.j);
    const uint8_t key[32] = {1};
    char path[128];

    CHECK_OK(s.ops->key_put(s.self, &row.id, 0, key));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_path(&h, "keys.db", path);
    CHECK(unlink(path) == 0);
    const struct guard_report report = look(&h);
    CHECK_INT(report.state, GUARD_AHEAD);
    CHECK_INT(report.commits, 1);
    home_remove(&h);
}

/* Whoever adds the rows up again has no key for the MAC over the sum. */
static void fences_when_the_sum_of_rows_was_made_by_another(void)
{
    static const char *const changes[] = {
        "UPDATE rowsum SET lanes = flip(lanes, 9)",
        "UPDATE rowsum SET commits = commits + 1",
        "UPDATE rowsum SET mac = flip(mac, 0)",
        "UPDATE rowsum SET mac = x'00'",
    };

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct home h = home_make();
        (void)start(&h, LANE_ROUTINE);
        home_close(&h);
        tamper(h.folder, changes[i]);
        CHECK_INT(look(&h).state, GUARD_CHANGED);
        home_close(&h);
        CHECK_INT(look(&h).state, GUARD_CHANGED);
        CHECK_OK(journal_guard_reset(h.j));
        home_close(&h);
        CHECK_INT(look(&h).state, GUARD_AGREES);
        home_remove(&h);
    }
}

/* Continues a stream with leaves that no other history has. */
static void publish_otherwise(struct home *h, struct stream_row row, uint32_t count)
{
    const struct store s = journal_store(h->j);
    struct hash leaves[16];
    const struct group_row group = {.stream = row.id,
                                    .first = row.frontier.size,
                                    .count = count,
                                    .leaves = bytes_of(leaves, count * sizeof leaves[0])};

    CHECK(count <= COUNT_OF(leaves));
    for (uint32_t i = 0; i < count; i++) {
        leaves[i] = fixture_leaf(1000 + i);
        frontier_append(&row.frontier, &leaves[i]);
    }
    CHECK_OK(s.ops->group_put(s.self, &group));
    CHECK_OK(s.ops->stream_put(s.self, &row));
    CHECK_OK(journal_commit(h->j));
}

static void fences_when_an_older_copy_went_another_way(void)
{
    for (uint32_t more = 3; more <= 6; more++) {
        struct home h = home_make();
        struct stream_row row = start(&h, LANE_ROUTINE);
        const struct stream_row five = row;
        home_close(&h);
        struct copy older = copy_of(&h, "journal.db");
        home_open(&h);
        struct guard_report report;
        CHECK_OK(journal_guard(h.j, &report));
        CHECK_OK(fixture_publish(h.j, &row, 4));
        CHECK_OK(journal_commit(h.j));
        home_close(&h);
        put_back(&older);
        home_open(&h);
        publish_otherwise(&h, five, more); /* without asking the guard */
        home_close(&h);
        report = look(&h);
        CHECK_INT(report.state, GUARD_AHEAD);
        /* As long as the guard's or longer, but not with its root. */
        CHECK_INT(report.missing[lane_rank(LANE_ROUTINE)], more == 3 ? 1 : 9);
        home_remove(&h);
    }
}

static void leaves_the_fence_until_it_is_mended(void)
{
    struct home h = home_make();
    char path[128];
    struct stream_row row = start(&h, LANE_ROUTINE);
    struct stream_row next = fixture_row("F55", LANE_ROUTINE, 2);

    home_close(&h);
    home_path(&h, "journal.db", path);
    CHECK(unlink(path) == 0);
    CHECK_INT(look(&h).state, GUARD_AHEAD);
    row = fixture_row("F55", LANE_ROUTINE, 1);
    row.current = false;
    CHECK_OK(fixture_publish(h.j, &row, 1));
    CHECK_OK(fixture_publish(h.j, &next, 1));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    const struct guard_report report = look(&h);
    CHECK_INT(report.state, GUARD_AHEAD);
    CHECK_INT(report.missing[lane_rank(LANE_ROUTINE)], 4);
    CHECK_OK(journal_guard_reset(h.j));
    home_close(&h);
    CHECK_INT(look(&h).state, GUARD_AGREES);
    home_remove(&h);
}

static void tells_a_missing_guard_from_a_foreign_one(void)
{
    struct home h = home_make();
    char path[128];
    struct guard_report report;

    (void)start(&h, LANE_LOCAL);
    home_close(&h);
    h.ring = keyring_free(h.ring);
    h.ring = fixture_ring(9);
    CHECK_INT(look(&h).state, GUARD_FOREIGN);
    home_close(&h);
    home_path(&h, "head", path);
    CHECK(unlink(path) == 0);
    CHECK_INT(look(&h).state, GUARD_MISSING);
    CHECK_OK(journal_guard_reset(h.j));
    CHECK_OK(journal_guard(h.j, &report));
    CHECK_INT(report.state, GUARD_AGREES);
    home_remove(&h);
}

/* A torn slot is one commit older, which is what a crash between the two leaves. */
static void takes_the_other_slot_when_one_is_torn(void)
{
    struct home h = home_make();
    char path[128];

    (void)start(&h, LANE_ROUTINE);
    home_close(&h);
    home_path(&h, "head", path);
    struct copy head = copy_of(&h, "head");
    head.at[4096 + 100] ^= 0x40; /* three writes so far: the newest is in the second slot */
    put_back(&head);
    CHECK_INT(look(&h).state, GUARD_BEHIND);
    home_close(&h);
    CHECK_INT(look(&h).state, GUARD_AGREES);
    home_remove(&h);
}

CASES(CASE(agrees_after_commits), CASE(mends_a_guard_that_lacks_the_last_commit),
      CASE(mends_a_guard_that_lacks_a_new_epoch), CASE(fences_when_the_journal_is_gone),
      CASE(fences_when_the_wal_is_cut_short), CASE(fences_when_what_was_received_is_lost),
      CASE(fences_when_the_keys_are_gone),
      CASE(fences_when_the_sum_of_rows_was_made_by_another),
      CASE(fences_when_an_older_copy_went_another_way),
      CASE(leaves_the_fence_until_it_is_mended),
      CASE(tells_a_missing_guard_from_a_foreign_one),
      CASE(takes_the_other_slot_when_one_is_torn))
