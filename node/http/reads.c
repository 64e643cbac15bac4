#include "question.h"

#include "heads.h"
#include "text.h"

#include <string.h>

/* What a person who has signed in reads.  Whether he may is the node's matter, and so is
 * the row of the log that stands before anything is opened (P12). */

/* Each filter of the path is the node's of the same name. */
static bool add_filters(const struct http_request *r, struct question *q, struct arena *a,
                        struct http_answer *ret)
{
    static const char *const known[] = {"priority", "flag",  "from",  "force",
                                        "handling", "since", "until", "skip"};

    for (size_t i = 0; i < r->filter_count; i++) {
        const struct http_filter *const f = &r->filters[i];
        bool found = strcmp(f->name, "unread") == 0 && strcmp(f->value, "yes") == 0;
        for (size_t k = 0; k < COUNT_OF(known) && !found; k++)
            found = strcmp(f->name, known[k]) == 0;
        if (!found) {
            http_refuse(400, E_USAGE,
                        "the list is narrowed by unread=yes, priority, flag, from, force, "
                        "handling, since, until and skip",
                        a, ret);
            return false;
        }
        question_add(q, f->name, bytes_of_text(f->value));
    }
    return true;
}

void http_inbox(const char *control, const struct http_request *r, struct arena *a,
                struct http_answer *ret)
{
    struct question q = {.verb = "inbox", .list = "records"};
    struct control_answer answer = {0};

    question_add(&q, "token", http_token(r));
    if (add_filters(r, &q, a, ret))
        (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is it */
}

void http_todo(const char *control, const struct http_request *r, struct arena *a,
               struct http_answer *ret)
{
    struct question q = {.verb = "todo", .list = "todos"};
    struct control_answer answer = {0};

    question_add(&q, "token", http_token(r));
    (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}

void http_open(const char *control, const struct http_request *r, struct bytes id,
               struct arena *a, struct http_answer *ret)
{
    struct question q = {.verb = "show", .is_record = true};
    struct control_answer answer = {0};

    if (!http_id_is_whole(id, a, ret))
        return;
    question_add(&q, "token", http_token(r));
    question_add(&q, "id", id);
    question_add(&q, "purpose", bytes_of_text(r->purpose));
    if (r->class != NULL)
        question_add(&q, "class", bytes_of_text(r->class));
    (void)question_ask(control, &q, a, &answer, ret); /* either way `ret` is the answer */
}
