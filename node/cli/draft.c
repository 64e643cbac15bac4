#include "draft_input.h"
#include "draft_print.h"
#include "output.h"
#include "text.h"

#include <stdio.h>

/* Reports on their way through the bureau: handing in, listing, looking. */

enum { DRAFT_ARGUMENTS = 8 + SOURCE_KNOWN_MAX };

/* --- draft --- */

static const struct option_row draft_options[] = {
    {"supersedes", "ID", "the report corrects this record of ours"},
    {"reason", "TEXT", "why it is corrected; whoever gets the new version reads it"},
};

static size_t source_arguments(const struct source *s, struct control_field *ret)
{
    size_t n = 0;

    ret[n++] = cli_argument_bytes("reference", s->reference);
    ret[n++] = cli_argument_bytes("source_type", s->type);
    ret[n++] = cli_argument_bytes("officer", s->officer);
    ret[n++] = cli_argument_bytes("raw", s->raw);
    for (size_t i = 0; i < s->known_count; i++)
        ret[n++] = cli_argument_bytes("known_to", s->known_to[i]);
    return n;
}

static int run_draft(struct cli *c)
{
    struct control_field arguments[DRAFT_ARGUMENTS];
    struct draft_input input;
    struct bytes packed = {0};
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "draft", "give one file with one report");
    const int read = draft_input_read(c, c->arguments[0], &input);
    if (read != EXIT_DONE)
        return read;
    if (record_pack(input.record, &c->arena, &packed) != OK)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0],
                        "a field is too long to be handed in");
    size_t n = source_arguments(&input.source, arguments);
    arguments[n++] = cli_argument_bytes("record", packed);
    const char *const supersedes = cli_text(c, "supersedes");
    if (supersedes != NULL)
        arguments[n++] = cli_argument_bytes("supersedes", bytes_of_text(supersedes));
    const char *const reason = cli_text(c, "reason");
    if (reason != NULL)
        arguments[n++] = cli_argument_bytes("reason", bytes_of_text(reason));
    if (!cli_ask(c, "draft", arguments, n, &a))
        return EXIT_UNREACHABLE;
    return draft_print_step(c, &a);
}

const struct command command_draft = {
    .name = "draft",
    .arguments = "FILE",
    .summary = "Hands a report in: to be assessed, sanitised and then released",
    .details =
        "FILE is a record as JSON.  It may still be incomplete or break a rule: what is "
        "missing is\ntold and mended at the next steps, assess and sanitise.  It may have "
        "one more member, which\nnever leaves this node: \"source\": {\"reference\", "
        "\"type\", \"officer\", \"known_to\": [], \"raw\"}.",
    .options = draft_options,
    .option_count = COUNT_OF(draft_options),
    .run = run_draft,
};

/* --- draft list, draft show --- */

static const struct option_row list_options[] = {
    {"all", NULL, "those that were released too"},
    {"titles", NULL, "with URN and title of each; that they were listed is in the log"},
};

static int run_list(struct cli *c)
{
    static const char *const columns[] = {"id", "state", "since", "by", "next"};
    static const char *const titled[] = {"id", "urn", "title", "state", "since", "next"};
    const struct control_field all = cli_argument_bytes("all", bytes_of_text("yes"));
    const bool titles = cli_value(c, "titles") != NULL;
    struct control_answer a = {0};

    if (!cli_ask(c, titles ? "drafts-titled" : "drafts", &all,
                 cli_value(c, "all") == NULL ? 0 : 1, &a))
        return EXIT_UNREACHABLE;
    return titles ? cli_print(c, &a, titled, COUNT_OF(titled))
                  : cli_print(c, &a, columns, COUNT_OF(columns));
}

const struct command command_draft_list = {
    .name = "draft list",
    .arguments = "",
    .summary = "Lists the reports that are not released yet, the oldest first",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

static const struct option_row show_options[] = {
    {"purpose", "TEXT", "why it is read; goes into the log before anything is shown"},
};

static void print_hands(const struct control_answer *a)
{
    static const char *const names[] = {"at", "what", "by", "reason"};

    for (size_t i = 0; i < a->row_count; i++) {
        if (!text_is(control_value(&a->rows[i], "row"), "hand"))
            continue;
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            cli_put(stdout, control_value(&a->rows[i], names[k]));
            (void)printf(k + 1 < COUNT_OF(names) ? "  " : "\n");
        }
    }
}

