#include "restored.h"

#include "tail.h"

#include <fcntl.h>

/* What was erased after a backup is erased again when it is put back. */

static void erase(struct world *w, size_t n, const struct parent *record)
{
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("officer")};

    trio_begin(w->t, n);
    CHECK_OK(recall_erase(&w->desks[n], record, &why));
    trio_end(w->t, n);
}

/* As `statement --erased` leaves it. */
static void state_erased(struct world *w, size_t n, const struct parent *record)
{
    const struct recall_row row = {.record = *record,
                                   .state = RECALL_ERASED,
                                   .since = w->t->now,
                                   .person = recall_text(bytes_of_text("officer"))};

    erase(w, n, record);
    trio_begin(w->t, n);
    CHECK_OK(recall_row_put(&w->desks[n], &row));
    CHECK_OK(desk_todo_close(&w->desks[n], TODO_STATEMENT, &record->id));
    w->desks[n].recalls.all_said = false;
    trio_end(w->t, n);
}

/* As dispose_turn.c tells the holders, and then erases. */
static void dispose(struct world *w, const struct parent *record)
{
    const struct item item = {.kind = ITEM_RECALL,
                              .recall = {.id = record->id,
                                         .cause = RECALL_DISPOSED,
                                         .reason = bytes_of_text("disposed of"),
                                         .person = bytes_of_text("node"),
                                         .answer_by = w->t->now + 1000}};
    const struct recall_notice notice = {.kind = KIND_RECALL, .item = &item};
    struct recall_told told = {0};

    trio_begin(w->t, ALFA);
    CHECK_OK(recall_publish(&w->desks[ALFA], record, &notice, &told));
    trio_end(w->t, ALFA);
    erase(w, ALFA, record);
}

static void check_holder(bool restarts)
{
    struct world *const w = make();
    char saved[64];

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    const struct parent other = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    save(w, BRAVO, saved);
    settle(w);
    recall(w, &record);
    settle(w);
    state_erased(w, BRAVO, &record);
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    put_back(w, BRAVO, saved);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_HELD); /* its key is back */
    begin_epoch(w, BRAVO);
    CHECK(waits(w, BRAVO));
    if (restarts) {
        restart(w, BRAVO);
        CHECK_OK(again_load(&w->desks[BRAVO]));
        CHECK(waits(w, BRAVO));
    }
    settle(w);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_ERASED);
    CHECK_INT(place_of(w, BRAVO, &other), DISPOSITION_HELD);
    CHECK(!waits(w, BRAVO));
    CHECK_INT(todos(w, BRAVO), 0);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    done(w);
}

static void what_a_holder_stated_as_erased_is_erased_again(void)
{
    check_holder(false);
}

static void it_is_after_a_restart_in_between_as_well(void)
{
    check_holder(true);
}

static void what_its_owner_disposed_of_is_erased_again(void)
{
    struct world *const w = make();
    struct recall_row row = {0};
    char saved[64];

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    const struct parent withdrawn = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    save(w, ALFA, saved);
    settle(w);
    dispose(w, &record);
    recall(w, &withdrawn);
    settle(w);
    put_back(w, ALFA, saved);
    CHECK_INT(place_of(w, ALFA, &record), DISPOSITION_HELD);
    begin_epoch(w, ALFA);
    settle(w);
    CHECK(!waits(w, ALFA));
    CHECK_INT(place_of(w, ALFA, &record), DISPOSITION_ERASED);
    CHECK_INT(place_of(w, ALFA, &withdrawn),
              DISPOSITION_HELD); /* its owner answers for it */
    CHECK_OK(recall_row_find(&w->desks[ALFA], &withdrawn, &row));
    CHECK_INT(row.state, RECALL_OWN);
    done(w);
}

