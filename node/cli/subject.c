#include "cli.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* `flagpost subject`: the node searches a slice at a time, and this asks until all of it
 * has been searched.  What is kept meanwhile is the account of what was searched. */

static const struct option_row options[] = {
    {"name", "TEXT", "all names in any order: \"FORENAME SURNAME\""},
    {"born", "DATE", "what is known of it: 1988, 1988-03 or 1988-03-14"},
    {"identifier", "TYPE:NUMBER", "passport:GBR:123456789, phone:07700900123, pnc_id:..."},
    {"purpose", "TEXT", "why it is searched; goes into the log before anything is opened"},
    {"reason", "TEXT", "the request that it answers; goes into the log"},
};

enum { PARTS_MAX = 4096, WORD_ROOM = 40 };

/* One stream's entries that were searched. */
struct part {
    char agency[WORD_ROOM], stream[WORD_ROOM], epoch[EPOCH_TEXT_ROOM];
    char from[WORD_ROOM], to[WORD_ROOM];
    uint64_t first, last, opened, unopened, other;
};

struct searching {
    struct cli *cli;
    struct part *parts;
    size_t part_count;
    uint64_t hits, unopened, born_otherwise;
    char next[160];
    char told[400];
};

static void text_in(const struct control_row *row, const char *name, char *ret, size_t room)
{
    const struct bytes v = control_value(row, name);
    const size_t size = v.size < room ? v.size : room - 1;

    if (size > 0)
        memcpy(ret, v.at, size);
    ret[size] = '\0';
}

static uint64_t number_in(const struct control_row *row, const char *name)
{
    uint64_t v = 0;

    return decimal_decode(control_value(row, name), &v) == OK ? v : 0;
}

static bool is_same_stream(const struct part *a, const struct part *b)
{
    return strcmp(a->agency, b->agency) == 0 && strcmp(a->stream, b->stream) == 0 &&
           strcmp(a->epoch, b->epoch) == 0;
}

/* What follows the part before in one stream is of that part. */
static bool take_part(struct searching *s, const struct control_row *row)
{
    struct part p = {.first = number_in(row, "first"),
                     .last = number_in(row, "last"),
                     .opened = number_in(row, "opened"),
                     .unopened = number_in(row, "unopened"),
                     .other = number_in(row, "other")};

    text_in(row, "agency", p.agency, sizeof p.agency);
    text_in(row, "stream", p.stream, sizeof p.stream);
    text_in(row, "epoch", p.epoch, sizeof p.epoch);
    text_in(row, "from", p.from, sizeof p.from);
    text_in(row, "to", p.to, sizeof p.to);
    if (s->part_count > 0 && is_same_stream(&s->parts[s->part_count - 1], &p)) {
        struct part *const before = &s->parts[s->part_count - 1];
        before->last = p.last;
        memcpy(before->to, p.to, sizeof p.to);
        before->opened += p.opened;
        before->unopened += p.unopened;
        before->other += p.other;
        return true;
    }
    if (s->part_count == PARTS_MAX)
        return false;
    s->parts[s->part_count++] = p;
    return true;
}

static void put_field(const struct control_row *row, const char *name, const char *before)
{
    const struct bytes v = control_value(row, name);

    if (v.size == 0)
        return;
    (void)fputs(before, stdout);
    cli_put(stdout, v);
}

static void print_hit(const struct control_row *row)
{
    put_field(row, "id", "");
    put_field(row, "owner", "  of ");
    put_field(row, "marking", "  ");
    put_field(row, "handling", " ");
    put_field(row, "role", "\n    role: ");
    (void)printf("; by ");
    put_field(row, "how", "");
    put_field(row, "where", ", in ");
    (void)printf(" %" PRIu64, number_in(row, "place") + 1);
    put_field(row, "born", "; date of birth ");
    put_field(row, "stored", "\n    here since ");
    put_field(row, "note", "\n    ** ");
    (void)putchar('\n');
}

static void print_unopened(const struct control_row *row)
{
    put_field(row, "id", "");
    put_field(row, "owner", "  of ");
    put_field(row, "why", "\n    not searched: ");
    (void)putchar('\n');
}

static bool take_row(struct searching *s, const struct control_row *row)
{
    const struct bytes kind = control_value(row, "row");
    const bool is_hit = text_is(kind, "hit");

    if (text_is(kind, "searched"))
        return take_part(s, row);
    if (text_is(kind, "slice")) {
        text_in(row, "next", s->next, sizeof s->next);
        s->born_otherwise += number_in(row, "born_otherwise");
        return true;
    }
    s->hits += is_hit;
    s->unopened += !is_hit;
    if (s->cli->json) {
        cli_print_json_row(row);
        (void)putchar('\n');
    } else if (is_hit) {
        print_hit(row);
    } else {
        print_unopened(row);
    }
    return true;
}

