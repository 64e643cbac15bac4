#include "inbox.h"
#include "indexing.h"
#include "reading.h"
#include "recall.h"
#include "seeking.h"
#include "text.h"
#include "words.h"

/*
 * Search over everything that is held or was published here.  What is asked goes into the
 * log as a keyed digest, with how many records are looked at for it and before any is
 * opened; each is compared with what was asked, and listed as the inbox lists it.  What it
 * says is shown by `show` alone.
 */

enum { LOOKED_AT_MAX = 50, ROWS_MAX = 50 };

struct search_work {
    struct seek *seek;
    struct token_found found;
    bool is_behind; /* records are here that have no tokens yet */
};

static status log_search(struct desk *d, struct call *c, size_t count)
{
    struct arena *const a = d->exchange->arena;
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text(desk_text(
                                 a, READING_SEARCH, desk_number(a, count),
                                 count == 1 ? " record" : " records", " looked at", NULL))};

    struct bytes fields[SEEK_FIELD_END] = {{0}};
    for (unsigned f = 1; f < SEEK_FIELD_END; f++)
        fields[f] =
            word_trim(control_argument(&c->parsed, seek_field_word((enum seek_field)f)));
    TRY(seeking_digest(d, fields, &row.digest));
    return desk_audit(d, c, &row);
}

static status find(struct desk *d, struct call *c, struct search_work *work)
{
    struct token_query *const query = arena_take(d->exchange->arena, sizeof *query);
    uint64_t before = 0;

    ENSURE(query != NULL, E_MEMORY);
    const struct bytes after = control_argument(&c->parsed, "after");
    if (after.size > 0 && decimal_decode(after, &before) != OK) {
        c->sentence = "--after takes the number that the list before ended with";
        return E_USAGE;
    }
    TRY(seeking_told(c, seeking_query(d, work->seek, query)));
    const status s =
        journal_tokens_find(d->journal, query, before, LOOKED_AT_MAX, &work->found);
    if (s != E_DAMAGED)
        return s;
    TRY(indexing_anew(d));
    return E_BUSY; /* in the next turn: it is being made again by then */
}

status search_prepare(struct desk *d, struct call *c)
{
    struct search_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    if (control_argument(&c->parsed, "purpose").size == 0 &&
        d->config->require_purpose != 0) {
        c->sentence = "say why you search: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(seeking_read(d, c, &work->seek));
    TRY(find(d, c, work));
    TRY(log_search(d, c, work->found.count));
    work->is_behind = !d->indexing.begun || d->indexing.more;
    c->work = work;
    const struct reading reading = {.outcome = bytes_of_text(READING_SEARCH)};
    return reading_note(d, c, &reading);
}

/* --- the answer --- */

struct listing {
    struct desk *desk;
    const struct search_work *work;
    struct seek_found found;
    size_t opened; /* others are counted nowhere: that would tell what they say */
    struct rows rows;
};

static status list_record(struct listing *l, const struct sought *x)
{
    struct desk *const d = l->desk;
    const struct parent record = {.agency = x->entry.stream.agency, .id = x->entry.id};
    struct inbox_entry one = {.entry = &x->entry, .header = &x->header, .marks = ""};

    l->opened++;
    seek_in(l->work->seek, &x->record, &l->found);
    if (!l->found.all)
        return OK;
    TRY(recall_marks(d, &record, &one.marks));
    TRY(inbox_row(d, &l->rows, &one));
    rows_text(&l->rows, "matched", seeking_text(d->exchange->arena, &l->found));
    return OK;
}

static status look_at(struct listing *l, uint64_t number)
{
    struct desk *const d = l->desk;
    struct sought *x = NULL;
    struct place place = {0};

    status s = journal_token_place(d->journal, number, &place);
    if (s == OK)
        s = seeking_open(d, &place, d->scratch, &x);
    if (s == OK)
        s = list_record(l, x);
    return s == E_UNKNOWN ? OK : s;
}

static const char *said(const struct listing *l, bool more)
{
    if (l->work->is_behind)
        return "records that are here are still being indexed: what is missing is found in "
               "a while";
    if (l->rows.count > 0)
        return "";
    return more ? "none of the newest that came into question" : "nothing here matches";
}

status search_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct listing l = {.desk = d, .work = c->work};
    const struct token_found *const f = &l.work->found;
    uint64_t next = f->before;
    size_t i = 0;

    rows_init(&l.rows, d->exchange->arena, ROWS_MAX + 1);
    for (; i < f->count && l.rows.count < ROWS_MAX; i++) {
        const size_t mark = arena_mark(d->scratch);
        const status s = look_at(&l, f->at[i]);
        arena_rewind(d->scratch, mark);
        TRY(s);
    }
    if (i < f->count)
        next = f->at[i - 1];
    ret->sentence = bytes_of_text(said(&l, next != 0));
    rows_next(&l.rows, 2);
    rows_text(&l.rows, "next", next == 0 ? "" : desk_number(d->exchange->arena, next));
    rows_number(&l.rows, "looked_at", l.opened);
    rows_give(&l.rows, ret);
    return OK;
}
