#include "again.h"
#include "indexing.h"
#include "link_desk.h"
#include "recall.h"
#include "reconcile.h"
#include "request_desk.h"
#include "traces.h"
#include "unopened.h"
#include "urn.h"
#include "watching.h"

#include "todo.h"

/*
 * What the node does about recalls by itself, in the turn that stores them: it tells the
 * owner that opening is blocked, whether the record was opened here before, and which of
 * our own records were made of it; those it recalls in turn.  A record that arrives after
 * its recall is erased at the door: nobody has seen it.  What cannot be sent in this turn
 * waits on the shelf.
 */

enum { LOOK_MS = 1000, AGAIN_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000 };
enum { COPIES_NAMED_MAX = 64 }; /* to the owner; all are recalled */

struct answering {
    struct parent record;
    size_t item_count;
    struct item items[2 + COPIES_NAMED_MAX];
};

static struct item *answer_add(struct desk *d, struct answering *a, enum outcome_what what)
{
    struct item *const i = &a->items[a->item_count++];

    *i = (struct item){.kind = ITEM_OUTCOME,
                       .outcome = {.agency = a->record.agency,
                                   .id = a->record.id,
                                   .what = what,
                                   .at = d->exchange->now}};
    return i;
}

/* Our own record was made of what is recalled: it is recalled in turn. */
static status recall_copy(struct desk *d, struct answering *a, const struct parent *copy,
                          millis answer_by)
{
    struct exchange *const x = d->exchange;
    const struct item item = {
        .kind = ITEM_RECALL,
        .recall = {.id = copy->id,
                   .cause = RECALL_DERIVED,
                   .reason = bytes_of_text("what it was made of has been recalled"),
                   .person = bytes_of_text("node"),
                   .answer_by = answer_by}};
    const struct recall_notice notice = {.kind = KIND_RECALL, .item = &item};
    struct recall_told *const told = arena_take(x->arena, sizeof *told);
    char *const id = arena_take(x->arena, RECORD_ID_TEXT_ROOM);
    bool before = false;

    ENSURE(told != NULL && id != NULL, E_MEMORY);
    record_id_write(&copy->id, id);
    /* All are recalled, though one answer names no more than so many. */
    if (a->item_count < COUNT_OF(a->items))
        answer_add(d, a, OUTCOME_DERIVED)->outcome.reference = bytes_of_text(id);
    TRY(x->store.ops->recalled(x->store.self, &x->self, &copy->id, &before));
    if (before)
        return OK;
    TRY(recall_publish(d, copy, &notice, told));
    const struct recall_row row = {
        .record = *copy, .state = RECALL_OWN, .due = answer_by, .since = x->now};
    TRY(recall_row_put(d, &row));
    const struct item_audit audit = {.at = x->now,
                                     .operation = AUDIT_ALTER,
                                     .actor = bytes_of_text("node"),
                                     .has_object = true,
                                     .object_stream =
                                         x->own[lane_rank(LANE_IMMEDIATE)].row.id,
                                     .object = copy->id,
                                     .outcome = bytes_of_text("recalled: its source was")};
    return exchange_audit(x, &audit);
}

static status recall_own_copies(struct desk *d, struct answering *a, millis answer_by)
{
    struct recall_copies copies = {0};

    TRY(recall_copies(d, &a->record, &copies));
    for (size_t i = 0; i < copies.count; i++) {
        if (agency_id_equal(&copies.at[i].agency, &d->exchange->self))
            TRY(recall_copy(d, a, &copies.at[i], answer_by));
    }
    if (!copies.more)
        return OK;
    return desk_todo_open(d, TODO_STATEMENT, &a->record.id,
                          "recalled, and more was made of it here than is followed: find "
                          "your own copies with `flagpost trace` and recall each");
}

/* What is here of a record, by its places. */
enum here { HERE_NOTHING, HERE_ERASED, HERE_UNOPENABLE, HERE_HELD };

static enum here here_of(enum disposition d)
{
    switch (d) {
    case DISPOSITION_HELD:
        return HERE_HELD;
    case DISPOSITION_UNOPENABLE:
        return HERE_UNOPENABLE;
    case DISPOSITION_ERASED:
        return HERE_ERASED;
    case DISPOSITION_REFUSED:
    case DISPOSITION_WITHHELD:
        break;
    }
    return HERE_NOTHING;
}

/* The most that any of its places has. */
static status find_here(struct desk *d, const struct parent *record, enum here *ret)
{
    struct exchange *const x = d->exchange;
    enum here most = HERE_NOTHING;
    struct place place = {0};
    status s = recall_next_place(d, record, &place);

    for (; s == OK; s = recall_next_place(d, record, &place)) {
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch,
                                     &e));
        arena_rewind(d->scratch, mark);
        most = here_of(e.disposition) > most ? here_of(e.disposition) : most;
    }
    ENSURE(s == E_UNKNOWN, s);
    *ret = most;
    return OK;
}

