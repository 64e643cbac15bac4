/* The control socket with callers that are slow, wrong, many, or gone. */

#include "server.h"
#include "check.h"
#include "clock.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 20000, PATH_ROOM = 96 };

static char folder[PATH_ROOM];
static char path[PATH_ROOM + 16];
static struct server *server;
static uint8_t memory[CONTROL_BYTES_MAX + 4096] __attribute__((aligned(16)));

static void start(void)
{
    memcpy(folder, "/tmp/flagpost_XXXXXX", sizeof "/tmp/flagpost_XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK(snprintf(path, sizeof path, "%s/control", folder) > 0);
    CHECK_OK(server_open(path, &server));
}

static void stop(void)
{
    server = server_free(server);
    CHECK(rmdir(folder) == 0); /* the socket's file is gone */
}

static struct sockaddr_un address(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    CHECK(strlen(path) < sizeof a.sun_path);
    memcpy(a.sun_path, path, strlen(path));
    return a;
}

static int dial(void)
{
    const struct sockaddr_un a = address();
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof a) == 0);
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    return fd;
}

/* A length and as much of a request as is given. */
static void say(int fd, uint32_t length, const char *text)
{
    uint8_t bytes[64];
    struct writer w = writer_over(bytes, sizeof bytes);

    write_u32(&w, length);
    write_text(&w, text);
    CHECK(!w.bad && write(fd, bytes, w.size) == (ssize_t)w.size);
}

/* The client whose request comes next. */
static size_t check_next(const char *wanted)
{
    const millis began = clock_steady();
    struct person person = {0};
    struct bytes request = {0};
    size_t client = 0;
    status s = E_BUSY;

    while (s == E_BUSY && clock_steady() - began < DEADLINE_MS) {
        server_poll(server);
        s = server_next(server, &client, &person, &request);
    }
    CHECK_OK(s);
    CHECK_BYTES(request, bytes_of_text(wanted));
    CHECK_INT(person.uid, getuid());
    return client;
}

static void check_no_request(void)
{
    struct person person;
    struct bytes request;
    size_t client = 0;

    for (size_t i = 0; i < 10; i++)
        server_poll(server);
    CHECK_STATUS(server_next(server, &client, &person, &request), E_BUSY);
}

/* What a caller gets next on its connection: text, or "" for its end. */
static void check_hears(int fd, const char *wanted)
{
    const millis began = clock_steady();
    char got[128] = "";
    ssize_t n = -1;

    while (n < 0 && clock_steady() - began < DEADLINE_MS) {
        server_poll(server);
        n = read(fd, got, sizeof got - 1);
    }
    CHECK(n >= 0);
    if (n > 4)
        CHECK_INT((uint8_t)got[3], n - 4);
    CHECK_TEXT(n > 4 ? got + 4 : "", wanted);
}

