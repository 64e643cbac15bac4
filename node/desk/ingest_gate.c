#include "ingest.h"

#include "asked.h"
#include "gated.h"
#include "recall.h"
#include "text.h"
#include "todo.h"

#include <string.h>

/*
 * What the own extract of a force that loads by itself has told, as to-dos: `ingest-gated`
 * about a record that it has otherwise or lacks, `ingest-extract` about rows that are no
 * record's.  The words are these and no others: what a row of the extract says does not
 * come into a to-do, which is shown without a row in the log.
 */

enum { FORCE_DIGITS = 2, COUNT_MAX = 1000000 };

static status read_force(struct call *c, struct bytes *ret)
{
    const struct bytes force = control_argument(&c->parsed, "force");

    if (force.size != FORCE_DIGITS || force.at[0] < '0' || force.at[0] > '9' ||
        force.at[1] < '0' || force.at[1] > '9') {
        c->sentence = "a force is named by its two-digit code";
        return E_USAGE;
    }
    *ret = force;
    return OK;
}

status ingest_gated_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes words = control_argument(&c->parsed, "differences");
    struct ingest_row row = {.batch = {0}};
    struct parent record;
    struct bytes force = {0};
    struct bytes what = {0};
    struct entry_row e = {0};
    uint32_t bits = 0;

    TRY(ingest_is_here(d, c));
    TRY(read_force(c, &force));
    TRY(asked_word(d, c, "what", "differs, missing", &what));
    if (text_is(what, "differs") != (gated_read(words, &bits) == OK)) {
        c->sentence = "say in what it differs: flags, code, grade, handling, dates";
        return E_USAGE;
    }
    TRY(ingest_find(d, c, &e, &record));
    TRY(ingest_row_find(d, &record, a, &row));
    c->sentence = "noted";
    if (what.size == 0)
        return desk_todo_close(d, TODO_GATED, &record.id);
    const char *const code = arena_text(a, force);
    char *const said = arena_take(a, GATED_WORDS_ROOM);
    ENSURE(code != NULL && said != NULL, E_MEMORY);
    gated_words(bits, said);
    return desk_todo_open(d, TODO_GATED, &record.id,
                          text_is(what, "missing")
                              ? desk_text(a, "not in the extract of force ", code, NULL)
                              : desk_text(a, "the extract of force ", code,
                                          " has it otherwise: ", said, NULL));
}

/* A force is no agency of the roster's here: its code in the place of an id. */
static record_id force_id(struct desk *d, struct bytes force)
{
    struct parent p = {.agency = d->exchange->self};

    memcpy(p.id.bytes, force.at, FORCE_DIGITS);
    return recall_row_id(d, "extract", &p);
}

/* --- the loader's results --- */

/* A folder has one to-do; it is known by its path, which stands in no file. */
static record_id folder_id(struct desk *d, struct bytes path)
{
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, path);
    struct parent p = {.agency = d->exchange->self};

    memcpy(p.id.bytes, h.bytes, sizeof p.id.bytes);
    return recall_row_id(d, "results", &p);
}

status ingest_quarantine_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes folder = control_argument(&c->parsed, "folder");
    uint64_t count = 0;

    TRY(ingest_is_here(d, c));
    TRY(asked_number(d, c, "count", &count));
    const record_id about = folder_id(d, folder);
    c->sentence = "noted";
    if (count == 0)
        return desk_todo_close(d, TODO_RESULTS, &about);
    return desk_todo_open(d, TODO_RESULTS, &about,
                          desk_text(a, "result files of the loader in quarantine: ",
                                    desk_number(a, count), NULL));
}

/* --- a force's extract --- */

status ingest_extract_prepare(struct desk *d, struct call *c)
{
    static const char *const names[] = {"strange", "wrong", "differ", "missing"};
    struct arena *const a = d->exchange->arena;
    uint64_t count[COUNT_OF(names)] = {0};
    const char *text[COUNT_OF(names)];
    struct bytes force = {0};

    TRY(ingest_is_here(d, c));
    TRY(read_force(c, &force));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        TRY(asked_number(d, c, names[i], &count[i]));
        ENSURE(count[i] <= COUNT_MAX, E_LIMIT);
        text[i] = desk_number(a, count[i]);
    }
    const char *const code = arena_text(a, force);
    ENSURE(code != NULL, E_MEMORY);
    const record_id about = force_id(d, force);
    if (count[0] + count[1] > 0)
        TRY(desk_todo_open(d, TODO_EXTRACT, &about,
                           desk_text(a, "the extract of force ", code, " has ", text[0],
                                     " rows that never came through the exchange and ",
                                     text[1], " that are wrong", NULL)));
    else
        TRY(desk_todo_close(d, TODO_EXTRACT, &about));
    struct item_audit row = {
        .operation = AUDIT_COMBINE,
        .outcome = bytes_of_text(desk_text(
            a, "compared with the extract of force ", code, ": ", text[0], " never came, ",
            text[1], " wrong, ", text[2], " differ, ", text[3], " missing", NULL))};
    c->sentence = "noted";
    return desk_audit(d, c, &row);
}
