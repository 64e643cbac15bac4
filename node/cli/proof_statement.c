#include "draw.h"
#include "excerpt.h"
#include "file.h"
#include "output.h"
#include "proof_judged.h"
#include "sheet.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * `flagpost proof statement`: what a proof shows, on paper, for a court bundle.  It is made
 * only from a proof that has just been judged; whoever doubts the paper judges the file
 * again, whose digest stands on it.  One HTML file that needs nothing beside it: a browser
 * or weasyprint makes the PDF.
 */

static const struct option_row options[] = {
    {"root", "FILE", "the root document that you trust, from a source of your own"},
    {"out", "FILE", "where the page goes (HTML)"},
};

/* The marking stands at the head and foot of every page, as on any report. */
static const char style[] =
    "@page{size:A4;margin:22mm 20mm;"
    "@top-center{content:\"%s\";font:bold 10pt sans-serif}"
    "@bottom-center{content:\"%s\";font:bold 10pt sans-serif}"
    "@bottom-right{content:counter(page) \" of \" counter(pages);font:9pt sans-serif}}"
    "body{font:11pt/1.45 serif;max-width:170mm;margin:auto}"
    "h1{font-size:17pt;margin-bottom:2mm}h2{font-size:13pt;margin-top:8mm}"
    "table{border-collapse:collapse;width:100%%;table-layout:fixed}"
    "th,td{border:0.3mm solid #777;padding:1.5mm 2mm;text-align:left;vertical-align:top}"
    "th{width:32%%;font-weight:normal;color:#333}tr{page-break-inside:avoid}"
    ".hash{font:9pt monospace;overflow-wrap:anywhere}.marking{text-align:center;"
    "font-weight:bold}@media print{.marking{display:none}}"
    ".sign td{height:11mm}";

struct page {
    FILE *to;
    const struct proof_judged *j;
};

static void put(const struct page *p, struct bytes text)
{
    sheet_html(p->to, text);
}

static void put_text(const struct page *p, const char *text)
{
    put(p, bytes_of_text(text));
}

static void put_time(const struct page *p, millis at)
{
    char text[TIME_TEXT_ROOM];

    time_write(at, text);
    text[10] = ' ';
    text[19] = '\0';
    (void)fprintf(p->to, "%s UTC", text);
}

static void put_agency(const struct page *p, const struct agency_id *id)
{
    put_text(p, proof_name(p->j->facts, id));
    (void)fprintf(p->to, " (%s)", id->text);
}

static void row(const struct page *p, const char *name)
{
    (void)fprintf(p->to, "<tr><th>%s</th><td>", name);
}

static void row_end(const struct page *p)
{
    (void)fputs("</td></tr>\n", p->to);
}

static void put_hash(const struct page *p, const struct hash *h)
{
    char hex[2 * HASH_SIZE + 1];

    hex_encode(bytes_of(h->bytes, HASH_SIZE), hex);
    (void)fprintf(p->to, "<span class=\"hash\">%s</span>", hex);
}

static const char *marking_of(const struct header *h)
{
    return h->label.marking == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE";
}

static void put_record(const struct page *p)
{
    const struct header *const h = &p->j->facts->header;
    char epoch[EPOCH_TEXT_ROOM];

    epoch_write(&h->stream.epoch, epoch);
    row(p, "Kind of entry");
    put_text(p, proof_kind(h->kind));
    row_end(p);
    row(p, "Published by");
    put_agency(p, &h->stream.agency);
    row_end(p);
    row(p, "Sealed, by its clock");
    put_time(p, h->sealed_at);
    row_end(p);
    row(p, "Addressed to");
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        (void)fputs(i == 0 ? "" : "<br>", p->to);
        put_agency(p, &h->recipients[i].agency);
    }
    row_end(p);
    row(p, "Place in its log");
    (void)fprintf(p->to, "entry %llu of the %s lane, epoch %s",
                  (unsigned long long)h->index + 1, lane_word(h->stream.lane), epoch);
    row_end(p);
}

