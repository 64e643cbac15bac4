/* Room on the disk of a home: when a node stops taking things, and its ballast. */

#include "space.h"
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 128, LOW_MIB = 1 };

static char folder[PATH_ROOM];
static char ballast[PATH_ROOM];

static struct space start(uint32_t low_mib)
{
    struct space s = {0};

    memcpy(folder, "/tmp/flagpost_XXXXXX", sizeof "/tmp/flagpost_XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(ballast, sizeof ballast, "%s/ballast", folder);
    CHECK_OK(space_open(&s, folder, low_mib));
    return s;
}

static void stop(struct space *s)
{
    space_done(s);
    (void)unlink(ballast);
    CHECK(rmdir(folder) == 0);
}

/* The disk of the tests is everyone's: half of what is free does not come and go. */
static void it_is_low_under_the_mark_and_until_there_is_half_as_much_again(void)
{
    struct space s = start(LOW_MIB);

    CHECK(!s.is_low);
    CHECK(s.free > (uint64_t)LOW_MIB << 20);
    s.low = 2 * s.free;
    CHECK(space_look(&s));
    CHECK(s.is_low);
    CHECK(!space_look(&s));
    s.low = s.free - s.free / 5; /* over the mark again, and not by half */
    CHECK(!space_look(&s));
    CHECK(s.is_low);
    s.low = s.free / 2;
    CHECK(space_look(&s));
    CHECK(!s.is_low);
    stop(&s);
}

/* What is found, from plenty down to nothing and up again: low, tight, changed. */
static void bulk_work_stops_earlier_and_so_does_it_without_files(void)
{
    enum {
        LOW = 1 << 20,
        MANY = 1000000,
        MARK = SPACE_FILES_LOW,
    };
    static const struct {
        unsigned halves, less; /* bytes: so many halves of the mark, less so many */
        uint64_t files;
        bool low, tight;
    } steps[] = {
        {4, 0, MANY, false, false},
        {4, 1, MANY, false, true},
        {2, 0, MANY, false, true},
        {2, 1, MANY, true, true},
        {3, 1, MANY, true, true},
        {3, 0, MANY, false, true},
        {5, 1, MANY, false, true},
        {5, 0, MANY, false, false},
        {18, 0, MARK + MARK - 1, false, true},
        {18, 0, MARK, false, true},
        {18, 0, MARK - 1, true, true},
        {18, 0, MARK, true, true},
        {18, 0, MARK + MARK / 2, false, true},
        {18, 0, UINT64_MAX, false, false},
        {0, 0, UINT64_MAX, true, true},
        {18, 0, 0, true, true},
    };
    struct space s = {.low = LOW};

    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        const bool changes = s.is_low != steps[i].low || s.is_tight != steps[i].tight;
        const struct space_found found = {
            .bytes = (uint64_t)steps[i].halves * (LOW / 2) - steps[i].less,
            .files = steps[i].files,
        };
        CHECK(space_judge(&s, &found) == changes);
        CHECK(s.is_low == steps[i].low);
        CHECK(s.is_tight == steps[i].tight);
        CHECK_INT(s.free, found.bytes);
        CHECK_INT(s.files, found.files);
    }
}

static void a_disk_that_is_low_is_so_from_the_start(void)
{
    struct space s = start(UINT32_MAX); /* 4 PiB */

    CHECK(s.is_low);
    CHECK(!space_look(&s));
    stop(&s);
}

static void a_home_that_is_not_there_is_refused(void)
{
    struct space s = {0};

    CHECK_STATUS(space_open(&s, "/nowhere/at/all", LOW_MIB), E_IO);
    space_done(&s);
}

static void check_ballast(off_t size)
{
    struct stat st;

    CHECK(stat(ballast, &st) == 0);
    CHECK_INT(st.st_size, size);
    CHECK(st.st_blocks * 512 >= size);
    CHECK_INT(st.st_mode & 07777, 0600);
}

static void the_ballast_has_its_blocks_and_the_size_of_today(void)
{
    const off_t quarter = ((off_t)LOW_MIB << 20) / 4;
    struct space s = start(LOW_MIB);

    space_settle(&s, NULL);
    check_ballast(quarter);
    space_settle(&s, NULL);
    check_ballast(quarter);
    s.low *= 2;
    space_settle(&s, NULL);
    check_ballast(2 * quarter);
    stop(&s);
}

static void the_ballast_is_given_up_without_room_alone(void)
{
    struct space s = start(LOW_MIB);

    space_settle(&s, NULL);
    space_prepare(&s);
    CHECK(access(ballast, F_OK) == 0);
    s.is_low = true;
    space_prepare(&s);
    CHECK(access(ballast, F_OK) != 0);
    stop(&s);
}

/* Where its room cannot be had nothing of it is left, and nothing else happens. */
static void what_cannot_be_had_is_left(void)
{
    struct space s = start(LOW_MIB);

    s.low = UINT64_C(1) << 60;
    space_settle(&s, NULL);
    CHECK(access(ballast, F_OK) != 0);
    stop(&s);
}

/* Whoever puts a link there may not have the node write elsewhere. */
static void a_link_is_not_followed(void)
{
    char other[PATH_ROOM + 8];
    struct space s = start(LOW_MIB);
    struct stat st;

    (void)snprintf(other, sizeof other, "%s/other", folder);
    CHECK(symlink(other, ballast) == 0);
    space_settle(&s, NULL);
    CHECK(lstat(other, &st) != 0);
    check_ballast(((off_t)LOW_MIB << 20) / 4);
    stop(&s);
}

CASES(CASE(it_is_low_under_the_mark_and_until_there_is_half_as_much_again),
      CASE(bulk_work_stops_earlier_and_so_does_it_without_files),
      CASE(a_disk_that_is_low_is_so_from_the_start),
      CASE(a_home_that_is_not_there_is_refused),
      CASE(the_ballast_has_its_blocks_and_the_size_of_today),
      CASE(the_ballast_is_given_up_without_room_alone), CASE(what_cannot_be_had_is_left),
      CASE(a_link_is_not_followed))
