#include "review.h"

#include "cli_asking.h"
#include "retention.h"

#include <stdio.h>
#include <string.h>

/* Nominals: which records are about one person, when they are reviewed, what was said. */

/* What stands on the command line behind the command, and every option that was given. */
static bool take(struct asking *a, const char *const *names, size_t count)
{
    if (a->cli->argument_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        asking_add(a, names[i], a->cli->arguments[i]);
    asking_options(a);
    return true;
}

int review_say(struct cli *c, const char *what, const char *const *names, size_t count)
{
    struct asking a = {.cli = c};

    asking_add(&a, "what", what);
    if (!take(&a, names, count))
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, c->command->arguments);
    return asking_ask(&a, "review-event", NULL, 0);
}

bool review_ask(struct cli *c, const char *verb, const char *const *names, size_t count,
                struct control_answer *ret, int *ret_code)
{
    struct asking a = {.cli = c};

    if (!take(&a, names, count)) {
        *ret_code = cli_fail(c, EXIT_WRONG_USE, c->command->name,
                             count == 0 ? "it takes no arguments" : c->command->arguments);
        return false;
    }
    *ret_code = EXIT_UNREACHABLE;
    return cli_ask(c, verb, a.arguments, a.count, ret);
}

static const char *const set_alone[] = {"set"};
static const char *const set_and_record[] = {"set", "id"};
static const char *const set_and_group[] = {"set", "group"};

#define REASON                                                                             \
    {                                                                                      \
        "reason", "TEXT", "why; stays in the log, so nothing of the person in it"          \
    }
#define ON_DAY                                                                             \
    {                                                                                      \
        "on", "DATE", "the day on which the person came to notice: 2019-05-01"             \
    }

/* --- the set --- */

static const struct option_row open_options[] = {
    {"name", "TEXT", "who the nominal is; kept sealed on this node alone"},
    {"born", "DATE", "what is known of it: 1988, 1988-03 or 1988-03-14"},
    {"group", "1-4", "the group of police information management"},
};

static int run_open(struct cli *c)
{
    return review_say(c, "open", NULL, 0);
}

const struct command command_review_open = {
    .name = "review open",
    .arguments = "",
    .summary = "Opens the set of records that this agency keeps about one person",
    .details = "Records are put into it by a person and by nothing else: `flagpost "
               "subject` finds them.\nWhat is reviewed, kept and disposed of is the set, "
               "never a single record.",
    .options = open_options,
    .option_count = COUNT_OF(open_options),
    .run = run_open,
};

static const struct option_row add_options[] = {
    ON_DAY,
    REASON,
    {"unnamed", NULL, "it is about this person though it does not have the name"},
};
static const struct option_row notice_options[] = {ON_DAY, REASON};

static int run_add(struct cli *c)
{
    return review_say(c, "add", set_and_record, COUNT_OF(set_and_record));
}

const struct command command_review_add = {
    .name = "review add",
    .arguments = "SET RECORD",
    .summary = "Puts a record of this agency into a nominal's set",
    .details = "Without --on the nominal came to notice when the record was published.  A "
               "record in which\nnothing of the name stands is asked back about: --unnamed "
               "puts it in, and the log says so.",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .run = run_add,
};

static const struct option_row reason_option[] = {REASON};

static int run_remove(struct cli *c)
{
    return review_say(c, "remove", set_and_record, COUNT_OF(set_and_record));
}

const struct command command_review_remove = {
    .name = "review remove",
    .arguments = "SET RECORD",
    .summary = "Takes a record out of a set: it is not about this person after all",
    .options = reason_option,
    .option_count = COUNT_OF(reason_option),
    .run = run_remove,
};

static int run_notice(struct cli *c)
{
    return review_say(c, "notice", set_alone, COUNT_OF(set_alone));
}

const struct command command_review_notice = {
    .name = "review notice",
    .arguments = "SET",
    .summary = "Says that the person came to notice again, by no record of this exchange",
    .options = notice_options,
    .option_count = COUNT_OF(notice_options),
    .run = run_notice,
};

static int run_group(struct cli *c)
{
    return review_say(c, "group", set_and_group, COUNT_OF(set_and_group));
}

const struct command command_review_group = {
    .name = "review group",
    .arguments = "SET 1-4",
    .summary = "Changes the group of a set; nothing is published again",
    .options = reason_option,
    .option_count = COUNT_OF(reason_option),
    .run = run_group,
};

/* --- holds --- */

static const struct option_row hold_options[] = {
    {"reference", "TEXT", "what it is held for: a case, a request"},
    REASON,
};

static int run_hold(struct cli *c)
{
    return review_say(c, "hold", set_alone, COUNT_OF(set_alone));
}

const struct command command_review_hold = {
    .name = "review hold",
    .arguments = "SET",
    .summary = "Puts a set under legal hold: it beats every other rule",
    .details =
        "Several may stand at once, each known by its --reference.  A hold stops a "
        "disposal also\nin its undo window; the disposal is then proposed and approved "
        "anew.",
    .options = hold_options,
    .option_count = COUNT_OF(hold_options),
    .run = run_hold,
};

