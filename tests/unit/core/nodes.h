#ifndef FLAGPOST_UNIT_NODES_H
#define FLAGPOST_UNIT_NODES_H

/*
 * A few nodes that talk over a perfect network unless a test steps in: `drop` sees every
 * frame before it is delivered, and may change it or throw it away.
 */

#include "cast.h"
#include "check.h"
#include "exchange.h"
#include "model_store.h"

enum { NODES_MAX = 6, MAIL_MAX = 4096, NODES_STEP_MS = 250 };

struct mail {
    size_t from, to;
    enum end end; /* the receiver's */
    struct frame frame;
    struct bytes bytes;
};

struct node {
    struct exchange *exchange;
    struct backing backing;
    struct effects *effects;
    struct arena arena;
};

struct nodes {
    struct cast cast;
    struct roster rosters[2];
    struct bytes notes[2];
    struct arena paper; /* letters, rosters: never given back */
    size_t count;
    struct node at[NODES_MAX];
    millis now;
    millis steady; /* 0: goes with `now` */
    uint64_t seed;
    size_t mail_count;
    struct mail mail[MAIL_MAX];
    bool (*drop)(struct nodes *n, struct mail *m); /* NULL: nothing is */
    size_t kinds[FRAME_ERROR + 1];                 /* frames delivered of each kind */
};

static inline void *nodes_memory(size_t size)
{
    void *const at = calloc(1, size);

    CHECK(at != NULL);
    return at;
}

static inline struct store node_store(const struct nodes *n, size_t i)
{
    return n->at[i].backing.ops->store(n->at[i].backing.self);
}

static inline void node_begin(struct nodes *n, size_t i)
{
    uint8_t seed[DRAW_SEED_SIZE] = {0};

    memcpy(seed, &n->seed, sizeof n->seed);
    n->seed++;
    arena_reset(&n->at[i].arena);
    exchange_begin(n->at[i].exchange, n->now, seed, &n->at[i].arena, n->at[i].effects);
    exchange_clock(n->at[i].exchange, n->steady == 0 ? n->now : n->steady);
}

/* Which node an agency is. */
static inline size_t nodes_find(const struct nodes *n, const struct agency_id *id)
{
    return cast_find(&n->cast, id);
}

static inline void nodes_post(struct nodes *n, size_t from, const struct effect *e)
{
    struct mail *const m = &n->mail[n->mail_count];

    CHECK(n->mail_count < MAIL_MAX);
    *m = (struct mail){.from = from, .to = nodes_find(n, &e->send.peer)};
    m->end = e->send.end == END_PUBLISHING ? END_FOLLOWING : END_PUBLISHING;
    CHECK_OK(arena_copy(&n->paper, e->send.frame, &m->bytes));
    CHECK_OK(frame_decode(m->bytes, &n->paper, &m->frame));
    if (m->to < n->count && (n->drop == NULL || !n->drop(n, m)))
        n->mail_count++;
}

/* Close, commit, and the effects leave; they can be looked at until the next turn. */
static inline void node_end(struct nodes *n, size_t i)
{
    struct node *const node = &n->at[i];

    CHECK_OK(exchange_close(node->exchange));
    node->backing.ops->commit(node->backing.self);
    for (size_t k = 0; k < node->effects->count; k++) {
        if (node->effects->at[k].kind == EFFECT_SEND)
            nodes_post(n, i, &node->effects->at[k]);
    }
}

/* Encodes what a test has changed. */
static inline void mail_change(struct nodes *n, struct mail *m)
{
    CHECK_OK(frame_encode(&m->frame, &n->paper, &m->bytes));
}

