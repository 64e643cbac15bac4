#include "cli.h"
#include "text.h"

#include <stdio.h>

/* Tokens of a force's own systems, which hand records in over HTTP. */

static int ask_name(struct cli *c, const char *verb, struct control_answer *ret)
{
    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one account's name");
    const struct control_field name = {.name = bytes_of_text("name"),
                                       .value = bytes_of_text(c->arguments[0])};
    return cli_ask(c, verb, &name, 1, ret) ? EXIT_DONE : EXIT_UNREACHABLE;
}

static int run_new(struct cli *c)
{
    struct control_answer a = {0};
    const int code = ask_name(c, "token-new", &a);

    if (code != EXIT_DONE)
        return code;
    if (c->json || a.status != OK || a.row_count == 0)
        return cli_print(c, &a, NULL, 0);
    /* The token alone on standard output, so that it can be put into a file unseen. */
    cli_put(stdout, control_value(&a.rows[0], "token"));
    (void)printf("\n");
    (void)fprintf(stderr, "flagpost: shown once: only a digest of it is kept\n");
    return EXIT_DONE;
}

const struct command command_token_new = {
    .name = "token new",
    .arguments = "NAME",
    .summary = "Makes the token with which a force's own system hands records in",
    .details = "NAME is the system's account: it stands in the log for everything that is "
               "handed in with\nthe token.  See `flagpost http --help`.",
    .run = run_new,
};

static int run_list(struct cli *c)
{
    struct control_answer a = {0};

    return cli_ask(c, "tokens", NULL, 0, &a) ? cli_print(c, &a, NULL, 0) : EXIT_UNREACHABLE;
}

const struct command command_token_list = {
    .name = "token list",
    .arguments = "",
    .summary = "Lists the system accounts, with when and by whom each was made",
    .run = run_list,
};

static int run_revoke(struct cli *c)
{
    struct control_answer a = {0};
    const int code = ask_name(c, "token-revoke", &a);

    return code == EXIT_DONE ? cli_print(c, &a, NULL, 0) : code;
}

const struct command command_token_revoke = {
    .name = "token revoke",
    .arguments = "NAME",
    .summary = "Refuses an account's token from the next request on",
    .run = run_revoke,
};
