#include "verify_walk.h"

#include <stdio.h>
#include <string.h>

/*
 * One pass over each stream: entries in order, and every group closed when its last entry
 * has been seen.  What is found first stops its stream and no other.
 */

enum {
    ROWS_BYTES = 4 * 1024 * 1024,  /* the largest row the journal reads, and some */
    GROUP_BYTES = 2 * 1024 * 1024, /* a group's row */
    WORK_BYTES = 4 * 1024 * 1024,  /* a roster being parsed, or a header */
};

static void keep(struct verify_finding *f, sequence index, status why, const char *sentence)
{
    MUST(why != OK);
    if (f->why != OK && f->index <= index)
        return;
    f->why = why;
    f->index = index;
    (void)snprintf(f->sentence, sizeof f->sentence, "%s", sentence);
}

status verify_find(struct walk *w, sequence index, status why, const char *sentence)
{
    keep(&w->out->finding, index, why, sentence);
    return why;
}

status verify_part_find(struct verifying *v, enum verify_part part, sequence index,
                        status why, const char *sentence)
{
    keep(&v->totals->parts[part].finding, index, why, sentence);
    return why;
}

bool verify_is_returned(const struct walk *w)
{
    return w->row->own && !w->row->current && w->group.counts.size == 0;
}

/* Closes groups until the one that has the index is open. */
static status reach(struct walk *w, sequence index)
{
    while (!w->is_open || index >= w->group.first + w->group.count) {
        if (w->is_open)
            TRY(verify_group_close(w));
        TRY(verify_group_open(w));
    }
    return OK;
}

static status each_decision(void *context, const struct entry_row *e)
{
    struct verify_erased *const erased = context;

    if (e->stream.lane != LANE_LOCAL ||
        !agency_id_equal(&e->stream.agency, &erased->stream.agency))
        return OK;
    erased->decided = true;
    erased->decision = e->index;
    return OK;
}

/* The header of the decision names the record, so no key is needed to say which it was. */
static status tell_erased(struct walk *w, const struct entry_row *e)
{
    struct verifying *const v = w->v;
    struct verify_erased erased = {.stream = e->stream, .index = e->index, .record = e->id};

    if (e->disposition != DISPOSITION_ERASED || v->setup->erased == NULL)
        return OK;
    const size_t mark = arena_mark(&v->work);
    if (w->row->own)
        TRY(journal_naming(v->journal, &e->id, KIND_RETENTION, &v->work, each_decision,
                           &erased));
    arena_rewind(&v->work, mark);
    v->setup->erased(v->setup->context, &erased);
    return OK;
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct walk *const w = context;
    struct verifying *const v = w->v;

    if (e->index >= w->row->frontier.size)
        return verify_find(w, e->index, E_UNKNOWN, "an entry past the end of the stream");
    TRY(reach(w, e->index));
    if (w->row->own && e->index != w->next && !verify_is_returned(w))
        return verify_find(w, w->next, E_UNKNOWN, "the entry is missing");
    TRY(verify_entry(w, e));
    TRY(tell_erased(w, e));
    w->next = e->index + 1;
    w->out->entries++;
    v->entries++;
    if (v->setup->progress != NULL)
        v->setup->progress(v->setup->context, v->entries);
    return OK;
}

static bool frontier_equal(const struct frontier *a, const struct frontier *b)
{
    if (a->size != b->size || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!hash_equal(&a->nodes[i], &b->nodes[i]))
            return false;
    }
    return true;
}

static bool has_group_at(struct walk *w, sequence index)
{
    struct verifying *const v = w->v;
    struct group_row g;

    arena_reset(&v->group);
    return v->store.ops->group_find(v->store.self, &w->row->id, index, &v->group, &g) !=
           E_UNKNOWN;
}

/* The stream's own row against what the walk added up. */
static status check_row(struct walk *w)
{
    const struct stream_row *const row = w->row;
    const sequence size = row->frontier.size;

    if (has_group_at(w, size))
        return verify_find(w, size, E_COUNT, "a commit group past the end of the stream");
    if (!frontier_equal(&w->frontier, &row->frontier))
        return verify_find(w, size, E_HASH,
                           "the stream's running root is not that of its leaf hashes");
    if (row->own && row->complete != size)
        return verify_find(w, row->complete, E_COUNT, "the own stream is not complete");
    if (row->mine.count != w->mine.count || row->mine.last != w->mine.last)
        return verify_find(w, size, E_COUNT,
                           "the stream's count of entries for us is not what is held");
    for (size_t i = DISPOSITION_HELD; i < DISPOSITIONS; i++) {
        if (row->tally[i] != w->tally[i])
            return verify_find(w, size, E_COUNT,
                               "the stream's tally of dispositions is not what is held");
    }
    return OK;
}

