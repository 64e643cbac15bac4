#include "cli.h"

/* What a named person decides about a call, each with its reason. */

static const struct option_row options[] = {
    {"person", "TEXT", "who decides; goes into the log"},
    {"reason", "TEXT", "why; goes into the log"},
};

/* The subcommand's second word is the decision. */
static int run(struct cli *c)
{
    enum { GROUP_SIZE = 5 }; /* "case " */
    const char *const what = c->command->name + GROUP_SIZE;
    const char *const person = cli_text(c, "person");
    const char *const reason = cli_text(c, "reason");
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "give the reference of one call");
    const struct control_field arguments[] = {
        {.name = bytes_of_text("what"), .value = bytes_of_text(what)},
        {.name = bytes_of_text("reference"), .value = bytes_of_text(c->arguments[0])},
        {.name = bytes_of_text("person"),
         .value = bytes_of_text(person == NULL ? "" : person)},
        {.name = bytes_of_text("reason"),
         .value = bytes_of_text(reason == NULL ? "" : reason)},
    };
    if (!cli_ask(c, "case-decide", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_case_discharge = {
    .name = "case discharge",
    .arguments = "REFERENCE",
    .summary = "Closes a call without a document, by a named person with a reason",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

const struct command command_case_return = {
    .name = "case return",
    .arguments = "REFERENCE",
    .summary = "Gives the document back to the officer, with the reason",
    .details = "Without --person it is whoever is logged in.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

const struct command command_case_reopen = {
    .name = "case reopen",
    .arguments = "REFERENCE",
    .summary = "Says that a closed call owes a document after all",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

const struct command command_case_settle = {
    .name = "case settle",
    .arguments = "REFERENCE",
    .summary = "Closes a difference to the other side's list, with the reason",
    .details = "It says why the two lists differ, and changes nothing of what is owed.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
