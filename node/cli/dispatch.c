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

static int print_commands(const struct command *const *commands, size_t count, FILE *to)
{
    (void)fprintf(to, "usage: flagpost COMMAND [options]\n\n");
    for (size_t i = 0; i < count; i++)
        (void)fprintf(to, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    (void)fprintf(to, "\n`flagpost COMMAND --help` tells more of one.\n");
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

/* False when the command is not to be run; `ret` has the exit code. */
static bool read_options(struct cli *c, int argc, char **argv, int *ret)
{
    struct option rows[CLI_OPTIONS_MAX + COUNT_OF(common) + 1];
    int got = 0;

    fill_long(c->command, rows);
    optind = 1;
    while ((got = getopt_long(argc, argv, "", rows, NULL)) != -1) {
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
            (void)fprintf(stderr, "`flagpost %s --help` lists its options\n",
                          c->command->name);
            *ret = EXIT_WRONG_USE;
            return false;
        }
    }
    c->arguments = argv + optind;
    c->argument_count = (size_t)(argc - optind);
    return true;
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

int dispatch(const struct command *const *commands, size_t count, int argc, char **argv)
{
    for (size_t i = 0; i < count; i++) {
        const int words = match(commands[i], argc, argv);
        if (words > 0)
            return run(commands[i], argc - words, argv + words);
    }
    if (argc > 1 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "help") != 0) {
        (void)fprintf(stderr, "flagpost: \"%s\" is not a command\n\n", argv[1]);
        return print_commands(commands, count, stderr);
    }
    return print_commands(commands, count, argc > 1 ? stdout : stderr);
}