static status walk_entries(struct walk *w)
{
    struct verifying *const v = w->v;

    arena_reset(&v->rows);
    const status s = journal_entries(v->journal, &w->row->id, 0, &v->rows, each_entry, w);
    if (s != OK && w->out->finding.why == OK)
        return verify_find(w, w->next, s, "an entry from here on cannot be read");
    TRY(s);
    while (w->frontier.size < w->row->frontier.size) {
        if (!w->is_open)
            TRY(verify_group_open(w));
        TRY(verify_group_close(w));
    }
    return check_row(w);
}

static void walk_stream(struct verifying *v, const struct stream_row *row)
{
    struct verify_stream out = {.id = row->id,
                                .own = row->own,
                                .quarantine = row->quarantine,
                                .size = row->frontier.size};
    struct walk w = {.v = v, .row = row, .out = &out};

    if (row->own != agency_id_equal(&row->id.agency, &v->setup->self))
        (void)verify_find(&w, 0, E_VALUE, "it is kept as another agency's stream");
    else
        status_ignore(walk_entries(&w)); /* what it found is in `out` */
    verify_receipts(&w);
    out.finding.proved = w.frontier.size;
    v->totals->streams++;
    v->totals->bad_streams += out.finding.why != OK;
    v->totals->entries += out.size;
    v->setup->stream(v->setup->context, &out);
}

/* --- all of them --- */

struct listing {
    struct verifying *v;
    bool own_lanes[LANES]; /* has a current stream */
    bool any_own;
    struct stream_id last_current;
};

static status each_stream(void *context, const struct stream_row *row)
{
    struct listing *const l = context;

    if (row->own) {
        l->any_own = true;
        l->own_lanes[lane_rank(row->id.lane)] |= row->current;
    }
    if (row->current) {
        if (l->last_current.lane == row->id.lane &&
            agency_id_equal(&l->last_current.agency, &row->id.agency))
            (void)verify_part_find(l->v, VERIFY_STREAMS, 0, E_ORDER,
                                   "two epochs of one lane are kept as the current one");
        l->last_current = row->id;
    }
    l->v->totals->parts[VERIFY_STREAMS].checked++;
    walk_stream(l->v, row);
    return OK;
}

/* All lanes start together. */
static void check_lanes(struct listing *l)
{
    for (size_t i = 0; l->any_own && i < LANES; i++) {
        if (!l->own_lanes[i])
            (void)verify_part_find(l->v, VERIFY_STREAMS, i, E_UNKNOWN,
                                   "an own stream is missing");
    }
}

/* What no stream's walk comes by: the inbox, times, who was sent what, drafts, keys. */
static void check_tables(struct verifying *v)
{
    const char *file = "";
    char sentence[VERIFY_SENTENCE_ROOM];
    const status s =
        journal_check_rows(v->journal, &file, &v->totals->parts[VERIFY_TABLES].checked);

    (void)snprintf(sentence, sizeof sentence,
                   "%s has a row that this node did not leave so, or lacks one", file);
    if (s != OK)
        (void)verify_part_find(v, VERIFY_TABLES, 0, s, sentence);
}

static status take_arena(struct arena *from, size_t size, struct arena *ret)
{
    void *const memory = arena_take(from, size);

    ENSURE(memory != NULL, E_MEMORY);
    arena_init(ret, memory, size);
    return OK;
}

status verify_journal(const struct verify_setup *setup, struct verify_totals *ret)
{
    struct verify_totals totals = {0};
    struct verifying v = {.setup = setup,
                          .journal = setup->journal,
                          .store = journal_store(setup->journal),
                          .totals = &totals};
    struct listing l = {.v = &v};

    TRY(take_arena(setup->arena, ROWS_BYTES, &v.rows));
    TRY(take_arena(setup->arena, GROUP_BYTES, &v.group));
    TRY(take_arena(setup->arena, WORK_BYTES, &v.work));
    v.newest = arena_take(setup->arena, sizeof *v.newest);
    v.past = arena_take(setup->arena, sizeof *v.past);
    ENSURE(v.newest != NULL && v.past != NULL, E_MEMORY);

    verify_documents(&v);
    verify_evidence(&v);
    /* The open statement holds SQLite's read transaction, so that all is read as it was at
     * one moment, whatever the running node adds meanwhile. */
    const status s = journal_streams(v.journal, each_stream, &l);
    if (s != OK)
        (void)verify_part_find(&v, VERIFY_STREAMS, 0, s,
                               "the list of streams cannot be read to its end");
    check_lanes(&l);
    check_tables(&v);
    *ret = totals;
    return OK;
}

bool verify_agrees(const struct verify_totals *t)
{
    bool good = t->bad_streams == 0;

    for (size_t i = 0; i < VERIFY_PARTS; i++)
        good = good && t->parts[i].finding.why == OK;
    return good;
}
