#ifndef FLAGPOST_RULE_H
#define FLAGPOST_RULE_H

/*
 * What the rule files share: the record under check and the list of findings.  Private to
 * this layer; rules_check is its only user.
 */

#include "identifier.h"
#include "rules.h"

struct check {
    struct record *record;
    const struct lists *lists;
    millis now;
    struct arena *arena;
    struct findings *findings;
};

/* Adds a finding.  When the list is full, a weaker one gives way, and `refused` is kept. */
void rule_add(struct check *c, struct finding f);

/* Shorthands: a missing or wrong thing that stops the record, and advice. */
void rule_refuse(struct check *c, const char *rule, const char *field, const char *sentence,
                 const char *mend);
void rule_advise(struct check *c, const char *rule, const char *field, const char *sentence,
                 const char *mend);

/* "texts[1].grade"; without `field` "texts[1]".  Both stay static when memory is short. */
const char *rule_path(struct check *c, const char *list, size_t i, const char *field);

/* "texts[1]" and "text": "texts[1].text"; without `head` the field alone. */
const char *rule_joined(struct check *c, const char *head, const char *field);

/* `before`, the officer's words (cut at 40 bytes) in quotes, `after`; in the arena. */
const char *rule_quote(struct check *c, const char *before, struct bytes words,
                       const char *after);

/* An identifier as it was written; `country` empty when not known or not asked for. */
struct identified {
    enum identifier_type type;
    struct bytes country;
    struct bytes raw;
};

/* R15: sets canonical form and validity anew, and advises when the check fails; an empty
 * one has neither. */
void rule_identify(struct check *c, const char *field, const struct identified *x,
                   struct bytes *ret_canonical, bool *ret_valid);
/* The type that a word names, however it is capitalised: "Driving licence". */
bool rule_identifier_type(struct bytes word, enum identifier_type *ret);

/* One function for each file of rules, in the order in which they run. */
void marking_check(struct check *c);   /* R1, and the handling codes: R3 */
void grading_check(struct check *c);   /* R2, R4 */
void flags_check(struct check *c);     /* R8, R14 */
void codes_check(struct check *c);     /* R7 */
void form_check(struct check *c);      /* F1 required fields, F2 dates, R5 */
void subjects_check(struct check *c);  /* R9, R15, F3 names, of persons */
void things_check(struct check *c);    /* R15 and F1 of the other things */
void joins_check(struct check *c);     /* F6 references and links, F7 threat lines */
void originals_check(struct check *c); /* R22 */
void sensitive_check(struct check *c); /* F5, F8 */
void attached_check(struct check *c);  /* F9 */
void wording_check(struct check *c);   /* R6 */
void lengths_check(struct check *c);   /* F4 of each text */

/* R8: flags that the report should carry and does not, after its own are known. */
struct flag_set;
void suggest_check(struct check *c, const struct flag_set *all);

/* R14: force code as two digits that stay text, then two characters of the force's own. */
bool station_is_sound(struct bytes s);

/* A date in the calendar whose day needs a month and month a year; all zero is not one. */
bool date_is_sound(struct partial_date d);
/* "1988", "1988-03" or "1988-03-14"; else E_VALUE. */
NODISCARD status date_read(struct bytes text, struct partial_date *ret);
/* The UTC date of a moment. */
struct partial_date date_of(millis t);
/* Whether `d` is certainly after `day`, judged by the parts that `d` gives. */
bool date_is_after(struct partial_date d, struct partial_date day);

#endif
