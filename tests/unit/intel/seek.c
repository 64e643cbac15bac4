#include "seek.h"

#include "fixture.h"

/* What is asked is found in the record that has it, in every way of writing it, and in no
 * other; and whatever is found by comparing has one of the tokens that it is looked for by.
 */

static struct arena arena;
static struct record record;
static struct seek seek;
static struct seek_found found;

static void begin(void)
{
    memset(&seek, 0, sizeof seek);
    fixture_arena(&arena);
}

static status ask(enum seek_field f, const char *given)
{
    const char *mend = NULL;
    const status s = seek_add(&seek, f, b(given), &arena, &mend);

    CHECK(mend != NULL);
    return s;
}

/* --- whether tokens would have found it --- */

struct messages {
    const struct seek_terms *terms;
    bool has[SEEK_TERMS_MAX];
};

static void take(void *context, struct bytes message)
{
    struct messages *const m = context;

    for (size_t i = 0; i < m->terms->count; i++)
        m->has[i] = m->has[i] || seek_term_has(&m->terms->at[i], message);
}

static bool is_candidate(void)
{
    static struct seek_terms terms;
    struct messages m = {.terms = &terms};
    size_t soft = 0;
    bool all = true;

    CHECK_OK(seek_terms(&seek, &terms));
    CHECK(terms.count > 0);
    tokens_of_record(&record, take, &m);
    for (size_t i = 0; i < terms.count; i++) {
        soft += terms.at[i].is_soft && m.has[i];
        all = all && (terms.at[i].is_soft || m.has[i]);
    }
    return all && soft >= terms.soft_needed;
}

static bool is_found(void)
{
    seek_in(&seek, &record, &found);
    CHECK(found.all == (found.count > 0));
    if (found.all && !is_candidate()) {
        (void)fprintf(stderr, "name \"%.*s\": %s\n", (int)seek.name.size,
                      (const char *)seek.name.at, found.hits[0].how);
        for (size_t i = 0; i < seek.part_count; i++)
            (void)fprintf(stderr, "%s \"%.*s\"\n", seek_field_word(seek.parts[i].field),
                          (int)seek.parts[i].given.size,
                          (const char *)seek.parts[i].given.at);
        CHECK(false);
    }
    return found.all;
}

static bool finds(enum seek_field f, const char *given)
{
    begin();
    CHECK_OK(ask(f, given));
    return is_found();
}

static const char *how(enum seek_field f, const char *given)
{
    return finds(f, given) ? found.hits[0].how : "";
}

static void check_at(enum seek_field f, const char *given, const char *where)
{
    CHECK(finds(f, given));
    CHECK_TEXT(found.hits[0].at.where, where);
}

/* --- numbers --- */

static void a_number_is_found_by_type_and_form(void)
{
    memset(&record, 0, sizeof record);
    record.phone_count = 2;
    record.phones[1].raw = b("(07700) 900 123");
    record.phones[1].e164 = b("+447700900123");
    record.vehicle_count = 1;
    record.vehicles[0].vrm_raw = b("ab12 cde");
    record.vehicles[0].vrm = b("AB12CDE");
    record.document_count = 1;
    record.documents[0].type = b("passport");
    record.documents[0].number = b("553 201 772");
    record.documents[0].canonical = b("553201772");
    record.email_count = 1;
    record.emails[0].raw = b("A.Name@example.org");
    record.emails[0].canonical = b("a.name@example.org");
    record.account_count = 1;
    record.accounts[0].raw = b("GB29 NWBK 6016 1331 9268 19");
    record.accounts[0].canonical = b("GB29NWBK60161331926819");
    record.identifier_count = 1;
    record.identifiers[0].type = b("imei");
    record.identifiers[0].canonical = b("490154203237518");
    CHECK_TEXT(how(SEEK_PHONE, "07700900123"), "the same");
    CHECK_INT(found.hits[0].at.index, 1);
    CHECK_TEXT(how(SEEK_PHONE, "+44 7700 900123"), "the same");
    CHECK(!finds(SEEK_PHONE, "07700900124"));
    CHECK_TEXT(how(SEEK_VRM, "AB 12 CDE"), "the same");
    CHECK_TEXT(how(SEEK_VRM, "A812CDE"), "possible: it reads alike");
    CHECK(!finds(SEEK_VRM, "AB12CDF"));
    CHECK_TEXT(how(SEEK_DOCUMENT, "passport:GBR:553201772"), "the same");
    CHECK_TEXT(how(SEEK_DOCUMENT, "553-201-772"), "as it was written");
    CHECK(!finds(SEEK_DOCUMENT, "553201773"));
    CHECK(!finds(SEEK_IDENTIFIER, "nino:QQ123456C"));
    check_at(SEEK_IDENTIFIER, "imei:490154203237518", "identifiers");
    check_at(SEEK_ACCOUNT, "GB29NWBK60161331926819", "accounts");
    check_at(SEEK_EMAIL, "a.NAME@example.org", "emails");
    CHECK(!finds(SEEK_EMAIL, "other@example.org"));
    /* A number of one type is not one of another. */
    CHECK(!finds(SEEK_PHONE, "553201772"));
    /* Free words find what stands in no text, too. */
    CHECK(finds(SEEK_WORDS, "ab12cde") && finds(SEEK_WORDS, "+447700900123"));
}

