#include "audit_part.h"

#include "proof_lines.h"
#include "text.h"

#include <string.h>

enum {
    /* The largest entry as text: its header, and content with salts. */
    ENTRY_ROOM = 2 * (CONTENT_BYTES_MAX + HEADER_BYTES_MAX),
    PART_ENTRIES = 500,
    PART_SKIPPED = 20000, /* groups that are looked at outside the period */
    TAIL_LEAVES = 5000,
};

/* --- groups --- */

static status find_leaves(struct audit_part *w, sequence index)
{
    const struct store *const s = &w->desk->exchange->store;

    arena_reset(w->desk->scratch);
    return s->ops->group_find(s->self, &w->log.id, index, w->desk->scratch, &w->group);
}

/* E_UNKNOWN: the log ends before it. */
static status find_group(struct audit_part *w, sequence index)
{
    ENSURE(index < w->end, E_UNKNOWN);
    return find_leaves(w, index);
}

static sequence group_end(const struct audit_part *w)
{
    return w->group.first + w->group.count;
}

static struct hash group_leaf(const struct audit_part *w, sequence index)
{
    struct hash leaf;

    memcpy(leaf.bytes, w->group.leaves.at + (index - w->group.first) * HASH_SIZE,
           HASH_SIZE);
    return leaf;
}

/* Of an epoch that was given up peers give the hashes back, and its entries nobody has. */
status audit_part_end(struct audit_part *w)
{
    const struct store *const s = &w->desk->exchange->store;
    status found = E_UNKNOWN;

    w->end = w->ended ? w->log.frontier.size : UINT64_MAX;
    while (w->ended && found == E_UNKNOWN && w->end > 0) {
        struct entry_row e = {0};
        TRY(find_leaves(w, w->end - 1));
        const sequence first = w->group.first;
        found = s->ops->entry_find(s->self, &w->log.id, first, w->desk->scratch, &e);
        ENSURE(found == OK || found == E_UNKNOWN, found);
        w->end = found == OK ? w->end : first;
    }
    return OK;
}

/* The next group is the last one before the period, or none is before it. */
static status is_last_before(struct audit_part *w, bool *ret)
{
    const millis since = w->at.period.since;

    *ret = w->group.at >= since;
    if (*ret)
        return OK;
    const status s = find_group(w, group_end(w));
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == E_UNKNOWN || w->group.at >= since;
    return OK;
}

/* What is skipped is in the file as the frontier of its leaves. */
static status skip(struct audit_part *w)
{
    struct frontier *const f = &w->at.frontier;
    bool is_last = false;

    for (size_t i = 0; i < PART_SKIPPED; i++) {
        TRY(find_group(w, f->size));
        TRY(is_last_before(w, &is_last));
        if (is_last) {
            w->at.phase = AUDIT_PHASE_IN;
            return OK;
        }
        TRY(find_group(w, f->size));
        for (const sequence end = group_end(w); f->size < end;) {
            const struct hash leaf = group_leaf(w, f->size);
            frontier_append(f, &leaf);
        }
    }
    return OK;
}

/* --- what is written --- */

static status put_head(struct audit_part *w, const struct proof *p)
{
    struct arena *const a = w->desk->exchange->arena;
    const struct stream_id *const log = &w->log.id;
    char epoch[EPOCH_TEXT_ROOM];
    struct bytes frontier = {0};

    epoch_write(&log->epoch, epoch);
    TRY(frontier_encode(&w->at.frontier, a, &frontier));
    write_text(&w->text, "flagpost/audit/v1\n");
    proof_put_hex(&w->text, "realm", bytes_of(w->source.realm.bytes, HASH_SIZE));
    proof_put_base64(&w->text, "root", p->roots[0].bytes);
    write_text(&w->text, "agency ");
    write_text(&w->text, log->agency.text);
    write_text(&w->text, "\nepoch ");
    write_text(&w->text, epoch);
    write_text(&w->text, "\n");
    proof_put_decimal(&w->text, "since", w->at.period.since);
    proof_put_decimal(&w->text, "until", w->at.period.until);
    proof_put_base64(&w->text, "before", frontier);
    return OK;
}

status audit_part_roster(struct audit_part *w, uint32_t version)
{
    struct proof *const p = arena_take(w->desk->exchange->arena, sizeof *p);

    ENSURE(p != NULL, E_MEMORY);
    TRY(proof_log_roster(w->making, version, p));
    if (w->at.roster == 0)
        TRY(put_head(w, p));
    if (w->at.roster != version)
        proof_put_base64(&w->text, "roster", p->roster.bytes);
    w->at.roster = version;
    return OK;
}

static status put_rows(struct audit_part *w, const struct entry_row *e)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    TRY(desk_open(w->desk, e, w->desk->exchange->arena, &items, &count));
    for (size_t i = 0; i < count; i++) {
        proof_put_hex(&w->text, "salt", bytes_of(items[i].salt, SALT_SIZE));
        proof_put_base64(&w->text, "value", items[i].item);
    }
    return OK;
}

