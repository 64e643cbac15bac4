#include "watched.h"

#include "tamper.h"
#include "tokens.h"

/* Watches and alerts are their operator's alone, an alert is told when he wants it, and a
 * watch that matches everything of a publisher takes no more of it until that is seen. */

static status each_walked(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    (void)row; /* only that there is one */
    ++*count;
    return OK;
}

static size_t walked(struct world *w, bool and_seen)
{
    size_t count = 0;

    CHECK_OK(alerts_walk(&w->desks[BRAVO], FIRST, and_seen, each_walked, &count));
    return count;
}

static void an_operators_watches_are_nobody_elses(void)
{
    struct world *const w = make();
    char id[RECORD_ID_TEXT_ROOM];

    settle(w);
    index_all(w, BRAVO);
    const record_id watch = watch_word(w, FIRST, "lorry");
    (void)publish_word(w, "lorry");
    (void)publish_word(w, "ferry");
    settle(w);
    index_all(w, BRAVO);
    CHECK_INT(alerts_of(w, FIRST), 0); /* not in the log yet */
    settle(w);
    CHECK_INT(alerts_of(w, FIRST), 1);
    CHECK_INT(todos_of(w, FIRST), 1);
    CHECK_INT(alerts_of(w, SECOND), 0);
    CHECK_INT(todos_of(w, SECOND), 0);
    CHECK_OK(ask(w, SECOND, "watch-list", NULL, 0));
    CHECK_INT(answered.row_count, 0);
    record_id_write(&watch, id);
    const struct argued end[] = {{"id", id}, {"reason", "not mine"}};
    CHECK_STATUS(ask(w, SECOND, "watch-end", end, COUNT_OF(end)), E_UNKNOWN);
    const struct argued all = {"all", "1"};
    CHECK_OK(ask(w, SECOND, "watch-seen", &all, 1));
    CHECK_INT(alerts_of(w, FIRST), 1);
    CHECK_OK(ask(w, FIRST, "watch-seen", &all, 1));
    CHECK_INT(alerts_of(w, FIRST), 0);
    CHECK_INT(todos_of(w, FIRST), 0);
    /* Seen, it is listed where it is asked for, and looked at nowhere else. */
    CHECK_INT(walked(w, false), 0);
    CHECK_INT(walked(w, true), 1);
    CHECK_OK(ask(w, FIRST, "watch-alerts", &all, 1));
    CHECK_INT(answered.row_count, 1);
    const struct argued done_with[] = {{"id", id}, {"reason", "done"}};
    CHECK_OK(ask(w, FIRST, "watch-end", done_with, COUNT_OF(done_with)));
    CHECK_INT(walked(w, true), 0);
    watching_done(&w->desks[BRAVO]);
    done(w);
}

/* An alert of another record, as if it had been raised. */
static void put_alert(struct world *w, const record_id *watch, size_t number)
{
    struct alert a = {.id = {{1}},
                      .watch = *watch,
                      .record = {.agency = w->t->cast.actors[ALFA].id},
                      .state = ALERT_NEW,
                      .uid = FIRST};

    memcpy(a.id.bytes + 1, &number, sizeof number);
    memcpy(a.record.id.bytes, &number, sizeof number);
    CHECK_OK(alert_put(&w->desks[BRAVO], &a));
}

static bool todo_says(struct world *w, const char *text)
{
    CHECK_INT(todos_of(w, FIRST), 1);
    const struct bytes what = control_value(&answered.rows[0], "what");
    return memmem(what.at, what.size, text, strlen(text)) != NULL;
}

/* Whoever publishes what everybody watches blinds nobody to the others. */
static void one_takes_so_much_of_each_publisher_until_it_is_seen(void)
{
    struct world *const w = make();
    char full[64] = "watch ";

    settle(w);
    index_all(w, BRAVO);
    const record_id watch = watch_word(w, FIRST, "lorry");
    record_id_write(&watch, full + 6);
    (void)snprintf(full + 14, sizeof full - 14, " takes no more from %s",
                   w->t->cast.actors[ALFA].id.text);
    trio_begin(w->t, BRAVO);
    for (size_t i = 0; i < WATCH_ALERTS_MAX - 1; i++)
        put_alert(w, &watch, i);
    trio_end(w->t, BRAVO);
    const struct parent last = publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    settle(w);
    CHECK(has_alert(w, &watch, &last));
    CHECK(todo_says(w, full));
    CHECK(!is_found(w, &watch, ALFA));
    CHECK(is_found(w, &watch, CHARLIE));
    /* One of them is seen: there is room for one. */
    trio_begin(w->t, BRAVO);
    CHECK_OK(watching_shown(&w->desks[BRAVO], FIRST, &last));
    trio_end(w->t, BRAVO);
    CHECK(!todo_says(w, "takes no more"));
    CHECK(is_found(w, &watch, ALFA));
    CHECK(todo_says(w, full));
    CHECK(!is_found(w, &watch, ALFA));
    const struct argued all = {"all", "1"};
    CHECK_OK(ask(w, FIRST, "watch-seen", &all, 1));
    CHECK_INT(todos_of(w, FIRST), 0);
    CHECK(is_found(w, &watch, ALFA));
    watching_done(&w->desks[BRAVO]);
    done(w);
}

