#include "session.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

static bool is_over(const struct session *s, millis now)
{
    return !s->open || now - s->used >= SESSION_IDLE_MS ||
           now - s->begun >= SESSION_MOST_MS;
}

void sessions_begin(struct session_watch *w, const struct session *s)
{
    struct session *place = &w->at[0];

    for (size_t i = 0; i < SESSIONS_MAX && !is_over(place, s->begun); i++) {
        if (is_over(&w->at[i], s->begun) || w->at[i].used < place->used)
            place = &w->at[i];
    }
    *place = *s;
}

struct session *sessions_find(struct session_watch *w, const uint8_t digest[32], millis now)
{
    struct session *found = NULL;

    /* All are compared, so that the time tells nothing of the place. */
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (secret_equal(w->at[i].digest, digest, sizeof w->at[i].digest))
            found = &w->at[i];
    }
    if (found == NULL)
        return NULL;
    if (is_over(found, now)) {
        explicit_bzero(found, sizeof *found);
        return NULL;
    }
    found->used = now;
    return found;
}

void sessions_end_of(struct session_watch *w, uint32_t uid)
{
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (w->at[i].person.uid == uid)
            explicit_bzero(&w->at[i], sizeof w->at[i]);
    }
}

/* The name's place; the one begun longest ago makes room.  Who tries many names to clear
 * one is held by the count of all. */
static struct guessed *guessed_of(struct guesses *g, const uint8_t name[32])
{
    struct guessed *oldest = &g->at[0];

    for (size_t i = 0; i < GUESSED_MAX; i++) {
        struct guessed *const one = &g->at[i];
        if (memcmp(one->digest, name, sizeof one->digest) == 0)
            return one;
        if (one->begun < oldest->begun)
            oldest = one;
    }
    *oldest = (struct guessed){0};
    memcpy(oldest->digest, name, sizeof oldest->digest);
    return oldest;
}

bool sessions_are_guessed(const struct guesses *g, millis now)
{
    return g->in_minute >= GUESSES_OF_ALL_MAX && now - g->minute < MINUTE_MS;
}

bool sessions_may_guess(struct guesses *g, const uint8_t name[32], millis now)
{
    if (g->in_minute == 0 || now - g->minute >= MINUTE_MS) {
        g->minute = now;
        g->in_minute = 0;
    }
    /* Before a place is looked for: names that are not tried take no other's. */
    if (g->in_minute >= GUESSES_OF_ALL_MAX)
        return false;
    struct guessed *const one = guessed_of(g, name);
    if (one->count == 0 || now - one->begun >= GUESSES_OF_ONE_MS) {
        one->begun = now;
        one->count = 0;
    }
    if (one->count >= GUESSES_OF_ONE_MAX)
        return false;
    one->count++;
    g->in_minute++;
    return true;
}

void sessions_untry(struct guesses *g, const uint8_t name[32])
{
    struct guessed *const one = guessed_of(g, name);

    if (one->count > 0)
        one->count--;
    if (g->in_minute > 0)
        g->in_minute--;
}

void sessions_forgive(struct guesses *g, const uint8_t name[32])
{
    guessed_of(g, name)->count = 0;
}
