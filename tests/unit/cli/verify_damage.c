#include "seen.h"

/*
 * A journal is damaged in one place at a time, and `verify` must name the stream and the
 * index, and go on with the other streams.
 */

struct damage {
    const char *what;
    size_t node;
    const char *sql;
    const char *agency;
    enum lane lane;
    sequence index;
    sequence proved;
};

static const struct damage damages[] = {
    /* The publisher's own journal. */
    {"header", ALFA, FLIP("entry", "header", "40", "place = " ROUTINE("4")), "ALFA",
     LANE_ROUTINE, 4, 4},
    {"kept leaf", ALFA, FLIP("entry", "leaf", "3", "place = " ROUTINE("2")), "ALFA",
     LANE_ROUTINE, 2, 0},
    {"group's leaf", ALFA, FLIP("commit_group", "leaves", "32", "place = " ROUTINE("7")),
     "ALFA", LANE_ROUTINE, 8, 7},
    {"ciphertext", ALFA, FLIP("entry", "ciphertext", "0", "place = " ROUTINE("5")), "ALFA",
     LANE_ROUTINE, 5, 5},
    {"shorter ciphertext", ALFA,
     "UPDATE entry SET ciphertext = substr(ciphertext, 2) WHERE place = " ROUTINE("5"),
     "ALFA", LANE_ROUTINE, 5, 5},
    {"wrap", ALFA, FLIP("entry", "wraps", "60", "place = " ROUTINE("4")), "ALFA",
     LANE_ROUTINE, 4, 4},
    {"record id", ALFA, FLIP("entry", "id", "15", "place = " ROUTINE("1")), "ALFA",
     LANE_ROUTINE, 1, 0},
    {"kind", ALFA, "UPDATE entry SET kind = 2 WHERE place = " ROUTINE("1"), "ALFA",
     LANE_ROUTINE, 1, 0},
    {"disposition", ALFA, "UPDATE entry SET disposition = 5 WHERE place = " ROUTINE("1"),
     "ALFA", LANE_ROUTINE, 1, 0},
    {"impossible disposition", ALFA,
     "UPDATE entry SET disposition = 99 WHERE place = " ROUTINE("1"), "ALFA", LANE_ROUTINE,
     1, 0},
    {"refused own entry", ALFA,
     "UPDATE entry SET disposition = 3, ciphertext = x'', wraps = x'' WHERE "
     "place = " ROUTINE("1"),
     "ALFA", LANE_ROUTINE, 1, 0},
    {"ordinal again", ALFA, "UPDATE entry SET ordinal = 1 WHERE place = " ROUTINE("1"),
     "ALFA", LANE_ROUTINE, 1, 0},
    {"ordinal again at a follower", BRAVO,
     "UPDATE entry SET ordinal = 1 WHERE place = " ROUTINE("1"), "ALFA", LANE_ROUTINE, 1,
     0},
    {"two places", ALFA,
     FLIP("entry", "header", "40", "place = " ROUTINE("8")) ";" FLIP(
         "receipt", "cosignature", "length(cosignature) - 20",
         "peer = 'BRAVO' AND size = 4 AND number = " STREAM_OF("ALFA", "2")),
     "ALFA", LANE_ROUTINE, 3, 7},
    {"ordinal", ALFA, "UPDATE entry SET ordinal = 9 WHERE place = " ROUTINE("6"), "ALFA",
     LANE_ROUTINE, 6, 5},
    {"deleted entry", ALFA, "DELETE FROM entry WHERE place = " ROUTINE("6"), "ALFA",
     LANE_ROUTINE, 6, 5},
    {"deleted last entry", ALFA, "DELETE FROM entry WHERE place = " ROUTINE("9"), "ALFA",
     LANE_ROUTINE, 9, 7},
    {"all entries deleted", ALFA,
     "DELETE FROM entry WHERE place >> 40 = " STREAM_OF("ALFA", "2"), "ALFA", LANE_ROUTINE,
     0, 0},
    {"inserted entry", ALFA,
     "INSERT INTO entry SELECT " ROUTINE("10") ", ordinal + 1, id, kind, disposition, "
                                               "reason, duplicate, at, leaf, previous, "
                                               "kept, wraps, header, ciphertext FROM entry "
                                               "WHERE place = " ROUTINE("9"),
     "ALFA", LANE_ROUTINE, 10, 7},
    {"swapped entries", ALFA,
     "UPDATE entry SET place = -place WHERE place = " ROUTINE(
         "1") ";"
              "UPDATE entry SET place = " ROUTINE("1") " WHERE place = " ROUTINE(
                  "3") ";"
                       "UPDATE entry SET place = " ROUTINE("3") " WHERE place = -" ROUTINE(
                           "1"),
     "ALFA", LANE_ROUTINE, 1, 0},
    {"checkpoint's text", ALFA,
     FLIP("commit_group", "checkpoint", "20", "place = " ROUTINE("4")), "ALFA",
     LANE_ROUTINE, 4, 4},
    {"checkpoint's signature", ALFA,
     FLIP("commit_group", "checkpoint", "length(checkpoint) - 20", "place = " ROUTINE("4")),
     "ALFA", LANE_ROUTINE, 4, 4},
    {"checkpoint of another group", ALFA,
     "UPDATE commit_group SET checkpoint = (SELECT checkpoint FROM commit_group WHERE "
     "place = " ROUTINE("0") ") WHERE place = " ROUTINE("4"),
     "ALFA", LANE_ROUTINE, 4, 4},
    {"counts", ALFA, FLIP("commit_group", "counts", "7", "place = " ROUTINE("5")), "ALFA",
     LANE_ROUTINE, 5, 5},
    {"count salt", ALFA, FLIP("commit_group", "salt", "0", "place = " ROUTINE("5")), "ALFA",
     LANE_ROUTINE, 5, 5},
    {"roster version", ALFA,
     "UPDATE commit_group SET roster_version = 2 WHERE place = " ROUTINE("5"), "ALFA",
     LANE_ROUTINE, 5, 5},
    {"deleted group", ALFA, "DELETE FROM commit_group WHERE place = " ROUTINE("4"), "ALFA",
     LANE_ROUTINE, 4, 4},
    {"group past the end", ALFA,
     "INSERT INTO commit_group SELECT " ROUTINE(
         "10") ", count, roster_version, at, salt, "
               "leaves, checkpoint, counts, withheld FROM commit_group WHERE place "
               "= " ROUTINE("7"),
     "ALFA", LANE_ROUTINE, 10, 10},
    {"frontier", ALFA,
     FLIP("stream_state", "frontier", "20", "number = " STREAM_OF("ALFA", "2")), "ALFA",
     LANE_ROUTINE, 10, 10},
    {"tally", ALFA,
     "UPDATE stream_state SET held = 9 WHERE number = " STREAM_OF("ALFA", "2"), "ALFA",
     LANE_ROUTINE, 10, 10},
    {"own count", ALFA,
     "UPDATE stream_state SET mine_count = 9 WHERE number = " STREAM_OF("ALFA", "2"),
     "ALFA", LANE_ROUTINE, 10, 10},
    {"cosignature", ALFA,
     FLIP("receipt", "cosignature", "length(cosignature) - 20",
          "peer = 'BRAVO' AND size = 4 AND number = " STREAM_OF("ALFA", "2")),
     "ALFA", LANE_ROUTINE, 3, 10},
    {"receipt", ALFA,
     FLIP("receipt", "receipt", "length(receipt) - 150",
          "peer = 'BRAVO' AND size = 10 AND number = " STREAM_OF("ALFA", "2")),
     "ALFA", LANE_ROUTINE, 9, 10},
    {"receipt of another size", ALFA,
     "UPDATE receipt SET size = 6 WHERE peer = 'BRAVO' AND size = 10 AND number "
     "= " STREAM_OF("ALFA", "2"),
     "ALFA", LANE_ROUTINE, 5, 10},
    {"receipt of another peer", ALFA,
     "DELETE FROM receipt WHERE peer = 'CHARLIE'; "
     "UPDATE receipt SET peer = 'CHARLIE' WHERE peer = 'BRAVO' AND size = 4 AND "
     "number = " STREAM_OF("ALFA", "2"),
     "ALFA", LANE_ROUTINE, 3, 10},

    /* A follower's. */
    {"followed header", BRAVO, FLIP("entry", "header", "40", "place = " ROUTINE("2")),
     "ALFA", LANE_ROUTINE, 2, 0},
    {"followed ciphertext", BRAVO,
     FLIP("entry", "ciphertext", "9", "place = " ROUTINE("8")), "ALFA", LANE_ROUTINE, 8, 7},
    {"our wrap", BRAVO, FLIP("entry", "wraps", "0", "place = " ROUTINE("8")), "ALFA",
     LANE_ROUTINE, 8, 7},
    {"the publisher's wrap", BRAVO, FLIP("entry", "wraps", "60", "place = " ROUTINE("8")),
     "ALFA", LANE_ROUTINE, 8, 7},
    {"leaf that is not ours", BRAVO,
     FLIP("commit_group", "leaves", "3", "place = " ROUTINE("5")), "ALFA", LANE_ROUTINE, 5,
     5},
    {"followed count", BRAVO, FLIP("commit_group", "counts", "7", "place = " ROUTINE("4")),
     "ALFA", LANE_ROUTINE, 4, 4},
    {"count path", BRAVO, FLIP("commit_group", "counts", "30", "place = " ROUTINE("4")),
     "ALFA", LANE_ROUTINE, 4, 4},
    {"leaf salt", BRAVO, FLIP("commit_group", "salt", "3", "place = " ROUTINE("4")), "ALFA",
     LANE_ROUTINE, 4, 4},
    {"followed entry deleted", BRAVO, "DELETE FROM entry WHERE place = " ROUTINE("4"),
     "ALFA", LANE_ROUTINE, 4, 4},
    {"followed entry deleted in its group", BRAVO,
     "DELETE FROM entry WHERE place = " ROUTINE("8"), "ALFA", LANE_ROUTINE, 8, 7},
    {"followed last entry deleted", BRAVO, "DELETE FROM entry WHERE place = " ROUTINE("9"),
     "ALFA", LANE_ROUTINE, 9, 7},
    {"followed entry inserted", BRAVO,
     "INSERT INTO entry SELECT " ROUTINE("5") ", ordinal, id, kind, disposition, reason, "
                                              "duplicate, at, leaf, previous, kept, wraps, "
                                              "header, ciphertext FROM entry WHERE "
                                              "place = " ROUTINE("4"),
     "ALFA", LANE_ROUTINE, 5, 5},
    {"withheld without the publisher's word", BRAVO,
     "UPDATE entry SET disposition = 4, header = x'', ciphertext = x'', wraps = x'' WHERE "
     "place = " ROUTINE("7"),
     "ALFA", LANE_ROUTINE, 7, 7},
    {"refused with its content kept", BRAVO,
     "UPDATE entry SET disposition = 3 WHERE place = " ROUTINE("7"), "ALFA", LANE_ROUTINE,
     7, 7},
    {"two entries' order", BRAVO,
     "UPDATE entry SET ordinal = 3 WHERE place = " ROUTINE("1"), "ALFA", LANE_ROUTINE, 1,
     0},
    {"our own receipt", BRAVO,
     FLIP("own_receipt", "receipt", "length(receipt) - 150",
          "number = " STREAM_OF("ALFA", "2")),
     "ALFA", LANE_ROUTINE, 9, 10},
    {"our own cosignature", BRAVO,
     FLIP("own_receipt", "cosignature", "length(cosignature) - 20",
          "number = " STREAM_OF("ALFA", "2")),
     "ALFA", LANE_ROUTINE, 9, 10},
    {"our own receipt deleted", BRAVO,
     "DELETE FROM own_receipt WHERE number = " STREAM_OF("ALFA", "2"), "ALFA", LANE_ROUTINE,
     10, 10},
    {"size receipted", BRAVO,
     "UPDATE stream_state SET receipted = 7 WHERE number = " STREAM_OF("ALFA", "2"), "ALFA",
     LANE_ROUTINE, 7, 10},
    {"another lane", BRAVO,
     FLIP("entry", "ciphertext", "0", "place = " PLACE("ALFA", "1", "1")), "ALFA",
     LANE_IMMEDIATE, 1, 0},
    {"somebody else's local stream", CHARLIE,
     FLIP("commit_group", "leaves", "0", "place = " PLACE("ALFA", "3", "0")), "ALFA",
     LANE_LOCAL, 0, 0},
};

