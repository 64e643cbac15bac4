#include "bytes.h"

#include <string.h>

struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    if (a.size != b.size)
        return false;
    return a.size == 0 || memcmp(a.at, b.at, a.size) == 0;
}

int bytes_compare(struct bytes a, struct bytes b)
{
    const size_t common = a.size < b.size ? a.size : b.size;
    const int order = common == 0 ? 0 : memcmp(a.at, b.at, common);

    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

struct bytes bytes_from(struct bytes b, size_t from)
{
    if (from >= b.size)
        return (struct bytes){0};
    return bytes_of(b.at + from, b.size - from);
}

struct bytes read_bytes(struct reader *r, size_t size)
{
    if (r->bad || size > r->rest.size) {
        r->bad = true;
        return (struct bytes){0};
    }
    const struct bytes taken = bytes_of(r->rest.at, size);
    r->rest = bytes_of(r->rest.at + size, r->rest.size - size);
    return taken;
}

/* Big-endian, `size` <= 8. */
static uint64_t read_integer(struct reader *r, size_t size)
{
    const struct bytes b = read_bytes(r, size);
    uint64_t v = 0;

    for (size_t i = 0; i < b.size; i++)
        v = v << 8 | b.at[i];
    return v;
}

uint8_t read_u8(struct reader *r)
{
    return (uint8_t)read_integer(r, 1);
}

uint16_t read_u16(struct reader *r)
{
    return (uint16_t)read_integer(r, 2);
}

uint32_t read_u32(struct reader *r)
{
    return (uint32_t)read_integer(r, 4);
}

uint64_t read_u64(struct reader *r)
{
    return read_integer(r, 8);
}

void read_copy(struct reader *r, void *to, size_t size)
{
    const struct bytes b = read_bytes(r, size);

    memset(to, 0, size);
    if (b.size > 0)
        memcpy(to, b.at, b.size);
}

bool reader_is_done(const struct reader *r)
{
    return !r->bad && r->rest.size == 0;
}

struct writer writer_over(void *at, size_t room)
{
    return (struct writer){.at = at, .room = room};
}

void write_bytes(struct writer *w, struct bytes b)
{
    if (w->bad || b.size > w->room - w->size) {
        w->bad = true;
        return;
    }
    if (b.size > 0)
        memcpy(w->at + w->size, b.at, b.size);
    w->size += b.size;
}

/* Big-endian, `size` <= 8. */
static void write_integer(struct writer *w, uint64_t v, size_t size)
{
    uint8_t raw[8];

    for (size_t i = 0; i < size; i++)
        raw[i] = (uint8_t)(v >> (8 * (size - 1 - i)));
    write_bytes(w, bytes_of(raw, size));
}

void write_u8(struct writer *w, uint8_t v)
{
    write_integer(w, v, 1);
}

void write_u16(struct writer *w, uint16_t v)
{
    write_integer(w, v, 2);
}

void write_u32(struct writer *w, uint32_t v)
{
    write_integer(w, v, 4);
}

void write_u64(struct writer *w, uint64_t v)
{
    write_integer(w, v, 8);
}

void write_text(struct writer *w, const char *text)
{
    write_bytes(w, bytes_of_text(text));
}

void write_decimal(struct writer *w, uint64_t v)
{
    char digits[20];
    size_t n = sizeof digits;

    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    write_bytes(w, bytes_of(digits + n, sizeof digits - n));
}

struct bytes writer_bytes(const struct writer *w)
{
    return bytes_of(w->at, w->size);
}
