/* A fault names line and column, and says what was expected. */

#include "config.h"
#include "check.h"
#include "content.h"

#define REALM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define REST  "name = Kent\nrealm = " REALM "\nlisten = tcp://127.0.0.1:7700\n"
#define WHOLE "agency = F46\n" REST

static void check_fault(const char *text, uint32_t line, uint32_t column,
                        const char *sentence)
{
    struct config c = {.hello_ms = 7};
    struct config_fault f = {0};

    CHECK_STATUS(config_read(bytes_of_text(text), &c, &f), E_CONFIG);
    CHECK_TEXT(f.sentence, sentence);
    CHECK_INT(f.line, line);
    CHECK_INT(f.column, column);
    CHECK_INT(c.hello_ms, 7);
}

static struct config check_read(const char *text)
{
    struct config c = {0};
    struct config_fault f = {0};
    const status s = config_read(bytes_of_text(text), &c, &f);

    CHECK_TEXT(f.sentence, "");
    CHECK_OK(s);
    return c;
}

static void a_plain_file_is_read_with_its_defaults(void)
{
    const struct config c = check_read(WHOLE);

    CHECK_TEXT(c.agency.text, "F46");
    CHECK_TEXT(c.name, "Kent");
    CHECK_INT(c.realm.bytes[1], 0x11);
    CHECK_INT(c.realm.bytes[31], 0xff);
    CHECK_TEXT(c.listen, "tcp://127.0.0.1:7700");
    CHECK_INT(c.hello_ms, 1000);
    CHECK_INT(c.require_purpose, 1);
    CHECK_INT(c.second_person, 0);
    CHECK_TEXT(c.desk_group, "");
    CHECK_INT(c.case_officer_hours, 24);
    CHECK_INT(c.case_bureau_hours, 48);
    CHECK_INT(c.case_remind_hours, 4);
    CHECK_INT(c.acknowledge_minutes, 15);
    CHECK_INT(c.dispose_undo_hours, 72);
    CHECK_INT(c.handling_told,
              1 << OUTCOME_OPENED | 1 << OUTCOME_COPIED | 1 << OUTCOME_SHARED);
    CHECK_INT(c.handling_minutes, 60);
    CHECK_INT(c.reading_hour_max, 60);
    CHECK_INT(c.reading_from, 0);
    CHECK_INT(c.reading_until, 24);
    CHECK_TEXT(c.alternates, "");
    CHECK_INT(c.disk_low_mib, 256);
}

static void spaces_comments_and_order_are_free(void)
{
    const struct config c = check_read("# first\r\n\r\n"
                                       "  require_purpose=0   # not on this one\r\n"
                                       "\thello_ms\t=\t250\r\n"
                                       "case_officer_hours=1\r\n"
                                       "case_remind_hours = 0\r\n"
                                       "acknowledge_minutes = 1440\r\n"
                                       "disk_low_mib = 1\r\n"
                                       "dispose_undo_hours = 1\r\n"
                                       "handling_told = shared ,opened\r\n"
                                       "handling_minutes = 0\r\n"
                                       "reading_hour_max = 0\r\n"
                                       "reading_hours = 22-06\r\n"
                                       "alternates = duty desk, ext.#4411 # by day\r\n"
                                       "listen = tcp://[::1]:1\n"
                                       "realm = " REALM "\n"
                                       "name = Heddlu #1 Dyfed=Powys\n"
                                       "agency = JFC");

    CHECK_INT(c.require_purpose, 0);
    CHECK_INT(c.hello_ms, 250);
    CHECK_INT(c.case_officer_hours, 1);
    CHECK_INT(c.case_remind_hours, 0);
    CHECK_INT(c.acknowledge_minutes, 1440);
    CHECK_INT(c.disk_low_mib, 1);
    CHECK_INT(c.dispose_undo_hours, 1);
    CHECK_INT(c.handling_told, 1 << OUTCOME_SHARED | 1 << OUTCOME_OPENED);
    CHECK_INT(c.handling_minutes, 0);
    CHECK_INT(c.reading_hour_max, 0);
    CHECK_INT(c.reading_from, 22);
    CHECK_INT(c.reading_until, 6);
    CHECK_TEXT(c.alternates, "duty desk, ext.#4411");
    CHECK_TEXT(c.listen, "tcp://[::1]:1");
    CHECK_TEXT(c.name, "Heddlu");
    CHECK_TEXT(check_read("agency = F46\nname = a#1 = b\nrealm = " REALM
                          "\nlisten = tcp://*:65535")
                   .name,
               "a#1 = b");
}

