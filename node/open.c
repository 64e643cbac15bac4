#include "node.h"

#include "clock.h"
#include "entropy.h"
#include "file.h"
#include "log.h"
#include "net_guard.h"
#include "net_socket.h"
#include "reconcile.h"
#include "tail.h"
#include "text.h"
#include "watching.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Starting and stopping: in this order and back in reverse. */

static void say(char *fault, size_t room, const char *what, const char *why)
{
    (void)snprintf(fault, room, "%s: %s", what, why);
}

static status open_root(struct node *n, const char *home, struct root *ret)
{
    char *const path = n->desk.root_path;
    struct bytes bytes = {0};
    struct hash realm;

    TRY(file_path(home, "root", path, sizeof n->desk.root_path));
    TRY(file_path(home, TAIL_FILE, n->desk.tail_path, sizeof n->desk.tail_path));
    TRY(file_read(path, NOTE_BYTES_MAX, &n->arena, &bytes));
    TRY(root_chain_verify(bytes, &n->arena, ret, &realm));
    memcpy(n->desk.root_note, bytes.at, bytes.size);
    n->desk.root_size = bytes.size;
    arena_reset(&n->arena);
    return OK;
}

static status open_exchange(struct node *n, const char *home)
{
    struct root *const root = calloc(1, sizeof *root);
    struct exchange_setup setup = {.self = n->config.agency,
                                   .realm = n->config.realm,
                                   .keyring = n->keyring,
                                   .store = journal_store(n->journal),
                                   .root = root,
                                   .lists = n->desk.lists,
                                   .newer = {desk_superseded, &n->desk},
                                   .hello_ms = n->config.hello_ms,
                                   .now = clock_wall()};
    status s = root == NULL ? E_MEMORY : open_root(n, home, root);

    entropy_fill(&setup.instance, sizeof setup.instance);
    if (s == OK)
        s = exchange_load(n->exchange, &setup, &n->arena);
    arena_reset(&n->arena);
    free(root);
    return s;
}

/* The journal against the head guard: what is missing is said, and nothing is published. */
static status check_guard(struct node *n)
{
    struct guard_report report = {0};

    TRY(journal_guard(n->journal, &report));
    n->desk.guard = report;
    sequence size = 0;
    for (size_t l = 0; l < LANES; l++)
        size += n->exchange->own[l].row.frontier.size;
    if (report.state == GUARD_MISSING && size == 0)
        return journal_guard_reset(n->journal); /* first start: from now on it is kept */
    if (report.state == GUARD_AGREES || report.state == GUARD_BEHIND)
        return OK;
    exchange_fence(n->exchange, E_FENCED);
    const struct log_field fields[] = {
        {.name = "missing_immediate", .number = report.missing[0]},
        {.name = "missing_routine", .number = report.missing[1]},
        {.name = "missing_local", .number = report.missing[2]},
        {.name = "missing_commits", .number = report.commits},
    };
    log_event(LOG_ERROR,
              report.state == GUARD_AHEAD     ? "journal.behind_guard"
              : report.state == GUARD_CHANGED ? "journal.changed"
              : report.state == GUARD_MISSING ? "guard.missing"
                                              : "guard.foreign",
              fields, COUNT_OF(fields));
    return OK;
}

/* A restored home says so until its new epoch is durable (loop.c, commit). */
static status read_origin(struct node *n, const char *home)
{
    char path[CONFIG_PATH_MAX];
    struct bytes text = {0};

    TRY(file_path(home, NODE_RESTORED, path, sizeof path));
    const status s = file_read(path, sizeof n->desk.restored - 1, &n->arena, &text);
    if (s == OK && utf8_is_valid(text))
        memcpy(n->desk.restored, text.at, text.size);
    arena_reset(&n->arena);
    return s == E_UNKNOWN ? OK : s;
}

void node_forget_origin(struct node *n)
{
    char path[CONFIG_PATH_MAX];

    n->desk.restored[0] = '\0';
    if (file_path(n->home, NODE_RESTORED, path, sizeof path) == OK)
        (void)unlink(path); /* mostly it is not there */
}

static status open_sockets(struct node *n, const char *home)
{
    char control[CONFIG_PATH_MAX];
    char feed_path[CONFIG_PATH_MAX];
    char feed[CONFIG_PATH_MAX + 8];

    TRY(file_path(home, "control.sock", control, sizeof control));
    TRY(file_path(home, "feed.sock", feed_path, sizeof feed_path));
    (void)snprintf(feed, sizeof feed, "ipc://%s", feed_path);
    const struct net_setup setup = {.self = n->config.agency,
                                    .keyring = n->keyring,
                                    .endpoint = n->config.listen,
                                    .feed = feed};
    TRY(net_open(&setup, &n->net));
    n->desk.net = n->net;
    /* One publisher that cannot be dialled now is dialled again; the others must not wait.
     */
    if (net_apply(n->net, &n->exchange->roster, clock_wall()) != OK)
        log_event(LOG_WARN, "net.not_all_dialled", NULL, 0);
    TRY(server_open(control, &n->server));
    return n->config.desk_group[0] == '\0' ? OK
                                           : server_share(n->server, n->config.desk_group);
}

/* A user database may be in libraries, and they are loaded at the first look-up: now,
 * because later the process can open none. */
