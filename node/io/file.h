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

/* A file that holds a secret: also refuses one that others may read (E_DENIED). */
NODISCARD status file_read_secret(const char *path, size_t max, struct arena *a,
                                  struct bytes *ret);

/* "folder/name" into `ret` of `room` bytes; E_LIMIT. */
NODISCARD status file_path(const char *folder, const char *name, char *ret, size_t room);

#endif
