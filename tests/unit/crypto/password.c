#include "password.h"
#include "check.h"

#include <string.h>

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

CASES(CASE(opens_to_the_right_one_alone), CASE(is_argon2id_at_the_cost_that_is_told),
      CASE(has_its_limits), CASE(opens_to_nothing_that_is_no_kept_one))
