#include "account.h"
#include "desk_fixture.h"

/* System accounts: who may speak for one, and what it may. */

enum { GATEWAY = 7, OTHER = 1000 };

static struct counter c;

static void set_up(void)
{
    static const uint8_t seed[DRAW_SEED_SIZE] = {5};

    counter_open(&c);
    draw_init(&c.desk.exchange->draw, seed);
    c.desk.has_gateway = true;
    c.desk.gateway = GATEWAY;
}

static struct call calling(uint32_t uid, const char *verb, const char *name,
                           const char *value)
{
    struct call call = {.person = {.uid = uid}, .channel = "control"};
    struct control_field *const f = arena_take(&c.arena, sizeof *f);

    CHECK(f != NULL);
    *f = (struct control_field){.name = bytes_of_text(name), .value = bytes_of_text(value)};
    (void)snprintf(call.person.text, sizeof call.person.text, "uid:%u", uid);
    call.parsed = (struct control_request){
        .verb = bytes_of_text(verb), .argument_count = 1, .arguments = f};
    return call;
}

static const char *new_token(const char *name)
{
    struct call call = calling(OTHER, "token-new", "name", name);
    struct control_answer a = {0};

    CHECK_OK(token_new_prepare(&c.desk, &call));
    CHECK_OK(token_new_answer(&c.desk, &call, &a));
    CHECK_INT(a.row_count, 1);
    return arena_text(&c.arena, control_value(&a.rows[0], "token"));
}

static status admitted(uint32_t uid, const char *verb, const char *token)
{
    struct call call = calling(uid, verb, "token", token);
    const status s = account_admit(&c.desk, &call);

    CHECK((s == OK) == (call.sentence == NULL));
    return s;
}

static void speaks_through_the_gateway_alone(void)
{
    set_up();
    const char *const token = new_token("niche");
    struct call call = calling(GATEWAY, "publish", "token", token);

    CHECK_OK(account_admit(&c.desk, &call));
    CHECK_TEXT(call.person.text, "account:niche");
    CHECK_TEXT(call.channel, "http");
    /* A call that has to wait a turn is admitted again. */
    CHECK_OK(account_admit(&c.desk, &call));
    CHECK_STATUS(admitted(OTHER, "publish", token), E_DENIED);
    CHECK_STATUS(admitted(GATEWAY, "publish", ""), E_DENIED);
    CHECK_OK(admitted(OTHER, "audit", ""));
    c.desk.has_gateway = false;
    CHECK_STATUS(admitted(GATEWAY, "publish", token), E_DENIED);
    CHECK_OK(admitted(GATEWAY, "publish", ""));
    counter_done(&c);
}

static void may_publish_trace_and_ask_for_the_status(void)
{
    static const struct {
        const char *verb;
        status wanted;
    } rows[] = {{"publish", OK},         {"trace", OK},        {"status", OK},
                {"audit", E_DENIED},     {"show", E_DENIED},   {"source", E_DENIED},
                {"release", E_DENIED},   {"draft", E_DENIED},  {"install", E_DENIED},
                {"token-new", E_DENIED}, {"publis", E_DENIED}, {"publish-batch", E_DENIED}};

    set_up();
    const char *const token = new_token("niche");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_STATUS(admitted(GATEWAY, rows[i].verb, token), rows[i].wanted);
    counter_done(&c);
}

static void refuses_every_other_token(void)
{
    set_up();
    const char *const token = new_token("niche");
    const size_t size = strlen(token);

    for (size_t i = 0; i < size; i++) {
        char *const wrong = arena_text(&c.arena, bytes_of_text(token));
        wrong[i] = (char)(wrong[i] == '0' ? '1' : '0');
        CHECK_STATUS(admitted(GATEWAY, "publish", wrong), E_REVOKED);
        wrong[i] = '\0';
        if (i > 0)
            CHECK_STATUS(admitted(GATEWAY, "publish", wrong), E_REVOKED);
    }
    counter_done(&c);
}

static void ends_with_its_token(void)
{
    set_up();
    const char *const first = new_token("niche");
    const char *const other = new_token("athena");
    struct call again = calling(OTHER, "token-new", "name", "niche");
    struct call revoke = calling(OTHER, "token-revoke", "name", "niche");

    CHECK_STATUS(token_new_prepare(&c.desk, &again), E_DUPLICATE);
    CHECK_OK(token_revoke_prepare(&c.desk, &revoke));
    CHECK_STATUS(admitted(GATEWAY, "publish", first), E_REVOKED);
    CHECK_OK(admitted(GATEWAY, "publish", other));
    CHECK_STATUS(token_revoke_prepare(&c.desk, &revoke), E_UNKNOWN);
    const char *const second = new_token("niche");
    CHECK(strcmp(first, second) != 0);
    CHECK_OK(admitted(GATEWAY, "publish", second));
    CHECK_STATUS(admitted(GATEWAY, "publish", first), E_REVOKED);
    counter_done(&c);
}

static void has_keys_of_its_own(void)
{
    struct bytes keys[3] = {0};

    set_up();
    const char *const names[] = {"niche", "athena"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct call call = calling(GATEWAY, "publish", "token", new_token(names[i]));
        struct control_field *const f = arena_array(&c.arena, 2, sizeof *f);
        CHECK(f != NULL);
        f[0] = call.parsed.arguments[0];
        f[1] = (struct control_field){bytes_of_text("key"), bytes_of_text("1")};
        call.parsed.arguments = f;
        call.parsed.argument_count = 2;
        CHECK_OK(account_admit(&c.desk, &call));
        CHECK_OK(account_key(&c.desk, &call, &keys[i]));
    }
    const struct call person = calling(OTHER, "publish", "key", "1");
    CHECK_OK(account_key(&c.desk, &person, &keys[2]));
    CHECK_BYTES(keys[2], bytes_of_text("1"));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        for (size_t k = 0; k < i; k++)
            CHECK(!bytes_equal(keys[i], keys[k]));
    }
    counter_done(&c);
}

CASES(CASE(speaks_through_the_gateway_alone),
      CASE(may_publish_trace_and_ask_for_the_status), CASE(refuses_every_other_token),
      CASE(ends_with_its_token), CASE(has_keys_of_its_own))