static void damage(struct world *w, enum shelf_kind kind, const record_id *id)
{
    char text[RECORD_ID_TEXT_ROOM];
    char sql[160];

    record_id_write(id, text);
    (void)snprintf(
        sql, sizeof sql,
        "UPDATE shelf SET sealed = flip(sealed, 20) WHERE kind = %d AND id = x'%s'",
        (int)kind, text);
    watching_done(&w->desks[BRAVO]);
    trio_close(w->t, BRAVO);
    tamper(w->t->nodes[BRAVO].folder, sql);
    trio_open(w->t, BRAVO);
    open_desk(w, BRAVO);
}

static void a_damaged_one_stops_neither_the_others_nor_the_node(void)
{
    struct world *const w = make();

    settle(w);
    index_all(w, BRAVO);
    const record_id watch = watch_word(w, FIRST, "lorry");
    const record_id other = watch_word(w, FIRST, "ferry");
    const struct parent first = publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    settle(w);
    const record_id alert = alert_id(&w->desks[BRAVO], &watch, &first);
    damage(w, SHELF_ALERT, &alert);
    CHECK(is_found(w, &watch, ALFA));
    damage(w, SHELF_WATCH, &watch);
    const struct parent ferry = publish_word(w, "ferry");
    CHECK(!is_found(w, &watch, ALFA));
    CHECK(has_alert(w, &other, &ferry));
    CHECK(todo_says(w, "is damaged on the disk"));
    CHECK_OK(ask(w, FIRST, "watch-list", NULL, 0));
    CHECK_INT(answered.row_count, 1);
    CHECK(memmem(answered.sentence.at, answered.sentence.size, "damaged", 7) != NULL);
    CHECK_OK(ask(w, SECOND, "watch-list", NULL, 0));
    CHECK(memmem(answered.sentence.at, answered.sentence.size, "damaged", 7) == NULL);
    watching_done(&w->desks[BRAVO]);
    done(w);
}

static void one_that_has_a_last_day_ends_by_itself(void)
{
    struct world *const w = make();
    struct watch found;

    settle(w);
    index_all(w, BRAVO);
    const record_id id = watch_word(w, FIRST, "lorry");
    CHECK_OK(watch_find(&w->desks[BRAVO], &id, &w->t->paper, &found));
    found.until = w->t->now + 60000;
    trio_begin(w->t, BRAVO);
    CHECK_OK(watch_put(&w->desks[BRAVO], &found));
    trio_end(w->t, BRAVO);
    (void)publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    settle(w);
    CHECK_INT(alerts_of(w, FIRST), 1);
    w->t->now += 60000;
    (void)publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    settle(w);
    CHECK_INT(alerts_of(w, FIRST), 1);
    CHECK_OK(ask(w, FIRST, "watch-list", NULL, 0));
    CHECK_INT(answered.row_count, 0);
    CHECK_INT(state_of(w, &id), WATCH_ENDED);
    /* And is forgotten, as it says who was looked for. */
    w->t->now += UINT64_C(29) * 86400000;
    settle(w);
    CHECK_INT(state_of(w, &id), WATCH_ENDED);
    w->t->now += UINT64_C(86400000);
    settle(w);
    CHECK_INT(state_of(w, &id), 0);
    watching_done(&w->desks[BRAVO]);
    done(w);
}

static bool is_raised(struct world *w, const record_id *watch, const struct parent *of)
{
    const record_id id = alert_id(&w->desks[BRAVO], watch, of);
    struct shelf_row row;

    const status s =
        journal_shelf_find(w->t->nodes[BRAVO].journal, SHELF_ALERT, &id, &w->scratch, &row);
    CHECK(s == OK || s == E_UNKNOWN);
    return s == OK;
}

/* Looks at the record with ever more room in the arena, until that is enough. */
static void look_with_little_room(struct world *w, struct arena *a, const record_id *watch,
                                  struct watched *x)
{
    static struct entry_row entry;
    const size_t whole = a->room;
    size_t room = 0;
    status s = E_MEMORY;

    entry = *x->entry;
    entry.id.bytes[1]++;
    x->entry = &entry;
    const struct parent record = {.agency = entry.stream.agency, .id = entry.id};
    for (; s == E_MEMORY; room += 64) {
        CHECK(!is_raised(w, watch, &record));
        watching_changed(&w->desks[BRAVO]);
        a->room = a->used + room < whole ? a->used + room : whole;
        s = watching_match(&w->desks[BRAVO], x);
        a->room = whole;
    }
    CHECK_OK(s);
    CHECK(room > 64);
    CHECK(is_raised(w, watch, &record));
}

