#include "gated.h"

#include "ruled.h"

/* In what an extract may have a record otherwise, each alone, and the words for it. */

static struct record came;

static void begin(void)
{
    start();
    came = record;
}

static uint32_t compared(void)
{
    const uint32_t bits = gated_compare(&came, &record);

    CHECK_INT(gated_compare(&record, &came), bits);
    record = came;
    return bits;
}

static void tells_each_difference_alone(void)
{
    begin();
    CHECK_INT(compared(), 0);
    record.facts.flags.count--;
    CHECK_INT(compared(), GATED_FLAGS);
    record.facts.crime_code = b("FICT-OIM-04");
    CHECK_INT(compared(), GATED_CODE);
    record.texts[0].grade.source ^= 3;
    CHECK_INT(compared(), GATED_GRADE);
    record.texts[0].grade.assessment ^= 1;
    CHECK_INT(compared(), GATED_GRADE);
    record.provenance.grade.source ^= 3;
    CHECK_INT(compared(), GATED_GRADE);
    record.text_count--;
    CHECK_INT(compared(), GATED_GRADE);
    record.label.handling = record.label.handling == HANDLING_P ? HANDLING_C : HANDLING_P;
    CHECK_INT(compared(), GATED_HANDLING);
    record.facts.date_of_intelligence.day ^= 1;
    CHECK_INT(compared(), GATED_DATES);
    record.facts.date_created.year++;
    CHECK_INT(compared(), GATED_DATES);
}

static void tells_no_difference_of_a_text(void)
{
    begin();
    record.texts[0].text = b("Other words.");
    record.report.title = b("Another title");
    CHECK_INT(compared(), 0);
}

static void flags_have_no_order(void)
{
    static struct bytes flags[2], turned[2];

    begin();
    flags[0] = turned[1] = b("OIMCR");
    flags[1] = turned[0] = b("OTHER");
    came.facts.flags.count = 2;
    came.facts.flags.at[0] = flags[0];
    came.facts.flags.at[1] = flags[1];
    record = came;
    record.facts.flags.at[0] = turned[0];
    record.facts.flags.at[1] = turned[1];
    CHECK_INT(compared(), 0);
    record.facts.flags.at[1] = b("ANOTHER");
    CHECK_INT(compared(), GATED_FLAGS);
}

static void words_are_read_as_they_are_written(void)
{
    char words[GATED_WORDS_ROOM];
    uint32_t bits = 0;

    for (uint32_t i = 1; i < 32; i++) {
        gated_words(i, words);
        CHECK_OK(gated_read(bytes_of_text(words), &bits));
        CHECK_INT(bits, i);
    }
    gated_words(GATED_GRADE | GATED_FLAGS, words);
    CHECK_TEXT(words, "flags, grade");
    gated_words(0, words);
    CHECK_TEXT(words, "");
    CHECK_STATUS(gated_read(b(""), &bits), E_FORM);
    CHECK_STATUS(gated_read(b("grade, flags"), &bits), E_FORM);
    CHECK_STATUS(gated_read(b("Quillfeather"), &bits), E_FORM);
}

CASES(CASE(tells_each_difference_alone), CASE(tells_no_difference_of_a_text),
      CASE(flags_have_no_order), CASE(words_are_read_as_they_are_written))
