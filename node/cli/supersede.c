#include "cli.h"
#include "input.h"
#include "publish_print.h"
#include "record.h"

#include <stdio.h>

/* `flagpost supersede`: a corrected version of an own record. */

static const struct option_row options[] = {
    {"reason", "TEXT", "why it is corrected; whoever gets the new version reads it"},
    {"person", "TEXT", "who decided it; needed when marking or handling falls"},
    {"key", "TEXT", "idempotency key: the same key again gives the same answer"},
    {"new-urn", NULL, "the URN itself was wrong: the corrected record has another one"},
    {"released", "TEXT", "who released it in the force's own system; goes into the log"},
};

static int tell(struct cli *c, const struct control_answer *a, const struct record *r)
{
    if (c->json)
        (void)cli_print(c, a, NULL, 0); /* its exit code is that of the status */
    else
        publish_print_answer(a, publish_urn(c, r));
    return (int)cli_exit_code(a->status);
}

/* Called by input_records, once: the file has one record. */
static bool each_record(struct cli *c, const struct input_record *in, void *context)
{
    const struct record *const r = in->record;
    int *const code = context;
    struct bytes packed = {0};
    struct control_answer a = {0};

    if (r == NULL)
        return true;
    if (in->unread->count > 0) {
        publish_unread(c, in, &a);
        *code = tell(c, &a, r);
        return false;
    }
    if (record_pack(r, &c->arena, &packed) != OK) {
        *code =
            cli_fail(c, EXIT_REFUSED, publish_urn(c, r), "a field is too long to be sent");
        return false;
    }
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]),
        {.name = bytes_of_text("record"), .value = packed},
        cli_argument("reason", cli_text(c, "reason")),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("key", cli_text(c, "key")),
        cli_argument("new_urn", cli_value(c, "new-urn") == NULL ? NULL : "yes"),
        cli_argument("released", cli_text(c, "released"))};
    if (!cli_ask(c, "supersede", arguments, COUNT_OF(arguments), &a)) {
        *code = EXIT_UNREACHABLE;
        return false;
    }
    *code = tell(c, &a, r);
    return true;
}

static int run(struct cli *c)
{
    struct bytes text = {0};
    int code = EXIT_DONE;

    if (c->argument_count != 2)
        return cli_fail(c, EXIT_WRONG_USE, "supersede",
                        "give the id of the record that is corrected and a file with the "
                        "corrected one");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    if (cli_text(c, "reason") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "supersede",
                        "say why it is corrected: --reason; whoever gets the new version "
                        "reads it");
    const char *const path = c->arguments[1];
    const int read = input_read(c, path, &text);
    if (read != EXIT_DONE)
        return read;
    if (input_count(c, text) > 1)
        return cli_fail(c, EXIT_WRONG_USE, path, "one record stands in one record's place");
    const int told = input_records(c, path, text, each_record, &code);
    return code != EXIT_DONE ? code : told;
}

const struct command command_supersede = {
    .name = "supersede",
    .arguments = "ID|URN FILE",
    .summary = "Publishes a corrected version in place of an own record",
    .details =
        "It goes to whom the routing rules name today and to everyone who was ever wrapped "
        "for the\nversion before; who may not have it any more is told that it is "
        "superseded, and no more.\nThe version before stays readable and is marked on "
        "every screen.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
