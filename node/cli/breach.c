#include "cli.h"
#include "sheet.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/*
 * `flagpost breach export`: what a controller tells the Commissioner within 72 hours (DPA
 * 2018 s.67), in the order of time.  The node's log says who opened or sent what here, and
 * the node, of each record, where it went and what became of it.  No text is asked for.
 */

static const struct option_row options[] = {
    {"out", "FILE", "where the table goes (CSV)"},
    {"since", "TIME", "what was done here from this day or time on, UTC: 2026-11-27"},
    {"until", "TIME", "and before this time, or the end of this day"},
    {"actor", "TEXT", "only what an actor with this text did; as in the log"},
    {"purpose", "TEXT", "what it is for; goes into the log"},
};

enum { RECORDS_MAX = 500, LINES_MAX = 20000, ASKED_MAX = 50, FIELDS = 6 };

static const struct sheet_column columns[FIELDS] = {
    {"at", "time (UTC)"}, {"event", "event"},   {"record", "record"},
    {"agency", "agency"}, {"person", "person"}, {"detail", "detail"},
};

struct breach {
    struct cli *cli;
    size_t record_count;
    struct bytes records[RECORDS_MAX]; /* ids as text */
    size_t line_count;
    struct control_row *lines;
};

static struct bytes option(const struct cli *c, const char *name)
{
    const char *const text = cli_text(c, name);

    return bytes_of_text(text == NULL ? "" : text);
}

/* --- lines --- */

struct line {
    struct bytes at, event, record, agency, person, detail;
};

/* A line without a time is kept all the same; one line too many ends the export. */
static bool add(struct breach *b, const struct line *l)
{
    struct control_field *const f = arena_array(&b->cli->arena, FIELDS, sizeof *f);
    const struct bytes values[FIELDS] = {l->at,     l->event,  l->record,
                                         l->agency, l->person, l->detail};

    if (f == NULL || b->line_count == LINES_MAX)
        return false;
    for (size_t i = 0; i < FIELDS; i++)
        f[i] = cli_argument_bytes(columns[i].field, values[i]);
    b->lines[b->line_count++] = (struct control_row){.field_count = FIELDS, .fields = f};
    return true;
}

/* "purpose x; outcome y": the fields of a row that hold something, under their names. */
static struct bytes detail_of(struct breach *b, const struct control_row *row,
                              const char *const *names, size_t count)
{
    enum { ROOM = 4096 };
    char *const room = arena_take(&b->cli->arena, ROOM);
    struct writer w = writer_over(room, room == NULL ? 0 : ROOM);

    for (size_t i = 0; i < count; i++) {
        const struct bytes value = control_value(row, names[i]);
        if (value.size == 0)
            continue;
        write_text(&w, w.size > 0 ? "; " : "");
        write_text(&w, names[i]);
        write_text(&w, " ");
        write_bytes(&w, value);
    }
    return writer_bytes(&w);
}

/* --- the log --- */

static bool is_known(const struct breach *b, struct bytes id)
{
    for (size_t i = 0; i < b->record_count; i++) {
        if (bytes_equal(b->records[i], id))
            return true;
    }
    return false;
}

static int add_record(struct breach *b, struct bytes id)
{
    if (id.size == 0 || is_known(b, id))
        return EXIT_DONE;
    if (b->record_count == RECORDS_MAX)
        return cli_fail(b->cli, EXIT_REFUSED, "breach export",
                        "more than 500 records: give a shorter period, or --actor");
    b->records[b->record_count++] = id;
    return EXIT_DONE;
}

static int add_logged(struct breach *b, const struct control_row *row)
{
    static const char *const details[] = {"channel", "purpose", "with", "rules", "outcome"};
    const struct line l = {.at = control_value(row, "at"),
                           .event = control_value(row, "operation"),
                           .record = control_value(row, "object"),
                           .agency = bytes_of_text("here"),
                           .person = control_value(row, "actor"),
                           .detail = detail_of(b, row, details, COUNT_OF(details))};

    if (!add(b, &l))
        return cli_fail(b->cli, EXIT_REFUSED, "breach export",
                        "more than 20000 lines: give a shorter period, or --actor");
    return add_record(b, l.record);
}

/* "... ask again with --from 1234": the node's sentence ends with where it goes on. */
static struct bytes next_of(const struct control_answer *a)
{
    const uint8_t *const blank =
        a->sentence.size == 0 ? NULL : memrchr(a->sentence.at, ' ', a->sentence.size);

    return blank == NULL ? (struct bytes){0}
                         : bytes_from(a->sentence, (size_t)(blank + 1 - a->sentence.at));
}

