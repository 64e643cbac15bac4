#include "journal_fixture.h"

#include <stddef.h>

/* Every operation of the store, there and back; what is read is what was put before, in the
 * turn and after it, and after the journal was opened again. */

static void check_stream(const struct stream_row *got, const struct stream_row *wanted)
{
    CHECK(stream_id_equal(&got->id, &wanted->id));
    CHECK_INT(got->own, wanted->own);
    CHECK_INT(got->current, wanted->current);
    CHECK_INT(got->frontier.size, wanted->frontier.size);
    CHECK_INT(got->frontier.count, wanted->frontier.count);
    for (uint32_t i = 0; i < got->frontier.count; i++)
        CHECK(hash_equal(&got->frontier.nodes[i], &wanted->frontier.nodes[i]));
    CHECK_INT(got->complete, wanted->complete);
    CHECK_INT(got->mine.count, wanted->mine.count);
    CHECK_INT(got->mine.last, wanted->mine.last);
    for (size_t i = DISPOSITION_HELD; i < DISPOSITIONS; i++)
        CHECK_INT(got->tally[i], wanted->tally[i]);
    CHECK_INT(got->receipted, wanted->receipted);
    CHECK_STATUS(got->quarantine, wanted->quarantine);
}

static void gives_back_a_stream(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row row = fixture_row("SWROCU", LANE_IMMEDIATE, 2);
    struct stream_row got;

    CHECK_STATUS(s.ops->stream_get(s.self, &row.id, &got), E_UNKNOWN);
    for (sequence i = 0; i < 7; i++) {
        const struct hash leaf = fixture_leaf(i);
        frontier_append(&row.frontier, &leaf);
    }
    row.complete = 6;
    row.mine = (struct count){.count = 4, .last = 5};
    for (size_t i = DISPOSITION_HELD; i < DISPOSITIONS; i++)
        row.tally[i] = 10 + i;
    row.receipted = 3;
    row.quarantine = E_FORK;
    CHECK(!journal_is_dirty(h.j));
    CHECK_OK(s.ops->stream_put(s.self, &row));
    CHECK(journal_is_dirty(h.j));
    CHECK_OK(s.ops->stream_get(s.self, &row.id, &got));
    check_stream(&got, &row);

    row.receipted = 7;
    row.quarantine = OK;
    CHECK_OK(s.ops->stream_put(s.self, &row));
    CHECK_OK(journal_commit(h.j));
    CHECK(!journal_is_dirty(h.j));
    home_close(&h);
    home_open(&h);
    const struct store again = journal_store(h.j);
    CHECK_OK(again.ops->stream_get(again.self, &row.id, &got));
    check_stream(&got, &row);
    home_remove(&h);
}

static void finds_the_current_epoch_of_a_lane(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row old = fixture_row("F50", LANE_ROUTINE, 1);
    const struct stream_row new = fixture_row("F50", LANE_ROUTINE, 2);
    const struct stream_row other = fixture_row("F50", LANE_IMMEDIATE, 9);
    struct stream_row got;

    old.current = false;
    CHECK_OK(s.ops->stream_put(s.self, &old));
    CHECK_STATUS(s.ops->stream_find(s.self, &old.id.agency, LANE_ROUTINE, &got), E_UNKNOWN);
    CHECK_OK(s.ops->stream_put(s.self, &new));
    CHECK_OK(s.ops->stream_put(s.self, &other));
    CHECK_OK(s.ops->stream_find(s.self, &old.id.agency, LANE_ROUTINE, &got));
    CHECK_INT(got.id.epoch.counter, 2);
    /* A follower may leave the old epoch current: the newest counts. */
    old.current = true;
    CHECK_OK(s.ops->stream_put(s.self, &old));
    CHECK_OK(s.ops->stream_find(s.self, &old.id.agency, LANE_ROUTINE, &got));
    CHECK_INT(got.id.epoch.counter, 2);
    home_remove(&h);
}

static void finds_the_epochs_of_a_lane_in_order(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row rows[] = {
        fixture_row("F50", LANE_ROUTINE, 1), fixture_row("F50", LANE_ROUTINE, 3),
        fixture_row("F50", LANE_ROUTINE, 3), fixture_row("F50", LANE_IMMEDIATE, 2)};
    struct stream_row got = fixture_row("F50", LANE_ROUTINE, 0);

    rows[2].id.epoch.random[7]++;
    for (size_t i = COUNT_OF(rows); i > 0; i--)
        CHECK_OK(s.ops->stream_put(s.self, &rows[i - 1]));
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(s.ops->stream_after(s.self, &got.id, &got));
        CHECK(stream_id_equal(&got.id, &rows[i].id));
    }
    CHECK_STATUS(s.ops->stream_after(s.self, &got.id, &got), E_UNKNOWN);
    home_remove(&h);
}

