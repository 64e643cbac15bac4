#include "nominal.h"

#include "text.h"

#include <string.h>

/* `review list` and `review show`.  Both name persons, so both are in the log first. */

enum { LIST_ROWS = 1000 };

static status log_reading(struct desk *d, struct call *c, const record_id *set,
                          const char *outcome)
{
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = purpose,
                             .outcome = bytes_of_text(outcome)};

    if (purpose.size == 0 && d->config->require_purpose != 0) {
        c->sentence = "say why you read it: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    if (set != NULL)
        row.object = *set;
    return desk_audit(d, c, &row);
}

static bool is_due(const struct desk *d, const struct retention *r)
{
    return r->state == RETENTION_STANDING && r->due != 0 && r->due <= d->exchange->now;
}

static void give_set(struct desk *d, const struct nominal *n, struct rows *r)
{
    struct bytes name = {0};

    if (arena_copy(r->arena, n->name, &name) != OK)
        return; /* the arena is used up: encoding the answer fails, and says so */
    rows_next(r, 9);
    rows_id(r, "set", &n->id);
    rows_bytes(r, "name", name);
    rows_number(r, "group", n->is.group);
    rows_text(r, "state",
              is_due(d, &n->is) ? "due for review" : retention_state_word(n->is.state));
    rows_number(r, "records", n->is.records);
    rows_number(r, "holds", n->is.holds);
    rows_time(r, "last_notice", n->is.last_notice);
    rows_time(r, "reviewed", n->is.reviewed_at);
    rows_time(r, "due", n->is.due >= INT64_MAX ? 0 : n->is.due);
}

/* The list in force says itself that nobody has confirmed its intervals. */
static const char *note_of(const struct desk *d)
{
    static const char word[] = "UNCONFIRMED";
    bool any = false;

    for (size_t i = 0; i < RETENTION_GROUPS; i++) {
        const struct retention_rule *const rule = &d->lists->retention[i];
        any = any || rule->clear_years > 0;
        if (rule->title.size >= sizeof word - 1 &&
            memcmp(rule->title.at, word, sizeof word - 1) == 0)
            return "the intervals of the list in force are UNCONFIRMED: nobody has checked "
                   "them against the guidance in force";
    }
    return any ? ""
               : "the list in force has no intervals, so nothing is ever due: install one "
                 "with `retention` lines";
}

/* --- list --- */

struct listing {
    struct desk *desk;
    struct rows rows;
    bool due_only;
};

static status each_set(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct nominal *const n = arena_take(l->desk->scratch, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    TRY(nominal_read(l->desk, row, l->desk->scratch, n));
    if (!l->due_only || is_due(l->desk, &n->is))
        give_set(l->desk, n, &l->rows);
    return l->rows.full ? E_LIMIT : OK;
}

status review_list_prepare(struct desk *d, struct call *c)
{
    return log_reading(d, c, NULL, "nominals listed for review");
}

status review_list_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct listing l = {.desk = d,
                        .due_only = control_argument(&c->parsed, "due").size > 0};

    rows_init(&l.rows, d->exchange->arena, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_NOMINAL, (struct shelf_filter){0},
                                        d->scratch, each_set, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    rows_give(&l.rows, ret);
    ret->sentence =
        bytes_of_text(s == E_LIMIT ? "these are due first; there are more" : note_of(d));
    return OK;
}

/* --- show --- */

static const char *answer_word(uint8_t letter)
{
    return letter == 'y' ? "yes" : letter == 'n' ? "no" : "unknown";
}

static const char *answers_text(struct arena *a, struct bytes answers)
{
    const char *text = "";

    for (size_t i = 0; i < answers.size; i++)
        text = desk_text(a, text, i > 0 ? "; " : "", retention_questions[i], ": ",
                         answer_word(answers.at[i]), NULL);
    return text;
}

static void give_event(const struct item_retention *e, struct rows *r)
{
    rows_next(r, 10);
    rows_text(r, "row", "event");
    rows_time(r, "at", e->at);
    rows_text(r, "what", retention_what_word(e->what));
    rows_bytes(r, "person", e->person);
    rows_bytes(r, "reason", e->reason);
    if (e->has_record)
        rows_id(r, "record", &e->record);
    else
        rows_text(r, "record", "");
    rows_time(r, "notice", e->notice);
    if (e->group != 0)
        rows_number(r, "group", e->group);
    else
        rows_text(r, "group", "");
    rows_bytes(r, "reference", e->reference);
    rows_text(r, "answers", answers_text(r->arena, e->answers));
}

status review_show_prepare(struct desk *d, struct call *c)
{
    struct nominal *const n = arena_take(d->exchange->arena, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    TRY(nominal_find(d, c, n));
    TRY(log_reading(d, c, &n->id, "nominal shown"));
    c->work = n;
    return OK;
}

status review_show_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct nominal *const n = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + n->events.count);
    give_set(d, n, &r);
    for (size_t i = 0; i < n->events.count; i++)
        give_event(&n->events.at[i], &r);
    rows_give(&r, ret);
    ret->sentence = bytes_of_text(note_of(d));
    return OK;
}
