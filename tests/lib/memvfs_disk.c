#include "memvfs_disk.h"

#include <stdlib.h>
#include <string.h>

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t disk_draw(struct disk *d)
{
    uint64_t z = d->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool kept(struct disk *d)
{
    return disk_draw(d) % 100 < d->keep_percent;
}

/* --- buffers and changes --- */

static void buffer_resize(struct buffer *b, size_t size)
{
    if (size > b->room) {
        b->room = size * 2;
        b->at = realloc(b->at, b->room);
        MUST(b->at != NULL);
    }
    if (size > b->size)
        memset(b->at + b->size, 0, size - b->size);
    b->size = size;
}

static void buffer_write(struct buffer *b, uint64_t offset, const uint8_t *bytes,
                         size_t size)
{
    if (size == 0)
        return;
    if (offset + size > b->size)
        buffer_resize(b, (size_t)offset + size);
    memcpy(b->at + offset, bytes, size);
}

static void changes_clear(struct disk_file *f)
{
    for (size_t i = 0; i < f->change_count; i++)
        free(f->changes[i].bytes);
    f->change_count = 0;
}

static void change_add(struct disk_file *f, uint64_t offset, const void *bytes, size_t size)
{
    if (f->change_count == f->change_room) {
        f->change_room = f->change_room * 2 + 16;
        f->changes = realloc(f->changes, f->change_room * sizeof *f->changes);
        MUST(f->changes != NULL);
    }
    struct change c = {.offset = offset, .size = size};
    if (size > 0) {
        c.bytes =
            reallocarray(NULL, 1, size); /* not malloc: a test lets that one fail (oom.h) */
        MUST(c.bytes != NULL);
        memcpy(c.bytes, bytes, size);
    }
    f->changes[f->change_count++] = c;
}

static void change_apply(struct buffer *b, const struct change *c)
{
    if (c->bytes == NULL)
        buffer_resize(b, (size_t)c->offset);
    else
        buffer_write(b, c->offset, c->bytes, c->size);
}

/* Each sector of a write arrives or does not. */
static void change_tear(struct disk *d, struct buffer *b, const struct change *c)
{
    size_t done = 0;

    if (c->bytes == NULL) {
        if (kept(d))
            change_apply(b, c);
        return;
    }
    while (done < c->size) {
        const size_t left = c->size - done;
        const size_t sector = DISK_SECTOR - (size_t)((c->offset + done) % DISK_SECTOR);
        const size_t piece = left < sector ? left : sector;
        if (kept(d))
            buffer_write(b, c->offset + done, c->bytes + done, piece);
        done += piece;
    }
}

/* --- files --- */

struct disk_file *disk_find(struct disk *d, const char *name)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        if (d->files[i].linked && strcmp(d->files[i].name, name) == 0)
            return &d->files[i];
    }
    return NULL;
}

static void file_clear(struct disk_file *f)
{
    changes_clear(f);
    free(f->changes);
    free(f->live.at);
    free(f->durable.at);
    *f = (struct disk_file){0};
}

struct disk_file *disk_make(struct disk *d, const char *name)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        struct disk_file *const f = &d->files[i];
        if (!f->linked && strcmp(f->name, name) == 0)
            f->rooted = false; /* the new file takes its name */
        if (f->linked || f->rooted || f->open > 0)
            continue;
        file_clear(f);
        MUST(strlen(name) < sizeof f->name);
        memcpy(f->name, name, strlen(name) + 1);
        f->linked = true;
        return f;
    }
    return NULL;
}

static void file_crash(struct disk *d, struct disk_file *f)
{
    /* A name that was given or taken since the last sync may or may not have changed. */
    if (f->linked != f->rooted)
        f->rooted = kept(d) ? f->linked : f->rooted;
    f->linked = f->rooted;
    if (!f->linked) {
        const unsigned open = f->open;
        file_clear(f);
        f->open = open;
        return;
    }
    for (size_t i = 0; i < f->change_count; i++)
        change_tear(d, &f->durable, &f->changes[i]);
    changes_clear(f);
    buffer_resize(&f->live, 0);
    buffer_write(&f->live, 0, f->durable.at, f->durable.size);
}

void disk_sync_folder(struct disk *d)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        d->files[i].rooted = d->files[i].linked;
        d->files[i].replaced = NULL;
    }
}

void disk_rename(struct disk *d, const char *from, const char *to)
{
    struct disk_file *const f = disk_find(d, from);
    struct disk_file *const old = disk_find(d, to);

    MUST(f != NULL && strlen(to) < sizeof f->name);
    if (old != NULL)
        old->linked = false;
    memcpy(f->name, to, strlen(to) + 1);
    f->rooted = false;
    f->replaced = old;
}

/* rename(2) is one step: the name is the new file's, or still the old one's. */
static void settle_rename(struct disk *d, struct disk_file *f)
{
    struct disk_file *const old = f->replaced;

    f->replaced = NULL;
    if (old == NULL)
        return;
    f->linked = kept(d);
    f->rooted = f->linked;
    old->linked = !f->linked;
    old->rooted = old->linked;
}

void disk_write(struct disk_file *f, uint64_t offset, const void *bytes, size_t size)
{
    if (size == 0)
        return; /* a change without bytes is a truncation */
    change_add(f, offset, bytes, size);
    buffer_write(&f->live, offset, bytes, size);
}

void disk_truncate(struct disk_file *f, uint64_t size)
{
    change_add(f, size, NULL, 0);
    buffer_resize(&f->live, (size_t)size);
}

void disk_sync(struct disk_file *f)
{
    for (size_t i = 0; i < f->change_count; i++)
        change_apply(&f->durable, &f->changes[i]);
    changes_clear(f);
}

static void choose_kept(struct disk *d)
{
    static const unsigned percents[] = {0, 20, 50, 80, 100};

    d->keep_percent = percents[disk_draw(d) % COUNT_OF(percents)];
}

void disk_sync_failed(struct disk *d, struct disk_file *f)
{
    choose_kept(d);
    for (size_t i = 0; i < f->change_count; i++)
        change_tear(d, &f->durable, &f->changes[i]);
    changes_clear(f);
}

void disk_cut(struct disk *d)
{
    choose_kept(d);
    for (size_t i = 0; i < DISK_FILES_MAX; i++)
        settle_rename(d, &d->files[i]);
    for (size_t i = 0; i < DISK_FILES_MAX; i++)
        file_crash(d, &d->files[i]);
}

void disk_done(struct disk *d)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        MUST(d->files[i].open == 0);
        file_clear(&d->files[i]);
    }
}
