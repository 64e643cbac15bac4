#include "rule.h"
#include "words.h"

enum { AGE_MAX = 120 };

/* F3: names by the NPCC Minimum POLE Data Standards. */
static const char *name_fault(struct bytes name)
{
    static const char *const titles[] = {"MR", "MRS", "MS",   "MISS",  "MX",
                                         "DR", "SIR", "PROF", "MASTER"};
    static const char *const unknown[] = {"UNKNOWN", "UNK",     "NOT KNOWN", "N/K",
                                          "NK",      "UNNAMED", "ANON"};
    static const char *const companies[] = {"LTD", "LIMITED", "PLC", "LLP"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        if (word_find(name, 0, titles[i]) == 0)
            return "begins with a title";
    }
    for (size_t i = 0; i < COUNT_OF(companies); i++) {
        if (word_find(name, 0, companies[i]) < name.size)
            return "is that of a company, which goes under organisations";
    }
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        if (word_same(name, bytes_of_text(unknown[i])))
            return "stands for a name that is not known";
    }
    for (size_t i = 0; i < name.size; i++) {
        const uint8_t ch = name.at[i];
        if (word_is_digit(ch))
            return "has a digit in it";
        if (ch == ' ' && (i == 0 || i + 1 == name.size || name.at[i + 1] == ' '))
            return "has a blank too many";
        if (ch < 0x80 && !word_is_letter(ch) && ch != ' ' && ch != '-' && ch != '\'')
            return "has a sign in it that names do not have";
    }
    return NULL;
}

static void check_name(struct check *c, struct bytes name, const char *field)
{
    const char *const fault = name.size == 0 ? NULL : name_fault(name);

    if (fault != NULL)
        rule_advise(
            c, "F3", field,
            rule_quote(c, "The name ", name,
                       rule_quote(c, " is doubtful: it ", bytes_of_text(fault), ".")),
            "A name field holds one name, without title or note; blank is better "
            "than a guess.");
}

static void check_born(struct check *c, const char *field, struct partial_date born)
{
    const struct partial_date today = date_of(c->now);

    if (born.year == 0 && born.month == 0 && born.day == 0)
        return;
    if (!date_is_sound(born)) {
        rule_refuse(c, "F2", field, "The date of birth is not a date of the calendar.",
                    "Give what is known: 1988, 1988-03 or 1988-03-14.");
        return;
    }
    const bool is_today =
        born.year == today.year && born.month == today.month && born.day == today.day;
    if (is_today || date_is_after(born, today) || today.year - born.year > AGE_MAX)
        rule_advise(c, "F2", field, "The date of birth cannot be right.",
                    "Check that it is not the date of arrest or of the report.");
    else if (born.month == 1 && born.day == 1)
        rule_advise(c, "F2", field, "1 January is often given when the day is not known.",
                    "If so, give the year alone.");
}

static void check_gender(struct check *c, size_t i, struct bytes gender)
{
    static const char *const known[] = {"Male",          "Female",     "Trans Male",
                                        "Trans Female",  "Non-Binary", "Intersex",
                                        "Not Specified", "Not Known"};

    for (size_t k = 0; k < COUNT_OF(known); k++) {
        if (word_same(gender, bytes_of_text(known[k])))
            return;
    }
    if (gender.size > 0)
        rule_advise(c, "F3", rule_path(c, "persons", i, "gender"),
                    rule_quote(c, "The gender ", gender, " is not on the POLE list."),
                    "Use Male, Female, Trans Male, Trans Female, Non-Binary, Intersex, Not "
                    "Specified or Not Known.");
}

/* R9: the roles of a person in this record (Data Protection Act 2018 s.38(3)). */
static void check_roles(struct check *c, size_t i, const struct item_person *p)
{
    const char *const field = rule_path(c, "persons", i, "roles");

    if (p->role_count == 0)
        rule_refuse(c, "R9", field, "This person has no role in the record.",
                    "Say whether suspect, convicted, victim, witness, other or unknown; "
                    "more than one may hold.");
    for (size_t k = 1; k < p->role_count; k++) {
        for (size_t m = 0; m < k; m++) {
            if (p->roles[m] == p->roles[k]) {
                rule_refuse(c, "R9", field, "This person has the same role twice.",
                            "Give each role once.");
                return;
            }
        }
    }
}

static void check_person(struct check *c, size_t i)
{
    struct item_person *const p = &c->record->persons[i];

    if (p->surname.size == 0 && p->given.count == 0 && p->aliases.count == 0)
        rule_refuse(c, "F1", rule_path(c, "persons", i, NULL),
                    "This person has no name of any kind.",
                    "Give a surname, a given name or an alias; describe a person without "
                    "one in the text.");
    check_name(c, p->surname, rule_path(c, "persons", i, "surname"));
    for (size_t k = 0; k < p->given.count; k++)
        check_name(c, p->given.at[k], rule_path(c, "persons", i, "given"));
    check_born(c, rule_path(c, "persons", i, "born"), p->born);
    check_born(c, rule_path(c, "persons", i, "born_assessed"), p->born_assessed);
    check_gender(c, i, p->gender);
    check_roles(c, i, p);
    const struct identified pnc = {IDENTIFIER_PNC_ID, {0}, p->pnc_id};
    rule_identify(c, rule_path(c, "persons", i, "pnc_id"), &pnc, &p->pnc_id_canonical,
                  &p->pnc_id_valid);
}

void subjects_check(struct check *c)
{
    for (size_t i = 0; i < c->record->person_count; i++)
        check_person(c, i);
}
