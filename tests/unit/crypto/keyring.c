#include "keyring.h"

#include "check.h"
#include "draw.h"
#include "text.h"

#include <fcntl.h>
#include <unistd.h>

enum { MAPPING_BYTES_MAX = 64 << 20 };

/* The secrets are nowhere in this program as they are: the scan of memory below must find
 * them only where the keyring put them.  Volatile, or the compiler would unmask them. */
static const volatile uint8_t mask = 0x5a;

static const uint8_t masked_seed[32] = {0x13, 0x9d, 0x61, 0x2b, 0x7e, 0x44, 0xd0, 0x85,
                                        0x3a, 0xf2, 0x16, 0x58, 0xbb, 0x09, 0xce, 0x71,
                                        0x92, 0x4f, 0xa3, 0x60, 0x1d, 0xe8, 0x37, 0x5c,
                                        0x84, 0xdb, 0x0e, 0x95, 0x23, 0x6a, 0xf7, 0x48};

static void unmask(uint8_t to[32], uint8_t add)
{
    for (size_t i = 0; i < 32; i++)
        to[i] = (uint8_t)((masked_seed[i] + add) ^ mask);
}

static struct keyring *open_keyring(void)
{
    struct keyring_secrets secrets;
    struct keyring *k = NULL;

    unmask(secrets.sign_seed, 0);
    unmask(secrets.curve_secret, 1);
    unmask(secrets.master, 2);
    CHECK_OK(keyring_open(&secrets, &k));
    for (size_t i = 0; i < sizeof secrets; i++)
        CHECK_INT(((const uint8_t *)&secrets)[i], 0);
    return k;
}

static struct bytes unhex(const char *hex, uint8_t *to)
{
    const size_t size = strlen(hex) / 2;

    CHECK_OK(hex_decode(bytes_of_text(hex), to, size));
    return bytes_of(to, size);
}

/* Whether 16 bytes of a masked secret stand in this part of memory. */
static bool holds_secret(const uint8_t *at, size_t size)
{
    for (size_t i = 0; i + 16 <= size; i++) {
        for (uint8_t add = 0; add < 3; add++) {
            size_t n = 0;
            while (n < 16 && (at[i + n] ^ mask) == (uint8_t)(masked_seed[n] + add))
                n++;
            if (n == 16)
                return true;
        }
    }
    return false;
}

struct mapping {
    uintptr_t from, to;
};

static bool mapping_holds_secret(int memory, const struct mapping *m)
{
    static uint8_t piece[1 << 16];
    bool found = false;

    /* Pieces overlap, so that no secret hides on a seam; ours is skipped. */
    for (uintptr_t at = m->from; at < m->to && !found; at += sizeof piece - 16) {
        const ssize_t n = pread(memory, piece, sizeof piece, (off_t)at);
        if (n <= 0)
            break;
        const size_t in_mapping = m->to - at < (size_t)n ? m->to - at : (size_t)n;
        found = holds_secret(piece, in_mapping);
        explicit_bzero(piece, sizeof piece);
    }
    return found;
}

/* Whether any page that this process may read holds a secret. */
static bool memory_holds_secret(void)
{
    FILE *const maps = fopen("/proc/self/maps", "re");
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    char line[512];
    bool found = false;

    CHECK(maps != NULL && memory >= 0);
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        char *end = NULL;
        struct mapping m = {.from = strtoul(line, &end, 16)};

        m.to = strtoul(end + 1, &end, 16);
        /* Sanitizers' shadows are terabytes, and hold no bytes of ours. */
        if (end[1] == 'r' && m.to - m.from <= MAPPING_BYTES_MAX)
            found = mapping_holds_secret(memory, &m);
    }
    (void)fclose(maps); /* only read */
    (void)close(memory);
    return found;
}

