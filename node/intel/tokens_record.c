#include "tokens.h"

#include "rule.h"
#include "subject.h"
#include "words.h"

#include <string.h>

/* Each part of a record by its own function, with all that can be known of it. */

struct giving {
    token_each each;
    void *context;
};

static void give_text(const struct giving *g, struct bytes text)
{
    tokens_of_text(text, g->each, g->context);
}

/* One that fails its check is found as it was written (R15). */
static void give_identifier(const struct giving *g, enum identifier_type type,
                            struct bytes canonical, struct bytes raw)
{
    token_of_identifier(type, canonical, g->each, g->context);
    token_of_number(canonical, g->each, g->context);
    token_of_number(raw, g->each, g->context);
    if (type == IDENTIFIER_PHONE)
        token_of_tail(canonical.size > 0 ? canonical : raw, g->each, g->context);
    if (type == IDENTIFIER_VRM)
        token_of_alike(canonical, g->each, g->context);
}

/* Of a type that is a word, known here or not. */
static void give_typed(const struct giving *g, struct bytes word, struct bytes canonical,
                       struct bytes raw)
{
    enum identifier_type type = IDENTIFIER_TYPE_END;

    if (rule_identifier_type(word, &type)) {
        give_identifier(g, type, canonical, raw);
        return;
    }
    token_of_number(raw, g->each, g->context);
    give_text(g, raw);
}

/* --- persons --- */

static void give_name(const struct giving *g, struct bytes name)
{
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_word w;
        size_t at = 0;
        while (subject_word_next(name, &at, (enum subject_reading)reading, &w)) {
            const struct bytes word = bytes_of(w.text, w.size);
            token_of_word(word, g->each, g->context);
            token_of_sound(word, g->each, g->context);
        }
    }
}

static void give_person(const struct giving *g, const struct item_person *p)
{
    give_name(g, p->surname);
    for (size_t i = 0; i < p->given.count; i++)
        give_name(g, p->given.at[i]);
    for (size_t i = 0; i < p->aliases.count; i++)
        give_name(g, p->aliases.at[i]);
    give_identifier(g, IDENTIFIER_PNC_ID, p->pnc_id_canonical, p->pnc_id);
    token_of_number(p->biometric_reference, g->each, g->context);
}

/* --- things --- */

static void give_account(const struct giving *g, const struct item_account *x)
{
    /* As things.c reads one without a type. */
    const enum identifier_type type = x->raw.size > 0 && word_is_letter(x->raw.at[0])
                                          ? IDENTIFIER_IBAN
                                          : IDENTIFIER_UK_ACCOUNT;

    if (x->type.size == 0)
        give_identifier(g, type, x->canonical, x->raw);
    else
        give_typed(g, x->type, x->canonical, x->raw);
    give_text(g, x->institution);
    give_text(g, x->description);
}

static void give_vessel(const struct giving *g, const struct item_vessel *x)
{
    give_text(g, x->name);
    give_text(g, x->description);
    give_identifier(g, IDENTIFIER_HULL, x->hull_id_canonical, x->hull_id);
    give_identifier(g, IDENTIFIER_MMSI, x->mmsi_canonical, x->mmsi);
}

static void give_address(const struct giving *g, const struct item_address *x)
{
    give_text(g, x->text);
    give_text(g, x->postcode);
    give_identifier(g, IDENTIFIER_POSTCODE, x->postcode_canonical, x->postcode);
    give_identifier(g, IDENTIFIER_POSITION, x->position_canonical, x->position);
}