/* BRAVO did not have it when the backup was made; it is not sent now that it is gone. */
static void what_is_to_be_erased_is_not_issued_again_meanwhile(void)
{
    struct world *const w = make();
    size_t places = 0;
    char saved[64];

    settle(w);
    w->hold = true;
    const struct parent record = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    settle(w);
    save(w, ALFA, saved);
    dispose(w, &record);
    settle(w);
    put_back(w, ALFA, saved);
    begin_epoch(w, ALFA);
    w->hold = false;
    for (size_t i = 0; i < w->t->frame_count; i++) {
        if (w->t->frames[i].from == ALFA) /* of the machine that is gone */
            w->t->frames[i].to = TRIO_NODES;
    }
    settle(w);
    CHECK(!waits(w, ALFA));
    CHECK_INT(place_of(w, ALFA, &record), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &record), 0);
    trio_begin(w->t, ALFA);
    CHECK_OK(recall_place_count(&w->desks[ALFA], &record, &places));
    trio_end(w->t, ALFA);
    CHECK_INT(places, 1);
    done(w);
}

/* More than are erased at once, each made of the record. */
static void publish_copies(struct world *w, const struct parent *record)
{
    enum { BATCH = 400 };
    struct trio_batch b;

    for (size_t i = 0; i <= RECALL_DOWN_MAX; i++) {
        if (i % BATCH == 0)
            trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
        b.submission.id = (record_id){{9, (uint8_t)(i >> 8), (uint8_t)i}};
        b.submission.parent_count = 1;
        b.submission.parents = record;
        CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
        if (i % BATCH == BATCH - 1 || i == RECALL_DOWN_MAX) {
            trio_end(w->t, ALFA);
            settle(w);
        }
    }
}

static status add_disposal(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    *count += row->state == TODO_DISPOSAL;
    return OK;
}

static size_t disposals(struct world *w, size_t n)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_TODO,
                                (struct shelf_filter){0}, &w->scratch, add_disposal,
                                &count));
    return count;
}

/* Whoever makes so much of a record does not keep it readable where it was erased. */
static void what_more_was_made_of_than_is_erased_at_once_is_erased_itself(void)
{
    struct world *const w = make();
    const struct parent last = {
        .agency = w->t->cast.actors[ALFA].id,
        .id = {{9, (RECALL_DOWN_MAX - 1) >> 8, (RECALL_DOWN_MAX - 1) & 255}}};
    char saved[64];

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    save(w, BRAVO, saved);
    recall(w, &record);
    settle(w);
    state_erased(w, BRAVO, &record);
    settle(w);
    publish_copies(w, &record);
    put_back(w, BRAVO, saved);
    settle(w); /* the copies come, as to a restored node that waits for its epoch */
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_HELD);
    CHECK_INT(place_of(w, BRAVO, &last), DISPOSITION_HELD);
    begin_epoch(w, BRAVO);
    settle(w);
    CHECK(!waits(w, BRAVO));
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_ERASED);
    CHECK_INT(place_of(w, BRAVO, &last), DISPOSITION_ERASED);
    CHECK_INT(disposals(w, BRAVO), 1); /* of what is left of the copies */
    done(w);
}

/* In another epoch the peers are asked anew, whatever they were asked before. */
static void what_a_second_epoch_finds_is_erased_again(void)
{
    struct world *const w = make();
    char saved[64];

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    save(w, BRAVO, saved);
    recall(w, &record);
    settle(w);
    state_erased(w, BRAVO, &record);
    settle(w);
    put_back(w, BRAVO, saved);
    begin_epoch(w, BRAVO);
    turn(w, BRAVO); /* it asks, and nobody hears it */
    for (size_t i = 0; i < w->t->frame_count; i++)
        w->t->frames[i].to = TRIO_NODES;
    begin_epoch(w, BRAVO);
    for (size_t i = 0; i < 10 && waits(w, BRAVO); i++)
        settle(w);
    CHECK(!waits(w, BRAVO));
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_ERASED);
    done(w);
}