static bool is_readable(void)
{
    int fds[SERVER_CLIENTS_MAX + 1];
    struct pollfd waiting[SERVER_CLIENTS_MAX + 1];
    const size_t count = server_fds(server, fds);

    for (size_t i = 0; i < count; i++)
        waiting[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    return poll(waiting, count, 0) > 0;
}

static void the_kernel_says_who_asks(void)
{
    struct person person = {0};
    struct bytes request = {0};
    size_t client = 0;
    char wanted[32];

    start();
    const int fd = dial();
    say(fd, 4, "ping");
    while (server_next(server, &client, &person, &request) == E_BUSY)
        server_poll(server);
    CHECK_INT(person.uid, getuid());
    CHECK(snprintf(wanted, sizeof wanted, "uid:%u", getuid()) > 0);
    CHECK(strncmp(person.text, wanted, strlen(wanted)) == 0);
    CHECK_OK(server_answer(server, client, bytes_of_text("pong")));
    check_hears(fd, "pong");
    CHECK(close(fd) == 0);
    stop();
}

static void one_connection_may_ask_again(void)
{
    start();
    const int fd = dial();
    for (size_t i = 0; i < 3; i++) {
        say(fd, 5, "again");
        CHECK_OK(server_answer(server, check_next("again"), bytes_of_text("yes")));
        check_hears(fd, "yes");
    }
    CHECK(close(fd) == 0);
    stop();
}

/* In a process of its own, as server_ask waits. */
static pid_t ask_for(size_t wanted)
{
    const pid_t pid = fork();
    struct arena a;
    struct bytes answer = {0};

    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    arena_init(&a, memory, sizeof memory);
    const status s = server_ask(path, bytes_of_text("give"), &a, &answer);
    bool good = s == OK && answer.size == wanted;
    for (size_t i = 0; good && i < wanted; i++)
        good = answer.at[i] == (uint8_t)(i * 31);
    _exit(good ? 0 : 1);
}

static void the_largest_answer_arrives_whole(void)
{
    static uint8_t answer[CONTROL_BYTES_MAX];
    const millis began = clock_steady();
    int code = 0;
    pid_t ended = 0;

    for (size_t i = 0; i < sizeof answer; i++)
        answer[i] = (uint8_t)(i * 31);
    start();
    const pid_t child = ask_for(sizeof answer);
    CHECK_OK(server_answer(server, check_next("give"), bytes_of(answer, sizeof answer)));
    while (ended == 0 && clock_steady() - began < DEADLINE_MS) {
        server_poll(server);
        ended = waitpid(child, &code, WNOHANG);
    }
    CHECK_INT(ended, child);
    CHECK(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    stop();
}

static void an_answer_over_the_limit_is_refused(void)
{
    start();
    const int fd = dial();
    say(fd, 1, "x");
    const struct bytes large = bytes_of(memory, (size_t)CONTROL_BYTES_MAX + 1);
    CHECK_STATUS(server_answer(server, check_next("x"), large), E_LIMIT);
    check_hears(fd, "");
    CHECK(close(fd) == 0);
    stop();
}

static void a_length_over_the_limit_ends_the_connection(void)
{
    static const uint32_t bad[] = {0, CONTROL_BYTES_MAX + 1, UINT32_MAX};

    start();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const int fd = dial();
        say(fd, bad[i], "");
        check_hears(fd, "");
        CHECK(close(fd) == 0);
    }
    check_no_request();
    stop();
}

static void who_is_slow_holds_nobody_up(void)
{
    start();
    const int silent = dial();
    const int half = dial();
    const int quick = dial();
    CHECK(write(silent, "\0\0", 2) == 2);
    say(half, 8, "half");
    say(quick, 5, "quick");
    CHECK_OK(server_answer(server, check_next("quick"), bytes_of_text("done")));
    check_hears(quick, "done");
    check_no_request();
    CHECK(write(half, "more", 4) == 4);
    CHECK_OK(server_answer(server, check_next("halfmore"), bytes_of_text("done")));
    check_hears(half, "done");
    CHECK(close(silent) == 0 && close(half) == 0 && close(quick) == 0);
    stop();
}

static void who_does_not_read_holds_nobody_up(void)
{
    start();
    const int deaf = dial();
    const int quick = dial();
    say(deaf, 4, "deaf");
    const struct bytes large = bytes_of(memory, CONTROL_BYTES_MAX);
    CHECK_OK(server_answer(server, check_next("deaf"), large));
    say(quick, 5, "quick");
    CHECK_OK(server_answer(server, check_next("quick"), bytes_of_text("done")));
    check_hears(quick, "done");
    /* Its queue is full, so there is nothing to do for it either. */
    CHECK(!is_readable());
    CHECK(close(deaf) == 0 && close(quick) == 0);
    stop();
}

static void who_leaves_before_the_answer_harms_nobody(void)
{
    start();
    const int gone = dial();
    say(gone, 4, "gone");
    const size_t client = check_next("gone");
    CHECK(close(gone) == 0);
    server_poll(server);
    /* The daemon does not spin while the answer is in the making. */
    CHECK(!is_readable());
    const int next = dial();
    say(next, 4, "next");
    const size_t other = check_next("next");
    CHECK(other != client);
    CHECK_OK(server_answer(server, client, bytes_of_text("for nobody")));
    CHECK_OK(server_answer(server, other, bytes_of_text("done")));
    check_hears(next, "done");
    CHECK(close(next) == 0);
    stop();
}

static void when_all_places_are_taken_callers_wait(void)
{
    int idle[SERVER_CLIENTS_MAX];

    start();
    for (size_t i = 0; i < COUNT_OF(idle); i++) {
        idle[i] = dial();
        server_poll(server);
    }
    const int waiting = dial();
    say(waiting, 4, "wait");
    check_no_request();
    CHECK(!is_readable());
    CHECK(close(idle[3]) == 0);
    CHECK_OK(server_answer(server, check_next("wait"), bytes_of_text("done")));
    check_hears(waiting, "done");
    for (size_t i = 0; i < COUNT_OF(idle); i++)
        CHECK(i == 3 || close(idle[i]) == 0);
    CHECK(close(waiting) == 0);
    stop();
}

static void only_the_owner_may_connect(void)
{
    struct stat st;

    (void)umask(0);
    start();
    CHECK(stat(path, &st) == 0);
    CHECK(S_ISSOCK(st.st_mode));
    CHECK_INT(st.st_mode & 07777, 0600);
    stop();
    (void)umask(022);
}

static void what_a_killed_daemon_left_is_removed(void)
{
    start();
    server = server_free(server);
    const struct sockaddr_un a = address();
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (const struct sockaddr *)&a, sizeof a) == 0 && close(fd) == 0);
    CHECK(access(path, F_OK) == 0);
    CHECK_OK(server_open(path, &server));
    stop();
}

