#include "cli_asking.h"

#include <stdio.h>

/* Links between records of two agencies: what is proposed, why, and what a person says. */

enum { ROWS_MAX = 128 };

static bool one_link(struct cli *c)
{
    if (c->argument_count == 1)
        return true;
    (void)cli_fail(c, EXIT_WRONG_USE, c->command->name,
                   "give the id of one link: `flagpost links`");
    return false;
}

/* --- the list --- */

static const struct option_row list_options[] = {
    {"state", "WORD", "proposed (as it is), same, not-the-same, gone, all"},
    {"from", "AGENCY", "only those with a record of this publisher"},
    {"type", "WORD", "only those by this kind: phone, vrm, passport, pnc_id, imei ..."},
    {"record", "ID|URN", "only those of this record, in any state"},
    {"skip", "NUMBER", "goes on where the list before ended"},
};

static int run_list(struct cli *c)
{
    static const char *const names[] = {"state", "from", "type", "skip"};
    static const char *const columns[] = {"link",         "state", "age",    "says",
                                          "by",           "from",  "record", "other_from",
                                          "other_record", "note"};
    struct asking a = {.cli = c};

    if (c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "links",
                        "it takes options only; of one link: `flagpost links show LINK`");
    asking_named(&a, names, COUNT_OF(names));
    asking_add(&a, "id", cli_text(c, "record"));
    return asking_ask(&a, "links", columns, COUNT_OF(columns));
}

const struct command command_links = {
    .name = "links",
    .arguments = "",
    .summary = "Lists pairs of records of two agencies that have the same identifier",
    .details =
        "At a node of kind fusion, which proposes them as records arrive: by telephone "
        "number, registration\nmark, passport, PNC ID, CRO number, NINO, IMEI, MMSI or "
        "hull number, account and e-mail address,\nwhere both pass their check.  The list "
        "opens nothing and names no identifier.  What was recalled,\ncorrected or erased "
        "is gone from it.",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static int run_often(struct cli *c)
{
    static const char *const columns[] = {"what",   "records", "from",
                                          "newest", "since",   "last"};
    const struct asking a = {.cli = c};

    if (c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "links often", "it takes no arguments");
    return asking_ask(&a, "links-often", columns, COUNT_OF(columns));
}

const struct command command_links_often = {
    .name = "links often",
    .arguments = "",
    .summary = "Lists by what nothing is proposed any more: too many records have it",
    .details = "A taxi's telephone number links everybody with everybody.  Listed are the "
               "kind, how many records\nhad it before the newest one, and which that is.",
    .run = run_often,
};

/* --- one of them --- */

static const struct option_row show_options[] = {
    {"purpose", "TEXT", "why it is read; goes into the log before either is opened"},
    {"class", "WORD", "what it is used for, which either owner is told"},
};

/* The rows of one kind as a table of their own. */
static void print_kind(const struct cli *c, const struct control_answer *all,
                       const char *kind, const char *const *columns, size_t count)
{
    struct control_row rows[ROWS_MAX];
    struct control_answer some = {.rows = rows};

    for (size_t i = 0; i < all->row_count && some.row_count < ROWS_MAX; i++) {
        if (bytes_equal(control_value(&all->rows[i], "row"), bytes_of_text(kind)))
            rows[some.row_count++] = all->rows[i];
    }
    if (some.row_count == 0)
        return;
    (void)cli_print(c, &some, columns, count);
    (void)printf("\n");
}

static void print_link(const struct cli *c, const struct control_answer *a)
{
    static const char *const link[] = {"link", "state", "age", "says", "before"};
    static const char *const record[] = {"id",       "from",   "priority", "marking",
                                         "handling", "stored", "note"};
    static const char *const feature[] = {"what", "value", "in", "and_in", "why"};
    static const char *const event[] = {"at", "decided", "person", "reason"};

    print_kind(c, a, "link", link, COUNT_OF(link));
    print_kind(c, a, "record", record, COUNT_OF(record));
    print_kind(c, a, "feature", feature, COUNT_OF(feature));
    print_kind(c, a, "event", event, COUNT_OF(event));
}

static int run_show(struct cli *c)
{
    static const char *const names[] = {"purpose", "class"};
    struct control_answer answer = {0};
    struct asking a = {.cli = c};

    if (!one_link(c))
        return EXIT_WRONG_USE;
    asking_add(&a, "link", c->arguments[0]);
    asking_named(&a, names, COUNT_OF(names));
    if (!cli_ask(c, "links-show", a.arguments, a.count, &answer))
        return EXIT_UNREACHABLE;
    if (c->json || answer.status != OK)
        return cli_print(c, &answer, NULL, 0);
    print_link(c, &answer);
    return EXIT_DONE;
}

const struct command command_links_show = {
    .name = "links show",
    .arguments = "LINK",
    .summary = "Shows what two records have in common, and what was decided about it",
    .details = "Both records are opened for it: both readings are in the log, and either "
               "owner is told of its own.",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .run = run_show,
};

static const struct option_row decide_options[] = {
    {"same", NULL, "both are about the same"},
    {"not-the-same", NULL, "they are not; this pair is not proposed again"},
    {"undo", NULL, "takes the decision back: it is proposed as before"},
    {"reason", "TEXT", "why; stays in the log, so nothing of the persons in it"},
};

static int run_decide(struct cli *c)
{
    static const char *const words[] = {"same", "not-the-same", "undo"};
    static const char *const names[] = {"reason"};
    struct asking a = {.cli = c};
    size_t said = 0;

    if (!one_link(c))
        return EXIT_WRONG_USE;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (cli_value(c, words[i]) == NULL)
            continue;
        asking_add(&a, "says", words[i]);
        said++;
    }
    if (said != 1)
        return cli_fail(c, EXIT_WRONG_USE, "links decide",
                        "say one of --same, --not-the-same and --undo");
    asking_add(&a, "link", c->arguments[0]);
    asking_named(&a, names, COUNT_OF(names));
    return asking_ask(&a, "links-decide", NULL, 0);
}

