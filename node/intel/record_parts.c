#include "record.h"

#include "text.h"

#include <string.h>

#define PART(item, json, counted, list, entity)                                            \
    {                                                                                      \
        .kind = (item), .name = (json), .is_entity = (entity),                             \
        .count_offset = offsetof(struct record, counted),                                  \
        .offset = offsetof(struct record, list),                                           \
        .size = sizeof(((struct record *)NULL)->list[0]),                                  \
        .max = COUNT_OF(((struct record *)NULL)->list)                                     \
    }

static const struct record_part parts[] = {
    PART(ITEM_THREAT, "threats", threat_count, threats, false),
    PART(ITEM_REFERENCE, "references", reference_count, references, false),
    PART(ITEM_PERSON, "persons", person_count, persons, true),
    PART(ITEM_VEHICLE, "vehicles", vehicle_count, vehicles, true),
    PART(ITEM_PHONE, "phones", phone_count, phones, true),
    PART(ITEM_VESSEL, "vessels", vessel_count, vessels, true),
    PART(ITEM_ADDRESS, "addresses", address_count, addresses, true),
    PART(ITEM_DOCUMENT, "documents", document_count, documents, true),
    PART(ITEM_ACCOUNT, "accounts", account_count, accounts, true),
    PART(ITEM_EMAIL, "emails", email_count, emails, true),
    PART(ITEM_SOCIAL, "social_tags", social_count, socials, true),
    PART(ITEM_CONTAINER, "containers", container_count, containers, true),
    PART(ITEM_ORGANISATION, "organisations", organisation_count, organisations, true),
    PART(ITEM_EVENT, "events", event_count, events, true),
    PART(ITEM_ATTACHMENT, "attachments", attachment_count, attachments, true),
};

const struct record_part *record_part_at(size_t row)
{
    return row < COUNT_OF(parts) ? &parts[row] : NULL;
}

const struct record_part *record_entity_of(uint32_t kind)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].is_entity && (uint32_t)parts[i].kind == kind)
            return &parts[i];
    }
    return NULL;
}

const struct record_part *record_entity_named(struct bytes name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].is_entity && text_is(name, parts[i].name))
            return &parts[i];
    }
    return NULL;
}

size_t record_part_count(const struct record_part *p, const struct record *r)
{
    size_t count = 0;

    memcpy(&count, (const uint8_t *)r + p->count_offset, sizeof count);
    return count;
}

bool record_has(const struct record *r, struct entity_ref ref)
{
    const struct record_part *const p = record_entity_of(ref.kind);

    return p != NULL && ref.index < record_part_count(p, r);
}
