#include "day.h"

#include "check.h"

static struct partial_date read_as(const char *text, const char *format, uint32_t pivot)
{
    struct partial_date d = {0};

    CHECK(day_read(bytes_of_text(text), format, pivot, &d));
    return d;
}

static void check_date(const char *text, const char *format, const char *wanted)
{
    char got[DAY_TEXT_ROOM];

    CHECK_OK(day_format_check(format, 0));
    day_write(read_as(text, format, 0), got);
    CHECK_TEXT(got, wanted);
}

static void refuse(const char *text, const char *format)
{
    struct partial_date d = {.year = 7};

    CHECK(!day_read(bytes_of_text(text), format, 0, &d));
    CHECK_INT(d.year, 7);
}

static void reads_the_forms_that_exports_use(void)
{
    check_date("03/04/2025", "dd/mm/yyyy", "2025-04-03");
    check_date("3/4/2025", "d/m/yyyy", "2025-04-03");
    check_date("2025-04-03", "yyyy-mm-dd", "2025-04-03");
    check_date("03 May 1938", "d Mon yyyy", "1938-05-03");
    check_date("3  SEPTEMBER 1938", "d Mon yyyy", "1938-09-03");
    check_date("03.04.2025 23:59", "dd.mm.yyyy hh:mi", "2025-04-03");
    check_date("2025-04-03T23:59:59Z", "yyyy-mm-ddThh:mi:ssZ", "2025-04-03");
    check_date("29/02/2024", "dd/mm/yyyy", "2024-02-29");
}

static void parts_that_are_not_there_stay_unknown(void)
{
    check_date("Mar 1970", "Mon yyyy", "1970-03");
    check_date("03/1970", "mm/yyyy", "1970-03");
    check_date("1970", "yyyy", "1970");
    check_date("circa 1970", "circa yyyy", "1970");
    check_date("about Mar 1970", "about Mon yyyy", "1970-03");
}

static void refuses_what_is_of_another_form_or_no_day(void)
{
    refuse("03/04/2025", "yyyy-mm-dd");
    refuse("2025-04-03 ", "yyyy-mm-dd");
    refuse("03/04/25", "dd/mm/yyyy");
    refuse("31/04/2025", "dd/mm/yyyy");
    refuse("29/02/2025", "dd/mm/yyyy");
    refuse("29/02/1900", "dd/mm/yyyy");
    refuse("03/13/2025", "dd/mm/yyyy");
    refuse("00/04/2025", "dd/mm/yyyy");
    refuse("03/00/2025", "dd/mm/yyyy");
    refuse("03/04/0000", "dd/mm/yyyy");
    refuse("3 Mayo 1938", "d Mon yyyy");
    refuse("1970 to 1971", "yyyy");
    refuse("45213", "yyyy");
    refuse("", "yyyy");
    refuse("03.04.2025 24:00", "dd.mm.yyyy hh:mi");
}

static void two_digits_of_a_year_need_a_pivot(void)
{
    struct partial_date d = {0};

    CHECK_STATUS(day_format_check("dd/mm/yy", 0), E_VALUE);
    CHECK_OK(day_format_check("dd/mm/yy", 26));
    CHECK(!day_read(bytes_of_text("03/04/25"), "dd/mm/yy", 0, &d));
    CHECK_INT(read_as("03/04/26", "dd/mm/yy", 26).year, 2026);
    CHECK_INT(read_as("03/04/27", "dd/mm/yy", 26).year, 1927);
    CHECK(!day_read(bytes_of_text("03/04/2026"), "dd/mm/yy", 26, &d));
}

static void formats_that_mean_nothing_are_refused(void)
{
    static const char *const wrong[] = {
        "",          "dd",          "dd/mm",       "dd/yyyy",    "dd/dd/yyyy",
        "yyyy/yyyy", "mm Mon yyyy", "day/mm/yyyy", "DD/MM/YYYY", "yyyy to yyyy"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(day_format_check(wrong[i], 30), E_FORM);
}

CASES(CASE(reads_the_forms_that_exports_use), CASE(parts_that_are_not_there_stay_unknown),
      CASE(refuses_what_is_of_another_form_or_no_day),
      CASE(two_digits_of_a_year_need_a_pivot), CASE(formats_that_mean_nothing_are_refused))
