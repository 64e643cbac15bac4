#include "journal_home.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

status home_find(const char *folder, char ret[PATH_MAX])
{
    struct stat st;
    char real[PATH_MAX];

    ENSURE(realpath(folder, real) != NULL, E_IO);
    ENSURE(stat(real, &st) == 0 && S_ISDIR(st.st_mode), E_IO);
    ENSURE(st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0, E_DENIED);
    memcpy(ret, real, sizeof real);
    return OK;
}

status home_lock(const char *folder, int *ret_fd)
{
    char path[PATH_MAX];

    TRY(file_path(folder, "lock", path, sizeof path));
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    ENSURE(fd >= 0, E_IO);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const bool taken = errno == EWOULDBLOCK;
        (void)close(fd); /* nothing was written */
        return taken ? E_BUSY : E_IO;
    }
    *ret_fd = fd;
    return OK;
}

status home_inspect(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? E_UNKNOWN : E_IO;
    /* A second name would let a second journal of WAL grow beside the first. */
    ENSURE(S_ISREG(st.st_mode) && st.st_nlink == 1, E_DENIED);
    ENSURE((st.st_mode & (S_IRWXG | S_IRWXO)) == 0, E_DENIED);
    return OK;
}

status home_prepare(const char *path)
{
    const status s = home_inspect(path);

    ENSURE(s == E_UNKNOWN, s);
    /* SQLite gives the WAL and its index the mode of the database. */
    const int fd =
        open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    ENSURE(fd >= 0, E_IO);
    return close(fd) == 0 ? OK : E_IO;
}

/* The same bytes in the same places: whatever becomes of this, none is lost by it. */
static bool renew(int fd)
{
    uint8_t piece[16384];
    off_t at = 0;
    ssize_t n = 0;

    while ((n = pread(fd, piece, sizeof piece, at)) > 0) {
        if (pwrite(fd, piece, (size_t)n, at) != n)
            return false;
        at += n;
    }
    return n == 0 && (at == 0 || fsync(fd) == 0);
}

status home_renew_log(const char *path)
{
    char log[PATH_MAX];
    const int length = snprintf(log, sizeof log, "%s-wal", path);

    ENSURE(length > 0 && (size_t)length < sizeof log, E_LIMIT);
    const int fd = open(log, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? OK : E_STORAGE;
    const bool done = renew(fd);
    return close(fd) == 0 && done ? OK : E_STORAGE;
}
