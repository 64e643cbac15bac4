#include "link_desk.h"

#include "indexing.h"
#include "seeking.h"
#include "todo.h"
#include "tokens.h"

/*
 * Proposing links.  A record that was indexed is opened by the node once more, in a turn
 * after the one that stored it, and looked up by its identifiers among those before it: by
 * tokens first, which are of any record; then each candidate of another publisher is opened
 * and compared, since two identifiers may share a token and a passport's country is in
 * none.
 */

enum { RECORDS_OF_A_TURN = 8, LOOK_MS = 60000, FOUND_MAX = 4 * LINK_OFTEN };

/* The record that is new, and what came before it with an identifier of its own. */
struct linking {
    struct desk *desk;
    uint64_t number;
    struct parent self;
    const struct sought *sought;
    size_t token_count;
    uint64_t tokens[LINKAGE_IDENTIFIERS_MAX];
    enum identifier_type types[LINKAGE_IDENTIFIERS_MAX];
    size_t candidate_count;
    uint64_t candidates[LINK_RECORD_MAX];
    bool more; /* candidates than there is room for */
};

/* --- its tokens --- */

static void make_token(void *context, struct bytes message)
{
    struct linking *const l = context;
    uint64_t token = 0;

    keyring_tokens(l->desk->keyring, &message, 1, &token);
    l->tokens[l->token_count] = token == 0 ? 1 : token; /* as token_set.c keeps it */
}

static status make_tokens(struct linking *l)
{
    struct arena *const a = l->desk->scratch;
    struct linkage_identifier *const x = arena_array(a, LINKAGE_IDENTIFIERS_MAX, sizeof *x);
    size_t count = 0;

    ENSURE(x != NULL, E_MEMORY);
    TRY(linkage_identifiers(&l->sought->record, a, x, &count));
    for (size_t i = 0; i < count; i++) {
        l->types[l->token_count] = x[i].type;
        token_of_identifier(x[i].type, x[i].canonical, make_token, l);
        l->token_count++;
    }
    return OK;
}

/* --- who else has them --- */

/* Damage of the index is mended by making it anew; that of one row by passing it over. */
static status of_index(struct desk *d, status s)
{
    d->linking.damaged = d->linking.damaged || s == E_DAMAGED;
    return s;
}

static status find_before(struct linking *l, const uint64_t *tokens, size_t count,
                          size_t limit, struct token_found *ret)
{
    struct token_query *const q = arena_take(l->desk->scratch, sizeof *q);
    uint64_t before = l->number;

    ENSURE(q != NULL, E_MEMORY);
    *q = (struct token_query){.term_count = 1, .terms = {{.count = count}}};
    for (size_t i = 0; i < count; i++)
        q->terms[0].any[i] = tokens[i];
    do {
        TRY(of_index(l->desk,
                     journal_tokens_find(l->desk->journal, q, before, limit, ret)));
        before = ret->before;
    } while (ret->count == 0 && before != 0);
    return OK;
}

/* Whose record it is, if that is here to be linked. */
static status place_of(struct linking *l, uint64_t number, struct parent *ret,
                       struct place *ret_place, bool *ret_stands)
{
    struct desk *const d = l->desk;
    const struct store *const store = &d->exchange->store;
    const size_t mark = arena_mark(d->scratch);
    struct entry_row e = {0};

    *ret_stands = false;
    status s = of_index(d, journal_token_place(d->journal, number, ret_place));
    ENSURE(s == OK, s == E_UNKNOWN ? OK : s);
    s = store->ops->entry_find(store->self, &ret_place->stream, ret_place->index,
                               d->scratch, &e);
    *ret = (struct parent){.agency = ret_place->stream.agency, .id = e.id};
    arena_rewind(d->scratch, mark);
    if (s == OK)
        s = link_record_stands(d, ret, ret_stands);
    return s == E_UNKNOWN || s == E_DAMAGED ? OK : s;
}

static void add_candidate(struct linking *l, uint64_t number)
{
    for (size_t i = 0; i < l->candidate_count; i++) {
        if (l->candidates[i] == number)
            return;
    }
    if (l->candidate_count < LINK_RECORD_MAX)
        l->candidates[l->candidate_count++] = number;
    else
        l->more = true;
}

/* Those of the found ones that stand, whoever published them; no more than settle it. */
static status keep_standing(struct linking *l, struct token_found *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->count && kept <= LINK_OFTEN; i++) {
        struct parent record;
        struct place place;
        bool stands = false;
        TRY(place_of(l, f->at[i], &record, &place, &stands));
        if (stands)
            f->at[kept++] = f->at[i];
    }
    f->count = kept;
    return OK;
}

