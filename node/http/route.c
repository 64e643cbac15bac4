#include "route.h"

#include "answer_json.h"
#include "heads.h"
#include "question.h"
#include "record_json.h"
#include "text.h"

#include <string.h>

void http_refuse(unsigned code, status s, const char *sentence, struct arena *a,
                 struct http_answer *ret)
{
    const struct control_answer answer = {.status = s, .sentence = bytes_of_text(sentence)};

    *ret = (struct http_answer){.code = code, .later = code == 503};
    if (answer_json_write(&answer, NULL, a, &ret->json) != OK)
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
    ROUTE_INBOX,
    ROUTE_OPEN,
    ROUTE_TODO,
};

static const struct route_row {
    const char *before, *after; /* of the id, where there is one */
    enum route route;
    const char *method;
    const char *methods; /* of the path, in all its rows */
} routes[] = {
    {"/v1/records", NULL, ROUTE_RECORDS, "POST", "POST"},
    {"/v1/records/", "/trace", ROUTE_TRACE, "GET", "GET"},
    {"/v1/records/", "/open", ROUTE_OPEN, "POST", "POST"},
    {"/v1/inbox", NULL, ROUTE_INBOX, "GET", "GET"},
    {"/v1/todo", NULL, ROUTE_TODO, "GET", "GET"},
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

static bool refuse_without_purpose(const struct http_request *r, struct arena *a,
                                   struct http_answer *ret)
{
    if (r->purpose != NULL && r->purpose[strspn(r->purpose, " \t")] != '\0')
        return false;
    http_refuse(400, E_USAGE,
                "say why it is read: the header Flagpost-Purpose, which goes into the log "
                "before anything is shown",
                a, ret);
    return true;
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
    if (row->route == ROUTE_OPEN)
        return refuse_without_purpose(r, a, ret);
    return row->route == ROUTE_RECORDS && refuse_headers_of_record(r, a, ret);
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
    struct question q = {.verb = "publish", .has_key = true};
    struct control_answer answer = {0};
    struct bytes packed = {0};

    if (!read_record(r, a, &packed, ret))
        return;
    question_add(&q, "token", http_token(r));
    question_add(&q, "record", packed);
    question_add(&q, "key", bytes_of_text(r->key));
    if (r->released != NULL)
        question_add(&q, "released", bytes_of_text(r->released));
    if (r->mend != NULL)
        question_add(&q, "mend", bytes_of_text(r->mend));
    if (question_ask(control, &q, a, &answer, ret) && answer.status == OK)
        ret->code = was_published_before(&answer) ? 200 : 201;
}

static void trace(const char *control, const struct http_request *r, struct bytes id,
                  struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "trace"};
    struct control_answer answer = {0};

    if (!http_id_is_whole(id, a, ret))
        return;
    question_add(&q, "token", http_token(r));
    question_add(&q, "id", id);
    if (r->purpose != NULL)
        question_add(&q, "purpose", bytes_of_text(r->purpose));
    (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

static void status_of_node(const char *control, const struct http_request *r,
                           struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "status"};
    struct control_answer answer = {0};

    question_add(&q, "token", http_token(r));
    (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
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
    question_add(&q, "user", user);
    question_add(&q, "password", password);
    if (question_ask(control, &q, a, &answer, ret) && answer.status == OK)
        ret->code = 201;
    ret->wants_basic = true;
}

static void sign_out(const char *control, const struct http_request *r, struct arena *a,
                     struct http_answer *ret)
{
    struct question q = {.verb = "session-end"};
    struct control_answer answer = {0};

    question_add(&q, "token", http_token(r));
    (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
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
    case ROUTE_INBOX:
        http_inbox(control, r, a, ret);
        return;
    case ROUTE_OPEN:
        http_open(control, r, id, a, ret);
        return;
    case ROUTE_TODO:
        http_todo(control, r, a, ret);
        return;
    case ROUTE_NONE:
        return;
    }
}
