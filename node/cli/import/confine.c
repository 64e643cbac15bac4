#include "confine.h"

#include "build.h"

#include <errno.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static bool limit(int what, rlim_t most)
{
    const struct rlimit r = {.rlim_cur = most, .rlim_max = most};

    return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* One second over the limit SIGXCPU, which ends it, becomes SIGKILL. */
static bool limit_all(void)
{
    const struct rlimit cpu = {.rlim_cur = CONFINE_CPU_SECONDS,
                               .rlim_max = CONFINE_CPU_SECONDS + 1};

    return (BUILD_SANITIZED ||
            limit(RLIMIT_AS, (rlim_t)CONFINE_MEMORY_MIB * 1024 * 1024)) &&
           setrlimit(RLIMIT_CPU, &cpu) == 0 && limit(RLIMIT_FSIZE, 0) &&
           limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0) &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* What computing and the allocator need. */
static const int plain_calls[] = {
    SCMP_SYS(brk),        SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(madvise),    SCMP_SYS(futex),         SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn),
};

static const int sanitizer_calls[] = {
    SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield), SCMP_SYS(gettid),
    SCMP_SYS(getpid),      SCMP_SYS(mprotect),    SCMP_SYS(rt_sigprocmask),
};

static bool allow_all(scmp_filter_ctx f, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    }
    return true;
}

/* Equal to `datum`; or, masked by it, zero. */
static struct scmp_arg_cmp argument(unsigned number, enum scmp_compare how,
                                    scmp_datum_t datum)
{
    return (struct scmp_arg_cmp){.arg = number, .op = how, .datum_a = datum, .datum_b = 0};
}

/* Memory of no file and not to be run. */
static bool allow_memory(scmp_filter_ctx f)
{
    const struct scmp_arg_cmp not_run = argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC);
    const struct scmp_arg_cmp no_file = argument(4, SCMP_CMP_EQ, UINT32_MAX);
    const struct scmp_arg_cmp no_file_wide = argument(4, SCMP_CMP_EQ, UINT64_MAX);

    return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_run, no_file) == 0 &&
           seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_run, no_file_wide) ==
               0;
}

static bool filter(int out)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    const struct scmp_arg_cmp to_out = argument(0, SCMP_CMP_EQ, (scmp_datum_t)out);
    const bool good =
        f != NULL && allow_all(f, plain_calls, COUNT_OF(plain_calls)) &&
        (!BUILD_SANITIZED || allow_all(f, sanitizer_calls, COUNT_OF(sanitizer_calls))) &&
        allow_memory(f) &&
        seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_out) == 0 &&
        seccomp_load(f) == 0; /* sets no_new_privs, too */

    seccomp_release(f);
    return good;
}

static bool close_others(int out)
{
    const unsigned kept = (unsigned)out;

    return (kept == 0 || close_range(0, kept - 1, 0) == 0) &&
           close_range(kept + 1, UINT32_MAX, 0) == 0;
}

status confine_enter(int out)
{
    /* seccomp_release frees; it needs no call that the filter forbids. */
    ENSURE(close_others(out) && limit_all() && filter(out), E_IO);
    return OK;
}
