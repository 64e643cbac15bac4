#include "seal.h"

#include "aead.h"
#include "wrap.h"

#include <sodium.h>
#include <string.h>

_Static_assert((int)CONTENT_KEY_SIZE == (int)AEAD_KEY_SIZE, "content key");
_Static_assert((int)NONCE_SIZE == (int)XCHACHA_NONCE_SIZE, "content nonce");
_Static_assert(WRAP_PLAIN_SIZE == CONTENT_KEY_SIZE + 8, "content key and ordinal");
_Static_assert(WRAP_SIZE == WRAP_PLAIN_SIZE + HPKE_TAG_SIZE, "wrap");
_Static_assert((int)KX_KEY_SIZE == (int)HPKE_KEY_SIZE,
               "the group's key stands in the header");

/* What a wrap holds; secret. */
struct wrap_plain {
    uint8_t bytes[WRAP_PLAIN_SIZE];
};

static void wrap_plain_done(struct wrap_plain *p)
{
    sodium_memzero(p, sizeof *p);
}

struct content_key {
    uint8_t bytes[CONTENT_KEY_SIZE];
};

static void content_key_done(struct content_key *k)
{
    sodium_memzero(k, sizeof *k);
}

struct hash content_leaf(uint32_t index, const struct salted_item *item)
{
    uint8_t data[4 + HASH_SIZE];
    struct hash blinded;
    struct writer w = writer_over(data, sizeof data);

    blake_keyed(bytes_of(item->salt, sizeof item->salt), item->item, blinded.bytes,
                HASH_SIZE);
    write_u32(&w, index);
    write_bytes(&w, bytes_of(blinded.bytes, HASH_SIZE));
    MUST(!w.bad);
    return merkle_leaf(bytes_of(data, sizeof data));
}

status content_root(const struct salted_item *items, size_t count, struct arena *a,
                    struct hash *ret)
{
    const size_t mark = arena_mark(a);
    struct hash *const leaves = arena_array(a, count, sizeof *leaves);

    ENSURE(count >= 1 && count <= ITEMS_MAX, E_LIMIT);
    ENSURE(leaves != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++)
        leaves[i] = content_leaf((uint32_t)i, &items[i]);
    *ret = merkle_root(leaves, count);
    arena_rewind(a, mark);
    return OK;
}

status seal_content(const struct bytes *items, size_t count, struct draw *d,
                    struct arena *a, struct sealed_content *ret)
{
    ENSURE(count >= 1 && count <= ITEMS_MAX, E_LIMIT);
    struct sealed_content c = {.item_count = (uint32_t)count};
    struct salted_item *const salted = arena_array(a, count, sizeof *salted);

    ENSURE(salted != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        salted[i].item = items[i];
        draw_bytes(d, salted[i].salt, sizeof salted[i].salt);
    }
    TRY(content_root(salted, count, a, &c.root));
    TRY(content_encode(salted, count, a, &c.plain));
    *ret = c;
    return OK;
}

void seal_group_init(struct seal_group *g, const struct hash *realm,
                     const struct stream_id *stream, sequence first, struct draw *d)
{
    struct content_key ikm DEFER(content_key_done) = {0};

    memset(g, 0, sizeof *g);
    g->realm = *realm;
    g->stream = *stream;
    g->first = first;
    g->next = first;
    draw_bytes(d, ikm.bytes, sizeof ikm.bytes);
    MUST(hpke_derive(bytes_of(ikm.bytes, sizeof ikm.bytes), &g->ephemeral) == OK);
}

void seal_group_done(struct seal_group *g)
{
    sodium_memzero(g, sizeof *g);
}

/* The group's context for a recipient, made when it is first needed. */
static status group_context(struct seal_group *g, const struct seal_recipient *r,
                            const struct hpke_context **ret)
{
    size_t i = 0;

    while (i < g->context_count && !agency_id_equal(&g->contexts[i].agency, &r->agency))
        i++;
    if (i == g->context_count || g->contexts[i].kx_id != r->kx_id) {
        const struct wrap_binding binding = {.realm = &g->realm,
                                             .stream = &g->stream,
                                             .recipient = &r->agency,
                                             .kx_id = r->kx_id,
                                             .group_first = g->first};
        uint8_t room[WRAP_INFO_MAX];

        ENSURE(i < COUNT_OF(g->contexts), E_LIMIT);
        TRY(hpke_sender(&g->ephemeral, r->kx_public, wrap_info(&binding, room),
                        &g->contexts[i].context));
        g->contexts[i].agency = r->agency;
        g->contexts[i].kx_id = r->kx_id;
        g->context_count += i == g->context_count;
    }
    *ret = &g->contexts[i].context;
    return OK;
}

/* One entry in the making; secret for its key. */
struct sealing {
    struct seal_group *g;
    struct header *h;
    const struct seal_work *w;
    struct arena *a;
    struct content_key key;
    struct bytes core;
};

static void sealing_done(struct sealing *s)
{
    content_key_done(&s->key);
}

