#include "indexing.h"

#include "link_desk.h"
#include "tokens.h"
#include "watching.h"

/* Whichever is first: a record is always looked at whole. */
enum { RECORDS_OF_A_TURN = 24, MESSAGES_OF_A_TURN = 2 * TOKENS_TRIED_MAX };

struct indexed {
    struct entry_row entry;
    struct header header;
    struct record record;
    uint64_t tokens[TOKENS_RECORD_MAX];
};

status indexing_is_first(struct desk *d, const struct entry_row *e, bool *ret)
{
    const struct store *const store = &d->exchange->store;
    struct place first = {0};

    TRY(store->ops->record_find(store->self, &e->stream.agency, &e->id, &first));
    *ret = first.index == e->index && stream_id_equal(&first.stream, &e->stream);
    return OK;
}

static status open_record(struct desk *d, const struct place *place, struct indexed *x)
{
    const struct store *const store = &d->exchange->store;
    bool first = false;

    TRY(store->ops->entry_find(store->self, &place->stream, place->index, d->scratch,
                               &x->entry));
    ENSURE(x->entry.disposition == DISPOSITION_HELD, E_UNKNOWN); /* erased since */
    TRY(indexing_is_first(d, &x->entry, &first));
    ENSURE(first, E_UNKNOWN);
    return desk_open_record(d, &x->entry, d->scratch, &x->header, &x->record);
}

static status put_tokens(struct desk *d, struct indexed *x, uint64_t number,
                         size_t *messages)
{
    struct token_set *set = NULL;

    TRY(token_set_make(d->keyring, d->scratch, &set));
    tokens_of_record(&x->record, token_set_add, set);
    *messages += token_set_given(set);
    const size_t count = token_set_give(set, x->tokens);
    const status put = journal_tokens_put(d->journal, number, x->tokens, count);
    if (put != E_DUPLICATE) /* by a turn that had no room for what follows */
        TRY(put);
    const struct watched watched = {.entry = &x->entry,
                                    .header = &x->header,
                                    .record = &x->record,
                                    .number = number,
                                    .tokens = x->tokens,
                                    .token_count = count};
    const status s = watching_match(d, &watched);
    return s == E_DAMAGED ? E_STORAGE : s; /* of the shelf, and not of this record */
}

/* What does not open, is no record or stands in a damaged row is found by nothing, and
 * holds up none of the others.  What waits for a newer roster does (E_EXPIRED): all that
 * came since waits.  So does what has no room in this turn (E_MEMORY), or it would never be
 * found.  E_DAMAGED is of the index itself. */
static status look_at(struct desk *d, uint64_t number, const struct place *place,
                      size_t *messages)
{
    struct indexed *const x = arena_take(d->scratch, sizeof *x);

    ENSURE(x != NULL, E_MEMORY);
    status s = open_record(d, place, x);
    ENSURE(s != E_STORAGE && s != E_EXPIRED && s != E_MEMORY, s);
    if (s == OK) {
        s = put_tokens(d, x, number, messages);
        ENSURE(s != E_STORAGE && s != E_DAMAGED && s != E_MEMORY, s);
    }
    return OK;
}

static status look_at_due(struct desk *d, bool *ret_more)
{
    size_t count = 0;
    size_t messages = 0;
    status s = OK;

    while (s == OK && count < RECORDS_OF_A_TURN && messages < MESSAGES_OF_A_TURN) {
        const size_t mark = arena_mark(d->scratch);
        uint64_t number = 0;
        struct place place = {0};
        s = journal_token_due(d->journal, &number, &place);
        if (s == OK)
            s = look_at(d, number, &place, &messages);
        arena_rewind(d->scratch, mark);
        if (s != OK)
            break;
        journal_token_looked(d->journal, number);
        count++;
    }
    ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    if (count > 0)
        links_wake(d);
    *ret_more = count == RECORDS_OF_A_TURN || messages >= MESSAGES_OF_A_TURN;
    return count > 0 ? journal_tokens_keep(d->journal) : OK;
}

static status index_some(struct desk *d)
{
    struct indexing_watch *const w = &d->indexing;
    bool to_file = false;
    bool to_clean = false;

    w->more = true;
    TRY(journal_tokens_clean(d->journal, &to_clean));
    if (!w->begun) {
        TRY(journal_tokens_begin(d->journal, TOKENS_FORM, &w->more));
        w->begun = !w->more;
    }
    if (!w->begun)
        return OK;
    TRY(look_at_due(d, &w->more));
    TRY(journal_tokens_file(d->journal, &to_file));
    w->more = w->more || to_file || to_clean;
    return OK;
}

status indexing_anew(struct desk *d)
{
    ENSURE(!d->indexing.anew, E_DAMAGED); /* once by a process: the disk may be failing */
    d->indexing = (struct indexing_watch){.more = true, .anew = true};
    return journal_tokens_forget(d->journal);
}

status indexing_turn(struct desk *d)
{
    const status s = index_some(d);

    if (s == E_DAMAGED)
        return indexing_anew(d);
    return s == E_STORAGE ? s : OK; /* else it is tried again in the next turn */
}

bool indexing_has_more(const struct desk *d)
{
    return d->indexing.more;
}
