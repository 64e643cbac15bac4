#include "figures.h"
#include "file.h"
#include "memvfs_posix.h"

/*
 * A file that is put in place of another (a configuration, a key file) when the power goes:
 * it is the old one or the new one, whole, and the new one once file_write has said so.
 */

enum { IMAGES = 1000, IMAGES_LONG = 5000, CALLS_MAX = 8, SIZE_MAX_BYTES = 3000 };

static struct bytes filled(uint8_t room[SIZE_MAX_BYTES], unsigned number)
{
    memset(room, (int)(number % 251) + 1, SIZE_MAX_BYTES);
    return bytes_of(room, 500 + number % (SIZE_MAX_BYTES - 500));
}

struct met {
    unsigned old, new;
};

static void one_image(unsigned number, struct met *met)
{
    struct memvfs *disk = NULL;
    uint8_t before[SIZE_MAX_BYTES];
    uint8_t after[SIZE_MAX_BYTES];
    const struct bytes old = filled(before, number);
    const struct bytes new = filled(after, number + 1);
    struct bytes got = {0};

    CHECK_OK(memvfs_open("flagpost-mem-file", number, &disk));
    memvfs_take_files(disk);
    CHECK_OK(file_write("/config", old, 0600));
    memvfs_cut_after(disk, 1 + number % CALLS_MAX);
    const status s = file_write("/config", new, 0600);
    CHECK(s == OK || memvfs_is_cut(disk));
    memvfs_crash(disk);
    CHECK_OK(memvfs_read(disk, "/config", &got));
    if (s == OK || bytes_equal(got, new)) {
        CHECK_BYTES(got, new);
        met->new ++;
    } else {
        CHECK_BYTES(got, old);
        met->old++;
    }
    memvfs_take_files(NULL);
    memvfs_free(disk);
}

static void is_the_old_file_or_the_new_one(void)
{
    const unsigned images = figures_share(IMAGES, IMAGES_LONG);
    struct met met = {0};

    for (unsigned i = 0; i < images; i++)
        one_image(i, &met);
    (void)printf("    %u images: %u old, %u new\n", images, met.old, met.new);
    CHECK(met.old > images / 10 && met.new > images / 10);
    figures_print("file_images", images);
}

CASES(CASE(is_the_old_file_or_the_new_one))
