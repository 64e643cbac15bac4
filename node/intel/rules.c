#include "regrade.h"
#include "rule.h"

#include <string.h>

enum { QUOTE_MAX = 40 };

void rule_add(struct check *c, struct finding f)
{
    struct findings *const all = c->findings;

    if (f.severity == SEVERITY_REFUSE) {
        all->refused = true;
        all->ungraded = false;
    }
    if (all->count < FINDINGS_MAX) {
        all->at[all->count++] = f;
        return;
    }
    for (size_t i = all->count; i > 0; i--) {
        if (all->at[i - 1].severity > f.severity) {
            all->at[i - 1] = f;
            return;
        }
    }
}

void rule_refuse(struct check *c, const char *rule, const char *field, const char *sentence,
                 const char *mend)
{
    rule_add(c, (struct finding){rule, field, SEVERITY_REFUSE, sentence, mend, {0}});
}

void rule_advise(struct check *c, const char *rule, const char *field, const char *sentence,
                 const char *mend)
{
    rule_add(c, (struct finding){rule, field, SEVERITY_ADVISE, sentence, mend, {0}});
}

const char *rule_path(struct check *c, const char *list, size_t i, const char *field)
{
    const size_t room = strlen(list) + strlen(field == NULL ? "" : field) + 24;
    char *const text = arena_take(c->arena, room);

    if (text == NULL)
        return list;
    struct writer w = writer_over(text, room - 1);
    write_text(&w, list);
    write_text(&w, "[");
    write_decimal(&w, i);
    write_text(&w, field == NULL ? "]" : "].");
    write_text(&w, field == NULL ? "" : field);
    MUST(!w.bad);
    return text;
}

const char *rule_joined(struct check *c, const char *head, const char *field)
{
    const size_t room = strlen(head) + strlen(field) + 2;
    char *const text = head[0] == '\0' ? NULL : arena_take(c->arena, room);

    if (text == NULL)
        return field;
    struct writer w = writer_over(text, room - 1);
    write_text(&w, head);
    write_text(&w, ".");
    write_text(&w, field);
    MUST(!w.bad);
    return text;
}

/* Not within a character: continuation bytes of UTF-8 are 10xxxxxx. */
static struct bytes cut(struct bytes words, size_t max)
{
    if (words.size <= max)
        return words;
    while (max > 0 && (words.at[max] & 0xc0) == 0x80)
        max--;
    return bytes_of(words.at, max);
}

const char *rule_quote(struct check *c, const char *before, struct bytes words,
                       const char *after)
{
    const struct bytes shown = cut(words, QUOTE_MAX);
    const size_t room = strlen(before) + shown.size + strlen(after) + 8;
    char *const text = arena_take(c->arena, room);

    if (text == NULL)
        return before;
    struct writer w = writer_over(text, room - 1);
    write_text(&w, before);
    write_text(&w, "\"");
    write_bytes(&w, shown);
    write_text(&w, shown.size < words.size ? "...\"" : "\"");
    write_text(&w, after);
    MUST(!w.bad);
    return text;
}

/* A record that passes must also fit the wire: the person hears it here, not from the seal.
 */
static void size_check(struct check *c)
{
    enum { SALT_AND_FRAME = SALT_SIZE + 16 };
    const size_t mark = arena_mark(c->arena);
    const struct bytes *items = NULL;
    size_t count = 0;
    size_t total = 0;
    const status s = record_items(c->record, c->arena, &items, &count);

    for (size_t i = 0; s == OK && i < count; i++)
        total += items[i].size + SALT_AND_FRAME;
    arena_rewind(c->arena, mark);
    if (s == E_VALUE || s == E_FORM)
        rule_refuse(c, "F4", "record",
                    "A field holds something that a record cannot carry.",
                    "Look for empty entries in lists, control characters and impossible "
                    "dates, and take them out.");
    else if (s != OK || total > CONTENT_BYTES_MAX)
        rule_refuse(c, "F4", "record", "The record is too long to send.",
                    "Shorten the longest text, or split it into two records that name "
                    "each other's URN.");
}

void rules_check(struct record *r, const struct lists *lists, millis now, struct arena *a,
                 struct findings *ret)
{
    struct check c = {.record = r, .lists = lists, .now = now, .arena = a, .findings = ret};

    *ret = (struct findings){0};
    if (r->facts.list_version == 0)
        r->facts.list_version = lists->version;
    if (regrade_record(r, a) != OK)
        rule_refuse(&c, "R22", "record", "The record is too large to be read.",
                    "Send fewer records at once.");
    marking_check(&c);
    form_check(&c);
    grading_check(&c);
    flags_check(&c);
    codes_check(&c);
    subjects_check(&c);
    things_check(&c);
    joins_check(&c);
    originals_check(&c);
    sensitive_check(&c);
    attached_check(&c);
    wording_check(&c);
    lengths_check(&c);
    if (!ret->refused)
        size_check(&c);
}

const char *severity_word(enum severity s)
{
    switch (s) {
    case SEVERITY_REFUSE:
        return "refuse";
    case SEVERITY_WITHHOLD:
        return "withhold";
    case SEVERITY_ADVISE:
        return "advise";
    }
    return "?";
}
