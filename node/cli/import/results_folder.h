#ifndef FLAGPOST_RESULTS_FOLDER_H
#define FLAGPOST_RESULTS_FOLDER_H

/*
 * The loader's folder of results, and `read`, `quarantine` and `.taken` within.  Others
 * write into it: so all are held open, no link is followed, and nothing that is there is
 * written over.  A file is taken out of the loader's reach before a byte of it is read, so
 * that what is read is what is moved, whatever comes under its name meanwhile; what a
 * stopped run has taken is given by the next.  Private to this folder.
 */

#include "arena.h"

#include <limits.h>
#include <stdio.h>

enum {
    RESULTS_FILES_MAX = 1000, /* of one run */
    RESULTS_NAME_ROOM = NAME_MAX + 16,
};

struct results_folder {
    int itself, taken, read, quarantine; /* -1: not open */
};

/* Makes those within.  E_UNKNOWN: there is no such folder.  E_IO: it or one within does
 * not open, or is a link.  E_BUSY: another run has it. */
NODISCARD status results_folder_open(struct results_folder *f, const char *path);
void results_folder_close(struct results_folder *f); /* also after a failure */

/* The names of its files *.csv, and of those that were taken, sorted, each once; in the
 * arena.  E_IO, E_MEMORY. */
NODISCARD status results_folder_list(const struct results_folder *f, struct arena *a,
                                     char *ret[RESULTS_FILES_MAX], size_t *ret_count);
/* What is under that name, whatever it is: unless it was taken, now. */
bool results_folder_take(const struct results_folder *f, const char *name);
/* It can be moved nowhere: back, where a person finds it. */
void results_folder_put_back(const struct results_folder *f, const char *name);
/* What was taken, to read; -1 with errno. */
int results_folder_file(const struct results_folder *f, const char *name);

/* What is wrong with a file, beside the name that it will have in quarantine.  NULL with
 * errno. */
FILE *results_folder_reasons(const struct results_folder *f, const char *name,
                             char ret_quarantine[RESULTS_NAME_ROOM]);
/* How many stand in quarantine with their reasons.  E_IO. */
NODISCARD status results_folder_quarantined(const struct results_folder *f,
                                            size_t *ret_count);
/* What was taken, to where it belongs: a bad one beside its reasons, any other
 * (`quarantine` NULL) under a name that is free in `read`. */
bool results_folder_move(const struct results_folder *f, const char *name,
                         const char *quarantine);

#endif
