#ifndef FLAGPOST_SANDBOX_FILTER_H
#define FLAGPOST_SANDBOX_FILTER_H

/* The list of calls, as a seccomp program (seccomp(2)). */

#include "types.h"

/* For all threads of the process, for good.  False in `ret`: the kernel has no seccomp.
 * E_IO: it refused. */
NODISCARD status sandbox_filter(bool *ret);

#endif
