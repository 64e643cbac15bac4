#include "cast.h"

#include "draw.h"

#include <sodium.h>
#include <string.h>

enum { ROOT_KEYS = 3, ROOT_THRESHOLD = 2, KX_NUMBER = 1 };

static const char *const names[CAST_MAX] = {"ALFA",  "BRAVO", "CHARLIE",
                                            "DELTA", "ECHO",  "FOXTROT"};

/* 32 bytes that depend on what they are for and on nothing else. */
static struct hash secret_of(const char *what, size_t number)
{
    uint8_t text[64];
    struct writer w = writer_over(text, sizeof text);

    write_text(&w, what);
    write_decimal(&w, number);
    return blake(writer_bytes(&w));
}

struct keyring *cast_keyring(size_t number)
{
    struct keyring_secrets secrets;
    struct keyring *ring = NULL;
    const struct hash sign = secret_of("sign", number);
    const struct hash curve = secret_of("curve", number);
    const struct hash master = secret_of("master", number);

    memcpy(secrets.sign_seed, sign.bytes, HASH_SIZE);
    memcpy(secrets.curve_secret, curve.bytes, HASH_SIZE);
    memcpy(secrets.master, master.bytes, HASH_SIZE);
    MUST(keyring_open(&secrets, &ring) == OK);
    return ring;
}

status cast_first_kx(size_t number, struct store store)
{
    const struct keyring_kx first = {.id = KX_NUMBER, .from = WORLD_BEGINS};
    const struct hash kx = secret_of("kx", number);

    return store.ops->kx_secret_put(store.self, &first, kx.bytes);
}

static void actor_init(struct actor *a, size_t number, const struct hash *realm)
{
    const struct hash kx = secret_of("kx", number);
    uint8_t memory[4096] __attribute__((aligned(16)));
    struct arena arena;
    struct bytes text = {0};

    a->keyring = cast_keyring(number);
    MUST(agency_id_read(bytes_of_text(names[number]), &a->id) == OK);
    a->kx = (struct kx_note){
        .realm = *realm, .agency = a->id, .number = KX_NUMBER, .from = WORLD_BEGINS};
    MUST(crypto_scalarmult_curve25519_base(a->kx.key, kx.bytes) == 0);
    arena_init(&arena, memory, sizeof memory);
    MUST(kx_note_text(&a->kx, &arena, &text) == OK);
    keyring_sign(a->keyring, text, a->kx_signature);
}

static void root_init(struct root *r)
{
    static const char *const root_names[ROOT_KEYS] = {"root-1", "root-2", "root-3"};

    *r = (struct root){.number = 1, .threshold = ROOT_THRESHOLD, .key_count = ROOT_KEYS};
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        const struct hash seed = secret_of("root", i);
        uint8_t secret[crypto_sign_SECRETKEYBYTES];
        memcpy(r->keys[i].name, root_names[i], strlen(root_names[i]));
        MUST(crypto_sign_seed_keypair(r->keys[i].key, secret, seed.bytes) == 0);
    }
}

void cast_init(struct cast *c)
{
    uint8_t memory[4096] __attribute__((aligned(16)));
    struct arena arena;
    struct bytes text = {0};

    MUST(sodium_init() >= 0);
    root_init(&c->root);
    arena_init(&arena, memory, sizeof memory);
    MUST(root_write(&c->root, &arena, &text) == OK);
    c->realm = realm_of(text);
    for (size_t i = 0; i < CAST_MAX; i++)
        actor_init(&c->actors[i], i, &c->realm);
}

void cast_done(struct cast *c)
{
    for (size_t i = 0; i < CAST_MAX; i++)
        c->actors[i].keyring = keyring_free(c->actors[i].keyring);
}

void cast_first_roster(const struct cast *c, size_t count, struct roster *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->realm = c->realm;
    ret->version = 1;
    ret->issued = WORLD_BEGINS;
    ret->expires = WORLD_BEGINS + (millis)365 * 86400000;
    ret->quorum = 2;
    ret->agency_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct actor *const a = &c->actors[i];
        struct roster_agency *const entry = &ret->agencies[i];
        entry->id = a->id;
        memcpy(entry->name, a->id.text, sizeof a->id.text);
        entry->kind = AGENCY_FIB;
        memcpy(entry->sign_key, keyring_sign_public(a->keyring), SIGN_PUBLIC_SIZE);
        memcpy(entry->curve_key, keyring_curve_public(a->keyring), CURVE_KEY_SIZE);
        entry->valid_from = WORLD_BEGINS - 86400000;
        entry->valid_until = WORLD_BEGINS + (millis)365 * 86400000;
        entry->ceiling = MARKING_OFFICIAL_SENSITIVE;
        entry->first_kx = a->kx;
        memcpy(entry->first_kx_signature, a->kx_signature, SIGNATURE_SIZE);
    }
}

void cast_sign_roster(const struct cast *c, struct roster *r, const struct roster *previous,
                      struct arena *a, struct bytes *ret_note)
{
    struct bytes text = {0};
    struct bytes note = {0};

    if (previous != NULL) {
        r->version = previous->version + 1;
        r->previous = previous->text_hash;
    }
    MUST(roster_write(r, a, &text) == OK);
    r->text_hash = sha256(text);
    uint8_t *const ceremony = arena_take(a, text.size + 1);
    MUST(ceremony != NULL);
    memcpy(ceremony, text.at, text.size);
    ceremony[text.size] = '\n';
    note = bytes_of(ceremony, text.size + 1);
    for (size_t i = 0; i < ROOT_THRESHOLD; i++) {
        const struct hash seed = secret_of("root", i);
        struct bytes line = {0};
        MUST(note_sign_seed(text, bytes_of_text(c->root.keys[i].name), seed.bytes, a,
                            &line) == OK);
        MUST(note_append(note, line, a, &note) == OK);
    }
    *ret_note = note;
}

size_t cast_find(const struct cast *c, const struct agency_id *id)
{
    size_t i = 0;

    while (i < CAST_MAX && !agency_id_equal(&c->actors[i].id, id))
        i++;
    return i;
}
