#ifndef FLAGPOST_NODE_H
#define FLAGPOST_NODE_H

/* The daemon's state, shared by open.c (start and stop), loop.c (turns) and admit.c alone.
 */

#include "loop.h"
#include "space.h"
#include "succession.h"

#define NODE_RESTORED "restored" /* in the home: from which backup (cli/restore.c) */

enum { SCRATCH_BYTES = 4 * 1024 * 1024 };

struct node {
    const char *home; /* the caller's */
    struct config config;
    struct keyring *keyring;
    struct succession_mark succession; /* as its keys were last taken */
    struct journal *journal;
    struct net *net;
    struct server *server;
    int signal_fd;
    struct space space;
    struct exchange *exchange;
    struct effects *effects;
    struct desk desk;
    void *arena_memory, *scratch_memory;
    struct arena arena;   /* the turn's */
    struct arena scratch; /* for walking the journal */
    struct call calls[SERVER_CLIENTS_MAX];
    uint32_t applied_roster; /* version that the transport admits by */
    millis applied_at;       /* monotonic */
    millis ticked_at;        /* monotonic */
    millis cuts_told_at;     /* monotonic; 0: none yet */
    struct net_counts told;  /* what the log knows */
    millis idle_since;
    bool stop;
};

/* Its new epoch is durable: from now on a restored home is one like any other. */
void node_forget_origin(struct node *n);

/* --- admit.c --- */
/* Keys that `rekey` has put beside ours are at hand before a roster lists them. */
void node_take_keys(struct node *n);
/* When the roster has changed or our transport key, and every minute: an agency's validity
 * may have ended, and the time of a key of ours, which is then destroyed. */
void node_apply_roster(struct node *n);

#endif
