#ifndef FLAGPOST_REPORT_H
#define FLAGPOST_REPORT_H

/*
 * The items of a national intelligence report, as plain structs: what content.h encodes.
 * A text is borrowed UTF-8 without NUL; empty, zero and false are absent.
 *
 * There is no place for raw text, a source register reference, a source type, a submitting
 * officer or who else knows: what the wire cannot carry cannot leak (rule R6).
 */

#include "bytes.h"

enum { LIST_MAX = 16 };

struct text_list {
    size_t count;
    struct bytes at[LIST_MAX];
};

/* Unknown parts are 0.  A day needs a month, a month needs a year. */
struct partial_date {
    uint32_t year, month, day;
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

/* Sensitive processing, DPA 2018 s.35(8). */
enum {
    SENSITIVE_ETHNICITY = 1,
    SENSITIVE_POLITICS = 2,
    SENSITIVE_BELIEF = 4,
    SENSITIVE_UNION = 8,
    SENSITIVE_GENETIC = 16,
    SENSITIVE_BIOMETRIC = 32,
    SENSITIVE_HEALTH = 64,
    SENSITIVE_SEX_LIFE = 128,
    SENSITIVE_ALL = 255,
};

/* The condition for it: DPA 2018 Schedule 8, by its paragraphs. */
enum schedule_8 {
    SCHEDULE_8_STATUTORY = 1,
    SCHEDULE_8_JUSTICE = 2,
    SCHEDULE_8_VITAL_INTERESTS = 3,
    SCHEDULE_8_SAFEGUARDING = 4,
    SCHEDULE_8_PUBLIC_DOMAIN = 5,
    SCHEDULE_8_LEGAL_CLAIMS = 6,
    SCHEDULE_8_JUDICIAL = 7,
    SCHEDULE_8_FRAUD = 8,
    SCHEDULE_8_ARCHIVING = 9,
};

/* What a grade or a handling code was before it was read as 3x5x2 (R22). */
enum original_scheme {
    SCHEME_5X5X5 = 1,
    SCHEME_4X4 = 2,   /* Europol, with H0 to H3 */
    SCHEME_3X5X2 = 3, /* as submitted, before the bureau set it anew */
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
    struct text_list information_types;     /* of the force's own list */
    struct text_list handling_instructions; /* Government Security Classifications */
    struct text_list descriptors;
    uint32_t sensitive; /* SENSITIVE_... bits */
    enum schedule_8 schedule_8;
    bool restricted; /* processing is restricted, DPA 2018 s.47: kept, not used */
    struct bytes recommendations; /* the bureau's, on who should have it */
    enum original_scheme original_scheme;
    struct bytes original_handling; /* as the import had it (R22) */
    struct bytes original_marking;
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
    enum original_scheme original_scheme;
    struct bytes original_grade; /* as the import had it (R22) */
};

struct item_code {
    struct bytes code;
    uint32_t list_version;
};

struct item_case {
    struct bytes reference;
};

/* A flag and the dates stand in the facts as well: here each can be disclosed alone. */
struct item_flag {
    struct bytes flag;
    uint32_t list_version;
};

struct item_dates {
    struct partial_date intelligence, created;
};

/* "family - sub-type - band n" */
struct item_threat {
    struct bytes family, sub_type;
    uint32_t band; /* 1 to THREAT_BAND_MAX; 0 = not given */
};

enum { THREAT_BAND_MAX = 9 };

enum reference_type {
    REFERENCE_OCG = 1,         /* organised crime group */
    REFERENCE_URN = 2,         /* an earlier report */
    REFERENCE_CRIME = 3,       /* a crime number of `force` */
    REFERENCE_REQUIREMENT = 4, /* the intelligence requirement that this answers */
};

struct item_reference {
    enum reference_type type;
    struct bytes reference;
    struct bytes force; /* two digits; for a crime number */
};

enum { ROLES_MAX = 6 };

/* How a date of birth is known that is not an assessment's. */
enum born_basis { BORN_DECLARED = 1, BORN_DOCUMENTED = 2 };

struct item_person {
    struct bytes surname;
    struct text_list given;
    struct text_list aliases;
    struct partial_date born;          /* claimed, or documented */
    struct partial_date born_assessed; /* where the age is disputed */
    struct bytes gender;
    size_t role_count;
    enum subject_role roles[ROLES_MAX];
    struct bytes pnc_id, pnc_id_canonical;
    bool pnc_id_valid;
    struct bytes ethnicity;           /* code as recorded; sensitive processing */
    struct bytes biometric_reference; /* number of an image or a sample, never the thing */
    enum born_basis born_basis;
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
    struct bytes name, description;
    struct bytes hull_id, hull_id_canonical;
    bool hull_id_valid;
    struct bytes mmsi, mmsi_canonical;
    bool mmsi_valid;
};

struct item_address {
    struct bytes text;
    struct bytes country; /* for the form of the postcode; empty: a British one */
    struct bytes postcode, postcode_canonical;
    bool postcode_valid;
    struct bytes position, position_canonical; /* latitude and longitude */
    bool position_valid;
};

/* Types of documents, accounts and identifiers are words; those that node/intel knows are
 * checked. */
struct item_document {
    struct bytes type, number, country, canonical;
    bool valid;
};

struct item_account {
    struct bytes type, raw, canonical;
    bool valid;
    struct bytes institution, country, description;
};

struct item_email {
    struct bytes raw, canonical;
    bool valid;
};

struct item_social {
    struct bytes platform, raw, canonical;
    bool valid;
};

struct item_container {
    struct bytes raw, canonical;
    bool valid;
    struct bytes description;
};

struct item_organisation {
    struct bytes name, description;
};

struct item_event {
    struct bytes type;
    struct partial_date date;
    struct bytes description;
};

/* A further identifier of the person or thing at position `of_item`. */
struct item_identifier {
    uint32_t of_item;
    struct bytes type, country, raw, canonical;
    bool valid;
};

struct item_link {
    uint32_t from_item, to_item;
    struct bytes relation;
};

#endif
