#ifndef FLAGPOST_DROP_TAKE_H
#define FLAGPOST_DROP_TAKE_H

/*
 * One file of a drop folder on its way:
 *
 *     FOLDER/name -> FOLDER/work/name -> FOLDER/done/name       every row is published or
 *                                                               waits for a person's grade
 *                                     -> FOLDER/refused/name    something is to be mended
 *
 * with name.result.json and name.result.csv beside it.  Whatever stands in work/ is begun
 * again at a start: an import publishes a row once, and result files are put in place
 * before the file, by renames.
 */

#include "cli.h"
#include "mapping.h"

/* The folders beside; E_IO. */
NODISCARD status drop_take_prepare(const char *folder);

/* From the folder into work/.  E_UNKNOWN: it is gone; E_IO. */
NODISCARD status drop_take_begin(const char *folder, const char *name);

/* Imports work/name and puts it where it belongs; tells on standard output.  DONE, REFUSED,
 * or why it has to wait: the node cannot be asked, or the disk is full. */
int drop_take_file(struct cli *c, const struct mapping *m, const char *folder,
                   const char *name);

/* The first file that stands in work/; "" when there is none. */
NODISCARD status drop_take_left(const char *folder, char *ret_name, size_t room);

#endif
