#ifndef FLAGPOST_HTTP_REQUEST_H
#define FLAGPOST_HTTP_REQUEST_H

/* A request as the library has it.  Private to this folder. */

#include "route.h"

struct MHD_Connection;

/* What is looked at before the request's own headers. */
struct http_heads {
    const struct http_request *request;
    const char *host, *encoding, *length;
    bool too_long;
};

/* Headers and filters into `r`, whose method and path stand; both borrow from the library.
 */
struct http_heads http_read_heads(struct MHD_Connection *connection,
                                  struct http_request *r);

#endif
