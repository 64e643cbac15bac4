#include "requirement.h"

#include "force.h"
#include "ingested.h"
#include "text.h"
#include "words.h"

#include <string.h>

/* --- fields that a file can ask for --- */

static bool has_urn(const struct record *r)
{
    return r->facts.urn.size > 0;
}

static bool has_title(const struct record *r)
{
    return r->report.title.size > 0;
}

static bool has_station(const struct record *r)
{
    return r->facts.station.size > 0;
}

static bool has_contact(const struct record *r)
{
    return r->report.contact.size > 0;
}

static bool has_caveat(const struct record *r)
{
    return r->report.caveat.size > 0;
}

static bool has_intelligence_date(const struct record *r)
{
    return r->facts.date_of_intelligence.year != 0;
}

static bool has_created_date(const struct record *r)
{
    return r->facts.date_created.year != 0;
}

static bool has_code(const struct record *r)
{
    return r->facts.crime_code.size > 0;
}

static bool has_offence(const struct record *r)
{
    return r->facts.offence_codes.count > 0;
}

static bool has_provenance(const struct record *r)
{
    return r->provenance.text.size > 0;
}

static bool has_text(const struct record *r)
{
    return r->text_count > 0;
}

static bool has_person(const struct record *r)
{
    return r->person_count > 0;
}

static const struct known_field {
    const char *name; /* as in JSON */
    bool (*has)(const struct record *r);
} known_fields[] = {
    {"urn", has_urn},
    {"title", has_title},
    {"station", has_station},
    {"contact", has_contact},
    {"caveat", has_caveat},
    {"date_of_intelligence", has_intelligence_date},
    {"date_created", has_created_date},
    {"crime_code", has_code},
    {"offence_codes", has_offence},
    {"provenance", has_provenance},
    {"texts", has_text},
    {"persons", has_person},
};

/* --- the file --- */

static const char FIRST_LINE[] = "flagpost/requirements/v1";

static const char *read_version(struct bytes rest, struct requirements *q)
{
    uint64_t n = 0;

    if (q->version != 0 || decimal_decode(rest, &n) != OK || n == 0 || n > UINT32_MAX)
        return "the version is one number from 1 on, given once";
    q->version = (uint32_t)n;
    return NULL;
}

static const char *read_title(struct bytes rest, struct requirements *q)
{
    if (q->title.size > 0 || rest.size == 0 || rest.size > SHORT_TEXT_MAX)
        return "the title is one line of at most 256 bytes, given once";
    q->title = rest;
    return NULL;
}

static const char *read_force(struct bytes rest, struct requirements *q)
{
    struct bytes code = {0};
    const bool two = text_cut(&rest, ' ', &code);

    if (!two || (!text_is(code, "*") && !force_code_is(code)) ||
        (!text_is(rest, "load") && !text_is(rest, "gate")))
        return "a force is two digits or *, and load or gate";
    for (size_t i = 0; i < q->force_count; i++) {
        if (bytes_equal(q->forces[i].code, code))
            return "this force is there already";
    }
    if (q->force_count == REQUIREMENT_FORCES_MAX)
        return "there are at most 64 forces";
    q->forces[q->force_count].code = code;
    q->forces[q->force_count++].gate = text_is(rest, "gate");
    return NULL;
}

static const char *read_rule(struct bytes rest, struct requirements *q)
{
    if (!ingested_is_rule(rest))
        return "a rule is 1 to 24 letters, digits, '-', '.' or '_'";
    if (q->rule_count == REQUIREMENT_RULES_MAX)
        return "there are at most 16 rules";
    q->rules[q->rule_count++] = rest;
    return NULL;
}

static const char *read_field(struct bytes rest, struct requirements *q)
{
    struct requirement_field f = {.number = COUNT_OF(known_fields)};
    struct bytes name = {0};

    if (!text_cut(&rest, ' ', &f.rule) || !text_cut(&rest, ' ', &name) || rest.size == 0)
        return "a field has a rule, a name and what is to be mended";
    f.mend = rest;
    if (!ingested_is_rule(f.rule))
        return "a rule is 1 to 24 letters, digits, '-', '.' or '_'";
    for (size_t i = 0; i < COUNT_OF(known_fields); i++) {
        if (text_is(name, known_fields[i].name))
            f.number = i;
    }
    if (f.number == COUNT_OF(known_fields))
        return "a record has no field of that name that could be asked for";
    if (q->field_count == REQUIREMENT_FIELDS_MAX)
        return "there are at most 64 fields";
    q->fields[q->field_count++] = f;
    return NULL;
}

static const struct {
    const char *word;
    const char *(*read)(struct bytes rest, struct requirements *q);
} line_kinds[] = {
    {"version", read_version}, {"title", read_title}, {"force", read_force},
    {"rule", read_rule},       {"field", read_field},
};

static const char *read_line(struct bytes line, struct requirements *q)
{
    struct bytes word = {0};
    struct bytes rest = line;

    if (!text_cut(&rest, ' ', &word))
        return "a line is a word and what it says: version, title, force, rule, field";
    for (size_t i = 0; i < COUNT_OF(line_kinds); i++) {
        if (text_is(word, line_kinds[i].word))
            return line_kinds[i].read(rest, q);
    }
    return "a line begins with version, title, force, rule or field";
}

