#include "record_json.h"

#include "../intel/fixture.h"

static struct record one, two;
static struct json_fault fault;
static struct arena arena;

static void check_same(const struct record *x, const struct record *y)
{
    struct bytes first = {0};
    struct bytes second = {0};

    CHECK_OK(record_pack(x, &arena, &first));
    CHECK_OK(record_pack(y, &arena, &second));
    CHECK_BYTES(second, first);
}

static status read_text(const char *text)
{
    fixture_arena(&arena);
    fault = (struct json_fault){0};
    return record_json_read(b(text), &arena, &two, &fault);
}

/* Refused at that path, with words that hold `part`; of what is not JSON the result is left
 * alone, and what can be read of a record has a mend for what cannot. */
static void check_fault(const char *text, status wanted, const char *path, const char *part)
{
    char said[JSON_FAULT_ROOM];

    two.text_count = 31;
    CHECK_STATUS(read_text(text), wanted);
    CHECK_TEXT(fault.path, path);
    json_fault_text(&fault, said);
    if (strstr(said, part) == NULL)
        (void)fprintf(stderr, "  %s\n", said);
    CHECK(strstr(said, part) != NULL);
    CHECK(fault.next == NULL);
    CHECK_INT(two.text_count == 31, wanted != E_VALUE);
    CHECK_INT(fault.mend[0] != '\0', wanted == E_VALUE);
}

static void any_record_comes_back_from_json(void)
{
    struct dice d = {.state = 4};

    for (int i = 0; i < 300; i++) {
        struct bytes text = {0};
        struct bytes again = {0};

        fixture_arena(&arena);
        dice_record(&d, &arena, &one);
        CHECK_OK(record_json_write(&one, &arena, &text));
        CHECK_OK(record_json_read(text, &arena, &two, &fault));
        check_same(&one, &two);
        CHECK_OK(record_json_write(&two, &arena, &again));
        CHECK_BYTES(again, text);
        CHECK(memchr(text.at, '\n', text.size) == NULL);
    }
}

static void an_empty_record_is_an_empty_object(void)
{
    struct bytes text = {0};

    fixture_arena(&arena);
    memset(&one, 0, sizeof one);
    CHECK_OK(record_json_write(&one, &arena, &text));
    CHECK_BYTES(text, b("{}"));
    CHECK_OK(read_text("{}"));
    check_same(&one, &two);
}

static void a_person_can_type_it(void)
{
    CHECK_OK(read_text(
        "{\"urn\": \"55-IR-2026-00000012\", \"marking\": \"TOP SECRET\", \"handling\": "
        "\"C\","
        " \"action\": \"A3\", \"sanitisation\": \"S2\", \"priority\": \"high\","
        " \"flags\": [\"#OIMCR\"], \"date_of_intelligence\": \"2026-10\","
        " \"date_created\": \"2026-10-14\", \"purpose\": \"prevent\", \"no_intercept\": "
        "true,"
        " \"expires_at\": \"2027-01-01T00:00:00Z\", \"retention_class\": 2,"
        " \"provenance\": {\"text\": \"A walker.\", \"grade\": \"3E\","
        " \"grade_reason\": \"Wrong before.\"},"
        " \"texts\": [{\"text\": \"Boat.\", \"basis\": \"opinion\", \"grade\": \"1A\"}],"
        " \"persons\": [{\"surname\": \"Ễ\", \"given\": [\"A\", \"B\"],"
        " \"born\": \"1988-03-14\", \"roles\": [\"suspect\", \"victim\"]}],"
        " \"phones\": [\"+447700900101\", {\"number\": \"07700 900102\"}],"
        " \"vehicles\": [{\"vrm\": \"HX88 KMB\"}]}"));
    CHECK_INT(two.label.marking, MARKING_TOP_SECRET);
    CHECK_INT(two.label.handling, HANDLING_C);
    CHECK_INT(two.label.action, ACTION_A3);
    CHECK_INT(two.label.sanitisation, SANITISATION_S2);
    CHECK_INT(two.label.priority, PRIORITY_HIGH);
    CHECK_INT(two.label.retention_class, 2);
    CHECK(two.label.expires_at == 1798761600000);
    CHECK_INT(two.report.purpose, PURPOSE_PREVENT);
    CHECK(two.report.no_intercept);
    CHECK_BYTES(two.facts.flags_submitted.at[0], b("#OIMCR"));
    CHECK_INT(two.facts.date_of_intelligence.month, 10);
    CHECK_INT(two.facts.date_of_intelligence.day, 0);
    CHECK_INT(two.facts.date_created.day, 14);
    CHECK_INT(two.provenance.grade.source, 3);
    CHECK_INT(two.provenance.grade.assessment, 5);
    CHECK_INT(two.texts[0].basis, BASIS_OPINION);
    CHECK_INT(two.texts[0].grade.assessment, 1);
    CHECK_BYTES(two.persons[0].given.at[1], b("B"));
    CHECK_INT(two.persons[0].roles[1], ROLE_VICTIM);
    CHECK_INT(two.phone_count, 2);
    CHECK_BYTES(two.phones[0].raw, b("+447700900101"));
    CHECK_BYTES(two.phones[1].raw, b("07700 900102"));
    CHECK_BYTES(two.vehicles[0].vrm_raw, b("HX88 KMB"));
}

