#include "record_walk.h"

#include "rule.h"
#include "words.h"

/* Each part of a record by its own function, with all that can be known of it. */

typedef const struct record_visitor *visitor;

static void give_text(visitor v, struct record_place at, struct bytes text)
{
    if (text.size > 0)
        v->text(v->context, at, text);
}

static void give_identifier(visitor v, struct record_place at, enum identifier_type type,
                            struct bytes canonical, struct bytes raw)
{
    if (canonical.size + raw.size > 0)
        v->identifier(v->context, at, type, canonical, raw);
}

/* Of a type that is a word, known here or not. */
static void give_typed(visitor v, struct record_place at, struct bytes word,
                       struct bytes canonical, struct bytes raw)
{
    enum identifier_type type = IDENTIFIER_TYPE_END;

    if (rule_identifier_type(word, &type)) {
        give_identifier(v, at, type, canonical, raw);
        return;
    }
    give_identifier(v, at, (enum identifier_type)0, canonical, raw);
}

static void give_name(visitor v, struct record_place at, struct bytes name)
{
    if (name.size > 0)
        v->name(v->context, at, name);
}

static void give_person(visitor v, struct record_place at, const struct item_person *p)
{
    give_name(v, at, p->surname);
    for (size_t i = 0; i < p->given.count; i++)
        give_name(v, at, p->given.at[i]);
    for (size_t i = 0; i < p->aliases.count; i++)
        give_name(v, at, p->aliases.at[i]);
    give_identifier(v, at, IDENTIFIER_PNC_ID, p->pnc_id_canonical, p->pnc_id);
    give_identifier(v, at, (enum identifier_type)0, (struct bytes){0},
                    p->biometric_reference);
}

/* --- things --- */

static void give_account(visitor v, struct record_place at, const struct item_account *x)
{
    /* As things.c reads one without a type. */
    const enum identifier_type type = x->raw.size > 0 && word_is_letter(x->raw.at[0])
                                          ? IDENTIFIER_IBAN
                                          : IDENTIFIER_UK_ACCOUNT;

    if (x->type.size == 0)
        give_identifier(v, at, type, x->canonical, x->raw);
    else
        give_typed(v, at, x->type, x->canonical, x->raw);
    give_text(v, at, x->institution);
    give_text(v, at, x->description);
}

static void give_vessel(visitor v, struct record_place at, const struct item_vessel *x)
{
    give_text(v, at, x->name);
    give_text(v, at, x->description);
    give_identifier(v, at, IDENTIFIER_HULL, x->hull_id_canonical, x->hull_id);
    give_identifier(v, at, IDENTIFIER_MMSI, x->mmsi_canonical, x->mmsi);
}

static void give_address(visitor v, struct record_place at, const struct item_address *x)
{
    give_text(v, at, x->text);
    give_identifier(v, at, IDENTIFIER_POSTCODE, x->postcode_canonical, x->postcode);
    give_identifier(v, at, IDENTIFIER_POSITION, x->position_canonical, x->position);
}

static struct record_place place(const char *where, size_t index)
{
    return (struct record_place){.where = where, .index = index};
}

static void give_objects(visitor v, const struct record *r)
{
    for (size_t i = 0; i < r->vehicle_count; i++) {
        const struct item_vehicle *const x = &r->vehicles[i];
        give_identifier(v, place("vehicles", i), IDENTIFIER_VRM, x->vrm, x->vrm_raw);
        give_text(v, place("vehicles", i), x->description);
    }
    for (size_t i = 0; i < r->phone_count; i++)
        give_identifier(v, place("phones", i), IDENTIFIER_PHONE, r->phones[i].e164,
                        r->phones[i].raw);
    for (size_t i = 0; i < r->vessel_count; i++)
        give_vessel(v, place("vessels", i), &r->vessels[i]);
    for (size_t i = 0; i < r->address_count; i++)
        give_address(v, place("addresses", i), &r->addresses[i]);
    for (size_t i = 0; i < r->container_count; i++) {
        const struct item_container *const x = &r->containers[i];
        give_identifier(v, place("containers", i), IDENTIFIER_CONTAINER, x->canonical,
                        x->raw);
        give_text(v, place("containers", i), x->description);
    }
}

