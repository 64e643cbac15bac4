#ifndef FLAGPOST_TEXT_H
#define FLAGPOST_TEXT_H

/*
 * Text forms that must read back exactly: hex, base64 (RFC 4648 section 4, with padding,
 * strict), decimal, UTF-8, and times as ISO 8601 in UTC.
 */

#include "arena.h"
#include "types.h"

/* Lower-case hex and a NUL into `ret`, which has room for 2 * size + 1. */
void hex_encode(struct bytes b, char *ret);
/* Exactly `size` bytes from 2 * size lower-case digits; anything else is E_FORM. */
NODISCARD status hex_decode(struct bytes text, uint8_t *ret, size_t size);

/* Length of the base64 form of `size` bytes, without NUL. */
size_t base64_size(size_t size);
/* Appends to `w`. */
void base64_write(struct writer *w, struct bytes b);
/* Refuses white space, missing padding and non-zero spare bits (E_FORM). */
NODISCARD status base64_decode(struct arena *a, struct bytes text, struct bytes *ret);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no over-long forms) without NUL. */
bool utf8_is_valid(struct bytes b);
/* How many bytes of it are that, before the first that is not. */
size_t utf8_valid_size(struct bytes b);

/* Takes out what is no whole UTF-8 character: where printf has cut at so many bytes. */
void utf8_make_whole(char *text);

/* A sentence when the bytes are UTF-16, by their mark or by every other byte; else NULL. */
const char *text_foreign(struct bytes b);

/* Digits only, no leading zero unless "0", no overflow; else E_FORM. */
NODISCARD status decimal_decode(struct bytes text, uint64_t *ret);

/* Splits off what stands before the first `separator`; false when there is none. */
bool text_cut(struct bytes *rest, char separator, struct bytes *ret_head);

bool text_is(struct bytes b, const char *text);

/* "2026-11-23T22:09:25Z" and NUL; times past the year 9999 print as that year's end. */
enum { TIME_TEXT_ROOM = 21 };
void time_write(millis t, char ret[TIME_TEXT_ROOM]);
/* The exact form that time_write makes; else E_FORM. */
NODISCARD status time_read(struct bytes text, millis *ret);

#endif
