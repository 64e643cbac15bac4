#include "ledger.h"

#include <stdlib.h>
#include <string.h>

void ledgers_init(struct ledgers *l)
{
    l->count = 0;
    for (size_t i = 0; i < LEDGERS_MAX; i++) {
        l->at[i].lines = calloc(LEDGER_SIZE_MAX, sizeof *l->at[i].lines);
        MUST(l->at[i].lines != NULL);
    }
}

void ledgers_done(struct ledgers *l)
{
    for (size_t i = 0; i < LEDGERS_MAX; i++)
        free(l->at[i].lines);
}

struct ledger *ledger_find(struct ledgers *l, const struct stream_id *id, unsigned branch)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->at[i].branch == branch && stream_id_equal(&l->at[i].id, id))
            return &l->at[i];
    }
    return NULL;
}

struct ledger *ledger_open(struct ledgers *l, const struct stream_id *id, unsigned branch)
{
    struct ledger *found = ledger_find(l, id, branch);

    if (found != NULL)
        return found;
    MUST(l->count < LEDGERS_MAX);
    found = &l->at[l->count++];
    found->id = *id;
    found->branch = branch;
    found->frontier = (struct frontier){.size = 0};
    return found;
}

void ledger_append(struct ledger *l, const struct ledger_line *line)
{
    MUST(l->frontier.size < LEDGER_SIZE_MAX);
    struct ledger_line *const to = &l->lines[l->frontier.size];
    *to = *line;
    frontier_append(&l->frontier, &line->leaf);
    to->root = frontier_root(&l->frontier);
}

void ledgers_branch(struct ledgers *l, const struct agency_id *agency)
{
    const size_t count = l->count;

    for (size_t i = 0; i < count; i++) {
        struct ledger *const from = &l->at[i];
        if (!agency_id_equal(&from->id.agency, agency))
            continue;
        struct ledger *const to = ledger_open(l, &from->id, 1);
        to->frontier = from->frontier;
        memcpy(to->lines, from->lines, from->frontier.size * sizeof *to->lines);
    }
}

bool ledger_has_root(const struct ledger *l, sequence size, const struct hash *root)
{
    if (size == 0)
        return true;
    return size <= l->frontier.size && hash_equal(&l->lines[size - 1].root, root);
}
