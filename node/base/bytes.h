#ifndef FLAGPOST_BYTES_H
#define FLAGPOST_BYTES_H

/*
 * Borrowed bytes, and reading and writing of big-endian integers by shifts.  Nothing here
 * owns memory.  A reader or writer that runs past its end sets `bad` and then gives zeros
 * or writes nothing, so that one check at the end covers a whole layout.
 */

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct bytes {
    const uint8_t *at;
    size_t size;
};

static inline struct bytes bytes_of(const void *at, size_t size)
{
    return (struct bytes){.at = at, .size = size};
}

/* The bytes of a C string, without its NUL. */
struct bytes bytes_of_text(const char *text);

/* Equal length and content; two empty ones are equal.  Not constant time: never on secrets.
 */
bool bytes_equal(struct bytes a, struct bytes b);

/* Lexicographic, shorter first on a common prefix: < 0, 0, > 0. */
int bytes_compare(struct bytes a, struct bytes b);

/* The part that starts at `from` (at most to the end); empty when `from` is past the end.
 */
struct bytes bytes_from(struct bytes b, size_t from);

struct reader {
    struct bytes rest;
    bool bad;
};

uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
/* Borrowed from the reader's bytes; empty when too few are left. */
struct bytes read_bytes(struct reader *r, size_t size);
/* Copies `size` bytes to `to`, or zeros it. */
void read_copy(struct reader *r, void *to, size_t size);
/* True when nothing was read past the end and nothing is left over. */
bool reader_is_done(const struct reader *r);

struct writer {
    uint8_t *at;
    size_t size; /* written so far */
    size_t room;
    bool bad;
};

struct writer writer_over(void *at, size_t room);
void write_u8(struct writer *w, uint8_t v);
void write_u16(struct writer *w, uint16_t v);
void write_u32(struct writer *w, uint32_t v);
void write_u64(struct writer *w, uint64_t v);
void write_bytes(struct writer *w, struct bytes b);
void write_text(struct writer *w, const char *text);
/* Unsigned decimal without leading zeros. */
void write_decimal(struct writer *w, uint64_t v);
struct bytes writer_bytes(const struct writer *w);

#endif
