#include "address.h"
#include "answer_json.h"
#include "cli.h"
#include "config.h"
#include "file.h"
#include "gateway.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/*
 * flagpost-http HOME ADDRESS: started by `flagpost http`.  It opens nothing in the home but
 * the control socket, and needs no right to any file there.
 */

static int fail(enum exit_code code, const char *what, const char *why)
{
    (void)fprintf(stderr, "flagpost: %s: %s\n", what, why);
    return (int)code;
}

/* What a gateway never needs: more rights, and a core file with somebody's record in it. */
static bool confine(void)
{
    const struct rlimit none = {0};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0;
}

static int tell_listen(const char *address, status s)
{
    return fail(EXIT_UNREACHABLE, address,
                s == E_BUSY ? "something listens there already"
                            : "cannot listen there: is the folder there, and may we?");
}

static int tell_address(const char *address, status s)
{
    return fail(EXIT_WRONG_USE, address,
                s == E_DENIED ? "not loopback: records come in over this machine alone, so "
                                "give 127.0.0.1:PORT, [::1]:PORT or unix:PATH"
                              : "give 127.0.0.1:PORT, [::1]:PORT or unix:PATH");
}

/* Until a signal asks for the end; once a second the deadlines are looked at. */
static void serve(struct gateway *g, const sigset_t *ends)
{
    const struct timespec second = {.tv_sec = 1};
    int got = -1;

    while (got < 0) {
        got = sigtimedwait(ends, NULL, &second);
        gateway_tick(g);
    }
}

static int run(const char *control, const char *address)
{
    struct http_address where;
    struct gateway *g = NULL;
    sigset_t ends;
    int listener = -1;

    status s = http_address_read(address, &where);
    if (s != OK)
        return tell_address(address, s);
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &ends, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return fail(EXIT_UNREACHABLE, "signals", "could not be set up");
    s = http_listen(&where, &listener);
    if (s != OK)
        return tell_listen(address, s);
    const struct gateway_setup setup = {
        .listener = listener, .control = control, .check_host = !where.is_local};
    s = gateway_start(&setup, &g);
    if (s != OK)
        return fail(EXIT_UNREACHABLE, address, status_sentence(s));
    (void)fprintf(stderr, "flagpost: http on %s, for %s\n", address, control);
    serve(g, &ends);
    g = gateway_free(g);
    if (where.is_local)
        (void)unlink(where.local.sun_path); /* ours; gone already: as well */
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    char control[CONFIG_PATH_MAX];

    if (argc != 3)
        return fail(EXIT_WRONG_USE, "flagpost-http", "is started by `flagpost http`");
    if (file_path(argv[1], "control.sock", control, sizeof control) != OK)
        return fail(EXIT_WRONG_USE, argv[1], "this path is too long");
    if (!confine())
        return fail(EXIT_UNREACHABLE, "confinement",
                    "the system refuses to take rights away from this process");
    answer_json_prepare();
    return run(control, argv[2]);
}
