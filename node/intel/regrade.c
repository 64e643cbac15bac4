#include "regrade.h"

#include "words.h"

#include <string.h>

enum { MARKS_MAX = 3, CODES_MAX = 8 };

/* What is left of "b / 2-4": its letters and digits, in capitals. */
struct marks {
    uint8_t at[MARKS_MAX];
    size_t count;
};

static bool marks_read(struct bytes original, struct marks *ret)
{
    struct marks m = {0};

    for (size_t i = 0; i < original.size; i++) {
        const uint8_t c = original.at[i];
        if (c == ' ' || c == '/' || c == '-')
            continue;
        if (m.count == MARKS_MAX || (!word_is_letter(c) && !word_is_digit(c)))
            return false;
        m.at[m.count++] = word_upper(c);
    }
    *ret = m;
    return m.count >= 2;
}

/* One letter or digit of the original and the number that it becomes. */
struct step {
    char from;
    uint8_t to;
};

enum { A = 1, B = 2, C = 3, D = 4, E = 5 };

/*
 * Domain page 2.4 and 9.2.  No mark of 5x5x5 becomes assessment C.  4x4's "accuracy not in
 * doubt" would be A only where it says that the source knows at first hand, which a code
 * cannot say.
 */
static const struct scheme {
    struct step source[6];
    struct step assessment[6];
    size_t marks_max;
} schemes[] = {
    [SCHEME_5X5X5] = {{{'A', 1}, {'B', 1}, {'C', 2}, {'D', 3}, {'E', 2}},
                      {{'1', A}, {'2', A}, {'3', B}, {'4', D}, {'5', E}},
                      3},
    [SCHEME_4X4] = {{{'A', 1}, {'B', 1}, {'C', 3}, {'X', 2}},
                    {{'1', B}, {'2', A}, {'3', B}, {'4', C}},
                    2},
    [SCHEME_3X5X2] = {{{'1', 1}, {'2', 2}, {'3', 3}},
                      {{'A', A}, {'B', B}, {'C', C}, {'D', D}, {'E', E}},
                      3},
};

static uint32_t step_of(const struct step steps[6], uint8_t mark)
{
    for (size_t i = 0; i < 6 && steps[i].to != 0; i++) {
        if ((uint8_t)steps[i].from == mark)
            return steps[i].to;
    }
    return 0;
}

/* The third mark is the handling code: it must be one of its scheme. */
static bool third_is_right(enum original_scheme scheme, const struct marks *m)
{
    if (m->count < 3)
        return true;
    if (scheme == SCHEME_5X5X5)
        return m->at[2] >= '1' && m->at[2] <= '5';
    return m->at[2] == 'P' || m->at[2] == 'C';
}

static const char *reason_of(enum original_scheme scheme, const struct grade *g)
{
    const bool doubted = g->source == 3;
    const bool believed_false = g->assessment == E;

    if (scheme == SCHEME_4X4)
        return doubted ? "Source graded C, mostly unreliable, under Europol 4x4." : "";
    if (scheme != SCHEME_5X5X5)
        return "";
    if (doubted && believed_false)
        return "Graded D5 under 5x5x5: source unreliable, information suspected to be "
               "false "
               "or malicious.";
    if (doubted)
        return "Source graded D, unreliable, under 5x5x5.";
    return believed_false ? "Graded 5, suspected to be false or malicious, under 5x5x5."
                          : "";
}

status regrade_grade(enum original_scheme scheme, struct bytes original, struct grade *ret)
{
    struct marks m = {0};

    ENSURE(scheme >= SCHEME_5X5X5 && scheme <= SCHEME_3X5X2, E_VALUE);
    const struct scheme *const s = &schemes[scheme];
    ENSURE(marks_read(original, &m) && m.count <= s->marks_max, E_VALUE);
    struct grade g = {.source = step_of(s->source, m.at[0]),
                      .assessment = step_of(s->assessment, m.at[1]),
                      .original_scheme = scheme,
                      .original_grade = original};
    ENSURE(g.source != 0 && g.assessment != 0 && third_is_right(scheme, &m), E_VALUE);
    g.reason = bytes_of_text(reason_of(scheme, &g));
    *ret = g;
    return OK;
}

