#include "seal_world.h"

/*
 * A sealed entry, changed as the input says: triples of part, place and value.
 *
 * Oracle: what opens is what was sealed.  An entry opens for its recipient only if core,
 * ciphertext and the recipient's own wrap are the very bytes that the publisher made, and
 * then to the same items; the rest of the header is the leaf hash's to guard.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE_SIZE = 4, PARTS = 3, PART_ROOM = 16 * 1024 };

struct part {
    struct bytes made;
    uint8_t now[PART_ROOM];
    size_t size;
};

static struct world w;
static struct made made;
static struct part parts[PARTS];

static void make_once(void)
{
    static bool done;

    if (!done) {
        world_init(&w);
        made = world_seal(&w, 7, FIRST);
        const struct entry_parts e = world_receive(&w, &made, 0);
        parts[0].made = e.header;
        parts[1].made = e.ciphertext;
        parts[2].made = e.wrap;
    }
    done = true;
    for (size_t i = 0; i < PARTS; i++) {
        parts[i].size = parts[i].made.size;
        CHECK(parts[i].size < PART_ROOM);
        memcpy(parts[i].now, parts[i].made.at, parts[i].size);
    }
}

/* A byte set, one put in, one taken out, or the end cut off. */
static void change(const uint8_t at[CHANGE_SIZE])
{
    struct part *const p = &parts[at[0] % PARTS];
    const size_t place = ((size_t)at[1] << 8 | at[2]) % (p->size + 1);
    const size_t behind = p->size - place;

    switch (at[0] / PARTS % 4) {
    case 0:
        if (behind > 0)
            p->now[place] = at[3];
        break;
    case 1:
        if (p->size < PART_ROOM - 1) {
            memmove(p->now + place + 1, p->now + place, behind);
            p->now[place] = at[3];
            p->size++;
        }
        break;
    case 2:
        if (behind > 0) {
            memmove(p->now + place, p->now + place + 1, behind - 1);
            p->size--;
        }
        break;
    default:
        p->size = place;
        break;
    }
}

static bool is_as_made(const struct part *p, size_t size)
{
    return p->size >= size && memcmp(p->now, p->made.at, size) == 0;
}

static void open_it(const struct header *h)
{
    const struct entry_parts e = {.header = bytes_of(parts[0].now, parts[0].size),
                                  .h = h,
                                  .ciphertext = bytes_of(parts[1].now, parts[1].size),
                                  .wrap = bytes_of(parts[2].now, parts[2].size)};
    uint8_t key[CONTENT_KEY_SIZE];
    const struct salted_item *items = NULL;
    uint64_t ordinal = 0;
    size_t count = 0;
    size_t core_size = 0;

    if (open_wrap(w.rings[0], &world_agencies[0], &e, key, &ordinal) != OK)
        return;
    CHECK_OK(header_core_size(parts[0].made, &core_size));
    CHECK(is_as_made(&parts[0], core_size));
    CHECK(parts[1].size == parts[1].made.size && is_as_made(&parts[1], parts[1].size));
    CHECK(parts[2].size == parts[2].made.size && is_as_made(&parts[2], parts[2].size));
    CHECK_INT(ordinal, made.to[0].ordinal);
    CHECK_OK(open_content(key, &e, &w.arena, &items, &count));
    CHECK_INT(count, ITEMS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct header h;

    make_once();
    for (size_t i = 0; i + CHANGE_SIZE <= size; i += CHANGE_SIZE)
        change(data + i);
    const size_t mark = arena_mark(&w.arena);
    if (header_decode(bytes_of(parts[0].now, parts[0].size), &w.arena, &h) == OK)
        open_it(&h);
    arena_rewind(&w.arena, mark);
    return 0;
}
