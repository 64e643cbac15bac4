#include "driver.h"

#include "file.h"
#include "server.h"

#include <pthread.h>
#include <stddef.h>

/*
 * ask SOCKET RECORD SECONDS CLIENTS
 *
 * Publishes one packed record again and again through the control socket, as so many
 * callers at once: the whole way of a bureau's own system, rules and routing included.  An
 * answer means that the record is durable.  Prints as load does.
 */

enum { CLIENT_ARENA = 1024 * 1024, ANSWERS_ROOM = 50000 };

struct client {
    pthread_t thread;
    const char *socket;
    struct bytes request;
    uint64_t until;
    size_t count;
    uint64_t samples[ANSWERS_ROOM];
};

static void ask_once(struct client *c, struct arena *a)
{
    struct bytes got = {0};
    struct control_answer answer = {0};
    const uint64_t begun = bench_now();

    arena_reset(a);
    CHECK_OK(server_ask(c->socket, c->request, a, &got));
    CHECK_OK(control_answer_decode(got, a, &answer));
    CHECK_OK(answer.status);
    c->samples[c->count++] = bench_now() - begun;
}

static void *ask_on(void *context)
{
    struct client *const c = context;
    void *const memory = malloc(CLIENT_ARENA);
    struct arena a;

    CHECK(memory != NULL);
    arena_init(&a, memory, CLIENT_ARENA);
    while (bench_now() < c->until && c->count < ANSWERS_ROOM)
        ask_once(c, &a);
    free(memory);
    return NULL;
}

static void tell(struct client *clients, size_t count, uint64_t seconds)
{
    uint64_t *const all = calloc(count * ANSWERS_ROOM, sizeof *all);
    size_t total = 0;

    CHECK(all != NULL);
    for (size_t i = 0; i < count; i++) {
        memcpy(all + total, clients[i].samples, clients[i].count * sizeof *all);
        total += clients[i].count;
    }
    (void)printf("{\"event\":\"end\",\"answered\":%zu,\"seconds\":%llu,\"p50_ms\":%.2f,"
                 "\"p99_ms\":%.2f}\n",
                 total, (unsigned long long)seconds,
                 (double)bench_percentile(all, total, 50) / 1e6,
                 (double)bench_percentile(all, total, 99) / 1e6);
    (void)fflush(stdout);
    free(all);
}

/* Lives as long as the program: the request borrows from it. */
static struct bytes request_of(const char *path, size_t *ret_record_size)
{
    static _Alignas(max_align_t) uint8_t memory[CLIENT_ARENA];
    struct arena a;
    struct control_field field = {.name = bytes_of_text("record")};
    const struct control_request request = {
        .verb = bytes_of_text("publish"), .argument_count = 1, .arguments = &field};
    struct bytes encoded = {0};

    arena_init(&a, memory, sizeof memory);
    CHECK_OK(file_read(path, CONTENT_BYTES_MAX, &a, &field.value));
    CHECK_OK(control_request_encode(&request, &a, &encoded));
    *ret_record_size = field.value.size;
    return encoded;
}

int main(int argc, char **argv)
{
    static struct client clients[SERVER_CLIENTS_MAX];
    size_t record_size = 0;

    if (argc != 5) {
        (void)fprintf(stderr, "usage: ask SOCKET RECORD SECONDS CLIENTS\n");
        return 2;
    }
    const struct bytes request = request_of(argv[2], &record_size);
    const uint64_t seconds = strtoull(argv[3], NULL, 10);
    const size_t count = strtoull(argv[4], NULL, 10);
    CHECK(seconds > 0 && count >= 1 && count <= COUNT_OF(clients));
    (void)printf("{\"event\":\"begin\",\"record_bytes\":%zu}\n", record_size);
    (void)fflush(stdout);
    const uint64_t until = bench_now() + seconds * 1000000000u;
    for (size_t i = 0; i < count; i++) {
        clients[i].socket = argv[1];
        clients[i].request = request;
        clients[i].until = until;
        CHECK_INT(pthread_create(&clients[i].thread, NULL, ask_on, &clients[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        CHECK_INT(pthread_join(clients[i].thread, NULL), 0);
    tell(clients, count, seconds);
    return 0;
}
