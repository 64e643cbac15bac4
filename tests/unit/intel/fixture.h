#ifndef FLAGPOST_TEST_INTEL_FIXTURE_H
#define FLAGPOST_TEST_INTEL_FIXTURE_H

/*
 * What the tests of records share: a record with nothing wrong, records thrown by dice, the
 * shipped list, and a moment that is "now".
 */

#include "check.h"
#include "lists.h"
#include "record.h"
#include "text.h"

/* 2026-11-23T12:00:00Z */
static const millis fixture_now = 1795435200000;

enum { FIXTURE_ARENA = 4 * 1024 * 1024, FIXTURE_FILE_MAX = 1024 * 1024 };

static inline void fixture_arena(struct arena *a)
{
    static _Alignas(16) uint8_t memory[FIXTURE_ARENA];

    arena_init(a, memory, sizeof memory);
}

/* A file below the top of the source tree. */
static inline struct bytes fixture_file(const char *path, struct arena *a)
{
    char full[512];
    uint8_t *const to = arena_take(a, FIXTURE_FILE_MAX);

    CHECK(to != NULL);
    (void)snprintf(full, sizeof full, "%s/../%s", TEST_SOURCE_DIR, path);
    FILE *const f = fopen(full, "rbe");
    CHECK(f != NULL);
    const size_t size = fread(to, 1, FIXTURE_FILE_MAX, f);
    CHECK(size < FIXTURE_FILE_MAX);
    CHECK_INT(fclose(f), 0);
    return bytes_of(to, size);
}

/* The shipped list as version 1 of a realm of zeros. */
static inline void fixture_lists(struct arena *a, struct lists *ret)
{
    const struct lists_head head = {.version = 1, .issued = 1790000000000};
    struct bytes text = {0};

    CHECK_OK(lists_compose(fixture_file("deploy/lists/lists.txt", a), &head, a, &text));
    CHECK_OK(lists_read(text, &head.realm, ret));
}

static inline struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

/* Handling P, one text, one person, one vehicle: no rule has anything to say. */
static inline void fixture_record(struct record *r)
{
    *r = (struct record){
        .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_MEDIUM},
        .facts = {.flags_submitted = {1, {b("#OIMCR")}},
                  .crime_code = b("FICT-OIM-01"),
                  .offence_codes = {1, {b("IM71142")}},
                  .station = b("55AA"),
                  .case_reference = b("NCCU-1"),
                  .urn = b("55-IR-2026-00000012"),
                  .date_of_intelligence = {2026, 10, 0},
                  .date_created = {2026, 10, 14}},
        .report = {.title = b("Boat seen loading at night"),
                   .caveat = b("Intelligence only."),
                   .contact = b("FIB desk"),
                   .purpose = PURPOSE_PREVENT,
                   .risk = b("None identified."),
                   .pii_decision = b("Considered, not claimed."),
                   .no_intercept = true},
        .provenance = {.text = b("A member of the public."),
                       .grade = {.source = 2, .assessment = 2}},
        .text_count = 1,
        .texts = {{b("A boat took on fuel."), BASIS_FACT, {.source = 1, .assessment = 1}}},
        .person_count = 1,
        .persons = {{.surname = b("Pellow"),
                     .given = {1, {b("Darren")}},
                     .born = {1979, 6, 21},
                     .role_count = 1,
                     .roles = {ROLE_SUSPECT}}},
        .vehicle_count = 1,
        .vehicles = {{.vrm_raw = b("HX88 KMB")}},
        .threat_count = 1,
        .threats = {{b("Organised immigration crime"), b("Small boats"), 2}},
    };
}

/* xorshift64*: the same records on every machine. */
struct dice {
    uint64_t state;
};

static inline uint32_t dice_below(struct dice *d, uint32_t sides)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return (uint32_t)((d->state * 2685821657736338717U) >> 33) % sides;
}

