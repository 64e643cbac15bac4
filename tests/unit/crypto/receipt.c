#include "checkpoint.h"
#include "notes_fixture.h"

static struct note parsed;

static struct bytes signed_receipt(struct arena *a)
{
    const struct receipt r = fixture_receipt();
    struct keyring *k = fixture_keyring(0);
    struct bytes note = {0};

    CHECK_OK(receipt_sign(&r, k, a, &note));
    (void)keyring_free(k);
    return note;
}

static struct bytes signed_kx(struct arena *a)
{
    const struct hash realm = fixture_realm();
    const struct agency_id id = fixture_id("F54");
    const struct kx_note n = fixture_kx(0, &realm, &id);
    struct keyring *k = fixture_keyring(0);
    struct bytes note = {0};

    CHECK_OK(kx_note_sign(&n, k, a, &note));
    (void)keyring_free(k);
    return note;
}

/* Under the key of agency 0, F54. */
static status verify_receipt(struct bytes note, struct arena *a)
{
    struct keyring *k = fixture_keyring(0);
    struct receipt r;
    const status s = receipt_verify(note, keyring_sign_public(k), a, &r);

    (void)keyring_free(k);
    return s;
}

static status verify_kx(struct bytes note, struct arena *a)
{
    struct keyring *k = fixture_keyring(0);
    struct kx_note n;
    const status s = kx_note_verify(note, keyring_sign_public(k), a, &n);

    (void)keyring_free(k);
    return s;
}

/* The note's text with one part replaced, signed anew by the right key under the right
 * name. */
static struct bytes changed(struct bytes note, const char *from, const char *to,
                            struct arena *a)
{
    struct keyring *k = fixture_keyring(0);
    struct bytes ret = {0};

    CHECK_OK(note_parse(note, a, &parsed));
    const struct bytes text = fixture_replace(a, parsed.text, from, to);
    CHECK_OK(note_sign(text, parsed.signatures[0].name, k, a, &ret));
    (void)keyring_free(k);
    return ret;
}

static void a_receipt_reads_back(void)
{
    struct arena *const a = fixture_arena();
    const struct receipt r = fixture_receipt();
    struct keyring *k = fixture_keyring(0);
    struct receipt back = {0};
    struct bytes again = {0};
    const struct bytes note = signed_receipt(a);

    CHECK_OK(receipt_verify(note, keyring_sign_public(k), a, &back));
    CHECK(hash_equal(&r.realm, &back.realm) && stream_id_equal(&r.stream, &back.stream));
    CHECK(hash_equal(&r.root, &back.root) && agency_id_equal(&r.follower, &back.follower));
    CHECK(r.size == back.size && r.time == back.time);
    CHECK(back.held == 17 && back.unopenable == 1 && back.refused == 2);
    CHECK(back.withheld == 3 && back.erased == 4);
    CHECK_OK(receipt_sign(&back, k, a, &again));
    CHECK_BYTES(again, note);
    (void)keyring_free(k);
}

static void a_receipt_is_the_named_followers_alone(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(1);
    struct receipt r = fixture_receipt();
    struct bytes note = {0};

    CHECK_STATUS(receipt_verify(signed_receipt(a), keyring_sign_public(k), a, &r),
                 E_SIGNATURE);
    /* Signed by F55's key in the name of F54, and the other way about. */
    CHECK_OK(receipt_sign(&r, k, a, &note));
    CHECK_STATUS(verify_receipt(note, a), E_SIGNATURE);
    note = changed(signed_receipt(a), "follower F54", "follower F55", a);
    CHECK_STATUS(verify_receipt(note, a), E_SIGNATURE);
    (void)keyring_free(k);
}

static void counts_of_a_receipt_fit_its_size(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    struct receipt r = fixture_receipt();
    struct bytes note = signed_receipt(a);

    r.held = r.size - r.unopenable - r.refused - r.withheld - r.erased;
    CHECK_OK(receipt_sign(&r, k, a, &note));
    CHECK_OK(verify_receipt(note, a));
    r.held++;
    CHECK_STATUS(receipt_sign(&r, k, a, &note), E_VALUE);
    r.held = 17;
    r.erased = UINT64_MAX;
    CHECK_STATUS(receipt_sign(&r, k, a, &note), E_VALUE);
    note = signed_receipt(a);
    CHECK_STATUS(verify_receipt(changed(note, "held 17", "held 1225", a), a), E_VALUE);
    CHECK_STATUS(
        verify_receipt(changed(note, "erased 4", "erased 18446744073709551615", a), a),
        E_VALUE);
    (void)keyring_free(k);
}

