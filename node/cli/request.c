#include "cli.h"

#include <stdio.h>

/* Asking the owner of a record, and answering as its owner. */

static const char *const wants[] = {"more", "act", "sanitise"};

/* At most one of the switches; false after telling that there were more. */
static bool read_wants(const struct cli *c, const char **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < COUNT_OF(wants); i++) {
        if (cli_value(c, wants[i]) == NULL)
            continue;
        if (*ret != NULL) {
            (void)cli_fail(c, EXIT_WRONG_USE, c->command->name,
                           "one thing is asked at a time: --more, --act or --sanitise");
            return false;
        }
        *ret = wants[i];
    }
    return true;
}

/* One record, and which of the three; false after telling what is not right. */
static bool read_common(struct cli *c, const char **ret_wants)
{
    if (c->argument_count != 1) {
        (void)cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one record's id or URN");
        return false;
    }
    return cli_record(c) && read_wants(c, ret_wants);
}

static const struct option_row ask_options[] = {
    {"more", NULL, "for more than the record says"},
    {"act", NULL, "for consent to act on it (handling A1)"},
    {"sanitise", NULL, "for consent to a sanitised copy (handling S2)"},
    {"question", "TEXT", "what is asked; the owner's desk reads it"},
    {"by", "DAYS|DATE", "when an answer is wanted (7 days)"},
};

static int run_ask(struct cli *c)
{
    static const char *const columns[] = {"record", "owner", "wants", "by"};
    struct control_answer a = {0};
    const char *word = NULL;

    if (!read_common(c, &word))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]), cli_argument("wants", word),
        cli_argument("question", cli_text(c, "question")),
        cli_argument("by", cli_text(c, "by"))};
    if (!cli_ask(c, "ask", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_ask = {
    .name = "ask",
    .arguments = "ID|URN",
    .summary = "Asks the owner of a record for more, or for consent to act on it or to "
               "sanitise it",
    .details =
        "The question goes to the owner alone, under the record's own marking and "
        "handling.  What\nthe handling codes permit already is not asked: it is told "
        "what they permit.  One question\nof each kind is open at a time.",
    .options = ask_options,
    .option_count = COUNT_OF(ask_options),
    .run = run_ask,
};

static const struct option_row asked_options[] = {
    {"overdue", NULL, "only those whose answer is overdue"},
    {"purpose", "TEXT",
     "of one record: why its questions and answers are read; goes into "
     "the log before anything is shown"},
};

/* A question and its answer are texts, which a table would cut up. */
static void print_texts(const struct control_answer *a)
{
    static const char *const names[] = {"question", "answer"};

    for (size_t r = 0; r < a->row_count; r++) {
        const struct control_row *const row = &a->rows[r];
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            const struct bytes text = control_value(row, names[i]);
            if (text.size == 0)
                continue;
            (void)printf("\n%s of ", names[i]);
            cli_put(stdout, control_value(row, i == 0 ? "from" : "owner"));
            (void)printf(" (");
            cli_put(stdout, control_value(row, "wants"));
            (void)printf("): ");
            cli_put(stdout, text);
            (void)printf("\n");
        }
    }
}

static int run_asked(struct cli *c)
{
    static const char *const columns[] = {"record", "owner", "from", "wants",    "state",
                                          "age",    "asked", "by",   "answered", "person"};
    struct control_answer a = {0};

    if (c->argument_count > 1)
        return cli_fail(c, EXIT_WRONG_USE, "asked", "give one record's id or URN, or none");
    if (c->argument_count == 1 && !cli_record(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {
        cli_argument("id", c->argument_count == 1 ? c->arguments[0] : NULL),
        cli_argument("overdue", cli_value(c, "overdue") == NULL ? NULL : "yes"),
        cli_argument("purpose", cli_text(c, "purpose"))};
    if (!cli_ask(c, "asked", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    const int code = cli_print(c, &a, columns, COUNT_OF(columns));
    if (!c->json && a.status == OK)
        print_texts(&a);
    return code;
}

const struct command command_asked = {
    .name = "asked",
    .arguments = "[ID|URN]",
    .summary = "Lists what was asked of owners and whether it was answered; of one record "
               "its texts",
    .details =
        "The list opens nothing.  With a record its questions and answers are shown; "
        "the reading is in\nthe log before that.",
    .options = asked_options,
    .option_count = COUNT_OF(asked_options),
    .run = run_asked,
};

static const struct option_row answer_options[] = {
    {"from", "AGENCY", "whose question is answered"},
    {"more", NULL, "where it asked several things: the one for more"},
    {"act", NULL, "the one to act"},
    {"sanitise", NULL, "the one to sanitise"},
    {"grant", NULL, "yes; to sanitise, this is the consent that S2 asks for"},
    {"refuse", NULL, "no"},
    {"text", "TEXT", "what is answered; that agency reads it"},
    {"reason", "TEXT", "the same, of a consent or a refusal: on what terms, or why"},
    {"person", "NAME", "who answers; that agency sees it"},
    {"released", "NAME", "who released the answer, where a second person is asked for"},
};

static int run_answer(struct cli *c)
{
    static const char *const columns[] = {"record", "from", "wants", "state"};
    const bool grant = cli_value(c, "grant") != NULL;
    const char *const text = cli_text(c, "text");
    const char *const reason = cli_text(c, "reason");
    struct control_answer a = {0};
    const char *word = NULL;

    if (!read_common(c, &word))
        return EXIT_WRONG_USE;
    if (grant == (cli_value(c, "refuse") != NULL))
        return cli_fail(c, EXIT_WRONG_USE, "answer", "give one of --grant and --refuse");
    if (text != NULL && reason != NULL)
        return cli_fail(c, EXIT_WRONG_USE, "answer",
                        "give --text or --reason: the answer has one text");
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]),
        cli_argument("from", cli_text(c, "from")),
        cli_argument("wants", word),
        cli_argument("says", grant ? "grant" : "refuse"),
        cli_argument("text", text != NULL ? text : reason),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("released", cli_text(c, "released"))};
    if (!cli_ask(c, "answer", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_answer = {
    .name = "answer",
    .arguments = "ID|URN",
    .summary = "Answers what another agency has asked about a record of ours, once",
    .details = "`flagpost asked ID --purpose TEXT` shows the question.  The answer goes to "
               "that agency alone.",
    .options = answer_options,
    .option_count = COUNT_OF(answer_options),
    .run = run_answer,
};
