#include "backup_file.h"

#include "entropy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, PATH_ROOM = 4096 };

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what had to be durable was flushed before */
}

static status take_chunks(struct backup_file *f, struct arena *a)
{
    f->plain = arena_take(a, BACKUP_CHUNK_SIZE);
    f->sealed = arena_take(a, BACKUP_SEALED_MAX);
    return f->plain != NULL && f->sealed != NULL ? OK : E_MEMORY;
}

static size_t chunk_at(uint64_t size, uint64_t at)
{
    return size - at < BACKUP_CHUNK_SIZE ? (size_t)(size - at) : BACKUP_CHUNK_SIZE;
}

/* --- opening --- */

static const char *header_sentence(status s)
{
    if (s == E_FORM)
        return "this is not a backup that `flagpost backup make` has made";
    if (s == E_VERSION)
        return "a newer flagpost has made this backup: restore it with that one";
    if (s == E_KEY)
        return "it is sealed to another recovery key: give the key file whose public half "
               "the node had when it was made";
    return "its header is not as it was made: this backup does not count, take another";
}

static status read_header(struct backup_file *f, const struct hpke_key_pair *recovery)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    struct stat st;

    if (file_read_exactly(f->fd, header, sizeof header) != OK) {
        (void)snprintf(f->sentence, sizeof f->sentence, "%s", header_sentence(E_FORM));
        return E_FORM;
    }
    const status s =
        backup_open(bytes_of(header, sizeof header), recovery, &f->header, &f->context);
    if (s != OK) {
        (void)snprintf(f->sentence, sizeof f->sentence, "%s", header_sentence(s));
        return s;
    }
    ENSURE(fstat(f->fd, &st) == 0 && st.st_size >= 0, E_IO);
    const uint64_t wanted = backup_size(&f->header);
    if ((uint64_t)st.st_size == wanted)
        return OK;
    (void)snprintf(f->sentence, sizeof f->sentence,
                   "it has %" PRIu64 " bytes and was made with %" PRIu64
                   ": this backup does not count, take another",
                   (uint64_t)st.st_size, wanted);
    return E_OPEN;
}

static status check_expiry(struct backup_file *f, millis now)
{
    char until[TIME_TEXT_ROOM];

    if (f->header.expires == 0 || now <= f->header.expires)
        return OK;
    time_write(f->header.expires, until);
    (void)snprintf(f->sentence, sizeof f->sentence,
                   "these keys were kept until %s and may not come back, because records "
                   "have been erased since: take a newer backup",
                   until);
    return E_EXPIRED;
}

status backup_file_open(struct backup_file *f, const char *path,
                        const struct hpke_key_pair *recovery, millis now, struct arena *a)
{
    struct stat st;

    *f = (struct backup_file){.fd = open(path, READ_FLAGS)};
    if (f->fd < 0) {
        (void)snprintf(f->sentence, sizeof f->sentence, "%s", strerror(errno));
        return errno == ENOENT ? E_UNKNOWN : errno == EACCES ? E_DENIED : E_IO;
    }
    f->open = true;
    TRY(take_chunks(f, a));
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)snprintf(f->sentence, sizeof f->sentence, "%s", header_sentence(E_FORM));
        return E_FORM;
    }
    TRY(read_header(f, recovery));
    return check_expiry(f, now);
}

void backup_file_done(struct backup_file *f)
{
    if (f->open)
        (void)close(f->fd); /* only read */
    hpke_done(&f->context);
    f->open = false;
}

/* --- chunk by chunk --- */

/* Opens file `i` of the part, which begins at chunk `*number`, into `to`; -1: nowhere. */
static status open_one(struct backup_file *f, size_t i, int to, uint64_t *number)
{
    const uint64_t size = f->header.sizes[i];

    for (uint64_t at = 0; at < size; at += BACKUP_CHUNK_SIZE) {
        const size_t n = chunk_at(size, at);
        status s = file_read_exactly(f->fd, f->sealed, n + HPKE_TAG_SIZE);
        if (s == OK)
            s = backup_chunk_open(&f->context, (*number)++,
                                  bytes_of(f->sealed, n + HPKE_TAG_SIZE), f->plain);
        if (s != OK) {
            (void)snprintf(f->sentence, sizeof f->sentence,
                           "%s in it, bytes %" PRIu64 " to %" PRIu64
                           ", is not as it was made: this backup does not count, take "
                           "another",
                           backup_file_name(f->header.part, i), at, at + n);
            return E_OPEN;
        }
        if (to >= 0 && file_write_all(to, bytes_of(f->plain, n)) != OK) {
            (void)snprintf(f->sentence, sizeof f->sentence, "%s could not be written: %s",
                           backup_file_name(f->header.part, i), strerror(errno));
            return E_IO;
        }
    }
    return OK;
}