static void one_that_fails_its_check_is_found_as_written(void)
{
    memset(&record, 0, sizeof record);
    record.phone_count = 1;
    record.phones[0].raw = b("0770090012 ext 3");
    record.person_count = 1;
    record.persons[0].surname = b("Nemo");
    record.persons[0].pnc_id = b("03/11985Q");
    CHECK_TEXT(how(SEEK_IDENTIFIER, "pnc_id:03/11985Q"), "as it was written");
    record.phones[0].raw = b("7700900123");
    CHECK(finds(SEEK_PHONE, "+447700900123"));
    CHECK_TEXT(found.hits[0].how, "possible: the last nine digits");
}

static void a_number_in_a_text_is_found(void)
{
    memset(&record, 0, sizeof record);
    record.text_count = 1;
    record.texts[0].text = b("He rang +44 (0)7700 900 123 from AB12-CDE and wrote to "
                             "A.Name@Example.org under QQ 12 34 56 C.");
    CHECK_TEXT(how(SEEK_PHONE, "07700900123"), "in a text");
    CHECK_TEXT(how(SEEK_VRM, "ab12cde"), "in a text");
    CHECK_TEXT(how(SEEK_EMAIL, "a.name@example.org"), "in a text");
    CHECK_TEXT(how(SEEK_IDENTIFIER, "nino:QQ123456C"), "in a text");
    CHECK(!finds(SEEK_EMAIL, "a.name@example.com"));
    CHECK(!finds(SEEK_PHONE, "07700900122"));
}

/* --- words --- */

static void words_are_found_anywhere_and_all_of_them(void)
{
    fixture_record(&record);
    record.vessel_count = 2;
    record.vessels[0].name = b("Merry Widow");
    record.vessels[1].name = b("Widow Maker");
    record.address_count = 2;
    record.addresses[0].text = b("12 High Street, Poole");
    record.addresses[0].postcode = b("BH15 1AA");
    record.addresses[1].text = b("High Barn");
    CHECK(finds(SEEK_WORDS, "FUEL boat"));
    CHECK(finds(SEEK_WORDS, "night Pellow")); /* the title, and a name */
    CHECK(!finds(SEEK_WORDS, "boat fue"));
    CHECK(!finds(SEEK_WORDS, "boat submarine"));
    check_at(SEEK_VESSEL, "widow merry", "vessels");
    CHECK(!finds(SEEK_VESSEL, "merry maker")); /* of one of them */
    CHECK(!finds(SEEK_VESSEL, "boat"));        /* and of no text */
    CHECK(finds(SEEK_ADDRESS, "high street BH15"));
    CHECK(!finds(SEEK_ADDRESS, "street barn"));
    CHECK(finds(SEEK_FLAG, "oimcr") == false);
    record.facts.flags = (struct text_list){1, {b("OIMCR")}};
    CHECK(finds(SEEK_FLAG, "#oimcr"));
    CHECK(!finds(SEEK_FLAG, "#oimc"));
}

/* --- persons --- */

