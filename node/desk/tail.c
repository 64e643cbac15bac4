#include "tail.h"

#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES_EACH = 16, SIZE_BYTES = 4 };

void tail_places_write(const struct tail_place places[LANES], uint8_t ret[TAIL_PLACES_SIZE])
{
    struct writer w = writer_over(ret, TAIL_PLACES_SIZE);

    for (size_t l = 0; l < LANES; l++) {
        write_u32(&w, places[l].epoch.counter);
        write_bytes(&w, bytes_of(places[l].epoch.random, sizeof places[l].epoch.random));
        write_u64(&w, places[l].size);
    }
    MUST(!w.bad && w.size == TAIL_PLACES_SIZE);
}

status tail_places_read(struct bytes b, struct tail_place ret[LANES])
{
    struct reader r = {.rest = b};

    ENSURE(b.size == TAIL_PLACES_SIZE, E_FORM);
    for (size_t l = 0; l < LANES; l++) {
        ret[l].epoch.counter = read_u32(&r);
        read_copy(&r, ret[l].epoch.random, sizeof ret[l].epoch.random);
        ret[l].size = read_u64(&r);
    }
    return OK;
}

/* --- taking it in --- */

/* A link is not followed, so what it leads to is nothing. */
bool tail_is_there(const struct desk *d)
{
    struct stat st;

    return d->tail_path[0] != '\0' && lstat(d->tail_path, &st) == 0;
}

static void close_file(struct tail_watch *w)
{
    if (w->open)
        (void)close(w->fd); /* only read */
    w->open = false;
}

void tail_begin(struct desk *d)
{
    close_file(&d->tail);
    d->tail = (struct tail_watch){0};
}

/* E_UNKNOWN: there is none any more. */
static status open_file(struct desk *d)
{
    struct tail_watch *const w = &d->tail;

    if (w->open)
        return OK;
    w->fd = open(d->tail_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    w->failed = w->fd < 0 && errno != ENOENT;
    ENSURE(w->fd >= 0, w->failed ? E_STORAGE : E_UNKNOWN);
    w->open = true;
    w->at = 0;
    return OK;
}

/* Less than `size` where the file ends; -1: it cannot be read. */
static ssize_t read_at(struct tail_watch *w, uint64_t offset, uint8_t *to, size_t size)
{
    size_t got = 0;
    ssize_t n = 1;

    while (got < size && n != 0) {
        n = pread(w->fd, to + got, size - got, (off_t)(w->at + offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        w->failed = n < 0;
        if (w->failed)
            return -1;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* E_UNKNOWN: there is no more; what is cut off ends it too, and is counted. */
static status next_frame(struct desk *d, struct bytes *ret)
{
    struct tail_watch *const w = &d->tail;
    uint8_t head[SIZE_BYTES];
    struct reader r = {.rest = bytes_of(head, sizeof head)};

    const ssize_t got = read_at(w, 0, head, sizeof head);
    ENSURE(got >= 0, E_STORAGE);
    ENSURE(got != 0, E_UNKNOWN);
    const uint32_t size = got == (ssize_t)sizeof head ? read_u32(&r) : 0;
    if (size == 0 || size > FRAME_BYTES_MAX) {
        w->refused++;
        return E_UNKNOWN;
    }
    uint8_t *const room = arena_take(d->exchange->arena, size);
    ENSURE(room != NULL, E_MEMORY);
    const ssize_t held = read_at(w, sizeof head, room, size);
    ENSURE(held >= 0, E_STORAGE);
    w->refused += held != (ssize_t)size;
    ENSURE(held == (ssize_t)size, E_UNKNOWN);
    *ret = bytes_of(room, size);
    return OK;
}

static bool has_room(const struct exchange *x)
{
    return x->arena->used < x->arena->room / 2 && x->audit_count < AUDIT_ROWS_MAX / 2;
}

/* One frame that is refused keeps none of the others from being taken; one for which there
 * was no room is read again in another turn. */
static status take_some(struct desk *d)
{
    struct tail_watch *const w = &d->tail;

    for (size_t i = 0; i < FRAMES_EACH && has_room(d->exchange); i++) {
        struct bytes frame = {0};
        const status next = next_frame(d, &frame);
        if (next == E_UNKNOWN) {
            close_file(w);
            w->ended = true;
            return OK;
        }
        TRY(next);
        const status s = exchange_given(d->exchange, frame);
        ENSURE(s != E_STORAGE && s != E_MEMORY, s);
        w->at += SIZE_BYTES + frame.size;
        if (s != E_UNKNOWN) /* of another epoch */
            *(s == OK ? &w->taken : &w->refused) += 1;
    }
    return OK;
}

status tail_take(struct desk *d, bool *ret)
{
    struct tail_watch *const w = &d->tail;

    const status s = w->ended ? E_UNKNOWN : open_file(d);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK;
    if (*ret)
        return take_some(d);
    w->ended = false; /* from the beginning, for another epoch */
    return OK;
}

const char *desk_error(const struct desk *d)
{
    return d->tail.failed ? "the file tail in the home cannot be read: let this user read "
                            "it, as a file and no link, or take it away"
                          : journal_error(d->journal);
}

void tail_remove(struct desk *d, bool is_taken)
{
    struct tail_watch *const w = &d->tail;

    if (!w->remove && (w->looked || !is_taken))
        return;
    w->looked = true;
    w->remove = false;
    (void)unlink(d->tail_path); /* mostly there is none */
}
