#include "cli.h"

#include <stdio.h>
#include <string.h>

/* Four kinds of rows, four tables. */

static bool row_is(const struct control_row *row, const char *what)
{
    return bytes_equal(control_value(row, "row"), bytes_of_text(what));
}

static void print_part(const struct cli *c, const struct control_answer *all,
                       const char *what, const char *const *columns, size_t count)
{
    struct control_answer part = {.status = OK};

    for (size_t i = 0; i < all->row_count; i++) {
        if (!row_is(&all->rows[i], what))
            continue;
        if (part.row_count == 0)
            part.rows = &all->rows[i];
        part.row_count++;
    }
    (void)cli_print(c, &part, columns, count);
    (void)printf("\n");
}

/* Urgent records that arrived and are in nobody's hand: whom to reach instead. */
static void print_urgent(const struct control_row *node)
{
    const struct bytes count = control_value(node, "urgent");
    const struct bytes alternates = control_value(node, "alternates");

    if (count.size == 0 || bytes_equal(count, bytes_of_text("0")))
        return;
    (void)printf("Urgent records that arrived and nobody here has acknowledged: ");
    cli_put(stdout, count);
    (void)printf(" (`flagpost todo`); alternates: ");
    cli_put(stdout, alternates.size > 0
                        ? alternates
                        : bytes_of_text("none set (`alternates` in the config)"));
    (void)printf("\n\n");
}

/* What waits meanwhile is what cannot be taken back (P11). */
static void print_clock(const struct control_row *node)
{
    const struct bytes clock = control_value(node, "clock");

    if (clock.size == 0 || bytes_equal(clock, bytes_of_text("steady")))
        return;
    (void)printf("The clock of this machine has ");
    cli_put(stdout, clock);
    (void)printf(
        ": held records wait, and no key is\nreplaced or destroyed.  Set it right; if "
        "it is right now, start the node again.\n\n");
}

static void print_disk(const struct control_row *node)
{
    const struct bytes disk = control_value(node, "disk");

    if (disk.size == 0 || bytes_equal(disk, bytes_of_text("room")))
        return;
    (void)printf("Too little room: ");
    cli_put(stdout, disk);
    (void)printf(".\n\n");
}

static void print_backup(const struct control_row *node)
{
    const struct bytes made = control_value(node, "backup");

    if (made.size == 0) {
        (void)printf("There is no backup: `flagpost backup make`.\n\n");
        return;
    }
    (void)printf("The last backup is of ");
    cli_put(stdout, made);
    (void)printf("; what was erased by now is in none after ");
    cli_put(stdout, control_value(node, "backup_keys_until"));
    (void)printf(".\n\n");
}

static int run_status(struct cli *c)
{
    static const char *const node[] = {"agency", "publishing", "roster",  "roster_age",
                                       "lists",  "started",    "confined"};
    static const char *const net[] = {"connections", "strangers", "held_bytes",
                                      "cut_slow",    "cut_bytes", "cut_crowd",
                                      "cut_revoked", "barred",    "refused_keys"};
    static const char *const streams[] = {"stream", "size", "epoch"};
    static const char *const peers[] = {"agency", "stream",     "following", "have",
                                        "for_us", "follows_us", "receipted"};
    struct control_answer a = {0};

    if (!cli_ask(c, "status", NULL, 0, &a))
        return EXIT_UNREACHABLE;
    if (c->json || a.status != OK)
        return cli_print(c, &a, NULL, 0);
    print_part(c, &a, "node", node, COUNT_OF(node));
    const struct bytes missing = control_value(&a.rows[0], "missing");
    if (missing.size > 0)
        (void)printf(
            "The journal lacks %.*s that this node had made durable: put the "
            "newest backup\nback, or begin a new epoch with `flagpost new-epoch`.\n\n",
            (int)missing.size, (const char *)missing.at);
    print_disk(&a.rows[0]);
    print_backup(&a.rows[0]);
    print_clock(&a.rows[0]);
    print_urgent(&a.rows[0]);
    print_part(c, &a, "net", net, COUNT_OF(net));
    print_part(c, &a, "stream", streams, COUNT_OF(streams));
    print_part(c, &a, "peer", peers, COUNT_OF(peers));
    return EXIT_DONE;
}

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = "Shows how the node, its connections, its streams and its peers are",
    .details =
        "connections: open ones to peers and strangers; a stranger has said nothing valid "
        "yet.\ncut: connections that were closed since the start because they were slow to "
        "say who "
        "they\nare, sent more than may wait here, were too many, or are of an agency that "
        "left the\nroster.",
    .run = run_status,
};

/* What did not go to everyone it could go to, and how it does. */
static void print_withheld(const struct control_answer *a)
{
    for (size_t i = 0; i < a->row_count; i++) {
        if (!row_is(&a->rows[i], "withheld"))
            continue;
        cli_put(stdout, control_value(&a->rows[i], "what"));
        (void)printf("\n  since ");
        cli_put(stdout, control_value(&a->rows[i], "since"));
        (void)printf("; mend it with `flagpost supersede ");
        cli_put(stdout, control_value(&a->rows[0], "id"));
        (void)printf(" FILE`, and it goes\n\n");
    }
}

