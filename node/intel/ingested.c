#include "ingested.h"

#include "text.h"

static bool is_about_deletion(const struct item_outcome *o)
{
    return o->what == OUTCOME_DELETED || o->what == OUTCOME_NOT_DELETED;
}

bool ingested_is_answer(const struct item_outcome *o)
{
    return o->what == OUTCOME_INGESTED || o->what == OUTCOME_REFUSED ||
           is_about_deletion(o);
}

static bool is_letter_or_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A rule stands in to-dos, which say nothing of a record: a name, and no sentence. */
bool ingested_is_rule(struct bytes b)
{
    if (b.size == 0 || b.size > INGESTED_RULE_MAX)
        return false;
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!is_letter_or_digit(c) && c != '-' && c != '.' && c != '_')
            return false;
    }
    return true;
}

/* The form of national references is not public; one word is what any system can give. */
static bool is_reference(struct bytes b)
{
    if (b.size == 0 || b.size > INGESTED_REFERENCE_MAX)
        return false;
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] <= ' ' || b.at[i] > '~')
            return false;
    }
    return true;
}

static bool is_mend(struct bytes b)
{
    if (b.size == 0 || b.size > INGESTED_MEND_MAX || !utf8_is_valid(b))
        return false;
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] < ' ')
            return false;
    }
    return true;
}

static bool has_reference(const struct item_outcome *o)
{
    return o->what == OUTCOME_INGESTED || o->what == OUTCOME_DELETED;
}

const char *ingested_fault(const struct item_outcome *o)
{
    if (has_reference(o) && !is_reference(o->reference))
        return "accepted needs the national reference: 1 to 64 visible ASCII characters "
               "without spaces";
    if (o->what == OUTCOME_INGESTED && o->reason.size > 0 && !is_reference(o->reason))
        return "accepted in the place of a version before needs that one's national "
               "reference";
    if (!has_reference(o) && !ingested_is_rule(o->reference))
        return "refused needs the rule: 1 to 24 letters, digits, '-', '.' or '_'";
    if (!has_reference(o) && !is_mend(o->reason))
        return "refused needs what is to be mended: one line of 1 to 600 bytes";
    return NULL;
}

bool ingested_same(const struct ingested *i, const struct item_outcome *o)
{
    const struct ingested_deletion *const x = &i->deletion;

    if (is_about_deletion(o))
        return x->what == o->what &&
               (o->what == OUTCOME_DELETED ? bytes_equal(i->reference, o->reference)
                                           : bytes_equal(x->rule, o->reference) &&
                                                 bytes_equal(x->mend, o->reason));
    return i->what == o->what && bytes_equal(i->reference, o->reference) &&
           (o->what == OUTCOME_INGESTED || bytes_equal(i->reason, o->reason));
}

static bool may_take(const struct ingested *i, const struct item_outcome *o)
{
    if (!is_about_deletion(o))
        return i->what == 0;
    if (i->what != OUTCOME_INGESTED)
        return false;
    return o->what == OUTCOME_DELETED ? i->deletion.what != OUTCOME_DELETED &&
                                            bytes_equal(i->reference, o->reference)
                                      : i->deletion.what == 0;
}

bool ingested_take(struct ingested *i, const struct item_outcome *o)
{
    if (!may_take(i, o)) {
        i->contradictions += !ingested_same(i, o);
        return false;
    }
    if (is_about_deletion(o)) {
        const bool deleted = o->what == OUTCOME_DELETED;
        i->deletion =
            (struct ingested_deletion){.at = o->at,
                                       .what = o->what,
                                       .rule = deleted ? bytes_of(NULL, 0) : o->reference,
                                       .mend = deleted ? bytes_of(NULL, 0) : o->reason};
        return true;
    }
    i->what = o->what;
    i->at = o->at;
    i->reference = o->reference;
    i->reason = o->reason;
    return true;
}

const char *ingested_word(enum outcome_what what)
{
    if (what == OUTCOME_DELETED)
        return "deleted";
    if (what == OUTCOME_NOT_DELETED)
        return "not deleted";
    if (what == OUTCOME_INGESTED)
        return "accepted";
    return what == OUTCOME_REFUSED ? "refused" : "waiting";
}
