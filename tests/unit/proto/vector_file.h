#ifndef FLAGPOST_VECTOR_FILE_H
#define FLAGPOST_VECTOR_FILE_H

/*
 * Reads the frozen messages of tests/vectors/wire, line by line, and knows how to decode
 * and encode again whatever kind a line says.
 */

#include "check.h"
#include "content.h"
#include "control.h"
#include "frame.h"
#include "text.h"

enum { VECTOR_ARENA_BYTES = 16 * 1024 * 1024, VECTOR_BYTES_MAX = 256 * 1024 };

struct vector {
    bool good;
    char kind[16];
    char reason[16];
    const char *sentence;
    struct bytes bytes;
    uint8_t *owned; /* what `bytes` stands in; freed by vectors_each */
};

static const char *const vector_files[] = {"header.txt", "item.txt", "content.txt",
                                           "frame.txt", "control.txt"};

static inline void *vector_memory(void)
{
    void *const memory = malloc(VECTOR_ARENA_BYTES);

    CHECK(memory != NULL);
    return memory;
}

/* Whatever a line holds, decoded. */
struct decoded {
    union {
        struct header header;
        struct item item;
        struct frame frame;
        struct control_request request;
        struct control_answer answer;
    };
    const struct salted_item *items;
    size_t item_count;
};

static inline status vector_decode(const char *kind, struct bytes b, struct arena *a,
                                   struct decoded *ret)
{
    if (strcmp(kind, "header") == 0)
        return header_decode(b, a, &ret->header);
    if (strcmp(kind, "item") == 0)
        return item_decode(b, a, &ret->item);
    if (strcmp(kind, "content") == 0)
        return content_decode(b, a, &ret->items, &ret->item_count);
    if (strcmp(kind, "frame") == 0)
        return frame_decode(b, a, &ret->frame);
    if (strcmp(kind, "request") == 0)
        return control_request_decode(b, a, &ret->request);
    CHECK_TEXT(kind, "answer");
    return control_answer_decode(b, a, &ret->answer);
}

static inline status vector_encode(const char *kind, const struct decoded *d,
                                   struct arena *a, struct bytes *ret)
{
    if (strcmp(kind, "header") == 0) {
        struct bytes core = {0};
        TRY(header_encode_core(&d->header, a, &core));
        return header_finish(core, &d->header.ciphertext_hash, d->header.wrap_hashes, a,
                             ret);
    }
    if (strcmp(kind, "item") == 0)
        return item_encode(&d->item, a, ret);
    if (strcmp(kind, "content") == 0)
        return content_encode(d->items, d->item_count, a, ret);
    if (strcmp(kind, "frame") == 0)
        return frame_encode(&d->frame, a, ret);
    if (strcmp(kind, "request") == 0)
        return control_request_encode(&d->request, a, ret);
    return control_answer_encode(&d->answer, a, ret);
}

/* The bytes that a second encoding gives, for a message that decodes. */
static inline status vector_again(const char *kind, struct bytes b, struct arena *a,
                                  struct bytes *ret)
{
    struct decoded d;

    TRY(vector_decode(kind, b, a, &d));
    return vector_encode(kind, &d, a, ret);
}

/* One line; `hex` is turned into bytes in place. */
static inline struct vector vector_of_line(char *line)
{
    struct vector v = {0};
    char verdict[8];
    int hex_at = 0;
    int hex_end = 0;

    CHECK_INT(
        sscanf(line, "%7s %15s %15s %n%*s%n", verdict, v.kind, v.reason, &hex_at, &hex_end),
        3);
    CHECK(hex_end > hex_at);
    char *const hex = line + hex_at;
    const size_t size = (size_t)(hex_end - hex_at);
    v.good = strcmp(verdict, "good") == 0;
    v.sentence = line + hex_end;
    if (hex[0] == '-')
        return v;
    uint8_t *const raw = malloc(size / 2);
    CHECK(raw != NULL);
    CHECK_OK(hex_decode(bytes_of(hex, size), raw, size / 2));
    v.owned = raw;
    v.bytes = bytes_of(raw, size / 2);
    return v;
}

/* Calls `each` for every vector; `each` sees the arena empty. */
static inline void
vectors_each(void (*each)(const struct vector *v, struct arena *a, void *data), void *data)
{
    void *const memory = vector_memory();
    struct arena a;

    arena_init(&a, memory, VECTOR_ARENA_BYTES);
    for (size_t i = 0; i < COUNT_OF(vector_files); i++) {
        char path[512];
        char *line = NULL;
        size_t room = 0;
        (void)snprintf(path, sizeof path, "%s/vectors/wire/%s", TEST_SOURCE_DIR,
                       vector_files[i]);
        FILE *const f = fopen(path, "re");
        CHECK(f != NULL);
        while (getline(&line, &room, f) > 0) {
            if (line[0] == '#')
                continue;
            const struct vector v = vector_of_line(line);
            each(&v, &a, data);
            arena_reset(&a);
            free(v.owned);
        }
        free(line);
        CHECK_INT(fclose(f), 0);
    }
    free(memory);
}

#endif
