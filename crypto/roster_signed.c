#include "roster.h"

/*
 * What an agency has signed, by either of the keys that a roster lists for it.  A signature
 * has no time that anyone vouches for, so the one that goes out is not refused after its
 * moment: what it signed before may be under way, and who signs no longer has it.
 */

static bool try_other(status s, const struct roster_agency *g)
{
    return s == E_SIGNATURE && g->sign_out.until != 0;
}

status agency_checkpoint_verify(struct bytes note, const struct roster_agency *g,
                                struct arena *a, struct checkpoint *ret)
{
    const status s = checkpoint_verify(note, g->sign_key, a, ret);

    return try_other(s, g) ? checkpoint_verify(note, g->sign_out.key, a, ret) : s;
}

status agency_cosignature_verify(const struct note *n, const struct hash *realm,
                                 const struct roster_agency *g, millis *ret_time)
{
    const status s = cosignature_verify(n, realm, &g->id, g->sign_key, ret_time);

    return try_other(s, g) ? cosignature_verify(n, realm, &g->id, g->sign_out.key, ret_time)
                           : s;
}

status agency_receipt_verify(struct bytes note, const struct roster_agency *g,
                             struct arena *a, struct receipt *ret)
{
    const status s = receipt_verify(note, g->sign_key, a, ret);

    return try_other(s, g) ? receipt_verify(note, g->sign_out.key, a, ret) : s;
}

status agency_kx_note_verify(struct bytes note, const struct roster_agency *g,
                             struct arena *a, struct kx_note *ret)
{
    const status s = kx_note_verify(note, g->sign_key, a, ret);

    return try_other(s, g) ? kx_note_verify(note, g->sign_out.key, a, ret) : s;
}

const uint8_t *agency_signer(const struct roster_agency *g, const struct note *n,
                             struct bytes name, uint8_t type)
{
    const bool other = g->sign_out.until != 0 &&
                       note_find(n, name, type, g->sign_key) == NULL &&
                       note_find(n, name, type, g->sign_out.key) != NULL;

    return other ? g->sign_out.key : g->sign_key;
}
