#include "seen.h"

/* Journals in order: nothing is found; and documents and streams that are not. */

static void finds_nothing_in_a_good_journal(void)
{
    struct trio *const t = make_world();

    for (size_t n = 0; n < TRIO_NODES; n++) {
        const struct seen s = verify(t, n);
        for (size_t i = 0; i < s.count; i++) {
            if (s.streams[i].finding.why != OK)
                (void)fprintf(stderr, "%s: %s\n", s.streams[i].id.agency.text,
                              s.streams[i].finding.sentence);
        }
        CHECK(verify_agrees(&s.totals));
        CHECK_INT(s.totals.parts[VERIFY_ROSTERS].checked, 1);
        CHECK(s.totals.parts[VERIFY_TABLES].checked > 10);
        const struct verify_stream *const routine = stream_of(&s, "ALFA", LANE_ROUTINE);
        CHECK_INT(routine->size, 10);
        CHECK_INT(routine->groups, 4);
        CHECK_INT(routine->checkpoints, 4);
        CHECK_INT(routine->entries, n == ALFA ? 10 : n == BRAVO ? 8 : 1);
        CHECK(routine->cosignatures >= 1);
        CHECK(routine->receipts >= 1);
        CHECK_INT(routine->finding.proved, 10);
    }
    trio_free(t);
}

static void counts_streams_and_entries(void)
{
    struct trio *const t = make_world();
    const struct seen s = verify(t, ALFA);
    uint64_t entries = 0;

    for (size_t i = 0; i < s.count; i++)
        entries += s.streams[i].size;
    CHECK_INT(s.totals.streams, s.count);
    CHECK_INT(s.totals.entries, entries);
    trio_free(t);
}

static void judges_every_stream_by_signed_rosters(void)
{
    struct trio *const t = make_world();
    char kept[64];

    journal_checkpoint(t->nodes[BRAVO].journal, true);
    take_copy(t, BRAVO, kept);
    tamper(t->nodes[BRAVO].folder, "UPDATE document SET note = flip(note, 300)");
    const struct seen s = verify(t, BRAVO);
    CHECK(s.totals.parts[VERIFY_ROSTERS].finding.why != OK);
    for (size_t i = 0; i < s.count; i++)
        CHECK_INT(s.streams[i].finding.why != OK, s.streams[i].size > 0);
    drop_copy(t, BRAVO, kept);
    trio_free(t);
}

static void misses_a_stream_that_must_be_there(void)
{
    struct trio *const t = make_world();

    trio_close(t, ALFA);
    tamper(t->nodes[ALFA].folder,
           "DELETE FROM stream_state WHERE number = " STREAM_OF("ALFA", "1"));
    const struct seen s = verify(t, ALFA);
    CHECK_INT(s.totals.parts[VERIFY_STREAMS].finding.why, E_UNKNOWN);
    CHECK(!verify_agrees(&s.totals));
    trio_free(t);
}

/* One entry that expires before it can be sent, and one that does not. */
static void publish_withheld(struct trio *t)
{
    struct trio_batch b;

    t->now += 300;
    trio_batch_begin(t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    b.submission.label.expires_at = t->now - 1;
    CHECK_OK(exchange_submit(t->nodes[ALFA].exchange, &b.submission));
    b.submission.label.expires_at = 0;
    CHECK_OK(exchange_submit(t->nodes[ALFA].exchange, &b.submission));
    trio_end(t, ALFA);
    trio_settle(t);
}

/* Entries 10 and 11 of ALFA's routine stream are one group; BRAVO gets only 11. */
static void takes_the_publisher_s_word_for_what_is_withheld(void)
{
    static const char *const wrong[] = {
        "UPDATE entry SET disposition = 4, header = x'', ciphertext = x'', wraps = x'' "
        "WHERE place = " ROUTINE("11"),
        "UPDATE commit_group SET withheld = x'' WHERE place = " ROUTINE("10"),
    };
    struct trio *const t = make_world();
    char kept[64];

    publish_withheld(t);
    const struct seen good = verify(t, BRAVO);
    CHECK(verify_agrees(&good.totals));
    CHECK_INT(stream_of(&good, "ALFA", LANE_ROUTINE)->entries, 10);
    journal_checkpoint(t->nodes[BRAVO].journal, true);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        take_copy(t, BRAVO, kept);
        tamper(t->nodes[BRAVO].folder, wrong[i]);
        const struct seen s = verify(t, BRAVO);
        CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.why, E_VALUE);
        CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.index, i == 0 ? 11 : 10);
        drop_copy(t, BRAVO, kept);
    }
    trio_free(t);
}

/* Version 2 is in force everywhere, and a group names it. */
static struct trio *make_world_of_two_rosters(void)
{
    struct trio *const t = make_world();
    struct roster *const second = malloc(sizeof *second);
    struct bytes note = {0};

    CHECK(second != NULL);
    *second = t->roster;
    second->issued += 60000;
    cast_sign_roster(&t->cast, second, &t->roster, &t->paper, &note);
    trio_begin(t, ALFA);
    CHECK_OK(exchange_install_roster(t->nodes[ALFA].exchange, note));
    trio_end(t, ALFA);
    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 2);
    trio_settle(t);
    free(second);
    return t;
}

static void follows_the_chain_of_rosters(void)
{
    struct trio *const t = make_world_of_two_rosters();

    for (size_t n = 0; n < TRIO_NODES; n++) {
        const struct seen s = verify(t, n);
        CHECK(verify_agrees(&s.totals));
        CHECK_INT(s.totals.parts[VERIFY_ROSTERS].checked, 2);
    }
    trio_free(t);
}

