#include "cli.h"

/* The desk of national ingestion: what has arrived, the answer to each record, and where
 * the two sides differ, which is the same at an agency. */

static const struct option_row list_options[] = {
    {"state", "WORD",
     "waiting, recalled, loading, accepted, replaced, refused, delete, deleting, "
     "undeleted, deleted"},
    {"skip", "NUMBER", "begins behind so many of the newest"},
};

static int run_list(struct cli *c)
{
    static const char *const columns[] = {"id",    "from",      "stored",   "state",
                                          "rule",  "reference", "replaces", "answered",
                                          "batch", "note"};
    const struct control_field arguments[] = {cli_argument("state", cli_text(c, "state")),
                                              cli_argument("skip", cli_text(c, "skip"))};
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
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {cli_argument("id", c->arguments[0]), first,
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
    return send_answer(c, "ingest-accept",
                       cli_argument("reference", cli_text(c, "reference")),
                       cli_argument("mend", ""));
}

const struct command command_ingest_accept = {
    .name = "ingest accept",
    .arguments = "ID|URN",
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
    return send_answer(c, "ingest-refuse", cli_argument("reference", cli_text(c, "rule")),
                       cli_argument("mend", cli_text(c, "mend")));
}

const struct command command_ingest_refuse = {
    .name = "ingest refuse",
    .arguments = "ID|URN",
    .summary = "Tells the publisher why the national database does not take a record",
    .details = "The bureau's to-do stays open until a correction is published, which is "
               "answered by itself.",
    .options = refuse_options,
    .option_count = COUNT_OF(refuse_options),
    .run = run_refuse,
};

static int run_deleted(struct cli *c)
{
    return send_answer(c, "ingest-deleted", cli_argument("reference", ""),
                       cli_argument("mend", ""));
}

const struct command command_ingest_deleted = {
    .name = "ingest deleted",
    .arguments = "ID|URN",
    .summary = "Tells the publisher that what it took back was deleted from the national "
               "database",
    .details = "For what the loader did not delete: flagpost ingest list --state "
               "undeleted.  What its owner\nhas not recalled or replaced is not to be "
               "deleted.",
    .run = run_deleted,
};

static int run_reconcile(struct cli *c)
{
    static const char *const columns[] = {"agency", "state",       "ended", "here",
                                          "there",  "differences", "next",  "why"};
    struct control_answer a = {0};

    if (c->argument_count > 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one agency, or none");
    const struct control_field agency =
        cli_argument("agency", c->argument_count == 1 ? c->arguments[0] : NULL);
    if (!cli_ask(c, c->argument_count == 1 ? "ingest-reconcile" : "ingest-reconciled",
                 &agency, 1, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_ingest_reconcile = {
    .name = "ingest reconcile",
    .arguments = "[AGENCY]",
    .summary = "Compares with an agency what was sent and answered, or tells how it ended",
    .details =
        "National ingestion does so by itself with each force once a day. Compared "
        "are hashes of ranges;\nflagpost ingest differences lists what was found, at "
        "both sides.",
    .run = run_reconcile,
};

static const struct option_row differences_options[] = {
    {"all", NULL, "those that were settled as well"},
};

static int run_differences(struct cli *c)
{
    static const char *const columns[] = {"record",   "with",  "here",  "here_as", "there",
                                          "there_as", "since", "state", "do"};
    const struct control_field all =
        cli_argument("all", cli_value(c, "all") == NULL ? NULL : "yes");
    struct control_answer a = {0};

    if (!cli_ask(c, "ingest-differences", &all, 1, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_ingest_differences = {
    .name = "ingest differences",
    .arguments = "",
    .summary =
        "Lists the records about which this side and the other differ, and what both "
        "have",
    .options = differences_options,
    .option_count = COUNT_OF(differences_options),
    .run = run_differences,
};

static int close_difference(struct cli *c, const char *verb, const char *person,
                            const char *reason)
{
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one record's id");
    if (!cli_id(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {cli_argument("id", c->arguments[0]),
                                              cli_argument("person", person),
                                              cli_argument("reason", reason)};
    if (!cli_ask(c, verb, arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

static int run_resend(struct cli *c)
{
    return close_difference(c, "ingest-resend", NULL, NULL);
}

const struct command command_ingest_resend = {
    .name = "ingest resend",
    .arguments = "ID",
    .summary = "Sends again what the other side lacks: a force its record, national "
               "ingestion its answer",
    .run = run_resend,
};

static const struct option_row settle_options[] = {
    {"person", "NAME", "who decides"},
    {"reason", "TEXT", "why the two may differ"},
};

static int run_settle(struct cli *c)
{
    return close_difference(c, "ingest-settle", cli_text(c, "person"),
                            cli_text(c, "reason"));
}

const struct command command_ingest_settle = {
    .name = "ingest settle",
    .arguments = "ID",
    .summary = "Closes a difference by a named person's decision",
    .details = "It stands as long as both sides say what they say now.",
    .options = settle_options,
    .option_count = COUNT_OF(settle_options),
    .run = run_settle,
};
