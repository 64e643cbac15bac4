#ifndef FLAGPOST_CONTENT_H
#define FLAGPOST_CONTENT_H

/*
 * What stands inside a ciphertext: salted items.  Each item is a message of its own, so
 * that one can be disclosed with its salt and a path to the content root and nothing else.
 * Item 0 of an intelligence record is `facts`.
 */

#include "attachment.h"
#include "cases.h"
#include "decision.h"
#include "entry.h"
#include "lifecycle.h"
#include "reconciliation.h"
#include "report.h"
#include "requests.h"
#include "retention.h"

enum { SALT_SIZE = 16 };

enum item_kind {
    ITEM_FACTS = 1,
    ITEM_REPORT = 2,
    ITEM_PROVENANCE = 3,
    ITEM_TEXT = 4,
    ITEM_GRADE = 5,
    ITEM_CODE = 6,
    ITEM_CASE = 7,
    ITEM_PERSON = 8,
    ITEM_VEHICLE = 9,
    ITEM_PHONE = 10,
    ITEM_VESSEL = 11,
    ITEM_ADDRESS = 12,
    ITEM_DOCUMENT = 13,
    ITEM_LINK = 14,
    ITEM_OUTCOME = 15,
    ITEM_AUDIT = 16,
    ITEM_FLAG = 17,
    ITEM_DATES = 18,
    ITEM_THREAT = 19,
    ITEM_REFERENCE = 20,
    ITEM_IDENTIFIER = 21,
    ITEM_ACCOUNT = 22,
    ITEM_EMAIL = 23,
    ITEM_SOCIAL = 24,
    ITEM_CONTAINER = 25,
    ITEM_ORGANISATION = 26,
    ITEM_EVENT = 27,
    ITEM_ATTACHMENT = 35,
    ITEM_PART = 36,
    ITEM_CASE_EVENT = 50,
    ITEM_CASE_DECISION = 51,
    ITEM_CASE_CALL = 52,
    ITEM_CASE_PERIOD = 53,
    ITEM_SUPERSEDES = 40,
    ITEM_LINEAGE = 41,
    ITEM_PROOF = 42,
    ITEM_RECALL = 43,
    ITEM_REPLACED = 44,
    ITEM_DECISION = 55,
    ITEM_RETENTION = 56,
    ITEM_RANGES = 57,
    ITEM_DIFFERENCE = 58,
    ITEM_REQUEST = 59,
};

enum outcome_what {
    OUTCOME_OPENED = 1,
    OUTCOME_ACKNOWLEDGED = 2,
    OUTCOME_INGESTED = 3,
    OUTCOME_REFUSED = 4,
    OUTCOME_UNOPENABLE = 5,
    /* A holder's answers to a recall.  The first two are the node's own; the others are a
     * named person's statement. */
    OUTCOME_BLOCKED = 6,  /* the recall is stored and opening is refused from then on */
    OUTCOME_NOT_HELD = 7, /* should it still arrive, it will not be opened */
    OUTCOME_ERASED = 8,
    OUTCOME_ON_HOLD = 9,   /* kept under legal hold */
    OUTCOME_ADOPTED = 10,  /* in the holder's own system, as its controller */
    OUTCOME_EXPORTED = 11, /* `reference` says where to */
    OUTCOME_DERIVED = 12,  /* `reference` is the holder's own record that was made of it */
    OUTCOME_CONSENT = 13,  /* the owner lets the recipient make a sanitised copy (S2) */
    /* With OPENED: what was first done with it at a recipient; `reason` is the class of
     * purpose. */
    OUTCOME_COPIED = 14, /* a sanitised copy was taken out of the node */
    OUTCOME_SHARED = 15, /* a copy was passed on to other agencies */
    /* National ingestion about what it has accepted and its owner has taken back. */
    OUTCOME_DELETED = 16,     /* `reference`: the national one that it had */
    OUTCOME_NOT_DELETED = 17, /* it stands there still; rule and mend as of a refusal */
    /* A fusion cell, about another agency's record ("AGENCY/id" in `reference`) that it
     * holds to be about the same, by the kinds in `reason`; and that it is not after all.
     */
    OUTCOME_LINKED = 18,
    OUTCOME_UNLINKED = 19,
};

