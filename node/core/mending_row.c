#include "mending.h"

#include <string.h>

/*
 * An own entry's row, made of what there is of it: of what stands in the journal and is as
 * the signed log has it, and of what a follower gives.  Header by the leaf hash, ciphertext
 * and wraps by the header; the content key from the row or from our own wrap.
 */

struct making {
    struct exchange *x;
    const struct group_row *group;
    const struct entry_copy *copy; /* of a follower, or NULL */
    const struct peer *from;
    struct entry_row here; /* as it stands in the journal */
    bool is_here;
    struct header h;
    bool put; /* another row than the one here */
};

static bool hash_is(const struct hash *wanted, struct bytes b)
{
    const struct hash got = blake(b);

    return hash_equal(&got, wanted);
}

bool mend_is_wrap(const struct header *h, size_t rank, struct bytes wrap)
{
    struct reader r = {.rest = bytes_from(h->wrap_hashes, rank * HASH_SIZE)};
    struct hash wanted;

    read_copy(&r, wanted.bytes, sizeof wanted.bytes);
    return wrap.size == WRAP_SIZE && hash_is(&wanted, wrap);
}

bool mend_is_ciphertext(const struct header *h, struct bytes b)
{
    return b.size == h->ciphertext_size && hash_is(&h->ciphertext_hash, b);
}

bool mend_is_whole(const struct header *h, const struct entry_copy *copy, int theirs,
                   int ours)
{
    return mend_is_ciphertext(h, copy->ciphertext) &&
           mend_is_wrap(h, (size_t)theirs, copy->wrap) &&
           mend_is_wrap(h, (size_t)ours, copy->publisher_wrap);
}

uint64_t mend_ordinal(const struct stream_id *id, sequence index)
{
    return index + (id->epoch.counter > 1 ? 0 : 1);
}

static bool is_of_leaf(const struct group_row *g, sequence index, struct bytes header)
{
    const struct hash wanted = leaf_of(g, index);
    const struct hash got = merkle_leaf(header);

    return hash_equal(&got, &wanted);
}

/* E_UNKNOWN: neither here nor in what was given. */
static status make_header(struct making *m, sequence index, struct bytes *ret)
{
    const bool here = m->is_here && is_of_leaf(m->group, index, m->here.header);

    ENSURE(here || m->copy != NULL, E_UNKNOWN);
    *ret = here ? m->here.header : m->copy->header;
    ENSURE(here || is_of_leaf(m->group, index, *ret), E_HASH);
    TRY(header_decode(*ret, m->x->arena, &m->h));
    ENSURE(hash_equal(&m->h.realm, &m->x->realm), E_REALM);
    ENSURE(stream_id_equal(&m->h.stream, &m->group->stream) && m->h.index == index,
           E_VALUE);
    ENSURE(m->h.kind == KIND_EPOCH || header_recipient_rank(&m->h, &m->x->self) >= 0,
           E_ADDRESS);
    return OK;
}

static status make_ciphertext(const struct making *m, struct bytes *ret)
{
    if (m->is_here && mend_is_ciphertext(&m->h, m->here.ciphertext)) {
        *ret = m->here.ciphertext;
        return OK;
    }
    ENSURE(m->copy != NULL, E_UNKNOWN);
    ENSURE(mend_is_ciphertext(&m->h, m->copy->ciphertext), E_HASH);
    *ret = m->copy->ciphertext;
    return OK;
}

static struct bytes wrap_here(const struct making *m, size_t rank)
{
    if (!m->is_here || m->here.wraps.size != (size_t)m->h.recipient_count * WRAP_SIZE)
        return (struct bytes){0};
    return bytes_of(m->here.wraps.at + rank * WRAP_SIZE, WRAP_SIZE);
}

static struct bytes wrap_given(const struct making *m, size_t rank)
{
    if (m->copy == NULL)
        return (struct bytes){0};
    if ((int)rank == header_recipient_rank(&m->h, &m->x->self))
        return m->copy->publisher_wrap;
    if ((int)rank == header_recipient_rank(&m->h, &m->from->id))
        return m->copy->wrap;
    return (struct bytes){0};
}

/* All wraps, zeros where one is not there; the first recipient without its own is told. */
static status make_wraps(const struct making *m, struct mend *ret, struct bytes *ret_wraps)
{
    uint8_t *const all = arena_array(m->x->arena, m->h.recipient_count, WRAP_SIZE);

    ENSURE(all != NULL, E_MEMORY);
    memset(all, 0, (size_t)m->h.recipient_count * WRAP_SIZE);
    ret->why = OK;
    for (size_t i = 0; i < m->h.recipient_count; i++) {
        const struct bytes here = wrap_here(m, i);
        const struct bytes given = wrap_given(m, i);
        const bool is_here = mend_is_wrap(&m->h, i, here);
        if (is_here || mend_is_wrap(&m->h, i, given)) {
            memcpy(all + i * WRAP_SIZE, is_here ? here.at : given.at, WRAP_SIZE);
        } else if (ret->why == OK) {
            ret->why = E_ADDRESS;
            ret->lacks = m->h.recipients[i].agency;
        }
    }
    *ret_wraps = bytes_of(all, (size_t)m->h.recipient_count * WRAP_SIZE);
    return OK;
}

