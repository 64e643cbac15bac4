#include "cli.h"
#include "file.h"
#include "input.h"
#include "record.h"

#include <stdio.h>
#include <string.h>

/* One record or a file of many: each is answered on its own, so that one wrong record does
 * not hold back the others. */

static const struct option_row options[] = {
    {"key", "TEXT", "idempotency key: the same key again gives the same answer"},
    {"wire", NULL, "FILE holds one packed record (made by `check --pack`), not JSON"},
};

struct tally {
    size_t published, refused;
    int code;
};

static bool row_is(const struct control_row *row, const char *what)
{
    return bytes_equal(control_value(row, "row"), bytes_of_text(what));
}

static void print_value(const struct control_row *row, const char *name)
{
    const struct bytes v = control_value(row, name);

    (void)printf("%.*s", (int)v.size, (const char *)v.at);
}

static void print_finding(const struct control_row *row)
{
    (void)printf("    ");
    print_value(row, "rule");
    (void)printf(" ");
    print_value(row, "field");
    (void)printf(": ");
    print_value(row, "sentence");
    (void)printf("\n        mend: ");
    print_value(row, "mend");
    (void)printf("\n");
}

static void print_answer(const struct control_answer *a, const char *urn)
{
    if (a->status == OK && a->row_count > 0) {
        (void)printf("%s published  id ", urn);
        print_value(&a->rows[0], "id");
        (void)printf("  stream ");
        print_value(&a->rows[0], "stream");
        (void)printf("  index ");
        print_value(&a->rows[0], "index");
        (void)printf("\n    to:");
    } else {
        (void)printf("%s refused: %.*s\n", urn, (int)a->sentence.size,
                     (const char *)a->sentence.at);
    }
    for (size_t i = 0; a->status == OK && i < a->row_count; i++) {
        if (row_is(&a->rows[i], "recipient") &&
            bytes_equal(control_value(&a->rows[i], "sent"), bytes_of_text("yes"))) {
            (void)printf(" ");
            print_value(&a->rows[i], "agency");
        }
    }
    if (a->status == OK)
        (void)printf("\n");
    for (size_t i = 0; i < a->row_count; i++) {
        if (row_is(&a->rows[i], "finding"))
            print_finding(&a->rows[i]);
    }
}

static void print_answer_json(const struct control_answer *a, const char *urn)
{
    (void)printf("{\"urn\":");
    cli_print_json_text(bytes_of_text(urn));
    (void)printf(",\"status\":\"%s\",\"sentence\":", status_word(a->status));
    cli_print_json_text(a->sentence);
    (void)printf(",\"rows\":[");
    for (size_t i = 0; i < a->row_count; i++) {
        if (i > 0)
            (void)putchar(',');
        cli_print_json_row(&a->rows[i]);
    }
    (void)printf("]}\n");
}

/* False when the node cannot be asked at all. */
static bool publish_one(struct cli *c, struct bytes packed, const char *urn,
                        struct tally *tally)
{
    const char *const key = cli_value(c, "key");
    const struct control_field arguments[] = {
        {.name = bytes_of_text("record"), .value = packed},
        {.name = bytes_of_text("key"), .value = bytes_of_text(key == NULL ? "" : key)},
    };
    struct control_answer a = {0};

    if (!cli_ask(c, "publish", arguments, key == NULL ? 1 : 2, &a)) {
        tally->code = EXIT_UNREACHABLE;
        return false;
    }
    if (c->json)
        print_answer_json(&a, urn);
    else
        print_answer(&a, urn);
    if (a.status == OK) {
        tally->published++;
    } else {
        tally->refused++;
        tally->code = (int)cli_exit_code(a.status);
    }
    return true;
}

/* Called by input_records for each record of the file. */
static bool each_record(struct cli *c, const struct record *r, void *context)
{
    struct tally *const tally = context;
    struct bytes packed = {0};
    const size_t mark = arena_mark(&c->arena);
    const char *const urn = arena_text(&c->arena, r->facts.urn);
    bool go_on = true;

    const status s = record_pack(r, &c->arena, &packed);
    if (s != OK || urn == NULL) {
        tally->refused++;
        tally->code = cli_fail(c, EXIT_REFUSED, urn == NULL ? "record" : urn,
                               "a field is too long to be sent");
    } else {
        go_on = publish_one(c, packed, urn[0] == '\0' ? "(no URN)" : urn, tally);
    }
    arena_rewind(&c->arena, mark);
    return go_on;
}

static int run(struct cli *c)
{
    struct tally tally = {0};
    struct bytes packed = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "publish", "give one file of records");
    if (cli_value(c, "wire") != NULL) {
        const status s = file_read(c->arguments[0], CONTENT_BYTES_MAX, &c->arena, &packed);
        if (s != OK)
            return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0], status_sentence(s));
        (void)publish_one(c, packed, c->arguments[0], &tally);
        return tally.code;
    }
    const int code = input_records(c, c->arguments[0], each_record, &tally);
    if (tally.published + tally.refused > 1 && !c->json)
        (void)printf("%zu published, %zu refused\n", tally.published, tally.refused);
    return tally.code != 0 ? tally.code : code;
}

const struct command command_publish = {
    .name = "publish",
    .arguments = "FILE",
    .summary = "Publishes the records of a JSON file (one object, an array, or lines)",
    .details =
        "Each record is checked first.  What is refused is told with its rule and its "
        "mend, and\nnothing of it is kept.  A record is answered when it is durable.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
