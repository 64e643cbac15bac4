#include "rule.h"
#include "words.h"

/*
 * R6: words that hint at a source or a technique (domain page 2.7).  A warning and no
 * proof: "intercepted at sea" passes, "an intercept" is asked about.
 */
static const char *const hints[] = {
    "CHIS",           "informant",     "informants",        "informer",
    "source handler", "covert source", "registered source", "source register",
    "surveillance",   "undercover",    "intercept",         "interception",
    "wiretap",        "telematics",    "tracking device",   "listening device",
    "covert human",   "test purchase", "cell site",
};

static bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* "Op NESTLING", "Operation NESTLING". */
static bool names_operation(struct bytes text, const char *word)
{
    const size_t size = bytes_of_text(word).size;

    for (size_t i = word_find(text, 0, word); i < text.size;
         i = word_find(text, i + 1, word)) {
        const struct bytes name = bytes_from(text, i + size + 1);
        if (is_capital(text.at[i]) && name.size >= 3 && is_capital(name.at[0]) &&
            is_capital(name.at[1]) && is_capital(name.at[2]))
            return true;
    }
    return false;
}

static void check_text(struct check *c, struct bytes text, const char *field)
{
    for (size_t i = 0; i < COUNT_OF(hints); i++) {
        if (word_find(text, 0, hints[i]) == text.size)
            continue;
        rule_advise(c, "R6", field,
                    rule_quote(c, "The word ", bytes_of_text(hints[i]),
                               " can point to a source or a method."),
                    "Reword it so that it gives no hint of how it became known.");
        return;
    }
    if (names_operation(text, "Op") || names_operation(text, "Operation"))
        rule_advise(c, "R6", field, "An operation seems to be named.",
                    "Take the operation's name out of the sanitised text.");
}

/* The contact is a desk's: the officer who submitted stays at home. */
static void check_contact(struct check *c)
{
    static const char *const ranks[] = {"PC",        "PCSO",     "TDC", "DC",   "DS",
                                        "DI",        "DCI",      "DSU", "Sgt",  "Sergeant",
                                        "Constable", "Insp",     "PS",  "Supt", "Detective",
                                        "WPC",       "Inspector"};
    const struct bytes text = c->record->report.contact;

    for (size_t i = 0; i < COUNT_OF(ranks); i++) {
        const size_t at = word_find(text, 0, ranks[i]);
        if (at == text.size || !is_capital(text.at[at]))
            continue;
        rule_advise(c, "R6", "contact",
                    rule_quote(c, "The word ", bytes_of_text(ranks[i]),
                               " in the contact seems to name an officer."),
                    "Give a desk and its number or mailbox: who submitted it stays in your "
                    "bureau.");
        return;
    }
}

/* All of it travels, so all of it can give a source away. */
static void check_more(struct check *c)
{
    const struct record *const r = c->record;

    check_text(c, r->report.conditions, "conditions");
    check_text(c, r->report.condition_reason, "condition_reason");
    check_text(c, r->report.a3_usage, "a3_usage");
    check_text(c, r->report.recommendations, "recommendations");
    check_text(c, r->provenance.grade.reason, "provenance.grade_reason");
    for (size_t i = 0; i < r->text_count; i++)
        check_text(c, r->texts[i].grade.reason, rule_path(c, "texts", i, "grade_reason"));
    for (size_t i = 0; i < r->event_count; i++)
        check_text(c, r->events[i].description, rule_path(c, "events", i, "description"));
}

void wording_check(struct check *c)
{
    const struct record *const r = c->record;

    check_contact(c);
    check_text(c, r->report.title, "title");
    check_text(c, r->provenance.text, "provenance.text");
    for (size_t i = 0; i < r->text_count; i++)
        check_text(c, r->texts[i].text, rule_path(c, "texts", i, "text"));
    check_more(c);
}