/* Rows of the log about a record, or of the period. */
static int ask_log(struct breach *b, struct bytes object)
{
    struct cli *const c = b->cli;
    struct bytes from = {0};

    for (size_t asked = 0; asked < ASKED_MAX; asked++) {
        const struct control_field arguments[] = {
            cli_argument_bytes("use", bytes_of_text("integrity")),
            cli_argument_bytes("purpose", option(c, "purpose")),
            cli_argument_bytes("since", option(c, "since")),
            cli_argument_bytes("until", option(c, "until")),
            cli_argument_bytes("actor", option(c, "actor")),
            cli_argument_bytes("object", object),
            cli_argument_bytes("from", from),
        };
        struct control_answer a = {0};
        if (!cli_ask(c, "audit", arguments, COUNT_OF(arguments), &a))
            return EXIT_UNREACHABLE;
        if (a.status != OK)
            return cli_print(c, &a, NULL, 0);
        const struct bytes next = next_of(&a);
        for (size_t i = 0; i < a.row_count; i++) {
            /* The entry that did not fit is given again. */
            if (next.size > 0 && bytes_equal(control_value(&a.rows[i], "index"), next))
                continue;
            const int code = add_logged(b, &a.rows[i]);
            if (code != EXIT_DONE)
                return code;
        }
        if (next.size == 0)
            return EXIT_DONE;
        from = next;
    }
    return cli_fail(c, EXIT_REFUSED, "breach export",
                    "the log of that period is too long: give a shorter one");
}

/* --- records --- */

enum { TIMES_MAX = 4, DETAILS_MAX = 8 };

/* What the node's rows about a record say: events by the time that they have, and the
 * fields that go with each. */
static const struct row_form {
    const char *row;
    const char *times[TIMES_MAX][2];
    const char *details[DETAILS_MAX];
} forms[] = {
    {"facts",
     {{"sealed", "published"}},
     {"marking", "handling", "items", "state", "recipients", "digest", "stream", "index"}},
    {"recipient",
     {{"sent", "sent"}, {"stored", "stored there"}, {"acknowledged", "acknowledged there"}},
     {"note"}},
    {"handling", {{"at", "first done there"}}, {"what", "class"}},
    {"ingested", {{"answered", "ingestion answered"}}, {"says", "reference", "rule"}},
    {"recall", {{"recalled", "recalled"}}, {"cause", "answer_by"}},
    {"holder",
     {{"opened", "opened there"},
      {"answered", "answered the recall"},
      {"stated", "stated"},
      {"waiting_since", "no answer to the recall since"}},
     {"says", "exported_to", "copies_recalled"}},
};

static bool add_formed(struct breach *b, const struct control_row *row,
                       const struct row_form *form, struct bytes record)
{
    const struct bytes agency = control_value(row, "agency");
    size_t details = 0;

    while (details < DETAILS_MAX && form->details[details] != NULL)
        details++;
    for (size_t i = 0; i < TIMES_MAX && form->times[i][0] != NULL; i++) {
        const struct line l = {.at = control_value(row, form->times[i][0]),
                               .event = bytes_of_text(form->times[i][1]),
                               .record = record,
                               .agency = agency.size > 0 ? agency
                                                         : control_value(row, "publisher"),
                               .person = control_value(row, "person"),
                               .detail = detail_of(b, row, form->details, details)};
        if (l.at.size > 0 && !add(b, &l))
            return false;
    }
    return true;
}

static bool add_row(struct breach *b, const struct control_row *row, struct bytes record)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (text_is(control_value(row, "row"), forms[i].row))
            return add_formed(b, row, &forms[i], record);
    }
    return true;
}

/* What the log names and the journal has not (a draft, a call) has the log's line alone. */
static int ask_record(struct breach *b, struct bytes id, bool must_be)
{
    struct cli *const c = b->cli;
    const struct control_field arguments[] = {
        cli_argument_bytes("id", id), cli_argument_bytes("purpose", option(c, "purpose"))};
    struct control_answer a = {0};

    if (!cli_ask(c, "breach", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status == E_UNKNOWN && !must_be)
        return EXIT_DONE;
    if (a.status != OK)
        return cli_print(c, &a, NULL, 0);
    const struct bytes whole = a.row_count > 0 ? control_value(&a.rows[0], "id") : id;
    for (size_t i = 0; i < a.row_count; i++) {
        if (!add_row(b, &a.rows[i], whole))
            return cli_fail(c, EXIT_REFUSED, "breach export", status_sentence(E_LIMIT));
    }
    return EXIT_DONE;
}

/* --- losses --- */

static bool is_lost(const struct control_row *row)
{
    static const char *const counts[] = {"unopenable", "refused", "withheld", "erased"};

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        if (!text_is(control_value(row, counts[i]), "0"))
            return true;
    }
    return control_value(row, "quarantine").size > 0;
}

