#include "dispatch.h"

#include "words.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row common[] = {
    {"home", "DIR", "the node's folder (else FLAGPOST_HOME)"},
    {"credential", "FILE",
     "32 random bytes that open the key file (else a passphrase is asked)"},
    {"json", NULL, "one JSON object a line, for machines"},
    {"help", NULL, "this text"},
};
enum { COMMON_HOME, COMMON_CREDENTIAL, COMMON_JSON, COMMON_HELP };

enum { COMMANDS_MAX = 256 };

/* What an option was called before, which is taken all the same and shown nowhere. */
static const struct {
    const char *older, *name;
} renamed[] = {{"send-to", "to"}};

enum { ROWS_MAX = CLI_OPTIONS_MAX + COUNT_OF(common) + COUNT_OF(renamed) };

/* All of them in one row as well, for who looks one up. */
struct table {
    size_t group_count, count;
    const struct command_group *groups;
    const struct command *commands[COMMANDS_MAX];
};

static void print_options(const struct option_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *const argument = rows[i].argument == NULL ? "" : rows[i].argument;
        const int used = printf("  --%s %s", rows[i].name, argument);
        (void)printf("%*s%s\n", used < 30 ? 30 - used : 2, "", rows[i].help);
    }
}

static int print_usage(const struct command *c)
{
    (void)printf("usage: flagpost %s [options] %s\n\n%s.\n", c->name, c->arguments,
                 c->summary);
    if (c->details != NULL)
        (void)printf("\n%s\n", c->details);
    (void)printf("\noptions:\n");
    print_options(c->options, c->option_count);
    print_options(common, COUNT_OF(common));
    (void)printf("\nexit codes: 0 done, 1 refused, 2 wrong use, 3 node or file not there, "
                 "4 not permitted,\n5 verification failed, 74 outcome unknown\n");
    return EXIT_DONE;
}

/* All, under their titles; or those whose names begin with `first`, in the table's order.
 */
static int print_commands(const struct table *t, const char *first, FILE *to)
{
    (void)fprintf(to, "usage: flagpost %sCOMMAND [options]\n%s", first,
                  first[0] == '\0' ? "" : "\n");
    for (size_t g = 0; g < t->group_count; g++) {
        if (first[0] == '\0')
            (void)fprintf(to, "\n%s\n", t->groups[g].title);
        for (size_t i = 0; i < t->groups[g].count; i++) {
            const struct command *const c = t->groups[g].commands[i];
            if (strncmp(c->name, first, strlen(first)) == 0)
                (void)fprintf(to, "  %-16s %s\n", c->name, c->summary);
        }
    }
    (void)fprintf(to, "\n`flagpost %sCOMMAND --help` tells more of one.\n", first);
    return to == stdout ? EXIT_DONE : EXIT_WRONG_USE;
}

/* Names have one or two words; returns how many of argv[1..] the name takes, or 0. */
static int match(const struct command *c, int argc, char **argv)
{
    const char *const space = strchr(c->name, ' ');

    if (argc < 2)
        return 0;
    if (space == NULL)
        return strcmp(argv[1], c->name) == 0 ? 1 : 0;
    const size_t first = (size_t)(space - c->name);
    const bool same = strlen(argv[1]) == first && strncmp(argv[1], c->name, first) == 0;
    return same && argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* The command with the longest name that was typed, or NULL: "draft list" is not "draft"
 * with a file called list. */
static const struct command *find(const struct table *t, int argc, char **argv,
                                  int *ret_words)
{
    const struct command *found = NULL;

    *ret_words = 0;
    for (size_t i = 0; i < t->count; i++) {
        const int words = match(t->commands[i], argc, argv);
        if (words <= *ret_words)
            continue;
        *ret_words = words;
        found = t->commands[i];
    }
    return found;
}

/* Long options for getopt: the command's own, then the common ones. */
static void fill_long(const struct command *c, struct option *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < c->option_count; i++) {
        ret[n] = (struct option){.name = c->options[i].name,
                                 .has_arg = c->options[i].argument != NULL,
                                 .val = (int)(1000 + i)};
        n++;
        for (size_t k = 0; k < COUNT_OF(renamed); k++) {
            if (strcmp(renamed[k].name, c->options[i].name) != 0)
                continue;
            ret[n] = ret[n - 1];
            ret[n++].name = renamed[k].older;
        }
    }
    for (size_t i = 0; i < COUNT_OF(common); i++)
        ret[n++] = (struct option){.name = common[i].name,
                                   .has_arg = common[i].argument != NULL,
                                   .val = (int)(2000 + i)};
    ret[n] = (struct option){0};
}

