#include "todo.h"

#include "case_desk.h"
#include "link_desk.h"
#include "operator.h"
#include "recall.h"
#include "shelf.h"
#include "watching.h"

#include <string.h>

enum { TODO_ROWS = 1000 };

static const struct todo_form {
    uint32_t number;
    const char *word;
    const char *mend;
} forms[] = {
#define TODO_FORM(name, number, word, mend) {number, word, mend},
    TODO_MAP(TODO_FORM)
#undef TODO_FORM
};

/* One row for each kind and thing, so both are in its key; keyed, because a key that is
 * 16 bytes of anything is nothing to guess at. */
static record_id todo_id(struct desk *d, enum todo_kind kind, const record_id *about)
{
    uint8_t room[32];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_text(&w, "todo");
    write_u32(&w, (uint32_t)kind);
    write_bytes(&w, bytes_of(about->bytes, sizeof about->bytes));
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

status desk_todo_open(struct desk *d, enum todo_kind kind, const record_id *about,
                      const char *sentence)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    /* Its kind is its state, and `due` the time it was opened: the oldest comes first. */
    struct shelf_row row = {.kind = SHELF_TODO,
                            .id = todo_id(d, kind, about),
                            .about = *about,
                            .state = (uint32_t)kind,
                            .due = d->exchange->now,
                            .changed = d->exchange->now};
    struct shelf_row there = {0};

    const status s = journal_shelf_find(d->journal, SHELF_TODO, &row.id, a, &there);
    arena_rewind(a, mark);
    if (s == OK)
        row.due = there.due;
    else if (s != E_UNKNOWN)
        return s;
    row.body = bytes_of_text(sentence);
    return journal_shelf_put(d->journal, &row);
}

status desk_todo_close(struct desk *d, enum todo_kind kind, const record_id *about)
{
    const record_id id = todo_id(d, kind, about);

    return journal_shelf_drop(d->journal, SHELF_TODO, &id);
}

status desk_todo_find(struct desk *d, enum todo_kind kind, const record_id *about,
                      struct bytes *ret_sentence, millis *ret_since)
{
    const record_id id = todo_id(d, kind, about);
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_TODO, &id, d->exchange->arena, &row));
    *ret_sentence = row.body;
    *ret_since = row.due;
    return OK;
}

/* --- the list --- */

/* NULL: made by a newer version. */
static const struct todo_form *form_find(uint32_t number)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (forms[i].number == number)
            return &forms[i];
    }
    return NULL;
}

/* An own record that was recalled or erased: nothing about it is to be mended. */
static status is_withdrawn(struct desk *d, const record_id *id, bool *ret)
{
    struct exchange *const x = d->exchange;
    const struct parent record = {.agency = x->self, .id = *id};
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct place place = {0};
    struct entry_row e = {0};
    bool recalled = false;

    TRY(x->store.ops->recalled(x->store.self, &record.agency, &record.id, &recalled));
    status s = x->store.ops->record_find(x->store.self, &record.agency, &record.id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index, a, &e);
    *ret = recalled || (s == OK && e.disposition == DISPOSITION_ERASED);
    arena_rewind(a, mark);
    return s == E_UNKNOWN ? OK : s;
}

/* The keyed digest by which a call is known here; its reference is shown only by what has
 * a row in the log, which takes the digest too (case_named). */
static status is_call(struct desk *d, const record_id *id, bool *ret)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct shelf_row row = {0};

    const status s = journal_shelf_find(d->journal, SHELF_OBLIGATION, id, a, &row);
    arena_rewind(a, mark);
    *ret = s == OK;
    return s == E_UNKNOWN ? OK : s;
}

const char *desk_todo_mend(struct arena *a, const char *mend, const record_id *id)
{
    const char *rest = mend;
    const char *text = "";
    char wanted[RECORD_ID_TEXT_ROOM];

    record_id_write(id, wanted);
    for (const char *at = strstr(rest, "ID"); at != NULL; at = strstr(rest, "ID")) {
        const char *const before = arena_text(a, bytes_of(rest, (size_t)(at - rest)));
        text = desk_text(a, text, before == NULL ? "" : before, wanted, NULL);
        rest = at + strlen("ID");
    }
    return desk_text(a, text, rest, NULL);
}

/* Of a call: which it is, and what closes it. */
static const char *case_mend(struct arena *a, const record_id *call)
{
    char key[RECORD_ID_TEXT_ROOM];

    record_id_write(call, key);
    key[CASE_KEY_DIGITS] = '\0';
    return desk_text(
        a, "see which call it is, and submit its document: flagpost case show ", key, NULL);
}

struct list {
    struct desk *desk;
    bool audits;   /* who asks may read the log */
    bool reads;    /* and records, or decide on them */
    record_id own; /* what the to-do of his watches is about */
    struct rows rows;
};

static status each(void *context, const struct shelf_row *row)
{
    struct list *const list = context;
    struct arena *const a = list->desk->exchange->arena;
    const struct todo_form *const form = form_find(row->state);
    struct bytes sentence = {0};
    bool withdrawn = false;
    bool call = false;

    if ((row->state == TODO_READING && !list->audits) ||
        ((row->state == TODO_LINK || row->state == TODO_TOLD) && !list->reads) ||
        (row->state == TODO_WATCH && !record_id_equal(&row->about, &list->own)))
        return OK;
    if (row->state == TODO_CODE || row->state == TODO_REFUSED ||
        row->state == TODO_OUTDATED || row->state == TODO_QUESTION)
        TRY(is_withdrawn(list->desk, &row->about, &withdrawn));
    if (row->state == TODO_LINK) {
        TRY(link_id_stands(list->desk, &row->about, &withdrawn));
        withdrawn = !withdrawn;
    }
    if (withdrawn)
        return OK;
    if (row->state == TODO_CASE)
        TRY(is_call(list->desk, &row->about, &call));
    TRY(arena_copy(a, row->body, &sentence));
    rows_next(&list->rows, 6);
    rows_text(&list->rows, "age", desk_age(a, row->due, list->desk->exchange->now));
    rows_time(&list->rows, "since", row->due);
    rows_text(&list->rows, "kind", form == NULL ? "" : form->word);
    rows_bytes(&list->rows, "what", sentence);
    if (call || row->state == TODO_READING || row->state == TODO_EXTRACT ||
        row->state == TODO_RESULTS || row->state == TODO_WATCH)
        rows_text(&list->rows, "record", "");
    else
        rows_id(&list->rows, "record", &row->about);
    rows_text(&list->rows, "do",
              call           ? case_mend(a, &row->about)
              : form == NULL ? ""
                             : desk_todo_mend(a, form->mend, &row->about));
    return list->rows.full ? E_LIMIT : OK;
}

status todo_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status todo_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct list list = {.desk = d, .own = watching_about(d, c->person.uid)};

    TRY(operator_may(d, c, DUTY_AUDIT, &list.audits));
    TRY(operator_may(d, c, DUTY_READ, &list.reads));
    if (!list.reads)
        TRY(operator_may(d, c, DUTY_DECIDE, &list.reads));
    rows_init(&list.rows, d->exchange->arena, TODO_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_TODO, (struct shelf_filter){0},
                                        d->scratch, each, &list);
    if (s != E_LIMIT)
        TRY(s);
    ret->sentence =
        bytes_of_text(list.rows.count == 0 ? "nothing is waiting for you"
                      : s == E_LIMIT       ? "these have waited longest; there are more"
                                           : "");
    rows_give(&list.rows, ret);
    return OK;
}
