#include "backup_steps.h"

#include "frame.h"
#include "text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Whether a tail goes on from the backup that it is given with.  The node would take of
 * another one's what fits and pass over the rest without a word, so it is refused here,
 * while there is still somebody who can give the right one.
 */

enum { WHY_ROOM = 320, SIZE_BYTES = 4 };

/* What it has of each own lane, by rank: groups from `first` up to `end`; 0 and 0: none. */
struct tail_span {
    struct epoch epoch;
    sequence first, end;
};

struct tail_read {
    int fd;
    struct tail_span spans[LANES];
};

static void tail_read_done(struct tail_read *t)
{
    if (t->fd >= 0)
        (void)close(t->fd); /* only read */
}

static status add(struct tail_read *t, const struct frame *f)
{
    struct tail_span *const span = &t->spans[lane_rank(f->lane)];

    if (f->kind == FRAME_ENTRIES)
        return OK; /* of the group before it */
    ENSURE(f->kind == FRAME_GROUP && f->group.leaves.size > 0, E_FORM);
    const sequence end = f->group.first + f->group.leaves.size / HASH_SIZE;
    if (span->end == 0)
        *span = (struct tail_span){.epoch = f->group.epoch, .first = f->group.first};
    /* As it is made: one epoch, group after group. */
    ENSURE(epoch_equal(&span->epoch, &f->group.epoch) &&
               (span->end == 0 || span->end == f->group.first),
           E_FORM);
    span->end = end;
    return OK;
}

/* E_UNKNOWN: there is no more. */
static status next(struct tail_read *t, struct arena *a)
{
    uint8_t head[SIZE_BYTES];
    struct reader r = {.rest = bytes_of(head, sizeof head)};
    struct frame f;

    const ssize_t got = read(t->fd, head, sizeof head);
    ENSURE(got >= 0, E_IO);
    ENSURE(got > 0, E_UNKNOWN);
    ENSURE(got == sizeof head, E_FORM);
    const uint32_t size = read_u32(&r);
    ENSURE(size > 0 && size <= FRAME_BYTES_MAX, E_FORM);
    uint8_t *const room = arena_take(a, size);
    ENSURE(room != NULL, E_MEMORY);
    TRY(file_read_exactly(t->fd, room, size));
    TRY(frame_decode(bytes_of(room, size), a, &f));
    return add(t, &f);
}

static status read_spans(const char *folder, struct arena *a, struct tail_read *ret)
{
    const size_t mark = arena_mark(a);
    char path[CONFIG_PATH_MAX];
    status s = OK;

    TRY(file_path(folder, TAIL_FILE, path, sizeof path));
    ret->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ENSURE(ret->fd >= 0, E_IO);
    while (s == OK) {
        s = next(ret, a);
        arena_rewind(a, mark);
    }
    return s == E_UNKNOWN ? OK : s;
}

/* False after writing why not. */
static bool goes_on(enum lane lane, const struct tail_span *tail,
                    const struct tail_place *backup, char why[WHY_ROOM])
{
    if (!epoch_equal(&tail->epoch, &backup->epoch))
        (void)snprintf(why, WHY_ROOM,
                       "its %s log is of epoch %" PRIu32
                       " and that of the backup of epoch %" PRIu32,
                       lane_word(lane), tail->epoch.counter, backup->epoch.counter);
    else if (tail->first > backup->size)
        (void)snprintf(why, WHY_ROOM,
                       "its %s log begins at index %" PRIu64
                       ", and that of the backup ends before index %" PRIu64,
                       lane_word(lane), tail->first, backup->size);
    return why[0] == '\0';
}

static int refuse(const struct cli *c, const struct backup_unpacked *u, const char *why,
                  const char *mend)
{
    char text[2 * WHY_ROOM];
    char tail[TIME_TEXT_ROOM];
    char made[TIME_TEXT_ROOM];

    time_write(u->tail.made, tail);
    time_write(u->header.made, made);
    (void)snprintf(text, sizeof text, "%s (tail of %s, backup of %s): %s", why, tail, made,
                   mend);
    return cli_fail(c, EXIT_REFUSED, "the tail", text);
}

int restore_tail_check(struct cli *c, const char *folder, const struct backup_unpacked *u,
                       const struct backup_checked *checked)
{
    struct tail_read t DEFER(tail_read_done) = {.fd = -1};
    char why[WHY_ROOM] = "";
    bool has_more = false;

    if (!u->has_tail)
        return EXIT_DONE;
    const status s = read_spans(folder, &c->arena, &t);
    if (s != OK)
        return cli_fail(c, s == E_IO ? EXIT_UNREACHABLE : EXIT_DAMAGED, "the tail",
                        s == E_IO ? status_sentence(s)
                                  : "it opens, and is not as `flagpost backup tail` makes "
                                    "one: take another");
    for (size_t l = 0; l < LANES; l++) {
        const struct tail_span *const span = &t.spans[l];
        if (span->end == 0)
            continue;
        if (!goes_on(lane_of_rank(l), span, &checked->places[l], why))
            return refuse(c, u, why,
                          "it goes on from another backup: give the journal and the keys "
                          "of the last one that was made before this tail");
        has_more = has_more || span->end > checked->places[l].size;
    }
    return has_more ? EXIT_DONE
                    : refuse(c, u, "it has nothing that the backup has not",
                             "give the newest tail, or none");
}
