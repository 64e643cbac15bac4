#include "lines.h"

#include <stdalign.h>
#include <string.h>

struct lines lines_over(struct bytes text)
{
    return (struct lines){.rest = text};
}

bool lines_has(const struct lines *l, const char *key)
{
    const size_t size = strlen(key);

    if (l->bad || l->rest.size <= size || memcmp(l->rest.at, key, size) != 0)
        return false;
    return l->rest.at[size] == ' ' || l->rest.at[size] == '\n';
}

void lines_enter(struct lines *l)
{
    if (l->line.size > 0 || !text_cut(&l->rest, '\n', &l->line))
        l->bad = true;
    l->at_start = true;
}

bool lines_has_word(const struct lines *l)
{
    return !l->bad && l->line.size > 0;
}

struct bytes lines_tail(struct lines *l)
{
    struct bytes tail = l->line;

    if (!l->at_start)
        tail = bytes_from(tail, 1); /* the space at which the word before ended */
    if (tail.size == 0)
        l->bad = true;
    l->at_start = false;
    l->line = (struct bytes){0};
    return l->bad ? (struct bytes){0} : tail;
}

struct bytes lines_word(struct lines *l)
{
    const struct bytes tail = lines_tail(l);
    size_t size = 0;

    while (size < tail.size && tail.at[size] != ' ')
        size++;
    if (size == 0) {
        l->bad = true;
        return (struct bytes){0};
    }
    l->line = bytes_from(tail, size);
    return bytes_of(tail.at, size);
}

void lines_expect(struct lines *l, const char *word)
{
    if (!text_is(lines_word(l), word))
        l->bad = true;
}

void lines_key(struct lines *l, const char *key)
{
    lines_enter(l);
    lines_expect(l, key);
}

uint64_t lines_decimal(struct lines *l, uint64_t min, uint64_t max)
{
    uint64_t v = 0;

    if (decimal_decode(lines_word(l), &v) != OK || v < min || v > max) {
        l->bad = true;
        return 0;
    }
    return v;
}

void lines_base64(struct lines *l, uint8_t *ret, size_t size)
{
    alignas(max_align_t) uint8_t room[LINES_BASE64_MAX + 16];
    struct arena a;
    struct bytes raw = {0};

    MUST(size <= LINES_BASE64_MAX);
    memset(ret, 0, size);
    arena_init(&a, room, sizeof room);
    const struct bytes word = lines_word(l);
    if (word.size != base64_size(size) || base64_decode(&a, word, &raw) != OK ||
        raw.size != size) {
        l->bad = true;
        return;
    }
    memcpy(ret, raw.at, size);
}

void lines_hex(struct lines *l, uint8_t *ret, size_t size)
{
    memset(ret, 0, size);
    if (hex_decode(lines_word(l), ret, size) != OK)
        l->bad = true;
}

millis lines_time(struct lines *l)
{
    millis t = 0;

    if (time_read(lines_word(l), &t) != OK)
        l->bad = true;
    return t;
}

struct agency_id lines_agency(struct lines *l)
{
    struct agency_id id = {0};

    if (agency_id_read(lines_word(l), &id) != OK)
        l->bad = true;
    return id;
}

void lines_copy(struct lines *l, struct bytes word, char *ret, size_t room)
{
    memset(ret, 0, room);
    if (word.size >= room || (word.size > 0 && memchr(word.at, 0, word.size) != NULL)) {
        l->bad = true;
        return;
    }
    if (word.size > 0)
        memcpy(ret, word.at, word.size);
}

bool lines_is_done(const struct lines *l)
{
    return !l->bad && l->line.size == 0 && l->rest.size == 0;
}

void lines_put_hex(struct writer *w, struct bytes b)
{
    char hex[2 * HASH_SIZE + 1];

    MUST(b.size <= HASH_SIZE);
    hex_encode(b, hex);
    write_text(w, hex);
}

void lines_put_time(struct writer *w, millis t)
{
    char text[TIME_TEXT_ROOM];

    time_write(t, text);
    write_text(w, text);
}
