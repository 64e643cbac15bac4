#include "identifier.h"

#include "country.h"
#include "identifier_parts.h"

enum country_use { COUNTRY_NONE, COUNTRY_MAY, COUNTRY_MUST };

enum { IMEI_COMPARED = 14 };

static const struct row {
    const char *word;
    const char *label;
    identify *identify;
    enum country_use country;
} rows[IDENTIFIER_TYPE_END] = {
    [IDENTIFIER_PNC_ID] = {"pnc_id", "PNC id", identify_pnc_id, COUNTRY_NONE},
    [IDENTIFIER_CRO] = {"cro", "CRO number", identify_cro, COUNTRY_NONE},
    [IDENTIFIER_ASN] = {"asn", "arrest summons number", identify_asn, COUNTRY_NONE},
    [IDENTIFIER_PTI_URN] = {"pti_urn", "PTI URN", identify_pti_urn, COUNTRY_NONE},
    [IDENTIFIER_COLLAR] = {"collar", "collar number", identify_collar, COUNTRY_NONE},
    [IDENTIFIER_HO_CLASS] = {"ho_class", "Home Office class", identify_ho_class,
                             COUNTRY_NONE},
    [IDENTIFIER_CRIME_REFERENCE] = {"crime_reference", "crime reference", identify_free,
                                    COUNTRY_NONE},
    [IDENTIFIER_NINO] = {"nino", "National Insurance number", identify_nino, COUNTRY_NONE},
    [IDENTIFIER_PASSPORT] = {"passport", "passport", identify_passport, COUNTRY_MUST},
    [IDENTIFIER_IDENTITY_CARD] = {"identity_card", "identity card", identify_identity_card,
                                  COUNTRY_MUST},
    [IDENTIFIER_DRIVING_LICENCE] = {"driving_licence", "driving licence",
                                    identify_driving_licence, COUNTRY_MAY},
    [IDENTIFIER_BRP] = {"brp", "biometric residence permit", identify_brp, COUNTRY_NONE},
    [IDENTIFIER_MRZ] = {"mrz", "machine readable zone", identify_mrz, COUNTRY_NONE},
    [IDENTIFIER_HOME_OFFICE_REF] = {"home_office_ref", "Home Office reference",
                                    identify_free, COUNTRY_NONE},
    [IDENTIFIER_VRM] = {"vrm", "registration mark", identify_vrm, COUNTRY_MAY},
    [IDENTIFIER_VIN] = {"vin", "vehicle identification number", identify_vin, COUNTRY_NONE},
    [IDENTIFIER_PHONE] = {"phone", "telephone number", identify_phone, COUNTRY_NONE},
    [IDENTIFIER_IMEI] = {"imei", "IMEI", identify_imei, COUNTRY_NONE},
    [IDENTIFIER_IMSI] = {"imsi", "IMSI", identify_imsi, COUNTRY_NONE},
    [IDENTIFIER_ICCID] = {"iccid", "SIM card number", identify_iccid, COUNTRY_NONE},
    [IDENTIFIER_IBAN] = {"iban", "IBAN", identify_iban, COUNTRY_NONE},
    [IDENTIFIER_UK_ACCOUNT] = {"uk_account", "sort code and account", identify_uk_account,
                               COUNTRY_NONE},
    [IDENTIFIER_BIC] = {"bic", "BIC", identify_bic, COUNTRY_NONE},
    [IDENTIFIER_COMPANY] = {"company", "company number", identify_company, COUNTRY_NONE},
    [IDENTIFIER_MMSI] = {"mmsi", "MMSI", identify_mmsi, COUNTRY_NONE},
    [IDENTIFIER_HULL] = {"hull", "hull number", identify_hull, COUNTRY_NONE},
    [IDENTIFIER_ENGINE] = {"engine", "engine serial", identify_free, COUNTRY_NONE},
    [IDENTIFIER_CONTAINER] = {"container", "container number", identify_container,
                              COUNTRY_NONE},
    [IDENTIFIER_EMAIL] = {"email", "e-mail address", identify_email, COUNTRY_NONE},
    [IDENTIFIER_SOCIAL] = {"social", "social media tag", identify_social, COUNTRY_NONE},
    [IDENTIFIER_POSTCODE] = {"postcode", "postcode", identify_postcode, COUNTRY_MAY},
    [IDENTIFIER_POSITION] = {"position", "position", identify_position, COUNTRY_NONE},
};

static const struct row *row_of(enum identifier_type type)
{
    const unsigned i = (unsigned)type;

    return i < IDENTIFIER_TYPE_END && rows[i].word != NULL ? &rows[i] : NULL;
}

status identifier_of(enum identifier_type type, struct bytes country, struct bytes raw,
                     struct arena *a, struct identifier *ret)
{
    const struct row *const row = row_of(type);
    const struct bytes trimmed = word_trim(raw);
    struct identifier id = {.valid = true};

    ENSURE(row != NULL, E_VALUE);
    identifier_need(&id, trimmed.size > 0, "is empty");
    identifier_need(&id, trimmed.size <= IDENTIFIER_RAW_MAX, "is too long");
    if (id.valid)
        TRY(row->identify(country, trimmed, a, &id));
    if (row->country == COUNTRY_MUST)
        identifier_need(&id, country_is_icao(country),
                        "needs its issuing country, as three letters of ISO 3166");
    *ret = id;
    return OK;
}

const char *identifier_word(enum identifier_type type)
{
    const struct row *const row = row_of(type);

    return row == NULL ? NULL : row->word;
}

const char *identifier_label(enum identifier_type type)
{
    const struct row *const row = row_of(type);

    return row == NULL ? NULL : row->label;
}

status identifier_type_read(struct bytes word, enum identifier_type *ret)
{
    for (size_t i = 1; i < COUNT_OF(rows); i++) {
        if (bytes_equal(word, bytes_of_text(rows[i].word))) {
            *ret = (enum identifier_type)i;
            return OK;
        }
    }
    return E_VALUE;
}

bool identifier_wants_country(enum identifier_type type)
{
    const struct row *const row = row_of(type);

    return row != NULL && row->country != COUNTRY_NONE;
}

struct bytes identifier_compared(enum identifier_type type, struct bytes canonical)
{
    if (type == IDENTIFIER_IMEI && canonical.size > IMEI_COMPARED)
        return bytes_of(canonical.at, IMEI_COMPARED);
    return canonical;
}
