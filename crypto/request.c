#include "roster_text.h"
#include "scratch.h"

#include <string.h>

static const char title[] = "flagpost/request/v1";

enum { REQUEST_TEXT_ROOM = 128 + AGENCY_LINES_ROOM };

static status text_write(const struct roster_agency *g, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, REQUEST_TEXT_ROOM);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, REQUEST_TEXT_ROOM);
    write_text(&w, title);
    write_text(&w, "\nrealm ");
    lines_put_hex(&w, bytes_of(g->first_kx.realm.bytes, sizeof g->first_kx.realm.bytes));
    write_text(&w, "\n");
    agency_lines_write(&w, g);
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static bool has_keys(const struct keyring *k, const struct roster_agency *g)
{
    return keyring_has(k, KEYRING_SIGN, g->sign_key) &&
           keyring_has(k, KEYRING_CURVE, g->curve_key) &&
           (g->sign_out.until == 0 || keyring_has(k, KEYRING_SIGN, g->sign_out.key)) &&
           (g->curve_out.until == 0 || keyring_has(k, KEYRING_CURVE, g->curve_out.key));
}

static status text_read(struct bytes text, struct roster_agency *ret)
{
    struct lines l = lines_over(text);
    struct hash realm = {0};

    lines_key(&l, title);
    lines_key(&l, "realm");
    lines_hex(&l, realm.bytes, sizeof realm.bytes);
    agency_lines_read(&l, &realm, ret);
    ENSURE(lines_is_done(&l), E_FORM);
    return OK;
}

/* The key that goes out signs as well, under the same name: the new one is proven by the
 * old, and the text, which the new one signs, names the old. */
static status sign_text(struct bytes text, const struct roster_agency *g, struct keyring *k,
                        struct arena *a, struct bytes *ret)
{
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes outgoing = {0};

    agency_note_name(&g->first_kx.realm, &g->id, name);
    if (g->sign_out.until != 0) {
        TRY(keyring_choose(k, KEYRING_SIGN, g->sign_out.key));
        TRY(note_sign(text, bytes_of_text(name), k, a, &outgoing));
    }
    TRY(keyring_choose(k, KEYRING_SIGN, g->sign_key));
    TRY(note_sign(text, bytes_of_text(name), k, a, ret));
    return outgoing.size == 0
               ? OK
               : note_append(*ret, bytes_from(outgoing, text.size + 1), a, ret);
}

status request_sign(const struct roster_agency *agency, struct keyring *k, struct arena *a,
                    struct bytes *ret)
{
    struct roster_agency g = *agency;
    struct bytes kx_text = {0};
    struct bytes text = {0};

    ENSURE(has_keys(k, &g), E_VALUE);
    TRY(agency_check(&g, &g.first_kx.realm));
    TRY(kx_note_text(&g.first_kx, a, &kx_text));
    TRY(keyring_choose(k, KEYRING_SIGN, g.sign_key));
    keyring_sign(k, kx_text, g.first_kx_signature);
    TRY(text_write(&g, a, &text));
    return sign_text(text, &g, k, a, ret);
}

status request_verify(struct bytes note, struct arena *a, struct roster_agency *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct roster_agency g = {0};
    struct bytes again = {0};
    char name[AGENCY_NOTE_NAME_ROOM];

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(text_read(n->text, &g));
    agency_note_name(&g.first_kx.realm, &g.id, name);
    TRY(note_verify(n, bytes_of_text(name), g.sign_key));
    if (g.sign_out.until != 0)
        TRY(note_verify(n, bytes_of_text(name), g.sign_out.key));
    TRY(agency_check(&g, &g.first_kx.realm));
    TRY(agency_kx_check(&g, a));
    TRY(text_write(&g, a, &again));
    ENSURE(bytes_equal(n->text, again), E_FORM);
    *ret = g;
    return OK;
}
