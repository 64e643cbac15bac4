#include "cli.h"
#include "output.h"
#include "text.h"

#include <stdio.h>

static const struct option_row options[] = {
    {"purpose", "TEXT", "why it is read; goes into the log before anything is shown"},
    {"class", "WORD",
     "what for, as its owner learns it: intelligence (default), operation, "
     "safeguarding, prosecution, management"},
};

/* Who here has it in hand, and that they have noted something. */
static void print_desk(const struct control_row *row)
{
    const struct bytes work = control_value(row, "work");
    const struct bytes notes = control_value(row, "notes");

    if (work.size > 0) {
        (void)printf("   ");
        cli_put(stdout, work);
        (void)printf("\n");
    }
    if (notes.size > 0 && !text_is(notes, "0")) {
        (void)printf("   notes of this agency: ");
        cli_put(stdout, notes);
        (void)printf(" (flagpost notes ID)\n");
    }
}

static void print_head(const struct control_row *row)
{
    static const char *const names[] = {"id", "from", "sealed", "stored"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct bytes v = control_value(row, names[i]);
        (void)printf("%s%s ", i == 0 ? "" : "  ", names[i]);
        cli_put(stdout, v);
    }
    (void)printf("\n");
    const struct bytes note = control_value(row, "note");
    if (note.size > 0) {
        (void)printf("** ");
        cli_put(stdout, note);
        (void)printf(" **\n");
    }
    const struct bytes copied = control_value(row, "copied");
    if (copied.size > 0) {
        (void)printf("   ");
        cli_put(stdout, copied);
        (void)printf("\n");
    }
    /* Its own words, unless it was told whose they are. */
    const struct bytes made_of = control_value(row, "made_of");
    if (made_of.size > 0 && copied.size == 0) {
        (void)printf("   ");
        cli_put(stdout, made_of);
        (void)printf("; the words are those of who publishes it\n");
    }
    const struct bytes consented = control_value(row, "consented");
    if (consented.size > 0) {
        (void)printf("   ");
        cli_put(stdout, consented);
        (void)printf("\n");
    }
    const struct bytes because = control_value(row, "because");
    if (because.size > 0) {
        const struct bytes by = control_value(row, "corrected_by");
        (void)printf(by.size > 0 ? "   corrected by " : "   corrected");
        cli_put(stdout, by);
        (void)printf(": ");
        cli_put(stdout, because);
        (void)printf("\n");
    }
}

/* The rows behind the record's own. */
static void print_attachments(const struct control_answer *a)
{
    for (size_t i = 1; i < a->row_count; i++) {
        const struct control_row *const row = &a->rows[i];
        const struct bytes here = control_value(row, "here");
        const struct bytes parts = control_value(row, "parts");

        (void)printf("attachment ");
        cli_put(stdout, control_value(row, "attachment"));
        if (bytes_equal(here, parts)) {
            (void)printf(" is here\n");
            continue;
        }
        (void)printf(": ");
        cli_put(stdout, here);
        (void)printf(" of ");
        cli_put(stdout, parts);
        (void)printf(" parts are here\n");
    }
}

static bool ask(struct cli *c, struct control_answer *ret)
{
    static const char *const names[] = {"purpose", "class"};
    struct control_field arguments[1 + COUNT_OF(names)] = {
        {.name = bytes_of_text("id"), .value = bytes_of_text(c->arguments[0])}};
    size_t count = 1;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *const value = cli_text(c, names[i]);
        if (value != NULL)
            arguments[count++] = (struct control_field){.name = bytes_of_text(names[i]),
                                                        .value = bytes_of_text(value)};
    }
    return cli_ask(c, "show", arguments, count, ret);
}

static int run(struct cli *c)
{
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "show", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    if (!ask(c, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK || a.row_count == 0)
        return cli_print(c, &a, NULL, 0);
    struct record *const record = arena_take(&c->arena, sizeof *record);
    if (record == NULL ||
        record_unpack(control_value(&a.rows[0], "record"), &c->arena, record) != OK)
        return cli_fail(c, EXIT_DAMAGED, "show", "the node's answer could not be read");
    if (!c->json) {
        print_head(&a.rows[0]);
        print_desk(&a.rows[0]);
        output_record(record);
        print_attachments(&a);
        return EXIT_DONE;
    }
    if (!output_record_json(c, record))
        return cli_fail(c, EXIT_WRONG_USE, "show", "this build writes no JSON records");
    return EXIT_DONE;
}

const struct command command_show = {
    .name = "show",
    .arguments = "ID|URN",
    .summary = "Opens a record and shows it; the reading is in the log before that",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
