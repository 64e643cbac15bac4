#include "rule.h"
#include "words.h"

/* R1.  Government Security Classifications: nothing above OFFICIAL-SENSITIVE enters a node.
 */
static void check_tier(struct check *c)
{
    switch (c->record->label.marking) {
    case MARKING_OFFICIAL:
    case MARKING_OFFICIAL_SENSITIVE:
        return;
    case MARKING_SECRET:
        rule_refuse(c, "R1", "marking",
                    "The record is marked SECRET, and this system may "
                    "hold nothing above OFFICIAL-SENSITIVE.",
                    "Do not lower the marking to make it pass. Send it by a system "
                    "accredited for SECRET and tell your security officer.");
        return;
    case MARKING_TOP_SECRET:
        rule_refuse(c, "R1", "marking",
                    "The record is marked TOP SECRET, and this system "
                    "may hold nothing above OFFICIAL-SENSITIVE.",
                    "Do not lower the marking to make it pass. Tell your security officer "
                    "at once.");
        return;
    }
    if (c->record->report.original_marking.size > 0)
        return; /* R22 says more */
    rule_refuse(c, "R1", "marking", "The record has no security marking.",
                "Mark it OFFICIAL or OFFICIAL-SENSITIVE.");
}

/* R3 under C: both codes, conditions and the reason for them. */
static void check_conditions_given(struct check *c)
{
    const struct label *const l = &c->record->label;
    const struct item_report *const r = &c->record->report;

    if (l->action == ACTION_NONE)
        rule_refuse(c, "R3", "action", "Handling code C needs an action code.",
                    "Choose A1 (combine only), A2 (covert action) or A3 (overt action).");
    if (l->sanitisation == SANITISATION_NONE)
        rule_refuse(c, "R3", "sanitisation", "Handling code C needs a sanitisation code.",
                    "Choose S1 (recipient may sanitise) or S2 (ask the originator first).");
    if (r->conditions.size == 0)
        rule_refuse(c, "R3", "conditions", "Handling code C needs its conditions in words.",
                    "Write what a recipient may and may not do with it.");
    if (r->condition_reason.size == 0)
        rule_refuse(c, "R3", "condition_reason",
                    "The conditions have no reason beside them.",
                    "Write why sharing has to be limited, without hinting at the source.");
    if (l->action == ACTION_A3 && r->a3_usage.size == 0)
        rule_refuse(c, "R3", "a3_usage", "Action code A3 needs the permitted use in words.",
                    "Write how the owner lets it be used overtly, or choose A1 or A2.");
    if (l->action != ACTION_A3 && r->a3_usage.size > 0)
        rule_refuse(c, "R3", "a3_usage",
                    "There is a text on overt use, but the action code is not A3.",
                    "Choose A3, or take the text on overt use out.");
}

/* R3 under P: none of them, or a recipient would take a condition for a free hand. */
static void check_conditions_absent(struct check *c)
{
    const struct label *const l = &c->record->label;
    const struct item_report *const r = &c->record->report;

    if (l->action != ACTION_NONE)
        rule_refuse(c, "R3", "action",
                    "An action code stands beside handling code P, which has none.",
                    "If it has to bind the recipient, change the handling code to C and "
                    "give conditions; otherwise take the action code out.");
    if (l->sanitisation != SANITISATION_NONE)
        rule_refuse(c, "R3", "sanitisation",
                    "A sanitisation code stands beside handling code P, which has none.",
                    "If it has to bind the recipient, change the handling code to C and "
                    "give conditions; otherwise take the sanitisation code out.");
    if (r->conditions.size > 0 || r->condition_reason.size > 0 || r->a3_usage.size > 0)
        rule_refuse(c, "R3", "conditions",
                    "Conditions are written, but handling code P says there are none.",
                    "Change the handling code to C, or take the conditions out.");
}

static void check_handling(struct check *c)
{
    switch (c->record->label.handling) {
    case HANDLING_C:
        check_conditions_given(c);
        return;
    case HANDLING_P:
        check_conditions_absent(c);
        return;
    }
    if (c->record->report.original_handling.size > 0)
        return; /* R22 says more */
    rule_refuse(c, "R3", "handling", "The record has no handling code.",
                "Choose P (lawful sharing permitted) or C (permitted with conditions).");
}

/* Above OFFICIAL-SENSITIVE, or outside of intelligence: never on what this system holds. */
static void check_instruction(struct check *c, size_t i, struct bytes text)
{
    static const char *const known[] = {"RECIPIENTS ONLY", "HMG USE ONLY", "EMBARGOED"};
    const char *const field = rule_path(c, "handling_instructions", i, NULL);
    const size_t only = word_find(text, 0, "USE ONLY");

    if (word_same(text, bytes_of_text("FOR PUBLIC RELEASE"))) {
        rule_refuse(c, "R1", field, "Intelligence is never for public release.",
                    "Take the instruction out.");
        return;
    }
    if (word_same(text, bytes_of_text("UK EYES ONLY"))) {
        rule_refuse(c, "R1", field, "UK EYES ONLY is a caveat of SECRET and above.",
                    "If it applies, this record does not belong on this system; otherwise "
                    "take it out.");
        return;
    }
    for (size_t k = 0; k < COUNT_OF(known); k++) {
        if (word_same(text, bytes_of_text(known[k])))
            return;
    }
    if (only == text.size || only == 0)
        rule_advise(c, "R1", field,
                    rule_quote(c, "The handling instruction ", text,
                               " is not one of the Government Security Classifications."),
                    "Use RECIPIENTS ONLY, HMG USE ONLY, EMBARGOED or the name of an "
                    "organisation with USE ONLY.");
}

static void check_descriptor(struct check *c, size_t i, struct bytes text)
{
    static const char *const known[] = {"PERSONAL DATA", "COMMERCIAL", "MARKET SENSITIVE",
                                        "LEGAL", "HR"};

    for (size_t k = 0; k < COUNT_OF(known); k++) {
        if (word_same(text, bytes_of_text(known[k])))
            return;
    }
    const bool old = word_same(text, bytes_of_text("PERSONAL")) ||
                     word_same(text, bytes_of_text("LOCSEN"));
    rule_advise(c, "R1", rule_path(c, "descriptors", i, NULL),
                rule_quote(c, "The descriptor ", text,
                           old ? " was replaced in 2023."
                               : " is not one of the Government Security "
                                 "Classifications."),
                "Use PERSONAL DATA, COMMERCIAL, MARKET SENSITIVE, LEGAL or HR.");
}

static void check_additions(struct check *c)
{
    const struct item_report *const r = &c->record->report;

    for (size_t i = 0; i < r->handling_instructions.count; i++)
        check_instruction(c, i, word_trim(r->handling_instructions.at[i]));
    for (size_t i = 0; i < r->descriptors.count; i++)
        check_descriptor(c, i, word_trim(r->descriptors.at[i]));
}

void marking_check(struct check *c)
{
    check_tier(c);
    check_additions(c);
    check_handling(c);
}
