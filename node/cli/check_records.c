#include "check.h"

#include "attach.h"
#include "clock.h"
#include "file.h"
#include "input.h"
#include "mend.h"
#include "output.h"
#include "unread.h"

#include <stdio.h>
#include <stdlib.h>

struct checking {
    const struct lists *lists;
    FILE *copy;  /* with --fix: the records as they are mended */
    bool judged; /* at least one record: what is no file of records has no tally */
    bool array;  /* the file is one array, and so is its copy */
    size_t right, wrong, withheld, unreadable, mended;
    bool copied; /* with --fix: the copy was written */
    int code;
    struct check_node node;
};

static void print_edit(const struct edit *e)
{
    char path[64];
    struct writer w = writer_over(path, sizeof path);

    if (e->what == EDIT_NONE)
        return;
    edit_path_write(e, &w);
    (void)printf(",\"edit\":{\"op\":\"%s\"", edit_word(e->what));
    check_json_text(false, "path", writer_bytes(&w));
    check_json_text(false, "value", e->value);
    (void)printf(",\"sure\":%s}", e->sure ? "true" : "false");
}

/* Which record of the file is meant. */
struct named {
    const char *urn; /* "" when it has none */
    size_t number;
};

static void print_finding(const struct cli *c, const struct named *of,
                          const struct finding *f)
{
    if (!c->json) {
        (void)printf("    %-4s %s %s: ", f->rule, severity_word(f->severity), f->field);
        cli_put(stdout, bytes_of_text(f->sentence));
        (void)printf("\n         mend: ");
        cli_put(stdout, bytes_of_text(f->mend));
        (void)printf("\n");
        return;
    }
    const char *const parts[][2] = {{"rule", f->rule},
                                    {"field", f->field},
                                    {"severity", severity_word(f->severity)},
                                    {"sentence", f->sentence},
                                    {"mend", f->mend}};
    check_json_text(true, "urn", bytes_of_text(of->urn));
    (void)printf(",\"number\":%zu", of->number);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        check_json_text(false, parts[i][0], bytes_of_text(parts[i][1]));
    print_edit(&f->edit);
    (void)printf("}\n");
}

static void print_mended(const struct cli *c, const char *urn, const struct mended *m)
{
    if (c->json) {
        check_json_text(true, "urn", bytes_of_text(urn));
        check_json_text(false, "mended", bytes_of_text(m->field));
        check_json_text(false, "rule", bytes_of_text(m->rule));
        check_json_text(false, "before", m->before);
        check_json_text(false, "after", m->after);
        (void)printf("}\n");
        return;
    }
    (void)printf("    %-4s mended %s: ", m->rule, m->field);
    if (m->before.size > 0) {
        (void)printf("\"");
        cli_put(stdout, m->before);
        (void)printf("\" is now ");
    }
    (void)printf("\"");
    cli_put(stdout, m->after);
    (void)printf(m->before.size > 0 ? "\"\n" : "\" was added\n");
}

/* As it is handed to the node, before the rules put anything in order.  Empty when it is
 * too long for that, which the rules tell. */
static struct bytes pack(struct cli *c, const struct record *r, struct checking *k)
{
    const char *const to = cli_value(c, "pack");
    struct bytes packed = {0};

    status s = record_pack(r, &c->arena, &packed);
    if (s == OK && to != NULL)
        s = file_write(to, packed, 0600);
    if (s != OK && to != NULL)
        k->code = cli_fail(c, EXIT_REFUSED, to, status_sentence(s));
    return packed;
}

/* Mends the caller's copy of a record and adds it to the file's. */
static bool fix(struct cli *c, struct record *r, const char *urn, struct checking *k,
                struct mends *mends)
{
    struct bytes text = {0};

    if (mends_apply(r, MEND_ALL, k->lists, clock_wall(), &c->arena, mends) != OK ||
        !output_record_text(c, r, &text)) {
        k->code = cli_fail(c, EXIT_REFUSED, urn, "its copy could not be written");
        return false;
    }
    const bool first = k->right + k->wrong == 0;
    (void)fputs(!k->array ? "" : first ? "[\n" : ",\n", k->copy);
    (void)fwrite(text.at, 1, text.size, k->copy);
    (void)fputs(k->array ? "" : "\n", k->copy);
    k->mended += mends->count;
    return true;
}

static void print_verdict(const struct named *of, const struct findings *found,
                          size_t unread)
{
    if (of->urn[0] == '\0')
        (void)printf("record %zu (no URN)", of->number);
    else
        cli_put(stdout, bytes_of_text(of->urn));
    (void)printf(" %s", found->refused          ? "would be refused"
                        : !found->code_is_right ? "right, but PND would not get it"
                                                : "right");
    if (unread > 0)
        (void)printf(": %zu %s not be read", unread,
                     unread == 1 ? "value could" : "values could");
    (void)printf("\n");
}

/* `unread` of the findings are values that could not be read. */
static void tell(struct cli *c, const struct named *of, const struct findings *found,
                 const struct mends *mends, size_t unread)
{
    if (!c->json)
        print_verdict(of, found, unread);
    for (size_t i = 0; mends != NULL && i < mends->count; i++)
        print_mended(c, of->urn, &mends->at[i]);
    for (size_t i = 0; i < found->count; i++)
        print_finding(c, of, &found->at[i]);
}

/* What could be read of it is judged, and neither packed nor copied: it would lack a value.
 */
