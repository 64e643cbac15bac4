/* What crashes or inflates protobuf-c when it stands alone (page "hostile input"): nesting,
 * empty messages, unknown fields, endless repeats.  The arenas are small and their memory
 * is watched: a refusal that had first taken memory would show. */

#include "check.h"
#include "content.h"
#include "control.h"
#include "frame.h"
#include "varint.h"

enum { KIB = 1024, MIB = 1024 * KIB, BUDGET = 512 * KIB };

static uint8_t budget[BUDGET] __attribute__((aligned(16)));
static uint8_t wire[MIB];

static struct arena fresh_arena(void)
{
    struct arena a;

    arena_init(&a, budget, sizeof budget);
    return a;
}

/* What is well formed until its values are looked at has been copied once, no more. */
static void check_refused(status s, struct arena *a, struct bytes b)
{
    CHECK(s != OK);
    CHECK(a->used <= b.size + 1024);
    arena_reset(a);
}

static void refused_by_all(struct bytes b)
{
    struct header h;
    struct item item;
    struct frame f;
    struct control_request request;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct arena a = fresh_arena();

    check_refused(header_decode(b, &a, &h), &a, b);
    check_refused(item_decode(b, &a, &item), &a, b);
    check_refused(content_decode(b, &a, &items, &count), &a, b);
    check_refused(control_request_decode(b, &a, &request), &a, b);
    check_refused(frame_decode(b, &a, &f), &a, b);
    if (b.size + FRAME_PREFIX_SIZE > sizeof wire)
        return;
    memmove(wire + FRAME_PREFIX_SIZE, b.at, b.size);
    wire[0] = WIRE_VERSION;
    wire[1] = LANE_ROUTINE;
    const struct bytes framed = bytes_of(wire, b.size + FRAME_PREFIX_SIZE);
    check_refused(frame_decode(framed, &a, &f), &a, framed);
}

/* `piece` again and again. */
static struct bytes repeat(const char *piece, size_t size, size_t total)
{
    CHECK(total <= sizeof wire);
    for (size_t i = 0; i < total; i++)
        wire[i] = (uint8_t)piece[i % size];
    return bytes_of(wire, total / size * size);
}

static void nesting_of_100_kib_is_refused(void)
{
    for (unsigned number = 1; number < 16; number++) {
        size_t from = 128UL * KIB;
        static uint8_t at[128 * KIB];
        for (size_t size = 0; from > 16 && size < 100UL * KIB;) {
            uint8_t raw[VARINT_SIZE_MAX];
            struct writer w = writer_over(raw, sizeof raw);
            varint_write(&w, size);
            from -= w.size;
            memcpy(at + from, raw, w.size);
            at[--from] = (uint8_t)(number << 3 | 2);
            size = sizeof at - from;
        }
        refused_by_all(bytes_of(at + from, sizeof at - from));
    }
}

static void a_mebibyte_of_empty_messages_is_refused(void)
{
    for (unsigned number = 1; number < 16; number++) {
        const char piece[2] = {(char)(number << 3 | 2), 0};
        refused_by_all(repeat(piece, 2, MIB));
        refused_by_all(repeat(piece, 2, 100UL * KIB));
    }
    refused_by_all(repeat("\xca\x01\x00", 3, 8UL * KIB));
}

static void a_mebibyte_of_unknown_fields_is_refused(void)
{
    refused_by_all(repeat("\xa0\x3f\x01", 3, MIB));
    refused_by_all(repeat("\xa0\x3f\x01", 3, 8UL * KIB));
    refused_by_all(repeat("\xa2\x3f\x00", 3, 8UL * KIB));
}

static void a_mebibyte_of_repeats_is_refused(void)
{
    /* Recipients, strings and roles. */
    refused_by_all(repeat("\xca\x01\x02\x10\x01", 5, 12UL * KIB));
    refused_by_all(repeat("\x0a\x01x", 3, MIB));
    refused_by_all(repeat("\x0a\x01x", 3, 8UL * KIB));
    refused_by_all(repeat("\x30\x01", 2, 8UL * KIB));
}

/* The body of a message that holds `count` times `piece` in field 1. */
static struct bytes around(const void *tag, size_t tag_size, struct bytes inner,
                           uint8_t *at, size_t room)
{
    struct writer w = writer_over(at, room);

    write_bytes(&w, bytes_of(tag, tag_size));
    varint_write(&w, inner.size);
    write_bytes(&w, inner);
    CHECK(!w.bad);
    return writer_bytes(&w);
}

/* Well formed, but more of a list than there may be: refused before it is unpacked. */
static void lists_over_their_limit_take_no_memory(void)
{
    static uint8_t at[MIB];
    struct arena a = fresh_arena();
    struct item item;
    struct frame f;

    const struct bytes roles = repeat("\x30\x01", 2, 40UL * KIB);
    CHECK_STATUS(item_decode(around("\x42", 1, roles, at, sizeof at), &a, &item), E_LIMIT);
    const struct bytes flags = repeat("\x0a\x01x", 3, 120UL * KIB);
    CHECK_STATUS(item_decode(around("\x0a", 1, flags, at, sizeof at), &a, &item), E_LIMIT);
    const struct bytes withheld = repeat("\x4a\x02\x10\x01", 4, 200UL * KIB);
    CHECK_STATUS(frame_decode(around("\x01\x02\x1a", 3, withheld, at, sizeof at), &a, &f),
                 E_LIMIT);
    const struct bytes entries = repeat("\x12\x03\x12\x01h", 5, 200UL * KIB);
    CHECK_STATUS(frame_decode(around("\x01\x02\x22", 3, entries, at, sizeof at), &a, &f),
                 E_LIMIT);
    CHECK_INT(a.used, 0);
}

/* An entry whose header is `size` bytes. */
static void write_entry(struct writer *w, uint32_t index, size_t size)
{
    static const uint8_t header[HEADER_BYTES_MAX];

    write_bytes(w, bytes_of("\x12", 1));
    varint_write(w, 1 + varint_size(index) + 1 + varint_size(size) + size);
    write_bytes(w, bytes_of("\x08", 1));
    varint_write(w, index);
    write_bytes(w, bytes_of("\x12", 1));
    varint_write(w, size);
    write_bytes(w, bytes_of(header, size));
}

/* As many entries as there may be, in a small frame and in a full one: what one frame of a
 * peer can take at most. */
static void the_widest_frames_stay_within_their_budget(void)
{
    static const size_t sizes[] = {1, 500};
    static uint8_t at[MIB];
    static uint8_t body[MIB];

    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        struct writer w = writer_over(body, sizeof body);
        struct arena a = fresh_arena();
        struct frame f;
        write_bytes(&w, bytes_of("\x0a\x0c\x00\x00\x00\x01"
                                 "12345678",
                                 14));
        for (uint32_t i = 1; i <= GROUP_ENTRIES_MAX; i++)
            write_entry(&w, i, sizes[k]);
        const struct bytes b = around("\x01\x02\x22", 3, writer_bytes(&w), at, sizeof at);
        CHECK_OK(frame_decode(b, &a, &f));
        CHECK_INT(f.entries.entry_count, GROUP_ENTRIES_MAX);
    }
}

CASES(CASE(nesting_of_100_kib_is_refused), CASE(a_mebibyte_of_empty_messages_is_refused),
      CASE(a_mebibyte_of_unknown_fields_is_refused), CASE(a_mebibyte_of_repeats_is_refused),
      CASE(lists_over_their_limit_take_no_memory),
      CASE(the_widest_frames_stay_within_their_budget))
