#include "case_check.h"

#include "text.h"
#include "words.h"

#include <string.h>

/*
 * Whether what was given as a caller's role looks like a person's name: "Jane Smith", "PC
 * Smith", "Custody Sgt J. Smith".  A role ends in what somebody is, so its last word is
 * looked at: one with a capital and small letters behind it, that is none of these. Whoever
 * has another role writes it in small letters.
 */

static const char *const roles[] = {
    "officer",    "constable",     "sergeant",     "inspector",  "superintendent",
    "sgt",        "insp",          "supt",         "detective",  "custody",
    "staff",      "supervisor",    "manager",      "operator",   "controller",
    "dispatcher", "handler",       "investigator", "analyst",    "researcher",
    "lead",       "leader",        "coordinator",  "commander",  "chief",
    "assistant",  "adviser",       "advisor",      "clerk",      "driver",
    "agent",      "worker",        "caller",       "director",   "head",
    "deputy",     "trainee",       "volunteer",    "warden",     "pilot",
    "specialist", "practitioner",  "responder",    "examiner",   "interviewer",
    "negotiator", "administrator", "receptionist", "nurse",      "doctor",
    "gaoler",     "team",          "unit",         "desk",       "room",
    "hub",        "cell",          "bureau",       "department", "duty",
    "response",   "patrol",        "intelligence", "crew",       "support",
    "police",
};

static bool is_role(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (word_same(word, bytes_of_text(roles[i])))
            return true;
    }
    return false;
}

static bool is_small(uint8_t c)
{
    return word_is_letter(c) && c != word_upper(c);
}

static bool is_capital(uint8_t c)
{
    return word_is_letter(c) && c == word_upper(c);
}

/* "Smith", "O'Neil", "Anne-Marie"; not "PC", "sergeant" or "DCI". */
static bool is_capitalised(struct bytes word)
{
    return word.size > 1 && is_capital(word.at[0]) && is_small(word.at[word.size - 1]);
}

bool case_role_is_name(struct bytes role)
{
    struct bytes rest = word_trim(role);
    struct bytes word = {0};

    /* What it is of stands behind: "Duty Inspector (Bournemouth)", "DS, Serious Crime". */
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.at[i] == '(' || rest.at[i] == ',')
            rest.size = i;
    }
    rest = word_trim(rest);
    while (text_cut(&rest, ' ', &word))
        continue;
    while (rest.size > 0 && rest.at[rest.size - 1] == '.')
        rest.size--;
    return is_capitalised(rest) && !is_role(rest);
}