static void finds_a_group_by_any_index_in_it(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row before = fixture_row("F50", LANE_ROUTINE, 1);
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 2);
    struct group_row got;
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(fixture_publish(h.j, &before, 4));
    CHECK_STATUS(s.ops->group_find(s.self, &row.id, 0, &a, &got), E_UNKNOWN);
    CHECK_OK(fixture_publish(h.j, &row, 5));
    CHECK_OK(fixture_publish(h.j, &row, 2));
    CHECK_OK(journal_commit(h.j));
    for (sequence i = 0; i < 7; i++) {
        CHECK_OK(s.ops->group_find(s.self, &row.id, i, &a, &got));
        CHECK_INT(got.first, i < 5 ? 0 : 5);
        CHECK_INT(got.count, i < 5 ? 5 : 2);
        CHECK(stream_id_equal(&got.stream, &row.id));
    }
    CHECK_INT(got.roster_version, 3);
    CHECK_INT(got.leaves.size, 2 * HASH_SIZE);
    const struct hash leaf = fixture_leaf(6);
    CHECK_BYTES(bytes_from(got.leaves, HASH_SIZE), bytes_of(leaf.bytes, HASH_SIZE));
    CHECK_BYTES(got.checkpoint, bytes_of_text("a checkpoint"));
    CHECK_INT(got.salt[2], 3);
    CHECK_BYTES(got.counts, bytes_of_text("counts"));
    CHECK_BYTES(got.withheld, bytes_of_text("withheld"));
    CHECK_INT(got.at, 5005);
    CHECK_STATUS(s.ops->group_find(s.self, &row.id, 7, &a, &got), E_UNKNOWN);
    CHECK_STATUS(s.ops->group_find(s.self, &before.id, 4, &a, &got), E_UNKNOWN);
    CHECK_STATUS(s.ops->group_find(s.self, &row.id, UINT64_MAX, &a, &got), E_UNKNOWN);
    free(a.at);
    home_remove(&h);
}

static void refuses_a_second_row_for_a_place(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    struct stream_row got;

    CHECK_OK(fixture_publish(h.j, &row, 1));
    const struct entry_row entry = fixture_entry(&row.id, 0);
    CHECK_STATUS(s.ops->entry_put(s.self, &entry), E_DUPLICATE);
    const struct hash leaf = fixture_leaf(0);
    const struct group_row group = {
        .stream = row.id, .count = 1, .leaves = bytes_of(leaf.bytes, HASH_SIZE)};
    CHECK_STATUS(s.ops->group_put(s.self, &group), E_DUPLICATE);
    /* The turn goes on. */
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(s.ops->stream_get(s.self, &row.id, &got));
    home_remove(&h);
}

static void gives_back_an_entry(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct stream_id stream = fixture_stream("F50", LANE_IMMEDIATE, 1);
    struct entry_row row = fixture_entry(&stream, 12);
    struct entry_row got;
    struct arena a;

    fixture_arena(&a);
    row.kind = KIND_RECALL;
    row.disposition = DISPOSITION_UNOPENABLE;
    row.reason = E_OPEN;
    row.duplicate = true;
    row.kept = (struct bytes){0};
    CHECK_STATUS(s.ops->entry_find(s.self, &stream, 12, &a, &got), E_UNKNOWN);
    CHECK_OK(s.ops->entry_put(s.self, &row)); /* before its stream's row, as it may be */
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(s.ops->entry_find(s.self, &stream, 12, &a, &got));
    CHECK(stream_id_equal(&got.stream, &stream));
    CHECK_INT(got.index, 12);
    CHECK_INT(got.ordinal, 13);
    CHECK(record_id_equal(&got.id, &row.id));
    CHECK_INT(got.kind, KIND_RECALL);
    CHECK_INT(got.disposition, DISPOSITION_UNOPENABLE);
    CHECK_STATUS(got.reason, E_OPEN);
    CHECK(got.duplicate);
    CHECK(hash_equal(&got.leaf, &row.leaf));
    CHECK_BYTES(got.header, row.header);
    CHECK_BYTES(got.ciphertext, row.ciphertext);
    CHECK_BYTES(got.wraps, row.wraps);
    CHECK_INT(got.kept.size, 0);
    CHECK_INT(got.at, 1012);
    CHECK_STATUS(s.ops->entry_find(s.self, &stream, 11, &a, &got), E_UNKNOWN);
    free(a.at);
    home_remove(&h);
}

