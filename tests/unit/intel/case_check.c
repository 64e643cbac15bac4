#include "case_check.h"

#include "check.h"
#include "text.h"

/* R18 at the two places where people write references: in a report, in a document. */

static uint8_t memory[256 * 1024] __attribute__((aligned(16)));
static struct arena arena;
static struct findings findings;
static struct item_case_event made;
static struct case_given given;
static const char now_text[] = "2026-11-27T08:00:00Z";

static struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

static void start(void)
{
    arena_init(&arena, memory, sizeof memory);
    findings = (struct findings){0};
    given = (struct case_given){.reference = b(" nccu-2026 /004512 "),
                                .reported_at = b("2026-11-26T22:09Z"),
                                .station = b("55aa"),
                                .role = b("custody sergeant")};
}

static void check_report(bool own)
{
    struct case_side side = {.own = own, .force = own ? b("55") : b("")};

    CHECK_OK(time_read(b(now_text), &side.now));
    case_report_check(&given, &side, &arena, &findings, &made);
}

static void refused(const char *rule, const char *field)
{
    check_report(true);
    CHECK_INT(findings.count, 1);
    CHECK(findings.refused);
    CHECK_TEXT(findings.at[0].rule, rule);
    CHECK_TEXT(findings.at[0].field, field);
    CHECK(findings.at[0].mend[0] != '\0');
    start();
}

static void a_right_report_is_the_event_it_says(void)
{
    millis at = 0;

    start();
    check_report(true);
    CHECK_INT(findings.count, 0);
    CHECK_INT(made.what, CASE_REPORTED);
    CHECK_BYTES(made.reference, b("NCCU-2026/004512"));
    CHECK_BYTES(made.station, b("55AA"));
    CHECK_OK(time_read(b("2026-11-26T22:09:00Z"), &at));
    CHECK_INT(made.at, at);
    CHECK_BYTES(made.role, b("custody sergeant"));
}

static void each_wrong_column_is_told(void)
{
    start();
    given.reference = b("  ");
    refused("R18", "reference");
    given.reference = b("the usual one");
    refused("R18", "reference");
    given.reference = b("=cmd|' /C calc'!A0");
    refused("R18", "reference");
    given.reference = b("123456789012345678901234567890123");
    refused("R18", "reference");
    given.reported_at = b("");
    refused("R18", "reported_at");
    given.reported_at = b("26/11/2026 22:09");
    refused("R18", "reported_at");
    given.reported_at = b("2026-11-27T08:06Z");
    refused("R18", "reported_at");
    given.reported_at = b("2021-11-26T22:09Z");
    refused("R18", "reported_at");
    given.reported_at = b("1970-01-01T00:00Z");
    refused("R18", "reported_at");
    given.station = b("");
    refused("R14", "station");
    given.station = b("5AA");
    refused("R14", "station");
    given.station = b("44AA"); /* of another force */
    refused("R14", "station");
    given.station = b("00AA"); /* of none */
    refused("R14", "station");
    given.role = b("");
    refused("R18", "role");
    given.role = b("PC 4411");
    refused("R18", "role");
    given.role = b("an officer whose role takes far too many words");
    refused("R18", "role");
}

static void a_role_is_what_somebody_is_and_not_who(void)
{
    static const char *const roles[] = {"Custody Sergeant",
                                        "custody sergeant",
                                        "PC",
                                        "DCI",
                                        "PCSO",
                                        "Safeguarding Hub Manager",
                                        "Response officer",
                                        "Duty Inspector (Bournemouth)",
                                        "rural crime co-ordinator",
                                        "DS, Serious Crime Team",
                                        "Officer"};
    static const char *const names[] = {
        "Jane Smith",       "PC Smith",      "Smith",         "Custody Sgt J. Smith",
        "Sergeant O'Neil.", "PC Anne-Marie", "DS Jones (Bob)"};

    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        start();
        given.role = b(roles[i]);
        check_report(true);
        CHECK_INT(findings.count, 0);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        start();
        given.role = b(names[i]);
        refused("R18", "role");
    }
}

static void the_other_side_knows_no_role_and_takes_calls_of_all(void)
{
    start();
    given.role = b("");
    given.station = b("44AA");
    check_report(false);
    CHECK_INT(findings.count, 0);
    CHECK_INT(made.role.size, 0);
}

static void check_time(const char *text, const char *utc)
{
    millis t = 0;
    millis wanted = 0;

    CHECK_OK(case_time_read(b(text), &t));
    CHECK_OK(time_read(b(utc), &wanted));
    CHECK_INT(t, wanted);
}

static void times_need_their_zone(void)
{
    static const char *const wrong[] = {"",
                                        "2026-11-26",
                                        "2026-11-26T22:09",
                                        "2026-11-26T22:09:00",
                                        "2026-11-26T22:09:00.5Z",
                                        "2026-11-26T24:09Z",
                                        "2026-02-29T22:09Z",
                                        "2026-11-26T22:09+1:00",
                                        "2026-11-26T22:09+15:00",
                                        "2026-11-26T22:09+01:60",
                                        "2026-11-26T22:09 GMT",
                                        "2026-11-26x22:09Z",
                                        "1970-01-01T00:30+01:00"};
    millis t = 0;

    check_time("2026-11-26T22:09Z", "2026-11-26T22:09:00Z");
    check_time(" 2026-11-26 22:09:31Z ", "2026-11-26T22:09:31Z");
    check_time("2026-07-26T00:09+01:00", "2026-07-25T23:09:00Z");
    check_time("2026-07-26T23:59:59-00:30", "2026-07-27T00:29:59Z");
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(case_time_read(b(wrong[i]), &t), E_FORM);
}

