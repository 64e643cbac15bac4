#ifndef FLAGPOST_REQUESTED_H
#define FLAGPOST_REQUESTED_H

/* Three real nodes, and questions of BRAVO to ALFA about a record of ALFA's. */

#include "recalled.h"

#include "request_desk.h"

/* What the publisher's own journal has of the record, as whoever was sent it has it. */
static inline struct entry_row entry_of(struct world *w, const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[ALFA].journal);
    struct place place = {0};
    struct entry_row e = {0};

    arena_reset(&w->scratch);
    CHECK_OK(s.ops->record_find(s.self, &record->agency, &record->id, &place));
    CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->scratch, &e));
    return e;
}

struct said {
    size_t from, to;
    size_t owner; /* as its header claims */
    struct item_request says;
};

/* In a turn of who says it; the entry's own name. */
static inline struct parent say_now(struct world *w, const struct parent *record,
                                    const struct said *what)
{
    struct entry_row e = entry_of(w, record);
    struct item_request says = what->says;
    struct parent made = {.agency = w->t->cast.actors[what->from].id};

    if (says.at == 0)
        says.at = w->t->now;
    says.text = bytes_of_text("What is known of the yard?");
    if (says.what != REQUEST_ASKED)
        says.person = bytes_of_text("DI");
    e.stream.agency = w->t->cast.actors[what->owner].id;
    CHECK_OK(asked_say(&w->desks[what->from], &e, &says, &w->t->cast.actors[what->to].id,
                       &made.id));
    return made;
}

static inline struct parent say(struct world *w, const struct parent *record,
                                const struct said *what)
{
    trio_begin(w->t, what->from);
    const struct parent made = say_now(w, record, what);
    trio_end(w->t, what->from);
    settle(w);
    return made;
}

static inline struct said asks_alfa(const struct world *w, size_t from,
                                    enum request_for wants)
{
    return (struct said){
        .from = from,
        .to = ALFA,
        .owner = ALFA,
        .says = {.what = REQUEST_ASKED, .wants = wants, .by = w->t->now + 86400000}};
}

static inline struct parent question(struct world *w, const struct parent *record,
                                     size_t from, enum request_for wants)
{
    const struct said what = asks_alfa(w, from, wants);

    return say(w, record, &what);
}

/* How many questions about it have a row there, and the newest of them. */
static inline size_t rows_at(struct world *w, size_t n, const struct parent *record,
                             struct asked *ret)
{
    struct asked_list list = {0};

    trio_begin(w->t, n);
    CHECK_OK(asked_about(&w->desks[n], record, &list));
    if (list.count > 0 && ret != NULL)
        *ret = list.at[list.count - 1];
    const size_t count = list.count;
    trio_end(w->t, n);
    return count;
}

static inline void put(struct world *w, size_t n, const struct asked *a)
{
    trio_begin(w->t, n);
    CHECK_OK(asked_put(&w->desks[n], a));
    trio_end(w->t, n);
}

static inline struct parent sent(struct world *w)
{
    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    return record;
}

/* BRAVO has asked ALFA; `id` is whatever the answer says that it answers. */
static inline struct parent answer(struct world *w, const struct parent *record,
                                   size_t from, size_t owner, const record_id *id,
                                   enum request_what what)
{
    const struct said said = {
        .from = from,
        .to = BRAVO,
        .owner = owner,
        .says = {
            .what = what, .wants = REQUEST_ACT, .has_question = true, .question = *id}};

    return say(w, record, &said);
}

static inline size_t todos_of(struct world *w, size_t n, enum todo_kind kind)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_TODO,
                                (struct shelf_filter){.state = (uint32_t)kind}, &w->scratch,
                                count_row, &count));
    return count;
}

/* The question as `ask` leaves it at BRAVO. */
static inline struct parent asks(struct world *w, const struct parent *record,
                                 enum request_for wants)
{
    const struct parent made = question(w, record, BRAVO, wants);
    const struct asked q = {.record = *record,
                            .from = w->t->cast.actors[BRAVO].id,
                            .wants = wants,
                            .state = ASKED_OPEN,
                            .at = w->t->now,
                            .by = w->t->now + 86400000,
                            .question = made.id};

    put(w, BRAVO, &q);
    return made;
}

#endif
