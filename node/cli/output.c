#include "output_lines.h"

#include "text.h"

#include <stdio.h>

static const char *marking_text(enum marking m)
{
    switch (m) {
    case MARKING_OFFICIAL:
        return "OFFICIAL";
    case MARKING_OFFICIAL_SENSITIVE:
        return "OFFICIAL-SENSITIVE";
    case MARKING_SECRET:
        return "SECRET";
    case MARKING_TOP_SECRET:
        return "TOP SECRET";
    }
    return "not marked yet";
}

static const char *priority_text(enum priority p)
{
    switch (p) {
    case PRIORITY_HIGH:
        return "high: threat to life, serious harm or imminent";
    case PRIORITY_MEDIUM:
        return "medium";
    case PRIORITY_LOW:
        return "low";
    }
    return "";
}

static const char *purpose_text(enum purpose p)
{
    switch (p) {
    case PURPOSE_PROTECT_LIFE:
        return "protecting life and property";
    case PURPOSE_PRESERVE_ORDER:
        return "preserving order";
    case PURPOSE_PREVENT:
        return "preventing offences";
    case PURPOSE_JUSTICE:
        return "bringing offenders to justice";
    case PURPOSE_DUTY:
        return "a duty at common law or by statute";
    }
    return "";
}

/* "4 (5x5x5)" */
static void original(const char *name, enum original_scheme scheme, struct bytes text)
{
    static const char *const schemes[] = {"no scheme", "5x5x5", "4x4", "3x5x2"};

    if (text.size == 0)
        return;
    (void)printf("  %-20s ", name);
    output_put(text);
    (void)printf(" (%s)\n", (size_t)scheme < COUNT_OF(schemes) ? schemes[scheme] : "?");
}

static void graded(const char *name, const struct graded_text *t)
{
    const char assessment =
        (char)(t->grade.assessment == 0 ? '?' : 'A' + t->grade.assessment - 1);

    (void)printf("\n  %s [%u%c]%s\n    ", name, t->grade.source, assessment,
                 t->basis == BASIS_FACT      ? " fact"
                 : t->basis == BASIS_OPINION ? " opinion"
                                             : "");
    output_put(t->text);
    (void)putchar('\n');
    original("original grade", t->grade.original_scheme, t->grade.original_grade);
    if (t->grade.reason.size > 0) {
        (void)printf("    reason for the grade: ");
        output_put(t->grade.reason);
        (void)putchar('\n');
    }
}

static void sensitive(const struct record *r)
{
    static const char *const kinds[] = {"ethnicity", "politics",   "belief", "trade union",
                                        "genetic",   "biometrics", "health", "sex life"};
    static const char *const conditions[] = {"",
                                             "statutory purposes",
                                             "administration of justice",
                                             "vital interests",
                                             "safeguarding",
                                             "public domain",
                                             "legal claims",
                                             "judicial acts",
                                             "preventing fraud",
                                             "archiving"};
    struct text_list given = {0};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if ((r->report.sensitive & 1U << i) != 0)
            given.at[given.count++] = bytes_of_text(kinds[i]);
    }
    output_list("sensitive data", &given);
    if ((size_t)r->report.schedule_8 < COUNT_OF(conditions))
        output_line("DPA Schedule 8", bytes_of_text(conditions[r->report.schedule_8]));
}

static void attachments(const struct record *r)
{
    for (size_t i = 0; i < r->attachment_count; i++) {
        const struct item_attachment *const x = &r->attachments[i];
        (void)putchar('\n');
        output_line("attachment", x->name);
        output_line("  kind", x->media_type);
        (void)printf("  %-20s %u bytes\n", "  size", x->size);
        output_line("  description", x->description);
    }
}

static void conditions(const struct record *r)
{
    static const char *const actions[] = {"", "A1", "A2", "A3"};
    static const char *const sanitisations[] = {"", "S1", "S2"};

    /* A draft has none until it is assessed, and then must not be taken for P. */
    (void)printf("  %-20s %s", "handling",
                 r->label.handling == HANDLING_C   ? "C"
                 : r->label.handling == HANDLING_P ? "P"
                                                   : "none yet");
    if (r->label.handling == HANDLING_C)
        (void)printf(" %s %s", actions[r->label.action],
                     sanitisations[r->label.sanitisation]);
    (void)putchar('\n');
    output_line("conditions", r->report.conditions);
    output_line("because", r->report.condition_reason);
    output_line("use under A3", r->report.a3_usage);
    original("original handling", r->report.original_scheme, r->report.original_handling);
    output_line("original marking", r->report.original_marking);
    output_line("recommended for", r->report.recommendations);
}

/* How long its owner means it to be used, and by which group it is reviewed. */
static void keeping(const struct label *l)
{
    char expires[TIME_TEXT_ROOM];

    if (l->expires_at != 0) {
        time_write(l->expires_at, expires);
        output_line("expires", bytes_of_text(expires));
    }
    if (l->retention_class != 0)
        (void)printf("  %-20s %u\n", "retention group", l->retention_class);
}

void output_record(const struct record *r)
{
    const char *const marking = marking_text(r->label.marking);

    (void)printf("\n%s\n\n", marking);
    output_list("handling instr.", &r->report.handling_instructions);
    output_list("descriptors", &r->report.descriptors);
    if (r->report.restricted)
        output_line("RESTRICTED", bytes_of_text("kept, and not to be used"));
    (void)printf("  ");
    output_put(r->report.title.size > 0 ? r->report.title : bytes_of_text("title none"));
    (void)printf("\n\n");
    output_line("URN", r->facts.urn);
    /* A draft's are not normalised yet. */
    output_list(r->facts.flags.count > 0 ? "flags" : "flags as submitted",
                r->facts.flags.count > 0 ? &r->facts.flags : &r->facts.flags_submitted);
    output_list("information types", &r->report.information_types);
    output_line("crime code", r->facts.crime_code);
    output_list("offences", &r->facts.offence_codes);
    output_line("station", r->facts.station);
    output_line("case", r->facts.case_reference);
    output_date("date of intelligence", &r->facts.date_of_intelligence);
    output_date("created", &r->facts.date_created);
    output_line("contact", r->report.contact);
    output_line("priority", bytes_of_text(priority_text(r->label.priority)));
    output_line("purpose", bytes_of_text(purpose_text(r->report.purpose)));
    keeping(&r->label);
    conditions(r);
    sensitive(r);
    output_line("risk", r->report.risk);
    output_line("PII decision", r->report.pii_decision);
    output_line("intercept product",
                bytes_of_text(r->report.no_intercept
                                  ? "none in it: attested by the bureau"
                                  : "nobody attested that there is none"));
    output_line("caveat", r->report.caveat);
    graded("provenance", &r->provenance);
    for (size_t i = 0; i < r->text_count; i++)
        graded("text", &r->texts[i]);
    output_things(r);
    attachments(r);
    (void)printf("\n%s\n", marking);
}
