/* The tables are written out once more here, from the page and not from the code. */

#include "regrade.h"

#include "ruled.h"

static void check_read(enum original_scheme scheme, const char *original,
                       const char *wanted)
{
    struct grade g = {0};
    const status s = regrade_grade(scheme, b(original), &g);

    if (wanted == NULL) {
        CHECK_STATUS(s, E_VALUE);
        CHECK_INT(g.source, 0);
        return;
    }
    CHECK_OK(s);
    CHECK_INT(g.source, (unsigned)(wanted[0] - '0'));
    CHECK_INT(g.assessment, (unsigned)(wanted[1] - 'A' + 1));
    CHECK_INT(g.original_scheme, scheme);
    CHECK_BYTES(g.original_grade, b(original));
    /* What rule R4 asks for is never missing, but where 3x5x2 itself has to say it. */
    if (scheme != SCHEME_3X5X2)
        CHECK((g.reason.size > 0) == (g.source == 3 || g.assessment == 5));
}

/* Every pair of one scheme: `sources` and `grades` are what A, B, ... and 1, 2, ... become.
 */
static void check_scheme(enum original_scheme scheme, const char *letters,
                         const char *sources, const char *digits, const char *grades)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        for (size_t k = 0; digits[k] != '\0'; k++) {
            const char original[] = {letters[i], digits[k], '\0'};
            const char wanted[] = {sources[i], grades[k], '\0'};
            check_read(scheme, original, wanted);
        }
    }
}

static void reads_every_grade_of_5x5x5(void)
{
    check_scheme(SCHEME_5X5X5, "ABCDE", "11232", "12345", "AABDE");
}

static void reads_every_grade_of_4x4(void)
{
    check_scheme(SCHEME_4X4, "ABCX", "1132", "1234", "BABC");
}

static void reads_a_grade_as_people_write_it(void)
{
    check_read(SCHEME_5X5X5, " b/2 - 4 ", "1A");
    check_read(SCHEME_5X5X5, "E41", "2D");
    check_read(SCHEME_4X4, "x 4", "2C");
    check_read(SCHEME_3X5X2, "2b", "2B");
    check_read(SCHEME_3X5X2, "3E C", "3E");
}

static void what_has_no_equivalent_is_left_to_a_person(void)
{
    static const char *const five[] = {"",    "B",    "2",     "F1",         "A6",
                                       "A0",  "2B",   "1A",    "X4",         "B29",
                                       "B2P", "B2\n", "B24 4", "\xc3\xa9-1", "B2?"};
    static const char *const four[] = {"D1", "E4", "A5", "A0", "X", "1A", "B22", "H0"};
    static const char *const own[] = {"4A", "1F", "A1", "1AX", "1A1"};

    for (size_t i = 0; i < COUNT_OF(five); i++)
        check_read(SCHEME_5X5X5, five[i], NULL);
    for (size_t i = 0; i < COUNT_OF(four); i++)
        check_read(SCHEME_4X4, four[i], NULL);
    for (size_t i = 0; i < COUNT_OF(own); i++)
        check_read(SCHEME_3X5X2, own[i], NULL);
    check_read((enum original_scheme)0, "B2", NULL);
    check_read((enum original_scheme)4, "B2", NULL);
    start();
    struct regraded_handling h = {0};
    CHECK_STATUS(regrade_handling(SCHEME_5X5X5, b("6"), &arena, &h), E_VALUE);
    CHECK_STATUS(regrade_handling(SCHEME_5X5X5, b("1 and 4"), &arena, &h), E_VALUE);
    CHECK_STATUS(regrade_handling(SCHEME_4X4, b("H4"), &arena, &h), E_VALUE);
    CHECK_STATUS(regrade_handling(SCHEME_4X4, b("1"), &arena, &h), E_VALUE);
    CHECK_STATUS(regrade_handling(SCHEME_4X4, b(" "), &arena, &h), E_VALUE);
    CHECK_STATUS(regrade_handling(SCHEME_4X4, b("H1 H1 H1 H1 H1 H1 H1 H1 H1"), &arena, &h),
                 E_VALUE);
    CHECK_INT(h.handling, 0);
}

static void check_codes(enum original_scheme scheme, const char *original,
                        const char *wanted, const char *condition)
{
    struct regraded_handling h = {0};
    const bool bound = wanted[0] == 'C';

    start();
    CHECK_OK(regrade_handling(scheme, b(original), &arena, &h));
    CHECK_INT(h.handling, bound ? HANDLING_C : HANDLING_P);
    CHECK_INT(h.action, bound ? (unsigned)(wanted[2] - '0') : 0);
    CHECK_INT(h.sanitisation, bound ? (unsigned)(wanted[4] - '0') : 0);
    char text[512];
    (void)snprintf(text, sizeof text, "%.*s", (int)h.conditions.size,
                   h.conditions.size == 0 ? "" : (const char *)h.conditions.at);
    CHECK(strstr(text, condition) != NULL);
    CHECK((h.conditions.size > 0) == bound && (h.reason.size > 0) == bound);
}