/* From the row, or from our own wrap while the KX key it was made to is kept. */
static status make_key(const struct making *m, const struct entry_row *row,
                       uint8_t ret_key[CONTENT_KEY_SIZE])
{
    const int rank = header_recipient_rank(&m->h, &m->x->self);
    const struct entry_parts parts = {
        .header = row->header,
        .h = &m->h,
        .ciphertext = row->ciphertext,
        .wrap = bytes_of(row->wraps.at + (size_t)rank * WRAP_SIZE, WRAP_SIZE)};
    struct entry_row kept = m->here;
    uint64_t ordinal = 0;

    kept.id = row->id;
    if (m->is_here && kept_key(m->x, &kept, ret_key) == OK)
        return OK;
    const status s = open_wrap(m->x->keyring, &m->x->self, &parts, ret_key, &ordinal);
    ENSURE(s == E_HASH, s);
    return m->copy == NULL ? E_UNKNOWN : E_HASH; /* our own wrap is not there */
}

/* In place of what stands there. */
static status put_again(const struct making *m, struct entry_row *row)
{
    struct exchange *const x = m->x;
    uint8_t key[CONTENT_KEY_SIZE] = {0};

    if (row->kind != KIND_EPOCH)
        TRY(make_key(m, row, key));
    status s = x->store.ops->entry_drop(x->store.self, &row->stream, row->index);
    if (s == OK && row->kind != KIND_EPOCH)
        s = keep_content_key(x, row, key);
    explicit_bzero(key, sizeof key);
    TRY(s);
    return x->store.ops->entry_put(x->store.self, row);
}

static bool is_changed(const struct making *m, const struct entry_row *row)
{
    const struct entry_row *const e = &m->here;

    return !m->is_here || e->disposition != DISPOSITION_HELD || e->kind != row->kind ||
           e->ordinal != row->ordinal || !record_id_equal(&e->id, &row->id) ||
           !hash_equal(&e->leaf, &row->leaf) || !bytes_equal(e->header, row->header) ||
           !bytes_equal(e->ciphertext, row->ciphertext) ||
           !bytes_equal(e->wraps, row->wraps) ||
           (row->kind != KIND_EPOCH && !key_opens(m->x, e));
}

/* The same record in another place, of what was issued again: shown once.  What finds a row
 * by its record is there when the row is not. */
static status find_duplicate(const struct making *m, sequence index, bool *ret)
{
    struct exchange *const x = m->x;
    struct place place;

    *ret = m->here.duplicate;
    if (m->is_here)
        return OK;
    const status s = x->store.ops->record_find(x->store.self, &x->self, &m->h.id, &place);
    ENSURE(s == OK, s == E_UNKNOWN ? OK : s);
    *ret = !stream_id_equal(&place.stream, &m->group->stream) || place.index < index;
    return OK;
}

/* Storage keys go when a record is erased, and nothing that a follower has undoes that. */
static status check_not_erased(const struct making *m, const struct entry_row *row)
{
    uint8_t key[32];

    if (row->kind == KIND_EPOCH)
        return OK;
    const status s =
        m->x->store.ops->key_find(m->x->store.self, &row->stream, row->index, key);
    explicit_bzero(key, sizeof key);
    ENSURE(s != E_UNKNOWN, E_KEY);
    return s == E_DAMAGED ? OK : s; /* it is there, and is replaced */
}

static status make_row(struct making *m, struct mend *ret)
{
    struct entry_row row = {.stream = m->group->stream,
                            .index = ret->index,
                            .disposition = DISPOSITION_HELD,
                            .at = m->is_here ? m->here.at : m->x->now};

    TRY(make_header(m, ret->index, &row.header));
    row.leaf = leaf_of(m->group, ret->index);
    row.id = m->h.id;
    row.kind = m->h.kind;
    TRY(find_duplicate(m, row.index, &row.duplicate));
    TRY(check_not_erased(m, &row));
    struct mend made = *ret;
    made.why = OK;
    if (row.kind != KIND_EPOCH) {
        row.ordinal = mend_ordinal(&row.stream, row.index);
        TRY(make_ciphertext(m, &row.ciphertext));
        TRY(make_wraps(m, &made, &row.wraps));
    }
    m->put = is_changed(m, &row);
    if (m->put)
        TRY(put_again(m, &row));
    *ret = made;
    return OK;
}

status mend_find(struct exchange *x, const struct stream_id *id, sequence index,
                 struct entry_row *ret, bool *ret_is_here)
{
    const status s = x->store.ops->entry_find(x->store.self, id, index, x->arena, ret);

    *ret_is_here = s == OK;
    return s == E_UNKNOWN || s == E_DAMAGED ? OK : s;
}

static bool is_of_our_own(status s)
{
    return s == E_MEMORY || s == E_STORAGE || s == E_DAMAGED;
}

status mend_row(struct exchange *x, const struct group_row *g, const struct mend_gift *gift,
                struct mend *ret, bool *ret_put)
{
    const size_t mark = arena_mark(x->arena);
    struct making m = {.x = x, .group = g, .put = false};

    if (gift != NULL) {
        m.copy = gift->copy;
        m.from = gift->from;
    }
    status s = mend_find(x, &g->stream, ret->index, &m.here, &m.is_here);
    if (s == OK)
        s = make_row(&m, ret);
    arena_rewind(x->arena, mark);
    *ret_put = m.put;
    ENSURE(!is_of_our_own(s), s);
    const bool told = s == E_UNKNOWN || s == E_KEY || s == E_OPEN;
    if (told)
        ret->why = s;
    return told || gift == NULL ? OK : s;
}