/* An option is wrong wherever --json stands, so that is looked for first. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

/* The name in "--name", "--name=value" or the like. */
static struct bytes option_name(const char *option)
{
    const char *const name = option + strspn(option, "-");

    return bytes_of(name, strcspn(name, "="));
}

/* The option that was probably meant: it begins so, or is a letter or two away. */
static const char *option_meant(const struct option *rows, struct bytes name)
{
    const char *nearest = NULL;
    size_t distance = WORD_NEAR + 1;

    for (; rows->name != NULL; rows++) {
        const struct bytes one = bytes_of_text(rows->name);
        const bool begins = name.size > 1 && name.size < one.size &&
                            memcmp(name.at, one.at, name.size) == 0;
        const size_t d = begins ? 0 : word_distance(name, one);
        if (d >= distance || d >= name.size)
            continue;
        nearest = rows->name;
        distance = d;
    }
    return nearest;
}

static int refuse_option(struct cli *c, int got, const struct option *rows,
                         const char *option)
{
    const char *const meant = option_meant(rows, option_name(option));
    const bool unknown = got != ':' && optopt < 1000;
    char why[192];

    if (unknown && meant != NULL)
        (void)snprintf(why, sizeof why, "there is no such option: did you mean --%s?",
                       meant);
    else
        (void)snprintf(why, sizeof why, "%s: `flagpost %s --help` lists its options",
                       got == ':' ? "this option needs a value"
                       : unknown  ? "there is no such option"
                                  : "this option takes no value",
                       c->command->name);
    return cli_fail(c, EXIT_WRONG_USE, option, why);
}

/* getopt takes the beginning of a name for the name, and so one option for another. */
static bool is_whole(const struct option *row, const char *option)
{
    return bytes_equal(option_name(option), bytes_of_text(row->name));
}

/* False when the command is not to be run; `ret` has the exit code. */
static bool read_options(struct cli *c, int argc, char **argv, int *ret)
{
    struct option rows[ROWS_MAX + 1];
    int got = 0;
    int row = 0;

    fill_long(c->command, rows);
    c->json = wants_json(argc, argv);
    optind = 1;
    opterr = 0; /* told by us */
    while ((got = getopt_long(argc, argv, ":h", rows, &row)) != -1) {
        const bool apart = optarg != NULL && optarg == argv[optind - 1];
        const char *const option = argv[optind - (apart ? 2 : 1)];
        if (got >= 1000 && !is_whole(&rows[row], option)) {
            optopt = 0;
            *ret = refuse_option(c, '?', rows, option);
            return false;
        }
        if (got >= 1000 && got < 2000) {
            c->values[got - 1000] = optarg == NULL ? "" : optarg;
        } else if (got == 2000 + COMMON_HOME) {
            c->home = optarg;
        } else if (got == 2000 + COMMON_CREDENTIAL) {
            c->credential = optarg;
        } else if (got == 2000 + COMMON_JSON) {
            c->json = true;
        } else if (got == 2000 + COMMON_HELP || got == 'h') {
            *ret = print_usage(c->command);
            return false;
        } else {
            *ret = refuse_option(c, got, rows, argv[optind - 1]);
            return false;
        }
    }
    c->arguments = argv + optind;
    c->argument_count = (size_t)(argc - optind);
    if (c->argument_count == 0 || c->command->arguments[0] != '\0')
        return true;
    *ret = cli_fail(c, EXIT_WRONG_USE, c->arguments[0],
                    "this command takes options only: see its --help");
    return false;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli c = {.command = command, .home = getenv("FLAGPOST_HOME")};
    void *const memory = malloc(CLI_ARENA_BYTES);
    int code = EXIT_DONE;

    MUST(command->option_count <= CLI_OPTIONS_MAX);
    if (memory == NULL)
        return cli_fail(&c, EXIT_UNREACHABLE, "memory", "there is not enough");
    arena_init(&c.arena, memory, CLI_ARENA_BYTES);
    if (read_options(&c, argc, argv, &code))
        code = command->run(&c);
    arena_reset(&c.arena);
    free(memory);
    return code;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
           strcmp(word, "help") == 0;
}