/* Everything that waits for the node, in one turn. */
static inline void node_turn(struct nodes *n, size_t i)
{
    size_t kept = 0;

    node_begin(n, i);
    for (size_t k = 0; k < n->mail_count; k++) {
        const struct mail *const m = &n->mail[k];
        struct bytes frame = {0};
        if (m->to != i) {
            n->mail[kept++] = *m;
            continue;
        }
        n->kinds[m->frame.kind]++;
        CHECK_OK(arena_copy(&n->at[i].arena, m->bytes, &frame));
        CHECK_OK(exchange_receive(n->at[i].exchange, &n->cast.actors[m->from].id, m->end,
                                  m->frame.lane, frame));
    }
    n->mail_count = kept;
    CHECK_OK(exchange_tick(n->at[i].exchange));
    node_end(n, i);
}

/* So much virtual time for everyone. */
static inline void nodes_run(struct nodes *n, millis ms)
{
    for (millis t = 0; t < ms; t += NODES_STEP_MS) {
        n->now += NODES_STEP_MS;
        for (size_t i = 0; i < n->count; i++)
            node_turn(n, i);
    }
}

/* The process starts again from its disk. */
static inline void node_start(struct nodes *n, size_t i)
{
    const struct exchange_setup setup = {
        .self = n->cast.actors[i].id,
        .realm = n->cast.realm,
        .keyring = n->cast.actors[i].keyring,
        .store = node_store(n, i),
        .root = &n->cast.root,
        .instance = ++n->seed,
    };

    arena_reset(&n->at[i].arena);
    CHECK_OK(exchange_load(n->at[i].exchange, &setup, &n->at[i].arena));
}

static inline void node_found(struct nodes *n, size_t i)
{
    struct node *const node = &n->at[i];

    node->backing = model_backing((unsigned)i);
    node->exchange = nodes_memory(sizeof *node->exchange);
    node->effects = nodes_memory(sizeof *node->effects);
    arena_init(&node->arena, nodes_memory(TURN_ARENA_BYTES), TURN_ARENA_BYTES);
    const struct store store = node_store(n, i);
    CHECK_OK(store.ops->document_put(store.self, DOCUMENT_ROSTER, 1, n->notes[0]));
    CHECK_OK(cast_first_kx(i, store));
    node->backing.ops->commit(node->backing.self);
    node_start(n, i);
    node_begin(n, i);
    CHECK_OK(exchange_first_epoch(node->exchange));
    node_end(n, i);
}

static inline void nodes_done(struct nodes *const *made)
{
    struct nodes *const n = *made;

    for (size_t i = 0; i < NODES_MAX && n->at[i].exchange != NULL; i++) {
        n->at[i].backing.ops->free(n->at[i].backing.self);
        free(n->at[i].exchange);
        free(n->at[i].effects);
        free(n->at[i].arena.at);
    }
    cast_done(&n->cast);
    free(n->paper.at);
    free(n);
}

/* `count` nodes in their first epoch. */
static inline struct nodes *nodes_make(size_t count)
{
    enum { PAPER = 32 * 1024 * 1024 };
    struct nodes *const n = nodes_memory(sizeof *n);

    cast_init(&n->cast);
    arena_init(&n->paper, nodes_memory(PAPER), PAPER);
    n->count = count;
    n->now = WORLD_BEGINS + 60000;
    cast_first_roster(&n->cast, count, &n->rosters[0]);
    cast_sign_roster(&n->cast, &n->rosters[0], NULL, &n->paper, &n->notes[0]);
    for (size_t i = 0; i < count; i++)
        node_found(n, i);
    return n;
}

/* The next roster, as `change` makes it, at one node; greetings spread it. */
static inline void nodes_new_roster(struct nodes *n, size_t at,
                                    void (*change)(struct nodes *n, struct roster *r))
{
    n->rosters[1] = n->rosters[0];
    change(n, &n->rosters[1]);
    cast_sign_roster(&n->cast, &n->rosters[1], &n->rosters[0], &n->paper, &n->notes[1]);
    node_begin(n, at);
    CHECK_OK(exchange_install_roster(n->at[at].exchange, n->notes[1]));
    node_end(n, at);
}

