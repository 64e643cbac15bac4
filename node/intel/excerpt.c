#include "excerpt.h"

#include "text.h"

#include <string.h>

static const struct {
    enum item_kind kind;
    const char *word;
    const char *many;
} words_of[] = {
    {ITEM_FACTS, "facts", "facts"},
    {ITEM_REPORT, "report", "report"},
    {ITEM_PROVENANCE, "provenance", "provenance"},
    {ITEM_TEXT, "text", "texts"},
    {ITEM_GRADE, "grade", "grades"},
    {ITEM_CODE, "code", "codes"},
    {ITEM_CASE, "case", "cases"},
    {ITEM_PERSON, "person", "persons"},
    {ITEM_VEHICLE, "vehicle", "vehicles"},
    {ITEM_PHONE, "phone", "phones"},
    {ITEM_VESSEL, "vessel", "vessels"},
    {ITEM_ADDRESS, "address", "addresses"},
    {ITEM_DOCUMENT, "document", "documents"},
    {ITEM_LINK, "link", "links"},
    {ITEM_FLAG, "flag", "flags"},
    {ITEM_DATES, "dates", "dates"},
    {ITEM_THREAT, "threat", "threats"},
    {ITEM_REFERENCE, "reference", "references"},
    {ITEM_IDENTIFIER, "identifier", "identifiers"},
    {ITEM_ACCOUNT, "account", "accounts"},
    {ITEM_EMAIL, "email", "emails"},
    {ITEM_SOCIAL, "social", "socials"},
    {ITEM_CONTAINER, "container", "containers"},
    {ITEM_ORGANISATION, "organisation", "organisations"},
    {ITEM_EVENT, "event", "events"},
    {ITEM_SUPERSEDES, "supersedes", "supersedes"},
    {ITEM_LINEAGE, "lineage", "lineage"},
    {ITEM_PROOF, "proof", "proof"},
    {ITEM_ATTACHMENT, "attachment", "attachments"},
    {ITEM_OUTCOME, "outcome", "outcomes"},
    {ITEM_AUDIT, "audit", "audits"},
};

const char *item_kind_word(enum item_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(words_of); i++) {
        if (words_of[i].kind == kind)
            return words_of[i].word;
    }
    return "other";
}

struct choosing {
    size_t count;
    const struct item *items;
    bool chosen[ITEMS_MAX];
};

static void choose(struct choosing *c, size_t at)
{
    const enum item_kind kind = c->items[at].kind;
    const bool graded = kind == ITEM_TEXT || kind == ITEM_PROVENANCE;

    c->chosen[at] = true;
    if (graded && at + 1 < c->count && c->items[at + 1].kind == ITEM_GRADE)
        c->chosen[at + 1] = true;
}

/* Every item of a kind, or the one that is `number` among them from 1. */
static status choose_kind(struct choosing *c, enum item_kind kind, uint64_t number)
{
    uint64_t seen = 0;
    bool found = false;

    for (size_t i = 0; i < c->count; i++) {
        if (c->items[i].kind != kind || (++seen != number && number != 0))
            continue;
        choose(c, i);
        found = true;
    }
    return found ? OK : E_UNKNOWN;
}

static status choose_word(struct choosing *c, struct bytes part)
{
    struct bytes rest = part;
    struct bytes word = part;
    uint64_t number = 0;

    if (text_cut(&rest, ' ', &word)) {
        ENSURE(decimal_decode(rest, &number) == OK && number > 0, E_FORM);
    }
    for (size_t i = 0; i < COUNT_OF(words_of); i++) {
        if (text_is(word, words_of[i].word) ||
            (number == 0 && text_is(word, words_of[i].many)))
            return choose_kind(c, words_of[i].kind, number);
    }
    return E_FORM;
}

/* A position is meant exactly: nothing comes along with it. */
static status choose_range(struct choosing *c, struct bytes part)
{
    struct bytes last = part;
    struct bytes first = part;
    uint64_t from = 0;
    uint64_t to = 0;

    (void)text_cut(&last, '-', &first); /* without "-" both are the whole part */
    ENSURE(decimal_decode(first, &from) == OK && decimal_decode(last, &to) == OK, E_FORM);
    ENSURE(from <= to, E_FORM);
    ENSURE(to < c->count, E_UNKNOWN);
    for (uint64_t i = from; i <= to; i++)
        c->chosen[i] = true;
    return OK;
}

static struct bytes trimmed(struct bytes b)
{
    while (b.size > 0 && b.at[0] == ' ')
        b = bytes_from(b, 1);
    while (b.size > 0 && b.at[b.size - 1] == ' ')
        b.size--;
    return b;
}

static status choose_part(struct choosing *c, struct bytes part)
{
    ENSURE(part.size > 0, E_FORM);
    return part.at[0] >= '0' && part.at[0] <= '9' ? choose_range(c, part)
                                                  : choose_word(c, part);
}

static status choose_parts(struct choosing *c, struct bytes words, struct bytes *ret_wrong)
{
    struct bytes rest = words;
    struct bytes part = words;
    bool more = true;

    while (more) {
        more = text_cut(&rest, ',', &part);
        const struct bytes one = trimmed(more ? part : rest);
        const status s = choose_part(c, one);
        if (s != OK) {
            *ret_wrong = one;
            return s;
        }
    }
    return OK;
}

status excerpt_choose(struct bytes words, const struct salted_item *items, size_t count,
                      struct arena *a, struct excerpt *ret, struct bytes *ret_wrong)
{
    struct choosing *const c = arena_take(a, sizeof *c);
    struct item *const decoded = arena_array(a, count, sizeof *decoded);
    struct excerpt e = {0};

    ENSURE(c != NULL && decoded != NULL, E_MEMORY);
    ENSURE(count <= ITEMS_MAX && words.size <= EXCERPT_WORDS_MAX, E_LIMIT);
    for (size_t i = 0; i < count; i++)
        TRY(item_decode(items[i].item, a, &decoded[i]));
    c->count = count;
    c->items = decoded;
    TRY(choose_parts(c, words, ret_wrong));
    for (size_t i = 0; i < count; i++) {
        if (c->chosen[i])
            e.positions[e.count++] = (uint32_t)i;
    }
    *ret = e;
    return OK;
}

static size_t run_end(const struct excerpt *e, size_t from)
{
    size_t to = from;

    while (to + 1 < e->count && e->positions[to + 1] == e->positions[to] + 1)
        to++;
    return to;
}

struct bytes excerpt_write(const struct excerpt *e, char *to, size_t room)
{
    enum { MARK = 3, PART = 2 + 10 + 1 + 10 };
    struct writer w = writer_over(to, room);

    for (size_t i = 0; i < e->count; i++) {
        const size_t last = run_end(e, i);
        if (room - writer_bytes(&w).size < PART + MARK) {
            write_text(&w, "...");
            break;
        }
        if (i > 0)
            write_text(&w, ", ");
        write_decimal(&w, e->positions[i]);
        if (last > i) {
            write_text(&w, "-");
            write_decimal(&w, e->positions[last]);
        }
        i = last;
    }
    return writer_bytes(&w);
}
