#include "proof_file.h"

#include <stdio.h>

/* `flagpost proof export`: one record of the journal as a file for someone without one. */

static const struct option_row options[] = {
    {"out", "FILE", "where the proof goes"},
    {"with-ciphertext", NULL,
     "the sealed content too, for who is to be shown what was sealed; no key goes along"},
};

static void tell(const struct cli *c, const char *out, const struct proof_facts *f)
{
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&f->header.id, id);
    if (!c->json) {
        (void)printf("%s: proof of record %s\n"
                     "  published by %s; cosigned by %zu, with %zu receipt%s\n"
                     "Whoever has the root document can check it: flagpost proof verify "
                     "FILE --root ROOT\n",
                     out, id, f->header.stream.agency.text, f->witness_count,
                     f->receipt_count, f->receipt_count == 1 ? "" : "s");
        return;
    }
    (void)printf("{\"status\":\"ok\",\"id\":\"%s\",\"file\":", id);
    cli_print_json_text(bytes_of_text(out));
    (void)printf(",\"cosignatures\":%zu,\"receipts\":%zu}\n", f->witness_count,
                 f->receipt_count);
}

static int run(struct cli *c)
{
    struct proof_file *const f = arena_take(&c->arena, sizeof *f);
    struct proof_facts *const facts = arena_take(&c->arena, sizeof *facts);
    const char *const out = cli_value(c, "out");

    if (f == NULL || facts == NULL || c->argument_count != 1 || out == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "proof export",
                        "give one record's id or URN, and --out FILE");
    int code = proof_file_open(c, f);
    f->with_ciphertext = cli_value(c, "with-ciphertext") != NULL;
    if (code == EXIT_DONE)
        code = proof_file_write(f, out, 0644, facts);
    if (code == EXIT_DONE)
        tell(c, out, facts);
    proof_file_done(f);
    return code;
}

const struct command command_proof_export = {
    .name = "proof export",
    .arguments = "ID|URN",
    .summary = "Writes a proof of one record that can be checked without a node",
    .details =
        "ID may be the first digits of a record's id; of a URN the running node is asked.  "
        "The file has no content and no "
        "key;\n"
        "its lines (\"flagpost/proof/v1\"):\n"
        "  realm       hash of the deployment's first root document\n"
        "  root        the root document, then its successors\n"
        "  roster      in force when the record's group was signed\n"
        "  record      its id\n"
        "  header      the bytes in the log; commit to the ciphertext and to the content\n"
        "  leaf        their RFC 6962 leaf hash\n"
        "  index       in the publisher's stream\n"
        "  ciphertext  only with --with-ciphertext\n"
        "  item, salt, value, siblings   in a copy made by `flagpost redact`\n"
        "  checkpoint  signed by the publisher, cosigned by witnesses; one or more\n"
        "  path        from the leaf to that checkpoint's root\n"
        "  receipt     a recipient's, for that checkpoint\n"
        "  end\n"
        "All values but ids, hashes of the realm and numbers are base64.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
