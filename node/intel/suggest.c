#include "flag.h"
#include "rule.h"
#include "terms.h"

/*
 * R8: flags that a report should carry and does not.  What it says of itself comes first,
 * then its offences, then its words; each is a proposal with its reason.
 */

struct suggesting {
    struct check *check;
    bool has[LISTS_FLAGS_MAX]; /* flags of the record, and those already proposed */
    bool refused;              /* a record without any flag is refused, once */
};

static size_t place_of(const struct lists *l, struct bytes flag)
{
    size_t i = 0;

    while (i < l->flag_count && !bytes_equal(l->flags[i], flag))
        i++;
    return i;
}

/* The record's own flags, and what was said of those that are none. */
static void mark_known(struct suggesting *s)
{
    const struct lists *const l = s->check->lists;
    const struct text_list *const flags = &s->check->record->facts.flags;
    const struct findings *const found = s->check->findings;

    for (size_t i = 0; i < flags->count; i++)
        s->has[place_of(l, flags->at[i])] = true;
    for (size_t i = 0; i < found->count; i++) {
        const struct edit *const e = &found->at[i].edit;
        if (e->what == EDIT_FLAG || e->what == EDIT_FLAG_MORE || e->what == EDIT_FLAG_ADD)
            s->has[place_of(l, e->value)] = true;
    }
}

static void propose(struct suggesting *s, size_t flag, const char *sentence,
                    const char *mend, bool sure)
{
    struct check *const c = s->check;
    const bool none = c->record->facts.flags_submitted.count == 0 && !s->refused;

    s->has[flag] = true;
    s->refused = s->refused || none;
    rule_add(
        c,
        (struct finding){
            .rule = "R8",
            .field = "flags",
            .severity = none ? SEVERITY_REFUSE : SEVERITY_ADVISE,
            .sentence =
                none ? "The record has no flag, so nobody could find it." : sentence,
            .mend = mend,
            .edit = {.what = EDIT_FLAG_ADD, .value = c->lists->flags[flag], .sure = sure},
        });
}

static bool said(void *context, const struct flag_find *find)
{
    struct suggesting *const s = context;
    const size_t flag = place_of(s->check->lists, find->flag);

    if (!s->has[flag])
        propose(
            s, flag, "The text carries a flag that the record does not.",
            rule_quote(s->check, "The text says ", find->flag, ": put it in the flags."),
            find->sure);
    return true;
}

static void by_offence(struct suggesting *s)
{
    struct check *const c = s->check;
    const struct text_list *const codes = &c->record->facts.offence_codes;
    const struct list_terms *const t = &c->lists->terms;

    for (size_t i = 0; i < t->suggest_count; i++) {
        const size_t flag = place_of(c->lists, t->suggests[i].flag);
        for (size_t k = 0; k < codes->count && !s->has[flag]; k++) {
            if (lists_offence_is(c->lists, codes->at[k], t->suggests[i].offence))
                propose(s, flag, "An offence belongs under a flag that the record lacks.",
                        rule_quote(c, "Its offence belongs under ", t->suggests[i].flag,
                                   ": put that in the flags, or take the offence out."),
                        false);
        }
    }
}

/* `It speaks of "small boat" and "migrants", as reports under OIMCR do: ...` */
static const char *term_reason(struct check *c, const struct term_search *t, size_t flag)
{
    enum { ROOM = 3 * SHORT_TEXT_MAX + 128 };
    char *const text = arena_take(c->arena, ROOM);

    if (text == NULL)
        return "Look whether a flag of the signed list belongs to it.";
    struct writer w = writer_over(text, ROOM - 1);
    write_text(&w, "It speaks of ");
    terms_write(t, flag, &w);
    write_text(&w, ", as reports under ");
    write_bytes(&w, c->lists->flags[flag]);
    write_text(&w, " do: put it in the flags if this is one.");
    return w.bad ? "Look whether a flag of the signed list belongs to it." : text;
}

static void by_terms(struct suggesting *s)
{
    struct check *const c = s->check;
    const struct record *const r = c->record;
    struct term_search *const t = arena_take(c->arena, sizeof *t);

    if (t == NULL || c->lists->terms.term_count == 0)
        return;
    terms_init(t, c->lists);
    terms_read(t, r->report.title);
    for (size_t i = 0; i < r->text_count; i++)
        terms_read(t, r->texts[i].text);
    for (size_t i = 0; i < c->lists->flag_count; i++) {
        if (!s->has[i] && terms_weight(t, i) >= LISTS_WEIGHT_ENOUGH)
            propose(s, i, "Its words are those of reports that carry another flag.",
                    term_reason(c, t, i), false);
    }
}

void suggest_check(struct check *c, const struct flag_set *all)
{
    const struct record *const r = c->record;
    struct suggesting s = {.check = c};
    size_t known = 0;

    mark_known(&s);
    for (size_t i = 0; i < c->lists->flag_count; i++)
        known += s.has[i];
    if (known == c->lists->flag_count)
        return; /* nothing to propose: the common case of one flag costs nothing */
    flag_scan(all, r->report.title, said, &s);
    for (size_t i = 0; i < r->text_count; i++)
        flag_scan(all, r->texts[i].text, said, &s);
    by_offence(&s);
    by_terms(&s);
    if (r->facts.flags_submitted.count == 0 && !s.refused)
        rule_refuse(c, "R8", "flags", "The record has no flag, so nobody could find it.",
                    "Put the flag that the record belongs under, for example #OIMCR.");
}