static void check_damage(struct trio *t, const struct damage *d)
{
    char kept[64];

    take_copy(t, d->node, kept);
    tamper(t->nodes[d->node].folder, d->sql);
    const struct seen s = verify(t, d->node);
    CHECK(!verify_agrees(&s.totals));
    for (size_t i = 0; i < s.count; i++) {
        const struct verify_stream *const v = &s.streams[i];
        const bool hit = strcmp(v->id.agency.text, d->agency) == 0 && v->id.lane == d->lane;
        if (hit != (v->finding.why != OK) ||
            (hit && (v->finding.index != d->index || v->finding.proved != d->proved))) {
            (void)fprintf(stderr,
                          "%s: %s %s at %" PRIu64 " (wanted %" PRIu64 "), proved %" PRIu64
                          " (wanted %" PRIu64 "): %s\n",
                          d->what, v->id.agency.text, lane_word(v->id.lane),
                          v->finding.index, d->index, v->finding.proved, d->proved,
                          v->finding.sentence);
            exit(1);
        }
    }
    CHECK_INT(s.totals.bad_streams, 1);
    drop_copy(t, d->node, kept);
}

static void names_stream_and_index_of_each_damage(void)
{
    struct trio *const t = make_world();

    for (size_t n = 0; n < TRIO_NODES; n++)
        journal_checkpoint(t->nodes[n].journal, true);
    for (size_t i = 0; i < COUNT_OF(damages); i++)
        check_damage(t, &damages[i]);
    trio_free(t);
}

static void goes_on_after_the_first_bad_stream(void)
{
    struct trio *const t = make_world();

    trio_close(t, ALFA);
    tamper(t->nodes[ALFA].folder, "UPDATE entry SET header = flip(header, 40)");
    tamper(t->nodes[ALFA].folder,
           FLIP("commit_group", "leaves", "0", "place = " PLACE("BRAVO", "3", "0")));
    const struct seen s = verify(t, ALFA);
    CHECK(s.totals.bad_streams >= 4); /* three of its own, one followed */
    CHECK_INT(stream_of(&s, "ALFA", LANE_IMMEDIATE)->finding.index, 0);
    CHECK_INT(stream_of(&s, "ALFA", LANE_ROUTINE)->finding.index, 0);
    CHECK_INT(stream_of(&s, "ALFA", LANE_LOCAL)->finding.why, E_HASH);
    CHECK_INT(stream_of(&s, "BRAVO", LANE_LOCAL)->finding.why, E_HASH);
    CHECK_INT(stream_of(&s, "CHARLIE", LANE_LOCAL)->finding.why, OK);
    trio_free(t);
}

CASES(CASE(names_stream_and_index_of_each_damage), CASE(goes_on_after_the_first_bad_stream))
