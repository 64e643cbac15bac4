#include "cli.h"
#include "proof_judged.h"
#include "sheet.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/*
 * `flagpost disclosure schedule`: records as a disclosure officer lists unused material
 * (the CPIA 1996 s.23(1) Code): sensitive and non-sensitive apart, and no text.  Whether an
 * item is sensitive is judged item by item by a person; what has conditions or is marked
 * OFFICIAL-SENSITIVE stands on the sensitive list until then, so that nothing goes to the
 * other side by a default.
 */

static const struct option_row options[] = {
    {"out", "FILE", "where the schedule goes: FILE.csv and FILE.html"},
    {"case", "REFERENCE", "the records that cite this call, beside those named"},
    {"purpose", "TEXT", "what it is for; goes into the log, for each record"},
};

enum { RECORDS_MAX = 500, FIELDS = 10, PATH_ROOM = 4096 };

static const struct sheet_column columns[FIELDS] = {
    {"item", "item"},
    {"schedule", "schedule (proposed)"},
    {"date", "published (UTC)"},
    {"originator", "originator"},
    {"material", "kind of material"},
    {"marking", "marking"},
    {"handling", "handling code"},
    {"state", "where it is"},
    {"record", "record"},
    {"digest", "digest of its content (SHA-256)"},
};

struct listing {
    struct cli *cli;
    size_t count;
    struct bytes ids[RECORDS_MAX];
    struct control_row rows[RECORDS_MAX];
};

static bool is_sensitive(const struct control_row *facts)
{
    return !text_is(control_value(facts, "marking"), "OFFICIAL") ||
           !text_is(control_value(facts, "handling"), "P");
}

static const char *state_of(const struct control_row *facts)
{
    const bool recalled = text_is(control_value(facts, "recalled"), "yes");

    if (text_is(control_value(facts, "state"), "erased"))
        return recalled ? "recalled and erased here" : "erased here";
    if (!text_is(control_value(facts, "state"), "held"))
        return "not readable here";
    return recalled ? "held, recalled by its owner" : "held";
}

static const char *material_of(const struct control_row *facts)
{
    uint64_t kind = 0;

    return decimal_decode(control_value(facts, "kind"), &kind) == OK && kind <= UINT8_MAX
               ? proof_kind((enum kind)kind)
               : "";
}

static int add(struct listing *l, struct bytes id)
{
    struct cli *const c = l->cli;

    for (size_t i = 0; i < l->count; i++) {
        if (bytes_equal(l->ids[i], id))
            return EXIT_DONE;
    }
    if (l->count == RECORDS_MAX)
        return cli_fail(c, EXIT_REFUSED, "disclosure schedule",
                        "more than 500 records: make more than one schedule");
    l->ids[l->count++] = id;
    return EXIT_DONE;
}

