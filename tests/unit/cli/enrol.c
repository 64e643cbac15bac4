/* By which keys a request takes the place of what a roster lists. */

#include "enrol.h"

#include "check.h"

#define NOW   ((millis)1800000000000)
#define UNTIL (NOW + (millis)7 * 86400000)

static struct roster_agency listed, asked;
static struct enrolment e;

/* Key number n of either kind. */
static void set(uint8_t key[32], uint8_t n)
{
    memset(key, n, 32);
}

static void list(uint8_t sign, uint8_t curve)
{
    listed = (struct roster_agency){0};
    set(listed.sign_key, sign);
    set(listed.curve_key, curve);
    asked = listed;
    e = (struct enrolment){.listed = &listed, .now = NOW, .until = UNTIL};
}

/* It asks for a key, and says that `before` goes out, at a time that does not count; 0:
 * none does. */
static void ask(uint8_t key[32], struct outgoing_key *out, uint8_t n, uint8_t before)
{
    set(key, n);
    *out = (struct outgoing_key){.until = before == 0 ? 0 : NOW + 1};
    set(out->key, before);
}

static void ask_sign(uint8_t n, uint8_t before)
{
    ask(asked.sign_key, &asked.sign_out, n, before);
}

static void ask_curve(uint8_t n, uint8_t before)
{
    ask(asked.curve_key, &asked.curve_out, n, before);
}

static void check_taken(void)
{
    const char *const why = enrol_keys(&e, &asked);

    CHECK_TEXT(why == NULL ? "" : why, "");
}

static void check_refused(const char *words)
{
    const char *const why = enrol_keys(&e, &asked);

    CHECK(why != NULL && strstr(why, words) != NULL);
}

static void the_same_keys_are_taken(void)
{
    list(1, 2);
    check_taken();
    CHECK_INT(asked.sign_out.until, 0);
}

static void the_listed_key_goes_out_when_the_roster_says(void)
{
    list(1, 2);
    ask_sign(3, 1);
    ask_curve(4, 2);
    check_taken();
    CHECK_INT(asked.sign_out.until, UNTIL);
    CHECK_INT(asked.curve_out.until, UNTIL);
}

/* The transport key has no signature of its own: the signing key speaks for it. */
static void a_transport_key_may_be_given_up_by_who_signs(void)
{
    list(1, 2);
    ask_curve(4, 0);
    check_taken();
    CHECK_INT(asked.curve_out.until, 0);
}

static void another_signing_key_alone_is_anyones(void)
{
    list(1, 2);
    ask_sign(3, 0);
    check_refused("which has not signed this");
    e.anew = true;
    check_taken();
}

static void only_what_is_listed_can_go_out(void)
{
    list(1, 2);
    ask_sign(3, 5);
    check_refused("not the one that the roster lists");
    e.anew = true;
    check_refused("not the one that the roster lists");
    list(1, 2);
    ask_curve(4, 5);
    check_refused("not the one that the roster lists");
}

static void one_change_at_a_time(void)
{
    list(3, 2);
    listed.sign_out = (struct outgoing_key){.until = NOW};
    set(listed.sign_out.key, 1);
    ask_sign(4, 3);
    check_refused("is not over");
    listed.sign_out.until = NOW - OUTGOING_GRACE_MS;
    check_taken();
}

/* Nor can a request bring another moment, or another key, for what the roster says. */
static void what_went_out_stays_as_it_was_listed(void)
{
    list(3, 2);
    listed.sign_out = (struct outgoing_key){.until = NOW - 5};
    set(listed.sign_out.key, 1);
    ask_sign(3, 7);
    check_taken();
    CHECK_INT(asked.sign_out.until, NOW - 5);
    CHECK_INT(asked.sign_out.key[0], 1);
}

CASES(CASE(the_same_keys_are_taken), CASE(the_listed_key_goes_out_when_the_roster_says),
      CASE(a_transport_key_may_be_given_up_by_who_signs),
      CASE(another_signing_key_alone_is_anyones), CASE(only_what_is_listed_can_go_out),
      CASE(one_change_at_a_time), CASE(what_went_out_stays_as_it_was_listed))
