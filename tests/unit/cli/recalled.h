#ifndef FLAGPOST_RECALLED_H
#define FLAGPOST_RECALLED_H

/* Three real nodes whose desks do by themselves what they do about recalls. */

#include "trio.h"

#include "recall.h"
#include "todo.h"
#include "traces.h"

struct world {
    struct trio *t;
    struct desk desks[TRIO_NODES];
    struct arena scratch;
    bool hold;  /* routine frames from ALFA to BRAVO stay on their way */
    bool drops; /* so much happens in a turn that its notices of entries are dropped */
    bool rests[TRIO_NODES]; /* its desk does nothing by itself */
};

static inline void open_desk(struct world *w, size_t n)
{
    w->desks[n] = (struct desk){.exchange = w->t->nodes[n].exchange,
                                .journal = w->t->nodes[n].journal,
                                .keyring = w->t->cast.actors[n].keyring,
                                .scratch = &w->scratch};
}

static inline void restart(struct world *w, size_t n)
{
    trio_close(w->t, n);
    trio_open(w->t, n);
    open_desk(w, n);
}

static inline struct world *make(void)
{
    struct world *const w = calloc(1, sizeof *w);

    CHECK(w != NULL);
    w->t = trio_make();
    trio_arena(&w->scratch, 16 << 20);
    for (size_t n = 0; n < TRIO_NODES; n++)
        open_desk(w, n);
    return w;
}

static inline void done(struct world *w)
{
    trio_free(w->t);
    free(w->scratch.at);
    free(w);
}

static inline bool is_held(const struct world *w, const struct trio_frame *f)
{
    return w->hold && f->from == ALFA && f->to == BRAVO && f->lane == LANE_ROUTINE;
}

/* As where answers alone still have room: what is left is filled with other news. */
static inline void drop_notices(struct effects *fx)
{
    for (size_t i = 0; i < fx->count; i++) {
        struct effect *const e = &fx->at[i];
        if (e->kind == EFFECT_NOTICE && e->notice.what == NOTICE_ENTRY)
            e->notice.what = NOTICE_RECEIPT;
    }
    while (fx->count < EFFECTS_MAX - ANSWERS_MAX)
        fx->at[fx->count++] =
            (struct effect){.kind = EFFECT_NOTICE, .notice.what = NOTICE_RECEIPT};
}

/* As the loop does it: receive, then what the desk does by itself, then close. */
static inline void turn(struct world *w, size_t n)
{
    struct trio *const t = w->t;
    const size_t count = t->frame_count;
    size_t kept = 0;

    trio_begin(t, n);
    CHECK_OK(traces_look(&w->desks[n]));
    for (size_t i = 0; i < count; i++) {
        struct trio_frame *const f = &t->frames[i];
        if (f->to != n || is_held(w, f)) {
            t->frames[kept++] = *f;
            continue;
        }
        CHECK_OK(exchange_receive(t->nodes[n].exchange, &t->cast.actors[f->from].id, f->end,
                                  f->lane, bytes_of(f->bytes, f->size)));
        free(f->bytes);
    }
    t->frame_count = kept;
    CHECK_OK(exchange_tick(t->nodes[n].exchange));
    if (w->drops)
        drop_notices(t->effects);
    if (!w->rests[n])
        CHECK_OK(desk_recall_turn(&w->desks[n]));
    arena_reset(&w->scratch);
    trio_end(t, n);
    (void)journal_checkpoint(t->nodes[n].journal, false); /* in vain beside a reader */
}

static inline void settle(struct world *w)
{
    for (size_t round = 0; round < 30; round++) {
        w->t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++)
            turn(w, n);
    }
}

/* A record of `from` for `to`, made of `parent` where that is not NULL. */
static inline struct parent publish(struct world *w, size_t from, unsigned to,
                                    const struct parent *parent)
{
    static uint8_t number;
    struct trio_batch b;
    struct parent made = {.agency = w->t->cast.actors[from].id, .id = {{7, ++number}}};

    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, to);
    b.submission.id = made.id;
    b.submission.parent_count = parent != NULL;
    b.submission.parents = parent;
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    return made;
}

