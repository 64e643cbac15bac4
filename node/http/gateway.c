#include "gateway.h"

#include "address.h"
#include "clock.h"
#include "request.h"
#include "types.h"

#include <malloc.h>
#include <microhttpd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    REQUEST_ARENA = 6 * 1024 * 1024, /* the record, packed and as JSON, and its answer */
    CONNECTION_MEMORY = 16 * 1024,   /* of the library: request line and headers */
    DISCARD_MAX = 4 * 1024 * 1024,   /* of a body that is too large, before we hang up */
    ASK_PATIENCE_S = 10,
};

/* A connection that is open: its deadline is held from outside its thread. */
struct line {
    bool open;
    int fd;
    millis begun;
};

struct gateway {
    struct MHD_Daemon *daemon;
    const char *control;
    bool check_host;
    sem_t asks;
    pthread_mutex_t lock; /* over the lines */
    struct line lines[GATEWAY_CONNECTIONS_MAX];
};

/* One request, from its headers to its answer. */
struct upload {
    uint8_t *body;
    size_t size;    /* kept */
    size_t dropped; /* beyond the limit */
};

/* --- answering --- */

static void wipe_free(void *text)
{
    explicit_bzero(text, malloc_usable_size(text));
    free(text);
}

/* Over a copy, which is wiped when it has been sent or the connection is gone: a record may
 * be in it. */
static struct MHD_Response *response_of(struct bytes json)
{
    void *const text = malloc(json.size + 1); /* +1: never of nothing */

    if (text == NULL)
        return NULL;
    if (json.size > 0)
        memcpy(text, json.at, json.size);
    struct MHD_Response *const response =
        MHD_create_response_from_buffer_with_free_callback(json.size, text, wipe_free);
    if (response == NULL)
        wipe_free(text);
    return response;
}

static enum MHD_Result queue(struct MHD_Connection *connection, const struct http_answer *a)
{
    struct MHD_Response *const response = response_of(a->json);

    if (response == NULL)
        return MHD_NO;
    const struct {
        const char *name, *value;
    } headers[] = {
        {"Content-Type", "application/json"},
        {"Cache-Control", "no-store"},
        {"Connection", "close"},
        {"Allow", a->allow},
        {"Retry-After", !a->later        ? NULL
                        : a->code == 429 ? "60"
                                         : "5"},
        {"WWW-Authenticate", a->code != 401 ? NULL
                             : a->wants_basic
                                 ? "Basic realm=\"flagpost\", charset=\"UTF-8\""
                                 : "Bearer realm=\"flagpost\""},
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        if (headers[i].value != NULL)
            (void)MHD_add_response_header(response, headers[i].name, headers[i].value);
    }
    const enum MHD_Result queued = MHD_queue_response(connection, a->code, response);
    MHD_destroy_response(response);
    return queued;
}

/* --- what is refused at once --- */

static bool length_is_over(const char *length)
{
    return length != NULL &&
           (strlen(length) > 7 || strtoul(length, NULL, 10) > HTTP_BODY_MAX);
}

/* True when it is refused before its body is read. */
static bool refuse(const struct gateway *g, const struct http_heads *h, struct arena *a,
                   struct http_answer *ret)
{
    if (g->check_host && !http_host_is_ours(h->host)) {
        http_refuse(421, E_ADDRESS,
                    "this is the loopback of one machine: name it localhost", a, ret);
        return true;
    }
    if (h->too_long) {
        http_refuse(431, E_LIMIT, "a header is too long", a, ret);
        return true;
    }
    if (http_refuse_early(h->request, a, ret))
        return true;
    if (h->encoding != NULL) {
        http_refuse(415, E_FORM, "send the record as it is, not compressed", a, ret);
        return true;
    }
    if (length_is_over(h->length)) {
        http_refuse(413, E_LIMIT, "a record has at most 256 KiB", a, ret);
        return true;
    }
    return false;
}

/* --- one request --- */

/* Memory of one request, wiped: a record was in it. */
struct room {
    struct arena arena;
};

static bool room_open(struct room *r)
{
    void *const memory = malloc(REQUEST_ARENA);

    arena_init(&r->arena, memory, memory == NULL ? 0 : REQUEST_ARENA);
    return memory != NULL;
}

static void room_done(struct room *r)
{
    void *const memory = r->arena.at;

    arena_reset(&r->arena);
    free(memory);
}

static enum MHD_Result begin(struct gateway *g, struct MHD_Connection *connection,
                             const char *path, const char *method, void **one)
{
    struct room room DEFER(room_done) = {0};
    struct http_request request = {.method = method, .path = path};
    struct http_answer answer;

    if (!room_open(&room))
        return MHD_NO;
    const struct http_heads h = http_read_heads(connection, &request);
    if (refuse(g, &h, &room.arena, &answer))
        return queue(connection, &answer);
    *one = calloc(1, sizeof(struct upload));
    return *one == NULL ? MHD_NO : MHD_YES;
}

/* Kept up to the limit; what is beyond is counted, so that a refusal can still be said. */
static enum MHD_Result take(struct upload *one, const char *data, size_t *size)
{
    if (one->body == NULL)
        one->body = malloc(HTTP_BODY_MAX);
    if (one->body == NULL)
        return MHD_NO;
    const size_t left = HTTP_BODY_MAX - one->size;
    const size_t kept = *size < left ? *size : left;
    memcpy(one->body + one->size, data, kept);
    one->size += kept;
    one->dropped += *size - kept;
    *size = 0;
    return one->dropped > DISCARD_MAX ? MHD_NO : MHD_YES;
}

