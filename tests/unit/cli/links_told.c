#include "linked.h"

/* At the owner of a record: what a fusion cell says it is linked with. */

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

/* How many rows of it say what it is linked with. */
static size_t trace(struct world *w, const struct parent *record, bool is_account,
                    const char *purpose)
{
    const struct verb *const v = verb_find(bytes_of_text("trace"));
    struct call c = {.channel = "http", .is_account = is_account};
    struct control_answer answered = {0};
    char id[RECORD_ID_TEXT_ROOM];
    size_t count = 0;

    record_id_write(&record->id, id);
    struct control_field fields[] = {
        {.name = bytes_of_text("id"), .value = bytes_of_text(id)},
        {.name = bytes_of_text("purpose"), .value = bytes_of_text(purpose)}};
    (void)snprintf(c.person.text, sizeof c.person.text, "who asks");
    c.parsed.argument_count = COUNT_OF(fields);
    c.parsed.arguments = fields;
    trio_begin(w->t, ALFA);
    CHECK_OK(v->prepare(&w->desks[ALFA], &c));
    trio_end(w->t, ALFA);
    CHECK_OK(v->answer(&w->desks[ALFA], &c, &answered));
    for (size_t i = 0; i < answered.row_count; i++)
        count +=
            bytes_equal(control_value(&answered.rows[i], "row"), bytes_of_text("linked"));
    arena_reset(&w->scratch);
    return count;
}

static void a_system_that_polls_has_not_looked(void)
{
    struct world *const w = begin();

    set_kind_at(w, ALFA, BRAVO, AGENCY_FUSION);
    const struct parent ours = publish_phone(w, ALFA, "+447700900123", NULL);
    settle(w);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/01");
    CHECK_INT(trace(w, &ours, true, "to be polled"), 0);
    CHECK_INT(trace(w, &ours, false, ""), 0);
    check_waits(w, 1, 1);
    CHECK_INT(trace(w, &ours, false, "a test"), 1);
    check_waits(w, 1, 0);
    done(w);
}

/* Entries about it that are held, of a kind that names it. */
static status each_held(void *context, const struct entry_row *e)
{
    size_t *const held = context;

    *held += e->disposition == DISPOSITION_HELD;
    return OK;
}

static size_t held_about(struct world *w, const struct parent *record)
{
    size_t held = 0;

    CHECK_OK(journal_outcomes(w->t->nodes[ALFA].journal, &record->id, &w->scratch,
                              each_held, &held));
    arena_reset(&w->scratch);
    return held;
}

static void with_the_record_its_words_are_erased(void)
{
    struct world *const w = begin();
    const struct item_audit why = {.at = w->t->now,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text("erased")};

    set_kind_at(w, ALFA, BRAVO, AGENCY_FUSION);
    const struct parent ours = publish_phone(w, ALFA, "+447700900123", NULL);
    const struct parent other = publish_phone(w, ALFA, "+447700900124", NULL);
    settle(w);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/01");
    say(w, BRAVO, &ours, OUTCOME_UNLINKED, "F50/01");
    say(w, BRAVO, &ours, OUTCOME_ACKNOWLEDGED, "F50/01");
    say(w, BRAVO, &other, OUTCOME_LINKED, "F50/01");
    CHECK_INT(held_about(w, &ours), 3);
    trio_begin(w->t, ALFA);
    CHECK_OK(recall_erase(&w->desks[ALFA], &ours, &why));
    trio_end(w->t, ALFA);
    CHECK_INT(held_about(w, &ours), 1);
    CHECK_INT(held_about(w, &other), 1);
    CHECK_INT(trace(w, &ours, false, "a test"), 0);
    check_waits(w, 1, 1);
    say(w, BRAVO, &ours, OUTCOME_LINKED, "F50/02"); /* it comes late */
    check_waits(w, 1, 1);
    CHECK_INT(trace(w, &ours, false, "a test"), 0);
    done(w);
}

/* Told of it, and the cell erases one of the two: it is taken back, when there is room for
 * all of it. */
static void what_the_cell_erases_it_takes_back(void)
{
    struct world *const w = begin();
    struct desk *const d = &w->desks[BRAVO];
    struct link l;

    set_kind_at(w, ALFA, BRAVO, AGENCY_FUSION);
    const struct parent ours = publish_phone(w, ALFA, "+447700900123", NULL);
    arrive(w);
    const struct parent other = publish_phone(w, CHARLIE, "+447700900123", NULL);
    arrive(w);
    const record_id id = link_id(d, &ours, &other);
    CHECK_OK(link_find(d, &id, &l));
    l.state = LINK_SAME;
    l.told[0] = w->t->now;
    l.told[1] = w->t->now;
    trio_begin(w->t, BRAVO);
    CHECK_OK(link_put(d, &l));
    d->exchange->submitted = ANSWERS_MAX - 1;
    CHECK_STATUS(link_take_back(d, NULL, &l), E_BUSY);
    CHECK(l.told[0] != 0 && l.told[1] != 0);
    trio_end(w->t, BRAVO);
    settle(w);
    check_waits(w, 0, 0);
    erase_at(w, BRAVO, &other);
    CHECK_STATUS(link_find(d, &id, &l), E_UNKNOWN);
    settle(w);
    check_waits(w, 1, 0);
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

CASES(CASE(a_cells_word_waits_until_it_is_seen), CASE(nobody_else_says_what_is_linked),
      CASE(what_the_cell_erases_it_takes_back), CASE(with_the_record_its_words_are_erased),
      CASE(a_system_that_polls_has_not_looked))
