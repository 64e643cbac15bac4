#include "sender.h"

#include "text.h"

#include <string.h>
#include <time.h>

enum {
    EMPTY_ANSWERS_MAX = 200, /* a node too busy to take one row, 20 ms apart */
    EMPTY_WAIT_NS = 20 * 1000 * 1000,
};

void sender_init(struct sender *s, struct cli *c, const struct mapping *m)
{
    *s = (struct sender){.cli = c, .mapping = m, .mark = arena_mark(&c->arena)};
}

static bool fail(struct sender *s, int code)
{
    s->code = code;
    return false;
}

static bool out_of_memory(struct sender *s)
{
    return fail(s, cli_fail(s->cli, EXIT_REFUSED, "import", status_sentence(E_MEMORY)));
}

/* The key as the node sees it, and digests: which system, and which row of it. */
static void write_key(struct writer *w, const struct mapping *m, struct bytes key)
{
    static const char before[] = "import ";

    write_u32(w, (uint32_t)(sizeof before - 1 + strlen(m->system) + 1 + key.size));
    write_text(w, before);
    write_text(w, m->system);
    write_u8(w, ' ');
    write_bytes(w, key);
}

static struct bytes encode(struct sender *s, size_t from)
{
    const size_t room = s->bytes + s->count * (64 + strlen(s->mapping->system));
    struct writer w = writer_over(arena_take(&s->cli->arena, room), room);

    if (w.at == NULL)
        return (struct bytes){0};
    for (size_t i = from; i < s->count; i++) {
        write_key(&w, s->mapping, s->rows[i].key);
        write_u32(&w, (uint32_t)s->rows[i].record.size);
        write_bytes(&w, s->rows[i].record);
    }
    MUST(!w.bad);
    return writer_bytes(&w);
}

static bool row_is(const struct control_row *row, const char *what)
{
    return text_is(control_value(row, "row"), what);
}

/* What waits is not published, so with all-or-nothing nothing is. */
static enum outcome_state state_of_held(const struct sender *s)
{
    if (s->publish)
        return OUTCOME_HELD;
    return s->mapping->publish == MAPPING_ALL_OR_NOTHING ? OUTCOME_BAD : OUTCOME_TO_HOLD;
}

static enum outcome_state state_of(const struct sender *s, const struct control_row *row)
{
    if (text_is(control_value(row, "status"), status_word(E_HELD)))
        return state_of_held(s);
    if (!text_is(control_value(row, "status"), status_word(OK)))
        return OUTCOME_BAD;
    if (text_is(control_value(row, "again"), "yes"))
        return OUTCOME_BEFORE;
    return s->publish ? OUTCOME_PUBLISHED : OUTCOME_RIGHT;
}

/* Of the export, where the field comes from one. */
static struct bytes column_of(const struct sender *s, struct bytes field)
{
    char path[128];
    const size_t size = field.size < sizeof path ? field.size : sizeof path - 1;

    memcpy(path, field.at, size);
    path[size] = '\0';
    return bytes_of_text(mapping_column(s->mapping, path));
}

static void add_mend(const struct sender *s, const struct control_row *row,
                     struct outcome *o)
{
    const struct bytes field = control_value(row, "field");

    if (o->mend_count == MENDED_MAX)
        return;
    o->mends[o->mend_count++] = (struct outcome_mend){.rule = control_value(row, "rule"),
                                                      .column = column_of(s, field),
                                                      .field = field,
                                                      .was = control_value(row, "was"),
                                                      .now = control_value(row, "now")};
}

static void add_finding(const struct sender *s, const struct control_row *row,
                        struct outcome *o)
{
    const struct bytes field = control_value(row, "field");

    if (o->finding_count == OUTCOME_FINDINGS_MAX)
        return;
    o->findings[o->finding_count++] =
        (struct outcome_finding){.rule = control_value(row, "rule"),
                                 .severity = control_value(row, "severity"),
                                 .column = column_of(s, field),
                                 .field = field,
                                 .sentence = control_value(row, "sentence"),
                                 .mend = control_value(row, "mend"),
                                 .value = control_value(row, "value"),
                                 .sure = control_value(row, "sure")};
}

/* What stops a row beside the rules of the record. */
static const struct reason {
    status status;
    bool of_draft;
    enum import_rule rule;
    const char *sentence, *mend;
} reasons[] = {
    {E_DUPLICATE, false, IMPORT_CHANGED,
     "A row of this key was published before, and says something else.",
     "Publish the change as a correction that supersedes the earlier record; nothing was "
     "sent."},
    {E_DUPLICATE, true, IMPORT_CHANGED,
     "A row of this key waits as a draft to be graded, and says something else.",
     "Discard the draft and import the row again, or release the draft as it is: see "
     "`flagpost todo`."},
    {E_HELD, false, IMPORT_WAITS,
     "This row would wait for a person to grade it, and the mapping publishes all rows or "
     "none.",
     "Give the grade in the source system, take the row out, or let the mapping publish "
     "row-by-row, which keeps such a row as a draft."},
    {E_HELD, true, IMPORT_WAITS,
     "This row waits as a draft for a person to grade it, and the mapping publishes all "
     "rows or none.",
     "Grade and release the draft, and import the file again: see `flagpost todo`."},
};

static const struct reason *reason_of(const struct control_row *row)
{
    const bool of_draft = control_value(row, "draft").size > 0;

    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].of_draft == of_draft &&
            text_is(control_value(row, "status"), status_word(reasons[i].status)))
            return &reasons[i];
    }
    return NULL;
}

