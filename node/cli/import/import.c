#include "import.h"
#include "cli.h"
#include "file.h"
#include "job.h"
#include "output.h"
#include "recipients.h"
#include "record.h"
#include "regrade.h"
#include "result.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    SHOWN_FIRST = 3,
    PLACED_SHOWN = 20, /* published rows, each with its id: more are no screen any more */
};

static const struct option_row options[] = {
    {"map", "FILE", "the mapping file of the force system (deploy/mappings has examples)"},
    {"dry-run", NULL,
     "publishes nothing: shows the first records, and what each row lacks"},
    {"show", "N", "with --dry-run: how many records to show (3)"},
    {"released", "TEXT",
     "who released the rows in the force's own system; goes into the log"},
    {"attachments", "DIR", "where the files are that the rows name as attachments"},
    {"result", "PATH", "writes PATH.json and PATH.csv: what became of each row"},
};

struct printing {
    struct cli *cli;
    bool dry;
    size_t show, shown;
    size_t placed; /* rows that are published, now or before */
    struct recipients recipients;
    struct result *result;
    const char *result_path;
};

static void print_place(const struct outcome *o)
{
    if (o->row > 0)
        (void)printf("row %u", o->row);
    else
        (void)printf("file");
    if (o->line > 0)
        (void)printf(" (line %u)", o->line);
    if (o->key.size > 0)
        (void)printf(" key ");
    cli_put(stdout, o->key);
}

static void print_finding(const struct outcome_finding *f)
{
    (void)printf("    ");
    cli_put(stdout, f->rule);
    (void)printf(" ");
    cli_put(stdout, f->severity);
    if (f->column.size > 0)
        (void)printf(" column ");
    cli_put(stdout, f->column);
    if (f->field.size > 0)
        (void)printf(f->column.size > 0 ? " for " : " ");
    cli_put(stdout, f->field);
    (void)printf(": ");
    cli_put(stdout, f->sentence);
    (void)printf("\n        mend: ");
    cli_put(stdout, f->mend);
    (void)printf("\n");
}

static void print_mend(const struct outcome_mend *m)
{
    (void)printf("    ");
    cli_put(stdout, m->rule);
    (void)printf(" mended ");
    if (m->column.size > 0)
        (void)printf("column ");
    cli_put(stdout, m->column);
    (void)printf(m->column.size > 0 ? " for " : "");
    cli_put(stdout, m->field);
    (void)printf(m->was.size > 0 ? ": was \"" : ": there was none");
    cli_put(stdout, m->was);
    (void)printf(m->was.size > 0 ? "\", is \"" : ", is \"");
    cli_put(stdout, m->now);
    (void)printf("\"\n");
}

static void json_member(const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)printf(",\"%s\":", name);
    cli_print_json_text(value);
}

static void print_json_mends(const struct outcome *o)
{
    for (size_t i = 0; i < o->mend_count; i++) {
        const struct outcome_mend *const m = &o->mends[i];
        (void)printf("%s{\"rule\":", i == 0 ? ",\"mends\":[" : ",");
        cli_print_json_text(m->rule);
        json_member("column", m->column);
        json_member("field", m->field);
        json_member("was", m->was);
        json_member("now", m->now);
        (void)printf(i + 1 == o->mend_count ? "}]" : "}");
    }
}

static void print_json(const struct outcome *o)
{
    (void)printf("{\"row\":%u,\"line\":%u,\"state\":\"%s\"", o->row, o->line,
                 outcome_word(o->state));
    json_member("key", o->key);
    json_member("id", o->id);
    json_member("to", o->to);
    if (o->state == OUTCOME_HELD)
        json_member("sentence", o->sentence);
    print_json_mends(o);
    (void)printf(",\"findings\":[");
    for (size_t i = 0; i < o->finding_count; i++) {
        const struct outcome_finding *const f = &o->findings[i];
        (void)printf("%s{\"rule\":", i == 0 ? "" : ",");
        cli_print_json_text(f->rule);
        json_member("severity", f->severity);
        json_member("column", f->column);
        json_member("field", f->field);
        json_member("sentence", f->sentence);
        json_member("mend", f->mend);
        json_member("value", f->value);
        json_member("sure", f->sure);
        (void)printf("}");
    }
    (void)printf("]}\n");
}