/* Else the record counts as looked at, and nobody is told of it. */
static void what_has_no_room_is_looked_at_again(void)
{
    struct world *const w = make();
    struct desk *const d = &w->desks[BRAVO];
    static struct record record;
    static uint64_t tokens[TOKENS_RECORD_MAX];
    static struct header header;
    struct arena small;
    struct token_set *set = NULL;

    settle(w);
    index_all(w, BRAVO);
    const record_id watch = watch_word(w, FIRST, "lorry");
    const struct entry_row entry = {
        .stream.agency = w->t->cast.actors[ALFA].id, .at = w->t->now + 1000, .id = {{7}}};
    record.text_count = 1;
    record.texts[0].text = bytes_of_text("lorry");
    CHECK_OK(token_set_make(d->keyring, &w->scratch, &set));
    tokens_of_record(&record, token_set_add, set);
    struct watched x = {.entry = &entry,
                        .header = &header,
                        .record = &record,
                        .number = UINT64_MAX,
                        .tokens = tokens,
                        .token_count = token_set_give(set, tokens)};
    trio_arena(&small, 1 << 20);
    trio_begin(w->t, BRAVO);
    d->scratch = &small;
    look_with_little_room(w, d->scratch, &watch, &x);
    look_with_little_room(w, d->exchange->arena, &watch, &x);
    d->scratch = &w->scratch;
    trio_end(w->t, BRAVO);
    free(small.at);
    watching_done(d);
    done(w);
}

static void one_that_was_held_is_told_when_the_quiet_hours_end(void)
{
    enum { HOUR_MS = 3600000, LOOK_MS = 1000 };
    struct world *const w = make();
    char hours[8];

    settle(w);
    index_all(w, BRAVO);
    (void)watch_word(w, FIRST, "lorry");
    const millis hour = w->t->now / HOUR_MS;
    (void)snprintf(hours, sizeof hours, "%u-%u", (unsigned)(hour % 24),
                   (unsigned)((hour + 2) % 24));
    const struct argued quiet = {"quiet", hours};
    CHECK_OK(ask(w, FIRST, "watch-set", &quiet, 1));
    (void)publish_word(w, "lorry");
    settle(w);
    index_all(w, BRAVO);
    const struct argued all = {"all", "1"};
    w->t->now = (hour + 2) * HOUR_MS - LOOK_MS;
    turn(w, BRAVO);
    CHECK_OK(ask(w, FIRST, "watch-alerts", &all, 1));
    CHECK_INT(answered.row_count, 1); /* it is there, and held */
    CHECK_INT(alerts_of(w, FIRST), 0);
    CHECK_INT(todos_of(w, FIRST), 0);
    w->t->now = (hour + 2) * HOUR_MS;
    turn(w, BRAVO);
    CHECK_INT(alerts_of(w, FIRST), 1);
    CHECK_INT(todos_of(w, FIRST), 1);
    watching_done(&w->desks[BRAVO]);
    done(w);
}

static millis at_hour(uint64_t hour)
{
    return (UINT64_C(20000) * 24 + hour) * 3600000 + 1234;
}

static void quiet_hours_hold_what_is_not_urgent(void)
{
    static const struct {
        uint32_t from, until, hour;
        bool urgent, holds_urgent;
        uint32_t told; /* hours later; 0: at once */
    } cases[] = {
        {22, 6, 21, false, false, 0}, {22, 6, 22, false, false, 8},
        {22, 6, 3, false, false, 3},  {22, 6, 6, false, false, 0},
        {22, 6, 3, true, false, 0},   {22, 6, 3, true, true, 3},
        {9, 17, 8, false, false, 0},  {9, 17, 9, false, false, 8},
        {9, 17, 16, false, false, 1}, {9, 17, 17, false, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct watcher w = {.is_quiet = true,
                                  .quiet_from = cases[i].from,
                                  .quiet_until = cases[i].until,
                                  .holds_urgent = cases[i].holds_urgent};
        struct alert a = {.urgent = cases[i].urgent};
        watcher_when(&w, at_hour(cases[i].hour), &a);
        CHECK_INT(a.state, cases[i].told == 0 ? ALERT_NEW : ALERT_HELD);
        if (cases[i].told > 0)
            CHECK_INT(a.due, at_hour(cases[i].hour + cases[i].told) - 1234);
    }
}

CASES(CASE(an_operators_watches_are_nobody_elses),
      CASE(one_takes_so_much_of_each_publisher_until_it_is_seen),
      CASE(a_damaged_one_stops_neither_the_others_nor_the_node),
      CASE(one_that_has_a_last_day_ends_by_itself),
      CASE(what_has_no_room_is_looked_at_again),
      CASE(one_that_was_held_is_told_when_the_quiet_hours_end),
      CASE(quiet_hours_hold_what_is_not_urgent))
