#include "case.h"

#include <stdio.h>

/* Calls to immigration enforcement and the documents that they owe (rule R18). */

static bool row_is(const struct control_row *row, const char *what)
{
    return bytes_equal(control_value(row, "row"), bytes_of_text(what));
}

static void put(const struct control_row *row, const char *before, const char *name)
{
    (void)printf("%s", before);
    cli_put(stdout, control_value(row, name));
}

static void print_finding(const struct control_row *row)
{
    put(row, "line ", "line");
    put(row, control_value(row, "column").size == 0 ? "" : ", ", "column");
    put(row, " (", "rule");
    put(row, "): ", "sentence");
    put(row, "\n    mend: ", "mend");
    (void)printf("\n");
}

/* The rows of one kind as a table, those without a kind where `what` is "". */
static void print_part(const struct cli *c, const struct control_answer *all,
                       const char *what, const char *const *columns, size_t count)
{
    struct control_answer part = {.status = OK};

    for (size_t i = 0; i < all->row_count; i++) {
        if (!row_is(&all->rows[i], what))
            continue;
        if (part.row_count == 0)
            part.rows = &all->rows[i];
        part.row_count++;
    }
    if (part.row_count > 0)
        (void)cli_print(c, &part, columns, count);
}

static int print_end(const struct cli *c, const struct control_answer *a)
{
    const struct control_answer end = {.status = a->status, .sentence = a->sentence};

    return cli_print(c, &end, NULL, 0);
}

int case_send(struct cli *c, const char *verb, struct bytes rows,
              const struct control_field *extra, size_t extra_count)
{
    static const char *const summary[] = {"recorded", "already"};
    static const char *const lists[] = {"agency", "calls"};
    struct control_field arguments[4] = {
        {.name = bytes_of_text("rows"), .value = rows},
    };
    struct control_answer a = {0};

    MUST(extra_count < COUNT_OF(arguments));
    for (size_t i = 0; i < extra_count; i++)
        arguments[1 + i] = extra[i];
    if (!cli_ask(c, verb, arguments, 1 + extra_count, &a))
        return EXIT_UNREACHABLE;
    if (c->json)
        return cli_print(c, &a, NULL, 0);
    for (size_t i = 0; i < a.row_count; i++) {
        if (row_is(&a.rows[i], "finding"))
            print_finding(&a.rows[i]);
    }
    print_part(c, &a, "summary", summary, COUNT_OF(summary));
    print_part(c, &a, "list", lists, COUNT_OF(lists));
    return print_end(c, &a);
}

int case_print(const struct cli *c, const struct control_answer *a, const char *what,
               const char *const *columns, size_t count)
{
    if (c->json)
        return cli_print(c, a, NULL, 0);
    for (size_t i = 0; i < a->row_count; i++) {
        if (row_is(&a->rows[i], "finding"))
            print_finding(&a->rows[i]);
    }
    print_part(c, a, what, columns, count);
    return print_end(c, a);
}

void case_print_finding(const struct cli *c, uint32_t line, const struct finding *f)
{
    char number[12];

    (void)snprintf(number, sizeof number, "%u", line);
    const struct control_field fields[] = {
        cli_argument("row", "finding"),        cli_argument("line", number),
        cli_argument("column", f->field),      cli_argument("rule", f->rule),
        cli_argument("sentence", f->sentence), cli_argument("mend", f->mend)};
    const struct control_row row = {.field_count = COUNT_OF(fields), .fields = fields};
    if (!c->json) {
        print_finding(&row);
        return;
    }
    cli_print_json_row(&row);
    (void)printf("\n");
}

/* --- add --- */

static const struct option_row add_options[] = {
    {"reported-at", "TIME", "when the call was made: 2026-11-23T14:05Z"},
    {"station", "CODE", "the caller's station: force code and two characters"},
    {"role", "TEXT", "the caller's role, for example \"custody sergeant\"; never a name"},
};

static int run_add(struct cli *c)
{
    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "case add", "give the reference of one call");
    const char *const at = cli_value(c, "reported-at");
    const char *const station = cli_value(c, "station");
    const char *const role = cli_value(c, "role");
    const struct case_given_row row = {
        .line = 1,
        .given = {.reference = bytes_of_text(c->arguments[0]),
                  .reported_at = bytes_of_text(at == NULL ? "" : at),
                  .station = bytes_of_text(station == NULL ? "" : station),
                  .role = bytes_of_text(role == NULL ? "" : role)}};
    uint8_t room[CASE_ROW_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);

    case_row_write(&w, &row);
    MUST(!w.bad);
    return case_send(c, "case-report", writer_bytes(&w), NULL, 0);
}

const struct command command_case_add = {
    .name = "case add",
    .arguments = "REFERENCE",
    .summary = "Records a call to immigration enforcement: its document is now owed",
    .details =
        "From the call on the officer's clock runs, until a document that cites the\n"
        "reference reaches the bureau.  Nothing of what was said belongs here.",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .run = run_add,
};

/* --- lists --- */

