#include "route.h"

#include "answer_json.h"
#include "control.h"
#include "record_json.h"
#include "server.h"
#include "text.h"

#include <string.h>
#include <strings.h>

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

enum route { ROUTE_NONE, ROUTE_RECORDS, ROUTE_TRACE, ROUTE_STATUS };

static const struct route_row {
    const char *before, *after; /* of the id, where there is one */
    enum route route;
    const char *method;
} routes[] = {
    {"/v1/records", NULL, ROUTE_RECORDS, "POST"},
    {"/v1/records/", "/trace", ROUTE_TRACE, "GET"},
    {"/v1/status", NULL, ROUTE_STATUS, "GET"},
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

static const struct route_row *route_find(const char *path, struct bytes *ret_id)
{
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (matches(&routes[i], bytes_of_text(path), ret_id))
            return &routes[i];
    }
    return NULL;
}

/* --- headers --- */

static struct bytes token_of(const struct http_request *r)
{
    static const char scheme[] = "Bearer ";

    if (r->authorization == NULL ||
        strncasecmp(r->authorization, scheme, sizeof scheme - 1) != 0)
        return (struct bytes){0};
    return bytes_of_text(r->authorization + sizeof scheme - 1);
}

/* "application/json", with nothing behind it but a character set that is UTF-8. */
static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    const size_t size = sizeof json - 1;

    if (type == NULL || strncasecmp(type, json, size) != 0)
        return false;
    const char *rest = type + size;
    rest += strspn(rest, " \t");
    if (*rest == '\0')
        return true;
    if (*rest++ != ';')
        return false;
    rest += strspn(rest, " \t");
    return strcasecmp(rest, "charset=utf-8") == 0 ||
           strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

static bool key_is_sound(const char *key)
{
    const size_t size = key == NULL ? 0 : strlen(key);

    for (size_t i = 0; i < size; i++) {
        if (key[i] < '!' || key[i] > '~')
            return false;
    }
    return size >= 1 && size <= HTTP_KEY_MAX;
}

static bool refuse_headers_of_record(const struct http_request *r, struct arena *a,
                                     struct http_answer *ret)
{
    if (!is_json(r->content_type)) {
        http_refuse(415, E_FORM, "send the record as application/json in UTF-8", a, ret);
        return true;
    }
    if (!key_is_sound(r->key)) {
        http_refuse(400, E_USAGE,
                    "give the header Idempotency-Key: 1 to 128 visible characters that no "
                    "other record of yours has, so that it is published once however often "
                    "it is sent",
                    a, ret);
        return true;
    }
    return false;
}

bool http_refuse_early(const struct http_request *r, struct arena *a,
                       struct http_answer *ret)
{
    struct bytes id = {0};
    const struct route_row *const row = route_find(r->path, &id);

    if (row == NULL) {
        http_refuse(404, E_UNKNOWN, "there is nothing at this path: see openapi.json", a,
                    ret);
        return true;
    }
    if (strcmp(r->method, row->method) != 0) {
        http_refuse(405, E_USAGE, "this path has another method", a, ret);
        ret->allow = row->method;
        return true;
    }
    if (r->repeated) {
        http_refuse(400, E_FORM, "a header that may come once came twice", a, ret);
        return true;
    }
    if (token_of(r).size == 0) {
        http_refuse(401, E_REVOKED,
                    "give the token of a system account: Authorization: "
                    "Bearer",
                    a, ret);
        return true;
    }
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
        {OK, 200},       {E_FORM, 400},   {E_USAGE, 400},   {E_REVOKED, 401},
        {E_DENIED, 403}, {E_POLICY, 403}, {E_UNKNOWN, 404}, {E_DUPLICATE, 409},
        {E_LIMIT, 413},  {E_VALUE, 422},  {E_MARKING, 422}, {E_HELD, 202},
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
    ret->later = ret->code == 503;
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
    add(&q, "token", token_of(r));
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
    add(&q, "token", token_of(r));
    add(&q, "id", id);
    (void)ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

static void status_of_node(const char *control, const struct http_request *r,
                           struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "status"};
    struct control_answer answer = {0};

    add(&q, "token", token_of(r));
    (void)ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

void http_answer_request(const char *control, const struct http_request *r, struct arena *a,
                         struct http_answer *ret)
{
    struct bytes id = {0};
    const struct route_row *const row = route_find(r->path, &id);

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
    case ROUTE_NONE:
        return;
    }
}
