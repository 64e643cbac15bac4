#include "keyfile.h"

#include "vectors.h"

enum { SECRET_SIZE = 96, OPS_AT = 10, MEMORY_AT = 14 };

static const uint8_t credential[CREDENTIAL_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8};
static _Alignas(16) uint8_t room[1 << 16];
static struct arena arena;
static struct vectors vectors;

static struct keyfile_lock by_credential(void)
{
    return (struct keyfile_lock){.credential = bytes_of(credential, sizeof credential)};
}

static struct keyfile_lock by_passphrase(const char *text)
{
    return (struct keyfile_lock){.passphrase = bytes_of_text(text)};
}

static struct bytes secret_bytes(void)
{
    static uint8_t secret[SECRET_SIZE];

    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(i + 1);
    return bytes_of(secret, sizeof secret);
}

/* A file under the credential, in memory that may be changed. */
static uint8_t *encode(struct bytes *ret)
{
    const struct keyfile_lock lock = by_credential();

    arena_init(&arena, room, sizeof room);
    CHECK_OK(keyfile_encode(KEYFILE_NODE, &lock, secret_bytes(), &arena, ret));
    return arena.at + (ret->at - arena.at);
}

static status decode(struct bytes file, const struct keyfile_lock *lock)
{
    uint8_t out[SECRET_SIZE];

    memset(out, 0xee, sizeof out);
    const status s = keyfile_decode(file, KEYFILE_NODE, lock, out, sizeof out);
    if (s == OK)
        CHECK_BYTES(bytes_of(out, sizeof out), secret_bytes());
    for (size_t i = 0; s != OK && i < sizeof out; i++)
        CHECK_INT(out[i], 0xee);
    return s;
}

static void a_credential_opens_what_it_locked(void)
{
    struct bytes file = {0};
    enum keyfile_method method = KEYFILE_PASSPHRASE;
    const struct keyfile_lock lock = by_credential();

    (void)encode(&file);
    CHECK_INT(file.size, 90 + SECRET_SIZE + 16);
    CHECK_OK(keyfile_method(file, KEYFILE_NODE, &method));
    CHECK_INT(method, KEYFILE_CREDENTIAL);
    CHECK_OK(decode(file, &lock));
}

static void the_frozen_file_opens(void)
{
    const struct keyfile_lock lock = by_credential();
    uint8_t out[SECRET_SIZE];

    vectors_read(&vectors, "keyfile");
    const struct bytes file = vector_find(&vectors, "file");
    CHECK_BYTES(vector_find(&vectors, "credential"), lock.credential);
    CHECK_OK(keyfile_decode(file, KEYFILE_NODE, &lock, out, sizeof out));
    CHECK_BYTES(bytes_of(out, sizeof out), vector_find(&vectors, "secret"));
}

static void a_passphrase_opens_what_it_locked_and_no_other_does(void)
{
    struct bytes file = {0};
    enum keyfile_method method = KEYFILE_CREDENTIAL;
    const struct keyfile_lock good = by_passphrase("correct horse battery staple");
    const struct keyfile_lock bad = by_passphrase("correct horse battery stapl");
    const struct keyfile_lock other = by_credential();

    arena_init(&arena, room, sizeof room);
    CHECK_OK(keyfile_encode(KEYFILE_NODE, &good, secret_bytes(), &arena, &file));
    CHECK_OK(keyfile_method(file, KEYFILE_NODE, &method));
    CHECK_INT(method, KEYFILE_PASSPHRASE);
    CHECK_OK(decode(file, &good));
    CHECK_STATUS(decode(file, &bad), E_KEY);
    CHECK_STATUS(decode(file, &other), E_KEY);
}

static void two_files_of_one_secret_have_nothing_in_common(void)
{
    struct bytes first = {0};
    uint8_t kept[256];

    (void)encode(&first);
    memcpy(kept, first.at, first.size);
    struct bytes second = {0};
    (void)encode(&second);
    CHECK_INT(first.size, second.size);
    CHECK_BYTES(bytes_of(kept, 18), bytes_of(second.at, 18));
    for (size_t from = 18; from + 16 <= second.size; from += 8)
        CHECK(!bytes_equal(bytes_of(kept + from, 8), bytes_of(second.at + from, 8)));
}