/* By ISO 8601, among them the years' ends that are easily got wrong. */
static void weeks_are_those_of_the_calendar(void)
{
    static const struct {
        const char *at, *week;
    } rows[] = {
        {"1970-01-01T00:00:00Z", "1970-W01"}, {"2026-11-27T08:00:00Z", "2026-W48"},
        {"2026-11-29T23:59:59Z", "2026-W48"}, {"2026-11-30T00:00:00Z", "2026-W49"},
        {"2027-01-03T12:00:00Z", "2026-W53"}, {"2027-01-04T00:00:00Z", "2027-W01"},
        {"2024-12-30T00:00:00Z", "2025-W01"}, {"2023-01-01T00:00:00Z", "2022-W52"},
        {"2020-12-31T00:00:00Z", "2020-W53"},
    };
    char week[CASE_WEEK_ROOM];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        millis t = 0;
        CHECK_OK(time_read(b(rows[i].at), &t));
        case_week_write(t, week);
        CHECK_TEXT(week, rows[i].week);
    }
}

/* --- citations --- */

static struct case_near near;
static struct obligation known;
static struct case_citation cited;

static void cite(bool is_known)
{
    arena_init(&arena, memory, sizeof memory);
    findings = (struct findings){0};
    case_citation_check(&cited, is_known ? &known : NULL, &near, &arena, &findings);
}

static void begin(void)
{
    near = (struct case_near){0};
    known = (struct obligation){.state = OBLIGATION_REPORTED, .station = b("55AA")};
    cited = (struct case_citation){.reference = b("NCCU-1234"), .station = b("55AB")};
    cited.document.bytes[0] = 7;
}

static void advises(const char *part_of_sentence, const char *part_of_mend)
{
    CHECK_INT(findings.count, 1);
    CHECK(!findings.refused);
    CHECK_INT(findings.at[0].severity, SEVERITY_ADVISE);
    CHECK_TEXT(findings.at[0].rule, "R18");
    CHECK_TEXT(findings.at[0].field, "case_reference");
    CHECK(strstr(findings.at[0].sentence, part_of_sentence) != NULL);
    CHECK(strstr(findings.at[0].mend, part_of_mend) != NULL);
}

static void a_right_citation_needs_no_word(void)
{
    begin();
    cite(true);
    CHECK_INT(findings.count, 0);
    /* Its own document again, as a draft that is now accepted. */
    known.has_document = true;
    known.document = cited.document;
    cite(true);
    CHECK_INT(findings.count, 0);
}

static void an_unknown_reference_is_advised_on(void)
{
    begin();
    cite(false);
    advises("\"NCCU-1234\" is recorded here", "flagpost case add");
    case_near_look(&near, b("NCCU-1234"), b("NCCU-9999"));
    CHECK_INT(near.count, 0);
    case_near_look(&near, b("NCCU-1234"), b("NCCU-1299"));
    case_near_look(&near, b("NCCU-1234"), b("NCCU-1243"));
    case_near_look(&near, b("NCCU-1234"), b("NCCU-1199"));
    CHECK_INT(near.count, 1);
    CHECK_INT(near.distance, 1);
    cite(false);
    advises("\"NCCU-1234\"", "Was it NCCU-1243?");
    case_near_look(&near, b("NCCU-1234"), b("NCCU-123"));
    cite(false);
    advises("\"NCCU-1234\"", "Was it NCCU-1243 or NCCU-123?");
    /* A series that is counted up has neighbours everywhere: too many say nothing. */
    case_near_look(&near, b("NCCU-1234"), b("NCCU-1235"));
    case_near_look(&near, b("NCCU-1234"), b("NCCU-1236"));
    cite(false);
    advises("\"NCCU-1234\"", "If the call was made");
}

static void a_call_of_another_force_is_advised_on(void)
{
    begin();
    known.station = b("44AA");
    cite(true);
    advises("another force, from station \"44AA\"", "its own force");
    cited.station = b("");
    cite(true);
    CHECK_INT(findings.count, 0);
}

static void a_second_document_is_advised_on(void)
{
    begin();
    known.has_document = true;
    known.document.bytes[0] = 0xab;
    cite(true);
    advises("record \"ab000000", "correct the reference");
}

static void what_is_no_reference_is_advised_on(void)
{
    begin();
    cited.reference = b("see custody log");
    cite(false);
    advises("\"see custody log\" cannot be", "4 to 32");
}

CASES(CASE(a_right_report_is_the_event_it_says), CASE(each_wrong_column_is_told),
      CASE(a_role_is_what_somebody_is_and_not_who),
      CASE(the_other_side_knows_no_role_and_takes_calls_of_all),
      CASE(times_need_their_zone), CASE(weeks_are_those_of_the_calendar),
      CASE(a_right_citation_needs_no_word), CASE(an_unknown_reference_is_advised_on),
      CASE(a_call_of_another_force_is_advised_on), CASE(a_second_document_is_advised_on),
      CASE(what_is_no_reference_is_advised_on))
