#include "check.h"
#include "identifier.h"

/*
 * Properties over random numbers, which are made here by other means than the engine's: the
 * check characters by counting up, by tables and by long division of text.  One character
 * changed is always noticed where the scheme promises it.
 */

enum { ROUNDS = 400, TEXT_ROOM = 128 };

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64: the same numbers in every run. */
static unsigned below(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % limit);
}

static char random_digit(void)
{
    return (char)('0' + below(10));
}

static char random_letter(void)
{
    return (char)('A' + below(26));
}

static void put_digits(char *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        at[i] = random_digit();
}

static bool is_valid(enum identifier_type type, const char *raw)
{
    static _Alignas(16) uint8_t room[4096];
    struct identifier id = {0};
    struct arena a;

    arena_init(&a, room, sizeof room);
    CHECK_OK(identifier_of(type, bytes_of_text(""), bytes_of_text(raw), &a, &id));
    CHECK(id.canonical.size > 0); /* a wrong check does not take the number away */
    return id.valid;
}

static void check_valid(enum identifier_type type, const char *raw)
{
    if (!is_valid(type, raw)) {
        (void)fprintf(stderr, "%s %s is not valid\n", identifier_word(type), raw);
        abort();
    }
}

/* Every other character of the same kind in each of the places makes it wrong. */
static void check_changes_are_noticed(enum identifier_type type, const char *right,
                                      const size_t *places, size_t count)
{
    char text[TEXT_ROOM];

    for (size_t i = 0; i < count; i++) {
        const char was = right[places[i]];
        const bool digit = was >= '0' && was <= '9';
        const char last = digit ? '9' : 'Z';
        for (char c = digit ? '0' : 'A'; c <= last; c++) {
            if (c == was)
                continue;
            (void)snprintf(text, sizeof text, "%s", right);
            text[places[i]] = c;
            if (is_valid(type, text)) {
                (void)fprintf(stderr, "%s %s passes beside %s\n", identifier_word(type),
                              text, right);
                abort();
            }
        }
    }
}

/* Remainder of a number of any length, digit by digit as on paper. */
static unsigned remainder_of(const char *digits, unsigned divisor)
{
    unsigned rest = 0;

    for (; *digits != '\0'; digits++)
        rest = (rest * 10 + (unsigned)(*digits - '0')) % divisor;
    return rest;
}

/* Z for 0, then the letters in order, but for I, O and S. */
static char police_letter(const char *digits)
{
    unsigned left = remainder_of(digits, 23);
    char letter = 'A';

    if (left == 0)
        return 'Z';
    while (--left > 0) {
        letter++;
        while (letter == 'I' || letter == 'O' || letter == 'S')
            letter++;
    }
    return letter;
}

static void pnc_id_notices_each_change(void)
{
    static const size_t places[] = {2, 3, 5, 6, 7, 8, 9, 10, 11, 12};

    for (size_t i = 0; i < ROUNDS; i++) {
        char digits[10] = {0};
        char text[TEXT_ROOM];

        put_digits(digits, 9);
        (void)snprintf(text, sizeof text, "19%.2s/%s%c", digits, digits + 2,
                       police_letter(digits));
        check_valid(IDENTIFIER_PNC_ID, text);
        check_changes_are_noticed(IDENTIFIER_PNC_ID, text, places, COUNT_OF(places));
    }
}

static void cro_notices_each_change(void)
{
    static const size_t places[] = {0, 1, 2, 3, 4, 5, 7, 8, 9};

    for (size_t i = 0; i < ROUNDS; i++) {
        char digits[9] = {0};
        char text[TEXT_ROOM];

        put_digits(digits, 8);
        (void)snprintf(text, sizeof text, "%s/%.2s%c", digits + 2, digits,
                       police_letter(digits));
        check_valid(IDENTIFIER_CRO, text);
        check_changes_are_noticed(IDENTIFIER_CRO, text, places, COUNT_OF(places));
    }
}

static void cro_of_a_file_notices_each_change_of_its_serial(void)
{
    static const size_t places[] = {5, 6, 7, 8, 9, 10};

    for (size_t i = 0; i < ROUNDS; i++) {
        char digits[8] = {0};
        char text[TEXT_ROOM];

        (void)snprintf(digits, sizeof digits, "%02u", 65 + below(31));
        put_digits(digits + 2, 5);
        (void)snprintf(text, sizeof text, "SF%.2s/%s%c", digits, digits + 2,
                       police_letter(digits));
        check_valid(IDENTIFIER_CRO, text);
        check_changes_are_noticed(IDENTIFIER_CRO, text, places, COUNT_OF(places));
    }
}