/* Text of 1 to `max` letters, some of them with diacritics. */
static inline struct bytes dice_some(struct dice *d, struct arena *a, uint32_t max)
{
    static const char *const letters[] = {"a",  "B", " ", "\"", "7",
                                          "\\", "ş", "ễ", "Ḥ",  "\n"};
    const uint32_t count = 1 + dice_below(d, max);
    uint8_t *const at = arena_take(a, (size_t)count * 3);

    CHECK(at != NULL);
    struct writer w = writer_over(at, (size_t)count * 3);
    for (uint32_t i = 0; i < count; i++)
        write_text(&w, letters[dice_below(d, COUNT_OF(letters))]);
    CHECK(!w.bad);
    return writer_bytes(&w);
}

static inline struct bytes dice_text(struct dice *d, struct arena *a, uint32_t max)
{
    return dice_below(d, 3) == 0 ? (struct bytes){0} : dice_some(d, a, max);
}

static inline struct text_list dice_list(struct dice *d, struct arena *a)
{
    struct text_list l = {.count = dice_below(d, 3) == 0 ? dice_below(d, LIST_MAX + 1) : 1};

    for (size_t i = 0; i < l.count; i++)
        l.at[i] = dice_some(d, a, 12);
    return l;
}

static inline struct partial_date dice_date(struct dice *d)
{
    struct partial_date date = {.year = 1900 + dice_below(d, 200)};

    if (dice_below(d, 4) == 0)
        return (struct partial_date){0};
    date.month = dice_below(d, 13);
    date.day = date.month == 0 ? 0 : dice_below(d, 29);
    return date;
}

static inline struct grade dice_grade(struct dice *d, struct arena *a)
{
    return (struct grade){1 + dice_below(d, 3), 1 + dice_below(d, 5), dice_text(d, a, 30),
                          (enum original_scheme)dice_below(d, 4), dice_text(d, a, 3)};
}

static inline void dice_things(struct dice *d, struct arena *a, struct record *r)
{
    r->vehicle_count = dice_below(d, 4);
    for (size_t i = 0; i < r->vehicle_count; i++)
        r->vehicles[i] = (struct item_vehicle){dice_some(d, a, 9), dice_text(d, a, 9),
                                               dice_below(d, 2), dice_text(d, a, 50)};
    r->phone_count = dice_below(d, 4);
    for (size_t i = 0; i < r->phone_count; i++)
        r->phones[i] =
            (struct item_phone){dice_some(d, a, 9), dice_text(d, a, 9), dice_below(d, 2)};
    r->vessel_count = dice_below(d, 4);
    for (size_t i = 0; i < r->vessel_count; i++)
        r->vessels[i] = (struct item_vessel){
            dice_some(d, a, 9), dice_text(d, a, 90), dice_text(d, a, 9), dice_text(d, a, 9),
            dice_below(d, 2),   dice_text(d, a, 9),  dice_text(d, a, 9), dice_below(d, 2)};
    r->address_count = dice_below(d, RECORD_THINGS_MAX + 1);
    for (size_t i = 0; i < r->address_count; i++)
        r->addresses[i] = (struct item_address){dice_some(d, a, 40), dice_text(d, a, 3),
                                                dice_text(d, a, 8),  dice_text(d, a, 8),
                                                dice_below(d, 2),    dice_text(d, a, 20),
                                                dice_text(d, a, 20), dice_below(d, 2)};
    r->document_count = dice_below(d, 4);
    for (size_t i = 0; i < r->document_count; i++)
        r->documents[i] = (struct item_document){dice_some(d, a, 9), dice_text(d, a, 9),
                                                 dice_text(d, a, 3), dice_text(d, a, 9),
                                                 dice_below(d, 2)};
}

