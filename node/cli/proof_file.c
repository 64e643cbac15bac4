#include "proof_file.h"

#include "file.h"
#include "text.h"

#include <stdio.h>

enum { CANDIDATES_MAX = 8 };

/* The journal has no URNs that could be read beside the node; "AGENCY/ID" goes to `ret`. */
static int ask_urn(struct cli *c, const char **ret)
{
    static const char *const columns[] = {"id", "publisher", "published", "first_shown",
                                          "note"};
    const struct control_field urn = {.name = bytes_of_text("urn"),
                                      .value = bytes_of_text(c->arguments[0])};
    struct control_answer a = {0};

    if (!cli_ask(c, "find", &urn, 1, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK || a.row_count == 0)
        return cli_print(c, &a, NULL, 0);
    if (a.row_count > 1) {
        (void)cli_print(c, &a, columns, COUNT_OF(columns));
        return cli_fail(c, EXIT_REFUSED, c->arguments[0],
                        "more than one record has this URN: give the id of one");
    }
    const struct bytes agency = control_value(&a.rows[0], "publisher");
    const struct bytes id = control_value(&a.rows[0], "id");
    const size_t size = agency.size + 1 + id.size;
    char *const text = arena_take(&c->arena, size + 1);
    if (text == NULL)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0], status_sentence(E_MEMORY));
    struct writer w = writer_over(text, size + 1);
    write_bytes(&w, agency);
    write_text(&w, "/");
    write_bytes(&w, id);
    write_u8(&w, 0);
    *ret = text;
    return EXIT_DONE;
}

/* The one record that the digits mean, or the URN. */
static int find_record(struct proof_file *f)
{
    struct place places[CANDIDATES_MAX];
    record_id ids[CANDIDATES_MAX];
    const char *given = f->c->arguments[0];
    size_t count = 0;

    status s = journal_record_search(f->journal, bytes_of_text(given), places, ids,
                                     CANDIDATES_MAX, &count);
    if (s == E_FORM) {
        const int code = ask_urn(f->c, &given);
        if (code != EXIT_DONE)
            return code;
        s = journal_record_search(f->journal, bytes_of_text(given), places, ids,
                                  CANDIDATES_MAX, &count);
    }
    if (s != OK)
        return cli_fail(f->c, cli_exit_code(s), given, journal_error(f->journal));
    if (count == 0)
        return cli_fail(f->c, EXIT_UNREACHABLE, given,
                        "no record published or held here has an id that starts so; "
                        "if it is a URN, `flagpost find` tells the record's id");
    for (size_t i = 0; count > 1 && i < count; i++) {
        char id[RECORD_ID_TEXT_ROOM];
        record_id_write(&ids[i], id);
        (void)fprintf(stderr, "  %s %s\n", id, places[i].stream.agency.text);
    }
    if (count > 1)
        return cli_fail(f->c, EXIT_WRONG_USE, given,
                        "more than one record's id starts so: give more digits, or its "
                        "agency before them, as in F55/01a2");
    f->place = places[0];
    return EXIT_DONE;
}

int proof_file_open(struct cli *c, struct proof_file *f)
{
    f->c = c;
    if (!cli_config(c, &f->config))
        return EXIT_UNREACHABLE;
    const char *const root = cli_path(c, "root");
    if (!ceremony_root(c, root, &f->root))
        return EXIT_UNREACHABLE;
    status s = file_read(root, NOTE_BYTES_MAX, &c->arena, &f->root_note);
    struct journal_version version = {0};
    char room[JOURNAL_SENTENCE_ROOM];
    const struct journal_setup setup = {.folder = c->home,
                                        .mode = JOURNAL_READ,
                                        .self = f->config.agency,
                                        .version = &version};
    if (s == OK)
        s = journal_open(&setup, &f->journal);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), "the journal",
                        journal_open_sentence(s, &version, room));
    return find_record(f);
}

void proof_file_done(struct proof_file *f)
{
    f->journal = journal_free(f->journal);
}

