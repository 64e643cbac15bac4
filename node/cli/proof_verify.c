#include "proof.h"

#include "cli.h"
#include "excerpt.h"
#include "file.h"
#include "output.h"
#include "text.h"

#include <stdio.h>

/* `flagpost proof verify`: a statement for a person, from a file and a root document. */

static const struct option_row options[] = {
    {"root", "FILE", "the root document that you trust, from a source of your own"},
};

static const char *kind_of(enum kind kind)
{
    switch (kind) {
    case KIND_INTELLIGENCE:
        return "intelligence";
    case KIND_OUTCOME:
        return "an outcome";
    case KIND_RECALL:
        return "a recall";
    case KIND_AUDIT:
        return "audit rows";
    case KIND_EPOCH:
        return "the statement of a new epoch";
    case KIND_REWRAP:
        return "a rewrap";
    case KIND_ATTACHMENT:
        return "a part of an attachment";
    case KIND_CASE:
        return "a list of calls";
    case KIND_OBLIGATION:
        return "what became of a call";
    case KIND_STATEMENT:
        return "word of what stands in a record's place";
    case KIND_DECISION:
        return "a decision for whom no rule reaches";
    }
    return "";
}

static const char *name_of(const struct proof_facts *f, const struct agency_id *id)
{
    const struct roster_agency *const g = roster_find(&f->roster, id);

    return g == NULL ? "" : g->name;
}

static void print_time(const char *before, millis at, const char *after)
{
    char text[TIME_TEXT_ROOM];

    time_write(at, text);
    (void)printf("%s%s%s", before, text, after);
}

static void print_record(const struct proof_facts *f)
{
    const struct header *const h = &f->header;
    char id[RECORD_ID_TEXT_ROOM];
    char epoch[EPOCH_TEXT_ROOM];

    record_id_write(&h->id, id);
    epoch_write(&h->stream.epoch, epoch);
    (void)printf("Record %s is proved.\n\n", id);
    (void)printf("published by  %s (%s)\n", h->stream.agency.text,
                 name_of(f, &h->stream.agency));
    print_time("sealed        ", h->sealed_at, " by the publisher's clock\n");
    (void)printf("kind          %s\n", kind_of(h->kind));
    (void)printf("place         %s lane, epoch %s, index %llu\n", lane_word(h->stream.lane),
                 epoch, (unsigned long long)h->index);
    (void)printf("addressed to ");
    for (uint32_t i = 0; i < h->recipient_count; i++)
        (void)printf(" %s", h->recipients[i].agency.text);
    (void)printf("\ncheckpoint    of size %llu\n", (unsigned long long)f->size);
    print_time("roster        ", f->roster.issued, "");
    (void)printf(", version %u, under %u of %zu root keys\n", f->roster.version,
                 f->root.threshold, f->root.key_count);
}

static bool is_witnessed(const struct proof_facts *f)
{
    return f->witness_count >= f->roster.quorum;
}

static void print_witnesses(const struct proof_facts *f)
{
    (void)printf("witnessed     %s: %zu cosignature%s, %u needed\n",
                 is_witnessed(f) ? "yes" : "not shown", f->witness_count,
                 f->witness_count == 1 ? "" : "s", f->roster.quorum);
    for (size_t i = 0; i < f->witness_count; i++) {
        const struct proof_witness *const w = &f->witnesses[i];
        (void)printf("              %s (%s) had seen %llu entries", w->agency.text,
                     name_of(f, &w->agency), (unsigned long long)w->size);
        print_time(" at ", w->at, "\n");
    }
}

/* A receipt covers everything up to its size, save what it counts apart. */
static void print_receipts(const struct proof_facts *f)
{
    (void)printf("stored        %s\n",
                 f->receipt_count == 0 ? "no receipt is in the proof" : "receipts of:");
    for (size_t i = 0; i < f->receipt_count; i++) {
        const struct receipt *const r = &f->receipts[i];
        (void)printf("              %s (%s)", r->follower.text, name_of(f, &r->follower));
        print_time(" at ", r->time, "");
        (void)printf(": everything for it in the first %llu entries",
                     (unsigned long long)r->size);
        if (r->unopenable + r->refused + r->withheld + r->erased > 0)
            (void)printf(" (%llu held; not opened %llu, refused %llu, withheld %llu, "
                         "erased %llu: which ones it does not say)",
                         (unsigned long long)r->held, (unsigned long long)r->unopenable,
                         (unsigned long long)r->refused, (unsigned long long)r->withheld,
                         (unsigned long long)r->erased);
        (void)printf("\n");
    }
}

/* Positions that are not shown, as "1-2, 7". */
static struct bytes left_out(const struct proof *p, uint32_t of, char *to, size_t room)
{
    struct excerpt e = {0};
    size_t next = 0;

    for (uint32_t i = 0; i < of; i++) {
        if (next < p->item_count && p->items[next].position == i)
            next++;
        else
            e.positions[e.count++] = i;
    }
    return excerpt_write(&e, to, room);
}

/* Nobody is to take a part for the whole: what is missing is said as plainly as what is
 * there. */
