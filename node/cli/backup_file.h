#ifndef FLAGPOST_BACKUP_FILE_H
#define FLAGPOST_BACKUP_FILE_H

/*
 * One part of a backup as a file: written from a folder that holds a home's files, and
 * opened into one, a chunk at a time whatever its length.
 */

#include "backup.h"
#include "file.h"
#include "text.h"

enum { BACKUP_SENTENCE_ROOM = 200 };

/* Opened, header first.  Holds secrets: call backup_file_done, also on a zeroed one. */
struct backup_file {
    bool open;
    int fd;
    struct backup_header header;
    struct hpke_context context;
    uint8_t *plain, *sealed;             /* a chunk each */
    char sentence[BACKUP_SENTENCE_ROOM]; /* what is wrong and what to do, after a failure */
};

/* E_UNKNOWN, E_DENIED, E_IO: no file to be read.  E_FORM, E_VERSION, E_VALUE, E_LIMIT,
 * E_OPEN: not a backup, or not as it was made.  E_KEY: for another recovery key. E_EXPIRED:
 * keys past their time by the clock's `now`. */
NODISCARD status backup_file_open(struct backup_file *f, const char *path,
                                  const struct hpke_key_pair *recovery, millis now,
                                  struct arena *a);
/* All its files into the folder, where none of them is.  E_OPEN: one byte of it is not as
 * it was made; the sentence says of which file and where. */
NODISCARD status backup_file_unpack(struct backup_file *f, const char *folder);
void backup_file_done(struct backup_file *f);

/*
 * Seals the folder's files of `h->part` to `h->recovery`, reads the draft back from the
 * disk and opens every byte again.  The draft is the caller's to keep or drop.
 */
NODISCARD status backup_file_make(struct file_draft *draft, struct backup_header *h,
                                  const char *folder, struct arena *a);

#endif