static void put_witnesses(const struct page *p)
{
    const struct proof_facts *const f = p->j->facts;

    row(p, "Witnessed");
    (void)fprintf(p->to, "%s: cosigned by %zu, %u needed",
                  proof_is_witnessed(f) ? "yes" : "not shown", f->witness_count,
                  f->roster.quorum);
    for (size_t i = 0; i < f->witness_count; i++) {
        (void)fputs("<br>", p->to);
        put_agency(p, &f->witnesses[i].agency);
        (void)fputs(", ", p->to);
        put_time(p, f->witnesses[i].at);
    }
    row_end(p);
}

/* A receipt speaks of all entries up to its size; which ones it could not open it does not
 * say (proof_verify.c says the same on the screen). */
static void put_receipts(const struct page *p)
{
    const struct proof_facts *const f = p->j->facts;

    row(p, "Receipted");
    if (f->receipt_count == 0)
        (void)fputs("no receipt is in the proof", p->to);
    for (size_t i = 0; i < f->receipt_count; i++) {
        const struct receipt *const r = &f->receipts[i];
        (void)fputs(i == 0 ? "" : "<br>", p->to);
        put_agency(p, &r->follower);
        (void)fputs(", ", p->to);
        put_time(p, r->time);
        (void)fprintf(p->to, ": %llu held up to place %llu", (unsigned long long)r->held,
                      (unsigned long long)r->size);
        if (r->unopenable + r->refused + r->withheld + r->erased > 0)
            (void)fprintf(p->to,
                          "; not opened %llu, refused %llu, withheld %llu, erased %llu "
                          "(which ones is not said)",
                          (unsigned long long)r->unopenable, (unsigned long long)r->refused,
                          (unsigned long long)r->withheld, (unsigned long long)r->erased);
    }
    row_end(p);
}

static bool put_item(const struct page *p, const struct proof_item *shown, struct arena *a)
{
    struct bytes text = {0};
    struct item item;

    if (item_decode(shown->value, a, &item) != OK)
        return true; /* it was judged: an item of a later version, counted as shown */
    if (output_item_text(a, &item, &text) != OK)
        return false;
    (void)fprintf(p->to, "<tr><th>%u, %s</th><td>", shown->position,
                  item_kind_word(item.kind));
    put(p, text);
    row_end(p);
    return true;
}

static bool put_items(const struct page *p, struct arena *a)
{
    const struct proof *const proof = p->j->proof;
    const uint32_t of = p->j->facts->header.item_count;
    char room[256];
    bool whole = true;

    (void)fputs("<h2>What it says</h2>\n", p->to);
    if (proof->item_count == 0) {
        (void)fprintf(
            p->to,
            "<p>The proof shows no content. The record has %u items, to which the "
            "publisher is bound.</p>\n",
            of);
        return true;
    }
    (void)fprintf(p->to,
                  "<p>%zu of %u items are shown, each as its publisher sealed it.</p>\n"
                  "<table>\n",
                  proof->item_count, of);
    for (size_t i = 0; whole && i < proof->item_count; i++)
        whole = put_item(p, &proof->items[i], a);
    (void)fputs("<tr><th>Left out</th><td>", p->to);
    const struct bytes missing = proof_left_out(proof, of, room, sizeof room);
    put(p, missing.size > 0 ? missing : bytes_of_text("nothing"));
    (void)fputs("</td></tr>\n</table>\n", p->to);
    return whole;
}

static void put_check(const struct page *p)
{
    const struct proof_facts *const f = p->j->facts;
    const struct hash file = sha256(p->j->text);
    const struct hash root = sha256(p->j->root);

    (void)fputs("<h2>How it was checked, and can be again</h2>\n<table>\n", p->to);
    row(p, "File of the proof, SHA-256");
    put_hash(p, &file);
    row_end(p);
    row(p, "Root document, SHA-256");
    put_hash(p, &root);
    row_end(p);
    row(p, "Roster of the time");
    (void)fprintf(p->to, "version %u, of ", f->roster.version);
    put_time(p, f->roster.issued);
    (void)fprintf(p->to, ", under %u of %zu root keys", f->root.threshold,
                  f->root.key_count);
    row_end(p);
    row(p, "Checkpoint");
    (void)fprintf(p->to, "size %llu, root ", (unsigned long long)f->size);
    put_hash(p, &f->log_root);
    row_end(p);
    (void)fputs(
        "</table>\n<p>On any machine with the program, without a network and without "
        "a key:</p>\n<p class=\"hash\">flagpost proof verify FILE --root ROOT</p>\n",
        p->to);
    (void)fputs(
        "<p>Checked were: the root document, the roster under the root keys, the "
        "publisher's signature on the checkpoint, the entry's place under its root, "
        "each item's place in the entry, and every cosignature and receipt. One "
        "changed byte anywhere in the file is refused, and its line is named.</p>\n",
        p->to);
}

