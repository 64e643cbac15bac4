#ifndef FLAGPOST_VARINT_H
#define FLAGPOST_VARINT_H

/*
 * Protocol Buffers' variable-length integers in their one shortest form: seven bits a byte,
 * low bits first, the top bit set on every byte but the last.
 */

#include "bytes.h"

enum { VARINT_SIZE_MAX = 10 };

/* Sets `bad` on a form longer than needed, on more than 64 bits and at the end of bytes. */
uint64_t varint_read(struct reader *r);

void varint_write(struct writer *w, uint64_t v);

/* Bytes that `v` takes, 1 to VARINT_SIZE_MAX. */
size_t varint_size(uint64_t v);

#endif
