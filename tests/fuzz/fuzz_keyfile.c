#include "keyfile.h"

#include "check.h"

/*
 * A key file under a credential: the first byte says whether the rest stands alone or is
 * laid over a file that the credential opens.
 *
 * Oracle: the credential opens that one file, byte for byte, and no other; parameters out
 * of floor and ceiling are refused before any memory is taken, so no input makes Argon2id
 * run (a passphrase's file is only asked for its method here).
 */

enum { SECRET_SIZE = 96, ARENA_BYTES = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t credential[CREDENTIAL_SIZE] = {9, 8, 7, 6};
static _Alignas(16) uint8_t room[ARENA_BYTES];
static struct bytes whole;

static void make_once(void)
{
    const struct keyfile_lock lock = {.credential =
                                          bytes_of(credential, sizeof credential)};
    static const uint8_t secret[SECRET_SIZE] = {1, 2, 3};
    static struct arena a;

    if (whole.size > 0)
        return;
    arena_init(&a, room, sizeof room);
    CHECK_OK(
        keyfile_encode(KEYFILE_NODE, &lock, bytes_of(secret, sizeof secret), &a, &whole));
    CHECK(whole.size <= KEYFILE_BYTES_MAX);
}

static size_t file_of(const uint8_t *data, size_t size, uint8_t file[KEYFILE_BYTES_MAX])
{
    const size_t n = size < KEYFILE_BYTES_MAX ? size : KEYFILE_BYTES_MAX;

    if (data[0] % 2 == 0) {
        memcpy(file, data + 1, n - 1);
        return n - 1;
    }
    /* Pairs of place and what is changed there. */
    memcpy(file, whole.at, whole.size);
    for (size_t i = 1; i + 3 <= n; i += 3)
        file[((size_t)data[i] << 8 | data[i + 1]) % whole.size] ^= data[i + 2];
    return whole.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct keyfile_lock lock = {.credential =
                                          bytes_of(credential, sizeof credential)};
    uint8_t file[KEYFILE_BYTES_MAX];
    uint8_t secret[SECRET_SIZE];
    enum keyfile_method method;

    if (size == 0)
        return 0;
    make_once();
    const struct bytes f = bytes_of(file, file_of(data, size, file));
    const status s = keyfile_method(f, KEYFILE_NODE, &method);
    if (s != OK) {
        CHECK(s == E_FORM || s == E_VERSION || s == E_VALUE || s == E_LIMIT);
        CHECK(keyfile_decode(f, KEYFILE_NODE, &lock, secret, sizeof secret) != OK);
        return 0;
    }
    if (method == KEYFILE_CREDENTIAL &&
        keyfile_decode(f, KEYFILE_NODE, &lock, secret, sizeof secret) == OK)
        CHECK_BYTES(f, whole);
    return 0;
}
