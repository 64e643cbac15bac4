#include "audit.h"

#include "cli.h"
#include "file.h"

#include <inttypes.h>
#include <stdio.h>

/* `flagpost audit verify`: an export of the log, judged and shown from the file and a root
 * document alone. */

static const struct option_row options[] = {
    {"root", "FILE", "the root document that you trust, from a source of your own"},
    {"closed", NULL, "you know that a new epoch followed: the next log's export says so"},
};

static int refuse(const struct cli *c, const struct proof_fault *f)
{
    if (c->json) {
        (void)printf("{\"status\":\"refused\",\"line\":%u,\"field\":\"%s\",\"why\":\"%s\","
                     "\"sentence\":",
                     f->line, f->field, status_word(f->why));
        cli_print_json_text(bytes_of_text(f->sentence));
        (void)printf("}\n");
        return EXIT_DAMAGED;
    }
    (void)fprintf(stderr, "flagpost: the export is refused at line %u (%s): %s\n", f->line,
                  f->field, f->sentence);
    return EXIT_DAMAGED;
}

static void print_row(const struct control_row *row)
{
    static const char *const fields[][2] = {
        {"index", ""},      {"at", "  "},        {"operation", "  "},   {"actor", "; "},
        {"channel", "; "},  {"object", "; of "}, {"purpose", "; for "}, {"with", "; with "},
        {"rules", "; by "}, {"outcome", "; "}};

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct bytes value = control_value(row, fields[i][0]);
        if (value.size == 0)
            continue;
        (void)fputs(fields[i][1], stdout);
        cli_put(stdout, value);
    }
    (void)fputs("\n", stdout);
}

static status each_row(void *context, sequence index, const struct item_audit *row)
{
    struct cli *const c = context;
    const size_t mark = arena_mark(&c->arena);
    struct rows r;

    rows_init(&r, &c->arena, 1);
    TRY(audit_give_row(&r, row, index));
    ENSURE(!r.full, E_MEMORY);
    if (c->json) {
        cli_print_json_row(&r.rows[0]);
        (void)printf("\n");
    } else {
        print_row(&r.rows[0]);
    }
    arena_rewind(&c->arena, mark);
    return OK;
}

static void print_time(const char *before, millis at, const char *after)
{
    char text[TIME_TEXT_ROOM];

    time_write(at, text);
    (void)printf("%s%s%s", before, text, after);
}

static void print_json(const struct audit_facts *f)
{
    char epoch[EPOCH_TEXT_ROOM];

    (void)printf("{\"status\":\"ok\",\"agency\":\"%s\",\"first\":%" PRIu64
                 ",\"entries\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"others\":%" PRIu64
                 ",\"new_epoch\":%s,\"witnessed\":%s",
                 f->trust.header.stream.agency.text, f->first, f->entries, f->rows,
                 f->others, f->has_statement ? "true" : "false",
                 f->trust.witness_count >= f->trust.roster.quorum ? "true" : "false");
    epoch_write(&f->trust.header.stream.epoch, epoch);
    (void)printf(",\"epoch\":\"%s\",\"closed\":%s,\"clock_back\":%s,\"hidden\":%" PRIu64,
                 epoch, f->closed ? "true" : "false", f->clock_back ? "true" : "false",
                 f->hidden);
    epoch_write(&f->before, epoch);
    if (f->has_statement)
        (void)printf(",\"before\":\"%s\"", epoch);
    print_time(",\"since\":\"", f->since, "\"");
    print_time(",\"until\":\"", f->until, "\",\"witnesses\":[");
    for (size_t i = 0; i < f->trust.witness_count; i++)
        (void)printf("%s\"%s\"", i == 0 ? "" : ",", f->trust.witnesses[i].agency.text);
    (void)printf("]}\n");
}

/* The file ends behind the last group that has an entry of the period, by the agency's
 * clock. */
static void print_clock(const struct audit_facts *f)
{
    if (f->clock_back)
        (void)printf("The agency's clock was SET BACK within them: times do not tell the "
                     "order, the numbers of\nthe entries do.\n");
    if (!f->closed)
        (void)printf("What a clock that was set back later put behind the last of them is "
                     "not in this file, though\nits time may be of the period: an export "
                     "with a later end has it.\n");
}

