#include "seek.h"

#include "rule.h"
#include "text.h"
#include "words.h"

#include <string.h>

/* What was typed, field by field. */

static const struct field_form {
    const char *word;
    enum identifier_type type; /* of a number */
} fields[SEEK_FIELD_END] = {
    [SEEK_WORDS] = {.word = "words"},
    [SEEK_NAME] = {.word = "name"},
    [SEEK_BORN] = {.word = "born"},
    [SEEK_PHONE] = {"phone", IDENTIFIER_PHONE},
    [SEEK_VRM] = {"vrm", IDENTIFIER_VRM},
    [SEEK_DOCUMENT] = {.word = "document"},
    [SEEK_IDENTIFIER] = {.word = "identifier"},
    [SEEK_VESSEL] = {.word = "vessel"},
    [SEEK_ACCOUNT] = {.word = "account"},
    [SEEK_EMAIL] = {"email", IDENTIFIER_EMAIL},
    [SEEK_ADDRESS] = {.word = "address"},
    [SEEK_FLAG] = {.word = "flag"},
};

const char *seek_field_word(enum seek_field f)
{
    const unsigned i = (unsigned)f;

    return i < SEEK_FIELD_END ? fields[i].word : NULL;
}

/* --- numbers --- */

static bool same_message(const struct seek_message *m, struct bytes message)
{
    return bytes_equal(bytes_of(m->at, m->size), message);
}

bool seek_term_has(const struct seek_term *t, struct bytes message)
{
    size_t i = 0;

    while (i < t->count && !same_message(&t->any[i], message))
        i++;
    return i < t->count;
}

void seek_term_add(void *term, struct bytes message)
{
    struct seek_term *const t = term;

    if (seek_term_has(t, message))
        return;
    MUST(t->count < SEEK_ANY_MAX && message.size <= TOKEN_MESSAGE_MAX);
    t->any[t->count].size = (uint8_t)message.size;
    memcpy(t->any[t->count].at, message.at, message.size);
    t->count++;
}

/* A British number in a text: 07700 900123, 0044 7700 900123, +44 (0)7700 900123. */
static void add_phone_forms(struct seek_term *t, struct bytes canonical)
{
    static const char *const before[] = {"0", "0044", "440"};
    uint8_t room[TOKEN_NUMBER_MOST];

    if (canonical.size < 4 || memcmp(canonical.at, "+44", 3) != 0)
        return;
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        struct writer w = writer_over(room, sizeof room);
        write_text(&w, before[i]);
        write_bytes(&w, bytes_from(canonical, 3));
        if (!w.bad)
            token_of_number(writer_bytes(&w), seek_term_add, t);
    }
}

/* In a text an address falls apart; the longest part of what is before its @ is a word
 * there.  False: it has no @. */
static bool add_mailbox(struct seek_term *t, struct bytes address)
{
    const uint8_t *const end = memchr(address.at, '@', address.size);
    struct subject_word longest = {.size = 0};
    struct subject_word w;
    size_t at = 0;

    if (end == NULL)
        return false;
    const struct bytes mailbox = bytes_of(address.at, (size_t)(end - address.at));
    while (subject_word_next(mailbox, &at, READING_APART, &w))
        longest = w.size > longest.size ? w : longest;
    token_of_word(bytes_of(longest.text, longest.size), seek_term_add, t);
    return true;
}

static status read_number(struct seek_part *p, enum identifier_type type,
                          struct bytes country, struct bytes raw, struct arena *a)
{
    struct seek_term *const t = &p->term;
    struct identifier id = {.canonical = {0}};

    ENSURE(raw.size > 0 && raw.size <= IDENTIFIER_RAW_MAX, E_VALUE);
    p->type = type;
    if (type != 0) {
        TRY(identifier_of(type, country, raw, a, &id));
        token_of_identifier(type, id.canonical, seek_term_add, t);
    }
    token_of_number(id.canonical, seek_term_add, t);
    token_of_number(raw, seek_term_add, t);
    if (type == IDENTIFIER_PHONE) {
        add_phone_forms(t, id.canonical);
        token_of_tail(id.canonical.size > 0 ? id.canonical : raw, seek_term_add, t);
    }
    if (type == IDENTIFIER_VRM)
        token_of_alike(id.canonical, seek_term_add, t);
    if (type == IDENTIFIER_EMAIL)
        ENSURE(add_mailbox(t, raw), E_VALUE);
    return t->count > 0 ? OK : E_VALUE;
}

/* "TYPE:NUMBER" or "TYPE:COUNTRY:NUMBER"; false when there is no type before it. */
static bool take_type(struct bytes *rest, enum identifier_type *ret_type,
                      struct bytes *ret_country)
{
    struct bytes behind = *rest;
    struct bytes word = {0};

    if (!text_cut(&behind, ':', &word) || !rule_identifier_type(word, ret_type))
        return false;
    *rest = word_trim(behind);
    if (identifier_wants_country(*ret_type) && text_cut(&behind, ':', &word)) {
        *ret_country = word;
        *rest = word_trim(behind);
    }
    return true;
}

static status read_typed(struct seek_part *p, bool type_needed, struct arena *a)
{
    enum identifier_type type = (enum identifier_type)0;
    struct bytes country = {0};
    struct bytes rest = p->given;
    const bool typed = take_type(&rest, &type, &country);

    ENSURE(typed || !type_needed, E_VALUE);
    return read_number(p, typed ? type : (enum identifier_type)0, country, rest, a);
}

