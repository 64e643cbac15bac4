#include "check.h"

#include "clock.h"
#include "input.h"
#include "mend.h"

#include <stdio.h>
#include <string.h>

/*
 * How a force's records stand: M1 and M5 over a whole extract.  Nothing of a record is
 * printed or kept, not even its reference: numbers and rule ids only.
 */

enum state { STATE_RIGHT, STATE_REPAIRED, STATE_WRONG, STATE_MISSING, STATE_OPEN, STATES };

static const char *const state_words[STATES] = {"right", "repaired", "wrong", "missing",
                                                "not_judged"};

struct rule_count {
    const char *rule;
    enum severity severity;
    size_t findings, records, last; /* `last`: number of the record counted last */
};

struct survey {
    const struct lists *lists;
    size_t records, unreadable, refused, withheld;
    size_t flags[STATES], codes[STATES];
    size_t should_carry; /* of the missing: offences or words say so */
    size_t rule_count;
    struct rule_count rules[64];
    bool failed;
};

static void count_rule(struct survey *s, const struct finding *f)
{
    size_t i = 0;

    while (i < s->rule_count &&
           (strcmp(s->rules[i].rule, f->rule) != 0 || s->rules[i].severity != f->severity))
        i++;
    if (i == COUNT_OF(s->rules))
        return;
    if (i == s->rule_count)
        s->rules[s->rule_count++] = (struct rule_count){f->rule, f->severity, 0, 0, 0};
    s->rules[i].findings++;
    s->rules[i].records += s->rules[i].last != s->records;
    s->rules[i].last = s->records;
}

/* The worst that R8 says of the flags decides. */
static enum state flags_of(struct survey *s, const struct record *r,
                           const struct findings *found)
{
    enum state state = STATE_RIGHT;

    for (size_t i = 0; i < found->count; i++) {
        const struct finding *const f = &found->at[i];
        if (strcmp(f->rule, "R8") != 0)
            continue;
        if (f->edit.sure)
            state = state == STATE_RIGHT ? STATE_REPAIRED : state;
        else if (r->facts.flags_submitted.count == 0)
            state = STATE_MISSING;
        else if (f->severity == SEVERITY_REFUSE)
            state = STATE_WRONG;
        else if (state != STATE_WRONG)
            state = STATE_MISSING;
    }
    for (size_t i = 0; state == STATE_MISSING && i < found->count; i++) {
        if (strcmp(found->at[i].rule, "R8") != 0 || found->at[i].edit.what == EDIT_NONE)
            continue;
        s->should_carry++;
        break;
    }
    return state;
}

static enum state code_of(const struct record *r, const struct findings *found)
{
    if (found->code_is_right)
        return STATE_RIGHT;
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *const f = &found->at[i];
        if (strcmp(f->rule, "R7") != 0 || f->severity != SEVERITY_WITHHOLD)
            continue;
        if (f->edit.sure)
            return STATE_REPAIRED;
        return r->facts.crime_code.size == 0 ? STATE_MISSING : STATE_WRONG;
    }
    return STATE_OPEN; /* its flag is wrong: whether the code fits, nobody knows */
}

static bool each_record(struct cli *c, const struct input_record *in, void *context)
{
    const struct record *const given = in->record;
    struct survey *const s = context;
    struct mends *const mends = arena_take(&c->arena, sizeof *mends);
    struct findings *const found = arena_take(&c->arena, sizeof *found);
    struct record *const r = arena_take(&c->arena, sizeof *r);
    const millis now = clock_wall();

    s->unreadable += given == NULL;
    s->failed = mends == NULL || found == NULL || r == NULL;
    if (given == NULL || s->failed)
        return !s->failed;
    *r = *given;
    rules_check(r, s->lists, now, &c->arena, found);
    s->records++;
    s->refused += found->refused;
    s->withheld += !found->refused && !found->code_is_right;
    for (size_t i = 0; i < found->count; i++)
        count_rule(s, &found->at[i]);
    s->flags[flags_of(s, r, found)]++;
    enum state code = code_of(r, found);
    if (code == STATE_OPEN) { /* judged beside the flag as it would be mended */
        *r = *given;
        s->failed = mends_apply(r, MEND_ALL, s->lists, now, &c->arena, mends) != OK;
        rules_check(r, s->lists, now, &c->arena, found);
        code = code_of(r, found);
    }
    s->codes[code]++;
    return !s->failed;
}

