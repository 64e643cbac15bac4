#include "flag.h"
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

/* Finds in one field or text, each flag once. */
struct finds {
    size_t count;
    struct flag_find at[LISTS_FLAGS_MAX];
};

static bool keep_find(void *context, const struct flag_find *find)
{
    struct finds *const f = context;

    for (size_t i = 0; i < f->count; i++) {
        if (bytes_equal(f->at[i].flag, find->flag))
            return true;
    }
    f->at[f->count++] = *find;
    return f->count < COUNT_OF(f->at);
}

/* "... is on the signed list, but OIMCR is: this looks like it with letters missing." */
static const char *miss_sentence(struct check *c, struct bytes given,
                                 const struct flag_find *find)
{
    enum { ROOM = 160 };
    char *const after = arena_take(c->arena, ROOM);

    if (after == NULL)
        return "This is no flag of the signed list.";
    struct writer w = writer_over(after, ROOM - 1);
    write_text(&w, " is on the signed list; it looks like ");
    write_bytes(&w, find->flag);
    write_text(&w, " ");
    write_text(&w, flag_miss_phrase(find->misses));
    write_text(&w, ".");
    MUST(!w.bad);
    return rule_quote(c, "No flag ", given, after);
}

/* Something that is no flag: what was meant, each flag of several that stand in one. */
static void unknown_flag(struct check *c, size_t i, const struct flag_set *all)
{
    const struct bytes given = c->record->facts.flags_submitted.at[i];
    const char *const field = rule_path(c, "flags", i, NULL);
    struct finds finds = {0};

    flag_scan_field(all, given, keep_find, &finds);
    if (finds.count == 0)
        rule_refuse(
            c, "R8", field, rule_quote(c, "No flag ", given, " is on the signed list."),
            "Use a flag of the signed list, or ask for this one to be added to it.");
    for (size_t k = 0; k < finds.count; k++) {
        const struct flag_find *const f = &finds.at[k];
        rule_add(c, (struct finding){
                        .rule = "R8",
                        .field = field,
                        .severity = SEVERITY_REFUSE,
                        .sentence = miss_sentence(c, given, f),
                        .mend = rule_quote(c, "Did you mean ", f->flag,
                                           "? Correct the flag and send again."),
                        .edit = {.what = k == 0 ? EDIT_FLAG : EDIT_FLAG_MORE,
                                 .index = i,
                                 .value = f->flag,
                                 .sure = f->sure},
                    });
    }
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

static void check_flags(struct check *c)
{
    const struct text_list *const given = &c->record->facts.flags_submitted;
    struct flag_set all;
    struct text_list set = {0};

    flag_set_init(&all, c->lists);
    for (size_t i = 0; i < given->count; i++) {
        struct bytes flag = {0};

        if (flag_form(given->at[i], c->arena, &flag) == OK &&
            lists_has_flag(c->lists, flag))
            insert_flag(&set, flag);
        else
            unknown_flag(c, i, &all);
    }
    c->record->facts.flags = set;
    suggest_check(c, &all);
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
    check_station(c);
}
