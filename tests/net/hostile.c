/*
 * The real node under its real keys, but for one thing: what it sends to one peer on one
 * lane is edited on its way out.  It is `flagpost run` with net_send wrapped by the linker,
 *
 *     FLAGPOST_HOSTILE="MODE PEER LANE" hostile run --home DIR ...
 *
 *     withhold    the last entry of every FRAME_ENTRIES is left out
 *     understate  and every GROUP says that one entry fewer is addressed to the peer
 *     roster      every ROSTER has the bytes of the file $FLAGPOST_HOSTILE_FILE instead
 */

#include "dispatch.h"
#include "file.h"
#include "frame.h"
#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EDIT_ARENA_BYTES = 4 * FRAME_BYTES_MAX, WORD_ROOM = 32 };

struct plan {
    char mode[WORD_ROOM], peer[WORD_ROOM], lane[WORD_ROOM];
};

status __real_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame);
status __wrap_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame);

static bool plan_read(struct plan *ret)
{
    const char *const text = getenv("FLAGPOST_HOSTILE");

    return text != NULL &&
           sscanf(text, "%31s %31s %31s", ret->mode, ret->peer, ret->lane) == 3;
}

static bool brings_rosters(const struct plan *plan)
{
    return strcmp(plan->mode, "roster") == 0;
}

/* False: nothing is left to be sent. */
static bool edit(const struct plan *plan, struct arena *a, struct frame *f)
{
    if (brings_rosters(plan))
        return f->kind != FRAME_ROSTER ||
               file_read(getenv("FLAGPOST_HOSTILE_FILE"), NOTE_BYTES_MAX, a,
                         &f->roster.note) == OK;
    if (f->kind == FRAME_ENTRIES) {
        f->entries.entry_count--;
        (void)fprintf(stderr, "hostile withheld=%llu\n",
                      (unsigned long long)f->entries.entries[f->entries.entry_count].index);
        return f->entries.entry_count > 0;
    }
    if (f->kind == FRAME_GROUP && strcmp(plan->mode, "understate") == 0 &&
        f->group.count > 0) {
        f->group.count--;
        /* As if the last one were that of the group before. */
        f->group.count_last = f->group.count == 0 ? 0 : f->group.first - 1;
        (void)fprintf(stderr, "hostile understated=%llu\n",
                      (unsigned long long)f->group.first);
    }
    return true;
}

static status send_edited(struct net *n, const struct agency_id *peer, enum net_end end,
                          enum lane lane, struct bytes frame, const struct plan *plan)
{
    void *const memory = malloc(EDIT_ARENA_BYTES);
    struct arena a;
    struct frame f;
    struct bytes edited = {0};

    ENSURE(memory != NULL, E_MEMORY);
    arena_init(&a, memory, EDIT_ARENA_BYTES);
    status s = frame_decode(frame, &a, &f);
    if (s == OK && edit(plan, &a, &f)) {
        s = frame_encode(&f, &a, &edited);
        if (s == OK)
            s = __real_net_send(n, peer, end, lane, edited);
    }
    free(memory);
    return s;
}

status __wrap_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame)
{
    struct plan plan;

    if (plan_read(&plan) && (end == NET_PUBLISHING || brings_rosters(&plan)) &&
        strcmp(peer->text, plan.peer) == 0 && strcmp(lane_word(lane), plan.lane) == 0)
        return send_edited(n, peer, end, lane, frame, &plan);
    return __real_net_send(n, peer, end, lane, frame);
}

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {&command_run};

    const struct command_group group = {"a node that lies", commands, COUNT_OF(commands)};
    return dispatch(&group, 1, argc, argv);
}
