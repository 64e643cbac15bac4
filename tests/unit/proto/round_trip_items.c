/* Random structs of every kind that keep every rule: what is encoded passes our own
 * scanner, decodes, and encodes to the same bytes. */

#include "content_fields.h"
#include "samples.h"
#include "talk_samples.h"

enum { ROUNDS = 1600 };

static uint8_t memory[SAMPLE_ARENA_BYTES] __attribute__((aligned(16)));

static struct item_facts random_facts(struct dice *d)
{
    return (struct item_facts){.flags_submitted = dice_texts(d),
                               .flags = dice_texts(d),
                               .crime_code = dice_maybe(d),
                               .offence_codes = dice_texts(d),
                               .list_version = dice_range(d, 1, UINT32_MAX - 1),
                               .station = dice_maybe(d),
                               .case_reference = dice_maybe(d),
                               .urn = dice_maybe(d),
                               .date_of_intelligence = dice_date(d),
                               .date_created = dice_date(d)};
}

static struct item_report random_report(struct dice *d)
{
    return (struct item_report){.title = dice_text(d, 1, SHORT_TEXT_MAX),
                                .caveat = dice_maybe(d),
                                .contact = dice_maybe(d),
                                .purpose = dice_below(d, 6),
                                .conditions = dice_maybe(d),
                                .condition_reason = dice_maybe(d),
                                .a3_usage = dice_maybe(d),
                                .risk = dice_maybe(d),
                                .pii_decision = dice_maybe(d),
                                .no_intercept = dice_below(d, 2),
                                .information_types = dice_texts(d),
                                .handling_instructions = dice_texts(d),
                                .descriptors = dice_texts(d),
                                .sensitive = dice_below(d, SENSITIVE_ALL + 1),
                                .schedule_8 = dice_below(d, SCHEDULE_8_ARCHIVING + 1),
                                .restricted = dice_below(d, 2),
                                .recommendations = dice_maybe(d),
                                .original_scheme = dice_below(d, SCHEME_3X5X2 + 1),
                                .original_handling = dice_maybe(d),
                                .original_marking = dice_maybe(d)};
}

static struct item_person random_person(struct dice *d)
{
    struct item_person p = {.surname = dice_text(d, 1, SHORT_TEXT_MAX),
                            .given = dice_texts(d),
                            .aliases = dice_texts(d),
                            .born = dice_date(d),
                            .gender = dice_maybe(d),
                            .role_count = dice_below(d, ROLES_MAX + 1),
                            .pnc_id = dice_maybe(d),
                            .pnc_id_canonical = dice_maybe(d),
                            .pnc_id_valid = dice_below(d, 2),
                            .ethnicity = dice_maybe(d),
                            .biometric_reference = dice_maybe(d),
                            .born_basis = dice_below(d, BORN_DOCUMENTED + 1),
                            .born_assessed = dice_date(d)};

    for (size_t i = 0; i < p.role_count; i++)
        p.roles[i] = dice_range(d, ROLE_SUSPECT, ROLE_UNKNOWN);
    return p;
}

static struct item_outcome random_outcome(struct dice *d)
{
    struct item_outcome o = {.agency = dice_agency(d),
                             .what = dice_range(d, OUTCOME_OPENED, OUTCOME_UNLINKED),
                             .at = dice_u64(d),
                             .person = dice_maybe(d),
                             .reference = dice_maybe(d),
                             .reason = dice_maybe(d)};

    dice_fill(d, o.id.bytes, sizeof o.id.bytes);
    return o;
}

static struct item_audit random_audit(struct dice *d)
{
    struct item_audit r = {.at = dice_u64(d),
                           .operation = dice_range(d, AUDIT_COLLECT, AUDIT_INSTALL),
                           .actor = dice_text(d, 1, SHORT_TEXT_MAX),
                           .channel = dice_maybe(d),
                           .has_object = dice_below(d, 2),
                           .justification = dice_maybe(d),
                           .recipients = dice_texts(d),
                           .rules = dice_texts(d),
                           .station = dice_maybe(d),
                           .digest = dice_bytes(d, 0, 64),
                           .outcome = dice_maybe(d)};

    if (r.has_object) {
        r.object_stream = (struct stream_id){
            .agency = dice_agency(d), .lane = dice_range(d, 1, 3), .epoch = dice_epoch(d)};
        r.object_index = dice_u64(d);
        dice_fill(d, r.object.bytes, sizeof r.object.bytes);
    }
    return r;
}

