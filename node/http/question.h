#ifndef FLAGPOST_HTTP_QUESTION_H
#define FLAGPOST_HTTP_QUESTION_H

/* One question to the node, and its answer as one of HTTP.  Private to this folder. */

#include "control.h"
#include "route.h"

enum { QUESTION_ARGUMENTS_MAX = 12 };

struct question {
    const char *verb;
    const char *list; /* name of a list of rows that do not say what they are; NULL: none */
    bool is_record;   /* the answer has one in it */
    bool has_key;     /* asked again with the same Idempotency-Key it is done once */
    size_t count;
    struct control_field arguments[QUESTION_ARGUMENTS_MAX];
};

/* Both are borrowed until the question is asked. */
void question_add(struct question *q, const char *name, struct bytes value);

/* False after filling `ret` with why there is no answer of the node; else both are filled.
 */
bool question_ask(const char *control, const struct question *q, struct arena *a,
                  struct control_answer *ret_answer, struct http_answer *ret);

/* --- reading, for people (reads.c) --- */

void http_inbox(const char *control, const struct http_request *r, struct arena *a,
                struct http_answer *ret);
void http_todo(const char *control, const struct http_request *r, struct arena *a,
               struct http_answer *ret);
void http_open(const char *control, const struct http_request *r, struct bytes id,
               struct arena *a, struct http_answer *ret);

#endif
