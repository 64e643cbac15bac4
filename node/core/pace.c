#include "pace.h"

static size_t window_of(const struct pace *p)
{
    return p->window == 0 ? PACE_FIRST_BYTES : p->window;
}

static size_t under_way(const struct pace *p)
{
    size_t bytes = 0;

    for (size_t i = 0; i < p->count; i++)
        bytes += p->marks[i].bytes;
    return bytes;
}

size_t pace_room(struct pace *p, millis now)
{
    const bool idle = p->count == 0 && now - p->used_at > PACE_IDLE_MS;

    if (idle && p->window > PACE_FIRST_BYTES)
        p->window = PACE_FIRST_BYTES;
    const size_t window = window_of(p);
    const size_t bytes = under_way(p);
    p->filled = p->filled || bytes > window / 2;
    return bytes > window / 2 ? 0 : window - bytes;
}

void pace_sent(struct pace *p, sequence end, size_t bytes, millis now)
{
    const size_t all = under_way(p) + bytes;

    p->used_at = now;
    if (p->count < PACE_MARKS) {
        p->marks[p->count++] =
            (struct pace_mark){.end = end, .bytes = bytes, .under_way = all, .at = now};
        return;
    }
    /* It goes with the one before, as if it had been sent then: the line looks a little
     * slower than it is. */
    struct pace_mark *const last = &p->marks[PACE_MARKS - 1];
    last->end = end;
    last->bytes += bytes;
    last->under_way = all;
}

/* Once for all that was sent before: it waited for the same line.  Where the clock was set
 * back, what lies ahead was before. */
static void shrink(struct pace *p, const struct pace_mark *m, millis took, millis now)
{
    const uint64_t fair = (uint64_t)m->under_way * PACE_MS / took;

    if (p->shrunk_at > now)
        p->shrunk_at = 0;
    if (m->at < p->shrunk_at || fair >= window_of(p))
        return;
    p->window = fair > PACE_LEAST_BYTES ? (size_t)fair : PACE_LEAST_BYTES;
    p->shrunk_at = now;
}

static void grow(struct pace *p, const struct pace_mark *m)
{
    const size_t window = window_of(p);
    const size_t twice = 2 * (m->under_way > window ? m->under_way : window);

    p->window = twice < PACE_MOST_BYTES ? twice : PACE_MOST_BYTES;
}

void pace_taken(struct pace *p, sequence size, millis now)
{
    size_t gone = 0;

    while (gone < p->count && p->marks[gone].end <= size)
        gone++;
    if (gone == 0)
        return;
    const struct pace_mark newest = p->marks[gone - 1];
    const millis took = now - newest.at;
    if (newest.end <= p->again || newest.at > now)
        ; /* perhaps the first copy (Karn and Partridge, 1987), or the clock was set back */
    else if (took > PACE_LONG_MS)
        shrink(p, &newest, took, now);
    else if (took <= PACE_MS && p->filled)
        grow(p, &newest);
    p->count -= gone;
    for (size_t i = 0; i < p->count; i++)
        p->marks[i] = p->marks[i + gone];
    p->used_at = now;
    p->filled = false;
}

void pace_again(struct pace *p, millis now)
{
    const bool since = p->count > 0 && p->marks[0].at <= now;

    /* Long awaited in vain: that, too, says how slow the line is. */
    if (since && now - p->marks[0].at > PACE_LONG_MS)
        shrink(p, &p->marks[0], now - p->marks[0].at, now);
    if (p->count > 0)
        p->again = p->marks[p->count - 1].end;
    p->count = 0;
    p->filled = false;
}
