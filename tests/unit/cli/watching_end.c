#include "watched.h"

/* One person's watches are bounded, and end with what he may do. */

/* One person's are bounded, and what is over takes no room. */
static void one_person_has_so_many(void)
{
    struct world *const w = make();
    const struct argued with[] = {{"words", "lorry"}, {"reason", "a test"}};
    struct watch over = {.id = {{1}}, .state = WATCH_ON, .uid = FIRST};

    settle(w);
    trio_begin(w->t, BRAVO);
    over.fields[SEEK_WORDS] = bytes_of_text("lorry");
    over.until = w->t->now;
    CHECK_OK(watch_put(&w->desks[BRAVO], &over));
    trio_end(w->t, BRAVO);
    for (size_t i = 0; i < WATCHES_OF_ONE_MAX; i++)
        CHECK_OK(ask(w, FIRST, "watch-add", with, COUNT_OF(with)));
    CHECK_STATUS(ask(w, FIRST, "watch-add", with, COUNT_OF(with)), E_LIMIT);
    CHECK_OK(ask(w, SECOND, "watch-add", with, COUNT_OF(with)));
    done(w);
}

static void those_of_who_may_not_read_any_more_go(void)
{
    struct world *const w = make();
    const struct argued set[] = {{"user", "uid:1001"}, {"roles", "submit"}};

    settle(w);
    index_all(w, BRAVO);
    for (size_t round = 0; round < 2; round++) {
        const record_id watch = watch_word(w, FIRST, "lorry");
        const record_id other = watch_word(w, SECOND, "lorry");
        CHECK(is_found(w, &watch, ALFA));
        CHECK_OK(ask(w, 0, round == 0 ? "operator-set" : "operator-remove", set,
                     round == 0 ? 2 : 1));
        CHECK_INT(state_of(w, &watch), 0);
        CHECK_INT(alerts_of(w, FIRST), 0);
        CHECK_INT(todos_of(w, FIRST), 0);
        CHECK(is_found(w, &other, ALFA));
    }
    watching_done(&w->desks[BRAVO]);
    done(w);
}

CASES(CASE(one_person_has_so_many), CASE(those_of_who_may_not_read_any_more_go))
