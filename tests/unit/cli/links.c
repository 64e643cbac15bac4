#include "indexed.h"

#include "link_desk.h"

/* Links that the node proposes between records of two others: once, whatever is made anew,
 * never by one report on two ways, and gone with either record. */

enum { COUNTED_MAX = 64 };

/* What node `at` takes agency `who` for. */
static void set_kind_at(struct world *w, size_t at, size_t who, enum agency_kind kind)
{
    struct roster *const r = &w->t->nodes[at].exchange->roster;

    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, &w->t->cast.actors[who].id))
            r->agencies[i].kind = kind;
    }
}

static void set_kind(struct world *w, size_t n, enum agency_kind kind)
{
    set_kind_at(w, n, n, kind);
}

static struct world *begin(void)
{
    struct world *const w = make();

    settle(w);
    set_kind(w, BRAVO, AGENCY_FUSION);
    index_all(w, BRAVO);
    return w;
}

/* A record with a person and a telephone number, for BRAVO; made of `parent` unless that is
 * NULL. */
static struct parent publish_phone(struct world *w, size_t from, const char *number,
                                   const struct parent *parent)
{
    static uint8_t count;
    struct record *const r = arena_take(&w->t->paper, sizeof *r);
    struct trio_batch b;
    struct parent made = {.agency = w->t->cast.actors[from].id, .id = {{11, ++count}}};

    CHECK(r != NULL);
    r->text_count = 1;
    r->texts[0] = (struct graded_text){.text = bytes_of_text("seen"),
                                       .basis = BASIS_FACT,
                                       .grade = {.source = 1, .assessment = 1}};
    r->provenance = r->texts[0];
    r->facts.station = bytes_of_text("55AA");
    r->report.title = bytes_of_text("a report");
    r->report.purpose = PURPOSE_PREVENT;
    r->person_count = 1;
    r->persons[0].surname = bytes_of_text("Nemo");
    r->phone_count = 1;
    r->phones[0].raw = bytes_of_text(number);
    r->phones[0].e164 = bytes_of_text(number);
    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = made.id;
    b.submission.parent_count = parent != NULL;
    b.submission.parents = parent;
    CHECK_OK(record_items(r, &w->t->arena, &b.submission.items, &b.submission.item_count));
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    return made;
}

/* Delivered, indexed and compared. */
static void arrive(struct world *w)
{
    settle(w);
    index_all(w, BRAVO);
    settle(w);
}

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
    const struct item_audit why = {.at = w->t->now,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text("erased")};

    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], record, &why));
    trio_end(w->t, BRAVO);
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

/* --- at an owner --- */

/* `from` says this of a record to ALFA. */
static void say(struct world *w, size_t from, const struct parent *record,
                enum outcome_what what, const char *other)
{
    struct trio_batch b;
    struct bytes encoded = {0};
    const struct item item = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = w->t->cast.actors[ALFA].id,
                                          .id = record->id,
                                          .what = what,
                                          .at = w->t->now,
                                          .reference = bytes_of_text(other),
                                          .reason = bytes_of_text("telephone number")}};

    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, 1u << ALFA);
    CHECK_OK(item_encode(&item, &w->t->arena, &encoded));
    b.submission.id = (record_id){{0}};
    b.submission.kind = KIND_OUTCOME;
    b.submission.has_previous = true;
    b.submission.previous = record->id;
    b.submission.items = &encoded;
    b.submission.item_count = 1;
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    settle(w);
}

struct waiting_at {
    size_t rows, todos;
};

static status each_row(void *context, const struct shelf_row *row)
{
    struct waiting_at *const n = context;

    n->rows += row->kind == SHELF_TOLD;
    n->todos += row->kind == SHELF_TODO && row->state == TODO_TOLD;
    return OK;
}

static void check_waits(struct world *w, size_t rows, size_t todos)
{
    struct waiting_at n = {0};
    struct journal *const j = w->t->nodes[ALFA].journal;

    CHECK_OK(journal_shelf_walk(j, SHELF_TOLD, (struct shelf_filter){0}, &w->scratch,
                                each_row, &n));
    CHECK_OK(journal_shelf_walk(j, SHELF_TODO, (struct shelf_filter){0}, &w->scratch,
                                each_row, &n));
    arena_reset(&w->scratch);
    CHECK_INT(n.rows, rows);
    CHECK_INT(n.todos, todos);
}

static void look(struct world *w, const struct parent *record, bool again)
{
    struct desk *const d = &w->desks[ALFA];

    trio_begin(w->t, ALFA);
    CHECK_OK(again ? linked_look_again(d) : linked_seen(d, &record->id));
    trio_end(w->t, ALFA);
    arena_reset(&w->scratch);
}

static void a_cells_word_waits_until_it_is_seen(void)
{
    struct world *const w = begin();

    set_kind_at(w, ALFA, BRAVO, AGENCY_FUSION);
    const struct parent ours = publish_phone(w, ALFA, "+447700900123", NULL);
    settle(w);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/01");
    check_waits(w, 1, 1);
    look(w, &ours, true);
    check_waits(w, 1, 1);
    look(w, &ours, false);
    check_waits(w, 1, 0);
    look(w, &ours, true); /* as after a restart: what was seen stays so */
    check_waits(w, 1, 0);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/02");
    check_waits(w, 2, 1);
    say(w, BRAVO, &ours, OUTCOME_UNLINKED, "F50/02");
    check_waits(w, 2, 0);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/02");
    check_waits(w, 2, 1);
    const struct item_audit why = {.at = w->t->now,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text("erased")};
    trio_begin(w->t, ALFA);
    CHECK_OK(recall_erase(&w->desks[ALFA], &ours, &why));
    trio_end(w->t, ALFA);
    check_waits(w, 0, 0);
    done(w);
}

static void nobody_else_says_what_is_linked(void)
{
    struct world *const w = begin();
    const struct parent none = {.id = {{99}}};

    set_kind_at(w, ALFA, BRAVO, AGENCY_FUSION);
    const struct parent ours = publish_phone(w, ALFA, "+447700900123", NULL);
    settle(w);
    say(w, CHARLIE, &ours, OUTCOME_LINKED, "F50/01");
    say(w, BRAVO, &none, OUTCOME_LINKED, "F50/01");
    say(w, BRAVO, &ours, OUTCOME_ACKNOWLEDGED, "F50/01");
    check_waits(w, 0, 0);
    done(w);
}

CASES(CASE(two_agencies_records_are_linked_once), CASE(a_publishers_own_are_not_linked),
      CASE(nowhere_but_at_a_fusion_cell), CASE(a_copy_is_no_second_report),
      CASE(either_record_takes_it_along), CASE(what_many_have_links_none_and_is_listed),
      CASE(a_cells_word_waits_until_it_is_seen), CASE(nobody_else_says_what_is_linked))
