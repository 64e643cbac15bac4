#include "memvfs_posix.h"

#include "memvfs_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { FDS_FIRST = 1 << 20, FDS_MAX = 16 };

struct memory_fd {
    bool open;
    struct disk_file *file; /* NULL: the folder */
    uint64_t generation;
    uint64_t offset;
};

static struct memvfs *disk;
static struct memory_fd fds[FDS_MAX];

/* As ld --wrap names them. */
#define WRAPPED(type, name, ...)                                                           \
    type __real_##name(__VA_ARGS__);                                                       \
    type __wrap_##name(__VA_ARGS__)

WRAPPED(int, open, const char *path, int flags, ...);
WRAPPED(int, openat, int folder, const char *path, int flags, ...);
WRAPPED(int, close, int fd);
WRAPPED(ssize_t, pread, int fd, void *to, size_t size, off_t offset);
WRAPPED(ssize_t, pwrite, int fd, const void *from, size_t size, off_t offset);
WRAPPED(ssize_t, write, int fd, const void *from, size_t size);
WRAPPED(int, fsync, int fd);
WRAPPED(int, fdatasync, int fd);
WRAPPED(int, fchmod, int fd, mode_t mode);
WRAPPED(int, mkostemp, char *name, int flags);
WRAPPED(int, rename, const char *from, const char *to);
WRAPPED(int, unlink, const char *path);

void memvfs_take_files(struct memvfs *v)
{
    disk = v;
}

static bool is_ours(const char *path)
{
    return disk != NULL && (path[0] == '\0' || (path[0] == '/' && !strchr(path + 1, '/')));
}

static struct memory_fd *find(int fd)
{
    return fd >= FDS_FIRST && fd < FDS_FIRST + FDS_MAX ? &fds[fd - FDS_FIRST] : NULL;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int take_fd(struct disk_file *f)
{
    for (int i = 0; i < FDS_MAX; i++) {
        if (fds[i].open)
            continue;
        fds[i] =
            (struct memory_fd){.open = true, .file = f, .generation = disk->generation};
        if (f != NULL)
            f->open++;
        return FDS_FIRST + i;
    }
    return fail(EMFILE);
}

static int open_file(const char *path, int flags)
{
    if (disk->cut)
        return fail(EIO);
    if (path[0] == '\0')
        return take_fd(NULL);
    struct disk_file *f = disk_find(&disk->disk, path);
    if (f != NULL && (flags & O_EXCL) != 0)
        return fail(EEXIST);
    if (f == NULL && (flags & O_CREAT) == 0)
        return fail(ENOENT);
    if (f == NULL)
        f = disk_make(&disk->disk, path);
    return f == NULL ? fail(ENOSPC) : take_fd(f);
}

/* A call that changes the disk; false when it must fail. */
static bool counts(const struct memory_fd *d)
{
    if (d->generation != disk->generation)
        return false;
    return memvfs_count(disk) == 0;
}

static ssize_t write_at(struct memory_fd *d, const void *from, size_t size, uint64_t offset)
{
    if (!counts(d)) {
        const bool part = !disk->cut && disk->failure.part;
        disk_write(d->file, offset, from, part ? size / 2 : 0);
        return part ? (ssize_t)(size / 2) : fail(EIO);
    }
    disk_write(d->file, offset, from, size);
    return disk->cut ? fail(EIO) : (ssize_t)size;
}

static int sync_fd(struct memory_fd *d)
{
    if (!counts(d)) {
        if (!disk->cut && d->generation == disk->generation && d->file != NULL)
            disk_sync_failed(&disk->disk, d->file);
        return fail(EIO);
    }
    /* As in file_sync: power that goes here may go after all is done. */
    if (!disk->cut || (disk_draw(&disk->disk) & 1) != 0) {
        if (d->file == NULL)
            disk_sync_folder(&disk->disk);
        else
            disk_sync(d->file);
    }
    return disk->cut ? fail(EIO) : 0;
}

/* --- in place of the system's --- */

int __wrap_open(const char *path, int flags, ...)
{
    va_list list;

    va_start(list, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    /* sync_folder_of opens "/" for a file "/NAME". */
    if (disk != NULL && strcmp(path, "/") == 0)
        return open_file("", flags);
    return is_ours(path) ? open_file(path, flags) : __real_open(path, flags, mode);
}

int __wrap_openat(int folder, const char *path, int flags, ...)
{
    char name[DISK_NAME_ROOM];
    va_list list;

    va_start(list, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (find(folder) == NULL)
        return __real_openat(folder, path, flags, mode);
    (void)snprintf(name, sizeof name, "/%s", path);
    return open_file(name, flags);
}

int __wrap_close(int fd)
{
    struct memory_fd *const d = find(fd);

    if (d == NULL)
        return __real_close(fd);
    if (d->file != NULL)
        d->file->open--;
    d->open = false;
    return 0;
}

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    const struct memory_fd *const d = find(fd);

    if (d == NULL)
        return __real_pread(fd, to, size, offset);
    if (disk->cut || d->generation != disk->generation)
        return fail(EIO);
    const struct buffer *const live = &d->file->live;
    const size_t has = (size_t)offset < live->size ? live->size - (size_t)offset : 0;
    const size_t n = has < size ? has : size;
    if (n > 0)
        memcpy(to, live->at + offset, n);
    return (ssize_t)n;
}

ssize_t __wrap_pwrite(int fd, const void *from, size_t size, off_t offset)
{
    struct memory_fd *const d = find(fd);

    return d == NULL ? __real_pwrite(fd, from, size, offset)
                     : write_at(d, from, size, (uint64_t)offset);
}

ssize_t __wrap_write(int fd, const void *from, size_t size)
{
    struct memory_fd *const d = find(fd);

    if (d == NULL)
        return __real_write(fd, from, size);
    const ssize_t n = write_at(d, from, size, d->offset);
    d->offset += n > 0 ? (uint64_t)n : 0;
    return n;
}

int __wrap_fsync(int fd)
{
    struct memory_fd *const d = find(fd);

    return d == NULL ? __real_fsync(fd) : sync_fd(d);
}

int __wrap_fdatasync(int fd)
{
    struct memory_fd *const d = find(fd);

    return d == NULL ? __real_fdatasync(fd) : sync_fd(d);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return find(fd) == NULL ? __real_fchmod(fd, mode) : 0;
}

int __wrap_mkostemp(char *name, int flags)
{
    char *const end = name + strlen(name) - 6;

    if (!is_ours(name))
        return __real_mkostemp(name, flags);
    for (size_t i = 0; i < 6; i++)
        end[i] = (char)('a' + disk_draw(&disk->disk) % 26);
    return open_file(name, O_CREAT | O_EXCL);
}

int __wrap_rename(const char *from, const char *to)
{
    if (!is_ours(from))
        return __real_rename(from, to);
    if (memvfs_count(disk) != 0)
        return fail(EIO);
    disk_rename(&disk->disk, from, to);
    return disk->cut ? fail(EIO) : 0;
}

int __wrap_unlink(const char *path)
{
    if (!is_ours(path))
        return __real_unlink(path);
    struct disk_file *const f = disk->cut ? NULL : disk_find(&disk->disk, path);
    if (f == NULL)
        return fail(ENOENT);
    f->linked = false;
    return 0;
}
