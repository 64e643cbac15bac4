#ifndef FLAGPOST_SEAL_H
#define FLAGPOST_SEAL_H

/*
 * Sealing and opening of entries.  Order of work (proto/README.md): items -> content root
 * -> index and ordinals -> core -> ciphertext -> wraps -> header -> leaf.
 *
 * Content: XChaCha20-Poly1305 under a fresh content key, the core as additional data.
 * Wrap, one per recipient: HPKE over `content key || u64 ordinal`, sequence number =
 * index - group_first, info and additional data as in wrap.h.
 * Content root: RFC 6962 tree; leaf data = u32 index || BLAKE2b-256(key = salt, item).
 */

#include "content.h"
#include "draw.h"
#include "keep.h"
#include "keyring.h"
#include "merkle.h"
#include "wrap.h"

/* Salts drawn, root computed, plaintext encoded. */
struct sealed_content {
    struct bytes plain; /* secret: lives in the turn's arena, wiped with it */
    struct hash root;
    uint32_t item_count;
};
NODISCARD status seal_content(const struct bytes *items, size_t count, struct draw *d,
                              struct arena *a, struct sealed_content *ret);

/* Leaf hash of one salted item, and the root over all. */
struct hash content_leaf(uint32_t index, const struct salted_item *item);
NODISCARD status content_root(const struct salted_item *items, size_t count,
                              struct arena *a, struct hash *ret);

/* A group's ephemeral key and one HPKE context per recipient; secret, see seal_group_done.
 */
struct seal_group {
    struct hpke_key_pair ephemeral;
    struct stream_id stream;
    struct hash realm;
    sequence first;
    sequence next; /* lowest index that may still be sealed: none is sealed twice */
    size_t context_count;
    struct {
        struct agency_id agency;
        uint32_t kx_id;
        struct hpke_context context;
    } contexts[AGENCIES_MAX];
};

void seal_group_init(struct seal_group *g, const struct hash *realm,
                     const struct stream_id *stream, sequence first, struct draw *d);
void seal_group_done(struct seal_group *g);

/* Key of one recipient of one entry, and its ordinal in this stream. */
struct seal_recipient {
    struct agency_id agency;
    uint32_t kx_id;
    uint8_t kx_public[HPKE_KEY_SIZE];
    uint64_t ordinal;
};

/* What one entry is sealed from, besides its header and its group. */
struct seal_work {
    const struct seal_recipient *recipients; /* strictly ascending by agency */
    size_t recipient_count;
    const struct sealed_content *content;
    struct draw *draw;
};

struct sealed_entry {
    struct bytes header;
    struct bytes ciphertext;
    struct bytes wraps; /* WRAP_SIZE each, recipients' order */
    struct hash leaf;
};

/*
 * Seals one entry.  `h` has realm, stream, index, id, times, kind, label, roster version
 * and previous; everything else in it is filled in here from `g` and `w`.  The content key
 * is also given out, for the publisher's own storage key.  Realm and stream are the
 * group's, indexes of a group ascend.  E_LIMIT: too many recipients or too large; E_VALUE:
 * a field of the header breaks its rule; E_KEY: a recipient's key is of small order;
 * E_MEMORY.
 */
NODISCARD status seal_entry(struct seal_group *g, struct header *h,
                            const struct seal_work *w, struct arena *a,
                            uint8_t ret_key[CONTENT_KEY_SIZE], struct sealed_entry *ret);

/* An entry without content, kind KIND_EPOCH: its ciphertext hash is that of nothing. */
NODISCARD status seal_statement(struct header *h, struct arena *a,
                                struct sealed_entry *ret);

/* An entry as received: its bytes, and what header_decode made of them. */
struct entry_parts {
    struct bytes header;
    const struct header *h;
    struct bytes ciphertext;
    struct bytes wrap; /* the opener's own; not needed by open_content */
};

/* The context that one group's wraps for one recipient have in common: agreeing on it costs
 * more than all else, so it is kept while entries of a group are opened one after the
 * other. Start it zeroed; secret, see open_group_done. */
struct open_group {
    bool known;
    uint8_t info[WRAP_INFO_MAX];
    size_t info_size;
    uint8_t group_key[KX_KEY_SIZE];
    struct hpke_context context;
};

void open_group_done(struct open_group *g);

/*
 * Opens the wrap of recipient `self` of a header whose leaf hash the caller has verified.
 * Checks the wrap's and the ciphertext's hashes against the header first (E_HASH);
 * E_ADDRESS when `self` is not a recipient; E_OPEN for every cryptographic failure, without
 * telling which.  `g` may be of another group: then it becomes this entry's.
 */
NODISCARD status open_group_wrap(struct open_group *g, struct keyring *k,
                                 const struct agency_id *self, const struct entry_parts *e,
                                 uint8_t ret_key[CONTENT_KEY_SIZE], uint64_t *ret_ordinal);

/* The same for a single entry. */
NODISCARD status open_wrap(struct keyring *k, const struct agency_id *self,
                           const struct entry_parts *e, uint8_t ret_key[CONTENT_KEY_SIZE],
                           uint64_t *ret_ordinal);

/*
 * Opens the ciphertext with the content key and checks the content root against the header.
 * E_OPEN: does not authenticate.  E_HASH: the text is not the one the publisher committed
 * to. E_FORM, E_VALUE or E_LIMIT: what was inside is not a content.  On failure the
 * plaintext is wiped from the arena.
 */
NODISCARD status open_content(const uint8_t key[CONTENT_KEY_SIZE],
                              const struct entry_parts *e, struct arena *a,
                              const struct salted_item **ret_items, size_t *ret_count);

#endif
