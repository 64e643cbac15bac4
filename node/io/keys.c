#include "keys.h"

#include "entropy.h"

#include <string.h>

enum {
    WRAP_NONCE_SIZE = 24,
    WRAPPED_SIZE = STORAGE_KEY_SIZE + KEYRING_WRAP_EXTRA,
    AAD_ROOM = 96,
};

_Static_assert((int)STORAGE_KEY_SIZE == (int)KX_KEY_SIZE, "both are wrapped alike");

status keys_open(struct keys *k, struct database_setup s, struct keyring *ring)
{
    uint8_t seed[DRAW_SEED_SIZE];

    entropy_fill(seed, sizeof seed);
    draw_init(&k->draw, seed);
    explicit_bzero(seed, sizeof seed);
    k->keyring = ring;
    s.schema = &schema_keys;
    s.keyring = ring;
    return database_open(&k->database, &s);
}

void keys_done(struct keys *k)
{
    database_done(&k->database);
    draw_done(&k->draw);
    k->keyring = NULL;
}

/* Ties a wrapped key to its place: moved to another row it does not open. */
static struct bytes key_aad(const struct stream_id *s, sequence index,
                            uint8_t room[AAD_ROOM])
{
    struct writer w = writer_over(room, AAD_ROOM);
    const struct bytes agency = bytes_of_text(s->agency.text);

    write_text(&w, "flagpost/storage-key/v1");
    write_u8(&w, (uint8_t)agency.size);
    write_bytes(&w, agency);
    write_u8(&w, (uint8_t)s->lane);
    write_u32(&w, s->epoch.counter);
    write_bytes(&w, bytes_of(s->epoch.random, sizeof s->epoch.random));
    write_u64(&w, index);
    MUST(!w.bad);
    return writer_bytes(&w);
}

static struct bytes secret_aad(const struct keyring_kx *kx, uint8_t room[AAD_ROOM])
{
    struct writer w = writer_over(room, AAD_ROOM);

    write_text(&w, "flagpost/kx/v1");
    write_u32(&w, kx->id);
    write_u64(&w, kx->from);
    MUST(!w.bad);
    return writer_bytes(&w);
}

static void wrap(struct keys *k, struct bytes aad, const uint8_t plain[STORAGE_KEY_SIZE],
                 uint8_t ret[WRAPPED_SIZE])
{
    uint8_t nonce[WRAP_NONCE_SIZE];

    draw_bytes(&k->draw, nonce, sizeof nonce);
    keyring_wrap(k->keyring, nonce, aad, bytes_of(plain, STORAGE_KEY_SIZE), ret);
}

status keys_put(struct keys *k, const struct stream_id *stream, sequence index,
                const uint8_t key[STORAGE_KEY_SIZE])
{
    uint8_t wrapped[WRAPPED_SIZE];
    uint8_t aad[AAD_ROOM];
    int64_t place = 0;

    TRY(database_begin(&k->database));
    TRY(place_number_make(&k->database, stream, index, &place));
    wrap(k, key_aad(stream, index, aad), key, wrapped);
    QUERY(q, &k->database, KEY_PUT);
    bind_int(&q, place);
    bind_bytes(&q, bytes_of(wrapped, sizeof wrapped));
    return query_put(&q);
}

status keys_delete(struct keys *k, const struct stream_id *stream, sequence index)
{
    int64_t place = 0;
    const status s = place_number(&k->database, stream, index, &place);

    ENSURE(s == OK, s == E_UNKNOWN ? OK : s);
    TRY(database_begin(&k->database));
    QUERY(q, &k->database, KEY_DELETE);
    bind_int(&q, place);
    return query_put(&q);
}

status keys_find(struct keys *k, const struct stream_id *stream, sequence index,
                 uint8_t ret[STORAGE_KEY_SIZE])
{
    uint8_t wrapped[WRAPPED_SIZE];
    uint8_t key[STORAGE_KEY_SIZE];
    uint8_t aad[AAD_ROOM];
    int64_t place = 0;

    TRY(place_number(&k->database, stream, index, &place));
    QUERY(q, &k->database, KEY_FIND);
    bind_int(&q, place);
    TRY(query_row(&q));
    column_copy(&q, wrapped, sizeof wrapped);
    TRY(columns_end(&q));
    ENSURE(keyring_unwrap(k->keyring, key_aad(stream, index, aad),
                          bytes_of(wrapped, sizeof wrapped), key) == OK,
           E_DAMAGED);
    memcpy(ret, key, sizeof key);
    explicit_bzero(key, sizeof key);
    return OK;
}

status keys_trace(struct keys *k, const struct stream_id *stream, sequence index,
                  size_t size, uint8_t *ret)
{
    int64_t place = 0;

    TRY(place_number(&k->database, stream, index, &place));
    QUERY(q, &k->database, KEY_FIND);
    bind_int(&q, place);
    TRY(query_row(&q));
    const struct bytes wrapped = column_bytes(&q);
    TRY(columns_end(&q));
    ENSURE(wrapped.size == WRAPPED_SIZE && size <= wrapped.size, E_DAMAGED);
    memcpy(ret, wrapped.at + wrapped.size - size, size);
    return OK;
}

status keys_secret_put(struct keys *k, const struct keyring_kx *kx,
                       const uint8_t secret[KX_KEY_SIZE])
{
    uint8_t wrapped[WRAPPED_SIZE];
    uint8_t aad[AAD_ROOM];

    TRY(database_begin(&k->database));
    wrap(k, secret_aad(kx, aad), secret, wrapped);
    QUERY(q, &k->database, SECRET_PUT);
    bind_int(&q, kx->id);
    bind_u64(&q, kx->from);
    bind_bytes(&q, bytes_of(wrapped, sizeof wrapped));
    return query_put(&q);
}

status keys_secret_destroy(struct keys *k, uint32_t number)
{
    TRY(database_begin(&k->database));
    QUERY(q, &k->database, SECRET_DELETE);
    bind_int(&q, number);
    return query_put(&q);
}

static status secret_load(struct keys *k, struct query *q, struct keyring *ring)
{
    uint8_t wrapped[WRAPPED_SIZE];
    uint8_t secret[KX_KEY_SIZE];
    uint8_t aad[AAD_ROOM];

    const struct keyring_kx kx = {.id = (uint32_t)column_int(q, 1, UINT32_MAX),
                                  .from = column_u64(q)};
    column_copy(q, wrapped, sizeof wrapped);
    TRY(columns_end(q));
    ENSURE(keyring_unwrap(k->keyring, secret_aad(&kx, aad),
                          bytes_of(wrapped, sizeof wrapped), secret) == OK,
           E_DAMAGED);
    const status s = keyring_kx_add(ring, &kx, secret);
    explicit_bzero(secret, sizeof secret);
    return s;
}

status keys_secrets_load(struct keys *k, struct keyring *ring)
{
    for (size_t i = 0; i < KX_KEPT_MAX; i++)
        keyring_kx_destroy(ring, keyring_kx_all(ring)[i].id);
    QUERY(q, &k->database, SECRET_EACH);
    bind_int(&q, KX_KEPT_MAX);

    status s = query_row(&q);
    for (; s == OK; s = query_row(&q))
        TRY(secret_load(k, &q, ring));
    return s == E_UNKNOWN ? OK : s;
}
