#include "heads.h"

#include "text.h"

#include <string.h>
#include <strings.h>

/* What stands behind the scheme; empty: nothing, or another scheme. */
static struct bytes credentials_of(const struct http_request *r, const char *scheme)
{
    const size_t size = strlen(scheme);

    if (r->authorization == NULL || strncasecmp(r->authorization, scheme, size) != 0)
        return (struct bytes){0};
    return bytes_of_text(r->authorization + size);
}

struct bytes http_token(const struct http_request *r)
{
    return credentials_of(r, "Bearer ");
}

bool http_read_basic(const struct http_request *r, struct arena *a, struct bytes *ret_user,
                     struct bytes *ret_password)
{
    struct bytes both = {0};

    if (base64_decode(a, credentials_of(r, "Basic "), &both) != OK ||
        !text_cut(&both, ':', ret_user))
        return false;
    *ret_password = both;
    return ret_user->size > 0 && both.size > 0;
}

/* "application/json", with nothing behind it but a character set that is UTF-8. */
bool http_is_json(const struct http_request *r)
{
    const char *const type = r->content_type;
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

bool http_has_key(const struct http_request *r)
{
    const char *const key = r->key;
    const size_t size = key == NULL ? 0 : strlen(key);

    for (size_t i = 0; i < size; i++) {
        if (key[i] < '!' || key[i] > '~')
            return false;
    }
    return size >= 1 && size <= HTTP_KEY_MAX;
}

bool http_id_is_whole(struct bytes id, struct arena *a, struct http_answer *ret)
{
    record_id ignored;

    if (record_id_read(id, &ignored) == OK)
        return true;
    http_refuse(400, E_FORM, "a record's id is 32 digits and letters a to f", a, ret);
    return false;
}
