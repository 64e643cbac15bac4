#include "excerpt.h"
#include "output.h"
#include "proof_judged.h"
#include "text.h"

#include <stdio.h>

/* `flagpost proof verify`: a statement for a person, from a file and a root document. */

static const struct option_row options[] = {
    {"root", "FILE", "the root document that you trust, from a source of your own"},
};

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
                 proof_name(f, &h->stream.agency));
    print_time("sealed        ", h->sealed_at, " by the publisher's clock\n");
    (void)printf("kind          %s\n", proof_kind(h->kind));
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

static void print_witnesses(const struct proof_facts *f)
{
    (void)printf("witnessed     %s: %zu cosignature%s, %u needed\n",
                 proof_is_witnessed(f) ? "yes" : "not shown", f->witness_count,
                 f->witness_count == 1 ? "" : "s", f->roster.quorum);
    for (size_t i = 0; i < f->witness_count; i++) {
        const struct proof_witness *const w = &f->witnesses[i];
        (void)printf("              %s (%s) had seen %llu entries", w->agency.text,
                     proof_name(f, &w->agency), (unsigned long long)w->size);
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
        (void)printf("              %s (%s)", r->follower.text,
                     proof_name(f, &r->follower));
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
    const struct bytes missing = proof_left_out(p, of, room, sizeof room);
    (void)printf("left out      ");
    cli_put(stdout, missing.size > 0 ? missing : bytes_of_text("nothing"));
    (void)printf("\n");
}

/* A text is given as it is, anything else as the screen has it. */
static struct bytes said_by(const struct item *i, struct arena *a)
{
    struct bytes line = {0};

    if (i->kind == ITEM_TEXT)
        return i->text.text;
    if (i->kind == ITEM_PROVENANCE)
        return i->provenance.text;
    return output_item_text(a, i, &line) == OK ? line : bytes_of_text("(too long)");
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
        (void)printf(",\"text\":");
        cli_print_json_text(said_by(&item, a));
        (void)printf("}");
    }
    (void)printf("],\"left_out\":");
    cli_print_json_text(p->item_count == 0
                            ? bytes_of_text("")
                            : proof_left_out(p, f->header.item_count, room, sizeof room));
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
                 "\"quorum\":%u,\"root_number\":%u,\"newest_root\":%u,"
                 "\"witnessed\":%s",
                 id, h->stream.agency.text, lane_word(h->stream.lane), epoch,
                 (unsigned long long)h->index, (unsigned long long)f->size,
                 f->roster.version, f->roster.quorum, f->root.number, f->newest_root,
                 proof_is_witnessed(f) ? "true" : "false");
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

static int run(struct cli *c)
{
    struct proof_judged j;
    const int code = proof_judge(c, &j);

    if (code != EXIT_DONE)
        return code;
    if (c->json) {
        print_json(j.proof, j.facts, &c->arena);
        return EXIT_DONE;
    }
    print_record(j.facts);
    print_items(j.proof, j.facts, &c->arena);
    print_witnesses(j.facts);
    print_receipts(j.facts);
    if (proof_is_by_former_roots(j.facts))
        (void)printf(
            "\nThe roster is signed by root keys number %u, and number %u have taken over "
            "from those.\nWhoever holds the former ones can make a proof like it, with any "
            "date.\n",
            j.facts->root.number, j.facts->newest_root);
    (void)printf("\nA revocation after roster version %u cannot be seen from here.\n",
                 j.facts->roster.version);
    return EXIT_DONE;
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