static void print_states_json(const char *name, const size_t *counts)
{
    (void)printf(",\"%s\":{", name);
    for (size_t i = 0; i < STATES; i++)
        (void)printf("%s\"%s\":%zu", i == 0 ? "" : ",", state_words[i], counts[i]);
    (void)printf("}");
}

static void print_json(const struct survey *s)
{
    (void)printf("{\"status\":\"ok\",\"records\":%zu,\"unreadable\":%zu,\"refused\":%zu,"
                 "\"pnd_withheld\":%zu",
                 s->records, s->unreadable, s->refused, s->withheld);
    print_states_json("flags", s->flags);
    print_states_json("codes", s->codes);
    (void)printf(",\"should_carry\":%zu,\"rules\":[", s->should_carry);
    for (size_t i = 0; i < s->rule_count; i++)
        (void)printf("%s{\"rule\":\"%s\",\"severity\":\"%s\",\"findings\":%zu,"
                     "\"records\":%zu}",
                     i == 0 ? "" : ",", s->rules[i].rule,
                     severity_word(s->rules[i].severity), s->rules[i].findings,
                     s->rules[i].records);
    (void)printf("]}\n");
}

static void print_states(const char *name, const struct survey *s, const size_t *counts)
{
    (void)printf("%-6s", name);
    for (size_t i = 0; i < STATES; i++) {
        const size_t tenths =
            s->records == 0 ? 0 : (counts[i] * 1000 + s->records / 2) / s->records;
        (void)printf(" %9zu %3zu.%zu%%", counts[i], tenths / 10, tenths % 10);
    }
    (void)printf("\n");
}

static void print_table(const struct survey *s)
{
    (void)printf("%-6s %9s        %9s        %9s        %9s        %9s\n", "", "right",
                 "repaired", "wrong", "missing", "not judged");
    print_states("flags", s, s->flags);
    print_states("codes", s, s->codes);
    (void)printf("\n%-6s %-9s %9s %9s\n", "rule", "severity", "records", "findings");
    for (size_t i = 0; i < s->rule_count; i++)
        (void)printf("%-6s %-9s %9zu %9zu\n", s->rules[i].rule,
                     severity_word(s->rules[i].severity), s->rules[i].records,
                     s->rules[i].findings);
    (void)printf("\n%zu records, %zu would be refused, %zu of the others not for PND yet; "
                 "%zu lack a flag that their offences or words belong under",
                 s->records, s->refused, s->withheld, s->should_carry);
    if (s->unreadable > 0)
        (void)printf("; %zu could not be read (`flagpost check` on that part tells why)",
                     s->unreadable);
    (void)printf("\n");
}

/* By rule, the grave before the slight. */
static void sort_rules(struct survey *s)
{
    for (size_t i = 1; i < s->rule_count; i++) {
        for (size_t k = i; k > 0; k--) {
            const struct rule_count one = s->rules[k];
            const int order = strcmp(s->rules[k - 1].rule, one.rule);
            if (order < 0 || (order == 0 && s->rules[k - 1].severity <= one.severity))
                break;
            s->rules[k] = s->rules[k - 1];
            s->rules[k - 1] = one;
        }
    }
}

int check_survey(struct cli *c, const struct lists *lists, const char *path)
{
    struct survey s = {.lists = lists};
    const int code = cli_value(c, "map") != NULL
                         ? check_survey_rows(c, path, each_record, &s)
                         : input_survey(c, path, each_record, &s);

    if (s.failed)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    if (code != EXIT_DONE)
        return code;
    sort_rules(&s);
    if (c->json)
        print_json(&s);
    else
        print_table(&s);
    return s.unreadable > 0 ? EXIT_REFUSED : EXIT_DONE;
}