static void says_which_field_is_wrong_and_why(void)
{
    check_fault("{\"urn\": \"1\", \"titel\": \"x\"}", E_VALUE, "titel",
                "Did you mean \"title\"?");
    check_fault("{\"urn\": \"1\", \"nationality\": \"x\"}", E_VALUE, "nationality",
                "no field named \"nationality\".");
    check_fault("{\"urn\": \"1\", \"source_name\": \"x\"}", E_VALUE, "source_name",
                "no field named");
    check_fault("{\"persons\": [{}, {\"nam\": 1}]}", E_VALUE, "persons[1].nam",
                "no field named");
    check_fault("{\"urn\": \"1\", \"\": \"x\"}", E_VALUE, "?", "no field named \"\".");
    check_fault("{\"urn\": \"1\", \"\\u0001\": {\"\\u0002\": 1}}", E_VALUE, "?",
                "no field named \"\".");
    check_fault("{\"urn\": \"1\", \"ếếếếếếếếếếếếếếếếếếếếếế\": 1}", E_VALUE, "ếếếếếếếếếếếếế",
                "named \"ếếếếếếếếếếếếế\".");
    check_fault("{\"urn\": 12}", E_VALUE, "urn", "no digit is lost");
    check_fault("{\"phones\": [447700900101]}", E_VALUE, "phones[0]", "no digit is lost");
    check_fault("{\"persons\": [{\"given\": [\"A\", 7]}]}", E_VALUE, "persons[0].given[1]",
                "in quotes");
    check_fault("{\"urn\": null}", E_VALUE, "urn", "text in quotes");
    check_fault("{\"title\": [\"x\"]}", E_VALUE, "title", "text in quotes");
    check_fault(
        "{\"marking\": \"OFICIAL\"}", E_VALUE, "marking",
        "\"OFICIAL\" is not one of OFFICIAL, OFFICIAL-SENSITIVE, SECRET, TOP SECRET.");
    check_fault("{\"marking\": \"OFFICIAL SENSITVE\"}", E_VALUE, "marking",
                "Did you mean \"OFFICIAL-SENSITIVE\"?");
    check_fault("{\"priority\": \"whenever\"}", E_VALUE, "priority", "Choose one of them.");
    check_fault("{\"marking\": 3}", E_VALUE, "marking", "in quotes");
    check_fault("{\"no_intercept\": \"true\"}", E_VALUE, "no_intercept", "without quotes");
    check_fault("{\"no_intercept\": 1}", E_VALUE, "no_intercept", "true or false");
    check_fault("{\"retention_class\": \"2\"}", E_VALUE, "retention_class", "whole number");
    check_fault("{\"retention_class\": -1}", E_VALUE, "retention_class", "whole number");
    check_fault("{\"retention_class\": 4294967296}", E_VALUE, "retention_class", "whole");
    check_fault("{\"flags\": \"#OIMCR\"}", E_VALUE, "flags", "square brackets");
    check_fault("{\"flags\": [\"\"]}", E_VALUE, "flags[0]", "empty");
    check_fault("{\"texts\": {}}", E_VALUE, "texts", "square brackets");
    check_fault("{\"texts\": [\"x\"]}", E_VALUE, "texts[0]", "curly brackets");
    check_fault("{\"provenance\": []}", E_VALUE, "provenance", "curly brackets");
    check_fault("{\"texts\": [{\"grade\": \"1BP\"}]}", E_VALUE, "texts[0].grade", "2B");
    check_fault("{\"texts\": [{\"grade\": \"4A\"}]}", E_VALUE, "texts[0].grade", "2B");
    check_fault("{\"texts\": [{\"grade\": \"1F\"}]}", E_VALUE, "texts[0].grade", "2B");
    check_fault("{\"texts\": [{\"grade\": \"a1\"}]}", E_VALUE, "texts[0].grade", "2B");
    check_fault("{\"persons\": [{\"roles\": [\"suspect\", \"boss\"]}]}", E_VALUE,
                "persons[0].roles[1]", "\"boss\" is not one of suspect");
    check_fault("{\"persons\": [{\"roles\": \"suspect\"}]}", E_VALUE, "persons[0].roles",
                "square brackets");
    check_fault("{\"name\": 1, \"id\": 2}", E_VALUE, "", "None of its fields");
    check_fault("[]", E_VALUE, "", "curly brackets");
    check_fault("{} {}", E_FORM, "", "behind the end");
}

