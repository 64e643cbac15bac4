/* The only way to protobuf-c, both directions, under limits narrower than ours. */

#include "message.h"

#include "check.h"

#include <protobuf-c/protobuf-c.h>

extern const ProtobufCMessageDescriptor flagpost__item__descriptor;

/* A phone: two strings and a bool, four fields with the one around them. */
static const char phone[] = "\x52\x0a\x0a\x03raw\x12\x01+\x18\x01";
enum { PHONE_SIZE = sizeof phone - 1 };

static const struct wire wire = {.type = &flagpost__item__descriptor,
                                 .bytes_max = 100,
                                 .fields_max = 4,
                                 .repeated_max = 1};

static uint8_t memory[4096] __attribute__((aligned(16)));

static struct arena fresh_arena(size_t room)
{
    struct arena a;

    CHECK(room <= sizeof memory);
    arena_init(&a, memory, room);
    return a;
}

static const ProtobufCMessage *unpacked(struct arena *a)
{
    const ProtobufCMessage *m = NULL;

    CHECK_OK(message_unpack(&wire, bytes_of(phone, PHONE_SIZE), a, &m));
    return m;
}

static void packs_what_it_unpacked(void)
{
    struct arena a = fresh_arena(sizeof memory);
    struct bytes b = {0};

    CHECK_OK(message_pack(&wire, unpacked(&a), (struct bytes){0}, &a, &b));
    CHECK_BYTES(b, bytes_of(phone, PHONE_SIZE));
}

static void a_prefix_stands_before_the_message(void)
{
    struct arena a = fresh_arena(sizeof memory);
    struct bytes b = {0};

    CHECK_OK(message_pack(&wire, unpacked(&a), bytes_of("ab", 2), &a, &b));
    CHECK_BYTES(bytes_of(b.at, 2), bytes_of("ab", 2));
    CHECK_BYTES(bytes_from(b, 2), bytes_of(phone, PHONE_SIZE));
}

static void nothing_is_unpacked_that_the_scan_refuses(void)
{
    struct arena a = fresh_arena(sizeof memory);
    const ProtobufCMessage *m = NULL;

    CHECK_STATUS(message_unpack(&wire, bytes_of(phone, PHONE_SIZE - 1), &a, &m), E_FORM);
    CHECK(m == NULL);
    CHECK_INT(a.used, 0);
}

static void nothing_is_packed_that_the_scan_would_refuse(void)
{
    struct wire narrow = wire;
    struct arena a = fresh_arena(sizeof memory);
    const ProtobufCMessage *const m = unpacked(&a);
    struct bytes b = {0};

    narrow.fields_max = 3;
    CHECK_STATUS(message_pack(&narrow, m, (struct bytes){0}, &a, &b), E_LIMIT);
    narrow = wire;
    narrow.bytes_max = PHONE_SIZE - 1;
    CHECK_STATUS(message_pack(&narrow, m, (struct bytes){0}, &a, &b), E_LIMIT);
    CHECK_INT(b.size, 0);
}

static void an_arena_that_is_too_small_is_told(void)
{
    struct arena whole = fresh_arena(sizeof memory);

    (void)unpacked(&whole);
    for (size_t room = 0; room + 16 <= whole.used; room++) {
        struct arena a = fresh_arena(room);
        const ProtobufCMessage *m = NULL;
        CHECK_STATUS(message_unpack(&wire, bytes_of(phone, PHONE_SIZE), &a, &m), E_MEMORY);
        CHECK(m == NULL);
    }
}

CASES(CASE(packs_what_it_unpacked), CASE(a_prefix_stands_before_the_message),
      CASE(nothing_is_unpacked_that_the_scan_refuses),
      CASE(nothing_is_packed_that_the_scan_would_refuse),
      CASE(an_arena_that_is_too_small_is_told))
