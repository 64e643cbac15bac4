#include "journal_fixture.h"

/* What people ask of the journal. */

enum { ROWS_MAX = 64 };

struct seen {
    size_t count;
    size_t stop_after; /* 0: never */
    uint64_t numbers[ROWS_MAX];
    struct agency_id agencies[ROWS_MAX];
};

static status add(struct seen *s, uint64_t number, const struct agency_id *agency)
{
    CHECK(s->count < ROWS_MAX);
    s->numbers[s->count] = number;
    s->agencies[s->count++] = *agency;
    return s->count == s->stop_after ? E_LIMIT : OK;
}

static status see_stream(void *context, const struct stream_row *row)
{
    return add(context, row->frontier.size, &row->id.agency);
}

static status see_group(void *context, const struct group_row *row)
{
    return add(context, row->first, &row->stream.agency);
}

static status see_entry(void *context, const struct entry_row *row)
{
    CHECK_INT(row->ciphertext.size > 0, row->disposition == DISPOSITION_HELD);
    return add(context, row->index, &row->stream.agency);
}

static status see_receipt(void *context, const struct receipt_row *row)
{
    return add(context, row->size, &row->peer);
}

static status see_evidence(void *context, const struct evidence_row *row)
{
    CHECK_STATUS(row->why, E_FORK);
    CHECK_BYTES(row->first, bytes_of_text("one history"));
    CHECK_BYTES(row->second, bytes_of_text("another"));
    return add(context, row->at, &row->stream.agency);
}