static void give_objects(const struct giving *g, const struct record *r)
{
    for (size_t i = 0; i < r->vehicle_count; i++) {
        give_identifier(g, IDENTIFIER_VRM, r->vehicles[i].vrm, r->vehicles[i].vrm_raw);
        give_text(g, r->vehicles[i].description);
    }
    for (size_t i = 0; i < r->phone_count; i++)
        give_identifier(g, IDENTIFIER_PHONE, r->phones[i].e164, r->phones[i].raw);
    for (size_t i = 0; i < r->vessel_count; i++)
        give_vessel(g, &r->vessels[i]);
    for (size_t i = 0; i < r->address_count; i++)
        give_address(g, &r->addresses[i]);
    for (size_t i = 0; i < r->container_count; i++) {
        give_identifier(g, IDENTIFIER_CONTAINER, r->containers[i].canonical,
                        r->containers[i].raw);
        give_text(g, r->containers[i].description);
    }
}

static void give_papers(const struct giving *g, const struct record *r)
{
    for (size_t i = 0; i < r->document_count; i++)
        give_typed(g, r->documents[i].type, r->documents[i].canonical,
                   r->documents[i].number);
    for (size_t i = 0; i < r->account_count; i++)
        give_account(g, &r->accounts[i]);
    for (size_t i = 0; i < r->email_count; i++) {
        give_identifier(g, IDENTIFIER_EMAIL, r->emails[i].canonical, r->emails[i].raw);
        give_text(g, r->emails[i].raw);
    }
    for (size_t i = 0; i < r->social_count; i++) {
        give_identifier(g, IDENTIFIER_SOCIAL, r->socials[i].canonical, r->socials[i].raw);
        give_text(g, r->socials[i].raw);
    }
    for (size_t i = 0; i < r->identifier_count; i++)
        give_typed(g, r->identifiers[i].type, r->identifiers[i].canonical,
                   r->identifiers[i].raw);
    for (size_t i = 0; i < r->reference_count; i++) {
        token_of_number(r->references[i].reference, g->each, g->context);
        give_text(g, r->references[i].reference);
    }
}

/* --- what is written --- */

static void give_facts(const struct giving *g, const struct record *r)
{
    const struct bytes numbers[] = {r->facts.urn, r->facts.case_reference,
                                    r->facts.crime_code};

    for (size_t i = 0; i < r->facts.flags.count; i++)
        token_of_flag(r->facts.flags.at[i], g->each, g->context);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        token_of_number(numbers[i], g->each, g->context);
    for (size_t i = 0; i < r->facts.offence_codes.count; i++)
        token_of_number(r->facts.offence_codes.at[i], g->each, g->context);
}

static void give_list(const struct giving *g, const struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        give_text(g, list->at[i]);
}

static void give_parts(const struct giving *g, const struct record *r)
{
    for (size_t i = 0; i < r->organisation_count; i++) {
        give_text(g, r->organisations[i].name);
        give_text(g, r->organisations[i].description);
    }
    for (size_t i = 0; i < r->event_count; i++) {
        give_text(g, r->events[i].type);
        give_text(g, r->events[i].description);
    }
    for (size_t i = 0; i < r->threat_count; i++) {
        give_text(g, r->threats[i].family);
        give_text(g, r->threats[i].sub_type);
    }
    for (size_t i = 0; i < r->attachment_count; i++) {
        give_text(g, r->attachments[i].name);
        give_text(g, r->attachments[i].description);
    }
}

static void give_report(const struct giving *g, const struct record *r)
{
    const struct bytes texts[] = {
        r->report.title,           r->provenance.text, r->report.caveat,
        r->report.conditions,      r->report.a3_usage, r->report.condition_reason,
        r->report.recommendations, r->report.risk,     r->report.pii_decision};

    for (size_t i = 0; i < r->text_count; i++)
        give_text(g, r->texts[i].text);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        give_text(g, texts[i]);
    give_list(g, &r->report.information_types);
}

void tokens_of_record(const struct record *r, token_each each, void *context)
{
    const struct giving g = {.each = each, .context = context};

    for (size_t i = 0; i < r->person_count; i++)
        give_person(&g, &r->persons[i]);
    give_objects(&g, r);
    give_papers(&g, r);
    give_facts(&g, r);
    give_parts(&g, r);
    give_report(&g, r);
}
