#ifndef FLAGPOST_LOG_H
#define FLAGPOST_LOG_H

/*
 * One line an event on standard error, in logfmt, with a stable event name:
 *
 *     ts=2026-11-23T22:09:25Z level=warn event=peer.rejected peer=F50 lane=routine why=hash
 *
 * Values are quoted where needed and control characters escaped, so a peer cannot write a
 * line of its own.  Never content, never keys.
 */

#include "types.h"

enum log_level { LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: the number is the value */
    uint64_t number;
};

void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

/* Lines under this level are left out; LOG_INFO at start. */
void log_set_level(enum log_level level);

#endif
