/* What a process may do once it is confined as the daemon is: each act in a child, so that
 * the one that ends it ends no more. */

#include "sandbox.h"

#include "build.h"
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 5655, NOBODY = 65534, LATER_BYTES = 4 << 20 };

static char home[] = "/tmp/flagpost_home_XXXXXX";
static char foreign[] = "/tmp/flagpost_foreign_XXXXXX";
static char home_file[64], foreign_file[64];

/* 0, or the errno of what was refused. */
typedef int (*deed)(void);

static int result(long rc)
{
    return rc >= 0 ? 0 : errno;
}

static int give(int fd)
{
    const int why = result(fd);

    if (fd >= 0)
        (void)close(fd);
    return why;
}

/* A thread that was there before, as libzmq's is. */
struct other {
    pthread_barrier_t confined;
    deed act;
    int result;
};

static void *run_other(void *context)
{
    struct other *const o = context;

    (void)pthread_barrier_wait(&o->confined);
    o->result = o->act();
    return NULL;
}

/* The files are confined first, then the thread begins, then the calls are. */
static int confine_and(deed act, bool in_thread)
{
    struct sandbox s = {0};
    struct other o = {.act = act, .result = -1};
    pthread_t thread;

    CHECK_OK(sandbox_files(home, PORT, &s));
    CHECK(pthread_barrier_init(&o.confined, NULL, 2) == 0);
    CHECK(pthread_create(&thread, NULL, run_other, &o) == 0);
    CHECK_OK(sandbox_calls(&s));
    CHECK(s.calls && s.files);
    if (!in_thread) {
        const int how = act();
        o.act = getpid;
        (void)pthread_barrier_wait(&o.confined);
        (void)pthread_join(thread, NULL);
        return how;
    }
    (void)pthread_barrier_wait(&o.confined);
    CHECK(pthread_join(thread, NULL) == 0);
    return o.result;
}

/* What became of the act: 0, an errno, or 1000 and the signal that ended the process. */
static int outcome(deed act, bool in_thread)
{
    int how = 0;
    const pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(confine_and(act, in_thread));
    CHECK(waitpid(child, &how, 0) == child);
    return WIFSIGNALED(how) ? 1000 + WTERMSIG(how) : WEXITSTATUS(how);
}

static void check_outcome(deed act, int wanted)
{
    CHECK_INT(outcome(act, false), wanted);
    CHECK_INT(outcome(act, true), wanted);
}

static int read_file(const char *path)
{
    return give(open(path, O_RDONLY | O_CLOEXEC));
}

