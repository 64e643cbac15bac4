#include "review.h"

#include <stdio.h>

/* Disposing of a nominal's set: two persons, an undo window, then the node erases. */

static const char *const set_alone[] = {"set"};

static const struct option_row purpose_option[] = {
    {"purpose", "TEXT", "why it is read; goes into the log"},
};

/* The rows of a set, then those of its records, each as a table. */
static int print_parts(const struct cli *c, const struct control_answer *a)
{
    size_t i = 0;

    if (c->json || a->status != OK)
        return cli_print(c, a, NULL, 0);
    while (i < a->row_count) {
        const struct bytes kind = control_value(&a->rows[i], "row");
        struct control_answer part = {.rows = &a->rows[i]};
        while (i < a->row_count && bytes_equal(control_value(&a->rows[i], "row"), kind)) {
            part.row_count++;
            i++;
        }
        (void)cli_print(c, &part, NULL, 0);
        (void)printf("\n");
    }
    const struct control_answer end = {.sentence = a->sentence};
    return cli_print(c, &end, NULL, 0);
}

static int run_preview(struct cli *c)
{
    struct control_answer a = {0};
    int code = EXIT_DONE;

    if (!review_ask(c, "dispose-preview", set_alone, COUNT_OF(set_alone), &a, &code))
        return code;
    return print_parts(c, &a);
}

const struct command command_dispose_preview = {
    .name = "dispose preview",
    .arguments = "SET",
    .summary =
        "Shows what disposing of a set would erase, whom it asks, what is in the way",
    .options = purpose_option,
    .option_count = COUNT_OF(purpose_option),
    .run = run_preview,
};

static const struct option_row reason_option[] = {
    {"reason", "TEXT", "why; stays in the log, so nothing of the person in it"},
};

static int run_propose(struct cli *c)
{
    return review_say(c, "propose", set_alone, COUNT_OF(set_alone));
}

const struct command command_dispose_propose = {
    .name = "dispose propose",
    .arguments = "SET",
    .summary = "Proposes to dispose of a set whose review has said so",
    .options = reason_option,
    .option_count = COUNT_OF(reason_option),
    .run = run_propose,
};

static int run_approve(struct cli *c)
{
    return review_say(c, "approve", set_alone, COUNT_OF(set_alone));
}

const struct command command_dispose_approve = {
    .name = "dispose approve",
    .arguments = "SET",
    .summary = "Approves a disposal that somebody else has proposed",
    .details =
        "Who approves is who the machine says, whatever name is typed.  Once the undo "
        "window\n(dispose_undo_hours in the configuration) has passed, each record's keys "
        "and text are\nerased here, every holder is asked for a signed statement, and the "
        "files are searched.\nHeaders, signatures and proofs stay.",
    .options = reason_option,
    .option_count = COUNT_OF(reason_option),
    .run = run_approve,
};

static int run_undo(struct cli *c)
{
    return review_say(c, "undo", set_alone, COUNT_OF(set_alone));
}

const struct command command_dispose_undo = {
    .name = "dispose undo",
    .arguments = "SET",
    .summary = "Takes a proposal or an approval back, until the undo window has passed",
    .options = reason_option,
    .option_count = COUNT_OF(reason_option),
    .run = run_undo,
};

static int run_list(struct cli *c)
{
    struct control_answer a = {0};
    int code = EXIT_DONE;

    if (!review_ask(c, "dispose-list", NULL, 0, &a, &code))
        return code;
    return print_parts(c, &a);
}

const struct command command_dispose_list = {
    .name = "dispose list",
    .arguments = "",
    .summary =
        "Lists disposals: who proposed, until when to undo, which holders are overdue",
    .run = run_list,
};

static int run_clock(struct cli *c)
{
    static const char *const names[] = {"time"};
    struct control_answer a = {0};
    int code = EXIT_DONE;

    if (!review_ask(c, "dispose-clock", names, COUNT_OF(names), &a, &code))
        return code;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_dispose_clock = {
    .name = "dispose clock",
    .arguments = "TIME",
    .summary = "Says that this node's clock is right, by the time of another clock",
    .details = "While a clock has jumped, or after a node was off for more than a day, "
               "nothing is\ndisposed of until a person has said this.",
    .run = run_clock,
};
