#include "check.h"
#include "clock.h"
#include "gate_keys.h"
#include "gate_result.h"
#include "gated.h"
#include "import.h"
#include "ingest_trouble.h"
#include "intake.h"
#include "requirement_file.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/*
 * `ingest gate`: a force that loads the national database by itself sends an extract of
 * what it loads.  Nothing is written for the loader here; each row is held against the
 * requirement file and against the record that came through the exchange under its key.
 * What matches and has a national reference is answered; the rest is told, in a result
 * for the force and as to-dos here.  The same extract again changes nothing.
 */

struct gating {
    struct cli *cli;
    struct requirements requirements;
    struct lists *lists;
    const char *force, *purpose;
    const struct mapping *mapping;
    struct gate_keys keys;
    struct gate_result result;
    int code; /* not EXIT_DONE: the node cannot answer now */
};

/* What came past the roster's grace is not shown, and keeps nobody from what came before.
 */
static bool is_late(const char *verb, status s)
{
    return s == E_EXPIRED && strcmp(verb, "show") == 0;
}

/* False: it is no use to go on. */
static bool ask(struct gating *g, const char *verb, const struct control_field *arguments,
                size_t count, struct control_answer *ret)
{
    if (!cli_ask(g->cli, verb, arguments, count, ret))
        g->code = EXIT_UNREACHABLE;
    else if (ingest_is_trouble(ret->status) && !is_late(verb, ret->status))
        g->code = cli_print(g->cli, ret, NULL, 0);
    return g->code == EXIT_DONE;
}

/* The to-do about a record: "differs", "missing", or none any more. */
static bool note(struct gating *g, const struct gate_key *k, const char *what,
                 const char *differences)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(k->name)),
        cli_argument_bytes("what", bytes_of_text(what)),
        cli_argument_bytes("differences", bytes_of_text(differences)),
        cli_argument_bytes("force", bytes_of_text(g->force))};
    struct control_answer a = {0};

    if (what[0] == '\0' && !k->todo)
        return true;
    if (!ask(g, "ingest-gated", arguments, COUNT_OF(arguments), &a))
        return false;
    if (a.status != OK)
        g->code = cli_print(g->cli, &a, NULL, 0);
    return a.status == OK;
}

static bool say(struct gating *g, struct gate_line *l, enum gate_says says)
{
    l->says = says;
    gate_result_put(&g->result, l);
    return true;
}

/* --- one row --- */

static bool is_again(const struct control_answer *a)
{
    return a->row_count > 0 && control_value(&a->rows[0], "again").size > 0;
}

static bool answer(struct gating *g, const struct gate_key *k, struct gate_line *l)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(k->name)),
        cli_argument_bytes("reference", l->reference)};
    struct control_answer a = {0};

    if (!note(g, k, "", ""))
        return false;
    if (l->reference.size == 0)
        return say(g, l, GATE_MATCHES);
    if (!ask(g, "ingest-accept", arguments, COUNT_OF(arguments), &a))
        return false;
    l->what = a.status == OK ? (struct bytes){0} : a.sentence;
    return say(g, l,
               a.status != OK ? GATE_OTHERWISE
               : is_again(&a) ? GATE_BEFORE
                              : GATE_NOW_ACCEPTED);
}

/* The reading is in the log before the record is given. */
static bool compare(struct gating *g, const struct gate_key *k, const struct record *row,
                    struct gate_line *l)
{
    struct arena *const arena = &g->cli->arena;
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(k->name)),
        cli_argument_bytes("purpose", bytes_of_text(g->purpose))};
    struct record *const came = arena_take(arena, sizeof *came);
    char *const words = arena_take(arena, GATED_WORDS_ROOM);
    struct control_answer a = {0};

    if (!ask(g, "show", arguments, COUNT_OF(arguments), &a))
        return false;
    if (a.status != OK) {
        l->what = a.sentence;
        if (a.status != E_RECALLED)
            return say(g, l, GATE_UNOPENED);
        return note(g, k, "", "") && say(g, l, GATE_IS_TAKEN_BACK);
    }
    if (came == NULL || words == NULL ||
        record_unpack(control_value(&a.rows[0], "record"), arena, came) != OK) {
        g->code =
            cli_fail(g->cli, EXIT_DAMAGED, "show", "the node's answer could not be read");
        return false;
    }
    const uint32_t differences = gated_compare(came, row);
    if (differences == 0)
        return answer(g, k, l);
    gated_words(differences, words);
    l->what = bytes_of_text(words);
    return note(g, k, "differs", words) && say(g, l, GATE_DIFFERS);
}