static bool is_explained(const struct outcome *o)
{
    for (size_t i = 0; i < o->finding_count; i++) {
        if (text_is(o->findings[i].severity, "refuse"))
            return true;
    }
    return false;
}

/* A refusal that no rule of the record explains is one of the import's own.  What is there
 * already under another key has its finding; a row of this key has none. */
static void explain(const struct control_row *row, struct outcome *o)
{
    const struct reason *const reason = reason_of(row);
    struct outcome_finding f = {.rule = bytes_of_text(import_rule_word(IMPORT_LIMIT)),
                                .severity = bytes_of_text("refuse"),
                                .field = bytes_of_text("record"),
                                .sentence = control_value(row, "sentence"),
                                .mend =
                                    bytes_of_text("Correct the row in the source system.")};

    const bool is_told = is_explained(o) && (reason == NULL || reason == &reasons[0]);

    if (o->finding_count == OUTCOME_FINDINGS_MAX || is_told)
        return;
    if (reason != NULL) {
        f.rule = bytes_of_text(import_rule_word(reason->rule));
        f.sentence = bytes_of_text(reason->sentence);
        f.mend = bytes_of_text(reason->mend);
    }
    o->findings[o->finding_count++] = f;
}

static void tell_row(struct sender *s, const struct control_answer *a, size_t at,
                     const struct parcel_row *sent)
{
    const struct control_row *const row = &a->rows[at];
    struct outcome o = {.row = sent->row,
                        .line = sent->line,
                        .key = sent->key,
                        .state = state_of(s, row),
                        .id = control_value(row, "id"),
                        .sentence = control_value(row, "sentence"),
                        .to = control_value(row, "to"),
                        .record = sent->record};

    for (size_t i = at + 1; i < a->row_count && !row_is(&a->rows[i], "record"); i++) {
        if (row_is(&a->rows[i], "mended"))
            add_mend(s, &a->rows[i], &o);
        if (row_is(&a->rows[i], "finding"))
            add_finding(s, &a->rows[i], &o);
    }
    if (o.state == OUTCOME_HELD)
        o.id = control_value(row, "draft");
    if (o.state == OUTCOME_BAD)
        explain(row, &o);
    s->tell(s->context, &o);
}

/* How many of the rows from `from` on the node has answered. */
static size_t tell_all(struct sender *s, const struct control_answer *a, size_t from)
{
    size_t told = 0;

    for (size_t i = 0; i < a->row_count; i++) {
        if (!row_is(&a->rows[i], "record") || from + told == s->count)
            continue;
        tell_row(s, a, i, &s->rows[from + told]);
        told++;
    }
    return told;
}

/* "flags crime-code"; empty: nothing is mended. */
static struct bytes mend_words(const struct sender *s)
{
    enum { ROOM = 96 };
    struct writer w = writer_over(arena_take(&s->cli->arena, ROOM), ROOM);

    if (w.at == NULL)
        return (struct bytes){0};
    mend_classes_write(s->mapping->mend, &w);
    return writer_bytes(&w);
}

static bool ask(struct sender *s, size_t from, size_t *ret_told)
{
    const struct control_field arguments[] = {
        {.name = bytes_of_text("batch"), .value = encode(s, from)},
        {.name = bytes_of_text("mode"),
         .value = bytes_of_text(s->publish ? "publish" : "check")},
        {.name = bytes_of_text("released"),
         .value = bytes_of_text(s->released == NULL ? "" : s->released)},
        {.name = bytes_of_text("mend"), .value = mend_words(s)},
    };
    struct control_answer a = {0};

    if (arguments[0].value.size == 0)
        return out_of_memory(s);
    if (!cli_ask(s->cli, "publish-batch", arguments, COUNT_OF(arguments), &a))
        return fail(s, EXIT_UNREACHABLE);
    if (a.status != OK) {
        const char *const why = arena_text(&s->cli->arena, a.sentence);
        return fail(s, cli_fail(s->cli, cli_exit_code(a.status), "import",
                                why == NULL ? status_sentence(a.status) : why));
    }
    *ret_told = tell_all(s, &a, from);
    return true;
}

bool sender_flush(struct sender *s)
{
    const struct timespec wait = {.tv_nsec = EMPTY_WAIT_NS};
    size_t empty = 0;
    bool good = true;

    for (size_t from = 0; good && from < s->count;) {
        const size_t mark = arena_mark(&s->cli->arena);
        size_t told = 0;
        good = ask(s, from, &told);
        arena_rewind(&s->cli->arena, mark);
        from += told;
        if (!good || told > 0)
            continue;
        if (++empty > EMPTY_ANSWERS_MAX)
            good = fail(s, cli_fail(s->cli, EXIT_UNREACHABLE, "import",
                                    "the node is too busy to take a row: try again; what "
                                    "was published stays published once"));
        (void)nanosleep(&wait, NULL); /* a shorter wait does no harm */
    }
    arena_rewind(&s->cli->arena, s->mark);
    s->count = 0;
    s->bytes = 0;
    return good;
}

bool sender_put(struct sender *s, const struct parcel *p)
{
    const size_t size = p->key.size + p->record.size;

    if (s->count == SENDER_ROWS_MAX || s->bytes + size > SENDER_BYTES_MAX) {
        if (!sender_flush(s))
            return false;
    }
    struct parcel_row *const row = &s->rows[s->count];
    row->row = p->row;
    row->line = p->line;
    if (arena_copy(&s->cli->arena, p->key, &row->key) != OK ||
        arena_copy(&s->cli->arena, p->record, &row->record) != OK)
        return out_of_memory(s);
    s->bytes += size;
    s->count++;
    return true;
}
