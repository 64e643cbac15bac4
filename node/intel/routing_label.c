#include "routing.h"
#include "rule.h"

/*
 * What the header carries for routing, and the block on immigration enforcement (page 1;
 * R10).  Rather blocked once too often, where a person can override it with a reason, than
 * once too seldom, where nobody is asked.
 */

enum { ADULT_YEARS = 18 };

static bool has_role(const struct item_person *p, enum subject_role role)
{
    for (size_t i = 0; i < p->role_count; i++) {
        if (p->roles[i] == role)
            return true;
    }
    return false;
}

/*
 * Under eighteen on that day, as far as the date of birth tells: unknown parts are taken as
 * late as they can be.  1 January is what registration offices put when only the year is
 * known, so it counts as the year alone.
 */
static bool may_be_child(struct partial_date born, struct partial_date day)
{
    if (born.year == 0)
        return false;
    const bool year_only = born.month == 0 || (born.month == 1 && born.day <= 1);
    const struct partial_date latest = {born.year + ADULT_YEARS,
                                        year_only ? 12 : born.month,
                                        year_only || born.day == 0 ? 31 : born.day};
    const struct partial_date on = {day.year, day.month == 0 ? 1 : day.month,
                                    day.day == 0 ? 1 : day.day};

    if (latest.year != on.year)
        return latest.year > on.year;
    if (latest.month != on.month)
        return latest.month > on.month;
    return latest.day > on.day;
}

/* Suspects and convicted persons of age, and persons of another part; everyone else needs a
 * decision that says why.  A date of birth that was assessed is one that was disputed, and
 * whoever's age is disputed counts as a child until it is settled, whichever date says so.
 */
static bool is_protected(const struct item_person *p, struct partial_date day)
{
    return p->role_count != 1 || has_role(p, ROLE_VICTIM) || has_role(p, ROLE_WITNESS) ||
           has_role(p, ROLE_UNKNOWN) || p->born_assessed.year != 0 ||
           may_be_child(p->born, day);
}

void routing_label(struct record *r, bool code_is_right, millis now)
{
    struct route_facts *const f = &r->label.route;
    const struct partial_date day = r->facts.date_of_intelligence.year != 0
                                        ? r->facts.date_of_intelligence
                                        : date_of(now);

    *f = (struct route_facts){.flags = r->facts.flags,
                              .purpose = r->report.purpose,
                              .immigration = f->immigration & IMMIGRATION_BLOCKED};
    if (code_is_right)
        f->code = r->facts.crime_code;
    for (size_t i = 0; i < r->person_count; i++) {
        const struct item_person *const p = &r->persons[i];
        for (size_t k = 0; k < p->role_count; k++)
            f->roles |= 1u << p->roles[k];
        if (is_protected(p, day))
            f->immigration |= IMMIGRATION_BLOCKED;
    }
}
