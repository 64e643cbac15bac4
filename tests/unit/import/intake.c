#include "intake.h"

#include "check.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/*
 * Files that a force system would never write, through the confined reader: each is refused
 * with its place and its rule, in bounded memory and time.
 */

#define CSV_MAP                                                                            \
    "system: test\nformat: csv\nheader: yes\npublish: row-by-row\nkey: [ref]\nfields:\n"   \
    "  - {to: urn, column: ref}\n  - {to: title, column: title}\n"                         \
    "  - {to: priority, column: p}\n"
#define JSON_MAP(form)                                                                     \
    "system: test\nformat: " form "\npublish: row-by-row\nkey: [ref]\nfields:\n"           \
    "  - {to: urn, column: ref}\n  - {to: title, column: title}\n"                         \
    "  - {to: priority, column: p}\n  - {to: \"vehicles[0].vrm\", column: car.vrm}\n"

enum { SECONDS_MAX = 30, CHILD_MIB_MAX = 200 };

static struct mapping *map;
static struct intake_end end;
static size_t rows, bad;
static struct parcel first_bad;
static char texts[4][256]; /* rule, column, sentence, key of the first finding */

static void open_map(const char *text)
{
    struct mapping_fault fault = {0};

    map = mapping_free(map);
    CHECK_OK(mapping_read(bytes_of_text(text), &map, &fault));
}

static void keep(size_t i, struct bytes b)
{
    (void)snprintf(texts[i], sizeof texts[i], "%.*s", (int)b.size, (const char *)b.at);
}

static void keep_finding(const struct parcel *p)
{
    keep(0, bytes_of_text(import_rule_word(p->findings[0].rule)));
    keep(1, p->findings[0].column);
    keep(2, p->findings[0].sentence);
    keep(3, p->key);
}

static bool each(void *context, const struct parcel *p)
{
    (void)context;
    rows += p->kind == PARCEL_ROW;
    bad += p->kind == PARCEL_FINDINGS;
    if (p->kind == PARCEL_FINDINGS && bad == 1) {
        first_bad = *p;
        keep_finding(p);
    }
    return true;
}

/* The largest process that was waited for, so far; it never falls. */
static long children_mib(void)
{
    struct rusage use;

    CHECK_INT(getrusage(RUSAGE_CHILDREN, &use), 0);
    return use.ru_maxrss / 1024;
}

static void read_bytes_of(const void *at, size_t size)
{
    const struct intake_file file = {.text = bytes_of(at, size)};
    const time_t start = time(NULL);

    rows = 0;
    bad = 0;
    memset(texts, 0, sizeof texts);
    CHECK_OK(intake_read(map, &file, each, NULL, &end));
    CHECK(time(NULL) - start <= SECONDS_MAX);
    CHECK(children_mib() < CHILD_MIB_MAX);
    if (!end.whole)
        keep_finding(&end.fault);
}

static void read_text(const char *text)
{
    read_bytes_of(text, strlen(text));
}

static void check_stopped(const char *rule, uint32_t row, uint32_t line, const char *words)
{
    CHECK(!end.whole);
    CHECK_TEXT(texts[0], rule);
    if (strstr(texts[2], words) == NULL)
        (void)fprintf(stderr, "%s\n", texts[2]);
    CHECK(strstr(texts[2], words) != NULL);
    CHECK_INT(end.fault.row, row);
    CHECK_INT(end.fault.line, line);
}

static void check_row_refused(const char *rule, const char *column, const char *words)
{
    if (!end.whole)
        (void)fprintf(stderr, "%s: %s\n", texts[0], texts[2]);
    CHECK(end.whole);
    CHECK_INT(bad, 1);
    CHECK_TEXT(texts[0], rule);
    CHECK_TEXT(texts[1], column);
    if (strstr(texts[2], words) == NULL)
        (void)fprintf(stderr, "%s\n", texts[2]);
    CHECK(strstr(texts[2], words) != NULL);
}

