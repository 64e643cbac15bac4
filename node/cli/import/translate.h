#ifndef FLAGPOST_TRANSLATE_H
#define FLAGPOST_TRANSLATE_H

/* What an export's word is in ours: value tables and dates.  Private to assemble*.c. */

#include "assemble.h"

/* False when the part does not fit: not in the field's table, or no date of its formats.
 * The result is borrowed, or in the row's arena. */
bool translate_part(struct assembly *a, const struct mapping_field *f, struct bytes part,
                    struct bytes *ret);

/* What a spreadsheet leaves of a long number or of a formula that failed. */
bool translate_is_damaged(struct bytes v);

#endif