/* The kinds that came with the whole national intelligence report. */
static struct item random_addition(struct dice *d, enum item_kind kind)
{
    const struct bytes text = dice_text(d, 1, SHORT_TEXT_MAX);
    struct item i = {.kind = kind};

    if (kind == ITEM_FLAG)
        i.flag = (struct item_flag){text, dice_below(d, UINT32_MAX)};
    else if (kind == ITEM_DATES)
        i.dates = (struct item_dates){{2026, 1, 1}, dice_date(d)};
    else if (kind == ITEM_THREAT)
        i.threat =
            (struct item_threat){text, dice_maybe(d), dice_below(d, THREAT_BAND_MAX + 1)};
    else if (kind == ITEM_REFERENCE)
        i.reference = (struct item_reference){
            dice_range(d, REFERENCE_OCG, REFERENCE_REQUIREMENT), text, dice_maybe(d)};
    else if (kind == ITEM_IDENTIFIER)
        i.identifier = (struct item_identifier){
            dice_below(d, ITEMS_MAX), text, dice_maybe(d), text, dice_maybe(d),
            dice_below(d, 2)};
    else if (kind == ITEM_ACCOUNT)
        i.account = (struct item_account){
            text,          dice_maybe(d), dice_maybe(d), dice_below(d, 2),
            dice_maybe(d), dice_maybe(d), dice_maybe(d)};
    else if (kind == ITEM_EMAIL)
        i.email = (struct item_email){text, dice_maybe(d), dice_below(d, 2)};
    else if (kind == ITEM_SOCIAL)
        i.social =
            (struct item_social){dice_maybe(d), text, dice_maybe(d), dice_below(d, 2)};
    else if (kind == ITEM_CONTAINER)
        i.container =
            (struct item_container){text, dice_maybe(d), dice_below(d, 2), dice_maybe(d)};
    else if (kind == ITEM_ORGANISATION)
        i.organisation = (struct item_organisation){dice_maybe(d), text};
    else if (kind == ITEM_EVENT)
        i.event = (struct item_event){text, dice_date(d), dice_maybe(d)};
    else
        CHECK(false);
    return i;
}

static struct item_case_event random_case_event(struct dice *d)
{
    struct item_case_event e = {.reference = dice_text(d, 1, CASE_REFERENCE_MAX),
                                .what = dice_range(d, CASE_REPORTED, CASE_CORRECTED),
                                .at = 1 + dice_below(d, UINT32_MAX),
                                .station = dice_text(d, 0, CASE_STATION_MAX),
                                .role = dice_text(d, 0, CASE_ROLE_MAX),
                                .has_document = dice_below(d, 2),
                                .reported_at = dice_below(d, UINT32_MAX)};

    if (e.has_document)
        dice_fill(d, e.document.bytes, sizeof e.document.bytes);
    return e;
}

static record_id random_id(struct dice *d)
{
    record_id id;

    dice_fill(d, id.bytes, sizeof id.bytes);
    return id;
}

static struct item random_history(struct dice *d, enum item_kind kind)
{
    const struct bytes text = dice_text(d, 1, SHORT_TEXT_MAX);
    struct item i = {.kind = kind};

    if (kind == ITEM_SUPERSEDES)
        i.supersedes = (struct item_supersedes){
            random_id(d), dice_range(d, 2, UINT32_MAX - 2), text, dice_maybe(d)};
    else if (kind == ITEM_LINEAGE)
        i.lineage = (struct item_lineage){.agency = dice_agency(d),
                                          .id = random_id(d),
                                          .leaf = {{1}},
                                          .item_count = dice_range(d, 1, ITEMS_MAX),
                                          .positions = text,
                                          .person = text,
                                          .reason = text};
    else if (kind == ITEM_PROOF)
        i.proof.text = text;
    else if (kind == ITEM_RECALL)
        i.recall = (struct item_recall){random_id(d),
                                        dice_range(d, RECALL_WITHDRAWN, RECALL_DISPOSED),
                                        text, dice_maybe(d), dice_u64(d)};
    else
        i.replaced = (struct item_replaced){random_id(d), random_id(d)};
    return i;
}

static struct bytes random_hash(struct dice *d)
{
    uint8_t *const at = arena_take(d->arena, HASH_SIZE);

    CHECK(at != NULL);
    dice_fill(d, at, HASH_SIZE);
    return bytes_of(at, HASH_SIZE);
}