static int ask_losses(struct breach *b)
{
    static const char *const stream[] = {"stream",   "epoch",      "size",
                                         "held",     "unopenable", "refused",
                                         "withheld", "erased",     "quarantine"};
    static const char *const evidence[] = {"stream", "why"};
    const struct control_field purpose =
        cli_argument_bytes("purpose", option(b->cli, "purpose"));
    struct control_answer a = {0};

    if (!cli_ask(b->cli, "breach", &purpose, 1, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return cli_print(b->cli, &a, NULL, 0);
    for (size_t i = 0; i < a.row_count; i++) {
        const struct control_row *const row = &a.rows[i];
        const bool is_stream = text_is(control_value(row, "row"), "stream");
        const struct line l = {
            .at = control_value(row, "at"),
            .event = bytes_of_text(is_stream ? "not held here" : "two histories shown"),
            .agency = control_value(row, "agency"),
            .detail = is_stream ? detail_of(b, row, stream, COUNT_OF(stream))
                                : detail_of(b, row, evidence, COUNT_OF(evidence))};
        if ((!is_stream || is_lost(row)) && !add(b, &l))
            return cli_fail(b->cli, EXIT_REFUSED, "breach export",
                            status_sentence(E_LIMIT));
    }
    return EXIT_DONE;
}

/* --- the whole --- */

/* Times are all of one form, so their order is that of their bytes; no time comes last. */
static int by_time(const void *a, const void *b)
{
    const struct bytes x = control_value(a, "at");
    const struct bytes y = control_value(b, "at");

    if (x.size == 0 || y.size == 0)
        return (x.size == 0) - (y.size == 0);
    const int order = memcmp(x.at, y.at, x.size < y.size ? x.size : y.size);
    return order != 0 ? order : (x.size > y.size) - (x.size < y.size);
}

static int keep(struct breach *b, const char *out)
{
    struct cli *const c = b->cli;
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);

    if (to == NULL)
        return cli_fail(c, EXIT_REFUSED, out, status_sentence(E_MEMORY));
    qsort(b->lines, b->line_count, sizeof *b->lines, by_time);
    sheet_csv(to, columns, FIELDS, b->lines, b->line_count);
    const bool whole = fclose(to) == 0;
    const int code = whole ? cli_create(c, out, bytes_of(text, size), 0600)
                           : cli_fail(c, EXIT_REFUSED, out, status_sentence(E_MEMORY));
    free(text);
    if (code != EXIT_DONE)
        return code;
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"file\":");
        cli_print_json_text(bytes_of_text(out));
        (void)printf(",\"records\":%zu,\"lines\":%zu}\n", b->record_count, b->line_count);
        return EXIT_DONE;
    }
    cli_put(stdout, bytes_of_text(out));
    (void)printf(
        ": %zu lines about %zu records; it names people, and says nothing of what a "
        "record says\n",
        b->line_count, b->record_count);
    return EXIT_DONE;
}

static int gather(struct breach *b)
{
    struct cli *const c = b->cli;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && i < c->argument_count; i++) {
        const struct bytes id = bytes_of_text(c->arguments[i]);
        code = ask_record(b, id, true);
        if (code == EXIT_DONE)
            code = ask_log(b, id);
    }
    if (c->argument_count > 0)
        return code == EXIT_DONE ? ask_losses(b) : code;
    code = ask_log(b, (struct bytes){0});
    for (size_t i = 0; code == EXIT_DONE && i < b->record_count; i++)
        code = ask_record(b, b->records[i], false);
    return code == EXIT_DONE ? ask_losses(b) : code;
}

static int run(struct cli *c)
{
    struct breach *const b = arena_take(&c->arena, sizeof *b);
    const char *const out = cli_text(c, "out");

    if (b == NULL)
        return cli_fail(c, EXIT_REFUSED, "breach export", status_sentence(E_MEMORY));
    *b = (struct breach){.cli = c};
    b->lines = arena_array(&c->arena, LINES_MAX, sizeof *b->lines);
    if (b->lines == NULL)
        return cli_fail(c, EXIT_REFUSED, "breach export", status_sentence(E_MEMORY));
    if (out == NULL || (c->argument_count == 0 && cli_text(c, "since") == NULL))
        return cli_fail(c, EXIT_WRONG_USE, "breach export",
                        "give --out FILE, and records' ids or a period: --since, --until");
    if (cli_text(c, "purpose") == NULL)
        return cli_fail(c, EXIT_FORBIDDEN, "breach export",
                        "say what it is for: --purpose \"...\" goes into the log");
    const int code = gather(b);
    return code == EXIT_DONE ? keep(b, out) : code;
}

const struct command command_breach_export = {
    .name = "breach export",
    .arguments = "[ID...]",
    .summary =
        "Writes who had and opened records, and what became of them: a breach's facts",
    .details =
        "DPA 2018 s.67: for the report to the Commissioner within 72 hours.  Of the "
        "records "
        "named, or\nof all that the log names in a period, one table in the order of time: "
        "published, sent,\nstored, opened here and by whom, recalled, what each holder "
        "answered; and what this node\ndoes not hold of any stream.  No text of a record.  "
        "It "
        "is a use of the log for integrity and\nsecurity (s.62(4)(c)), and is logged.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
