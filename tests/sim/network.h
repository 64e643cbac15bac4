#ifndef FLAGPOST_SIM_NETWORK_H
#define FLAGPOST_SIM_NETWORK_H

/*
 * The network between hosts: a queue for each (from, to, end, lane), which loses, repeats,
 * reorders, delays and corrupts frames as its rates say, and is cut one way or both.  What
 * a real transport guarantees is kept: a connection ends with the process at either end.
 */

#include "cast.h"
#include "chance.h"
#include "exchange.h"

enum {
    HOSTS_MAX = CAST_MAX + 1, /* one agency may have been cloned */
    LETTERS_MAX = 2048,       /* waiting for one host; more are lost */
    PAST_MAX = 64,            /* kept for replays */
};

struct letter {
    size_t from, to;
    enum end end; /* the receiver's */
    enum lane lane;
    uint8_t *frame; /* malloc, the letter's own */
    size_t size;
    millis due;
    uint64_t order;
    unsigned from_past, to_life;
    bool corrupted;
};

/* Per thousand frames. */
struct rates {
    unsigned loss, repeat, reorder, corrupt, replay;
    size_t delay_ms; /* at most */
};

struct network {
    struct chance *chance;
    struct rates rates;
    millis now;
    uint64_t order;
    size_t counts[HOSTS_MAX];
    struct letter *boxes[HOSTS_MAX]; /* LETTERS_MAX each, by due time */
    millis last_due[HOSTS_MAX][HOSTS_MAX][2][LANES];
    millis cut_until[HOSTS_MAX][HOSTS_MAX];
    unsigned life[HOSTS_MAX]; /* starts of the process */
    unsigned past[HOSTS_MAX]; /* restores of its disk */
    size_t past_count, past_next;
    struct letter past_letters[PAST_MAX];
};

void network_init(struct network *n, struct chance *chance);
void network_done(struct network *n);
void network_reset(struct network *n);

/* Copies the frame. */
void network_send(struct network *n, const struct letter *like);

/* The next letter due for a host; its frame is the caller's to free. */
bool network_take(struct network *n, size_t host, struct letter *ret);

void network_cut(struct network *n, size_t from, size_t to, millis until);
/* Connections of the two, with what is under way. */
void network_disconnect(struct network *n, size_t a, size_t b);
/* The host's process ends; with `restored` its disk is not the one that sent before. */
void network_restart(struct network *n, size_t host, bool restored);
/* From now on nothing is lost, late or changed. */
void network_calm(struct network *n);

#endif
