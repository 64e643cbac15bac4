#ifndef FLAGPOST_SANDBOX_H
#define FLAGPOST_SANDBOX_H

/*
 * What the daemon may still ask of the kernel once it has opened everything: a hole in it
 * or in a library below it is then no way to other files, programs or ports.
 *
 * Files by Landlock: the home, and to be read what a look-up of a user or of a host needs
 * (/etc, the time zones, systemd's resolver).  Calls by seccomp: a list of those that are
 * used; another one fails with EPERM, and to run a program or to trace one ends the
 * process. Both hold for all threads and can never be taken back.
 *
 * Order: the files before libzmq has a thread, because Landlock binds the caller and those
 * who come after it; then everything is opened; then the calls.
 */

#include "types.h"

struct sandbox {
    int landlock; /* version of the kernel's interface; 0: it has none */
    bool files, calls;
    bool memory; /* no page of the process goes to swap */
};

/*
 * Locks all memory of the process, now and later, page by page as it is used: libzmq keeps
 * a copy of the CURVE secret in its heap, and a turn's arena holds what was opened.  Under
 * a limit (RLIMIT_MEMLOCK) nothing is locked, because later allocations would fail, and
 * `ret` says so.  After sandbox_files, which begins `ret`.
 */
void sandbox_memory(struct sandbox *ret);

/*
 * `home` is the folder that may be written, `port` the one that may be listened on.  A
 * kernel without Landlock is no failure, and `ret` says so; E_IO: it has it and refused.
 * Nothing is done, and nothing said to be, where the program is built with sanitizers.
 */
NODISCARD status sandbox_files(const char *home, uint16_t port, struct sandbox *ret);

/* From now on nobody listens on a new port, no program is run and no thread begun.  As
 * above. */
NODISCARD status sandbox_calls(struct sandbox *s);

/* For a person: "files and calls", or what is missing. */
const char *sandbox_text(const struct sandbox *s);
const char *sandbox_memory_text(const struct sandbox *s);

#endif