static void misses_a_roster_that_a_group_names(void)
{
    struct trio *const t = make_world_of_two_rosters();
    char kept[64];

    journal_checkpoint(t->nodes[BRAVO].journal, true);
    take_copy(t, BRAVO, kept);
    tamper(t->nodes[BRAVO].folder, "DELETE FROM document WHERE version = 1");
    const struct seen s = verify(t, BRAVO);
    CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.why, E_UNKNOWN);
    CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.index, 0);
    drop_copy(t, BRAVO, kept);
    take_copy(t, BRAVO, kept);
    tamper(t->nodes[BRAVO].folder,
           "UPDATE commit_group SET roster_version = 1 WHERE place = " ROUTINE("10"));
    const struct seen older = verify(t, BRAVO);
    CHECK_INT(stream_of(&older, "ALFA", LANE_ROUTINE)->finding.index, 10);
    drop_copy(t, BRAVO, kept);
    trio_free(t);
}

static void finds_rosters_kept_out_of_order(void)
{
    struct trio *const t = make_world_of_two_rosters();
    char kept[64];

    journal_checkpoint(t->nodes[BRAVO].journal, true);
    /* A newer roster hidden, and an older one put in front of it. */
    static const char *const hidden[] = {
        "UPDATE document SET version = 9 WHERE version = 2",
        "INSERT INTO document SELECT kind, 9, note FROM document WHERE version = 1",
    };
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        take_copy(t, BRAVO, kept);
        tamper(t->nodes[BRAVO].folder, hidden[i]);
        const struct seen moved = verify(t, BRAVO);
        CHECK_INT(moved.totals.parts[VERIFY_ROSTERS].finding.why, E_ORDER);
        drop_copy(t, BRAVO, kept);
    }
    trio_free(t);
}

/* Of a journal in which a second history was shown. */
static void verifies_both_notes_of_evidence(void)
{
    static const char evidence[] =
        "INSERT INTO evidence (agency, lane, epoch, random, why, first, second, at) SELECT "
        "agency, lane, epoch, random, 'fork', (SELECT checkpoint FROM commit_group WHERE "
        "place = " ROUTINE(
            "0") "), (SELECT checkpoint FROM commit_group WHERE "
                 "place = " ROUTINE("4") "), 1 FROM stream WHERE number = " STREAM_OF(
                     "ALFA", "2");
    static const char *const wrong[] = {
        "UPDATE evidence SET first = flip(first, 20)",
        "UPDATE evidence SET second = flip(second, length(second) - 9)",
        "UPDATE evidence SET second = first",
        "UPDATE evidence SET agency = 'BRAVO'",
    };
    struct trio *const t = make_world();
    char kept[64];

    journal_checkpoint(t->nodes[CHARLIE].journal, true);
    for (size_t i = 0; i <= COUNT_OF(wrong); i++) {
        take_copy(t, CHARLIE, kept);
        tamper(t->nodes[CHARLIE].folder, evidence);
        if (i > 0)
            tamper(t->nodes[CHARLIE].folder, wrong[i - 1]);
        const struct seen s = verify(t, CHARLIE);
        CHECK_INT(s.totals.parts[VERIFY_EVIDENCE].checked, 1);
        CHECK_INT(s.totals.parts[VERIFY_EVIDENCE].finding.why == OK, i == 0);
        CHECK_INT(s.totals.bad_streams, 0);
        drop_copy(t, CHARLIE, kept);
    }
    trio_free(t);
}

/* The old epoch's row of a lane. */
#define OLD_EPOCH                                                                          \
    "(SELECT number FROM stream WHERE agency = 'ALFA' AND lane = 2 AND epoch = 1)"

static void holds_an_epoch_against_the_one_before(void)
{
    struct trio *const t = make_world();
    char kept[64];

    trio_begin(t, ALFA);
    CHECK_OK(exchange_new_epoch(t->nodes[ALFA].exchange, EPOCH_RESTORED));
    trio_end(t, ALFA);
    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 2);
    trio_settle(t);
    for (size_t n = 0; n < TRIO_NODES; n++) {
        const struct seen s = verify(t, n);
        CHECK(verify_agrees(&s.totals));
        journal_checkpoint(t->nodes[n].journal, true);
    }
    take_copy(t, ALFA, kept);
    tamper(t->nodes[ALFA].folder, "DELETE FROM stream_state WHERE number = " OLD_EPOCH);
    const struct seen s = verify(t, ALFA);
    CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->id.epoch.counter, 2);
    /* A restore may have lost it; that here somebody took it away the sums tell. */
    CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.why, OK);
    CHECK_INT(s.totals.parts[VERIFY_TABLES].finding.why, E_DAMAGED);
    drop_copy(t, ALFA, kept);
    take_copy(t, BRAVO, kept);
    tamper(
        t->nodes[BRAVO].folder,
        "UPDATE stream_state SET frontier = flip(frontier, 20) WHERE number = " OLD_EPOCH);
    const struct seen other = verify(t, BRAVO);
    CHECK_INT(other.totals.bad_streams, 2); /* the old one itself, and who speaks of it */
    drop_copy(t, BRAVO, kept);
    trio_free(t);
}

CASES(CASE(finds_nothing_in_a_good_journal), CASE(counts_streams_and_entries),

      CASE(judges_every_stream_by_signed_rosters), CASE(misses_a_stream_that_must_be_there),
      CASE(takes_the_publisher_s_word_for_what_is_withheld),
      CASE(verifies_both_notes_of_evidence), CASE(holds_an_epoch_against_the_one_before),
      CASE(follows_the_chain_of_rosters), CASE(misses_a_roster_that_a_group_names),
      CASE(finds_rosters_kept_out_of_order))
