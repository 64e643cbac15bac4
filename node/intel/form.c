#include "rule.h"
#include "words.h"

/* F1: what every report needs (the fields of an intelligence report, domain page 2.5). */
static void need_text(struct check *c, struct bytes text, const char *field,
                      const struct finding *missing)
{
    if (word_trim(text).size == 0)
        rule_refuse(c, missing->rule, field, missing->sentence, missing->mend);
}

static void check_required(struct check *c)
{
    const struct item_facts *const f = &c->record->facts;
    const struct item_report *const r = &c->record->report;
    const struct {
        struct bytes text;
        struct finding missing;
    } needed[] = {
        {f->urn,
         {"F1",
          "urn",
          SEVERITY_REFUSE,
          "The record has no URN.",
          "Give the bureau's reference, for example 55-IR-2026-00000012.",
          {0}}},
        {r->title,
         {"F1",
          "title",
          SEVERITY_REFUSE,
          "The record has no title.",
          "Write one line that says what it is about.",
          {0}}},
        {r->contact,
         {"F1",
          "contact",
          SEVERITY_REFUSE,
          "There is no point of contact.",
          "Give a desk and its number or mailbox, never a person's name.",
          {0}}},
        {r->caveat,
         {"F1",
          "caveat",
          SEVERITY_REFUSE,
          "The dissemination caveat is missing.",
          "Add your force's caveat: intelligence only, not for use in proceedings unless "
          "the originator authorises it.",
          {0}}},
        {c->record->provenance.text,
         {"F1",
          "provenance.text",
          SEVERITY_REFUSE,
          "There is no provenance statement.",
          "Write, sanitised, how this came to be known.",
          {0}}},
        {r->risk,
         {"R5",
          "risk",
          SEVERITY_REFUSE,
          "There is no risk assessment.",
          "Write the risk of sharing it, and how it is reduced; \"none identified\" is an "
          "answer if it was considered.",
          {0}}},
        {r->pii_decision,
         {"R5",
          "pii_decision",
          SEVERITY_REFUSE,
          "There is no decision on PII.",
          "Record whether public interest immunity is considered to apply, and why.",
          {0}}},
    };

    for (size_t i = 0; i < COUNT_OF(needed); i++)
        need_text(c, needed[i].text, needed[i].missing.field, &needed[i].missing);
    if (!r->no_intercept)
        rule_refuse(c, "R5", "no_intercept",
                    "Nobody has attested that it holds no intercept product.",
                    "Check the text, then attest no_intercept. If it does hold intercept "
                    "material it must not be sent here (Investigatory Powers Act 2016 "
                    "s.56).");
}

static void check_choices(struct check *c)
{
    const struct label *const l = &c->record->label;

    if (c->record->report.purpose == 0)
        rule_refuse(c, "F1", "purpose", "The policing purpose is missing.",
                    "Choose one: protect-life, preserve-order, prevent, justice or duty.");
    if (l->priority == 0)
        rule_refuse(c, "F1", "priority", "The record has no priority.",
                    "High is threat to life, serious harm or imminent; medium is "
                    "time-critical; low is the rest.");
    if (l->retention_class > 4)
        rule_refuse(c, "F1", "retention_class", "The retention group is not 1, 2, 3 or 4.",
                    "Give the MoPI group, or leave it out.");
    if (l->expires_at != 0 && l->expires_at <= c->now)
        rule_refuse(c, "F2", "expires_at", "The record has already expired.",
                    "Give a later expiry, or leave it out.");
}

static void check_texts(struct check *c)
{
    const struct record *const r = c->record;

    if (r->text_count == 0)
        rule_refuse(c, "F1", "texts", "There is no intelligence text.",
                    "Add at least one sanitised text with its grade.");
    for (size_t i = 0; i < r->text_count; i++) {
        if (word_trim(r->texts[i].text).size == 0)
            rule_refuse(c, "F1", rule_path(c, "texts", i, "text"), "This text is empty.",
                        "Write it, or take it out.");
        if (r->texts[i].basis == 0)
            rule_refuse(c, "R9", rule_path(c, "texts", i, "basis"),
                        "This text does not say whether it is fact or opinion.",
                        "Choose fact or opinion (Data Protection Act 2018 s.38).");
    }
}

/* F2.  UK clocks are at most an hour ahead of UTC, so that is what "today" may be ahead. */
static void check_date(struct check *c, struct partial_date d, const char *field,
                       bool by_day)
{
    enum { BRITISH_SUMMER_MS = 3600000 };

    if (d.year == 0 && d.month == 0 && d.day == 0) {
        rule_refuse(c, "F2", field, "This date is missing.",
                    "Give it as 2026-10-14; if no more is known, as 2026-10 or 2026.");
        return;
    }
    if (!date_is_sound(d))
        rule_refuse(c, "F2", field, "This is not a date of the calendar.",
                    "Give it as year, month and day: 2026-10-14.");
    else if (date_is_after(d, date_of(c->now + BRITISH_SUMMER_MS)))
        rule_refuse(c, "F2", field, "This date is in the future.",
                    "Check day and month: 03/04 is easily read the wrong way round.");
    else if (by_day && d.day == 0)
        rule_advise(c, "F2", field, "The day of this date is missing.",
                    "Whoever writes a report knows the day: give it, unless an old report "
                    "has no more than its month or year.");
}

static void check_dates(struct check *c)
{
    const struct item_facts *const f = &c->record->facts;

    check_date(c, f->date_of_intelligence, "date_of_intelligence", false);
    check_date(c, f->date_created, "date_created", true);
    if (f->date_created.year != 0 && f->date_created.year < f->date_of_intelligence.year)
        rule_refuse(c, "F2", "date_created",
                    "The record was created before the year of its intelligence.",
                    "Check both dates: one is when it happened, one when it was written.");
}

void form_check(struct check *c)
{
    check_required(c);
    check_choices(c);
    check_texts(c);
    check_dates(c);
}