static bool judge(struct gating *g, struct record *r, struct gate_line *l)
{
    struct requirement_refusal why = {0};
    const status s = requirements_check(&g->requirements, r, g->lists, clock_wall(),
                                        &g->cli->arena, &why);
    if (s != OK) {
        g->code = cli_fail(g->cli, cli_exit_code(s), "check", status_sentence(s));
        return false;
    }
    struct gate_key *const k = gate_keys_find(&g->keys, r->facts.urn, l->version);
    l->urn = r->facts.urn;
    if (k != NULL) {
        k->seen = true;
        l->version = k->version;
        l->record = bytes_of_text(k->id);
    }
    if (why.rule != NULL) {
        l->rule = bytes_of_text(why.rule);
        l->mend = bytes_of_text(why.mend);
        return say(g, l, GATE_BREAKS_RULE);
    }
    if (k == NULL)
        return say(g, l, GATE_NEVER_CAME);
    if (k->standing == GATE_TAKEN_BACK)
        return note(g, k, "", "") && say(g, l, GATE_IS_TAKEN_BACK);
    if (k->standing == GATE_REFUSED) {
        l->rule = bytes_of_text(k->by);
        return say(g, l, GATE_OTHERWISE);
    }
    return compare(g, k, r, l);
}

static bool unreadable(struct gating *g, const struct parcel *p, struct gate_line *l)
{
    gate_keys_name(&g->keys, g->mapping, p->key);
    return say(g, l, GATE_UNREADABLE);
}

static bool take_row(struct gating *g, const struct parcel *p)
{
    struct gate_line l = {.row = p->row, .line = p->line, .reference = p->reference};
    struct record *const r = arena_take(&g->cli->arena, sizeof *r);
    uint64_t version = 0;

    if (p->kind == PARCEL_FINDINGS) {
        l.rule = bytes_of_text(import_rule_word(p->findings[0].rule));
        l.what = p->findings[0].sentence;
        l.mend = p->findings[0].mend;
        return unreadable(g, p, &l);
    }
    const status s = r == NULL ? E_MEMORY : record_unpack(p->record, &g->cli->arena, r);
    if (s == E_MEMORY) {
        g->code = cli_fail(g->cli, EXIT_REFUSED, g->cli->arguments[1], status_sentence(s));
        return false;
    }
    if (s != OK) {
        l.what = bytes_of_text(status_sentence(s));
        return unreadable(g, p, &l);
    }
    if (p->version.size > 0 && (decimal_decode(p->version, &version) != OK ||
                                version == 0 || version > UINT32_MAX)) {
        l.what = bytes_of_text("the version is no number from 1");
        return unreadable(g, p, &l);
    }
    l.version = (uint32_t)version;
    return judge(g, r, &l);
}

static bool each(void *context, const struct parcel *p)
{
    struct gating *const g = context;
    const size_t mark = arena_mark(&g->cli->arena);
    const bool go_on = take_row(g, p);

    arena_rewind(&g->cli->arena, mark);
    return go_on;
}

static bool each_read(void *context, const struct parcel *p)
{
    (void)context;
    (void)p;
    return true;
}

/* --- what the extract lacks, and the end --- */

static bool tell_missing(struct gating *g)
{
    const char *const unsure =
        g->keys.unnamed == 0 ? "" : "or it is an unreadable row without a key";

    for (size_t i = 0; i < g->keys.count; i++) {
        const struct gate_key *const k = &g->keys.at[i];
        struct gate_line l = {.urn = bytes_of_text(k->urn),
                              .version = k->version,
                              .record = bytes_of_text(k->id),
                              .what = bytes_of_text(unsure)};
        if (k->seen)
            continue;
        if (k->standing != GATE_WAITS && !note(g, k, "", ""))
            return false;
        if (k->standing != GATE_WAITS)
            continue;
        if (!note(g, k, "missing", "") || !say(g, &l, GATE_MISSING))
            return false;
    }
    return true;
}

/* Into the log, with a to-do about the rows that are no record's. */
static bool tell_end(struct gating *g)
{
    const size_t *const count = g->result.count;
    const size_t strange = count[GATE_NEVER_CAME];
    const size_t wrong = count[GATE_BREAKS_RULE] + count[GATE_UNREADABLE] +
                         count[GATE_IS_TAKEN_BACK] + count[GATE_OTHERWISE];
    char texts[4][24];
    const size_t numbers[] = {strange, wrong, count[GATE_DIFFERS], count[GATE_MISSING]};
    struct control_answer a = {0};

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        (void)snprintf(texts[i], sizeof texts[i], "%zu", numbers[i]);
    const struct control_field arguments[] = {
        cli_argument_bytes("force", bytes_of_text(g->force)),
        cli_argument_bytes("strange", bytes_of_text(texts[0])),
        cli_argument_bytes("wrong", bytes_of_text(texts[1])),
        cli_argument_bytes("differ", bytes_of_text(texts[2])),
        cli_argument_bytes("missing", bytes_of_text(texts[3]))};
    if (!ask(g, "ingest-extract", arguments, COUNT_OF(arguments), &a))
        return false;
    if (a.status != OK)
        g->code = cli_print(g->cli, &a, NULL, 0);
    return a.status == OK;
}

