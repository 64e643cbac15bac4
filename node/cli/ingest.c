#include "cli.h"

/* The desk of national ingestion: what has arrived, and the answer to each record. */

static struct control_field argument(const char *name, const char *value)
{
    return (struct control_field){.name = bytes_of_text(name),
                                  .value = bytes_of_text(value == NULL ? "" : value)};
}

static const struct option_row list_options[] = {
    {"state", "WORD", "waiting, loading, accepted, refused"},
    {"skip", "NUMBER", "begins behind so many of the newest"},
};

static int run_list(struct cli *c)
{
    static const char *const columns[] = {
        "id", "from", "stored", "state", "rule", "reference", "answered", "batch", "note"};
    const struct control_field arguments[] = {argument("state", cli_text(c, "state")),
                                              argument("skip", cli_text(c, "skip"))};
    struct control_answer a = {0};

    if (!cli_ask(c, "ingest-list", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_ingest_list = {
    .name = "ingest list",
    .arguments = "",
    .summary =
        "Lists the records that have arrived and how each was answered, newest first",
    .details = "Opens nothing: flagpost show ID does, for a purpose.",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static int send_answer(struct cli *c, const char *verb, struct control_field first,
                       struct control_field second)
{
    static const char *const columns[] = {"record", "publisher", "says", "answered"};
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one record's id");
    if (!cli_id(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {argument("id", c->arguments[0]), first,
                                              second};
    if (!cli_ask(c, verb, arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

static const struct option_row accept_options[] = {
    {"reference", "TEXT", "the national reference; the publisher sees it"},
};

static int run_accept(struct cli *c)
{
    return send_answer(c, "ingest-accept", argument("reference", cli_text(c, "reference")),
                       argument("mend", ""));
}

const struct command command_ingest_accept = {
    .name = "ingest accept",
    .arguments = "ID",
    .summary = "Tells the publisher that the national database holds a record",
    .details = "A record has one answer: the same again is no fault and is sent nowhere, "
               "another is refused.\nA correction is a record of its own.",
    .options = accept_options,
    .option_count = COUNT_OF(accept_options),
    .run = run_accept,
};

static const struct option_row refuse_options[] = {
    {"rule", "TEXT", "which rule it breaks: one word; stands in the bureau's to-do"},
    {"mend", "TEXT", "what the bureau is to do; shown by its trace"},
};

static int run_refuse(struct cli *c)
{
    return send_answer(c, "ingest-refuse", argument("reference", cli_text(c, "rule")),
                       argument("mend", cli_text(c, "mend")));
}

const struct command command_ingest_refuse = {
    .name = "ingest refuse",
    .arguments = "ID",
    .summary = "Tells the publisher why the national database does not take a record",
    .details = "The bureau's to-do stays open until a correction is published, which is "
               "answered by itself.",
    .options = refuse_options,
    .option_count = COUNT_OF(refuse_options),
    .run = run_refuse,
};