static inline void dice_more_things(struct dice *d, struct arena *a, struct record *r)
{
    r->account_count = dice_below(d, 4);
    for (size_t i = 0; i < r->account_count; i++)
        r->accounts[i] = (struct item_account){
            dice_text(d, a, 9),  dice_some(d, a, 20), dice_text(d, a, 20), dice_below(d, 2),
            dice_text(d, a, 20), dice_text(d, a, 3),  dice_text(d, a, 60)};
    r->email_count = dice_below(d, 4);
    for (size_t i = 0; i < r->email_count; i++)
        r->emails[i] =
            (struct item_email){dice_some(d, a, 30), dice_text(d, a, 30), dice_below(d, 2)};
    r->social_count = dice_below(d, 4);
    for (size_t i = 0; i < r->social_count; i++)
        r->socials[i] = (struct item_social){dice_text(d, a, 9), dice_some(d, a, 30),
                                             dice_text(d, a, 30), dice_below(d, 2)};
    r->container_count = dice_below(d, 4);
    for (size_t i = 0; i < r->container_count; i++)
        r->containers[i] = (struct item_container){dice_some(d, a, 11), dice_text(d, a, 11),
                                                   dice_below(d, 2), dice_text(d, a, 60)};
    r->organisation_count = dice_below(d, 4);
    for (size_t i = 0; i < r->organisation_count; i++)
        r->organisations[i] =
            (struct item_organisation){dice_some(d, a, 30), dice_text(d, a, 60)};
    r->event_count = dice_below(d, 4);
    for (size_t i = 0; i < r->event_count; i++)
        r->events[i] =
            (struct item_event){dice_some(d, a, 12), dice_date(d), dice_text(d, a, 60)};
    r->threat_count = dice_below(d, 4);
    for (size_t i = 0; i < r->threat_count; i++)
        r->threats[i] = (struct item_threat){dice_some(d, a, 30), dice_text(d, a, 30),
                                             dice_below(d, THREAT_BAND_MAX + 1)};
    r->reference_count = dice_below(d, 4);
    for (size_t i = 0; i < r->reference_count; i++)
        r->references[i] =
            (struct item_reference){(enum reference_type)(1 + dice_below(d, 4)),
                                    dice_some(d, a, 20), dice_text(d, a, 2)};
}

static inline void dice_attachments(struct dice *d, struct arena *a, struct record *r)
{
    r->attachment_count = dice_below(d, 3);
    for (size_t i = 0; i < r->attachment_count; i++) {
        uint8_t *const hash = arena_take(a, HASH_SIZE);
        CHECK(hash != NULL);
        for (size_t k = 0; k < HASH_SIZE; k++)
            hash[k] = (uint8_t)dice_below(d, 256);
        r->attachments[i] =
            (struct item_attachment){dice_some(d, a, 20),        dice_some(d, a, 20),
                                     1 + dice_below(d, 1000000), bytes_of(hash, HASH_SIZE),
                                     bytes_of(hash, HASH_SIZE),  PART_BYTES_MAX,
                                     dice_text(d, a, 60)};
    }
}

/* One of the persons and things that the record has; it has at least one. */
static inline struct entity_ref dice_ref(struct dice *d, const struct record *r)
{
    for (;;) {
        const struct record_part *const p = record_part_at(dice_below(d, 14));
        if (p != NULL && p->is_entity && record_part_count(p, r) > 0)
            return (struct entity_ref){(uint32_t)p->kind,
                                       dice_below(d, (uint32_t)record_part_count(p, r))};
    }
}

static inline void dice_joins(struct dice *d, struct arena *a, struct record *r)
{
    if (r->person_count == 0)
        return;
    r->identifier_count = dice_below(d, 8);
    for (size_t i = 0; i < r->identifier_count; i++)
        r->identifiers[i] = (struct record_identifier){
            dice_ref(d, r),      dice_some(d, a, 9),  dice_text(d, a, 3),
            dice_some(d, a, 20), dice_text(d, a, 20), dice_below(d, 2)};
    r->link_count = dice_below(d, 8);
    for (size_t i = 0; i < r->link_count; i++)
        r->links[i] =
            (struct record_link){dice_ref(d, r), dice_ref(d, r), dice_some(d, a, 12)};
}

