#ifndef FLAGPOST_INGEST_TROUBLE_H
#define FLAGPOST_INGEST_TROUBLE_H

/* Whether the node's answer is about the record that was asked about, or about the node or
 * the person who asks.  Private to this folder. */

#include "status.h"

#include <stdbool.h>

/* The next record would have the same answer, or nobody can say: it is told, the run ends,
 * and the record stays as it is for the next one. */
bool ingest_is_trouble(status s);

#endif
