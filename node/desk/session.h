#ifndef FLAGPOST_DESK_SESSION_H
#define FLAGPOST_DESK_SESSION_H

/*
 * A person over HTTP.  Who is named as an operator sets a password at the control socket,
 * where the kernel says who it is, and nobody else ever knows it; name and password give a
 * session, and its token the same roles as at the control socket, looked up anew for each
 * request.  Kept are the password as Argon2id text on the shelf, and digests of tokens in
 * memory, so that no session outlives the process.  Private to this folder.
 */

#include "desk.h"

enum {
    SESSION_IDLE_MS = 15 * 60 * 1000,
    SESSION_MOST_MS = 12 * 60 * 60 * 1000, /* however busy it is */
    /* Guesses: of one name within a quarter of an hour; of all that have a password here
     * within a minute, and so many of all that have none, so that whoever makes names up
     * keeps nobody out.  Each costs the node's one thread a password's check. */
    GUESSES_OF_ONE_MAX = 5,
    GUESSES_OF_ALL_MAX = 20,
    GUESSES_OF_ONE_MS = 15 * 60 * 1000,
};

/* --- what is kept in memory; times are of the steady clock --- */

/* The place of the one unused for longest is taken when there is no other. */
void sessions_begin(struct session_watch *w, const struct session *s);
/* NULL: not known, or over.  Else it is used now. */
struct session *sessions_find(struct session_watch *w, const uint8_t digest[32],
                              millis now);
void sessions_end_of(struct session_watch *w, uint32_t uid);
/* Counts one more try of a name; false when it may not be made now. */
bool sessions_may_guess(struct guesses *g, const uint8_t name[32], millis now);
/* Of names that were not tried yet, none may be for now. */
bool sessions_are_guessed(const struct guesses *g, millis now);
/* It was not looked at: the try that was counted last is none. */
void sessions_untry(struct guesses *g, const uint8_t name[32]);
/* The name's own count, once the right password was given. */
void sessions_forgive(struct guesses *g, const uint8_t name[32]);

/* --- calls --- */

/* Whether a token is a session's by its form. */
bool session_is_token(struct bytes token);
/* Makes the call's person the session's.  E_REVOKED or E_DENIED, with the sentence. */
NODISCARD status session_admit(struct desk *d, struct call *c, struct bytes token);
/* The person may no longer sign in, and is signed out. */
NODISCARD status session_forget(struct desk *d, uint32_t uid);

#endif
