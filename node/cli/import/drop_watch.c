#include "drop_watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 5000, PATH_ROOM = 1024 };

static bool ends_with(const char *name, const char *end)
{
    const size_t size = strlen(name);
    const size_t of_end = strlen(end);

    return size >= of_end && strcmp(name + size - of_end, end) == 0;
}

bool drop_name_is_taken(const char *name)
{
    static const char *const others[] = {".part", ".filepart", ".tmp", ".result.json",
                                         ".result.csv"};

    if (name[0] == '.' || name[0] == '\0' || strlen(name) > DROP_NAME_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (ends_with(name, others[i]))
            return false;
    }
    return true;
}

status drop_watch_open(struct drop_watch *w, const char *folder, millis settle_ms)
{
    *w = (struct drop_watch){.folder = folder, .settle_ms = settle_ms};
    w->notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    ENSURE(w->notify >= 0, E_IO);
    if (inotify_add_watch(w->notify, folder, IN_MOVED_TO | IN_CLOSE_WRITE) >= 0)
        return OK;
    drop_watch_done(w);
    return E_IO;
}

void drop_watch_done(struct drop_watch *w)
{
    if (w->notify >= 0)
        (void)close(w->notify); /* nothing is written to it */
    w->notify = -1;
}

static struct drop_file *file_named(struct drop_watch *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strcmp(w->files[i].name, name) == 0)
            return &w->files[i];
    }
    return NULL;
}

static struct drop_file *file_add(struct drop_watch *w, const char *name)
{
    struct drop_file *const old = file_named(w, name);

    if (old != NULL || w->count == DROP_FILES_MAX)
        return old; /* more than that wait for a later scan */
    struct drop_file *const f = &w->files[w->count++];
    *f = (struct drop_file){0};
    (void)snprintf(f->name, sizeof f->name, "%s", name);
    return f;
}

/* What inotify tells of renames; everything else a scan sees. */
static void take_events(struct drop_watch *w)
{
    union {
        struct inotify_event event;
        char bytes[4096];
    } room;
    ssize_t got = 0;

    while ((got = read(w->notify, room.bytes, sizeof room.bytes)) > 0) {
        for (size_t at = 0; at + sizeof room.event <= (size_t)got;) {
            struct inotify_event e;
            memcpy(&e, room.bytes + at, sizeof e);
            const char *const name = room.bytes + at + sizeof e;
            at += sizeof e + e.len;
            if ((e.mask & IN_MOVED_TO) == 0 || e.len == 0 || !drop_name_is_taken(name))
                continue;
            struct drop_file *const f = file_add(w, name);
            if (f != NULL)
                f->moved = true;
        }
    }
}

static bool path_of(const struct drop_watch *w, const char *name, char ret[PATH_ROOM])
{
    return snprintf(ret, PATH_ROOM, "%s/%s", w->folder, name) < PATH_ROOM;
}

static void look_at(struct drop_watch *w, const char *name, millis now)
{
    char path[PATH_ROOM];
    struct stat st;

    if (!drop_name_is_taken(name) || !path_of(w, name, path) || lstat(path, &st) != 0 ||
        !S_ISREG(st.st_mode))
        return;
    struct drop_file *const f = file_add(w, name);
    if (f == NULL)
        return;
    const uint64_t size = (uint64_t)st.st_size;
    const uint64_t changed =
        (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
    const bool same = f->size == size && f->changed_ns == changed && f->inode == st.st_ino;
    f->seen = true;
    if (same && f->since != 0)
        return;
    f->size = size;
    f->changed_ns = changed;
    f->inode = st.st_ino;
    f->since = now;
}

static status scan(struct drop_watch *w, millis now)
{
    DIR *const folder = opendir(w->folder);
    size_t kept = 0;

    ENSURE(folder != NULL, E_IO);
    for (size_t i = 0; i < w->count; i++)
        w->files[i].seen = false;
    for (const struct dirent *e = readdir(folder); e != NULL; e = readdir(folder))
        look_at(w, e->d_name, now);
    (void)closedir(folder); /* only read from */
    for (size_t i = 0; i < w->count; i++) {
        if (w->files[i].seen)
            w->files[kept++] = w->files[i];
    }
    w->count = kept;
    return OK;
}

/* A read lease is refused while anyone has the file open for writing.  On a file of another
 * owner, or a file system without leases, nobody can tell. */
static bool has_writer(const struct drop_watch *w, const struct drop_file *f)
{
    char path[PATH_ROOM];

    if (!path_of(w, f->name, path))
        return true;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return false; /* whoever takes it will say why it cannot be read */
    const bool leased = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    const bool written = !leased && errno == EAGAIN;
    (void)close(fd); /* gives the lease back */
    return written;
}

status drop_watch_next(struct drop_watch *w, millis now, const char **ret_name)
{
    *ret_name = NULL;
    take_events(w);
    TRY(scan(w, now));
    for (size_t i = 0; i < w->count; i++) {
        const struct drop_file *const f = &w->files[i];
        if ((f->moved || now - f->since >= w->settle_ms) && !has_writer(w, f)) {
            *ret_name = f->name;
            return OK;
        }
    }
    return OK;
}

bool drop_watch_wait(struct drop_watch *w, int stop_fd)
{
    struct pollfd fds[2] = {{.fd = stop_fd, .events = POLLIN},
                            {.fd = w->notify, .events = POLLIN}};
    const millis soon = w->settle_ms / 4 + 10;
    const millis most = w->count > 0 && soon < LOOK_AGAIN_MS ? soon : LOOK_AGAIN_MS;

    if (poll(fds, COUNT_OF(fds), (int)most) < 0 && errno != EINTR)
        return true;
    return (fds[0].revents & POLLIN) != 0;
}
