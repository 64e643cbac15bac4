#ifndef FLAGPOST_RECORD_H
#define FLAGPOST_RECORD_H

/*
 * An intelligence record as a bureau handles it, before sealing and after opening.  It is
 * plain data, borrowed from an arena; record_items and record_of_items turn it into the
 * items of proto/content.h and back, losing nothing.
 */

#include "content.h"

enum {
    RECORD_TEXTS_MAX = 32,
    RECORD_PERSONS_MAX = 32,
    RECORD_THINGS_MAX = 32, /* of each kind: vehicles, phones, documents, ... */
    RECORD_THREATS_MAX = 16,
    RECORD_REFERENCES_MAX = 32,
    RECORD_IDENTIFIERS_MAX = 64,
    RECORD_LINKS_MAX = 64,
    RECORD_ATTACHMENTS_MAX = ATTACHMENTS_MAX,
};

/* Grade letters as written: source 1-3, assessment 1-5 for A-E; 0 = not given. */
struct grade {
    uint32_t source;
    uint32_t assessment;
    struct bytes reason;
    enum original_scheme original_scheme; /* what it was read from (regrade.h); 0 = none */
    struct bytes original_grade;
};

struct graded_text {
    struct bytes text;
    enum basis basis; /* 0 = not given */
    struct grade grade;
};

/* A person or thing of the record, by its list and its place there: "persons[0]".  On the
 * wire it is the position of its item. */
struct entity_ref {
    uint32_t kind;  /* enum item_kind; 0 = not given */
    uint32_t index; /* at most ITEMS_MAX - 1 */
};

/* A further identifier of an entity: kept raw, canonical and valid (R15). */
struct record_identifier {
    struct entity_ref of;
    struct bytes type, country, raw, canonical;
    bool valid;
};

struct record_link {
    struct entity_ref from, to;
    struct bytes relation; /* "drives" */
};

struct record {
    struct label
        label; /* marking, handling, codes, priority, retention, expiry; 0 = not given */
    struct item_facts facts;
    struct item_report report;
    struct graded_text provenance; /* its basis is not used */
    size_t text_count;
    struct graded_text texts[RECORD_TEXTS_MAX];
    size_t person_count;
    struct item_person persons[RECORD_PERSONS_MAX];
    size_t vehicle_count;
    struct item_vehicle vehicles[RECORD_THINGS_MAX];
    size_t phone_count;
    struct item_phone phones[RECORD_THINGS_MAX];
    size_t vessel_count;
    struct item_vessel vessels[RECORD_THINGS_MAX];
    size_t address_count;
    struct item_address addresses[RECORD_THINGS_MAX];
    size_t document_count;
    struct item_document documents[RECORD_THINGS_MAX];
    size_t account_count;
    struct item_account accounts[RECORD_THINGS_MAX];
    size_t email_count;
    struct item_email emails[RECORD_THINGS_MAX];
    size_t social_count;
    struct item_social socials[RECORD_THINGS_MAX];
    size_t container_count;
    struct item_container containers[RECORD_THINGS_MAX];
    size_t organisation_count;
    struct item_organisation organisations[RECORD_THINGS_MAX];
    size_t event_count;
    struct item_event events[RECORD_THINGS_MAX];
    size_t threat_count;
    struct item_threat threats[RECORD_THREATS_MAX];
    size_t reference_count;
    struct item_reference references[RECORD_REFERENCES_MAX];
    size_t attachment_count;
    struct item_attachment attachments[RECORD_ATTACHMENTS_MAX];
    size_t identifier_count;
    struct record_identifier identifiers[RECORD_IDENTIFIERS_MAX];
    size_t link_count;
    struct record_link links[RECORD_LINKS_MAX];
};

/* Of what a record holds several of one kind, each an item just as it stands: one row. */
struct record_part {
    enum item_kind kind;
    const char *name; /* in JSON and in the paths of findings: "persons" */
    bool is_entity;   /* a link may join it, an identifier may belong to it */
    size_t count_offset;
    size_t offset;
    size_t size; /* of one */
    size_t max;
};

/* Row by row, in the order of their items; NULL behind the last. */
const struct record_part *record_part_at(size_t row);
/* Of an entity's kind, or of its name; NULL for what is none. */
const struct record_part *record_entity_of(uint32_t kind);
const struct record_part *record_entity_named(struct bytes name);
size_t record_part_count(const struct record_part *p, const struct record *r);

/* Whether the record has the person or thing that `ref` speaks of. */
bool record_has(const struct record *r, struct entity_ref ref);

/*
 * Items in their fixed order: facts, each normalised flag, crime identifier code (if any),
 * case reference (if any), dates (if any), report, provenance and its grade, each text and
 * its grade, the parts by their rows, identifiers, links.  Encoded, ready to be salted.
 * E_LIMIT; E_VALUE, also for a link or an identifier of something the record does not have.
 */
NODISCARD status record_items(const struct record *r, struct arena *a,
                              const struct bytes **ret_items, size_t *ret_count);

/*
 * The record from opened items and the header's label.  E_FORM when the items are not those
 * of an intelligence record in that order.
 */
NODISCARD status record_of_items(const struct salted_item *items, size_t count,
                                 const struct label *label, struct arena *a,
                                 struct record *ret);

/* The record on the control socket, right or wrong: every field as it was given, exact both
 * ways (the layout is in record_pack.c).  It never leaves the machine. */
NODISCARD status record_pack(const struct record *r, struct arena *a, struct bytes *ret);
NODISCARD status record_unpack(struct bytes b, struct arena *a, struct record *ret);

#endif
