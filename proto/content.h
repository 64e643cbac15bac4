#ifndef FLAGPOST_CONTENT_H
#define FLAGPOST_CONTENT_H

/*
 * What stands inside a ciphertext: salted items.  Each item is a message of its own, so
 * that one can be disclosed with its salt and a path to the content root and nothing else.
 * Item 0 of an intelligence record is `facts`.
 *
 * There is no type for raw text, a source register reference, a source type, a submitting
 * officer or who else knows: what the wire cannot carry cannot leak (rule R6).
 */

#include "entry.h"

enum { SALT_SIZE = 16, LIST_MAX = 16 };

/* Borrowed UTF-8 without NUL; empty = absent. */
struct text_list {
    size_t count;
    struct bytes at[LIST_MAX];
};

/* Unknown parts are 0.  A day needs a month, a month needs a year. */
struct partial_date {
    uint32_t year, month, day;
};

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
};

enum basis { BASIS_FACT = 1, BASIS_OPINION = 2 };

enum purpose {
    PURPOSE_PROTECT_LIFE = 1, /* protecting life and property */
    PURPOSE_PRESERVE_ORDER = 2,
    PURPOSE_PREVENT = 3, /* preventing offences */
    PURPOSE_JUSTICE = 4, /* bringing offenders to justice */
    PURPOSE_DUTY = 5,    /* a duty at common law or statute */
};

/* DPA 2018 s.38(3). */
enum subject_role {
    ROLE_SUSPECT = 1,
    ROLE_CONVICTED = 2,
    ROLE_VICTIM = 3,
    ROLE_WITNESS = 4,
    ROLE_OTHER = 5,
    ROLE_UNKNOWN = 6,
};

/* What the measures are computed from; disclosed without any text. */
struct item_facts {
    struct text_list flags_submitted; /* as the officer wrote them */
    struct text_list flags;           /* normalised, sorted, without "#" */
    struct bytes crime_code;          /* crime identifier code; empty = none */
    struct text_list offence_codes;   /* CJS */
    uint32_t list_version;            /* of the signed code list that was applied */
    struct bytes station;
    struct bytes case_reference;
    struct bytes urn;
    struct partial_date date_of_intelligence;
    struct partial_date date_created;
};

struct item_report {
    struct bytes title;
    struct bytes caveat;
    struct bytes contact; /* desk, never a person */
    enum purpose purpose;
    struct bytes conditions;       /* under C */
    struct bytes condition_reason; /* under C */
    struct bytes a3_usage;         /* under A3 */
    struct bytes risk;             /* risk assessment */
    struct bytes pii_decision;
    bool no_intercept;
};

struct item_provenance {
    struct bytes text; /* sanitised */
};

struct item_text {
    struct bytes text; /* sanitised */
    enum basis basis;
};

/* 3x5x2: source and assessment belong to the text they grade. */
struct item_grade {
    uint32_t of_item;
    uint32_t source;     /* 1 to 3 */
    uint32_t assessment; /* 1 to 5 for A to E */
    struct bytes reason; /* needed for source 3 and assessment E */
};

struct item_code {
    struct bytes code;
    uint32_t list_version;
};

struct item_case {
    struct bytes reference;
};

enum { ROLES_MAX = 6 };

struct item_person {
    struct bytes surname;
    struct text_list given;
    struct text_list aliases;
    struct partial_date born;
    struct bytes gender;
    size_t role_count;
    enum subject_role roles[ROLES_MAX];
    struct bytes pnc_id;
    bool pnc_id_valid;
};

/* An identifier is kept as written, in canonical form, and with what its check says (R15).
 */
struct item_vehicle {
    struct bytes vrm_raw, vrm;
    bool vrm_valid;
    struct bytes description;
};

struct item_phone {
    struct bytes raw, e164;
    bool valid;
};

struct item_vessel {
    struct bytes name, hull_id, mmsi, description;
};

struct item_address {
    struct bytes text, postcode;
};

struct item_document {
    struct bytes type, number, country;
};

struct item_link {
    uint32_t from_item, to_item;
    struct bytes relation;
};

enum outcome_what {
    OUTCOME_OPENED = 1,
    OUTCOME_ACKNOWLEDGED = 2,
    OUTCOME_INGESTED = 3,
    OUTCOME_REFUSED = 4,
    OUTCOME_UNOPENABLE = 5,
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
    };
};

/* One item's bytes, the input of its leaf. */
NODISCARD status item_encode(const struct item *item, struct arena *a, struct bytes *ret);

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
