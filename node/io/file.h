#ifndef FLAGPOST_FILE_H
#define FLAGPOST_FILE_H

/* Whole files: bounded reads, and writes that are complete and durable or not there. */

#include "arena.h"

/* E_UNKNOWN: no such file.  E_LIMIT: larger than `max`.  E_IO. */
NODISCARD status file_read(const char *path, size_t max, struct arena *a,
                           struct bytes *ret);

/* Temporary file, fsync, rename, fsync of the folder; mode as given. */
NODISCARD status file_write(const char *path, struct bytes b, unsigned mode);

/* As file_write, but E_DUPLICATE when the file is there already. */
NODISCARD status file_create(const char *path, struct bytes b, unsigned mode);

/*
 * A file that is written in pieces and stands under its name only once it is whole and
 * durable; until then it is beside it, mode 0600.  Open, write, then keep or drop.
 */
struct file_draft {
    int fd;
    char path[4096];
    char temporary[4096];
};
NODISCARD status file_draft_open(struct file_draft *d, const char *path);
NODISCARD status file_draft_write(struct file_draft *d, struct bytes b);
/* E_DUPLICATE when a file of that name is there already: then nothing is left. */
NODISCARD status file_draft_keep(struct file_draft *d);
void file_draft_drop(struct file_draft *d); /* also after keep, and when zeroed */

/* A file that holds a secret: also refuses one that others may read (E_DENIED). */
NODISCARD status file_read_secret(const char *path, size_t max, struct arena *a,
                                  struct bytes *ret);

/* On an open descriptor, however many calls it takes.  E_IO, also when the file ends before
 * all was read. */
NODISCARD status file_read_exactly(int fd, uint8_t *to, size_t size);
NODISCARD status file_write_all(int fd, struct bytes b);

/* A name that came, went or moved is durable only once its folder is (fsync(2)).  E_IO. */
NODISCARD status file_sync_folder(const char *path);

/* "folder/name" into `ret` of `room` bytes; E_LIMIT. */
NODISCARD status file_path(const char *folder, const char *name, char *ret, size_t room);

#endif
