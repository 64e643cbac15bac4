#include "draw.h"

#include "check.h"
#include "text.h"

static const uint8_t zero_seed[DRAW_SEED_SIZE] = {0};

static void check_hex(struct bytes got, const char *hex)
{
    uint8_t wanted[64];

    CHECK(got.size <= sizeof wanted);
    CHECK_OK(hex_decode(bytes_of_text(hex), wanted, got.size));
    CHECK_BYTES(got, bytes_of(wanted, got.size));
}

static void the_stream_is_chacha20_with_the_counter_as_nonce(void)
{
    struct draw d;
    uint8_t out[32];

    /* Key and nonce zero: RFC 7539 appendix A.1, test vector 1, has the same first block.
     */
    draw_init(&d, zero_seed);
    draw_bytes(&d, out, sizeof out);
    check_hex(bytes_of(out, sizeof out),
              "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
    CHECK_INT(d.counter, 1);
    /* Nonce 00 00 00 00 00 00 00 01, from draft-agl-tls-chacha20poly1305 section 7. */
    draw_bytes(&d, out, sizeof out);
    check_hex(bytes_of(out, sizeof out),
              "de9cba7bf3d69ef5e786dc63973f653a0b49e015adbff7134fcb7df137821031");
}

static void the_same_seed_gives_the_same_draws_and_another_gives_others(void)
{
    const uint8_t other_seed[DRAW_SEED_SIZE] = {[31] = 1};
    struct draw a, b, c;
    uint8_t x[3][40];

    draw_init(&a, zero_seed);
    draw_init(&b, zero_seed);
    draw_init(&c, other_seed);
    for (int i = 0; i < 3; i++) {
        draw_bytes(&a, x[0], sizeof x[0]);
        draw_bytes(&b, x[1], sizeof x[1]);
        draw_bytes(&c, x[2], sizeof x[2]);
        CHECK_BYTES(bytes_of(x[0], 40), bytes_of(x[1], 40));
        CHECK(!bytes_equal(bytes_of(x[0], 40), bytes_of(x[2], 40)));
    }
}

static void draws_do_not_overlap(void)
{
    struct draw d;
    uint8_t x[16][8];

    draw_init(&d, zero_seed);
    for (size_t i = 0; i < 16; i++) {
        draw_bytes(&d, x[i], sizeof x[i]);
        for (size_t k = 0; k < i; k++)
            CHECK(!bytes_equal(bytes_of(x[i], 8), bytes_of(x[k], 8)));
    }
}

static void a_record_id_has_its_time_and_sorts_by_it(void)
{
    struct draw d;

    draw_init(&d, zero_seed);
    const millis now = 1795471765000;
    const record_id early = draw_record_id(&d, now);
    const record_id late = draw_record_id(&d, now + 1);
    const record_id again = draw_record_id(&d, now);
    CHECK_INT(record_id_time(&early), now);
    CHECK_INT(record_id_time(&late), now + 1);
    CHECK(bytes_compare(bytes_of(early.bytes, 16), bytes_of(late.bytes, 16)) < 0);
    CHECK(!record_id_equal(&early, &again));
}

static void a_wild_clock_stops_nothing(void)
{
    struct draw d;

    draw_init(&d, zero_seed);
    const record_id id = draw_record_id(&d, UINT64_MAX);
    CHECK_INT(record_id_time(&id), 0xffffffffffff);
}

static void an_epoch_keeps_its_counter(void)
{
    struct draw d;

    draw_init(&d, zero_seed);
    const struct epoch a = draw_epoch(&d, 7);
    const struct epoch b = draw_epoch(&d, 7);
    CHECK_INT(a.counter, 7);
    CHECK(!epoch_equal(&a, &b));
}

static void a_finished_draw_has_forgotten_its_key(void)
{
    const uint8_t seed[DRAW_SEED_SIZE] = {1, 2, 3};
    const struct draw none = {0};
    struct draw d;

    draw_init(&d, seed);
    CHECK_BYTES(bytes_of(d.key, sizeof d.key), bytes_of(seed, sizeof seed));
    draw_done(&d);
    CHECK_BYTES(bytes_of(d.key, sizeof d.key), bytes_of(none.key, sizeof none.key));
}

static void hashes_are_the_published_ones(void)
{
    const struct bytes abc = bytes_of_text("abc");
    uint8_t key[16];
    uint8_t short_hash[16];

    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    const struct hash none = blake((struct bytes){0});
    const struct hash bulk = blake(abc);
    const struct hash public = sha256(abc);
    blake_keyed(bytes_of(key, sizeof key), abc, short_hash, sizeof short_hash);
    check_hex(bytes_of(none.bytes, 32),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    check_hex(bytes_of(bulk.bytes, 32),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    check_hex(bytes_of(public.bytes, 32),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_hex(bytes_of(short_hash, 16), "cc611a2673ca66e9f7fc64b995c5467c");
}

CASES(CASE(the_stream_is_chacha20_with_the_counter_as_nonce),
      CASE(the_same_seed_gives_the_same_draws_and_another_gives_others),
      CASE(draws_do_not_overlap), CASE(a_record_id_has_its_time_and_sorts_by_it),
      CASE(a_wild_clock_stops_nothing), CASE(an_epoch_keeps_its_counter),
      CASE(a_finished_draw_has_forgotten_its_key), CASE(hashes_are_the_published_ones))
