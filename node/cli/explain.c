#include "cli.h"
#include "input.h"
#include "record.h"
#include "text.h"

#include <stdio.h>

/* Who would get a record and why, before anything is sent: the running node is asked,
 * because its roster and rules decide. */

static const struct option_row options[] = {
    {"send-to", "AGENCY",
     "as if a person sent it to immigration enforcement: --person, --reason"},
    {"person", "TEXT", "who decides"},
    {"reason", "TEXT", "why"},
    {"override-person", "TEXT", "who decides over the block"},
    {"override-reason", "TEXT", "why it does not stand in the way"},
    {"basis", "WORD",
     "of a transfer abroad: adequacy, safeguards or special-circumstances"},
    {"description", "TEXT", "of a transfer abroad: what is transferred"},
    {"confidential", "AGENCY,...", "recipients that the others do not see"},
};

static bool value_is(const struct control_row *row, const char *name, const char *text)
{
    return text_is(control_value(row, name), text);
}

static void put(const struct control_row *row, const char *name)
{
    cli_put(stdout, control_value(row, name));
}

static void print_finding(const struct control_row *row)
{
    (void)printf("    ");
    put(row, "rule");
    (void)printf(" ");
    put(row, "field");
    (void)printf(": ");
    put(row, "sentence");
    (void)printf("\n        mend: ");
    put(row, "mend");
    (void)printf("\n");
}

/* "SWROCU  yes  unit  a rule sends it to ..." in columns. */
static void print_agency(const struct control_row *row)
{
    const struct bytes agency = control_value(row, "agency");
    const struct bytes rule = control_value(row, "rule");

    (void)printf("    %-16.*s  %-3s  %-24.*s  ", (int)agency.size, (const char *)agency.at,
                 value_is(row, "sent", "yes") ? "yes" : "no", (int)rule.size,
                 rule.size == 0 ? "" : (const char *)rule.at);
    put(row, "reason");
    (void)printf("%s\n", value_is(row, "alone", "yes") ? " (an entry of its own)" : "");
}

static void print_answer(const struct control_answer *a, const char *urn)
{
    cli_put(stdout, bytes_of_text(urn));
    (void)printf(": ");
    cli_put(stdout, a->sentence);
    (void)printf("\n");
    for (size_t i = 0; i < a->row_count; i++) {
        if (value_is(&a->rows[i], "row", "finding"))
            print_finding(&a->rows[i]);
        if (value_is(&a->rows[i], "row", "recipient"))
            print_agency(&a->rows[i]);
    }
}

static void print_json(const struct control_answer *a, const char *urn)
{
    (void)printf("{\"urn\":");
    cli_print_json_text(bytes_of_text(urn));
    (void)printf(",\"status\":\"%s\",\"sentence\":", status_word(a->status));
    cli_print_json_text(a->sentence);
    (void)printf(",\"rows\":[");
    for (size_t i = 0; i < a->row_count; i++) {
        (void)printf(i > 0 ? "," : "");
        cli_print_json_row(&a->rows[i]);
    }
    (void)printf("]}\n");
}

struct explaining {
    size_t count;
    int code;
};

/* The record and what was asked for beside it; the node's names for the options. */
static size_t arguments_of(const struct cli *c, struct bytes packed,
                           struct control_field *ret)
{
    static const char *const names[][2] = {{"send-to", "to"},
                                           {"person", "person"},
                                           {"reason", "reason"},
                                           {"override-person", "override_person"},
                                           {"override-reason", "override_reason"},
                                           {"basis", "basis"},
                                           {"description", "description"},
                                           {"confidential", "confidential"}};
    size_t n = 0;

    ret[n++] = (struct control_field){.name = bytes_of_text("record"), .value = packed};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *const value = cli_text(c, names[i][0]);
        if (value != NULL)
            ret[n++] = (struct control_field){.name = bytes_of_text(names[i][1]),
                                              .value = bytes_of_text(value)};
    }
    return n;
}

static bool explain_one(struct cli *c, struct bytes packed, const char *urn,
                        struct explaining *e)
{
    struct control_field arguments[1 + COUNT_OF(options)];
    struct control_answer a = {0};

    if (!cli_ask(c, "explain", arguments, arguments_of(c, packed, arguments), &a)) {
        e->code = EXIT_UNREACHABLE;
        return false;
    }
    e->count++;
    if (a.status != OK)
        e->code = (int)cli_exit_code(a.status);
    for (size_t i = 0; i < a.row_count; i++) {
        if (value_is(&a.rows[i], "severity", "refuse"))
            e->code = EXIT_REFUSED;
    }
    if (c->json)
        print_json(&a, urn);
    else
        print_answer(&a, urn);
    return true;
}

static bool each_record(struct cli *c, const struct record *r, void *context)
{
    struct explaining *const e = context;
    struct bytes packed = {0};

    if (r == NULL)
        return true;
    const size_t mark = arena_mark(&c->arena);
    const char *const urn = arena_text(&c->arena, r->facts.urn);
    bool go_on = true;

    if (urn == NULL || record_pack(r, &c->arena, &packed) != OK)
        e->code = cli_fail(c, EXIT_REFUSED, "record", "a field is too long to be sent");
    else
        go_on = explain_one(c, packed, urn[0] == '\0' ? "(no URN)" : urn, e);
    arena_rewind(&c->arena, mark);
    return go_on;
}

static int run(struct cli *c)
{
    struct explaining e = {0};
    struct bytes text = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "explain", "give one file of records");
    const int read = input_read(c, c->arguments[0], &text);
    if (read != EXIT_DONE)
        return read;
    const int told = input_records(c, c->arguments[0], text, each_record, &e);
    return e.code != EXIT_DONE ? e.code : told;
}

const struct command command_explain = {
    .name = "explain",
    .arguments = "FILE",
    .summary =
        "Tells for each agency whether it would get a record, and which rule decided",
    .details =
        "Nothing is sent and nothing is kept.  The answer is the one that `publish` would "
        "act on.\nA record that would be refused goes to nobody: exit code 1.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