static void finds_the_first_place_of_a_record(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct stream_id first = fixture_stream("F50", LANE_IMMEDIATE, 1);
    const struct stream_id second = fixture_stream("F50", LANE_IMMEDIATE, 2);
    const struct stream_id other = fixture_stream("F51", LANE_IMMEDIATE, 1);
    struct entry_row row = fixture_entry(&first, 4);
    struct place place;

    row.disposition = DISPOSITION_REFUSED;
    CHECK_OK(s.ops->entry_put(s.self, &row));
    CHECK_STATUS(s.ops->record_find(s.self, &first.agency, &row.id, &place), E_UNKNOWN);
    row.disposition = DISPOSITION_HELD;
    row.index = 5;
    CHECK_OK(s.ops->entry_put(s.self, &row));
    row.stream = second;
    row.index = 1;
    CHECK_OK(s.ops->entry_put(s.self, &row));
    CHECK_OK(s.ops->record_find(s.self, &first.agency, &row.id, &place));
    CHECK(stream_id_equal(&place.stream, &first));
    CHECK_INT(place.index, 5);
    CHECK_STATUS(s.ops->record_find(s.self, &other.agency, &row.id, &place), E_UNKNOWN);
    row.stream = other;
    row.index = 77;
    CHECK_OK(s.ops->entry_put(s.self, &row));
    CHECK_OK(s.ops->record_find(s.self, &other.agency, &row.id, &place));
    CHECK_INT(place.index, 77);
    /* Audit entries and epoch statements are no records. */
    struct entry_row audit = fixture_entry(&first, 9);
    audit.kind = KIND_AUDIT;
    CHECK_OK(s.ops->entry_put(s.self, &audit));
    CHECK_STATUS(s.ops->record_find(s.self, &first.agency, &audit.id, &place), E_UNKNOWN);
    home_remove(&h);
}

static void keeps_the_newest_receipt_of_a_peer(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct receipt_row row = {.stream = fixture_stream("F55", LANE_ROUTINE, 1),
                              .peer = fixture_agency("F50"),
                              .size = 10,
                              .cosignature = bytes_of_text("cosigned"),
                              .receipt = bytes_of_text("receipt"),
                              .at = 99};
    sequence size = 0;

    CHECK_STATUS(s.ops->receipt_size(s.self, &row.stream, &row.peer, &size), E_UNKNOWN);
    CHECK_OK(s.ops->receipt_put(s.self, &row));
    row.size = 4;
    CHECK_OK(s.ops->receipt_put(s.self, &row));
    CHECK_OK(s.ops->receipt_size(s.self, &row.stream, &row.peer, &size));
    CHECK_INT(size, 10);
    /* A witness alone does not say that it holds anything. */
    row.size = 20;
    row.receipt = (struct bytes){0};
    CHECK_OK(s.ops->receipt_put(s.self, &row));
    CHECK_OK(s.ops->receipt_size(s.self, &row.stream, &row.peer, &size));
    CHECK_INT(size, 10);
    row.receipt = bytes_of_text("later, the receipt");
    CHECK_OK(s.ops->receipt_put(s.self, &row));
    CHECK_OK(s.ops->receipt_size(s.self, &row.stream, &row.peer, &size));
    CHECK_INT(size, 20);
    row.peer = fixture_agency("F51");
    CHECK_STATUS(s.ops->receipt_size(s.self, &row.stream, &row.peer, &size), E_UNKNOWN);
    home_remove(&h);
}

static void gives_the_same_receipt_again(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct receipt_row row = {.stream = fixture_stream("F50", LANE_ROUTINE, 1),
                              .peer = fixture_agency("F50"),
                              .size = 10,
                              .cosignature = bytes_of_text("cosigned"),
                              .receipt = bytes_of_text("receipt"),
                              .at = 99};
    struct receipt_row got;
    struct arena a;

    fixture_arena(&a);
    CHECK_STATUS(s.ops->own_receipt_find(s.self, &row.stream, &a, &got), E_UNKNOWN);
    CHECK_OK(s.ops->own_receipt_put(s.self, &row));
    CHECK_OK(s.ops->own_receipt_find(s.self, &row.stream, &a, &got));
    CHECK(stream_id_equal(&got.stream, &row.stream));
    CHECK(agency_id_equal(&got.peer, &row.peer));
    CHECK_INT(got.size, 10);
    CHECK_BYTES(got.cosignature, row.cosignature);
    CHECK_BYTES(got.receipt, row.receipt);
    CHECK_INT(got.at, 99);
    row.size = 12;
    row.receipt = (struct bytes){0};
    CHECK_OK(s.ops->own_receipt_put(s.self, &row));
    row.size = 11;
    CHECK_OK(s.ops->own_receipt_put(s.self, &row));
    CHECK_OK(s.ops->own_receipt_find(s.self, &row.stream, &a, &got));
    CHECK_INT(got.size, 12);
    CHECK_INT(got.receipt.size, 0);
    free(a.at);
    home_remove(&h);
}