static status look_up(struct linking *l, size_t i)
{
    struct desk *const d = l->desk;
    struct token_found *const f = arena_take(d->scratch, sizeof *f);

    ENSURE(f != NULL, E_MEMORY);
    TRY(find_before(l, &l->tokens[i], 1, FOUND_MAX, f));
    const bool full = f->count == FOUND_MAX;
    TRY(keep_standing(l, f));
    if (full || f->count > LINK_OFTEN) {
        const struct link_often o = {.type = l->types[i],
                                     .count = (uint32_t)f->count,
                                     .is_least = full,
                                     .newest = l->self,
                                     .changed = d->exchange->now};
        return link_often_put(d, l->tokens[i], &o);
    }
    for (size_t k = 0; k < f->count; k++)
        add_candidate(l, f->at[k]);
    return link_often_drop(d, l->tokens[i]);
}

/* Most records share nothing with any other: so many tokens are settled by one look. */
static status look_up_all(struct linking *l)
{
    struct desk *const d = l->desk;

    for (size_t i = 0; i < l->token_count; i += TOKEN_ANY_MAX) {
        const size_t left = l->token_count - i;
        const size_t count = left < TOKEN_ANY_MAX ? left : TOKEN_ANY_MAX;
        const size_t mark = arena_mark(d->scratch);
        struct token_found *const f = arena_take(d->scratch, sizeof *f);
        ENSURE(f != NULL, E_MEMORY);
        TRY(find_before(l, &l->tokens[i], count, 1, f));
        for (size_t k = 0; f->count > 0 && k < count; k++)
            TRY(look_up(l, i + k));
        arena_rewind(d->scratch, mark);
    }
    return OK;
}

/* --- a candidate --- */

static void take_types(const struct linkage *found, struct link *l)
{
    for (size_t i = 0; i < found->count; i++) {
        const enum identifier_type type = found->at[i].type;
        size_t k = 0;
        while (k < l->type_count && l->types[k] != type)
            k++;
        if (k == l->type_count && l->type_count < LINK_TYPES_MAX)
            l->types[l->type_count++] = type;
    }
}

static status log_proposal(struct linking *l, const struct link *link)
{
    struct desk *const d = l->desk;
    struct exchange *const x = d->exchange;
    const struct item_audit row = {
        .at = x->now,
        .operation = AUDIT_COMBINE,
        .actor = bytes_of_text("node"),
        .has_object = true,
        .object_stream = l->sought->entry.stream,
        .object_index = l->sought->entry.index,
        .object = l->self.id,
        .outcome = bytes_of_text(desk_text(x->arena, "link proposed with ",
                                           link->records[0].agency.text, " ",
                                           desk_id_text(x->arena, &link->records[0].id),
                                           ": ", link_types_text(x->arena, link), NULL))};

    return exchange_audit(x, &row);
}

static status propose(struct linking *l, const struct parent *other,
                      const struct linkage *found)
{
    struct desk *const d = l->desk;
    struct link *const link = arena_take(d->scratch, sizeof *link);

    ENSURE(link != NULL, E_MEMORY);
    *link = (struct link){.id = link_id(d, other, &l->self),
                          .records = {*other, l->self},
                          .state = LINK_PROPOSED,
                          .strength = found->strength,
                          .at = d->exchange->now};
    take_types(found, link);
    TRY(log_proposal(l, link));
    TRY(link_put(d, link));
    return desk_todo_open(d, TODO_LINK, &link->id,
                          desk_text(d->exchange->arena, "a record of ", other->agency.text,
                                    " and one of ", l->self.agency.text,
                                    " have the same identifier", NULL));
}

/* E_UNKNOWN: they are not to be compared: the same publisher's, proposed before, or one
 * report on two ways (design page 4, 4.6: it does not corroborate itself). */
static status check_two(struct linking *l, const struct parent *other)
{
    struct desk *const d = l->desk;
    const record_id id = link_id(d, other, &l->self);
    struct link *const link = arena_take(d->scratch, sizeof *link);
    bool related = false;

    ENSURE(link != NULL, E_MEMORY);
    ENSURE(!agency_id_equal(&other->agency, &l->self.agency), E_UNKNOWN);
    const status s = link_find(d, &id, link);
    ENSURE(s == E_UNKNOWN, s == OK ? E_UNKNOWN : s);
    TRY(recall_related(d, other, &l->self, &related));
    return related ? E_UNKNOWN : OK;
}

static status compare(struct linking *l, uint64_t number)
{
    struct desk *const d = l->desk;
    struct linkage *const found = arena_take(d->scratch, sizeof *found);
    struct sought *x = NULL;
    struct parent other;
    struct place place;
    bool stands = false;

    ENSURE(found != NULL, E_MEMORY);
    TRY(place_of(l, number, &other, &place, &stands));
    ENSURE(stands, E_UNKNOWN);
    status s = check_two(l, &other);
    if (s == OK)
        s = seeking_open(d, &place, d->scratch, &x);
    if (s == OK)
        s = linkage_of(&x->record, &l->sought->record, d->scratch, found);
    ENSURE(s == OK, s == E_DAMAGED ? E_UNKNOWN : s);
    return found->count > 0 ? propose(l, &other, found) : OK;
}

