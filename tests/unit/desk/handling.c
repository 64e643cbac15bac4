#include "handling.h"

#include "desk_fixture.h"
#include "shelf.h"

/* What is noted of others' records, and when it is due. */

static const millis minute = 60000;

struct seen {
    size_t count;
    millis due;
};

static status each(void *context, const struct shelf_row *row)
{
    struct seen *const s = context;

    s->count++;
    s->due = row->due;
    return OK;
}

static struct seen look(struct counter *c)
{
    struct seen s = {0};

    CHECK_OK(journal_shelf_walk(c->desk.journal, SHELF_HANDLING, (struct shelf_filter){0},
                                &c->scratch, each, &s));
    return s;
}

static void note(struct counter *c, const char *owner, enum outcome_what what)
{
    struct call call = {0};
    struct parent record = {.id = fixture_record(1)};

    CHECK_OK(agency_id_read(bytes_of_text(owner), &record.agency));
    CHECK_OK(handling_note(&c->desk, &call, &record, what, bytes_of_text("operation")));
}

static void is_due_at_the_end_of_its_batch_and_once(void)
{
    const struct config config = {.handling_told = UINT32_C(1) << OUTCOME_OPENED,
                                  .handling_minutes = 30};
    struct counter c;

    counter_open(&c);
    c.desk.config = &config;
    CHECK_OK(agency_id_read(bytes_of_text("JFC"), &c.desk.exchange->self));
    c.desk.exchange->now = 90 * minute;
    note(&c, "F55", OUTCOME_OPENED);
    CHECK_INT(look(&c).due, 120 * minute);
    c.desk.exchange->now = 119 * minute;
    note(&c, "F55", OUTCOME_OPENED);
    CHECK_INT(look(&c).count, 1);
    note(&c, "F50", OUTCOME_OPENED);
    CHECK_INT(look(&c).count, 2);
    CHECK_INT(look(&c).due, 120 * minute);
    note(&c, "JFC", OUTCOME_OPENED); /* our own */
    CHECK_INT(look(&c).count, 2);
    counter_done(&c);
}

static void is_due_at_once_where_nothing_is_to_be_hidden(void)
{
    const struct config config = {.handling_told = UINT32_C(1) << OUTCOME_OPENED};
    struct counter c;

    counter_open(&c);
    c.desk.config = &config;
    note(&c, "F55", OUTCOME_OPENED);
    CHECK_INT(look(&c).due, c.desk.exchange->now);
    counter_done(&c);
}

CASES(CASE(is_due_at_the_end_of_its_batch_and_once),
      CASE(is_due_at_once_where_nothing_is_to_be_hidden))
