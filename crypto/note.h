#ifndef FLAGPOST_NOTE_H
#define FLAGPOST_NOTE_H

/*
 * C2SP signed-note: a text that ends in a newline, an empty line, and signature lines
 * "— <name> <base64(4-byte key id || signature)>".  Everything signed outside an entry is
 * one: checkpoints, cosignatures, receipts, KX notes, rosters.
 */

#include "keyring.h"

enum {
    NOTE_SIGNATURES_MAX = AGENCIES_MAX + 8,
    NOTE_NAME_MAX = 192,
    /* C2SP signature types */
    NOTE_ED25519 = 0x01,
    NOTE_COSIGNATURE = 0x04,
};

struct note_signature {
    struct bytes name; /* borrowed from the note */
    uint8_t key_id[4];
    struct bytes signature; /* after the key id */
};

struct note {
    struct bytes text; /* with its last newline; what is signed */
    size_t signature_count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/* A key name: 1 to NOTE_NAME_MAX bytes of UTF-8 without space of any kind, control
 * character or plus. */
bool note_name_is_valid(struct bytes name);

/* SHA-256(name || 0x0a || type || key)[:4]. */
void note_key_id(struct bytes name, uint8_t type, const uint8_t key[SIGN_PUBLIC_SIZE],
                 uint8_t ret[4]);

/* E_FORM for anything but the exact form (UTF-8, no control characters but newline, at
 * least one signature line after the last empty line), E_LIMIT over NOTE_BYTES_MAX or
 * NOTE_SIGNATURES_MAX.  Borrows from `bytes` and `a`. */
NODISCARD status note_parse(struct bytes bytes, struct arena *a, struct note *ret);

/* The line of (name, type, key), or NULL.  Of several lines of one key only the first is
 * ever looked at, so repeating a signature gains nothing. */
const struct note_signature *note_find(const struct note *n, struct bytes name,
                                       uint8_t type, const uint8_t key[SIGN_PUBLIC_SIZE]);

/* OK when the note carries a good plain Ed25519 signature by (name, key); E_SIGNATURE when
 * its line is missing or bad.  Lines of other keys are ignored, as signed-note demands. */
NODISCARD status note_verify(const struct note *n, struct bytes name,
                             const uint8_t key[SIGN_PUBLIC_SIZE]);

/* text || "\n" || one signature line.  E_FORM when text is not a note's text or could be
 * taken for a cosignature's message, E_LIMIT when the note would be too large. */
NODISCARD status note_sign(struct bytes text, struct bytes name, struct keyring *k,
                           struct arena *a, struct bytes *ret);

/* The signature line alone, for a signer that holds only a seed (root keys). */
NODISCARD status note_sign_seed(struct bytes text, struct bytes name,
                                const uint8_t seed[SIGN_SEED_SIZE], struct arena *a,
                                struct bytes *ret_line);

/* "— <name> <base64(key id || signature)>\n" around a signature made elsewhere. */
NODISCARD status note_line(struct bytes name, uint8_t type,
                           const uint8_t key[SIGN_PUBLIC_SIZE], struct bytes signature,
                           struct arena *a, struct bytes *ret_line);

/* Appends a signature line to a note's bytes, or to a text and its empty line (what a
 * signing ceremony starts from); a line that is already there is not repeated.  E_FORM,
 * E_LIMIT. */
NODISCARD status note_append(struct bytes note, struct bytes line, struct arena *a,
                             struct bytes *ret);

#endif
