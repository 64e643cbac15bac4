#ifndef FLAGPOST_SIM_MODEL_STORE_H
#define FLAGPOST_SIM_MODEL_STORE_H

/*
 * A store of rows in memory that are only ever appended, so that a commit, a crash, a
 * backup and a restore are each a matter of a few counts.  The newest row of a key is the
 * one that holds.
 */

#include "backing.h"

/* Its ops free it.  Worlds use it again after reset.  Each has a number. */
struct backing model_backing(unsigned number);

#endif