/* A proof is read back and judged as its reader will judge it before it is given out. */
static status judge(struct proof_file *f, struct bytes text, struct proof_facts *facts,
                    struct proof_fault *fault)
{
    struct proof *const p = arena_take(&f->c->arena, sizeof *p);

    ENSURE(p != NULL, E_MEMORY);
    TRY(proof_read(text, &f->c->arena, p, fault));
    return proof_check(p, f->root_note, &f->c->arena, facts, fault);
}

static const char *make_sentence(status s)
{
    if (s == E_UNKNOWN)
        return "its header or its roster is not held here, so nothing can be proved";
    if (s == E_SIGNATURE || s == E_HASH || s == E_VALUE || s == E_FORM)
        return "the journal is not in order here: `flagpost verify` tells where";
    return status_sentence(s);
}

int proof_file_make(struct proof_file *f, struct proof_facts *facts, struct bytes *ret)
{
    struct cli *const c = f->c;
    struct proof *const p = arena_take(&c->arena, sizeof *p);
    struct proof_fault fault = {0};
    struct bytes text = {0};
    const struct proof_source source = {.journal = f->journal,
                                        .self = f->config.agency,
                                        .realm = f->config.realm,
                                        .root = f->root_note,
                                        .with_ciphertext = f->with_ciphertext,
                                        .lean = f->lean};

    if (p == NULL)
        return cli_fail(c, EXIT_REFUSED, "proof", status_sentence(E_MEMORY));
    status s = proof_make(&source, &f->place, &c->arena, p);
    if (s == OK) {
        p->item_count = f->item_count;
        p->items = f->items;
        s = proof_write(p, &c->arena, &text);
    }
    if (s != OK)
        return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_DAMAGED,
                        c->arguments[0], make_sentence(s));
    if (judge(f, text, facts, &fault) != OK)
        return cli_fail(c, EXIT_DAMAGED, fault.field, fault.sentence);
    *ret = text;
    return EXIT_DONE;
}

int proof_file_write(struct proof_file *f, const char *out, unsigned mode,
                     struct proof_facts *facts)
{
    struct bytes text = {0};
    const int code = proof_file_make(f, facts, &text);

    if (code != EXIT_DONE)
        return code;
    return cli_create(f->c, out, text, mode);
}

static int read_item(struct cli *c, const struct control_row *row, struct proof_item *ret)
{
    uint64_t position = 0;

    *ret = (struct proof_item){.salt = control_value(row, "salt"),
                               .value = control_value(row, "value"),
                               .siblings = control_value(row, "siblings")};
    if (decimal_decode(control_value(row, "position"), &position) != OK ||
        position >= ITEMS_MAX || ret->salt.size != SALT_SIZE || ret->value.size == 0)
        return cli_fail(c, EXIT_DAMAGED, "redact", "the node's answer could not be read");
    ret->position = (uint32_t)position;
    return EXIT_DONE;
}

int proof_file_items(struct proof_file *f, const char *items, const char *purpose)
{
    struct cli *const c = f->c;
    const struct control_field arguments[] = {
        {.name = bytes_of_text("id"), .value = bytes_of_text(c->arguments[0])},
        {.name = bytes_of_text("items"), .value = bytes_of_text(items)},
        {.name = bytes_of_text("purpose"), .value = bytes_of_text(purpose)},
        {.name = bytes_of_text("class"),
         .value = bytes_of_text(f->class == NULL ? "" : f->class)},
    };
    struct control_answer a = {0};

    if (!cli_ask(c, "redact", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return cli_print(c, &a, NULL, 0);
    f->items = arena_array(&c->arena, a.row_count, sizeof *f->items);
    if (f->items == NULL)
        return cli_fail(c, EXIT_REFUSED, "redact", status_sentence(E_MEMORY));
    for (size_t i = 0; i < a.row_count; i++) {
        const int code = read_item(c, &a.rows[i], &f->items[i]);
        if (code != EXIT_DONE)
            return code;
    }
    f->item_count = a.row_count;
    return EXIT_DONE;
}
