#include "output_lines.h"
#include "subject.h"

#include <stdio.h>

void output_put(struct bytes b)
{
    cli_put(stdout, b);
}

void output_line(const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)printf("  %-20s ", name);
    output_put(value);
    (void)putchar('\n');
}

void output_list(const char *name, const struct text_list *l)
{
    if (l->count == 0)
        return;
    (void)printf("  %-20s ", name);
    for (size_t i = 0; i < l->count; i++) {
        (void)printf("%s", i > 0 ? ", " : "");
        output_put(l->at[i]);
    }
    (void)putchar('\n');
}

void output_date(const char *name, const struct partial_date *d)
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

/* A thing of the record: what stands below it belongs to it, whatever it has not. */
static void heading(const char *what, struct bytes name, const char *without)
{
    (void)printf("\n  %s ", what);
    output_put(name.size > 0 ? name : bytes_of_text(without));
    (void)putchar('\n');
}

static void identifier(const char *name, struct bytes raw, bool valid)
{
    output_line(name, raw);
    if (raw.size > 0 && !valid)
        output_line("", bytes_of_text("not valid, or not checked"));
}

static void person(const struct item_person *p)
{
    static const char *const born[] = {"", "as declared", "from documents"};

    (void)printf("\n  person");
    for (size_t i = 0; i < p->given.count; i++) {
        (void)putchar(' ');
        output_put(p->given.at[i]);
    }
    if (p->surname.size > 0)
        (void)putchar(' ');
    output_put(p->surname);
    if (p->given.count == 0 && p->surname.size == 0)
        (void)printf(" (no name)");
    for (size_t i = 0; i < p->role_count; i++)
        (void)printf("%s%s", i == 0 ? "  (" : ", ", subject_role_word(p->roles[i]));
    (void)printf("%s\n", p->role_count > 0 ? ")" : "");
    output_list("  also known as", &p->aliases);
    output_date("  born", &p->born);
    output_line("  birth is known", bytes_of_text(born[p->born_basis % COUNT_OF(born)]));
    output_date("  born, as assessed", &p->born_assessed);
    output_line("  gender", p->gender);
    output_line("  ethnicity", p->ethnicity);
    output_line("  biometrics", p->biometric_reference);
    output_line(p->pnc_id_valid ? "  PNC id" : "  PNC id (not valid)", p->pnc_id);
}

static void things(const struct record *r)
{
    for (size_t i = 0; i < r->vehicle_count; i++) {
        heading(r->vehicles[i].vrm_valid || r->vehicles[i].vrm_raw.size == 0
                    ? "vehicle"
                    : "vehicle (unusual)",
                r->vehicles[i].vrm_raw, "(no registration)");
        output_line("  description", r->vehicles[i].description);
    }
    for (size_t i = 0; i < r->phone_count; i++)
        heading(r->phones[i].valid ? "phone" : "phone (not valid)",
                r->phones[i].e164.size > 0 ? r->phones[i].e164 : r->phones[i].raw,
                "(no number)");
    for (size_t i = 0; i < r->vessel_count; i++) {
        heading("vessel", r->vessels[i].name, "(no name)");
        identifier("  hull id", r->vessels[i].hull_id, r->vessels[i].hull_id_valid);
        identifier("  MMSI", r->vessels[i].mmsi, r->vessels[i].mmsi_valid);
        output_line("  description", r->vessels[i].description);
    }
    for (size_t i = 0; i < r->address_count; i++) {
        heading("address", r->addresses[i].text, "(no text)");
        identifier("  postcode", r->addresses[i].postcode, r->addresses[i].postcode_valid);
        output_line("  country", r->addresses[i].country);
        identifier("  position", r->addresses[i].position, r->addresses[i].position_valid);
    }
    for (size_t i = 0; i < r->document_count; i++) {
        heading("document", r->documents[i].type, "(no type)");
        identifier("  number", r->documents[i].number, r->documents[i].valid);
        output_line("  country", r->documents[i].country);
    }
}

static void more_things(const struct record *r)
{
    for (size_t i = 0; i < r->account_count; i++) {
        const struct item_account *const x = &r->accounts[i];
        heading(x->valid ? "account" : "account (not checked)", x->raw, "(no number)");
        output_line("  type", x->type);
        output_line("  institution", x->institution);
        output_line("  country", x->country);
        output_line("  description", x->description);
    }
    for (size_t i = 0; i < r->email_count; i++)
        heading(r->emails[i].valid ? "e-mail" : "e-mail (not valid)", r->emails[i].raw, "");
    for (size_t i = 0; i < r->social_count; i++) {
        heading("social media tag", r->socials[i].raw, "");
        output_line("  platform", r->socials[i].platform);
    }
    for (size_t i = 0; i < r->container_count; i++) {
        heading(r->containers[i].valid ? "container" : "container (not valid)",
                r->containers[i].raw, "(no number)");
        output_line("  description", r->containers[i].description);
    }
    for (size_t i = 0; i < r->organisation_count; i++) {
        heading("organisation", r->organisations[i].name, "(no name)");
        output_line("  description", r->organisations[i].description);
    }
    for (size_t i = 0; i < r->event_count; i++) {
        heading("event", r->events[i].type, "(no type)");
        output_date("  on", &r->events[i].date);
        output_line("  description", r->events[i].description);
    }
}

