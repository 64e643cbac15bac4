#ifndef FLAGPOST_IDENTIFIER_H
#define FLAGPOST_IDENTIFIER_H

/*
 * Identifiers kept as (raw, canonical, valid), rule R15: one that fails its check is kept
 * as it was written and said to be wrong; it is never dropped and never repaired.  Formats:
 * NPCC Minimum POLE Data Standards Dictionary v1.1 (DS_...), and the standard that each
 * function names.  One entry point; the table behind it is in identifier.c.
 */

#include "arena.h"

/* These numbers go on the wire: add at the end, never renumber. */
enum identifier_type {
    IDENTIFIER_PNC_ID = 1,
    IDENTIFIER_CRO = 2,
    IDENTIFIER_ASN = 3,     /* arrest summons number */
    IDENTIFIER_PTI_URN = 4, /* case number of police and prosecution */
    IDENTIFIER_COLLAR = 5,
    IDENTIFIER_HO_CLASS = 6, /* Home Office offence class */
    IDENTIFIER_CRIME_REFERENCE = 7,
    IDENTIFIER_NINO = 8,
    IDENTIFIER_PASSPORT = 9, /* with the issuing country */
    IDENTIFIER_IDENTITY_CARD = 10,
    IDENTIFIER_DRIVING_LICENCE = 11,
    IDENTIFIER_BRP = 12,             /* biometric residence permit */
    IDENTIFIER_MRZ = 13,             /* the two lines of a passport (TD3) */
    IDENTIFIER_HOME_OFFICE_REF = 14, /* Home Office, CID or Atlas reference: free */
    IDENTIFIER_VRM = 15,
    IDENTIFIER_VIN = 16,
    IDENTIFIER_PHONE = 17,
    IDENTIFIER_IMEI = 18, /* IMEISV too */
    IDENTIFIER_IMSI = 19,
    IDENTIFIER_ICCID = 20,
    IDENTIFIER_IBAN = 21,
    IDENTIFIER_UK_ACCOUNT = 22, /* sort code and account number */
    IDENTIFIER_BIC = 23,
    IDENTIFIER_COMPANY = 24, /* Companies House number */
    IDENTIFIER_MMSI = 25,
    IDENTIFIER_HULL = 26,      /* hull identification number (HIN) */
    IDENTIFIER_ENGINE = 27,    /* serial of an outboard engine: free */
    IDENTIFIER_CONTAINER = 28, /* ISO 6346 */
    IDENTIFIER_EMAIL = 29,
    IDENTIFIER_SOCIAL = 30,
    IDENTIFIER_POSTCODE = 31,
    IDENTIFIER_POSITION = 32, /* latitude and longitude, ISO 6709 */
    IDENTIFIER_TYPE_END       /* one past the last */
};

/* Longer than any identifier; more is kept, has no canonical form and is not valid. */
enum { IDENTIFIER_RAW_MAX = 200 };

struct identifier {
    /* One way of writing it, in the arena, also when only its check is wrong; empty when
     * nothing of that form was written. */
    struct bytes canonical;
    bool valid;
    /* Which of several forms it took ("prefix", "mobile", "imeisv"), or NULL; static. */
    const char *form;
    /* Why it is not valid, to stand after "The number": "has a wrong check letter"; NULL
     * when it is valid; static. */
    const char *fault;
};

/*
 * Canonical form and validity of `raw`.  `country` is the issuing country, three letters of
 * ISO 3166 (or of a passport's machine readable zone), empty when not known; only the types
 * of identifier_wants_country look at it.  E_MEMORY when the arena is used up, E_VALUE for
 * a type that is not of the enum; a wrong identifier is not an error.
 */
NODISCARD status identifier_of(enum identifier_type type, struct bytes country,
                               struct bytes raw, struct arena *a, struct identifier *ret);

/* Word for JSON and for people ("pnc_id", "pnc id"); NULL for a type not of the enum. */
const char *identifier_word(enum identifier_type type);
const char *identifier_label(enum identifier_type type);
/* From its word; else E_VALUE. */
NODISCARD status identifier_type_read(struct bytes word, enum identifier_type *ret);

/* Whether the country matters: it changes the form, or must be there. */
bool identifier_wants_country(enum identifier_type type);

/* Part of a canonical form by which two are compared: an IMEI by its first 14 digits, since
 * the rest is a check digit or a software version. */
struct bytes identifier_compared(enum identifier_type type, struct bytes canonical);

/*
 * Key under which registration marks that cameras and handwriting confuse are one (O, Q and
 * D are 0; I and L are 1; Z 2, S 5, B 8, G 6).  Two marks with one key are a *possible*
 * match, never more.
 */
NODISCARD status identifier_vrm_key(struct bytes canonical, struct arena *a,
                                    struct bytes *ret);

#endif