/* The record as it would be, in our JSON. */
static void show_record(struct printing *p, struct bytes packed)
{
    struct arena *const a = &p->cli->arena;
    const size_t mark = arena_mark(a);
    struct record *const r = arena_take(a, sizeof *r);

    if (p->shown < p->show && packed.size > 0 && r != NULL &&
        record_unpack(packed, a, r) == OK && regrade_record(r, a) == OK) {
        p->shown += output_record_json(p->cli, r);
    }
    arena_rewind(a, mark);
}

static struct bytes words_of(const struct printing *p, const struct outcome *o)
{
    if (o->state == OUTCOME_HELD)
        return o->sentence;
    if (o->state == OUTCOME_TO_HOLD)
        return bytes_of_text("would be held until a person has graded it");
    return bytes_of_text(p->dry && o->state == OUTCOME_RIGHT ? "would be published"
                                                             : outcome_word(o->state));
}

/* Its id, and who is sent it or would be. */
static void print_id(const struct outcome *o)
{
    if (o->id.size > 0)
        (void)printf(o->state == OUTCOME_HELD ? ", draft " : " as ");
    cli_put(stdout, o->id);
    if (o->to.size > 0)
        (void)printf(" to ");
    cli_put(stdout, o->to);
}

static bool is_placed(const struct outcome *o)
{
    return o->state == OUTCOME_PUBLISHED || o->state == OUTCOME_BEFORE;
}

static void print_row(struct printing *p, const struct outcome *o)
{
    const bool tells = o->state == OUTCOME_BAD || o->state == OUTCOME_HELD || p->dry ||
                       (is_placed(o) && p->placed < PLACED_SHOWN);

    p->placed += is_placed(o);
    if (o->state == OUTCOME_PUBLISHED || o->state == OUTCOME_RIGHT)
        recipients_add(&p->recipients, o->to);
    if (p->cli->json) {
        print_json(o);
    } else if (tells || o->mend_count + o->finding_count > 0) {
        print_place(o);
        (void)printf(" ");
        cli_put(stdout, words_of(p, o));
        print_id(o);
        (void)printf("\n");
        for (size_t i = 0; i < o->mend_count; i++)
            print_mend(&o->mends[i]);
        for (size_t i = 0; i < o->finding_count; i++)
            print_finding(&o->findings[i]);
    }
    if (p->dry)
        show_record(p, o->record);
}

static void tell(void *context, const struct outcome *o)
{
    struct printing *const p = context;

    print_row(p, o);
    if (p->result != NULL)
        result_put(p->result, o);
}

static void tell_again(void *context)
{
    struct printing *const p = context;

    p->placed = 0;
    p->recipients.count = 0;
    if (p->result != NULL)
        result_restart(p->result);
}

/* Where the ids are that were not shown. */
static void print_more(const struct printing *p)
{
    if (p->result_path != NULL)
        (void)printf("each row with its id and recipients: %s.csv and %s.json\n",
                     p->result_path, p->result_path);
    else if (p->placed > PLACED_SHOWN)
        (void)printf("the first %d are shown: --result PATH writes each row with its id "
                     "and recipients to a file, --json prints them\n",
                     PLACED_SHOWN);
}

static void print_tally(const struct job *j, const struct printing *p)
{
    if (j->cli->json) {
        (void)printf("{\"status\":\"%s\",\"published\":%zu,\"before\":%zu,\"held\":%zu,"
                     "\"refused\":%zu,\"right\":%zu",
                     status_word(j->refused > 0 || j->file_refused ? E_VALUE : OK),
                     j->published, j->before, j->held, j->refused, j->right);
        recipients_print_json(&p->recipients);
        (void)printf("}\n");
        return;
    }
    if (j->file_refused) {
        (void)printf("the file is refused: nothing of it was published\n");
        return;
    }
    if (j->dry)
        (void)printf("%zu rows would be published, %zu were before, %zu would be held, %zu "
                     "would be refused; nothing was published\n",
                     j->right, j->before, j->held, j->refused);
    else if (j->held_back ||
             (j->published + j->before + j->held + j->right == 0 && j->refused > 0))
        (void)printf("nothing was published: %zu rows refused, %zu right ones held back\n",
                     j->refused, j->right);
    else
        (void)printf("%zu published, %zu published before, %zu held, %zu refused\n",
                     j->published, j->before, j->held, j->refused);
    if (!j->held_back)
        recipients_print(&p->recipients);
    print_more(p);
}

