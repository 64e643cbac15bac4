#ifndef FLAGPOST_NOTES_FIXTURE_H
#define FLAGPOST_NOTES_FIXTURE_H

/*
 * A deployment of fixed seeds: three root keys, four agencies, and notes of every kind.
 * tests/vectors/notes/README.md gives the same seeds in words.
 */

#include "draw.h"
#include "roster.h"
#include "text.h"

#include "check.h"

enum { FIXTURE_ROOTS = 5, FIXTURE_AGENCIES = 4 };

/* 2026-11-23T22:09:25Z */
#define FIXTURE_NOW ((millis)1795471765000)
#define FIXTURE_DAY ((millis)86400000)

static _Alignas(16) uint8_t fixture_room[4 << 20];

static inline struct arena *fixture_arena(void)
{
    static struct arena a;

    arena_init(&a, fixture_room, sizeof fixture_room);
    return &a;
}

/* Every byte of a seed is the same: signing 0x10 + i, CURVE 0x40 + i, master 0x70 + i. */
static inline struct keyring *fixture_keyring(size_t i)
{
    struct keyring_secrets secrets;
    struct keyring *k = NULL;

    memset(secrets.sign_seed, 0x10 + (int)i, sizeof secrets.sign_seed);
    memset(secrets.curve_secret, 0x40 + (int)i, sizeof secrets.curve_secret);
    memset(secrets.master, 0x70 + (int)i, sizeof secrets.master);
    CHECK_OK(keyring_open(&secrets, &k));
    return k;
}

