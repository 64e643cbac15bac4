#include "checkpoint.h"
#include "lines.h"
#include "scratch.h"

enum { KX_TEXT_ROOM = 256 };

status kx_note_text(const struct kx_note *n, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, KX_TEXT_ROOM);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, KX_TEXT_ROOM);
    write_text(&w, "flagpost/kx/v1\n");
    lines_put_hex(&w, bytes_of(n->realm.bytes, sizeof n->realm.bytes));
    write_text(&w, "\n");
    write_text(&w, n->agency.text);
    write_text(&w, "\nnumber ");
    write_decimal(&w, n->number);
    write_text(&w, "\nkey ");
    base64_write(&w, bytes_of(n->key, sizeof n->key));
    write_text(&w, "\nfrom ");
    write_decimal(&w, n->from);
    write_text(&w, "\n");
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static status text_read(struct bytes text, struct kx_note *ret)
{
    struct lines l = lines_over(text);
    struct kx_note n = {0};

    lines_key(&l, "flagpost/kx/v1");
    lines_enter(&l);
    lines_hex(&l, n.realm.bytes, sizeof n.realm.bytes);
    lines_enter(&l);
    n.agency = lines_agency(&l);
    lines_key(&l, "number");
    n.number = (uint32_t)lines_decimal(&l, 1, UINT32_MAX);
    lines_key(&l, "key");
    lines_base64(&l, n.key, sizeof n.key);
    lines_key(&l, "from");
    n.from = lines_decimal(&l, 0, INT64_MAX);
    ENSURE(lines_is_done(&l), E_FORM);
    *ret = n;
    return OK;
}

status kx_note_sign(const struct kx_note *n, struct keyring *k, struct arena *a,
                    struct bytes *ret)
{
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes text = {0};
    struct kx_note again = {0};

    TRY(kx_note_text(n, a, &text));
    ENSURE(text_read(text, &again) == OK && kx_public_is_sound(n->key), E_VALUE);
    agency_note_name(&n->realm, &n->agency, name);
    return note_sign(text, bytes_of_text(name), k, a, ret);
}

status kx_note_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                      struct arena *a, struct kx_note *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct kx_note kx = {0};
    char name[AGENCY_NOTE_NAME_ROOM];

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(text_read(n->text, &kx));
    agency_note_name(&kx.realm, &kx.agency, name);
    TRY(note_verify(n, bytes_of_text(name), key));
    ENSURE(kx_public_is_sound(kx.key), E_VALUE);
    *ret = kx;
    return OK;
}
