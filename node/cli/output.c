#include "output.h"

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
    return "";
}

static const char *role_text(enum subject_role r)
{
    switch (r) {
    case ROLE_SUSPECT:
        return "suspect";
    case ROLE_CONVICTED:
        return "convicted";
    case ROLE_VICTIM:
        return "victim";
    case ROLE_WITNESS:
        return "witness";
    case ROLE_OTHER:
        return "other";
    case ROLE_UNKNOWN:
        return "unknown";
    }
    return "";
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

static void put(struct bytes b)
{
    cli_put(stdout, b);
}

static void line(const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)printf("  %-20s ", name);
    put(value);
    (void)putchar('\n');
}

/* A thing of the record: what stands below it belongs to it, whatever it has not. */
static void heading(const char *what, struct bytes name, const char *without)
{
    (void)printf("\n  %s ", what);
    put(name.size > 0 ? name : bytes_of_text(without));
    (void)putchar('\n');
}

static void list_line(const char *name, const struct text_list *l)
{
    if (l->count == 0)
        return;
    (void)printf("  %-20s ", name);
    for (size_t i = 0; i < l->count; i++) {
        (void)printf("%s", i > 0 ? ", " : "");
        put(l->at[i]);
    }
    (void)putchar('\n');
}

static void date_line(const char *name, const struct partial_date *d)
{
    if (d->year == 0)
        return;
    (void)printf("  %-20s %04u", name, d->year);
    if (d->month > 0)
        (void)printf("-%02u", d->month);
    if (d->day > 0)
        (void)printf("-%02u", d->day);
    (void)putchar('\n');
}

static void graded(const char *name, const struct graded_text *t)
{
    const char assessment =
        (char)(t->grade.assessment == 0 ? '?' : 'A' + t->grade.assessment - 1);

    (void)printf("\n  %s [%u%c]%s\n    ", name, t->grade.source, assessment,
                 t->basis == BASIS_FACT      ? " fact"
                 : t->basis == BASIS_OPINION ? " opinion"
                                             : "");
    put(t->text);
    (void)putchar('\n');
    if (t->grade.reason.size > 0) {
        (void)printf("    reason for the grade: ");
        put(t->grade.reason);
        (void)putchar('\n');
    }
}

static void person(const struct item_person *p)
{
    (void)printf("\n  person");
    for (size_t i = 0; i < p->given.count; i++) {
        (void)putchar(' ');
        put(p->given.at[i]);
    }
    if (p->surname.size > 0)
        (void)putchar(' ');
    put(p->surname);
    if (p->given.count == 0 && p->surname.size == 0)
        (void)printf(" (no name)");
    for (size_t i = 0; i < p->role_count; i++)
        (void)printf("%s%s", i == 0 ? "  (" : ", ", role_text(p->roles[i]));
    (void)printf("%s\n", p->role_count > 0 ? ")" : "");
    list_line("  also known as", &p->aliases);
    date_line("  born", &p->born);
    line("  gender", p->gender);
    line(p->pnc_id_valid ? "  PNC id" : "  PNC id (not valid)", p->pnc_id);
}

static void things(const struct record *r)
{
    for (size_t i = 0; i < r->vehicle_count; i++) {
        heading(r->vehicles[i].vrm_valid || r->vehicles[i].vrm_raw.size == 0
                    ? "vehicle"
                    : "vehicle (unusual)",
                r->vehicles[i].vrm_raw, "(no registration)");
        line("  description", r->vehicles[i].description);
    }
    for (size_t i = 0; i < r->phone_count; i++)
        heading(r->phones[i].valid ? "phone" : "phone (not valid)",
                r->phones[i].e164.size > 0 ? r->phones[i].e164 : r->phones[i].raw,
                "(no number)");
    for (size_t i = 0; i < r->vessel_count; i++) {
        heading("vessel", r->vessels[i].name, "(no name)");
        line("  hull id", r->vessels[i].hull_id);
        line("  MMSI", r->vessels[i].mmsi);
        line("  description", r->vessels[i].description);
    }
    for (size_t i = 0; i < r->address_count; i++) {
        heading("address", r->addresses[i].text, "(no text)");
        line("  postcode", r->addresses[i].postcode);
    }
    for (size_t i = 0; i < r->document_count; i++) {
        heading("document", r->documents[i].type, "(no type)");
        line("  number", r->documents[i].number);
        line("  country", r->documents[i].country);
    }
}

static void conditions(const struct record *r)
{
    static const char *const actions[] = {"", "A1", "A2", "A3"};
    static const char *const sanitisations[] = {"", "S1", "S2"};

    (void)printf("  %-20s %s", "handling", r->label.handling == HANDLING_C ? "C" : "P");
    if (r->label.handling == HANDLING_C)
        (void)printf(" %s %s", actions[r->label.action],
                     sanitisations[r->label.sanitisation]);
    (void)putchar('\n');
    line("conditions", r->report.conditions);
    line("because", r->report.condition_reason);
    line("use under A3", r->report.a3_usage);
}

void output_record(const struct record *r)
{
    const char *const marking = marking_text(r->label.marking);

    (void)printf("\n%s\n\n", marking);
    (void)printf("  ");
    put(r->report.title);
    (void)printf("\n\n");
    line("URN", r->facts.urn);
    list_line("flags", &r->facts.flags);
    line("crime code", r->facts.crime_code);
    list_line("offences", &r->facts.offence_codes);
    line("station", r->facts.station);
    line("case", r->facts.case_reference);
    date_line("date of intelligence", &r->facts.date_of_intelligence);
    date_line("created", &r->facts.date_created);
    line("contact", r->report.contact);
    line("priority", bytes_of_text(priority_text(r->label.priority)));
    line("purpose", bytes_of_text(purpose_text(r->report.purpose)));
    conditions(r);
    line("risk", r->report.risk);
    line("PII decision", r->report.pii_decision);
    line("intercept product",
         bytes_of_text(r->report.no_intercept ? "none in it: attested by the bureau"
                                              : "nobody attested that there is none"));
    line("caveat", r->report.caveat);
    graded("provenance", &r->provenance);
    for (size_t i = 0; i < r->text_count; i++)
        graded("text", &r->texts[i]);
    for (size_t i = 0; i < r->person_count; i++)
        person(&r->persons[i]);
    things(r);
    (void)printf("\n%s\n", marking);
}
