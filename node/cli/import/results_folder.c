#include "results_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAME_NAME_MAX = 1000, FOLDER_MODE = 0750, REASONS_MODE = 0640 };

static status open_within(int folder, const char *name, int *ret)
{
    const int made = mkdirat(folder, name, FOLDER_MODE);

    ENSURE(made == 0 || errno == EEXIST, E_IO);
    *ret = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return *ret < 0 ? E_IO : OK;
}

status results_folder_open(struct results_folder *f, const char *path)
{
    *f = (struct results_folder){.itself = -1, .read = -1, .quarantine = -1};
    f->itself = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ENSURE(f->itself >= 0, errno == ENOENT ? E_UNKNOWN : E_IO);
    TRY(open_within(f->itself, "read", &f->read));
    return open_within(f->itself, "quarantine", &f->quarantine);
}

void results_folder_close(struct results_folder *f)
{
    const int fds[] = {f->itself, f->read, f->quarantine};

    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]); /* only looked into */
    }
}

static bool is_result(const char *name)
{
    const size_t size = strlen(name);

    return name[0] != '.' && size > 4 && strcmp(name + size - 4, ".csv") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

status results_folder_list(const struct results_folder *f, struct arena *a,
                           char *ret[RESULTS_FILES_MAX], size_t *ret_count)
{
    const int fd = dup(f->itself);
    DIR *const d = fd < 0 ? NULL : fdopendir(fd);
    size_t n = 0;

    ENSURE(d != NULL, E_IO);
    for (const struct dirent *e = readdir(d); e != NULL && n < RESULTS_FILES_MAX;
         e = readdir(d)) {
        if (is_result(e->d_name))
            ret[n++] = arena_text(a, bytes_of_text(e->d_name));
    }
    (void)closedir(d); /* only read */
    for (size_t i = 0; i < n; i++)
        ENSURE(ret[i] != NULL, E_MEMORY);
    qsort(ret, n, sizeof *ret, by_name);
    *ret_count = n;
    return OK;
}

int results_folder_file(const struct results_folder *f, const char *name)
{
    return openat(f->itself, name,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* "name", "name.1", "name.2" ... */
static void number_name(char ret[RESULTS_NAME_ROOM], const char *name, unsigned number)
{
    (void)snprintf(ret, RESULTS_NAME_ROOM, number == 0 ? "%s" : "%s.%u", name, number);
}

/* The first number under which neither a file is there nor its reasons. */
FILE *results_folder_reasons(const struct results_folder *f, const char *name,
                             char ret_quarantine[RESULTS_NAME_ROOM])
{
    char beside[RESULTS_NAME_ROOM + 4];
    struct stat st;
    int fd = -1;

    for (unsigned i = 0; fd < 0 && i < SAME_NAME_MAX; i++) {
        number_name(ret_quarantine, name, i);
        (void)snprintf(beside, sizeof beside, "%s.why", ret_quarantine);
        if (fstatat(f->quarantine, ret_quarantine, &st, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        fd = openat(f->quarantine, beside,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, REASONS_MODE);
        if (fd < 0 && errno != EEXIST)
            return NULL;
    }
    return fd < 0 ? NULL : fdopen(fd, "w");
}

bool results_folder_move(const struct results_folder *f, const char *name,
                         const char *quarantine)
{
    char numbered[RESULTS_NAME_ROOM];

    if (quarantine != NULL)
        return renameat2(f->itself, name, f->quarantine, quarantine, RENAME_NOREPLACE) == 0;
    for (unsigned i = 0; i < SAME_NAME_MAX; i++) {
        number_name(numbered, name, i);
        if (renameat2(f->itself, name, f->read, numbered, RENAME_NOREPLACE) == 0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}
