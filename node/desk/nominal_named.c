#include "nominal.h"

#include "record.h"
#include "subject.h"

/* Whether a record speaks of the person that a set is about.  The set is put together by a
 * person and never by this: it only asks back where nothing of the name is found. */

static const char NOT_OPENED[] =
    "the record does not open here, so nobody can compare it: ";
static const char NOT_NAMED[] = "the record does not name this person: ";
static const char BORN_OTHERWISE[] =
    "the record names somebody of that name who was born on another day: ";

/* What was opened goes with `a`, which the caller rewinds. */
static status search(struct desk *d, const struct entry_row *e, const struct nominal *n,
                     struct arena *a, const char **ret_why)
{
    struct record *const record = arena_take(a, sizeof *record);
    struct subject_found *const found = arena_take(a, sizeof *found);
    struct subject_query *const query = arena_take(a, sizeof *query);
    const struct salted_item *items = NULL;
    const char *field = "";
    size_t count = 0;
    struct header h;

    ENSURE(record != NULL && found != NULL && query != NULL, E_MEMORY);
    TRY(header_decode(e->header, a, &h));
    TRY(subject_query_read(n->name, (struct bytes){0}, (struct bytes){0}, a, query,
                           &field));
    query->born = n->born;
    status s = desk_open(d, e, a, &items, &count);
    ENSURE(s != E_STORAGE && s != E_DAMAGED && s != E_MEMORY, s);
    if (s == OK)
        s = record_of_items(items, count, &h.label, a, record);
    if (s != OK) {
        *ret_why = NOT_OPENED;
        return OK;
    }
    subject_search(query, record, found);
    if (found->count > 0)
        *ret_why = NULL;
    else
        *ret_why = found->born_otherwise > 0 ? BORN_OTHERWISE : NOT_NAMED;
    return OK;
}

status nominal_named(struct desk *d, const struct entry_row *e, const struct nominal *n,
                     const char **ret_why)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const status s = search(d, e, n, a, ret_why);

    arena_rewind(a, mark);
    return s;
}
