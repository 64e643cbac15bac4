#ifndef FLAGPOST_LOADING_H
#define FLAGPOST_LOADING_H

/* One run of `ingest load` (ingest_load.c), and what it does with each record that it is
 * led to (loading.c).  Private to this folder. */

#include "cli.h"
#include "load_batch.h"
#include "requirement.h"

struct loading {
    struct cli *cli;
    struct requirements requirements;
    struct lists *lists;
    const char *out, *purpose;
    const struct load_form *form;
    struct load_batch batch;
    int lock;            /* the folder, open while the run lasts; -1: not yet */
    bool open;           /* the batch */
    const char *rebuild; /* name of a batch that a stopped run has left; NULL: none */
    size_t batches, loaded, deleted, refused, gated, left;
};

/* Prints the failure; the exit code. */
int loading_failed(struct loading *l, const char *what, status s);

/* Under the name of what is rebuilt, or under a new one; OK when it is open.  E_IO,
 * E_LIMIT. */
NODISCARD status loading_open_batch(struct loading *l);
/* What has no record is not kept.  OK when none is open.  E_IO, E_DUPLICATE. */
NODISCARD status loading_close_batch(struct loading *l);

/* What is done with a row of `ingest-list`; EXIT_DONE: go on. */
typedef int (*loading_each)(struct loading *l, const struct control_row *row);
/* One that waits, one that is to be deleted. */
int loading_take(struct loading *l, const struct control_row *row);
int loading_delete(struct loading *l, const struct control_row *row);
/* The same of the batch that is rebuilt; any other row is passed by. */
int loading_take_again(struct loading *l, const struct control_row *row);
int loading_delete_again(struct loading *l, const struct control_row *row);

#endif