static void a_name_is_found_whole_in_part_and_by_its_sound(void)
{
    memset(&record, 0, sizeof record);
    record.person_count = 2;
    record.persons[0].surname = b("Hoxha");
    record.persons[0].given = (struct text_list){2, {b("Xhevdet"), b("Ali")}};
    record.persons[0].born = (struct partial_date){1988, 3, 14};
    record.persons[1].surname = b("Other");
    record.persons[1].aliases = (struct text_list){1, {b("Mohammed Khaled")}};
    CHECK_TEXT(how(SEEK_NAME, "Xhevdet Ali Hoxha"), "the whole name");
    CHECK_TEXT(how(SEEK_NAME, "hoxha xhevdet"), "part of the name");
    CHECK_TEXT(how(SEEK_NAME, "Jevdet Hodja"), "possible: it sounds alike");
    CHECK_INT(found.hits[0].at.index, 0);
    CHECK_TEXT(how(SEEK_NAME, "Muhamad Qalid"), "possible: it sounds alike");
    CHECK_INT(found.hits[0].at.index, 1);
    CHECK(!finds(SEEK_NAME, "Jevdet Khaled")); /* of two persons */
    CHECK(!finds(SEEK_NAME, "Xhevdet Smith"));
    CHECK(!finds(SEEK_NAME, "Other Smith")); /* one word in common is too little */
    CHECK(finds(SEEK_NAME, "Other"));
    begin();
    CHECK_OK(ask(SEEK_NAME, "Xhevdet Hoxha"));
    CHECK_OK(ask(SEEK_BORN, "1951"));
    CHECK(!is_found());
    CHECK_OK(ask(SEEK_BORN, "1988-03"));
    CHECK(is_found());
    CHECK_OK(ask(SEEK_WORDS, "submarine"));
    CHECK(!is_found()); /* all that is asked */
}

static void what_asks_nothing_right_is_refused(void)
{
    const char *mend = NULL;

    begin();
    CHECK_STATUS(seek_check(&seek, &mend), E_VALUE);
    CHECK_STATUS(ask(SEEK_WORDS, "  "), E_VALUE);
    CHECK_STATUS(ask(SEEK_WORDS, "--"), E_VALUE);
    CHECK_STATUS(ask(SEEK_WORDS, "one two three four five six seven eight nine"), E_LIMIT);
    CHECK_STATUS(ask(SEEK_BORN, "14.3.1988"), E_VALUE);
    CHECK_STATUS(ask(SEEK_IDENTIFIER, "553201772"), E_VALUE);
    CHECK_STATUS(ask(SEEK_DOCUMENT, "55"), E_VALUE);
    CHECK_STATUS(ask(SEEK_PHONE, "\xff"), E_VALUE);
    CHECK_OK(ask(SEEK_BORN, "1988"));
    CHECK_STATUS(seek_check(&seek, &mend), E_VALUE);
    CHECK_OK(ask(SEEK_PHONE, "07700900123"));
    CHECK_STATUS(seek_check(&seek, &mend), E_VALUE); /* a date of birth is of a name */
    CHECK_OK(ask(SEEK_NAME, "Xhevdet Hoxha"));
    CHECK_OK(seek_check(&seek, &mend));
    CHECK_STATUS(ask(SEEK_NAME, "Somebody Else"), E_LIMIT);
    for (size_t i = 1; i < SEEK_PARTS_MAX; i++)
        CHECK_OK(ask(SEEK_PHONE, "07700900123"));
    CHECK_STATUS(ask(SEEK_PHONE, "07700900123"), E_LIMIT);
}

/* --- whatever is compared --- */

static struct bytes some_of(struct dice *d, struct bytes text)
{
    const size_t from = text.size == 0 ? 0 : dice_below(d, (uint32_t)text.size);
    const size_t size = dice_below(d, (uint32_t)(text.size - from + 1));

    return bytes_of(text.at + from, size < 60 ? size : 60);
}

/* Names of few words, so that they meet. */
static struct bytes some_name(struct dice *d)
{
    static const char *const names[] = {
        "Ali",  "Al-Hassan", "Alhassan",    "Hassan Ali", "O'Neil", "Oneil",
        "Neil", "Mohammed",  "Muhamad Ali", "A",          "Hassan", "Al Hassan Omar"};

    return b(names[dice_below(d, COUNT_OF(names))]);
}

/* A value of a record by chance, or a piece of one. */
static struct bytes drawn(struct dice *d)
{
    const struct bytes all[] = {
        record.report.title,
        record.texts[0].text,
        record.provenance.text,
        record.persons[0].surname,
        record.persons[0].given.at[0],
        record.persons[0].aliases.at[0],
        record.vehicles[0].vrm_raw,
        record.phones[0].raw,
        record.phones[0].e164,
        record.documents[0].number,
        record.accounts[0].raw,
        record.addresses[0].text,
        record.vessels[0].name,
        record.emails[0].raw,
        record.facts.urn,
    };
    const struct bytes one = all[dice_below(d, COUNT_OF(all))];

