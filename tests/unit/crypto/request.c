#include "notes_fixture.h"

static struct note parsed;

/* Agency 1, F55, asks. */
static struct bytes signed_request(struct arena *a)
{
    const struct hash realm = fixture_realm();
    struct roster_agency g = fixture_agency(1, &realm);
    struct keyring *k = fixture_keyring(1);
    struct bytes note = {0};

    memset(g.first_kx_signature, 0, sizeof g.first_kx_signature); /* is not looked at */
    CHECK_OK(request_sign(&g, k, a, &note));
    (void)keyring_free(k);
    return note;
}

static status verify(struct bytes note, struct arena *a)
{
    struct roster_agency g;

    return request_verify(note, a, &g);
}

/* The request with one part replaced, signed anew by the same key under the same name. */
static struct bytes changed(const char *from, const char *to, struct arena *a)
{
    struct keyring *k = fixture_keyring(1);
    struct bytes ret = {0};

    CHECK_OK(note_parse(signed_request(a), a, &parsed));
    const struct bytes text = fixture_replace(a, parsed.text, from, to);
    CHECK_OK(note_sign(text, parsed.signatures[0].name, k, a, &ret));
    (void)keyring_free(k);
    return ret;
}

static void a_request_gives_the_agency_as_a_roster_would_list_it(void)
{
    struct arena *const a = fixture_arena();
    const struct roster_agency wanted = fixture_roster()->agencies[1];
    struct roster *const r = fixture_roster();
    struct roster_agency g;
    const struct bytes before = fixture_roster_text(r, a);
    const struct bytes note = signed_request(a);

    const size_t mark = arena_mark(a);
    CHECK_OK(request_verify(note, a, &g));
    CHECK_INT(arena_mark(a), mark);
    CHECK_TEXT(g.id.text, wanted.id.text);
    CHECK_BYTES(bytes_of(g.first_kx_signature, SIGNATURE_SIZE),
                bytes_of(wanted.first_kx_signature, SIGNATURE_SIZE));
    r->agencies[1] = g;
    CHECK_BYTES(fixture_roster_text(r, a), before);
}

static void a_request_proves_possession_of_the_key_it_names(void)
{
    struct arena *const a = fixture_arena();
    const struct hash realm = fixture_realm();
    const struct roster_agency g = fixture_agency(1, &realm);
    struct keyring *k = fixture_keyring(0);
    struct bytes note = {0};

    /* Another's keys cannot be asked for. */
    CHECK_STATUS(request_sign(&g, k, a, &note), E_VALUE);
    CHECK_OK(note_parse(signed_request(a), a, &parsed));
    CHECK_OK(note_sign(parsed.text, parsed.signatures[0].name, k, a, &note));
    CHECK_STATUS(verify(note, a), E_SIGNATURE);
    /* The right key under another name. */
    (void)keyring_free(k);
    k = fixture_keyring(1);
    CHECK_OK(note_sign(parsed.text, bytes_of_text("flagpost/F55"), k, a, &note));
    CHECK_STATUS(verify(note, a), E_SIGNATURE);
    (void)keyring_free(k);
}

static void both_keys_must_be_the_keyrings(void)
{
    struct arena *const a = fixture_arena();
    const struct hash realm = fixture_realm();
    const struct roster_agency good = fixture_agency(1, &realm);
    const struct roster_agency other = fixture_agency(0, &realm);
    struct keyring *k = fixture_keyring(1);
    struct roster_agency g = good;
    struct bytes note = {0};

    memcpy(g.curve_key, other.curve_key, sizeof g.curve_key);
    CHECK_STATUS(request_sign(&g, k, a, &note), E_VALUE);
    g = good;
    memcpy(g.sign_key, other.sign_key, sizeof g.sign_key);
    CHECK_STATUS(request_sign(&g, k, a, &note), E_VALUE);
    g = good;
    g.ceiling = MARKING_SECRET;
    CHECK_STATUS(request_sign(&g, k, a, &note), E_VALUE);
    CHECK(note.at == NULL);
    (void)keyring_free(k);
}

/* Both ways: the old key signs for the new, and the text that the new one signs names the
 * old. */
