#include "hpke.h"

#include "check.h"
#include "hkdf.h"
#include "text.h"

/* RFC 9180 appendix A.2.1: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * ChaCha20Poly1305. */
static const char info_hex[] = "4f6465206f6e2061204772656369616e2055726e";
static const char ikm_e[] =
    "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b";
static const char sk_e[] =
    "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600";
static const char pk_e[] =
    "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
static const char ikm_r[] =
    "1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df";
static const char sk_r[] =
    "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb";
static const char pk_r[] =
    "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
static const char shared_hex[] =
    "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7";
static const char schedule_hex[] =
    "00431df6cd95e11ff49d7013563baf7f11588c75a6611ee2a4404a49306ae4cfc5"
    "b69c5718a60cc5876c358d3f7fc31ddb598503f67be58ea1e798c0bb19eb9796";
static const char key_hex[] =
    "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91";
static const char nonce_hex[] = "5c4d98150661b848853b547f";
static const char plain_hex[] =
    "4265617574792069732074727574682c20747275746820626561757479";

static const struct {
    uint64_t seq;
    const char *aad;
    const char *sealed;
} encryptions[] = {
    {0, "Count-0",
     "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b"
     "51a2"
     "8"},
    {1, "Count-1",
     "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992"
     "dc98"
     "c"},
    {2, "Count-2",
     "71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10ecac6f48c32f878f"
     "ae86"
     "b"},
    {4, "Count-4",
     "63357a2aa291f5a4e5f27db6baa2af8cf77427c7c1a909e0b37214dd47db122bb153495ff0b02e9e54a50"
     "dbe1"
     "6"},
    {255, "Count-255",
     "18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c52b8880a5f6b3936da9cd6c23ef"
     "2a95"
     "c"},
    {256, "Count-256",
     "7a4a13e9ef23978e2c520fd4d2e757514ae160cd0cd05e556ef692370ca53076214c0c40d4c728d6ed9e7"
     "27a5"
     "b"},
};

/* RFC 5869 appendix A.1 to A.3. */
static const struct {
    size_t ikm_size, salt_size, info_size, size;
    uint8_t ikm_first, ikm_step, salt_first, info_first;
    const char *prk, *okm;
} hkdf_cases[] = {
    {22, 13, 10, 42, 0x0b, 0, 0x00, 0xf0,
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718586"
     "5"},
    {80, 80, 80, 82, 0x00, 1, 0x60, 0xb0,
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
     "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
     "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {22, 0, 0, 42, 0x0b, 0, 0, 0,
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c"
     "8"},
};

static _Alignas(16) uint8_t room[8192];
static struct arena arena;

static struct bytes unhex(const char *hex)
{
    const struct bytes text = bytes_of_text(hex);
    uint8_t *const at = arena_take(&arena, text.size / 2);

    CHECK(at != NULL);
    CHECK_OK(hex_decode(text, at, text.size / 2));
    return bytes_of(at, text.size / 2);
}

static struct bytes run_of(uint8_t first, uint8_t step, size_t size)
{
    uint8_t *const at = arena_take(&arena, size);

    CHECK(at != NULL);
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(first + step * i);
    return bytes_of(at, size);
}

static void pairs(struct hpke_key_pair *ephemeral, struct hpke_key_pair *recipient)
{
    arena_init(&arena, room, sizeof room);
    CHECK_OK(hpke_derive(unhex(ikm_e), ephemeral));
    CHECK_OK(hpke_derive(unhex(ikm_r), recipient));
}

static void hkdf_agrees_with_rfc_5869(void)
{
    for (size_t i = 0; i < COUNT_OF(hkdf_cases); i++) {
        uint8_t prk[32];
        uint8_t okm[82];

        arena_init(&arena, room, sizeof room);
        hkdf_extract(
            run_of(hkdf_cases[i].salt_first, 1, hkdf_cases[i].salt_size),
            run_of(hkdf_cases[i].ikm_first, hkdf_cases[i].ikm_step, hkdf_cases[i].ikm_size),
            prk);
        CHECK_BYTES(bytes_of(prk, 32), unhex(hkdf_cases[i].prk));
        hkdf_expand(prk, run_of(hkdf_cases[i].info_first, 1, hkdf_cases[i].info_size), okm,
                    hkdf_cases[i].size);
        CHECK_BYTES(bytes_of(okm, hkdf_cases[i].size), unhex(hkdf_cases[i].okm));
    }
}

