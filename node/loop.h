#ifndef FLAGPOST_LOOP_H
#define FLAGPOST_LOOP_H

/*
 * The daemon: one thread owns all state, and one turn is receive, decide, commit once,
 * send. Durable before visible: nothing is sent or answered before journal and head guard
 * are on the disk.  A commit that fails has an unknown outcome; the process then ends with
 * LOOP_UNKNOWN and a restart rebuilds everything from the journal.
 */

#include "desk.h"
#include "net.h"

enum { LOOP_UNKNOWN = 74 }; /* EX_IOERR */

struct node;

struct node_setup {
    const char *home;
    struct keyring *keyring; /* taken over */
    struct config config;
};

/* Opens journal, exchange, sockets.  On failure `fault`, of at least 256 bytes, has a
 * sentence for the operator. */
NODISCARD status node_open(const struct node_setup *setup, char *fault, size_t fault_room,
                           struct node **ret);
struct node *node_free(struct node *n);

/* Runs until SIGTERM or SIGINT; returns the process's exit code. */
int node_run(struct node *n);

#endif
