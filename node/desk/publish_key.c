#include "ungraded.h"

/*
 * Idempotency keys.  Two digests of each are kept with the place of what it published: of
 * the key alone, which finds the answer, and of key and record, which tells whether it is
 * an answer to this record.
 */

/* Keyed, because people make a key from the record's URN, and what a record says is nowhere
 * in the clear. */
static status digest(struct desk *d, struct bytes key, struct bytes record,
                     struct bytes *ret)
{
    struct arena *const a = d->exchange->arena;
    struct writer w =
        writer_over(arena_take(a, key.size + 1 + record.size), key.size + 1 + record.size);

    ENSURE(w.at != NULL, E_MEMORY);
    write_bytes(&w, key);
    write_u8(&w, record.size > 0);
    write_bytes(&w, record);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return arena_copy(a, bytes_of(h.bytes, sizeof h.bytes), ret);
}

status publish_digests(struct desk *d, struct publish_work *work)
{
    if (work->key.size == 0 || work->key_alone.size > 0)
        return OK;
    TRY(digest(d, work->key, (struct bytes){0}, &work->key_alone));
    return digest(d, work->key, work->packed, &work->key_and_record);
}

/* As an older release kept what a record says (same.c): one byte is no key that anybody
 * gives. */
status publish_digest_of_time(struct desk *d, const struct hash *words, uint32_t times,
                              struct bytes *ret)
{
    const uint8_t time = (uint8_t)times;

    return digest(d, bytes_of(&time, sizeof time),
                  bytes_of(words->bytes, sizeof words->bytes), ret);
}

/* For the same record the answer stands, for another one it would be a lie. */
status publish_check_again(struct desk *d, struct call *c, const struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    const status s =
        x->store.ops->idempotency_find(x->store.self, work->key_and_record, &place);

    if (s != E_UNKNOWN)
        return s;
    c->sentence = "this key was used for another record: nothing was published; give this "
                  "record a key of its own";
    return E_DUPLICATE;
}

status publish_known(struct desk *d, struct call *c, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct entry_row row = {0};

    TRY(publish_digests(d, work));
    ENSURE(work->key_alone.size > 0, E_UNKNOWN);
    const status s =
        x->store.ops->idempotency_find(x->store.self, work->key_alone, &work->place);
    if (s == E_UNKNOWN)
        return ungraded_find(d, c, work);
    TRY(s);
    work->mends = NULL; /* nothing is mended now */
    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &row));
    work->id = row.id;
    work->again = true;
    return publish_check_again(d, c, work);
}
