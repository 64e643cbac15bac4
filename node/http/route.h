#ifndef FLAGPOST_HTTP_ROUTE_H
#define FLAGPOST_HTTP_ROUTE_H

/*
 * From a request to an answer: which path means what, what is asked of the node, and which
 * code its answer is.  Knows nothing of the library that speaks HTTP.  The interface is
 * described in proto/openapi.json, which the tests hold against the running gateway.
 */

#include "arena.h"

enum {
    HTTP_BODY_MAX = 256 * 1024,
    HTTP_KEY_MAX = 128,    /* of an idempotency key */
    HTTP_HEADER_MAX = 512, /* of any header that is looked at, and of any filter */
    HTTP_FILTERS_MAX = 12,
};

/* One of those behind the path: ?name=value. */
struct http_filter {
    const char *name, *value;
};

/* As the library gave it; NULL: there is no such header. */
struct http_request {
    const char *method, *path;
    const char *authorization, *content_type, *key, *released, *mend, *purpose, *class;
    size_t filter_count;
    struct http_filter filters[HTTP_FILTERS_MAX];
    bool repeated; /* one of these came twice */
    struct bytes body;
};

struct http_answer {
    unsigned code;
    struct bytes json; /* in the arena */
    const char *allow; /* with 405: the method that is right */
    bool later;        /* with 503 and 429: worth asking again */
    bool wants_basic;  /* with 401: name and password, not a token */
};

/* What is wrong before the body is read: false when there is nothing.  Fills `ret`. */
bool http_refuse_early(const struct http_request *r, struct arena *a,
                       struct http_answer *ret);

/* The whole request; `control` is the path of the node's control socket. */
void http_answer_request(const char *control, const struct http_request *r, struct arena *a,
                         struct http_answer *ret);

/* A refusal of the gateway's own; `status` is the word that machines read. */
void http_refuse(unsigned code, status s, const char *sentence, struct arena *a,
                 struct http_answer *ret);

#endif