static void good_files_are_read_whole(void)
{
    open_map(CSV_MAP);
    read_text("ref,title,p\r\nA1,\"a, \"\"b\"\"\nc\",low\r\nA2, =1+1 ,high\r\n");
    CHECK(end.whole);
    CHECK_INT(rows, 2);
    read_text("\xef\xbb\xbfref,title,p\nA1,x,low");
    CHECK_INT(rows, 1);
    open_map(JSON_MAP("json-lines"));
    read_text(
        "{\"ref\":\"A\",\"title\":\"x\",\"car\":{\"vrm\":\"AB12CDE\"}}\n{\"ref\":\"B\"}\n");
    CHECK(end.whole);
    CHECK_INT(rows, 2);
    open_map(JSON_MAP("json-array"));
    read_text(" [ {\"ref\":\"A\"} , {\"ref\":\"B\",\"p\":null} ] ");
    CHECK(end.whole);
    CHECK_INT(rows, 2);
    read_text("[]");
    CHECK(end.whole);
    CHECK_INT(rows, 0);
}

static void encodings_that_are_not_utf8_are_refused(void)
{
    open_map(CSV_MAP);
    read_bytes_of("ref,title,p\nA1,x,low\nA2,a\0b,low\n", 33);
    check_stopped("I1", 2, 3, "NUL");
    CHECK_TEXT(texts[1], "title");
    read_text("ref,title,p\nA1,caf\xe9,low\n");
    check_stopped("I1", 1, 2, "UTF-8");
    CHECK_TEXT(texts[1], "title");
    read_bytes_of("\xff\xfer\0e\0f\0", 8);
    check_stopped("I1", 0, 1, "UTF-16");
    read_bytes_of("r\0e\0f\0,\0", 8);
    check_stopped("I1", 0, 1, "UTF-16");
    read_text("\xef\xbb\xbf\xef\xbb\xbfref,title,p\n");
    check_stopped("I1", 0, 1, "byte order mark");
    open_map(JSON_MAP("json-lines"));
    read_text("{\"ref\":\"A\",\"title\":\"caf\xe9\"}\n");
    check_row_refused("I1", "", "UTF-8");
    read_text("{\"ref\":\"A\",\"title\":\"a\\u0000b\"}\n");
    check_row_refused("I1", "", "NUL");
}

static void csv_that_is_not_csv_is_refused(void)
{
    open_map(CSV_MAP);
    read_text("ref,title,p\nA1,a \"quoted\" word,low\n");
    check_stopped("I1", 1, 2, "quotes");
    read_text("ref,title,p\nA1,x,low\nA2,\"never closed,low\n");
    check_stopped("I1", 2, 3, "quotes");
    read_text("ref,title\nA1,x\n");
    check_stopped("I3", 0, 1, "mapping needs it");
    CHECK_TEXT(texts[1], "p");
    read_text("ref,title,p,colour\nA1,x,low,red\n");
    check_stopped("I3", 0, 1, "does not speak");
    read_text("ref,title,p,title\nA1,x,low,y\n");
    check_stopped("I3", 0, 1, "twice");
    read_text("ref,title,p\nA1,x\nA2,x,low\n");
    check_row_refused("I3", "", "as many cells");
    CHECK_INT(rows, 1);
}

/* What a large file begins with. */
static void begin(uint8_t *at, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        at[i] = (uint8_t)text[i];
}

/* Sizes that would fill memory if anyone asked for it before looking. */
static void sizes_are_refused_in_bounded_memory(void)
{
    enum { SIZE = 60 * 1024 * 1024, COLUMNS = 10 * 1000 * 1000, DEPTH = 1000 * 1000 };
    uint8_t *const big = malloc(SIZE);

    CHECK(big != NULL);
    open_map(CSV_MAP);
    memset(big, 'x', SIZE); /* one cell, unquoted, then quoted */
    begin(big, "ref,title,p\nA1,");
    read_bytes_of(big, SIZE);
    check_stopped("I2", 1, 2, "64 kilobytes");
    big[15] = '"';
    read_bytes_of(big, SIZE);
    check_stopped("I2", 1, 2, "64 kilobytes");
    memset(big, ',', COLUMNS);
    read_bytes_of(big, COLUMNS);
    check_stopped("I2", 0, 1, "256 columns");
    begin(big, "ref,title,p\n");
    read_bytes_of(big, COLUMNS);
    check_stopped("I2", 1, 2, "256 columns");

    open_map(JSON_MAP("json-lines"));
    memset(big, '[', DEPTH);
    begin(big, "{\"ref\":");
    read_bytes_of(big, DEPTH);
    check_stopped("I2", 1, 1, "deeper");
    memset(big, 'x', SIZE);
    begin(big, "{\"ref\":\"");
    read_bytes_of(big, SIZE);
    CHECK(!end.whole);
    open_map(JSON_MAP("json-array"));
    memset(big, '[', DEPTH);
    read_bytes_of(big, DEPTH);
    CHECK(!end.whole);
    free(big);
}

