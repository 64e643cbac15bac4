#include "address.h"

#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 16, LOCAL_MODE = 0660, HOST_MAX = 64 };

static status read_local(const char *path, struct http_address *ret)
{
    const size_t size = strlen(path);

    ENSURE(size > 0 && path[0] == '/' && size < sizeof ret->local.sun_path, E_FORM);
    *ret = (struct http_address){.is_local = true, .size = sizeof ret->local};
    ret->local.sun_family = AF_UNIX;
    memcpy(ret->local.sun_path, path, size + 1);
    return OK;
}

static status read_port(struct bytes text, uint16_t *ret)
{
    uint64_t port = 0;

    TRY(decimal_decode(text, &port));
    ENSURE(port >= 1 && port <= UINT16_MAX, E_FORM);
    *ret = htons((uint16_t)port);
    return OK;
}

/* By its bits and not by its name: a name is whatever a resolver says today. */
static status read_four(struct bytes host, uint16_t port, struct http_address *ret)
{
    char text[INET_ADDRSTRLEN] = "";
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};

    ENSURE(host.size < sizeof text, E_FORM);
    memcpy(text, host.at, host.size);
    ENSURE(inet_pton(AF_INET, text, &in.sin_addr) == 1, E_FORM);
    ENSURE((ntohl(in.sin_addr.s_addr) >> 24) == 127, E_DENIED);
    *ret = (struct http_address){.size = sizeof in};
    memcpy(&ret->storage, &in, sizeof in);
    return OK;
}

static status read_six(struct bytes host, uint16_t port, struct http_address *ret)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = port};

    ENSURE(host.size < sizeof text, E_FORM);
    memcpy(text, host.at, host.size);
    ENSURE(inet_pton(AF_INET6, text, &in.sin6_addr) == 1, E_FORM);
    ENSURE(IN6_IS_ADDR_LOOPBACK(&in.sin6_addr), E_DENIED);
    *ret = (struct http_address){.size = sizeof in};
    memcpy(&ret->storage, &in, sizeof in);
    return OK;
}

status http_address_read(const char *text, struct http_address *ret)
{
    const struct bytes all = bytes_of_text(text);
    const uint8_t *const colon = memrchr(all.at, ':', all.size);
    uint16_t port = 0;

    if (strncmp(text, "unix:", 5) == 0)
        return read_local(text + 5, ret);
    ENSURE(colon != NULL, E_FORM);
    const struct bytes host = bytes_of(all.at, (size_t)(colon - all.at));
    TRY(read_port(bytes_from(all, host.size + 1), &port));
    if (host.size > 2 && host.at[0] == '[' && host.at[host.size - 1] == ']')
        return read_six(bytes_of(host.at + 1, host.size - 2), port, ret);
    return read_four(host, port, ret);
}

/* --- listening --- */

/* A file that a killed gateway left is removed; one that answers, or is no socket, stays.
 */
static status clear_stale(const struct http_address *a)
{
    struct stat st = {0};

    if (lstat(a->local.sun_path, &st) != 0)
        return errno == ENOENT ? OK : E_IO;
    ENSURE(S_ISSOCK(st.st_mode), E_IO);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ENSURE(fd >= 0, E_IO);
    const bool answered = connect(fd, &a->any, a->size) == 0;
    (void)close(fd); /* nothing was said on it */
    ENSURE(!answered, E_BUSY);
    return unlink(a->local.sun_path) == 0 ? OK : E_IO;
}

static status bind_and_listen(int fd, const struct http_address *a)
{
    const int on = 1;

    /* Its mode, less the umask, becomes the file's: at no moment can others connect. */
    if (a->is_local)
        ENSURE(fchmod(fd, LOCAL_MODE) == 0, E_IO);
    else
        ENSURE(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, E_IO);
    if (bind(fd, &a->any, a->size) != 0)
        return errno == EADDRINUSE ? E_BUSY : E_IO;
    if (a->is_local)
        ENSURE(chmod(a->local.sun_path, LOCAL_MODE) == 0, E_IO);
    return listen(fd, BACKLOG) == 0 ? OK : E_IO;
}

status http_listen(const struct http_address *a, int *ret_fd)
{
    if (a->is_local)
        TRY(clear_stale(a));
    const int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ENSURE(fd >= 0, E_IO);
    const status s = bind_and_listen(fd, a);
    if (s != OK) {
        (void)close(fd); /* nothing was said on it */
        return s;
    }
    *ret_fd = fd;
    return OK;
}

/* --- the Host header --- */

static bool port_is_sound(struct bytes rest)
{
    uint64_t port = 0;

    return rest.size == 0 ||
           (rest.at[0] == ':' && decimal_decode(bytes_from(rest, 1), &port) == OK);
}

bool http_host_is_ours(const char *host)
{
    static const char *const ours[] = {"localhost", "127.0.0.1", "[::1]"};

    if (host == NULL || strlen(host) > HOST_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        const size_t size = strlen(ours[i]);
        if (strncasecmp(host, ours[i], size) == 0 &&
            port_is_sound(bytes_of_text(host + size)))
            return true;
    }
    return false;
}
