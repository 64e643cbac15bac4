#include "digest.h"

#include "check.h"
#include "draw.h"

/* `printf abc | b2sum -l 256` */
static const uint8_t abc[] = {0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72,
                              0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b,
                              0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb, 0x3e, 0x42,
                              0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};

static void pieces_give_the_digest_of_the_whole(void)
{
    static uint8_t text[5000];
    static const size_t sizes[] = {1, 127, 128, 129, 5000};
    struct digest d;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 31);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        digest_init(&d);
        for (size_t at = 0; at < sizeof text; at += sizes[i]) {
            const size_t left = sizeof text - at;
            digest_add(&d, bytes_of(text + at, left < sizes[i] ? left : sizes[i]));
        }
        const struct hash got = digest_done(&d);
        const struct hash wanted = blake(bytes_of(text, sizeof text));
        CHECK(hash_equal(&got, &wanted));
    }
}

static void it_is_the_published_function(void)
{
    struct digest d;

    digest_init(&d);
    digest_add(&d, bytes_of_text("abc"));
    const struct hash got = digest_done(&d);
    CHECK_BYTES(bytes_of(got.bytes, sizeof got.bytes), bytes_of(abc, sizeof abc));
}

CASES(CASE(pieces_give_the_digest_of_the_whole), CASE(it_is_the_published_function))
