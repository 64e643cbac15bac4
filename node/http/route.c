#include "route.h"

#include "answer_json.h"
#include "control.h"
#include "heads.h"
#include "record_json.h"
#include "server.h"
#include "text.h"

#include <string.h>

enum { ARGUMENTS_MAX = 5 };

void http_refuse(unsigned code, status s, const char *sentence, struct arena *a,
                 struct http_answer *ret)
{
    const struct control_answer answer = {.status = s, .sentence = bytes_of_text(sentence)};

    *ret = (struct http_answer){.code = code, .later = code == 503};
    if (answer_json_write(&answer, a, &ret->json) != OK)
        ret->json = (struct bytes){0};
}

/* --- paths --- */

enum route {
    ROUTE_NONE,
    ROUTE_RECORDS,
    ROUTE_TRACE,
    ROUTE_STATUS,
    ROUTE_SIGN_IN,
    ROUTE_SIGN_OUT,
};

static const struct route_row {
    const char *before, *after; /* of the id, where there is one */
    enum route route;
    const char *method;
    const char *methods; /* of the path, in all its rows */
} routes[] = {
    {"/v1/records", NULL, ROUTE_RECORDS, "POST", "POST"},
    {"/v1/records/", "/trace", ROUTE_TRACE, "GET", "GET"},
    {"/v1/status", NULL, ROUTE_STATUS, "GET", "GET"},
    {"/v1/session", NULL, ROUTE_SIGN_IN, "POST", "POST, DELETE"},
    {"/v1/session", NULL, ROUTE_SIGN_OUT, "DELETE", "POST, DELETE"},
};

static bool matches(const struct route_row *row, struct bytes path, struct bytes *ret_id)
{
    const struct bytes before = bytes_of_text(row->before);

    if (row->after == NULL)
        return bytes_equal(path, before);
    const struct bytes after = bytes_of_text(row->after);
    if (path.size <= before.size + after.size ||
        memcmp(path.at, before.at, before.size) != 0 ||
        memcmp(path.at + path.size - after.size, after.at, after.size) != 0)
        return false;
    *ret_id = bytes_of(path.at + before.size, path.size - before.size - after.size);
    return memchr(ret_id->at, '/', ret_id->size) == NULL;
}

/* With another method than the row's when the path has it not. */
static const struct route_row *route_find(const struct http_request *r,
                                          struct bytes *ret_id)
{
    const struct route_row *found = NULL;

    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!matches(&routes[i], bytes_of_text(r->path), ret_id))
            continue;
        if (found == NULL || strcmp(r->method, routes[i].method) == 0)
            found = &routes[i];
    }
    return found;
}

/* --- headers --- */

static bool refuse_headers_of_record(const struct http_request *r, struct arena *a,
                                     struct http_answer *ret)
{
    if (!http_is_json(r)) {
        http_refuse(415, E_FORM, "send the record as application/json in UTF-8", a, ret);
        return true;
    }
    if (!http_has_key(r)) {
        http_refuse(400, E_USAGE,
                    "give the header Idempotency-Key: 1 to 128 visible characters that no "
                    "other record of yours has, so that it is published once however often "
                    "it is sent",
                    a, ret);
        return true;
    }
    return false;
}

static bool refuse_unnamed(const struct http_request *r, enum route route, struct arena *a,
                           struct http_answer *ret)
{
    struct bytes user = {0};
    struct bytes password = {0};

    if (route == ROUTE_SIGN_IN) {
        if (http_read_basic(r, a, &user, &password))
            return false;
        http_refuse(401, E_REVOKED,
                    "give name and password: Authorization: Basic, as RFC 7617 has it", a,
                    ret);
        ret->wants_basic = true;
        return true;
    }
    if (http_token(r).size > 0)
        return false;
    http_refuse(401, E_REVOKED,
                "give the token of a system account, or of a session (POST /v1/session): "
                "Authorization: Bearer",
                a, ret);
    return true;
}

bool http_refuse_early(const struct http_request *r, struct arena *a,
                       struct http_answer *ret)
{
    struct bytes id = {0};
    const struct route_row *const row = route_find(r, &id);

    if (row == NULL) {
        http_refuse(404, E_UNKNOWN, "there is nothing at this path: see openapi.json", a,
                    ret);
        return true;
    }
    if (strcmp(r->method, row->method) != 0) {
        http_refuse(405, E_USAGE, "this path has another method", a, ret);
        ret->allow = row->methods;
        return true;
    }
    if (r->repeated) {
        http_refuse(400, E_FORM, "a header that may come once came twice", a, ret);
        return true;
    }
    if (refuse_unnamed(r, row->route, a, ret))
        return true;
    return row->route == ROUTE_RECORDS && refuse_headers_of_record(r, a, ret);
}

/* --- asking the node --- */

/* Whatever else the node says, it cannot serve now. */
enum { CODE_OTHERWISE = 503 };

static unsigned code_of(status s)
{
    static const struct {
        status status;
        unsigned code;
    } codes[] = {
        {OK, 200},       {E_FORM, 400},     {E_USAGE, 400},   {E_REVOKED, 401},
        {E_DENIED, 403}, {E_POLICY, 403},   {E_UNKNOWN, 404}, {E_DUPLICATE, 409},
        {E_LIMIT, 413},  {E_VALUE, 422},    {E_MARKING, 422}, {E_HELD, 202},
        {E_OFTEN, 429},  {E_RECALLED, 403},
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i].status == s)
            return codes[i].code;
    }
    return CODE_OTHERWISE;
}

struct question {
    const char *verb;
    size_t count;
    struct control_field arguments[ARGUMENTS_MAX];
};

