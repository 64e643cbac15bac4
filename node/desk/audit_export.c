#include "audit_part.h"
#include "text.h"

/*
 * The log of a period as a file that proves itself (audit.h).  It is made a part at a time,
 * each a row of the log that is durable before any of it leaves; where the next part begins
 * is told to the command and comes back from it.  What a command made of that would only
 * spoil its own file, which is judged before it is kept.
 */

enum {
    PART_BYTES = 2 * 1024 * 1024,
    CURSOR_ROOM = 64 + 8 + MERKLE_LEVELS_MAX * HASH_SIZE,
};

/* --- where it goes on --- */

static status cursor_write(const struct audit_cursor *at, struct arena *a,
                           struct bytes *ret)
{
    struct writer w = writer_over(arena_take(a, CURSOR_ROOM), CURSOR_ROOM);
    struct bytes frontier = {0};

    ENSURE(w.at != NULL, E_MEMORY);
    TRY(frontier_encode(&at->frontier, a, &frontier));
    write_u8(&w, (uint8_t)at->phase);
    write_u32(&w, at->roster);
    write_u64(&w, at->period.since);
    write_u64(&w, at->period.until);
    write_bytes(&w, frontier);
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static status cursor_read(struct call *c, struct bytes from, struct audit_cursor *ret)
{
    struct reader r = {.rest = from};
    const uint8_t phase = read_u8(&r);

    ret->phase = (enum audit_phase)phase;
    ret->roster = read_u32(&r);
    ret->period.since = read_u64(&r);
    ret->period.until = read_u64(&r);
    if (!r.bad && phase >= AUDIT_PHASE_BEFORE && phase <= AUDIT_PHASE_BEHIND &&
        frontier_decode(r.rest, &ret->frontier) == OK &&
        (phase != AUDIT_PHASE_BEHIND || (ret->roster > 0 && ret->frontier.size > 0)))
        return OK;
    c->sentence = "the place where the export goes on is not one that this node gave";
    return E_USAGE;
}

static status begin(struct desk *d, struct call *c, struct audit_cursor *ret)
{
    const struct bytes given = control_argument(&c->parsed, "cursor");
    const millis now = d->exchange->now;

    if (given.size > 0)
        return cursor_read(c, given, ret);
    *ret = (struct audit_cursor){.phase = AUDIT_PHASE_BEFORE};
    TRY(asked_period(c, &ret->period));
    /* Of what is to come nothing can be shown: the row of this very question is the end. */
    if (ret->period.until == 0 || ret->period.until > now)
        ret->period.until = now;
    if (ret->period.since < ret->period.until)
        return OK;
    c->sentence = "--since is still to come";
    return E_USAGE;
}

static status log_export(struct desk *d, struct call *c, const struct audit_cursor *at,
                         const char *use)
{
    struct arena *const a = d->exchange->arena;
    char since[TIME_TEXT_ROOM];
    char until[TIME_TEXT_ROOM];

    time_write(at->period.since, since);
    time_write(at->period.until, until);
    struct item_audit row = {
        .operation = AUDIT_DISCLOSE,
        .justification = control_argument(&c->parsed, "purpose"),
        .outcome = bytes_of_text(desk_text(a, "log exported for ", use, ", from ",
                                           at->period.since == 0 ? "its beginning" : since,
                                           " to ", until, ", entry ",
                                           desk_number(a, at->frontier.size), NULL))};
    return desk_audit(d, c, &row);
}

status audit_export_prepare(struct desk *d, struct call *c)
{
    struct audit_part *const w = arena_take(d->exchange->arena, sizeof *w);
    const char *use = NULL;

    ENSURE(w != NULL, E_MEMORY);
    *w = (struct audit_part){.desk = d};
    TRY(audit_log_find(d, c, &w->log));
    w->ended =
        !stream_id_equal(&w->log.id, &d->exchange->own[lane_rank(LANE_LOCAL)].row.id);
    TRY(audit_use(d, c, &use));
    if (control_argument(&c->parsed, "purpose").size == 0) {
        c->sentence = "say what the export is for: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(begin(d, c, &w->at));
    /* Behind the period there are hashes alone. */
    if (w->at.phase != AUDIT_PHASE_BEHIND)
        TRY(log_export(d, c, &w->at, use));
    c->work = w;
    return OK;
}

/* Earlier logs that are here and stand in files of their own: "2-0a1b 3-4c5d". */
struct earlier {
    struct desk *desk;
    const char *text;
};

static status each_log(void *context, const struct stream_row *row)
{
    struct earlier *const e = context;
    const struct exchange *const x = e->desk->exchange;
    char epoch[EPOCH_TEXT_ROOM];

    if (!row->own || row->id.lane != LANE_LOCAL ||
        !agency_id_equal(&row->id.agency, &x->self) ||
        stream_id_equal(&row->id, &x->own[lane_rank(LANE_LOCAL)].row.id))
        return OK;
    epoch_write(&row->id.epoch, epoch);
    e->text = desk_text(x->arena, e->text, e->text[0] == '\0' ? "" : " ", epoch, NULL);
    return OK;
}

static status open_log(struct desk *d, struct audit_part *w)
{
    struct arena *const a = d->exchange->arena;

    w->source = (struct proof_source){.journal = d->journal,
                                      .self = d->exchange->self,
                                      .realm = d->exchange->realm,
                                      .root = bytes_of(d->root_note, d->root_size),
                                      .lean = true};
    w->text = writer_over(arena_take(a, PART_BYTES), PART_BYTES);
    ENSURE(w->text.at != NULL, E_MEMORY);
    TRY(proof_log_open(&w->source, &w->log.id, a, &w->making));
    TRY(audit_part_end(w));
    /* A part that goes on has its roster written already. */
    return w->at.roster == 0 ? OK : audit_part_roster(w, w->at.roster);
}

status audit_export_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct audit_part *const w = c->work;
    struct earlier earlier = {.desk = d, .text = ""};
    struct bytes cursor = {0};
    struct rows r;

    TRY(open_log(d, w));
    const status s = audit_part(w, control_argument(&c->parsed, "now").size > 0);
    if (s == E_UNKNOWN) {
        ret->status = E_UNKNOWN;
        ret->sentence = bytes_of_text(desk_text(
            d->exchange->arena, "entry ",
            desk_number(d->exchange->arena, w->at.frontier.size),
            " of the log cannot be opened here any more: `flagpost verify` tells what is "
            "wrong",
            NULL));
        return OK;
    }
    TRY(s);
    ENSURE(!w->text.bad, E_LIMIT);
    TRY(cursor_write(&w->at, d->exchange->arena, &cursor));
    rows_init(&r, d->exchange->arena, 1);
    if (!w->ended)
        TRY(journal_streams(d->journal, each_log, &earlier));
    rows_next(&r, 5);
    rows_text(&r, "earlier", earlier.text);
    rows_text(&r, "state", w->state);
    rows_bytes(&r, "cursor", cursor);
    rows_bytes(&r, "text", writer_bytes(&w->text));
    rows_bytes(&r, "root", w->source.root);
    rows_give(&r, ret);
    return OK;
}
