#include "varint.h"

uint64_t varint_read(struct reader *r)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 70; shift += 7) {
        const uint8_t byte = read_u8(r);
        /* The tenth byte has room for one bit. */
        if (r->bad || (shift == 63 && byte > 1))
            break;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte >= 0x80)
            continue;
        /* A last byte of zero adds nothing: the same value has a shorter form. */
        if (byte == 0 && shift > 0)
            break;
        return v;
    }
    r->bad = true;
    return 0;
}

void varint_write(struct writer *w, uint64_t v)
{
    while (v >= 0x80) {
        write_u8(w, (uint8_t)(v | 0x80));
        v >>= 7;
    }
    write_u8(w, (uint8_t)v);
}

size_t varint_size(uint64_t v)
{
    size_t size = 1;

    for (; v >= 0x80; v >>= 7)
        size++;
    return size;
}