/* Not in this turn: what was erased may still be in a file (say_gone). */
static void say_erased(struct desk *d, struct recall_row *row, const char *because)
{
    row->state = RECALL_ERASED;
    row->due = 0;
    row->person = recall_text(bytes_of_text("node"));
    row->reason = recall_text(bytes_of_text(because));
    d->recalls.all_said = false;
}

/* Nobody here has read it, so it is the node's to erase. */
static status erase_unread(struct desk *d, struct recall_row *row, const char *because)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text(because),
                                   .outcome = bytes_of_text("erased unread")};

    TRY(recall_erase(d, &row->record, &why));
    say_erased(d, row, because);
    return OK;
}

static status open_todo(struct desk *d, const struct parent *record,
                        const struct recall_found *found)
{
    char by[TIME_TEXT_ROOM] = "";

    if (found->answer_by != 0)
        time_write(found->answer_by, by);
    return desk_todo_open(
        d, TODO_STATEMENT, &record->id,
        desk_text(d->exchange->arena, record->agency.text, " has recalled it",
                  found->cause == RECALL_COMPROMISE ? " (compromise)" : "",
                  found->answer_by == 0 ? "" : "; statement due by ", by, NULL));
}

static status say_blocked(struct desk *d, struct answering *a, struct recall_row *row,
                          const struct recall_found *found)
{
    struct recall_openings opened = {0};

    TRY(recall_openings(d, &a->record, &opened));
    answer_add(d, a, OUTCOME_BLOCKED);
    if (opened.first != 0)
        answer_add(d, a, OUTCOME_OPENED)->outcome.at = opened.first;
    row->state = RECALL_ANSWERED;
    row->due = found->answer_by;
    return open_todo(d, &a->record, found);
}

/* An owner that has left the roster is not there to be told; what stands here is blocked
 * and recalled in turn all the same, and the others' recalls do not wait for it. */
static status tell_owner(struct desk *d, const struct answering *a)
{
    const struct peer *const owner = exchange_peer(d->exchange, &a->record.agency);

    if (owner == NULL || !owner->current || a->item_count == 0)
        return OK;
    return recall_answer(d, &a->record, a->items, a->item_count, 0);
}

/* E_LIMIT: it is held, and not to be erased by the node. */
static status answer_here(struct desk *d, struct answering *a, struct recall_row *row,
                          enum here here)
{
    switch (here) {
    case HERE_ERASED:
        say_erased(d, row, "erased before it was recalled");
        return OK;
    case HERE_UNOPENABLE:
        return erase_unread(d, row, "recalled by its owner; it could never be opened here");
    case HERE_HELD:
        ENSURE(row->state == RECALL_CAME_AFTER, E_LIMIT);
        return erase_unread(d, row, "recalled by its owner before it arrived");
    case HERE_NOTHING:
        break;
    }
    answer_add(d, a, OUTCOME_NOT_HELD);
    row->state = RECALL_NOT_HERE;
    return OK;
}

static status answer_one(struct desk *d, struct recall_row *row)
{
    struct exchange *const x = d->exchange;
    struct answering *const a = arena_take(x->arena, sizeof *a);
    struct recall_found found = {0};
    enum here here = HERE_NOTHING;

    ENSURE(a != NULL, E_MEMORY);
    a->record = row->record;
    TRY(recall_of(d, &a->record, x->arena, &found));
    TRY(find_here(d, &a->record, &here));
    const millis by =
        found.answer_by != 0 ? found.answer_by : x->now + (millis)RECALL_HOURS * HOUR_MS;
    status s = answer_here(d, a, row, here);
    /* Too much was made of it to be erased at once, or a hold is on it: a person's matter.
     */
    if (s == E_LIMIT || s == E_POLICY)
        s = say_blocked(d, a, row, &found);
    TRY(s);
    TRY(recall_own_copies(d, a, by));
    TRY(tell_owner(d, a));
    return recall_row_put(d, row);
}

struct pending {
    size_t count;
    struct recall_row rows[16];
};

static status each_pending(void *context, const struct shelf_row *shelf)
{
    struct pending *const p = context;

    if (p->count == COUNT_OF(p->rows))
        return OK;
    TRY(recall_row_read(shelf, &p->rows[p->count]));
    p->count++;
    return OK;
}

static status pending_of(struct desk *d, enum recall_state state, millis due_before,
                         struct pending *ret)
{
    const struct shelf_filter filter = {.state = (uint32_t)state, .due_before = due_before};

