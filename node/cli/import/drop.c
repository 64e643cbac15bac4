#include "cli.h"
#include "clock.h"
#include "drop_take.h"
#include "drop_watch.h"
#include "import.h"
#include "text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/*
 * A process of its own beside the daemon, one for each folder: what it reads is the least
 * trusted input there is, the daemon's thread stays free, and it needs no key and no right
 * but the control socket and the folder.
 */

enum {
    SETTLE_MS = 2000,
    SETTLE_MS_MAX = 600000,
    RETRY_MS = 500,
    RETRY_MS_MAX = 30000,
    PATH_ROOM = 1024,
};

static const struct option_row options[] = {
    {"map", "FILE", "the mapping file of the force system"},
    {"released", "TEXT",
     "who released the rows in the force's own system; goes into the log"},
    {"attachments", "DIR", "where the files are that the rows name as attachments"},
    {"settle", "MS", "a file written in place is complete after so long unchanged (2000)"},
    {"once", NULL, "takes what there is and ends"},
};

struct drop {
    struct cli *cli;
    const struct mapping *mapping;
    const char *folder;
    struct drop_watch watch;
    int stop_fd;
    int lock;
    bool once, refused;
};

static bool read_settle(struct cli *c, millis *ret)
{
    const char *const text = cli_value(c, "settle");
    uint64_t ms = SETTLE_MS;

    if (text != NULL &&
        (decimal_decode(bytes_of_text(text), &ms) != OK || ms > SETTLE_MS_MAX)) {
        (void)cli_fail(c, EXIT_WRONG_USE, "settle", "give milliseconds, at most 600000");
        return false;
    }
    *ret = ms;
    return true;
}

static int open_stop(void)
{
    sigset_t set;

    if (sigemptyset(&set) != 0 || sigaddset(&set, SIGTERM) != 0 ||
        sigaddset(&set, SIGINT) != 0 || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool is_stopped(const struct drop *d)
{
    struct signalfd_siginfo info;

    return read(d->stop_fd, &info, sizeof info) == sizeof info;
}

/* Two processes on one folder would take files out of each other's hands. */
static int lock_folder(const char *folder)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/work/.lock", folder) >= PATH_ROOM)
        return -1;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    (void)close(fd); /* another holds it */
    return -1;
}

/* Again until the node takes it; false: stopped before. */
static bool take(struct drop *d, const char *name, int *ret_code)
{
    millis wait = RETRY_MS;

    for (;;) {
        const size_t mark = arena_mark(&d->cli->arena);
        const int code = drop_take_file(d->cli, d->mapping, d->folder, name);
        arena_rewind(&d->cli->arena, mark);
        d->refused = d->refused || code == EXIT_REFUSED;
        *ret_code = code;
        if (code == EXIT_DONE || code == EXIT_REFUSED)
            return true;
        if (d->once)
            return false;
        const struct timespec pause = {.tv_sec = (time_t)(wait / 1000),
                                       .tv_nsec = (long)(wait % 1000) * 1000000};
        (void)nanosleep(&pause, NULL); /* a shorter wait does no harm */
        wait = 2 * wait < RETRY_MS_MAX ? 2 * wait : RETRY_MS_MAX;
        if (is_stopped(d))
            return false;
    }
}

/* What a run before this one had begun, then what has come; "" when there is nothing. */
static status next_file(struct drop *d, char *ret_name, size_t room)
{
    const char *found = NULL;

    TRY(drop_take_left(d->folder, ret_name, room));
    if (ret_name[0] != '\0')
        return OK;
    TRY(drop_watch_next(&d->watch, clock_steady(), &found));
    if (found == NULL)
        return OK;
    const status s = drop_take_begin(d->folder, found);
    if (s == OK)
        (void)snprintf(ret_name, room, "%s", found);
    return s == E_UNKNOWN ? OK : s; /* taken back */
}

static int serve(struct drop *d)
{
    char name[DROP_NAME_MAX + 1];
    int code = EXIT_DONE;

    for (;;) {
        if (next_file(d, name, sizeof name) != OK)
            return cli_fail(d->cli, EXIT_UNREACHABLE, d->folder,
                            "the folder cannot be read or written");
        if (name[0] != '\0' && !take(d, name, &code))
            return d->once ? code : EXIT_DONE;
        if (name[0] != '\0')
            continue;
        if (d->once && d->watch.count == 0)
            return d->refused ? EXIT_REFUSED : EXIT_DONE;
        if (drop_watch_wait(&d->watch, d->stop_fd))
            return EXIT_DONE;
    }
}

static int open_folder(struct drop *d, millis settle_ms)
{
    struct cli *const c = d->cli;

    if (drop_take_prepare(d->folder) != OK)
        return cli_fail(c, EXIT_UNREACHABLE, d->folder,
                        "there is no such folder, or it may not be written to");
    d->lock = lock_folder(d->folder);
    if (d->lock < 0)
        return cli_fail(c, EXIT_UNREACHABLE, d->folder,
                        "another process serves this folder");
    d->stop_fd = open_stop();
    if (d->stop_fd < 0 || drop_watch_open(&d->watch, d->folder, settle_ms) != OK)
        return cli_fail(c, EXIT_UNREACHABLE, d->folder, "the folder cannot be watched");
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    struct drop *const d = arena_take(&c->arena, sizeof *d);
    struct mapping *m = NULL;
    millis settle = 0;

    if (d == NULL)
        return cli_fail(c, EXIT_REFUSED, "drop", status_sentence(E_MEMORY));
    if (c->argument_count != 1 || cli_text(c, "map") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "drop", "give one folder, and --map MAPPING");
    if (cli_home(c) == NULL || !read_settle(c, &settle))
        return EXIT_WRONG_USE;
    int code = import_mapping(c, cli_value(c, "map"), &m);
    if (code != EXIT_DONE)
        return code;
    *d = (struct drop){.cli = c,
                       .mapping = m,
                       .folder = c->arguments[0],
                       .once = cli_value(c, "once") != NULL,
                       .watch.notify = -1};
    code = open_folder(d, settle);
    if (code == EXIT_DONE)
        code = serve(d);
    drop_watch_done(&d->watch);
    m = mapping_free(m);
    return code;
}

const struct command command_drop = {
    .name = "drop",
    .arguments = "DIR",
    .summary =
        "Takes in the files that are put into a folder, and writes a result for each",
    .details =
        "A complete file goes to DIR/done/, or to DIR/refused/ when something in it is to "
        "be "
        "mended,\nwith NAME.result.json and NAME.result.csv beside it.  Runs until "
        "SIGTERM; "
        "a file that\nwas begun is taken up again at the next start, and no row is "
        "published "
        "twice.\nNames that begin with a dot or end in .part, .filepart or .tmp are left "
        "alone.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
