#include "staged.h"

#include "file.h"
#include "journal_home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What SQLite makes beside a database while it copies or reads; once that is done nothing
 * of the journal is in them. */
static const char *const passing[] = {"journal.db-wal",     "journal.db-shm",
                                      "journal.db-journal", "keys.db-wal",
                                      "keys.db-shm",        "keys.db-journal"};
static const char *const kept[] = {"journal.db", "keys.db",  "node.key",
                                   "succession", "config",   "root",
                                   "request",    "restored", "tail"};

/* Says that the folder may be emptied: the home of a node has none. */
static const char marker[] = "staged";

static void remove_files(int folder_fd, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)unlinkat(folder_fd, names[i], 0); /* most are not there */
}

static void empty(int folder_fd)
{
    remove_files(folder_fd, passing, COUNT_OF(passing));
    remove_files(folder_fd, kept, COUNT_OF(kept));
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* only looked through */
}

static int open_folder(const char *folder)
{
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* The one before may have removed the file whose lock we were given. */
static bool lock_stands(int folder_fd, int lock_fd)
{
    struct stat here, held;

    return fstat(lock_fd, &held) == 0 &&
           fstatat(folder_fd, "lock", &here, AT_SYMLINK_NOFOLLOW) == 0 &&
           here.st_ino == held.st_ino && here.st_dev == held.st_dev;
}

static bool has_file(int folder_fd, const char *name)
{
    return faccessat(folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Ours to empty: marked, or nothing of a home is in it. */
static status claim(int folder_fd)
{
    bool used = false;

    if (has_file(folder_fd, marker))
        return OK;
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        used = used || has_file(folder_fd, kept[i]);
    ENSURE(!used, E_DENIED);
    const int fd DEFER(close_fd) = openat(
        folder_fd, marker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    return fd >= 0 ? OK : E_IO;
}

static status make_folder(const char *folder)
{
    struct stat st;

    if (mkdir(folder, S_IRWXU) == 0)
        return OK;
    ENSURE(errno == EEXIST, errno == EACCES || errno == EPERM ? E_DENIED : E_IO);
    ENSURE(lstat(folder, &st) == 0, E_IO);
    ENSURE(S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
               (st.st_mode & (S_IRWXG | S_IRWXO)) == 0,
           E_DENIED);
    return OK;
}

status staged_open(struct staged *s, const char *folder)
{
    const int size = snprintf(s->folder, sizeof s->folder, "%s", folder);

    s->lock_fd = -1;
    ENSURE(size > 0 && (size_t)size < sizeof s->folder, E_LIMIT);
    TRY(make_folder(folder));
    const int fd DEFER(close_fd) = open_folder(folder);
    ENSURE(fd >= 0, errno == ENOENT ? E_BUSY : E_DENIED);
    TRY(home_lock(folder, &s->lock_fd));
    const status result = lock_stands(fd, s->lock_fd) ? claim(fd) : E_BUSY;
    if (result != OK) {
        close_fd(&s->lock_fd);
        s->lock_fd = -1;
        return result;
    }
    empty(fd);
    return OK;
}

static status sync_file(int folder_fd, const char *name)
{
    const int fd DEFER(close_fd) = openat(folder_fd, name, O_RDONLY | O_CLOEXEC);

    ENSURE(fd >= 0 || errno == ENOENT, E_IO);
    return fd < 0 || fsync(fd) == 0 ? OK : E_IO;
}

static status sync_parent(const char *path)
{
    char parent[PATH_MAX + 4];

    (void)snprintf(parent, sizeof parent, "%s/..", path);
    return file_sync_folder(parent);
}

status staged_keep(struct staged *s, const char *home)
{
    const int fd DEFER(close_fd) = open_folder(s->folder);

    MUST(s->lock_fd >= 0);
    ENSURE(fd >= 0, E_IO);
    remove_files(fd, passing, COUNT_OF(passing));
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        TRY(sync_file(fd, kept[i]));
    ENSURE(fsync(fd) == 0, E_IO);
    /* rename(2) takes the place of an empty folder and of nothing else. */
    if (rename(s->folder, home) != 0)
        return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR ? E_DUPLICATE
                                                                         : E_IO;
    (void)unlinkat(fd, marker, 0); /* in a home it means nothing */
    close_fd(&s->lock_fd);
    s->lock_fd = -1;
    return sync_parent(home);
}

void staged_empty(struct staged *s)
{
    const int fd DEFER(close_fd) = s->lock_fd < 0 ? -1 : open_folder(s->folder);

    if (fd >= 0)
        empty(fd);
}

void staged_done(struct staged *s)
{
    if (s->lock_fd < 0)
        return;
    const int fd DEFER(close_fd) = open_folder(s->folder);
    if (fd >= 0) {
        empty(fd);
        (void)unlinkat(fd, marker, 0);
        (void)unlinkat(fd, "lock", 0); /* whoever waits for it sees that it is gone */
    }
    (void)rmdir(s->folder); /* unless the next one is in it already */
    close_fd(&s->lock_fd);
    s->lock_fd = -1;
}

void staged_tidy(const char *home)
{
    char folder[PATH_MAX];
    int lock_fd = -1;

    if (file_path(home, STAGED_IN_HOME, folder, sizeof folder) != OK)
        return;
    const int fd DEFER(close_fd) = open_folder(folder);
    if (fd < 0 || !has_file(fd, marker) || home_lock(folder, &lock_fd) != OK)
        return;
    if (lock_stands(fd, lock_fd)) {
        empty(fd);
        (void)unlinkat(fd, marker, 0);
        (void)unlinkat(fd, "lock", 0);
    }
    close_fd(&lock_fd);
}
