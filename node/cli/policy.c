#include "cli.h"
#include "file.h"

static const struct option_row options[] = {
    {"purpose", "TEXT", "why past traffic is looked at; goes into the log"},
};

static int run(struct cli *c)
{
    static const char *const columns[] = {"row",     "id",     "owner",  "agency",
                                          "change",  "rule",   "reason", "records",
                                          "changed", "gained", "lost",   "all"};
    const char *const purpose = cli_text(c, "purpose");
    struct control_answer a = {0};
    struct bytes rules = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "policy test", "give one file of rules");
    const char *const path = c->arguments[0];
    const status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &rules);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    const struct control_field arguments[] = {
        {.name = bytes_of_text("rules"), .value = rules},
        {.name = bytes_of_text("purpose"),
         .value = bytes_of_text(purpose == NULL ? "" : purpose)},
    };
    if (!cli_ask(c, "policy-test", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_policy_test = {
    .name = "policy test",
    .arguments = "RULES",
    .summary = "Tells who would have gained or lost which record under other rules",
    .details =
        "RULES is a list as deploy/lists/lists.txt is, not signed and not installed.  What "
        "this node\npublished and received is judged under the rules in force and under "
        "these, with today's\nroster, from headers alone: record ids, agencies, rules and "
        "sums, never what a record says.\nThe look is logged.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
