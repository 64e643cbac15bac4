#ifndef FLAGPOST_RESULTS_FOLDER_H
#define FLAGPOST_RESULTS_FOLDER_H

/*
 * The loader's folder of results, and `read` and `quarantine` within.  Others write into
 * it: so all three are held open, no link is followed, and nothing that is there is written
 * over.  Private to this folder.
 */

#include "arena.h"

#include <limits.h>
#include <stdio.h>

enum {
    RESULTS_FILES_MAX = 1000, /* of one run */
    RESULTS_NAME_ROOM = NAME_MAX + 16,
};

struct results_folder {
    int itself, read, quarantine; /* -1: not open */
};

/* Makes the two within.  E_UNKNOWN: there is no such folder.  E_IO: it or one within does
 * not open, or is a link. */
NODISCARD status results_folder_open(struct results_folder *f, const char *path);
void results_folder_close(struct results_folder *f); /* also after a failure */

/* The names of its files *.csv, sorted; in the arena.  E_IO, E_MEMORY. */
NODISCARD status results_folder_list(const struct results_folder *f, struct arena *a,
                                     char *ret[RESULTS_FILES_MAX], size_t *ret_count);
/* A file of that name, to read, whatever it is; -1 with errno. */
int results_folder_file(const struct results_folder *f, const char *name);

/* What is wrong with a file, beside the name that it will have in quarantine.  NULL with
 * errno. */
FILE *results_folder_reasons(const struct results_folder *f, const char *name,
                             char ret_quarantine[RESULTS_NAME_ROOM]);
/* To where it belongs: a bad one beside its reasons, any other (`quarantine` NULL) under a
 * name that is free in `read`. */
bool results_folder_move(const struct results_folder *f, const char *name,
                         const char *quarantine);

#endif