static inline void dice_persons(struct dice *d, struct arena *a, struct record *r)
{
    r->person_count = dice_below(d, 5);
    for (size_t i = 0; i < r->person_count; i++) {
        struct item_person *const p = &r->persons[i];
        *p = (struct item_person){.surname = dice_some(d, a, 20),
                                  .given = dice_list(d, a),
                                  .aliases = dice_list(d, a),
                                  .born = dice_date(d),
                                  .gender = dice_text(d, a, 8),
                                  .role_count = dice_below(d, ROLES_MAX + 1),
                                  .pnc_id = dice_text(d, a, 13),
                                  .pnc_id_canonical = dice_text(d, a, 13),
                                  .ethnicity = dice_text(d, a, 2),
                                  .biometric_reference = dice_text(d, a, 20),
                                  .born_basis = (enum born_basis)dice_below(d, 3),
                                  .born_assessed = dice_date(d),
                                  .pnc_id_valid = dice_below(d, 2)};
        for (size_t k = 0; k < p->role_count; k++)
            p->roles[k] = (enum subject_role)(1 + dice_below(d, 6));
    }
}

static inline struct item_report dice_report(struct dice *d, struct arena *a)
{
    return (struct item_report){.title = dice_some(d, a, 60),
                                .caveat = dice_text(d, a, 90),
                                .contact = dice_text(d, a, 60),
                                .purpose = (enum purpose)dice_below(d, 6),
                                .conditions = dice_text(d, a, 90),
                                .condition_reason = dice_text(d, a, 90),
                                .a3_usage = dice_text(d, a, 90),
                                .risk = dice_text(d, a, 90),
                                .pii_decision = dice_text(d, a, 90),
                                .no_intercept = dice_below(d, 2),
                                .information_types = dice_list(d, a),
                                .handling_instructions = dice_list(d, a),
                                .descriptors = dice_list(d, a),
                                .sensitive = dice_below(d, SENSITIVE_ALL + 1),
                                .schedule_8 = (enum schedule_8)dice_below(d, 10),
                                .restricted = dice_below(d, 2),
                                .recommendations = dice_text(d, a, 90),
                                .original_scheme = (enum original_scheme)dice_below(d, 4),
                                .original_handling = dice_text(d, a, 9),
                                .original_marking = dice_text(d, a, 9)};
}

/* Any record that the wire can carry, right or wrong by the rules: each thing says
 * something. */
static inline void dice_record(struct dice *d, struct arena *a, struct record *r)
{
    *r = (struct record){
        .label = {.marking = (enum marking)dice_below(d, 5),
                  .handling = (enum handling)dice_below(d, 3),
                  .action = (enum action_code)dice_below(d, 4),
                  .sanitisation = (enum sanitisation_code)dice_below(d, 3),
                  .priority = (enum priority)dice_below(d, 4),
                  .retention_class = dice_below(d, 5),
                  .expires_at = (millis)dice_below(d, 2) * 1900000000000},
        .facts = {dice_list(d, a), dice_list(d, a), dice_text(d, a, 12), dice_list(d, a),
                  dice_below(d, 3), dice_text(d, a, 4), dice_text(d, a, 20),
                  dice_text(d, a, 20), dice_date(d), dice_date(d)},
        .report = dice_report(d, a),
        .provenance = {.text = dice_some(d, a, 200), .grade = dice_grade(d, a)},
        .text_count = dice_below(d, 6),
    };
    for (size_t i = 0; i < r->text_count; i++)
        r->texts[i] = (struct graded_text){dice_some(d, a, 300),
                                           (enum basis)dice_below(d, 3), dice_grade(d, a)};
    dice_persons(d, a, r);
    dice_things(d, a, r);
    dice_more_things(d, a, r);
    dice_attachments(d, a, r);
    dice_joins(d, a, r);
}

#endif