static status fill_header(struct sealing *s)
{
    struct recipient *const to = arena_array(s->a, s->w->recipient_count, sizeof *to);

    ENSURE(to != NULL, E_MEMORY);
    for (size_t i = 0; i < s->w->recipient_count; i++) {
        to[i].agency = s->w->recipients[i].agency;
        to[i].kx_id = s->w->recipients[i].kx_id;
    }
    draw_bytes(s->w->draw, s->h->nonce, sizeof s->h->nonce);
    memcpy(s->h->group_key, s->g->ephemeral.public, sizeof s->h->group_key);
    s->h->group_first = s->g->first;
    s->h->content_root = s->w->content->root;
    s->h->item_count = s->w->content->item_count;
    s->h->ciphertext_size = (uint32_t)(s->w->content->plain.size + AEAD_TAG_SIZE);
    s->h->recipient_count = (uint32_t)s->w->recipient_count;
    s->h->recipients = to;
    return OK;
}

static status seal_ciphertext(struct sealing *s, struct sealed_entry *e)
{
    const struct bytes plain = s->w->content->plain;
    uint8_t *const at = arena_take(s->a, plain.size + AEAD_TAG_SIZE);

    ENSURE(at != NULL, E_MEMORY);
    draw_bytes(s->w->draw, s->key.bytes, sizeof s->key.bytes);
    xchacha_seal(s->key.bytes, s->h->nonce, s->core, plain, at);
    e->ciphertext = bytes_of(at, plain.size + AEAD_TAG_SIZE);
    s->h->ciphertext_hash = blake(e->ciphertext);
    return OK;
}

static status seal_wraps(struct sealing *s, struct sealed_entry *e)
{
    const size_t count = s->w->recipient_count;
    uint8_t *const wraps = arena_array(s->a, count, WRAP_SIZE);
    struct hash *const hashes = arena_array(s->a, count, sizeof *hashes);
    uint8_t room[WRAP_AAD_MAX];
    struct wrap_plain plain DEFER(wrap_plain_done) = {0};

    ENSURE(wraps != NULL && hashes != NULL, E_MEMORY);
    const struct bytes aad = wrap_aad(s->core, &s->h->ciphertext_hash, room);
    for (size_t i = 0; i < count; i++) {
        const struct hpke_context *context = NULL;
        struct writer w = writer_over(plain.bytes, sizeof plain.bytes);

        TRY(group_context(s->g, &s->w->recipients[i], &context));
        write_bytes(&w, bytes_of(s->key.bytes, sizeof s->key.bytes));
        write_u64(&w, s->w->recipients[i].ordinal);
        hpke_seal(context, s->h->index - s->g->first, aad, writer_bytes(&w),
                  wraps + i * WRAP_SIZE);
        hashes[i] = blake(bytes_of(wraps + i * WRAP_SIZE, WRAP_SIZE));
    }
    e->wraps = bytes_of(wraps, count * WRAP_SIZE);
    s->h->wrap_hashes = bytes_of(hashes, count * sizeof *hashes);
    return OK;
}

static status finish(const struct header *h, struct bytes core, struct arena *a,
                     struct sealed_entry *e)
{
    TRY(header_finish(core, &h->ciphertext_hash, h->wrap_hashes, a, &e->header));
    e->leaf = merkle_leaf(e->header);
    return OK;
}

status seal_entry(struct seal_group *g, struct header *h, const struct seal_work *w,
                  struct arena *a, uint8_t ret_key[CONTENT_KEY_SIZE],
                  struct sealed_entry *ret)
{
    struct sealing s DEFER(sealing_done) = {.g = g, .h = h, .w = w, .a = a};
    struct sealed_entry e = {0};

    /* The index is the HPKE sequence number: one that comes back would reuse a nonce. */
    MUST(h->index >= g->next);
    MUST(hash_equal(&h->realm, &g->realm) && stream_id_equal(&h->stream, &g->stream));
    ENSURE(w->recipient_count >= 1 && w->recipient_count <= RECIPIENTS_MAX, E_LIMIT);
    ENSURE(w->content->plain.size <= CONTENT_BYTES_MAX, E_LIMIT);
    TRY(fill_header(&s));
    TRY(header_encode_core(h, a, &s.core));
    TRY(seal_ciphertext(&s, &e));
    TRY(seal_wraps(&s, &e));
    TRY(finish(h, s.core, a, &e));
    g->next = h->index + 1;
    memcpy(ret_key, s.key.bytes, CONTENT_KEY_SIZE);
    *ret = e;
    return OK;
}

status seal_statement(struct header *h, struct arena *a, struct sealed_entry *ret)
{
    struct sealed_entry e = {0};
    struct bytes core = {0};

    MUST(h->kind == KIND_EPOCH);
    h->ciphertext_hash = blake((struct bytes){0});
    h->wrap_hashes = (struct bytes){0};
    TRY(header_encode_core(h, a, &core));
    TRY(finish(h, core, a, &e));
    *ret = e;
    return OK;
}

