#ifndef FLAGPOST_TEST_RULED_H
#define FLAGPOST_TEST_RULED_H

/* One record, the shipped list, and what the rules say of it. */

#include "fixture.h"
#include "rules.h"

static struct record record;
static struct lists lists;
static struct findings findings;
static struct arena arena;

/* To "not given", which is no value of an enum. */
#define CLEAR(field) memset(&(field), 0, sizeof(field))

static inline void start(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    fixture_record(&record);
}

static inline void check_rules(void)
{
    rules_check(&record, &lists, fixture_now, &arena, &findings);
}

static inline const struct finding *finding(const char *rule, const char *field)
{
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *const f = &findings.at[i];
        if (strcmp(f->rule, rule) == 0 && strcmp(f->field, field) == 0)
            return f;
    }
    return NULL;
}

/* Exactly one finding, of that rule, field and severity; then the record starts afresh. */
static inline void check_one(const char *rule, const char *field, enum severity severity)
{
    check_rules();
    for (size_t i = 0; i < findings.count && findings.count != 1; i++)
        (void)fprintf(stderr, "  %s %s: %s\n", findings.at[i].rule, findings.at[i].field,
                      findings.at[i].sentence);
    CHECK_INT(findings.count, 1);
    CHECK_TEXT(findings.at[0].rule, rule);
    CHECK_TEXT(findings.at[0].field, field);
    CHECK_INT(findings.at[0].severity, severity);
    CHECK(findings.at[0].sentence[0] != '\0' && findings.at[0].mend[0] != '\0');
    CHECK_INT(findings.refused, severity == SEVERITY_REFUSE);
    start();
}

static inline void check_refused(const char *rule, const char *field)
{
    check_one(rule, field, SEVERITY_REFUSE);
}

static inline void check_advised(const char *rule, const char *field)
{
    check_one(rule, field, SEVERITY_ADVISE);
}

static inline void check_clean(void)
{
    check_rules();
    CHECK_INT(findings.count, 0);
    CHECK(!findings.refused && findings.code_is_right);
    start();
}

#endif