static void put_limits(const struct page *p)
{
    (void)fprintf(p->to,
                  "<h2>What it does not show</h2>\n<ul>\n"
                  "<li>Whether what the record says is true: a grade is its author's "
                  "judgement.</li>\n"
                  "<li>Times are those of each agency's own clock.</li>\n"
                  "<li>Who at a recipient has read it.</li>\n"
                  "<li>A revocation after roster version %u.</li>\n",
                  p->j->facts->roster.version);
    if (proof_is_by_former_roots(p->j->facts))
        (void)fprintf(p->to,
                      "<li>Whether it was made before root keys number %u took over from "
                      "number %u, which signed its roster.</li>\n",
                      p->j->facts->newest_root, p->j->facts->root.number);
    (void)fputs("</ul>\n", p->to);
    (void)fputs("<h2>Produced by</h2>\n<table class=\"sign\">\n"
                "<tr><th>Name and position</th><td></td></tr>\n"
                "<tr><th>Date</th><td></td></tr>\n"
                "<tr><th>Signature</th><td></td></tr>\n</table>\n",
                p->to);
}

static bool put_page(const struct page *p, struct arena *a)
{
    const struct header *const h = &p->j->facts->header;
    const char *const marking = marking_of(h);
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&h->id, id);
    (void)fputs(
        "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n",
        p->to);
    (void)fprintf(p->to, "<title>Record %s</title>\n<style>", id);
    (void)fprintf(p->to, style, marking, marking);
    (void)fprintf(
        p->to,
        "</style></head>\n<body>\n<p class=\"marking\">%s</p>\n"
        "<h1>Statement on a record of intelligence</h1>\n"
        "<p>Record <span class=\"hash\">%s</span> was published as follows. This is "
        "proved by signatures, not by this page.</p>\n<table>\n",
        marking, id);
    put_record(p);
    put_witnesses(p);
    put_receipts(p);
    (void)fputs("</table>\n", p->to);
    const bool whole = put_items(p, a);
    put_check(p);
    put_limits(p);
    (void)fprintf(p->to, "<p class=\"marking\">%s</p>\n</body></html>\n", marking);
    return whole;
}

static int write_page(struct cli *c, const struct proof_judged *j, const char *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const memory = open_memstream(&text, &size);
    const struct page page = {.to = memory, .j = j};

    if (memory == NULL)
        return cli_fail(c, EXIT_REFUSED, out, status_sentence(E_MEMORY));
    bool whole = put_page(&page, &c->arena);
    whole = fclose(memory) == 0 && whole;
    /* It may show content: for its owner alone. */
    const status s = whole ? file_create(out, bytes_of(text, size), 0600) : E_MEMORY;
    free(text);
    if (s == E_DUPLICATE)
        return cli_fail(c, EXIT_REFUSED, out, cli_there_already());
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), out, status_sentence(s));
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"file\":");
        cli_print_json_text(bytes_of_text(out));
        (void)printf("}\n");
    } else {
        (void)printf(
            "%s: a statement to print; `weasyprint %s statement.pdf` makes a PDF\n", out,
            out);
    }
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    const char *const out = cli_text(c, "out");
    struct proof_judged j;

    if (out == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "proof statement",
                        "give the proof's file, --root FILE and --out FILE");
    const int code = proof_judge(c, &j);
    return code == EXIT_DONE ? write_page(c, &j, out) : code;
}

const struct command command_proof_statement = {
    .name = "proof statement",
    .arguments = "FILE",
    .summary = "Writes what a proof shows as a page to print, for a court bundle",
    .details =
        "The proof is judged first, as by `proof verify`; of one that does not hold "
        "there is no\nstatement.  The page names the digest of the proof's file, and "
        "how to check it again.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
