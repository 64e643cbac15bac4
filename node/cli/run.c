#include "cli.h"
#include "loop.h"

#include <sys/prctl.h>
#include <sys/resource.h>

/* No core, no ptrace by others of the same user: the keys are in this process's memory. */
static void harden(void)
{
    const struct rlimit none = {0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int run(struct cli *c)
{
    struct node_setup setup = {0};
    struct node *n = NULL;
    char fault[512] = "";

    harden();
    if (!cli_config(c, &setup.config))
        return EXIT_REFUSED;
    if (!cli_keyring(c, &setup.keyring))
        return EXIT_FORBIDDEN;
    setup.home = c->home;
    const status s = node_open(&setup, fault, sizeof fault, &n);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), c->home, fault);
    const int code = node_run(n);
    n = node_free(n);
    return code;
}

const struct command command_run = {
    .name = "run",
    .arguments = "",
    .summary = "Runs the node until it is told to stop (SIGTERM or Ctrl-C)",
    .details =
        "It logs one line an event to standard error, never content.  When the journal "
        "has lost\nits end it still runs and shows its state, and publishes nothing.  With "
        "less "
        "than\ndisk_low_mib (256) MiB free on the disk of the home it takes, sends and "
        "shows "
        "nothing, and\ngoes on by itself once there is half as much again.",
    .run = run,
};
