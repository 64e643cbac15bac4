#ifndef FLAGPOST_CHECK_H
#define FLAGPOST_CHECK_H

/*
 * What the tests are written with: a table of named cases, and checks that print both
 * values and the line.  A failed check ends its program, so no case runs on after a broken
 * one.
 *
 *     CASES(CASE(resends_after_reconnect), CASE(refuses_a_short_frame))
 */

#include "bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_case {
    const char *name;
    void (*run)(void);
};

#define CASE(name)                                                                         \
    {                                                                                      \
#name, name                                                                        \
    }

/* main() that runs every case, or those named on the command line. */
#define CASES(...)                                                                         \
    int main(int argc, char **argv)                                                        \
    {                                                                                      \
        static const struct check_case cases[] = {__VA_ARGS__};                            \
        return check_main(cases, COUNT_OF(cases), argc, argv);                             \
    }

/* Exit code that ctest reads as skipped. */
enum { CHECK_SKIPPED = 77 };

static inline int check_main(const struct check_case *cases, size_t count, int argc,
                             char **argv)
{
    for (size_t i = 0; i < count; i++) {
        bool wanted = argc < 2;
        for (int k = 1; k < argc; k++)
            wanted = wanted || strcmp(argv[k], cases[i].name) == 0;
        if (!wanted)
            continue;
        (void)printf("  %s\n", cases[i].name);
        (void)fflush(stdout);
        cases[i].run();
    }
    return 0;
}

#define CHECK(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            (void)fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__,             \
                          #condition);                                                     \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

#define CHECK_INT(got, wanted)                                                             \
    do {                                                                                   \
        const intmax_t got_ = (intmax_t)(got);                                             \
        const intmax_t wanted_ = (intmax_t)(wanted);                                       \
        if (got_ != wanted_) {                                                             \
            (void)fprintf(stderr, "%s:%d: %s is %jd, not %jd\n", __FILE__, __LINE__, #got, \
                          got_, wanted_);                                                  \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

#define CHECK_STATUS(got, wanted)                                                          \
    do {                                                                                   \
        const status got_ = (got);                                                         \
        const status wanted_ = (wanted);                                                   \
        if (got_ != wanted_) {                                                             \
            (void)fprintf(stderr, "%s:%d: %s is %s, not %s\n", __FILE__, __LINE__, #got,   \
                          status_word(got_), status_word(wanted_));                        \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

#define CHECK_OK(got) CHECK_STATUS(got, OK)

static inline void check_text(const char *place, const char *what, const char *got,
                              const char *wanted)
{
    if (got != NULL && strcmp(got, wanted) == 0)
        return;
    (void)fprintf(stderr, "%s: %s is \"%s\", not \"%s\"\n", place, what,
                  got == NULL ? "(none)" : got, wanted);
    abort();
}

#define CHECK_LINE_(line)       #line
#define CHECK_PLACE_(line)      __FILE__ ":" CHECK_LINE_(line)
#define CHECK_TEXT(got, wanted) check_text(CHECK_PLACE_(__LINE__), #got, got, wanted)

static inline void check_print_bytes(const char *label, struct bytes b)
{
    (void)fprintf(stderr, "  %s (%zu): ", label, b.size);
    for (size_t i = 0; i < b.size && i < 128; i++)
        (void)fprintf(stderr, "%02x", b.at[i]);
    (void)fprintf(stderr, "\n");
}

#define CHECK_BYTES(got, wanted)                                                           \
    do {                                                                                   \
        const struct bytes got_ = (got);                                                   \
        const struct bytes wanted_ = (wanted);                                             \
        if (!bytes_equal(got_, wanted_)) {                                                 \
            (void)fprintf(stderr, "%s:%d: %s differs\n", __FILE__, __LINE__, #got);        \
            check_print_bytes("got", got_);                                                \
            check_print_bytes("wanted", wanted_);                                          \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

#endif