status backup_file_unpack(struct backup_file *f, const char *folder)
{
    uint64_t number = 0;

    for (size_t i = 0; i < BACKUP_FILES; i++) {
        char path[PATH_ROOM];
        if (f->header.sizes[i] == 0)
            continue;
        TRY(file_path(folder, backup_file_name(f->header.part, i), path, sizeof path));
        const int to DEFER(close_fd) = open(
            path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
        if (to < 0) {
            (void)snprintf(f->sentence, sizeof f->sentence, "no place for %s: %s",
                           backup_file_name(f->header.part, i), strerror(errno));
            return E_IO;
        }
        TRY(open_one(f, i, to, &number));
    }
    return OK;
}

/* --- making --- */

static status open_source(const char *folder, const char *name, int *ret_fd,
                          uint64_t *ret_size)
{
    char path[PATH_ROOM];
    struct stat st;

    TRY(file_path(folder, name, path, sizeof path));
    *ret_fd = open(path, READ_FLAGS | O_NOFOLLOW);
    if (*ret_fd < 0)
        return errno == ENOENT ? E_UNKNOWN : E_IO;
    ENSURE(fstat(*ret_fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0, E_IO);
    *ret_size = (uint64_t)st.st_size;
    return OK;
}

static status measure(struct backup_header *h, const char *folder)
{
    for (size_t i = 0; i < BACKUP_FILES; i++) {
        const char *const name = backup_file_name(h->part, i);
        int fd DEFER(close_fd) = -1;
        h->sizes[i] = 0;
        const status s =
            name == NULL ? E_UNKNOWN : open_source(folder, name, &fd, &h->sizes[i]);
        ENSURE(s == OK || s == E_UNKNOWN, s);
    }
    return OK;
}

static status seal_one(struct backup_file *f, struct file_draft *draft, int from, size_t i,
                       uint64_t *number)
{
    const uint64_t size = f->header.sizes[i];

    for (uint64_t at = 0; at < size; at += BACKUP_CHUNK_SIZE) {
        const size_t n = chunk_at(size, at);
        TRY(file_read_exactly(from, f->plain, n));
        backup_chunk_seal(&f->context, (*number)++, bytes_of(f->plain, n), f->sealed);
        TRY(file_draft_write(draft, bytes_of(f->sealed, n + HPKE_TAG_SIZE)));
    }
    return OK;
}

static status seal_all(struct backup_file *f, struct file_draft *draft, const char *folder)
{
    uint64_t number = 0;

    for (size_t i = 0; i < BACKUP_FILES; i++) {
        int from DEFER(close_fd) = -1;
        uint64_t size = 0;
        if (f->header.sizes[i] == 0)
            continue;
        TRY(open_source(folder, backup_file_name(f->header.part, i), &from, &size));
        ENSURE(size == f->header.sizes[i], E_IO);
        TRY(seal_one(f, draft, from, i, &number));
    }
    return OK;
}

/* What is on the disk is what was sealed: read from there, and opened by the key that is
 * still in hand and after this nowhere but under the recovery key. */
static status read_back(struct backup_file *f, const struct file_draft *draft,
                        const uint8_t header[BACKUP_HEADER_SIZE])
{
    uint8_t found[BACKUP_HEADER_SIZE];
    uint64_t number = 0;
    uint8_t beyond = 0;

    ENSURE(fsync(draft->fd) == 0, E_IO);
    f->fd = open(draft->temporary, READ_FLAGS);
    ENSURE(f->fd >= 0, E_IO);
    f->open = true;
    /* Past the cache, where the kernel obeys. */
    (void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED);
    TRY(file_read_exactly(f->fd, found, sizeof found));
    ENSURE(memcmp(found, header, sizeof found) == 0, E_OPEN);
    for (size_t i = 0; i < BACKUP_FILES; i++)
        TRY(open_one(f, i, -1, &number));
    return read(f->fd, &beyond, 1) == 0 ? OK : E_OPEN;
}

status backup_file_make(struct file_draft *draft, struct backup_header *h,
                        const char *folder, struct arena *a)
{
    struct backup_file f DEFER(backup_file_done) = {.fd = -1};
    struct hpke_key_pair pair DEFER(hpke_key_pair_done) = {0};
    uint8_t header[BACKUP_HEADER_SIZE];
    uint8_t seed[RECOVERY_SEED_SIZE];

    TRY(take_chunks(&f, a));
    TRY(measure(h, folder));
    entropy_fill(seed, sizeof seed);
    status s = hpke_derive(bytes_of(seed, sizeof seed), &pair);
    explicit_bzero(seed, sizeof seed);
    TRY(s);
    TRY(backup_seal(h, &pair, header, &f.context));
    f.header = *h;
    TRY(file_draft_write(draft, bytes_of(header, sizeof header)));
    TRY(seal_all(&f, draft, folder));
    return read_back(&f, draft, header);
}
