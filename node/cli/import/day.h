#ifndef FLAGPOST_DAY_H
#define FLAGPOST_DAY_H

/*
 * Dates as exports write them.  A format is made of
 *
 *     d or dd   day, one digit or two      m or mm   month      yyyy   year
 *     Mon       month in English, whole or its first three letters
 *     yy        two digits of a year, which need the mapping's pivot
 *     hh mi ss  time of day, read over
 *
 * and every other character stands for itself; a space also for several.  A format without
 * a day or a month gives a date with that part unknown.
 */

#include "content.h"

/* E_FORM: no such format.  E_VALUE: it has "yy" and there is no pivot. */
NODISCARD status day_format_check(const char *format, uint32_t pivot);

/* Whether `text` is of the format, all of it, and a date of the calendar. */
bool day_read(struct bytes text, const char *format, uint32_t pivot,
              struct partial_date *ret);

/* "2026-10-14", "2026-10" or "2026", and NUL. */
enum { DAY_TEXT_ROOM = 11 };
void day_write(struct partial_date d, char ret[DAY_TEXT_ROOM]);

#endif
