#include "cli.h"
#include "clock.h"
#include "file.h"
#include "input.h"
#include "journal.h"
#include "rules.h"

#include <stdio.h>

/* The same rules as at publishing, before anything is sent and without a running node. */

static const struct option_row options[] = {
    {"lists", "FILE", "signed code list to check against (else the one the home has)"},
    {"pack", "FILE",
     "writes the one record of the file in packed form, for `publish --wire`"},
};

struct checking {
    struct lists *lists;
    size_t right, wrong, withheld, unreadable;
    int code;
};

static void print_finding(const struct cli *c, const char *urn, const struct finding *f)
{
    if (!c->json) {
        (void)printf("    %-4s %s %s: ", f->rule, severity_word(f->severity), f->field);
        cli_put(stdout, bytes_of_text(f->sentence));
        (void)printf("\n         mend: ");
        cli_put(stdout, bytes_of_text(f->mend));
        (void)printf("\n");
        return;
    }
    const char *const parts[][2] = {{"urn", urn},
                                    {"rule", f->rule},
                                    {"field", f->field},
                                    {"severity", severity_word(f->severity)},
                                    {"sentence", f->sentence},
                                    {"mend", f->mend}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        (void)printf("%s\"%s\":", i == 0 ? "{" : ",", parts[i][0]);
        cli_print_json_text(bytes_of_text(parts[i][1]));
    }
    (void)printf("}\n");
}

static void pack(struct cli *c, const struct record *r, struct checking *k)
{
    const char *const to = cli_value(c, "pack");
    struct bytes packed = {0};

    if (to == NULL)
        return;
    status s = record_pack(r, &c->arena, &packed);
    if (s == OK)
        s = file_write(to, packed, 0600);
    if (s != OK)
        k->code = cli_fail(c, EXIT_REFUSED, to, status_sentence(s));
}

static bool each_record(struct cli *c, const struct record *given, void *context)
{
    struct checking *const k = context;

    if (given == NULL) {
        k->unreadable++;
        return true;
    }
    struct record *const r = arena_take(&c->arena, sizeof *r);
    struct findings *const found = arena_take(&c->arena, sizeof *found);
    const char *const urn = arena_text(&c->arena, given->facts.urn);

    if (r == NULL || found == NULL || urn == NULL) {
        k->code = cli_fail(c, EXIT_REFUSED, "check", status_sentence(E_MEMORY));
        return false;
    }
    *r = *given;
    pack(c, given, k);
    rules_check(r, k->lists, clock_wall(), &c->arena, found);
    k->right += !found->refused;
    k->wrong += found->refused;
    k->withheld += !found->refused && !found->code_is_right;
    if (found->refused)
        k->code = EXIT_REFUSED;
    if (!c->json) {
        cli_put(stdout, bytes_of_text(urn[0] == '\0' ? "(no URN)" : urn));
        (void)printf(" %s\n", found->refused          ? "would be refused"
                              : !found->code_is_right ? "right, but PND would not get it"
                                                      : "right");
    }
    for (size_t i = 0; i < found->count; i++)
        print_finding(c, urn, &found->at[i]);
    return true;
}

static status lists_of_home(struct cli *c, struct bytes *ret)
{
    struct config config;
    struct journal *j = NULL;

    if (!cli_config(c, &config))
        return E_CONFIG;
    const struct journal_setup setup = {
        .folder = c->home, .mode = JOURNAL_READ, .self = config.agency};
    TRY(journal_open(&setup, &j));
    const struct store store = journal_store(j);
    const status s =
        store.ops->document_find(store.self, DOCUMENT_LISTS, 0, &c->arena, ret);
    j = journal_free(j);
    return s;
}

/* Signatures were verified when it was installed; a file given by hand is for trying out.
 */
static bool load_lists(struct cli *c, struct lists *ret)
{
    const char *const path = cli_value(c, "lists");
    struct note *const n = arena_take(&c->arena, sizeof *n);
    struct bytes bytes = {0};
    status s = n == NULL      ? E_MEMORY
               : path == NULL ? lists_of_home(c, &bytes)
                              : file_read(path, NOTE_BYTES_MAX, &c->arena, &bytes);

    if (s == OK)
        s = note_parse(bytes, &c->arena, n);
    if (s == OK)
        s = lists_read(n->text, NULL, ret);
    if (s != OK)
        (void)cli_fail(c, EXIT_UNREACHABLE, path == NULL ? "code list" : path,
                       s == E_UNKNOWN ? "none is installed: give one with --lists FILE"
                                      : status_sentence(s));
    return s == OK;
}

static void print_tally(const struct cli *c, const struct checking *k, int code)
{
    if (c->json) {
        (void)printf("{\"status\":\"%s\",\"right\":%zu,\"refused\":%zu,"
                     "\"pnd_withheld\":%zu,\"unreadable\":%zu}\n",
                     status_word(code == EXIT_DONE ? OK : E_VALUE), k->right, k->wrong,
                     k->withheld, k->unreadable);
        return;
    }
    (void)printf("%zu right, %zu would be refused, %zu of the right ones not for PND yet",
                 k->right, k->wrong, k->withheld);
    if (k->unreadable > 0)
        (void)printf(", %zu could not be read", k->unreadable);
    (void)printf("\n");
}

static int run(struct cli *c)
{
    struct checking k = {.lists = arena_take(&c->arena, sizeof *k.lists)};
    struct bytes text = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "check", "give one file of records");
    if (k.lists == NULL || !load_lists(c, k.lists))
        return EXIT_UNREACHABLE;
    const int read = input_read(c, c->arguments[0], &text);
    if (read != EXIT_DONE)
        return read;
    const int told = input_records(c, c->arguments[0], text, each_record, &k);
    const int code = k.code != EXIT_DONE ? k.code : told;
    print_tally(c, &k, code);
    return code;
}

const struct command command_check = {
    .name = "check",
    .arguments = "FILE",
    .summary = "Tells whether records are right, and how to mend them; sends nothing",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
