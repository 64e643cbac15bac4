#include "server_dial.h"

#include "server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { TIMEOUT_S = 60, LENGTH_SIZE = 4 };

status server_address(const char *path, struct sockaddr_un *ret)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const size_t size = strlen(path);

    ENSURE(size > 0 && size < sizeof a.sun_path, E_LIMIT);
    memcpy(a.sun_path, path, size);
    *ret = a;
    return OK;
}

static status status_of_connect(int error)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        return E_UNKNOWN;
    case EACCES:
    case EPERM:
        return E_DENIED;
    default:
        return E_IO;
    }
}

static status connect_within(int fd, const struct sockaddr_un *a)
{
    const struct timeval patience = {.tv_sec = TIMEOUT_S};

    ENSURE(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, E_IO);
    ENSURE(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0, E_IO);
    if (connect(fd, (const struct sockaddr *)a, sizeof *a) != 0)
        return status_of_connect(errno);
    return OK;
}

status server_dial(const struct sockaddr_un *a, int *ret_fd)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ENSURE(fd >= 0, E_IO);
    const status s = connect_within(fd, a);
    if (s != OK) {
        (void)close(fd); /* nothing was said on it */
        return s;
    }
    *ret_fd = fd;
    return OK;
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* nothing is buffered in it */
}

static status send_whole(int fd, struct bytes b)
{
    while (b.size > 0) {
        const ssize_t n = send(fd, b.at, b.size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_IO);
        b = bytes_from(b, (size_t)n);
    }
    return OK;
}

static status receive_whole(int fd, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t n = recv(fd, to + done, size - done, 0);
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_IO);
        done += (size_t)n;
    }
    return OK;
}

static status receive_answer(int fd, struct arena *a, struct bytes *ret)
{
    uint8_t length[LENGTH_SIZE];

    TRY(receive_whole(fd, length, sizeof length));
    struct reader r = {.rest = bytes_of(length, sizeof length)};
    const uint32_t size = read_u32(&r);
    ENSURE(size <= CONTROL_BYTES_MAX, E_LIMIT);
    uint8_t *const at = arena_take(a, size);
    ENSURE(at != NULL, E_MEMORY);
    TRY(receive_whole(fd, at, size));
    *ret = bytes_of(at, size);
    return OK;
}

status server_ask(const char *path, struct bytes request, struct arena *a,
                  struct bytes *ret_answer)
{
    struct sockaddr_un address;
    DEFER(close_fd) int fd = -1;
    uint8_t length[LENGTH_SIZE];
    struct writer w = writer_over(length, sizeof length);

    ENSURE(request.size <= CONTROL_BYTES_MAX, E_LIMIT);
    TRY(server_address(path, &address));
    const status dialled = server_dial(&address, &fd);
    if (dialled != OK)
        return dialled == E_UNKNOWN ? E_BUSY : dialled;
    write_u32(&w, (uint32_t)request.size);
    TRY(send_whole(fd, writer_bytes(&w)));
    TRY(send_whole(fd, request));
    return receive_answer(fd, a, ret_answer);
}