static const char *read_lines(struct bytes text, struct requirements *q, uint32_t *line)
{
    struct bytes rest = text;
    struct bytes one = {0};

    *line = 1;
    if (text.size > REQUIREMENTS_FILE_MAX || !utf8_is_valid(text))
        return "the file is text in UTF-8 of at most 64 KiB";
    if (!text_cut(&rest, '\n', &one) || !text_is(one, FIRST_LINE))
        return "the first line is flagpost/requirements/v1";
    while (text_cut(&rest, '\n', &one)) {
        ++*line;
        if (one.size == 0 || one.at[0] == '#')
            continue;
        const char *const fault = read_line(one, q);
        if (fault != NULL)
            return fault;
    }
    ++*line;
    if (rest.size > 0)
        return "the last line does not end";
    if (q->version == 0 || q->title.size == 0)
        return "the file has a version and a title";
    if (q->rule_count + q->field_count == 0)
        return "the file asks for nothing";
    return NULL;
}

status requirements_read(struct bytes text, struct requirements *ret,
                         struct requirements_fault *ret_fault)
{
    struct requirements_fault fault = {0};

    *ret = (struct requirements){0};
    fault.sentence = read_lines(text, ret, &fault.line);
    if (fault.sentence == NULL)
        return OK;
    *ret_fault = fault;
    return E_FORM;
}

bool requirements_gate(const struct requirements *q, struct bytes force)
{
    bool gate = false;

    for (size_t i = 0; i < q->force_count; i++) {
        if (bytes_equal(q->forces[i].code, force))
            return q->forces[i].gate;
        if (text_is(q->forces[i].code, "*"))
            gate = q->forces[i].gate;
    }
    return gate;
}

/* --- the check --- */

/* What is to be mended, as one line: whole parts, and how many had no room. */
struct refusing {
    struct arena *arena;
    const char *rule;
    struct writer mend;
    size_t left_out;
};

enum { MEND_ROOM = INGESTED_MEND_MAX - 24 /* for "; and 64 more" */ };

static status refuse(struct refusing *r, struct bytes rule, const char *field,
                     struct bytes mend)
{
    const bool first = r->rule == NULL;
    const size_t size = rule.size + strlen(field) + mend.size + 5;

    if (first) {
        r->rule = arena_text(r->arena, rule);
        ENSURE(r->rule != NULL, E_MEMORY);
    }
    if (writer_bytes(&r->mend).size + size > MEND_ROOM) {
        r->left_out++;
        return OK;
    }
    write_text(&r->mend, first ? "" : "; ");
    write_bytes(&r->mend, rule);
    write_text(&r->mend, " ");
    write_text(&r->mend, field);
    write_text(&r->mend, ": ");
    write_bytes(&r->mend, mend);
    return OK;
}

static bool asks_for_rule(const struct requirements *q, const char *rule)
{
    for (size_t i = 0; i < q->rule_count; i++) {
        if (text_is(q->rules[i], rule))
            return true;
    }
    return false;
}

static status check_rules(const struct requirements *q, const struct findings *found,
                          struct refusing *r)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *const f = &found->at[i];
        if (f->severity != SEVERITY_ADVISE && asks_for_rule(q, f->rule))
            TRY(refuse(r, bytes_of_text(f->rule), f->field, bytes_of_text(f->mend)));
    }
    return OK;
}

static status check_fields(const struct requirements *q, const struct record *record,
                           struct refusing *r)
{
    for (size_t i = 0; i < q->field_count; i++) {
        const struct requirement_field *const f = &q->fields[i];
        const struct known_field *const known = &known_fields[f->number];
        if (!known->has(record))
            TRY(refuse(r, f->rule, known->name, f->mend));
    }
    return OK;
}

/* One line: what a record's words brought along is put as a space. */
static const char *finish(struct refusing *r)
{
    if (r->left_out > 0) {
        write_text(&r->mend, "; and ");
        write_decimal(&r->mend, r->left_out);
        write_text(&r->mend, " more");
    }
    const struct bytes all = writer_bytes(&r->mend);
    uint8_t *const text = arena_take(r->arena, all.size + 1);
    if (text == NULL || r->mend.bad)
        return NULL;
    for (size_t i = 0; i < all.size; i++)
        text[i] = all.at[i] < ' ' ? ' ' : all.at[i];
    text[all.size] = '\0';
    return (const char *)text;
}

status requirements_check(const struct requirements *q, struct record *r,
                          const struct lists *lists, millis now, struct arena *a,
                          struct requirement_refusal *ret)
{
    struct findings *const found = arena_take(a, sizeof *found);
    void *const room = arena_take(a, INGESTED_MEND_MAX);
    struct refusing refusing = {.arena = a};

    ENSURE(found != NULL && room != NULL, E_MEMORY);
    refusing.mend = writer_over(room, INGESTED_MEND_MAX);
    rules_check(r, lists, now, a, found);
    TRY(check_rules(q, found, &refusing));
    TRY(check_fields(q, r, &refusing));
    const char *const mend = finish(&refusing);
    ENSURE(mend != NULL, E_MEMORY);
    *ret = (struct requirement_refusal){.rule = refusing.rule, .mend = mend};
    return OK;
}
