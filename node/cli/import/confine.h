#ifndef FLAGPOST_CONFINE_H
#define FLAGPOST_CONFINE_H

/*
 * A process that reads what strangers wrote gives up everything else first: after
 * confine_enter it can compute, ask for memory within its limit, write to one descriptor
 * and end.  Any other system call kills it.  There is no way back.
 */

#include "status.h"

enum {
    CONFINE_MEMORY_MIB = 512,
    CONFINE_CPU_SECONDS = 30,
};

/* Closes every descriptor but `out`.  E_IO: the system would not; the caller ends then. */
NODISCARD status confine_enter(int out);

#endif