static int print_draft(struct cli *c, const struct control_answer *a)
{
    const struct control_row *const head = &a->rows[0];
    const struct bytes packed = control_value(head, "record");
    struct record *const record = arena_take(&c->arena, sizeof *record);

    if (!c->json) {
        (void)printf("draft ");
        cli_put(stdout, control_value(head, "id"));
        (void)printf("  ");
        cli_put(stdout, control_value(head, "state"));
        (void)printf("\n");
        print_hands(a);
    }
    if (packed.size == 0)
        return cli_fail(c, EXIT_REFUSED, "draft show",
                        "it was released: `flagpost show` opens the record");
    if (record == NULL || record_unpack(packed, &c->arena, record) != OK)
        return cli_fail(c, EXIT_DAMAGED, "draft show",
                        "the node's answer could not be read");
    if (!c->json)
        output_record(record);
    else if (!output_record_json(c, record))
        return cli_fail(c, EXIT_WRONG_USE, "draft show",
                        "this build writes no JSON records");
    return EXIT_DONE;
}

static int ask_about(struct cli *c, const char *verb, const char *option,
                     struct control_answer *ret)
{
    const char *const value = cli_text(c, option);
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(c->arguments[0])),
        cli_argument_bytes(option, bytes_of_text(value == NULL ? "" : value)),
    };

    return cli_ask(c, verb, arguments, value == NULL ? 1 : 2, ret) ? EXIT_DONE
                                                                   : EXIT_UNREACHABLE;
}

static int run_show(struct cli *c)
{
    struct control_answer a = {0};

    if (!draft_check_id(c))
        return EXIT_WRONG_USE;
    const int code = ask_about(c, "draft-show", "purpose", &a);
    if (code != EXIT_DONE)
        return code;
    return a.status != OK || a.row_count == 0 ? cli_print(c, &a, NULL, 0)
                                              : print_draft(c, &a);
}

const struct command command_draft_show = {
    .name = "draft show",
    .arguments = "ID|URN",
    .summary = "Opens a draft, without its source; with --json to be edited for sanitise",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .run = run_show,
};

/* --- draft discard --- */

static const struct option_row discard_options[] = {
    {"reason", "TEXT", "why; goes into the log"},
};

static int run_discard(struct cli *c)
{
    struct control_answer a = {0};

    if (!draft_check_id(c))
        return EXIT_WRONG_USE;
    const int code = ask_about(c, "draft-discard", "reason", &a);
    return code == EXIT_DONE ? cli_print(c, &a, NULL, 0) : code;
}

const struct command command_draft_discard = {
    .name = "draft discard",
    .arguments = "ID|URN",
    .summary = "Erases a report that is not to be released, with its source",
    .details =
        "What stays is the row of the log: who discarded which draft, when and why.  "
        "A released\ndraft is not discarded: its record is recalled.",
    .options = discard_options,
    .option_count = COUNT_OF(discard_options),
    .run = run_discard,
};

/* --- source --- */

/* The first field says what the row is. */
static void print_source(const struct control_row *row)
{
    for (size_t i = 1; i < row->field_count; i++) {
        if (row->fields[i].value.size == 0)
            continue;
        (void)printf("%-12.*s ", (int)row->fields[i].name.size,
                     (const char *)row->fields[i].name.at);
        cli_put(stdout, row->fields[i].value);
        (void)printf("\n");
    }
}

static int run_source(struct cli *c)
{
    struct control_answer a = {0};

    if (!draft_check_id(c))
        return EXIT_WRONG_USE;
    const int code = ask_about(c, "source", "purpose", &a);
    if (code != EXIT_DONE)
        return code;
    if (c->json || a.status != OK || a.row_count == 0)
        return cli_print(c, &a, NULL, 0);
    for (size_t i = 0; i < a.row_count; i++)
        print_source(&a.rows[i]);
    return EXIT_DONE;
}

const struct command command_source = {
    .name = "source",
    .arguments = "ID",
    .summary = "Shows what the bureau alone knows of a draft or a record of ours",
    .details =
        "Each look is in the log before anything is shown.  No other agency can ask.",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .run = run_source,
};
