#include "cli.h"

static const struct option_row options[] = {
    {"to", "AGENCY", "immigration enforcement, or an agency outside the United Kingdom"},
    {"person", "TEXT", "who decides"},
    {"reason", "TEXT", "why; goes into the log"},
    {"override-person", "TEXT", "who decides over the block"},
    {"override-reason", "TEXT", "why it does not stand in the way; a reason of its own"},
    {"basis", "WORD",
     "of a transfer abroad: adequacy, safeguards or special-circumstances"},
    {"description", "TEXT", "of a transfer abroad: what is transferred"},
};

static int run(struct cli *c)
{
    static const char *const names[] = {
        "to",    "person",     "reason", "override_person", "override_reason",
        "basis", "description"};
    struct control_field arguments[1 + COUNT_OF(options)];
    struct control_answer a = {0};
    size_t n = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "decide", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    for (size_t i = 0; i < 3; i++) {
        if (cli_text(c, options[i].name) == NULL)
            return cli_fail(
                c, EXIT_WRONG_USE, "decide",
                "a decision names the agency, a person and a reason: give --to, "
                "--person and --reason");
    }
    arguments[n++] = (struct control_field){.name = bytes_of_text("id"),
                                            .value = bytes_of_text(c->arguments[0])};
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const char *const value = cli_text(c, options[i].name);
        if (value != NULL)
            arguments[n++] = (struct control_field){.name = bytes_of_text(names[i]),
                                                    .value = bytes_of_text(value)};
    }
    if (!cli_ask(c, "decide", arguments, n, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_decide = {
    .name = "decide",
    .arguments = "ID|URN",
    .summary =
        "Sends a record to immigration enforcement or abroad, by a person's decision",
    .details =
        "No rule reaches an agency with immigration enforcement access, or one outside the "
        "United\nKingdom.  A person decides for each record, with a reason; abroad, also "
        "with "
        "the basis of the\ntransfer and what is transferred.  A victim, a witness, an "
        "unknown or double role, "
        "a child or a disputed\nage blocks it, unless --override-person and "
        "--override-reason say why not.  Both go into the\nlog of this agency, which "
        "nobody "
        "rewrites, and the record goes in an entry of its own.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
