#include "lines.h"
#include "check.h"

static struct lines over(const char *text)
{
    return lines_over(bytes_of_text(text));
}

static void reads_words_of_lines_in_order(void)
{
    struct lines l = over("size 17\nname of two words\nend\n");

    CHECK(lines_has(&l, "size") && !lines_has(&l, "siz") && !lines_has(&l, "size 17 "));
    lines_key(&l, "size");
    CHECK_INT(lines_decimal(&l, 1, 17), 17);
    lines_key(&l, "name");
    CHECK_BYTES(lines_tail(&l), bytes_of_text("of two words"));
    CHECK(lines_has(&l, "end"));
    CHECK(!lines_is_done(&l));
    lines_key(&l, "end");
    CHECK(lines_is_done(&l) && !lines_has_word(&l));
    CHECK(!lines_has(&l, ""));
}

static void a_line_must_be_read_to_its_end(void)
{
    struct lines l = over("a b\nc\n");

    lines_key(&l, "a");
    lines_key(&l, "c");
    CHECK(l.bad && !lines_is_done(&l));
}

static void stays_bad_and_gives_nothing(void)
{
    struct lines l = over("a\nsize 17\n");
    uint8_t raw[2] = {7, 7};

    lines_key(&l, "b");
    CHECK(l.bad);
    lines_key(&l, "size");
    CHECK_INT(lines_decimal(&l, 0, 17), 0);
    CHECK_INT(lines_tail(&l).size, 0);
    lines_base64(&l, raw, sizeof raw);
    CHECK_INT(raw[0] + raw[1], 0);
    CHECK(!lines_has(&l, "size") && !lines_is_done(&l));
}

/* Each is one word and one number in the one right form, but for one thing. */
static void one_space_parts_words_and_one_newline_ends_lines(void)
{
    static const char *const wrong[] = {"size 17",      " size 17\n",
                                        "size  17\n",   "size 17 \n",
                                        "size\t17\n",   "size17\n",
                                        "size\n",       "size \n",
                                        "\n",           "",
                                        "\nsize 17\n",  "size 17\n\n",
                                        "size 17 18\n", "size 17\nsize 17\n",
                                        "size 017\n",   "size 18\n",
                                        "size 9\n",     "size 17\r\n"};
    struct lines l = over("size 17\n");

    lines_key(&l, "size");
    CHECK_INT(lines_decimal(&l, 10, 17), 17);
    CHECK(lines_is_done(&l));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        l = over(wrong[i]);
        lines_key(&l, "size");
        (void)lines_decimal(&l, 10, 17); /* the check of `bad` below is the result */
        CHECK(!lines_is_done(&l));
    }
}

static void base64_has_exactly_the_size_asked_for(void)
{
    static const char *const wrong[] = {"k AQI=\n", "k AQIDBA==\n", "k AQI\n", "k AQJ=\n",
                                        "k\n"};
    uint8_t raw[3] = {0};
    struct lines l = over("k AQID\n");

    lines_key(&l, "k");
    lines_base64(&l, raw, sizeof raw);
    CHECK(lines_is_done(&l));
    CHECK_BYTES(bytes_of(raw, 3), bytes_of("\1\2\3", 3));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        l = over(wrong[i]);
        lines_key(&l, "k");
        lines_base64(&l, raw, sizeof raw);
        CHECK(l.bad);
        CHECK_BYTES(bytes_of(raw, 3), bytes_of("\0\0\0", 3));
    }
}

static void a_copy_fits_with_its_nul_and_has_no_other(void)
{
    char text[4];
    struct lines l = over("abc\nabcd\n");

    lines_enter(&l);
    lines_copy(&l, lines_word(&l), text, sizeof text);
    CHECK(!l.bad);
    CHECK_TEXT(text, "abc");
    lines_enter(&l);
    lines_copy(&l, lines_word(&l), text, sizeof text);
    CHECK(l.bad);
    CHECK_TEXT(text, "");

    static const char nul[] = "a\0b\n";
    l = lines_over(bytes_of(nul, sizeof nul - 1));
    lines_enter(&l);
    lines_copy(&l, lines_word(&l), text, sizeof text);
    CHECK(l.bad);
    CHECK_TEXT(text, "");
}

CASES(CASE(reads_words_of_lines_in_order), CASE(a_line_must_be_read_to_its_end),
      CASE(stays_bad_and_gives_nothing),
      CASE(one_space_parts_words_and_one_newline_ends_lines),
      CASE(base64_has_exactly_the_size_asked_for),
      CASE(a_copy_fits_with_its_nul_and_has_no_other))