/* T(255) = HMAC(PRK, T(254) || info || 0xff), and extract is HMAC. */
static void hkdf_gives_its_longest_output(void)
{
    static uint8_t output[255 * 32];
    const uint8_t prk[32] = {1};
    uint8_t before_last[32 + 2];
    uint8_t last[32];

    hkdf_expand(prk, bytes_of_text("x"), output, sizeof output);
    memcpy(before_last, output + (size_t)253 * 32, 32);
    before_last[32] = 'x';
    before_last[33] = 255;
    hkdf_extract(bytes_of(prk, 32), bytes_of(before_last, sizeof before_last), last);
    CHECK_BYTES(bytes_of(output + (size_t)254 * 32, 32), bytes_of(last, 32));
}

static void key_pairs_are_derived_as_in_rfc_9180(void)
{
    struct hpke_key_pair e, r;

    pairs(&e, &r);
    CHECK_BYTES(bytes_of(e.secret, 32), unhex(sk_e));
    CHECK_BYTES(bytes_of(e.public, 32), unhex(pk_e));
    CHECK_BYTES(bytes_of(r.secret, 32), unhex(sk_r));
    CHECK_BYTES(bytes_of(r.public, 32), unhex(pk_r));
    CHECK_STATUS(hpke_derive(run_of(1, 1, 31), &e), E_VALUE);
}

static void both_sides_come_to_the_published_context(void)
{
    struct hpke_key_pair e, r;
    struct hpke_context s, o;

    pairs(&e, &r);
    CHECK_OK(hpke_sender(&e, r.public, unhex(info_hex), &s));
    CHECK_OK(hpke_recipient(&r, e.public, unhex(info_hex), &o));
    CHECK_BYTES(bytes_of(s.key, sizeof s.key), unhex(key_hex));
    CHECK_BYTES(bytes_of(s.base_nonce, sizeof s.base_nonce), unhex(nonce_hex));
    CHECK_BYTES(bytes_of(o.key, sizeof o.key), unhex(key_hex));
    CHECK_BYTES(bytes_of(o.base_nonce, sizeof o.base_nonce), unhex(nonce_hex));
}

/* The key schedule from the published shared secret and context, with HKDF alone. */
static void the_published_shared_secret_leads_to_the_same_key(void)
{
    uint8_t secret[32];
    uint8_t key[32];
    char extract_hex[128];
    char expand_hex[512];

    arena_init(&arena, room, sizeof room);
    /* "HPKE-v1" || suite || "secret", and u16 32 || "HPKE-v1" || suite || "key" || context.
     */
    (void)snprintf(extract_hex, sizeof extract_hex, "%s%s%s", "48504b452d7631",
                   "48504b45002000010003", "736563726574");
    (void)snprintf(expand_hex, sizeof expand_hex, "%s%s%s%s%s", "0020", "48504b452d7631",
                   "48504b45002000010003", "6b6579", schedule_hex);
    hkdf_extract(unhex(shared_hex), unhex(extract_hex), secret);
    hkdf_expand(secret, unhex(expand_hex), key, sizeof key);
    CHECK_BYTES(bytes_of(key, sizeof key), unhex(key_hex));
}

static void messages_are_the_published_ones_at_every_sequence_number(void)
{
    struct hpke_key_pair e, r;
    struct hpke_context s, o;

    pairs(&e, &r);
    CHECK_OK(hpke_sender(&e, r.public, unhex(info_hex), &s));
    CHECK_OK(hpke_recipient(&r, e.public, unhex(info_hex), &o));
    for (size_t i = 0; i < COUNT_OF(encryptions); i++) {
        const struct bytes plain = unhex(plain_hex);
        const struct bytes aad = bytes_of_text(encryptions[i].aad);
        const struct bytes wanted = unhex(encryptions[i].sealed);
        uint8_t sealed[64];
        uint8_t opened[64];

        CHECK_INT(wanted.size, plain.size + HPKE_TAG_SIZE);
        hpke_seal(&s, encryptions[i].seq, aad, plain, sealed);
        CHECK_BYTES(bytes_of(sealed, wanted.size), wanted);
        CHECK_OK(hpke_open(&o, encryptions[i].seq, aad, wanted, opened));
        CHECK_BYTES(bytes_of(opened, plain.size), plain);
    }
}