static enum identifier_type account_type(struct bytes given)
{
    return given.size > 0 && word_is_letter(given.at[0]) ? IDENTIFIER_IBAN
                                                         : IDENTIFIER_UK_ACCOUNT;
}

/* --- words --- */

/* "BH20 5LR" and "07700 900 777" are also what is written BH205LR and 07700900777. */
static void add_written(struct seek_part *p)
{
    bool digit = false;

    for (size_t i = 0; i < p->given.size; i++)
        digit = digit || word_is_digit(p->given.at[i]);
    if (digit)
        token_of_number(p->given, seek_term_add, &p->term);
}

static status read_words(struct seek_part *p)
{
    if (p->field == SEEK_WORDS)
        add_written(p);
    for (int reading = 0; reading < SUBJECT_READINGS; reading++)
        subject_name_add(&p->words[reading], p->given, (enum subject_reading)reading);
    ENSURE(p->words[READING_APART].count > 0, E_VALUE);
    return p->words[READING_JOINED].count <= SEEK_WORDS_MAX ? OK : E_LIMIT;
}

static status read_flag(struct seek_part *p)
{
    token_of_flag(p->given, seek_term_add, &p->term);
    return p->term.count > 0 ? OK : E_VALUE;
}

/* --- persons --- */

static status read_name(struct seek *s, struct bytes given)
{
    ENSURE(s->name.size == 0, E_LIMIT);
    for (int reading = 0; reading < SUBJECT_READINGS; reading++)
        subject_name_add(&s->person.names[reading], given, (enum subject_reading)reading);
    ENSURE(s->person.names[READING_APART].count > 0, E_VALUE);
    ENSURE(s->person.names[READING_JOINED].count <= SEEK_WORDS_MAX, E_LIMIT);
    s->name = given;
    return OK;
}

static const char *mend_of(enum seek_field f)
{
    switch (f) {
    case SEEK_WORDS:
        return "give words of at least two letters, at most eight of them";
    case SEEK_NAME:
        return "--name takes a name with a letter in it, of at most eight words, once";
    case SEEK_BORN:
        return "--born takes what is known of the date: 1988, 1988-03 or 1988-03-14";
    case SEEK_PHONE:
        return "--phone takes a telephone number: 07700900123 or +447700900123";
    case SEEK_VRM:
        return "--vrm takes a registration mark: AB12CDE";
    case SEEK_DOCUMENT:
        return "--document takes a number of five characters and more, or "
               "passport:GBR:123456789";
    case SEEK_IDENTIFIER:
        return "--identifier takes a type and a number: imei:490154203237518, pnc_id:... "
               "(the words of identifiers[].type)";
    case SEEK_VESSEL:
        return "--vessel takes words of its name; its numbers are --identifier mmsi:... "
               "and hull:...";
    case SEEK_ACCOUNT:
        return "--account takes an IBAN, or sort code and account number";
    case SEEK_EMAIL:
        return "--email takes an address: name@example.org";
    case SEEK_ADDRESS:
        return "--address takes words of an address or its postcode, at most eight";
    case SEEK_FLAG:
        return "--flag takes a flag: OIMCR";
    case SEEK_FIELD_END:
        break;
    }
    return "that is nothing that can be looked for";
}

static status read_part(struct seek_part *p, struct arena *a)
{
    switch (p->field) {
    case SEEK_PHONE:
    case SEEK_VRM:
    case SEEK_EMAIL:
        return read_number(p, fields[p->field].type, (struct bytes){0}, p->given, a);
    case SEEK_ACCOUNT:
        return read_number(p, account_type(p->given), (struct bytes){0}, p->given, a);
    case SEEK_DOCUMENT:
        return read_typed(p, false, a);
    case SEEK_IDENTIFIER:
        return read_typed(p, true, a);
    case SEEK_FLAG:
        return read_flag(p);
    case SEEK_WORDS:
    case SEEK_VESSEL:
    case SEEK_ADDRESS:
        return read_words(p);
    case SEEK_NAME:
    case SEEK_BORN:
    case SEEK_FIELD_END:
        break;
    }
    return E_VALUE;
}

static status add_part(struct seek *s, enum seek_field f, struct bytes given,
                       struct arena *a)
{
    struct seek_part *const p = &s->parts[s->part_count];

    ENSURE(s->part_count < SEEK_PARTS_MAX, E_LIMIT);
    *p = (struct seek_part){.field = f, .given = given};
    TRY(read_part(p, a));
    s->part_count++;
    return OK;
}

status seek_add(struct seek *s, enum seek_field f, struct bytes given, struct arena *a,
                const char **ret_mend)
{
    const struct bytes text = word_trim(given);

    *ret_mend = mend_of(f);
    ENSURE(text.size > 0 && text.size <= SHORT_TEXT_MAX && utf8_is_valid(text), E_VALUE);
    if (f == SEEK_NAME)
        return read_name(s, text);
    if (f == SEEK_BORN)
        return date_read(text, &s->person.born);
    return add_part(s, f, text, a);
}

status seek_check(const struct seek *s, const char **ret_mend)
{
    *ret_mend =
        "say what to look for: words, or one of the options; a date of birth alone is "
        "no person";
    if (s->name.size == 0 && (s->part_count == 0 || s->person.born.year != 0))
        return E_VALUE;
    return OK;
}
