#include "text.h"
#include "check.h"

static _Alignas(16) uint8_t room[4096];

static void hex_reads_back_and_refuses_other_forms(void)
{
    uint8_t raw[3] = {0};
    char text[7];

    CHECK_OK(hex_decode(bytes_of_text("00ff1a"), raw, 3));
    hex_encode(bytes_of(raw, 3), text);
    CHECK_TEXT(text, "00ff1a");
    CHECK_STATUS(hex_decode(bytes_of_text("00FF1a"), raw, 3), E_FORM);
    CHECK_STATUS(hex_decode(bytes_of_text("00ff1"), raw, 3), E_FORM);
}

static void base64_has_one_text_per_value(void)
{
    static const struct {
        const char *raw, *text;
    } known[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"}};
    static const char *const wrong[] = {
        "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zg==\n", "Zm9v Zg="};
    struct arena a;

    arena_init(&a, room, sizeof room);
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        char out[16];
        struct writer w = writer_over(out, sizeof out);
        struct bytes back = {0};

        base64_write(&w, bytes_of_text(known[i].raw));
        CHECK_BYTES(writer_bytes(&w), bytes_of_text(known[i].text));
        CHECK_OK(base64_decode(&a, bytes_of_text(known[i].text), &back));
        CHECK_BYTES(back, bytes_of_text(known[i].raw));
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct bytes back = {0};
        CHECK_STATUS(base64_decode(&a, bytes_of_text(wrong[i]), &back), E_FORM);
    }
}

static void utf8_refuses_what_rfc_3629_refuses(void)
{
    static const struct {
        const char *text;
        size_t size;
        bool valid;
    } known[] = {
        {"", 0, true},
        {"Kraków", 7, true},
        {"\xf0\x9f\x9a\xa2", 4, true},
        {"a\0b", 3, false},         /* NUL */
        {"\xc0\x80", 2, false},     /* over-long NUL */
        {"\xe0\x80\x80", 3, false}, /* over-long */
        {"\xed\xa0\x80", 3, false}, /* surrogate */
        {"\xf4\x90\x80\x80", 4, false},
        {"\xc3", 1, false},
        {"\xff", 1, false},
    };

    for (size_t i = 0; i < COUNT_OF(known); i++)
        CHECK_INT(utf8_is_valid(bytes_of(known[i].text, known[i].size)), known[i].valid);
}

static void a_text_that_was_cut_ends_with_a_whole_character(void)
{
    char cut[8];
    char all[] = "a\xc3 b\xe2\x82 \xe2\x82\xac\xff";

    (void)snprintf(cut, sizeof cut, "%.3s|", "a\xe2\x82\xac");
    utf8_make_whole(cut);
    CHECK_TEXT(cut, "a|");
    utf8_make_whole(all);
    CHECK_TEXT(all, "a b \xe2\x82\xac");
    utf8_make_whole(all);
    CHECK_TEXT(all, "a b \xe2\x82\xac");
}

static void decimal_refuses_leading_zeros_and_overflow(void)
{
    uint64_t v = 0;

    CHECK_OK(decimal_decode(bytes_of_text("18446744073709551615"), &v));
    CHECK(v == UINT64_MAX);
    CHECK_STATUS(decimal_decode(bytes_of_text("18446744073709551616"), &v), E_FORM);
    CHECK_STATUS(decimal_decode(bytes_of_text("01"), &v), E_FORM);
    CHECK_STATUS(decimal_decode(bytes_of_text(""), &v), E_FORM);
    CHECK_STATUS(decimal_decode(bytes_of_text("-1"), &v), E_FORM);
}

static void time_reads_back_to_the_second(void)
{
    static const char *const wrong[] = {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                                        "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
                                        "1969-12-31T23:59:59Z", "2026-01-01T00:00:00"};
    char text[TIME_TEXT_ROOM];
    millis t = 0;

    time_write(1000000000000, text);
    CHECK_TEXT(text, "2001-09-09T01:46:40Z");
    for (millis day = 0; day < 40000; day++) {
        millis back = 1;
        time_write(day * 86400000 + 3723000, text);
        CHECK_OK(time_read(bytes_of_text(text), &back));
        CHECK(back == day * 86400000 + 3723000);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(time_read(bytes_of_text(wrong[i]), &t), E_FORM);
}

static void arena_refuses_past_its_budget_and_clears_on_rewind(void)
{
    struct arena a;

    arena_init(&a, room, 64);
    uint8_t *const first = arena_take(&a, 1);
    CHECK(first != NULL);
    *first = 7;
    CHECK(arena_take(&a, 48) != NULL);
    CHECK(arena_take(&a, 1) == NULL);
    CHECK(arena_array(&a, SIZE_MAX / 2, 4) == NULL);
    arena_reset(&a);
    CHECK_INT(*first, 0);
    CHECK(arena_take(&a, 64) != NULL);
}

static void agency_id_takes_capitals_digits_and_hyphens_alone(void)
{
    struct agency_id id;

    CHECK_OK(agency_id_read(bytes_of_text("SWROCU"), &id));
    CHECK_TEXT(id.text, "SWROCU");
    CHECK_STATUS(agency_id_read(bytes_of_text("f55"), &id), E_VALUE);
    CHECK_STATUS(agency_id_read(bytes_of_text(""), &id), E_VALUE);
    CHECK_STATUS(agency_id_read(bytes_of_text("ABCDEFGHIJKLMNOPQ"), &id), E_VALUE);
}

static void epoch_has_one_text(void)
{
    struct epoch e = {0};
    char text[EPOCH_TEXT_ROOM];

    CHECK_OK(epoch_read(bytes_of_text("12-00ff00ff00ff00ff"), &e));
    epoch_write(&e, text);
    CHECK_TEXT(text, "12-00ff00ff00ff00ff");
    CHECK_STATUS(epoch_read(bytes_of_text("0-00ff00ff00ff00ff"), &e), E_FORM);
    CHECK_STATUS(epoch_read(bytes_of_text("4294967296-00ff00ff00ff00ff"), &e), E_FORM);
}

static void reader_gives_zeros_past_the_end_and_remembers(void)
{
    const uint8_t raw[] = {1, 2, 3};
    struct reader r = {.rest = bytes_of(raw, sizeof raw)};

    CHECK_INT(read_u16(&r), 0x0102);
    CHECK_INT(read_u16(&r), 0);
    CHECK(!reader_is_done(&r));
    CHECK(r.bad);
}

CASES(CASE(hex_reads_back_and_refuses_other_forms), CASE(base64_has_one_text_per_value),
      CASE(utf8_refuses_what_rfc_3629_refuses),
      CASE(a_text_that_was_cut_ends_with_a_whole_character),
      CASE(decimal_refuses_leading_zeros_and_overflow), CASE(time_reads_back_to_the_second),
      CASE(arena_refuses_past_its_budget_and_clears_on_rewind),
      CASE(agency_id_takes_capitals_digits_and_hyphens_alone), CASE(epoch_has_one_text),
      CASE(reader_gives_zeros_past_the_end_and_remembers))
