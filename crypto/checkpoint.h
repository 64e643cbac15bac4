#ifndef FLAGPOST_CHECKPOINT_H
#define FLAGPOST_CHECKPOINT_H

/*
 * C2SP tlog-checkpoint in a signed note, with one extension line:
 *
 *     flagpost/<realm hex>/<agency>/<lane>/<epoch>
 *     <size>
 *     <base64 root>
 *     counts <roster version> <leaves> <base64 root of the count tree>
 *
 * signed by the agency, key name = the agency's note name flagpost/<realm hex>/<agency>.
 * Cosignatures are C2SP tlog-cosignature (cosignature/v1, type 0x04) by other agencies.
 * A receipt is a note of its own.
 */

#include "note.h"

struct checkpoint {
    struct hash realm;
    struct stream_id stream;
    sequence size;
    struct hash root;
    uint32_t roster_version;
    uint32_t agency_count;
    struct hash counts_root;
};

/* Sizes fit a signed 64-bit integer, which is what SQLite and other tools count in. */
#define CHECKPOINT_SIZE_MAX ((sequence)INT64_MAX)

enum {
    CHECKPOINT_TEXT_MAX = 1024, /* ours have at most 270 bytes */
    AGENCY_NOTE_NAME_ROOM = 9 + 64 + 1 + AGENCY_ID_MAX + 1,
};
/* "flagpost/<realm hex>/<agency>" and NUL: the key name of every note an agency signs. */
void agency_note_name(const struct hash *realm, const struct agency_id *agency,
                      char ret[AGENCY_NOTE_NAME_ROOM]);

/* The first line, "flagpost/<realm hex>/<agency>/<lane>/<epoch>", without newline. */
void origin_write(struct writer *w, const struct hash *realm,
                  const struct stream_id *stream);
NODISCARD status origin_read(struct bytes text, struct hash *ret_realm,
                             struct stream_id *ret_stream);

/* The signed note.  E_VALUE when checkpoint_read would refuse a field. */
NODISCARD status checkpoint_sign(const struct checkpoint *c, struct keyring *k,
                                 struct arena *a, struct bytes *ret);

/* Parses the text; signatures are not looked at.  Extension lines other than `counts` are
 * refused, as is a count of agencies outside 1 to AGENCIES_MAX.  E_FORM. */
NODISCARD status checkpoint_read(const struct note *n, struct checkpoint *ret);

/* Parse, and verify the publisher's signature under `key`.  E_FORM or E_SIGNATURE. */
NODISCARD status checkpoint_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                                   struct arena *a, struct checkpoint *ret);

/*
 * The checkpoint note with our cosignature line as well, key name = our note name in the
 * checkpoint's realm: timestamp in seconds, over "cosignature/v1\ntime <seconds>\n" ||
 * text. A note that has our good line already comes back as it is, so that asking again
 * gives the same bytes.  The caller has verified the publisher's signature and that the
 * realm is ours. E_FORM for what is no checkpoint, E_SIGNATURE for a bad line under our
 * key.
 */
NODISCARD status cosignature_sign(struct bytes checkpoint_note,
                                  const struct agency_id *self, millis now,
                                  struct keyring *k, struct arena *a, struct bytes *ret);

/* Finds and verifies `agency`'s cosignature in a note; gives its time in milliseconds.
 * E_SIGNATURE when it is missing or bad. */
NODISCARD status cosignature_verify(const struct note *n, const struct hash *realm,
                                    const struct agency_id *agency,
                                    const uint8_t key[SIGN_PUBLIC_SIZE], millis *ret_time);
/* As above, for a cosigner of any name: public witnesses are not named as agencies are.
 * E_LIMIT on a text over CHECKPOINT_TEXT_MAX, E_VALUE for a time past all calendars. */
NODISCARD status cosignature_verify_name(const struct note *n, struct bytes name,
                                         const uint8_t key[SIGN_PUBLIC_SIZE],
                                         millis *ret_time);

/*
 * What a follower had for every index below `size` when it signed:
 *
 *     flagpost/receipt/v1
 *     <origin of the checkpoint>
 *     <size>
 *     <base64 root>
 *     follower <agency>
 *     time <milliseconds>
 *     held <n> unopenable <n> refused <n> withheld <n> erased <n>
 */
struct receipt {
    struct hash realm;
    struct stream_id stream;
    sequence size;
    struct hash root;
    struct agency_id follower;
    millis time;
    uint64_t held, unopenable, refused, withheld, erased;
};

/* E_VALUE when the five counts add up to more than `size`. */
NODISCARD status receipt_sign(const struct receipt *r, struct keyring *k, struct arena *a,
                              struct bytes *ret);
/* Parse, and verify the follower's signature.  E_FORM, E_VALUE, E_SIGNATURE. */
NODISCARD status receipt_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                                struct arena *a, struct receipt *ret);

/*
 * A numbered KX note: the agency's short-lived key-exchange key.
 *
 *     flagpost/kx/v1
 *     <realm hex>
 *     <agency>
 *     number <n>
 *     key <base64>
 *     from <milliseconds>
 */
struct kx_note {
    struct hash realm;
    struct agency_id agency;
    uint32_t number; /* from 1; only a higher one replaces */
    uint8_t key[HPKE_KEY_SIZE];
    millis from;
};

/* What the note's signature covers: a roster carries the signature alone. */
NODISCARD status kx_note_text(const struct kx_note *n, struct arena *a, struct bytes *ret);
/* E_VALUE for number 0 or a key of small order. */
NODISCARD status kx_note_sign(const struct kx_note *n, struct keyring *k, struct arena *a,
                              struct bytes *ret);
/* E_FORM, E_SIGNATURE; E_VALUE for a key of small order. */
NODISCARD status kx_note_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                                struct arena *a, struct kx_note *ret);

#endif
