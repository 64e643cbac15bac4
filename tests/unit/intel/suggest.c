#include "mend.h"
#include "ruled.h"

/*
 * What is proposed to a report that lacks a flag, how a crime identifier code is judged,
 * and what a program may mend by itself.
 */

static struct mends mends;

/* Room for a second flag. */
static void start_two(void)
{
    start();
    lists.flags[lists.flag_count++] = b("MSHT");
}

__attribute__((returns_nonnull)) static const struct finding *one(const char *rule,
                                                                  const char *field)
{
    check_rules();
    const struct finding *const f = finding(rule, field);
    CHECK(f != NULL);
    return f;
}

static void check_edit(const struct finding *f, enum edit_what what, const char *value,
                       bool sure)
{
    CHECK_INT(f->edit.what, what);
    CHECK_BYTES(f->edit.value, b(value));
    CHECK_INT(f->edit.sure, sure);
}

static void a_near_miss_in_the_flags_can_be_mended_by_a_program(void)
{
    start();
    record.facts.flags_submitted.at[0] = b("#OIMRC");
    check_edit(one("R8", "flags[0]"), EDIT_FLAG, "OIMCR", true);
    start();
    record.facts.flags_submitted.at[0] = b("OIM");
    check_edit(one("R8", "flags[0]"), EDIT_FLAG, "OIMCR", false);
    start();
    lists.flags[lists.flag_count++] = b("OIMCS");
    record.facts.flags_submitted.at[0] = b("#OIMCT");
    CHECK(!one("R8", "flags[0]")->edit.sure);
    start();
    record.facts.flags_submitted.at[0] = b("#FRAUD");
    check_edit(one("R8", "flags[0]"), EDIT_NONE, "", false);
}

static void several_flags_in_one_are_all_proposed(void)
{
    start_two();
    record.facts.flags_submitted.at[0] = b("#OIMCR#MSHT");
    CHECK_OK(mends_apply(&record, MEND_ALL, &lists, fixture_now, &arena, &mends));
    CHECK_INT(mends.count, 2);
    CHECK_INT(record.facts.flags_submitted.count, 2);
    CHECK_BYTES(record.facts.flags_submitted.at[0], b("OIMCR"));
    CHECK_BYTES(record.facts.flags_submitted.at[1], b("MSHT"));
    CHECK_BYTES(mends.at[0].before, b("#OIMCR#MSHT"));
    CHECK_INT(mends.at[1].before.size, 0);
}

static void a_flag_in_the_text_is_proposed(void)
{
    start();
    record.facts.flags_submitted.count = 0;
    record.texts[0].text = b("Seen at night. # oimrc");
    const struct finding *f = one("R8", "flags");
    CHECK_INT(f->severity, SEVERITY_REFUSE);
    check_edit(f, EDIT_FLAG_ADD, "OIMCR", true);

    start_two();
    record.texts[0].text = b("Seen at night. #MSHT");
    f = one("R8", "flags");
    CHECK_INT(f->severity, SEVERITY_ADVISE);
    check_edit(f, EDIT_FLAG_ADD, "MSHT", true);

    start(); /* the flag that it has is not proposed again, however the text spells it */
    record.texts[0].text = b("Seen at night. #OIMRC and OIMCR");
    check_clean();
}

static void an_offence_proposes_its_flag_and_leaves_it_to_a_person(void)
{
    static const char *const offences[] = {"MS15001", "MS15003", "IM71142", "BS25006"};

    for (size_t i = 0; i < COUNT_OF(offences); i++) {
        start();
        record.facts.flags_submitted.count = 0;
        record.facts.offence_codes = (struct text_list){1, {b(offences[i])}};
        const struct finding *const f = one("R8", "flags");
        check_edit(f, EDIT_FLAG_ADD, "OIMCR", false);
        CHECK(strstr(f->mend, "offence belongs under \"OIMCR\"") != NULL);
    }
    CHECK_OK(mends_apply(&record, MEND_ALL, &lists, fixture_now, &arena, &mends));
    CHECK_INT(mends.count, 0); /* a program does not decide it */
    CHECK_INT(record.facts.flags_submitted.count, 0);
    start(); /* what a person did alone proposes nothing */
    record.facts.flags_submitted.count = 0;
    record.facts.offence_codes = (struct text_list){1, {b("IM71134")}};
    CHECK_INT(one("R8", "flags")->edit.what, EDIT_NONE);
}

