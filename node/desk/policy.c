#include "desk.h"

#include "text.h"

/*
 * A dry run of other rules over past traffic: which agency would have gained or lost which
 * record.  Both answers come from routing_decide over the label in each header with today's
 * roster, one under the rules in force and one under those given, so that what differs is
 * the rules.  No content is opened; the look itself is logged all the same.
 */

/* All of it is done in one turn, in which the node does nothing else. */
enum { POLICY_ROWS = 5000, POLICY_RECORDS_MAX = 10000 };

struct policy_work {
    struct desk *desk;
    struct lists *rules; /* as given */
    struct rows rows;
    struct routing before, after;
    size_t records, changed, gained, lost;
    bool cut; /* there were more records than one call judges */
};

static struct bytes first_lines(struct bytes body, size_t count)
{
    struct bytes rest = body;
    struct bytes line = {0};

    for (size_t i = 0; i < count; i++) {
        if (!text_cut(&rest, '\n', &line))
            return body;
    }
    return bytes_of(body.at, body.size - rest.size);
}

static size_t count_lines(struct bytes body)
{
    struct bytes rest = body;
    struct bytes line = {0};
    size_t count = 0;

    while (text_cut(&rest, '\n', &line))
        count++;
    return count + (rest.size > 0);
}

/* Comments alone are no list, but nothing in them is wrong. */
static bool says_nothing(struct bytes body)
{
    struct bytes rest = body;
    struct bytes line = {0};

    while (text_cut(&rest, '\n', &line)) {
        if (line.size > 0 && line.at[0] != '#')
            return false;
    }
    return rest.size == 0 || rest.at[0] == '#';
}

/* The first line, from 1, at which the text stops being right.  It is read in order, so
 * what stands before that line reads alone and nothing after it mends it: halving finds it.
 */
static size_t fault_line(struct bytes body, const struct lists_head *head, struct arena *a)
{
    size_t right = 0;
    size_t wrong = count_lines(body);

    while (wrong > right + 1) {
        const size_t middle = right + (wrong - right) / 2;
        const struct bytes part = first_lines(body, middle);
        const size_t mark = arena_mark(a);
        struct bytes text = {0};
        const status s = lists_compose(part, head, a, &text);
        arena_rewind(a, mark);
        if (s == OK || (s == E_VALUE && says_nothing(part)))
            right = middle;
        else
            wrong = middle;
    }
    return wrong;
}

static status read_rules(struct desk *d, struct call *c, struct policy_work *work)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes body = control_argument(&c->parsed, "rules");
    const struct lists_head head = {.realm = d->exchange->realm,
                                    .version = d->lists->version + 1,
                                    .previous = d->lists->text_hash,
                                    .issued = d->exchange->now};
    struct bytes text = {0};
    char number[21] = {0};

    ENSURE(work->rules != NULL, E_MEMORY);
    if (body.size > NOTE_BYTES_MAX) {
        c->sentence = "the rules are larger than a signed list can be (64 KiB)";
        return E_LIMIT;
    }
    const status s = lists_compose(body, &head, a, &text);
    if (s == OK)
        return lists_read(text, &d->exchange->realm, work->rules);
    struct writer w = writer_over(number, sizeof number - 1);
    write_decimal(&w, fault_line(body, &head, a));
    c->sentence = desk_text(a, "line ", number, " of the rules: ", status_sentence(s),
                            "; node/intel/lists_routes.h has the grammar", NULL);
    return s == E_MEMORY ? s : E_VALUE;
}

status policy_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct policy_work *const work = arena_take(a, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    work->desk = d;
    work->rules = arena_take(a, sizeof *work->rules);
    if (purpose.size == 0 && d->config->require_purpose != 0) {
        c->sentence =
            "say why past traffic is looked at: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(read_rules(d, c, work));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = purpose,
                             .outcome = bytes_of_text("rules tried over past traffic")};
    TRY(desk_audit(d, c, &row));
    c->work = work;
    return OK;
}

