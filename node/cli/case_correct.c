#include "case.h"

/* A call that was recorded with something wrong. */

static const struct option_row options[] = {
    {"reported-at", "TIME", "when the call was made: 2026-11-23T14:05Z"},
    {"station", "CODE", "the caller's station: force code and two characters"},
    {"role", "TEXT", "the caller's role, for example \"custody sergeant\"; never a name"},
    {"person", "TEXT", "who decides; goes into the log"},
    {"reason", "TEXT", "why; goes into the log"},
};

/* As the node calls them. */
static const char *const names[] = {"reported_at", "station", "role", "person", "reason"};
_Static_assert(COUNT_OF(names) == COUNT_OF(options), "one for each option");

static int run(struct cli *c)
{
    static const char *const columns[] = {"which", "reported", "station", "role"};
    struct control_field arguments[1 + COUNT_OF(options)];
    struct control_answer a = {0};
    size_t count = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "case correct",
                        "give the reference of one call, and what is right");
    arguments[count++] = (struct control_field){.name = bytes_of_text("reference"),
                                                .value = bytes_of_text(c->arguments[0])};
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const char *const value = cli_text(c, options[i].name);
        if (value != NULL)
            arguments[count++] = (struct control_field){.name = bytes_of_text(names[i]),
                                                        .value = bytes_of_text(value)};
    }
    if (!cli_ask(c, "case-correct", arguments, count, &a))
        return EXIT_UNREACHABLE;
    return case_print(c, &a, "report", columns, COUNT_OF(columns));
}

const struct command command_case_correct = {
    .name = "case correct",
    .arguments = "REFERENCE",
    .summary = "Mends a call that was recorded with a wrong time, station or role",
    .details =
        "What is not given stays.  The report stays in the log, the correction beside it; "
        "the\nclocks run by what is right.  A wrong reference is another call: record the "
        "right one with\n`case add`, and close this one with `case discharge`, with the "
        "reason.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