static void other_keys_are_asked_for_by_both_the_new_and_the_old(void)
{
    struct arena *const a = fixture_arena();
    const struct hash realm = fixture_realm();
    struct roster_agency g = fixture_agency(1, &realm);
    struct keyring *both = fixture_keyring_of_both(7, 1);
    struct keyring *new = fixture_keyring(7);
    struct bytes note = {0};
    struct bytes alone = {0};

    fixture_rekey(&g, 7);
    CHECK_STATUS(request_sign(&g, new, a, &note), E_VALUE);
    CHECK_OK(request_sign(&g, both, a, &note));
    CHECK_OK(verify(note, a));
    CHECK_BYTES(bytes_of(keyring_sign_public(both), 32), bytes_of(g.sign_key, 32));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_INT(parsed.signature_count, 2);
    /* By the new one alone, who may be anyone; and by the old one alone. */
    const struct bytes text = parsed.text;
    const struct bytes name = parsed.signatures[0].name;
    CHECK_OK(note_sign(text, name, new, a, &alone));
    CHECK_STATUS(verify(alone, a), E_SIGNATURE);
    struct keyring *old = fixture_keyring(1);
    CHECK_OK(note_sign(text, name, old, a, &alone));
    CHECK_STATUS(verify(alone, a), E_SIGNATURE);
    (void)keyring_free(old);
    (void)keyring_free(new);
    (void)keyring_free(both);
}

static void refuses_every_other_request(void)
{
    static const struct {
        const char *from, *to;
        status wanted;
    } wrong[] = {
        {"request/v1", "request/v2", E_FORM},
        {"\nrealm ", "\nRealm ", E_FORM},
        {"\nagency F55\n", "\nagency F56\n", E_SIGNATURE},
        {"\nname Dorset", "\nname  Dorset", E_VALUE},
        {"\nforce 55\n", "\nforce 5\n", E_VALUE},
        {"\nceiling OFFICIAL-SENSITIVE\n", "\nceiling TOP-SECRET\n", E_FORM},
        {"\nflags OIMCR\n", "\nflags OIMCR \n", E_FORM},
        {"\nkx 1 ", "\nkx 2 ", E_SIGNATURE},
        {"tcp://127.0.0.1:5602", "tcp://127.0.0.1:", E_VALUE},
    };
    struct arena *const a = fixture_arena();

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(verify(changed(wrong[i].from, wrong[i].to, a), a), wrong[i].wanted);
}

/* A request signed whole for one realm does not enrol in another. */
static void the_realm_is_signed_for_twice(void)
{
    struct arena *const a = fixture_arena();
    const struct hash realm = fixture_realm();
    struct keyring *k = fixture_keyring(1);
    struct hash other = realm;
    char from[2 * HASH_SIZE + 1];
    char to[2 * HASH_SIZE + 1];
    char name[AGENCY_NOTE_NAME_ROOM];
    const struct agency_id id = fixture_id("F55");
    struct bytes note = {0};

    other.bytes[0] ^= 1;
    hex_encode(bytes_of(realm.bytes, HASH_SIZE), from);
    hex_encode(bytes_of(other.bytes, HASH_SIZE), to);
    CHECK_STATUS(verify(changed(from, to, a), a), E_SIGNATURE);
    CHECK_OK(note_parse(signed_request(a), a, &parsed));
    agency_note_name(&other, &id, name);
    CHECK_OK(note_sign(fixture_replace(a, parsed.text, from, to), bytes_of_text(name), k, a,
                       &note));
    CHECK_STATUS(verify(note, a), E_SIGNATURE); /* the KX note still names the first */
    (void)keyring_free(k);
}

static void no_change_to_a_signed_request_passes(void)
{
    struct arena *const a = fixture_arena();

    fixture_no_change_passes(signed_request(a), a, verify);
}

CASES(CASE(a_request_gives_the_agency_as_a_roster_would_list_it),
      CASE(a_request_proves_possession_of_the_key_it_names),
      CASE(both_keys_must_be_the_keyrings),
      CASE(other_keys_are_asked_for_by_both_the_new_and_the_old),
      CASE(refuses_every_other_request), CASE(the_realm_is_signed_for_twice),
      CASE(no_change_to_a_signed_request_passes))
