#include "guard.h"

#include "draw.h"
#include "file.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SLOTS = 2,
    SLOT_SIZE = 512,
    /* A drive may rewrite a whole block of 4096 bytes for 512 of them: slots never share
       one. */
    SLOT_PITCH = 4096,
    SLOT_MAC = SLOT_SIZE - HASH_SIZE,
    MACHINE_ID_MAX = 64,
};

static const char magic[] = "flagpost/head/v1";

static status machine_hash(const char *folder, struct hash *ret)
{
    uint8_t memory[MACHINE_ID_MAX + 64] __attribute__((aligned(16)));
    struct arena a;
    struct bytes id = {0};
    uint8_t text[MACHINE_ID_MAX + 1 + PATH_MAX];
    struct writer w = writer_over(text, sizeof text);

    arena_init(&a, memory, sizeof memory);
    /* Some containers have none: then the folder alone tells homes apart. */
    if (file_read("/etc/machine-id", MACHINE_ID_MAX, &a, &id) != OK)
        id = (struct bytes){0};
    write_bytes(&w, id);
    write_u8(&w, 0);
    write_text(&w, folder);
    ENSURE(!w.bad, E_IO);
    *ret = blake(writer_bytes(&w));
    return OK;
}

status guard_open(struct guard *g, const char *folder, struct keyring *k)
{
    *g = (struct guard){.keyring = k, .folder_fd = -1, .fd = -1};
    TRY(machine_hash(folder, &g->machine));
    g->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ENSURE(g->folder_fd >= 0, E_IO);
    g->fd = openat(g->folder_fd, "head", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    ENSURE(g->fd >= 0 || errno == ENOENT, E_IO);
    return OK;
}

void guard_done(struct guard *g)
{
    /* Everything that was to last is on the disk already. */
    if (g->fd >= 0)
        (void)close(g->fd);
    if (g->folder_fd >= 0)
        (void)close(g->folder_fd);
    *g = (struct guard){.folder_fd = -1, .fd = -1};
}

/* --- one slot --- */

static void slot_encode(const struct guard *g, const struct guard_head *head,
                        uint8_t slot[SLOT_SIZE])
{
    struct writer w = writer_over(slot, SLOT_SIZE);

    memset(slot, 0, SLOT_SIZE);
    write_text(&w, magic);
    write_u64(&w, g->counter);
    write_bytes(&w, bytes_of(g->machine.bytes, HASH_SIZE));
    for (size_t i = 0; i < LANES; i++) {
        const struct guard_lane *const lane = &head->lanes[i];
        write_u32(&w, lane->epoch.counter);
        write_bytes(&w, bytes_of(lane->epoch.random, sizeof lane->epoch.random));
        write_u64(&w, lane->size);
        write_bytes(&w, bytes_of(lane->root.bytes, HASH_SIZE));
    }
    for (size_t i = 0; i < GUARD_FILES; i++) {
        write_u64(&w, head->files[i].commits);
        write_bytes(&w, bytes_of(head->files[i].mac.bytes, HASH_SIZE));
    }
    MUST(!w.bad && w.size <= SLOT_MAC);
    const struct hash mac =
        keyring_mac(g->keyring, KEYRING_GUARD, bytes_of(slot, SLOT_MAC));
    memcpy(slot + SLOT_MAC, mac.bytes, HASH_SIZE);
}

struct slot {
    uint64_t counter;
    struct hash machine;
    struct guard_head head;
};

static status slot_decode(const struct guard *g, const uint8_t bytes[SLOT_SIZE],
                          struct slot *ret)
{
    struct reader r = {.rest = bytes_of(bytes, SLOT_MAC)};
    struct hash kept;
    struct slot s = {0};

    memcpy(kept.bytes, bytes + SLOT_MAC, HASH_SIZE);
    const struct hash mac =
        keyring_mac(g->keyring, KEYRING_GUARD, bytes_of(bytes, SLOT_MAC));
    /* Whoever writes this file cannot time the comparison. */
    ENSURE(hash_equal(&mac, &kept), E_SIGNATURE);
    ENSURE(text_is(read_bytes(&r, sizeof magic - 1), magic), E_SIGNATURE);
    s.counter = read_u64(&r);
    read_copy(&r, s.machine.bytes, HASH_SIZE);
    for (size_t i = 0; i < LANES; i++) {
        struct guard_lane *const lane = &s.head.lanes[i];
        lane->epoch.counter = read_u32(&r);
        read_copy(&r, lane->epoch.random, sizeof lane->epoch.random);
        lane->size = read_u64(&r);
        read_copy(&r, lane->root.bytes, HASH_SIZE);
    }
    for (size_t i = 0; i < GUARD_FILES; i++) {
        s.head.files[i].commits = read_u64(&r);
        read_copy(&r, s.head.files[i].mac.bytes, HASH_SIZE);
    }
    MUST(!r.bad);
    *ret = s;
    return OK;
}

/* Nothing was ever written here, or the first write was cut short: it ends with the MAC. */
static bool is_blank(const uint8_t bytes[SLOT_SIZE])
{
    static const uint8_t blank[HASH_SIZE];

    return memcmp(bytes + SLOT_MAC, blank, HASH_SIZE) == 0;
}

/* What the file lacks at its end reads as zeros. */
static status slot_read(const struct guard *g, size_t i, uint8_t ret[SLOT_SIZE])
{
    memset(ret, 0, SLOT_SIZE);
    return pread(g->fd, ret, SLOT_SIZE, (off_t)(i * SLOT_PITCH)) >= 0 ? OK : E_IO;
}

/* --- the file --- */

status guard_read(struct guard *g, struct guard_head *ret)
{
    struct slot newest = {0};
    size_t blank = 0;
    bool found = false;

    ENSURE(g->fd >= 0, E_UNKNOWN);
    for (size_t i = 0; i < SLOTS; i++) {
        uint8_t bytes[SLOT_SIZE];
        struct slot s;
        TRY(slot_read(g, i, bytes));
        blank += is_blank(bytes) ? 1 : 0;
        if (slot_decode(g, bytes, &s) == OK && (!found || s.counter > newest.counter)) {
            newest = s;
            found = true;
        }
    }
    ENSURE(blank < SLOTS, E_UNKNOWN);
    ENSURE(found, E_SIGNATURE);
    g->counter = newest.counter;
    ENSURE(hash_equal(&newest.machine, &g->machine), E_SIGNATURE);
    *ret = newest.head;
    return OK;
}

static status create(struct guard *g)
{
    g->fd = openat(g->folder_fd, "head", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                   S_IRUSR | S_IWUSR);
    ENSURE(g->fd >= 0, E_IO);
    return fsync(g->folder_fd) == 0 ? OK : E_IO;
}

status guard_write(struct guard *g, const struct guard_head *head)
{
    uint8_t slot[SLOT_SIZE];

    if (g->fd < 0)
        TRY(create(g));
    MUST(g->counter < UINT64_MAX);
    g->counter++;
    slot_encode(g, head, slot);
    const off_t at = (off_t)(g->counter % SLOTS * SLOT_PITCH);
    ENSURE(pwrite(g->fd, slot, SLOT_SIZE, at) == SLOT_SIZE, E_IO);
    return fdatasync(g->fd) == 0 ? OK : E_IO;
}