/* What was before the log and what comes after it stands in files of their own. */
static void print_epochs(const struct audit_facts *f)
{
    char epoch[EPOCH_TEXT_ROOM];

    epoch_write(&f->trust.header.stream.epoch, epoch);
    if (f->closed)
        (void)printf(
            "The log of this epoch, %s, ends there, as who made the file says: no "
            "signature closes a log.\nWhat witnesses had seen of it stands below.\n",
            epoch);
    if (f->closed && f->hidden > 0)
        (void)printf("Behind them %" PRIu64 " more are there by their hashes alone: the "
                     "agency lost them when it was put back to\nan earlier day, and nobody "
                     "else has what stood in them.\n",
                     f->hidden);
    if (!f->has_statement)
        return;
    epoch_write(&f->before, epoch);
    (void)printf(
        "It began with a new epoch.  The log of the one before, %s, is NOT in this "
        "file:\n`flagpost audit export --epoch %s`.\n",
        epoch, epoch);
}

static void print_period(const struct audit_facts *f)
{
    (void)printf("The log of %s is proved", f->trust.header.stream.agency.text);
    if (f->since == 0)
        (void)printf(", from its beginning");
    else
        print_time(", from ", f->since, "");
    print_time(" until ", f->until, ":\n");
    (void)printf("entries %" PRIu64 " to %" PRIu64 " with %" PRIu64
                 " rows; between the two none is left out, changed or exchanged.\n",
                 f->first, f->first + f->entries - 1, f->rows);
    print_clock(f);
    if (f->others > 0)
        (void)printf("%" PRIu64
                     " entries are of other kinds (decisions, calls) and shown by "
                     "their headers alone.\n",
                     f->others);
    print_epochs(f);
}

static void print_facts(const struct audit_facts *f)
{
    const struct proof_facts *const t = &f->trust;

    print_period(f);
    (void)printf("witnessed     %s: %zu cosignature%s, %u needed\n",
                 t->witness_count >= t->roster.quorum ? "yes" : "not shown",
                 t->witness_count, t->witness_count == 1 ? "" : "s", t->roster.quorum);
    for (size_t i = 0; i < t->witness_count; i++) {
        (void)printf("              %s had seen %" PRIu64 " entries",
                     t->witnesses[i].agency.text, t->witnesses[i].size);
        print_time(" at ", t->witnesses[i].at, "\n");
    }
    (void)printf(
        "roster        version %u, under %u of %zu root keys\n\n"
        "Times are those of the agency's clock; whether the period is the one that "
        "was asked for\nis for the reader to compare.  A revocation after that "
        "roster cannot be seen from here.\n",
        t->roster.version, t->root.threshold, t->root.key_count);
}

static int judge(struct cli *c, struct bytes text, struct bytes root)
{
    const struct audit_reader reader = {.each = each_row, .context = c};
    struct audit_facts *const facts = arena_take(&c->arena, sizeof *facts);
    struct proof_fault fault = {0};

    if (facts == NULL)
        return cli_fail(c, EXIT_REFUSED, "audit verify", status_sentence(E_MEMORY));
    /* Nothing is shown of a file that does not hold to its end. */
    const size_t mark = arena_mark(&c->arena);
    if (audit_file_check(text, root, &c->arena, NULL, facts, &fault) != OK)
        return refuse(c, &fault);
    if (facts->closed && cli_value(c, "closed") == NULL)
        return cli_fail(
            c, EXIT_DAMAGED, "closed",
            "the file says that the log ends there, and nothing signed does: its "
            "tail may be cut.  If the export of the next log says that it began "
            "after this epoch, give --closed");
    arena_rewind(&c->arena, mark);
    if (audit_file_check(text, root, &c->arena, &reader, facts, &fault) != OK)
        return refuse(c, &fault);
    if (c->json)
        print_json(facts);
    else
        print_facts(facts);
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    const char *const path = cli_value(c, "root");
    struct bytes text = {0};
    struct bytes root = {0};

    if (c->argument_count != 1 || path == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "audit verify",
                        "give the export's file and --root FILE");
    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &root);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    s = file_read(c->arguments[0], AUDIT_FILE_BYTES_MAX, &c->arena, &text);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], s));
    return judge(c, text, root);
}

const struct command command_audit_verify = {
    .name = "audit verify",
    .arguments = "FILE",
    .summary =
        "Checks an export of the log with nothing but the root document, and shows it",
    .details =
        "No node, no network, no key.  Exit code 5, the line of the file and the entries "
        "of "
        "the\nlog that are meant when one was left out, changed, exchanged or cut off.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