__attribute__((returns_nonnull)) static const struct finding *by_words(const char *title,
                                                                       const char *text)
{
    start();
    record.facts.flags_submitted.count = 0;
    record.facts.offence_codes.count = 0;
    record.report.title = b(title);
    record.texts[0].text = b(text);
    return one("R8", "flags");
}

static void words_propose_a_flag_with_their_reason(void)
{
    const struct finding *f = by_words("Boat", "A small boat with migrants left.");
    check_edit(f, EDIT_FLAG_ADD, "OIMCR", false);
    CHECK(strstr(f->mend, "\"migrants\" and \"small boat\"") != NULL);
    check_edit(by_words("Smuggling people", ""), EDIT_FLAG_ADD, "OIMCR", false);
    f = by_words("Facts", "He SMUGGLES migrants by night");
    check_edit(f, EDIT_FLAG_ADD, "OIMCR", false);
    /* One group counts once, a term ends with its sentence, and words are whole. */
    CHECK_INT(by_words("Boat", "A small boat; small boats, a dinghy.")->edit.what,
              EDIT_NONE);
    CHECK_INT(by_words("Boat", "It was small. Boats and people. Smuggling.")->edit.what,
              EDIT_NONE);
    CHECK_INT(by_words("Boat", "A smaller boat of migrants.")->edit.what, EDIT_NONE);
}

/* What was not asked for stays as an officer wrote it. */
static void only_the_wanted_classes_are_mended(void)
{
    static const struct {
        const char *words;
        const char *flags, *code;
        size_t count;
    } rows[] = {{"", "OIMRC", "FICT 0IM 01", 0},
                {"missing-flags offence-codes", "OIMRC", "FICT 0IM 01", 0},
                {"flags", "OIMCR", "FICT 0IM 01", 1},
                {"crime-code", "OIMRC", "FICT-OIM-01", 1},
                {"crime-code flags", "OIMCR", "FICT-OIM-01", 2}};
    uint32_t wanted = 0;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        start();
        record.facts.flags_submitted = (struct text_list){.count = 1, .at = {b("OIMRC")}};
        record.facts.crime_code = b("FICT 0IM 01");
        CHECK_OK(mend_classes_read(b(rows[i].words), &wanted));
        CHECK_OK(mends_apply(&record, wanted, &lists, fixture_now, &arena, &mends));
        CHECK_INT(mends.count, rows[i].count);
        CHECK_BYTES(record.facts.flags_submitted.at[0], b(rows[i].flags));
        CHECK_BYTES(record.facts.crime_code, b(rows[i].code));
    }
    CHECK_STATUS(mend_classes_read(b("flags spelling"), &wanted), E_VALUE);
    CHECK_STATUS(mend_classes_read(b("flags  crime-code"), &wanted), E_VALUE);
    CHECK_OK(mend_classes_read(b("flags missing-flags crime-code offence-codes"), &wanted));
    CHECK_INT(wanted, MEND_ALL);

    char room[64];
    struct writer w = writer_over(room, sizeof room);
    mend_classes_write(wanted, &w);
    CHECK_BYTES(writer_bytes(&w), b("flags missing-flags crime-code offence-codes"));
}

static void every_finding_with_a_mend_names_what_a_program_would_set(void)
{
    char room[96];
    struct writer w = writer_over(room, sizeof room);
    const struct edit edits[] = {{EDIT_FLAG, 3, {0}, true},
                                 {EDIT_FLAG_ADD, 0, {0}, true},
                                 {EDIT_CODE, 0, {0}, true},
                                 {EDIT_OFFENCE, 12, {0}, true}};

    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        edit_path_write(&edits[i], &w);
        write_text(&w, " ");
        write_text(&w, edit_word(edits[i].what));
        write_text(&w, ",");
    }
    CHECK_BYTES(writer_bytes(&w), b("flags[3] set,flags add,crime_code set,"
                                    "offence_codes[12] set,"));
    CHECK(edit_word(EDIT_NONE) == NULL);
}

CASES(CASE(a_near_miss_in_the_flags_can_be_mended_by_a_program),
      CASE(several_flags_in_one_are_all_proposed), CASE(a_flag_in_the_text_is_proposed),
      CASE(an_offence_proposes_its_flag_and_leaves_it_to_a_person),
      CASE(words_propose_a_flag_with_their_reason),
      CASE(only_the_wanted_classes_are_mended),
      CASE(every_finding_with_a_mend_names_what_a_program_would_set))