static void a_reference_names_a_list_and_a_place(void)
{
    static const char *const wrong[] = {"persons",
                                        "persons[]",
                                        "persons[x]",
                                        "persons[-1]",
                                        "persons[256]",
                                        "persons[0",
                                        "persons0]",
                                        "texts[0]",
                                        "links[0]",
                                        "[0]",
                                        "persons[00]",
                                        "persons[0]]",
                                        ""};
    char text[96];

    CHECK_OK(
        read_text("{\"links\": [{\"from\": \"persons[0]\", \"to\": \"social_tags[31]\","
                  " \"relation\": \"uses\"}]}"));
    CHECK_INT(two.links[0].from.kind, ITEM_PERSON);
    CHECK_INT(two.links[0].to.kind, ITEM_SOCIAL);
    CHECK_INT(two.links[0].to.index, 31);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)snprintf(text, sizeof text, "{\"links\": [{\"to\": \"%s\"}]}", wrong[i]);
        check_fault(text, E_VALUE, "links[0].to", "persons[0]");
    }
    check_fault("{\"identifiers\": [{\"of\": 0}]}", E_VALUE, "identifiers[0].of", "quotes");
}

static void a_set_has_each_word_once(void)
{
    CHECK_OK(read_text("{\"sensitive\": [\"health\", \"ethnicity\"]}"));
    CHECK_INT(two.report.sensitive, SENSITIVE_HEALTH | SENSITIVE_ETHNICITY);
    check_fault("{\"sensitive\": [\"health\", \"health\"]}", E_VALUE, "sensitive[1]",
                "twice");
    check_fault("{\"sensitive\": [\"wealth\"]}", E_VALUE, "sensitive[0]",
                "not one of ethnicity");
    check_fault("{\"sensitive\": \"health\"}", E_VALUE, "sensitive", "square brackets");
    check_fault("{\"schedule_8\": \"none\"}", E_VALUE, "schedule_8", "safeguarding");
}