bool regrade_is_doubtful(enum original_scheme scheme, struct bytes original)
{
    struct marks m = {0};

    if (!marks_read(original, &m))
        return false;
    return (scheme == SCHEME_5X5X5 && m.at[0] == 'C') ||
           (scheme == SCHEME_4X4 && m.at[1] == '1');
}

bool regrade_is_raised(const struct grade *g)
{
    struct grade read = {0};

    if (regrade_grade(g->original_scheme, g->original_grade, &read) != OK)
        return false;
    return (g->source != 0 && g->source < read.source) ||
           (g->assessment != 0 && g->assessment < read.assessment);
}

/* --- handling --- */

struct code {
    enum original_scheme scheme;
    const char *word;
    bool free; /* P */
    enum action_code action;
    const char *condition;
};

static const struct code codes[] = {
    {SCHEME_5X5X5, "1", true, ACTION_NONE, ""},
    {SCHEME_5X5X5, "2", false, ACTION_A1, "5x5x5 code 2: UK non-prosecuting parties."},
    {SCHEME_5X5X5, "3", false, ACTION_A1, "5x5x5 code 3: foreign law enforcement."},
    {SCHEME_5X5X5, "4", false, ACTION_A1,
     "5x5x5 code 4: originating agency only, with reason, recipients and review."},
    {SCHEME_5X5X5, "5", false, ACTION_A1,
     "5x5x5 code 5: disseminate; the receiver observes conditions."},
    {SCHEME_4X4, "H0", true, ACTION_NONE, ""},
    {SCHEME_4X4, "H1", false, ACTION_A2,
     "Europol H1: no judicial use without the provider's permission."},
    {SCHEME_4X4, "H2", false, ACTION_A1,
     "Europol H2: no onward dissemination without the provider's permission."},
    {SCHEME_4X4, "H3", false, ACTION_A1, "Europol H3: the provider's own restriction."},
    {SCHEME_3X5X2, "P", true, ACTION_NONE, ""},
    {SCHEME_3X5X2, "C", false, ACTION_A1, "Submitted with handling code C."},
};

static const struct code *code_of(enum original_scheme scheme, struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i].scheme == scheme && word_same(word, bytes_of_text(codes[i].word)))
            return &codes[i];
    }
    return NULL;
}

static bool is_part_of_code(uint8_t c)
{
    return word_is_letter(c) || word_is_digit(c);
}

/* The next run of letters and digits from `*at` on; empty at the end. */
static struct bytes next_word(struct bytes text, size_t *at)
{
    while (*at < text.size && !is_part_of_code(text.at[*at]))
        (*at)++;
    const size_t start = *at;
    while (*at < text.size && is_part_of_code(text.at[*at]))
        (*at)++;
    return bytes_of(text.at + start, *at - start);
}

static status join(const struct code *const *given, size_t count, struct arena *a,
                   struct bytes *ret)
{
    enum { CONDITION_MAX = 96 };
    const size_t room = (size_t)CODES_MAX * CONDITION_MAX;
    uint8_t *const at = arena_take(a, room);

    ENSURE(at != NULL, E_MEMORY);
    struct writer w = writer_over(at, room);
    for (size_t i = 0; i < count; i++) {
        write_text(&w, w.size > 0 && given[i]->condition[0] != '\0' ? " " : "");
        write_text(&w, given[i]->condition);
    }
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

status regrade_handling(enum original_scheme scheme, struct bytes original, struct arena *a,
                        struct regraded_handling *ret)
{
    const struct code *given[CODES_MAX];
    struct regraded_handling h = {.handling = HANDLING_P};
    size_t count = 0;
    size_t at = 0;

