#include "pack.h"

#include "text.h"

void pack_u8(struct pack *p, uint8_t *v)
{
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += 1;
        return;
    case PACK_WRITE:
        write_u8(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_u8(&p->reader);
        return;
    }
}

void pack_u32(struct pack *p, uint32_t *v)
{
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += 4;
        return;
    case PACK_WRITE:
        write_u32(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_u32(&p->reader);
        return;
    }
}

void pack_millis(struct pack *p, millis *v)
{
    uint32_t high = (uint32_t)(*v >> 32);
    uint32_t low = (uint32_t)*v;

    pack_u32(p, &high);
    pack_u32(p, &low);
    *v = (millis)high << 32 | low;
}

uint32_t pack_small(struct pack *p, uint32_t v, uint32_t max)
{
    uint8_t byte = (uint8_t)v;

    p->bad = p->bad || v > max;
    pack_u8(p, &byte);
    p->bad = p->bad || byte > max;
    return p->bad ? 0 : byte;
}

void pack_bool(struct pack *p, bool *v)
{
    *v = pack_small(p, *v, 1) == 1;
}

void pack_count(struct pack *p, size_t *v, size_t max)
{
    p->bad = p->bad || *v > max;
    *v = pack_small(p, p->bad ? 0 : (uint32_t)*v, (uint32_t)max);
}

void pack_bytes(struct pack *p, struct bytes *v)
{
    uint32_t size = (uint32_t)v->size;

    p->bad = p->bad || v->size > CONTENT_BYTES_MAX;
    pack_u32(p, &size);
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += v->size;
        return;
    case PACK_WRITE:
        write_bytes(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_bytes(&p->reader, size);
        p->bad = p->bad || v->size > CONTENT_BYTES_MAX;
        return;
    }
}

void pack_text(struct pack *p, struct bytes *v)
{
    pack_bytes(p, v);
    p->bad = p->bad || (p->mode == PACK_READ && !utf8_is_valid(*v));
}

void pack_list(struct pack *p, struct text_list *l)
{
    pack_count(p, &l->count, LIST_MAX);
    for (size_t i = 0; i < l->count; i++)
        pack_text(p, &l->at[i]);
}

void pack_date(struct pack *p, struct partial_date *d)
{
    pack_u32(p, &d->year);
    d->month = pack_small(p, d->month, UINT8_MAX);
    d->day = pack_small(p, d->day, UINT8_MAX);
}
