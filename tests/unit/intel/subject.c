#include "subject.h"

#include "check.h"

/* One person is found however the name is written, and nobody else. */

static uint8_t memory[65536];
static struct arena arena;
static struct record record;
static struct subject_query query;
static struct subject_found found;

static struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

static status ask(const char *name, const char *born, const char *identifier)
{
    const char *field = NULL;

    arena_init(&arena, memory, sizeof memory);
    return subject_query_read(b(name), b(born), b(identifier), &arena, &query, &field);
}

static void search(const char *name, const char *born, const char *identifier)
{
    CHECK_OK(ask(name, born, identifier));
    subject_search(&query, &record, &found);
}

static void one_person(const char *surname, const char *first, const char *second)
{
    memset(&record, 0, sizeof record);
    record.person_count = 1;
    record.persons[0].surname = b(surname);
    record.persons[0].given.at[0] = b(first);
    record.persons[0].given.at[1] = b(second);
    record.persons[0].given.count = second[0] == '\0' ? 1 : 2;
}

static enum subject_how how(const char *name)
{
    search(name, "", "");
    return found.count == 0 ? SUBJECT_NOT : found.hits[0].how;
}

static void a_name_is_a_multiset_of_words(void)
{
    one_person("Khan", "Amir", "Ali");
    CHECK_INT(how("amir ali KHAN"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("Khan, Ali Amir"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("Amir Khan"), SUBJECT_PART_OF_NAME);
    CHECK_INT(how("Amir Ali Khan Shah"), SUBJECT_PART_OF_NAME);
    CHECK_INT(how("Amir Khan Khan"), 0);
    CHECK_INT(how("Amir Shah"), 0);
    CHECK_INT(how("Kha"), 0);
}

static void accents_and_hyphens_do_not_matter(void)
{
    one_person("M\xc3\xbcller-D\x27"
               "Arcy",
               "Jos\xc3\xa9", "");
    CHECK_INT(how("jose muller darcy"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("Jose\xcc\x81 Mu\xcc\x88ller D Arcy"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("jose mullerdarcy"), SUBJECT_WHOLE_NAME);
    one_person("Mullerdarcy", "Jose", "");
    CHECK_INT(how("Jos\xc3\xa9 M\xc3\xbcller-D\xe2\x80\x99"
                  "Arcy"),
              SUBJECT_WHOLE_NAME);
    one_person("Ali", "LALLIE", "");
    CHECK_INT(how("ALI lallie"), SUBJECT_WHOLE_NAME);
}

/* Each was written by somebody with another keyboard, or in capitals. */
static void letters_of_other_alphabets_are_the_same_in_any_dress(void)
{
    one_person("D\xc6\xb0\xc6\xa1ng", "V\xc4\x83n", ""); /* Vietnamese, with horns */
    CHECK_INT(how("VAN DUONG"), SUBJECT_WHOLE_NAME);
    one_person("Y\xc4\xb1ld\xc4\xb1z", "\xc5\x9e", ""); /* Turkish, without dots */
    CHECK_INT(how("YILDIZ S"), SUBJECT_WHOLE_NAME);
    one_person("\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2", "", "");
    CHECK_INT(how("\xd0\x98\xd0\x92\xd0\x90\xd0\x9d\xd0\x9e\xd0\x92"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2"), SUBJECT_WHOLE_NAME);
    one_person("\xce\x93\xce\xb9\xcf\x8e\xcf\x81\xce\xb3\xce\xbf\xcf\x82", "", "");
    CHECK_INT(how("\xce\x93\xce\x99\xce\xa9\xce\xa1\xce\x93\xce\x9f\xce\xa3"),
              SUBJECT_WHOLE_NAME);
    one_person("Khan", "\xef\xbc\xa1\xef\xbd\x8d\xef\xbd\x89\xef\xbd\x92",
               ""); /* full width */
    CHECK_INT(how("Amir Khan"), SUBJECT_WHOLE_NAME);
}

static void an_alias_is_a_name(void)
{
    one_person("Khan", "Amir", "");
    record.persons[0].aliases.at[0] = b("Baz the Boat");
    record.persons[0].aliases.count = 1;
    CHECK_INT(how("baz the boat"), SUBJECT_WHOLE_NAME);
    CHECK_INT(how("Khan Baz"), SUBJECT_NOT); /* of two names one word each */
}

static size_t born(const char *asked, uint32_t y, uint32_t m, uint32_t d)
{
    one_person("Khan", "Amir", "");
    record.persons[0].born = (struct partial_date){.year = y, .month = m, .day = d};
    search("Amir Khan", asked, "");
    CHECK_INT(found.count + found.born_otherwise, 1);
    return found.count;
}

static void another_date_of_birth_is_another_person(void)
{
    CHECK_INT(born("1988-03-14", 1988, 3, 14), 1);
    CHECK_INT(born("1988-03-14", 1988, 3, 15), 0);
    CHECK_INT(born("1988-03-14", 1989, 3, 14), 0);
    CHECK_INT(born("1988-03-04", 1988, 4, 3), 1); /* day and month exchanged */
    CHECK_INT(born("1988-03-14", 1988, 1, 1), 1); /* registered so when not known */
    CHECK_INT(born("1988-03-14", 1988, 0, 0), 1);
    CHECK_INT(born("1988-03-14", 1988, 4, 0), 0);
    CHECK_INT(born("1988-03-14", 0, 0, 0), 1);
    CHECK_INT(born("1988", 1988, 3, 14), 1);
    one_person("Khan", "Amir", "");
    record.persons[0].born = (struct partial_date){.year = 2009};
    record.persons[0].born_assessed = (struct partial_date){.year = 2001};
    search("Amir Khan", "2001-05-06", "");
    CHECK_INT(found.count, 1);
}

static void an_identifier_is_found_in_each_form(void)
{
    one_person("Nobody", "Known", "");
    record.persons[0].born = (struct partial_date){.year = 1950};
    record.identifier_count = 1;
    record.identifiers[0] =
        (struct record_identifier){.of = {.kind = ITEM_PERSON, .index = 0},
                                   .type = b("passport"),
                                   .raw = b("123456789")};
    search("", "1988", "passport:GBR:123 456 789");
    CHECK_INT(found.count, 1);
    CHECK_INT(found.hits[0].how, SUBJECT_IDENTIFIER);
    CHECK(found.hits[0].person == &record.persons[0]);
    record.identifier_count = 0;
    record.phone_count = 1;
    record.phones[0].e164 = b("+447700900123");
    search("", "", "phone:07700 900123");
    CHECK_INT(found.count, 1);
    CHECK(strcmp(found.hits[0].where, "phones") == 0);
    record.phone_count = 0;
    record.text_count = 1;
    record.texts[0].text = b("He rang from 07700-900 123 at noon.");
    search("", "", "phone:07700 900123");
    CHECK_INT(found.count, 1);
    search("", "", "phone:07700 900124");
    CHECK_INT(found.count, 0);
}

static void a_name_in_a_text_is_found(void)
{
    one_person("Nobody", "Known", "");
    record.text_count = 2;
    record.texts[1].text = b("Seen with KHAN; the other was called Amir.");
    search("Amir Khan", "1988", "");
    CHECK_INT(found.count, 1);
    CHECK_INT(found.hits[0].how, SUBJECT_IN_TEXT);
    CHECK_INT(found.hits[0].index, 1);
    record.texts[1].text = b("Seen with Khanna and Amir.");
    search("Amir Khan", "", "");
    CHECK_INT(found.count, 0);
    record.attachment_count = 1;
    record.attachments[0].name = b("amir_khan_2.jpg");
    search("Amir Khan", "", "");
    CHECK_INT(found.count, 1);
    CHECK(strcmp(found.hits[0].where, "attachments") == 0);
}

static void a_text_beside_the_record_is_found_once(void)
{
    one_person("Nobody", "Known", "");
    search("Amir Khan", "", "phone:07700900123");
    subject_search_text(&query, b("Khanna"), "notes", 0, &found);
    CHECK_INT(found.count, 0);
    subject_search_text(&query, b("Khan, Amir: as before"), "notes", 1, &found);
    subject_search_text(&query, b("Amir Khan 07700 900 123"), "notes", 2, &found);
    subject_search_text(&query, b("07700900123"), "notes", 3, &found);
    CHECK_INT(found.count, 2);
    CHECK_INT(found.hits[0].how, SUBJECT_IN_TEXT);
    CHECK_INT(found.hits[0].index, 1);
    CHECK_INT(found.hits[1].how, SUBJECT_IDENTIFIER);
    CHECK_INT(found.hits[1].index, 2);
}

static void a_query_that_says_nothing_right_is_refused(void)
{
    static const char *const born_wrong[] = {"88",           "1988-3",  "1988-13",
                                             "1988-02-30",   "1988-00", "1988-03-00",
                                             "1988-03-14-1", "x"};
    static const char *const wrong[] = {
        "123456789", "shoe:44", "passport:", "passport: ", ":1", "passport:GBR:"};

    for (size_t i = 0; i < COUNT_OF(born_wrong); i++)
        CHECK_STATUS(ask("A", born_wrong[i], ""), E_VALUE);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(ask("A", "", wrong[i]), E_VALUE);
    CHECK_STATUS(ask("--", "", ""), E_VALUE);
    CHECK_STATUS(ask("\xff", "", ""), E_VALUE);
}

CASES(CASE(a_name_is_a_multiset_of_words), CASE(accents_and_hyphens_do_not_matter),
      CASE(letters_of_other_alphabets_are_the_same_in_any_dress), CASE(an_alias_is_a_name),
      CASE(another_date_of_birth_is_another_person),
      CASE(an_identifier_is_found_in_each_form), CASE(a_name_in_a_text_is_found),
      CASE(a_text_beside_the_record_is_found_once),
      CASE(a_query_that_says_nothing_right_is_refused))