/* What a record of one item is made of, for nodes given as bits; lives as `paper` does. */
static inline struct submission node_record(struct nodes *n, unsigned to)
{
    struct agency_id *const recipients =
        arena_array(&n->paper, NODES_MAX, sizeof *recipients);
    struct bytes *const item = arena_take(&n->paper, sizeof *item);
    const struct item facts = {.kind = ITEM_FACTS,
                               .facts.case_reference = bytes_of_text("unit")};
    struct submission s = {
        .kind = KIND_INTELLIGENCE,
        .lane = LANE_ROUTINE,
        .label = {.marking = MARKING_OFFICIAL,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_LOW},
        .item_count = 1,
        .items = item,
        .recipients = recipients,
        .ticket = 1,
    };

    CHECK(recipients != NULL && item != NULL);
    CHECK_OK(item_encode(&facts, &n->paper, item));
    for (size_t k = 0; k < n->count; k++) {
        if ((to & (1u << k)) != 0)
            recipients[s.recipient_count++] = n->cast.actors[k].id;
    }
    return s;
}

/* How it is taken. */
static inline status node_submit(struct nodes *n, size_t i, unsigned to, const char *key,
                                 enum marking marking)
{
    struct submission s = node_record(n, to);

    s.idempotency_key = bytes_of_text(key);
    s.label.marking = marking;
    return exchange_submit(n->at[i].exchange, &s);
}

/* A part of what is attached to a record, in a turn of its own. */
static inline void node_attach(struct nodes *n, size_t i, unsigned to,
                               const record_id *record, uint32_t number)
{
    struct bytes *const item = arena_take(&n->paper, sizeof *item);
    struct agency_id *const recipients =
        arena_array(&n->paper, NODES_MAX, sizeof *recipients);
    const struct item part = {.kind = ITEM_PART,
                              .part = {.number = number, .bytes = bytes_of_text("part")}};
    struct submission s = {
        .kind = KIND_ATTACHMENT,
        .lane = LANE_ROUTINE,
        .label = {.marking = MARKING_OFFICIAL,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_LOW},
        .has_previous = true,
        .previous = *record,
        .item_count = 1,
        .items = item,
        .recipients = recipients,
    };

    CHECK(recipients != NULL && item != NULL);
    CHECK_OK(item_encode(&part, &n->paper, item));
    for (size_t k = 0; k < n->count; k++) {
        if ((to & (1u << k)) != 0)
            recipients[s.recipient_count++] = n->cast.actors[k].id;
    }
    node_begin(n, i);
    CHECK_OK(exchange_submit(n->at[i].exchange, &s));
    node_end(n, i);
}

/* One record in a turn of its own: a group of one. */
static inline void node_publish(struct nodes *n, size_t i, unsigned to)
{
    node_begin(n, i);
    CHECK_OK(node_submit(n, i, to, "", MARKING_OFFICIAL));
    node_end(n, i);
}

static inline const struct follow *node_follow(const struct nodes *n, size_t follower,
                                               size_t publisher, enum lane lane)
{
    return &exchange_peer(n->at[follower].exchange, &n->cast.actors[publisher].id)
                ->follows[lane_rank(lane)];
}

/* What a node has for an index of another's routine lane. */
static inline status node_entry(struct nodes *n, size_t follower, size_t publisher,
                                sequence index, struct entry_row *ret)
{
    const struct store store = node_store(n, follower);

    return store.ops->entry_find(store.self,
                                 &node_follow(n, follower, publisher, LANE_ROUTINE)->row.id,
                                 index, &n->paper, ret);
}

/* How many effects of a kind of notice the last turn left. */
static inline size_t node_notices(const struct nodes *n, size_t i, enum notice what)
{
    const struct effects *const fx = n->at[i].effects;
    size_t count = 0;

    for (size_t k = 0; k < fx->count; k++)
        count += fx->at[k].kind == EFFECT_NOTICE && fx->at[k].notice.what == what;
    return count;
}

#endif
