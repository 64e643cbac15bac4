#include "input.h"
#include "publish_print.h"
#include "record.h"
#include "text.h"

#include <stdio.h>

/* Who would get a record and why, before anything is sent: the running node is asked,
 * because its roster and rules decide. */

static const struct option_row options[] = {PUBLISH_ROUTING_MAP(PUBLISH_OPTION)};

static bool value_is(const struct control_row *row, const char *name, const char *text)
{
    return text_is(control_value(row, name), text);
}

/* "SWROCU  yes  unit  a rule sends it to ..." in columns. */
static void print_agency(const struct control_row *row)
{
    const struct bytes agency = control_value(row, "agency");
    const struct bytes rule = control_value(row, "rule");

    (void)printf("    %-16.*s  %-3s  %-24.*s  ", (int)agency.size, (const char *)agency.at,
                 value_is(row, "sent", "yes") ? "yes" : "no", (int)rule.size,
                 rule.size == 0 ? "" : (const char *)rule.at);
    cli_put(stdout, control_value(row, "reason"));
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
            publish_print_finding(&a->rows[i]);
        if (value_is(&a->rows[i], "row", "recipient"))
            print_agency(&a->rows[i]);
    }
}

struct explaining {
    int code;
};

static void tell(const struct cli *c, const struct control_answer *a, const char *urn,
                 struct explaining *e)
{
    if (a->status != OK)
        e->code = (int)cli_exit_code(a->status);
    for (size_t i = 0; i < a->row_count; i++) {
        if (value_is(&a->rows[i], "severity", "refuse"))
            e->code = EXIT_REFUSED;
    }
    if (c->json)
        publish_print_json(a, urn);
    else
        print_answer(a, urn);
}

static bool explain_one(struct cli *c, struct bytes packed, const char *urn,
                        struct explaining *e)
{
    struct control_field arguments[PUBLISH_ARGUMENTS_MAX];
    const size_t n = publish_arguments(c, packed, arguments);
    struct control_answer a = {0};

    if (!cli_ask(c, "explain", arguments, n, &a)) {
        e->code = EXIT_UNREACHABLE;
        return false;
    }
    tell(c, &a, urn, e);
    return true;
}

static bool each_record(struct cli *c, const struct input_record *in, void *context)
{
    struct explaining *const e = context;
    struct control_answer unread = {0};
    struct bytes packed = {0};

    if (in->record == NULL)
        return true;
    const size_t mark = arena_mark(&c->arena);
    const char *const urn = publish_urn(c, in->record);
    bool go_on = true;

    if (in->unread->count > 0) {
        publish_unread(c, in, &unread);
        tell(c, &unread, urn, e);
    } else if (record_pack(in->record, &c->arena, &packed) != OK) {
        e->code = cli_fail(c, EXIT_REFUSED, urn, "a field is too long to be sent");
    } else {
        go_on = explain_one(c, packed, urn, e);
    }
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
