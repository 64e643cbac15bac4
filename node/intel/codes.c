#include "flag_glyph.h"
#include "rule.h"
#include "words.h"

/*
 * R7: the crime identifier code and the offence codes.  Urgent intelligence is never
 * stopped by a form: whatever is wrong with the code, one leg is withheld and the rest
 * goes.
 */

/* The next letter or digit; blanks, hyphens and hidden characters do not count. */
static struct glyph next_letter(struct bytes b, size_t *at)
{
    struct glyph g = glyph_at(b, *at);

    while (g.kind == GLYPH_BLANK || g.kind == GLYPH_JOINER || g.kind == GLYPH_HIDDEN ||
           g.kind == GLYPH_HASH) {
        *at += g.size;
        g = glyph_at(b, *at);
    }
    *at += g.size;
    return g;
}

/* The same code but for case, blanks and hyphens; with `looks` also in characters that only
 * look like its own. */
static bool is_alike(struct bytes given, struct bytes code, bool looks)
{
    size_t i = 0;
    size_t k = 0;

    for (;;) {
        const struct glyph g = next_letter(given, &i);
        const struct glyph wanted = next_letter(code, &k);
        if (g.kind == GLYPH_END || wanted.kind == GLYPH_END)
            return g.kind == wanted.kind;
        if (g.kind != GLYPH_LETTER)
            return false;
        if (g.plain != wanted.plain &&
            !(looks && g.looks != 0 && g.looks == glyph_looks(wanted.plain)))
            return false;
    }
}

/* A list's codes, of one kind or the other, by place. */
typedef struct bytes code_at(const struct lists *l, size_t i);

static struct bytes crime_code_at(const struct lists *l, size_t i)
{
    return l->codes[i].code;
}

static struct bytes offence_code_at(const struct lists *l, size_t i)
{
    return l->offences[i].code;
}

/* The one code that can have been meant, or empty when there is none or several. */
static struct bytes meant(const struct check *c, struct bytes given, code_at *at,
                          size_t count)
{
    for (int looks = 0; looks < 2; looks++) {
        struct bytes only = {0};
        size_t alike = 0;
        for (size_t i = 0; i < count; i++) {
            if (!is_alike(given, at(c->lists, i), looks != 0))
                continue;
            only = at(c->lists, i);
            alike++;
        }
        if (alike > 0)
            return alike == 1 ? only : (struct bytes){0};
    }
    return (struct bytes){0};
}

static const char until_then[] =
    "? Until its code is right the record goes to nobody whose rule needs one, as the "
    "national database; everyone else gets it.";

/* `instead` empty: nothing can be proposed. */
static void withhold(struct check *c, const char *sentence, const char *mend,
                     struct bytes instead)
{
    rule_add(c, (struct finding){
                    .rule = "R7",
                    .field = "crime_code",
                    .severity = SEVERITY_WITHHOLD,
                    .sentence = sentence,
                    .mend = mend != NULL ? mend
                                         : "Until its code is right the record goes to "
                                           "nobody whose rule needs one, as the national "
                                           "database; everyone else gets it. Add the right "
                                           "code and publish a correction.",
                    .edit = {.what = instead.size > 0 ? EDIT_CODE : EDIT_NONE,
                             .value = instead,
                             .sure = instead.size > 0},
                });
}

static void unknown_code(struct check *c, struct bytes given)
{
    const struct bytes code = meant(c, given, crime_code_at, c->lists->code_count);

    withhold(
        c,
        rule_quote(c, "The crime identifier code ", given, " is not on the signed list."),
        code.size == 0 ? NULL : rule_quote(c, "Did you mean ", code, until_then), code);
}

static bool is_valid(const struct check *c, const struct list_code *code)
{
    return c->now >= code->from && (code->until == 0 || c->now < code->until);
}

/* Outside its dates: what replaced it is the mend, if that is valid. */
static void old_code(struct check *c, struct bytes given)
{
    const struct bytes now = lists_code_now(c->lists, given);
    const bool replaced =
        !bytes_equal(now, given) && is_valid(c, lists_code(c->lists, now));

    withhold(c, rule_quote(c, "The crime identifier code ", given, " is not valid today."),
             replaced ? rule_quote(c, "It was replaced: give ", now,
                                   ". Until its code is right the record goes to nobody "
                                   "whose rule needs one, as the national database; "
                                   "everyone else gets it.")
                      : NULL,
             replaced ? now : (struct bytes){0});
}

