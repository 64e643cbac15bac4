#ifndef FLAGPOST_SERVER_H
#define FLAGPOST_SERVER_H

/*
 * The control socket: a UNIX stream socket in the node's home.  Who is asking is what the
 * kernel says of the other end (SO_PEERCRED), never what it says of itself.  Requests and
 * answers are proto/control.h messages behind a u32 length.
 */

#include "control.h"
#include "types.h"

enum { SERVER_CLIENTS_MAX = 16, PERSON_ROOM = 64 };

struct server;

struct person {
    uint32_t uid;
    char text[PERSON_ROOM]; /* "uid:1000 jsmith" */
};

NODISCARD status server_open(const char *path, struct server **ret);
struct server *server_free(struct server *s);

/* Lets the members of a group of this machine ask too: who else can reach the socket is
 * decided by the folder it is in.  E_CONFIG: there is no such group; E_IO. */
NODISCARD status server_share(struct server *s, const char *group);

/* The number of a user of this machine.  E_CONFIG: there is none of that name. */
NODISCARD status server_user(const char *name, uint32_t *ret);

/* Descriptors to wait for; at most SERVER_CLIENTS_MAX + 1. */
size_t server_fds(const struct server *s, int *ret_fds);

/* Accepts, reads and writes what can be done without waiting. */
void server_poll(struct server *s);

/* A complete request was read that nobody has taken: no descriptor tells of it any more. */
bool server_has_request(const struct server *s);
/* A complete request, or E_BUSY.  `ret_client` names it for the answer; the request borrows
 * from the server's buffer until it is answered. */
NODISCARD status server_next(struct server *s, size_t *ret_client,
                             struct person *ret_person, struct bytes *ret_request);

/* Queues the answer's bytes; what cannot be written now is written by server_poll. */
NODISCARD status server_answer(struct server *s, size_t client, struct bytes answer);

/* --- the other end, for the command line --- */

/* One request, one answer.  E_BUSY: no daemon is listening at `path`. */
NODISCARD status server_ask(const char *path, struct bytes request, struct arena *a,
                            struct bytes *ret_answer);

#endif