/* What the national database has answered, and what does not count as its answer. */
static void print_ingested(const struct cli *c, const struct control_answer *a)
{
    static const char *const answers[] = {"agency",   "says",     "reference",
                                          "replaces", "rule",     "mend",
                                          "answered", "deletion", "deletion_answered"};
    bool found = false;

    for (size_t i = 0; i < a->row_count; i++) {
        found = found || row_is(&a->rows[i], "ingested");
        if (!row_is(&a->rows[i], "ignored"))
            continue;
        (void)printf("an answer of ");
        cli_put(stdout, control_value(&a->rows[i], "agency"));
        (void)printf(" is ignored: ");
        cli_put(stdout, control_value(&a->rows[i], "why"));
        (void)printf("\n\n");
    }
    if (found)
        print_part(c, a, "ingested", answers, COUNT_OF(answers));
}

/* Nothing when the record was not recalled. */
static void print_recall(const struct cli *c, const struct control_answer *a)
{
    static const char *const recall[] = {"recalled", "cause", "reason", "answer_by"};
    static const char *const holders[] = {"agency",        "says",           "opened",
                                          "stated",        "person",         "exported_to",
                                          "waiting_since", "copies_recalled"};
    bool found = false;

    for (size_t i = 0; i < a->row_count; i++)
        found = found || row_is(&a->rows[i], "recall");
    if (!found)
        return;
    print_part(c, a, "recall", recall, COUNT_OF(recall));
    print_part(c, a, "holder", holders, COUNT_OF(holders));
}

/* What its recipients say they have done with it; nothing when they have said nothing. */
static void print_handling(const struct cli *c, const struct control_answer *a)
{
    static const char *const columns[] = {"agency", "what", "at", "class"};

    for (size_t i = 0; i < a->row_count; i++) {
        if (row_is(&a->rows[i], "handling")) {
            print_part(c, a, "handling", columns, COUNT_OF(columns));
            return;
        }
    }
}

/* What was asked about it, and answered; nothing when nothing was. */
static void print_asked(const struct cli *c, const struct control_answer *a)
{
    static const char *const columns[] = {"owner", "from", "wants",    "state",
                                          "asked", "by",   "answered", "person"};

    for (size_t i = 0; i < a->row_count; i++) {
        if (row_is(&a->rows[i], "asked")) {
            print_part(c, a, "asked", columns, COUNT_OF(columns));
            return;
        }
    }
}

/* What a fusion cell has said of it. */
static void print_linked(const struct cli *c, const struct control_answer *a)
{
    static const char *const columns[] = {"agency", "says", "other", "by", "at"};

    for (size_t i = 0; i < a->row_count; i++) {
        if (row_is(&a->rows[i], "linked")) {
            print_part(c, a, "linked", columns, COUNT_OF(columns));
            return;
        }
    }
}

static int run_trace(struct cli *c)
{
    static const char *const record[] = {"id",     "publisher", "stream", "index",
                                         "sealed", "witnesses", "quorum", "witnessed"};
    static const char *const recipients[] = {"agency",       "sent",   "stored",
                                             "acknowledged", "person", "note"};
    const char *const purpose = cli_text(c, "purpose");
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "trace", "give one record's id or URN");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const struct control_field arguments[] = {
        {.name = bytes_of_text("id"), .value = bytes_of_text(c->arguments[0])},
        {.name = bytes_of_text("purpose"),
         .value = bytes_of_text(purpose == NULL ? "" : purpose)}};
    if (!cli_ask(c, "trace", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (c->json || a.status != OK || a.row_count == 0)
        return cli_print(c, &a, NULL, 0);
    print_part(c, &a, "record", record, COUNT_OF(record));
    if (a.row_count > 1)
        print_part(c, &a, "recipient", recipients, COUNT_OF(recipients));
    print_withheld(&a);
    print_ingested(c, &a);
    print_handling(c, &a);
    print_asked(c, &a);
    print_linked(c, &a);
    print_recall(c, &a);
    const struct control_answer end = {.status = a.status, .sentence = a.sentence};
    return cli_print(c, &end, NULL, 0);
}

static const struct option_row trace_options[] = {
    {"purpose", "TEXT", "shows what it is linked with, too; goes into the log"},
};

const struct command command_trace = {
    .name = "trace",
    .arguments = "ID|URN",
    .summary = "Shows who was sent a record, has stored it, and has acknowledged it",
    .details =
        "stored: the recipient's signed receipt covers it.  witnessed: as many agencies "
        "have\ncosigned the log over it as the roster asks for.  Of a recalled record it "
        "tells what each\nholder has answered, whether it had opened it, and since when an "
        "answer is missing.",
    .options = trace_options,
    .option_count = COUNT_OF(trace_options),
    .run = run_trace,
};
