#include "rule.h"
#include "words.h"

#include <string.h>

/*
 * R15 for everything that has an identifier, and F1: a thing that says nothing about itself
 * is not sent.
 */

/* The three in one text; `otherwise` when memory is short. */
static const char *joined(struct check *c, const char *const part[3], const char *otherwise)
{
    const size_t room = strlen(part[0]) + strlen(part[1]) + strlen(part[2]) + 1;
    char *const text = arena_take(c->arena, room);

    if (text == NULL)
        return otherwise;
    struct writer w = writer_over(text, room);
    for (size_t i = 0; i < 3; i++)
        write_text(&w, part[i]);
    return text;
}

/* The passport "AB12" has too few digits. */
static void say_invalid(struct check *c, const char *field, const struct identified *x,
                        const char *fault)
{
    const char *const before[] = {"The ", identifier_label(x->type), " "};
    const char *const after[] = {" ", fault, "."};

    rule_advise(c, "R15", field,
                rule_quote(c, joined(c, before, "The identifier "), x->raw,
                           joined(c, after, " fails its check.")),
                "Compare it with the original; it is sent as written and marked invalid.");
}

void rule_identify(struct check *c, const char *field, const struct identified *x,
                   struct bytes *ret_canonical, bool *ret_valid)
{
    struct identifier id = {0};

    /* Whoever claims that it is valid is not believed: only this check says so. */
    *ret_canonical = (struct bytes){0};
    *ret_valid = false;
    if (x->raw.size == 0)
        return;
    if (identifier_of(x->type, x->country, x->raw, c->arena, &id) != OK)
        id = (struct identifier){.fault = "could not be checked"};
    *ret_canonical = id.canonical;
    *ret_valid = id.valid;
    if (!id.valid)
        say_invalid(c, field, x, id.fault);
}

bool rule_identifier_type(struct bytes word, enum identifier_type *ret)
{
    char folded[32];

    if (word.size > sizeof folded)
        return false;
    for (size_t i = 0; i < word.size; i++) {
        const uint8_t ch = word.at[i];
        const bool capital = ch >= 'A' && ch <= 'Z';
        folded[i] = (char)(ch == ' ' || ch == '-' ? '_' : capital ? ch + 'a' - 'A' : ch);
    }
    return identifier_type_read(bytes_of(folded, word.size), ret) == OK;
}

static void need_something(struct check *c, const char *list, size_t i, size_t size)
{
    if (size == 0)
        rule_refuse(c, "F1", rule_path(c, list, i, NULL), "This entry is empty.",
                    "Fill it in, or take it out.");
}

static void check_vehicle(struct check *c, size_t i)
{
    struct item_vehicle *const x = &c->record->vehicles[i];
    const struct identified vrm = {IDENTIFIER_VRM, {0}, x->vrm_raw};

    need_something(c, "vehicles", i, x->vrm_raw.size + x->description.size);
    rule_identify(c, rule_path(c, "vehicles", i, "vrm"), &vrm, &x->vrm, &x->vrm_valid);
}

static void check_phone(struct check *c, size_t i)
{
    struct item_phone *const x = &c->record->phones[i];
    const struct identified number = {IDENTIFIER_PHONE, {0}, x->raw};

    need_something(c, "phones", i, x->raw.size);
    rule_identify(c, rule_path(c, "phones", i, NULL), &number, &x->e164, &x->valid);
}

static void check_vessel(struct check *c, size_t i)
{
    struct item_vessel *const x = &c->record->vessels[i];
    const struct identified hull = {IDENTIFIER_HULL, {0}, x->hull_id};
    const struct identified mmsi = {IDENTIFIER_MMSI, {0}, x->mmsi};

    need_something(c, "vessels", i,
                   x->name.size + x->hull_id.size + x->mmsi.size + x->description.size);
    rule_identify(c, rule_path(c, "vessels", i, "hull_id"), &hull, &x->hull_id_canonical,
                  &x->hull_id_valid);
    rule_identify(c, rule_path(c, "vessels", i, "mmsi"), &mmsi, &x->mmsi_canonical,
                  &x->mmsi_valid);
}

static void check_address(struct check *c, size_t i)
{
    struct item_address *const x = &c->record->addresses[i];
    const struct identified postcode = {IDENTIFIER_POSTCODE, x->country, x->postcode};
    const struct identified position = {IDENTIFIER_POSITION, {0}, x->position};

    need_something(c, "addresses", i, x->text.size + x->postcode.size + x->position.size);
    rule_identify(c, rule_path(c, "addresses", i, "postcode"), &postcode,
                  &x->postcode_canonical, &x->postcode_valid);
    rule_identify(c, rule_path(c, "addresses", i, "position"), &position,
                  &x->position_canonical, &x->position_valid);
}