static inline void recall(struct world *w, const struct parent *record)
{
    const struct item item = {.kind = ITEM_RECALL,
                              .recall = {.id = record->id,
                                         .cause = RECALL_WITHDRAWN,
                                         .reason = bytes_of_text("wrong"),
                                         .answer_by = w->t->now + 1000}};
    const struct recall_notice notice = {.kind = KIND_RECALL, .item = &item};
    const size_t owner = cast_find(&w->t->cast, &record->agency);
    struct recall_told told = {0};

    trio_begin(w->t, owner);
    CHECK_OK(recall_publish(&w->desks[owner], record, &notice, &told));
    const struct recall_row row = {.record = *record,
                                   .state = RECALL_OWN,
                                   .due = w->t->now + 1000,
                                   .since = w->t->now};
    CHECK_OK(recall_row_put(&w->desks[owner], &row));
    trio_end(w->t, owner);
}

static inline bool blocked(struct world *w, size_t n, const struct parent *record)
{
    bool blocks = false;

    trio_begin(w->t, n);
    CHECK_OK(recall_blocks(&w->desks[n], record, &blocks));
    trio_end(w->t, n);
    return blocks;
}

/* 0: no row. */
static inline unsigned disposition_of(struct world *w, size_t n,
                                      const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    struct place place = {0};
    struct entry_row e = {0};

    arena_reset(&w->scratch);
    if (s.ops->record_find(s.self, &record->agency, &record->id, &place) != OK)
        return 0;
    CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->scratch, &e));
    return e.disposition;
}

/* As a restored machine that has lost its newest KX key. */
static inline void lose_key(struct world *w, size_t n)
{
    struct exchange *const x = w->t->nodes[n].exchange;

    keyring_kx_destroy(w->t->cast.actors[n].keyring, exchange_peer(x, &x->self)->kx_id);
}

static inline unsigned place_of(struct world *w, size_t n, const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    struct place place = {0};
    struct entry_row e = {0};

    arena_reset(&w->scratch);
    CHECK_OK(s.ops->record_after(s.self, &record->agency, &record->id, NULL, &place));
    CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->scratch, &e));
    CHECK(e.disposition != DISPOSITION_ERASED || e.ciphertext.size + e.wraps.size == 0);
    return e.disposition;
}

static inline const char *says(struct world *w, size_t owner, const struct parent *record,
                               size_t who, size_t *ret_copies)
{
    static struct recall_holder all[AGENCIES_MAX];
    const char *word = "nothing";
    size_t count = 0;

    trio_begin(w->t, owner);
    CHECK_OK(recall_holders(&w->desks[owner], record, all, &count));
    for (size_t i = 0; i < count; i++) {
        if (!agency_id_equal(&all[i].agency, &w->t->cast.actors[who].id))
            continue;
        word = holding_word(&all[i].holding);
        if (ret_copies != NULL)
            *ret_copies = all[i].copy_count;
    }
    trio_end(w->t, owner);
    return word;
}

static inline status count_row(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    (void)row;
    ++*count;
    return OK;
}

static inline status count_todo(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    *count += row->state == TODO_STATEMENT;
    return OK;
}

static inline size_t todos(struct world *w, size_t n)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_TODO,
                                (struct shelf_filter){0}, &w->scratch, count_todo, &count));
    return count;
}

/* By a roster that this node alone has. */
static inline void leaves(struct world *w, size_t n, size_t who)
{
    struct trio *const t = w->t;
    struct roster *const next = arena_take(&t->paper, sizeof *next);
    struct bytes note = {0};

    CHECK(next != NULL);
    *next = t->roster;
    next->revocations[next->revocation_count++] =
        (struct revocation){.agency = t->cast.actors[who].id, .at = t->now / 1000 * 1000};
    cast_sign_roster(&t->cast, next, &t->roster, &t->paper, &note);
    trio_begin(t, n);
    CHECK_OK(exchange_install_roster(t->nodes[n].exchange, note));
    trio_end(t, n);
}

#endif
