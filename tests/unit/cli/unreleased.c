#include "recalled.h"

/* What arrives past the roster's grace is held, unread, until a newer roster is in force.
 */

/* What comes of opening a record at a node. */
static status opened(struct world *w, size_t n, const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    const struct salted_item *items = NULL;
    struct place place = {0};
    struct entry_row e = {0};
    size_t count = 0;

    trio_begin(w->t, n);
    CHECK_OK(s.ops->record_find(s.self, &record->agency, &record->id, &place));
    CHECK_OK(s.ops->entry_find(s.self, &place.stream, place.index, &w->t->arena, &e));
    CHECK_INT(e.disposition, DISPOSITION_HELD);
    const status found = desk_open(&w->desks[n], &e, &w->t->arena, &items, &count);
    CHECK_INT(desk_is_unreleased(&w->desks[n], &e), found == E_EXPIRED);
    trio_end(w->t, n);
    return found;
}

/* The roster that follows `before`, good for 30 days. */
static const struct roster *make_next(struct world *w, const struct roster *before,
                                      struct bytes *ret_note)
{
    struct roster *const next = arena_take(&w->t->paper, sizeof *next);

    CHECK(next != NULL);
    *next = *before;
    next->issued = w->t->now;
    next->expires = w->t->now + UINT64_C(30) * 86400000;
    cast_sign_roster(&w->t->cast, next, before, &w->t->paper, ret_note);
    return next;
}

static void install(struct world *w, size_t n, struct bytes note)
{
    trio_begin(w->t, n);
    CHECK_OK(exchange_install_roster(w->t->nodes[n].exchange, note));
    trio_end(w->t, n);
}

static void waits_unread_for_the_next_roster(void)
{
    struct world *const w = make();
    struct trio *const t = w->t;
    struct bytes note = {0};
    const struct roster *const second = make_next(w, &t->roster, &note);
    const millis frozen = second->expires + ROSTER_GRACE_MS;

    for (size_t n = 0; n < TRIO_NODES; n++)
        install(w, n, note);
    t->now = frozen - 3600000;
    settle(w);
    const struct parent early = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    CHECK_OK(opened(w, BRAVO, &early));
    w->hold = true;
    const struct parent late = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    t->now = frozen;
    w->hold = false;
    settle(w);

    CHECK_STATUS(opened(w, BRAVO, &late), E_EXPIRED);
    CHECK_OK(opened(w, BRAVO, &early)); /* it came in time */
    CHECK_OK(opened(w, ALFA, &late));   /* its own */
    /* It outlasts a restart, and the next roster ends it. */
    restart(w, BRAVO);
    CHECK_STATUS(opened(w, BRAVO, &late), E_EXPIRED);
    (void)make_next(w, second, &note);
    install(w, BRAVO, note);
    CHECK_OK(opened(w, BRAVO, &late));
    done(w);
}

CASES(CASE(waits_unread_for_the_next_roster))