static void all_but_the_freest_handling_binds(void)
{
    check_codes(SCHEME_5X5X5, "1", "P", "");
    check_codes(SCHEME_5X5X5, "2", "CA1S2", "non-prosecuting");
    check_codes(SCHEME_5X5X5, "3", "CA1S2", "foreign law enforcement");
    check_codes(SCHEME_5X5X5, "4", "CA1S2", "originating agency only");
    check_codes(SCHEME_5X5X5, "5", "CA1S2", "observes conditions");
    check_codes(SCHEME_4X4, "h0", "P", "");
    check_codes(SCHEME_4X4, "H1", "CA2S2", "no judicial use");
    check_codes(SCHEME_4X4, "H2", "CA1S2", "no onward dissemination");
    check_codes(SCHEME_4X4, "H3", "CA1S2", "own restriction");
    check_codes(SCHEME_4X4, "H0+H1", "CA2S2", "no judicial use");
    check_codes(SCHEME_4X4, "H1, H2", "CA1S2", "permission. Europol H2");
    check_codes(SCHEME_3X5X2, "P", "P", "");
    check_codes(SCHEME_3X5X2, "C", "CA1S2", "code C");
}

static void reads_an_older_marking_and_holds_confidential(void)
{
    enum marking m = MARKING_SECRET;

    CHECK_OK(regrade_marking(b("restricted"), &m));
    CHECK_INT(m, MARKING_OFFICIAL_SENSITIVE);
    CHECK_OK(regrade_marking(b(" PROTECT "), &m));
    CHECK_INT(m, MARKING_OFFICIAL_SENSITIVE);
    CHECK_OK(regrade_marking(b("Not Protectively Marked"), &m));
    CHECK_INT(m, MARKING_OFFICIAL);
    static const char *const held[] = {"CONFIDENTIAL", "SECRET", "TOP SECRET", "",
                                       "RESTRICTED X"};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        CHECK_STATUS(regrade_marking(b(held[i]), &m), E_VALUE);
        CHECK_INT(m, MARKING_OFFICIAL);
    }
}

/* As an import leaves it: no grade, no code, no marking of ours. */
static void imported(const char *provenance, const char *text, const char *handling)
{
    start();
    CLEAR(record.label.marking);
    CLEAR(record.label.handling);
    record.report.original_marking = b("RESTRICTED");
    if (handling[0] != '\0')
        record.report.original_scheme = SCHEME_5X5X5;
    record.report.original_handling = b(handling);
    record.provenance.grade =
        (struct grade){.original_scheme = SCHEME_5X5X5, .original_grade = b(provenance)};
    record.texts[0].grade =
        (struct grade){.original_scheme = SCHEME_5X5X5, .original_grade = b(text)};
}

static void r22_reads_an_import_and_keeps_what_it_said(void)
{
    imported("B2", "E4", "4");
    check_rules();
    CHECK(!findings.refused);
    CHECK_INT(record.label.marking, MARKING_OFFICIAL_SENSITIVE);
    CHECK_INT(record.label.handling, HANDLING_C);
    CHECK_INT(record.label.action, ACTION_A1);
    CHECK_INT(record.label.sanitisation, SANITISATION_S2);
    CHECK_INT(record.provenance.grade.source, 1);
    CHECK_INT(record.texts[0].grade.source, 2);
    CHECK_INT(record.texts[0].grade.assessment, 4);
    CHECK_BYTES(record.texts[0].grade.original_grade, b("E4"));
    CHECK_BYTES(record.report.original_handling, b("4"));
    CHECK_BYTES(record.report.original_marking, b("RESTRICTED"));

    imported("B21", "D54", "");
    check_rules();
    CHECK(!findings.refused);
    CHECK_INT(record.label.handling, HANDLING_C);
    CHECK_BYTES(record.report.original_handling, b("1 4"));
    CHECK_INT(record.report.original_scheme, SCHEME_5X5X5);
    CHECK(record.texts[0].grade.reason.size > 0);
    imported("B21", "B21", "");
    check_rules();
    CHECK_INT(record.label.handling, HANDLING_P);
}