static void secrets_are_in_no_page_that_can_be_read(void)
{
    static uint8_t planted[32];
    uint8_t signature[SIGNATURE_SIZE];
    uint8_t wrapped[KEYRING_WRAP_EXTRA];
    const uint8_t nonce[24] = {0};

    struct keyring *k = open_keyring();
    CHECK(!memory_holds_secret());
    keyring_sign(k, bytes_of_text("message"), signature);
    (void)keyring_mac(k, KEYRING_GUARD, bytes_of_text("message"));
    keyring_wrap(k, nonce, (struct bytes){0}, (struct bytes){0}, wrapped);
    CHECK_OK(
        keyring_unwrap(k, (struct bytes){0}, bytes_of(wrapped, sizeof wrapped), planted));
    CHECK(!memory_holds_secret());
    (void)keyring_free(k);
    CHECK(!memory_holds_secret());
    /* The scan does find one that is there. */
    unmask(planted, 1);
    CHECK(memory_holds_secret());
    explicit_bzero(planted, sizeof planted);
}

static void kx_keys_are_in_no_page_that_can_be_read(void)
{
    struct keyring *k = open_keyring();
    uint8_t secret[32];

    unmask(secret, 0);
    CHECK_OK(keyring_kx_add(k, &(struct keyring_kx){.id = 1}, secret));
    explicit_bzero(secret, sizeof secret);
    CHECK(!memory_holds_secret());
    keyring_kx_destroy(k, 1);
    CHECK(!memory_holds_secret());
    (void)keyring_free(k);
}

static void signatures_are_those_of_rfc_8032(void)
{
    /* RFC 8032 section 7.1, test 2. */
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring *k = NULL;
    uint8_t wanted[64];
    uint8_t signature[SIGNATURE_SIZE];
    const struct bytes message = bytes_of_text("r");

    (void)unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                secrets.sign_seed);
    CHECK_OK(keyring_open(&secrets, &k));
    CHECK_BYTES(
        bytes_of(keyring_sign_public(k), 32),
        unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", wanted));
    keyring_sign(k, message, signature);
    CHECK_BYTES(bytes_of(signature, 64),
                unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                      wanted));
    CHECK(signature_is_good(keyring_sign_public(k), message, signature));
    (void)keyring_free(k);
}

static void a_changed_signature_message_or_key_is_refused(void)
{
    struct keyring *k = open_keyring();
    uint8_t signature[SIGNATURE_SIZE];
    uint8_t key[SIGN_PUBLIC_SIZE];

    memcpy(key, keyring_sign_public(k), sizeof key);
    keyring_sign(k, bytes_of_text("message"), signature);
    CHECK(signature_is_good(key, bytes_of_text("message"), signature));
    CHECK(!signature_is_good(key, bytes_of_text("massage"), signature));
    CHECK(!signature_is_good(key, bytes_of_text("message "), signature));
    for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
        signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!signature_is_good(key, bytes_of_text("message"), signature));
        signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!signature_is_good(key, bytes_of_text("message"), signature));
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    (void)keyring_free(k);
}

static void a_signature_with_s_above_the_order_is_refused(void)
{
    /* The order of the group, little-endian: S + L would verify but for the canonical rule.
     */
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                      0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                      0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    struct keyring *k = open_keyring();
    uint8_t signature[SIGNATURE_SIZE];
    unsigned carry = 0;

    keyring_sign(k, bytes_of_text("message"), signature);
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)signature[32 + i] + order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK_INT(carry, 0);
    CHECK(!signature_is_good(keyring_sign_public(k), bytes_of_text("message"), signature));
    (void)keyring_free(k);
}