static struct item random_attachment(struct dice *d, enum item_kind kind)
{
    if (kind == ITEM_PART)
        return (struct item){.kind = kind,
                             .part = {dice_below(d, ATTACHMENTS_MAX),
                                      dice_below(d, ATTACHMENT_PARTS_MAX),
                                      dice_text(d, 1, SHORT_TEXT_MAX), random_hash(d)}};
    return (struct item){.kind = kind,
                         .attachment = {dice_text(d, 1, ATTACHMENT_NAME_MAX),
                                        dice_text(d, 1, 30),
                                        1 + dice_below(d, ATTACHMENT_BYTES_MAX),
                                        random_hash(d), random_hash(d), PART_BYTES_MAX,
                                        dice_text(d, 0, ATTACHMENT_DESCRIPTION_MAX)}};
}

/* Texts, and what is said of them. */
static struct item random_text(struct dice *d, enum item_kind kind)
{
    const struct bytes text = dice_text(d, 1, SHORT_TEXT_MAX);
    struct item i = {.kind = kind};

    if (kind == ITEM_FACTS)
        i.facts = random_facts(d);
    else if (kind == ITEM_REPORT)
        i.report = random_report(d);
    else if (kind == ITEM_PROVENANCE)
        i.provenance.text = text;
    else if (kind == ITEM_TEXT)
        i.text = (struct item_text){text, dice_below(d, 3)};
    else if (kind == ITEM_GRADE)
        i.grade = (struct item_grade){dice_below(d, ITEMS_MAX),
                                      dice_range(d, 1, 3),
                                      dice_range(d, 1, 5),
                                      dice_maybe(d),
                                      dice_below(d, SCHEME_3X5X2 + 1),
                                      dice_maybe(d)};
    else if (kind == ITEM_CODE)
        i.code = (struct item_code){text, dice_below(d, UINT32_MAX)};
    else
        i.case_reference.reference = text;
    return i;
}

static struct item random_thing(struct dice *d, enum item_kind kind)
{
    const struct bytes text = dice_text(d, 1, SHORT_TEXT_MAX);
    struct item i = {.kind = kind};

    if (kind == ITEM_PERSON)
        i.person = random_person(d);
    else if (kind == ITEM_VEHICLE)
        i.vehicle =
            (struct item_vehicle){text, dice_maybe(d), dice_below(d, 2), dice_maybe(d)};
    else if (kind == ITEM_PHONE)
        i.phone = (struct item_phone){text, dice_maybe(d), dice_below(d, 2)};
    else if (kind == ITEM_VESSEL)
        i.vessel = (struct item_vessel){text,          dice_maybe(d),    dice_maybe(d),
                                        dice_maybe(d), dice_below(d, 2), dice_maybe(d),
                                        dice_maybe(d), dice_below(d, 2)};
    else if (kind == ITEM_ADDRESS)
        i.address = (struct item_address){.text = dice_maybe(d),
                                          .country = dice_maybe(d),
                                          .postcode = text,
                                          .postcode_canonical = dice_maybe(d),
                                          .postcode_valid = dice_below(d, 2),
                                          .position = dice_maybe(d),
                                          .position_canonical = dice_maybe(d),
                                          .position_valid = dice_below(d, 2)};
    else if (kind == ITEM_DOCUMENT)
        i.document = (struct item_document){dice_maybe(d), text, dice_maybe(d),
                                            dice_maybe(d), dice_below(d, 2)};
    else
        i.link =
            (struct item_link){dice_below(d, ITEMS_MAX), dice_below(d, ITEMS_MAX), text};
    return i;
}

static struct item random_event(struct dice *d, enum item_kind kind)
{
    struct item i = {.kind = kind};

