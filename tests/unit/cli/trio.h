#ifndef FLAGPOST_TRIO_H
#define FLAGPOST_TRIO_H

/*
 * Three agencies with real exchanges over real journals in temporary folders; frames are
 * handed over in memory.  ALFA publishes, BRAVO is mostly addressed, CHARLIE mostly only
 * witnesses.
 */

#include "cast.h"
#include "check.h"
#include "exchange.h"
#include "journal.h"
#include "text.h"

#include "draw.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIO_NODES = 3, ALFA = 0, BRAVO = 1, CHARLIE = 2, TRIO_FRAMES_MAX = 512 };

struct trio_node {
    char folder[64];
    struct journal *journal;
    struct exchange *exchange;
};

struct trio_frame {
    size_t from, to;
    enum end end; /* the receiver's */
    enum lane lane;
    uint8_t *bytes; /* malloc */
    size_t size;
};

struct trio {
    struct cast cast;
    struct roster roster;
    struct bytes root_note, roster_note;
    struct arena arena; /* of a turn */
    struct arena paper; /* for good */
    struct effects *effects;
    struct trio_node nodes[TRIO_NODES];
    size_t frame_count;
    struct trio_frame frames[TRIO_FRAMES_MAX];
    millis now;
    uint8_t turns;
    uint64_t refused; /* frames that a node would not take */
};

static inline void trio_arena(struct arena *a, size_t size)
{
    void *const memory = malloc(size);

    CHECK(memory != NULL);
    arena_init(a, memory, size);
}

static inline struct journal_setup trio_setup(const struct trio *t, size_t n,
                                              enum journal_mode mode)
{
    return (struct journal_setup){.folder = t->nodes[n].folder,
                                  .mode = mode,
                                  .self = t->cast.actors[n].id,
                                  .keyring = t->cast.actors[n].keyring};
}

/* --- turns --- */

static inline void trio_begin(struct trio *t, size_t n)
{
    uint8_t seed[DRAW_SEED_SIZE];

    memset(seed, (int)n + 1, sizeof seed);
    seed[0] = ++t->turns;
    seed[1] = (uint8_t)(t->now >> 4);
    seed[2] = (uint8_t)(t->now >> 12);
    arena_reset(&t->arena);
    exchange_begin(t->nodes[n].exchange, t->now, seed, &t->arena, t->effects);
}

static inline void trio_send(struct trio *t, size_t from, const struct effect *e)
{
    const size_t size = e->send.frame.size;
    uint8_t *const copy = malloc(size);

    CHECK(copy != NULL && t->frame_count < TRIO_FRAMES_MAX);
    memcpy(copy, e->send.frame.at, size);
    t->frames[t->frame_count++] = (struct trio_frame){
        .from = from,
        .to = cast_find(&t->cast, &e->send.peer),
        .end = e->send.end == END_PUBLISHING ? END_FOLLOWING : END_PUBLISHING,
        .lane = e->send.lane,
        .bytes = copy,
        .size = size};
}

static inline void trio_end(struct trio *t, size_t n)
{
    struct trio_node *const node = &t->nodes[n];

    CHECK_OK(exchange_close(node->exchange));
    CHECK_OK(journal_commit(node->journal));
    for (size_t i = 0; i < t->effects->count; i++) {
        const struct effect *const e = &t->effects->at[i];
        if (e->kind == EFFECT_SEND)
            trio_send(t, n, e);
        if (e->kind == EFFECT_NOTICE && e->notice.what == NOTICE_REJECTED)
            t->refused++;
    }
}

/* Everything under way for the node, then its own tick. */
static inline void trio_turn(struct trio *t, size_t n)
{
    const size_t count = t->frame_count;
    size_t kept = 0;

    trio_begin(t, n);
    for (size_t i = 0; i < count; i++) {
        struct trio_frame *const f = &t->frames[i];
        if (f->to != n) {
            t->frames[kept++] = *f;
            continue;
        }
        CHECK_OK(exchange_receive(t->nodes[n].exchange, &t->cast.actors[f->from].id, f->end,
                                  f->lane, bytes_of(f->bytes, f->size)));
        free(f->bytes);
    }
    t->frame_count = kept;
    CHECK_OK(exchange_tick(t->nodes[n].exchange));
    trio_end(t, n);
}

/* Long enough for all to arrive and be receipted. */
static inline void trio_settle(struct trio *t)
{
    for (size_t round = 0; round < 40; round++) {
        t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++)
            trio_turn(t, n);
    }
}

/* --- publishing --- */

/* What a group's records are made from; lives until the turn ends. */
struct trio_batch {
    struct agency_id ids[TRIO_NODES];
    struct bytes item;
    struct submission submission;
};

/* Opens a turn; `to` has a bit for each agency. */
static inline void trio_batch_begin(struct trio *t, struct trio_batch *b, size_t from,
                                    enum lane lane, unsigned to)
{
    const struct item text = {.kind = ITEM_CASE,
                              .case_reference = {.reference = bytes_of_text("CASE-1")}};

    b->submission = (struct submission){
        .kind = KIND_INTELLIGENCE,
        .lane = lane,
        .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                  .handling = HANDLING_P,
                  .priority = lane == LANE_IMMEDIATE ? PRIORITY_HIGH : PRIORITY_LOW},
        .item_count = 1,
        .items = &b->item,
        .recipients = b->ids};
    for (size_t n = 0; n < TRIO_NODES; n++) {
        if ((to & (1u << n)) != 0)
            b->ids[b->submission.recipient_count++] = t->cast.actors[n].id;
    }
    trio_begin(t, from);
    CHECK_OK(item_encode(&text, &t->arena, &b->item));
}