/* What a call's events name: the documents that were handed in, assessed or published. */
static int add_case(struct listing *l, const char *reference)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("reference", bytes_of_text(reference)),
        cli_argument_bytes("purpose", bytes_of_text(cli_text(l->cli, "purpose")))};
    struct control_answer a = {0};
    int code = EXIT_DONE;

    if (!cli_ask(l->cli, "case-show", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return cli_print(l->cli, &a, NULL, 0);
    for (size_t i = 0; code == EXIT_DONE && i < a.row_count; i++) {
        const struct bytes id = control_value(&a.rows[i], "document");
        if (id.size > 0)
            code = add(l, id);
    }
    return code;
}

static status list(struct listing *l, size_t at, const struct control_row *facts)
{
    struct arena *const a = &l->cli->arena;
    struct control_field *const f = arena_array(a, FIELDS, sizeof *f);
    char *const number = arena_take(a, 24);

    ENSURE(f != NULL && number != NULL, E_MEMORY);
    (void)snprintf(number, 24, "%zu", at + 1);
    const struct bytes values[FIELDS] = {
        bytes_of_text(number),
        bytes_of_text(is_sensitive(facts) ? "sensitive" : "non-sensitive"),
        control_value(facts, "sealed"),
        control_value(facts, "publisher"),
        bytes_of_text(material_of(facts)),
        control_value(facts, "marking"),
        control_value(facts, "handling"),
        bytes_of_text(state_of(facts)),
        control_value(facts, "id"),
        control_value(facts, "digest"),
    };
    for (size_t i = 0; i < FIELDS; i++)
        f[i] = cli_argument_bytes(columns[i].field, values[i]);
    l->rows[at] = (struct control_row){.field_count = FIELDS, .fields = f};
    return OK;
}

/* A draft that a call names is no record of the journal, and on no schedule. */
static int ask(struct listing *l, size_t *at, struct bytes id, bool must_be)
{
    struct cli *const c = l->cli;
    const struct control_field arguments[] = {
        cli_argument_bytes("id", id),
        cli_argument_bytes("purpose", bytes_of_text(cli_text(c, "purpose")))};
    struct control_answer a = {0};

    if (!cli_ask(c, "schedule", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status == E_UNKNOWN && !must_be)
        return EXIT_DONE;
    if (a.status != OK || a.row_count != 1)
        return cli_print(c, &a, NULL, 0);
    const status s = list(l, *at, &a.rows[0]);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, "disclosure schedule", status_sentence(s));
    (*at)++;
    return EXIT_DONE;
}

/* --- on paper --- */

static void put_table(FILE *to, const struct listing *l, const char *schedule)
{
    (void)fputs("<table><tr>", to);
    for (size_t c = 0; c < FIELDS; c++)
        (void)fprintf(to, "<th>%s</th>", columns[c].title);
    (void)fputs("<th>description and decision (disclosure officer)</th></tr>\n", to);
    for (size_t i = 0; i < l->count; i++) {
        if (!text_is(control_value(&l->rows[i], "schedule"), schedule))
            continue;
        (void)fputs("<tr>", to);
        for (size_t c = 0; c < FIELDS; c++) {
            (void)fputs("<td>", to);
            sheet_html(to, control_value(&l->rows[i], columns[c].field));
            (void)fputs("</td>", to);
        }
        (void)fputs("<td></td></tr>\n", to);
    }
    (void)fputs("</table>\n", to);
}

static void put_page(FILE *to, const struct listing *l)
{
    static const char style[] =
        "@page{size:A4 landscape;margin:15mm}body{font:9pt/1.35 serif}"
        "h1{font-size:15pt}h2{font-size:12pt;margin-top:6mm}"
        "table{border-collapse:collapse;width:100%;table-layout:fixed}"
        "th,td{border:0.3mm solid #777;padding:1mm;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}tr{page-break-inside:avoid}.marking{text-align:center;"
        "font-weight:bold}";

    (void)fputs(
        "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n<title>Schedule of relevant material</title>\n"
        "<style>",
        to);
    (void)fputs(style, to);
    (void)fputs(
        "</style></head>\n<body>\n<p class=\"marking\">OFFICIAL</p>\n"
        "<h1>Schedule of relevant material</h1>\n"
        "<p>Intelligence records, listed without their text. The division is a "
        "proposal from marking and handling code: an item is sensitive only where its "
        "disclosure would give a real risk of serious prejudice to an important "
        "public interest, which the disclosure officer judges item by item.</p>\n"
        "<h2>Non-sensitive material</h2>\n",
        to);
    put_table(to, l, "non-sensitive");
    (void)fputs("<h2>Sensitive material (not for the defence)</h2>\n", to);
    put_table(to, l, "sensitive");
    (void)fputs(
        "<p>Each digest is the content root of a signed log entry: `flagpost proof "
        "export` proves it.</p>\n<p class=\"marking\">OFFICIAL</p>\n</body></html>\n",
        to);
}

static int keep(struct cli *c, const char *out, const char *kind, const struct listing *l)
{
    char path[PATH_ROOM];
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);

    if (to == NULL || snprintf(path, sizeof path, "%s.%s", out, kind) >= (int)sizeof path)
        return cli_fail(c, EXIT_REFUSED, out, status_sentence(E_LIMIT));
    if (strcmp(kind, "csv") == 0)
        sheet_csv(to, columns, FIELDS, l->rows, l->count);
    else
        put_page(to, l);
    const bool whole = fclose(to) == 0;
    const int code = whole ? cli_create(c, path, bytes_of(text, size), 0600)
                           : cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    free(text);
    return code;
}

/* --- the whole --- */

static int gather(struct listing *l)
{
    struct cli *const c = l->cli;
    const char *const reference = cli_text(c, "case");
    size_t listed = 0;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && i < c->argument_count; i++)
        code = add(l, bytes_of_text(c->arguments[i]));
    const size_t named = l->count;
    if (code == EXIT_DONE && reference != NULL)
        code = add_case(l, reference);
    const size_t count = l->count;
    for (size_t i = 0; code == EXIT_DONE && i < count; i++)
        code = ask(l, &listed, l->ids[i], i < named);
    l->count = listed;
    if (code == EXIT_DONE && listed == 0)
        return cli_fail(c, EXIT_REFUSED, "disclosure schedule",
                        "no record cites that call, so there is nothing to list");
    return code;
}

static int run(struct cli *c)
{
    struct listing *const l = arena_take(&c->arena, sizeof *l);
    const char *const out = cli_text(c, "out");

    if (out == NULL || (c->argument_count == 0 && cli_text(c, "case") == NULL))
        return cli_fail(c, EXIT_WRONG_USE, "disclosure schedule",
                        "give --out FILE, and records' ids or --case REFERENCE");
    if (cli_text(c, "purpose") == NULL)
        return cli_fail(c, EXIT_FORBIDDEN, "disclosure schedule",
                        "say what it is for: --purpose \"...\" goes into the log");
    if (l == NULL)
        return cli_fail(c, EXIT_REFUSED, "disclosure schedule", status_sentence(E_MEMORY));
    *l = (struct listing){.cli = c};
    int code = gather(l);
    if (code == EXIT_DONE)
        code = keep(c, out, "csv", l);
    if (code == EXIT_DONE)
        code = keep(c, out, "html", l);
    if (code != EXIT_DONE)
        return code;
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"records\":%zu}\n", l->count);
    } else {
        cli_put(stdout, bytes_of_text(out));
        (void)printf(
            ".csv, and .html to print: %zu record%s, without text; which schedule an "
            "item belongs to\nis for the disclosure officer to decide\n",
            l->count, l->count == 1 ? "" : "s");
    }
    return EXIT_DONE;
}

const struct command command_disclosure_schedule = {
    .name = "disclosure schedule",
    .arguments = "[ID...]",
    .summary = "Lists records for a disclosure officer, sensitive ones apart, without text",
    .details = "CPIA 1996 s.23(1) Code: item, date, originator, kind of material, marking, "
               "handling "
               "code,\nwhether it was recalled or erased, and the digest that identifies "
               "it.  Taken "
               "from headers\nalone: nothing is opened.  Each record listed is a "
               "disclosure in the "
               "log.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
