#include "linked.h"
#include "person_asks.h"

/* Links that the node proposes between records of two others: once, whatever is made anew,
 * never by one report on two ways, and gone with either record. */

enum { COUNTED_MAX = 64 };

struct counted {
    size_t count, todos;
    record_id ids[COUNTED_MAX];
};

static status each_counted(void *context, const struct shelf_row *row)
{
    struct counted *const n = context;

    CHECK(n->count < COUNTED_MAX);
    n->ids[n->count++] = row->id;
    return OK;
}

static status each_todo(void *context, const struct shelf_row *row)
{
    struct counted *const n = context;

    n->todos += row->state == TODO_LINK;
    return OK;
}

static struct counted count_rows(struct world *w, enum shelf_kind kind)
{
    struct counted n = {.count = 0};
    struct journal *const j = w->t->nodes[BRAVO].journal;

    CHECK_OK(journal_shelf_walk(j, kind, (struct shelf_filter){0}, &w->scratch,
                                each_counted, &n));
    CHECK_OK(journal_shelf_walk(j, SHELF_TODO, (struct shelf_filter){0}, &w->scratch,
                                each_todo, &n));
    arena_reset(&w->scratch);
    return n;
}

static void erase(struct world *w, const struct parent *record)
{
    erase_at(w, BRAVO, record);
}

static void two_agencies_records_are_linked_once(void)
{
    struct world *const w = begin();
    struct link found;

    const struct parent first = publish_phone(w, ALFA, "+447700900123", NULL);
    arrive(w);
    const struct parent second = publish_phone(w, CHARLIE, "+447700900123", NULL);
    (void)publish_phone(w, CHARLIE, "+447700900124", NULL);
    const struct parent third = publish_phone(w, CHARLIE, "+447700900125", NULL);
    arrive(w);
    struct counted n = count_rows(w, SHELF_LINK);
    CHECK_INT(n.count, 1);
    CHECK_INT(n.todos, 1);
    const record_id id = link_id(&w->desks[BRAVO], &second, &first);
    CHECK(record_id_equal(&n.ids[0], &id));
    CHECK_OK(link_find(&w->desks[BRAVO], &id, &found));
    CHECK(record_id_equal(&found.records[0].id, &first.id));
    CHECK_INT(found.strength, LINKAGE_POSSIBLE);
    CHECK_INT(found.types[0], IDENTIFIER_PHONE);
    /* What was decided stands when the index is made anew, in which what is left has other
     * numbers, and all is compared again. */
    found.state = LINK_NOT_SAME;
    erase(w, &third);
    trio_begin(w->t, BRAVO);
    CHECK_OK(link_put(&w->desks[BRAVO], &found));
    CHECK_OK(indexing_anew(&w->desks[BRAVO]));
    trio_end(w->t, BRAVO);
    index_all(w, BRAVO);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 1);
    CHECK_OK(link_find(&w->desks[BRAVO], &id, &found));
    CHECK_INT(found.state, LINK_NOT_SAME);
    /* And the next one is linked as before. */
    (void)publish_phone(w, ALFA, "+447700900124", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 2);
    done(w);
}

