#include "confine.h"

#include "check.h"
#include "limited.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each case is tried by a child of its own, which could do it before. */

static int out;

static void try_open(void)
{
    (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void try_create(void)
{
    (void)open("/tmp/flagpost-confine", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}

static void try_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void try_exec(void)
{
    char *const arguments[] = {NULL};

    (void)execve("/bin/true", arguments, arguments);
}

static void try_fork(void)
{
    if (fork() == 0)
        _exit(0);
}

static void try_ptrace(void)
{
    (void)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void try_kill(void)
{
    (void)kill(getppid(), 0);
}

static void try_write_elsewhere(void)
{
    if (write(out + 1, "x", 1) == 1)
        _exit(4);
}

static void try_code(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
               -1, 0);
}

static void try_more_limits(void)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

    (void)setrlimit(RLIMIT_AS, &all);
}

static const struct {
    const char *name;
    void (*run)(void);
} forbidden[] = {
    {"open", try_open},
    {"create", try_create},
    {"socket", try_socket},
    {"exec", try_exec},
    {"fork", try_fork},
    {"ptrace", try_ptrace},
    {"kill", try_kill},
    {"write to another descriptor", try_write_elsewhere},
    {"executable memory", try_code},
    {"setrlimit", try_more_limits},
};

/* How a child ends that runs `work`, confined or not. */
static int end_of(void (*work)(void), bool confined)
{
    int pair[2];
    int state = 0;

    CHECK_INT(pipe2(pair, O_CLOEXEC), 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        out = pair[1];
        if (confined && confine_enter(out) != OK)
            _exit(99);
        work();
        _exit(0);
    }
    CHECK_INT(waitpid(child, &state, 0), child);
    CHECK_INT(close(pair[0]), 0);
    CHECK_INT(close(pair[1]), 0);
    return state;
}

static void what_is_forbidden_kills(void)
{
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        const int before = end_of(forbidden[i].run, false);
        const int state = end_of(forbidden[i].run, true);
        CHECK(WIFEXITED(before)); /* a bare child could */
        if (!WIFSIGNALED(state) || WTERMSIG(state) != SIGSYS)
            (void)fprintf(stderr, "%s is not stopped: %d\n", forbidden[i].name, state);
        CHECK(WIFSIGNALED(state));
        CHECK_INT(WTERMSIG(state), SIGSYS);
    }
}

static void compute_and_tell(void)
{
    const size_t size = (size_t)8 * 1024 * 1024;
    uint8_t *const memory = malloc(size);
    uint8_t *const more = memory == NULL ? NULL : realloc(memory, 2 * size);

    if (more == NULL)
        _exit(1);
    memset(more, 7, 2 * size);
    free(more);
    if (write(out, "x", 1) != 1)
        _exit(2);
}

static void computing_and_telling_is_allowed(void)
{
    const int state = end_of(compute_and_tell, true);

    CHECK(WIFEXITED(state));
    CHECK_INT(WEXITSTATUS(state), 0);
}

static void take_memory(void)
{
    for (size_t i = 0; i < (size_t)2 * CONFINE_MEMORY_MIB; i++) {
        uint8_t *const at = malloc((size_t)1024 * 1024);
        if (at == NULL)
            _exit(3);
        at[0] = 1;
    }
}

static void memory_has_a_limit(void)
{
    const int state = end_of(take_memory, true);

    CHECK(WIFEXITED(state));
    if (LIMITED)
        CHECK_INT(WEXITSTATUS(state), 3);
}

/* Tells that it is confined, and goes on until it is killed. */
static void tell_and_stay(void)
{
    if (write(out, "x", 1) != 1)
        _exit(2);
    for (volatile unsigned long n = 0;; n++)
        ;
}

/* What the kernel says of a confined process, asked from outside. */
static void every_limit_is_in_force(void)
{
    const struct {
        int what;
        rlim_t most, hard;
    } limits[] = {
        {RLIMIT_CPU, CONFINE_CPU_SECONDS, CONFINE_CPU_SECONDS + 1},
        {RLIMIT_FSIZE, 0, 0},
        {RLIMIT_CORE, 0, 0},
        {RLIMIT_NOFILE, 0, 0},
        {RLIMIT_NPROC, 0, 0},
        {RLIMIT_AS, (rlim_t)CONFINE_MEMORY_MIB << 20, (rlim_t)CONFINE_MEMORY_MIB << 20},
    };
    int pair[2];
    char x = 0;

    CHECK_INT(pipe2(pair, O_CLOEXEC), 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        out = pair[1];
        if (confine_enter(out) != OK)
            _exit(99);
        tell_and_stay();
    }
    CHECK_INT(close(pair[1]), 0); /* else a child that has failed is waited for */
    CHECK_INT(read(pair[0], &x, 1), 1);
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        struct rlimit is = {0};
        if (limits[i].what == RLIMIT_AS && !LIMITED)
            continue;
        CHECK_INT(prlimit(child, (__rlimit_resource_t)limits[i].what, NULL, &is), 0);
        CHECK_INT(is.rlim_cur, limits[i].most);
        CHECK_INT(is.rlim_max, limits[i].hard);
    }
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitpid(child, NULL, 0), child);
    CHECK_INT(close(pair[0]), 0);
}

CASES(CASE(what_is_forbidden_kills), CASE(computing_and_telling_is_allowed),
      CASE(memory_has_a_limit), CASE(every_limit_is_in_force))
