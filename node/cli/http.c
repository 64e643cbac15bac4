#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Starts the gateway, a program of its own beside this one: so neither the HTTP library nor
 * what it brings along is ever in the process that holds the keys.
 */

static const struct option_row options[] = {
    {"listen", "ADDRESS", "127.0.0.1:PORT, [::1]:PORT or unix:PATH; nothing else is taken"},
};

/* The program of that name in the folder of this one. */
static bool beside(const char *name, char ret[PATH_MAX])
{
    const ssize_t size = readlink("/proc/self/exe", ret, PATH_MAX - 1);

    if (size <= 0)
        return false;
    ret[size] = '\0';
    char *const slash = strrchr(ret, '/');
    if (slash == NULL || (size_t)(slash - ret) + 2 + strlen(name) > PATH_MAX)
        return false;
    memcpy(slash + 1, name, strlen(name) + 1);
    return true;
}

static int run(struct cli *c)
{
    char program[PATH_MAX];
    const char *const listen = cli_text(c, "listen");
    const char *const home = cli_home(c);

    if (home == NULL)
        return EXIT_WRONG_USE;
    if (listen == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "http",
                        "say where: --listen 127.0.0.1:PORT or --listen unix:PATH");
    if (!beside("flagpost-http", program))
        return cli_fail(c, EXIT_UNREACHABLE, "flagpost-http",
                        "this program's folder is not known");
    (void)execl(program, "flagpost-http", home, listen, (char *)NULL);
    return cli_fail(c, EXIT_UNREACHABLE, program,
                    errno == ENOENT ? "this build has no HTTP" : strerror(errno));
}

const struct command command_http = {
    .name = "http",
    .arguments = "",
    .summary = "Takes records from a force's own systems over HTTP, on this machine alone",
    .details = "It holds no key: it hands requests on to the running node.  Run it as a "
               "user of its "
               "own, and\nname that user as `gateway` in the node's configuration.  "
               "proto/openapi.json describes the interface.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