static void a_date_has_one_form(void)
{
    static const char *const wrong[] = {
        "14/10/2026", "2026-10-14T00:00", "2026-1-1", "26", "2026-00", "2026-10-00", "0000",
        "2026-",      "2026/10",          "20261014", "",   "abcd"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "{\"date_created\": \"%s\"}", wrong[i]);
        check_fault(text, E_VALUE, "date_created", "2026-10-14");
    }
    /* Of the right form but not of the calendar: that is for the rules to say. */
    CHECK_OK(read_text("{\"date_created\": \"2026-13-45\"}"));
    CHECK_INT(two.facts.date_created.month, 13);
    check_fault("{\"expires_at\": \"2026-10-14\"}", E_VALUE, "expires_at", "in UTC");
}

static void a_field_twice_is_refused_at_any_depth(void)
{
    check_fault("{\"urn\": \"a\", \"urn\": \"b\"}", E_FORM, "", "given twice");
    check_fault("{\"texts\": [{\"text\": \"a\", \"text\": \"b\"}]}", E_FORM, "",
                "given twice");
    check_fault("{\"\\u0075rn\": \"a\", \"urn\": \"b\"}", E_FORM, "", "given twice");
    CHECK(fault.line == 1 && fault.column > 1);
}

static void what_is_not_json_is_refused_with_a_sentence(void)
{
    static const char raw_nul[] = "{\"urn\": \"a\0b\"}";

    check_fault("", E_FORM, "", "");
    check_fault("{", E_FORM, "", "middle of a record");
    check_fault("{\"urn\": \"a\"", E_FORM, "", "");
    check_fault("{'urn': 'a'}", E_FORM, "", "not JSON");
    check_fault("{\"urn\": \"a\\u0000b\"}", E_FORM, "", "NUL");
    check_fault("{\"urn\": \"a\xff\"}", E_FORM, "", "UTF-8");
    check_fault("{\"urn\": \"\xed\xa0\x80\"}", E_FORM, "", "UTF-8");
    check_fault("{\"urn\": \"\\ud800\"}", E_FORM, "", "");
    check_fault("{\"urn\": NaN}", E_FORM, "", "");
    check_fault("{\"retention_class\": 99999999999999999999}", E_FORM, "", "too large");
    fixture_arena(&arena);
    CHECK_STATUS(
        record_json_read(bytes_of(raw_nul, sizeof raw_nul - 1), &arena, &two, &fault),
        E_FORM);
    CHECK(fault.sentence[0] != '\0');
}

/* A wall of one byte, in front of which `start` stands. */
static status read_wall(const char *start, char brick, size_t size)
{
    static char wall[RECORD_JSON_BYTES_MAX + 2];

    memset(wall, brick, sizeof wall);
    struct writer w = writer_over(wall, sizeof wall);
    write_text(&w, start);
    fixture_arena(&arena);
    fault = (struct json_fault){0};
    return record_json_read(bytes_of(wall, size), &arena, &two, &fault);
}

static void walls_of_brackets_and_garbage_are_refused(void)
{
    static const char bricks[] = "[{\"\\ \xff:0-x\x01";

    for (size_t i = 0; i < sizeof bricks; i++) { /* the NUL at the end as well */
        CHECK_STATUS(read_wall("", bricks[i], 100000), E_FORM);
        CHECK(fault.sentence[0] != '\0');
        CHECK_STATUS(read_wall("{\"urn\": ", bricks[i], RECORD_JSON_BYTES_MAX), E_FORM);
        CHECK(fault.sentence[0] != '\0');
    }
    CHECK_STATUS(read_wall("", '[', 100000), E_FORM);
    CHECK(strstr(fault.sentence, "too deep") != NULL);
    CHECK_STATUS(read_wall("", ' ', RECORD_JSON_BYTES_MAX + 1), E_LIMIT);
    CHECK(strstr(fault.sentence, "megabyte") != NULL);
}

