/* The scanner alone, under a schema made by hand that has what ours must not: a message
 * that contains itself. */

#include "scan.h"

#include "bounds.h"
#include "check.h"
#include "varint.h"

#include <protobuf-c/protobuf-c.h>

static const ProtobufCEnumValue colours[] = {{.value = 1}, {.value = 2}, {.value = 7}};
static const ProtobufCIntRange colour_ranges[] = {{1, 0}, {7, 2}, {0, 3}};
static const ProtobufCEnumDescriptor colour = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .n_values = COUNT_OF(colours),
    .values = colours,
    .n_value_ranges = 2,
    .value_ranges = colour_ranges,
};

static const ProtobufCMessageDescriptor thing;

#define OPTIONAL .label = PROTOBUF_C_LABEL_OPTIONAL
#define REPEATED .label = PROTOBUF_C_LABEL_REPEATED
#define TYPE(t)  .type = PROTOBUF_C_TYPE_##t

/* By number: 1 to 7 and 16 to 18 are known, 8 to 15 are not. */
static const ProtobufCFieldDescriptor fields[] = {
    {.id = 1, OPTIONAL, TYPE(UINT32)},
    {.id = 2, OPTIONAL, TYPE(UINT64)},
    {.id = 3, OPTIONAL, TYPE(BOOL)},
    {.id = 4, OPTIONAL, TYPE(ENUM), .descriptor = &colour},
    {.id = 5, OPTIONAL, TYPE(STRING)},
    {.id = 6, OPTIONAL, TYPE(BYTES)},
    {.id = 7, OPTIONAL, TYPE(MESSAGE), .descriptor = &thing},
    {.id = 16, REPEATED, TYPE(UINT32)},
    {.id = 17, REPEATED, TYPE(MESSAGE), .descriptor = &thing},
    {.id = 18, OPTIONAL, TYPE(SINT32)},
};
static const ProtobufCIntRange ranges[] = {{1, 0}, {16, 7}, {0, COUNT_OF(fields)}};
static const ProtobufCMessageDescriptor thing = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .n_fields = COUNT_OF(fields),
    .fields = fields,
    .n_field_ranges = 2,
    .field_ranges = ranges,
};

static const struct wire wire = {
    .type = &thing, .bytes_max = 200000, .fields_max = 100, .repeated_max = 8};

/* `raw` is a string literal. */
#define SCAN(raw) scan(&wire, bytes_of(raw, sizeof(raw) - 1))

