#include "parts.h"

#include <string.h>

/*
 * What an agency that lies does with the frames of its own, honest, node.  It has valid
 * keys, but what others signed or sealed it cannot remake.
 */

static void send_as(struct world *w, const struct letter *l, const struct frame *f)
{
    struct bytes bytes = {0};

    if (frame_encode(f, &w->turn, &bytes) != OK)
        return;
    uint8_t *const copy = arena_take(&w->turn, bytes.size);
    struct letter lie = *l;
    MUST(copy != NULL);
    memcpy(copy, bytes.at, bytes.size);
    lie.frame = copy;
    lie.size = bytes.size;
    network_send(&w->network, &lie);
}

static const uint8_t *flipped(struct world *w, struct bytes b)
{
    uint8_t *const copy = arena_take(&w->turn, b.size);

    MUST(copy != NULL);
    if (b.size == 0)
        return copy;
    memcpy(copy, b.at, b.size);
    copy[chance_below(&w->chance, b.size)] ^= (uint8_t)(1u << chance_below(&w->chance, 8));
    return copy;
}

/* The last entry of the group for this peer goes missing, and the count that names it. */
static void withhold_tail(struct frame *f)
{
    if (f->kind == FRAME_GROUP && f->group.count > 0) {
        f->group.count--;
        f->group.count_last = f->group.count == 0 ? 0 : f->group.count_last - 1;
    }
    if (f->kind == FRAME_ENTRIES && f->entries.entry_count > 0)
        f->entries.entry_count--;
}

/* Not the last one if it can be helped: it is the entries after it that must not be taken.
 */
static void drop_entry(struct world *w, struct frame *f)
{
    const uint32_t count = f->kind == FRAME_ENTRIES ? f->entries.entry_count : 0;
    struct entry_copy *const kept = arena_array(&w->turn, count, sizeof *kept);

    if (count == 0)
        return;
    MUST(kept != NULL);
    const size_t gone = chance_below(&w->chance, count > 1 ? count - 1 : 1);
    f->entries.entry_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i != gone)
            kept[f->entries.entry_count++] = f->entries.entries[i];
    }
    f->entries.entries = kept;
}

static void corrupt_entry(struct world *w, struct frame *f)
{
    const uint32_t count = f->kind == FRAME_ENTRIES ? f->entries.entry_count : 0;
    struct entry_copy *const copies = arena_array(&w->turn, count, sizeof *copies);

    if (count == 0)
        return;
    MUST(copies != NULL);
    memcpy(copies, f->entries.entries, count * sizeof *copies);
    struct entry_copy *const c = &copies[chance_below(&w->chance, count)];
    struct bytes *const parts[] = {&c->header, &c->ciphertext, &c->wrap,
                                   &c->publisher_wrap};
    struct bytes *const part = parts[chance_below(&w->chance, COUNT_OF(parts))];
    part->at = flipped(w, *part);
    f->entries.entries = copies;
}

static void misaddress(struct world *w, struct frame *f)
{
    const uint32_t count = f->kind == FRAME_ENTRIES ? f->entries.entry_count : 0;
    struct entry_copy *const copies = arena_array(&w->turn, count, sizeof *copies);

    MUST(copies != NULL);
    for (uint32_t i = 0; i < count; i++) {
        copies[i] = f->entries.entries[i];
        copies[i].wrap = copies[i].publisher_wrap;
    }
    if (count > 0)
        f->entries.entries = copies;
}

static void lie_in_hello(struct world *w, struct frame *f)
{
    struct frame_hello *const h = &f->hello;

    if (f->kind != FRAME_HELLO)
        return;
    switch (chance_below(&w->chance, 4)) {
    case 0:
        h->size += 1 + chance_below(&w->chance, 5);
        break;
    case 1:
        h->root.bytes[0] ^= 1;
        break;
    case 2:
        h->epoch.counter += (uint32_t)chance_below(&w->chance, 3);
        h->epoch.random[0] ^= 1;
        break;
    default:
        h->receipted += 3;
        h->instance ^= 1;
        break;
    }
}

static void send_noise(struct world *w, const struct letter *l)
{
    struct letter noise = *l;
    const size_t size = chance_below(&w->chance, 2000);
    uint8_t *const bytes = arena_take(&w->turn, size);

    MUST(bytes != NULL);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)chance_next(&w->chance);
    /* Often past the first checks. */
    if (size > 2 && chance_permille(&w->chance, 700)) {
        bytes[0] = WIRE_VERSION;
        bytes[1] = (uint8_t)l->lane;
    }
    noise.frame = bytes;
    noise.size = size;
    network_send(&w->network, &noise);
}

static void lie(struct world *w, const struct letter *l, struct frame *f)
{
    switch (w->plan.hostility) {
    case WITHHOLDS_TAIL:
        withhold_tail(f);
        break;
    case DROPS_ENTRIES:
        drop_entry(w, f);
        break;
    case WRONG_LEAF:
        if (f->kind == FRAME_GROUP)
            f->group.leaves.at = flipped(w, f->group.leaves);
        break;
    case FORGES_COUNT:
        if (f->kind == FRAME_GROUP)
            f->group.count += chance_permille(&w->chance, 500) ? 1 : (uint64_t)-1;
        break;
    case CORRUPTS_ENTRIES:
        corrupt_entry(w, f);
        break;
    case MISADDRESSES:
        misaddress(w, f);
        break;
    case LIES_IN_HELLO:
        lie_in_hello(w, f);
        break;
    case SENDS_NOISE:
        send_noise(w, l);
        break;
    case HONEST:
    case CLONED:
    case HOSTILITIES:
        break;
    }
}

void hostile_send(struct world *w, const struct letter *l, const struct frame *f)
{
    struct frame said = *f;

    if (w->calm || w->plan.hostility == CLONED || chance_permille(&w->chance, 400)) {
        network_send(&w->network, l);
        return;
    }
    lie(w, l, &said);
    send_as(w, l, &said);
}