static void a_socket_that_answers_is_left_alone(void)
{
    struct server *second = NULL;

    start();
    CHECK_STATUS(server_open(path, &second), E_BUSY);
    const int fd = dial();
    say(fd, 5, "first");
    CHECK_OK(server_answer(server, check_next("first"), bytes_of_text("still here")));
    check_hears(fd, "still here");
    CHECK(close(fd) == 0);
    stop();
}

static void a_file_that_is_no_socket_is_left_alone(void)
{
    start();
    server = server_free(server);
    const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
    CHECK_STATUS(server_open(path, &server), E_IO);
    CHECK(unlink(path) == 0);
    stop();
}

static void without_a_daemon_asking_is_busy(void)
{
    char long_path[200];
    struct arena a;
    struct bytes answer;

    start();
    server = server_free(server);
    arena_init(&a, memory, sizeof memory);
    CHECK_STATUS(server_ask(path, bytes_of_text("x"), &a, &answer), E_BUSY);
    memset(long_path, 'x', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    CHECK_STATUS(server_ask(long_path, bytes_of_text("x"), &a, &answer), E_LIMIT);
    CHECK_STATUS(server_open(long_path, &server), E_LIMIT);
    stop();
}

static void lets_a_group_in_and_nobody_else(void)
{
    struct stat st;

    start();
    CHECK(stat(path, &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    CHECK_STATUS(server_share(server, "no-such-group-here"), E_CONFIG);
    const struct group *const own = getgrgid(getgid());
    CHECK(own != NULL);
    CHECK_OK(server_share(server, own->gr_name));
    CHECK(stat(path, &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0660);
    CHECK_INT(st.st_gid, getgid());
    stop();
}

CASES(CASE(lets_a_group_in_and_nobody_else), CASE(the_kernel_says_who_asks),
      CASE(one_connection_may_ask_again), CASE(the_largest_answer_arrives_whole),
      CASE(an_answer_over_the_limit_is_refused),
      CASE(a_length_over_the_limit_ends_the_connection), CASE(who_is_slow_holds_nobody_up),
      CASE(who_does_not_read_holds_nobody_up),
      CASE(who_leaves_before_the_answer_harms_nobody),
      CASE(when_all_places_are_taken_callers_wait), CASE(only_the_owner_may_connect),
      CASE(what_a_killed_daemon_left_is_removed), CASE(a_socket_that_answers_is_left_alone),
      CASE(a_file_that_is_no_socket_is_left_alone), CASE(without_a_daemon_asking_is_busy))