static void arrest_summons_number_notices_each_change(void)
{
    static const size_t places[] = {0,  1,  2,  3,  8,  9,  10, 11,
                                    12, 13, 14, 15, 16, 17, 18, 19};

    for (size_t i = 0; i < ROUNDS; i++) {
        const bool numeric_system = below(2) == 0;
        char force[3] = {0}, system[3] = {0}, year[3] = {0}, serial[12] = {0};
        char checked[TEXT_ROOM], text[TEXT_ROOM];

        put_digits(force, 2);
        put_digits(year, 2);
        put_digits(serial, 11);
        for (size_t k = 0; k < 2; k++)
            system[k] = (char)(numeric_system ? random_digit() : random_letter());
        (void)snprintf(checked, sizeof checked, "%s%s%s%s", force,
                       numeric_system ? system : "", year, serial);
        (void)snprintf(text, sizeof text, "%s%s%c%c%s%s%c", year, force, random_letter(),
                       random_letter(), system, serial, police_letter(checked));
        check_valid(IDENTIFIER_ASN, text);
        check_changes_are_noticed(IDENTIFIER_ASN, text, places, COUNT_OF(places));
    }
}

/* The digit that makes the Luhn sum a multiple of ten, by its table of doubled digits. */
static char luhn_digit(const char *digits)
{
    static const unsigned doubled[] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
    const size_t size = strlen(digits);
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++) {
        const unsigned digit = (unsigned)(digits[i] - '0');
        sum += (size - i) % 2 == 1 ? doubled[digit] : digit;
    }
    return "0987654321"[sum % 10];
}

static void check_luhn(enum identifier_type type, const char *start, size_t size)
{
    size_t places[20];

    for (size_t i = 0; i < size; i++)
        places[i] = i;
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[TEXT_ROOM] = {0};

        (void)snprintf(text, sizeof text, "%s", start);
        put_digits(text + strlen(start), size - 1 - strlen(start));
        text[size - 1] = luhn_digit(text);
        check_valid(type, text);
        check_changes_are_noticed(type, text, places, size);
    }
}

static void handsets_and_cards_notice_each_change(void)
{
    check_luhn(IDENTIFIER_IMEI, "", 15);
    check_luhn(IDENTIFIER_ICCID, "89", 19);
    check_luhn(IDENTIFIER_ICCID, "89", 20);
}

/* The text of ISO 13616: country and zeros to the end, letters as two digits. */
static unsigned iban_rest(const char *account, const char *country_and_check)
{
    char digits[TEXT_ROOM] = {0};
    char all[TEXT_ROOM];
    size_t size = 0;

    (void)snprintf(all, sizeof all, "%s%s", account, country_and_check);
    for (const char *c = all; *c != '\0'; c++) {
        if (*c >= 'A')
            size +=
                (size_t)snprintf(digits + size, sizeof digits - size, "%d", *c - 'A' + 10);
        else
            digits[size++] = *c;
    }
    return remainder_of(digits, 97);
}

static void iban_notices_each_change(void)
{
    size_t places[22];

    for (size_t i = 0; i < COUNT_OF(places); i++)
        places[i] = i;
    for (size_t i = 0; i < ROUNDS; i++) {
        char account[19] = {0};
        char text[TEXT_ROOM];

        for (size_t k = 0; k < 4; k++)
            account[k] = random_letter();
        put_digits(account + 4, 14);
        (void)snprintf(text, sizeof text, "GB%02u%s", 98 - iban_rest(account, "GB00"),
                       account);
        check_valid(IDENTIFIER_IBAN, text);
        check_changes_are_noticed(IDENTIFIER_IBAN, text, places, COUNT_OF(places));
    }
}

/* ISO 6346, the values as the standard prints them. */
static unsigned container_rest(const char *text)
{
    static const unsigned letters[] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
                                       25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38};
    unsigned weight = 1;
    unsigned sum = 0;

    for (size_t i = 0; i < 10; i++, weight *= 2)
        sum +=
            weight * (text[i] >= 'A' ? letters[text[i] - 'A'] : (unsigned)(text[i] - '0'));
    return sum % 11;
}

