#include "notes_fixture.h"

static struct roster got;
static struct roster installed;

/* Under the fixture's root and realm. */
static status verify_against(const struct roster *before, struct bytes note,
                             struct arena *a)
{
    static struct root root;
    static struct hash realm;

    if (root.number == 0) {
        root = fixture_root();
        realm = fixture_realm();
    }
    return roster_verify(note, &root, &realm, before, a, &got);
}

static status verify(struct bytes note, struct arena *a)
{
    return verify_against(NULL, note, a);
}

static status verify_after(struct bytes note, struct arena *a)
{
    return verify_against(&installed, note, a);
}

/* Version 1 of the fixture is installed; gives version 2 that follows it. */
static struct roster *second_roster(struct arena *a)
{
    CHECK_OK(roster_read(fixture_roster_text(fixture_roster(), a), a, &installed));
    struct roster *const r = fixture_roster();
    r->version = 2;
    r->previous = installed.text_hash;
    return r;
}

static struct bytes signed_roster(const struct roster *r, const char *by, struct arena *a)
{
    return fixture_root_signed(fixture_roster_text(r, a), by, a);
}

static void root_keys_may_not_stand_in_the_roster(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();
    struct keyring_secrets secrets = {0};
    struct keyring *k = NULL;

    fixture_root_seed(2, secrets.sign_seed);
    CHECK_OK(keyring_open(&secrets, &k));
    memcpy(r->agencies[0].sign_key, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
    fixture_kx_sign(&r->agencies[0], k);
    CHECK_STATUS(verify(signed_roster(r, "ab", a), a), E_VALUE);
    (void)keyring_free(k);
}

static void a_full_roster_fits_a_note(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    r->agency_count = AGENCIES_MAX;
    for (size_t i = 0; i < AGENCIES_MAX; i++) {
        struct keyring_secrets secrets;
        struct keyring *k = NULL;
        struct hpke_key_pair pair;
        char id[AGENCY_ID_MAX + 1];
        uint8_t ikm[32];
        struct roster_agency *const g = &r->agencies[i];

        memset(&secrets, (int)i, sizeof secrets);
        secrets.sign_seed[0] = 0xee;
        CHECK_OK(keyring_open(&secrets, &k));
        memset(ikm, (int)i, sizeof ikm);
        CHECK_OK(hpke_derive(bytes_of(ikm, sizeof ikm), &pair));
        *g = r->agencies[1];
        (void)snprintf(id, sizeof id, "F%03zu", i);
        g->id = fixture_id(id);
        g->first_kx.agency = g->id;
        memcpy(g->first_kx.key, pair.public, sizeof pair.public);
        (void)snprintf(g->endpoint, sizeof g->endpoint, "tcp://node%03zu.police.uk:5601",
                       i);
        memcpy(g->sign_key, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
        memcpy(g->curve_key, keyring_curve_public(k), CURVE_KEY_SIZE);
        fixture_kx_sign(g, k);
        (void)keyring_free(k);
    }
    const struct bytes note = signed_roster(r, "abc", a);
    CHECK(note.size <= NOTE_BYTES_MAX);
    CHECK_OK(verify(note, a));
    CHECK_INT(got.agency_count, AGENCIES_MAX);

    /* Names and endpoints of full length do not fit, and that is said. */
    struct bytes text = {0};
    for (size_t i = 0; i < AGENCIES_MAX; i++) {
        memset(r->agencies[i].name, 'x', NAME_MAX_BYTES);
        memset(r->agencies[i].endpoint + 6, 'x', 60);
        (void)snprintf(r->agencies[i].endpoint + 66, 20, ".%03zu:5601", i);
    }
    CHECK_STATUS(roster_write(r, a, &text), E_LIMIT);
    r->agency_count = AGENCIES_MAX + 1;
    CHECK_STATUS(roster_write(r, a, &text), E_LIMIT);
    r->agency_count = 1;
    r->quorum = 1;
    r->revocation_count = REVOCATIONS_MAX + 1;
    CHECK_STATUS(roster_write(r, a, &text), E_LIMIT);
}

static void a_roster_needs_a_threshold_of_root_keys(void)
{
    struct arena *const a = fixture_arena();
    const struct roster *const r = fixture_roster();
    const struct bytes text = fixture_roster_text(r, a);

    CHECK_OK(verify(signed_roster(r, "ab", a), a));
    CHECK_OK(verify(signed_roster(r, "dcb", a), a));
    CHECK_STATUS(verify(signed_roster(r, "a", a), a), E_THRESHOLD);
    CHECK_STATUS(verify(signed_roster(r, "ade", a), a), E_THRESHOLD);

    /* Duplicate signatures of one key. */
    struct bytes note = fixture_root_signed(text, "a", a);
    note = fixture_join(a, note, bytes_from(note, text.size + 1));
    CHECK_STATUS(verify(note, a), E_THRESHOLD);

    /* One key under the name of another. */
    uint8_t seed[SIGN_SEED_SIZE];
    struct bytes line = {0};
    note = fixture_root_signed(text, "a", a);
    fixture_root_seed(0, seed);
    CHECK_OK(note_sign_seed(text, bytes_of_text("root-b"), seed, a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    CHECK_STATUS(verify(note, a), E_THRESHOLD);
}

/* Mix and match: signatures of root-b are taken from another document. */
static void signatures_of_another_document_do_not_count(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();
    const struct root root = fixture_root();
    struct bytes other = {0};
    const struct bytes text = fixture_roster_text(r, a);
    const struct bytes by_a = fixture_root_signed(text, "a", a);

    r->expires += FIXTURE_DAY;
    const struct bytes later = fixture_roster_text(r, a);
    struct bytes line = bytes_from(fixture_root_signed(later, "b", a), later.size + 1);
    CHECK_STATUS(verify(fixture_join(a, by_a, line), a), E_SIGNATURE);
    CHECK_OK(root_write(&root, a, &other));
    line = bytes_from(fixture_root_signed(other, "b", a), other.size + 1);
    CHECK_STATUS(verify(fixture_join(a, by_a, line), a), E_SIGNATURE);
    /* A whole document of another kind, well signed. */
    CHECK_STATUS(verify(fixture_root_signed(other, "ab", a), a), E_FORM);
}

static void a_roster_of_another_realm_is_refused(void)
{
    struct arena *const a = fixture_arena();
    struct root other_root = fixture_root();
    struct bytes root_text = {0};
    struct roster *const r = fixture_roster();

    /* The same people hold the root keys of both. */
    other_root.threshold = 3;
    CHECK_OK(root_write(&other_root, a, &root_text));
    r->realm = realm_of(root_text);
    for (size_t i = 0; i < r->agency_count; i++)
        r->agencies[i] = fixture_agency(i, &r->realm);
    CHECK_STATUS(verify(signed_roster(r, "abc", a), a), E_REALM);
}

static void the_next_version_installs(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes note = signed_roster(second_roster(a), "ab", a);

    CHECK_OK(verify_after(note, a));
    CHECK_INT(got.version, 2);
    CHECK_OK(verify(note, a)); /* a joiner starts with any version */
}

static void rollback_fast_forward_and_forks_of_the_chain_are_refused(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes first = signed_roster(fixture_roster(), "bc", a);
    struct roster *r = second_roster(a);

    CHECK_STATUS(verify_after(first, a), E_DUPLICATE);
    r->previous.bytes[0] ^= 1;
    CHECK_STATUS(verify_after(signed_roster(r, "ab", a), a), E_HASH);

    r = second_roster(a);
    r->version = 3;
    CHECK_STATUS(verify_after(signed_roster(r, "ab", a), a), E_ORDER);
    r->version = UINT32_MAX;
    CHECK_STATUS(verify_after(signed_roster(r, "ab", a), a), E_ORDER);

    r = second_roster(a);
    CHECK_OK(roster_read(fixture_roster_text(r, a), a, &installed));
    CHECK_STATUS(verify_after(first, a), E_ROLLBACK);
    r->expires += FIXTURE_DAY; /* another version 2 */
    CHECK_STATUS(verify_after(signed_roster(r, "ab", a), a), E_HASH);
}

static void a_refused_roster_leaves_the_callers_alone(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = second_roster(a);

    r->version = 3;
    memset(&got, 0, sizeof got);
    got.version = 7;
    const size_t mark = arena_mark(a);
    const struct bytes note = signed_roster(r, "ab", a);
    const size_t after = arena_mark(a);
    CHECK(after > mark);
    CHECK_STATUS(verify_after(note, a), E_ORDER);
    CHECK_INT(got.version, 7);
    CHECK_INT(got.agency_count, 0);
    CHECK_INT(arena_mark(a), after);
}

static void a_frozen_roster_is_told_by_its_age(void)
{
    const struct roster *const r = fixture_roster();
    const millis grace = 14 * FIXTURE_DAY;

    CHECK_INT(roster_age(r, 0), ROSTER_FRESH);
    CHECK_INT(roster_age(r, r->expires - 1), ROSTER_FRESH);
    CHECK_INT(roster_age(r, r->expires), ROSTER_EXPIRED);
    CHECK_INT(roster_age(r, r->expires + grace - 1), ROSTER_EXPIRED);
    CHECK_INT(roster_age(r, r->expires + grace), ROSTER_FROZEN);
    CHECK_INT(roster_age(r, UINT64_MAX), ROSTER_FROZEN);
}

static void agencies_are_found_by_id_and_rank(void)
{
    const struct roster *const r = fixture_roster();
    const struct agency_id rocu = fixture_id("SWROCU");
    const struct agency_id part = fixture_id("SWROC");
    const struct agency_id first = fixture_id("F54");

    CHECK_INT(roster_rank(r, &first), 0);
    CHECK_INT(roster_rank(r, &rocu), 3);
    CHECK_INT(roster_rank(r, &part), -1);
    CHECK(roster_find(r, &rocu) == &r->agencies[3]);
    CHECK(roster_find(r, &part) == NULL);
}

static void an_agency_is_current_within_its_validity(void)
{
    struct roster *const r = fixture_roster();
    const struct agency_id id = fixture_id("F55");
    const struct agency_id unknown = fixture_id("F99");
    const millis until = FIXTURE_NOW + 365 * FIXTURE_DAY;

    r->issued = FIXTURE_NOW - 1;
    CHECK(!roster_is_current(r, &id, FIXTURE_NOW - 1));
    CHECK(roster_is_current(r, &id, FIXTURE_NOW));
    CHECK(roster_is_current(r, &id, until - 1));
    CHECK(!roster_is_current(r, &id, until));
    CHECK(!roster_is_current(r, &unknown, FIXTURE_NOW));
    /* A clock from before the roster ends nothing and revives nothing. */
    r->issued = FIXTURE_NOW;
    CHECK(roster_is_current(r, &id, FIXTURE_NOW - 3650 * FIXTURE_DAY));
    r->issued = until;
    CHECK(!roster_is_current(r, &id, FIXTURE_NOW));
    r->issued = FIXTURE_NOW;
    fixture_revoke(r, "F55", LANE_LOCAL, 0);
    r->revocations[0].at = until; /* a revocation acts whatever the clocks say */
    CHECK(!roster_is_current(r, &id, FIXTURE_NOW));
}

static void a_revocation_names_the_good_place_of_each_stream(void)
{
    struct roster *const r = fixture_roster();
    struct stream_id s = fixture_stream();
    const struct agency_id f54 = fixture_id("F54");
    const struct agency_id gone = fixture_id("GONE");

    fixture_revoke(r, "F55", LANE_IMMEDIATE, 2);
    fixture_revoke(r, "F55", LANE_ROUTINE, 1);
    fixture_revoke(r, "GONE", LANE_LOCAL, 0);
    memcpy(r->revocations[0].epoch.random, s.epoch.random, sizeof s.epoch.random);
    CHECK(roster_is_revoked(r, &s.agency) && roster_is_revoked(r, &gone));
    CHECK(!roster_is_revoked(r, &f54));
    CHECK(roster_good_place(r, &s) == &r->revocations[0]);
    s.lane = LANE_ROUTINE;
    CHECK(roster_good_place(r, &s) == NULL);
    s.lane = LANE_IMMEDIATE;
    s.epoch.counter = 3;
    CHECK(roster_good_place(r, &s) == NULL);
    s.epoch.counter = 2;
    s.epoch.random[7] ^= 1;
    CHECK(roster_good_place(r, &s) == NULL);
    s.agency = gone;
    CHECK(roster_good_place(r, &s) == NULL);
}

/* What is mostly found bad by the signatures first; texts that are signed and bad stand
 * above. */
static void no_change_to_a_signed_roster_passes(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    r->agency_count = 2;
    fixture_no_change_passes(signed_roster(r, "ab", a), a, verify);
}

CASES(CASE(root_keys_may_not_stand_in_the_roster), CASE(a_full_roster_fits_a_note),
      CASE(a_roster_needs_a_threshold_of_root_keys),
      CASE(signatures_of_another_document_do_not_count),
      CASE(a_roster_of_another_realm_is_refused), CASE(the_next_version_installs),
      CASE(rollback_fast_forward_and_forks_of_the_chain_are_refused),
      CASE(a_refused_roster_leaves_the_callers_alone),
      CASE(a_frozen_roster_is_told_by_its_age), CASE(agencies_are_found_by_id_and_rank),
      CASE(an_agency_is_current_within_its_validity),
      CASE(a_revocation_names_the_good_place_of_each_stream),
      CASE(no_change_to_a_signed_roster_passes))