static void without_an_epoch_before_nothing_is_waited_for(void)
{
    struct world *const w = make();

    settle(w);
    trio_begin(w->t, ALFA);
    CHECK_OK(again_begin(&w->desks[ALFA], AGAIN_WAITING));
    trio_end(w->t, ALFA);
    turn(w, ALFA);
    CHECK(!waits(w, ALFA));
    CHECK_OK(again_load(&w->desks[ALFA]));
    CHECK(!waits(w, ALFA));
    done(w);
}

static void tail_path(struct world *w, size_t n)
{
    (void)snprintf(w->desks[n].tail_path, sizeof w->desks[n].tail_path, "%s/tail",
                   w->t->nodes[n].folder);
}

/* Until the tail has its turn; what came of that. */
static status until_its_tail(struct world *w, size_t n)
{
    status s = OK;

    begin_epoch(w, n);
    w->rests[n] = true;
    for (size_t i = 0; i < 4 && s == OK; i++) {
        settle(w);
        trio_begin(w->t, n);
        s = again_turn(&w->desks[n]);
        trio_end(w->t, n);
    }
    return s;
}

static void check_kept(bool is_link)
{
    struct world *const w = make();
    struct stat st;
    char saved[64];

    settle(w);
    save(w, BRAVO, saved);
    (void)publish(w, BRAVO, 1u << ALFA, NULL);
    settle(w);
    put_back(w, BRAVO, saved);
    tail_path(w, BRAVO);
    const char *const path = w->desks[BRAVO].tail_path;
    CHECK_INT(is_link ? symlink("elsewhere", path) : mkdir(path, 0700), 0);
    CHECK_STATUS(until_its_tail(w, BRAVO), E_STORAGE);
    CHECK(waits(w, BRAVO));
    CHECK(strstr(desk_error(&w->desks[BRAVO]), "tail") != NULL);
    CHECK_INT(lstat(path, &st), 0);
    CHECK_INT(is_link ? unlink(path) : rmdir(path), 0);
    done(w);
}

static void a_tail_that_cannot_be_opened_stays(void)
{
    check_kept(true);
}

static void a_tail_that_cannot_be_read_stays(void)
{
    check_kept(false);
}

/* Two frames that are none: each is refused once, however often there was no room. */
static void a_frame_without_room_is_read_again(void)
{
    static const char file[] = "\0\0\0\11no frame.\0\0\0\11no frame.";
    struct world *const w = make();
    struct desk *const d = &w->desks[BRAVO];
    _Alignas(max_align_t) uint8_t room[8];
    struct arena none;
    bool more = false;

    settle(w);
    tail_path(w, BRAVO);
    const int fd = open(d->tail_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK_INT(write(fd, file, sizeof file - 1), sizeof file - 1);
    CHECK_INT(close(fd), 0);
    arena_init(&none, room, sizeof room);
    trio_begin(w->t, BRAVO);
    d->exchange->arena = &none;
    CHECK_STATUS(tail_take(d, &more), E_MEMORY);
    CHECK_STATUS(tail_take(d, &more), E_MEMORY);
    d->exchange->arena = &w->t->arena;
    CHECK_OK(tail_take(d, &more));
    CHECK(more);
    CHECK_OK(tail_take(d, &more));
    CHECK(!more);
    CHECK_INT(d->tail.refused, 2);
    trio_end(w->t, BRAVO);
    done(w);
}

CASES(CASE(what_a_holder_stated_as_erased_is_erased_again),
      CASE(it_is_after_a_restart_in_between_as_well),
      CASE(what_its_owner_disposed_of_is_erased_again),
      CASE(what_is_to_be_erased_is_not_issued_again_meanwhile),
      CASE(what_more_was_made_of_than_is_erased_at_once_is_erased_itself),
      CASE(what_a_second_epoch_finds_is_erased_again),
      CASE(without_an_epoch_before_nothing_is_waited_for),
      CASE(a_tail_that_cannot_be_opened_stays), CASE(a_tail_that_cannot_be_read_stays),
      CASE(a_frame_without_room_is_read_again))