struct item_outcome {
    struct agency_id agency; /* of the record answered */
    record_id id;
    enum outcome_what what;
    millis at;
    struct bytes person; /* role or name of who acknowledged; empty otherwise */
    struct bytes reference;
    struct bytes reason;
};

/* DPA 2018 s.62(1), and what a node records beside it. */
enum audit_operation {
    AUDIT_COLLECT = 1,
    AUDIT_ALTER = 2,
    AUDIT_CONSULT = 3,
    AUDIT_DISCLOSE = 4,
    AUDIT_COMBINE = 5,
    AUDIT_ERASE = 6,
    AUDIT_REFUSE = 7,  /* refused at source: no content, rule ids and a keyed digest */
    AUDIT_INSTALL = 8, /* roster, lists, keys */
    AUDIT_DECIDE = 14, /* that a record goes to whom no rule reaches */
    AUDIT_DENY = 15,   /* a person has not the role that a verb wants */
};

/* A row never holds text of a record. */
struct item_audit {
    millis at;
    enum audit_operation operation;
    struct bytes actor; /* "uid:1000 name" from the kernel, or "node" */
    struct bytes channel;
    bool has_object;
    struct stream_id object_stream;
    sequence object_index;
    record_id object;
    struct bytes justification; /* purpose given by the person */
    struct text_list recipients;
    struct text_list rules; /* of a refusal */
    struct bytes station;
    struct bytes digest; /* keyed digest of what was refused or searched */
    struct bytes outcome;
};

struct item {
    enum item_kind kind;
    union {
        struct item_facts facts;
        struct item_report report;
        struct item_provenance provenance;
        struct item_text text;
        struct item_grade grade;
        struct item_code code;
        struct item_case case_reference;
        struct item_person person;
        struct item_vehicle vehicle;
        struct item_phone phone;
        struct item_vessel vessel;
        struct item_address address;
        struct item_document document;
        struct item_link link;
        struct item_outcome outcome;
        struct item_audit audit;
        struct item_flag flag;
        struct item_dates dates;
        struct item_threat threat;
        struct item_reference reference;
        struct item_identifier identifier;
        struct item_account account;
        struct item_email email;
        struct item_social social;
        struct item_container container;
        struct item_organisation organisation;
        struct item_event event;
        struct item_attachment attachment;
        struct item_part part;
        struct item_case_event case_event;
        struct item_case_decision case_decision;
        struct item_case_call case_call;
        struct item_case_period case_period;
        struct item_supersedes supersedes;
        struct item_lineage lineage;
        struct item_proof proof;
        struct item_recall recall;
        struct item_replaced replaced;
        struct item_decision decision;
        struct item_retention retention;
        struct item_ranges ranges;
        struct item_difference difference;
        struct item_request request;
    };
};

/* All members of the union start where this one does. */
enum { ITEM_BODY = offsetof(struct item, facts) };

/* One item's bytes, the input of its leaf. */
NODISCARD status item_encode(const struct item *item, struct arena *a, struct bytes *ret);

/* A text of an item that is longer than the wire takes. */
struct item_excess {
    const char *field; /* as its message names it; static */
    bool is_list;      /* it is an entry of a list */
    size_t entry;
    size_t size, max; /* in bytes */
};

/* The next one from `*at` on, which is 0 at first and left behind it; false: there is none.
 * Of a list the first entry is told. */
bool item_next_excess(const struct item *item, size_t *at, struct item_excess *ret);

/* Strict; borrows from `a` and `bytes`.  E_FORM, E_VALUE or E_LIMIT. */
NODISCARD status item_decode(struct bytes bytes, struct arena *a, struct item *ret);

/* A salt and the item it blinds. */
struct salted_item {
    uint8_t salt[SALT_SIZE];
    struct bytes item;
};

/* The plaintext of a content ciphertext: 1 to ITEMS_MAX salted items in order. */
NODISCARD status content_encode(const struct salted_item *items, size_t count,
                                struct arena *a, struct bytes *ret);
NODISCARD status content_decode(struct bytes bytes, struct arena *a,
                                const struct salted_item **ret_items, size_t *ret_count);

#endif
