/* Whole files, complete or not there. */

#include "file.h"
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 128 };

static char folder[PATH_ROOM];
static char path[PATH_ROOM];
static uint8_t memory[65536] __attribute__((aligned(16)));
static struct arena arena;

static void start(void)
{
    memcpy(folder, "/tmp/flagpost_XXXXXX", sizeof "/tmp/flagpost_XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK_OK(file_path(folder, "file", path, sizeof path));
    arena_init(&arena, memory, sizeof memory);
}

/* Nothing but `path` may be left: no temporary file of any case. */
static void stop(void)
{
    (void)unlink(path);
    CHECK(rmdir(folder) == 0);
}

static void check_content(const char *wanted)
{
    struct bytes got = {0};

    CHECK_OK(file_read(path, 1000, &arena, &got));
    CHECK_BYTES(got, bytes_of_text(wanted));
}

static unsigned mode_of(const char *name)
{
    struct stat st;

    CHECK(stat(name, &st) == 0);
    return st.st_mode & 07777;
}

static void writes_replace_the_whole_file(void)
{
    start();
    CHECK_OK(file_write(path, bytes_of_text("first, and longer"), 0640));
    check_content("first, and longer");
    CHECK_INT(mode_of(path), 0640);
    CHECK_OK(file_write(path, bytes_of_text("second"), 0600));
    check_content("second");
    CHECK_INT(mode_of(path), 0600);
    CHECK_OK(file_write(path, bytes_of_text(""), 0600));
    check_content("");
    stop();
}

static void creating_never_replaces(void)
{
    start();
    CHECK_OK(file_create(path, bytes_of_text("first"), 0600));
    CHECK_STATUS(file_create(path, bytes_of_text("second"), 0644), E_DUPLICATE);
    check_content("first");
    CHECK_INT(mode_of(path), 0600);
    stop();
}

static void what_cannot_be_written_leaves_nothing(void)
{
    char below[PATH_ROOM];

    start();
    CHECK_OK(file_path(folder, "missing/file", below, sizeof below));
    CHECK_STATUS(file_write(below, bytes_of_text("x"), 0600), E_UNKNOWN);
    CHECK_OK(file_path(folder, "file", below, sizeof below));
    CHECK(mkdir(below, 0700) == 0);
    CHECK_STATUS(file_write(below, bytes_of_text("x"), 0600), E_IO);
    CHECK(rmdir(below) == 0);
    stop();
}

static void reading_is_bounded(void)
{
    struct bytes got = {0};
    struct arena small;

    start();
    CHECK_STATUS(file_read(path, 1000, &arena, &got), E_UNKNOWN);
    CHECK_OK(file_write(path, bytes_of_text("0123456789"), 0600));
    CHECK_OK(file_read(path, 10, &arena, &got));
    CHECK_STATUS(file_read(path, 9, &arena, &got), E_LIMIT);
    arena_init(&small, memory, 8);
    CHECK_STATUS(file_read(path, 10, &small, &got), E_MEMORY);
    CHECK_INT(got.size, 10);
    stop();
}

static void only_regular_files_are_read(void)
{
    struct bytes got = {0};

    start();
    CHECK_STATUS(file_read(folder, 1000, &arena, &got), E_IO);
    CHECK(mkfifo(path, 0600) == 0);
    CHECK_STATUS(file_read(path, 1000, &arena, &got), E_IO);
    stop();
}

static void a_secret_that_others_may_read_is_refused(void)
{
    static const unsigned open_modes[] = {0601, 0602, 0604, 0610, 0620, 0640, 0644};
    struct bytes got = {0};

    start();
    CHECK_OK(file_write(path, bytes_of_text("secret"), 0600));
    CHECK_OK(file_read_secret(path, 1000, &arena, &got));
    CHECK_BYTES(got, bytes_of_text("secret"));
    for (size_t i = 0; i < COUNT_OF(open_modes); i++) {
        CHECK(chmod(path, open_modes[i]) == 0);
        CHECK_STATUS(file_read_secret(path, 1000, &arena, &got), E_DENIED);
    }
    CHECK(chmod(path, 0400) == 0);
    CHECK_OK(file_read_secret(path, 1000, &arena, &got));
    stop();
}

static void a_secret_behind_a_link_is_refused(void)
{
    char link_path[PATH_ROOM];
    struct bytes got = {0};

    start();
    CHECK_OK(file_path(folder, "link", link_path, sizeof link_path));
    CHECK_OK(file_write(path, bytes_of_text("secret"), 0600));
    CHECK(symlink(path, link_path) == 0);
    CHECK_OK(file_read(link_path, 1000, &arena, &got));
    CHECK_STATUS(file_read_secret(link_path, 1000, &arena, &got), E_DENIED);
    CHECK(unlink(link_path) == 0);
    stop();
}

static void a_path_joins_folder_and_name(void)
{
    char ret[8] = "before";

    CHECK_OK(file_path("a", "b", ret, sizeof ret));
    CHECK_TEXT(ret, "a/b");
    CHECK_OK(file_path("/a/", "b", ret, sizeof ret));
    CHECK_TEXT(ret, "/a/b");
    CHECK_OK(file_path("abc", "def", ret, sizeof ret));
    CHECK_STATUS(file_path("abcd", "def", ret, sizeof ret), E_LIMIT);
    CHECK_TEXT(ret, "abc/def");
}

CASES(CASE(writes_replace_the_whole_file), CASE(creating_never_replaces),
      CASE(what_cannot_be_written_leaves_nothing), CASE(reading_is_bounded),
      CASE(only_regular_files_are_read), CASE(a_secret_that_others_may_read_is_refused),
      CASE(a_secret_behind_a_link_is_refused), CASE(a_path_joins_folder_and_name))
