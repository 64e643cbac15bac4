#ifndef FLAGPOST_RESTORED_H
#define FLAGPOST_RESTORED_H

/* Three real nodes, one of which is put back to an earlier day. */

#include "recalled.h"

#include "again.h"

#include <fcntl.h>

static const char *const restored_files[] = {"journal.db", "keys.db"};

static inline void copy_file(const char *from_folder, const char *to_folder,
                             const char *name)
{
    char from[160], to[160], block[4096];
    ssize_t n = 0;

    (void)snprintf(from, sizeof from, "%s/%s", from_folder, name);
    (void)snprintf(to, sizeof to, "%s/%s", to_folder, name);
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(in >= 0 && out >= 0);
    while ((n = read(in, block, sizeof block)) > 0)
        CHECK_INT(write(out, block, (size_t)n), n);
    CHECK_INT(n, 0);
    CHECK_INT(close(in) + close(out), 0);
}

/* The node is closed meanwhile, so both files are whole. */
static inline void save(struct world *w, size_t n, char folder[64])
{
    memcpy(folder, "/tmp/flagpost-test-XXXXXX", 26);
    CHECK(mkdtemp(folder) != NULL);
    trio_close(w->t, n);
    for (size_t i = 0; i < COUNT_OF(restored_files); i++)
        copy_file(w->t->nodes[n].folder, folder, restored_files[i]);
    trio_open(w->t, n);
    open_desk(w, n);
}

/* Fenced, as open.c finds a restored home.  These nodes have no guard. */
static inline void put_back(struct world *w, size_t n, const char *folder)
{
    trio_close(w->t, n);
    for (size_t i = 0; i < COUNT_OF(restored_files); i++)
        copy_file(folder, w->t->nodes[n].folder, restored_files[i]);
    trio_remove_folder(folder);
    trio_open(w->t, n);
    open_desk(w, n);
    exchange_fence(w->t->nodes[n].exchange, E_FENCED);
    settle(w);
}

static inline void begin_epoch(struct world *w, size_t n)
{
    trio_begin(w->t, n);
    CHECK_OK(exchange_new_epoch(w->t->nodes[n].exchange, EPOCH_RESTORED));
    CHECK_OK(again_begin(&w->desks[n], AGAIN_WAITING));
    trio_end(w->t, n);
}

static inline bool waits(const struct world *w, size_t n)
{
    return w->t->nodes[n].exchange->holds_back;
}

#endif
