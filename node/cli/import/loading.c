#include "loading.h"

#include "clock.h"
#include "ingest_trouble.h"
#include "ingested.h"
#include "output.h"
#include "text.h"

#include <stdlib.h>

enum { RECORDS_PER_BATCH = 1000 };

int loading_failed(struct loading *l, const char *what, status s)
{
    return cli_fail(l->cli, cli_exit_code(s), what, status_sentence(s));
}

/* --- batches --- */

status loading_open_batch(struct loading *l)
{
    char name[LOAD_NAME_ROOM];
    char at[TIME_TEXT_ROOM];
    uint32_t chance = 0;

    if (l->open)
        return OK;
    if (l->rebuild != NULL) {
        (void)snprintf(name, sizeof name, "%s", l->rebuild);
    } else {
        arc4random_buf(&chance, sizeof chance);
        time_write(clock_wall(), at);
        (void)snprintf(name, sizeof name, "%.4s%.2s%.2s-%.2s%.2s%.2s-%08x", at, at + 5,
                       at + 8, at + 11, at + 14, at + 17, chance);
    }
    TRY(load_batch_open(&l->batch, l->form, l->out, name));
    l->open = true;
    return OK;
}

status loading_close_batch(struct loading *l)
{
    if (!l->open)
        return OK;
    l->open = false;
    if (l->batch.count == 0)
        return load_batch_remove(&l->batch);
    l->batches++;
    return load_batch_keep(&l->batch, l->requirements.version, l->requirements.title,
                           &l->cli->arena);
}

/* `told`: as what the node has put it into the batch; a deletion has no record. */
static status put_record(struct loading *l, const struct control_row *told,
                         const struct record *r)
{
    struct load_row put = {.operation = control_value(told, "operation"),
                           .reference = control_value(told, "reference"),
                           .force = control_value(told, "force"),
                           .urn = control_value(told, "urn"),
                           .version = control_value(told, "version"),
                           .record = control_value(told, "record"),
                           .publisher = control_value(told, "publisher"),
                           .r = r};

    if (r != NULL)
        ENSURE(output_record_text(l->cli, r, &put.json), E_MEMORY);
    TRY(load_batch_put(&l->batch, &put, &l->cli->arena));
    return l->batch.count == RECORDS_PER_BATCH && l->rebuild == NULL
               ? loading_close_batch(l)
               : OK;
}

/* --- one record --- */

/* "F55/01a2...": another agency may have given a record of its own the same id. */
static struct bytes id_of(struct loading *l, const struct control_row *row)
{
    const struct bytes from = control_value(row, "from");
    const struct bytes id = control_value(row, "id");
    const size_t size = from.size + 1 + id.size;
    uint8_t *const text = arena_take(&l->cli->arena, size);

    if (text == NULL)
        return id;
    struct writer w = writer_over(text, size);
    write_bytes(&w, from);
    write_u8(&w, '/');
    write_bytes(&w, id);
    return writer_bytes(&w);
}

/* `what`: "load", "delete", "leave".  False: the node does not answer. */
static bool put_into(struct loading *l, struct bytes id, const char *batch,
                     const char *what, struct control_answer *ret)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("id", id), cli_argument_bytes("batch", bytes_of_text(batch)),
        cli_argument_bytes("what", bytes_of_text(what))};

    return cli_ask(l->cli, "ingest-batch", arguments, COUNT_OF(arguments), ret);
}

