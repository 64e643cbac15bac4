#ifndef FLAGPOST_PAIR_H
#define FLAGPOST_PAIR_H

/*
 * Two processes that publish and follow over journals on disks in memory, with their frames
 * handed over by hand.  Each step says whether it worked; a process can end and start
 * again.
 */

#include "cast.h"
#include "check.h"
#include "exchange.h"
#include "journal.h"
#include "memvfs.h"

enum { P, F, SIDES, LETTERS_MAX = 256, STEP_MS = 300 };

struct letter {
    size_t to;
    enum end end; /* the receiver's */
    enum lane lane;
    uint8_t *bytes; /* its own */
    size_t size;
};

struct side {
    char vfs_name[32];
    struct memvfs *disk;
    struct journal *journal;
    struct exchange *exchange;
    struct effects *effects;
    struct arena arena;
};

struct world {
    struct cast cast;
    struct roster roster;
    struct bytes note;
    struct arena paper;
    struct side at[SIDES];
    size_t letter_count;
    struct letter letters[LETTERS_MAX];
    millis now;
    uint64_t seed;
    uint64_t asked; /* records, each with a key of its own: P's size */
};

static struct world w;

static inline void *memory(size_t size)
{
    void *const at = calloc(1, size);

    CHECK(at != NULL);
    return at;
}

static inline status start(size_t i)
{
    struct side *const s = &w.at[i];
    const struct journal_setup setup = {.folder = "",
                                        .mode = JOURNAL_WRITE,
                                        .self = w.cast.actors[i].id,
                                        .keyring = w.cast.actors[i].keyring,
                                        .vfs = s->vfs_name,
                                        .guard_off = true};

    TRY(journal_open(&setup, &s->journal));
    const struct exchange_setup exchange = {.self = w.cast.actors[i].id,
                                            .realm = w.cast.realm,
                                            .keyring = w.cast.actors[i].keyring,
                                            .store = journal_store(s->journal),
                                            .root = &w.cast.root,
                                            .instance = ++w.seed};
    arena_reset(&s->arena);
    return exchange_load(s->exchange, &exchange, &s->arena);
}

static inline void drop_letters(size_t to)
{
    size_t kept = 0;

    for (size_t k = 0; k < w.letter_count; k++) {
        struct letter *const l = &w.letters[k];
        if (l->to != to) {
            w.letters[kept++] = *l;
            continue;
        }
        /* The analyzer does not see that what was freed is counted no more. */
        free(l->bytes); /* NOLINT(clang-analyzer-unix.Malloc) */
        l->bytes = NULL;
    }
    w.letter_count = kept;
}

/* What was on its way to the process is gone with it. */
static inline void end(size_t i)
{
    w.at[i].journal = journal_free(w.at[i].journal);
    drop_letters(i);
}

static inline void restart(size_t i)
{
    end(i);
    CHECK_OK(start(i));
}

static inline void begin(size_t i)
{
    uint8_t seed[DRAW_SEED_SIZE] = {0};

    memcpy(seed, &w.seed, sizeof w.seed);
    w.seed++;
    arena_reset(&w.at[i].arena);
    exchange_begin(w.at[i].exchange, w.now, seed, &w.at[i].arena, w.at[i].effects);
}

/* Not by calloc: the test's own memory does not run out. */
static inline void post(size_t from, const struct effect *e)
{
    uint8_t *const copy = reallocarray(NULL, 1, e->send.frame.size);
    const size_t to = cast_find(&w.cast, &e->send.peer);

    CHECK(copy != NULL && w.letter_count < LETTERS_MAX && to == 1 - from);
    memcpy(copy, e->send.frame.at, e->send.frame.size);
    w.letters[w.letter_count++] = (struct letter){
        .to = to,
        .end = e->send.end == END_PUBLISHING ? END_FOLLOWING : END_PUBLISHING,
        .lane = e->send.lane,
        .bytes = copy,
        .size = e->send.frame.size};
}

/* Close and commit; only then do the frames leave. */
static inline status finish(size_t i)
{
    struct side *const s = &w.at[i];

    TRY(exchange_close(s->exchange));
    TRY(journal_commit(s->journal));
    for (size_t k = 0; k < s->effects->count; k++) {
        if (s->effects->at[k].kind == EFFECT_SEND)
            post(i, &s->effects->at[k]);
    }
    return OK;
}

static inline status take_letters(size_t i)
{
    for (size_t k = 0; k < w.letter_count; k++) {
        const struct letter *const l = &w.letters[k];
        if (l->to == i)
            TRY(exchange_receive(w.at[i].exchange, &w.cast.actors[1 - i].id, l->end,
                                 l->lane, bytes_of(l->bytes, l->size)));
    }
    drop_letters(i);
    return OK;
}

static inline status turn(size_t i)
{
    begin(i);
    TRY(take_letters(i));
    TRY(exchange_tick(w.at[i].exchange));
    return finish(i);
}

static inline void found(size_t i)
{
    struct side *const s = &w.at[i];

    (void)snprintf(s->vfs_name, sizeof s->vfs_name, "flagpost-oom-%zu", i);
    CHECK_OK(memvfs_open(s->vfs_name, i + 1, &s->disk));
    s->exchange = memory(sizeof *s->exchange);
    s->effects = memory(sizeof *s->effects);
    arena_init(&s->arena, memory(TURN_ARENA_BYTES), TURN_ARENA_BYTES);
    /* Without a roster there is no exchange yet. */
    CHECK_STATUS(start(i), E_UNKNOWN);
    const struct store store = journal_store(s->journal);
    CHECK_OK(store.ops->document_put(store.self, DOCUMENT_ROSTER, 1, w.note));
    CHECK_OK(cast_first_kx(i, store));
    CHECK_OK(journal_commit(s->journal));
    restart(i);
    begin(i);
    CHECK_OK(exchange_first_epoch(s->exchange));
    CHECK_OK(finish(i));
}

static inline void make_world(void)
{
    enum { PAPER = 8 * 1024 * 1024 };

    cast_init(&w.cast);
    arena_init(&w.paper, memory(PAPER), PAPER);
    w.now = WORLD_BEGINS + 60000;
    cast_first_roster(&w.cast, SIDES, &w.roster);
    cast_sign_roster(&w.cast, &w.roster, NULL, &w.paper, &w.note);
    for (size_t i = 0; i < SIDES; i++)
        found(i);
}

/* Everything is given back, or the leak sanitizer tells. */
static inline void end_world(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        end(i);
        memvfs_free(w.at[i].disk);
        free(w.at[i].exchange);
        free(w.at[i].effects);
        free(w.at[i].arena.at);
    }
    cast_done(&w.cast);
    free(w.paper.at);
}

#endif