static void print_items(const struct proof *p, const struct proof_facts *f, struct arena *a)
{
    const uint32_t of = f->header.item_count;
    char room[256];
    struct item item;

    if (p->item_count == 0)
        return;
    (void)printf("items         %zu of %u are shown, each as its publisher sealed it\n",
                 p->item_count, of);
    for (size_t i = 0; i < p->item_count; i++) {
        if (item_decode(p->items[i].value, a, &item) == OK)
            output_item(p->items[i].position, &item);
    }
    const struct bytes missing = left_out(p, of, room, sizeof room);
    (void)printf("left out      ");
    cli_put(stdout, missing.size > 0 ? missing : bytes_of_text("nothing"));
    (void)printf("\n");
}

static void print_items_json(const struct proof *p, const struct proof_facts *f,
                             struct arena *a)
{
    char room[256];
    struct item item;

    (void)printf(",\"item_count\":%u,\"items\":[", f->header.item_count);
    for (size_t i = 0; i < p->item_count; i++) {
        if (item_decode(p->items[i].value, a, &item) != OK)
            continue;
        (void)printf("%s{\"position\":%u,\"kind\":\"%s\"", i == 0 ? "" : ",",
                     p->items[i].position, item_kind_word(item.kind));
        if (item.kind == ITEM_TEXT || item.kind == ITEM_PROVENANCE) {
            (void)printf(",\"text\":");
            cli_print_json_text(item.kind == ITEM_TEXT ? item.text.text
                                                       : item.provenance.text);
        }
        (void)printf("}");
    }
    (void)printf("],\"left_out\":");
    cli_print_json_text(p->item_count == 0
                            ? bytes_of_text("")
                            : left_out(p, f->header.item_count, room, sizeof room));
}

static void print_json(const struct proof *p, const struct proof_facts *f, struct arena *a)
{
    const struct header *const h = &f->header;
    char id[RECORD_ID_TEXT_ROOM];
    char epoch[EPOCH_TEXT_ROOM];

    record_id_write(&h->id, id);
    epoch_write(&h->stream.epoch, epoch);
    (void)printf("{\"status\":\"ok\",\"id\":\"%s\",\"agency\":\"%s\",\"lane\":\"%s\","
                 "\"epoch\":\"%s\",\"index\":%llu,\"size\":%llu,\"roster\":%u,"
                 "\"quorum\":%u,\"witnessed\":%s",
                 id, h->stream.agency.text, lane_word(h->stream.lane), epoch,
                 (unsigned long long)h->index, (unsigned long long)f->size,
                 f->roster.version, f->roster.quorum, is_witnessed(f) ? "true" : "false");
    print_time(",\"sealed\":\"", h->sealed_at, "\",\"witnesses\":[");
    for (size_t i = 0; i < f->witness_count; i++) {
        (void)printf("%s{\"agency\":\"%s\"", i == 0 ? "" : ",",
                     f->witnesses[i].agency.text);
        print_time(",\"at\":\"", f->witnesses[i].at, "\"}");
    }
    (void)printf("],\"receipts\":[");
    for (size_t i = 0; i < f->receipt_count; i++) {
        (void)printf("%s{\"agency\":\"%s\",\"held\":%llu", i == 0 ? "" : ",",
                     f->receipts[i].follower.text, (unsigned long long)f->receipts[i].held);
        print_time(",\"at\":\"", f->receipts[i].time, "\"}");
    }
    (void)printf("]");
    print_items_json(p, f, a);
    (void)printf("}\n");
}

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
    if (f->line > 0)
        (void)fprintf(stderr,
                      "flagpost: the proof is refused at line %u (%s): %s\n"
                      "  check: %s\n",
                      f->line, f->field, f->sentence, status_sentence(f->why));
    else
        (void)fprintf(stderr, "flagpost: the proof is refused (%s): %s\n", f->field,
                      f->sentence);
    return EXIT_DAMAGED;
}

static int judge(struct cli *c, struct bytes text, struct bytes root)
{
    struct proof *const p = arena_take(&c->arena, sizeof *p);
    struct proof_facts *const f = arena_take(&c->arena, sizeof *f);
    struct proof_fault fault = {0};

    if (p == NULL || f == NULL)
        return cli_fail(c, EXIT_REFUSED, "proof", status_sentence(E_MEMORY));
    status s = proof_read(text, &c->arena, p, &fault);
    if (s == OK)
        s = proof_check(p, root, &c->arena, f, &fault);
    if (s != OK)
        return refuse(c, &fault);
    if (c->json) {
        print_json(p, f, &c->arena);
        return EXIT_DONE;
    }
    print_record(f);
    print_items(p, f, &c->arena);
    print_witnesses(f);
    print_receipts(f);
    (void)printf("\nA revocation after roster version %u cannot be seen from here.\n",
                 f->roster.version);
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    const char *const path = cli_value(c, "root");
    struct bytes text = {0};
    struct bytes root = {0};

    if (c->argument_count != 1 || path == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "proof verify",
                        "give the proof's file and --root FILE");
    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &root);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    s = file_read(c->arguments[0], PROOF_BYTES_MAX, &c->arena, &text);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], s));
    return judge(c, text, root);
}

const struct command command_proof_verify = {
    .name = "proof verify",
    .arguments = "FILE",
    .summary = "Checks a proof with nothing but the root document that you trust",
    .details =
        "No node, no network, no key.  Checked: the root document against yours, the\n"
        "roster under the root keys, the publisher's signature on the checkpoint, the\n"
        "record's place under its root, and every cosignature and receipt.  Exit code 5\n"
        "and the line of the file when anything does not hold.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
