#include "route.h"
#include "check.h"

#include <stdlib.h>

/* What is refused before a node is asked. */

enum { ARENA = 8 << 20 };

static struct arena fresh(void)
{
    struct arena a;
    void *const memory = malloc(ARENA);

    CHECK(memory != NULL);
    arena_init(&a, memory, ARENA);
    return a;
}

static struct http_request good(void)
{
    return (struct http_request){.method = "POST",
                                 .path = "/v1/records",
                                 .authorization = "Bearer x",
                                 .content_type = "application/json",
                                 .key = "k"};
}

/* 0: the request may go on. */
static unsigned early(const struct http_request *r)
{
    struct arena a = fresh();
    struct http_answer answer = {0};
    const bool refused = http_refuse_early(r, &a, &answer);

    CHECK(!refused || answer.json.size > 0);
    free(a.at);
    return refused ? answer.code : 0;
}

static void finds_each_path_and_its_method(void)
{
    static const struct {
        const char *method, *path;
        unsigned code;
    } rows[] = {
        {"POST", "/v1/records", 0},
        {"GET", "/v1/status", 0},
        {"GET", "/v1/records/x/trace", 0},
        {"GET", "/v1/records", 405},
        {"HEAD", "/v1/status", 405},
        {"get", "/v1/status", 405},
        {"POST", "/v1/records/x/trace", 405},
        {"GET", "/v1/records/x/y/trace", 404},
        {"GET", "/v1/records//trace", 404},
        {"GET", "/v1/records/trace", 404},
        {"GET", "/v1/records/x/tracer", 404},
        {"POST", "/v1/records/", 404},
        {"POST", "/V1/records", 404},
        {"GET", "", 404},
        {"GET", "/v1/inbox", 0},
        {"POST", "/v1/inbox", 405},
        {"GET", "/v1/todo", 0},
        {"GET", "/v1/inbox/", 404},
        {"GET", "/v1/records/x/open", 405},
        {"POST", "/v1/records/x/open", 400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request r = good();
        r.method = rows[i].method;
        r.path = rows[i].path;
        (void)printf("    %s %s\n", r.method, r.path);
        CHECK_INT(early(&r), rows[i].code);
    }
}

static void asks_for_token_type_and_key(void)
{
    static const struct {
        const char *authorization, *type, *key;
        unsigned code;
    } rows[] = {
        {"Bearer x", "application/json", "k", 0},
        {"bearer x", "Application/JSON ; charset=UTF-8", "k", 0},
        {"Bearer x", "application/json;charset=\"utf-8\"", "!~", 0},
        {NULL, "application/json", "k", 401},
        {"", "application/json", "k", 401},
        {"Bearer ", "application/json", "k", 401},
        {"Basic x", "application/json", "k", 401},
        {"Bearerx", "application/json", "k", 401},
        {"Bearer x", NULL, "k", 415},
        {"Bearer x", "application/jsonp", "k", 415},
        {"Bearer x", "application/json; charset=latin1", "k", 415},
        {"Bearer x", "application/json; charset=utf-8; x=y", "k", 415},
        {"Bearer x", "text/json", "k", 415},
        {"Bearer x", "application/json", NULL, 400},
        {"Bearer x", "application/json", "", 400},
        {"Bearer x", "application/json", "a b", 400},
        {"Bearer x", "application/json", "a\x7f", 400},
        {"Bearer x", "application/json", "\xc3\xa9", 400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request r = good();
        r.authorization = rows[i].authorization;
        r.content_type = rows[i].type;
        r.key = rows[i].key;
        CHECK_INT(early(&r), rows[i].code);
    }
    struct http_request twice = good();
    twice.repeated = true;
    CHECK_INT(early(&twice), 400);
}

static void asks_why_a_record_is_read(void)
{
    static const struct {
        const char *purpose;
        unsigned code;
    } rows[] = {{NULL, 400}, {"", 400}, {" \t ", 400}, {"x", 0}, {" x", 0}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request r = {.method = "POST",
                                 .path = "/v1/records/x/open",
                                 .authorization = "Bearer x",
                                 .purpose = rows[i].purpose};
        CHECK_INT(early(&r), rows[i].code);
    }
}

static void says_that_no_node_is_there(void)
{
    struct arena a = fresh();
    struct http_request r = {
        .method = "GET", .path = "/v1/status", .authorization = "Bearer x"};
    struct http_answer answer = {0};

    http_answer_request("/nowhere/control.sock", &r, &a, &answer);
    CHECK_INT(answer.code, 503);
    CHECK(answer.later);
    CHECK(answer.json.size > 0);
    free(a.at);
}

CASES(CASE(finds_each_path_and_its_method), CASE(asks_for_token_type_and_key),
      CASE(asks_why_a_record_is_read), CASE(says_that_no_node_is_there))