static void known_fields_in_order_pass(void)
{
    CHECK_OK(SCAN(""));
    CHECK_OK(SCAN("\x08\x01\x10\x01\x18\x01\x20\x07\x2a\x01x\x32\x01\x00"));
    CHECK_OK(SCAN("\x3a\x02\x08\x01\x80\x01\x05\x80\x01\x05\x8a\x01\x02\x08\x01"));
    CHECK_OK(SCAN("\x08\xff\xff\xff\xff\x0f"));
    CHECK_OK(SCAN("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

static void order_and_repetition_are_the_schemas(void)
{
    CHECK_STATUS(SCAN("\x10\x01\x08\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x08\x01\x08\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x3a\x02\x08\x01\x3a\x02\x08\x01"), E_FORM);
    /* A repeated field must not be taken up again behind another. */
    CHECK_STATUS(SCAN("\x80\x01\x05\x8a\x01\x02\x08\x01\x80\x01\x05"), E_FORM);
    /* Each message within starts anew. */
    CHECK_OK(SCAN("\x8a\x01\x02\x10\x01\x8a\x01\x02\x08\x01"));
}

static void unknown_fields_are_refused(void)
{
    CHECK_STATUS(SCAN("\x40\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x78\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x98\x01\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x00\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x3a\x02\x40\x01"), E_FORM);
    /* Tags that would be field 1's if their top bits were lost. */
    CHECK_STATUS(SCAN("\x88\x80\x80\x80\x10\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x88\x80\x80\x80\x80\x01\x01"), E_FORM);
}

static void wire_types_are_the_schemas(void)
{
    CHECK_STATUS(SCAN("\x0a\x01\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x09\x01\x01\x01\x01\x01\x01\x01\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x0d\x01\x01\x01\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x28\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x38\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x3b\x08\x01\x3c"), E_FORM);
    /* What would pass if the type of the tag were not looked at. */
    CHECK_STATUS(SCAN("\x09\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x0a\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x0b\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x0d\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x28\x01x"), E_FORM);
    CHECK_STATUS(SCAN("\x3b\x02\x08\x01"), E_FORM);
    /* A type that our schemas do not use has no place here either. */
    CHECK_STATUS(SCAN("\x90\x01\x01"), E_FORM);
}

static void zero_is_said_by_absence(void)
{
    CHECK_STATUS(SCAN("\x08\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x18\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x20\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x2a\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x32\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x3a\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x80\x01\x00"), E_FORM);
    CHECK_STATUS(SCAN("\x8a\x01\x00"), E_FORM);
}

static void values_fit_their_type(void)
{
    CHECK_STATUS(SCAN("\x08\x80\x80\x80\x80\x10"), E_FORM);
    CHECK_STATUS(SCAN("\x18\x02"), E_FORM);
    CHECK_STATUS(SCAN("\x20\x03"), E_FORM);
    CHECK_STATUS(SCAN("\x20\x81\x80\x80\x80\x10"), E_FORM);
    CHECK_STATUS(SCAN("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x2a\x01\xff"), E_FORM);
    CHECK_STATUS(SCAN("\x2a\x02x\x00"), E_FORM);
    CHECK_OK(SCAN("\x32\x02\xff\x00"));
}

static void lengths_end_within_their_message(void)
{
    CHECK_STATUS(SCAN("\x2a\x02x"), E_FORM);
    CHECK_STATUS(SCAN("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), E_FORM);
    /* Within the bytes, but past the end of the message that holds it. */
    CHECK_STATUS(SCAN("\x3a\x03\x2a\x02xy"), E_FORM);
    CHECK_STATUS(SCAN("\x3a\x01\x08\x01"), E_FORM);
    CHECK_STATUS(SCAN("\x3a\x03\x08\x01\x10"), E_FORM);
    CHECK_STATUS(SCAN("\x08"), E_FORM);
    CHECK_STATUS(SCAN("\x08\x81"), E_FORM);
}

/* `depth` messages, one within another, and a number in the innermost. */
static struct bytes nest(size_t depth, uint8_t *at, size_t room)
{
    size_t from = room;

    at[--from] = 1;
    at[--from] = 0x08;
    for (size_t i = 0; i < depth; i++) {
        uint8_t raw[VARINT_SIZE_MAX];
        struct writer w = writer_over(raw, sizeof raw);
        varint_write(&w, room - from);
        from -= w.size;
        memcpy(at + from, raw, w.size);
        at[--from] = 0x3a;
    }
    return bytes_of(at + from, room - from);
}

static void nesting_has_a_limit(void)
{
    static uint8_t at[128 * 1024];

    for (size_t depth = 0; depth < 10; depth++) {
        const status wanted = depth < NESTING_MAX ? OK : E_LIMIT;
        CHECK_STATUS(scan(&wire, nest(depth, at, sizeof at)), wanted);
    }
    const struct bytes deep = nest(30000, at, sizeof at);
    CHECK(deep.size > 100UL * 1024);
    CHECK_STATUS(scan(&wire, deep), E_LIMIT);
}

static void counts_have_limits(void)
{
    uint8_t at[400];
    struct writer w = writer_over(at, sizeof at);

    for (size_t i = 1; i <= 9; i++) {
        write_bytes(&w, bytes_of("\x80\x01\x05", 3));
        CHECK_STATUS(scan(&wire, writer_bytes(&w)), i <= wire.repeated_max ? OK : E_LIMIT);
    }
    /* With the message itself each piece is 14 fields: seven are 98, eight are over. */
    w = writer_over(at, sizeof at);
    for (size_t i = 1; i <= 8; i++) {
        write_bytes(&w, bytes_of("\x8a\x01\x23\x08\x01\x10\x01\x18\x01\x20\x01", 11));
        write_bytes(&w, bytes_of("\x2a\x01x", 3));
        for (size_t k = 0; k < 8; k++)
            write_bytes(&w, bytes_of("\x80\x01\x05", 3));
        CHECK(!w.bad);
        CHECK_STATUS(scan(&wire, writer_bytes(&w)), i <= 7 ? OK : E_LIMIT);
    }
}

static void size_has_a_limit(void)
{
    static const struct wire narrow = {
        .type = &thing, .bytes_max = 3, .fields_max = 100, .repeated_max = 8};

    CHECK_OK(scan(&narrow, bytes_of("\x2a\x01x", 3)));
    CHECK_STATUS(scan(&narrow, bytes_of("\x2a\x02xy", 4)), E_LIMIT);
}

CASES(CASE(known_fields_in_order_pass), CASE(order_and_repetition_are_the_schemas),
      CASE(unknown_fields_are_refused), CASE(wire_types_are_the_schemas),
      CASE(zero_is_said_by_absence), CASE(values_fit_their_type),
      CASE(lengths_end_within_their_message), CASE(nesting_has_a_limit),
      CASE(counts_have_limits), CASE(size_has_a_limit))
