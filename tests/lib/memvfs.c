#include "memvfs.h"

#include "memvfs_parts.h"

#include <stdlib.h>
#include <string.h>

struct descriptor {
    sqlite3_file base;
    struct memvfs *vfs;
    struct disk_file *file;
    uint64_t generation;
    bool flushes_folder; /* at its next sync, as the unix VFS does for a journal */
};

/* --- the calls of a descriptor --- */

static struct descriptor *descriptor_of(sqlite3_file *f)
{
    return (struct descriptor *)f;
}

static bool is_dead(const struct descriptor *d)
{
    return d->vfs->cut || d->generation != d->vfs->generation;
}

int memvfs_count(struct memvfs *v)
{
    if (v->cut)
        return SQLITE_IOERR;
    v->calls++;
    if (v->fail_at != 0 && v->calls >= v->fail_at &&
        (v->failure.forever || v->calls == v->fail_at))
        return v->failure.full ? SQLITE_FULL : SQLITE_IOERR;
    v->cut = v->calls == v->cut_at;
    return SQLITE_OK;
}

static int counted(struct descriptor *d)
{
    return is_dead(d) ? SQLITE_IOERR : memvfs_count(d->vfs);
}

static int file_close(sqlite3_file *f)
{
    struct descriptor *const d = descriptor_of(f);

    d->file->open--;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *to, int size, sqlite3_int64 offset)
{
    const struct descriptor *const d = descriptor_of(f);
    const size_t wanted = (size_t)size;
    size_t has = 0;

    if (is_dead(d))
        return SQLITE_IOERR_READ;
    const struct buffer *const live = &d->file->live;
    if ((size_t)offset < live->size)
        has = live->size - (size_t)offset;
    has = has < wanted ? has : wanted;
    memset(to, 0, wanted);
    if (has > 0)
        memcpy(to, live->at + offset, has);
    return has == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int size, sqlite3_int64 offset)
{
    struct descriptor *const d = descriptor_of(f);
    const int code = counted(d);

    if (code != SQLITE_OK && !is_dead(d) && d->vfs->failure.part)
        disk_write(d->file, (uint64_t)offset, from, (size_t)size / 2);
    if (code != SQLITE_OK)
        return code;
    disk_write(d->file, (uint64_t)offset, from, (size_t)size);
    return d->vfs->cut ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct descriptor *const d = descriptor_of(f);
    const int code = counted(d);

    if (code != SQLITE_OK)
        return code;
    disk_truncate(d->file, (uint64_t)size);
    return d->vfs->cut ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static bool is_wal(const struct disk_file *f)
{
    const size_t n = strlen(f->name);

    return n > 4 && strcmp(f->name + n - 4, "-wal") == 0;
}

static int file_sync(sqlite3_file *f, int flags)
{
    struct descriptor *const d = descriptor_of(f);
    const int code = counted(d);

    (void)flags;
    if (code != SQLITE_OK && !is_dead(d))
        disk_sync_failed(&d->vfs->disk, d->file);
    if (code != SQLITE_OK)
        return code;
    /* Power that goes during a sync may go after all is done and before it is said. */
    const bool arrives = !d->vfs->cut || (disk_draw(&d->vfs->disk) & 1) != 0;
    if (arrives && (!d->vfs->lies || !is_wal(d->file)))
        disk_sync(d->file);
    if (d->vfs->cut)
        return SQLITE_IOERR_FSYNC;
    if (d->flushes_folder)
        disk_sync_folder(&d->vfs->disk);
    d->flushes_folder = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    const struct descriptor *const d = descriptor_of(f);

    if (is_dead(d))
        return SQLITE_IOERR_FSTAT;
    *ret = (sqlite3_int64)d->file->live.size;
    return SQLITE_OK;
}

/* One process, one connection: locks are always had. */
static int file_lock(sqlite3_file *f, int level)
{
    (void)level;
    return is_dead(descriptor_of(f)) ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static int file_unlock(sqlite3_file *f, int level)
{
    (void)f;
    (void)level;
    return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int operation, void *argument)
{
    (void)f;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
    (void)f;
    return DISK_SECTOR;
}

static int file_character(sqlite3_file *f)
{
    (void)f;
    /* As the unix VFS says: a torn write harms no byte that it did not name. */
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- the calls of the disk --- */

static struct memvfs *vfs_of(sqlite3_vfs *base)
{
    return base->pAppData;
}

static int vfs_open(sqlite3_vfs *base, const char *name, sqlite3_file *f, int flags,
                    int *ret_flags)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = file_close,
        .xRead = file_read,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_sync,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_unlock,
        .xCheckReservedLock = file_check_lock,
        .xFileControl = file_control,
        .xSectorSize = file_sector,
        .xDeviceCharacteristics = file_character,
    };
    struct memvfs *const v = vfs_of(base);
    struct descriptor *const d = descriptor_of(f);

    memset(d, 0, sizeof *d);
    if (v->cut || name == NULL)
        return SQLITE_CANTOPEN;
    struct disk_file *m = disk_find(&v->disk, name);
    if (m == NULL && (flags & SQLITE_OPEN_CREATE) != 0)
        m = disk_make(&v->disk, name);
    if (m == NULL)
        return SQLITE_CANTOPEN;
    m->open++;
    d->base.pMethods = &methods;
    d->vfs = v;
    d->file = m;
    d->generation = v->generation;
    /* Also where the file is there already: os_unix.c, unixOpen. */
    d->flushes_folder = (flags & SQLITE_OPEN_CREATE) != 0 &&
                        (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    if (ret_flags != NULL)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
    struct memvfs *const v = vfs_of(base);

    if (v->cut)
        return SQLITE_IOERR_DELETE;
    struct disk_file *const f = disk_find(&v->disk, name);
    if (f == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    f->linked = false;
    if (sync_folder != 0)
        disk_sync_folder(&v->disk);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *base, const char *name, int flags, int *ret)
{
    struct memvfs *const v = vfs_of(base);

    (void)flags;
    if (v->cut)
        return SQLITE_IOERR_ACCESS;
    const struct disk_file *const f = disk_find(&v->disk, name);
    *ret = f != NULL ? 1 : 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *base, const char *name, int room, char *ret)
{
    (void)base;
    if (strlen(name) >= (size_t)room)
        return SQLITE_CANTOPEN;
    memcpy(ret, name, strlen(name) + 1);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *base, int size, char *ret)
{
    for (int i = 0; i < size; i++)
        ret[i] = (char)(disk_draw(&vfs_of(base)->disk) & 0x7f);
    return size;
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
    (void)base;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *base, double *ret)
{
    (void)base;
    *ret = 2461368.0; /* 2026-11-23 as a Julian day: time stands still here */
    return SQLITE_OK;
}

/* --- for the tests --- */

status memvfs_open(const char *name, uint64_t seed, struct memvfs **ret)
{
    struct memvfs *const v = calloc(1, sizeof *v);

    ENSURE(v != NULL, E_MEMORY);
    MUST(strlen(name) < sizeof v->name);
    memcpy(v->name, name, strlen(name) + 1);
    v->disk.random = seed;
    v->base = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct descriptor),
        .mxPathname = DISK_NAME_ROOM - 1,
        .zName = v->name,
        .pAppData = v,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
    };
    MUST(sqlite3_vfs_find(name) == NULL);
    MUST(sqlite3_vfs_register(&v->base, 0) == SQLITE_OK);
    *ret = v;
    return OK;
}

void memvfs_free(struct memvfs *v)
{
    if (v == NULL)
        return;
    MUST(sqlite3_vfs_unregister(&v->base) == SQLITE_OK);
    disk_done(&v->disk);
    free(v);
}

void memvfs_crash(struct memvfs *v)
{
    disk_cut(&v->disk);
    v->generation++;
    v->cut = false;
    v->cut_at = 0;
    v->fail_at = 0;
}

void memvfs_cut_after(struct memvfs *v, uint64_t calls)
{
    v->cut_at = calls > 0 ? v->calls + calls : 0;
}

bool memvfs_is_cut(const struct memvfs *v)
{
    return v->cut;
}

void memvfs_fail(struct memvfs *v, uint64_t calls, const struct memvfs_failure *how)
{
    v->fail_at = calls > 0 ? v->calls + calls : 0;
    v->failure = *how;
}

uint64_t memvfs_calls(const struct memvfs *v)
{
    return v->calls;
}

void memvfs_ignore_wal_syncs(struct memvfs *v)
{
    v->lies = true;
}

status memvfs_read(struct memvfs *v, const char *name, struct bytes *ret)
{
    const struct disk_file *const f = disk_find(&v->disk, name);

    ENSURE(f != NULL, E_UNKNOWN);
    *ret = bytes_of(f->live.at, f->live.size);
    return OK;
}

status memvfs_flip(struct memvfs *v, const char *name, uint64_t offset, unsigned bit)
{
    struct disk_file *const f = disk_find(&v->disk, name);

    ENSURE(f != NULL && offset < f->live.size && bit < 8, E_UNKNOWN);
    f->live.at[offset] ^= (uint8_t)(1U << bit);
    if (offset < f->durable.size)
        f->durable.at[offset] = f->live.at[offset];
    return OK;
}