    for (struct bytes word = next_word(original, &at); word.size > 0;
         word = next_word(original, &at)) {
        const struct code *const code = code_of(scheme, word);
        ENSURE(code != NULL && count < CODES_MAX, E_VALUE);
        given[count++] = code;
        if (code->free)
            continue;
        h.handling = HANDLING_C;
        h.sanitisation = SANITISATION_S2;
        if (h.action == ACTION_NONE || code->action < h.action)
            h.action = code->action; /* A1 binds most */
    }
    ENSURE(count > 0, E_VALUE);
    if (h.handling == HANDLING_C) {
        TRY(join(given, count, a, &h.conditions));
        h.reason = bytes_of_text("Imported: the most restrictive codes hold until a person "
                                 "sets them anew.");
    }
    *ret = h;
    return OK;
}

status regrade_marking(struct bytes original, enum marking *ret)
{
    static const struct {
        const char *word;
        enum marking marking;
    } known[] = {
        {"NOT PROTECTIVELY MARKED", MARKING_OFFICIAL},
        {"UNCLASSIFIED", MARKING_OFFICIAL},
        {"OFFICIAL", MARKING_OFFICIAL},
        {"PROTECT", MARKING_OFFICIAL_SENSITIVE},
        {"RESTRICTED", MARKING_OFFICIAL_SENSITIVE},
        {"OFFICIAL-SENSITIVE", MARKING_OFFICIAL_SENSITIVE},
        {"OFFICIAL SENSITIVE", MARKING_OFFICIAL_SENSITIVE},
    };

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (word_same(word_trim(original), bytes_of_text(known[i].word))) {
            *ret = known[i].marking;
            return OK;
        }
    }
    return E_VALUE;
}

/* --- a whole record --- */

static void regrade_text(struct grade *g)
{
    struct grade read = {0};

    if (g->source != 0 || g->assessment != 0)
        return;
    if (regrade_grade(g->original_scheme, g->original_grade, &read) != OK)
        return;
    if (g->reason.size > 0)
        read.reason = g->reason;
    *g = read;
}

static void add_digit(const struct grade *g, struct writer *w, bool *seen)
{
    struct marks m = {0};

    if (g->original_scheme != SCHEME_5X5X5 || !marks_read(g->original_grade, &m) ||
        m.count != 3 || m.at[2] < '1' || m.at[2] > '5')
        return;
    const size_t digit = (size_t)(m.at[2] - '0');
    if (seen[digit])
        return;
    seen[digit] = true;
    write_text(w, w->size > 0 ? " " : "");
    write_u8(w, m.at[2]);
}

/* "B24" grades a text, and its 4 speaks of the report: all different ones of its texts. */
static status take_handling_digits(struct record *r, struct arena *a)
{
    bool seen[6] = {false};
    uint8_t digits[2 * COUNT_OF(seen)];
    struct writer w = writer_over(digits, sizeof digits);

    if (r->report.original_handling.size > 0 || r->label.handling != 0)
        return OK;
    add_digit(&r->provenance.grade, &w, seen);
    for (size_t i = 0; i < r->text_count; i++)
        add_digit(&r->texts[i].grade, &w, seen);
    if (w.size == 0)
        return OK;
    r->report.original_scheme = SCHEME_5X5X5;
    return arena_copy(a, writer_bytes(&w), &r->report.original_handling);
}

static status regrade_codes(struct record *r, struct arena *a)
{
    struct item_report *const report = &r->report;
    struct regraded_handling h = {.handling = HANDLING_P};

    TRY(take_handling_digits(r, a));
    if (r->label.handling != 0 || report->original_handling.size == 0)
        return OK;
    const status s =
        regrade_handling(report->original_scheme, report->original_handling, a, &h);
    if (s != OK)
        return s == E_MEMORY ? s : OK; /* left to a person */
    r->label.handling = h.handling;
    if (r->label.action == ACTION_NONE)
        r->label.action = h.action;
    if (r->label.sanitisation == SANITISATION_NONE)
        r->label.sanitisation = h.sanitisation;
    if (report->conditions.size == 0)
        report->conditions = h.conditions;
    if (report->condition_reason.size == 0)
        report->condition_reason = h.reason;
    return OK;
}

status regrade_record(struct record *r, struct arena *a)
{
    enum marking m = MARKING_OFFICIAL;

    regrade_text(&r->provenance.grade);
    for (size_t i = 0; i < r->text_count; i++)
        regrade_text(&r->texts[i].grade);
    TRY(regrade_codes(r, a));
    if (r->label.marking == 0 && regrade_marking(r->report.original_marking, &m) == OK)
        r->label.marking = m; /* otherwise it is left to a person */
    return OK;
}
