#ifndef FLAGPOST_ZAP_H
#define FLAGPOST_ZAP_H

/*
 * The ZeroMQ Authentication Protocol (RFC 27/ZAP): libzmq asks this handler about each
 * client key before it admits a connection to the listener.
 *
 * An admitted connection's User-Id is "<32 hex digits>:<CURVE key in hex>".  The digits are
 * random per process: only this handler knows them, so a User-Id that a peer wrote into its
 * own handshake never counts.  The key, not the agency, because a connection is as good as
 * the key that made it: each message is looked up in the roster of that moment.
 */

#include "net_peers.h"

enum { ZAP_SECRET_SIZE = 32, USER_ID_ROOM = ZAP_SECRET_SIZE + 1 + 2 * CURVE_KEY_SIZE + 1 };

struct zap {
    void *socket;
    struct net_peers *peers; /* borrowed */
    char secret[ZAP_SECRET_SIZE + 1];
    uint64_t refused; /* keys */
};

/* Binds inproc://zeromq.zap.01 of the context. */
NODISCARD status zap_open(void *context, struct net_peers *peers, struct zap *ret);
void zap_done(struct zap *z);

/* Answers what has been asked, at most some dozens in a call. */
void zap_serve(struct zap *z);

void zap_user_id_write(const struct zap *z, const uint8_t key[CURVE_KEY_SIZE],
                       char ret[USER_ID_ROOM]);
/* `user_id` may be NULL.  E_DENIED: not of this process's handler.  E_FORM. */
NODISCARD status zap_user_id_read(const struct zap *z, const char *user_id,
                                  uint8_t ret_key[CURVE_KEY_SIZE]);

#endif
