#include "cli.h"

/* Who may ask what of a node. */

static const struct option_row set_options[] = {
    {"roles", "LIST", "submit, release, read, decide, acknowledge, audit, operate"},
};

static int ask(struct cli *c, const char *verb, const char *roles)
{
    struct control_answer a = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "give one user of this machine: a login name, or uid:1000");
    const struct control_field arguments[] = {
        {.name = bytes_of_text("user"), .value = bytes_of_text(c->arguments[0])},
        {.name = bytes_of_text("roles"),
         .value = bytes_of_text(roles == NULL ? "" : roles)},
    };
    if (!cli_ask(c, verb, arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

static int run_set(struct cli *c)
{
    return ask(c, "operator-set", cli_text(c, "roles"));
}

const struct command command_operator_set = {
    .name = "operator set",
    .arguments = "USER",
    .summary = "Gives a user of this machine roles, in place of those it had",
    .details =
        "submit       check in drafts, assess, sanitise, publish, correct, import, record "
        "calls\n"
        "release      release what was sanitised\n"
        "read         inbox, search, show, trace, attachments, drafts, sources, calls\n"
        "decide       to immigration enforcement or abroad, consent, recall, statements\n"
        "acknowledge  take an urgent record in hand\n"
        "audit        read the log; not together with a role that reads records (R21)\n"
        "operate      keep the node: rosters, epochs, backups, tokens, operators\n\n"
        "While nobody is named everyone who reaches the control socket may work at the "
        "desk.  "
        "The\nnode's own user and root always have operate.  Each change is in the log.",
    .options = set_options,
    .option_count = COUNT_OF(set_options),
    .run = run_set,
};

static int run_remove(struct cli *c)
{
    return ask(c, "operator-remove", NULL);
}

const struct command command_operator_remove = {
    .name = "operator remove",
    .arguments = "USER",
    .summary = "Takes all roles from a user",
    .run = run_remove,
};

static int run_password(struct cli *c)
{
    struct cli_secret secret DEFER(cli_secret_done) = {0};
    struct control_answer a = {0};

    if (!cli_password(c, &secret))
        return EXIT_WRONG_USE;
    const struct control_field field = {.name = bytes_of_text("password"),
                                        .value = secret.lock.passphrase};
    if (!cli_ask(c, "operator-password", &field, 1, &a))
        return EXIT_UNREACHABLE;
    return cli_print(c, &a, NULL, 0);
}

const struct command command_operator_password = {
    .name = "operator password",
    .arguments = "",
    .summary = "Sets your own password for HTTP, in place of the one before",
    .details =
        "You are whom the kernel says you are, and have to be named with `operator "
        "set`.  It is typed\ntwice, or read from standard input as two lines.  `POST "
        "/v1/session` takes it; each wrong\ntry is in the log.  `operator remove` "
        "ends it.",
    .run = run_password,
};

static int run_list(struct cli *c)
{
    static const char *const columns[] = {"user", "uid", "roles", "since", "by"};
    struct control_answer a = {0};

    return cli_ask(c, "operators", NULL, 0, &a)
               ? cli_print(c, &a, columns, COUNT_OF(columns))
               : EXIT_UNREACHABLE;
}

const struct command command_operator_list = {
    .name = "operator list",
    .arguments = "",
    .summary = "Lists who has which roles, since when and given by whom",
    .run = run_list,
};