static void give_papers(visitor v, const struct record *r)
{
    for (size_t i = 0; i < r->document_count; i++)
        give_typed(v, place("documents", i), r->documents[i].type,
                   r->documents[i].canonical, r->documents[i].number);
    for (size_t i = 0; i < r->account_count; i++)
        give_account(v, place("accounts", i), &r->accounts[i]);
    for (size_t i = 0; i < r->email_count; i++) {
        give_identifier(v, place("emails", i), IDENTIFIER_EMAIL, r->emails[i].canonical,
                        r->emails[i].raw);
    }
    for (size_t i = 0; i < r->social_count; i++) {
        give_identifier(v, place("social_tags", i), IDENTIFIER_SOCIAL,
                        r->socials[i].canonical, r->socials[i].raw);
    }
    for (size_t i = 0; i < r->identifier_count; i++)
        give_typed(v, place("identifiers", i), r->identifiers[i].type,
                   r->identifiers[i].canonical, r->identifiers[i].raw);
    for (size_t i = 0; i < r->reference_count; i++)
        give_typed(v, place("references", i), (struct bytes){0}, (struct bytes){0},
                   r->references[i].reference);
}

/* --- what is written --- */

static void give_facts(visitor v, const struct record *r)
{
    const struct bytes numbers[] = {r->facts.urn, r->facts.case_reference,
                                    r->facts.crime_code};

    give_text(v, place("station", 0), r->facts.station);
    for (size_t i = 0; i < r->facts.flags.count; i++)
        v->flag(v->context, place("flags", i), r->facts.flags.at[i]);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        give_identifier(v, place("facts", i), (enum identifier_type)0, (struct bytes){0},
                        numbers[i]);
    for (size_t i = 0; i < r->facts.offence_codes.count; i++)
        give_identifier(v, place("offence_codes", i), (enum identifier_type)0,
                        (struct bytes){0}, r->facts.offence_codes.at[i]);
}

static void give_parts(visitor v, const struct record *r)
{
    for (size_t i = 0; i < r->organisation_count; i++) {
        give_text(v, place("organisations", i), r->organisations[i].name);
        give_text(v, place("organisations", i), r->organisations[i].description);
    }
    for (size_t i = 0; i < r->event_count; i++) {
        give_text(v, place("events", i), r->events[i].type);
        give_text(v, place("events", i), r->events[i].description);
    }
    for (size_t i = 0; i < r->threat_count; i++) {
        give_text(v, place("threats", i), r->threats[i].family);
        give_text(v, place("threats", i), r->threats[i].sub_type);
    }
    for (size_t i = 0; i < r->attachment_count; i++) {
        give_text(v, place("attachments", i), r->attachments[i].name);
        give_text(v, place("attachments", i), r->attachments[i].description);
    }
}

static void give_report(visitor v, const struct record *r)
{
    const struct item_report *const x = &r->report;
    const struct bytes texts[] = {x->title,      x->caveat,           x->contact,
                                  x->conditions, x->condition_reason, x->a3_usage,
                                  x->risk,       x->pii_decision,     x->recommendations};

    for (size_t i = 0; i < r->text_count; i++)
        give_text(v, place("texts", i), r->texts[i].text);
    give_text(v, place("provenance", 0), r->provenance.text);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        give_text(v, place("report", 0), texts[i]);
    for (size_t i = 0; i < x->information_types.count; i++)
        give_text(v, place("report", 0), x->information_types.at[i]);
}

void record_walk(const struct record *r, const struct record_visitor *v)
{
    for (size_t i = 0; i < r->person_count; i++)
        give_person(v, place("persons", i), &r->persons[i]);
    give_objects(v, r);
    give_papers(v, r);
    give_facts(v, r);
    give_parts(v, r);
    give_report(v, r);
}