static void decide(const struct policy_work *work, const struct header *h,
                   const struct lists *lists, struct routing *ret)
{
    const struct exchange *const x = work->desk->exchange;
    const struct routing_question q = {.label = &h->label,
                                       .owner = h->stream.agency,
                                       .roster = &x->roster,
                                       .lists = lists,
                                       .now = x->now};

    routing_decide(&q, ret);
}

static void give_change(struct policy_work *work, const struct header *h,
                        const struct route_decision *before,
                        const struct route_decision *after)
{
    struct rows *const r = &work->rows;
    const struct route_decision *const by =
        after->rule.size > 0 || after->yes ? after : before;

    work->gained += after->yes;
    work->lost += before->yes;
    if (r->count + 1 >= r->room)
        return; /* the sums go on */
    rows_next(r, 7);
    rows_text(r, "row", "change");
    rows_id(r, "id", &h->id);
    rows_agency(r, "owner", &h->stream.agency);
    rows_agency(r, "agency", &after->agency);
    rows_text(r, "change", after->yes ? "gains" : "loses");
    rows_bytes(r, "rule", by->rule); /* of a list that lives as long as the answer */
    rows_text(r, "reason", after->reason);
}

/* A record counts once, at its first place: its other entries carry it to single agencies.
 */
static status compare(struct policy_work *work, const struct entry_row *e,
                      const struct header *h)
{
    const struct exchange *const x = work->desk->exchange;
    struct place first = {0};
    bool differs = false;

    TRY(x->store.ops->record_find(x->store.self, &e->stream.agency, &e->id, &first));
    if (first.index != e->index || !stream_id_equal(&first.stream, &e->stream))
        return OK;
    decide(work, h, work->desk->lists, &work->before);
    decide(work, h, work->rules, &work->after);
    work->records++;
    for (size_t i = 0; i < work->after.count; i++) {
        const struct route_decision *const before = &work->before.at[i];
        const struct route_decision *const after = &work->after.at[i];
        if (before->yes == after->yes)
            continue;
        differs = true;
        give_change(work, h, before, after);
    }
    work->changed += differs;
    return OK;
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct policy_work *const work = context;
    struct header h;

    if (e->kind != KIND_INTELLIGENCE || e->header.size == 0)
        return OK;
    if (work->records == POLICY_RECORDS_MAX) {
        work->cut = true;
        return E_LIMIT;
    }
    TRY(header_decode(e->header, work->desk->scratch, &h));
    return compare(work, e, &h);
}

static status each_stream(void *context, const struct stream_row *row)
{
    struct policy_work *const work = context;

    const sequence size = row->frontier.size;

    if (row->id.lane == LANE_LOCAL)
        return OK;
    /* Of a long stream its newest part: what is judged should be like what will come. */
    work->cut = work->cut || size > POLICY_RECORDS_MAX;
    return journal_entries(work->desk->journal, &row->id,
                           size > POLICY_RECORDS_MAX ? size - POLICY_RECORDS_MAX : 0,
                           work->desk->scratch, each_entry, work);
}

status policy_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct policy_work *const work = c->work;

    rows_init(&work->rows, d->exchange->arena, POLICY_ROWS + 1);
    const status s = journal_streams(d->journal, each_stream, work);
    ENSURE(s == OK || (s == E_LIMIT && work->cut), s);
    rows_next(&work->rows, 6);
    rows_text(&work->rows, "row", "sum");
    rows_number(&work->rows, "records", work->records);
    rows_number(&work->rows, "changed", work->changed);
    rows_number(&work->rows, "gained", work->gained);
    rows_number(&work->rows, "lost", work->lost);
    rows_text(&work->rows, "all", work->cut ? "no" : "yes");
    rows_give(&work->rows, ret);
    ret->sentence = bytes_of_text(
        work->cut ? "there are more records than one call judges: these are 10000 at most, "
                    "and of each stream its newest.  Nothing was sent and no rule is in "
                    "force that was not before"
                  : "nothing was sent and no rule is in force that was not before");
    return OK;
}
