#include "roster_text.h"

#include <string.h>

/* The text of a fixed array; empty when it is not terminated. */
static struct bytes array_text(const char *text, size_t room)
{
    const size_t size = strnlen(text, room);

    return bytes_of(text, size < room ? size : 0);
}

bool agency_id_is_valid(const struct agency_id *id)
{
    struct agency_id again = {0};

    return agency_id_read(array_text(id->text, sizeof id->text), &again) == OK;
}

bool roster_time_is_valid(millis t)
{
    char text[TIME_TEXT_ROOM];
    millis again = 0;

    time_write(t, text);
    return time_read(bytes_of_text(text), &again) == OK && again == t;
}

/* Capital letters, digits and hyphens: regions and flags. */
static bool is_code(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return b.size > 0;
}

/* People read names off terminals before anyone has signed them: no control character, C1
 * ones and DEL included, and nothing that turns the direction of writing (Unicode
 * Bidi_Control). */
static bool name_is_valid(struct bytes b)
{
    static const char *const refused[] = {
        "\x7f",         "\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa",
        "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6",
        "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
    };

    if (b.size == 0 || !utf8_is_valid(b) || b.at[0] == ' ' || b.at[b.size - 1] == ' ')
        return false;
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] < 0x20 || (i > 0 && b.at[i - 1] == 0xc2 && b.at[i] < 0xa0))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (memmem(b.at, b.size, refused[i], strlen(refused[i])) != NULL)
            return false;
    }
    return true;
}

static bool force_is_valid(struct bytes b)
{
    return b.size == 2 && b.at[0] >= '0' && b.at[0] <= '9' && b.at[1] >= '0' &&
           b.at[1] <= '9';
}

static bool is_one_of(const char *allowed, uint8_t c)
{
    while (*allowed != '\0' && (uint8_t)*allowed != c)
        allowed++;
    return *allowed != '\0';
}

static bool host_is_valid(struct bytes host)
{
    static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    static const char address_characters[] = "0123456789abcdef:.";
    const bool address =
        host.size > 2 && host.at[0] == '[' && host.at[host.size - 1] == ']';
    const char *const allowed = address ? address_characters : name_characters;
    const struct bytes inner = address ? bytes_of(host.at + 1, host.size - 2) : host;

    for (size_t i = 0; i < inner.size; i++) {
        if (!is_one_of(allowed, inner.at[i]))
            return false;
    }
    return inner.size > 0;
}

/* tcp://host:port, host a name in lower case, an IPv4 address or an IPv6 one in brackets.
 */
static bool endpoint_is_valid(struct bytes b)
{
    static const char scheme[] = "tcp://";
    const struct bytes rest = bytes_from(b, sizeof scheme - 1);
    size_t colon = rest.size;
    uint64_t port = 0;

    if (b.size < sizeof scheme || memcmp(b.at, scheme, sizeof scheme - 1) != 0)
        return false;
    while (colon > 0 && rest.at[colon - 1] != ':')
        colon--;
    if (colon == 0 || !host_is_valid(bytes_of(rest.at, colon - 1)))
        return false;
    return decimal_decode(bytes_from(rest, colon), &port) == OK && port >= 1 &&
           port <= 65535;
}

static bool optional_is_valid(const char *text, size_t room, bool (*rule)(struct bytes))
{
    return text[0] == '\0' || rule(array_text(text, room));
}

/* In strictly ascending order, so that a set has one form. */
static bool flags_are_valid(const struct roster_agency *g)
{
    struct bytes last = {0};

    if (g->flag_count > ROSTER_FLAGS_MAX)
        return false;
    for (size_t i = 0; i < g->flag_count; i++) {
        const struct bytes flag = array_text(g->flags[i], sizeof g->flags[i]);
        if (!is_code(flag) || bytes_compare(last, flag) >= 0)
            return false;
        last = flag;
    }
    return true;
}

static bool outgoing_is_sound(const struct outgoing_key *o,
                              bool (*is_sound)(const uint8_t *key))
{
    return o->until == 0 || (is_sound(o->key) && roster_time_is_valid(o->until));
}

static bool keys_are_sound(const struct roster_agency *g)
{
    return sign_public_is_sound(g->sign_key) && kx_public_is_sound(g->curve_key) &&
           kx_public_is_sound(g->first_kx.key) &&
           outgoing_is_sound(&g->sign_out, sign_public_is_sound) &&
           outgoing_is_sound(&g->curve_out, kx_public_is_sound);
}

status agency_check(const struct roster_agency *g, const struct hash *realm)
{
    ENSURE(agency_id_is_valid(&g->id), E_VALUE);
    ENSURE(name_is_valid(array_text(g->name, sizeof g->name)), E_VALUE);
    ENSURE(g->kind >= AGENCY_FIB && g->kind <= AGENCY_ABROAD, E_VALUE);
    ENSURE(optional_is_valid(g->force, sizeof g->force, force_is_valid), E_VALUE);
    ENSURE(optional_is_valid(g->region, sizeof g->region, is_code), E_VALUE);
    ENSURE(optional_is_valid(g->endpoint, sizeof g->endpoint, endpoint_is_valid), E_VALUE);
    ENSURE(roster_time_is_valid(g->valid_from), E_VALUE);
    ENSURE(roster_time_is_valid(g->valid_until), E_VALUE);
    ENSURE(g->valid_from < g->valid_until, E_VALUE);
    ENSURE(g->ceiling == MARKING_OFFICIAL || g->ceiling == MARKING_OFFICIAL_SENSITIVE,
           E_VALUE);
    ENSURE(flags_are_valid(g), E_VALUE);
    ENSURE(keys_are_sound(g), E_VALUE);
    ENSURE(hash_equal(&g->first_kx.realm, realm), E_VALUE);
    ENSURE(agency_id_equal(&g->first_kx.agency, &g->id), E_VALUE);
    ENSURE(g->first_kx.number >= 1 && g->first_kx.from <= INT64_MAX, E_VALUE);
    return OK;
}

status agency_kx_check(const struct roster_agency *g, struct arena *a)
{
    struct bytes text = {0};

    TRY(kx_note_text(&g->first_kx, a, &text));
    ENSURE(signature_is_good(g->sign_key, text, g->first_kx_signature), E_SIGNATURE);
    return OK;
}
