#include "recover.h"

#include "text.h"

#include <stdio.h>
#include <time.h>

/* Fetching back what a restored node had published since its backup; and what is damaged
 * here of the streams of others (recover_streams.c) and of its own (recover_own.c). */

enum {
    LOOK_NS = 200 * 1000 * 1000,
    LOOKS_MAX = 5 * 60 * 10, /* ten minutes; the node goes on all the same */
};

static const struct option_row options[] = {
    {"dry-run", NULL, "tell what is missing, and ask nobody"},
    {"person", "TEXT", "who decided it"},
    {"reason", "TEXT", "why; goes into the log"},
    {"tables", NULL, "take rows that no log proves as they are, changed by whom ever"},
};

static bool row_is(const struct control_row *row, const char *what)
{
    return text_is(control_value(row, "row"), what);
}

bool recover_ask(struct cli *c, const char *verb, bool look, struct control_answer *ret)
{
    const char *const person = cli_text(c, "person");
    const char *const reason = cli_text(c, "reason");
    const struct control_field arguments[] = {
        {.name = bytes_of_text("look"), .value = bytes_of_text(look ? "yes" : "")},
        {.name = bytes_of_text("person"), .value = bytes_of_text(person ? person : "")},
        {.name = bytes_of_text("reason"), .value = bytes_of_text(reason ? reason : "")},
    };

    return cli_ask(c, verb, arguments, COUNT_OF(arguments), ret);
}

bool recover_is_asking(const struct control_answer *a)
{
    return a->status == OK && text_is(a->sentence, "asking the followers");
}

static void print_number(const struct control_row *row, const char *name, const char *after)
{
    cli_put(stdout, control_value(row, name));
    (void)printf("%s", after);
}

static void print_missing(const struct control_row *row)
{
    const struct bytes first = control_value(row, "first");
    const struct bytes last = control_value(row, "last");

    (void)printf("  ");
    cli_put(stdout, control_value(row, "stream"));
    (void)printf(": not here: %s ", bytes_equal(first, last) ? "index" : "indexes");
    cli_put(stdout, first);
    if (!bytes_equal(first, last)) {
        (void)printf(" to ");
        cli_put(stdout, last);
    }
    (void)printf("\n");
}

/* The account for a person: what the old epoch had, what is here, what nobody gave. */
static void print_account(const struct control_answer *a)
{
    for (size_t i = 0; i < a->row_count; i++) {
        const struct control_row *const row = &a->rows[i];
        if (row_is(row, "missing")) {
            print_missing(row);
            continue;
        }
        cli_put(stdout, control_value(row, "stream"));
        (void)printf(", epoch ");
        print_number(row, "epoch", ": the log here has ");
        print_number(row, "log", " entries; fetched back from index ");
        print_number(row, "from", " on: ");
        print_number(row, "back", "; of these are not here: ");
        print_number(row, "missing", "\n");
    }
}

static int end(struct cli *c, const struct control_answer *a, bool looked)
{
    if (c->json || a->status != OK)
        return cli_print(c, a, NULL, 0);
    print_account(a);
    if (a->row_count == 0)
        return cli_print(c, a, NULL, 0);
    (void)printf(recover_is_asking(a)
                     ? "\nThe followers are still being asked: look again with "
                       "--dry-run.\n"
                 : looked ? "\nNobody was asked: what followers hold beyond it they "
                            "tell when they are.\n"
                          : "\nWhat is not here nobody gave who answered: it was held by "
                            "nobody else, or is to be asked\nfor again when they are "
                            "there.  Entries of the local stream go to nobody.\n");
    return EXIT_DONE;
}

/* The worst of three codes that each have told what they mean. */
static int mend_streams(struct cli *c, bool only_look)
{
    bool own = false;
    const int others = recover_streams(c, only_look, &own);

    if (only_look || (others != EXIT_DONE && others != EXIT_DAMAGED))
        return others;
    const int mended = own ? recover_own(c) : EXIT_DONE;
    if (mended != EXIT_DONE && mended != EXIT_DAMAGED)
        return mended;
    const int settled = recover_settle(c);
    if (settled != EXIT_DONE)
        return settled;
    return others == EXIT_DONE ? mended : others;
}

static int run(struct cli *c)
{
    const struct timespec wait = {.tv_nsec = LOOK_NS};
    const bool look = cli_value(c, "dry-run") != NULL;
    const size_t mark = arena_mark(&c->arena);
    struct control_answer a = {0};

    if (c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "recover", "it takes no arguments");
    const int streams = mend_streams(c, look);
    if (streams != EXIT_DONE && streams != EXIT_DAMAGED)
        return streams; /* what is still damaged does not keep own entries from coming */
    if (!recover_ask(c, "recover", look, &a))
        return EXIT_UNREACHABLE;
    for (int i = 0; !look && recover_is_asking(&a) && i < LOOKS_MAX; i++) {
        arena_rewind(&c->arena, mark);
        (void)nanosleep(&wait, NULL); /* a shorter wait does no harm */
        if (!recover_ask(c, "recover", true, &a))
            return EXIT_UNREACHABLE;
    }
    const int own = end(c, &a, look);
    return own == EXIT_DONE ? streams : own;
}

const struct command command_recover = {
    .name = "recover",
    .arguments = "",
    .summary = "Fetches back what this node has lost, from its peers",
    .details =
        "Streams of others: where the journal is damaged (`flagpost verify`) the stream is "
        "followed\nagain from the last place that is proved; what agrees with its log "
        "stays "
        "as it is.\n\nOwn entries that are damaged are mended from what is left of them "
        "and "
        "from their\nrecipients; what nobody has is told, with the reason.\n\nOwn entries, "
        "after `flagpost new-epoch`: the epoch before is fetched back from those who\n"
        "follow it, byte for byte.\n\nEach entry is checked against the log that this node "
        "had signed, so nobody can give\nanother.  Asked again, it goes on with those who "
        "were away.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