static bool has(const struct check *c, const struct list_condition *condition)
{
    const struct item_facts *const f = &c->record->facts;
    const struct text_list *const list = condition->of_flag ? &f->flags : &f->offence_codes;

    for (size_t i = 0; i < list->count; i++) {
        if (condition->of_flag ? bytes_equal(list->at[i], condition->what)
                               : lists_offence_is(c->lists, list->at[i], condition->what))
            return true;
    }
    return false;
}

/* The first combination that does not hold, or NULL: none that it excludes, and of those
 * that it requires one offence and one flag. */
static const struct list_condition *broken(const struct check *c, struct bytes code)
{
    const struct list_terms *const t = &c->lists->terms;
    const struct list_condition *wanted[2] = {NULL, NULL};
    bool found[2] = {false, false};

    for (size_t i = 0; i < t->condition_count; i++) {
        const struct list_condition *const one = &t->conditions[i];
        if (!bytes_equal(one->code, code))
            continue;
        if (one->excludes && has(c, one))
            return one;
        if (one->excludes)
            continue;
        found[one->of_flag] = found[one->of_flag] || has(c, one);
        if (wanted[one->of_flag] == NULL)
            wanted[one->of_flag] = one;
    }
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (wanted[i] != NULL && !found[i])
            return wanted[i];
    }
    return NULL;
}

static void wrong_company(struct check *c, const struct list_condition *condition)
{
    const char *const before = condition->excludes
                                   ? "The crime identifier code does not go with "
                                   : "The crime identifier code needs beside it ";
    const char *const after =
        condition->of_flag ? " among the flags." : " among the offences.";

    withhold(c, rule_quote(c, before, condition->what, after), NULL, (struct bytes){0});
}

static bool has_flag(const struct text_list *flags, struct bytes flag)
{
    for (size_t i = 0; i < flags->count; i++) {
        if (bytes_equal(flags->at[i], flag))
            return true;
    }
    return false;
}

static void check_code(struct check *c)
{
    const struct item_facts *const f = &c->record->facts;
    const struct list_code *const code = lists_code(c->lists, f->crime_code);

    if (f->crime_code.size == 0) {
        withhold(c, "The crime identifier code is missing.", NULL, (struct bytes){0});
        return;
    }
    if (code == NULL) {
        unknown_code(c, f->crime_code);
        return;
    }
    if (!is_valid(c, code)) {
        old_code(c, f->crime_code);
        return;
    }
    if (f->flags.count == 0)
        return; /* refused for its flag already; whether the code fits it, nobody knows */
    if (!has_flag(&f->flags, code->flag)) {
        withhold(c,
                 rule_quote(c, "The crime identifier code ", f->crime_code,
                            " belongs to another flag."),
                 NULL, (struct bytes){0});
        return;
    }
    const struct list_condition *const condition = broken(c, f->crime_code);
    if (condition != NULL)
        wrong_company(c, condition);
    else
        c->findings->code_is_right = true;
}

static void check_offences(struct check *c)
{
    const struct text_list *const codes = &c->record->facts.offence_codes;

    for (size_t i = 0; i < codes->count; i++) {
        if (lists_has_offence(c->lists, codes->at[i]))
            continue;
        const struct bytes code =
            meant(c, codes->at[i], offence_code_at, c->lists->offence_count);
        rule_add(c,
                 (struct finding){
                     .rule = "R7",
                     .field = rule_path(c, "offence_codes", i, NULL),
                     .severity = SEVERITY_ADVISE,
                     .sentence = rule_quote(c, "The offence code ", codes->at[i],
                                            " is not on the signed list."),
                     .mend = code.size > 0
                                 ? rule_quote(c, "Did you mean ", code, "?")
                                 : "Check it against the CJS offence list; it is sent as "
                                   "written.",
                     .edit = {.what = code.size > 0 ? EDIT_OFFENCE : EDIT_NONE,
                              .index = i,
                              .value = code,
                              .sure = code.size > 0},
                 });
    }
}

void codes_check(struct check *c)
{
    check_code(c);
    check_offences(c);
}