static void gives_an_idempotency_key_its_first_answer(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct place place = {.stream = fixture_stream("F55", LANE_ROUTINE, 1), .index = 8};
    const struct bytes key = bytes_of_text("uid 1000, form 17");
    struct place got;

    CHECK_STATUS(s.ops->idempotency_find(s.self, key, &got), E_UNKNOWN);
    CHECK_OK(s.ops->idempotency_put(s.self, key, &place));
    place.index = 9;
    CHECK_OK(s.ops->idempotency_put(s.self, key, &place));
    CHECK_OK(s.ops->idempotency_find(s.self, key, &got));
    CHECK(stream_id_equal(&got.stream, &place.stream));
    CHECK_INT(got.index, 8);
    home_remove(&h);
}

static void gives_documents_by_version_and_the_newest(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct bytes got = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_STATUS(s.ops->document_find(s.self, DOCUMENT_ROSTER, 0, &a, &got), E_UNKNOWN);
    CHECK_OK(s.ops->document_put(s.self, DOCUMENT_ROSTER, 2, bytes_of_text("two")));
    CHECK_OK(s.ops->document_put(s.self, DOCUMENT_ROSTER, 1, bytes_of_text("one")));
    CHECK_OK(s.ops->document_put(s.self, DOCUMENT_LISTS, 9, bytes_of_text("lists")));
    CHECK_OK(s.ops->document_put(s.self, DOCUMENT_ROSTER, 2, bytes_of_text("another two")));
    CHECK_OK(s.ops->document_find(s.self, DOCUMENT_ROSTER, 0, &a, &got));
    CHECK_BYTES(got, bytes_of_text("two"));
    CHECK_OK(s.ops->document_find(s.self, DOCUMENT_ROSTER, 1, &a, &got));
    CHECK_BYTES(got, bytes_of_text("one"));
    CHECK_STATUS(s.ops->document_find(s.self, DOCUMENT_ROSTER, 9, &a, &got), E_UNKNOWN);
    free(a.at);
    home_remove(&h);
}

static void gives_the_highest_kx_note_of_an_agency(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct agency_id agency = fixture_agency("F50");
    struct bytes got = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_STATUS(s.ops->kx_find(s.self, &agency, &a, &got), E_UNKNOWN);
    CHECK_OK(s.ops->kx_put(s.self, &agency, 4, bytes_of_text("four")));
    CHECK_OK(s.ops->kx_put(s.self, &agency, 3, bytes_of_text("three")));
    CHECK_OK(s.ops->kx_find(s.self, &agency, &a, &got));
    CHECK_BYTES(got, bytes_of_text("four"));
    CHECK_OK(s.ops->kx_put(s.self, &agency, 5, bytes_of_text("five")));
    CHECK_OK(s.ops->kx_find(s.self, &agency, &a, &got));
    CHECK_BYTES(got, bytes_of_text("five"));
    free(a.at);
    home_remove(&h);
}

/* A row too large for the journal must stop it: nothing of the turn may become durable. */
static void stops_after_a_put_that_failed(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const size_t size = 2 << 20;
    uint8_t *const large = calloc(1, size);
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    struct stream_row got;

    CHECK(large != NULL);
    CHECK_OK(fixture_publish(h.j, &row, 1));
    CHECK_TEXT(journal_error(h.j), "");
    CHECK_STATUS(s.ops->document_put(s.self, DOCUMENT_LISTS, 1, bytes_of(large, size)),
                 E_STORAGE);
    CHECK(strstr(journal_error(h.j), "DOCUMENT_PUT") != NULL);
    CHECK_STATUS(journal_commit(h.j), E_STORAGE);
    CHECK_STATUS(journal_begin(h.j), E_STORAGE);
    CHECK_STATUS(s.ops->stream_get(s.self, &row.id, &got), E_STORAGE);
    home_close(&h);
    home_open(&h);
    const struct store again = journal_store(h.j);
    CHECK_STATUS(again.ops->stream_get(again.self, &row.id, &got), E_UNKNOWN);
    free(large);
    home_remove(&h);
}

CASES(CASE(gives_back_a_stream), CASE(finds_the_current_epoch_of_a_lane),
      CASE(finds_the_epochs_of_a_lane_in_order), CASE(finds_a_group_by_any_index_in_it),
      CASE(refuses_a_second_row_for_a_place), CASE(gives_back_an_entry),
      CASE(finds_the_first_place_of_a_record), CASE(keeps_the_newest_receipt_of_a_peer),
      CASE(gives_the_same_receipt_again), CASE(gives_an_idempotency_key_its_first_answer),
      CASE(gives_documents_by_version_and_the_newest),
      CASE(gives_the_highest_kx_note_of_an_agency), CASE(stops_after_a_put_that_failed))
