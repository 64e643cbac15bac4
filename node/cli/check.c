#include "check.h"

#include "ceremony.h"
#include "file.h"
#include "journal.h"

#include <stdio.h>
#include <unistd.h>

/* The same rules as at publishing, before anything is sent; where the node runs it says the
 * rest. */

static const struct option_row options[] = {
    {"lists", "FILE", "signed code list to check against (else the one the home has)"},
    {"pack", "FILE",
     "writes the one record of the file in packed form, for `publish --wire`"},
    {"fix", "OUT", "writes a copy in which what can be meant in one way only is mended"},
    {"attach", "FILE", "a file that is to go with the record, as for publish"},
    {"attachments", "DIR", "where the files are that the records name, as for publish"},
    {"text", NULL, "FILE is any text: finds flags, near misses, flags that are missing"},
    {"survey", NULL, "FILE is a whole extract: counts right, repaired, wrong, missing"},
    {"column", "NAME", "with --survey: FILE is CSV, and this column holds its texts"},
    {"map", "FILE", "with --survey: FILE is an export, read as `import --map` reads it"},
};

void check_json_text(bool first, const char *name, struct bytes text)
{
    (void)printf("%s\"%s\":", first ? "{" : ",", name);
    cli_print_json_text(text);
}

static const char THERE_ALREADY[] =
    "there is such a file already, and no file is ever overwritten: name another";

int check_write_copy(struct cli *c, struct bytes copy)
{
    const char *const to = cli_value(c, "fix");
    const status s = file_create(to, copy, 0600);

    if (s == OK && !c->json) {
        (void)printf("the copy is in ");
        cli_put(stdout, bytes_of_text(to));
        (void)printf("\n");
    }
    if (s == OK)
        return EXIT_DONE;
    return cli_fail(c, s == E_DUPLICATE ? EXIT_WRONG_USE : cli_exit_code(s), to,
                    s == E_DUPLICATE ? THERE_ALREADY : status_sentence(s));
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
bool check_lists(struct cli *c, const char *path, struct lists *ret)
{
    struct note *const n = arena_take(&c->arena, sizeof *n);
    struct bytes bytes = {0};
    status s = n == NULL      ? E_MEMORY
               : path == NULL ? lists_of_home(c, &bytes)
                              : file_read(path, NOTE_BYTES_MAX, &c->arena, &bytes);

    if (s == OK)
        s = note_parse(bytes, &c->arena, n);
    if (s == OK && path != NULL && ceremony_has_barred_term(c, path, n->text))
        return false;
    if (s == OK)
        s = lists_read(n->text, NULL, ret);
    if (s != OK && (path != NULL || s != E_CONFIG)) /* that is told already */
        (void)cli_fail(c, EXIT_UNREACHABLE, path == NULL ? "code list" : path,
                       s == E_UNKNOWN ? "none is installed: give one with --lists FILE"
                                      : status_sentence(s));
    return s == OK;
}

static int run(struct cli *c)
{
    struct lists *const lists = arena_take(&c->arena, sizeof *lists);
    const bool text = cli_value(c, "text") != NULL;
    const bool survey = cli_value(c, "survey") != NULL;
    const bool changes = cli_value(c, "fix") != NULL || cli_value(c, "pack") != NULL;

    if (c->argument_count == 0 && cli_value(c, "fix") != NULL)
        return cli_fail(c, EXIT_WRONG_USE, cli_value(c, "fix"),
                        "taken as the name of the copy, so no file is left to check: give "
                        "--fix OUT FILE");
    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "check",
                        "give one file (\"-\": standard input)");
    if (text && survey)
        return cli_fail(c, EXIT_WRONG_USE, "check", "give --text or --survey, not both");
    if (survey && changes)
        return cli_fail(c, EXIT_WRONG_USE, "check",
                        "--survey keeps nothing: leave --fix and --pack out");
    if (cli_value(c, "column") != NULL && !survey)
        return cli_fail(c, EXIT_WRONG_USE, "check", "--column belongs to --survey");
    if (cli_value(c, "map") != NULL && (!survey || cli_value(c, "column") != NULL))
        return cli_fail(c, EXIT_WRONG_USE, "check",
                        "--map belongs to --survey, and not beside --column");
    if (text && cli_value(c, "pack") != NULL)
        return cli_fail(c, EXIT_WRONG_USE, "check", "--pack is for a record, not for text");
    /* Told before anything is said to be mended. */
    if (cli_value(c, "fix") != NULL && access(cli_value(c, "fix"), F_OK) == 0)
        return cli_fail(c, EXIT_WRONG_USE, cli_value(c, "fix"), THERE_ALREADY);
    if (lists == NULL || !check_lists(c, cli_value(c, "lists"), lists))
        return EXIT_UNREACHABLE;
    if (text)
        return check_text(c, lists, c->arguments[0]);
    if (cli_value(c, "column") != NULL)
        return check_column(c, lists, c->arguments[0]);
    return survey ? check_survey(c, lists, c->arguments[0])
                  : check_records(c, lists, c->arguments[0]);
}

const struct command command_check = {
    .name = "check",
    .arguments = "FILE",
    .summary = "Tells whether records are right, and how to mend them; sends nothing",
    .details =
        "FILE holds records as JSON: one, an array, or one after the other. A value\n"
        "that cannot be read is a finding, too. Without --lists the node is asked if\n"
        "it runs: what is right here is then taken by `publish`.\n"
        "With --fix a copy is written, never the file itself, and every change is\n"
        "listed: a near miss of one flag, a code written otherwise or replaced. What\n"
        "a person must decide stays as it is.\n"
        "With --text FILE is bare text in UTF-8, at most 32 megabytes. With\n"
        "--survey it is an extract of any length, a record a line; numbers are\n"
        "printed, nothing of the records is, and no file is written. With --column\n"
        "too it is CSV with a header, at most 32 megabytes, and only flags are counted.\n"
        "With --map it is a force system's export, at most 64 megabytes, and its rows are\n"
        "counted as the records that they would be.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
