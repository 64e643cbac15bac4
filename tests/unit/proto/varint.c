/* The shortest form is the only one. */

#include "varint.h"

#include "check.h"

static void comes_back(uint64_t v)
{
    uint8_t raw[VARINT_SIZE_MAX];
    struct writer w = writer_over(raw, sizeof raw);

    varint_write(&w, v);
    CHECK(!w.bad);
    CHECK_INT(w.size, varint_size(v));
    struct reader r = {.rest = writer_bytes(&w)};
    CHECK(varint_read(&r) == v);
    CHECK(reader_is_done(&r));
}

static void every_size_comes_back(void)
{
    for (unsigned bits = 0; bits < 64; bits++) {
        comes_back((UINT64_C(1) << bits) - 1);
        comes_back(UINT64_C(1) << bits);
        comes_back(UINT64_MAX >> bits);
    }
}

static void sizes_are_those_of_seven_bits_a_byte(void)
{
    CHECK_INT(varint_size(0), 1);
    CHECK_INT(varint_size(127), 1);
    CHECK_INT(varint_size(128), 2);
    CHECK_INT(varint_size(16383), 2);
    CHECK_INT(varint_size(16384), 3);
    CHECK_INT(varint_size(UINT64_MAX >> 1), 9);
    CHECK_INT(varint_size(UINT64_MAX), 10);
}

static void refuses(const void *raw, size_t size)
{
    struct reader r = {.rest = bytes_of(raw, size)};

    CHECK_INT(varint_read(&r), 0);
    CHECK(r.bad);
}

static void a_longer_form_is_refused(void)
{
    refuses("\x80\x00", 2);
    refuses("\x81\x00", 2);
    refuses("\xff\x80\x00", 3);
    refuses("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10);
}

static void more_than_64_bits_are_refused(void)
{
    refuses("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);
    refuses("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01", 11);
    refuses("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11);
}

static void a_form_without_end_is_refused(void)
{
    refuses("", 0);
    refuses("\x80", 1);
    refuses("\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9);
}

static void reading_stops_behind_the_number(void)
{
    struct reader r = {.rest = bytes_of("\xac\x02\x07", 3)};

    CHECK_INT(varint_read(&r), 300);
    CHECK_INT(varint_read(&r), 7);
    CHECK(reader_is_done(&r));
}

CASES(CASE(every_size_comes_back), CASE(sizes_are_those_of_seven_bits_a_byte),
      CASE(a_longer_form_is_refused), CASE(more_than_64_bits_are_refused),
      CASE(a_form_without_end_is_refused), CASE(reading_stops_behind_the_number))
