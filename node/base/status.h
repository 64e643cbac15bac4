#ifndef FLAGPOST_STATUS_H
#define FLAGPOST_STATUS_H

/*
 * One table maps every way a function can fail to the sentence an operator reads and to the
 * coarse class a peer may learn (page "hostile input": one class outward, the full reason
 * inward).  MUST is for what only our own bug can break; ENSURE is for what anyone else
 * can.
 */

#include <stddef.h>

enum reject {
    REJECT_NONE,
    REJECT_BAD_MESSAGE, /* the bytes are not what the protocol allows */
    REJECT_NOT_ENTITLED,
    REJECT_NOT_NOW, /* try again later */
    REJECT_FORK,    /* a second history was shown */
};

/* name, word for logs and --json, sentence for the operator, class for the peer */
#define STATUS_MAP(X)                                                                      \
    X(OK, "ok", "done", REJECT_NONE)                                                       \
    X(E_MEMORY, "memory", "memory set aside for this work is used up", REJECT_NOT_NOW)     \
    X(E_LIMIT, "limit", "a size or a count is over its limit", REJECT_BAD_MESSAGE)         \
    X(E_FORM, "form", "the bytes are not in the one form the protocol allows",             \
      REJECT_BAD_MESSAGE)                                                                  \
    X(E_VALUE, "value", "a field holds a value that its rule refuses", REJECT_BAD_MESSAGE) \
    X(E_VERSION, "version", "made for another version of Flagpost", REJECT_BAD_MESSAGE)    \
    X(E_REALM, "realm", "belongs to another deployment", REJECT_BAD_MESSAGE)               \
    X(E_SIGNATURE, "signature", "the signature is wrong or its key is not known",          \
      REJECT_BAD_MESSAGE)                                                                  \
    X(E_THRESHOLD, "threshold", "too few of the root keys have signed",                    \
      REJECT_BAD_MESSAGE)                                                                  \
    X(E_HASH, "hash", "a hash does not agree with the bytes", REJECT_BAD_MESSAGE)          \
    X(E_ORDER, "order", "not the next in order", REJECT_BAD_MESSAGE)                       \
    X(E_COUNT, "count",                                                                    \
      "the publisher's count of records for us disagrees with what we hold",               \
      REJECT_BAD_MESSAGE)                                                                  \
    X(E_FORK, "fork", "the publisher has shown two histories", REJECT_FORK)                \
    X(E_ADDRESS, "address", "not addressed to this agency", REJECT_NOT_ENTITLED)           \
    X(E_OPEN, "open", "could not be opened", REJECT_BAD_MESSAGE)                           \
    X(E_MARKING, "marking", "marked above what may enter a node", REJECT_NOT_ENTITLED)     \
    X(E_POLICY, "policy", "the rules of today do not permit it", REJECT_NOT_ENTITLED)      \
    X(E_REVOKED, "revoked", "the agency or its key has been revoked", REJECT_NOT_ENTITLED) \
    X(E_ROLLBACK, "rollback", "older than what is already installed", REJECT_BAD_MESSAGE)  \
    X(E_EXPIRED, "expired", "past its validity", REJECT_NOT_ENTITLED)                      \
    X(E_NEWER, "newer", "refers to a newer roster than the one installed", REJECT_NOT_NOW) \
    X(E_DUPLICATE, "duplicate", "already there", REJECT_NONE)                              \
    X(E_UNKNOWN, "unknown", "nothing of that name is held here", REJECT_NOT_ENTITLED)      \
    X(E_BUSY, "busy", "cannot be taken now", REJECT_NOT_NOW)                               \
    X(E_FENCED, "fenced", "this node may not publish until its journal is recovered",      \
      REJECT_NOT_NOW)                                                                      \
    X(E_STORAGE, "storage", "the journal failed", REJECT_NOT_NOW)                          \
    X(E_DAMAGED, "damaged", "the journal is damaged", REJECT_NOT_NOW)                      \
    X(E_IO, "io", "the system refused a file or a socket", REJECT_NOT_NOW)                 \
    X(E_KEY, "key", "the key file could not be opened", REJECT_NOT_NOW)                    \
    X(E_CONFIG, "config", "the configuration is not right", REJECT_NOT_NOW)                \
    X(E_DENIED, "denied", "not permitted to this person", REJECT_NOT_ENTITLED)             \
    X(E_USAGE, "usage", "the command is not complete", REJECT_NONE)                        \
    X(E_SPACE, "space", "the disk of the node has too little room", REJECT_NOT_NOW)        \
    X(E_HELD, "held", "kept as a draft until a person has graded it", REJECT_NONE)         \
    X(E_OFTEN, "often", "asked too often: wait, then ask again", REJECT_NOT_NOW)           \
    X(E_RECALLED, "recalled", "its owner has recalled it", REJECT_NOT_ENTITLED)

typedef enum status {
#define STATUS_ENUM(name, word, sentence, reject) name,
    STATUS_MAP(STATUS_ENUM)
#undef STATUS_ENUM
        STATUS_COUNT
} status;

/* The operator's sentence, without a full stop; static storage. */
const char *status_sentence(status s);

/* One word for logs and --json ("signature"); static storage. */
const char *status_word(status s);

/* What a peer may learn of it. */
enum reject status_reject(status s);

#define NODISCARD       __attribute__((warn_unused_result))
#define DEFER(function) __attribute__((cleanup(function)))

/* Prints file, line and condition to standard error and aborts: in every build. */
__attribute__((noreturn)) void must_fail(const char *file, int line, const char *condition);

#define MUST(condition)                                                                    \
    do {                                                                                   \
        if (!(condition))                                                                  \
            must_fail(__FILE__, __LINE__, #condition);                                     \
    } while (0)

/* TRY and ENSURE are the only macros that return. */
#define TRY(expression)                                                                    \
    do {                                                                                   \
        const status try_status_ = (expression);                                           \
        if (try_status_ != OK)                                                             \
            return try_status_;                                                            \
    } while (0)

#define ENSURE(condition, otherwise)                                                       \
    do {                                                                                   \
        if (!(condition))                                                                  \
            return (otherwise);                                                            \
    } while (0)

/* For a result that does not matter; say why where it is called. */
static inline void status_ignore(status s)
{
    (void)s;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
