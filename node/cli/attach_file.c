#include "attach_file.h"

#include "digest.h"
#include "merkle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Exactly `size` bytes at `at`: a file that has become shorter has changed. */
static status read_at(int fd, uint8_t *to, size_t size, uint64_t at)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = pread(fd, to + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_HASH);
        done += (size_t)n;
    }
    return OK;
}

static size_t part_size(const struct attach_file *f, uint32_t number)
{
    const uint32_t at = number * PART_BYTES_MAX;

    return f->size - at < PART_BYTES_MAX ? f->size - at : PART_BYTES_MAX;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Digest of the whole and leaf of each part; E_HASH when it changes meanwhile. */
static status measure(struct attach_file *f)
{
    struct stat before = {0}, after = {0};
    struct digest d;

    ENSURE(fstat(f->fd, &before) == 0 && S_ISREG(before.st_mode), E_IO);
    ENSURE(before.st_size > 0, E_VALUE);
    ENSURE(before.st_size <= ATTACHMENT_BYTES_MAX, E_LIMIT);
    f->size = (uint32_t)before.st_size;
    f->parts = (f->size + PART_BYTES_MAX - 1) / PART_BYTES_MAX;
    digest_init(&d);
    for (uint32_t n = 0; n < f->parts; n++) {
        const size_t size = part_size(f, n);
        TRY(read_at(f->fd, f->room, size, (uint64_t)n * PART_BYTES_MAX));
        digest_add(&d, bytes_of(f->room, size));
        f->leaves[n] = merkle_leaf(bytes_of(f->room, size));
    }
    ENSURE(fstat(f->fd, &after) == 0 && same_file(&before, &after), E_HASH);
    f->digest = digest_done(&d);
    f->root = merkle_root(f->leaves, f->parts);
    return OK;
}

const char *attach_file_sentence(status s)
{
    if (s == E_UNKNOWN)
        return "there is no such file";
    if (s == E_DENIED)
        return "this is a link and not a file: put the file there";
    if (s == E_VALUE)
        return "the file is empty: there is nothing to attach";
    if (s == E_LIMIT)
        return "the file is larger than 100 MiB: send a smaller one, and say in the text "
               "where the whole is held";
    if (s == E_HASH)
        return "the file changed while it was read: attach it when it is finished";
    return "this is not a file that can be read";
}

status attach_file_read(const char *path, bool plain, struct attach_file *ret)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

    ret->path = path;
    ret->untold = false;
    ret->fd = open(path, plain ? flags | O_NOFOLLOW : flags);
    if (ret->fd < 0)
        return errno == ENOENT ? E_UNKNOWN : errno == ELOOP ? E_DENIED : E_IO;
    const status s = measure(ret);
    if (s != OK)
        attach_file_close(ret);
    return s;
}

struct attach_file *attach_file_open(struct cli *c, const char *path, bool plain,
                                     int *ret_code)
{
    struct attach_file *const f = arena_take(&c->arena, sizeof *f);

    if (f == NULL) {
        *ret_code = cli_fail(c, EXIT_UNREACHABLE, path, "there is not enough memory");
        return NULL;
    }
    const status s = attach_file_read(path, plain, f);
    if (s == OK)
        return f;
    *ret_code = cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_REFUSED, path,
                         attach_file_sentence(s));
    return NULL;
}

void attach_file_close(struct attach_file *f)
{
    if (f != NULL && f->fd >= 0)
        (void)close(f->fd); /* only read from */
}

status attach_file_part(struct attach_file *f, uint32_t number, struct arena *a,
                        struct item_part *ret)
{
    struct item_part part = {.number = number};
    const size_t size = part_size(f, number);

    TRY(read_at(f->fd, f->room, size, (uint64_t)number * PART_BYTES_MAX));
    part.bytes = bytes_of(f->room, size);
    const struct hash leaf = merkle_leaf(part.bytes);
    ENSURE(hash_equal(&leaf, &f->leaves[number]), E_HASH);
    TRY(merkle_inclusion(f->leaves, f->parts, number, a, &part.path));
    *ret = part;
    return OK;
}

struct item_attachment attach_file_item(const struct attach_file *f)
{
    return (struct item_attachment){
        .media_type = bytes_of_text(attach_media_type(f->path)),
        .size = f->size,
        .digest = bytes_of(f->digest.bytes, sizeof f->digest.bytes),
        .root = bytes_of(f->root.bytes, sizeof f->root.bytes),
        .part_bytes = PART_BYTES_MAX,
    };
}

status attach_file_fill(const struct attach_file *f, struct item_attachment *x)
{
    const struct item_attachment found = attach_file_item(f);
    const struct item_attachment said = *x;

    ENSURE(said.root.size == 0 || bytes_equal(said.root, found.root), E_HASH);
    *x = found;
    x->name = said.name;
    x->description = said.description;
    if (said.media_type.size > 0)
        x->media_type = said.media_type;
    return OK;
}

const char *attach_name(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

const char *attach_media_type(const char *name)
{
    static const struct {
        const char *ending;
        const char *type;
    } known[] = {
        {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"},       {".png", "image/png"},
        {".gif", "image/gif"},  {".webp", "image/webp"},       {".heic", "image/heic"},
        {".tif", "image/tiff"}, {".tiff", "image/tiff"},       {".pdf", "application/pdf"},
        {".mp4", "video/mp4"},  {".mov", "video/quicktime"},   {".mp3", "audio/mpeg"},
        {".m4a", "audio/mp4"},  {".wav", "audio/wav"},         {".txt", "text/plain"},
        {".csv", "text/csv"},   {".json", "application/json"}, {".zip", "application/zip"},
    };
    const char *const dot = strrchr(attach_name(name), '.');

    for (size_t i = 0; dot != NULL && i < COUNT_OF(known); i++) {
        if (strcasecmp(dot, known[i].ending) == 0)
            return known[i].type;
    }
    return "application/octet-stream";
}
