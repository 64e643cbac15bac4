#include "sandbox_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { ARCHITECTURE = (int)AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { ARCHITECTURE = (int)AUDIT_ARCH_AARCH64 };
#else
#error "The table of calls is for x86-64 and AArch64."
#endif

/* What the node, libzmq, SQLite, libsodium and the C library's allocator, resolver and user
 * database use once everything is open; the ones that are called most stand first. */
static const int allowed[] = {
    SYS_futex,
    SYS_read,
    SYS_write,
    SYS_recvfrom,
    SYS_sendto,
    SYS_epoll_pwait,
    SYS_ppoll,
#ifdef SYS_poll
    SYS_poll,
    SYS_epoll_wait,
#endif
    SYS_getsockopt,
    SYS_clock_gettime,
    SYS_getrandom,

    /* Files. */
    SYS_pread64,
    SYS_pwrite64,
    SYS_fdatasync,
    SYS_fsync,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fcntl,
    SYS_flock,
    SYS_lseek,
    SYS_readv,
    SYS_writev,
    SYS_openat,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_statfs,
    SYS_fstatfs,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_unlinkat,
    SYS_renameat,
    SYS_renameat2,
    SYS_linkat,
    SYS_fchmod,
    SYS_fchown,
    SYS_fadvise64,
#ifdef SYS_open
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_unlink,
    SYS_rename,
    SYS_link,
    SYS_time,
#endif

    /* Sockets; none is ever listened on again. */
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvmmsg,
    SYS_accept,
    SYS_accept4,
    SYS_connect,
    SYS_bind, /* of the resolver's netlink socket; TCP is Landlock's */
    SYS_shutdown,
    SYS_getsockname,
    SYS_getpeername,
    SYS_setsockopt,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_eventfd2,

    /* Memory. */
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_mlock,
    SYS_munlock,
    SYS_membarrier,

    /* The process itself. */
    SYS_getpid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getppid,
    SYS_getrusage,
    SYS_sysinfo, /* qsort(3) asks how much memory there is */
    SYS_uname,
    SYS_times,
    SYS_gettimeofday,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    /* libzmq's threads, when they begin, and they may only just have been made. */
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_sched_setscheduler,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_set_robust_list,
#ifdef SYS_rseq
    SYS_rseq,
#endif
    SYS_exit,
    SYS_exit_group,
};

/* Nothing of ours ever asks for these: who does has taken the process over. */
static const int deadly[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
};

/* A call of which one argument is looked at as well. */
struct watched {
    int call;
    uint32_t argument;
    bool is_mask; /* of bits that must be 0; else it must be this value */
    uint32_t value;
};

static const struct watched watched[] = {
    {SYS_mmap, 2, true, PROT_EXEC},     {SYS_mprotect, 2, true, PROT_EXEC},
    {SYS_socket, 0, false, AF_INET},    {SYS_socket, 0, false, AF_INET6},
    {SYS_socket, 0, false, AF_UNIX},    {SYS_socket, 0, false, AF_NETLINK},
    {SYS_ioctl, 1, false, FIONREAD},    {SYS_ioctl, 1, false, FIONBIO},
    {SYS_prlimit64, 2, false, 0}, /* to ask, not to set */
    {SYS_prctl, 0, false, PR_SET_NAME},
};

enum {
    HEAD = 5,
    EACH_PLAIN = 2,
    EACH_WATCHED = 5,
    LENGTH_MAX = HEAD + EACH_PLAIN * (COUNT_OF(allowed) + COUNT_OF(deadly)) +
                 EACH_WATCHED * (COUNT_OF(watched) + 1) + 1,
};

struct program {
    unsigned short length;
    struct sock_filter at[LENGTH_MAX];
};

static void put(struct program *p, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
    MUST(p->length < LENGTH_MAX);
    p->at[p->length++] = (struct sock_filter){.code = code, .jt = yes, .jf = no, .k = k};
}

static void put_load(struct program *p, size_t offset)
{
    put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The next instruction if it is equal, the one after `skip` more if not. */
static void put_if(struct program *p, uint32_t value, uint8_t skip)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip);
}

static void put_return(struct program *p, uint32_t what)
{
    put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void put_head(struct program *p)
{
    put_load(p, offsetof(struct seccomp_data, arch));
    put(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)ARCHITECTURE, 1, 0);
    put_return(p, SECCOMP_RET_KILL_PROCESS);
    put_load(p, offsetof(struct seccomp_data, nr));
}

static void put_plain(struct program *p, const int *calls, size_t count, uint32_t what)
{
    for (size_t i = 0; i < count; i++) {
        put_if(p, (uint32_t)calls[i], 1);
        put_return(p, what);
    }
}

/* The argument's low half: none of these has more.  What it loads is over the call's
 * number, which is loaded again for the next. */
static void put_watched(struct program *p, const struct watched *w)
{
    put_if(p, (uint32_t)w->call, 3);
    put_load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)w->argument);
    if (w->is_mask)
        put(p, BPF_JMP | BPF_JSET | BPF_K, w->value, 1, 0);
    else
        put_if(p, w->value, 1);
    put_return(p, SECCOMP_RET_ALLOW);
    put_load(p, offsetof(struct seccomp_data, nr));
}

static void program_make(struct program *p)
{
    p->length = 0;
    put_head(p);
    put_plain(p, allowed, COUNT_OF(allowed), SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < COUNT_OF(watched); i++)
        put_watched(p, &watched[i]);
    /* abort(3) in a MUST that does not hold: a signal to ourselves. */
    const struct watched to_self = {SYS_tgkill, 0, false, (uint32_t)getpid()};
    put_watched(p, &to_self);
    put_plain(p, deadly, COUNT_OF(deadly), SECCOMP_RET_KILL_PROCESS);
    put_return(p, SECCOMP_RET_ERRNO | EPERM);
}

status sandbox_filter(bool *ret)
{
    struct program p;

    program_make(&p);
    const struct sock_fprog filter = {.len = p.length, .filter = p.at};
    ENSURE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, E_IO);
    /* TSYNC: for libzmq's thread, too. */
    const long loaded =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    ENSURE(loaded == 0 || errno == ENOSYS || errno == EINVAL, E_IO);
    *ret = loaded == 0;
    return OK;
}