static void an_unknown_key_is_named_with_the_one_that_was_meant(void)
{
    check_fault("agency = F46\n\n  lisen = tcp://h:1\n", 3, 3,
                "\"lisen\" is not a known key; did you mean \"listen\"?");
    check_fault("Agency = F46\n", 1, 1,
                "\"Agency\" is not a known key; did you mean \"agency\"?");
    check_fault("hello = 1\n", 1, 1, "\"hello\" is not a known key");
    check_fault("colour = blue\n", 1, 1, "\"colour\" is not a known key");
    check_fault(" = blue\n", 1, 2, "\"\" is not a known key");
    check_fault("\x1b[2J = x\n", 1, 1, "\"?[2J\" is not a known key");
    check_fault("an_endless_word_that_goes_on_and_on_and_on = x\n", 1, 1,
                "\"an_endless_word_that_goes_on_and...\" is not a known key");
}

static void a_key_stands_once(void)
{
    check_fault("agency = F46\nagency = F46\n", 2, 1,
                "\"agency\" stands already on line 1");
}

static void a_line_without_a_value_is_a_fault(void)
{
    check_fault("agency F46\n", 1, 1, "a line reads: key = value");
    check_fault(
        "agency =\n", 1, 9,
        "\"\" is not an agency id: capital letters, digits and hyphens, at most 16");
}

static void what_is_missing_is_named(void)
{
    check_fault("", 1, 1,
                "\"agency\" is missing: an agency id: capital letters, digits and hyphens, "
                "at most 16");
    check_fault("agency = F46\nname = Kent\nrealm = " REALM "\n", 4, 1,
                "\"listen\" is missing: tcp://host:port, at most 128 characters");
}

static void each_value_is_checked(void)
{
    static const char number[] = "a number of milliseconds from 100 to 10000";
    static const char *const bad_listen[] = {
        "ipc://x:1",    "tcp://",     "tcp://host",    "tcp://:1",     "tcp://host:",
        "tcp://host:0", "tcp://h:01", "tcp://h:65536", "tcp://H:1",    "tcp://a b:1",
        "tcp://h/x:1",  "tcp:/h:1",   "tcp://h:-1",    "tcp://h:1;x:", "h:1",
    };
    char text[512];
    char sentence[CONFIG_FAULT_ROOM];

    check_fault("agency = f46\n", 1, 10,
                "\"f46\" is not an agency id: capital letters, digits and hyphens, at most "
                "16");
    check_fault("hello_ms = 99\n", 1, 12,
                "\"99\" is not a number of milliseconds from 100 to 10000");
    CHECK(snprintf(sentence, sizeof sentence, "\"10001\" is not %s", number) > 0);
    check_fault("hello_ms = 10001\n", 1, 12, sentence);
    CHECK(snprintf(sentence, sizeof sentence, "\"1e3\" is not %s", number) > 0);
    check_fault("hello_ms = 1e3\n", 1, 12, sentence);
    check_fault("desk_group = a:b\n", 1, 14,
                "\"a:b\" is not a group of this machine, at most 32 characters");
    check_fault("handling_told = opened, read\n", 1, 17,
                "\"opened, read\" is not a list of: opened, copied, shared; or the word "
                "nothing");
    check_fault("reading_hours = 7-19\n", 1, 17,
                "\"7-19\" is not hours of the day, for example 07-19");
    check_fault("reading_hours = 24-06\n", 1, 17,
                "\"24-06\" is not hours of the day, for example 07-19");
    check_fault("case_officer_hours = 0\n", 1, 22,
                "\"0\" is not a number of hours from 1 to 8760");
    check_fault("case_bureau_hours = 8761\n", 1, 21,
                "\"8761\" is not a number of hours from 1 to 8760");
    check_fault("require_purpose = 2\n", 1, 19, "\"2\" is not 1 (yes) or 0 (no)");
    check_fault("realm = 0011\n", 1, 9,
                "\"0011\" is not 64 hexadecimal digits in lower case");
    check_fault("name = a\tb\n", 1, 8,
                "\"a?b\" is not a name of 1 to 64 bytes without control characters");
    check_fault("agency = F46\nname = \xff\n", 2, 1, "this line is not text in UTF-8");
    for (size_t i = 0; i < COUNT_OF(bad_listen); i++) {
        CHECK(snprintf(text, sizeof text, "listen = %s\n", bad_listen[i]) > 0);
        CHECK(snprintf(sentence, sizeof sentence,
                       "\"%s\" is not tcp://host:port, at most 128 characters",
                       bad_listen[i]) > 0);
        check_fault(text, 1, 10, sentence);
    }
}

