#include "server.h"

#include "clock.h"
#include "server_dial.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LENGTH_SIZE = 4,
    CLIENT_SILENCE_MS = 30000, /* no byte moved for so long: the place is for others */
    LISTENER = SERVER_CLIENTS_MAX,
    PASSWD_ROOM = 4096,
};

/*
 *  FREE -> READING -> COMPLETE -> ASKED -> WRITING -> READING
 *
 *  READING and WRITING end in FREE when the other end fails or falls silent.  From COMPLETE
 *  to the answer nothing is expected of the socket and it is not watched, so the place
 * stays the same client's even if that client has gone.
 */
enum phase {
    CLIENT_FREE,
    CLIENT_READING,
    CLIENT_COMPLETE,
    CLIENT_ASKED,
    CLIENT_WRITING,
};

struct client {
    enum phase phase;
    int fd;
    millis moved; /* when a byte was last taken or given */
    uint8_t length[LENGTH_SIZE];
    uint8_t *buffer; /* the request, or the answer with its length */
    size_t size;
    size_t done; /* when reading, counts the bytes of the length, too */
};

struct server {
    int listener;
    int watch; /* epoll: one descriptor that tells of reading and of writing */
    bool full; /* the listener is not watched */
    size_t next;
    struct sockaddr_un address;
    struct client clients[SERVER_CLIENTS_MAX];
};

static void buffer_drop(struct client *c)
{
    /* Requests and answers hold records' text. */
    if (c->buffer != NULL)
        explicit_bzero(c->buffer, c->size);
    free(c->buffer);
    c->buffer = NULL;
    c->size = 0;
    c->done = 0;
}

static bool watch_change(struct server *s, int operation, int fd, uint32_t events, size_t i)
{
    struct epoll_event e = {.events = events, .data.u64 = i};

    return epoll_ctl(s->watch, operation, fd, &e) == 0;
}

/* With every place taken, new callers wait in the kernel's queue. */
static void listen_while_free(struct server *s)
{
    bool full = true;

    for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++)
        full = full && s->clients[i].phase != CLIENT_FREE;
    if (full != s->full &&
        watch_change(s, EPOLL_CTL_MOD, s->listener, full ? 0 : EPOLLIN, LISTENER))
        s->full = full;
}

static void client_close(struct server *s, size_t i)
{
    struct client *const c = &s->clients[i];

    buffer_drop(c);
    (void)close(c->fd); /* also takes it off the watch */
    *c = (struct client){.phase = CLIENT_FREE, .fd = -1};
    listen_while_free(s);
}

static void client_accept(struct server *s)
{
    size_t i = 0;

    while (i < SERVER_CLIENTS_MAX && s->clients[i].phase != CLIENT_FREE)
        i++;
    if (i == SERVER_CLIENTS_MAX)
        return;
    const int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return; /* gone again, or out of descriptors: the next poll tries anew */
    if (!watch_change(s, EPOLL_CTL_ADD, fd, EPOLLIN, i)) {
        (void)close(fd);
        return;
    }
    s->clients[i] =
        (struct client){.phase = CLIENT_READING, .fd = fd, .moved = clock_steady()};
    listen_while_free(s);
}

/* The length has been read: it is judged before a byte is set aside for it. */
static bool request_begin(struct client *c)
{
    struct reader r = {.rest = bytes_of(c->length, LENGTH_SIZE)};
    const uint32_t size = read_u32(&r);

    if (size == 0 || size > CONTROL_BYTES_MAX)
        return false;
    c->buffer = malloc(size);
    if (c->buffer == NULL)
        return false;
    c->size = size;
    return true;
}

/* One read; false when the client is to be closed. */
static bool client_read(struct server *s, size_t i)
{
    struct client *const c = &s->clients[i];
    const bool in_length = c->done < LENGTH_SIZE;
    uint8_t *const to =
        in_length ? c->length + c->done : c->buffer + (c->done - LENGTH_SIZE);
    const size_t room = in_length ? LENGTH_SIZE - c->done : c->size + LENGTH_SIZE - c->done;
    const ssize_t n = recv(c->fd, to, room, 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    c->done += (size_t)n;
    c->moved = clock_steady();
    if (c->done == LENGTH_SIZE)
        return request_begin(c);
    if (c->done < c->size + LENGTH_SIZE)
        return true;
    c->phase = CLIENT_COMPLETE;
    return watch_change(s, EPOLL_CTL_DEL, c->fd, 0, i);
}

/* One write; false when the client is to be closed. */
static bool client_write(struct server *s, size_t i)
{
    struct client *const c = &s->clients[i];
    const ssize_t n = send(c->fd, c->buffer + c->done, c->size - c->done, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    c->done += (size_t)n;
    c->moved = clock_steady();
    if (c->done < c->size)
        return true;
    buffer_drop(c);
    c->phase = CLIENT_READING;
    return watch_change(s, EPOLL_CTL_MOD, c->fd, EPOLLIN, i);
}

static void client_serve(struct server *s, size_t i)
{
    bool good = true;

    switch (s->clients[i].phase) {
    case CLIENT_READING:
        good = client_read(s, i);
        break;
    case CLIENT_WRITING:
        good = client_write(s, i);
        break;
    case CLIENT_FREE:     /* closed earlier in this round */
    case CLIENT_COMPLETE: /* not watched */
    case CLIENT_ASKED:
        break;
    }
    if (!good)
        client_close(s, i);
}

static void close_the_silent(struct server *s)
{
    const millis now = clock_steady();

    for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
        const struct client *const c = &s->clients[i];
        const bool waiting = c->phase == CLIENT_READING || c->phase == CLIENT_WRITING;
        if (waiting && now - c->moved > CLIENT_SILENCE_MS)
            client_close(s, i);
    }
}

void server_poll(struct server *s)
{
    enum { ROUNDS = 4 }; /* bounded: a client that always has more takes its turns */
    struct epoll_event events[SERVER_CLIENTS_MAX + 1];
    int count = 1;

    for (int round = 0; round < ROUNDS && count > 0; round++) {
        count = epoll_wait(s->watch, events, COUNT_OF(events), 0);
        for (int k = 0; k < count; k++) {
            if (events[k].data.u64 == LISTENER)
                client_accept(s);
            else
                client_serve(s, events[k].data.u64);
        }
    }
    close_the_silent(s);
}

bool server_has_request(const struct server *s)
{
    for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
        if (s->clients[i].phase == CLIENT_COMPLETE)
            return true;
    }
    return false;
}

