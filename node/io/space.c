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

/* More than the mark, and more than the ballast gives back, or the node would come and go.
 */
static uint64_t with_slack(uint64_t mark, uint64_t low, bool before)
{
    return before ? mark + low / 2 : mark;
}

/* Under `marks` times the watermark, of bytes or of files. */
static bool is_under(const struct space *s, unsigned marks, bool before)
{
    return s->free < with_slack(marks * s->low, s->low, before) ||
           s->files <
               with_slack((uint64_t)marks * SPACE_FILES_LOW, SPACE_FILES_LOW, before);
}

bool space_judge(struct space *s, const struct space_found *found)
{
    const bool was_low = s->is_low;
    const bool was_tight = s->is_tight;

    s->free = found->bytes;
    s->files = found->files;
    s->is_low = is_under(s, 1, was_low);
    s->is_tight = is_under(s, 2, was_tight);
    return s->is_low != was_low || s->is_tight != was_tight;
}

bool space_lacks_files(const struct space *s)
{
    return s->free >= with_slack((s->is_low ? 1 : 2) * s->low, s->low, true);
}

uint64_t space_enough(const struct space *s)
{
    const uint64_t one = space_lacks_files(s) ? SPACE_FILES_LOW : s->low;

    return with_slack((s->is_low ? 1 : 2) * one, one, true);
}

/* A file system that makes room for files as it needs it counts none. */
bool space_look(struct space *s)
{
    struct statvfs st;

    if (fstatvfs(s->folder_fd, &st) != 0)
        return false;
    const struct space_found found = {.bytes = (uint64_t)st.f_bavail * st.f_frsize,
                                      .files = st.f_files == 0 ? UINT64_MAX : st.f_favail};
    return space_judge(s, &found);
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
