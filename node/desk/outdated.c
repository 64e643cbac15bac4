#include "outdated.h"

#include "legs.h"
#include "recall.h"
#include "text.h"
#include "todo.h"

/* --- whether it is outdated --- */

struct newer {
    const struct agency_id *owner;
    bool found;
};

static status each_newer(void *context, const struct entry_row *e)
{
    struct newer *const n = context;

    n->found = n->found || agency_id_equal(&e->stream.agency, n->owner);
    return OK;
}

status desk_superseded(void *desk, const record_id *id, bool *ret)
{
    struct desk *const d = desk;
    struct newer n = {.owner = &d->exchange->self};

    TRY(journal_naming(d->journal, id, KIND_INTELLIGENCE, d->scratch, each_newer, &n));
    *ret = n.found;
    return OK;
}

/* --- who is left with the older one --- */

struct holders {
    size_t count;
    struct agency_id at[AGENCIES_MAX];
};

static bool has(const struct holders *all, const struct agency_id *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (agency_id_equal(&all->at[i], id))
            return true;
    }
    return false;
}

static void add(struct holders *all, const struct agency_id *id)
{
    if (all->count < AGENCIES_MAX && !has(all, id))
        all->at[all->count++] = *id;
}

static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    (void)e;
    for (uint32_t i = 0; i < h->recipient_count; i++)
        add(context, &h->recipients[i].agency);
    return OK;
}

/* Who has it by its entries, the owner too. */
static status holders_of(struct desk *d, const record_id *id, struct holders **ret)
{
    struct holders *const all = arena_take(d->exchange->arena, sizeof *all);

    ENSURE(all != NULL, E_MEMORY);
    *all = (struct holders){0};
    TRY(desk_legs_walk(d, id, each_leg, all));
    *ret = all;
    return OK;
}

/* "IE, BF", or NULL: nobody is left with it.  Who has left the roster cannot be told, and
 * `recall` says so. */
static status left_with(struct desk *d, const record_id *older, const struct holders *newer,
                        const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct holders *all = NULL;
    const char *names = NULL;

    TRY(holders_of(d, older, &all));
    for (size_t i = 0; i < all->count; i++) {
        const struct agency_id *const id = &all->at[i];
        const struct roster_agency *const listed = roster_find(&d->exchange->roster, id);
        if (listed == NULL || !routing_needs_person(listed) || has(newer, id) ||
            agency_id_equal(id, &d->exchange->self))
            continue;
        names = names == NULL ? id->text : desk_text(a, names, ", ", id->text, NULL);
    }
    *ret = names;
    return OK;
}

/* --- a correction --- */

static status left_by(struct desk *d, const struct publish_work *work, const char **ret)
{
    struct holders *const newer = arena_take(d->exchange->arena, sizeof *newer);

    ENSURE(newer != NULL, E_MEMORY);
    *newer = (struct holders){0};
    for (size_t i = 0; i < work->to_count; i++)
        add(newer, &work->to[i]);
    return left_with(d, &work->previous, newer, ret);
}

status outdated_advise(struct desk *d, const struct publish_work *work)
{
    const bool blocked = (work->record->label.route.immigration & IMMIGRATION_BLOCKED) != 0;
    struct findings *const f = work->findings;
    const char *names = NULL;

    TRY(left_by(d, work, &names));
    if (names == NULL || f->count == FINDINGS_MAX)
        return OK;
    f->at[f->count++] = (struct finding){
        .rule = "R10",
        .field = "recipients",
        .severity = SEVERITY_ADVISE,
        .sentence =
            desk_text(d->exchange->arena, names,
                      " has the version before and not this one, which only a "
                      "named person's decision sends there",
                      blocked ? " and which is blocked" : "",
                      ": it learns that there is another version, and no more", NULL),
        .mend =
            "take back what it has (`flagpost recall` of the version before), or decide "
            "on this one: `flagpost decide`",
    };
    return OK;
}

/* Opens the to-do about a version, or closes it where nobody is left. */
static status note(struct desk *d, const record_id *older, const record_id *newer,
                   const char *names)
{
    char *const id = arena_take(d->exchange->arena, RECORD_ID_TEXT_ROOM);

    ENSURE(id != NULL, E_MEMORY);
    if (names == NULL)
        return desk_todo_close(d, TODO_OUTDATED, older);
    record_id_write(newer, id);
    return desk_todo_open(d, TODO_OUTDATED, older,
                          desk_text(d->exchange->arena, names, " has it and not ", id,
                                    ", which stands in its place and goes there by a "
                                    "named person's decision alone (R10)",
                                    NULL));
}

status outdated_note(struct desk *d, const struct publish_work *work)
{
    const char *names = NULL;

    TRY(left_by(d, work, &names));
    return names == NULL ? OK : note(d, &work->previous, &work->id, names);
}

/* --- a decision --- */

static status previous_of(struct desk *d, const record_id *id, struct header *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};

    TRY(x->store.ops->record_find(x->store.self, &x->self, id, &place));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    return header_decode(e.header, x->arena, ret);
}

status outdated_decided(struct desk *d, const struct header *newest,
                        const struct agency_id *to)
{
    struct arena *const a = d->exchange->arena;
    struct holders *newer = NULL;
    struct header h = *newest;
    status s = OK;

    TRY(holders_of(d, &newest->id, &newer));
    add(newer, to);
    for (size_t i = 1; s == OK && h.has_previous && i < VERSIONS_MAX; i++) {
        const record_id older = h.previous;
        const size_t mark = arena_mark(a);
        struct bytes sentence = {0};
        const char *names = NULL;
        millis since = 0;
        s = desk_todo_find(d, TODO_OUTDATED, &older, &sentence, &since);
        if (s == OK) {
            TRY(left_with(d, &older, newer, &names));
            TRY(note(d, &older, &newest->id, names));
        }
        ENSURE(s == OK || s == E_UNKNOWN, s);
        arena_rewind(a, mark);
        s = previous_of(d, &older, &h);
        arena_rewind(a, mark);
    }
    return s == E_UNKNOWN ? OK : s;
}