static int search_slice(struct searching *s)
{
    struct control_field arguments[COUNT_OF(options) + 1];
    struct control_answer a = {0};

    for (size_t i = 0; i < COUNT_OF(options); i++)
        arguments[i] = cli_argument(options[i].name, cli_value(s->cli, options[i].name));
    arguments[COUNT_OF(options)] = cli_argument("after", s->next);
    if (!cli_ask(s->cli, "subject", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return cli_print(s->cli, &a, NULL, 0);
    s->next[0] = '\0';
    for (size_t i = 0; i < a.row_count; i++) {
        if (!take_row(s, &a.rows[i]))
            return cli_fail(s->cli, EXIT_DAMAGED, "subject",
                            "there are more streams than this command can account for");
    }
    const size_t size =
        a.sentence.size < sizeof s->told ? a.sentence.size : sizeof s->told - 1;
    memcpy(s->told, a.sentence.at, size);
    s->told[size] = '\0';
    return EXIT_DONE;
}

static void print_part(const struct part *p)
{
    (void)printf("  %-12s %-10s %8" PRIu64 " to %-8" PRIu64 " %.10s to %.10s  %8" PRIu64
                 " %12" PRIu64 " %6" PRIu64 "\n",
                 p->agency, p->stream, p->first, p->last, p->from, p->to, p->opened,
                 p->unopened, p->other);
}

static void print_part_json(const struct part *p)
{
    (void)printf(
        "{\"row\":\"searched\",\"agency\":\"%s\",\"stream\":\"%s\",\"epoch\":\"%s\","
        "\"first\":\"%" PRIu64 "\",\"last\":\"%" PRIu64
        "\",\"from\":\"%s\",\"to\":\"%s\",\"opened\":\"%" PRIu64
        "\",\"unopened\":\"%" PRIu64 "\",\"other\":\"%" PRIu64 "\"}\n",
        p->agency, p->stream, p->epoch, p->first, p->last, p->from, p->to, p->opened,
        p->unopened, p->other);
}

static void print_sum(const struct searching *s)
{
    uint64_t opened = 0;

    if (!s->cli->json)
        (void)printf("\nSearched:\n  %-12s %-10s %20s %25s %9s %12s %6s\n", "agency",
                     "stream", "entries", "stored", "opened", "not opened", "other");
    for (size_t i = 0; i < s->part_count; i++) {
        opened += s->parts[i].opened;
        if (s->cli->json)
            print_part_json(&s->parts[i]);
        else
            print_part(&s->parts[i]);
    }
    if (s->cli->json) {
        (void)printf("{\"status\":\"ok\",\"hits\":%" PRIu64 ",\"opened\":%" PRIu64
                     ",\"unopened\":%" PRIu64 ",\"born_otherwise\":%" PRIu64
                     ",\"sentence\":",
                     s->hits, opened, s->unopened, s->born_otherwise);
        cli_print_json_text(bytes_of_text(s->told));
        (void)printf("}\n");
        return;
    }
    (void)printf("\n%" PRIu64 " found in %" PRIu64 " records opened; %" PRIu64
                 " could not be opened; %" PRIu64
                 " of that name left out for another date of birth\n%s\n",
                 s->hits, opened, s->unopened, s->born_otherwise, s->told);
}

static int run(struct cli *c)
{
    struct searching s = {.cli = c};
    int code = EXIT_DONE;

    s.parts = arena_array(&c->arena, PARTS_MAX, sizeof *s.parts);
    if (s.parts == NULL)
        return cli_fail(c, EXIT_UNREACHABLE, "memory", "there is not enough");
    do {
        const size_t mark = arena_mark(&c->arena);
        code = search_slice(&s);
        arena_rewind(&c->arena, mark);
    } while (code == EXIT_DONE && s.next[0] != '\0');
    if (code == EXIT_DONE)
        print_sum(&s);
    return code;
}

const struct command command_subject = {
    .name = "subject",
    .arguments = "",
    .summary = "Searches all that is held or was published for one person (access request)",
    .details =
        "Data Protection Act 2018 ss.45-48.  Each record is opened; the search is in the "
        "log "
        "before\nthat, with its purpose and with a digest of what was searched for in "
        "place "
        "of it.  A name\nis found in any order, without accents and with parts missing; a "
        "date of birth leaves out\nwhoever has another one.  Each hit has the role of the "
        "person and the owner, who must be\ntold before the request is answered.  At the "
        "end "
        "stands what was searched and what was not.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
