#include "network.h"

#include <stdlib.h>
#include <string.h>

void network_init(struct network *n, struct chance *chance)
{
    memset(n, 0, sizeof *n);
    n->chance = chance;
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        n->boxes[i] = calloc(LETTERS_MAX, sizeof *n->boxes[i]);
        MUST(n->boxes[i] != NULL);
    }
}

void network_reset(struct network *n)
{
    struct letter *boxes[HOSTS_MAX];

    for (size_t h = 0; h < HOSTS_MAX; h++) {
        boxes[h] = n->boxes[h];
        for (size_t i = 0; i < n->counts[h]; i++)
            free(n->boxes[h][i].frame);
    }
    for (size_t i = 0; i < n->past_count; i++)
        free(n->past_letters[i].frame);
    *n = (struct network){.chance = n->chance};
    memcpy(n->boxes, boxes, sizeof boxes);
}

void network_done(struct network *n)
{
    network_reset(n);
    for (size_t i = 0; i < HOSTS_MAX; i++)
        free(n->boxes[i]);
}

static void letter_copy(const struct letter *from, struct letter *to)
{
    *to = *from;
    to->frame = malloc(from->size + 1);
    MUST(to->frame != NULL);
    if (from->size > 0)
        memcpy(to->frame, from->frame, from->size);
}

static void corrupt(struct network *n, struct letter *l)
{
    const size_t flips = chance_between(n->chance, 1, 3);

    l->corrupted = true;
    for (size_t i = 0; i < flips && l->size > 0; i++)
        l->frame[chance_below(n->chance, l->size)] ^=
            (uint8_t)(1u << chance_below(n->chance, 8));
    if (chance_permille(n->chance, 200))
        l->size = chance_below(n->chance, l->size + 1);
}

/* Into the receiver's box, which is sorted by due time and order. */
static void post(struct network *n, const struct letter *like, bool in_order)
{
    const size_t to = like->to;
    struct letter l;

    if (n->counts[to] == LETTERS_MAX)
        return;
    letter_copy(like, &l);
    millis *const last =
        &n->last_due[l.from][to][l.end == END_FOLLOWING][lane_rank(l.lane)];
    l.due = n->now + 1 + chance_below(n->chance, n->rates.delay_ms + 1);
    if (in_order && l.due < *last)
        l.due = *last;
    if (in_order)
        *last = l.due;
    l.order = n->order++;
    if (chance_permille(n->chance, n->rates.corrupt))
        corrupt(n, &l);
    size_t at = n->counts[to]++;
    while (at > 0 && n->boxes[to][at - 1].due > l.due) {
        n->boxes[to][at] = n->boxes[to][at - 1];
        at--;
    }
    n->boxes[to][at] = l;
}

static void remember(struct network *n, const struct letter *l)
{
    struct letter *const slot = &n->past_letters[n->past_next];

    if (n->past_count == PAST_MAX)
        free(slot->frame);
    else
        n->past_count++;
    letter_copy(l, slot);
    n->past_next = (n->past_next + 1) % PAST_MAX;
}

void network_send(struct network *n, const struct letter *like)
{
    struct letter l = *like;

    l.from_past = n->past[l.from];
    l.to_life = n->life[l.to];
    if (n->rates.replay > 0)
        remember(n, &l);
    if (n->now < n->cut_until[l.from][l.to] || chance_permille(n->chance, n->rates.loss))
        return;
    post(n, &l, !chance_permille(n->chance, n->rates.reorder));
    if (chance_permille(n->chance, n->rates.repeat))
        post(n, &l, false);
    if (chance_permille(n->chance, n->rates.replay))
        post(n, &n->past_letters[chance_below(n->chance, n->past_count)], false);
}

bool network_take(struct network *n, size_t host, struct letter *ret)
{
    struct letter *const box = n->boxes[host];

    while (n->counts[host] > 0 && box[0].due <= n->now) {
        struct letter l = box[0];
        memmove(box, box + 1, --n->counts[host] * sizeof *box);
        if (l.to_life == n->life[host] && l.from_past == n->past[l.from]) {
            *ret = l;
            return true;
        }
        free(l.frame);
    }
    return false;
}

void network_cut(struct network *n, size_t from, size_t to, millis until)
{
    n->cut_until[from][to] = until;
}

static void drop_between(struct network *n, size_t from, size_t to)
{
    size_t kept = 0;

    for (size_t i = 0; i < n->counts[to]; i++) {
        if (n->boxes[to][i].from == from)
            free(n->boxes[to][i].frame);
        else
            n->boxes[to][kept++] = n->boxes[to][i];
    }
    n->counts[to] = kept;
}

void network_disconnect(struct network *n, size_t a, size_t b)
{
    drop_between(n, a, b);
    drop_between(n, b, a);
}

void network_restart(struct network *n, size_t host, bool restored)
{
    n->life[host]++;
    n->past[host] += restored;
}

void network_calm(struct network *n)
{
    n->rates = (struct rates){.delay_ms = 20};
    memset(n->cut_until, 0, sizeof n->cut_until);
}