static void add(struct question *q, const char *name, struct bytes value)
{
    MUST(q->count < ARGUMENTS_MAX);
    q->arguments[q->count++] =
        (struct control_field){.name = bytes_of_text(name), .value = value};
}

static void refuse_silent_node(status s, struct arena *a, struct http_answer *ret)
{
    if (s == E_BUSY)
        http_refuse(503, E_BUSY, "the node is not running: send it again later", a, ret);
    else if (s == E_DENIED)
        http_refuse(503, E_DENIED, "the gateway may not use the node's control socket", a,
                    ret);
    else
        http_refuse(503, E_IO,
                    "the node gave no answer: send it again with the same Idempotency-Key",
                    a, ret);
}

/* False after filling `ret` with why there is no answer of the node. */
static bool ask(const char *control, const struct question *q, struct arena *a,
                struct control_answer *ret_answer, struct http_answer *ret)
{
    const struct control_request request = {.verb = bytes_of_text(q->verb),
                                            .argument_count = q->count,
                                            .arguments = q->arguments};
    struct bytes sent = {0};
    struct bytes got = {0};

    status s = control_request_encode(&request, a, &sent);
    if (s == OK)
        s = server_ask(control, sent, a, &got);
    if (s == OK)
        s = control_answer_decode(got, a, ret_answer);
    if (s != OK) {
        refuse_silent_node(s, a, ret);
        return false;
    }
    *ret = (struct http_answer){.code = code_of(ret_answer->status)};
    ret->later = ret->code == 503 || ret->code == 429;
    s = answer_json_write(ret_answer, a, &ret->json);
    if (s != OK)
        http_refuse(503, s, "the node's answer is too large for here", a, ret);
    return s == OK;
}

/* --- the paths, one by one --- */

static bool read_record(const struct http_request *r, struct arena *a, struct bytes *ret,
                        struct http_answer *ret_answer)
{
    struct json_fault fault = {0};
    struct record *const record = arena_take(a, sizeof *record);

    status s = record == NULL ? E_MEMORY : record_json_read(r->body, a, record, &fault);
    if (s == OK)
        s = record_pack(record, a, ret);
    if (s == OK)
        return true;
    *ret_answer = (struct http_answer){.code = s == E_LIMIT || s == E_MEMORY ? 413 : 400};
    if (answer_json_fault(s, &fault, a, &ret_answer->json) != OK)
        ret_answer->json = (struct bytes){0};
    return false;
}

static bool was_published_before(const struct control_answer *answer)
{
    return answer->row_count > 0 &&
           text_is(control_value(&answer->rows[0], "again"), "yes");
}

static void publish(const char *control, const struct http_request *r, struct arena *a,
                    struct http_answer *ret)
{
    struct question q = {.verb = "publish"};
    struct control_answer answer = {0};
    struct bytes packed = {0};

    if (!read_record(r, a, &packed, ret))
        return;
    add(&q, "token", http_token(r));
    add(&q, "record", packed);
    add(&q, "key", bytes_of_text(r->key));
    if (r->released != NULL)
        add(&q, "released", bytes_of_text(r->released));
    if (r->mend != NULL)
        add(&q, "mend", bytes_of_text(r->mend));
    if (ask(control, &q, a, &answer, ret) && answer.status == OK)
        ret->code = was_published_before(&answer) ? 200 : 201;
}

static bool id_is_whole(struct bytes id)
{
    record_id ignored;

    return record_id_read(id, &ignored) == OK;
}

static void trace(const char *control, const struct http_request *r, struct bytes id,
                  struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "trace"};
    struct control_answer answer = {0};

    if (!id_is_whole(id)) {
        http_refuse(400, E_FORM, "a record's id is 32 digits and letters a to f", a, ret);
        return;
    }
    add(&q, "token", http_token(r));
    add(&q, "id", id);
    (void)ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

static void status_of_node(const char *control, const struct http_request *r,
                           struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "status"};
    struct control_answer answer = {0};

    add(&q, "token", http_token(r));
    (void)ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

static void sign_in(const char *control, const struct http_request *r, struct arena *a,
                    struct http_answer *ret)
{
    struct question q = {.verb = "session"};
    struct control_answer answer = {0};
    struct bytes user = {0};
    struct bytes password = {0};

    if (!http_read_basic(r, a, &user, &password)) {
        http_refuse(400, E_FORM, "name and password could not be read", a, ret);
        return;
    }
    add(&q, "user", user);
    add(&q, "password", password);
    if (ask(control, &q, a, &answer, ret) && answer.status == OK)
        ret->code = 201;
    ret->wants_basic = true;
}

static void sign_out(const char *control, const struct http_request *r, struct arena *a,
                     struct http_answer *ret)
{
    struct question q = {.verb = "session-end"};
    struct control_answer answer = {0};

    add(&q, "token", http_token(r));
    (void)ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

void http_answer_request(const char *control, const struct http_request *r, struct arena *a,
                         struct http_answer *ret)
{
    struct bytes id = {0};
    const struct route_row *const row = route_find(r, &id);

    if (http_refuse_early(r, a, ret))
        return;
    MUST(row != NULL);
    switch (row->route) {
    case ROUTE_RECORDS:
        publish(control, r, a, ret);
        return;
    case ROUTE_TRACE:
        trace(control, r, id, a, ret);
        return;
    case ROUTE_STATUS:
        status_of_node(control, r, a, ret);
        return;
    case ROUTE_SIGN_IN:
        sign_in(control, r, a, ret);
        return;
    case ROUTE_SIGN_OUT:
        sign_out(control, r, a, ret);
        return;
    case ROUTE_NONE:
        return;
    }
}
