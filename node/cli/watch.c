#include "cli_asking.h"
#include "seek_options.h"

#include <string.h>

/* Watches: what an operator looks for among what arrives, and what they have found. */

static const struct option_row add_options[] = {
    SEEK_OPTIONS,
    {"from", "AGENCY", "only of this publisher"},
    {"priority", "WORD", "high, or medium and high; else of any priority"},
    {"until", "TIME", "ends by itself then: a day or a time, UTC"},
    {"reason", "TEXT", "why it is watched; goes into the log"},
};

enum { WORDS_ROOM = 512 };

static const char *const watch_columns[] = {"watch",    "state", "looks_for", "from",
                                            "priority", "since", "until",     "reason"};

static int run_add(struct cli *c)
{
    struct asking a = {.cli = c};
    char words[WORDS_ROOM];
    struct writer w = writer_over(words, sizeof words - 1);

    for (size_t i = 0; i < c->argument_count; i++) {
        write_text(&w, i == 0 ? "" : " ");
        write_text(&w, c->arguments[i]);
    }
    if (w.bad)
        return cli_fail(c, EXIT_WRONG_USE, "watch add", "those are too many words");
    words[w.size] = '\0';
    asking_add(&a, "words", words);
    asking_options(&a);
    return asking_ask(&a, "watch-add", watch_columns, COUNT_OF(watch_columns));
}

const struct command command_watch_add = {
    .name = "watch add",
    .arguments = "[WORD...]",
    .summary = "Tells you when a record arrives that has all that is given",
    .details =
        "As `flagpost search` looks for it, in each record that arrives from now on: an "
        "alert "
        "is raised\nonce, within a second of storage, and is yours alone (`flagpost todo`, "
        "`flagpost watch alerts`).  The\nwatch is kept sealed; that it was set, with its "
        "reason, and each match are in the log.",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .run = run_add,
};

static int run_given(struct cli *c, const char *verb, const char *const *columns,
                     size_t count)
{
    struct asking a = {.cli = c};

    asking_options(&a);
    return asking_ask(&a, verb, columns, count);
}

static const struct option_row list_options[] = {
    {"all", NULL, "those that ended in the last 30 days, too"},
};

static int run_list(struct cli *c)
{
    return run_given(c, "watch-list", watch_columns, COUNT_OF(watch_columns));
}

const struct command command_watch_list = {
    .name = "watch list",
    .arguments = "",
    .summary = "Lists your watches",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static const struct option_row end_options[] = {
    {"reason", "TEXT", "why it is watched no longer; goes into the log"},
};

static int run_end(struct cli *c)
{
    struct asking a = {.cli = c};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "watch end",
                        "give the id of one watch: `flagpost watch list`");
    asking_add(&a, "id", c->arguments[0]);
    asking_options(&a);
    return asking_ask(&a, "watch-end", NULL, 0);
}

const struct command command_watch_end = {
    .name = "watch end",
    .arguments = "WATCH",
    .summary = "Ends one of your watches",
    .options = end_options,
    .option_count = COUNT_OF(end_options),
    .run = run_end,
};

static const struct option_row alert_options[] = {
    {"all", NULL, "those that were seen or wait for the end of quiet hours, too"},
};

static int run_alerts(struct cli *c)
{
    static const char *const columns[] = {"id",       "from",    "priority", "marking",
                                          "handling", "stored",  "alert",    "raised",
                                          "note",     "matched", "watch"};

    return run_given(c, "watch-alerts", columns, COUNT_OF(columns));
}

const struct command command_watch_alerts = {
    .name = "watch alerts",
    .arguments = "",
    .summary = "Lists what your watches have found and you have not seen",
    .details =
        "An alert is seen once you have read its record with `flagpost show`, or said "
        "so with `flagpost\nwatch seen`.  Listing them is in the log.",
    .options = alert_options,
    .option_count = COUNT_OF(alert_options),
    .run = run_alerts,
};

static const struct option_row seen_options[] = {
    {"all", NULL, "all that are new"},
};

static int run_seen(struct cli *c)
{
    struct asking a = {.cli = c};
    const bool all = cli_value(c, "all") != NULL;

    if (c->argument_count != (all ? 0 : 1))
        return cli_fail(c, EXIT_WRONG_USE, "watch seen",
                        "give one record's id or URN, or --all");
    if (!all && !cli_record(c))
        return EXIT_WRONG_USE;
    if (!all)
        asking_add(&a, "id", c->arguments[0]);
    asking_options(&a);
    return asking_ask(&a, "watch-seen", NULL, 0);
}

const struct command command_watch_seen = {
    .name = "watch seen",
    .arguments = "[ID|URN]",
    .summary = "Says that you have seen your alerts of a record, or all of them",
    .options = seen_options,
    .option_count = COUNT_OF(seen_options),
    .run = run_seen,
};

static const struct option_row set_options[] = {
    {"quiet", "HOURS", "no alert is told between these hours of UTC: 22-6; off: none"},
    {"urgent", "WORD", "high priority in quiet hours: at-once (as it is), or held"},
    {"priority", "WORD",
     "alerts of this priority and above alone: high, medium, low (all)"},
};

static int run_set(struct cli *c)
{
    return run_given(c, "watch-set", NULL, 0);
}

const struct command command_watch_set = {
    .name = "watch set",
    .arguments = "",
    .summary = "Sets your quiet hours, and what you want to be told of at all",
    .options = set_options,
    .option_count = COUNT_OF(set_options),
    .run = run_set,
};
