#include "proof_file.h"

#include "excerpt.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* `flagpost redact`: chosen items of a record as a file that proves they are its
 * originator's.  The node opens and logs; the proof around the items comes from the
 * journal. */

static const struct option_row options[] = {
    {"items", "LIST", "positions (0,3-5) or names: facts, provenance, text 1, persons ..."},
    {"out", "FILE", "where the copy goes"},
    {"purpose", "TEXT", "what it is for; goes into the log before anything is taken out"},
    {"class", "WORD",
     "what for, as its owner learns it: intelligence (default), operation, "
     "safeguarding, prosecution, management"},
};

/* Positions of the items shown, or of those left out. */
static struct bytes positions(const struct proof_file *f, size_t of, bool shown, char *to,
                              size_t room)
{
    struct excerpt e = {0};
    size_t next = 0;

    for (uint32_t i = 0; i < of; i++) {
        const bool is = next < f->item_count && f->items[next].position == i;
        next += is;
        if (is == shown)
            e.positions[e.count++] = i;
    }
    return excerpt_write(&e, to, room);
}

static void tell(const struct proof_file *f, const char *out,
                 const struct proof_facts *facts)
{
    const struct cli *const c = f->c;
    const size_t of = facts->header.item_count;
    char id[RECORD_ID_TEXT_ROOM];
    char shown[256];
    char hidden[256];
    const struct bytes in = positions(f, of, true, shown, sizeof shown);
    const struct bytes without = positions(f, of, false, hidden, sizeof hidden);

    record_id_write(&facts->header.id, id);
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"id\":\"%s\",\"file\":", id);
        cli_print_json_text(bytes_of_text(out));
        (void)printf(",\"items\":");
        cli_print_json_text(in);
        (void)printf(",\"left_out\":");
        cli_print_json_text(without);
        (void)printf(",\"of\":%zu}\n", of);
        return;
    }
    cli_put(stdout, bytes_of_text(out));
    (void)printf(": sanitised copy of record %s of %s\n  items ", id,
                 facts->header.stream.agency.text);
    cli_put(stdout, in);
    (void)printf(" of %zu; left out: ", of);
    cli_put(stdout, without.size > 0 ? without : bytes_of_text("none"));
    (void)printf("\nIt has content: handle it as the record is marked.  Whoever has the "
                 "root document can check\nit: flagpost proof verify FILE --root ROOT\n");
}

static int run(struct cli *c)
{
    struct proof_file *const f = arena_take(&c->arena, sizeof *f);
    struct proof_facts *const facts = arena_take(&c->arena, sizeof *facts);
    const char *const out = cli_value(c, "out");

    if (f == NULL || facts == NULL || c->argument_count != 1 || out == NULL ||
        cli_text(c, "items") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "redact",
                        "give one record's id or URN, --items LIST and --out FILE");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    if (cli_text(c, "purpose") == NULL)
        return cli_fail(c, EXIT_FORBIDDEN, "redact",
                        "say what the copy is for: --purpose \"...\" goes into the log");
    int code = proof_file_open(c, f);
    f->class = cli_text(c, "class");
    if (code == EXIT_DONE)
        code = proof_file_items(f, cli_value(c, "items"), cli_text(c, "purpose"));
    if (code == EXIT_DONE)
        code = proof_file_write(f, out, 0600, facts);
    if (code == EXIT_DONE)
        tell(f, out, facts);
    proof_file_done(f);
    return code;
}

const struct command command_redact = {
    .name = "redact",
    .arguments = "ID|URN",
    .summary = "Writes chosen items of a record as a copy that still proves its originator",
    .details =
        "Items are named by position (0,3-5) or by what they are: facts, code, case, "
        "report,\nprovenance, text, person, vehicle, phone, vessel, address, document; "
        "\"text 2\" is the\nsecond text, \"persons\" are all.  A text named so brings its "
        "grade along.\n\nThe copy is a proof (`flagpost proof export`) with the items in "
        "it.  Positions and count\nare shown, so that a gap is seen; what is left out "
        "cannot be guessed from it.  A record\nunder C S2 may be copied so by its owner "
        "alone.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
