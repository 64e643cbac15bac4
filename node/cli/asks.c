#include "cli.h"

#include <string.h>

/* Subcommands that ask the running node one question and print its answer. */

static int ask(struct cli *c, const char *verb, const struct control_field *arguments,
               size_t count, const char *const *columns, size_t column_count)
{
    struct control_answer a = {0};

    if (!cli_ask(c, verb, arguments, count, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, column_count);
}

/* Asks with the options that were given, each under its own name; a switch says "1".  One
 * with a hyphen, which no argument has, is the caller's own. */
static int ask_options(struct cli *c, const char *verb, const char *const *columns,
                       size_t column_count)
{
    struct control_field arguments[CLI_OPTIONS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < c->command->option_count; i++) {
        const struct option_row *const o = &c->command->options[i];
        const char *const value = o->argument == NULL
                                      ? (cli_value(c, o->name) == NULL ? NULL : "1")
                                      : cli_text(c, o->name);
        if (value != NULL && strchr(o->name, '-') == NULL)
            arguments[count++] = cli_argument(o->name, value);
    }
    return ask(c, verb, arguments, count, columns, column_count);
}

/* It chooses what is asked, and is no argument of it. */
#define SINCE_LAST "since-last"

static const struct option_row inbox_options[] = {
    {"unread", NULL, "only what nobody here has opened"},
    {"priority", "WORD", "high, medium, low"},
    {"flag", "FLAG", "only with this flag"},
    {"from", "AGENCY", "only of this publisher"},
    {"force", "CODE", "only of this force, for example 55"},
    {"handling", "CODE", "P or C"},
    {"work", "WORD", "open (not closed), unclaimed, claimed, mine, closed"},
    {"older", "HOURS", "here for so many hours at least"},
    {"since", "TIME", "stored here from this day or time on, UTC: 2026-11-27"},
    {"until", "TIME", "and before this time, or the end of this day"},
    {"skip", "NUMBER", "begins behind so many of the newest"},
    {SINCE_LAST, NULL, "all that is new since you asked so last, the oldest first; alone"},
};

/* Any other option of it; NULL: none. */
static const char *narrowed_by(const struct cli *c)
{
    for (size_t i = 0; i < COUNT_OF(inbox_options); i++) {
        const char *const name = inbox_options[i].name;
        if (strcmp(name, SINCE_LAST) != 0 && cli_value(c, name) != NULL)
            return name;
    }
    return NULL;
}

/* What is listed as new is not listed so again, and what is passed over would never be. */
static int run_inbox(struct cli *c)
{
    static const char *const columns[] = {
        "id",  "from", "priority", "marking", "handling", "flags", "stored",
        "age", "read", "work",     "by",      "state",    "note"};
    const bool is_new = cli_value(c, SINCE_LAST) != NULL;
    const char *const narrowed = is_new ? narrowed_by(c) : NULL;

    if (narrowed != NULL)
        return cli_fail(c, EXIT_WRONG_USE, narrowed,
                        "--since-last lists all that is new, once: what you left out would "
                        "never be told as new; ask without one of the two");
    return ask_options(c, is_new ? "inbox-new" : "inbox", columns, COUNT_OF(columns));
}

const struct command command_inbox = {
    .name = "inbox",
    .arguments = "",
    .summary = "Lists what has arrived, newest first, without opening anything",
    .options = inbox_options,
    .option_count = COUNT_OF(inbox_options),
    .run = run_inbox,
};

static const struct option_row audit_options[] = {
    {"operation", "WORD",
     "collect, alter, consult, disclose, combine, erase, refuse, install, decide, deny"},
    {"actor", "TEXT", "only rows whose actor has this text in it"},
    {"object", "ID", "only rows about this record; the first digits are enough"},
    {"since", "TIME", "from this day or time on, UTC: 2026-11-27"},
    {"until", "TIME", "and before this time, or the end of this day"},
    {"from", "INDEX", "begin at this index of the log"},
    {"epoch", "EPOCH", "the log of an earlier epoch, as `flagpost verify` names it"},
    {"use", "WORD", "lawfulness, self-monitoring, integrity, criminal-proceedings"},
    {"purpose", "TEXT", "why the log is read; goes into the log"},
};

static int run_audit(struct cli *c)
{
    static const char *const columns[] = {"at",      "operation", "actor", "object",
                                          "purpose", "with",      "rules", "outcome"};

    return ask_options(c, "audit", columns, COUNT_OF(columns));
}

const struct command command_audit = {
    .name = "audit",
    .arguments = "",
    .summary = "Shows the log of collection, consultation, disclosure and refusal",
    .details = "Reading the log is itself logged, with the use that --use names: the law "
               "knows these four\n(DPA 2018 s.62(4); self-monitoring includes internal "
               "proceedings).",
    .options = audit_options,
    .option_count = COUNT_OF(audit_options),
    .run = run_audit,
};

static const struct option_row acknowledge_options[] = {
    {"person", "TEXT", "who takes the record in hand; the originator sees it"},
};

static int run_acknowledge(struct cli *c)
{
    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "acknowledge", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const char *const person = cli_text(c, "person");
    if (person == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "acknowledge",
                        "an acknowledgement names a person: give --person");
    const struct control_field arguments[] = {cli_argument("id", c->arguments[0]),
                                              cli_argument("person", person)};
    return ask(c, "acknowledge", arguments, COUNT_OF(arguments), NULL, 0);
}

const struct command command_acknowledge = {
    .name = "acknowledge",
    .arguments = "ID|URN",
    .summary = "Tells the originator that a named person has a record in hand",
    .options = acknowledge_options,
    .option_count = COUNT_OF(acknowledge_options),
    .run = run_acknowledge,
};

static int run_find(struct cli *c)
{
    static const char *const columns[] = {"id", "publisher", "published", "first_shown",
                                          "note"};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "find", "give one URN, AGENCY/URN, or an id");
    const struct control_field urn = cli_argument("urn", c->arguments[0]);
    return ask(c, "find", &urn, 1, columns, COUNT_OF(columns));
}

const struct command command_find = {
    .name = "find",
    .arguments = "URN|ID",
    .summary = "Tells which records here have a URN, or an id",
    .details =
        "What was published here is found, its newest version, also by a URN that it had "
        "before a\ncorrection; of another agency what somebody here has been shown, also "
        "as AGENCY/URN.  Commands\nthat take a record's id take the URN of one as well.  "
        "The search is in the log.\nWhat is still a draft, or held until a date, is told "
        "as "
        "that.",
    .run = run_find,
};

static const struct option_row epoch_options[] = {
    {"unheard", NULL, "of a restored node: although not every peer has been heard"},
    {"alone", NULL, "although another home of this node has begun one: it is stopped"},
};

static int run_new_epoch(struct cli *c)
{
    return ask_options(c, "new-epoch", NULL, 0);
}

const struct command command_new_epoch = {
    .name = "new-epoch",
    .arguments = "",
    .summary = "Starts a new epoch after the journal was restored or has lost its end",
    .details =
        "Only for a node that refuses to publish (`flagpost status`).  Peers learn what "
        "is known\nof the old epoch; records that they may not have are issued again, "
        "under the same ids.",
    .options = epoch_options,
    .option_count = COUNT_OF(epoch_options),
    .run = run_new_epoch,
};

static int run_todo(struct cli *c)
{
    static const char *const columns[] = {"age", "what", "record", "do"};

    return ask(c, "todo", NULL, 0, columns, COUNT_OF(columns));
}

const struct command command_todo = {
    .name = "todo",
    .arguments = "",
    .summary = "Lists what waits for a person, the oldest first, with what to do",
    .run = run_todo,
};