/* A type that is none of ours is the officer's own word: kept, with nothing to check. */
static void check_document(struct check *c, size_t i)
{
    struct item_document *const x = &c->record->documents[i];
    struct identified number = {.country = x->country, .raw = x->number};

    need_something(c, "documents", i, x->type.size + x->number.size);
    if (!rule_identifier_type(x->type, &number.type))
        number.raw = (struct bytes){0};
    rule_identify(c, rule_path(c, "documents", i, "number"), &number, &x->canonical,
                  &x->valid);
}

/* Without a type: two letters in front are those of an IBAN. */
static void check_account(struct check *c, size_t i)
{
    struct item_account *const x = &c->record->accounts[i];
    struct identified number = {.country = x->country, .raw = x->raw};

    need_something(c, "accounts", i,
                   x->raw.size + x->institution.size + x->description.size);
    if (x->type.size == 0)
        number.type = x->raw.size > 0 && word_is_letter(x->raw.at[0])
                          ? IDENTIFIER_IBAN
                          : IDENTIFIER_UK_ACCOUNT;
    else if (!rule_identifier_type(x->type, &number.type))
        number.raw = (struct bytes){0};
    rule_identify(c, rule_path(c, "accounts", i, "number"), &number, &x->canonical,
                  &x->valid);
}

static void check_email(struct check *c, size_t i)
{
    struct item_email *const x = &c->record->emails[i];
    const struct identified address = {IDENTIFIER_EMAIL, {0}, x->raw};

    need_something(c, "emails", i, x->raw.size);
    rule_identify(c, rule_path(c, "emails", i, NULL), &address, &x->canonical, &x->valid);
}

/* The POLE form is "platform - tag" (DS_055); the tag alone may already be of it. */
static void check_social(struct check *c, size_t i)
{
    struct item_social *const x = &c->record->socials[i];
    struct identified tag = {IDENTIFIER_SOCIAL, {0}, x->raw};
    const size_t room = x->platform.size + 3 + x->raw.size;

    need_something(c, "social_tags", i, x->raw.size);
    if (x->platform.size > 0 && x->raw.size > 0) {
        uint8_t *const at = arena_take(c->arena, room);
        struct writer w = writer_over(at, at == NULL ? 0 : room);
        write_bytes(&w, x->platform);
        write_text(&w, " - ");
        write_bytes(&w, x->raw);
        tag.raw = w.bad ? x->raw : writer_bytes(&w);
    }
    rule_identify(c, rule_path(c, "social_tags", i, NULL), &tag, &x->canonical, &x->valid);
}

static void check_container(struct check *c, size_t i)
{
    struct item_container *const x = &c->record->containers[i];
    const struct identified number = {IDENTIFIER_CONTAINER, {0}, x->raw};

    need_something(c, "containers", i, x->raw.size + x->description.size);
    rule_identify(c, rule_path(c, "containers", i, "number"), &number, &x->canonical,
                  &x->valid);
}

static void check_organisation(struct check *c, size_t i)
{
    const struct item_organisation *const x = &c->record->organisations[i];

    need_something(c, "organisations", i, x->name.size + x->description.size);
}

static void check_event(struct check *c, size_t i)
{
    const struct item_event *const x = &c->record->events[i];
    const struct partial_date d = x->date;

    need_something(c, "events", i, x->type.size + x->description.size);
    if ((d.year != 0 || d.month != 0 || d.day != 0) && !date_is_sound(d))
        rule_refuse(c, "F2", rule_path(c, "events", i, "date"),
                    "This is not a date of the calendar.",
                    "Give what is known: 2026, 2026-10 or 2026-10-14.");
}

void things_check(struct check *c)
{
    static const struct {
        size_t count_offset;
        void (*check)(struct check *c, size_t i);
    } things[] = {
        {offsetof(struct record, vehicle_count), check_vehicle},
        {offsetof(struct record, phone_count), check_phone},
        {offsetof(struct record, vessel_count), check_vessel},
        {offsetof(struct record, address_count), check_address},
        {offsetof(struct record, document_count), check_document},
        {offsetof(struct record, account_count), check_account},
        {offsetof(struct record, email_count), check_email},
        {offsetof(struct record, social_count), check_social},
        {offsetof(struct record, container_count), check_container},
        {offsetof(struct record, organisation_count), check_organisation},
        {offsetof(struct record, event_count), check_event},
    };

    for (size_t k = 0; k < COUNT_OF(things); k++) {
        size_t count = 0;
        memcpy(&count, (const uint8_t *)c->record + things[k].count_offset, sizeof count);
        for (size_t i = 0; i < count; i++)
            things[k].check(c, i);
    }
}
