#ifndef FLAGPOST_LOAD_BATCH_H
#define FLAGPOST_LOAD_BATCH_H

/*
 * A batch for the national database's loader: OUT/NAME with its records and
 * `manifest.json`, which stands there whole or not at all (deploy/ingest/README.md has the
 * form).  Until it is kept it is OUT/.NAME.part, and one that a crash has left is made
 * anew.
 */

#include "arena.h"
#include "digest.h"
#include "load_row.h"

#include <stdio.h>

enum { LOAD_PATH_ROOM = 1024, LOAD_NAME_ROOM = 41 };

struct load_batch {
    char name[LOAD_NAME_ROOM];
    char part[LOAD_PATH_ROOM], whole[LOAD_PATH_ROOM];
    const char *out;
    const struct load_form *form;
    FILE *records;
    struct digest digest;
    size_t count, bytes;
};

/* True when OUT/NAME is there. */
bool load_batch_is_there(const char *out, const char *name);

/* E_IO, E_LIMIT (a path).  `out` is borrowed until the end. */
NODISCARD status load_batch_open(struct load_batch *b, const struct load_form *form,
                                 const char *out, const char *name);

/* One record.  E_IO, E_MEMORY. */
NODISCARD status load_batch_put(struct load_batch *b, const struct load_row *row,
                                struct arena *a);

/* Durable and under its name.  `version` and `title` are the requirement file's.  E_IO,
 * E_DUPLICATE. */
NODISCARD status load_batch_keep(struct load_batch *b, uint32_t version, struct bytes title,
                                 struct arena *a);
/* What is open is gone again.  E_IO. */
NODISCARD status load_batch_remove(struct load_batch *b);
void load_batch_drop(struct load_batch *b); /* also after keep, and when zeroed */

#endif
