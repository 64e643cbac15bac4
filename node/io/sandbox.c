#include "sandbox.h"

#include "build.h"
#include "sandbox_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock (landlock(7)).  The C library has no functions for it, and the headers of
 * Debian 12 end at the third version of its interface. */

enum {
    FS_READ_FILE = LANDLOCK_ACCESS_FS_READ_FILE,
    FS_READ_DIR = LANDLOCK_ACCESS_FS_READ_DIR,
    FS_TRUNCATE = 1 << 14,       /* version 3 */
    FS_IOCTL_DEV = 1 << 15,      /* version 5 */
    FS_FIRST = (1 << 13) - 1,    /* all of version 1 */
    FS_REFER = 1 << 13,          /* version 2 */
    NET_BIND_TCP = 1 << 0,       /* version 4 */
    SCOPE_ALL = 1 << 0 | 1 << 1, /* version 6: abstract sockets of others, and signals */
    RULE_PORT = 2,

    READ = FS_READ_FILE | FS_READ_DIR,
    HOME = READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
           LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_TRUNCATE,
};

/* struct landlock_ruleset_attr and landlock_net_port_attr as they are today; an older
 * kernel is given as much of the first as it knows. */
struct ruleset {
    uint64_t files, ports, scopes;
};

struct port_rule {
    uint64_t allowed, port;
};

static size_t ruleset_size(int version)
{
    return version < 4   ? sizeof(uint64_t)
           : version < 6 ? 2 * sizeof(uint64_t)
                         : sizeof(struct ruleset);
}

static uint64_t files_of(int version)
{
    return FS_FIRST | (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0) |
           (version >= 5 ? FS_IOCTL_DEV : 0);
}

static int ruleset_open(int version, bool with_files)
{
    const struct ruleset rules = {
        .files = with_files ? files_of(version) : 0,
        .ports = version >= 4 ? NET_BIND_TCP : 0,
        .scopes = version >= 6 && with_files ? SCOPE_ALL : 0,
    };

    return (int)syscall(SYS_landlock_create_ruleset, &rules, ruleset_size(version), 0);
}

/* What is not there needs no rule. */
static bool allow_path(int rules, const char *path, uint64_t allowed)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT;
    const struct landlock_path_beneath_attr rule = {.allowed_access = allowed,
                                                    .parent_fd = fd};
    const bool good =
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    (void)close(fd); /* nothing was written by it */
    return good;
}

static bool allow_port(int rules, int version, uint16_t port)
{
    const struct port_rule rule = {.allowed = NET_BIND_TCP, .port = port};

    return version < 4 || syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule, 0) == 0;
}

static bool restrict_self(int rules)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_landlock_restrict_self, rules, 0) == 0;
}

static bool restrict_files(int version, const char *home, uint16_t port)
{
    /* Users and hosts are looked up while the node runs, and whoever edits /etc/passwd puts
     * a new file there: a rule for the old one would be for nothing. */
    static const char *const read_only[] = {"/etc", "/usr/share/zoneinfo",
                                            "/run/systemd/resolve"};
    const int rules = ruleset_open(version, true);
    bool good = rules >= 0;

    for (size_t i = 0; i < COUNT_OF(read_only); i++)
        good = good && allow_path(rules, read_only[i], READ);
    good = good && allow_path(rules, home, HOME & files_of(version)) &&
           allow_port(rules, version, port) && restrict_self(rules);
    if (rules >= 0)
        (void)close(rules); /* the kernel has its own reference */
    return good;
}

status sandbox_files(const char *home, uint16_t port, struct sandbox *ret)
{
    struct sandbox s = {0};

    if (BUILD_SANITIZED || BUILD_COUNTED) {
        *ret = s;
        return OK;
    }
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    ENSURE(version > 0 || errno == ENOSYS || errno == EOPNOTSUPP, E_IO);
    s.landlock = version > 0 ? (int)version : 0;
    ENSURE(version <= 0 || restrict_files((int)version, home, port), E_IO);
    s.files = version > 0;
    *ret = s;
    return OK;
}

/* A second layer, which has no rules: not even our own port is bound again. */
static bool restrict_ports(int version)
{
    const int rules = version >= 4 ? ruleset_open(version, false) : -1;
    const bool good = version < 4 || (rules >= 0 && restrict_self(rules));

    if (rules >= 0)
        (void)close(rules); /* the kernel has its own reference */
    return good;
}

status sandbox_calls(struct sandbox *s)
{
    if (BUILD_SANITIZED || BUILD_COUNTED)
        return OK;
    ENSURE(restrict_ports(s->files ? s->landlock : 0), E_IO);
    return sandbox_filter(&s->calls);
}

/* Who has CAP_IPC_LOCK has no limit, whatever RLIMIT_MEMLOCK says: so it is tried, on pages
 * that nobody can touch and that therefore take no memory. */
static bool may_lock_more_than(rlim_t limit)
{
    const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_LOCKED;
    const size_t size = (size_t)limit + (size_t)sysconf(_SC_PAGESIZE);

    if (limit == RLIM_INFINITY)
        return true;
    void *const at = mmap(NULL, size, PROT_NONE, how, -1, 0);
    return at != MAP_FAILED && munmap(at, size) == 0;
}

void sandbox_memory(struct sandbox *ret)
{
    struct rlimit limit;

    ret->memory = !BUILD_SANITIZED && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
                  may_lock_more_than(limit.rlim_cur) &&
                  mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

const char *sandbox_memory_text(const struct sandbox *s)
{
    return s->memory ? "locked" : "may go to swap: LimitMEMLOCK is not infinity";
}

const char *sandbox_text(const struct sandbox *s)
{
    if (BUILD_SANITIZED || BUILD_COUNTED)
        return "no: built to be tested";
    if (!s->calls)
        return s->files ? "files alone: the kernel has no seccomp"
                        : "no: the kernel has neither Landlock nor seccomp";
    if (!s->files)
        return "calls alone: the kernel has no Landlock";
    return s->landlock < 4 ? "files and calls, but for ports (Landlock before version 4)"
                           : "files and calls";
}
