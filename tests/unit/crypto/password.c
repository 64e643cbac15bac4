#include "password.h"
#include "check.h"
#include "limited.h"

#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

/* What is kept of a person's password. */

static struct bytes text(const char *t)
{
    return bytes_of_text(t);
}

static void opens_to_the_right_one_alone(void)
{
    char kept[PASSWORD_KEPT_ROOM] = "";
    char again[PASSWORD_KEPT_ROOM] = "";

    CHECK_OK(password_keep(text("three small boats"), kept));
    CHECK_OK(password_check(text("three small boats"), kept));
    CHECK_STATUS(password_check(text("three small boat"), kept), E_DENIED);
    CHECK_STATUS(password_check(text("three small boats "), kept), E_DENIED);
    CHECK_STATUS(password_check(text(""), kept), E_DENIED);
    CHECK_OK(password_keep(text("three small boats"), again));
    CHECK(strcmp(kept, again) != 0); /* a salt of its own */
}

static void is_argon2id_at_the_cost_that_is_told(void)
{
    char kept[PASSWORD_KEPT_ROOM] = "";

    CHECK_OK(password_keep(text("three small boats"), kept));
    CHECK(strncmp(kept, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0);
}

static void has_its_limits(void)
{
    char kept[PASSWORD_KEPT_ROOM] = "";
    char longest[PASSWORD_BYTES_MAX + 2] = "";

    memset(longest, 'x', PASSWORD_BYTES_MAX + 1);
    CHECK_STATUS(password_keep(text("eleven chars"), kept), OK);
    CHECK_STATUS(password_keep(text("elevenchars"), kept), E_LIMIT);
    CHECK_STATUS(password_keep(text(longest), kept), E_LIMIT);
    CHECK_OK(password_keep(bytes_of(longest, PASSWORD_BYTES_MAX), kept));
    CHECK_STATUS(password_check(text(longest), kept), E_DENIED);
}

static void opens_to_nothing_that_is_no_kept_one(void)
{
    char kept[PASSWORD_KEPT_ROOM] = "";

    CHECK_STATUS(password_check(text("three small boats"), kept), E_DENIED);
    memset(kept, 'x', sizeof kept); /* no end */
    CHECK_STATUS(password_check(text("three small boats"), kept), E_DENIED);
}

/* The form is libsodium's own, in both directions. */
static void agrees_with_libsodium(void)
{
    char kept[PASSWORD_KEPT_ROOM] = "";
    static const size_t places[] = {0, 30, 31, 52, 53, 54, 96}; /* ends of each part */
    const char *const word = "three small boats";

    CHECK_OK(password_keep(text(word), kept));
    CHECK_INT(crypto_pwhash_str_verify(kept, word, strlen(word)), 0);
    CHECK_INT(strlen(kept), 97);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char other[PASSWORD_KEPT_ROOM];
        memcpy(other, kept, sizeof other);
        other[places[i]] = other[places[i]] == 'A' ? 'B' : 'A';
        CHECK_STATUS(password_check(text(word), other), E_DENIED);
    }
    memset(kept + strlen(kept), 'A', 1); /* longer by one */
    CHECK_STATUS(password_check(text(word), kept), E_DENIED);
}

static void want_of_memory_is_no_wrong_password(void)
{
    char kept[PASSWORD_KEPT_ROOM];
    const char *const word = "three small boats";
    struct rlimit before;

    if (!LIMITED)
        return;
    CHECK_OK(password_keep(text(word), kept));
    CHECK_INT(getrlimit(RLIMIT_AS, &before), 0);
    const struct rlimit tight = {.rlim_cur = (rlim_t)32 << 20, .rlim_max = before.rlim_max};
    CHECK_INT(setrlimit(RLIMIT_AS, &tight), 0);
    const status right = password_check(text(word), kept);
    const status wrong = password_check(text("another three"), kept);
    const status spent = password_spend(text(word));
    CHECK_INT(setrlimit(RLIMIT_AS, &before), 0);
    CHECK_STATUS(right, E_MEMORY);
    CHECK_STATUS(wrong, E_MEMORY);
    CHECK_STATUS(spent, E_MEMORY);
    CHECK_OK(password_check(text(word), kept));
}

CASES(CASE(agrees_with_libsodium), CASE(want_of_memory_is_no_wrong_password),
      CASE(opens_to_the_right_one_alone), CASE(is_argon2id_at_the_cost_that_is_told),
      CASE(has_its_limits), CASE(opens_to_nothing_that_is_no_kept_one))
