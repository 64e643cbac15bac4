#ifndef FLAGPOST_PACK_H
#define FLAGPOST_PACK_H

/*
 * The pieces that a packed record is made of (record_pack.c).  One walk over the struct
 * measures, writes or reads, so that the three cannot disagree.  A value that its layout
 * has no place for, and any misread, sets `bad`.  Private to this layer.
 */

#include "content.h"

enum pack_mode { PACK_MEASURE, PACK_WRITE, PACK_READ };

struct pack {
    enum pack_mode mode;
    size_t size; /* measured */
    struct writer writer;
    struct reader reader;
    bool bad; /* a value its layout has no place for */
};

void pack_u8(struct pack *p, uint8_t *v);
void pack_u32(struct pack *p, uint32_t *v);
void pack_millis(struct pack *p, millis *v);
/* A number of at most `max`, which fits a byte. */
uint32_t pack_small(struct pack *p, uint32_t v, uint32_t max);
void pack_bool(struct pack *p, bool *v);
void pack_count(struct pack *p, size_t *v, size_t max);
void pack_bytes(struct pack *p, struct bytes *v);
void pack_text(struct pack *p, struct bytes *v);
void pack_list(struct pack *p, struct text_list *l);
void pack_date(struct pack *p, struct partial_date *d);

/* An enum whose values are 1 to `last`; 0 is "not given". */
#define PACK_ENUM(p, e, last) (e) = (__typeof__(e))pack_small(p, (uint32_t)(e), last)

#endif
