#include "entropy.h"

#include <errno.h>
#include <sys/random.h>

void entropy_fill(void *to, size_t size)
{
    uint8_t *at = to;

    while (size > 0) {
        const ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        MUST(got > 0);
        at += got;
        size -= (size_t)got;
    }
}