int import_mapping(struct cli *c, const char *path, struct mapping **ret)
{
    struct mapping_fault fault = {0};
    struct bytes text = {0};
    char where[CONFIG_PATH_MAX + 32];
    const size_t mark = arena_mark(&c->arena);
    const status s = file_read(path, MAPPING_BYTES_MAX, &c->arena, &text);

    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    const status read = mapping_read(text, ret, &fault);
    arena_rewind(&c->arena, mark);
    if (read == OK)
        return EXIT_DONE;
    (void)snprintf(where, sizeof where, fault.line > 0 ? "%s, line %u" : "%s", path,
                   fault.line);
    return cli_fail(c, EXIT_REFUSED, where, fault.sentence);
}

const char *import_file_sentence(status s)
{
    if (s == E_UNKNOWN)
        return "there is no such file";
    if (s == E_DENIED)
        return "it may not be read";
    if (s == E_LIMIT)
        return "it is larger than 64 megabytes (rule I2): split it";
    if (s == E_FORM)
        return "it is empty (rule I1)";
    return "it could not be read";
}

static int run_file(struct cli *c, const struct mapping *m, struct printing *p)
{
    struct intake_file file = {0};
    const char *const path = c->arguments[0];
    const status s = intake_open(path, &file);
    struct job job = {.cli = c,
                      .mapping = m,
                      .file = &file,
                      .dry = p->dry,
                      .released = cli_text(c, "released"),
                      .attachments = cli_text(c, "attachments"),
                      .tell = tell,
                      .again = tell_again,
                      .context = p};

    if (s != OK)
        return cli_fail(c, s == E_LIMIT || s == E_FORM ? EXIT_REFUSED : EXIT_UNREACHABLE,
                        path, import_file_sentence(s));
    int code = job_run(&job);
    intake_close(&file);
    if (code == EXIT_DONE || code == EXIT_REFUSED)
        print_tally(&job, p);
    if (p->result != NULL && result_close(p->result, &job) != OK)
        code = cli_fail(c, EXIT_UNREACHABLE, "result", "it could not be written");
    return code;
}

static bool read_show(struct cli *c, size_t *ret)
{
    const char *const text = cli_value(c, "show");
    uint64_t number = SHOWN_FIRST;

    if (text != NULL && (decimal_decode(bytes_of_text(text), &number) != OK)) {
        (void)cli_fail(c, EXIT_WRONG_USE, "show", "give a number of records");
        return false;
    }
    *ret = (size_t)number;
    return true;
}

static int run(struct cli *c)
{
    struct mapping *m = NULL;
    struct printing p = {.cli = c, .dry = cli_value(c, "dry-run") != NULL};

    if (c->argument_count != 1 || cli_text(c, "map") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "import", "give one file, and --map MAPPING");
    if (!read_show(c, &p.show))
        return EXIT_WRONG_USE;
    const int read = import_mapping(c, cli_value(c, "map"), &m);
    if (read != EXIT_DONE)
        return read;
    const char *const to = cli_text(c, "result");
    p.result_path = to;
    const status s = to == NULL ? OK : result_open(to, c->arguments[0], m, &p.result);
    const int code = s == OK ? run_file(c, m, &p)
                             : cli_fail(c, EXIT_UNREACHABLE, to, "it could not be written");
    m = mapping_free(m);
    return code;
}

const struct command command_import = {
    .name = "import",
    .arguments = "FILE",
    .summary = "Publishes the rows of a force system's export through a mapping file",
    .details =
        "The file is read by a confined process.  Each row is checked as `publish` checks "
        "a "
        "record;\nwhat is refused is told with row, column, rule and mend.  A grade or "
        "handling code of another\nscheme that has no equivalent is no refusal: the row is "
        "held as a draft until a person has\ngraded it.  The same row is published once, "
        "however often it comes.  With\n`publish: all-or-nothing` one refused row holds "
        "all back, and so does one that would wait.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
