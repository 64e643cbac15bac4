#include "verify.h"

#include "ceremony.h"
#include "clock.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* `flagpost verify`: what verify_journal finds, for a person or a program. */

enum { PROGRESS_STEP = 2048, PROGRESS_MS = 200, BAD_KEPT_MAX = 64 };

struct printing {
    const struct cli *c;
    bool terminal; /* somebody watches: tell how far it has come */
    bool has_bar;
    millis told_at;
    uint64_t told;
    bool has_head;
    size_t bad_count; /* kept for the sentences below the table */
    struct verify_stream bad[BAD_KEPT_MAX];
};

/* "4,318" */
enum { GROUPED_ROOM = 32 };
static const char *grouped(uint64_t n, char ret[GROUPED_ROOM])
{
    char digits[GROUPED_ROOM];
    const int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t to = 0;

    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            ret[to++] = ',';
        ret[to++] = digits[i];
    }
    ret[to] = '\0';
    return ret;
}

static void clear_bar(struct printing *p)
{
    if (p->has_bar)
        (void)fprintf(stderr, "\r\033[K");
    p->has_bar = false;
}

static void each_progress(void *context, uint64_t entries)
{
    struct printing *const p = context;
    char number[GROUPED_ROOM];

    if (!p->terminal || entries - p->told < PROGRESS_STEP)
        return;
    p->told = entries;
    const millis now = clock_steady();
    if (now - p->told_at < PROGRESS_MS)
        return;
    p->told_at = now;
    p->has_bar = true;
    (void)fprintf(stderr, "\r\033[K%s entries ...", grouped(entries, number));
}

static void print_finding_json(const struct verify_finding *f)
{
    (void)printf(",\"result\":\"%s\"", f->why == OK ? "agrees" : "damaged");
    if (f->why == OK)
        return;
    (void)printf(",\"index\":%llu,\"proved\":%llu,\"why\":\"%s\",\"sentence\":",
                 (unsigned long long)f->index, (unsigned long long)f->proved,
                 status_word(f->why));
    cli_print_json_text(bytes_of_text(f->sentence));
}

static void print_stream_json(const struct verify_stream *s)
{
    char epoch[EPOCH_TEXT_ROOM];

    epoch_write(&s->id.epoch, epoch);
    (void)printf("{\"agency\":\"%s\",\"lane\":\"%s\",\"epoch\":\"%s\",\"own\":%s,"
                 "\"entries\":%llu,\"held\":%llu,\"groups\":%llu,\"checkpoints\":%llu,"
                 "\"receipts\":%llu,\"cosignatures\":%llu,\"quarantine\":\"%s\"",
                 s->id.agency.text, lane_word(s->id.lane), epoch, s->own ? "true" : "false",
                 (unsigned long long)s->size, (unsigned long long)s->entries,
                 (unsigned long long)s->groups, (unsigned long long)s->checkpoints,
                 (unsigned long long)s->receipts, (unsigned long long)s->cosignatures,
                 status_word(s->quarantine));
    print_finding_json(&s->finding);
    (void)printf("}\n");
}

/* Once the first thing is told: where the journal cannot be opened there is no table. */
static void print_head(struct printing *p)
{
    if (p->c->json || p->has_head)
        return;
    p->has_head = true;
    clear_bar(p);
    (void)printf("%s%-16s  %-9s  %-20s  %8s  %7s  %11s  %8s  %8s  %s%s\n",
                 cli_colour() ? "\033[1m" : "", "agency", "lane", "epoch", "entries",
                 "groups", "checkpoints", "cosigned", "receipts", "result",
                 cli_colour() ? "\033[0m" : "");
}

