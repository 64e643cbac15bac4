#include "proof_file.h"

#include "file.h"
#include "publish_print.h"

#include <stdio.h>
#include <unistd.h>

/* Publishing items of another record onward, and letting others do so. */

static const struct option_row republish_options[] = {
    {"items", "LIST", "of a record held here: positions or names, as for redact"},
    {"person", "TEXT", "who decided it; recipients and the originator's recall see it"},
    {"reason", "TEXT", "why it goes further"},
    {"key", "TEXT", "idempotency key: the same key again gives the same answer"},
    {"released", "TEXT", "who released it in the force's own system; goes into the log"},
};

/* A file that `redact` made, or items of a record held here. */
static int read_proof(struct cli *c, struct proof_file *f, struct bytes *ret)
{
    struct proof_facts *const facts = arena_take(&c->arena, sizeof *facts);

    if (facts == NULL)
        return cli_fail(c, EXIT_REFUSED, "republish", status_sentence(E_MEMORY));
    if (access(c->arguments[0], F_OK) == 0) {
        const status s = file_read(c->arguments[0], PROOF_BYTES_MAX, &c->arena, ret);
        return s == OK ? EXIT_DONE
                       : cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                                  cli_file_sentence(c->arguments[0], s));
    }
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    if (cli_text(c, "items") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "republish", "say which items: --items LIST");
    int code = proof_file_open(c, f);
    f->lean = true;
    if (code == EXIT_DONE)
        code = proof_file_items(f, cli_text(c, "items"), cli_text(c, "reason"));
    return code == EXIT_DONE ? proof_file_make(f, facts, ret) : code;
}

static int run_republish(struct cli *c)
{
    struct proof_file *const f = arena_take(&c->arena, sizeof *f);
    struct control_answer a = {0};
    struct bytes proof = {0};

    if (f == NULL || c->argument_count != 1 || cli_text(c, "person") == NULL ||
        cli_text(c, "reason") == NULL)
        return cli_fail(
            c, EXIT_WRONG_USE, "republish",
            "give a record's id or URN with --items, or a file that `redact` made; "
            "and --person and --reason");
    const int code = read_proof(c, f, &proof);
    proof_file_done(f);
    if (code != EXIT_DONE)
        return code;
    const struct control_field arguments[] = {
        {.name = bytes_of_text("proof"), .value = proof},
        cli_argument("person", cli_text(c, "person")),
        cli_argument("reason", cli_text(c, "reason")),
        cli_argument("key", cli_text(c, "key")),
        cli_argument("released", cli_text(c, "released"))};
    if (!cli_ask(c, "republish", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (c->json)
        return cli_print(c, &a, NULL, 0);
    publish_print_answer(&a, c->arguments[0]);
    return (int)cli_exit_code(a.status);
}

const struct command command_republish = {
    .name = "republish",
    .arguments = "ID|URN|FILE",
    .summary = "Publishes chosen items onward, as a record of one's own that proves whose "
               "words they are",
    .details =
        "The items must make a record that may leave (facts, report, provenance, a text "
        "with its\ngrade).  Marking and handling stay as the owner set them, and so does a "
        "block from\nimmigration enforcement.  Under S2 the owner's consent is needed.  "
        "Recipients' `show` says\nthat the words are the originator's; when it recalls its "
        "record, the copy is recalled too.\nAt most 96 KiB with the proof; attachments do "
        "not go along.",
    .options = republish_options,
    .option_count = COUNT_OF(republish_options),
    .run = run_republish,
};

static const struct option_row consent_options[] = {
    {"to", "AGENCY", "who may make a sanitised copy"},
    {"person", "TEXT", "who consents; that agency sees it"},
    {"reason", "TEXT", "why; that agency sees it"},
};

static int run_consent(struct cli *c)
{
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "consent", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {
        cli_argument("id", c->arguments[0]), cli_argument("to", cli_text(c, "to")),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("reason", cli_text(c, "reason"))};
    if (!cli_ask(c, "consent", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_consent = {
    .name = "consent",
    .arguments = "ID|URN",
    .summary = "Lets another agency make sanitised copies of an own record (S2)",
    .options = consent_options,
    .option_count = COUNT_OF(consent_options),
    .run = run_consent,
};