static void r22_never_changes_what_a_person_gave(void)
{
    imported("B2", "D5", "4");
    record.label.marking = MARKING_OFFICIAL;
    record.label.handling = HANDLING_P;
    record.texts[0].grade.source = 3;
    record.texts[0].grade.assessment = 5;
    record.texts[0].grade.reason = b("Known to invent.");
    check_rules();
    CHECK(!findings.refused);
    CHECK_INT(record.label.marking, MARKING_OFFICIAL);
    CHECK_INT(record.label.handling, HANDLING_P);
    CHECK_INT(record.label.action, ACTION_NONE);
    CHECK_BYTES(record.texts[0].grade.reason, b("Known to invent."));
    CHECK(finding("R22", "marking") != NULL && finding("R22", "handling") != NULL);
    imported("B2", "D5", "4");
    record.texts[0].grade.reason = b("Known to invent.");
    record.report.conditions = b("Ask us.");
    check_rules();
    CHECK_BYTES(record.texts[0].grade.reason, b("Known to invent."));
    CHECK_BYTES(record.report.conditions, b("Ask us."));
}

static void r22_holds_what_does_not_map_until_a_person_grades_it(void)
{
    imported("B2", "F9", "1");
    check_refused("R22", "texts[0].grade");
    imported("??", "B2", "1");
    check_refused("R22", "provenance.grade");
    imported("B2", "B2", "9");
    check_refused("R22", "handling");
    imported("B2", "B2", "1");
    record.report.original_marking = b("CONFIDENTIAL");
    check_refused("R22", "marking");

    imported("B2", "F9", "1");
    record.texts[0].grade.source = 2;
    record.texts[0].grade.assessment = 4;
    check_clean();
}

/* What a person can grade is kept for one; what more is wrong is the source's to mend, and
 * what may be above OFFICIAL-SENSITIVE is not kept. */
static void r22_tells_what_a_person_alone_can_grade(void)
{
    imported("F9", "??", "9");
    check_rules();
    CHECK(findings.refused && findings.ungraded);
    imported("B2", "B2", "1");
    check_rules();
    CHECK(!findings.refused && !findings.ungraded);
    imported("B2", "F9", "1");
    record.report.risk = b("");
    check_rules();
    CHECK(findings.refused && !findings.ungraded);
    imported("B2", "F9", "1");
    record.report.restricted = true; /* the one before R22 is asked, this one after it */
    check_rules();
    CHECK(findings.refused && !findings.ungraded);
    imported("B2", "F9", "1");
    record.report.original_marking = b("SECRET");
    check_rules();
    CHECK(findings.refused && !findings.ungraded);
}

static void r22_wants_scheme_and_original_together(void)
{
    start();
    record.texts[0].grade.original_grade = b("B2");
    check_refused("R22", "texts[0].original_grade");
    record.provenance.grade.original_scheme = SCHEME_4X4;
    check_refused("R22", "provenance.original_grade");
    record.report.original_scheme = SCHEME_4X4;
    check_refused("R22", "original_handling");
    record.report.original_handling = b("H1");
    check_refused("R22", "original_handling");
}

/* The fixture's text is 1A. */
static void r22_asks_for_a_reason_when_a_grade_is_raised(void)
{
    static const char *const lower[] = {"C2", "D1", "E1", "A3", "A4", "B5"};

    for (size_t i = 0; i < COUNT_OF(lower); i++) {
        start();
        record.texts[0].grade.original_scheme = SCHEME_5X5X5;
        record.texts[0].grade.original_grade = b(lower[i]);
        check_refused("R22", "texts[0].grade_reason");
    }
    record.texts[0].grade.original_scheme = SCHEME_5X5X5;
    record.texts[0].grade.original_grade = b("E1");
    record.texts[0].grade.reason = b("Confirmed by two patrols since.");
    check_clean();
    record.texts[0].grade.original_scheme = SCHEME_5X5X5;
    record.texts[0].grade.original_grade = b("B2");
    check_clean();
}

static void r22_asks_to_look_again_at_what_lies_between_two_grades(void)
{
    imported("B2", "C3", "1");
    check_advised("R22", "texts[0].grade");
    start();
    record.texts[0].grade =
        (struct grade){.original_scheme = SCHEME_4X4, .original_grade = b("B1")};
    check_advised("R22", "texts[0].grade");
}

CASES(CASE(reads_every_grade_of_5x5x5), CASE(reads_every_grade_of_4x4),
      CASE(reads_a_grade_as_people_write_it),
      CASE(what_has_no_equivalent_is_left_to_a_person),
      CASE(all_but_the_freest_handling_binds),
      CASE(reads_an_older_marking_and_holds_confidential),
      CASE(r22_reads_an_import_and_keeps_what_it_said),
      CASE(r22_never_changes_what_a_person_gave),
      CASE(r22_holds_what_does_not_map_until_a_person_grades_it),
      CASE(r22_tells_what_a_person_alone_can_grade),
      CASE(r22_wants_scheme_and_original_together),
      CASE(r22_asks_for_a_reason_when_a_grade_is_raised),
      CASE(r22_asks_to_look_again_at_what_lies_between_two_grades))
