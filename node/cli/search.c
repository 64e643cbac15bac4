#include "seek_options.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* `flagpost search`: the node looks at so many records a question, and this asks on until a
 * page is full or nothing is left. */

static const struct option_row options[] = {
    SEEK_OPTIONS,
    {"purpose", "TEXT", "why it is searched; goes into the log before anything is opened"},
    {"after", "NUMBER", "goes on where the list before ended"},
};

enum { PAGE_ROWS = 50, QUESTIONS_MAX = 200, ROWS_MAX = 2 * PAGE_ROWS, WORDS_ROOM = 512 };

struct searching {
    struct cli *cli;
    struct control_field arguments[COUNT_OF(options) + 1];
    size_t argument_count;
    size_t after; /* which argument says where to go on */
    char next[24];
    size_t row_count;
    struct control_row rows[ROWS_MAX];
    struct bytes sentence;
};

static void add(struct searching *s, const char *name, struct bytes value)
{
    if (value.size > 0)
        s->arguments[s->argument_count++] =
            (struct control_field){.name = bytes_of_text(name), .value = value};
}

/* Free words, as they were typed. */
static bool add_words(struct searching *s, char room[WORDS_ROOM])
{
    struct writer w = writer_over(room, WORDS_ROOM);

    for (size_t i = 0; i < s->cli->argument_count; i++) {
        write_text(&w, i == 0 ? "" : " ");
        write_text(&w, s->cli->arguments[i]);
    }
    if (!w.bad)
        add(s, "words", writer_bytes(&w));
    return !w.bad;
}

static void take_next(struct searching *s, const struct control_row *last)
{
    const struct bytes next = control_value(last, "next");
    const size_t size = next.size < sizeof s->next ? next.size : 0;

    if (size > 0) /* of nothing there is no address */
        memcpy(s->next, next.at, size);
    s->next[size] = '\0';
    s->arguments[s->after].value = bytes_of(s->next, size);
}

/* EXIT_DONE, or the code of what was told. */
static int ask_on(struct searching *s)
{
    struct control_answer a = {0};

    if (!cli_ask(s->cli, "search", s->arguments, s->argument_count, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK || a.row_count == 0)
        return cli_print(s->cli, &a, NULL, 0);
    for (size_t i = 0; i + 1 < a.row_count && s->row_count < ROWS_MAX; i++)
        s->rows[s->row_count++] = a.rows[i];
    s->sentence = a.sentence;
    take_next(s, &a.rows[a.row_count - 1]);
    return EXIT_DONE;
}

static int print_all(struct searching *s)
{
    static const char *const columns[] = {"id",      "from",     "priority",
                                          "marking", "handling", "stored",
                                          "state",   "note",     "matched"};
    struct control_answer a = {
        .rows = s->rows, .row_count = s->row_count, .sentence = s->sentence};
    char more[96];

    if (s->next[0] != '\0') {
        (void)snprintf(more, sizeof more,
                       "there may be more, which came before: the same with --after %s",
                       s->next);
        a.sentence = bytes_of_text(more);
    }
    return cli_print(s->cli, &a, columns, COUNT_OF(columns));
}

static int run(struct cli *c)
{
    struct searching *const s = arena_take(&c->arena, sizeof *s);
    char words[WORDS_ROOM];
    int code = EXIT_DONE;

    if (s == NULL)
        return cli_fail(c, EXIT_UNREACHABLE, "memory", "there is not enough");
    s->cli = c;
    if (!add_words(s, words))
        return cli_fail(c, EXIT_WRONG_USE, "search", "those are too many words");
    for (size_t i = 0; i + 1 < COUNT_OF(options); i++) {
        const char *const value = cli_text(c, options[i].name);
        add(s, options[i].name, bytes_of_text(value == NULL ? "" : value));
    }
    const char *const after = cli_text(c, "after");
    s->after = s->argument_count++;
    s->arguments[s->after] = (struct control_field){
        .name = bytes_of_text("after"), .value = bytes_of_text(after == NULL ? "" : after)};
    for (size_t i = 0; i < QUESTIONS_MAX && code == EXIT_DONE; i++) {
        code = ask_on(s);
        if (s->next[0] == '\0' || s->row_count >= PAGE_ROWS)
            break;
    }
    return code == EXIT_DONE ? print_all(s) : code;
}

const struct command command_search = {
    .name = "search",
    .arguments = "[WORD...]",
    .summary = "Finds records that are held or were published here by what is in them",
    .details =
        "All that is asked must be in one record: words anywhere in it, a name with all "
        "its "
        "words or at\nleast two of them, numbers however they are spaced, also in a text.  "
        "What is only possible (a name\nthat sounds alike, a mark that a camera misreads, "
        "the "
        "last nine digits) says so.  Records are\nopened by the node to be compared and "
        "are "
        "not shown: that is `flagpost show`.  The search is in\nthe log, with its purpose "
        "and "
        "a digest of what was searched for.  Newest first.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
