#include "lowered.h"

#include "regrade.h"
#include "rule.h"
#include "words.h"

/* The marking of today that the older one stands for; 0: it has none, or means nothing. */
static enum marking original_of(const struct record *r)
{
    enum marking m = (enum marking)0;

    if (r->report.original_marking.size == 0 ||
        regrade_marking(r->report.original_marking, &m) != OK)
        return (enum marking)0;
    return m;
}

static bool is_named(struct bytes person, struct bytes reason)
{
    return word_trim(person).size > 0 && word_trim(reason).size > 0;
}

static void refuse(struct desk *d, const struct publish_work *work, const char *mend)
{
    struct check c = {
        .record = work->record, .arena = d->exchange->arena, .findings = work->findings};

    rule_refuse(&c, "R12", "marking",
                "The marking would fall without a named person and a reason.", mend);
}

void lowered_publish(struct desk *d, const struct publish_work *work)
{
    const enum marking is = work->record->label.marking;

    if (work->has_draft || work->copying != NULL || is_named(work->person, work->reason) ||
        is == 0 || is >= original_of(work->record))
        return;
    refuse(
        d, work,
        "Mark it as its original says, or hand it in with `flagpost draft`: in assessing "
        "a person lowers it, with --person and --reason.");
}

/* Handing in may have lowered it already: its first step is held against the original. */
static status before_of(struct desk *d, struct call *c, const struct draft_work *work,
                        enum marking *ret)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const bool is_first = work->draft.hand_count == 2;
    struct record *const was = arena_take(a, sizeof *was);

    ENSURE(was != NULL, E_MEMORY);
    const status s = record_unpack(work->was, a, was);
    if (s != OK)
        c->sentence = "how the draft was marked before this step cannot be read, so "
                      "nobody can tell whether that falls (rule R12): discard it, and hand "
                      "the report in anew";
    TRY(s);
    const enum marking original = original_of(was);
    *ret = was->label.marking;
    if ((is_first || *ret == 0) && original > *ret)
        *ret = original;
    arena_rewind(a, mark);
    return OK;
}

status lowered_draft(struct desk *d, struct call *c, const struct draft_work *work,
                     bool *ret)
{
    const enum marking is = work->publication.record->label.marking;
    enum marking before = (enum marking)0;

    TRY(before_of(d, c, work, &before));
    *ret = is != 0 && is < before;
    if (*ret && !is_named(control_argument(&c->parsed, "person"),
                          control_argument(&c->parsed, "reason")))
        refuse(d, &work->publication,
               "Say who decided it and why, with --person and --reason; or leave it "
               "marked as it was.");
    return OK;
}