static void each_erased(void *context, const struct verify_erased *e)
{
    struct printing *const p = context;
    char record[RECORD_ID_TEXT_ROOM];
    char under[64] = "erased after a recall";

    record_id_write(&e->record, record);
    if (p->c->json) {
        (void)printf("{\"erased\":\"%s\",\"agency\":\"%s\",\"lane\":\"%s\","
                     "\"index\":%llu",
                     record, e->stream.agency.text, lane_word(e->stream.lane),
                     (unsigned long long)e->index);
        if (e->decided)
            (void)printf(",\"decision\":%llu", (unsigned long long)e->decision);
        (void)printf("}\n");
        return;
    }
    print_head(p);
    clear_bar(p);
    if (e->decided)
        (void)snprintf(under, sizeof under, "erased under decision %llu (local stream)",
                       (unsigned long long)e->decision);
    (void)printf("  %s %s %llu, record %s: %s\n", e->stream.agency.text,
                 lane_word(e->stream.lane), (unsigned long long)e->index, record, under);
}

static void each_stream(void *context, const struct verify_stream *s)
{
    struct printing *const p = context;
    char epoch[EPOCH_TEXT_ROOM];
    char result[64] = "agrees";

    print_head(p);
    if (p->c->json) {
        print_stream_json(s);
        return;
    }
    clear_bar(p);
    if (s->finding.why != OK)
        (void)snprintf(result, sizeof result, "DAMAGED at %llu",
                       (unsigned long long)s->finding.index);
    else if (s->quarantine != OK)
        (void)snprintf(result, sizeof result, "agrees; quarantined (%s)",
                       status_word(s->quarantine));
    epoch_write(&s->id.epoch, epoch);
    (void)printf("%-16s  %-9s  %-20s  %8llu  %7llu  %11llu  %8llu  %8llu  %s\n",
                 s->id.agency.text, lane_word(s->id.lane), epoch,
                 (unsigned long long)s->size, (unsigned long long)s->groups,
                 (unsigned long long)s->checkpoints, (unsigned long long)s->cosignatures,
                 (unsigned long long)s->receipts, result);
    if (s->finding.why != OK && p->bad_count < BAD_KEPT_MAX)
        p->bad[p->bad_count++] = *s;
}

static void print_bad_stream(const struct verify_stream *s)
{
    char number[GROUPED_ROOM];
    char epoch[EPOCH_TEXT_ROOM];
    const struct verify_finding *const f = &s->finding;

    epoch_write(&s->id.epoch, epoch);
    (void)printf("\n%s %s %s, index %llu: %s (%s).\n  ", s->id.agency.text,
                 lane_word(s->id.lane), epoch, (unsigned long long)f->index, f->sentence,
                 status_sentence(f->why));
    if (f->proved == 0)
        (void)printf("No entry of it is proved.\n");
    else if (f->proved == s->size)
        (void)printf("Its %s entries are proved all the same, by their checkpoints.\n",
                     grouped(f->proved, number));
    else
        (void)printf("Still proved: the first %s entries, by the checkpoint over them.\n",
                     grouped(f->proved, number));
}

static const char *part_name(enum verify_part part)
{
    switch (part) {
    case VERIFY_ROSTERS:
        return "rosters";
    case VERIFY_LISTS:
        return "code lists";
    case VERIFY_EVIDENCE:
        return "evidence";
    case VERIFY_STREAMS:
        return "streams";
    case VERIFY_TABLES:
        return "tables";
    }
    return "";
}

static void print_parts(const struct printing *p, const struct verify_totals *t)
{
    for (size_t i = 0; i < VERIFY_PARTS; i++) {
        const struct verify_finding *const f = &t->parts[i].finding;
        const char *const name = part_name((enum verify_part)i);
        if (p->c->json) {
            (void)printf("{\"part\":\"%s\",\"checked\":%llu", name,
                         (unsigned long long)t->parts[i].checked);
            print_finding_json(f);
            (void)printf("}\n");
        } else if (f->why != OK) {
            (void)printf("\n%s, number %llu: %s (%s).\n", name,
                         (unsigned long long)f->index, f->sentence,
                         status_sentence(f->why));
        }
    }
}