static void judge_unread(struct cli *c, struct record *r, const struct input_record *in,
                         const struct named *of, struct checking *k)
{
    struct findings *const found = arena_take(&c->arena, sizeof *found);

    k->unreadable++;
    k->code = EXIT_REFUSED;
    if (found == NULL)
        return;
    unread_check(r, k->lists, clock_wall(), &c->arena, in->unread, found);
    tell(c, of, found, NULL, in->unread->count);
}

/* Size and digests of what it names, as publishing takes them. */
static bool fill(struct cli *c, struct record *r, struct checking *k)
{
    struct attach_plan plan = {.file = cli_text(c, "attach"),
                               .folder = cli_text(c, "attachments")};
    const struct record *const filled = attach_fill(c, r, &plan);

    if (filled == NULL)
        k->code = plan.code;
    else if (filled != r)
        *r = *filled;
    attach_done(&plan);
    return filled != NULL;
}

static bool judge(struct cli *c, struct record *r, const struct named *of,
                  struct checking *k)
{
    struct findings *const found = arena_take(&c->arena, sizeof *found);
    struct mends *const mends = arena_take(&c->arena, sizeof *mends);

    if (found == NULL || mends == NULL) {
        k->code = cli_fail(c, EXIT_REFUSED, "check", status_sentence(E_MEMORY));
        return false;
    }
    if (k->copy != NULL && !fix(c, r, of->urn, k, mends))
        return false;
    if (!fill(c, r, k)) {
        k->wrong++;
        return true;
    }
    const struct bytes packed = pack(c, r, k);
    rules_check(r, k->lists, clock_wall(), &c->arena, found);
    check_ask_node(c, &k->node, packed, found);
    k->right += !found->refused;
    k->wrong += found->refused;
    k->withheld += !found->refused && !found->code_is_right;
    if (found->refused)
        k->code = EXIT_REFUSED;
    tell(c, of, found, mends, 0);
    return true;
}

static bool each_record(struct cli *c, const struct input_record *in, void *context)
{
    struct checking *const k = context;

    if (in->record == NULL) {
        k->unreadable++;
        return true;
    }
    struct record *const r = arena_take(&c->arena, sizeof *r);
    const struct named of = {.urn = arena_text(&c->arena, in->record->facts.urn),
                             .number = in->number};

    if (r == NULL || of.urn == NULL) {
        k->code = cli_fail(c, EXIT_REFUSED, "check", status_sentence(E_MEMORY));
        return false;
    }
    k->judged = true;
    *r = *in->record;
    if (in->unread->count == 0)
        return judge(c, r, &of, k);
    judge_unread(c, r, in, &of, k);
    return true;
}

static void print_tally(const struct cli *c, const struct checking *k, int code)
{
    if (c->json) {
        (void)printf("{\"status\":\"%s\",\"right\":%zu,\"refused\":%zu,"
                     "\"pnd_withheld\":%zu,\"unreadable\":%zu,\"mended\":%zu,"
                     "\"node_asked\":%s}\n",
                     status_word(code == EXIT_DONE ? OK : E_VALUE), k->right,
                     k->wrong + k->unreadable, k->withheld, k->unreadable,
                     k->copied ? k->mended : 0, k->node.asked ? "true" : "false");
        return;
    }
    (void)printf("%zu right, %zu would be refused", k->right, k->wrong + k->unreadable);
    if (k->unreadable > 0)
        (void)printf(", %zu of them because not all could be read", k->unreadable);
    (void)printf(", %zu of the right ones not for PND yet", k->withheld);
    if (cli_value(c, "fix") != NULL && k->copied)
        (void)printf(", %zu mended", k->mended);
    (void)printf("\n");
    check_tell_node(&k->node);
}

/* A copy that lacks a record would lose it: then there is none. */
static int write_copy(struct cli *c, const struct checking *k, char *text, size_t size,
                      int told)
{
    if (told != EXIT_DONE || k->unreadable > 0)
        return cli_fail(c, EXIT_REFUSED, cli_value(c, "fix"),
                        "not written: not every record could be read and copied");
    return check_write_copy(c, bytes_of(text, size));
}

/* Every record, one after the other; what --fix makes of them is kept in `k->copy`. */
static int check_all(struct cli *c, const char *path, struct bytes text, struct checking *k)
{
    char *copy = NULL;
    size_t size = 0;
    size_t i = 0;

    if (cli_value(c, "fix") == NULL)
        return input_records(c, path, text, each_record, k);
    while (i < text.size && text.at[i] != '[' && text.at[i] != '{')
        i++;
    k->array = i < text.size && text.at[i] == '[';
    k->copy = open_memstream(&copy, &size);
    if (k->copy == NULL)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    int told = input_records(c, path, text, each_record, k);
    (void)fputs(k->array ? "\n]\n" : "", k->copy);
    const bool whole = ferror(k->copy) == 0;
    if (fclose(k->copy) != 0 || !whole)
        told = cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    const int written = write_copy(c, k, copy, size, told);
    k->copied = written == EXIT_DONE;
    free(copy);
    return told != EXIT_DONE ? told : written;
}

int check_records(struct cli *c, const struct lists *lists, const char *path)
{
    struct checking k = {.lists = lists, .node = {.asks = cli_value(c, "lists") == NULL}};
    struct bytes text = {0};
    const int read = input_read(c, path, &text);

    if (read != EXIT_DONE)
        return read;
    if (!attach_is_of_one(c, text))
        return EXIT_WRONG_USE;
    const int told = check_all(c, path, text, &k);
    const int code = k.code != EXIT_DONE ? k.code : told;
    if (c->json || k.judged)
        print_tally(c, &k, code);
    return code;
}
