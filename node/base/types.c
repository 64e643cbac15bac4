#include "types.h"

#include "text.h"

#include <string.h>

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool record_id_equal(const record_id *a, const record_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool agency_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

status agency_id_read(struct bytes text, struct agency_id *ret)
{
    ENSURE(text.size >= 1 && text.size <= AGENCY_ID_MAX, E_VALUE);
    for (size_t i = 0; i < text.size; i++)
        ENSURE(agency_letter(text.at[i]), E_VALUE);

    struct agency_id id = {0};
    memcpy(id.text, text.at, text.size);
    *ret = id;
    return OK;
}

bool agency_id_equal(const struct agency_id *a, const struct agency_id *b)
{
    return agency_id_compare(a, b) == 0;
}

int agency_id_compare(const struct agency_id *a, const struct agency_id *b)
{
    return strncmp(a->text, b->text, sizeof a->text);
}

static const char *const lane_words[LANES] = {"immediate", "routine", "local"};

size_t lane_rank(enum lane lane)
{
    MUST(lane >= LANE_IMMEDIATE && lane <= LANE_LOCAL);
    return (size_t)lane - 1;
}

enum lane lane_of_rank(size_t rank)
{
    MUST(rank < LANES);
    return (enum lane)(rank + 1);
}

const char *lane_word(enum lane lane)
{
    return lane_words[lane_rank(lane)];
}

status lane_read(struct bytes text, enum lane *ret)
{
    for (size_t i = 0; i < LANES; i++) {
        if (text_is(text, lane_words[i])) {
            *ret = lane_of_rank(i);
            return OK;
        }
    }
    return E_VALUE;
}

bool epoch_equal(const struct epoch *a, const struct epoch *b)
{
    return a->counter == b->counter && memcmp(a->random, b->random, sizeof a->random) == 0;
}

bool epoch_is_none(const struct epoch *e)
{
    const struct epoch none = {0};

    return epoch_equal(e, &none);
}

void epoch_write(const struct epoch *e, char ret[EPOCH_TEXT_ROOM])
{
    struct writer w = writer_over(ret, EPOCH_TEXT_ROOM);
    char hex[2 * sizeof e->random + 1];

    hex_encode(bytes_of(e->random, sizeof e->random), hex);
    write_decimal(&w, e->counter);
    write_text(&w, "-");
    write_text(&w, hex);
    write_u8(&w, 0);
    MUST(!w.bad);
}

status epoch_read(struct bytes text, struct epoch *ret)
{
    struct bytes counter_text = {0};
    uint64_t counter = 0;
    struct epoch e = {0};

    ENSURE(text_cut(&text, '-', &counter_text), E_FORM);
    TRY(decimal_decode(counter_text, &counter));
    ENSURE(counter >= 1 && counter <= UINT32_MAX, E_FORM);
    e.counter = (uint32_t)counter;
    TRY(hex_decode(text, e.random, sizeof e.random));
    *ret = e;
    return OK;
}

bool stream_id_equal(const struct stream_id *a, const struct stream_id *b)
{
    return a->lane == b->lane && epoch_equal(&a->epoch, &b->epoch) &&
           agency_id_equal(&a->agency, &b->agency);
}

void record_id_write(const record_id *id, char ret[RECORD_ID_TEXT_ROOM])
{
    hex_encode(bytes_of(id->bytes, sizeof id->bytes), ret);
}

status record_id_read(struct bytes text, record_id *ret)
{
    return hex_decode(text, ret->bytes, sizeof ret->bytes);
}

millis record_id_time(const record_id *id)
{
    millis t = 0;

    for (size_t i = 0; i < 6; i++)
        t = t << 8 | id->bytes[i];
    return t;
}
