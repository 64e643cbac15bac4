#ifndef FLAGPOST_LINES_H
#define FLAGPOST_LINES_H

/*
 * The texts of our notes: one fact a line, words parted by single spaces, lines in a fixed
 * order, each value in its one form.  A reader that meets anything else sets `bad` and then
 * gives zeros, so that one check at the end covers a whole text.  What reads well is thus
 * the only text for the values read.
 */

#include "text.h"

struct lines {
    struct bytes rest; /* lines not yet entered */
    struct bytes line; /* what is left of the one entered */
    bool at_start;     /* no word of it has been read */
    bool bad;
};

struct lines lines_over(struct bytes text);

/* True when the next line's first word is `key`. */
bool lines_has(const struct lines *l, const char *key);
/* Enters the next line; the one before must have been read to its end. */
void lines_enter(struct lines *l);
/* Enters the next line, whose first word must be `key`. */
void lines_key(struct lines *l, const char *key);
/* True when the line has more words. */
bool lines_has_word(const struct lines *l);

/* Never empty unless `bad`; borrowed from the text. */
struct bytes lines_word(struct lines *l);
/* The rest of the line, spaces included. */
struct bytes lines_tail(struct lines *l);
/* The word must be this one. */
void lines_expect(struct lines *l, const char *word);

uint64_t lines_decimal(struct lines *l, uint64_t min, uint64_t max);
/* Base64 of exactly `size` bytes, at most LINES_BASE64_MAX. */
enum { LINES_BASE64_MAX = 64 };
void lines_base64(struct lines *l, uint8_t *ret, size_t size);
void lines_hex(struct lines *l, uint8_t *ret, size_t size);
millis lines_time(struct lines *l);
struct agency_id lines_agency(struct lines *l);
/* NUL-terminated copy of a word or tail that was read; too long, or a NUL in it, is `bad`.
 */
void lines_copy(struct lines *l, struct bytes word, char *ret, size_t room);

/* True when nothing was wrong and nothing is left over. */
bool lines_is_done(const struct lines *l);

/* For writers: "<key> <base64>\n" and "<key> <time>\n" and the like are put together from
 * these and those of bytes.h. */
void lines_put_hex(struct writer *w, struct bytes b);
void lines_put_time(struct writer *w, millis t);

#endif
