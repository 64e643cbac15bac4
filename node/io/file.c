#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what had to be durable was flushed before */
}

static status status_of_errno(int error)
{
    switch (error) {
    case ENOENT:
        return E_UNKNOWN;
    case EEXIST:
        return E_DUPLICATE;
    case EACCES:
    case EPERM:
    case ELOOP: /* a link where O_NOFOLLOW forbids one */
        return E_DENIED;
    case ENAMETOOLONG:
        return E_LIMIT;
    default:
        return E_IO;
    }
}

status file_read_exactly(int fd, uint8_t *to, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = read(fd, to + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_IO);
        done += (size_t)n;
    }
    return OK;
}

/* Exactly `size` bytes and then the end: a file that changes meanwhile is not a whole one.
 */
static status read_whole(int fd, uint8_t *to, size_t size)
{
    uint8_t beyond = 0;
    ssize_t n = 0;

    TRY(file_read_exactly(fd, to, size));
    do
        n = read(fd, &beyond, 1);
    while (n < 0 && errno == EINTR);
    return n == 0 ? OK : E_IO;
}

status file_write_all(int fd, struct bytes b)
{
    while (b.size > 0) {
        const ssize_t n = write(fd, b.at, b.size);
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_IO);
        b = bytes_from(b, (size_t)n);
    }
    return OK;
}

/* Others than the owner may do nothing with it, and the owner is us or root. */
static bool is_private(const struct stat *st)
{
    return (st->st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
           (st->st_uid == geteuid() || st->st_uid == 0);
}

static status read_opened(int fd, size_t max, struct arena *a, struct bytes *ret)
{
    struct stat st = {0};

    ENSURE(fstat(fd, &st) == 0 && S_ISREG(st.st_mode), E_IO);
    ENSURE(st.st_size >= 0 && (uintmax_t)st.st_size <= max, E_LIMIT);
    const size_t size = (size_t)st.st_size;
    uint8_t *const at = arena_take(a, size);
    ENSURE(at != NULL, E_MEMORY);
    TRY(read_whole(fd, at, size));
    *ret = bytes_of(at, size);
    return OK;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
enum { READ_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

status file_read(const char *path, size_t max, struct arena *a, struct bytes *ret)
{
    const int fd DEFER(close_fd) = open(path, READ_FLAGS);

    ENSURE(fd >= 0, status_of_errno(errno));
    return read_opened(fd, max, a, ret);
}

status file_read_secret(const char *path, size_t max, struct arena *a, struct bytes *ret)
{
    const int fd DEFER(close_fd) = open(path, READ_FLAGS | O_NOFOLLOW);
    struct stat st = {0};

    ENSURE(fd >= 0, status_of_errno(errno));
    ENSURE(fstat(fd, &st) == 0, E_IO);
    ENSURE(is_private(&st), E_DENIED);
    return read_opened(fd, max, a, ret);
}

status file_sync_folder(const char *path)
{
    const int fd DEFER(close_fd) = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ENSURE(fd >= 0 && fsync(fd) == 0, E_IO);
    return OK;
}

static status sync_folder_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    char folder[PATH_ROOM];

    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        (void)snprintf(folder, sizeof folder, "%.*s", size == 0 ? 1 : (int)size, path);
    return file_sync_folder(folder);
}

/* mkostemp makes it 0600, so that a secret is never readable by others for a moment. */
static status fill_temporary(char *name, struct bytes b, unsigned mode)
{
    const int fd DEFER(close_fd) = mkostemp(name, O_CLOEXEC);

    ENSURE(fd >= 0, status_of_errno(errno));
    if (file_write_all(fd, b) == OK && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0)
        return OK;
    (void)unlink(name); /* the failure is reported; what is left is a stray file */
    return E_IO;
}

static status put_in_place(const char *path, struct bytes b, unsigned mode, bool replace)
{
    char temporary[PATH_ROOM];
    const int size = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);

    ENSURE(size > 0 && (size_t)size < sizeof temporary, E_LIMIT);
    TRY(fill_temporary(temporary, b, mode));
    /* link(2), unlike rename(2), never takes the place of a file. */
    const int rc = replace ? rename(temporary, path) : link(temporary, path);
    const int error = errno;
    if (!replace || rc != 0)
        (void)unlink(temporary); /* a stray file at worst */
    ENSURE(rc == 0, status_of_errno(error));
    return sync_folder_of(path);
}

status file_write(const char *path, struct bytes b, unsigned mode)
{
    return put_in_place(path, b, mode, true);
}

status file_create(const char *path, struct bytes b, unsigned mode)
{
    return put_in_place(path, b, mode, false);
}

status file_path(const char *folder, const char *name, char *ret, size_t room)
{
    const size_t size = strlen(folder);
    const char *const between = size > 0 && folder[size - 1] == '/' ? "" : "/";
    char path[PATH_ROOM];
    const int n = snprintf(path, sizeof path, "%s%s%s", folder, between, name);

    ENSURE(n > 0 && (size_t)n < sizeof path && (size_t)n < room, E_LIMIT);
    memcpy(ret, path, (size_t)n + 1);
    return OK;
}

status file_draft_open(struct file_draft *d, const char *path)
{
    const int size = snprintf(d->temporary, sizeof d->temporary, "%s.XXXXXX", path);

    ENSURE(size > 0 && (size_t)size < sizeof d->temporary, E_LIMIT);
    (void)snprintf(d->path, sizeof d->path, "%s", path);
    d->fd = mkostemp(d->temporary, O_CLOEXEC);
    if (d->fd >= 0)
        return OK;
    d->temporary[0] = '\0';
    return status_of_errno(errno);
}

status file_draft_write(struct file_draft *d, struct bytes b)
{
    return file_write_all(d->fd, b);
}

status file_draft_keep(struct file_draft *d)
{
    ENSURE(fsync(d->fd) == 0, E_IO);
    const int rc = link(d->temporary, d->path);
    const int error = errno;
    file_draft_drop(d);
    ENSURE(rc == 0, status_of_errno(error));
    return sync_folder_of(d->path);
}

void file_draft_drop(struct file_draft *d)
{
    if (d->temporary[0] == '\0')
        return;
    close_fd(&d->fd);
    (void)unlink(d->temporary); /* a stray file at worst */
    d->temporary[0] = '\0';
}
