#include "recover.h"

#include "text.h"

#include <stdio.h>
#include <time.h>

/* Rows of this node's own streams: the node mends them (core/mending.c), and what could not
 * be had is told with the reason. */

enum {
    LOOK_NS = 200 * 1000 * 1000,
    LOOKS_MAX = 5 * 60, /* a minute; the node goes on all the same */
};

static void print_row(const struct control_row *row)
{
    cli_put(stdout, control_value(row, "stream"));
    if (text_is(control_value(row, "row"), "unmended")) {
        (void)printf(" ");
        cli_put(stdout, control_value(row, "index"));
        (void)printf(" is not whole: ");
        cli_put(stdout, control_value(row, "why"));
        (void)printf("\n");
        return;
    }
    (void)printf(", own: damaged rows ");
    cli_put(stdout, control_value(row, "damaged"));
    (void)printf("; of these are whole again: ");
    cli_put(stdout, control_value(row, "mended"));
    (void)printf("%s\n", text_is(control_value(row, "more"), "yes")
                             ? "; there are more behind them: run it again"
                             : "");
}

/* Nothing is left that was found, and everything was looked at. */
static bool is_whole(const struct control_answer *a)
{
    for (size_t i = 0; i < a->row_count; i++) {
        if (!text_is(control_value(&a->rows[i], "row"), "own") ||
            text_is(control_value(&a->rows[i], "more"), "yes"))
            return false;
    }
    return !recover_is_asking(a);
}

int recover_own(struct cli *c)
{
    const struct timespec wait = {.tv_nsec = LOOK_NS};
    const size_t mark = arena_mark(&c->arena);
    struct control_answer a = {0};

    if (!recover_ask(c, "mend", false, &a))
        return EXIT_UNREACHABLE;
    for (int i = 0; recover_is_asking(&a) && i < LOOKS_MAX; i++) {
        arena_rewind(&c->arena, mark);
        (void)nanosleep(&wait, NULL); /* a shorter wait does no harm */
        if (!recover_ask(c, "mend", true, &a))
            return EXIT_UNREACHABLE;
    }
    if (c->json || a.status != OK) {
        const int code = cli_print(c, &a, NULL, 0);
        return code != EXIT_DONE || is_whole(&a) ? code : EXIT_DAMAGED;
    }
    for (size_t i = 0; i < a.row_count; i++)
        print_row(&a.rows[i]);
    if (recover_is_asking(&a))
        (void)printf("The followers are still being asked: run it again later.\n");
    return is_whole(&a) ? EXIT_DONE : EXIT_DAMAGED;
}
