#include "desk.h"

/* Which record a person means. */

/* Whoever gives a record another's id must not keep its owner from recalling its own. */
static status prefer_own(struct desk *d, struct bytes wanted, struct place places[2],
                         record_id ids[2], size_t *count)
{
    struct arena *const a = d->exchange->arena;
    const char *const text = arena_text(a, wanted);
    size_t own = 0;

    if (*count < 2 || wanted.size != 2 * sizeof(record_id) || text == NULL)
        return OK;
    const struct bytes ours =
        bytes_of_text(desk_text(a, d->exchange->self.text, "/", text, NULL));
    TRY(journal_record_search(d->journal, ours, places, ids, 2, &own));
    *count = own == 1 ? own : *count;
    return OK;
}

status desk_find_record(struct desk *d, struct call *c, struct place *ret,
                        record_id *ret_id)
{
    const struct bytes wanted = control_argument(&c->parsed, "id");
    struct arena *const a = d->exchange->arena;
    struct place places[2];
    record_id ids[2];
    size_t count = 0;

    if (wanted.size < 4) {
        c->sentence = "give the record's id, or at least its first four digits";
        return E_USAGE;
    }
    TRY(journal_record_search(d->journal, wanted, places, ids, 2, &count));
    TRY(prefer_own(d, wanted, places, ids, &count));
    const char *const text = arena_text(a, wanted);
    if (count == 0) {
        c->sentence = desk_text(a, "no record here has an id that begins with ",
                                text == NULL ? "" : text, NULL);
        return E_UNKNOWN;
    }
    if (count > 1) {
        c->sentence = desk_text(
            a, "more than one record has an id that begins with ", text == NULL ? "" : text,
            wanted.size < 2 * sizeof(record_id) ? ": give more digits"
                                                : ": say whose it is, as in F55/",
            wanted.size < 2 * sizeof(record_id) ? "" : text, NULL);
        return E_VALUE;
    }
    *ret = places[0];
    *ret_id = ids[0];
    return OK;
}
