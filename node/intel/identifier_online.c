#include "identifier_parts.h"

#include <string.h>

/* Addresses and names on the net. */

enum { EMAIL_MIN = 5, EMAIL_MAX = 120, LOCAL_MAX = 64, LABEL_MAX = 63, SOCIAL_MAX = 120 };

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* RFC 5321 section 4.1.2, atom; letters beyond ASCII by RFC 6531. */
static bool is_local_sign(uint8_t c)
{
    return word_is_letter(c) || word_is_digit(c) || c >= 0x80 ||
           is_one_of(c, "!#$%&'*+-/=?^_`{|}~.");
}

static bool local_is_right(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const bool dot_twice = b.at[i] == '.' && i > 0 && b.at[i - 1] == '.';
        if (!is_local_sign(b.at[i]) || dot_twice)
            return false;
    }
    return b.size > 0 && b.size <= LOCAL_MAX && b.at[0] != '.' && b.at[b.size - 1] != '.';
}

static bool label_is_right(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!word_is_letter(c) && !word_is_digit(c) && c < 0x80 && c != '-')
            return false;
    }
    return b.size > 0 && b.size <= LABEL_MAX && b.at[0] != '-' && b.at[b.size - 1] != '-';
}

/* RFC 1123 section 2.1: labels, at least two, and the last is not a number. */
static bool domain_is_right(struct bytes b)
{
    size_t labels = 0;

    for (;;) {
        const uint8_t *const dot = b.size == 0 ? NULL : memchr(b.at, '.', b.size);
        const size_t size = dot == NULL ? b.size : (size_t)(dot - b.at);
        const struct bytes label = bytes_of(b.at, size);
        if (!label_is_right(label))
            return false;
        labels++;
        if (dot == NULL)
            return labels >= 2 && !all_digits(label);
        b = bytes_from(b, size + 1);
    }
}

/* DS_054.  In small letters on both sides: no provider of today tells them apart. */
status identify_email(struct bytes country, struct bytes raw, struct arena *a,
                      struct identifier *id)
{
    const uint8_t *const at = memchr(raw.at, '@', raw.size);
    const size_t local = at == NULL ? 0 : (size_t)(at - raw.at);
    uint8_t *const out = arena_take(a, raw.size);

    (void)country;
    ENSURE(out != NULL, E_MEMORY);
    identifier_need(id,
                    at != NULL && local_is_right(bytes_of(raw.at, local)) &&
                        domain_is_right(bytes_from(raw, local + 1)),
                    "is not a name, an @ and a domain");
    identifier_need(id, raw.size >= EMAIL_MIN && character_count(raw) <= EMAIL_MAX,
                    "is not 5 to 120 characters");
    if (!id->valid)
        return OK;
    for (size_t i = 0; i < raw.size; i++)
        out[i] = lower(raw.at[i]);
    id->canonical = bytes_of(out, raw.size);
    return OK;
}

/* Where " - " stands; raw.size when nowhere. */
static size_t dash_of(struct bytes raw)
{
    for (size_t i = 0; i + 3 <= raw.size; i++) {
        if (memcmp(raw.at + i, " - ", 3) == 0)
            return i;
    }
    return raw.size;
}

/* DS_055, "platform - tag": the platform in small letters, the tag as it is. */
status identify_social(struct bytes country, struct bytes raw, struct arena *a,
                       struct identifier *id)
{
    const size_t dash = dash_of(raw);
    const struct bytes platform = word_trim(bytes_of(raw.at, dash));
    const struct bytes tag = word_trim(bytes_from(raw, dash + 3));
    uint8_t *const out = arena_take(a, raw.size);

    (void)country;
    ENSURE(out != NULL, E_MEMORY);
    identifier_need(id, platform.size > 0 && tag.size > 0 && all_printable(raw),
                    "is not like \"platform - tag\"");
    identifier_need(id, character_count(raw) <= SOCIAL_MAX, "has more than 120 characters");
    if (!id->valid)
        return OK;
    struct writer w = writer_over(out, raw.size);
    for (size_t i = 0; i < platform.size; i++)
        write_u8(&w, lower(platform.at[i]));
    write_text(&w, " - ");
    write_bytes(&w, tag);
    MUST(!w.bad); /* both and what stands between them are parts of `raw` */
    id->canonical = writer_bytes(&w);
    return OK;
}