static void any_flipped_bit_is_refused(void)
{
    struct bytes file = {0};
    uint8_t *const at = encode(&file);
    const struct keyfile_lock lock = by_credential();

    for (size_t bit = 0; bit < 8 * file.size; bit++) {
        /* As a passphrase file it would be refused by the lock alone: a case of its own. */
        at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        const status s = decode(file, &lock);
        CHECK(s == E_FORM || s == E_VERSION || s == E_VALUE || s == E_LIMIT || s == E_KEY);
        CHECK(bit / 8 < 18 || s == E_KEY);
        at[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_OK(decode(file, &lock));
}

static void any_other_length_is_refused(void)
{
    struct bytes file = {0};
    const struct keyfile_lock lock = by_credential();
    uint8_t longer[512] = {0};
    uint8_t out[SECRET_SIZE];

    (void)encode(&file);
    memcpy(longer, file.at, file.size);
    for (size_t size = 0; size <= sizeof longer; size++) {
        if (size != file.size)
            CHECK_STATUS(decode(bytes_of(longer, size), &lock), E_FORM);
    }
    CHECK_STATUS(keyfile_decode(file, KEYFILE_NODE, &lock, out, sizeof out - 1), E_FORM);
}

static void another_kind_or_version_is_refused(void)
{
    struct bytes file = {0};
    enum keyfile_method method = KEYFILE_PASSPHRASE;
    const struct keyfile_lock lock = by_credential();
    uint8_t out[SECRET_SIZE];
    uint8_t *const at = encode(&file);

    CHECK_STATUS(keyfile_method(file, KEYFILE_ROOT, &method), E_VALUE);
    CHECK_STATUS(keyfile_decode(file, KEYFILE_ROOT, &lock, out, sizeof out), E_VALUE);
    at[7] = KEYFILE_ROOT;
    CHECK_STATUS(keyfile_decode(file, KEYFILE_ROOT, &lock, out, sizeof out), E_KEY);
    at[7] = KEYFILE_NODE;
    at[6] = 2;
    CHECK_STATUS(keyfile_method(file, KEYFILE_NODE, &method), E_VERSION);
}

static void costs_out_of_floor_and_ceiling_are_refused_before_any_work(void)
{
    static const struct {
        uint32_t ops, memory_mib;
        status wanted;
    } costs[] = {
        {3, 256, OK},
        {10, 1024, OK},
        {2, 256, E_LIMIT},
        {0, 0, E_LIMIT},
        {3, 255, E_LIMIT},
        {11, 256, E_LIMIT},
        {3, 1025, E_LIMIT},
        {3, UINT32_MAX, E_LIMIT},
        {UINT32_MAX, 256, E_LIMIT},
        {0x80000003, 256, E_LIMIT},
    };
    struct bytes file = {0};
    uint8_t *const at = encode(&file);
    const struct keyfile_lock lock = by_passphrase("any");

    at[8] = KEYFILE_PASSPHRASE;
    for (size_t i = 0; i < COUNT_OF(costs); i++) {
        struct writer ops = writer_over(at + OPS_AT, 4);
        struct writer memory = writer_over(at + MEMORY_AT, 4);
        enum keyfile_method method = KEYFILE_CREDENTIAL;

        write_u32(&ops, costs[i].ops);
        write_u32(&memory, costs[i].memory_mib);
        CHECK_STATUS(keyfile_method(file, KEYFILE_NODE, &method), costs[i].wanted);
        if (costs[i].wanted != OK)
            CHECK_STATUS(decode(file, &lock), costs[i].wanted);
    }
}

static void locks_that_are_none_are_refused(void)
{
    struct bytes file = {0};
    struct bytes made = {0};
    struct keyfile_lock both = by_credential();
    struct keyfile_lock short_one = by_credential();
    const struct keyfile_lock none = {0};
    const struct keyfile_lock empty = by_passphrase("");

    (void)encode(&file);
    both.passphrase = bytes_of_text("x");
    short_one.credential.size--;
    const struct keyfile_lock *const locks[] = {&both, &short_one, &none, &empty};
    for (size_t i = 0; i < COUNT_OF(locks); i++) {
        CHECK_STATUS(decode(file, locks[i]), E_KEY);
        CHECK_STATUS(keyfile_encode(KEYFILE_NODE, locks[i], secret_bytes(), &arena, &made),
                     E_KEY);
    }
}

static void another_credential_does_not_open(void)
{
    struct bytes file = {0};
    uint8_t other[CREDENTIAL_SIZE];
    struct keyfile_lock lock = {.credential = bytes_of(other, sizeof other)};

    (void)encode(&file);
    memcpy(other, credential, sizeof other);
    for (size_t bit = 0; bit < 8 * sizeof other; bit++) {
        other[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(decode(file, &lock), E_KEY);
        other[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_OK(decode(file, &lock));
}

static void secrets_of_no_or_too_many_bytes_are_refused(void)
{
    static const uint8_t large[KEYFILE_SECRET_MAX + 1] = {0};
    const struct keyfile_lock lock = by_credential();
    struct bytes file = {0};

    arena_init(&arena, room, sizeof room);
    CHECK_STATUS(keyfile_encode(KEYFILE_NODE, &lock, bytes_of(large, 0), &arena, &file),
                 E_LIMIT);
    CHECK_STATUS(
        keyfile_encode(KEYFILE_NODE, &lock, bytes_of(large, sizeof large), &arena, &file),
        E_LIMIT);
    CHECK_OK(keyfile_encode(KEYFILE_NODE, &lock, bytes_of(large, sizeof large - 1), &arena,
                            &file));
    arena_init(&arena, room, 100);
    CHECK_STATUS(keyfile_encode(KEYFILE_NODE, &lock, secret_bytes(), &arena, &file),
                 E_MEMORY);
}

CASES(CASE(a_credential_opens_what_it_locked), CASE(the_frozen_file_opens),
      CASE(a_passphrase_opens_what_it_locked_and_no_other_does),
      CASE(two_files_of_one_secret_have_nothing_in_common),
      CASE(any_flipped_bit_is_refused), CASE(any_other_length_is_refused),
      CASE(another_kind_or_version_is_refused),
      CASE(costs_out_of_floor_and_ceiling_are_refused_before_any_work),
      CASE(locks_that_are_none_are_refused), CASE(another_credential_does_not_open),
      CASE(secrets_of_no_or_too_many_bytes_are_refused))