static int write_file(const char *path)
{
    return give(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
}

static int do_exec(void)
{
    static char name[] = "true";
    char *const arguments[] = {name, NULL};

    return result(execv("/bin/true", arguments));
}

static int do_ptrace(void)
{
    return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int do_fork(void)
{
    return result(fork());
}

static int do_kill(void)
{
    return result(kill(getppid(), 0));
}

static int run_memory(void)
{
    void *const at =
        mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? errno : 0;
}

static int make_memory_run(void)
{
    void *const at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return result(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int bind_port(void)
{
    const struct sockaddr_in a = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0);
    return result(bind(fd, (const struct sockaddr *)&a, sizeof a));
}

static int do_listen(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0);
    return result(listen(fd, 1));
}

static int raw_socket(void)
{
    return give(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int read_foreign(void)
{
    return read_file(foreign_file);
}

static int write_foreign(void)
{
    return write_file(foreign_file);
}

static int make_foreign(void)
{
    return write_file("/tmp/flagpost_new");
}

static int remove_foreign(void)
{
    return result(unlink(foreign_file));
}

static int read_program(void)
{
    return read_file("/bin/true");
}

static int read_process(void)
{
    return read_file("/proc/self/environ");
}

static int write_etc(void)
{
    return write_file("/etc/flagpost_new");
}

static int make_pipe_in_home(void)
{
    return result(mkfifo(home_file, 0600));
}

static void no_program_is_run_and_none_is_traced(void)
{
    check_outcome(do_exec, 1000 + SIGSYS);
    check_outcome(do_ptrace, 1000 + SIGSYS);
    check_outcome(do_fork, EPERM);
    check_outcome(do_kill, EPERM);
}

static void no_memory_becomes_a_program(void)
{
    check_outcome(run_memory, EPERM);
    check_outcome(make_memory_run, EPERM);
}

static void no_foreign_file_is_reached(void)
{
    check_outcome(read_foreign, EACCES);
    check_outcome(write_foreign, EACCES);
    check_outcome(make_foreign, EACCES);
    check_outcome(remove_foreign, EACCES);
    check_outcome(read_program, EACCES);
    check_outcome(read_process, EACCES);
    check_outcome(write_etc, EACCES);
    check_outcome(make_pipe_in_home, EPERM);
}

static void no_port_is_opened(void)
{
    check_outcome(bind_port, EACCES);
    check_outcome(do_listen, EPERM);
    check_outcome(raw_socket, EPERM);
}

static int use_home(void)
{
    char other[96];
    uint8_t byte = 7;
    const int fd = open(home_file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(fd >= 0 && pwrite(fd, &byte, 1, 0) == 1 && fdatasync(fd) == 0);
    CHECK(ftruncate(fd, 0) == 0 && pread(fd, &byte, 1, 0) == 0 && close(fd) == 0);
    CHECK(snprintf(other, sizeof other, "%s/other", home) > 0);
    CHECK(rename(home_file, other) == 0 && unlink(other) == 0);
    return 0;
}

static int know_a_user(void)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char room[4096];

    return getpwuid_r(0, &entry, room, sizeof room, &found) == 0 && found != NULL ? 0 : 1;
}

static int be_aborted(void)
{
    abort();
}

static void what_the_node_does_is_let_be(void)
{
    check_outcome(use_home, 0);
    check_outcome(know_a_user, 0);
    check_outcome(be_aborted, 1000 + SIGABRT);
}

static void what_is_missing_is_said(void)
{
    struct sandbox s = {.landlock = 7, .files = true, .calls = true};

    CHECK_TEXT(sandbox_text(&s), "files and calls");
    s.landlock = 3;
    CHECK_TEXT(sandbox_text(&s),
               "files and calls, but for ports (Landlock before version 4)");
    s.files = false;
    CHECK_TEXT(sandbox_text(&s), "calls alone: the kernel has no Landlock");
    s.calls = false;
    CHECK_TEXT(sandbox_text(&s), "no: the kernel has neither Landlock nor seccomp");
}

/* 0 when all memory is locked, 1 when none is. */
static int lock_memory(void)
{
    struct sandbox s = {0};
    void *later = NULL;

    sandbox_memory(&s);
    CHECK_TEXT(sandbox_memory_text(&s),
               s.memory ? "locked" : "may go to swap: LimitMEMLOCK is not infinity");
    /* A limit that stays must not make what comes later fail. */
    later = malloc(LATER_BYTES);
    CHECK(later != NULL);
    memset(later, 1, LATER_BYTES);
    free(later);
    return s.memory ? 0 : 1;
}

static int lock_memory_under_a_limit(void)
{
    const struct rlimit little = {.rlim_cur = 65536, .rlim_max = 65536};

    CHECK(setrlimit(RLIMIT_MEMLOCK, &little) == 0);
    if (geteuid() == 0)
        CHECK(setuid(NOBODY) == 0);
    return lock_memory();
}

static int in_a_child(deed act)
{
    int how = 0;
    const pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(act());
    CHECK(waitpid(child, &how, 0) == child && WIFEXITED(how));
    return WEXITSTATUS(how);
}

static void memory_is_locked_where_no_limit_forbids_it(void)
{
    if (geteuid() == 0)
        CHECK_INT(in_a_child(lock_memory), 0);
    CHECK_INT(in_a_child(lock_memory_under_a_limit), 1);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(no_program_is_run_and_none_is_traced),
        CASE(no_memory_becomes_a_program),
        CASE(no_foreign_file_is_reached),
        CASE(no_port_is_opened),
        CASE(what_the_node_does_is_let_be),
        CASE(what_is_missing_is_said),
        CASE(memory_is_locked_where_no_limit_forbids_it),
    };

    if (BUILD_SANITIZED || BUILD_COUNTED) {
        (void)printf("SKIPPED: built with sanitizers or coverage, which need more\n");
        return CHECK_SKIPPED;
    }
    CHECK(mkdtemp(home) != NULL && mkdtemp(foreign) != NULL);
    CHECK(snprintf(home_file, sizeof home_file, "%s/file", home) > 0);
    CHECK(snprintf(foreign_file, sizeof foreign_file, "%s/file", foreign) > 0);
    CHECK(write_file(foreign_file) == 0 && read_file(foreign_file) == 0);
    const int failed = check_main(cases, COUNT_OF(cases), argc, argv);
    CHECK(unlink(foreign_file) == 0 && rmdir(foreign) == 0 && rmdir(home) == 0);
    return failed;
}
