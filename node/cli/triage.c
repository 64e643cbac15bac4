#include "cli_asking.h"

/* What a desk says of a record that has arrived: who has it in hand, and that it is done.
 */

/* The record, and the options that were given. */
static int ask(struct cli *c, const char *const *columns, size_t column_count)
{
    struct asking a = {.cli = c};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    asking_add(&a, "id", c->arguments[0]);
    asking_options(&a);
    return asking_ask(&a, c->command->name, columns, column_count);
}

static int run(struct cli *c)
{
    return ask(c, NULL, 0);
}

static const struct option_row claim_options[] = {
    {"over", NULL, "takes it from a colleague who has it in hand; with --reason"},
    {"back", NULL, "gives it back: nobody has it in hand then"},
    {"reason", "TEXT", "why it is taken over; goes into the log"},
};

const struct command command_claim = {
    .name = "claim",
    .arguments = "ID|URN",
    .summary = "Takes a record that has arrived in hand, as the others see in the inbox",
    .details = "Its originator is not told: that is `flagpost acknowledge`.",
    .options = claim_options,
    .option_count = COUNT_OF(claim_options),
    .run = run,
};

static const struct option_row reason_options[] = {
    {"reason", "TEXT", "what was done, or why it is looked at again; goes into the log"},
};

const struct command command_close = {
    .name = "close",
    .arguments = "ID|URN",
    .summary = "Says that a record that has arrived needs nobody any more",
    .details = "Only of what somebody here has opened, of what is urgent once it is "
               "acknowledged, and\nby who has it in hand.  The record stays as it is; "
               "`flagpost inbox --work open` lists it\nno longer.",
    .options = reason_options,
    .option_count = COUNT_OF(reason_options),
    .run = run,
};

const struct command command_reopen = {
    .name = "reopen",
    .arguments = "ID|URN",
    .summary = "Takes a record in hand again that was closed",
    .options = reason_options,
    .option_count = COUNT_OF(reason_options),
    .run = run,
};

static const struct option_row note_options[] = {
    {"text", "TEXT", "what colleagues here should know about it"},
};

const struct command command_note = {
    .name = "note",
    .arguments = "ID|URN",
    .summary = "Notes something about a record that has arrived, for colleagues here",
    .details =
        "Its owner never sees it.  Kept sealed, read with `flagpost notes`, and erased "
        "with the\nrecord; a search for one person finds it.",
    .options = note_options,
    .option_count = COUNT_OF(note_options),
    .run = run,
};

static const struct option_row notes_options[] = {
    {"purpose", "TEXT", "why they are read; goes into the log before anything is shown"},
};

static int run_notes(struct cli *c)
{
    static const char *const columns[] = {"at", "by", "text"};

    return ask(c, columns, COUNT_OF(columns));
}

const struct command command_notes = {
    .name = "notes",
    .arguments = "ID|URN",
    .summary = "Shows what was noted here about a record; the reading is in the log before",
    .options = notes_options,
    .option_count = COUNT_OF(notes_options),
    .run = run_notes,
};