/* Read to its end before a row of it counts. */
static int read_extract(struct gating *g, const struct mapping *m,
                        const struct intake_file *f)
{
    struct intake_end *const end = arena_take(&g->cli->arena, sizeof *end);

    if (end == NULL)
        return cli_fail(g->cli, EXIT_REFUSED, "ingest gate", status_sentence(E_MEMORY));
    status s = intake_read(m, f, each_read, g, end);
    if (s == OK && !end->whole) {
        const struct import_finding *const why = &end->fault.findings[0];
        char *const text = arena_text(&g->cli->arena, why->sentence);
        return cli_fail(g->cli, EXIT_REFUSED, g->cli->arguments[1],
                        text == NULL ? "it cannot be read" : text);
    }
    if (s == OK)
        s = intake_read(m, f, each, g, end);
    if (g->code != EXIT_DONE)
        return g->code;
    return s == OK ? EXIT_DONE
                   : cli_fail(g->cli, EXIT_UNREACHABLE, g->cli->arguments[1],
                              status_sentence(s));
}

static int compare_all(struct gating *g, const struct mapping *m,
                       const struct intake_file *f)
{
    int code = gate_keys_read(g->cli, g->force, g->purpose, &g->keys);

    if (code == EXIT_DONE && g->keys.unread > 0)
        code = cli_fail(g->cli, EXIT_REFUSED, "ingest gate",
                        "records of that force wait to be looked at: run flagpost ingest "
                        "load first, or rows of theirs would look as if they never came");
    if (code == EXIT_DONE)
        code = read_extract(g, m, f);
    if (code != EXIT_DONE)
        return code;
    if (!tell_missing(g) || !tell_end(g))
        return g->code;
    const status s = gate_result_close(&g->result);
    return s == OK ? gate_result_end(&g->result, g->requirements.version)
                   : cli_fail(g->cli, EXIT_UNREACHABLE, "result", status_sentence(s));
}

static int run_file(struct gating *g, const struct mapping *m)
{
    const char *const path = g->cli->arguments[1];
    struct intake_file file = {0};
    const status s = intake_open(path, &file);

    if (s != OK)
        return cli_fail(g->cli,
                        s == E_LIMIT || s == E_FORM ? EXIT_REFUSED : EXIT_UNREACHABLE, path,
                        import_file_sentence(s));
    const status opened = gate_result_open(&g->result, g->cli, cli_text(g->cli, "result"));
    const int code = opened == OK ? compare_all(g, m, &file)
                                  : cli_fail(g->cli, EXIT_UNREACHABLE, "result",
                                             "it could not be written");
    gate_result_abandon(&g->result);
    gate_keys_done(&g->keys);
    intake_close(&file);
    return code;
}

static const struct option_row options[] = {
    {"map", "FILE", "the mapping file of the extract, with its `gate` columns"},
    {"requirements", "FILE", "the requirement file, which names the force as gate"},
    {"purpose", "TEXT", "why the records are opened; goes into the log"},
    {"result", "PATH", "writes a table for the force: what became of each row"},
};

static int run(struct cli *c)
{
    struct gating *const g = arena_take(&c->arena, sizeof *g);
    const char *const map = cli_text(c, "map");
    const char *const requirements = cli_text(c, "requirements");
    struct mapping *m = NULL;

    MUST(g != NULL);
    *g = (struct gating){.cli = c,
                         .purpose = cli_text(c, "purpose"),
                         .lists = arena_take(&c->arena, sizeof *g->lists)};
    if (c->argument_count != 2 || map == NULL || requirements == NULL || g->purpose == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "ingest gate",
                        "give the force's code and its extract, --map FILE, --requirements "
                        "FILE and --purpose TEXT");
    g->force = c->arguments[0];
    MUST(g->lists != NULL);
    int code = requirement_file_read(c, requirements, &g->requirements);
    if (code != EXIT_DONE)
        return code;
    if (!requirements_gate(&g->requirements, bytes_of_text(g->force)))
        return cli_fail(c, EXIT_REFUSED, requirements,
                        "the file does not say that this force loads by itself (force .. "
                        "gate): flagpost ingest load writes its batches");
    code = import_mapping(c, map, &m);
    g->mapping = m;
    if (code == EXIT_DONE)
        code = check_lists(c, NULL, g->lists) ? run_file(g, m) : EXIT_UNREACHABLE;
    m = mapping_free(m);
    return code;
}

const struct command command_ingest_gate = {
    .name = "ingest gate",
    .arguments = "FORCE EXTRACT",
    .summary = "Compares what a force loads by itself with what came through the exchange",
    .details =
        "FORCE is its two-digit code, EXTRACT its own daily extract, read as import reads "
        "a file.\nEach row is held against the requirement file and the record under its "
        "key (URN, version):\nwhat matches is accepted with the national reference that "
        "the "
        "row gives; what differs,\nnever came or is missing is told and is a to-do.  The "
        "same extract again changes nothing.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