static const struct option_row list_options[] = {
    {"open", NULL, "only calls that still owe a document or an answer"},
    {"overdue", NULL, "only those past their due"},
    {"station", "CODE", "only calls from this station"},
    {"week", "WEEK", "only calls of this ISO week: 2026-W48"},
    {"purpose", "TEXT", "why it is read; goes into the log"},
};

static int ask_list(struct cli *c, const char *verb, const char *const *columns,
                    size_t column_count)
{
    struct control_field arguments[COUNT_OF(list_options)];
    struct control_answer a = {0};
    size_t count = 0;

    for (size_t i = 0; i < c->command->option_count; i++) {
        const struct option_row *const o = &c->command->options[i];
        const char *const value = cli_value(c, o->name);
        if (value != NULL)
            arguments[count++] = cli_argument(o->name, o->argument == NULL ? "1" : value);
    }
    if (!cli_ask(c, verb, arguments, count, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, column_count);
}

static int run_list(struct cli *c)
{
    static const char *const columns[] = {"reference", "state",     "station",
                                          "reported",  "age_hours", "clock",
                                          "due",       "overdue",   "document"};

    return ask_list(c, "case-list", columns, COUNT_OF(columns));
}

const struct command command_case_list = {
    .name = "case list",
    .arguments = "",
    .summary = "Lists calls, oldest first, with what each still owes",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static int run_rates(struct cli *c)
{
    return ask_list(c, "case-rates", NULL, 0);
}

const struct command command_case_rates = {
    .name = "case rates",
    .arguments = "",
    .summary = "Counts calls by week and station: in time, overdue, discharged",
    .details =
        "A call counts in the week in which it was made, by UTC.  submitted_in_time: "
        "the first\ndocument came within the officer's hours; accepted_in_time: "
        "accepted, and the bureau\nnever took longer than its own "
        "(case_officer_hours, case_bureau_hours in the configuration).",
    .options = list_options + 2,
    .option_count = COUNT_OF(list_options) - 2,
    .run = run_rates,
};

static const struct option_row purpose_option[] = {
    {"purpose", "TEXT", "why it is read; goes into the log"},
};

static int run_show(struct cli *c)
{
    static const char *const head[] = {"reference", "state",    "station",
                                       "role",      "reported", "age_hours"};
    static const char *const clocks[] = {"clock", "running",     "since",
                                         "due",   "spent_hours", "breached"};
    static const char *const events[] = {"at",   "what",     "reported", "station",
                                         "role", "document", "person",   "reason"};
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "case show", "give the reference of one call");
    const struct control_field arguments[] = {
        cli_argument("reference", c->arguments[0]),
        cli_argument("purpose", cli_text(c, "purpose"))};
    if (!cli_ask(c, "case-show", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (c->json || a.status != OK)
        return cli_print(c, &a, NULL, 0);
    print_part(c, &a, "", head, COUNT_OF(head));
    (void)printf("\n");
    print_part(c, &a, "clock", clocks, COUNT_OF(clocks));
    (void)printf("\n");
    print_part(c, &a, "event", events, COUNT_OF(events));
    return EXIT_DONE;
}

const struct command command_case_show = {
    .name = "case show",
    .arguments = "REFERENCE",
    .summary = "Shows one call: its clocks, and each thing that happened to it",
    .details =
        "The to-do list names a call by a key of this node and not by its reference: "
        "the key is\ntaken for the reference here, and the look is in the log.",
    .options = purpose_option,
    .option_count = COUNT_OF(purpose_option),
    .run = run_show,
};

static int run_reconcile(struct cli *c)
{
    static const char *const columns[] = {"side", "reference", "at", "station", "what"};
    static const char *const summary[] = {"lists", "calls", "unrecorded", "unlisted"};
    const struct control_field purpose = cli_argument("purpose", cli_text(c, "purpose"));
    struct control_answer a = {0};

    if (!cli_ask(c, "case-reconcile", &purpose, 1, &a))
        return EXIT_UNREACHABLE;
    if (c->json || a.status != OK)
        return cli_print(c, &a, NULL, 0);
    print_part(c, &a, "difference", columns, COUNT_OF(columns));
    (void)printf("\n");
    print_part(c, &a, "summary", summary, COUNT_OF(summary));
    return print_end(c, &a);
}

const struct command command_case_reconcile = {
    .name = "case reconcile",
    .arguments = "",
    .summary = "Holds our calls against the lists of immigration enforcement",
    .details = "theirs: a call that this force never recorded; record it with `case add`.\n"
               "ours: a call that their list of that period does not have.\n"
               "A difference that has its reason is closed with `case settle`.",
    .options = purpose_option,
    .option_count = COUNT_OF(purpose_option),
    .run = run_reconcile,
};

static int run_rebuild(struct cli *c)
{
    struct control_answer a = {0};

    if (!cli_ask(c, "case-rebuild", NULL, 0, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_case_rebuild = {
    .name = "case rebuild",
    .arguments = "",
    .summary = "Makes the index of calls again from the log, and says whether it differed",
    .run = run_rebuild,
};
