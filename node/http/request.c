#include "request.h"

#include <microhttpd.h>
#include <string.h>

struct reading {
    struct http_request *request;
    struct http_heads heads;
};

static enum MHD_Result each_head(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct reading *const r = context;
    struct http_request *const q = r->request;
    const struct {
        const char *name;
        const char **to;
    } wanted[] = {
        {"Authorization", &q->authorization},
        {"Content-Type", &q->content_type},
        {"Idempotency-Key", &q->key},
        {"Flagpost-Released-By", &q->released},
        {"Flagpost-Mend", &q->mend},
        {"Flagpost-Purpose", &q->purpose},
        {"Flagpost-Class", &q->class},
        {"Host", &r->heads.host},
        {"Content-Encoding", &r->heads.encoding},
        {"Content-Length", &r->heads.length},
    };

    (void)kind;
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (strcasecmp(name, wanted[i].name) != 0)
            continue;
        q->repeated = q->repeated || *wanted[i].to != NULL;
        *wanted[i].to = value == NULL ? "" : value;
        r->heads.too_long = r->heads.too_long || strlen(*wanted[i].to) > HTTP_HEADER_MAX;
    }
    return MHD_YES;
}

/* What stands behind the path's question mark; which of them are known is the path's
 * matter. */
static enum MHD_Result each_filter(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct reading *const r = context;
    struct http_request *const q = r->request;
    const struct http_filter one = {name, value == NULL ? "" : value};

    (void)kind;
    r->heads.too_long = r->heads.too_long || strlen(one.value) > HTTP_HEADER_MAX;
    for (size_t i = 0; i < q->filter_count; i++)
        q->repeated = q->repeated || strcmp(q->filters[i].name, name) == 0;
    if (q->filter_count < HTTP_FILTERS_MAX)
        q->filters[q->filter_count++] = one;
    else
        q->repeated = true; /* there are no more of them to know */
    return MHD_YES;
}

struct http_heads http_read_heads(struct MHD_Connection *connection, struct http_request *r)
{
    struct reading reading = {.request = r, .heads.request = r};

    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, each_head, &reading);
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, each_filter,
                                    &reading);
    return reading.heads;
}
