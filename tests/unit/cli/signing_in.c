#include "person_asks.h"

#include "session.h"

/* Whoever is guessed at is one person, by whichever of his names. */

enum { PERSON = 1001 };

static const char password[] = "three words together";

static status sign_in(struct world *w, const char *user, const char *with)
{
    const struct argued given[] = {{"user", user}, {"password", with}};

    return ask(w, 0, "session", given, COUNT_OF(given));
}

static struct world *with_a_person(void)
{
    struct world *const w = make();
    const struct argued named[] = {{"user", "uid:1001"}, {"roles", "read"}};
    const struct argued secret[] = {{"password", password}};

    settle(w);
    CHECK_OK(ask(w, 0, "operator-set", named, COUNT_OF(named)));
    CHECK_OK(ask(w, PERSON, "operator-password", secret, COUNT_OF(secret)));
    return w;
}

static void a_person_is_guessed_at_by_one_count(void)
{
    static const char *const names[] = {"1001", "uid:1001"};
    struct world *const w = with_a_person();

    CHECK_OK(sign_in(w, names[0], password));
    CHECK_OK(sign_in(w, names[1], password));
    for (size_t i = 0; i < GUESSES_OF_ONE_MAX; i++)
        CHECK_STATUS(sign_in(w, names[i % 2], "a wrong one"), E_REVOKED);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK_STATUS(sign_in(w, names[i], password), E_OFTEN);
    CHECK_STATUS(sign_in(w, "1002", password), E_REVOKED);
    done(w);
}

/* The right password clears what was tried by the other name. */
static void the_right_one_clears_it(void)
{
    struct world *const w = with_a_person();

    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 1; i < GUESSES_OF_ONE_MAX; i++)
            CHECK_STATUS(sign_in(w, "1001", "a wrong one"), E_REVOKED);
        CHECK_OK(sign_in(w, "uid:1001", password));
    }
    done(w);
}

CASES(CASE(a_person_is_guessed_at_by_one_count), CASE(the_right_one_clears_it))