    return journal_shelf_walk(d->journal, SHELF_RECALL, filter, d->scratch, each_pending,
                              ret);
}

/* "Erased" is a signed word about files: it waits while a reader keeps a write-ahead log
 * from being emptied, over a restart as well. */
static status say_gone(struct desk *d, struct recall_row *row)
{
    struct answering *const a = arena_take(d->exchange->arena, sizeof *a);
    enum trace_state trace = TRACE_NONE;

    ENSURE(a != NULL, E_MEMORY);
    TRY(traces_state(d, &row->record, &trace));
    if (trace == TRACE_FOUND) {      /* a person's matter: there is a to-do */
        row->due = d->exchange->now; /* behind those that can be said */
        return recall_row_put(d, row);
    }
    a->record = row->record;
    struct item_outcome *const said = &answer_add(d, a, OUTCOME_ERASED)->outcome;
    said->person = bytes_of(row->person.at, row->person.size);
    said->reason = bytes_of(row->reason.at, row->reason.size);
    TRY(tell_owner(d, a));
    const struct recall_row stated = {
        .record = row->record, .state = RECALL_STATED, .since = row->since};
    return recall_row_put(d, &stated);
}

static status answer_all(struct desk *d, enum recall_state state, bool *ret_more)
{
    struct pending *const p = arena_take(d->exchange->arena, sizeof *p);

    ENSURE(p != NULL, E_MEMORY);
    TRY(pending_of(d, state, 0, p));
    for (size_t i = 0; i < p->count; i++)
        TRY(state == RECALL_ERASED ? say_gone(d, &p->rows[i]) : answer_one(d, &p->rows[i]));
    *ret_more = *ret_more || p->count == COUNT_OF(p->rows);
    return OK;
}

/* --- who has not answered --- */

static status remind(struct desk *d)
{
    struct exchange *const x = d->exchange;
    struct pending *const p = arena_take(x->arena, sizeof *p);

    ENSURE(p != NULL, E_MEMORY);
    TRY(pending_of(d, RECALL_OWN, x->now, p));
    for (size_t i = 0; i < p->count; i++) {
        struct recall_row *const row = &p->rows[i];
        const size_t mark = arena_mark(x->arena);
        const char *names = "";
        size_t missing = 0;
        TRY(recall_missing(d, &row->record, &names, &missing));
        if (missing > 0)
            TRY(desk_todo_open(d, TODO_STATEMENT, &row->record.id,
                               desk_text(x->arena,
                                         "overdue: your recall has no statement of ", names,
                                         NULL)));
        row->state = missing > 0 ? RECALL_OWN : RECALL_DONE;
        row->due = x->now + AGAIN_MS;
        TRY(recall_row_put(d, row));
        arena_rewind(x->arena, mark);
    }
    return OK;
}

/* As exchange_submit sees it.  Else each turn would write what it then cannot say. */
static bool may_answer(const struct exchange *x)
{
    return x->fence == OK && x->peers[x->self_number].current &&
           roster_age(&x->roster, x->now) != ROSTER_FROZEN;
}

static status work_off(struct desk *d)
{
    struct exchange *const x = d->exchange;
    bool more = false;

    if ((d->recalls.work || !d->recalls.started) && may_answer(x)) {
        TRY(answer_all(d, RECALL_NEW, &more));
        TRY(answer_all(d, RECALL_CAME_AFTER, &more));
        d->recalls.work = more;
        d->recalls.started = true;
    }
    if (!d->recalls.all_said && may_answer(x) && journal_erased_is_gone(d->journal) &&
        traces_are_settled(d)) {
        more = false;
        TRY(answer_all(d, RECALL_ERASED, &more));
        d->recalls.all_said = !more;
    }
    if (x->now - d->recalls.looked_at < LOOK_MS)
        return OK;
    d->recalls.looked_at = x->now;
    return remind(d);
}

status desk_recall_turn(struct desk *d)
{
    typedef status part(struct desk *);
    static part *const parts[] = {recall_arrivals, unopened_turn, reconcile_turn,
                                  asked_turn,      urn_turn,      again_turn,
                                  watching_turn,   links_turn,    work_off};

    /* Rows stay: what has no room in this turn, or cannot be said in it, ends neither the
     * node nor the turn's other parts, and is done in another. */
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const size_t mark = arena_mark(d->scratch);
        TRY(desk_part_ends(d, mark, parts[i](d)));
    }
    return OK;
}

bool desk_has_more(const struct desk *d)
{
    return reconcile_has_more(d) || indexing_has_more(d) || watching_has_more(d) ||
           links_have_more(d);
}
