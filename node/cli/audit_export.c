#include "audit.h"

#include "cli.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* `flagpost audit export`: the log of a period, asked of the node part by part, and judged
 * as its reader will before it becomes a file. */

static const struct option_row options[] = {
    {"out", "FILE", "where the export goes"},
    {"since", "TIME",
     "from this day or time on, UTC: 2026-11-27 (else: from the beginning)"},
    {"until", "TIME", "and before this time, or the end of this day (else: until now)"},
    {"epoch", "EPOCH", "the log of an earlier epoch, which is a file of its own"},
    {"use", "WORD", "lawfulness, self-monitoring, integrity, criminal-proceedings"},
    {"purpose", "TEXT", "what the export is for; goes into the log"},
};

/* How long to wait for peers to cosign the newest checkpoint. */
enum { WAITS_MAX = 20, WAIT_NS = 250 * 1000 * 1000 };

struct gathering {
    struct cli *cli;
    struct writer text;
    struct bytes root, earlier;
    size_t cursor_size;
    uint8_t cursor[CONTROL_FIELDS_MAX * 64];
    size_t waits;
    bool done;
};

static struct bytes option(const struct cli *c, const char *name)
{
    const char *const text = cli_text(c, name);

    return bytes_of_text(text == NULL ? "" : text);
}

static int take(struct gathering *g, const struct control_answer *a)
{
    const struct bytes cursor =
        a->row_count == 1 ? control_value(&a->rows[0], "cursor") : (struct bytes){0};

    if (cursor.size == 0 || cursor.size > sizeof g->cursor)
        return cli_fail(g->cli, EXIT_DAMAGED, "audit export",
                        "the node's answer could not be read");
    const struct bytes state = control_value(&a->rows[0], "state");
    memcpy(g->cursor, cursor.at, cursor.size);
    g->cursor_size = cursor.size;
    write_bytes(&g->text, control_value(&a->rows[0], "text"));
    if (g->root.size == 0 &&
        (arena_copy(&g->cli->arena, control_value(&a->rows[0], "root"), &g->root) != OK ||
         arena_copy(&g->cli->arena, control_value(&a->rows[0], "earlier"), &g->earlier) !=
             OK))
        return cli_fail(g->cli, EXIT_REFUSED, "audit export", status_sentence(E_MEMORY));
    if (g->text.bad)
        return cli_fail(g->cli, EXIT_REFUSED, "audit export",
                        "this is more than one export may hold (24 MiB): give a shorter "
                        "period, --since and --until");
    g->done = text_is(state, "done");
    if (text_is(state, "wait")) {
        const struct timespec t = {.tv_nsec = WAIT_NS};
        (void)nanosleep(&t, NULL); /* woken early, it asks early */
        g->waits++;
    }
    return EXIT_DONE;
}

/* What an answer takes is given back once its text is copied. */
static int ask_part(struct gathering *g)
{
    struct cli *const c = g->cli;
    const struct control_field arguments[] = {
        cli_argument_bytes("use", option(c, "use")),
        cli_argument_bytes("purpose", option(c, "purpose")),
        cli_argument_bytes("since", option(c, "since")),
        cli_argument_bytes("until", option(c, "until")),
        cli_argument_bytes("epoch", option(c, "epoch")),
        cli_argument_bytes("cursor", bytes_of(g->cursor, g->cursor_size)),
        cli_argument_bytes("now", bytes_of_text(g->waits < WAITS_MAX ? "" : "1")),
    };
    struct control_answer a = {0};
    /* The first answer leaves the root document behind. */
    const bool first = g->cursor_size == 0;
    const size_t mark = arena_mark(&c->arena);

    if (!cli_ask(c, "audit-export", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return cli_print(c, &a, NULL, 0);
    const int code = take(g, &a);
    if (!first)
        arena_rewind(&c->arena, mark);
    return code;
}

static void tell(const struct gathering *g, const char *out, const struct audit_facts *f)
{
    const struct cli *const c = g->cli;
    const bool witnessed = f->trust.witness_count >= f->trust.roster.quorum;

    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"file\":");
        cli_print_json_text(bytes_of_text(out));
        (void)printf(",\"earlier\":");
        cli_print_json_text(g->earlier);
        (void)printf(",\"first\":%" PRIu64 ",\"entries\":%" PRIu64 ",\"rows\":%" PRIu64
                     ",\"cosignatures\":%zu,\"witnessed\":%s}\n",
                     f->first, f->entries, f->rows, f->trust.witness_count,
                     witnessed ? "true" : "false");
        return;
    }
    cli_put(stdout, bytes_of_text(out));
    (void)printf(": %" PRIu64 " rows of the log of %s, entries %" PRIu64 " to %" PRIu64
                 "; cosigned by %zu%s\nIt names people: handle it as the log itself.  "
                 "Whoever has the root document can check it:\n"
                 "flagpost audit verify FILE --root ROOT\n",
                 f->rows, f->trust.header.stream.agency.text, f->first,
                 f->first + f->entries - 1, f->trust.witness_count,
                 witnessed ? "" : ", which is fewer than the quorum: ask again later");
    if (g->earlier.size == 0)
        return;
    (void)printf(
        "NOT in it are the logs of earlier epochs, which this node holds: each is a "
        "file of its\nown, `--epoch` with one of: ");
    cli_put(stdout, g->earlier);
    (void)printf("\n");
}

static int finish(struct gathering *g, const char *out)
{
    struct cli *const c = g->cli;
    struct audit_facts *const facts = arena_take(&c->arena, sizeof *facts);
    struct proof_fault fault = {0};
    const struct bytes text = writer_bytes(&g->text);

    if (facts == NULL)
        return cli_fail(c, EXIT_REFUSED, "audit export", status_sentence(E_MEMORY));
    if (audit_file_check(text, g->root, &c->arena, NULL, facts, &fault) != OK)
        return cli_fail(c, EXIT_DAMAGED, fault.field, fault.sentence);
    /* It names who read what: for its owner alone. */
    const int code = cli_create(c, out, text, 0600);
    if (code == EXIT_DONE)
        tell(g, out, facts);
    return code;
}

static int run(struct cli *c)
{
    const char *const out = cli_text(c, "out");
    struct gathering *const g = arena_take(&c->arena, sizeof *g);
    uint8_t *const room = arena_take(&c->arena, AUDIT_FILE_BYTES_MAX);

    if (out == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "audit export", "give --out FILE");
    if (g == NULL || room == NULL)
        return cli_fail(c, EXIT_REFUSED, "audit export", status_sentence(E_MEMORY));
    *g = (struct gathering){.cli = c, .text = writer_over(room, AUDIT_FILE_BYTES_MAX)};
    while (!g->done) {
        const int code = ask_part(g);
        if (code != EXIT_DONE)
            return code;
    }
    return finish(g, out);
}

const struct command command_audit_export = {
    .name = "audit export",
    .arguments = "",
    .summary =
        "Writes the log of a period as a file that proves itself, for the Commissioner",
    .details =
        "DPA 2018 s.62(5).  The file has each row as it was sealed, and what shows that "
        "none "
        "is\nmissing, changed or exchanged; nothing of what any record says.  It can be "
        "checked without\na node and without a key: `flagpost audit verify`.  The export "
        "is "
        "itself a row of the log.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
