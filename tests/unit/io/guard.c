#include "guard.h"
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct room {
    char folder[64];
    char path[128];
    struct keyring *ring;
    struct guard guard;
};

static struct keyring *ring_of(uint8_t seed)
{
    struct keyring_secrets secrets;
    struct keyring *ring = NULL;

    memset(&secrets, seed, sizeof secrets);
    CHECK_OK(keyring_open(&secrets, &ring));
    return ring;
}

static struct room room_make(void)
{
    struct room r = {.folder = "/tmp/flagpost-test-XXXXXX", .ring = ring_of(7)};

    CHECK(mkdtemp(r.folder) != NULL);
    (void)snprintf(r.path, sizeof r.path, "%s/head", r.folder);
    CHECK_OK(guard_open(&r.guard, r.folder, r.ring));
    return r;
}

static void room_reopen(struct room *r)
{
    guard_done(&r->guard);
    CHECK_OK(guard_open(&r->guard, r->folder, r->ring));
}

static void room_remove(struct room *r)
{
    guard_done(&r->guard);
    (void)unlink(r->path); /* not every test makes it */
    CHECK(rmdir(r->folder) == 0);
    r->ring = keyring_free(r->ring);
}

static struct guard_head head_of(sequence size)
{
    struct guard_head h = {0};

    for (size_t i = 0; i < LANES; i++) {
        h.lanes[i].epoch = (struct epoch){.counter = (uint32_t)(i + 1), .random = {1, 2}};
        h.lanes[i].size = size + i;
        h.lanes[i].root.bytes[0] = (uint8_t)size;
    }
    return h;
}

static void check_head(struct room *r, sequence size)
{
    const struct guard_head wanted = head_of(size);
    struct guard_head got;

    CHECK_OK(guard_read(&r->guard, &got));
    for (size_t i = 0; i < LANES; i++) {
        CHECK(epoch_equal(&got.lanes[i].epoch, &wanted.lanes[i].epoch));
        CHECK_INT(got.lanes[i].size, wanted.lanes[i].size);
        CHECK(hash_equal(&got.lanes[i].root, &wanted.lanes[i].root));
    }
}

static void write_head(struct room *r, sequence size)
{
    const struct guard_head h = head_of(size);

    CHECK_OK(guard_write(&r->guard, &h));
}

static void flip(const struct room *r, off_t at)
{
    uint8_t byte = 0;
    const int fd = open(r->path, O_RDWR | O_CLOEXEC);

    CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, at) == 1);
    CHECK(close(fd) == 0);
}

static void reads_what_was_written_last(void)
{
    struct room r = room_make();
    struct guard_head got;
    struct stat st;

    CHECK_STATUS(guard_read(&r.guard, &got), E_UNKNOWN);
    for (sequence size = 1; size < 6; size++) {
        write_head(&r, size);
        check_head(&r, size);
        room_reopen(&r);
        check_head(&r, size);
    }
    CHECK(stat(r.path, &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    room_remove(&r);
}

static void falls_back_on_the_other_slot_when_one_is_torn(void)
{
    struct room r = room_make();

    write_head(&r, 1); /* counter 1, second slot */
    write_head(&r, 2); /* counter 2, first slot */
    flip(&r, 70);
    check_head(&r, 1);
    /* The next write goes over the torn one. */
    write_head(&r, 3);
    check_head(&r, 3);
    flip(&r, 4096 + 511);
    check_head(&r, 3);
    room_remove(&r);
}

static void refuses_any_flipped_bit(void)
{
    struct room r = room_make();
    struct guard_head got;

    write_head(&r, 1);
    for (off_t at = 0; at < 512; at++) {
        flip(&r, 4096 + at);
        CHECK_STATUS(guard_read(&r.guard, &got), E_SIGNATURE);
        flip(&r, 4096 + at);
    }
    check_head(&r, 1);
    room_remove(&r);
}

static void refuses_another_nodes_file(void)
{
    struct room r = room_make();
    struct guard_head got;
    struct guard other;
    struct keyring *const ring = ring_of(8);

    write_head(&r, 1);
    CHECK_OK(guard_open(&other, r.folder, ring));
    CHECK_STATUS(guard_read(&other, &got), E_SIGNATURE);
    guard_done(&other);
    (void)keyring_free(ring);
    room_remove(&r);
}

static void refuses_a_copied_home(void)
{
    struct room r = room_make();
    struct room copy = room_make();
    struct guard_head got;
    const struct guard_head head = head_of(9);

    write_head(&r, 1);
    write_head(&r, 2);
    CHECK(rename(r.path, copy.path) == 0);
    room_reopen(&copy);
    CHECK_STATUS(guard_read(&copy.guard, &got), E_SIGNATURE);
    /* Written here, it belongs here: the old place's slots are older. */
    CHECK_OK(guard_write(&copy.guard, &head));
    room_reopen(&copy);
    check_head(&copy, 9);
    room_remove(&copy);
    room_remove(&r);
}

static void takes_an_empty_file_for_none(void)
{
    struct room r = room_make();
    struct guard_head got;

    write_head(&r, 1);
    CHECK(truncate(r.path, 0) == 0);
    CHECK_STATUS(guard_read(&r.guard, &got), E_UNKNOWN);
    CHECK(truncate(r.path, 4096) == 0);
    CHECK_STATUS(guard_read(&r.guard, &got), E_UNKNOWN);
    room_remove(&r);
}

static void refuses_a_link(void)
{
    struct room r = room_make();

    guard_done(&r.guard);
    CHECK(symlink("/dev/null", r.path) == 0);
    CHECK_STATUS(guard_open(&r.guard, r.folder, r.ring), E_IO);
    room_remove(&r);
}

CASES(CASE(reads_what_was_written_last),
      CASE(falls_back_on_the_other_slot_when_one_is_torn), CASE(refuses_any_flipped_bit),
      CASE(refuses_another_nodes_file), CASE(refuses_a_copied_home),
      CASE(takes_an_empty_file_for_none), CASE(refuses_a_link))