static status header_core(struct bytes header, struct bytes *ret)
{
    size_t size = 0;

    ENSURE(header.size <= HEADER_BYTES_MAX, E_LIMIT);
    TRY(header_core_size(header, &size));
    *ret = bytes_of(header.at, size);
    return OK;
}

static status check_hashes(const struct entry_parts *e, size_t rank)
{
    const struct hash wrap = blake(e->wrap);
    const struct hash ciphertext = blake(e->ciphertext);
    const struct bytes wanted =
        bytes_of(e->h->wrap_hashes.at + rank * HASH_SIZE, HASH_SIZE);

    ENSURE(bytes_equal(bytes_of(wrap.bytes, HASH_SIZE), wanted), E_HASH);
    ENSURE(hash_equal(&ciphertext, &e->h->ciphertext_hash), E_HASH);
    return OK;
}

void open_group_done(struct open_group *g)
{
    sodium_memzero(g, sizeof *g);
}

/* The group's context, agreed on anew where `g` is of another group or key. */
static status opening_context(struct open_group *g, struct keyring *k,
                              const struct header *h, const struct wrap_binding *binding)
{
    uint8_t room[WRAP_INFO_MAX];
    const struct bytes info = wrap_info(binding, room);

    if (g->known && bytes_equal(info, bytes_of(g->info, g->info_size)) &&
        memcmp(g->group_key, h->group_key, sizeof g->group_key) == 0)
        return OK;
    open_group_done(g);
    TRY(keyring_hpke(k, binding->kx_id, h->group_key, info, &g->context));
    memcpy(g->info, info.at, info.size);
    g->info_size = info.size;
    memcpy(g->group_key, h->group_key, sizeof g->group_key);
    g->known = true;
    return OK;
}

status open_group_wrap(struct open_group *g, struct keyring *k,
                       const struct agency_id *self, const struct entry_parts *e,
                       uint8_t ret_key[CONTENT_KEY_SIZE], uint64_t *ret_ordinal)
{
    const struct header *const h = e->h;
    const int rank = header_recipient_rank(h, self);
    ENSURE(rank >= 0, E_ADDRESS);
    const struct wrap_binding binding = {.realm = &h->realm,
                                         .stream = &h->stream,
                                         .recipient = self,
                                         .kx_id = h->recipients[rank].kx_id,
                                         .group_first = h->group_first};
    struct bytes core = {0};
    uint8_t aad[WRAP_AAD_MAX];
    struct wrap_plain plain DEFER(wrap_plain_done) = {0};

    TRY(check_hashes(e, (size_t)rank));
    TRY(header_core(e->header, &core));
    /* That the publisher hashed it does not make it a wrap. */
    ENSURE(e->wrap.size == WRAP_SIZE && h->index >= h->group_first, E_OPEN);
    TRY(opening_context(g, k, h, &binding));
    TRY(hpke_open(&g->context, h->index - h->group_first,
                  wrap_aad(core, &h->ciphertext_hash, aad), e->wrap, plain.bytes));

    struct reader r = {.rest = bytes_of(plain.bytes, sizeof plain.bytes)};
    read_copy(&r, ret_key, CONTENT_KEY_SIZE);
    *ret_ordinal = read_u64(&r);
    MUST(reader_is_done(&r));
    return OK;
}

status open_wrap(struct keyring *k, const struct agency_id *self,
                 const struct entry_parts *e, uint8_t ret_key[CONTENT_KEY_SIZE],
                 uint64_t *ret_ordinal)
{
    struct open_group g DEFER(open_group_done) = {0};

    return open_group_wrap(&g, k, self, e, ret_key, ret_ordinal);
}

struct opened {
    const struct salted_item *items;
    size_t count;
};

static status open_into(const uint8_t key[CONTENT_KEY_SIZE], const struct entry_parts *e,
                        struct arena *a, struct opened *ret)
{
    struct opened o = {0};
    struct bytes core = {0};
    struct hash root;

    ENSURE(e->ciphertext.size >= AEAD_TAG_SIZE, E_OPEN);
    TRY(header_core(e->header, &core));
    const size_t size = e->ciphertext.size - AEAD_TAG_SIZE;
    uint8_t *const plain = arena_take(a, size);
    ENSURE(plain != NULL, E_MEMORY);
    TRY(xchacha_open(key, e->h->nonce, core, e->ciphertext, plain));
    TRY(content_decode(bytes_of(plain, size), a, &o.items, &o.count));
    ENSURE(o.count == e->h->item_count, E_HASH);
    TRY(content_root(o.items, o.count, a, &root));
    ENSURE(hash_equal(&root, &e->h->content_root), E_HASH);
    *ret = o;
    return OK;
}

status open_content(const uint8_t key[CONTENT_KEY_SIZE], const struct entry_parts *e,
                    struct arena *a, const struct salted_item **ret_items,
                    size_t *ret_count)
{
    const size_t mark = arena_mark(a);
    struct opened o = {0};
    const status s = open_into(key, e, a, &o);

    if (s != OK) {
        arena_rewind(a, mark);
        return s;
    }
    *ret_items = o.items;
    *ret_count = o.count;
    return OK;
}
