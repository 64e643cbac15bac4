#ifndef FLAGPOST_FRAME_FIELDS_H
#define FLAGPOST_FRAME_FIELDS_H

/*
 * The fields of every frame kind and their rules: tables, and what no table can say.
 *
 * Internal to proto/.
 */

#include "frame.h"
#include "layout.h"

/* NULL for what is not a kind. */
const struct layout *frame_layout(enum frame_kind kind);

extern const struct layout frame_withheld_layout;
extern const struct layout frame_entry_layout;

/* The rules between fields, lists included.  E_VALUE or E_LIMIT. */
NODISCARD status frame_check(const struct frame *f);

#endif
