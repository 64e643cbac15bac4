#include "dispatch.h"

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

/* The commands whose names begin with `group`, in the table's order. */
static int print_commands(const struct command *const *commands, size_t count,
                          const char *group, FILE *to)
{
    (void)fprintf(to, "usage: flagpost %sCOMMAND [options]\n\n", group);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(commands[i]->name, group, strlen(group)) == 0)
            (void)fprintf(to, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    }
    (void)fprintf(to, "\n`flagpost %sCOMMAND --help` tells more of one.\n", group);
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

/* Long options for getopt: the command's own, then the common ones. */
static void fill_long(const struct command *c, struct option *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < c->option_count; i++)
        ret[n++] = (struct option){.name = c->options[i].name,
                                   .has_arg = c->options[i].argument != NULL,
                                   .val = (int)(1000 + i)};
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

static int refuse_option(struct cli *c, int got, const char *option)
{
    char why[128];

    (void)snprintf(why, sizeof why, "%s: `flagpost %s --help` lists its options",
                   got == ':'    ? "this option needs a value"
                   : optopt != 0 ? "this option takes no value"
                                 : "there is no such option",
                   c->command->name);
    return cli_fail(c, EXIT_WRONG_USE, option, why);
}

/* False when the command is not to be run; `ret` has the exit code. */
static bool read_options(struct cli *c, int argc, char **argv, int *ret)
{
    struct option rows[CLI_OPTIONS_MAX + COUNT_OF(common) + 1];
    int got = 0;

    fill_long(c->command, rows);
    c->json = wants_json(argc, argv);
    optind = 1;
    opterr = 0; /* told by us */
    while ((got = getopt_long(argc, argv, ":", rows, NULL)) != -1) {
        if (got >= 1000 && got < 2000) {
            c->values[got - 1000] = optarg == NULL ? "" : optarg;
        } else if (got == 2000 + COMMON_HOME) {
            c->home = optarg;
        } else if (got == 2000 + COMMON_CREDENTIAL) {
            c->credential = optarg;
        } else if (got == 2000 + COMMON_JSON) {
            c->json = true;
        } else if (got == 2000 + COMMON_HELP) {
            *ret = print_usage(c->command);
            return false;
        } else {
            *ret = refuse_option(c, got, argv[optind - 1]);
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
    return strcmp(word, "--help") == 0 || strcmp(word, "help") == 0;
}

static bool is_group(const struct command *const *commands, size_t count, const char *word)
{
    const size_t size = strlen(word);

    for (size_t i = 0; i < count; i++) {
        if (strncmp(commands[i]->name, word, size) == 0 && commands[i]->name[size] == ' ')
            return true;
    }
    return false;
}

/* What was typed names no command. */
static int run_none(const struct command *const *commands, size_t count, int argc,
                    char **argv)
{
    char group[32] = "";

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        (void)printf("flagpost %s\n", FLAGPOST_VERSION);
        return EXIT_DONE;
    }
    if (argc < 2 || is_help(argv[1]))
        return print_commands(commands, count, group, argc > 1 ? stdout : stderr);
    const bool grouped = is_group(commands, count, argv[1]);
    if (grouped)
        (void)snprintf(group, sizeof group, "%s ", argv[1]);
    if (grouped && (argc == 2 || is_help(argv[2])))
        return print_commands(commands, count, group, argc > 2 ? stdout : stderr);
    (void)fprintf(stderr, "flagpost: \"%s", group);
    cli_put(stderr, bytes_of_text(argv[grouped ? 2 : 1]));
    (void)fprintf(stderr, "\" is not a command\n\n");
    return print_commands(commands, count, group, stderr);
}

int dispatch(const struct command *const *commands, size_t count, int argc, char **argv)
{
    for (size_t i = 0; i < count; i++) {
        const int words = match(commands[i], argc, argv);
        if (words > 0)
            return run(commands[i], argc - words, argv + words);
    }
    return run_none(commands, count, argc, argv);
}