    if (kind == ITEM_OUTCOME)
        i.outcome = random_outcome(d);
    else if (kind == ITEM_AUDIT)
        i.audit = random_audit(d);
    else if (kind == ITEM_CASE_EVENT)
        i.case_event = random_case_event(d);
    else if (kind == ITEM_CASE_DECISION)
        i.case_decision = (struct item_case_decision){dice_text(d, 1, CASE_PERSON_MAX),
                                                      dice_text(d, 1, CASE_REASON_MAX)};
    else if (kind == ITEM_CASE_CALL)
        i.case_call = (struct item_case_call){dice_text(d, 1, CASE_REFERENCE_MAX),
                                              1 + dice_below(d, UINT32_MAX),
                                              dice_text(d, 1, CASE_STATION_MAX)};
    else if (kind == ITEM_CASE_PERIOD)
        i.case_period = (struct item_case_period){1 + dice_below(d, UINT32_MAX),
                                                  1 + dice_below(d, UINT32_MAX)};
    else
        i.decision =
            (struct item_decision){.id = random_id(d),
                                   .to = {"IE"},
                                   .at = 1 + dice_below(d, UINT32_MAX),
                                   .person = dice_text(d, 1, DECISION_TEXT_MAX),
                                   .reason = dice_text(d, 1, DECISION_TEXT_MAX),
                                   .override_person = dice_text(d, 0, DECISION_TEXT_MAX),
                                   .override_reason = dice_text(d, 0, DECISION_TEXT_MAX),
                                   .description = dice_text(d, 0, DECISION_TEXT_MAX)};
    if (kind == ITEM_DECISION && i.decision.description.size > 0)
        i.decision.basis = 1 + dice_below(d, TRANSFER_SPECIAL);
    return i;
}

static struct item random_item(struct dice *d, enum item_kind kind)
{
    static struct item (*const makers[64])(struct dice * d, enum item_kind kind) = {
        [ITEM_FACTS] = random_text,          [ITEM_REPORT] = random_text,
        [ITEM_PROVENANCE] = random_text,     [ITEM_TEXT] = random_text,
        [ITEM_GRADE] = random_text,          [ITEM_CODE] = random_text,
        [ITEM_CASE] = random_text,           [ITEM_PERSON] = random_thing,
        [ITEM_VEHICLE] = random_thing,       [ITEM_PHONE] = random_thing,
        [ITEM_VESSEL] = random_thing,        [ITEM_ADDRESS] = random_thing,
        [ITEM_DOCUMENT] = random_thing,      [ITEM_LINK] = random_thing,
        [ITEM_OUTCOME] = random_event,       [ITEM_AUDIT] = random_event,
        [ITEM_CASE_EVENT] = random_event,    [ITEM_CASE_DECISION] = random_event,
        [ITEM_CASE_CALL] = random_event,     [ITEM_CASE_PERIOD] = random_event,
        [ITEM_DECISION] = random_event,      [ITEM_RETENTION] = random_retention,
        [ITEM_FLAG] = random_addition,       [ITEM_DATES] = random_addition,
        [ITEM_THREAT] = random_addition,     [ITEM_REFERENCE] = random_addition,
        [ITEM_IDENTIFIER] = random_addition, [ITEM_ACCOUNT] = random_addition,
        [ITEM_EMAIL] = random_addition,      [ITEM_SOCIAL] = random_addition,
        [ITEM_CONTAINER] = random_addition,  [ITEM_ORGANISATION] = random_addition,
        [ITEM_EVENT] = random_addition,      [ITEM_ATTACHMENT] = random_attachment,
        [ITEM_PART] = random_attachment,     [ITEM_SUPERSEDES] = random_history,
        [ITEM_LINEAGE] = random_history,     [ITEM_PROOF] = random_history,
        [ITEM_RECALL] = random_history,      [ITEM_REPLACED] = random_history,
        [ITEM_RANGES] = random_talk,         [ITEM_DIFFERENCE] = random_talk,
        [ITEM_REQUEST] = random_request,
    };

    CHECK(kind < COUNT_OF(makers) && makers[kind] != NULL);
    return makers[kind](d, kind);
}

static status item_again(struct bytes bytes, struct arena *a, struct bytes *ret)
{
    struct item back;

    TRY(item_decode(bytes, a, &back));
    return item_encode(&back, a, ret);
}

static void every_item_kind_comes_back(void)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct arena a;
        arena_init(&a, memory, sizeof memory);
        struct dice d = {.state = 1 + round, .arena = &a};
        const enum item_kind kind = 1 + round % 64;
        if (item_layout(kind) == NULL)
            continue;
        const struct item item = random_item(&d, kind);
        struct item back;
        struct bytes first = {0};
        struct bytes second = {0};
        CHECK_OK(item_encode(&item, &a, &first));
        CHECK_OK(item_decode(first, &a, &back));
        CHECK_INT(back.kind, kind);
        CHECK_OK(item_encode(&back, &a, &second));
        CHECK_BYTES(second, first);
        if (round < 64)
            check_hungry(first, item_again);
    }
}

CASES(CASE(every_item_kind_comes_back))