/* Rows of one cell where the header has two: refused, and quickly. */
static void more_rows_than_a_file_may_have_are_refused(void)
{
    enum { LINE = 2, HEAD = 4, SIZE = HEAD + (ROWS_MAX + 1) * LINE };
    uint8_t *const big = malloc(SIZE);

    CHECK(big != NULL);
    open_map("system: t\nformat: csv\nheader: yes\npublish: row-by-row\nfields:\n"
             "  - {to: title, column: a}\n  - {to: urn, column: b}\n");
    begin(big, "a,b\n");
    for (size_t i = 0; i <= ROWS_MAX; i++)
        begin(big + HEAD + i * LINE, "x\n");
    read_bytes_of(big, SIZE);
    check_stopped("I2", ROWS_MAX + 1, ROWS_MAX + 2, "1,000,000 rows");
    free(big);
}

static void identifiers_that_are_numbers_are_refused(void)
{
    static const char *const cells[] = {"4.47E+11", "4.47e+11", "1E+10", "#REF!",
                                        "########"};

    open_map(CSV_MAP);
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "ref,title,p\nA1,%s,low\n", cells[i]);
        read_text(text);
        check_row_refused("I6", "title", "spreadsheet");
        CHECK_TEXT(texts[3], "A1");
    }
    read_text("ref,title,p\n1.5E+10,x,low\n");
    check_row_refused("I6", "ref", "number");
    open_map(JSON_MAP("json-lines"));
    read_text("{\"ref\":\"A\",\"title\":447700900123}\n");
    check_row_refused("I6", "title", "number");
    read_text("{\"ref\":12,\"title\":\"x\"}\n");
    check_row_refused("I6", "ref", "number");
    read_text("{\"ref\":\"A\",\"title\":[\"x\",7]}\n");
    check_row_refused("I6", "title", "number");
}

static void duplicate_keys_and_unknown_words_are_refused(void)
{
    open_map(JSON_MAP("json-lines"));
    read_text("{\"ref\":\"A\",\"title\":\"x\",\"title\":\"y\"}\n{\"ref\":\"B\"}\n");
    check_row_refused("I1", "", "twice");
    CHECK_INT(rows, 1);
    read_text("{\"ref\":\"A\",\"p\":\"urgent\"}\n");
    check_row_refused("I4", "p", "high, medium, low");
    read_text("{\"ref\":\"A\",\"colour\":\"red\"}\n");
    check_row_refused("I3", "colour", "does not speak");
    open_map(CSV_MAP);
    read_text("ref,title,p\nA1,x,urgent\n");
    check_row_refused("I4", "p", "high, medium, low");
    read_text("ref,title,p\nA1,x,low\nA2,y,low\nA1,z,low\n");
    check_row_refused("I7", "ref", "same key");
    CHECK_INT(rows, 2);
    read_text("ref,title,p\n,x,low\n");
    check_row_refused("I7", "ref", "no key");
}

static bool stop_at_once(void *context, const struct parcel *p)
{
    (void)context;
    (void)p;
    return false;
}

static void a_listener_may_leave(void)
{
    const char *const text = "ref,title,p\nA1,x,low\nA2,x,low\n";
    const struct intake_file file = {.text = bytes_of_text(text)};

    open_map(CSV_MAP);
    CHECK_STATUS(intake_read(map, &file, stop_at_once, NULL, &end), E_BUSY);
}

CASES(CASE(good_files_are_read_whole), CASE(encodings_that_are_not_utf8_are_refused),
      CASE(csv_that_is_not_csv_is_refused), CASE(sizes_are_refused_in_bounded_memory),
      CASE(more_rows_than_a_file_may_have_are_refused),
      CASE(identifiers_that_are_numbers_are_refused),
      CASE(duplicate_keys_and_unknown_words_are_refused), CASE(a_listener_may_leave))
