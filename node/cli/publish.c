#include "attach.h"
#include "cli.h"
#include "file.h"
#include "input.h"
#include "publish_print.h"
#include "record.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* One record or a file of many: each is answered on its own, so that one wrong record does
 * not hold back the others. */

static const struct option_row options[] = {
    {"key", "TEXT", "idempotency key: the same key again gives the same answer"},
    {"released", "TEXT", "who released it in the force's own system; goes into the log"},
    {"attach", "FILE", "a file that goes with the record"},
    {"attachments", "DIR", "where the files are that the records name as attachments"},
    {"hold-until", "TIME", "published then, by the rules of then: 2026-10-14T09:00:00Z"},
    {"held", NULL, "lists what is held; no FILE"},
    {"cancel", "ID", "a held record is not published after all; no FILE"},
    {"again", NULL, "once more, although it was published already as it is"},
    {"wire", NULL, "FILE holds one packed record (made by `check --pack`), not JSON"},
    PUBLISH_ROUTING_MAP(PUBLISH_OPTION)};

struct tally {
    size_t published, refused;
    int code;
    struct bytes id; /* of the record published last; empty: it was refused */
};

static void print(const struct cli *c, const struct control_answer *a, const char *urn)
{
    if (c->json)
        publish_print_json(a, urn);
    else
        publish_print_answer(a, urn);
}

/* False when the node cannot be asked at all. */
static bool publish_one(struct cli *c, struct bytes packed, const char *urn,
                        struct tally *tally)
{
    struct control_field arguments[PUBLISH_ARGUMENTS_MAX];
    const size_t n = publish_arguments(c, packed, arguments);
    struct control_answer a = {0};

    if (!cli_ask(c, "publish", arguments, n, &a)) {
        tally->code = EXIT_UNREACHABLE;
        return false;
    }
    print(c, &a, urn);
    tally->id = (struct bytes){0};
    if (a.status == OK) {
        tally->published++;
        if (a.row_count > 0)
            tally->id = control_value(&a.rows[0], "id");
    } else {
        tally->refused++;
        tally->code = (int)cli_exit_code(a.status);
    }
    return true;
}

/* The text is out before its pictures: what fails here can be sent later. */
static void send_files(struct cli *c, struct attach_plan *plan, struct tally *tally)
{
    const char *const id = arena_text(&c->arena, tally->id);

    for (size_t i = 0; id != NULL && id[0] != '\0' && i < plan->count; i++) {
        const int code = attach_send(c, id, plan->files[i]);
        if (code != EXIT_DONE)
            tally->code = code;
    }
}

static bool pack_and_publish(struct cli *c, const struct record *r, struct tally *tally)
{
    const char *const urn = publish_urn(c, r);
    struct bytes packed = {0};

    if (record_pack(r, &c->arena, &packed) == OK)
        return publish_one(c, packed, urn, tally);
    tally->refused++;
    tally->code = cli_fail(c, EXIT_REFUSED, urn, "a field is too long to be sent");
    return true;
}

/* The node is not asked about what lacks a value. */
static void refuse_unread(struct cli *c, const struct input_record *in, struct tally *tally)
{
    struct control_answer a = {0};

    tally->refused++;
    if (in->record == NULL)
        return; /* it was told */
    tally->code = EXIT_REFUSED;
    publish_unread(c, in, &a);
    print(c, &a, publish_urn(c, in->record));
}

/* Called by input_records for each record of the file. */
static bool each_record(struct cli *c, const struct input_record *in, void *context)
{
    struct attach_plan plan = {.file = cli_text(c, "attach"),
                               .folder = cli_text(c, "attachments")};
    struct tally *const tally = context;
    const size_t mark = arena_mark(&c->arena);
    bool go_on = true;

    if (in->record == NULL || in->unread->count > 0) {
        refuse_unread(c, in, tally);
        arena_rewind(&c->arena, mark);
        return true;
    }
    tally->id = (struct bytes){0};
    const struct record *const filled = attach_fill(c, in->record, &plan);
    if (filled == NULL) {
        tally->refused++;
        tally->code = plan.code;
    } else {
        go_on = pack_and_publish(c, filled, tally);
        send_files(c, &plan, tally);
    }
    attach_done(&plan);
    arena_rewind(&c->arena, mark);
    return go_on;
}

static int publish_packed(struct cli *c, struct tally *tally)
{
    struct bytes packed = {0};
    const char *const path = c->arguments[0];
    const status s = file_read(path, CONTENT_BYTES_MAX, &c->arena, &packed);

    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    (void)publish_one(c, packed, path, tally);
    return tally->code;
}

static void print_tally(const struct cli *c, const struct tally *t, int code)
{
    if (t->published + t->refused <= 1)
        return;
    if (c->json)
        (void)printf("{\"status\":\"%s\",\"published\":%zu,\"refused\":%zu}\n",
                     status_word(code == EXIT_DONE ? OK : E_VALUE), t->published,
                     t->refused);
    else
        (void)printf("%zu published, %zu refused\n", t->published, t->refused);
}

static int run_held(struct cli *c)
{
    static const char *const columns[] = {"id", "until", "state", "since"};
    const char *const id = cli_text(c, "cancel");
    const struct control_field argument = {.name = bytes_of_text("id"),
                                           .value = bytes_of_text(id == NULL ? "" : id)};
    struct control_answer a = {0};

    if (c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "publish", "--held and --cancel take no file");
    if (!cli_ask(c, id == NULL ? "held" : "held-cancel", &argument, id == NULL ? 0 : 1, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, columns, COUNT_OF(columns));
}

static int run(struct cli *c)
{
    struct tally tally = {0};
    struct bytes text = {0};

    if (cli_value(c, "held") != NULL || cli_value(c, "cancel") != NULL)
        return run_held(c);
    if (cli_value(c, "hold-until") != NULL &&
        (cli_value(c, "attach") != NULL || cli_value(c, "attachments") != NULL))
        return cli_fail(c, EXIT_WRONG_USE, "hold-until",
                        "files cannot be held: attach them once it is published");
    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "publish", "give one file of records");
    const char *const path = c->arguments[0];
    if (cli_value(c, "key") != NULL && cli_text(c, "key") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "key", "an empty key is no key: leave it out");
    if (cli_value(c, "wire") != NULL)
        return publish_packed(c, &tally);
    const int read = input_read(c, path, &text);
    if (read != EXIT_DONE)
        return read;
    if (cli_value(c, "key") != NULL && input_count(c, text) > 1)
        return cli_fail(c, EXIT_WRONG_USE, "key",
                        "one key answers for one record; leave --key out or publish one "
                        "record at a time");
    if (!attach_is_of_one(c, text))
        return EXIT_WRONG_USE;
    if (cli_value(c, "to") != NULL && input_count(c, text) > 1)
        return cli_fail(c, EXIT_WRONG_USE, "to",
                        "a decision is for one record: publish it alone");
    const int told = input_records(c, path, text, each_record, &tally);
    const int code = tally.code != EXIT_DONE ? tally.code : told;
    print_tally(c, &tally, code);
    return code;
}

const struct command command_publish = {
    .name = "publish",
    .arguments = "FILE",
    .summary = "Publishes the records of a JSON file (one object, an array, or lines)",
    .details =
        "Each record is checked first.  What is refused is told with its rule and its "
        "mend, and\nnothing of it is kept.  A record is answered when it is durable, and "
        "one "
        "that was\npublished already, word for word, is refused: a changed one goes "
        "through "
        "`supersede`.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
