#include "force.h"
#include "rule.h"
#include "words.h"

#include <string.h>

/* R8: without "#" and blanks, in capitals. */
static status flag_form(struct bytes raw, struct arena *a, struct bytes *ret)
{
    struct bytes flag = word_trim(raw);

    while (flag.size > 0 && flag.at[0] == '#')
        flag = bytes_from(flag, 1);
    return word_capitals(word_trim(flag), a, ret);
}

/* The listed flag that is nearest and near enough to have been meant, or empty. */
static struct bytes nearest_flag(const struct lists *l, struct bytes flag)
{
    struct bytes nearest = {0};
    size_t least = WORD_NEAR + 1;

    for (size_t i = 0; i < l->flag_count; i++) {
        const size_t distance = word_distance(l->flags[i], flag);
        if (distance < least) {
            least = distance;
            nearest = l->flags[i];
        }
    }
    return nearest;
}

static void unknown_flag(struct check *c, size_t i, struct bytes flag)
{
    const struct bytes meant = nearest_flag(c->lists, flag);
    const char *const mend =
        meant.size == 0
            ? "Use a flag of the signed list, or ask for this one to be added to it."
            : rule_quote(c, "Did you mean ", meant, "? Correct the flag and send again.");

    rule_refuse(c, "R8", rule_path(c, "flags", i, NULL),
                rule_quote(c, "No flag ", c->record->facts.flags_submitted.at[i],
                           " is on the signed list."),
                mend);
}

/* Into a sorted set. */
static void insert_flag(struct text_list *set, struct bytes flag)
{
    size_t at = 0;

    while (at < set->count && bytes_compare(set->at[at], flag) < 0)
        at++;
    if (at < set->count && bytes_equal(set->at[at], flag))
        return;
    memmove(&set->at[at + 1], &set->at[at], (set->count - at) * sizeof set->at[0]);
    set->at[at] = flag;
    set->count++;
}

/* A known or nearly known flag that stands in the text as "#WORD", or empty. */
static struct bytes flag_in_text(const struct lists *l, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        size_t size = 0;

        if (text.at[i] != '#')
            continue;
        const struct bytes word = bytes_from(text, i + 1);
        while (size < word.size &&
               (word_is_letter(word.at[size]) || word_is_digit(word.at[size])))
            size++;
        const struct bytes meant = nearest_flag(l, bytes_of(word.at, size));
        if (meant.size > 0)
            return meant;
    }
    return (struct bytes){0};
}

static void no_flag(struct check *c)
{
    const struct record *const r = c->record;
    struct bytes meant = flag_in_text(c->lists, r->report.title);

    for (size_t i = 0; i < r->text_count && meant.size == 0; i++)
        meant = flag_in_text(c->lists, r->texts[i].text);
    rule_refuse(c, "R8", "flags", "The record has no flag, so nobody could find it.",
                meant.size > 0
                    ? rule_quote(c, "The text says ", meant, ": put it in the flags.")
                    : "Put the flag that the record belongs under, for example #OIMCR.");
}

static void check_flags(struct check *c)
{
    const struct text_list *const given = &c->record->facts.flags_submitted;
    struct text_list set = {0};

    for (size_t i = 0; i < given->count; i++) {
        struct bytes flag = {0};

        if (flag_form(given->at[i], c->arena, &flag) == OK &&
            lists_has_flag(c->lists, flag))
            insert_flag(&set, flag);
        else
            unknown_flag(c, i, flag);
    }
    if (given->count == 0)
        no_flag(c);
    c->record->facts.flags = set;
}

static void withhold(struct check *c, const char *sentence)
{
    rule_add(c, (struct finding){
                    "R7", "crime_code", SEVERITY_WITHHOLD, sentence,
                    "The record goes to everyone but the national database. Add the right "
                    "code and publish a correction, and that leg goes too."});
}

static bool has_flag(const struct text_list *flags, struct bytes flag)
{
    for (size_t i = 0; i < flags->count; i++) {
        if (bytes_equal(flags->at[i], flag))
            return true;
    }
    return false;
}

/* R7.  Urgent intelligence is never stopped by a form: one leg is withheld, no more. */
static void check_code(struct check *c)
{
    const struct item_facts *const f = &c->record->facts;
    const struct list_code *const code = lists_code(c->lists, f->crime_code);

    if (f->crime_code.size == 0)
        withhold(c, "The crime identifier code is missing.");
    else if (code == NULL)
        withhold(c, rule_quote(c, "The crime identifier code ", f->crime_code,
                               " is not on the signed list."));
    else if (c->now < code->from || (code->until != 0 && c->now >= code->until))
        withhold(c, rule_quote(c, "The crime identifier code ", f->crime_code,
                               " is not valid today."));
    else if (f->flags.count == 0)
        return; /* refused for its flag already; whether the code fits it, nobody knows */
    else if (!has_flag(&f->flags, code->flag))
        withhold(c, rule_quote(c, "The crime identifier code ", f->crime_code,
                               " belongs to another flag."));
    else
        c->findings->code_is_right = true;
}

static void check_offences(struct check *c)
{
    const struct text_list *const codes = &c->record->facts.offence_codes;

    for (size_t i = 0; i < codes->count; i++) {
        if (!lists_has_offence(c->lists, codes->at[i]))
            rule_advise(c, "R7", rule_path(c, "offence_codes", i, NULL),
                        rule_quote(c, "The offence code ", codes->at[i],
                                   " is not on the signed list."),
                        "Check it against the CJS offence list; it is sent as written.");
    }
}

bool station_is_sound(struct bytes s)
{
    bool right = s.size == 4 && word_is_digit(s.at[0]) && word_is_digit(s.at[1]);

    for (size_t i = 2; right && i < 4; i++)
        right = word_is_letter(s.at[i]) || word_is_digit(s.at[i]);
    return right;
}

/* R14: force code as two digits that stay text, then two characters of the force's own. */
static void check_station(struct check *c)
{
    const struct bytes s = c->record->facts.station;

    if (s.size == 0)
        return;
    if (!station_is_sound(s)) {
        rule_refuse(c, "R14", "station",
                    rule_quote(c, "The station code ", s, " is not a station code."),
                    "Give four characters: the two-digit force code, zero kept, and the "
                    "station's two, for example 55AA.");
        return;
    }
    const struct bytes code = bytes_of(s.at, 2);
    const struct bytes now = force_code_now(code);
    if (!bytes_equal(now, code))
        rule_advise(c, "R14", "station",
                    rule_quote(c, "The force code of ", s, " is no longer in use."),
                    rule_quote(c, "The force is now ", now,
                               "; give its present station code if it has one."));
}

void flags_check(struct check *c)
{
    check_flags(c);
    check_code(c);
    check_offences(c);
    check_station(c);
}