static void the_curve_key_is_the_x25519_pair(void)
{
    /* RFC 7748 section 6.1, Alice. */
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring *k = NULL;
    uint8_t wanted[32];
    uint8_t secret[CURVE_KEY_SIZE];

    (void)unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                secrets.curve_secret);
    CHECK_OK(keyring_open(&secrets, &k));
    CHECK_BYTES(
        bytes_of(keyring_curve_public(k), 32),
        unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", wanted));
    keyring_curve_secret(k, secret);
    CHECK_BYTES(
        bytes_of(secret, 32),
        unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", wanted));
    (void)keyring_free(k);
}

static void public_of(const uint8_t seed[32], uint8_t ret[32])
{
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring *k = NULL;

    memcpy(secrets.sign_seed, seed, sizeof secrets.sign_seed);
    CHECK_OK(keyring_open(&secrets, &k));
    memcpy(ret, keyring_sign_public(k), 32);
    (void)keyring_free(k);
}

/* Every place in turn: which is in use, what it signs, and that the rest is not moved. */
static void one_pair_of_several_is_in_use(void)
{
    struct keyring *k = open_keyring();
    uint8_t publics[KEYRING_KEYS_MAX][32];
    uint8_t signature[SIGNATURE_SIZE];
    uint8_t secret[32];

    memcpy(publics[0], keyring_sign_public(k), sizeof publics[0]);
    for (int i = 1; i < KEYRING_KEYS_MAX; i++) {
        memset(secret, 0xb0 + i, sizeof secret);
        public_of(secret, publics[i]);
        CHECK(!keyring_has(k, KEYRING_SIGN, publics[i]));
        CHECK_STATUS(keyring_choose(k, KEYRING_SIGN, publics[i]), E_KEY);
        CHECK_OK(keyring_add(k, KEYRING_SIGN, secret));
    }
    CHECK_STATUS(keyring_add(k, KEYRING_SIGN, secret), E_LIMIT);
    CHECK_BYTES(bytes_of(keyring_sign_public(k), 32), bytes_of(publics[0], 32));
    CHECK(!keyring_has(k, KEYRING_CURVE, publics[1]));
    for (size_t i = KEYRING_KEYS_MAX; i > 0; i--) {
        CHECK_OK(keyring_choose(k, KEYRING_SIGN, publics[i - 1]));
        keyring_sign(k, bytes_of_text("message"), signature);
        CHECK(signature_is_good(publics[i - 1], bytes_of_text("message"), signature));
        if (i < KEYRING_KEYS_MAX)
            keyring_destroy(k, KEYRING_SIGN, publics[i]);
        keyring_destroy(k, KEYRING_SIGN, publics[i - 1]); /* it is in use */
        for (size_t n = 0; n < KEYRING_KEYS_MAX; n++)
            CHECK_INT(keyring_has(k, KEYRING_SIGN, publics[n]), n < i);
    }
    (void)keyring_free(k);
}

static void each_use_has_a_key_of_its_own(void)
{
    const uint8_t one[32] = {1};
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring *k = NULL;
    uint8_t subkey[32];
    struct hash wanted;

    CHECK_OK(keyring_open(&secrets, &k));
    const struct hash guard = keyring_mac(k, KEYRING_GUARD, bytes_of_text("x"));
    const struct hash digest = keyring_mac(k, KEYRING_DIGEST, bytes_of_text("x"));
    const struct hash again = keyring_mac(k, KEYRING_GUARD, bytes_of_text("x"));
    CHECK(!hash_equal(&guard, &digest));
    CHECK(hash_equal(&guard, &again));
    blake_keyed(bytes_of(one, 32), bytes_of_text("flagpost/keyring/guard/v1"), subkey, 32);
    blake_keyed(bytes_of(subkey, 32), bytes_of_text("x"), wanted.bytes, 32);
    CHECK(hash_equal(&guard, &wanted));
    (void)keyring_free(k);
}

static void what_is_wrapped_opens_here_alone(void)
{
    struct keyring *k = open_keyring();
    struct keyring_secrets other_secrets = {.master = {9}};
    struct keyring *other = NULL;
    const uint8_t nonce[24] = {7};
    const struct bytes plain = bytes_of_text("0123456789");
    const struct bytes aad = bytes_of_text("row 5");
    uint8_t wrapped[10 + KEYRING_WRAP_EXTRA];
    uint8_t out[10];
    const struct bytes w = bytes_of(wrapped, sizeof wrapped);

    CHECK_OK(keyring_open(&other_secrets, &other));
    keyring_wrap(k, nonce, aad, plain, wrapped);
    CHECK_OK(keyring_unwrap(k, aad, w, out));
    CHECK_BYTES(bytes_of(out, sizeof out), plain);
    CHECK_STATUS(keyring_unwrap(other, aad, w, out), E_OPEN);
    CHECK_STATUS(keyring_unwrap(k, bytes_of_text("row 6"), w, out), E_OPEN);
    CHECK_STATUS(keyring_unwrap(k, aad, bytes_of(wrapped, KEYRING_WRAP_EXTRA - 1), out),
                 E_OPEN);
    for (size_t bit = 0; bit < 8 * sizeof wrapped; bit++) {
        wrapped[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(keyring_unwrap(k, aad, w, out), E_OPEN);
        wrapped[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    (void)keyring_free(other);
    (void)keyring_free(k);
}

static void kx_keys_open_until_they_are_destroyed(void)
{
    struct keyring *k = open_keyring();
    const uint8_t ikm[2][32] = {{1}, {2}};
    const struct bytes info = bytes_of_text("info");
    struct hpke_key_pair ephemeral, kx;
    struct hpke_context sent, got;

    CHECK_OK(hpke_derive(bytes_of(ikm[0], 32), &ephemeral));
    CHECK_OK(hpke_derive(bytes_of(ikm[1], 32), &kx));
    CHECK_OK(hpke_sender(&ephemeral, kx.public, info, &sent));
    CHECK_STATUS(keyring_hpke(k, 4, ephemeral.public, info, &got), E_OPEN);
    CHECK_OK(keyring_kx_add(k, &(struct keyring_kx){.id = 4}, kx.secret));
    CHECK(keyring_has_kx(k, 4) && !keyring_has_kx(k, 5) && !keyring_has_kx(k, 0));
    CHECK_OK(keyring_hpke(k, 4, ephemeral.public, info, &got));
    CHECK_BYTES(bytes_of(&got, sizeof got), bytes_of(&sent, sizeof sent));
    CHECK_STATUS(keyring_hpke(k, 0, ephemeral.public, info, &got), E_OPEN);
    keyring_kx_destroy(k, 4);
    CHECK(!keyring_has_kx(k, 4));
    CHECK_STATUS(keyring_hpke(k, 4, ephemeral.public, info, &got), E_OPEN);
    (void)keyring_free(k);
}

static void the_ring_holds_a_fixed_number_of_kx_keys(void)
{
    struct keyring *k = open_keyring();
    uint8_t secret[32] = {0};

    for (uint32_t id = 1; id <= KX_KEPT_MAX; id++) {
        secret[0] = (uint8_t)id;
        CHECK_OK(keyring_kx_add(k, &(struct keyring_kx){.id = id}, secret));
    }
    CHECK_STATUS(keyring_kx_add(k, &(struct keyring_kx){.id = KX_KEPT_MAX + 1}, secret),
                 E_LIMIT);
    CHECK_STATUS(keyring_kx_add(k, &(struct keyring_kx){.id = 3}, secret), E_DUPLICATE);
    CHECK_STATUS(keyring_kx_add(k, &(struct keyring_kx){.id = 0}, secret), E_VALUE);
    keyring_kx_destroy(k, 0);
    keyring_kx_destroy(k, 1000);
    keyring_kx_destroy(k, 3);
    CHECK_OK(keyring_kx_add(k, &(struct keyring_kx){.id = KX_KEPT_MAX + 1}, secret));
    for (uint32_t id = 1; id <= KX_KEPT_MAX + 1; id++)
        CHECK(keyring_has_kx(k, id) == (id != 3));
    (void)keyring_free(k);
}

static void freeing_nothing_is_allowed(void)
{
    CHECK(keyring_free(NULL) == NULL);
}

CASES(CASE(secrets_are_in_no_page_that_can_be_read),
      CASE(kx_keys_are_in_no_page_that_can_be_read), CASE(signatures_are_those_of_rfc_8032),
      CASE(a_changed_signature_message_or_key_is_refused),
      CASE(a_signature_with_s_above_the_order_is_refused),
      CASE(the_curve_key_is_the_x25519_pair), CASE(one_pair_of_several_is_in_use),
      CASE(each_use_has_a_key_of_its_own), CASE(what_is_wrapped_opens_here_alone),
      CASE(kx_keys_open_until_they_are_destroyed),
      CASE(the_ring_holds_a_fixed_number_of_kx_keys),

      CASE(freeing_nothing_is_allowed))