static void load_user_database(void)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char room[4096];

    (void)getpwuid_r(getuid(), &entry, room, sizeof room, &found);
}

static status find_gateway(struct node *n)
{
    n->desk.has_gateway = n->config.gateway[0] != '\0';
    return n->desk.has_gateway ? server_user(n->config.gateway, &n->desk.gateway) : OK;
}

static status open_signals(struct node *n)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    ENSURE(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0, E_IO);
    ENSURE(signal(SIGPIPE, SIG_IGN) != SIG_ERR, E_IO);
    n->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    ENSURE(n->signal_fd >= 0, E_IO);
    return OK;
}

static status open_memory(struct node *n)
{
    n->arena_memory = malloc(TURN_ARENA_BYTES);
    n->scratch_memory = malloc(SCRATCH_BYTES);
    n->exchange = calloc(1, sizeof *n->exchange);
    n->effects = malloc(sizeof *n->effects);
    n->desk.lists = calloc(1, sizeof *n->desk.lists);
    ENSURE(n->arena_memory != NULL && n->scratch_memory != NULL && n->exchange != NULL &&
               n->effects != NULL && n->desk.lists != NULL,
           E_MEMORY);
    arena_init(&n->arena, n->arena_memory, TURN_ARENA_BYTES);
    arena_init(&n->scratch, n->scratch_memory, SCRATCH_BYTES);
    return OK;
}

static status open_parts(struct node *n, const struct node_setup *setup, char *fault,
                         size_t room)
{
    struct journal_version version = {0};
    char why[JOURNAL_SENTENCE_ROOM];
    const struct journal_setup journal = {.folder = setup->home,
                                          .mode = JOURNAL_WRITE,
                                          .self = setup->config.agency,
                                          .keyring = setup->keyring,
                                          .version = &version};

    say(fault, room, "memory", "could not be set aside");
    TRY(open_memory(n));
    say(fault, room, "signals", "could not be set up");
    TRY(open_signals(n));
    say(fault, room, setup->home, "cannot be looked at");
    TRY(space_open(&n->space, setup->home, setup->config.disk_low_mib));
    n->desk.space = &n->space;
    space_prepare(&n->space);
    status s = journal_open(&journal, &n->journal);
    say(fault, room, "the journal",
        s == E_BUSY ? "another flagpost is running on this home"
        : s == E_STORAGE && n->space.is_low
            ? "its disk is full: free some room there, then start the node again"
            : journal_open_sentence(s, &version, why));
    TRY(s);
    s = open_exchange(n, setup->home);
    say(fault, room, "the roster",
        s == E_UNKNOWN
            ? "none is installed that lists this agency: use `flagpost roster install`"
            : status_sentence(s));
    TRY(s);
    n->desk.exchange = n->exchange;
    n->desk.journal = n->journal;
    n->desk.keyring = n->keyring;
    n->desk.config = &n->config;
    n->desk.scratch = &n->scratch;
    n->desk.started = clock_wall();
    s = desk_load(&n->desk);
    say(fault, room, "the code list", status_sentence(s));
    TRY(s);
    s = read_origin(n, setup->home);
    if (s == OK)
        s = check_guard(n);
    if (s == OK && n->exchange->fence == OK)
        node_forget_origin(n); /* killed after its new epoch */
    say(fault, room, "the head guard", status_sentence(s));
    TRY(s);
    space_settle(&n->space, n->journal);
    s = find_gateway(n);
    say(fault, room, "gateway", "the configuration names no user of this machine");
    TRY(s);
    load_user_database();
    s = sandbox_files(setup->home, net_port(n->config.listen), &n->desk.sandbox);
    say(fault, room, "confinement",
        "the kernel refused to confine the process to its home");
    TRY(s);
    sandbox_memory(&n->desk.sandbox);
    s = open_sockets(n, setup->home);
    say(fault, room, n->config.listen,
        s == E_IO      ? "cannot listen here: is the address in use?"
        : s == E_LIMIT ? "too few open files are allowed (LimitNOFILE=, `ulimit -n`)"
                       : status_sentence(s));
    TRY(s);
    s = sandbox_calls(&n->desk.sandbox);
    say(fault, room, "confinement", "the kernel refused the list of its calls");
    return s;
}

status node_open(const struct node_setup *setup, char *fault, size_t fault_room,
                 struct node **ret)
{
    struct node *const n = calloc(1, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    n->signal_fd = -1;
    n->home = setup->home;
    n->keyring = setup->keyring;
    n->config = setup->config;
    const status s = open_parts(n, setup, fault, fault_room);
    if (s == OK)
        *ret = n;
    else
        (void)node_free(n);
    return s;
}

struct node *node_free(struct node *n)
{
    if (n == NULL)
        return NULL;
    n->server = server_free(n->server);
    n->net = net_free(n->net);
    n->journal = journal_free(n->journal);
    space_done(&n->space);
    n->keyring = keyring_free(n->keyring);
    if (n->signal_fd >= 0)
        (void)close(n->signal_fd);
    reconcile_drop(&n->desk);
    watching_done(&n->desk);
    free(n->desk.lists);
    free(n->effects);
    free(n->exchange);
    free(n->scratch_memory);
    free(n->arena_memory);
    free(n);
    return NULL;
}
