#include "load_batch.h"

#include "clock.h"
#include "file.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0750, FILE_MODE = 0640, MANIFEST_ROOM = 2048 };

static bool path_of(char ret[LOAD_PATH_ROOM], const char *folder, const char *before,
                    const char *name, const char *after)
{
    return snprintf(ret, LOAD_PATH_ROOM, "%s/%s%s%s", folder, before, name, after) <
           LOAD_PATH_ROOM;
}

bool load_batch_is_there(const char *out, const char *name)
{
    char path[LOAD_PATH_ROOM];

    return path_of(path, out, "", name, "") && access(path, F_OK) == 0;
}

static FILE *create(const char *path)
{
    const int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    FILE *const f = fd < 0 ? NULL : fdopen(fd, "we");

    if (f == NULL && fd >= 0)
        (void)close(fd); /* nothing was written */
    return f;
}

/* Durable and closed. */
static status finish(FILE *f)
{
    const bool good = fflush(f) == 0 && ferror(f) == 0 && fsync(fileno(f)) == 0;

    return fclose(f) == 0 && good ? OK : E_IO;
}

static status write_all(struct load_batch *b, struct bytes text)
{
    digest_add(&b->digest, text);
    b->bytes += text.size;
    return fwrite(text.at, 1, text.size, b->records) == text.size ? OK : E_IO;
}

/* What a stopped run has left there. */
static status empty(const char *folder)
{
    char path[LOAD_PATH_ROOM];

    for (size_t i = 0; load_form_file(i) != NULL; i++) {
        ENSURE(path_of(path, folder, "", load_form_file(i), ""), E_LIMIT);
        ENSURE(unlink(path) == 0 || errno == ENOENT, E_IO);
    }
    ENSURE(path_of(path, folder, "", "manifest.json", ""), E_LIMIT);
    ENSURE(unlink(path) == 0 || errno == ENOENT, E_IO);
    return OK;
}

status load_batch_open(struct load_batch *b, const struct load_form *form, const char *out,
                       const char *name)
{
    char path[LOAD_PATH_ROOM];

    *b = (struct load_batch){.out = out, .form = form};
    ENSURE(snprintf(b->name, sizeof b->name, "%s", name) < (int)sizeof b->name, E_LIMIT);
    ENSURE(path_of(b->part, out, ".", name, ".part") &&
               path_of(b->whole, out, "", name, "") &&
               path_of(path, b->part, "", form->file, ""),
           E_LIMIT);
    ENSURE(mkdir(b->part, FOLDER_MODE) == 0 || errno == EEXIST, E_IO);
    TRY(empty(b->part));
    digest_init(&b->digest);
    b->records = create(path);
    ENSURE(b->records != NULL, E_IO);
    return write_all(b, bytes_of_text(form->head));
}

status load_batch_put(struct load_batch *b, const struct load_row *row, struct arena *a)
{
    const size_t mark = arena_mark(a);
    struct bytes text = {0};
    status s = b->form->write(row, a, &text);

    if (s == OK)
        s = write_all(b, text);
    arena_rewind(a, mark);
    b->count += s == OK;
    return s;
}

/* The title has no control characters, being a line; quotes and backslashes it may have. */
static void put_json(struct writer *w, struct bytes text)
{
    write_text(w, "\"");
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            write_u8(w, '\\');
        write_u8(w, text.at[i] < ' ' ? ' ' : text.at[i]);
    }
    write_text(w, "\"");
}

static status write_manifest(struct load_batch *b, uint32_t version, struct bytes title,
                             struct arena *a)
{
    const struct hash digest = digest_done(&b->digest);
    struct writer w = writer_over(arena_take(a, MANIFEST_ROOM), MANIFEST_ROOM);
    char hex[2 * sizeof digest.bytes + 1];
    char at[TIME_TEXT_ROOM];
    char path[LOAD_PATH_ROOM];

    ENSURE(w.at != NULL, E_MEMORY);
    ENSURE(path_of(path, b->part, "", "manifest.json", ""), E_LIMIT);
    hex_encode(bytes_of(digest.bytes, sizeof digest.bytes), hex);
    time_write(clock_wall(), at);
    write_text(&w, "{\"batch\":");
    put_json(&w, bytes_of_text(b->name));
    write_text(&w, ",\"made\":");
    put_json(&w, bytes_of_text(at));
    write_text(&w, ",\"file\":");
    put_json(&w, bytes_of_text(b->form->file));
    write_text(&w, ",\"records\":");
    write_decimal(&w, b->count);
    write_text(&w, ",\"bytes\":");
    write_decimal(&w, b->bytes);
    write_text(&w, ",\"blake2b_256\":");
    put_json(&w, bytes_of_text(hex));
    write_text(&w, ",\"requirements\":{\"version\":");
    write_decimal(&w, version);
    write_text(&w, ",\"title\":");
    put_json(&w, title);
    write_text(&w, "}}\n");
    ENSURE(!w.bad, E_LIMIT);
    FILE *const f = create(path);
    ENSURE(f != NULL, E_IO);
    const struct bytes text = writer_bytes(&w);
    const bool written = fwrite(text.at, 1, text.size, f) == text.size;
    TRY(finish(f));
    return written ? OK : E_IO;
}

status load_batch_keep(struct load_batch *b, uint32_t version, struct bytes title,
                       struct arena *a)
{
    FILE *const records = b->records;

    TRY(write_all(b, bytes_of_text(b->form->foot)));
    b->records = NULL;
    TRY(finish(records));
    TRY(write_manifest(b, version, title, a));
    TRY(file_sync_folder(b->part));
    ENSURE(renameat2(AT_FDCWD, b->part, AT_FDCWD, b->whole, RENAME_NOREPLACE) == 0,
           errno == EEXIST ? E_DUPLICATE : E_IO);
    return file_sync_folder(b->out);
}

status load_batch_remove(struct load_batch *b)
{
    load_batch_drop(b);
    TRY(empty(b->part));
    return rmdir(b->part) == 0 ? OK : E_IO;
}

void load_batch_drop(struct load_batch *b)
{
    if (b->records != NULL)
        (void)fclose(b->records); /* it is not kept */
    b->records = NULL;
}
