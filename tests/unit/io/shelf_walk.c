#include "journal_fixture.h"
#include "shelf.h"

/* The desks' sealed rows, in order and by what they are about. */

enum { STATE_OPEN = 1, STATE_CLOSED = 2, SEEN_MAX = 64 };

struct seen {
    struct home *h;
    record_id ids[SEEN_MAX];
    size_t count;
    status answer;
    millis push; /* each row met gets this due */
    bool drop;
};

static status each(void *context, const struct shelf_row *row)
{
    struct seen *const seen = context;
    struct shelf_row moved = *row;

    CHECK(seen->count < SEEN_MAX);
    seen->ids[seen->count++] = row->id;
    if (seen->drop)
        CHECK_OK(journal_shelf_drop(seen->h->j, row->kind, &row->id));
    if (seen->push != 0) {
        moved.due = seen->push;
        CHECK_OK(journal_shelf_put(seen->h->j, &moved));
    }
    return seen->answer;
}

static void check_seen(struct seen *seen, const uint64_t *numbers, size_t count)
{
    CHECK_INT(seen->count, count);
    for (size_t i = 0; i < count; i++) {
        const record_id wanted = fixture_record(numbers[i]);
        CHECK(record_id_equal(&seen->ids[i], &wanted));
    }
    seen->count = 0;
}

#define CHECK_SEEN(seen, ...)                                                              \
    check_seen(seen, (const uint64_t[]){__VA_ARGS__},                                      \
               COUNT_OF(((const uint64_t[]){__VA_ARGS__})))

/* 1..6, due in the opposite order; 5 never, 6 when 2 is; 3 closed; and one of another kind
 * that no walk may meet. */
static void fill(struct home *h)
{
    struct shelf_row row = {
        .kind = SHELF_TODO, .changed = 77, .body = bytes_of_text("body")};

    for (uint64_t n = 1; n <= 6; n++) {
        row.id = fixture_record(n);
        row.due = n == 5 ? 0 : 100 * (10 - (n == 6 ? 2 : n));
        row.state = n == 3 ? STATE_CLOSED : STATE_OPEN;
        row.about = n % 2 == 0 ? fixture_record(900) : (record_id){{0}};
        row.tag[31] = (uint8_t)(n % 3);
        CHECK_OK(journal_shelf_put(h->j, &row));
    }
    row.kind = SHELF_OBLIGATION;
    CHECK_OK(journal_shelf_put(h->j, &row));
}

static void walks_by_due_and_state(void)
{
    struct home h = home_make();
    struct arena a;
    struct seen seen = {.h = &h};

    fixture_arena(&a);
    fill(&h);
    const struct {
        struct shelf_filter filter;
        uint64_t wanted[7]; /* 0 ends */
    } rows[] = {
        {{0}, {4, 3, 2, 6, 1, 5}},      {{.state = STATE_OPEN}, {4, 2, 6, 1, 5}},
        {{.state = STATE_CLOSED}, {3}}, {{.due_before = 801}, {4, 3, 2, 6}},
        {{.due_before = 800}, {4, 3}},  {{.state = STATE_OPEN, .due_before = 800}, {4}},
        {{.due_before = 1}, {0}},       {{.state = 7}, {0}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t count = 0;
        while (rows[i].wanted[count] != 0)
            count++;
        CHECK_OK(journal_shelf_walk(h.j, SHELF_TODO, rows[i].filter, &a, each, &seen));
        check_seen(&seen, rows[i].wanted, count);
    }
    CHECK_INT(a.used, 0);
    CHECK_OK(journal_commit(h.j));
    free(a.at);
    home_remove(&h);
}

static void finds_by_tag_and_record(void)
{
    struct home h = home_make();
    struct arena a;
    struct seen seen = {.h = &h};
    const record_id about = fixture_record(900);
    const record_id nothing = {{0}};
    uint8_t tag[32] = {0};

    fixture_arena(&a);
    fill(&h);
    CHECK_OK(journal_shelf_about(h.j, SHELF_TODO, &about, &a, each, &seen));
    CHECK_SEEN(&seen, 2, 4, 6);
    tag[31] = 1;
    CHECK_OK(journal_shelf_tagged(h.j, SHELF_TODO, tag, &a, each, &seen));
    CHECK_SEEN(&seen, 1, 4);
    /* No record and no tag are nothing to be found by. */
    tag[31] = 0;
    CHECK_OK(journal_shelf_tagged(h.j, SHELF_TODO, tag, &a, each, &seen));
    CHECK_OK(journal_shelf_about(h.j, SHELF_TODO, &nothing, &a, each, &seen));
    CHECK_INT(seen.count, 0);
    CHECK_OK(journal_commit(h.j));
    free(a.at);
    home_remove(&h);
}

static void ends_a_walk_and_lets_it_write(void)
{
    struct home h = home_make();
    struct arena a;
    struct seen seen = {.h = &h, .answer = E_LIMIT};
    const struct shelf_filter due = {.due_before = 801};

    fixture_arena(&a);
    fill(&h);
    CHECK_STATUS(journal_shelf_walk(h.j, SHELF_TODO, due, &a, each, &seen), E_LIMIT);
    CHECK_SEEN(&seen, 4);
    seen.answer = OK;
    seen.push = 5000; /* out of the walk's reach */
    CHECK_OK(journal_shelf_walk(h.j, SHELF_TODO, due, &a, each, &seen));
    CHECK_SEEN(&seen, 4, 3, 2, 6);
    seen.push = 0;
    seen.drop = true;
    CHECK_OK(
        journal_shelf_walk(h.j, SHELF_TODO, (struct shelf_filter){0}, &a, each, &seen));
    CHECK_SEEN(&seen, 1, 2, 3, 4, 6, 5);
    CHECK_OK(
        journal_shelf_walk(h.j, SHELF_TODO, (struct shelf_filter){0}, &a, each, &seen));
    CHECK_INT(seen.count, 0);
    CHECK_OK(journal_commit(h.j));
    free(a.at);
    home_remove(&h);
}

CASES(CASE(walks_by_due_and_state), CASE(finds_by_tag_and_record),
      CASE(ends_a_walk_and_lets_it_write))
