#include "driver.h"

/*
 * load throughput HOME CREDENTIAL SECONDS WINDOW PEER...
 * load latency HOME CREDENTIAL COUNT PAUSE_MS PEER...
 * load fill HOME CREDENTIAL COUNT 0 PEER
 *
 * Prints {"event":"begin"} when what follows is measured, and one object with the result.
 */

enum { WARM_NS = 1000000000, SAMPLES_MAX = 2000000, WAIT_MS = 250, GIVE_UP_S = 20 };

struct window {
    struct driver *d;
    size_t wide;
    uint64_t *submitted_at; /* by index, modulo `wide` */
    sequence next_stored;
    uint64_t *samples;
    size_t sample_count;
    uint64_t groups, turns;
};

static void begin(void)
{
    (void)printf("{\"event\":\"begin\"}\n");
    (void)fflush(stdout);
}

/* One turn; a latency sample for each record that is now stored everywhere. */
static void step(struct window *w, bool submit)
{
    const sequence before = driver_size(w->d);
    const size_t room = w->wide - (size_t)(before - w->next_stored);
    const uint64_t now = bench_now();

    const size_t taken = driver_turn(w->d, submit ? room : 0);
    for (size_t i = 0; i < taken; i++)
        w->submitted_at[(before + i) % w->wide] = now;
    w->groups += taken > 0;
    w->turns++;
    const sequence stored = driver_stored(w->d);
    const uint64_t done = bench_now();
    for (; w->next_stored < stored; w->next_stored++) {
        if (w->sample_count < SAMPLES_MAX)
            w->samples[w->sample_count++] =
                done - w->submitted_at[w->next_stored % w->wide];
    }
    const bool full = driver_size(w->d) - w->next_stored >= w->wide;
    driver_wait(w->d, submit && !full ? 0 : WAIT_MS);
}

static void drain(struct window *w)
{
    const uint64_t begun = bench_now();

    while (w->next_stored < driver_size(w->d)) {
        CHECK((bench_now() - begun) / 1000000000u < GIVE_UP_S);
        step(w, false);
    }
}

static void throughput(struct driver *d, uint64_t seconds, size_t wide)
{
    struct window w = {.d = d,
                       .wide = wide,
                       .submitted_at = calloc(wide, sizeof *w.submitted_at),
                       .next_stored = driver_size(d),
                       .samples = malloc(SAMPLES_MAX * sizeof *w.samples)};

    CHECK(w.submitted_at != NULL && w.samples != NULL);
    const uint64_t warm = bench_now();
    while (bench_now() - warm < WARM_NS)
        step(&w, true);
    begin();
    w.sample_count = 0;
    w.groups = 0;
    w.turns = 0;
    const uint64_t begun = bench_now();
    const uint64_t commits = d->commits;
    const sequence first = driver_size(d);
    const sequence stored = w.next_stored;
    while (bench_now() - begun < seconds * 1000000000u)
        step(&w, true);
    const double took = (double)(bench_now() - begun) / 1e9;
    (void)printf("{\"event\":\"end\",\"stored\":%llu,\"seconds\":%.3f,\"group\":%.1f,"
                 "\"commits\":%llu,\"turns\":%llu,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
                 (unsigned long long)(w.next_stored - stored), took,
                 (double)(driver_size(d) - first) / (double)(w.groups > 0 ? w.groups : 1),
                 (unsigned long long)(d->commits - commits), (unsigned long long)w.turns,
                 (double)bench_percentile(w.samples, w.sample_count, 50) / 1e6,
                 (double)bench_percentile(w.samples, w.sample_count, 99) / 1e6);
    (void)fflush(stdout);
    drain(&w);
    (void)printf("{\"event\":\"drained\",\"total\":%llu}\n",
                 (unsigned long long)driver_size(d));
    free(w.submitted_at);
    free(w.samples);
}

/* What is left of the record before: the peers' own audit entries, our cosignatures. */
static void settle(struct driver *d, uint64_t pause_ns)
{
    const uint64_t begun = bench_now();

    while (bench_now() - begun < pause_ns) {
        (void)driver_turn(d, 0);
        driver_wait(d, 1);
    }
}

/* Nanoseconds since a record was submitted. */
struct moments {
    uint64_t *durable, *stored, *receipted;
};

static void send_one(struct driver *d, const struct moments *m, size_t i)
{
    const uint64_t begun = bench_now();

    CHECK_INT(driver_turn(d, 1), 1);
    m->durable[i] = d->durable_at - begun;
    while (driver_stored(d) < driver_size(d)) {
        CHECK((bench_now() - begun) / 1000000000u < GIVE_UP_S);
        driver_wait(d, WAIT_MS);
        (void)driver_turn(d, 0);
    }
    m->stored[i] = d->taken_at - begun;
    m->receipted[i] = d->durable_at - begun;
}

static void tell_moment(const char *name, uint64_t *samples, size_t count)
{
    (void)printf(",\"%s_p50_us\":%.0f,\"%s_p99_us\":%.0f", name,
                 (double)bench_percentile(samples, count, 50) / 1e3, name,
                 (double)bench_percentile(samples, count, 99) / 1e3);
}

static void latency(struct driver *d, size_t count, uint64_t pause_ms)
{
    const struct moments m = {.durable = calloc(count, sizeof *m.durable),
                              .stored = calloc(count, sizeof *m.stored),
                              .receipted = calloc(count, sizeof *m.receipted)};

    CHECK(m.durable != NULL && m.stored != NULL && m.receipted != NULL);
    settle(d, WARM_NS);
    begin();
    for (size_t i = 0; i < count; i++) {
        settle(d, pause_ms * 1000000u);
        send_one(d, &m, i);
    }
    (void)printf("{\"event\":\"end\",\"records\":%zu", count);
    tell_moment("durable", m.durable, count);
    tell_moment("stored", m.stored, count);
    tell_moment("receipted", m.receipted, count);
    (void)printf("}\n");
    (void)fflush(stdout);
    free(m.durable);
    free(m.stored);
    free(m.receipted);
}

/* Nobody is there to take them: only the journal grows. */
static void fill(struct driver *d, sequence count)
{
    const uint64_t begun = bench_now();

    begin();
    while (driver_size(d) < count)
        (void)driver_turn(d, (size_t)(count - driver_size(d)));
    (void)printf("{\"event\":\"end\",\"records\":%llu,\"seconds\":%.3f}\n",
                 (unsigned long long)driver_size(d), (double)(bench_now() - begun) / 1e9);
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    const unsigned long long n = strtoull(text, &end, 10);

    CHECK(end != text && *end == '\0');
    return n;
}

int main(int argc, char **argv)
{
    static struct driver d;

    if (argc < 7) {
        (void)fprintf(stderr, "usage: load throughput|latency|fill HOME CREDENTIAL "
                              "SECONDS|COUNT WINDOW|PAUSE PEER...\n");
        return 2;
    }
    driver_open(&d, argv[2], argv[3], argv + 6, (size_t)argc - 6);
    if (strcmp(argv[1], "fill") == 0) {
        fill(&d, number(argv[4]));
    } else {
        driver_meet(&d);
        if (strcmp(argv[1], "latency") == 0)
            latency(&d, number(argv[4]), number(argv[5]));
        else
            throughput(&d, number(argv[4]), number(argv[5]));
    }
    driver_done(&d);
    return 0;
}
