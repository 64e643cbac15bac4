#ifndef FLAGPOST_CONTENT_FIELDS_H
#define FLAGPOST_CONTENT_FIELDS_H

/*
 * The fields of every item kind and their rules, as tables.
 *
 * Internal to proto/.
 */

#include "content.h"
#include "layout.h"

/* NULL for what is not a kind. */
const struct layout *item_layout(enum item_kind kind);

#endif
