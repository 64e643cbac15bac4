#include "session.h"

#include "clock.h"
#include "desk_fixture.h"

/* How long a session lasts, and how often a password may be guessed. */

static struct session_watch w;

static struct session person(uint8_t number, millis at)
{
    struct session s = {.open = true, .person = {.uid = number}, .begun = at, .used = at};

    memset(s.digest, number, sizeof s.digest);
    return s;
}

static const uint8_t *named(uint8_t number)
{
    static uint8_t digest[32];

    memset(digest, number, sizeof digest);
    return digest;
}

static void begin(uint8_t number, millis at)
{
    const struct session s = person(number, at);

    sessions_begin(&w, &s);
}

static void ends_when_nothing_is_asked_for_long(void)
{
    memset(&w, 0, sizeof w);
    begin(1, 1000);
    CHECK(sessions_find(&w, named(2), 1000) == NULL);
    CHECK(sessions_find(&w, named(0), 1000) == NULL); /* as a free place has */
    const millis last = 1000 + SESSION_IDLE_MS - 1;
    CHECK(sessions_find(&w, named(1), last) != NULL);
    CHECK(sessions_find(&w, named(1), last + SESSION_IDLE_MS - 1) != NULL);
    CHECK(sessions_find(&w, named(1), last + (millis)2 * SESSION_IDLE_MS - 1) == NULL);
    CHECK(sessions_find(&w, named(1), last) == NULL); /* and stays over */
}

static void ends_however_busy_it_is(void)
{
    millis at = 5000;

    memset(&w, 0, sizeof w);
    begin(1, at);
    while (at < 5000 + SESSION_MOST_MS - SESSION_IDLE_MS / 2) {
        CHECK(sessions_find(&w, named(1), at) != NULL);
        at += SESSION_IDLE_MS / 2;
    }
    CHECK(sessions_find(&w, named(1), 5000 + SESSION_MOST_MS) == NULL);
}

static void ends_for_one_person_alone(void)
{
    memset(&w, 0, sizeof w);
    begin(1, 1000);
    begin(2, 1000);
    sessions_end_of(&w, 1);
    CHECK(sessions_find(&w, named(1), 1000) == NULL);
    CHECK(sessions_find(&w, named(2), 1000) != NULL);
}

/* Who has not asked for longest makes room, and nobody who has. */
static void more_than_there_are_places(void)
{
    memset(&w, 0, sizeof w);
    for (unsigned i = 1; i <= SESSIONS_MAX; i++)
        begin((uint8_t)i, 1000 + i);
    CHECK(sessions_find(&w, named(1), 2000) != NULL);
    begin(SESSIONS_MAX + 1, 2001);
    CHECK(sessions_find(&w, named(2), 2001) == NULL);
    for (unsigned i = 3; i <= SESSIONS_MAX + 1; i++)
        CHECK(sessions_find(&w, named((uint8_t)i), 2001) != NULL);
    CHECK(sessions_find(&w, named(1), 2001) != NULL);
}

static void a_name_is_guessed_a_few_times_alone(void)
{
    memset(&w, 0, sizeof w);
    for (size_t i = 0; i < GUESSES_OF_ONE_MAX; i++)
        CHECK(sessions_may_guess(&w.known, named(1), 1000 + i));
    CHECK(!sessions_may_guess(&w.known, named(1), 2000));
    CHECK(sessions_may_guess(&w.known, named(2), 2000));
    CHECK(!sessions_may_guess(&w.known, named(1), 1000 + GUESSES_OF_ONE_MS - 1));
    CHECK(sessions_may_guess(&w.known, named(1), 1000 + GUESSES_OF_ONE_MS));
    for (size_t i = 1; i < GUESSES_OF_ONE_MAX; i++)
        CHECK(sessions_may_guess(&w.known, named(1), 1000 + GUESSES_OF_ONE_MS));
    sessions_forgive(&w.known, named(1));
    CHECK(sessions_may_guess(&w.known, named(1), 1000 + GUESSES_OF_ONE_MS));
}

static void what_was_not_looked_at_is_no_guess(void)
{
    memset(&w, 0, sizeof w);
    for (size_t i = 0; i < (size_t)2 * GUESSES_OF_ALL_MAX; i++) {
        CHECK(sessions_may_guess(&w.known, named(1), 1000));
        sessions_untry(&w.known, named(1));
    }
    for (size_t i = 0; i < GUESSES_OF_ONE_MAX; i++)
        CHECK(sessions_may_guess(&w.known, named(1), 1000));
    CHECK(!sessions_may_guess(&w.known, named(1), 1000));
}

/* Other names clear no name's count faster than all may be tried. */
static void all_are_guessed_a_few_times_a_minute(void)
{
    size_t tried = 0;
    size_t mine = 0;

    memset(&w, 0, sizeof w);
    for (millis at = 1000; at < 1000 + 600000; at += 100) {
        tried += sessions_may_guess(&w.known, named((uint8_t)(2 + at / 100 % 200)), at);
        mine += sessions_may_guess(&w.known, named(1), at);
    }
    CHECK(tried + mine <= (size_t)10 * GUESSES_OF_ALL_MAX);
    CHECK(tried + mine >= (size_t)9 * GUESSES_OF_ALL_MAX);
}

