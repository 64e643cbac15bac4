#include "keyring.h"

#include "check.h"
#include "draw.h"
#include "text.h"

static void unhex(const char *hex, uint8_t to[32])
{
    CHECK_OK(hex_decode(bytes_of_text(hex), to, 32));
}

static void unsound_signing_keys_are_refused(void)
{
    static const struct {
        const char *what, *key;
    } unsound[] = {
        {"order 1", "0100000000000000000000000000000000000000000000000000000000000000"},
        {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"order 4", "0000000000000000000000000000000000000000000000000000000000000000"},
        {"order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"},
        /* The base point, or 7 times it, plus a point of order 2, 4 or 8.  Order 2 is what
         * libsodium let pass before the fix of CVE-2025-69277. */
        {"B + T2", "9599999999999999999999999999999999999999999999999999999999999999"},
        {"7 B + T2", "359dbf604a3b3bedc20d5408b9d4770fbe52c922979b3178d02ab8d41c9c3a4e"},
        {"B + T4", "5252cc0a7f208133b620acbd4537eba2a4123bf0a8c2e4f980c3b31bb69765ea"},
        {"7 B + T4", "16030e0ff1d6226b8ad6ff918b288668c1c3e5e45269487f85479bb4a9fb11af"},
        {"B + T8", "da99e28ba529cdde35a25fba9059e78ecaee239f99755b9b1aa4f65df00803e2"},
        {"7 B + T8", "16b981d0b88cdf3ab9fa87190822fe4905b475efda3aec7c34abfa92c19320f4"},
        {"y = p + 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"not on the curve",
         "0200000000000000000000000000000000000000000000000000000000000000"},
    };
    uint8_t key[32];

    for (size_t i = 0; i < COUNT_OF(unsound); i++) {
        unhex(unsound[i].key, key);
        if (sign_public_is_sound(key)) {
            (void)fprintf(stderr, "taken as sound: %s\n", unsound[i].what);
            exit(1);
        }
    }
    /* The base point itself, and the key of RFC 8032 section 7.1, test 2. */
    unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", key);
    CHECK(sign_public_is_sound(key));
    unhex("5866666666666666666666666666666666666666666666666666666666666666", key);
    CHECK(sign_public_is_sound(key));
}

static void unsound_kx_keys_are_refused(void)
{
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    uint8_t key[32];

    for (size_t i = 0; i < COUNT_OF(small); i++) {
        unhex(small[i], key);
        CHECK(!kx_public_is_sound(key));
    }
    /* RFC 7748 section 6.1, Alice. */
    unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", key);
    CHECK(kx_public_is_sound(key));
}

static void tokens_are_of_a_key_and_a_message(void)
{
    const uint8_t one[32] = {1};
    const struct bytes messages[] = {bytes_of_text("x"), bytes_of_text("y"),
                                     bytes_of_text("x")};
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring_secrets others = {.master = {2}};
    struct keyring *k = NULL;
    struct keyring *other = NULL;
    uint64_t tokens[3] = {0};
    uint64_t elsewhere[3] = {0};
    uint8_t subkey[32];
    uint8_t wanted[16];
    struct reader r = {.rest = bytes_of(wanted, sizeof wanted)};

    CHECK_OK(keyring_open(&secrets, &k));
    CHECK_OK(keyring_open(&others, &other));
    keyring_tokens(k, messages, COUNT_OF(messages), tokens);
    keyring_tokens(other, messages, COUNT_OF(messages), elsewhere);
    CHECK(tokens[0] == tokens[2] && tokens[0] != tokens[1]);
    CHECK(tokens[0] != elsewhere[0] && tokens[1] != elsewhere[1]);
    blake_keyed(bytes_of(one, 32), bytes_of_text("flagpost/keyring/token/v1"), subkey, 32);
    blake_keyed(bytes_of(subkey, 32), bytes_of_text("x"), wanted, sizeof wanted);
    CHECK(tokens[0] == read_u64(&r));
    (void)keyring_free(k);
    (void)keyring_free(other);
}

CASES(CASE(tokens_are_of_a_key_and_a_message), CASE(unsound_signing_keys_are_refused),
      CASE(unsound_kx_keys_are_refused))
