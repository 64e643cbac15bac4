#include "staged.h"

#include "check.h"
#include "file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder in which a copy of a home is made, checked or restored. */

enum { PATH_ROOM_SMALL = 128 };

static char base[PATH_ROOM_SMALL];
static char folder[PATH_ROOM_SMALL];

static void start(void)
{
    (void)snprintf(base, sizeof base, "/tmp/flagpost-staged-XXXXXX");
    CHECK(mkdtemp(base) != NULL);
    CHECK_OK(file_path(base, STAGED_IN_HOME, folder, sizeof folder));
}

static void stop(void)
{
    CHECK(rmdir(base) == 0);
}

static void put(const char *name)
{
    char path[2 * PATH_ROOM_SMALL];

    CHECK_OK(file_path(folder, name, path, sizeof path));
    CHECK_OK(file_create(path, bytes_of_text("a copy"), 0600));
}

static bool is_there(const char *in, const char *name)
{
    char path[2 * PATH_ROOM_SMALL];

    CHECK_OK(file_path(in, name, path, sizeof path));
    return access(path, F_OK) == 0;
}

static void leaves_nothing_behind(void)
{
    struct staged s;

    start();
    CHECK_OK(staged_open(&s, folder));
    put("journal.db");
    put("keys.db");
    put("keys.db-wal");
    put("node.key");
    staged_done(&s);
    CHECK(!is_there(base, STAGED_IN_HOME));
    staged_done(&s); /* once more harms nothing */
    stop();
}

/* As a process that is killed leaves it: the kernel has taken its lock back. */
static void abandon(struct staged *s)
{
    CHECK(close(s->lock_fd) == 0);
    s->lock_fd = -1;
}

static void one_works_in_it_at_a_time(void)
{
    struct staged s, other;

    start();
    CHECK_OK(staged_open(&s, folder));
    CHECK_STATUS(staged_open(&other, folder), E_BUSY);
    put("keys.db");
    staged_tidy(base);
    CHECK(is_there(folder, "keys.db"));
    staged_empty(&s);
    CHECK(!is_there(folder, "keys.db"));
    CHECK_STATUS(staged_open(&other, folder), E_BUSY);
    put("keys.db");
    abandon(&s);
    CHECK_OK(staged_open(&other, folder));
    CHECK(!is_there(folder, "keys.db"));
    staged_done(&other);
    stop();
}

static void what_a_killed_one_left_goes(void)
{
    struct staged s;

    start();
    staged_tidy(base); /* there is nothing */
    CHECK_OK(staged_open(&s, folder));
    put("keys.db");
    put("journal.db");
    abandon(&s);
    staged_tidy(base);
    CHECK(!is_there(folder, "keys.db") && !is_there(folder, "journal.db"));
    CHECK(rmdir(folder) == 0);
    stop();
}

/* A folder that is no copy is never emptied, whatever it is called. */
static void a_home_is_not_taken_for_a_copy(void)
{
    struct staged s;

    start();
    CHECK(mkdir(folder, 0700) == 0);
    put("keys.db");
    CHECK_STATUS(staged_open(&s, folder), E_DENIED);
    staged_done(&s);
    staged_tidy(base);
    CHECK(is_there(folder, "keys.db"));
    CHECK(chmod(folder, 0750) == 0);
    CHECK_STATUS(staged_open(&s, folder), E_DENIED);
    for (size_t i = 0; i < 2; i++) {
        char path[2 * PATH_ROOM_SMALL];
        CHECK_OK(file_path(folder, i == 0 ? "keys.db" : "lock", path, sizeof path));
        CHECK(unlink(path) == 0);
    }
    CHECK(rmdir(folder) == 0);
    CHECK(symlink("/tmp", folder) == 0);
    CHECK_STATUS(staged_open(&s, folder), E_DENIED);
    CHECK(unlink(folder) == 0);
    stop();
}

static void becomes_the_home_where_nothing_is(void)
{
    struct staged s;
    char home[PATH_ROOM_SMALL];

    start();
    CHECK_OK(file_path(base, "home", home, sizeof home));
    CHECK(mkdir(home, 0700) == 0);
    CHECK_OK(staged_open(&s, folder));
    put("journal.db");
    put("journal.db-wal");
    CHECK_OK(staged_keep(&s, home));
    staged_done(&s);
    CHECK(is_there(home, "journal.db") && !is_there(home, "journal.db-wal"));
    CHECK(!is_there(home, "staged") && !is_there(base, STAGED_IN_HOME));
    CHECK_OK(staged_open(&s, folder));
    put("journal.db");
    CHECK_STATUS(staged_keep(&s, home), E_DUPLICATE);
    staged_done(&s);
    for (size_t i = 0; i < 2; i++) {
        char path[2 * PATH_ROOM_SMALL];
        CHECK_OK(file_path(home, i == 0 ? "journal.db" : "lock", path, sizeof path));
        CHECK(unlink(path) == 0);
    }
    CHECK(rmdir(home) == 0);
    stop();
}

CASES(CASE(leaves_nothing_behind), CASE(one_works_in_it_at_a_time),
      CASE(what_a_killed_one_left_goes), CASE(a_home_is_not_taken_for_a_copy),
      CASE(becomes_the_home_where_nothing_is))
