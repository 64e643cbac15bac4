#include "results_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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
    *f = (struct results_folder){.itself = -1, .taken = -1, .read = -1, .quarantine = -1};
    f->itself = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ENSURE(f->itself >= 0, errno == ENOENT ? E_UNKNOWN : E_IO);
    ENSURE(flock(f->itself, LOCK_EX | LOCK_NB) == 0, errno == EWOULDBLOCK ? E_BUSY : E_IO);
    TRY(open_within(f->itself, ".taken", &f->taken));
    TRY(open_within(f->itself, "read", &f->read));
    return open_within(f->itself, "quarantine", &f->quarantine);
}

void results_folder_close(struct results_folder *f)
{
    const int fds[] = {f->itself, f->taken, f->read, f->quarantine};

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

static DIR *open_list(int folder)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const d = fd < 0 ? NULL : fdopendir(fd);

    if (d == NULL && fd >= 0)
        (void)close(fd); /* only looked into */
    return d;
}

static status list(int folder, struct arena *a, char *ret[RESULTS_FILES_MAX], size_t *n)
{
    DIR *const d = open_list(folder);

    ENSURE(d != NULL, E_IO);
    for (const struct dirent *e = readdir(d); e != NULL && *n < RESULTS_FILES_MAX;
         e = readdir(d)) {
        if (is_result(e->d_name))
            ret[(*n)++] = arena_text(a, bytes_of_text(e->d_name));
    }
    (void)closedir(d); /* only read */
    return OK;
}

status results_folder_list(const struct results_folder *f, struct arena *a,
                           char *ret[RESULTS_FILES_MAX], size_t *ret_count)
{
    size_t n = 0;
    size_t kept = 0;

    TRY(list(f->taken, a, ret, &n));
    TRY(list(f->itself, a, ret, &n));
    for (size_t i = 0; i < n; i++)
        ENSURE(ret[i] != NULL, E_MEMORY);
    qsort(ret, n, sizeof *ret, by_name);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(ret[kept - 1], ret[i]) != 0)
            ret[kept++] = ret[i];
    }
    *ret_count = kept;
    return OK;
}

status results_folder_quarantined(const struct results_folder *f, size_t *ret_count)
{
    DIR *const d = open_list(f->quarantine);
    size_t n = 0;

    ENSURE(d != NULL, E_IO);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        const size_t size = strlen(e->d_name);
        n += size > 4 && strcmp(e->d_name + size - 4, ".why") == 0;
    }
    (void)closedir(d); /* only read */
    *ret_count = n;
    return OK;
}

bool results_folder_take(const struct results_folder *f, const char *name)
{
    return renameat2(f->itself, name, f->taken, name, RENAME_NOREPLACE) == 0 ||
           errno == EEXIST || faccessat(f->taken, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void results_folder_put_back(const struct results_folder *f, const char *name)
{
    /* Where another came under its name it stays taken, and is given again. */
    (void)renameat2(f->taken, name, f->itself, name, RENAME_NOREPLACE);
}

int results_folder_file(const struct results_folder *f, const char *name)
{
    return openat(f->taken, name,
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
        return renameat2(f->taken, name, f->quarantine, quarantine, RENAME_NOREPLACE) == 0;
    for (unsigned i = 0; i < SAME_NAME_MAX; i++) {
        number_name(numbered, name, i);
        if (renameat2(f->taken, name, f->read, numbered, RENAME_NOREPLACE) == 0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}