/* Remainders 10 and 0 are written alike: the standard's own gap, so such pairs are left. */
static void check_changed_container(const char *text, size_t place)
{
    const unsigned rest = container_rest(text);
    char other[TEXT_ROOM];

    (void)snprintf(other, sizeof other, "%s", text);
    other[place] = (char)('0' + (text[place] - '0' + 1 + (int)below(9)) % 10);
    const bool gap = container_rest(other) % 10 == rest % 10;
    CHECK_INT(is_valid(IDENTIFIER_CONTAINER, other), gap);
    CHECK(!gap || container_rest(other) + rest == 10);
}

static void container_notices_each_change_of_a_digit(void)
{
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[TEXT_ROOM] = {0};

        for (size_t k = 0; k < 3; k++)
            text[k] = random_letter();
        text[3] = "UJZ"[below(3)];
        put_digits(text + 4, 6);
        text[10] = (char)('0' + container_rest(text) % 10);
        check_valid(IDENTIFIER_CONTAINER, text);
        for (size_t place = 4; place < 10; place++)
            check_changed_container(text, place);
    }
}

/* 7 3 1 7 3 1 ..., letters from 10 on, the filler 0. */
static char mrz_digit(const char *text)
{
    static const char order[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned sum = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        const char *const found = strchr(order, text[i]);
        sum += (found == NULL ? 0 : (unsigned)(found - order)) * (unsigned)"\7\3\1"[i % 3];
    }
    return (char)('0' + sum % 10);
}

static void machine_readable_zone_notices_each_change_of_a_digit(void)
{
    static const char line1[] = "P<ALBDOE<<JO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<";
    size_t places[40];
    size_t count = 0;

    for (size_t i = 0; i < 44; i++) {
        const bool checked = i != 10 && i != 11 && i != 12 && i != 20 && i != 0;
        if (checked)
            places[count++] = 44 + i;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        char number[10] = {0}, birth[7] = {0}, expiry[7] = {0}, personal[15] = {0};
        char rest[48], text[TEXT_ROOM];

        number[0] = random_letter();
        put_digits(number + 1, 8);
        put_digits(birth, 6);
        put_digits(expiry, 6);
        put_digits(personal, 14);
        (void)snprintf(rest, sizeof rest, "%s%c%s%c%s%c%s%c", number, mrz_digit(number),
                       birth, mrz_digit(birth), expiry, mrz_digit(expiry), personal,
                       mrz_digit(personal));
        (void)snprintf(text, sizeof text, "%s%.10sALB%.7sM%s%c", line1, rest, rest + 10,
                       rest + 17, mrz_digit(rest));
        CHECK_INT(strlen(text), 88);
        check_valid(IDENTIFIER_MRZ, text);
        check_changes_are_noticed(IDENTIFIER_MRZ, text, places, count);
    }
}

/* Whatever comes in: a fault or none, and the canonical form is its own canonical form. */
static void canonical_form_is_stable_whatever_comes_in(void)
{
    static const char signs[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcxyz"
                                "<<//--..@@  ++()\xc2\xa0\xe2\x80\x93\xff\x01";
    static _Alignas(16) uint8_t room[8192];

    for (size_t i = 0; i < 200000; i++) {
        const enum identifier_type type =
            (enum identifier_type)(1 + below(IDENTIFIER_TYPE_END - 1));
        const struct bytes country = bytes_of_text(below(2) == 0 ? "" : "GBR");
        char raw[TEXT_ROOM];
        const size_t size = below(below(4) == 0 ? TEXT_ROOM : 18);
        struct identifier one = {0}, two = {0};
        struct arena a;

        for (size_t k = 0; k < size; k++)
            raw[k] = signs[below(sizeof signs)];
        arena_init(&a, room, sizeof room);
        CHECK_OK(identifier_of(type, country, bytes_of(raw, size), &a, &one));
        CHECK_INT(one.valid, one.fault == NULL);
        CHECK(!one.valid || one.canonical.size > 0);
        if (!one.valid)
            continue;
        CHECK_OK(identifier_of(type, country, one.canonical, &a, &two));
        CHECK_BYTES(two.canonical, one.canonical);
        CHECK(two.valid);
    }
}

CASES(CASE(pnc_id_notices_each_change), CASE(cro_notices_each_change),
      CASE(cro_of_a_file_notices_each_change_of_its_serial),
      CASE(arrest_summons_number_notices_each_change),
      CASE(handsets_and_cards_notice_each_change), CASE(iban_notices_each_change),
      CASE(container_notices_each_change_of_a_digit),
      CASE(machine_readable_zone_notices_each_change_of_a_digit),
      CASE(canonical_form_is_stable_whatever_comes_in))
