#include "output.h"

#include "excerpt.h"

#include <stdio.h>

/* One item of a record on a few lines: of a sanitised copy there is no whole record. */

static void put(const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)printf("%s", name);
    cli_put(stdout, value);
}

static void put_list(const char *name, const struct text_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        put(i == 0 ? name : ", ", l->at[i]);
}

static void put_date(const char *name, const struct partial_date *d)
{
    if (d->year == 0)
        return;
    (void)printf("%s%04u", name, d->year);
    if (d->month > 0)
        (void)printf("-%02u", d->month);
    if (d->day > 0)
        (void)printf("-%02u", d->day);
}

static void put_facts(const struct item_facts *f)
{
    put("URN ", f->urn);
    put_list("; flags ", &f->flags);
    put("; crime code ", f->crime_code);
    put_list("; offences ", &f->offence_codes);
    put("; station ", f->station);
    put("; case ", f->case_reference);
    put_date("; of ", &f->date_of_intelligence);
    put_date("; created ", &f->date_created);
}

static void put_report(const struct item_report *r)
{
    put("", r->title);
    put("; caveat: ", r->caveat);
    put("; contact ", r->contact);
    put("; conditions: ", r->conditions);
    put("; because: ", r->condition_reason);
    put("; use under A3: ", r->a3_usage);
    put("; risk: ", r->risk);
    put("; PII: ", r->pii_decision);
}

static void put_person(const struct item_person *p)
{
    for (size_t i = 0; i < p->given.count; i++)
        put(i == 0 ? "" : " ", p->given.at[i]);
    put(p->given.count > 0 ? " " : "", p->surname);
    put_list("; also known as ", &p->aliases);
    put_date("; born ", &p->born);
    put_date("; born, as assessed: ", &p->born_assessed);
    put("; gender ", p->gender);
    put("; PNC id ", p->pnc_id);
}

static void put_grade(const struct item_grade *g)
{
    const char assessment = (char)(g->assessment == 0 ? '?' : 'A' + g->assessment - 1);

    (void)printf("%u%c of item %u", g->source, assessment, g->of_item);
    put("; because: ", g->reason);
}

static void put_other_thing(const struct item *i)
{
    if (i->kind == ITEM_ACCOUNT) {
        put("", i->account.raw);
        put("; ", i->account.institution);
        put("; ", i->account.description);
    } else if (i->kind == ITEM_EMAIL) {
        put("", i->email.raw);
    } else if (i->kind == ITEM_SOCIAL) {
        put("", i->social.raw);
        put("; on ", i->social.platform);
    } else if (i->kind == ITEM_CONTAINER) {
        put("", i->container.raw);
        put("; ", i->container.description);
    } else if (i->kind == ITEM_ORGANISATION) {
        put("", i->organisation.name);
        put("; ", i->organisation.description);
    } else if (i->kind == ITEM_EVENT) {
        put("", i->event.type);
        put_date("; on ", &i->event.date);
        put("; ", i->event.description);
    } else {
        (void)printf("(shown by `flagpost show` only)");
    }
}

/* What stands for something else, or joins two. */
static bool put_join(const struct item *i)
{
    if (i->kind == ITEM_FLAG) {
        put("", i->flag.flag);
    } else if (i->kind == ITEM_DATES) {
        put_date("of ", &i->dates.intelligence);
        put_date("; created ", &i->dates.created);
    } else if (i->kind == ITEM_THREAT) {
        put("", i->threat.family);
        put(" - ", i->threat.sub_type);
        (void)printf(" - band %u", i->threat.band);
    } else if (i->kind == ITEM_REFERENCE) {
        put("", i->reference.reference);
    } else if (i->kind == ITEM_IDENTIFIER) {
        put("", i->identifier.type);
        put(" ", i->identifier.raw);
        (void)printf(" of item %u", i->identifier.of_item);
    } else if (i->kind == ITEM_LINK) {
        (void)printf("item %u", i->link.from_item);
        put(" ", i->link.relation);
        (void)printf(" item %u", i->link.to_item);
    } else {
        return false;
    }
    return true;
}

static void put_thing(const struct item *i)
{
    if (i->kind == ITEM_VEHICLE) {
        put("", i->vehicle.vrm_raw);
        put("; ", i->vehicle.description);
    } else if (i->kind == ITEM_PHONE) {
        put("", i->phone.e164.size > 0 ? i->phone.e164 : i->phone.raw);
    } else if (i->kind == ITEM_VESSEL) {
        put("", i->vessel.name);
        put("; hull id ", i->vessel.hull_id);
        put("; MMSI ", i->vessel.mmsi);
        put("; ", i->vessel.description);
    } else if (i->kind == ITEM_ADDRESS) {
        put("", i->address.text);
        put("; ", i->address.postcode);
        put("; ", i->address.country);
    } else if (i->kind == ITEM_DOCUMENT) {
        put("", i->document.type);
        put("; ", i->document.number);
        put("; ", i->document.country);
    } else {
        put_other_thing(i);
    }
}

void output_item(uint32_t position, const struct item *i)
{
    (void)printf("  %3u %-11s ", position, item_kind_word(i->kind));
    if (i->kind == ITEM_FACTS)
        put_facts(&i->facts);
    else if (i->kind == ITEM_REPORT)
        put_report(&i->report);
    else if (i->kind == ITEM_PROVENANCE)
        put("", i->provenance.text);
    else if (i->kind == ITEM_TEXT)
        put("", i->text.text);
    else if (i->kind == ITEM_GRADE)
        put_grade(&i->grade);
    else if (i->kind == ITEM_CODE)
        put("", i->code.code);
    else if (i->kind == ITEM_CASE)
        put("", i->case_reference.reference);
    else if (i->kind == ITEM_PERSON)
        put_person(&i->person);
    else if (!put_join(i))
        put_thing(i);
    (void)putchar('\n');
}