static void a_publishers_own_are_not_linked(void)
{
    struct world *const w = begin();

    (void)publish_phone(w, ALFA, "+447700900123", NULL);
    (void)publish_phone(w, ALFA, "+447700900123", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
    done(w);
}

static void nowhere_but_at_a_fusion_cell(void)
{
    struct world *const w = begin();

    set_kind(w, BRAVO, AGENCY_ROCU);
    (void)publish_phone(w, ALFA, "+447700900123", NULL);
    (void)publish_phone(w, CHARLIE, "+447700900123", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
    /* What is here is compared once it is one. */
    set_kind(w, BRAVO, AGENCY_FUSION);
    (void)publish_phone(w, ALFA, "+447700900199", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 1);
    done(w);
}

/* One report on two ways does not corroborate itself. */
static void a_copy_is_no_second_report(void)
{
    struct world *const w = begin();

    const struct parent source = publish_phone(w, ALFA, "+447700900123", NULL);
    (void)publish_phone(w, CHARLIE, "+447700900123", &source);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
    done(w);
}

static void either_record_takes_it_along(void)
{
    for (size_t which = 0; which < 2; which++) {
        struct world *const w = begin();
        struct parent records[2];

        records[0] = publish_phone(w, ALFA, "+447700900123", NULL);
        arrive(w);
        records[1] = publish_phone(w, CHARLIE, "+447700900123", NULL);
        arrive(w);
        CHECK_INT(count_rows(w, SHELF_LINK).todos, 1);
        erase(w, &records[which]);
        CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
        CHECK_INT(count_rows(w, SHELF_LINK).todos, 0);
        done(w);
    }
}

static size_t link_todos(struct world *w, uint32_t uid)
{
    size_t count = 0;

    CHECK_OK(ask(w, uid, "todo", NULL, 0));
    for (size_t i = 0; i < answered.row_count; i++)
        count +=
            bytes_equal(control_value(&answered.rows[i], "kind"), bytes_of_text("link"));
    return count;
}

/* That two agencies' records share something is for whoever has to do with records. */
static void a_proposal_is_shown_to_whoever_reads_or_decides(void)
{
    static const struct {
        uint32_t uid;
        const char *user, *role;
        size_t todos;
    } people[] = {{1001, "uid:1001", "submit", 0},
                  {1002, "uid:1002", "read", 1},
                  {1003, "uid:1003", "decide", 1},
                  {1004, "uid:1004", "operate", 0}};
    const struct argued nowhere[] = {{"from", "XX"}};
    struct world *const w = begin();

    (void)publish_phone(w, ALFA, "+447700900123", NULL);
    arrive(w);
    (void)publish_phone(w, CHARLIE, "+447700900123", NULL);
    arrive(w);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        CHECK_INT(link_todos(w, people[i].uid), 1); /* nobody is named */
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        const struct argued with[] = {{"user", people[i].user}, {"roles", people[i].role}};
        CHECK_OK(ask(w, 0, "operator-set", with, COUNT_OF(with)));
    }
    for (size_t i = 0; i < COUNT_OF(people); i++)
        CHECK_INT(link_todos(w, people[i].uid), people[i].todos);
    CHECK_STATUS(ask(w, 1002, "links", nowhere, COUNT_OF(nowhere)), E_USAGE);
    done(w);
}

/* A list that shows nothing of a long table stops, and says where to go on. */
static void what_does_not_match_is_counted_too(void)
{
    enum { READ = 10000 };
    struct world *const w = begin();

    trio_begin(w->t, BRAVO);
    for (uint32_t i = 0; i <= READ; i++) {
        const struct shelf_row row = {
            .kind = SHELF_LINK,
            .id = {{1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
            .state = LINK_PROPOSED,
            .body = bytes_of_text("of no use")};
        CHECK_OK(journal_shelf_put(w->t->nodes[BRAVO].journal, &row));
    }
    trio_end(w->t, BRAVO);
    CHECK_OK(ask(w, 1001, "links", NULL, 0));
    CHECK_INT(answered.row_count, 0);
    CHECK(bytes_equal(answered.sentence,
                      bytes_of_text("there are more, which came later: the same with "
                                    "--skip 10000")));
    done(w);
}

/* As of another version: what is beside it is listed, falls and is proposed as before. */
static void a_row_that_cannot_be_read_stops_nothing(void)
{
    static const uint8_t other[] = {99, 1, 2, 3};
    struct world *const w = begin();
    struct desk *const d = &w->desks[BRAVO];
    bool stands = true;

    const struct parent first = publish_phone(w, ALFA, "+447700900123", NULL);
    arrive(w);
    struct shelf_row row = {.kind = SHELF_LINK,
                            .about = first.id,
                            .state = LINK_TOLD,
                            .body = bytes_of(other, sizeof other)};
    const struct parent second = {.agency = w->t->cast.actors[CHARLIE].id,
                                  .id = published_next()};
    row.id = link_id(d, &first, &second);
    trio_begin(w->t, BRAVO);
    CHECK_OK(journal_shelf_put(w->t->nodes[BRAVO].journal, &row));
    CHECK_OK(links_fall(d));
    trio_end(w->t, BRAVO);
    CHECK_OK(link_id_stands(d, &row.id, &stands));
    CHECK(!stands);
    const struct parent made = publish_phone(w, CHARLIE, "+447700900123", NULL);
    CHECK(record_id_equal(&made.id, &second.id));
    (void)publish_phone(w, CHARLIE, "+447700900123", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count,
              2); /* that one, and the last with the first */
    erase(w, &first);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
    done(w);
}

/* The row is of the newest record that has it, and goes with that. */
static void what_many_have_links_none_and_is_listed(void)
{
    struct world *const w = begin();

    for (size_t i = 0; i <= LINK_OFTEN; i++) {
        (void)publish_phone(w, ALFA, "+447700900123", NULL);
        arrive(w);
    }
    CHECK_INT(count_rows(w, SHELF_OFTEN).count, 0);
    const struct parent last = publish_phone(w, CHARLIE, "+447700900123", NULL);
    arrive(w);
    CHECK_INT(count_rows(w, SHELF_LINK).count, 0);
    CHECK_INT(count_rows(w, SHELF_OFTEN).count, 1);
    erase(w, &last);
    CHECK_INT(count_rows(w, SHELF_OFTEN).count, 0);
    done(w);
}

CASES(CASE(two_agencies_records_are_linked_once), CASE(a_publishers_own_are_not_linked),
      CASE(nowhere_but_at_a_fusion_cell), CASE(a_copy_is_no_second_report),
      CASE(a_proposal_is_shown_to_whoever_reads_or_decides),
      CASE(what_does_not_match_is_counted_too),
      CASE(a_row_that_cannot_be_read_stops_nothing), CASE(either_record_takes_it_along),
      CASE(what_many_have_links_none_and_is_listed))
