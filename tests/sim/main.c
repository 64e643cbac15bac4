#ifndef SIM_WITHOUT_JOURNAL
#include "journal_backing.h"
#endif
#include "model_store.h"
#include "world.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 *     test_sim --seeds A-B [--store model|journal]
 *     test_sim --seed N [--store model|journal] [--trace]
 */

struct request {
    uint64_t first, last;
    bool trace;
    const char *store;
};

static bool number_read(const char *text, size_t size, uint64_t *ret)
{
    return decimal_decode(bytes_of(text, size), ret) == OK;
}

static bool seeds_read(const char *text, struct request *r)
{
    const char *const dash = strchr(text, '-');

    if (dash == NULL)
        return false;
    return number_read(text, (size_t)(dash - text), &r->first) &&
           number_read(dash + 1, strlen(dash + 1), &r->last) && r->first <= r->last;
}

static bool request_read(int argc, char **argv, struct request *r)
{
    *r = (struct request){.first = 1, .last = 50, .store = "model"};
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--trace") == 0) {
            r->trace = true;
        } else if (strcmp(argv[i], "--store") == 0) {
            r->store = value;
            i++;
        } else if (strcmp(argv[i], "--seeds") == 0) {
            if (!seeds_read(value, r))
                return false;
            i++;
        } else if (strcmp(argv[i], "--seed") == 0) {
            if (!number_read(value, strlen(value), &r->first))
                return false;
            r->last = r->first;
            i++;
        } else {
            return false;
        }
    }
    return true;
}

static double seconds(void)
{
    struct timespec t = {0};

    MUST(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run(struct world *w, const struct request *r)
{
    const double begun = seconds();

    for (uint64_t seed = r->first; seed <= r->last; seed++) {
        if (world_run(w, seed, r->trace))
            continue;
        (void)printf("seed %llu step %zu: %s\nagain: test_sim --seed %llu --store %s "
                     "--trace\n",
                     (unsigned long long)seed, w->step, w->failure,
                     (unsigned long long)seed, r->store);
        return 1;
    }
    const double took = seconds() - begun;
    const uint64_t count = r->last - r->first + 1;
    (void)printf("%llu seeds on the %s store in %.1f s, %.1f a second\n",
                 (unsigned long long)count, r->store, took, (double)count / took);
    (void)printf("figure simulator_seeds=%llu lost=0 duplicated=0 undetected=0\n",
                 (unsigned long long)count);
    return 0;
}

typedef struct backing (*backing_maker)(unsigned number);

static backing_maker maker_of(const char *store)
{
    if (strcmp(store, "model") == 0)
        return model_backing;
#ifndef SIM_WITHOUT_JOURNAL
    if (strcmp(store, "journal") == 0)
        return journal_backing;
#endif
    return NULL;
}

int main(int argc, char **argv)
{
    struct request r;

    if (!request_read(argc, argv, &r) || maker_of(r.store) == NULL) {
        (void)fprintf(stderr, "usage: test_sim --seeds A-B | --seed N [--trace] "
                              "[--store model|journal]\n");
        return 2;
    }
    struct world *const w = malloc(sizeof *w);
    MUST(w != NULL);
    world_init(w, maker_of(r.store));
    const int failed = run(w, &r);
    world_done(w);
    free(w);
    return failed;
}