    return dice_below(d, 2) == 0 ? one : some_of(d, one);
}

static struct bytes asked_name(struct dice *d)
{
    char text[64];
    struct bytes copy = {0};
    const struct bytes first = some_name(d);
    const struct bytes second = some_name(d);

    (void)snprintf(text, sizeof text, "%.*s %.*s", (int)first.size, (const char *)first.at,
                   (int)second.size, (const char *)second.at);
    CHECK_OK(arena_copy(&arena, b(text), &copy));
    return dice_below(d, 3) == 0 ? first : copy;
}

static void make_record(struct dice *d)
{
    dice_record(d, &arena, &record);
    for (size_t k = 0; k < record.person_count; k++) {
        record.persons[k].surname = some_name(d);
        record.persons[k].given = (struct text_list){1, {some_name(d)}};
    }
}

/* A question by chance; true when the record answers it. */
static bool is_answered(struct dice *d)
{
    static struct seek_terms terms;
    const char *mend = NULL;

    memset(&seek, 0, sizeof seek);
    for (uint32_t parts = 1 + dice_below(d, 2); parts > 0; parts--) {
        const enum seek_field f = (enum seek_field)(1 + dice_below(d, SEEK_FIELD_END - 1));
        const struct bytes given = f == SEEK_NAME ? asked_name(d) : drawn(d);
        status_ignore(seek_add(&seek, f, given, &arena, &mend));
    }
    if (seek_check(&seek, &mend) != OK)
        return false;
    CHECK_OK(seek_terms(&seek, &terms));
    return terms.count > 0 && is_found();
}

static void whatever_is_found_by_comparing_is_found_by_tokens(void)
{
    enum { RECORDS = 300, QUESTIONS = 60 };
    struct dice d = {77};
    size_t matched = 0;

    for (size_t i = 0; i < RECORDS; i++) {
        begin();
        make_record(&d);
        for (size_t k = 0; k < QUESTIONS; k++) {
            const size_t mark = arena_mark(&arena);
            matched += is_answered(&d);
            arena_rewind(&arena, mark);
        }
    }
    (void)printf("    %zu questions that a record answers\n", matched);
    CHECK(matched > 500);
}

/* However it is spaced, and whatever is glued to it. */
static void a_number_is_found_by_free_words(void)
{
    memset(&record, 0, sizeof record);
    record.text_count = 2;
    record.texts[0].text = b("Rang tel07700900777call, lives at BH205LR.");
    record.texts[1].text = b("Seen at SW1A 1AA with 07700 900 888.");
    record.report.contact = b("FIB desk Tolpuddle");
    record.facts.station = b("55AB");
    CHECK(finds(SEEK_WORDS, "07700900777") && finds(SEEK_WORDS, "07700 900777"));
    CHECK(finds(SEEK_WORDS, "rang 07700900777") && finds(SEEK_PHONE, "07700900777"));
    CHECK(finds(SEEK_WORDS, "bh20 5lr") && finds(SEEK_WORDS, "bh205lr"));
    CHECK(finds(SEEK_WORDS, "sw1a1aa") && finds(SEEK_WORDS, "07700900888"));
    CHECK(!finds(SEEK_WORDS, "0770090077") && !finds(SEEK_WORDS, "bh20 5la"));
    CHECK(!finds(SEEK_WORDS, "rang 07700900778") && !finds(SEEK_WORDS, "5lr bh20"));
    check_at(SEEK_WORDS, "tolpuddle", "report");
    check_at(SEEK_WORDS, "55ab", "station");
}

CASES(CASE(a_number_is_found_by_type_and_form), CASE(a_number_is_found_by_free_words),
      CASE(one_that_fails_its_check_is_found_as_written), CASE(a_number_in_a_text_is_found),
      CASE(words_are_found_anywhere_and_all_of_them),
      CASE(a_name_is_found_whole_in_part_and_by_its_sound),
      CASE(what_asks_nothing_right_is_refused),
      CASE(whatever_is_found_by_comparing_is_found_by_tokens))
