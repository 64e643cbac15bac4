#include "question.h"

#include "answer_json.h"
#include "server.h"

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

void question_add(struct question *q, const char *name, struct bytes value)
{
    MUST(q->count < QUESTION_ARGUMENTS_MAX);
    q->arguments[q->count++] =
        (struct control_field){.name = bytes_of_text(name), .value = value};
}

static void refuse_silent_node(const struct question *q, status s, struct arena *a,
                               struct http_answer *ret)
{
    if (s == E_BUSY)
        http_refuse(503, E_BUSY, "the node is not running: send it again later", a, ret);
    else if (s == E_DENIED)
        http_refuse(503, E_DENIED, "the gateway may not use the node's control socket", a,
                    ret);
    else if (q->has_key)
        http_refuse(503, E_IO,
                    "the node gave no answer: send it again with the same Idempotency-Key",
                    a, ret);
    else
        http_refuse(503, E_IO, "the node gave no answer: ask again", a, ret);
}

/* The node has done what it was asked for, and what it said cannot be passed on. */
static void refuse_unwritten(const struct question *q, status s, struct arena *a,
                             struct http_answer *ret)
{
    if (s != E_MEMORY)
        http_refuse(503, s,
                    "what the node answered is not what it answers here: are node and "
                    "gateway of one version?",
                    a, ret);
    else if (q->has_key)
        http_refuse(503, s,
                    "the node has answered, and the gateway lacks the memory to pass it "
                    "on: send it again with the same Idempotency-Key",
                    a, ret);
    else
        http_refuse(503, s,
                    "the node has answered, and the gateway lacks the memory to pass it "
                    "on: ask again",
                    a, ret);
}

bool question_ask(const char *control, const struct question *q, struct arena *a,
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
        refuse_silent_node(q, s, a, ret);
        return false;
    }
    *ret = (struct http_answer){.code = code_of(ret_answer->status)};
    ret->later = ret->code == 503 || ret->code == 429;
    s = q->is_record && ret_answer->status == OK
            ? answer_json_record(ret_answer, a, &ret->json)
            : answer_json_write(ret_answer, q->list, a, &ret->json);
    if (s != OK)
        refuse_unwritten(q, s, a, ret);
    return s == OK;
}