static void sequence_numbers_use_all_64_bits(void)
{
    const struct hpke_context c = {.key = {1}};
    const struct bytes none = {0};
    uint8_t low[HPKE_TAG_SIZE];
    uint8_t high[HPKE_TAG_SIZE];

    hpke_seal(&c, 0, none, none, low);
    hpke_seal(&c, (uint64_t)1 << 63, none, none, high);
    CHECK(!bytes_equal(bytes_of(low, sizeof low), bytes_of(high, sizeof high)));
    CHECK_OK(hpke_open(&c, (uint64_t)1 << 63, none, bytes_of(high, sizeof high), low));
}

static void anything_changed_does_not_open(void)
{
    struct hpke_key_pair e, r;
    struct hpke_context o, other;
    uint8_t opened[64];

    pairs(&e, &r);
    CHECK_OK(hpke_recipient(&r, e.public, unhex(info_hex), &o));
    CHECK_OK(hpke_recipient(&r, e.public, bytes_of_text("another"), &other));
    const struct bytes sealed = unhex(encryptions[0].sealed);
    const struct bytes aad = bytes_of_text(encryptions[0].aad);
    CHECK_STATUS(hpke_open(&o, 1, aad, sealed, opened), E_OPEN);
    CHECK_STATUS(hpke_open(&o, 0, bytes_of_text("Count-1"), sealed, opened), E_OPEN);
    CHECK_STATUS(hpke_open(&other, 0, aad, sealed, opened), E_OPEN);
    CHECK_STATUS(hpke_open(&o, 0, aad, bytes_of(sealed.at, 15), opened), E_OPEN);
    CHECK_STATUS(hpke_open(&o, 0, aad, (struct bytes){0}, opened), E_OPEN);
    for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
        uint8_t changed[64];

        memcpy(changed, sealed.at, sealed.size);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(hpke_open(&o, 0, aad, bytes_of(changed, sealed.size), opened), E_OPEN);
    }
}

static void points_of_small_order_are_refused_on_both_sides(void)
{
    /* RFC 7748: 0, 1, both points of order 8, p - 1, p and p + 1. */
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct hpke_key_pair e, r;
    struct hpke_context c = {.key = {7}};

    for (size_t i = 0; i < COUNT_OF(small); i++) {
        pairs(&e, &r);
        const struct bytes point = unhex(small[i]);
        CHECK_STATUS(hpke_sender(&e, point.at, unhex(info_hex), &c), E_KEY);
        CHECK_STATUS(hpke_recipient(&r, point.at, unhex(info_hex), &c), E_OPEN);
        CHECK_INT(c.key[0], 7);
    }
}

static void finished_contexts_and_pairs_are_zero(void)
{
    struct hpke_key_pair e, r;
    struct hpke_context c;
    const struct hpke_key_pair no_pair = {0};
    const struct hpke_context no_context = {0};

    pairs(&e, &r);
    CHECK_OK(hpke_sender(&e, r.public, unhex(info_hex), &c));
    hpke_done(&c);
    hpke_key_pair_done(&e);
    CHECK_BYTES(bytes_of(&c, sizeof c), bytes_of(&no_context, sizeof no_context));
    CHECK_BYTES(bytes_of(&e, sizeof e), bytes_of(&no_pair, sizeof no_pair));
}

CASES(CASE(hkdf_agrees_with_rfc_5869), CASE(hkdf_gives_its_longest_output),
      CASE(key_pairs_are_derived_as_in_rfc_9180),
      CASE(both_sides_come_to_the_published_context),
      CASE(the_published_shared_secret_leads_to_the_same_key),
      CASE(messages_are_the_published_ones_at_every_sequence_number),
      CASE(sequence_numbers_use_all_64_bits), CASE(anything_changed_does_not_open),
      CASE(points_of_small_order_are_refused_on_both_sides),
      CASE(finished_contexts_and_pairs_are_zero))