static status compare_all(struct linking *l)
{
    struct desk *const d = l->desk;
    const struct link_often o = {.count = LINK_RECORD_MAX,
                                 .is_least = true,
                                 .newest = l->self,
                                 .changed = d->exchange->now};

    for (size_t i = 0; i < l->candidate_count; i++) {
        struct arena *const a = d->exchange->arena;
        const size_t scratch = arena_mark(d->scratch);
        const size_t mark = arena_mark(a);
        const status s = compare(l, l->candidates[i]);
        arena_rewind(d->scratch, scratch);
        /* What a row of the log says is read when the turn is closed. */
        if (s == E_UNKNOWN)
            arena_rewind(a, mark);
        ENSURE(s == OK || s == E_UNKNOWN, s);
    }
    return l->more ? link_often_put(d, l->number, &o) : OK;
}

/* --- what was indexed --- */

static status open_new(struct linking *l, const struct place *place, struct sought **ret)
{
    struct desk *const d = l->desk;
    bool stands = false;
    bool first = false;

    TRY(seeking_open(d, place, d->scratch, ret));
    const struct sought *const x = *ret;
    l->sought = x;
    l->self = (struct parent){.agency = x->entry.stream.agency, .id = x->entry.id};
    TRY(indexing_is_first(d, &x->entry, &first));
    ENSURE(first, E_UNKNOWN);
    TRY(link_record_stands(d, &l->self, &stands));
    return stands ? OK : E_UNKNOWN;
}

static status link_one(struct desk *d, uint64_t number, const struct place *place)
{
    struct linking *const l = arena_take(d->scratch, sizeof *l);
    struct sought *x = NULL;

    ENSURE(l != NULL, E_MEMORY);
    l->desk = d;
    l->number = number;
    l->token_count = 0;
    l->candidate_count = 0;
    l->more = false;
    const status s = open_new(l, place, &x);
    /* Erased, recalled or corrected since; or damaged. */
    ENSURE(s == OK, s == E_UNKNOWN || s == E_DAMAGED ? OK : s);
    TRY(make_tokens(l));
    TRY(look_up_all(l));
    return compare_all(l);
}

static status link_some(struct desk *d)
{
    struct exchange *const x = d->exchange;

    for (size_t count = 0; count < RECORDS_OF_A_TURN; count++) {
        const size_t mark = arena_mark(d->scratch);
        uint64_t number = 0;
        struct place place = {0};
        if (AUDIT_ROWS_MAX - x->audit_count < (size_t)2 * LINK_RECORD_MAX)
            return OK; /* in the next turn */
        status s = of_index(d, journal_token_uncompared(d->journal, &number, &place));
        if (s == E_UNKNOWN) {
            d->linking.more = false;
            return OK;
        }
        TRY(s);
        s = link_one(d, number, &place);
        arena_rewind(d->scratch, mark);
        TRY(s);
        TRY(of_index(d, journal_token_compared(d->journal, number)));
    }
    return OK;
}

static status propose_some(struct desk *d)
{
    if (!d->linking.more || !d->indexing.begun)
        return OK;
    d->linking.damaged = false;
    const status s = link_some(d);
    return s == E_DAMAGED && d->linking.damaged ? indexing_anew(d) : s;
}

static status let_fall(struct desk *d)
{
    if (!d->linking.fallen || AUDIT_ROWS_MAX - d->exchange->audit_count < LINK_RECORD_MAX)
        return OK;
    const status s = links_fall(d);
    if (s == E_BUSY)
        return OK;
    d->linking.fallen = d->linking.fallen && s == OK;
    return s == E_STORAGE || s == E_DAMAGED ? s : OK; /* what cannot be said now is later */
}

status links_turn(struct desk *d)
{
    struct linking_watch *const w = &d->linking;

    if (!w->begun)
        *w = (struct linking_watch){.begun = true, .more = true};
    /* What this node recalls or corrects itself comes by no arrival. */
    if (d->exchange->now - w->looked_at >= LOOK_MS) {
        w->looked_at = d->exchange->now;
        w->fallen = true;
    }
    if (d->exchange->fence != OK)
        return OK;
    if (!link_is_fusion(d, &d->exchange->self)) {
        w->more = false;
        w->fallen = false;
        return OK;
    }
    TRY(let_fall(d));
    return propose_some(d);
}

bool links_have_more(const struct desk *d)
{
    return ((d->linking.more && d->indexing.begun) || d->linking.fallen) &&
           d->exchange->fence == OK && link_is_fusion(d, &d->exchange->self);
}