static void a_name_fits_or_is_refused(void)
{
    char text[512];
    char name[80];

    memset(name, 'n', sizeof name);
    name[64] = '\0';
    CHECK(snprintf(text, sizeof text,
                   "agency = F46\nname = %s\nrealm = " REALM "\nlisten = tcp://h:1\n",
                   name) > 0);
    CHECK_TEXT(check_read(text).name, name);
    CHECK(snprintf(text, sizeof text, "name = %sx\n", name) > 0);
    check_fault(text, 1, 8,
                "\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\" is not a name of 1 to 64 bytes "
                "without control characters");
}

static void no_prefix_of_a_file_breaks_the_reader(void)
{
    static const char whole[] = WHOLE;
    struct config c = {0};
    struct config_fault f;

    for (size_t size = 0; size < sizeof whole - 2; size++) {
        f = (struct config_fault){0};
        const status s = config_read(bytes_of(whole, size), &c, &f);
        CHECK(s == E_CONFIG ? f.line > 0 && f.column > 0 && f.sentence[0] != '\0'
                            : s == OK && size > sizeof whole - 6); /* "...:7" is a port */
    }
}

static void what_is_written_is_read_back(void)
{
    static uint8_t memory[8192] __attribute__((aligned(16)));
    struct arena a;
    struct bytes text = {0};
    struct config again = {0};
    struct config_fault f = {0};
    struct config c = check_read(WHOLE);

    arena_init(&a, memory, sizeof memory);
    c.hello_ms = 300;
    c.require_purpose = 0;
    c.second_person = 1;
    memcpy(c.desk_group, "fib-desk", sizeof "fib-desk");
    CHECK_OK(config_write(&c, &a, &text));
    CHECK_OK(config_read(text, &again, &f));
    CHECK_TEXT(again.agency.text, "F46");
    CHECK_TEXT(again.name, "Kent");
    CHECK(hash_equal(&again.realm, &c.realm));
    CHECK_TEXT(again.listen, "tcp://127.0.0.1:7700");
    CHECK_INT(again.hello_ms, 300);
    CHECK_INT(again.require_purpose, 0);
    CHECK_INT(again.second_person, 1);
    CHECK_TEXT(again.desk_group, "fib-desk");

    /* A name that would come back otherwise is refused. */
    arena_reset(&a);
    memcpy(c.name, "a #1", sizeof "a #1");
    CHECK_STATUS(config_write(&c, &a, &text), E_VALUE);
    memcpy(c.name, "a\nb", sizeof "a\nb");
    CHECK_STATUS(config_write(&c, &a, &text), E_VALUE);
}

CASES(CASE(a_plain_file_is_read_with_its_defaults),
      CASE(spaces_comments_and_order_are_free),
      CASE(an_unknown_key_is_named_with_the_one_that_was_meant), CASE(a_key_stands_once),
      CASE(a_line_without_a_value_is_a_fault), CASE(what_is_missing_is_named),
      CASE(each_value_is_checked), CASE(a_name_fits_or_is_refused),
      CASE(no_prefix_of_a_file_breaks_the_reader), CASE(what_is_written_is_read_back))
