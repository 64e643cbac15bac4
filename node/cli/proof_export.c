#include "proof.h"

#include "ceremony.h"
#include "file.h"
#include "text.h"

#include <stdio.h>

/* `flagpost proof export`: one record of the journal as a file for someone without one. */

enum { CANDIDATES_MAX = 8 };

static const struct option_row options[] = {
    {"out", "FILE", "where the proof goes"},
    {"with-ciphertext", NULL,
     "the sealed content too, for who is to be shown what was sealed; no key goes along"},
};

struct export
{
    struct cli *c;
    struct config config;
    struct ceremony_root root;
    struct bytes root_note;
    struct journal *journal;
};

/* The one record that the digits mean. */
static int find_record(struct export *x, struct place *ret)
{
    struct place places[CANDIDATES_MAX];
    record_id ids[CANDIDATES_MAX];
    const char *const given = x->c->arguments[0];
    size_t count = 0;

    const status s = journal_record_search(x->journal, bytes_of_text(given), places, ids,
                                           CANDIDATES_MAX, &count);
    if (s == E_FORM)
        return cli_fail(x->c, EXIT_WRONG_USE, given,
                        "an id is up to 32 digits 0-9 and a-f");
    if (s != OK)
        return cli_fail(x->c, cli_exit_code(s), given, journal_error(x->journal));
    if (count == 0)
        return cli_fail(x->c, EXIT_UNREACHABLE, given,
                        "no record published or held here has an id that starts so");
    for (size_t i = 0; count > 1 && i < count; i++) {
        char id[RECORD_ID_TEXT_ROOM];
        record_id_write(&ids[i], id);
        (void)fprintf(stderr, "  %s %s\n", id, places[i].stream.agency.text);
    }
    if (count > 1)
        return cli_fail(x->c, EXIT_WRONG_USE, given,
                        "more than one record's id starts so: give more digits");
    *ret = places[0];
    return EXIT_DONE;
}

/* A proof is read back and judged as its reader will judge it before it is given out. */
static status judge(struct export *x, struct bytes text, struct proof_facts *facts,
                    struct proof_fault *fault)
{
    struct proof *const p = arena_take(&x->c->arena, sizeof *p);

    ENSURE(p != NULL, E_MEMORY);
    TRY(proof_read(text, &x->c->arena, p, fault));
    return proof_check(p, x->root_note, &x->c->arena, facts, fault);
}

static const char *make_sentence(status s)
{
    if (s == E_UNKNOWN)
        return "its header or its roster is not held here, so nothing can be proved";
    if (s == E_SIGNATURE || s == E_HASH || s == E_VALUE || s == E_FORM)
        return "the journal is not in order here: `flagpost verify` tells where";
    return status_sentence(s);
}

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

static int export_record(struct export *x, const char *out)
{
    struct cli *const c = x->c;
    struct proof *const p = arena_take(&c->arena, sizeof *p);
    struct proof_facts *const facts = arena_take(&c->arena, sizeof *facts);
    struct proof_fault fault = {0};
    struct place place = {0};
    struct bytes text = {0};
    const struct proof_source source = {.journal = x->journal,
                                        .self = x->config.agency,
                                        .realm = x->config.realm,
                                        .root = x->root_note,
                                        .with_ciphertext =
                                            cli_value(c, "with-ciphertext") != NULL};

    if (p == NULL || facts == NULL)
        return cli_fail(c, EXIT_REFUSED, "proof", status_sentence(E_MEMORY));
    const int code = find_record(x, &place);
    if (code != EXIT_DONE)
        return code;
    status s = proof_make(&source, &place, &c->arena, p);
    if (s == OK)
        s = proof_write(p, &c->arena, &text);
    if (s != OK)
        return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_DAMAGED,
                        c->arguments[0], make_sentence(s));
    if (judge(x, text, facts, &fault) != OK)
        return cli_fail(c, EXIT_DAMAGED, fault.field, fault.sentence);
    s = file_write(out, text, 0644);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, out, status_sentence(s));
    tell(c, out, facts);
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    struct export *const x = arena_take(&c->arena, sizeof *x);
    const char *const out = cli_value(c, "out");

    if (x == NULL || c->argument_count != 1 || out == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "proof export",
                        "give one record's id and --out FILE");
    x->c = c;
    if (!cli_config(c, &x->config))
        return EXIT_UNREACHABLE;
    const char *const root = cli_path(c, "root");
    if (!ceremony_root(c, root, &x->root))
        return EXIT_UNREACHABLE;
    status s = file_read(root, NOTE_BYTES_MAX, &c->arena, &x->root_note);
    const struct journal_setup setup = {
        .folder = c->home, .mode = JOURNAL_READ, .self = x->config.agency};
    if (s == OK)
        s = journal_open(&setup, &x->journal);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), "the journal", status_sentence(s));
    const int code = export_record(x, out);
    x->journal = journal_free(x->journal);
    return code;
}

const struct command command_proof_export = {
    .name = "proof export",
    .arguments = "ID",
    .summary = "Writes a proof of one record that can be checked without a node",
    .details =
        "ID may be the first digits of a record's id.  The file has no content and no "
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
        "  checkpoint  signed by the publisher, cosigned by witnesses; one or more\n"
        "  path        from the leaf to that checkpoint's root\n"
        "  receipt     a recipient's, for that checkpoint\n"
        "  end\n"
        "All values but ids, hashes of the realm and numbers are base64.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