static void walks_streams_by_agency_lane_and_epoch(void)
{
    struct home h = home_make();
    struct stream_row rows[] = {
        fixture_row("F55", LANE_ROUTINE, 1), fixture_row("F50", LANE_ROUTINE, 2),
        fixture_row("F50", LANE_ROUTINE, 1), fixture_row("F50", LANE_IMMEDIATE, 7)};
    struct seen seen = {0};

    CHECK_OK(journal_streams(h.j, see_stream, &seen));
    CHECK_INT(seen.count, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_OK(fixture_publish(h.j, &rows[i], (uint32_t)i + 1));
    CHECK_OK(journal_streams(h.j, see_stream, &seen));
    CHECK_INT(seen.count, 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(seen.numbers[i], 4 - i);
    seen = (struct seen){.stop_after = 2};
    CHECK_STATUS(journal_streams(h.j, see_stream, &seen), E_LIMIT);
    CHECK_INT(seen.count, 2);
    home_remove(&h);
}

static void walks_groups_from_the_one_with_an_index(void)
{
    struct home h = home_make();
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    struct stream_row next = fixture_row("F50", LANE_ROUTINE, 2);
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(journal_groups(h.j, &row.id, 0, &a, see_group, &seen));
    CHECK_INT(seen.count, 0);
    for (uint32_t n = 1; n <= 4; n++)
        CHECK_OK(fixture_publish(h.j, &row, n));
    CHECK_OK(fixture_publish(h.j, &next, 5));
    CHECK_OK(journal_groups(h.j, &row.id, 0, &a, see_group, &seen));
    CHECK_INT(seen.count, 4);
    seen.count = 0;
    CHECK_OK(journal_groups(h.j, &row.id, 5, &a, see_group, &seen));
    CHECK_INT(seen.count, 2);
    CHECK_INT(seen.numbers[0], 3);
    CHECK_INT(seen.numbers[1], 6);
    seen.count = 0;
    CHECK_OK(journal_groups(h.j, &row.id, 10, &a, see_group, &seen));
    CHECK_INT(seen.count, 0);
    CHECK_INT(arena_mark(&a), 0);
    free(a.at);
    home_remove(&h);
}

static void walks_entries_of_one_stream_in_order(void)
{
    struct home h = home_make();
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    struct stream_row next = fixture_row("F50", LANE_ROUTINE, 2);
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(fixture_publish(h.j, &next, 3));
    CHECK_OK(fixture_publish(h.j, &row, 6));
    CHECK_OK(journal_entries(h.j, &row.id, 2, &a, see_entry, &seen));
    CHECK_INT(seen.count, 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(seen.numbers[i], 2 + i);
    CHECK_INT(arena_mark(&a), 0);
    free(a.at);
    home_remove(&h);
}

static void see_inbox(struct home *h, struct arena *a, struct inbox_range range,
                      struct seen *seen)
{
    seen->count = 0;
    CHECK_OK(journal_inbox(h->j, range, a, see_entry, seen));
}

static void gives_the_inbox_newest_first(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct stream_id first = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id second = fixture_stream("F51", LANE_ROUTINE, 1);
    const struct stream_id own = fixture_stream("F55", LANE_ROUTINE, 1);
    struct entry_row rows[] = {fixture_entry(&first, 5),  fixture_entry(&second, 1),
                               fixture_entry(&own, 9),    fixture_entry(&first, 6),
                               fixture_entry(&second, 2), fixture_entry(&second, 3)};
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    rows[1].at = 1; /* a clock that was set back changes no order */
    rows[4].kind = KIND_RECALL;
    rows[5].duplicate = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_OK(s.ops->entry_put(s.self, &rows[i]));
    see_inbox(&h, &a, (struct inbox_range){.kind = KIND_INTELLIGENCE, .limit = 10}, &seen);
    CHECK_INT(seen.count, 3);
    CHECK_INT(seen.numbers[0], 6);
    CHECK_INT(seen.numbers[1], 1);
    CHECK_INT(seen.numbers[2], 5);
    CHECK(agency_id_equal(&seen.agencies[1], &second.agency));
    see_inbox(&h, &a, (struct inbox_range){.kind = KIND_INTELLIGENCE, .limit = 2}, &seen);
    CHECK_INT(seen.count, 2);
    see_inbox(&h, &a,
              (struct inbox_range){.kind = KIND_INTELLIGENCE, .skip = 1, .limit = 1},
              &seen);
    CHECK_INT(seen.count, 1);
    CHECK_INT(seen.numbers[0], 1);
    see_inbox(&h, &a,
              (struct inbox_range){.kind = KIND_INTELLIGENCE, .skip = 3, .limit = 9},
              &seen);
    CHECK_INT(seen.count, 0);
    see_inbox(
        &h, &a,
        (struct inbox_range){.kind = KIND_INTELLIGENCE, .skip = INT64_MAX, .limit = 9},
        &seen);
    CHECK_INT(seen.count, 0);
    see_inbox(&h, &a, (struct inbox_range){.kind = KIND_RECALL, .limit = 2}, &seen);
    CHECK_INT(seen.count, 1);
    free(a.at);
    home_remove(&h);
}

static void finds_the_first_receipt_over_an_index(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct agency_id other = fixture_agency("F51");
    struct receipt_row row = {.stream = fixture_stream("F55", LANE_ROUTINE, 1),
                              .peer = fixture_agency("F50"),
                              .cosignature = bytes_of_text("cosigned")};
    struct receipt_row got;
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_STATUS(journal_receipt_for(h.j, &row.stream, 0, &row.peer, true, &a, &got),
                 E_UNKNOWN);
    for (sequence size = 10; size <= 40; size += 10) {
        row.size = size;
        row.at = 100 + size;
        row.receipt = bytes_of_text(size % 20 == 0 ? "receipt" : "");
        CHECK_OK(s.ops->receipt_put(s.self, &row));
    }
    CHECK_OK(journal_receipt_for(h.j, &row.stream, 9, &row.peer, true, &a, &got));
    CHECK_INT(got.size, 10);
    CHECK_OK(journal_receipt_for(h.j, &row.stream, 10, &row.peer, true, &a, &got));
    CHECK_INT(got.size, 20);
    CHECK_OK(journal_receipt_for(h.j, &row.stream, 9, &row.peer, false, &a, &got));
    CHECK_INT(got.size, 20);
    CHECK_OK(journal_receipt_for(h.j, &row.stream, 20, &row.peer, false, &a, &got));
    CHECK_INT(got.size, 40);
    CHECK_INT(got.at, 140);
    CHECK_STATUS(journal_receipt_for(h.j, &row.stream, 40, &row.peer, true, &a, &got),
                 E_UNKNOWN);
    CHECK_STATUS(journal_receipt_for(h.j, &row.stream, 0, &other, true, &a, &got),
                 E_UNKNOWN);
    CHECK_OK(journal_receipts(h.j, &row.stream, &a, see_receipt, &seen));
    CHECK_INT(seen.count, 4);
    CHECK_INT(seen.numbers[3], 40);
    free(a.at);
    home_remove(&h);
}

static void tells_when_a_group_first_went_to_a_peer(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row row = fixture_row("F55", LANE_ROUTINE, 1);
    const struct agency_id peer = fixture_agency("F50");
    const struct agency_id other = fixture_agency("F51");
    millis at = 0;

    CHECK_STATUS(journal_sent_at(h.j, &row.id, 0, &peer, &at), E_UNKNOWN);
    CHECK_OK(fixture_publish(h.j, &row, 3));
    CHECK_OK(fixture_publish(h.j, &row, 3));
    CHECK_OK(s.ops->sent_put(s.self, &row.id, 3, &peer, 70));
    CHECK_OK(s.ops->sent_put(s.self, &row.id, 3, &peer, 80));
    CHECK_STATUS(journal_sent_at(h.j, &row.id, 2, &peer, &at), E_UNKNOWN);
    CHECK_OK(journal_sent_at(h.j, &row.id, 3, &peer, &at));
    CHECK_INT(at, 70);
    CHECK_OK(journal_sent_at(h.j, &row.id, 5, &peer, &at));
    CHECK_STATUS(journal_sent_at(h.j, &row.id, 6, &peer, &at), E_UNKNOWN);
    CHECK_STATUS(journal_sent_at(h.j, &row.id, 5, &other, &at), E_UNKNOWN);
    home_remove(&h);
}

static void searches_records_by_the_start_of_their_id(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);
    struct place places[3];
    record_id ids[3];
    size_t count = 9;

    for (sequence i = 0; i < 4; i++) {
        struct entry_row row = fixture_entry(&stream, i);
        memset(row.id.bytes, 0, sizeof row.id.bytes);
        row.id.bytes[0] = 0xab;
        row.id.bytes[1] = (uint8_t)(0xc0 + (i << 3));
        row.id.bytes[15] = 0xff;
        CHECK_OK(s.ops->entry_put(s.self, &row));
    }
    CHECK_OK(journal_record_search(h.j, bytes_of_text("ab"), places, ids, 3, &count));
    CHECK_INT(count, 3);
    CHECK_OK(journal_record_search(h.j, bytes_of_text("abc"), places, ids, 3, &count));
    CHECK_INT(count, 2);
    CHECK_INT(places[0].index, 0);
    CHECK_INT(places[1].index, 1);
    CHECK(stream_id_equal(&places[1].stream, &stream));
    CHECK_INT(ids[1].bytes[1], 0xc8);
    CHECK_OK(journal_record_search(h.j, bytes_of_text("abd80000000000000000000000"), places,
                                   ids, 3, &count));
    CHECK_INT(count, 1);
    CHECK_OK(journal_record_search(h.j, bytes_of_text("ac"), places, ids, 3, &count));
    CHECK_INT(count, 0);
    CHECK_OK(journal_record_search(h.j, bytes_of_text("F50/ab"), places, ids, 3, &count));
    CHECK_INT(count, 3);
    CHECK_OK(journal_record_search(h.j, bytes_of_text("F5/ab"), places, ids, 3, &count));
    CHECK_INT(count, 0);
    CHECK_STATUS(journal_record_search(h.j, bytes_of_text("aB"), places, ids, 3, &count),
                 E_FORM);
    CHECK_STATUS(journal_record_search(h.j,
                                       bytes_of_text("abd800000000000000000000000000000"),
                                       places, ids, 3, &count),
                 E_FORM);
    home_remove(&h);
}

/* The header of an entry that answers a record. */
static struct bytes answer_header(const struct entry_row *row, const record_id *previous,
                                  struct arena *a)
{
    const struct recipient recipients[] = {{.agency = fixture_agency("F55"), .kx_id = 1}};
    const uint8_t wraps[HASH_SIZE] = {0};
    const struct hash hash = {0};
    struct bytes core = {0};
    struct bytes header = {0};
    const struct header h = {
        .realm = {{1}},
        .stream = row->stream,
        .index = row->index,
        .id = row->id,
        .sealed_at = 1,
        .kind = row->kind,
        .label = {.marking = MARKING_OFFICIAL,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_LOW},
        .roster_version = 1,
        .has_previous = true,
        .previous = *previous,
        .content_root = {{1}},
        .item_count = 1,
        .ciphertext_size = 64,
        .nonce = {1},
        .group_key = {1},
        .recipient_count = COUNT_OF(recipients),
        .recipients = recipients,
    };

    CHECK_OK(header_encode_core(&h, a, &core));
    CHECK_OK(header_finish(core, &hash, bytes_of(wraps, sizeof wraps), a, &header));
    return header;
}

static void finds_outcomes_of_a_record(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);
    const record_id record = fixture_record(4711);
    const record_id other = fixture_record(4712);
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    for (sequence i = 0; i < 6; i++) {
        struct entry_row row = fixture_entry(&stream, i);
        row.kind = i == 5 ? KIND_RECALL : KIND_OUTCOME;
        row.header = answer_header(&row, i % 2 == 1 ? &record : &other, &a);
        CHECK_OK(s.ops->entry_put(s.self, &row));
    }
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_outcomes(h.j, &record, &a, see_entry, &seen));
    CHECK_INT(seen.count, 2);
    CHECK_INT(seen.numbers[0], 1);
    CHECK_INT(seen.numbers[1], 3);
    free(a.at);
    home_remove(&h);
}

static void keeps_evidence_in_order(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct evidence_row row = {.stream = fixture_stream("F50", LANE_ROUTINE, 1),
                               .why = E_FORK,
                               .first = bytes_of_text("one history"),
                               .second = bytes_of_text("another"),
                               .at = 50};
    struct seen seen = {0};
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(s.ops->evidence_put(s.self, &row));
    row.at = 40;
    CHECK_OK(s.ops->evidence_put(s.self, &row));
    CHECK_OK(journal_evidence(h.j, &a, see_evidence, &seen));
    CHECK_INT(seen.count, 2);
    CHECK_INT(seen.numbers[0], 50);
    CHECK_INT(seen.numbers[1], 40);
    free(a.at);
    home_remove(&h);
}

CASES(CASE(walks_streams_by_agency_lane_and_epoch),
      CASE(walks_groups_from_the_one_with_an_index),
      CASE(walks_entries_of_one_stream_in_order), CASE(gives_the_inbox_newest_first),
      CASE(finds_the_first_receipt_over_an_index),
      CASE(tells_when_a_group_first_went_to_a_peer),
      CASE(searches_records_by_the_start_of_their_id), CASE(finds_outcomes_of_a_record),
      CASE(keeps_evidence_in_order))
