#include "words.h"

#include "check.h"
#include "text.h"

static struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

static void a_swap_of_neighbours_is_one_slip(void)
{
    CHECK_INT(word_distance(b("OIMRC"), b("OIMCR")), 1);
    CHECK_INT(word_distance(b("oimcr"), b("OIMCR")), 0);
    CHECK_INT(word_distance(b("OIMC"), b("OIMCR")), 1);
    CHECK_INT(word_distance(b("OMICCR"), b("OIMCR")), 2);
    CHECK_INT(word_distance(b("COUNTY"), b("OIMCR")), 5);
    CHECK_INT(word_distance(b(""), b("OIMCR")), 5);
    CHECK_INT(word_distance(b(""), b("")), 0);
    CHECK_INT(word_distance(b("kitten"), b("sitting")), 3);
    CHECK_INT(word_distance(b("abcdefghijklmnopqrstuvwxyzabcdefg"), b("a")), WORD_FAR);
}

static void distance_is_the_same_both_ways(void)
{
    static const char *const words[] = {"",      "O",     "OIMCR", "OIMRC",
                                        "MIOCR", "FRAUD", "DRUGS", "OIMCROIMCR"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        for (size_t k = 0; k < COUNT_OF(words); k++)
            CHECK_INT(word_distance(b(words[i]), b(words[k])),
                      word_distance(b(words[k]), b(words[i])));
    }
}

static void finds_whole_words_only(void)
{
    CHECK_INT(word_find(b("the chis said"), 0, "CHIS"), 4);
    CHECK_INT(word_find(b("Chisel"), 0, "CHIS"), 6);
    CHECK_INT(word_find(b("achis"), 0, "CHIS"), 5);
    CHECK_INT(word_find(b("CHIS"), 0, "CHIS"), 0);
    CHECK_INT(word_find(b("CHIS"), 1, "CHIS"), 4);
    CHECK_INT(word_find(b("CHI"), 0, "CHIS"), 3);
    CHECK_INT(word_find(b("opé op"), 0, "op"), 5); /* a letter with a mark is a letter */
}

static void trims_and_folds_without_touching_the_inside(void)
{
    static _Alignas(16) uint8_t room[64];
    struct bytes out = {0};
    struct arena a;

    arena_init(&a, room, sizeof room);
    CHECK_BYTES(word_trim(b(" \t a b \r\n")), b("a b"));
    CHECK_BYTES(word_trim(b("  ")), b(""));
    CHECK_OK(word_capitals(b("abçZ9"), &a, &out));
    CHECK_BYTES(out, b("ABçZ9"));
    CHECK(word_same(b("Not Known"), b("NOT KNOWN")));
    CHECK(!word_same(b("Not Known"), b("NOT KNOW")));
}

CASES(CASE(a_swap_of_neighbours_is_one_slip), CASE(distance_is_the_same_both_ways),
      CASE(finds_whole_words_only), CASE(trims_and_folds_without_touching_the_inside))
