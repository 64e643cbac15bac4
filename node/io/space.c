#include "space.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MIB_SHIFT = 20 };

static const char ballast[] = "ballast";

status space_open(struct space *s, const char *home, uint32_t low_mib)
{
    *s = (struct space){.low = (uint64_t)low_mib << MIB_SHIFT};
    s->folder_fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ENSURE(s->folder_fd >= 0, E_IO);
    (void)space_look(s); /* a change from no look at all is none */
    return OK;
}

void space_done(struct space *s)
{
    if (s->low > 0 && s->folder_fd >= 0)
        (void)close(s->folder_fd); /* nothing was written to it */
    *s = (struct space){.folder_fd = -1};
}

uint64_t space_enough(const struct space *s)
{
    /* More than the ballast gives back, or the node would come and go. */
    return s->low + s->low / 2;
}

bool space_look(struct space *s)
{
    const bool before = s->is_low;
    struct statvfs found;

    if (fstatvfs(s->folder_fd, &found) != 0)
        return false;
    s->free = (uint64_t)found.f_bavail * found.f_frsize;
    s->is_low = s->free < (before ? space_enough(s) : s->low);
    return s->is_low != before;
}

static void give_up(const struct space *s)
{
    (void)unlinkat(s->folder_fd, ballast, 0); /* not there: then it is given up */
}

/* With its blocks, which a file that is only long would not have. */
static void make(const struct space *s)
{
    const off_t size = (off_t)(s->low / 4);
    struct stat st;

    if (fstatat(s->folder_fd, ballast, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == size)
        return;
    give_up(s);
    const int fd =
        openat(s->folder_fd, ballast, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
               S_IRUSR | S_IWUSR);
    if (fd < 0)
        return;
    const bool made = posix_fallocate(fd, 0, size) == 0;
    (void)close(fd); /* what it holds means nothing */
    if (!made)
        give_up(s);
}

void space_prepare(struct space *s)
{
    if (s->is_low)
        give_up(s);
}

void space_settle(struct space *s, struct journal *j)
{
    if (s->is_low) {
        give_up(s);
        (void)journal_checkpoint(j, true); /* a reader in the way: when it is idle again */
    }
    make(s);
}
