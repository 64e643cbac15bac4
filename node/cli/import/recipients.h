#ifndef FLAGPOST_RECIPIENTS_H
#define FLAGPOST_RECIPIENTS_H

/* How many of an import's records each agency is sent: the last lines of the screen. */

#include "bounds.h"
#include "bytes.h"
#include "types.h"

struct recipients {
    size_t count;
    struct recipient_tally {
        struct agency_id agency;
        size_t records;
    } at[AGENCIES_MAX];
};

/* Of one record: agencies with blanks between them, as the node names them.  What is none,
 * or one too many, is not counted. */
void recipients_add(struct recipients *r, struct bytes to);

/* "to JFC 40, SWROCU 38", with a newline; nothing where there are none. */
void recipients_print(const struct recipients *r);
/* ,"to":{"JFC":40,"SWROCU":38} */
void recipients_print_json(const struct recipients *r);

#endif