static inline void fixture_agency_key(size_t i, uint8_t ret[SIGN_PUBLIC_SIZE])
{
    struct keyring *k = fixture_keyring(i);

    memcpy(ret, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
    (void)keyring_free(k);
}

static inline void fixture_public(const uint8_t seed[SIGN_SEED_SIZE],
                                  uint8_t ret[SIGN_PUBLIC_SIZE])
{
    struct keyring_secrets secrets = {0};
    struct keyring *k = NULL;

    memcpy(secrets.sign_seed, seed, sizeof secrets.sign_seed);
    CHECK_OK(keyring_open(&secrets, &k));
    memcpy(ret, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
    (void)keyring_free(k);
}

/* Root seeds: 0xa0 + i. */
static inline void fixture_root_seed(size_t i, uint8_t ret[SIGN_SEED_SIZE])
{
    memset(ret, 0xa0 + (int)i, SIGN_SEED_SIZE);
}

static inline void fixture_root_key(struct root *r, size_t seed)
{
    uint8_t bytes[SIGN_SEED_SIZE];
    const size_t at = r->key_count++;

    fixture_root_seed(seed, bytes);
    fixture_public(bytes, r->keys[at].key);
    (void)snprintf(r->keys[at].name, sizeof r->keys[at].name, "root-%c",
                   (char)('a' + seed));
}

/* Keys root-a to root-c, two of three. */
static inline struct root fixture_root(void)
{
    struct root r = {.number = 1, .threshold = 2};

    for (size_t i = 0; i < 3; i++)
        fixture_root_key(&r, i);
    return r;
}

static inline struct bytes fixture_join(struct arena *a, struct bytes x, struct bytes y)
{
    uint8_t *const out = arena_take(a, x.size + y.size);

    CHECK(out != NULL);
    memcpy(out, x.at, x.size);
    memcpy(out + x.size, y.at, y.size);
    return bytes_of(out, x.size + y.size);
}

/* The text signed by the root keys whose letters stand in `by`. */
static inline struct bytes fixture_root_signed(struct bytes text, const char *by,
                                               struct arena *a)
{
    struct bytes note = fixture_join(a, text, bytes_of_text("\n"));

    for (; *by != '\0'; by++) {
        const char name[] = {'r', 'o', 'o', 't', '-', *by, '\0'};
        uint8_t seed[SIGN_SEED_SIZE];
        struct bytes line = {0};

        fixture_root_seed((size_t)(*by - 'a'), seed);
        CHECK_OK(note_sign_seed(text, bytes_of_text(name), seed, a, &line));
        CHECK_OK(note_append(note, line, a, &note));
    }
    return note;
}

static inline struct hash fixture_realm(void)
{
    const struct root r = fixture_root();
    struct bytes text = {0};
    static _Alignas(16) uint8_t room[4096];
    struct arena a;

    arena_init(&a, room, sizeof room);
    CHECK_OK(root_write(&r, &a, &text));
    return realm_of(text);
}

static inline struct agency_id fixture_id(const char *text)
{
    struct agency_id id = {0};

    CHECK_OK(agency_id_read(bytes_of_text(text), &id));
    return id;
}

/* KX secrets are derived from 32 bytes 0xc0 + i. */
static inline struct kx_note fixture_kx(size_t i, const struct hash *realm,
                                        const struct agency_id *id)
{
    uint8_t ikm[32];
    struct hpke_key_pair pair;
    struct kx_note n = {.realm = *realm, .agency = *id, .number = 1, .from = FIXTURE_NOW};

    memset(ikm, 0xc0 + (int)i, sizeof ikm);
    CHECK_OK(hpke_derive(bytes_of(ikm, sizeof ikm), &pair));
    memcpy(n.key, pair.public, sizeof n.key);
    hpke_key_pair_done(&pair);
    return n;
}

/* Signs the first KX note anew, after a change of realm, id or key. */
static inline void fixture_kx_sign(struct roster_agency *g, struct keyring *k)
{
    static _Alignas(16) uint8_t room[1024];
    struct arena a;
    struct bytes text = {0};

    arena_init(&a, room, sizeof room);
    CHECK_OK(kx_note_text(&g->first_kx, &a, &text));
    keyring_sign(k, text, g->first_kx_signature);
}

/* The keys of keyring `i` take over from those that are listed, in a week. */
static inline void fixture_rekey(struct roster_agency *g, size_t i)
{
    struct keyring *k = fixture_keyring(i);

    g->sign_out.until = g->curve_out.until = FIXTURE_NOW + 7 * FIXTURE_DAY;
    memcpy(g->sign_out.key, g->sign_key, sizeof g->sign_key);
    memcpy(g->curve_out.key, g->curve_key, sizeof g->curve_key);
    memcpy(g->sign_key, keyring_sign_public(k), sizeof g->sign_key);
    memcpy(g->curve_key, keyring_curve_public(k), sizeof g->curve_key);
    fixture_kx_sign(g, k);
    (void)keyring_free(k);
}

/* Keyring `i` with the keys of `old` beside its own. */
static inline struct keyring *fixture_keyring_of_both(size_t i, size_t old)
{
    struct keyring *const k = fixture_keyring(i);
    uint8_t secret[32];

    memset(secret, 0x10 + (int)old, sizeof secret);
    CHECK_OK(keyring_add(k, KEYRING_SIGN, secret));
    memset(secret, 0x40 + (int)old, sizeof secret);
    CHECK_OK(keyring_add(k, KEYRING_CURVE, secret));
    return k;
}

static inline struct roster_agency fixture_agency(size_t i, const struct hash *realm)
{
    static const struct {
        const char *id, *name;
        enum agency_kind kind;
        const char *force, *region, *endpoint;
        const char *flag;
    } known[FIXTURE_AGENCIES] = {
        {"F54", "Wiltshire Police FIB", AGENCY_FIB, "54", "SWROCU", "tcp://127.0.0.1:5601",
         "OIMCR"},
        {"F55", "Dorset Police FIB", AGENCY_FIB, "55", "SWROCU", "tcp://127.0.0.1:5602",
         "OIMCR"},
        {"JFC", "Joint Fusion Cell \xe2\x80\x94 Border", AGENCY_FUSION, "", "",
         "tcp://[::1]:5603", ""},
        {"SWROCU", "South West ROCU", AGENCY_ROCU, "", "SWROCU", "", ""},
    };
    struct roster_agency g = {.kind = known[i].kind,
                              .valid_from = FIXTURE_NOW,
                              .valid_until = FIXTURE_NOW + 365 * FIXTURE_DAY,
                              .ceiling = MARKING_OFFICIAL_SENSITIVE};
    struct keyring *k = fixture_keyring(i);

    g.id = fixture_id(known[i].id);
    (void)snprintf(g.name, sizeof g.name, "%s", known[i].name);
    (void)snprintf(g.force, sizeof g.force, "%s", known[i].force);
    (void)snprintf(g.region, sizeof g.region, "%s", known[i].region);
    (void)snprintf(g.endpoint, sizeof g.endpoint, "%s", known[i].endpoint);
    (void)snprintf(g.flags[0], sizeof g.flags[0], "%s", known[i].flag);
    g.flag_count = known[i].flag[0] != '\0';
    memcpy(g.sign_key, keyring_sign_public(k), sizeof g.sign_key);
    memcpy(g.curve_key, keyring_curve_public(k), sizeof g.curve_key);
    g.first_kx = fixture_kx(i, realm, &g.id);
    fixture_kx_sign(&g, k);
    (void)keyring_free(k);
    return g;
}

/* Version 1; in static memory, made anew by each call. */
static inline struct roster *fixture_roster(void)
{
    static struct roster r;

    memset(&r, 0, sizeof r);
    r.realm = fixture_realm();
    r.version = 1;
    r.issued = FIXTURE_NOW;
    r.expires = FIXTURE_NOW + 90 * FIXTURE_DAY;
    r.quorum = 2;
    r.agency_count = FIXTURE_AGENCIES;
    for (size_t i = 0; i < FIXTURE_AGENCIES; i++)
        r.agencies[i] = fixture_agency(i, &r.realm);
    return &r;
}

static inline struct bytes fixture_roster_text(const struct roster *r, struct arena *a)
{
    struct bytes text = {0};

    CHECK_OK(roster_write(r, a, &text));
    return text;
}

/* One more line: a good place when `counter` is not 0. */
static inline void fixture_revoke(struct roster *r, const char *agency, enum lane lane,
                                  uint32_t counter)
{
    struct revocation *const v = &r->revocations[r->revocation_count++];

    *v = (struct revocation){.agency = fixture_id(agency), .at = FIXTURE_NOW};
    if (counter == 0)
        return;
    v->has_place = true;
    v->lane = lane;
    v->epoch.counter = counter;
    v->size = 100 + counter;
    v->root = sha256(bytes_of_text("good"));
}

static inline struct stream_id fixture_stream(void)
{
    struct stream_id s = {.lane = LANE_IMMEDIATE, .epoch = {.counter = 2}};

    s.agency = fixture_id("F55");
    memcpy(s.epoch.random, "\x01\x23\x45\x67\x89\xab\xcd\xef", sizeof s.epoch.random);
    return s;
}

/* Of agency 1, F55. */
static inline struct checkpoint fixture_checkpoint(void)
{
    return (struct checkpoint){.realm = fixture_realm(),
                               .stream = fixture_stream(),
                               .size = 1234,
                               .root = sha256(bytes_of_text("root")),
                               .roster_version = 1,
                               .agency_count = FIXTURE_AGENCIES,
                               .counts_root = sha256(bytes_of_text("counts"))};
}

static inline struct bytes fixture_checkpoint_signed(struct arena *a)
{
    const struct checkpoint c = fixture_checkpoint();
    struct keyring *k = fixture_keyring(1);
    struct bytes note = {0};

    CHECK_OK(checkpoint_sign(&c, k, a, &note));
    (void)keyring_free(k);
    return note;
}

/* Of agency 0, F54. */
static inline struct receipt fixture_receipt(void)
{
    struct receipt r = {.realm = fixture_realm(),
                        .stream = fixture_stream(),
                        .size = 1234,
                        .root = sha256(bytes_of_text("root")),
                        .time = FIXTURE_NOW + 250,
                        .held = 17,
                        .unopenable = 1,
                        .refused = 2,
                        .withheld = 3,
                        .erased = 4};

    r.follower = fixture_id("F54");
    return r;
}

/* A copy of `b` in which the first `from` reads `to`. */
static inline struct bytes fixture_replace(struct arena *a, struct bytes b,
                                           const char *from, const char *to)
{
    const uint8_t *const at = memmem(b.at, b.size, from, strlen(from));

    if (at == NULL) {
        (void)fprintf(stderr, "nothing reads \"%s\"\n", from);
        exit(1);
    }
    const size_t head = (size_t)(at - b.at);
    const struct bytes start = fixture_join(a, bytes_of(b.at, head), bytes_of_text(to));
    return fixture_join(a, start, bytes_from(b, head + strlen(from)));
}

typedef status fixture_verify(struct bytes note, struct arena *a);

static inline void fixture_is_refused(struct bytes note, size_t byte, struct arena *a,
                                      fixture_verify *verify)
{
    const size_t mark = arena_mark(a);

    if (verify(note, a) == OK) {
        (void)fprintf(stderr, "a note of %zu bytes, byte %zu changed\n", note.size, byte);
        exit(1);
    }
    CHECK_INT(arena_mark(a), mark); /* verifying leaves nothing behind */
}

/* Every bit of a note turned, and every shorter note: none passes `verify`. */
static inline void fixture_no_change_passes(struct bytes note, struct arena *a,
                                            fixture_verify *verify)
{
    uint8_t *const at = arena_take(a, note.size);

    CHECK(at != NULL);
    memcpy(at, note.at, note.size);
    for (size_t i = 0; i < 8 * note.size; i++) {
        at[i / 8] ^= (uint8_t)(1U << i % 8);
        fixture_is_refused(bytes_of(at, note.size), i / 8, a, verify);
        at[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t i = 0; i < note.size; i++)
        fixture_is_refused(bytes_of(at, i), i, a, verify);
    CHECK_OK(verify(bytes_of(at, note.size), a));
}

#endif