/* However many other names are tried, one that has had its tries has no more. */
static void other_names_give_nobody_more_tries(void)
{
    uint8_t other[32] = {0};
    uint32_t number = 0;

    memset(&w, 0, sizeof w);
    for (size_t i = 0; i < GUESSES_OF_ONE_MAX; i++)
        CHECK(sessions_may_guess(&w.known, named(1), 1000));
    for (millis at = 1000; at < 1000 + GUESSES_OF_ONE_MS; at += 1000) {
        for (size_t i = 0; i < 100; i++) {
            number++;
            memcpy(other, &number, sizeof number);
            (void)sessions_may_guess(&w.known, other, at);
        }
        CHECK(!sessions_may_guess(&w.known, named(1), at));
    }
}

/* Who makes names up keeps nobody out, and has no more tries of those by it. */
static void made_up_names_have_a_count_of_their_own(void)
{
    size_t tried = 0;

    memset(&w, 0, sizeof w);
    for (millis at = 1000; at < 1000 + 60000; at += 100) {
        CHECK(sessions_are_guessed(&w.unknown, at) == (tried >= GUESSES_OF_ALL_MAX));
        tried += sessions_may_guess(&w.unknown, named((uint8_t)(2 + at / 100 % 200)), at);
    }
    CHECK_INT(tried, GUESSES_OF_ALL_MAX);
    CHECK(sessions_may_guess(&w.known, named(1), 1000 + 59900));
    CHECK(!sessions_are_guessed(&w.known, 1000 + 59900));
    CHECK(!sessions_are_guessed(&w.unknown, 1000 + 60000));
}

/* --- calls --- */

static struct counter c;
static struct config config;

static struct call calling(uint32_t uid, const char *verb, const char *name,
                           const char *value)
{
    struct call call = {.person = {.uid = uid}};
    struct control_field *const f = arena_take(&c.arena, sizeof *f);

    (void)snprintf(call.person.text, sizeof call.person.text, "uid:%u", uid);
    *f = (struct control_field){.name = bytes_of_text(name), .value = bytes_of_text(value)};
    const struct control_request r = {
        .verb = bytes_of_text(verb), .argument_count = 1, .arguments = f};
    CHECK_OK(control_request_encode(&r, &c.arena, &call.request));
    return call;
}

/* A call that finds no room waits a turn: it is then asked by the gateway as before. */
static void a_call_that_waits_is_still_the_persons(void)
{
    enum { GATEWAY = 501, PERSON = 502, TURN_ARENA = 64 << 20 };
    static const char token[] =
        "fps1_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    void *const memory = malloc(TURN_ARENA);
    struct arena turn;

    CHECK(memory != NULL);
    arena_init(&turn, memory, TURN_ARENA);
    counter_open(&c);
    c.desk.exchange->arena = &turn;
    c.desk.config = &config;
    c.desk.has_gateway = true;
    c.desk.gateway = GATEWAY;
    struct call named_one = calling(0, "operator-set", "user", "uid:502");
    const struct control_field fields[] = {
        {.name = bytes_of_text("user"), .value = bytes_of_text("uid:502")},
        {.name = bytes_of_text("roles"), .value = bytes_of_text("read")}};
    named_one.channel = "control";
    named_one.parsed.arguments = fields;
    named_one.parsed.argument_count = COUNT_OF(fields);
    CHECK_OK(operator_set_prepare(&c.desk, &named_one));

    const char *const what = "flagpost/session/v1";
    uint8_t room[128];
    struct writer wr = writer_over(room, sizeof room);
    write_text(&wr, what);
    write_text(&wr, token);
    const struct hash tag = keyring_mac(c.desk.keyring, KEYRING_DIGEST, writer_bytes(&wr));
    struct session s = person(1, clock_steady());
    s.person = (struct person){.uid = PERSON, .text = "uid:502 jo"};
    memcpy(s.digest, tag.bytes, sizeof s.digest);
    sessions_begin(&c.desk.sessions, &s);

    struct call call = calling(GATEWAY, "status", "token", token);
    for (int asked = 0; asked < 3; asked++) {
        desk_prepare(&c.desk, &call);
        CHECK_OK(call.prepared);
        CHECK_TEXT(call.person.text, "uid:502 jo");
        CHECK_TEXT(call.channel, "http");
    }
    free(memory);
    counter_done(&c);
}

CASES(CASE(ends_when_nothing_is_asked_for_long), CASE(ends_however_busy_it_is),
      CASE(ends_for_one_person_alone), CASE(more_than_there_are_places),
      CASE(a_name_is_guessed_a_few_times_alone), CASE(what_was_not_looked_at_is_no_guess),
      CASE(all_are_guessed_a_few_times_a_minute), CASE(other_names_give_nobody_more_tries),
      CASE(made_up_names_have_a_count_of_their_own),
      CASE(a_call_that_waits_is_still_the_persons))
