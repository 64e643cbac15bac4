#ifndef FLAGPOST_HTTP_HEADS_H
#define FLAGPOST_HTTP_HEADS_H

/* What a request's headers say.  Private to this folder. */

#include "route.h"

/* Empty: there is none. */
struct bytes http_token(const struct http_request *r);

/* RFC 7617: base64 of name, colon, password; in `a`.  False when it is not that. */
bool http_read_basic(const struct http_request *r, struct arena *a, struct bytes *ret_user,
                     struct bytes *ret_password);

/* "application/json", with nothing behind it but a character set that is UTF-8. */
bool http_is_json(const struct http_request *r);

/* A record's id, all of it; else false, and why. */
bool http_id_is_whole(struct bytes id, struct arena *a, struct http_answer *ret);

/* An idempotency key of visible characters. */
bool http_has_key(const struct http_request *r);

#endif