static status put_entry(struct audit_part *w)
{
    struct exchange *const x = w->desk->exchange;
    struct frontier *const f = &w->at.frontier;
    const size_t mark = arena_mark(x->arena);
    struct entry_row e = {0};

    TRY(x->store.ops->entry_find(x->store.self, &w->log.id, f->size, x->arena, &e));
    proof_put_decimal(&w->text, "entry", f->size);
    proof_put_base64(&w->text, "header", e.header);
    if (e.kind == KIND_AUDIT && asked_is_in(&w->at.period, w->group.at))
        TRY(put_rows(w, &e));
    arena_rewind(x->arena, mark);
    frontier_append(f, &e.leaf);
    return OK;
}

static status put_head_note(struct audit_part *w)
{
    struct arena *const a = w->desk->exchange->arena;
    const size_t mark = arena_mark(a);
    struct bytes note = {0};

    TRY(proof_log_head(w->making, w->at.frontier.size, &note));
    proof_put_base64(&w->text, "checkpoint", note);
    arena_rewind(a, mark);
    return OK;
}

/* Whether nothing of the period comes behind the group: what a clock that was ahead has
 * sealed is past it, and the rows after it, once the clock is right again, are not.  Looks
 * at PART_SKIPPED groups; `w->group` is another one afterwards. */
static status is_over(struct audit_part *w, bool *ret)
{
    const sequence next = group_end(w);
    bool over = w->group.at >= w->at.period.until && next > w->goes_on;
    status s = OK;

    for (size_t i = 0; over && i < PART_SKIPPED; i++) {
        s = find_group(w, i == 0 ? next : group_end(w));
        ENSURE(s == OK || s == E_UNKNOWN, s);
        if (s == E_UNKNOWN)
            break;
        over = w->group.at >= w->at.period.until;
        w->goes_on = over ? w->goes_on : w->group.first;
    }
    *ret = over || next >= w->end;
    return OK;
}

/* Entries with a checkpoint after each group, but for the last, which witnesses have signed
 * as well. */
static status put_entries(struct audit_part *w)
{
    struct frontier *const f = &w->at.frontier;
    bool over = false;

    while (w->entries < PART_ENTRIES && w->text.room - w->text.size > ENTRY_ROOM) {
        TRY(find_group(w, f->size));
        if (w->group.roster_version != w->at.roster)
            TRY(audit_part_roster(w, w->group.roster_version));
        TRY(put_entry(w));
        w->entries++;
        if (f->size < group_end(w))
            continue;
        TRY(is_over(w, &over));
        if (over) {
            w->at.phase = AUDIT_PHASE_BEHIND;
            return OK;
        }
        TRY(put_head_note(w));
    }
    return OK;
}

static status put_leaves(struct audit_part *w, sequence to)
{
    struct frontier *const f = &w->at.frontier;

    while (f->size < to) {
        TRY(find_leaves(w, f->size));
        for (const sequence end = group_end(w); f->size < to && f->size < end;) {
            const struct hash leaf = group_leaf(w, f->size);
            proof_put_base64(&w->text, "leaf", bytes_of(leaf.bytes, HASH_SIZE));
            frontier_append(f, &leaf);
        }
    }
    return OK;
}

/* What others hold of an epoch that was given up and is not here is counted by its hashes.
 */
static status put_close(struct audit_part *w)
{
    const sequence size = w->log.frontier.size;

    if (w->at.frontier.size < size && size - w->end <= TAIL_LEAVES) {
        TRY(put_leaves(w, size));
        TRY(put_head_note(w));
    }
    write_text(&w->text, "closed\n");
    return OK;
}

/* The last checkpoint, and up to where as many have cosigned as the quorum asks for. */
static status put_tail(struct audit_part *w, bool now)
{
    struct frontier *const f = &w->at.frontier;
    struct proof_log_heads *const heads =
        arena_take(w->desk->exchange->arena, sizeof *heads);
    const sequence from = f->size;

    ENSURE(heads != NULL, E_MEMORY);
    TRY(proof_log_heads(w->making, f->size, heads));
    if (!heads->witnessed && !now) {
        w->state = "wait";
        return OK;
    }
    for (size_t i = 0; i < heads->count && heads->sizes[i] - from <= TAIL_LEAVES; i++) {
        TRY(put_leaves(w, heads->sizes[i]));
        proof_put_base64(&w->text, "checkpoint", heads->notes[i]);
    }
    TRY(find_group(w, from - 1));
    if (w->ended && w->group.at < w->at.period.until)
        TRY(put_close(w));
    write_text(&w->text, "end\n");
    w->state = "done";
    return OK;
}

status audit_part(struct audit_part *w, bool now)
{
    w->state = "more";
    if (w->at.phase == AUDIT_PHASE_BEFORE)
        TRY(skip(w));
    if (w->at.phase == AUDIT_PHASE_IN)
        TRY(put_entries(w));
    return w->at.phase == AUDIT_PHASE_BEHIND ? put_tail(w, now) : OK;
}