const struct command command_links_decide = {
    .name = "links decide",
    .arguments = "LINK",
    .summary =
        "Says whether two records are about the same, with a reason; or takes it back",
    .details = "The records themselves stay as they are: nothing is merged, and nobody "
               "outside is told\n(links tell does that); an undoing is told to whoever was "
               "told.",
    .options = decide_options,
    .option_count = COUNT_OF(decide_options),
    .run = run_decide,
};

static const struct option_row tell_options[] = {
    {"preview", NULL, "sends nothing: lists who would be told, and why not"},
    {"reason", "TEXT", "why they are told; stays in the log"},
};

static int run_tell(struct cli *c)
{
    static const char *const names[] = {"reason"};
    static const char *const columns[] = {"agency", "record", "way", "about",
                                          "other",  "told",   "why"};
    struct asking a = {.cli = c};

    if (!one_link(c))
        return EXIT_WRONG_USE;
    asking_add(&a, "link", c->arguments[0]);
    asking_add(&a, "preview", cli_value(c, "preview") == NULL ? NULL : "1");
    asking_named(&a, names, COUNT_OF(names));
    return asking_ask(&a, "links-tell", columns, COUNT_OF(columns));
}

const struct command command_links_tell = {
    .name = "links tell",
    .arguments = "LINK",
    .summary =
        "Tells the owners of two records that are about the same, as far as they may "
        "know",
    .details =
        "Of either record its owner is told whose the other is, which, and by what kind of "
        "identifier:\npointer, where routing lets it have the other record and nothing has "
        "to "
        "be asked; ask, where A1 or S2\nwants that record's owner asked first (`flagpost "
        "ask`, "
        "then this again); silent, where no rule lets\nit have it: it learns nothing, and "
        "the "
        "other owner alone may.  `links decide --undo` takes it back.",
    .options = tell_options,
    .option_count = COUNT_OF(tell_options),
    .run = run_tell,
};