static int run_release(struct cli *c)
{
    return review_say(c, "release-hold", set_alone, COUNT_OF(set_alone));
}

const struct command command_review_release_hold = {
    .name = "review release-hold",
    .arguments = "SET",
    .summary = "Ends the hold of that reference",
    .options = hold_options,
    .option_count = COUNT_OF(hold_options),
    .run = run_release,
};

/* --- the review --- */

static const struct option_row answer_options[] = {
    {"keep", NULL, "it is kept, and reviewed again after the list's years"},
    {"dispose", NULL, "it is to be disposed of"},
    {"harm", "ANSWER", "is there a capability for harm?"},
    {"vulnerable", "ANSWER", "are there concerns about children or vulnerable adults?"},
    {"trust", "ANSWER", "did the behaviour involve a breach of trust?"},
    {"links", "ANSWER", "are there links to organised crime or terrorism?"},
    {"concern", "ANSWER", "does the behaviour raise further concern?"},
    {"pattern", "ANSWER", "is there a pattern of offending or of concern?"},
    REASON,
};

enum { FIRST_QUESTION = 2 };

/* yes, no, unknown: its letter; 0 for another word. */
static char letter_of(const char *word)
{
    static const char *const words[] = {"yes", "no", "unknown"};

    for (size_t i = 0; word != NULL && i < COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) == 0)
            return words[i][0];
    }
    return '\0';
}

static int run_answer(struct cli *c)
{
    const bool keep = cli_value(c, "keep") != NULL;
    char letters[RETENTION_QUESTIONS + 1] = "";
    struct asking a = {.cli = c};

    if (c->argument_count != 1 || keep == (cli_value(c, "dispose") != NULL))
        return cli_fail(c, EXIT_WRONG_USE, "review answer",
                        "give one set, and either --keep or --dispose");
    for (size_t i = 0; i < RETENTION_QUESTIONS; i++) {
        letters[i] = letter_of(cli_value(c, answer_options[FIRST_QUESTION + i].name));
        if (letters[i] == '\0')
            return cli_fail(c, EXIT_WRONG_USE, answer_options[FIRST_QUESTION + i].name,
                            "each of the six questions takes yes, no or unknown");
    }
    asking_add(&a, "what", keep ? "keep" : "condemn");
    asking_add(&a, "set", c->arguments[0]);
    asking_add(&a, "answers", letters);
    asking_add(&a, "reason", cli_text(c, "reason"));
    return asking_ask(&a, "review-event", NULL, 0);
}

const struct command command_review_answer = {
    .name = "review answer",
    .arguments = "SET",
    .summary = "Reviews a set: the six national questions, and whether it is kept",
    .details =
        "An ANSWER is yes, no or unknown; all are asked and all are kept with the set.  "
        "With\n--dispose nothing is erased yet: see `flagpost dispose preview`.",
    .options = answer_options,
    .option_count = COUNT_OF(answer_options),
    .run = run_answer,
};

/* --- reading --- */

static const struct option_row list_options[] = {
    {"due", NULL, "only sets that are due for review"},
    {"purpose", "TEXT", "why it is read; goes into the log"},
};

static int run_list(struct cli *c)
{
    struct control_answer answer = {0};
    int code = EXIT_DONE;

    if (!review_ask(c, "review-list", NULL, 0, &answer, &code))
        return code;
    return cli_print(c, &answer, NULL, 0);
}

const struct command command_review_list = {
    .name = "review list",
    .arguments = "",
    .summary = "Lists the nominals of this agency and when each is due for review",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static bool is_event(const struct control_row *row)
{
    return bytes_equal(control_value(row, "row"), bytes_of_text("event"));
}

static const struct option_row purpose_option[] = {
    {"purpose", "TEXT", "why it is read; goes into the log"},
};

static int run_show(struct cli *c)
{
    static const char *const columns[] = {"at",     "what",      "record",
                                          "notice", "group",     "person",
                                          "reason", "reference", "answers"};
    struct control_answer answer = {0};
    int code = EXIT_DONE;

    if (!review_ask(c, "review-show", set_alone, COUNT_OF(set_alone), &answer, &code))
        return code;
    if (c->json || answer.status != OK || answer.row_count == 0)
        return cli_print(c, &answer, NULL, 0);
    MUST(!is_event(&answer.rows[0]));
    struct control_answer head = answer;
    head.row_count = 1;
    (void)cli_print(c, &head, NULL, 0);
    const struct control_answer events = {.row_count = answer.row_count - 1,
                                          .rows = answer.rows + 1};
    (void)printf("\n");
    return cli_print(c, &events, columns, COUNT_OF(columns));
}

const struct command command_review_show = {
    .name = "review show",
    .arguments = "SET",
    .summary = "Shows one set: its records, holds and reviews, with every answer given",
    .options = purpose_option,
    .option_count = COUNT_OF(purpose_option),
    .run = run_show,
};
