#include "journal_backing.h"

#include "journal.h"
#include "memvfs.h"

#include <stdio.h>
#include <stdlib.h>

enum { VFS_NAME_ROOM = 32 };

struct disk {
    struct store store; /* of the journal that is open */
    char name[VFS_NAME_ROOM];
    struct memvfs *vfs;
    struct journal *journal;
    struct backing_owner owner;
};

static void open_journal(struct disk *d)
{
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = d->owner.self,
                                    .keyring = d->owner.keyring,
                                    .vfs = d->name,
                                    .guard_off = true};

    MUST(journal_open(&s, &d->journal) == OK);
    d->store = journal_store(d->journal);
}

static void close_disk(struct disk *d)
{
    d->journal = journal_free(d->journal);
    if (d->vfs != NULL)
        memvfs_free(d->vfs);
    d->vfs = NULL;
}

static void reset(void *self, const struct backing_owner *owner)
{
    struct disk *const d = self;

    close_disk(d);
    d->owner = *owner;
    MUST(memvfs_open(d->name, owner->seed, &d->vfs) == OK);
    open_journal(d);
}

static struct store store(void *self)
{
    const struct disk *const d = self;

    return d->store;
}

static void commit(void *self)
{
    struct disk *const d = self;

    MUST(journal_commit(d->journal) == OK);
    journal_checkpoint(d->journal, false);
}

static void crash(void *self)
{
    struct disk *const d = self;

    memvfs_crash(d->vfs);
    d->journal = journal_free(d->journal);
    open_journal(d);
}

/* The outcome is unknown, and either is right. */
static void tear(void *self, unsigned calls)
{
    struct disk *const d = self;

    memvfs_cut_after(d->vfs, calls);
    const status s = journal_commit(d->journal);
    MUST(s == OK || s == E_STORAGE);
    crash(d);
}

static void free_disk(void *self)
{
    close_disk(self);
    free(self);
}

struct backing journal_backing(unsigned number)
{
    static const struct backing_ops ops = {.reset = reset,
                                           .store = store,
                                           .commit = commit,
                                           .crash = crash,
                                           .free = free_disk,
                                           .tear = tear};
    struct disk *const d = calloc(1, sizeof *d);

    MUST(d != NULL);
    (void)snprintf(d->name, sizeof d->name, "flagpost-sim-%u", number);
    return (struct backing){.self = d, .ops = &ops};
}
