#include "link_desk.h"

/*
 * A correction is another record, so that nothing is decided about it that was decided
 * about the one before: it is proposed anew, and the person is told what was said then.
 */

enum { VERSIONS_LOOKED_AT = 4 }; /* of either record, itself the first */

struct line {
    size_t count;
    struct parent at[VERSIONS_LOOKED_AT];
};

static status look_back(struct desk *d, const struct parent *record, struct line *ret)
{
    struct recall_versions versions = {0};

    *ret = (struct line){.count = 1, .at = {*record}};
    while (ret->count < VERSIONS_LOOKED_AT) {
        TRY(recall_versions(d, &ret->at[ret->count - 1], &versions));
        if (!versions.has_older)
            break;
        ret->at[ret->count] =
            (struct parent){.agency = record->agency, .id = versions.older};
        ret->count++;
    }
    return OK;
}

/* LINK_PROPOSED: nothing was decided of these two. */
static status decision_of(struct desk *d, const struct parent *a, const struct parent *b,
                          struct link *ret)
{
    const record_id id = link_id(d, a, b);
    const status s = link_find(d, &id, ret);

    if (s == E_UNKNOWN)
        ret->state = LINK_PROPOSED;
    return s == E_UNKNOWN ? OK : s;
}

status link_before(struct desk *d, const struct link *l, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct link *const before = arena_take(a, sizeof *before);
    struct line first;
    struct line second;

    *ret = "";
    ENSURE(before != NULL, E_MEMORY);
    TRY(look_back(d, &l->records[0], &first));
    TRY(look_back(d, &l->records[1], &second));
    /* The nearest ones first. */
    for (size_t back = 1; back <= first.count + second.count - 2; back++) {
        for (size_t i = 0; i <= back && i < first.count; i++) {
            if (back - i >= second.count)
                continue;
            TRY(decision_of(d, &first.at[i], &second.at[back - i], before));
            if (before->state == LINK_PROPOSED)
                continue;
            *ret = desk_text(a, link_state_word(before->state), ", of a version before (",
                             desk_id_text(a, &before->id), ")", NULL);
            return OK;
        }
    }
    return OK;
}
