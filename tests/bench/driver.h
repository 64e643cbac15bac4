#ifndef FLAGPOST_BENCH_DRIVER_H
#define FLAGPOST_BENCH_DRIVER_H

/*
 * A node under load.  It opens a home as `flagpost run` does and turns as loop.c does, but
 * submits records itself, because the control socket takes one record a request from at
 * most SERVER_CLIENTS_MAX callers and so cannot keep a thousand in flight.  What that
 * leaves out is the desk: rules and routing.
 *
 * A failure ends the program: there is nothing to measure then.
 */

#include "check.h"
#include "node.h"

enum { BENCH_RECORD_BYTES = 1024, BENCH_PEERS_MAX = 16 };

struct driver {
    struct node *node;
    size_t peer_count;
    struct agency_id peers[BENCH_PEERS_MAX]; /* who each record is for */
    uint8_t memory[16 * BENCH_RECORD_BYTES];
    struct arena arena; /* of the record's items */
    struct bytes items[2];
    /* What is sent, where that is not the same record each time. */
    void (*vary)(struct driver *d);
    uint64_t varied; /* so many were */
    const struct bytes *sent;
    size_t sent_count;
    bool more;           /* the last turn left work */
    uint64_t taken_at;   /* when the last turn had taken what had come, before its commit */
    uint64_t durable_at; /* when its commit was done; 0: nothing to commit */
    uint64_t commits;
};

/* Nanoseconds of the monotonic clock. */
uint64_t bench_now(void);

/* `peers` are the agencies' names. */
void driver_open(struct driver *d, const char *home, const char *credential,
                 char *const *peers, size_t peer_count);
void driver_done(struct driver *d);

/* One turn with up to `wanted` new records; returns how many the exchange took. */
size_t driver_turn(struct driver *d, size_t wanted);

/* Waits for a message of a peer, not at all when the last turn left work. */
void driver_wait(struct driver *d, int timeout_ms);

/* Turns until every recipient follows our routine stream. */
void driver_meet(struct driver *d);

/* Own routine entries, and how many of them every recipient has signed for. */
sequence driver_size(const struct driver *d);
sequence driver_stored(const struct driver *d);

/* The value that `percent` of the samples do not exceed; sorts them. */
uint64_t bench_percentile(uint64_t *samples, size_t count, unsigned percent);

#endif
