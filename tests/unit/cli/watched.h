#ifndef FLAGPOST_WATCHED_H
#define FLAGPOST_WATCHED_H

/* Two persons at BRAVO's desk who watch for words. */

#include "person_asks.h"

#include "watching.h"

enum { FIRST = 1001, SECOND = 1002 };

/* A watch of the operator's for one word; its id. */
static inline record_id watch_word(struct world *w, uint32_t uid, const char *word)
{
    const struct argued with[] = {{"words", word}, {"reason", "a test"}};
    record_id id;

    CHECK_OK(ask(w, uid, "watch-add", with, COUNT_OF(with)));
    CHECK_INT(answered.row_count, 1);
    CHECK_OK(record_id_read(control_value(&answered.rows[0], "watch"), &id));
    return id;
}

static inline size_t alerts_of(struct world *w, uint32_t uid)
{
    CHECK_OK(ask(w, uid, "watch-alerts", NULL, 0));
    return answered.row_count;
}

static inline size_t todos_of(struct world *w, uint32_t uid)
{
    size_t count = 0;

    CHECK_OK(ask(w, uid, "todo", NULL, 0));
    for (size_t i = 0; i < answered.row_count; i++)
        count +=
            bytes_equal(control_value(&answered.rows[i], "kind"), bytes_of_text("watch"));
    return count;
}

static inline bool has_alert(struct world *w, const record_id *watch,
                             const struct parent *record)
{
    const record_id id = alert_id(&w->desks[BRAVO], watch, record);
    struct shelf_row row;

    const status s =
        journal_shelf_find(w->t->nodes[BRAVO].journal, SHELF_ALERT, &id, &w->scratch, &row);
    arena_reset(&w->scratch);
    CHECK(s == OK || s == E_UNKNOWN);
    return s == OK;
}

static inline bool is_found(struct world *w, const record_id *watch, size_t from)
{
    const struct parent made = word_from(w, from, "lorry");

    settle(w);
    index_all(w, BRAVO);
    settle(w);
    return has_alert(w, watch, &made);
}

/* 0: no such watch. */
static inline unsigned state_of(struct world *w, const record_id *id)
{
    struct watch found = {.uid = 0};

    const status s = watch_find(&w->desks[BRAVO], id, &w->scratch, &found);
    arena_reset(&w->scratch);
    CHECK(s == OK || s == E_UNKNOWN);
    return s == OK ? found.state : 0;
}

#endif
