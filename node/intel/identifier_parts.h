#ifndef FLAGPOST_IDENTIFIER_PARTS_H
#define FLAGPOST_IDENTIFIER_PARTS_H

/*
 * Within identifier*.c: one function for each type, and what they share.  Each is given
 * `raw` without blanks at its ends and at most IDENTIFIER_RAW_MAX long, and an identifier
 * that is empty and valid.
 */

#include "identifier.h"
#include "words.h"

typedef status identify(struct bytes country, struct bytes raw, struct arena *a,
                        struct identifier *id);

identify identify_pnc_id, identify_cro, identify_asn, identify_pti_urn, identify_collar,
    identify_ho_class;
identify identify_nino, identify_passport, identify_identity_card, identify_driving_licence,
    identify_brp, identify_mrz, identify_free;
identify identify_vrm, identify_vin;
identify identify_phone, identify_imei, identify_imsi, identify_iccid;
identify identify_iban, identify_uk_account, identify_bic, identify_company;
identify identify_mmsi, identify_hull, identify_container;
identify identify_email, identify_social;
identify identify_postcode, identify_position;

/* Marks it as not valid unless `holds`; the first reason given stands. */
void identifier_need(struct identifier *id, bool holds, const char *fault);

/*
 * Capitals and without the `separators`, into the arena; the length is bounded by raw's.
 * Nothing else is changed, so that a shape sees whatever does not belong.
 */
NODISCARD status identifier_squeeze(struct bytes raw, const char *separators,
                                    struct arena *a, struct bytes *ret);

/* In a shape, 9 is a digit, A a capital letter, X either; anything else is itself. */
bool shape_fits(struct bytes b, const char *shape);

bool is_one_of(uint8_t c, const char *set); /* never for NUL */
bool all_digits(struct bytes b);            /* false when empty */
bool all_alphanumeric(struct bytes b);      /* digits and capitals; false when empty */
/* No control character, and valid UTF-8 by the caller's word; false when empty. */
bool all_printable(struct bytes b);
/* Characters of UTF-8, not bytes. */
size_t character_count(struct bytes b);

/* Up to 18 digits as a number; the caller has checked that they are digits. */
uint64_t digits_value(struct bytes digits);

/* Letter of the modulus-23 check of PNC ids, CRO and arrest summons numbers (DS_071-073);
 * no I, O, S. */
uint8_t check_letter_23(uint64_t number);

/* ISO/IEC 7812 (Luhn) over all digits, the check digit last. */
bool luhn_holds(struct bytes digits);

/* 0-9 as they are, A-Z as 10-35: for IBAN and machine readable zones. */
unsigned alphanumeric_value(uint8_t c);

#endif
