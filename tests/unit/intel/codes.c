#include "mend.h"
#include "ruled.h"

/* R7: what is wrong with a code, what is proposed, and that it withholds one leg only. */

/* What is found about this field; all zero when nothing is. */
static struct finding about(const char *field)
{
    const struct finding *const f = finding("R7", field);

    return f == NULL ? (struct finding){.sentence = "", .mend = ""} : *f;
}

static struct finding with_code(const char *code)
{
    record.facts.crime_code = b(code);
    check_rules();
    CHECK(!findings.refused);
    const struct finding f = about("crime_code");
    CHECK_INT(findings.code_is_right, f.rule == NULL);
    return f;
}

static void a_code_written_otherwise_is_proposed(void)
{
    static const char *const ways[] = {"fict-oim-01", "FICT OIM 01", "FICTOIM01",
                                       "FICT-OIM-O1", "FICT-0IM-01", " FICT-OIM-01.",
                                       "FICT-OIM-0l", "FICT–OIM–01"};
    static const char *const none[] = {"FICT-OIM-99",  "FICT-OIM", "01",
                                       "FICT-OIM-011", "IM71142",  "?"};

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        start();
        const struct finding f = with_code(ways[i]);
        CHECK(f.rule != NULL && !findings.code_is_right);
        CHECK_INT(f.severity, SEVERITY_WITHHOLD);
        CHECK_INT(f.edit.what, EDIT_CODE);
        CHECK_BYTES(f.edit.value, b("FICT-OIM-01"));
        CHECK(f.edit.sure);
    }
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        start();
        CHECK_INT(with_code(none[i]).edit.what, EDIT_NONE);
    }
}

static void an_old_code_names_its_successor(void)
{
    start();
    struct finding f = with_code("FICT-OIM-00");
    CHECK_BYTES(f.edit.value, b("FICT-OIM-09"));
    CHECK(strstr(f.mend, "replaced: give \"FICT-OIM-09\"") != NULL);
    /* One that is itself past its time is not proposed. */
    for (size_t i = 0; i < lists.code_count; i++) {
        if (text_is(lists.codes[i].code, "FICT-OIM-09"))
            lists.codes[i].until = fixture_now;
    }
    CHECK_INT(with_code("FICT-OIM-00").edit.what, EDIT_NONE);
}

static void combinations_with_offences_and_flags_are_checked(void)
{
    start();
    record.facts.offence_codes = (struct text_list){1, {b("IM71502")}};
    CHECK(with_code("FICT-OIM-01").rule == NULL && findings.code_is_right);
    struct finding f = with_code("FICT-OIM-03"); /* by air, and at sea */
    CHECK(f.rule != NULL && !findings.code_is_right);
    CHECK(strstr(f.sentence, "does not go with \"endangerment_at_sea\"") != NULL);

    f = with_code("FICT-OIM-08");
    CHECK(f.rule != NULL &&
          strstr(f.sentence, "needs beside it \"online_promotion\"") != NULL);
    record.facts.offence_codes.at[0] = b("BS25009"); /* the other one that does */
    CHECK(with_code("FICT-OIM-08").rule == NULL && findings.code_is_right);
    record.facts.offence_codes.count = 0;
    CHECK(with_code("FICT-OIM-08").rule != NULL);

    start();
    lists.flags[lists.flag_count++] = b("MSHT");
    lists.terms.conditions[0] =
        (struct list_condition){b("FICT-OIM-01"), false, true, b("MSHT")};
    CHECK(strstr(with_code("FICT-OIM-01").sentence, "\"MSHT\" among the flags") != NULL);
    record.facts.flags_submitted = (struct text_list){2, {b("OIMCR"), b("msht")}};
    CHECK(with_code("FICT-OIM-01").rule == NULL);
    lists.terms.conditions[0].excludes = true;
    CHECK(with_code("FICT-OIM-01").rule != NULL);
}

static void an_offence_code_written_otherwise_is_proposed(void)
{
    start();
    record.facts.offence_codes =
        (struct text_list){3, {b("im71142"), b("IM7ll42"), b("TH68001")}};
    check_rules();
    CHECK(!findings.refused && findings.code_is_right);
    CHECK_BYTES(about("offence_codes[0]").edit.value, b("IM71142"));
    CHECK_BYTES(about("offence_codes[1]").edit.value, b("IM71142"));
    CHECK_INT(about("offence_codes[2]").edit.what, EDIT_NONE);
}

static void what_is_sure_is_mended_and_the_rest_left(void)
{
    struct mends mends;

    start();
    record.facts.flags_submitted = (struct text_list){2, {b("#OIMRC"), b("#FRAUD")}};
    record.facts.crime_code = b("fict-oim-00");
    record.facts.offence_codes = (struct text_list){2, {b("im71142"), b("TH68001")}};
    CHECK_OK(mends_apply(&record, MEND_ALL, &lists, fixture_now, &arena, &mends));
    CHECK_INT(mends.count, 4);
    CHECK_BYTES(record.facts.flags_submitted.at[0], b("OIMCR"));
    CHECK_BYTES(record.facts.flags_submitted.at[1], b("#FRAUD"));
    CHECK_BYTES(record.facts.crime_code, b("FICT-OIM-09"));
    CHECK_BYTES(record.facts.offence_codes.at[0], b("IM71142"));
    CHECK_BYTES(record.facts.offence_codes.at[1], b("TH68001"));
    CHECK_INT(record.facts.flags.count, 0); /* what checking sets stays out of the copy */

    start();
    CHECK_OK(mends_apply(&record, MEND_ALL, &lists, fixture_now, &arena, &mends));
    CHECK_INT(mends.count, 0);
}

CASES(CASE(a_code_written_otherwise_is_proposed), CASE(an_old_code_names_its_successor),
      CASE(combinations_with_offences_and_flags_are_checked),
      CASE(an_offence_code_written_otherwise_is_proposed),
      CASE(what_is_sure_is_mended_and_the_rest_left))