static void print_end(const struct printing *p, const struct verify_totals *t)
{
    char streams[GROUPED_ROOM];
    char entries[GROUPED_ROOM];
    const bool good = verify_agrees(t);

    if (p->c->json) {
        (void)printf("{\"status\":\"%s\",\"streams\":%llu,\"damaged\":%llu,"
                     "\"entries\":%llu}\n",
                     good ? "ok" : "damaged", (unsigned long long)t->streams,
                     (unsigned long long)t->bad_streams, (unsigned long long)t->entries);
        return;
    }
    (void)printf("\nrosters %llu, code lists %llu, evidence %llu; head guard: checked when "
                 "the node starts\n%s stream%s, %s entr%s: ",
                 (unsigned long long)t->parts[VERIFY_ROSTERS].checked,
                 (unsigned long long)t->parts[VERIFY_LISTS].checked,
                 (unsigned long long)t->parts[VERIFY_EVIDENCE].checked,
                 grouped(t->streams, streams), t->streams == 1 ? "" : "s",
                 grouped(t->entries, entries), t->entries == 1 ? "y" : "ies");
    if (good)
        (void)printf("everything agrees\n");
    else if (t->bad_streams == 0)
        (void)printf("the streams agree, and what stands above does not\n");
    else
        (void)printf("%llu of the streams do%s not agree\n",
                     (unsigned long long)t->bad_streams, t->bad_streams == 1 ? "es" : "");
}

int verify_home(struct cli *c, struct verify_setup *s, struct verify_totals *ret)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct config *const config = arena_take(&c->arena, sizeof *config);

    if (root == NULL || config == NULL || !cli_config(c, config) ||
        !ceremony_root(c, cli_path(c, "root"), root))
        return EXIT_UNREACHABLE;
    if (!hash_equal(&root->realm, &config->realm))
        return cli_fail(
            c, EXIT_DAMAGED, "root",
            "it is the root document of another realm than the configuration's");
    struct journal_version version = {0};
    char room[JOURNAL_SENTENCE_ROOM];
    const struct journal_setup setup = {.folder = c->home,
                                        .mode = JOURNAL_READ,
                                        .self = config->agency,
                                        .version = &version};
    const status opened = journal_open(&setup, &s->journal);
    if (opened != OK)
        return cli_fail(c, cli_exit_code(opened), "the journal",
                        journal_open_sentence(opened, &version, room));
    s->self = config->agency;
    s->realm = config->realm;
    s->root = &root->root;
    s->arena = &c->arena;
    const status done = verify_journal(s, ret);
    s->journal = journal_free(s->journal);
    return done == OK ? EXIT_DONE
                      : cli_fail(c, cli_exit_code(done), "verify", status_sentence(done));
}

static int run(struct cli *c)
{
    struct printing *const p = arena_take(&c->arena, sizeof *p);
    struct verify_totals totals = {0};

    if (c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "verify", "it takes no arguments");
    if (p == NULL)
        return cli_fail(c, EXIT_REFUSED, "verify", status_sentence(E_MEMORY));
    *p = (struct printing){.c = c, .terminal = !c->json && isatty(STDERR_FILENO) == 1};
    struct verify_setup setup = {.context = p,
                                 .stream = each_stream,
                                 .erased = each_erased,
                                 .progress = each_progress};
    const int code = verify_home(c, &setup, &totals);
    clear_bar(p);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < p->bad_count; i++)
        print_bad_stream(&p->bad[i]);
    print_parts(p, &totals);
    print_end(p, &totals);
    return verify_agrees(&totals) ? EXIT_DONE : EXIT_DAMAGED;
}

const struct command command_verify = {
    .name = "verify",
    .arguments = "",
    .summary = "Derives everything in the journal again and names what does not agree",
    .details =
        "For every stream, own and followed: each entry's hash, each group's root, each\n"
        "checkpoint's signature, the counts, the dispositions, the receipts and\n"
        "cosignatures; and the rosters under the root keys.  Needs no keys and runs "
        "beside\n"
        "the node.  Exit code 5 when anything does not agree.",
    .run = run,
};
