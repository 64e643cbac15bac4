#include "output.h"

#include "excerpt.h"

#include <stdio.h>
#include <stdlib.h>

/* One item of a record on a few lines: of a sanitised copy there is no whole record. */

static void put(FILE *to, const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)fprintf(to, "%s", name);
    cli_put(to, value);
}

static void put_list(FILE *to, const char *name, const struct text_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        put(to, i == 0 ? name : ", ", l->at[i]);
}

static void put_date(FILE *to, const char *name, const struct partial_date *d)
{
    if (d->year == 0)
        return;
    (void)fprintf(to, "%s%04u", name, d->year);
    if (d->month > 0)
        (void)fprintf(to, "-%02u", d->month);
    if (d->day > 0)
        (void)fprintf(to, "-%02u", d->day);
}

static void put_facts(FILE *to, const struct item_facts *f)
{
    put(to, "URN ", f->urn);
    put_list(to, "; flags ", &f->flags);
    put(to, "; crime code ", f->crime_code);
    put_list(to, "; offences ", &f->offence_codes);
    put(to, "; station ", f->station);
    put(to, "; case ", f->case_reference);
    put_date(to, "; of ", &f->date_of_intelligence);
    put_date(to, "; created ", &f->date_created);
}

static void put_report(FILE *to, const struct item_report *r)
{
    put(to, "", r->title);
    put(to, "; caveat: ", r->caveat);
    put(to, "; contact ", r->contact);
    put(to, "; conditions: ", r->conditions);
    put(to, "; because: ", r->condition_reason);
    put(to, "; use under A3: ", r->a3_usage);
    put(to, "; risk: ", r->risk);
    put(to, "; PII: ", r->pii_decision);
}

static void put_person(FILE *to, const struct item_person *p)
{
    for (size_t i = 0; i < p->given.count; i++)
        put(to, i == 0 ? "" : " ", p->given.at[i]);
    put(to, p->given.count > 0 ? " " : "", p->surname);
    put_list(to, "; also known as ", &p->aliases);
    put_date(to, "; born ", &p->born);
    put_date(to, "; born, as assessed: ", &p->born_assessed);
    put(to, "; gender ", p->gender);
    put(to, "; PNC id ", p->pnc_id);
}

static void put_grade(FILE *to, const struct item_grade *g)
{
    const char assessment = (char)(g->assessment == 0 ? '?' : 'A' + g->assessment - 1);

    (void)fprintf(to, "%u%c of item %u", g->source, assessment, g->of_item);
    put(to, "; because: ", g->reason);
}

static void put_other_thing(FILE *to, const struct item *i)
{
    if (i->kind == ITEM_ACCOUNT) {
        put(to, "", i->account.raw);
        put(to, "; ", i->account.institution);
        put(to, "; ", i->account.description);
    } else if (i->kind == ITEM_EMAIL) {
        put(to, "", i->email.raw);
    } else if (i->kind == ITEM_SOCIAL) {
        put(to, "", i->social.raw);
        put(to, "; on ", i->social.platform);
    } else if (i->kind == ITEM_CONTAINER) {
        put(to, "", i->container.raw);
        put(to, "; ", i->container.description);
    } else if (i->kind == ITEM_ORGANISATION) {
        put(to, "", i->organisation.name);
        put(to, "; ", i->organisation.description);
    } else if (i->kind == ITEM_EVENT) {
        put(to, "", i->event.type);
        put_date(to, "; on ", &i->event.date);
        put(to, "; ", i->event.description);
    } else {
        (void)fprintf(to, "(shown by `flagpost show` only)");
    }
}

/* What stands for something else, or joins two. */
static bool put_join(FILE *to, const struct item *i)
{
    if (i->kind == ITEM_FLAG) {
        put(to, "", i->flag.flag);
    } else if (i->kind == ITEM_DATES) {
        put_date(to, "of ", &i->dates.intelligence);
        put_date(to, "; created ", &i->dates.created);
    } else if (i->kind == ITEM_THREAT) {
        put(to, "", i->threat.family);
        put(to, " - ", i->threat.sub_type);
        (void)fprintf(to, " - band %u", i->threat.band);
    } else if (i->kind == ITEM_REFERENCE) {
        put(to, "", i->reference.reference);
    } else if (i->kind == ITEM_IDENTIFIER) {
        put(to, "", i->identifier.type);
        put(to, " ", i->identifier.raw);
        (void)fprintf(to, " of item %u", i->identifier.of_item);
    } else if (i->kind == ITEM_LINK) {
        (void)fprintf(to, "item %u", i->link.from_item);
        put(to, " ", i->link.relation);
        (void)fprintf(to, " item %u", i->link.to_item);
    } else {
        return false;
    }
    return true;
}

static void put_thing(FILE *to, const struct item *i)
{
    if (i->kind == ITEM_VEHICLE) {
        put(to, "", i->vehicle.vrm_raw);
        put(to, "; ", i->vehicle.description);
    } else if (i->kind == ITEM_PHONE) {
        put(to, "", i->phone.e164.size > 0 ? i->phone.e164 : i->phone.raw);
    } else if (i->kind == ITEM_VESSEL) {
        put(to, "", i->vessel.name);
        put(to, "; hull id ", i->vessel.hull_id);
        put(to, "; MMSI ", i->vessel.mmsi);
        put(to, "; ", i->vessel.description);
    } else if (i->kind == ITEM_ADDRESS) {
        put(to, "", i->address.text);
        put(to, "; ", i->address.postcode);
        put(to, "; ", i->address.country);
    } else if (i->kind == ITEM_DOCUMENT) {
        put(to, "", i->document.type);
        put(to, "; ", i->document.number);
        put(to, "; ", i->document.country);
    } else {
        put_other_thing(to, i);
    }
}

static void put_item(FILE *to, const struct item *i)
{
    if (i->kind == ITEM_FACTS)
        put_facts(to, &i->facts);
    else if (i->kind == ITEM_REPORT)
        put_report(to, &i->report);
    else if (i->kind == ITEM_PROVENANCE)
        put(to, "", i->provenance.text);
    else if (i->kind == ITEM_TEXT)
        put(to, "", i->text.text);
    else if (i->kind == ITEM_GRADE)
        put_grade(to, &i->grade);
    else if (i->kind == ITEM_CODE)
        put(to, "", i->code.code);
    else if (i->kind == ITEM_CASE)
        put(to, "", i->case_reference.reference);
    else if (i->kind == ITEM_PERSON)
        put_person(to, &i->person);
    else if (!put_join(to, i))
        put_thing(to, i);
}

status output_item_text(struct arena *a, const struct item *i, struct bytes *ret)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const memory = open_memstream(&text, &size);

    ENSURE(memory != NULL, E_MEMORY);
    put_item(memory, i);
    status s = fclose(memory) == 0 ? OK : E_MEMORY;
    if (s == OK)
        s = arena_copy(a, bytes_of(text, size), ret);
    free(text);
    return s;
}

void output_item(uint32_t position, const struct item *i)
{
    (void)printf("  %3u %-11s ", position, item_kind_word(i->kind));
    put_item(stdout, i);
    (void)putchar('\n');
}
