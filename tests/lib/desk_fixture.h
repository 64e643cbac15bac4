#ifndef FLAGPOST_DESK_FIXTURE_H
#define FLAGPOST_DESK_FIXTURE_H

/* A desk over a real journal, for what needs no streams and no roster: the exchange lends
 * its clock, its arena and its store only. */

#include "desk.h"
#include "journal_fixture.h"

enum { FIXTURE_NOW = 1790000000, FIXTURE_ARENA = 16 << 20 };

struct counter {
    struct home home;
    struct desk desk;
    struct arena arena, scratch;
};

static inline void fixture_memory(struct arena *a)
{
    void *const memory = malloc(FIXTURE_ARENA);

    CHECK(memory != NULL);
    arena_init(a, memory, FIXTURE_ARENA);
}

static inline void counter_open(struct counter *c)
{
    *c = (struct counter){.home = home_make()};
    fixture_memory(&c->arena);
    fixture_memory(&c->scratch);
    c->desk.exchange = calloc(1, sizeof *c->desk.exchange);
    CHECK(c->desk.exchange != NULL);
    c->desk.exchange->arena = &c->arena;
    c->desk.exchange->now = (millis)FIXTURE_NOW * 1000;
    c->desk.exchange->store = journal_store(c->home.j);
    c->desk.journal = c->home.j;
    c->desk.keyring = c->home.ring;
    c->desk.scratch = &c->scratch;
}

static inline void counter_done(struct counter *c)
{
    CHECK_OK(journal_commit(c->home.j));
    home_remove(&c->home);
    free(c->desk.exchange);
    free(c->arena.at);
    free(c->scratch.at);
}

static inline void check_field(const struct control_row *row, const char *name,
                               const char *wanted)
{
    const struct bytes got = control_value(row, name);

    if (bytes_equal(got, bytes_of_text(wanted)))
        return;
    (void)fprintf(stderr, "%s is \"%.*s\", not \"%s\"\n", name, (int)got.size,
                  (const char *)got.at, wanted);
    abort();
}

#endif