static void any_changed_byte_reads_or_gives_a_sentence(void)
{
    struct dice d = {.state = 99};
    struct bytes text = {0};

    fixture_arena(&arena);
    fixture_record(&one);
    CHECK_OK(record_json_write(&one, &arena, &text));
    uint8_t *const copy = arena_take(&arena, text.size);
    const size_t mark = arena_mark(&arena);
    for (int i = 0; i < 20000; i++) {
        memcpy(copy, text.at, text.size);
        for (uint32_t k = 0; k <= dice_below(&d, 3); k++)
            copy[dice_below(&d, (uint32_t)text.size)] = (uint8_t)dice_below(&d, 256);
        fault = (struct json_fault){0};
        const status s = record_json_read(bytes_of(copy, text.size), &arena, &two, &fault);
        CHECK(s == OK || fault.sentence[0] != '\0');
        CHECK(utf8_is_valid(b(fault.sentence)) && utf8_is_valid(b(fault.path)));
        arena_rewind(&arena, mark);
    }
}

static void lists_have_their_limits(void)
{
    char text[4096];
    struct writer w = writer_over(text, sizeof text);

    write_text(&w, "{\"phones\": [");
    for (int i = 0; i < 33; i++)
        write_text(&w, i == 0 ? "\"1\"" : ", \"1\"");
    write_text(&w, "]}");
    write_u8(&w, 0);
    check_fault(text, E_VALUE, "phones", "32");
    CHECK_TEXT(fault.rule, "I2");

    w = writer_over(text, sizeof text);
    write_text(&w, "{\"persons\": [{\"aliases\": [");
    for (int i = 0; i < 17; i++)
        write_text(&w, i == 0 ? "\"1\"" : ", \"1\"");
    write_text(&w, "]}]}");
    write_u8(&w, 0);
    check_fault(text, E_VALUE, "persons[0].aliases", "16");
    check_fault("{\"persons\": [{\"roles\": [\"other\", \"other\", \"other\", \"other\", "
                "\"other\", \"other\", \"other\"]}]}",
                E_VALUE, "persons[0].roles", "more than 6");
}

static void says_when_memory_runs_out(void)
{
    static _Alignas(16) uint8_t little[sizeof(struct record) + 64];
    struct bytes text = {0};

    fixture_arena(&arena);
    fixture_record(&one);
    CHECK_OK(record_json_write(&one, &arena, &text));
    for (size_t room = 0; room < sizeof little; room += sizeof little - 64) {
        struct arena small;
        arena_init(&small, little, room);
        fault = (struct json_fault){0};
        CHECK_STATUS(record_json_read(text, &small, &two, &fault), E_MEMORY);
        CHECK(fault.sentence[0] != '\0');
    }
}

static void writes_nothing_that_is_not_utf8(void)
{
    struct bytes text = {0};

    fixture_arena(&arena);
    fixture_record(&one);
    one.report.title = bytes_of("a\xff", 2);
    CHECK_STATUS(record_json_write(&one, &arena, &text), E_VALUE);
    one.report.title = bytes_of("a\0b", 3);
    CHECK_STATUS(record_json_write(&one, &arena, &text), E_VALUE);
    one.report.title = b("a");
    one.persons[0].given.at[0] = bytes_of("\xff", 1);
    CHECK_STATUS(record_json_write(&one, &arena, &text), E_VALUE);
}

static void a_byte_order_mark_is_passed_over(void)
{
    CHECK_OK(read_text("\xef\xbb\xbf{\"urn\": \"a\"}"));
    CHECK_BYTES(two.facts.urn, b("a"));
}

CASES(CASE(any_record_comes_back_from_json), CASE(an_empty_record_is_an_empty_object),
      CASE(a_person_can_type_it), CASE(says_which_field_is_wrong_and_why),
      CASE(a_reference_names_a_list_and_a_place), CASE(a_set_has_each_word_once),
      CASE(a_date_has_one_form), CASE(a_field_twice_is_refused_at_any_depth),
      CASE(what_is_not_json_is_refused_with_a_sentence),
      CASE(walls_of_brackets_and_garbage_are_refused),
      CASE(any_changed_byte_reads_or_gives_a_sentence), CASE(lists_have_their_limits),
      CASE(says_when_memory_runs_out), CASE(writes_nothing_that_is_not_utf8),
      CASE(a_byte_order_mark_is_passed_over))
