#include "token_model.h"

/* Which entries are to be looked at, in which order, and when again. */

static void what_is_no_record_has_no_number(void)
{
    struct home h = home_make();
    const struct store store = journal_store(h.j);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    struct entry_row rows[5];
    uint64_t number = 0;
    struct place place;

    begin_all(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = fixture_entry(&s, i);
    rows[0].kind = KIND_OUTCOME;
    rows[1].disposition = DISPOSITION_REFUSED;
    rows[2].disposition = DISPOSITION_UNOPENABLE;
    rows[3].duplicate = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_OK(store.ops->entry_put(store.self, &rows[i]));
    CHECK_OK(journal_token_due(h.j, &number, &place));
    CHECK_INT(place.index, 4);
    journal_token_looked(h.j, number);
    CHECK_STATUS(journal_token_due(h.j, &number, &place), E_UNKNOWN);
    CHECK_OK(journal_tokens_keep(h.j));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    CHECK_STATUS(journal_token_due(h.j, &number, &place), E_UNKNOWN);
    /* What goes and comes again is looked at again. */
    CHECK_OK(store.ops->entry_drop(journal_store(h.j).self, &s, 4));
    CHECK_OK(store.ops->entry_put(journal_store(h.j).self, &rows[4]));
    CHECK_OK(journal_token_due(h.j, &number, &place));
    CHECK_INT(place.index, 4);
    CHECK_OK(journal_commit(h.j));
    home_remove(&h);
}

/* Also a journal of an older version, whose tables the index's step has just made. */
static void another_form_begins_anew(void)
{
    struct home h = home_make();
    struct model *const m = calloc(1, sizeof *m);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct token_query all = {.term_count = 1,
                                    .terms = {{.count = 1, .any = {token_of(0)}}}};
    struct token_found found;
    uint64_t state = 3;
    uint64_t number = 0;
    uint64_t count = 0;
    bool more = true;
    struct place place;

    CHECK(m != NULL);
    begin_all(&h);
    store_entries(&h, &s, 0, 1300);
    look_at_all(&h, m, &state);
    file_all(&h);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_tokens_begin(h.j, FORM + 1, &more));
    CHECK(more); /* 1300 take steps, over a restart as well */
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    while (more)
        CHECK_OK(journal_tokens_begin(h.j, FORM + 1, &more));
    CHECK_OK(journal_tokens_find(h.j, &all, 0, 10, &found));
    CHECK_INT(found.count, 0);
    while (journal_token_due(h.j, &number, &place) == OK) {
        CHECK_INT(place.index, count++);
        journal_token_looked(h.j, number);
    }
    CHECK_INT(count, 1300);
    CHECK_OK(journal_commit(h.j));
    free(m);
    home_remove(&h);
}

CASES(CASE(what_is_no_record_has_no_number), CASE(another_form_begins_anew))
