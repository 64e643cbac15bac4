#ifndef FLAGPOST_ATTACH_FILE_H
#define FLAGPOST_ATTACH_FILE_H

/*
 * A file that is to be attached, read twice: once to say what it is, and once more, part by
 * part, when the record is published.  What differs the second time is not sent.
 */

#include "cli.h"
#include "content.h"

struct attach_file {
    int fd;
    bool untold; /* its name is no business of who watches the command */
    const char *path;
    uint32_t size;
    uint32_t parts;
    struct hash digest, root;
    struct hash leaves[ATTACHMENT_PARTS_MAX];
    uint8_t room[PART_BYTES_MAX]; /* of the part read last */
};

/*
 * Opens and measures `path` into the caller's `ret`, to be closed when OK; a symbolic link
 * is not followed when `plain`.  E_UNKNOWN: not there; E_DENIED: a link; E_IO: not a file
 * that can be read; E_VALUE: empty; E_LIMIT: larger than 100 MiB; E_HASH: changed
 * meanwhile.
 */
NODISCARD status attach_file_read(const char *path, bool plain, struct attach_file *ret);
/* Why attach_file_read failed, for a person. */
const char *attach_file_sentence(status s);

/*
 * Opens and measures `path`, in the arena; a symbolic link is not followed when `plain`.
 * NULL after telling why, with the exit code: not there, not a file, empty, larger than 100
 * MiB, changed while it was read.
 */
struct attach_file *attach_file_open(struct cli *c, const char *path, bool plain,
                                     int *ret_code);
void attach_file_close(struct attach_file *f); /* NULL accepted */

/* One part, in the file's room, and its path to the root.  E_HASH: the file has changed. */
NODISCARD status attach_file_part(struct attach_file *f, uint32_t number, struct arena *a,
                                  struct item_part *ret);

/* What a record says of it, borrowed from the file; name and description are left. */
struct item_attachment attach_file_item(const struct attach_file *f);
/* The same into what a record says by name alone, or with more.  E_HASH: it means another
 * file. */
NODISCARD status attach_file_fill(const struct attach_file *f, struct item_attachment *x);

/* "image/jpeg" from a name's ending; "application/octet-stream" when it is not known. */
const char *attach_media_type(const char *name);

/* The last part of a path. */
const char *attach_name(const char *path);

#endif
