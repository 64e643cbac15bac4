#include "cli.h"

#include <stdio.h>
#include <string.h>

/* Taking a record back, and saying what became of one that was taken back. */

static const struct option_row recall_options[] = {
    {"reason", "TEXT",
     "read by every agency that ever had it: nothing of the record in it"},
    {"person", "TEXT", "who decided it"},
    {"compromise", NULL, "a source is exposed, or it was marked too low: all its versions"},
    {"within", "HOURS",
     "until holders are to state what became of it (72; 4 if compromised)"},
};

static int run_recall(struct cli *c)
{
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "recall", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const char *const compromise = cli_value(c, "compromise") == NULL ? "" : "yes";
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]), cli_argument("reason", cli_text(c, "reason")),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("compromise", compromise),
        cli_argument("within", cli_text(c, "within"))};
    if (!cli_ask(c, "recall", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (c->json || a.status != OK)
        return cli_print(c, &a, NULL, 0);
    for (size_t i = 0; i < a.row_count; i++) {
        const struct control_row *const row = &a.rows[i];
        const bool record = control_value(row, "id").size > 0;
        (void)printf(record ? "recalled  " : "  ");
        cli_put(stdout, control_value(row, record ? "id" : "agency"));
        if (!record && control_value(row, "reason").size > 0) {
            (void)printf(": not told: ");
            cli_put(stdout, control_value(row, "reason"));
        }
        if (!record && control_value(row, "opened").size > 0) {
            (void)printf(": opened it ");
            cli_put(stdout, control_value(row, "opened"));
        }
        (void)printf("\n");
    }
    const struct control_answer end = {.status = a.status, .sentence = a.sentence};
    return cli_print(c, &end, NULL, 0);
}

const struct command command_recall = {
    .name = "recall",
    .arguments = "ID|URN",
    .summary = "Takes an own record back from everyone who ever had it",
    .details =
        "It goes to every agency that was ever wrapped for the record, by the immediate "
        "lane, and\nacts also where a node was away.  From the commit that stores it the "
        "record is not opened\nthere any more; neither are copies that were made of it, "
        "which their makers' nodes recall in\nturn.  Who has told that it was opened is "
        "named in the answer.  Each holder's node says at\nonce whether it was opened "
        "before; a person there then states what became of it:\n`flagpost trace ID`.",
    .options = recall_options,
    .option_count = COUNT_OF(recall_options),
    .run = run_recall,
};

static const struct option_row statement_options[] = {
    {"erased", NULL, "erase it here, with what was made of it, and say so"},
    {"hold", NULL, "it is kept under a legal hold"},
    {"adopted", NULL, "it is in our own system, whose controller we are"},
    {"exported", "WHERE", "a copy went outside this exchange: where to"},
    {"person", "TEXT", "who makes the statement; the owner sees it"},
    {"reason", "TEXT", "why; the owner sees it"},
};

/* The one statement that was asked for, or NULL. */
static const char *what_of(const struct cli *c)
{
    static const char *const words[] = {"erased", "hold", "adopted", "exported"};
    const char *what = NULL;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (cli_value(c, words[i]) == NULL)
            continue;
        if (what != NULL)
            return NULL;
        what = words[i];
    }
    return what;
}

static int run_statement(struct cli *c)
{
    struct control_answer a = {0};
    const char *const what = what_of(c);

    if (c->argument_count != 1 || what == NULL)
        return cli_fail(
            c, EXIT_WRONG_USE, "statement",
            "give one record's id or URN and one of --erased, --hold, --adopted, "
            "--exported WHERE");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]), cli_argument("what", what),
        cli_argument("where", strcmp(what, "exported") == 0 ? cli_text(c, "exported") : ""),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("reason", cli_text(c, "reason"))};
    if (!cli_ask(c, "statement", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_statement = {
    .name = "statement",
    .arguments = "ID|URN",
    .summary = "Says, signed, what became here of a record that its owner has recalled",
    .details =
        "--erased erases first: storage key, wrap and ciphertext, and the copies made of "
        "the\nrecord; header and proofs stay.  The owner is told once it is in no file any "
        "more: a\nprogram that reads the journal may hold that up.  After an adoption "
        "--erased may follow,\nafter a hold with --reason, which says why the hold has "
        "ended.  --exported may be said\nbeside any of them.",
    .options = statement_options,
    .option_count = COUNT_OF(statement_options),
    .run = run_statement,
};