static void refuses_every_other_receipt(void)
{
    static const char *const wrong[][2] = {
        {"receipt/v1", "receipt/v2"},
        {"receipt/v1\n", "receipt/v1 \n"},
        {"/immediate/", "/IMMEDIATE/"},
        {"\n1234\n", "\n01234\n"},
        {"\n1234\n", "\n1234\n\n"},
        {"follower ", "Follower "},
        {"follower F54", "follower "},
        {"follower F54", "follower"},
        {"\ntime ", "\ntime 0"},
        {"\ntime ", "\ntime -"},
        {"held 17", "held 017"},
        {"held 17", "held"},
        {"held 17 unopenable 1", "unopenable 1 held 17"},
        {" erased 4", ""},
        {" erased 4", " erased 4 "},
        {" erased 4", " erased 4 lost 0"},
        {" erased 4", "\nerased 4"},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct arena *const a = fixture_arena();
        const struct bytes note = changed(signed_receipt(a), wrong[i][0], wrong[i][1], a);
        CHECK_STATUS(verify_receipt(note, a), E_FORM);
    }
}

static void a_kx_note_reads_back(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    const struct hash realm = fixture_realm();
    const struct agency_id id = fixture_id("F54");
    const struct kx_note n = fixture_kx(0, &realm, &id);
    struct kx_note back = {0};

    CHECK_OK(kx_note_verify(signed_kx(a), keyring_sign_public(k), a, &back));
    CHECK(hash_equal(&back.realm, &realm) && agency_id_equal(&back.agency, &id));
    CHECK_INT(back.number, 1);
    CHECK_INT(back.from, FIXTURE_NOW);
    CHECK_BYTES(bytes_of(back.key, sizeof back.key), bytes_of(n.key, sizeof n.key));
    (void)keyring_free(k);
}

static void a_kx_note_is_the_named_agencys_alone(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(1);
    struct kx_note n;

    CHECK_STATUS(kx_note_verify(signed_kx(a), keyring_sign_public(k), a, &n), E_SIGNATURE);
    CHECK_STATUS(verify_kx(changed(signed_kx(a), "\nF54\n", "\nF55\n", a), a), E_SIGNATURE);
    (void)keyring_free(k);
}

static void a_kx_key_of_small_order_is_refused(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    const struct hash realm = fixture_realm();
    const struct agency_id id = fixture_id("F54");
    struct kx_note n = fixture_kx(0, &realm, &id);
    struct bytes note = {0};
    char good[64] = {0};
    struct writer w = writer_over(good, sizeof good - 1);

    base64_write(&w, bytes_of(n.key, sizeof n.key));
    note = changed(signed_kx(a), good, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", a);
    CHECK_STATUS(verify_kx(note, a), E_VALUE);
    memset(n.key, 0, sizeof n.key);
    CHECK_STATUS(kx_note_sign(&n, k, a, &note), E_VALUE);
    n = fixture_kx(0, &realm, &id);
    n.number = 0;
    CHECK_STATUS(kx_note_sign(&n, k, a, &note), E_VALUE);
    (void)keyring_free(k);
}

static void refuses_every_other_kx_note(void)
{
    static const char *const wrong[][2] = {
        {"kx/v1", "kx/v2"},           {"number 1", "number 0"},
        {"number 1", "number 01"},    {"number 1", "number 4294967296"},
        {"\nkey ", "\nkey  "},        {"=\nfrom ", "\nfrom "},
        {"\nfrom ", "\nfrom 0"},      {"\nfrom ", "\nuntil "},
        {"\nF54\n", "\nF54 \n"},      {"\nF54\n", "\nf54\n"},
        {"\nfrom ", "\nfrom 9999999"}};

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct arena *const a = fixture_arena();
        CHECK_STATUS(verify_kx(changed(signed_kx(a), wrong[i][0], wrong[i][1], a), a),
                     E_FORM);
    }
}

static void notes_of_one_kind_are_not_those_of_another(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    struct checkpoint c;

    CHECK_STATUS(verify_kx(signed_receipt(a), a), E_FORM);
    CHECK_STATUS(verify_receipt(signed_kx(a), a), E_FORM);
    CHECK_STATUS(checkpoint_verify(signed_kx(a), keyring_sign_public(k), a, &c), E_FORM);
    CHECK_STATUS(checkpoint_verify(signed_receipt(a), keyring_sign_public(k), a, &c),
                 E_FORM);
    (void)keyring_free(k);
}

static void no_change_to_a_signed_receipt_passes(void)
{
    struct arena *const a = fixture_arena();

    fixture_no_change_passes(signed_receipt(a), a, verify_receipt);
}

static void no_change_to_a_signed_kx_note_passes(void)
{
    struct arena *const a = fixture_arena();

    fixture_no_change_passes(signed_kx(a), a, verify_kx);
}

CASES(CASE(a_receipt_reads_back), CASE(a_receipt_is_the_named_followers_alone),
      CASE(counts_of_a_receipt_fit_its_size), CASE(refuses_every_other_receipt),
      CASE(a_kx_note_reads_back), CASE(a_kx_note_is_the_named_agencys_alone),
      CASE(a_kx_key_of_small_order_is_refused), CASE(refuses_every_other_kx_note),
      CASE(notes_of_one_kind_are_not_those_of_another),
      CASE(no_change_to_a_signed_receipt_passes),
      CASE(no_change_to_a_signed_kx_note_passes))