/* `count` records as one group. */
static inline void trio_publish(struct trio *t, size_t from, enum lane lane, unsigned to,
                                size_t count)
{
    struct trio_batch b;

    t->now += 300;
    trio_batch_begin(t, &b, from, lane, to);
    for (size_t i = 0; i < count; i++)
        CHECK_OK(exchange_submit(t->nodes[from].exchange, &b.submission));
    trio_end(t, from);
}

/* --- making and removing --- */

static inline void trio_open(struct trio *t, size_t n)
{
    struct trio_node *const node = &t->nodes[n];
    const struct journal_setup setup = trio_setup(t, n, JOURNAL_WRITE);
    struct guard_report report;

    CHECK_OK(journal_open(&setup, &node->journal));
    const struct store store = journal_store(node->journal);
    const struct exchange_setup exchange = {.self = t->cast.actors[n].id,
                                            .realm = t->cast.realm,
                                            .keyring = t->cast.actors[n].keyring,
                                            .store = store,
                                            .root = &t->cast.root,
                                            .instance = n + 1};
    struct bytes note = {0};
    arena_reset(&t->arena);
    if (store.ops->document_find(store.self, DOCUMENT_ROSTER, 0, &t->arena, &note) != OK) {
        CHECK_OK(store.ops->document_put(store.self, DOCUMENT_ROSTER, 1, t->roster_note));
        CHECK_OK(cast_first_kx(n, store));
        CHECK_OK(journal_commit(node->journal));
    }
    CHECK_OK(journal_guard(node->journal, &report));
    node->exchange = calloc(1, sizeof *node->exchange);
    CHECK(node->exchange != NULL);
    CHECK_OK(exchange_load(node->exchange, &exchange, &t->arena));
    trio_begin(t, n);
    CHECK_OK(exchange_first_epoch(node->exchange));
    trio_end(t, n);
}

static inline void trio_close(struct trio *t, size_t n)
{
    t->nodes[n].journal = journal_free(t->nodes[n].journal);
    free(t->nodes[n].exchange);
    t->nodes[n].exchange = NULL;
}

/* The note with the line of one more root key. */
static inline struct bytes trio_root_line(const struct cast *c, size_t key,
                                          struct bytes text, struct bytes note,
                                          struct arena *a)
{
    char what[32];
    struct bytes line = {0};

    (void)snprintf(what, sizeof what, "root%zu", key); /* as the cast draws them */
    const struct hash seed = blake(bytes_of_text(what));
    CHECK_OK(
        note_sign_seed(text, bytes_of_text(c->root.keys[key].name), seed.bytes, a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    return note;
}

/* The cast's root document, under the same keys as its rosters. */
static inline struct bytes trio_sign_root(const struct cast *c, struct arena *a)
{
    struct bytes text = {0};
    struct bytes note = {0};

    CHECK_OK(root_write(&c->root, a, &text));
    uint8_t *const bare = arena_take(a, text.size + 1);
    CHECK(bare != NULL);
    memcpy(bare, text.at, text.size);
    bare[text.size] = '\n';
    note = bytes_of(bare, text.size + 1);
    for (size_t i = 0; i < c->root.key_count; i++)
        note = trio_root_line(c, i, text, note, a);
    return note;
}

/* Under all three root keys, one more than must be. */
static inline void trio_first_roster(struct trio *t)
{
    struct bytes text = {0};
    struct bytes note = {0};

    cast_first_roster(&t->cast, TRIO_NODES, &t->roster);
    cast_sign_roster(&t->cast, &t->roster, NULL, &t->paper, &note);
    CHECK_OK(roster_write(&t->roster, &t->paper, &text));
    t->roster_note = trio_root_line(&t->cast, 2, text, note, &t->paper);
}

static inline struct trio *trio_make(void)
{
    struct trio *const t = calloc(1, sizeof *t);

    CHECK(t != NULL);
    trio_arena(&t->arena, TURN_ARENA_BYTES);
    trio_arena(&t->paper, 1 << 20);
    t->effects = malloc(sizeof *t->effects);
    CHECK(t->effects != NULL);
    cast_init(&t->cast);
    t->now = WORLD_BEGINS + 1000;
    trio_first_roster(t);
    t->root_note = trio_sign_root(&t->cast, &t->paper);
    for (size_t n = 0; n < TRIO_NODES; n++) {
        memcpy(t->nodes[n].folder, "/tmp/flagpost-test-XXXXXX", 26);
        CHECK(mkdtemp(t->nodes[n].folder) != NULL);
        trio_open(t, n);
    }
    return t;
}

static inline void trio_remove_folder(const char *folder)
{
    char path[512];
    DIR *const d = opendir(folder);

    CHECK(d != NULL);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        (void)unlink(path); /* "." and ".." stay */
    }
    CHECK_INT(closedir(d), 0);
    CHECK_INT(rmdir(folder), 0);
}

static inline void trio_free(struct trio *t)
{
    for (size_t n = 0; n < TRIO_NODES; n++) {
        trio_close(t, n);
        trio_remove_folder(t->nodes[n].folder);
    }
    for (size_t n = 0; n < CAST_MAX; n++)
        t->cast.actors[n].keyring = keyring_free(t->cast.actors[n].keyring);
    for (size_t i = 0; i < t->frame_count; i++)
        free(t->frames[i].bytes);
    free(t->effects);
    free(t->arena.at);
    free(t->paper.at);
    free(t);
}

#endif
