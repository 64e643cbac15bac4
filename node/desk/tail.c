#include "tail.h"

#include "file.h"
#include "given.h"

#include <fcntl.h>
#include <string.h>
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

bool tail_is_there(const struct desk *d)
{
    return d->tail_path[0] != '\0' && access(d->tail_path, F_OK) == 0;
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

static status open_file(struct desk *d)
{
    struct tail_watch *const w = &d->tail;

    if (w->open)
        return OK;
    w->fd = open(d->tail_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ENSURE(w->fd >= 0, E_IO);
    w->open = true;
    return OK;
}

/* E_UNKNOWN: there is no more; what cannot be read ends it too, and is counted. */
static status next_frame(struct desk *d, struct bytes *ret)
{
    struct tail_watch *const w = &d->tail;
    uint8_t head[SIZE_BYTES];
    struct reader r = {.rest = bytes_of(head, sizeof head)};

    const ssize_t got = read(w->fd, head, sizeof head);
    ENSURE(got != 0, E_UNKNOWN);
    const uint32_t size = got == (ssize_t)sizeof head ? read_u32(&r) : 0;
    uint8_t *const room =
        size > 0 && size <= FRAME_BYTES_MAX ? arena_take(d->exchange->arena, size) : NULL;
    if (room == NULL || file_read_exactly(w->fd, room, size) != OK) {
        w->refused++;
        return E_UNKNOWN;
    }
    *ret = bytes_of(room, size);
    return OK;
}

static bool has_room(const struct exchange *x)
{
    return x->arena->used < x->arena->room / 2 && x->audit_count < AUDIT_ROWS_MAX / 2;
}

/* One frame that is refused keeps none of the others from being taken. */
static status take_some(struct desk *d)
{
    struct tail_watch *const w = &d->tail;

    for (size_t i = 0; i < FRAMES_EACH && has_room(d->exchange); i++) {
        struct bytes frame = {0};
        if (next_frame(d, &frame) != OK) {
            close_file(w);
            w->ended = true;
            return OK;
        }
        const status s = exchange_given(d->exchange, frame);
        ENSURE(s != E_STORAGE && s != E_MEMORY, s);
        if (s != E_UNKNOWN) /* of another epoch */
            *(s == OK ? &w->taken : &w->refused) += 1;
    }
    return OK;
}

status tail_take(struct desk *d, bool *ret)
{
    struct tail_watch *const w = &d->tail;

    *ret = !w->ended && open_file(d) == OK;
    if (*ret)
        return take_some(d);
    w->ended = false; /* from the beginning, for another epoch */
    return OK;
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