static bool is_group(const struct table *t, const char *word)
{
    const size_t size = strlen(word);

    for (size_t i = 0; i < t->count; i++) {
        if (strncmp(t->commands[i]->name, word, size) == 0 &&
            t->commands[i]->name[size] == ' ')
            return true;
    }
    return false;
}

/* The command that was probably meant; NULL: none is near. */
static const char *command_meant(const struct table *t, int argc, char **argv)
{
    const char *nearest = NULL;
    size_t distance = WORD_NEAR + 1;
    char two[2 * WORD_DISTANCE_MAX] = "";

    (void)snprintf(two, sizeof two, "%s %s", argv[1], argc > 2 ? argv[2] : "");
    for (size_t i = 0; i < t->count; i++) {
        const char *const typed = strchr(t->commands[i]->name, ' ') == NULL ? argv[1] : two;
        const size_t d =
            word_distance(bytes_of_text(typed), bytes_of_text(t->commands[i]->name));
        if (d >= distance || d >= strlen(typed))
            continue;
        nearest = t->commands[i]->name;
        distance = d;
    }
    return nearest;
}

/* What was typed names no command. */
static int run_none(const struct table *t, int argc, char **argv)
{
    char group[32] = "";

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        (void)printf("flagpost %s\n", FLAGPOST_VERSION);
        return EXIT_DONE;
    }
    if (argc < 2 || is_help(argv[1]))
        return print_commands(t, group, argc > 1 ? stdout : stderr);
    const bool grouped = is_group(t, argv[1]);
    if (grouped)
        (void)snprintf(group, sizeof group, "%s ", argv[1]);
    if (grouped && (argc == 2 || is_help(argv[2])))
        return print_commands(t, group, argc > 2 ? stdout : stderr);
    (void)fprintf(stderr, "flagpost: \"%s", group);
    cli_put(stderr, bytes_of_text(argv[grouped ? 2 : 1]));
    const char *const meant = command_meant(t, argc, argv);
    (void)fprintf(stderr, "\" is not a command");
    if (meant != NULL)
        (void)fprintf(stderr, ": did you mean `flagpost %s`?", meant);
    (void)fprintf(stderr, "\n`flagpost help` lists the commands\n");
    return EXIT_WRONG_USE;
}

/* `flagpost help COMMAND`. */
static int run_help(const struct table *t, int argc, char **argv)
{
    char group[32] = "";
    int words = 0;

    const struct command *const found = find(t, argc, argv, &words);
    if (found != NULL)
        return print_usage(found);
    if (!is_group(t, argv[1]))
        return run_none(t, argc, argv);
    (void)snprintf(group, sizeof group, "%s ", argv[1]);
    return print_commands(t, group, stdout);
}

int dispatch(const struct command_group *groups, size_t count, int argc, char **argv)
{
    struct table t = {.group_count = count, .groups = groups};
    int words = 0;

    for (size_t g = 0; g < count; g++) {
        for (size_t i = 0; i < groups[g].count; i++) {
            MUST(t.count < COMMANDS_MAX);
            t.commands[t.count++] = groups[g].commands[i];
        }
    }
    const struct command *const found = find(&t, argc, argv, &words);
    if (found != NULL)
        return run(found, argc - words, argv + words);
    return argc > 2 && is_help(argv[1]) ? run_help(&t, argc - 1, argv + 1)
                                        : run_none(&t, argc, argv);
}
