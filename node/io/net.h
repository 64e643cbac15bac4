#ifndef FLAGPOST_NET_H
#define FLAGPOST_NET_H

/*
 * ZeroMQ between nodes.  One CURVE ROUTER that listens, and one CURVE DEALER for each
 * publisher and lane that we follow, so that routine bytes never stand before an urgent
 * one. The only user of zmq.h.  Single frames, DONTWAIT always; nothing here retries: what
 * could not be sent is asked for again by the protocol.
 *
 * Who a peer is comes from ZAP alone: the handler, bound before any other socket and closed
 * last, answers with a User-Id of <random per process>:<CURVE key>, and a message counts
 * only with that prefix, because a CURVE server without a ZAP handler lets a peer name
 * itself, and only while the applied roster has an agency with that key.
 */

#include "roster.h"

struct net;

/* Which end of a connection we are: we publish to the peer, or follow it. */
enum net_end { NET_PUBLISHING, NET_FOLLOWING };

struct net_setup {
    struct agency_id self;
    struct keyring *keyring;
    const char *endpoint; /* tcp://host:port to listen on */
    /* ipc:// path of the local PUB feed, or NULL.  Who may connect follows from the folder
     * and from the umask. */
    const char *feed;
};

/* Binds ZAP, then the feed, then the listener.  E_IO when an option that security needs
 * cannot be set. */
NODISCARD status net_open(const struct net_setup *s, struct net **ret);
struct net *net_free(struct net *n);

/*
 * Admits the agencies of a roster by CURVE key, drops the others: connections of agencies
 * that are no longer current are dropped.  Connects to (and disconnects from) publishers so
 * that all lanes of every other current agency with an endpoint are followed.  `now` is the
 * wall clock's: apply the same roster again from time to time, so that validity that ends
 * takes effect.  When the keyring has another CURVE key in use than the sockets have, all
 * of them are opened anew with it, over the same listening socket of the kernel.  E_IO: a
 * publisher could not be dialled (its address, or no descriptors); all else was applied,
 * and it is tried again.
 */
NODISCARD status net_apply(struct net *n, const struct roster *r, millis now);

/* False when the keyring has chosen another CURVE key since: apply the roster again. */
bool net_is_keyed(const struct net *n);

struct net_message {
    struct agency_id peer;
    enum net_end end;
    enum lane lane;
    struct bytes frame; /* valid until the next call */
};

/* Waits up to `timeout_ms` for a message or for one of `fds` (at most NET_FDS_MAX) to be
 * readable; fills ret_ready[i].  Returns how many are ready; 0 also before the time, on a
 * signal or when only a key had to be judged.  Call it at least once a second: it also
 * judges keys and dials again. */
enum { NET_FDS_MAX = 32 };
size_t net_wait(struct net *n, const int *fds, size_t count, bool *ret_ready,
                int timeout_ms);

/* The next message from anyone, fair between sockets; E_BUSY when there is none (or only
 * ones to drop: net_wait then returns at once).  Messages without a valid identity,
 * multipart ones, and those without the prefix of this version and lane or over
 * FRAME_BYTES_MAX are dropped and counted. */
NODISCARD status net_receive(struct net *n, struct net_message *ret);

/* E_BUSY: cannot go now (no connection, or the peer's queue is full). */
NODISCARD status net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                          enum lane lane, struct bytes frame);

/* A content-free hint to the agency's own systems: "<agency> <lane> <index>". */
void net_feed(struct net *n, const char *text);

struct net_counts {
    uint64_t dropped_unknown, dropped_multipart;
    uint64_t dropped_short; /* no prefix that counts */
    uint64_t refused_keys;
    /* Connections that the guard has cut (net_guard.h), by reason. */
    uint64_t cut_slow, cut_bytes, cut_crowd, cut_revoked;
    uint64_t barred; /* addresses that dialled without end (net_door.h) */
    /* Now: open ones, those of them that have said nothing valid, bytes not yet read. */
    size_t connections, strangers;
    uint64_t held_bytes;
};
struct net_counts net_counts(const struct net *n);

#endif