/* EXIT_DONE: it may go on. */
static int refuse(struct loading *l, struct bytes id, const struct requirement_refusal *why)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("id", id),
        cli_argument_bytes("reference", bytes_of_text(why->rule)),
        cli_argument_bytes("mend", bytes_of_text(why->mend))};
    struct control_answer a = {0};

    if (!cli_ask(l->cli, "ingest-refuse", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    l->refused += a.status == OK;
    return a.status == OK ? EXIT_DONE : cli_print(l->cli, &a, NULL, 0);
}

/* Recalled in this moment, or waiting for the loader to answer the version before: it
 * waits on.  A batch that is written again has place for no such answer: closed without the
 * record it would stand whole, and the record in no file for good. */
static int not_put(struct loading *l, const struct control_answer *told)
{
    if (told->status == OK)
        return cli_fail(l->cli, EXIT_DAMAGED, "ingest-batch",
                        "the node's answer could not be read");
    if (l->rebuild != NULL || ingest_is_trouble(told->status))
        return cli_print(l->cli, told, NULL, 0);
    l->left++;
    return EXIT_DONE;
}

/* `r` NULL: it is deleted. */
static int put(struct loading *l, const struct control_row *row, const struct record *r)
{
    struct control_answer told = {0};
    status s = loading_open_batch(l);

    if (s != OK)
        return loading_failed(l, l->out, s);
    if (!put_into(l, id_of(l, row), l->batch.name, r == NULL ? "delete" : "load", &told))
        return EXIT_UNREACHABLE;
    if (told.status != OK || told.row_count == 0)
        return not_put(l, &told);
    s = put_record(l, &told.rows[0], r);
    l->loaded += r != NULL;
    l->deleted += r == NULL;
    return s == OK ? EXIT_DONE : loading_failed(l, l->out, s);
}

static int judge(struct loading *l, const struct control_row *row, struct record *r)
{
    const struct bytes id = id_of(l, row);
    struct requirement_refusal why = {0};
    struct control_answer told = {0};
    const status s = requirements_check(&l->requirements, r, l->lists, clock_wall(),
                                        &l->cli->arena, &why);

    if (s != OK)
        return loading_failed(l, "check", s);
    /* What is in a batch already has been judged. */
    if (why.rule != NULL && l->rebuild == NULL)
        return refuse(l, id, &why);
    if (!requirements_gate(&l->requirements, control_value(row, "force")) ||
        l->rebuild != NULL)
        return put(l, row, r);
    if (!put_into(l, id, INGESTED_GATE, "load", &told))
        return EXIT_UNREACHABLE;
    if (told.status != OK)
        return not_put(l, &told);
    l->gated++;
    return EXIT_DONE;
}

/* Recalled, erased, no record, or its key is gone: it is told in the list, and must keep
 * back neither the others nor, being in no file, the version that corrects it. */
static int leave(struct loading *l, const struct control_row *row)
{
    struct control_answer told = {0};

    l->left++;
    if (l->rebuild == NULL)
        return EXIT_DONE;
    if (!put_into(l, id_of(l, row), l->rebuild, "leave", &told))
        return EXIT_UNREACHABLE;
    /* Else the batch would never be whole. */
    return told.status == OK ? EXIT_DONE : cli_print(l->cli, &told, NULL, 0);
}

/* The reading is in the log before the record is given. */
static int open_and_judge(struct loading *l, const struct control_row *row)
{
    struct arena *const arena = &l->cli->arena;
    const struct control_field arguments[] = {
        cli_argument_bytes("id", id_of(l, row)),
        cli_argument_bytes("purpose", bytes_of_text(l->purpose))};
    struct record *const r = arena_take(arena, sizeof *r);
    struct control_answer a = {0};

    if (!cli_ask(l->cli, "show", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    /* What came past the roster's grace keeps back nothing that came before. */
    if (ingest_is_trouble(a.status) && a.status != E_EXPIRED)
        return cli_print(l->cli, &a, NULL, 0);
    if (a.status != OK || a.row_count == 0)
        return leave(l, row);
    if (r == NULL || record_unpack(control_value(&a.rows[0], "record"), arena, r) != OK)
        return cli_fail(l->cli, EXIT_DAMAGED, "show",
                        "the node's answer could not be read");
    return judge(l, row, r);
}

/* What a newer version has replaced before it was loaded is not loaded any more: nobody
 * is to find in the national database what its owner has corrected. */
int loading_take(struct loading *l, const struct control_row *row)
{
    static const struct requirement_refusal superseded = {
        "superseded", "nothing: a newer version has taken its place"};
    const struct bytes standing = control_value(row, "standing");

    if (text_is(standing, "superseded"))
        return refuse(l, id_of(l, row), &superseded);
    return open_and_judge(l, row);
}

/* What the force has loaded by itself it deletes by itself. */
int loading_delete(struct loading *l, const struct control_row *row)
{
    return text_is(control_value(row, "batch"), INGESTED_GATE) ? EXIT_DONE
                                                               : put(l, row, NULL);
}

int loading_take_again(struct loading *l, const struct control_row *row)
{
    return text_is(control_value(row, "batch"), l->rebuild) ? open_and_judge(l, row)
                                                            : EXIT_DONE;
}

int loading_delete_again(struct loading *l, const struct control_row *row)
{
    return text_is(control_value(row, "deletion_batch"), l->rebuild) ? put(l, row, NULL)
                                                                     : EXIT_DONE;
}