status server_next(struct server *s, size_t *ret_client, struct person *ret_person,
                   struct bytes *ret_request)
{
    for (size_t n = 0; n < SERVER_CLIENTS_MAX; n++) {
        const size_t i = s->next;
        struct client *const c = &s->clients[i];
        s->next = (s->next + 1) % SERVER_CLIENTS_MAX;
        if (c->phase != CLIENT_COMPLETE)
            continue;
        if (server_person(c->fd, ret_person) != OK) {
            client_close(s, i);
            continue;
        }
        c->phase = CLIENT_ASKED;
        *ret_client = i;
        *ret_request = bytes_of(c->buffer, c->size);
        return OK;
    }
    return E_BUSY;
}

status server_answer(struct server *s, size_t client, struct bytes answer)
{
    MUST(client < SERVER_CLIENTS_MAX && s->clients[client].phase == CLIENT_ASKED);
    struct client *const c = &s->clients[client];
    const size_t size = LENGTH_SIZE + answer.size;
    uint8_t *const at = answer.size <= CONTROL_BYTES_MAX ? malloc(size) : NULL;

    if (at == NULL) {
        client_close(s, client);
        return answer.size > CONTROL_BYTES_MAX ? E_LIMIT : E_MEMORY;
    }
    struct writer w = writer_over(at, size);
    write_u32(&w, (uint32_t)answer.size);
    write_bytes(&w, answer);
    buffer_drop(c);
    c->buffer = at;
    c->size = size;
    c->moved = clock_steady();
    c->phase = CLIENT_WRITING;
    /* Whoever has gone meanwhile gets no answer, which is no failure of ours. */
    if (!watch_change(s, EPOLL_CTL_ADD, c->fd, EPOLLOUT, client) ||
        !client_write(s, client))
        client_close(s, client);
    return OK;
}

size_t server_fds(const struct server *s, int *ret_fds)
{
    ret_fds[0] = s->watch;
    return 1;
}

/* A socket file that a killed daemon left is removed; one that answers, or that is no
 * socket, stays. */
static status clear_stale(const struct sockaddr_un *a)
{
    struct stat st = {0};
    int fd = -1;

    if (lstat(a->sun_path, &st) != 0)
        return errno == ENOENT ? OK : E_IO;
    ENSURE(S_ISSOCK(st.st_mode), E_IO);
    const status answered = server_dial(a, &fd);
    if (answered == OK)
        (void)close(fd); /* nothing was said on it */
    ENSURE(answered == E_UNKNOWN, E_BUSY);
    return unlink(a->sun_path) == 0 ? OK : E_IO;
}

static bool server_bind(struct server *s, const struct sockaddr_un *a)
{
    if (s->listener < 0 || s->watch < 0)
        return false;
    /* On Linux the mode of the socket is that of the file which bind(2) makes of it, so
     * there is no moment in which others could connect. */
    if (fchmod(s->listener, 0600) != 0 ||
        bind(s->listener, (const struct sockaddr *)a, sizeof *a) != 0)
        return false;
    s->address = *a; /* from now on the file is ours to remove */
    return listen(s->listener, SERVER_CLIENTS_MAX) == 0 &&
           watch_change(s, EPOLL_CTL_ADD, s->listener, EPOLLIN, LISTENER);
}

status server_open(const char *path, struct server **ret)
{
    struct sockaddr_un address;

    TRY(server_address(path, &address));
    TRY(clear_stale(&address));
    struct server *s = calloc(1, sizeof *s);
    ENSURE(s != NULL, E_MEMORY);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    s->watch = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++)
        s->clients[i].fd = -1;
    if (!server_bind(s, &address)) {
        (void)server_free(s); /* NULL by design */
        return E_IO;
    }
    *ret = s;
    return OK;
}

status server_share(struct server *s, const char *group)
{
    char room[PASSWD_ROOM];
    struct group entry;
    struct group *g = NULL;

    ENSURE(getgrnam_r(group, &entry, room, sizeof room, &g) == 0 && g != NULL, E_CONFIG);
    ENSURE(chown(s->address.sun_path, (uid_t)-1, g->gr_gid) == 0, E_IO);
    return chmod(s->address.sun_path, 0660) == 0 ? OK : E_IO;
}

struct server *server_free(struct server *s)
{
    if (s == NULL)
        return NULL;
    /* The name first: who finds it connects. */
    if (s->address.sun_path[0] != '\0')
        (void)unlink(s->address.sun_path);
    for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
        buffer_drop(&s->clients[i]);
        if (s->clients[i].fd >= 0)
            (void)close(s->clients[i].fd);
    }
    if (s->listener >= 0)
        (void)close(s->listener);
    if (s->watch >= 0)
        (void)close(s->watch);
    free(s);
    return NULL;
}
