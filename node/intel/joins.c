#include "rule.h"
#include "words.h"

/*
 * F6: what refers to something else refers to what is there, and F7: threat lines.
 */

static const char *const name_it =
    "Name a person or thing of this record by its list and its place there, counted from "
    "0: persons[0], vehicles[1].";

/* No orphans: both ends are in the record. */
static void check_link(struct check *c, size_t i)
{
    const struct record_link *const x = &c->record->links[i];

    if (!record_has(c->record, x->from))
        rule_refuse(c, "F6", rule_path(c, "links", i, "from"),
                    "This link begins at something that the record does not have.",
                    name_it);
    if (!record_has(c->record, x->to))
        rule_refuse(c, "F6", rule_path(c, "links", i, "to"),
                    "This link ends at something that the record does not have.", name_it);
    if (x->from.kind != 0 && x->from.kind == x->to.kind && x->from.index == x->to.index)
        rule_refuse(c, "F6", rule_path(c, "links", i, "to"),
                    "This link joins something with itself.", name_it);
    if (word_trim(x->relation).size == 0)
        rule_refuse(c, "F6", rule_path(c, "links", i, "relation"),
                    "This link does not say what it is.",
                    "Write how the two belong together: drives, owns, lives at.");
}

static void check_identifier(struct check *c, size_t i)
{
    struct record_identifier *const x = &c->record->identifiers[i];
    struct identified number = {.country = x->country, .raw = x->raw};

    if (!record_has(c->record, x->of))
        rule_refuse(c, "F6", rule_path(c, "identifiers", i, "of"),
                    "This identifier belongs to nothing that the record has.", name_it);
    if (word_trim(x->type).size == 0)
        rule_refuse(c, "F1", rule_path(c, "identifiers", i, "type"),
                    "This identifier does not say of what type it is.",
                    "Give its type: passport, nino, imei, iban, vin.");
    if (word_trim(x->raw).size == 0)
        rule_refuse(c, "F1", rule_path(c, "identifiers", i, "raw"),
                    "This identifier is empty.",
                    "Write it as it was found, or take it out.");
    if (x->type.size > 0 && !rule_identifier_type(x->type, &number.type)) {
        number.raw = (struct bytes){0};
        rule_advise(
            c, "R15", rule_path(c, "identifiers", i, "type"),
            rule_quote(c, "No check is known for the type ", x->type, "."),
            "It is sent as written; see the list of types in node/intel/README.md.");
    }
    if (x->type.size == 0)
        number.raw = (struct bytes){0};
    rule_identify(c, rule_path(c, "identifiers", i, "raw"), &number, &x->canonical,
                  &x->valid);
}

static bool is_force(struct bytes b)
{
    return b.size == 2 && word_is_digit(b.at[0]) && word_is_digit(b.at[1]);
}

static void check_reference(struct check *c, size_t i)
{
    const struct item_reference *const x = &c->record->references[i];

    if (x->type == 0)
        rule_refuse(c, "F6", rule_path(c, "references", i, "type"),
                    "This reference does not say what it refers to.",
                    "Choose ocg, urn (an earlier report), crime or requirement.");
    if (word_trim(x->reference).size == 0)
        rule_refuse(c, "F6", rule_path(c, "references", i, "reference"),
                    "This reference is empty.", "Fill it in, or take it out.");
    else if (x->type == REFERENCE_URN && word_same(x->reference, c->record->facts.urn))
        rule_refuse(c, "F6", rule_path(c, "references", i, "reference"),
                    "The record names itself as the earlier report.",
                    "Give the URN of the other report, or take it out.");
    if (x->force.size > 0 && !is_force(x->force))
        rule_refuse(c, "R14", rule_path(c, "references", i, "force"),
                    "A force code is two digits.", "Write it as text: \"01\", \"55\".");
    else if (x->type == REFERENCE_CRIME && x->force.size == 0)
        rule_advise(c, "F6", rule_path(c, "references", i, "force"),
                    "A crime number means nothing without its force.",
                    "Add the force's two digits.");
}

static void check_threat(struct check *c, size_t i)
{
    const struct item_threat *const x = &c->record->threats[i];

    if (word_trim(x->family).size == 0)
        rule_refuse(c, "F7", rule_path(c, "threats", i, "family"),
                    "This threat line has no family.",
                    "A threat line is family, sub-type and band, for example \"Organised "
                    "immigration crime - Small boats - band 2\".");
    if (x->band > THREAT_BAND_MAX)
        rule_refuse(c, "F7", rule_path(c, "threats", i, "band"),
                    "A threat band is a number from 1 to 9.", "Give the band of the list.");
    if (x->family.size > 0 && (x->sub_type.size == 0 || x->band == 0))
        rule_advise(c, "F7", rule_path(c, "threats", i, NULL),
                    "This threat line lacks its sub-type or its band.",
                    "Complete it, so that it is counted where it belongs.");
}

/* The national form asks for one or more, but a report that lacks it harms nobody, and one
 * of a threat to life must not wait for it: advice. */
static void check_has_threat(struct check *c)
{
    if (c->record->threat_count == 0)
        rule_advise(c, "F7", "threats", "The report has no threat line.",
                    "Add family, sub-type and band, for example \"Organised immigration "
                    "crime - Small boats - band 2\".");
}

static void check_information_types(struct check *c)
{
    const struct text_list *const types = &c->record->report.information_types;

    for (size_t i = 0; i < types->count; i++) {
        if (word_trim(types->at[i]).size == 0)
            rule_refuse(c, "F1", rule_path(c, "information_types", i, NULL),
                        "This information type is empty.", "Fill it in, or take it out.");
    }
}

void joins_check(struct check *c)
{
    const struct record *const r = c->record;

    check_information_types(c);
    check_has_threat(c);
    for (size_t i = 0; i < r->threat_count; i++)
        check_threat(c, i);
    for (size_t i = 0; i < r->reference_count; i++)
        check_reference(c, i);
    for (size_t i = 0; i < r->identifier_count; i++)
        check_identifier(c, i);
    for (size_t i = 0; i < r->link_count; i++)
        check_link(c, i);
}
