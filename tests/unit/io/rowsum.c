#include "journal_fixture.h"
#include "shelf.h"
#include "tamper.h"

/* Whoever changes a row behind the node's back is found, in any table. */

static status check_rows(const struct home *h, const char **ret_file)
{
    const struct journal_setup s = home_setup(h, JOURNAL_READ);
    struct journal *j = NULL;
    uint64_t rows = 0;

    CHECK_OK(journal_open(&s, &j));
    const status result = journal_check_rows(j, ret_file, &rows);
    if (result == OK)
        CHECK(rows > 10);
    j = journal_free(j);
    return result;
}

/* Each twice, and the first one goes. */
static void put_draft(struct journal *j, sequence number)
{
    struct shelf_row row = {.id = fixture_record(number),
                            .kind = SHELF_DRAFT,
                            .about = fixture_record(5),
                            .state = 1,
                            .body = bytes_of_text("a draft")};
    const record_id first = fixture_record(0);

    CHECK_OK(journal_shelf_put(j, &row));
    row.state = 2;
    row.due = 77;
    CHECK_OK(journal_shelf_put(j, &row));
    if (number > 0)
        CHECK_OK(journal_shelf_drop(j, SHELF_DRAFT, &first));
}

/* Something in most tables, with rows that were replaced and rows that went. */
static struct home filled(void)
{
    struct home h = home_make();
    const struct store s = journal_store(h.j);
    struct stream_row own = fixture_row("F55", LANE_ROUTINE, 1);
    struct stream_row other = fixture_row("F50", LANE_IMMEDIATE, 1);
    const struct agency_id peer = fixture_agency("F50");
    const uint8_t key[32] = {1};
    struct guard_report report;

    CHECK_OK(journal_guard(h.j, &report));
    CHECK_OK(journal_guard_reset(h.j));
    for (sequence i = 0; i < 3; i++) {
        const struct receipt_row receipt = {.stream = own.id,
                                            .peer = peer,
                                            .size = i + 1,
                                            .cosignature = bytes_of_text("cosigned"),
                                            .receipt = bytes_of_text("a receipt"),
                                            .at = 9};
        const struct place place = {.stream = own.id, .index = i};
        CHECK_OK(fixture_publish(h.j, &own, 1));
        CHECK_OK(fixture_publish(h.j, &other, 1));
        CHECK_OK(s.ops->key_put(s.self, &own.id, i, key));
        CHECK_OK(s.ops->key_put(s.self, &own.id, i, key));
        struct receipt_row witness = receipt;
        witness.receipt = bytes_of_text("");
        CHECK_OK(s.ops->receipt_put(s.self, &witness));
        CHECK_OK(s.ops->receipt_put(s.self, &receipt));
        CHECK_OK(s.ops->receipt_put(s.self, &witness));
        put_draft(h.j, i);
        CHECK_OK(s.ops->own_receipt_put(s.self, &receipt));
        CHECK_OK(s.ops->sent_put(s.self, &own.id, i, &peer, 77));
        CHECK_OK(s.ops->sent_put(s.self, &own.id, i, &peer, 78));
        CHECK_OK(s.ops->idempotency_put(s.self, bytes_of(&i, sizeof i), &place));
        CHECK_OK(s.ops->kx_put(s.self, &peer, (uint32_t)i + 1, bytes_of_text("kx")));
        CHECK_OK(journal_commit(h.j));
    }
    CHECK_OK(s.ops->entry_erase(s.self, &own.id, 1));
    CHECK_OK(journal_commit(h.j));
    CHECK_STATUS(fixture_publish(h.j, &(struct stream_row){.id = own.id}, 1), E_DUPLICATE);
    return h;
}

static void adds_up_whatever_was_put(void)
{
    struct home h = filled();
    const char *file = "";

    CHECK_OK(journal_commit(h.j));
    CHECK_OK(check_rows(&h, &file));
    home_close(&h);
    CHECK_OK(check_rows(&h, &file));
    home_open(&h);
    CHECK_OK(check_rows(&h, &file));
    home_remove(&h);
}

static void finds_a_change_in_any_table(void)
{
    static const char *const changes[] = {
        "UPDATE entry SET at = at + 1 WHERE place & 1 = 0",
        "UPDATE entry SET kept = flip(kept, 1) WHERE length(kept) > 0",
        "UPDATE entry SET previous = zeroblob(16)",
        "UPDATE commit_group SET at = at + 1",
        "UPDATE sent SET at = 1",
        "DELETE FROM sent",
        "DELETE FROM idempotency WHERE place & 1 = 0",
        "UPDATE idempotency SET place = place + 1",
        "UPDATE receipt SET at = 10",
        "INSERT INTO inbox (kind, arrival, place) VALUES (1, 99, 1)",
        "UPDATE inbox SET arrival = 1000 - arrival",
        "DELETE FROM record",
        "UPDATE kx SET note = flip(note, 0)",
        "UPDATE stream_state SET receipted = 5",
        "UPDATE meta SET value = x'463530' WHERE 0; INSERT INTO meta VALUES ('x', x'00')",
        "INSERT INTO erasing VALUES (5)",
        "CREATE TABLE more (a); INSERT INTO more VALUES (1)",
        "UPDATE rowsum SET lanes = flip(lanes, 7)",
        "DELETE FROM rowsum",
        /* Two rows change places. */
        "UPDATE entry SET at = 3001 - at",
    };

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct home h = filled();
        const char *file = "";

        CHECK_OK(journal_commit(h.j));
        home_close(&h);
        tamper(h.folder, changes[i]);
        (void)printf("    %s\n", changes[i]);
        CHECK_STATUS(check_rows(&h, &file), E_DAMAGED);
        CHECK_TEXT(file, "journal.db");
        home_remove(&h);
    }
}

CASES(CASE(adds_up_whatever_was_put), CASE(finds_a_change_in_any_table))