static bool may_ask(struct gateway *g)
{
    struct timespec until;

    if (clock_gettime(CLOCK_REALTIME, &until) != 0)
        return false;
    until.tv_sec += ASK_PATIENCE_S;
    return sem_timedwait(&g->asks, &until) == 0;
}

static enum MHD_Result finish(struct gateway *g, struct MHD_Connection *connection,
                              const char *path, const char *method,
                              const struct upload *one)
{
    struct room room DEFER(room_done) = {0};
    struct http_request request = {.method = method, .path = path};
    struct http_answer answer;

    if (!room_open(&room))
        return MHD_NO;
    (void)http_read_heads(connection, &request); /* judged already */
    request.body = bytes_of(one->body, one->size);
    if (one->dropped > 0) {
        http_refuse(413, E_LIMIT, "a record has at most 256 KiB", &room.arena, &answer);
    } else if (may_ask(g)) {
        http_answer_request(g->control, &request, &room.arena, &answer);
        (void)sem_post(&g->asks); /* it was taken, so it cannot be over its limit */
    } else {
        http_refuse(503, E_BUSY, "too many ask at once: send it again", &room.arena,
                    &answer);
    }
    return queue(connection, &answer);
}

/* Called with the headers, then with each part of the body, then at its end. */
/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection,
                              const char *path, const char *method, const char *version,
                              const char *data, size_t *size, void **one)
{
    struct gateway *const g = context;

    (void)version;
    if (*one == NULL)
        return begin(g, connection, path, method, one);
    if (*size > 0)
        return take(*one, data, size);
    return finish(g, connection, path, method, *one);
}

static void completed(void *context, struct MHD_Connection *connection, void **one,
                      enum MHD_RequestTerminationCode how)
{
    struct upload *const done = *one;

    (void)context;
    (void)connection;
    (void)how;
    if (done == NULL)
        return;
    if (done->body != NULL)
        explicit_bzero(done->body, done->size);
    free(done->body);
    free(done);
    *one = NULL;
}

/* --- connections --- */

static int fd_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info == NULL ? -1 : info->connect_fd;
}

static void line_opened(struct gateway *g, int fd)
{
    for (size_t i = 0; i < GATEWAY_CONNECTIONS_MAX; i++) {
        if (g->lines[i].open)
            continue;
        g->lines[i] = (struct line){.open = true, .fd = fd, .begun = clock_steady()};
        return;
    }
}

static void line_closed(struct gateway *g, int fd)
{
    for (size_t i = 0; i < GATEWAY_CONNECTIONS_MAX; i++) {
        if (g->lines[i].open && g->lines[i].fd == fd)
            g->lines[i].open = false;
    }
}

/* The library tells of a closing before it closes the descriptor, so while the lock is held
 * no descriptor among the lines is somebody else's. */
static void connection_changed(void *context, struct MHD_Connection *connection,
                               void **socket_context,
                               enum MHD_ConnectionNotificationCode what)
{
    struct gateway *const g = context;

    (void)socket_context;
    MUST(pthread_mutex_lock(&g->lock) == 0);
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        line_opened(g, fd_of(connection));
    else
        line_closed(g, fd_of(connection));
    MUST(pthread_mutex_unlock(&g->lock) == 0);
}

void gateway_tick(struct gateway *g)
{
    const millis now = clock_steady();

    MUST(pthread_mutex_lock(&g->lock) == 0);
    for (size_t i = 0; i < GATEWAY_CONNECTIONS_MAX; i++) {
        const struct line *const line = &g->lines[i];
        /* Its thread sees the end of the stream and goes. */
        if (line->open && now - line->begun > GATEWAY_DEADLINE_MS)
            (void)shutdown(line->fd, SHUT_RDWR); /* gone already: as well */
    }
    MUST(pthread_mutex_unlock(&g->lock) == 0);
}

static struct MHD_Daemon *start_daemon(struct gateway *g, int listener)
{
    return MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, 0,
        NULL, NULL, handle, g, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)GATEWAY_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)GATEWAY_IDLE_S,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)(512 * 1024), MHD_OPTION_NOTIFY_COMPLETED,
        completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, g,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

status gateway_start(const struct gateway_setup *s, struct gateway **ret)
{
    struct gateway *g = calloc(1, sizeof *g);

    ENSURE(g != NULL, E_MEMORY);
    g->control = s->control;
    g->check_host = s->check_host;
    MUST(pthread_mutex_init(&g->lock, NULL) == 0);
    MUST(sem_init(&g->asks, 0, GATEWAY_ASKS_MAX) == 0);
    g->daemon = start_daemon(g, s->listener);
    if (g->daemon == NULL) {
        (void)gateway_free(g); /* NULL by design */
        return E_IO;
    }
    *ret = g;
    return OK;
}

struct gateway *gateway_free(struct gateway *g)
{
    if (g == NULL)
        return NULL;
    if (g->daemon != NULL)
        MHD_stop_daemon(g->daemon); /* waits for its threads; closes the listener */
    (void)sem_destroy(&g->asks);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
    return NULL;
}
