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
    RECORD_THINGS_MAX =
        32, /* of each kind: vehicles, phones, vessels, addresses, documents */
};

/* Grade letters as written: source 1-3, assessment 1-5 for A-E; 0 = not given. */
struct grade {
    uint32_t source;
    uint32_t assessment;
    struct bytes reason;
};

struct graded_text {
    struct bytes text;
    enum basis basis; /* 0 = not given */
    struct grade grade;
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
};

/*
 * Items in their fixed order: facts, code (if any), case reference (if any), report,
 * provenance and its grade, each text and its grade, persons, vehicles, phones, vessels,
 * addresses, documents.  Encoded, ready to be salted.  E_LIMIT or E_VALUE.
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
