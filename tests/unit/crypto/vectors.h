#ifndef FLAGPOST_TEST_VECTORS_H
#define FLAGPOST_TEST_VECTORS_H

/*
 * Frozen vectors, tests/vectors/crypto/<name>.hex: lines of "# comment" or "name hex".  The
 * file says what it holds; these functions end the test when something is not there.
 */

#include "check.h"
#include "text.h"

enum { VECTORS_BYTES_MAX = 64 * 1024 };

struct vectors {
    uint8_t file[VECTORS_BYTES_MAX];
    size_t size;
    _Alignas(16) uint8_t room[VECTORS_BYTES_MAX];
    struct arena arena;
};

static inline void vectors_read(struct vectors *v, const char *name)
{
    char path[1024];
    const int n =
        snprintf(path, sizeof path, "%s/vectors/crypto/%s.hex", TEST_SOURCE_DIR, name);

    CHECK(n > 0 && (size_t)n < sizeof path);
    FILE *const f = fopen(path, "rbe");
    CHECK(f != NULL);
    v->size = fread(v->file, 1, sizeof v->file, f);
    CHECK(v->size < sizeof v->file && ferror(f) == 0);
    (void)fclose(f); /* only read */
    arena_init(&v->arena, v->room, sizeof v->room);
}

static inline struct bytes vector_find(struct vectors *v, const char *name)
{
    struct bytes rest = bytes_of(v->file, v->size);
    struct bytes line = {0};
    struct bytes word = {0};

    while (text_cut(&rest, '\n', &line)) {
        if (!text_cut(&line, ' ', &word) || !text_is(word, name))
            continue;
        uint8_t *const at = arena_take(&v->arena, line.size / 2);
        CHECK(at != NULL);
        CHECK_OK(hex_decode(line, at, line.size / 2));
        return bytes_of(at, line.size / 2);
    }
    (void)fprintf(stderr, "no vector %s\n", name);
    exit(1);
}

#endif
