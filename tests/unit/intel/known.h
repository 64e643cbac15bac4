#ifndef FLAGPOST_TEST_KNOWN_H
#define FLAGPOST_TEST_KNOWN_H

/*
 * Good and bad values of every type.  The numbers are the published examples of their
 * standards, or come from ranges set aside for drama, or were made up here.
 */

#include "check.h"
#include "identifier.h"

struct known {
    const char *raw;
    const char *canonical;
    const char *fault; /* part of it; NULL when valid */
    const char *form;
};

static inline struct identifier identified(enum identifier_type type, const char *country,
                                           const char *raw, struct arena *a)
{
    struct identifier id = {0};

    CHECK_OK(identifier_of(type, bytes_of_text(country), bytes_of_text(raw), a, &id));
    return id;
}

static inline void check_known(enum identifier_type type, const char *country,
                               const struct known *known, size_t count)
{
    static _Alignas(16) uint8_t room[4096];

    for (size_t i = 0; i < count; i++) {
        struct arena a;

        arena_init(&a, room, sizeof room);
        const struct identifier id = identified(type, country, known[i].raw, &a);
        (void)printf("    %s \"%s\"\n", identifier_word(type), known[i].raw);
        CHECK_BYTES(id.canonical, bytes_of_text(known[i].canonical));
        CHECK_INT(id.valid, known[i].fault == NULL);
        CHECK_INT(id.fault == NULL, known[i].fault == NULL);
        CHECK(id.fault == NULL || strstr(id.fault, known[i].fault) != NULL);
        if (known[i].form != NULL)
            CHECK_TEXT(id.form, known[i].form);
    }
}

#define CHECK_KNOWN(type, country, known) check_known(type, country, known, COUNT_OF(known))

#endif