/* What a reference shows of the thing it means: the words that head it above. */
static struct bytes name_of(const struct record *r, struct entity_ref ref)
{
    if (!record_has(r, ref))
        return (struct bytes){0};
    switch (ref.kind) {
    case ITEM_PERSON:
        return r->persons[ref.index].surname;
    case ITEM_VEHICLE:
        return r->vehicles[ref.index].vrm_raw;
    case ITEM_PHONE:
        return r->phones[ref.index].raw;
    case ITEM_VESSEL:
        return r->vessels[ref.index].name;
    case ITEM_ADDRESS:
        return r->addresses[ref.index].text;
    case ITEM_DOCUMENT:
        return r->documents[ref.index].number;
    case ITEM_ACCOUNT:
        return r->accounts[ref.index].raw;
    case ITEM_EMAIL:
        return r->emails[ref.index].raw;
    case ITEM_SOCIAL:
        return r->socials[ref.index].raw;
    case ITEM_CONTAINER:
        return r->containers[ref.index].raw;
    case ITEM_ORGANISATION:
        return r->organisations[ref.index].name;
    case ITEM_EVENT:
        return r->events[ref.index].type;
    case ITEM_FACTS:
    case ITEM_REPORT:
    case ITEM_PROVENANCE:
    case ITEM_TEXT:
    case ITEM_GRADE:
    case ITEM_CODE:
    case ITEM_CASE:
    case ITEM_LINK:
    case ITEM_OUTCOME:
    case ITEM_AUDIT:
    case ITEM_FLAG:
    case ITEM_DATES:
    case ITEM_THREAT:
    case ITEM_REFERENCE:
    case ITEM_IDENTIFIER:
    case ITEM_ATTACHMENT:
    case ITEM_PART:
    case ITEM_CASE_EVENT:
    case ITEM_CASE_DECISION:
    case ITEM_CASE_CALL:
    case ITEM_CASE_PERIOD:
    case ITEM_SUPERSEDES:
    case ITEM_LINEAGE:
    case ITEM_PROOF:
    case ITEM_RECALL:
    case ITEM_REPLACED:
    case ITEM_DECISION:
    case ITEM_RETENTION:
    case ITEM_RANGES:
    case ITEM_DIFFERENCE:
    case ITEM_REQUEST:
        return (struct bytes){0};
    }
    return (struct bytes){0};
}

/* persons[0] "Pellow" */
static void put_ref(const struct record *r, struct entity_ref ref)
{
    const struct record_part *const part = record_entity_of(ref.kind);
    const struct bytes name = name_of(r, ref);

    (void)printf("%s[%u]", part == NULL ? "?" : part->name, ref.index);
    if (name.size == 0)
        return;
    (void)printf(" \"");
    output_put(name);
    (void)putchar('"');
}

static void joins(const struct record *r)
{
    if (r->identifier_count + r->link_count > 0)
        (void)putchar('\n');
    for (size_t i = 0; i < r->identifier_count; i++) {
        const struct record_identifier *const x = &r->identifiers[i];
        (void)printf("  ");
        put_ref(r, x->of);
        (void)printf(": ");
        output_put(x->type);
        (void)printf(" ");
        output_put(x->raw);
        if (x->country.size > 0) {
            (void)printf(" of ");
            output_put(x->country);
        }
        (void)printf("%s\n", x->valid ? "" : " (not valid)");
    }
    for (size_t i = 0; i < r->link_count; i++) {
        (void)printf("  ");
        put_ref(r, r->links[i].from);
        (void)printf(" ");
        output_put(r->links[i].relation);
        (void)printf(" ");
        put_ref(r, r->links[i].to);
        (void)putchar('\n');
    }
}

static void references(const struct record *r)
{
    static const char *const types[] = {"reference", "OCG", "earlier report",
                                        "crime number", "answers requirement"};

    for (size_t i = 0; i < r->reference_count; i++)
        output_line(types[r->references[i].type % COUNT_OF(types)],
                    r->references[i].reference);
    for (size_t i = 0; i < r->threat_count; i++) {
        (void)printf("  %-20s ", "threat");
        output_put(r->threats[i].family);
        (void)printf(" - ");
        output_put(r->threats[i].sub_type);
        (void)printf(" - band %u\n", r->threats[i].band);
    }
}

void output_things(const struct record *r)
{
    if (r->reference_count + r->threat_count > 0)
        (void)putchar('\n');
    references(r);
    for (size_t i = 0; i < r->person_count; i++)
        person(&r->persons[i]);
    things(r);
    more_things(r);
    joins(r);
}
