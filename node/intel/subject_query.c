#include "subject.h"

#include "rule.h"
#include "text.h"
#include "words.h"

/* What was typed, as a query. */

static status read_identifier(struct bytes text, struct arena *a, struct subject_query *ret)
{
    struct bytes rest = text;
    struct bytes word = {0};
    struct bytes country = {0};
    struct identifier id = {0};

    ENSURE(text_cut(&rest, ':', &word), E_VALUE);
    ENSURE(rule_identifier_type(word, &ret->type), E_VALUE);
    if (identifier_wants_country(ret->type)) {
        struct bytes behind = rest;
        if (text_cut(&behind, ':', &country))
            rest = behind;
    }
    rest = word_trim(rest);
    ENSURE(rest.size > 0 && rest.size <= IDENTIFIER_RAW_MAX, E_VALUE);
    TRY(identifier_of(ret->type, country, rest, a, &id));
    ret->identifier = rest;
    ret->canonical = id.canonical;
    return OK;
}

status subject_query_read(struct bytes name, struct bytes born, struct bytes identifier,
                          struct arena *a, struct subject_query *ret,
                          const char **ret_field)
{
    *ret = (struct subject_query){0};
    *ret_field = "name";
    ENSURE(utf8_is_valid(name) && name.size <= SHORT_TEXT_MAX, E_VALUE);
    for (int reading = 0; reading < SUBJECT_READINGS; reading++)
        subject_name_add(&ret->names[reading], name, (enum subject_reading)reading);
    ENSURE(name.size == 0 || ret->names[READING_APART].count > 0, E_VALUE);
    *ret_field = "born";
    if (born.size > 0)
        TRY(date_read(born, &ret->born));
    *ret_field = "identifier";
    return identifier.size > 0 ? read_identifier(identifier, a, ret) : OK;
}

const char *subject_role_word(enum subject_role r)
{
    switch (r) {
    case ROLE_SUSPECT:
        return "suspect";
    case ROLE_CONVICTED:
        return "convicted";
    case ROLE_VICTIM:
        return "victim";
    case ROLE_WITNESS:
        return "witness";
    case ROLE_OTHER:
        return "other";
    case ROLE_UNKNOWN:
        return "unknown";
    }
    return "";
}
