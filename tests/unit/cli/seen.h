#ifndef FLAGPOST_SEEN_H
#define FLAGPOST_SEEN_H

/* What `verify` sees of a journal that has been damaged. */

#include "tamper.h"
#include "trio.h"
#include "verify.h"

enum { STREAMS_SEEN_MAX = 32 };

struct seen {
    size_t count;
    struct verify_stream streams[STREAMS_SEEN_MAX];
    struct verify_totals totals;
};

static inline void see(void *context, const struct verify_stream *s)
{
    struct seen *const seen = context;

    CHECK(seen->count < STREAMS_SEEN_MAX);
    seen->streams[seen->count++] = *s;
}

/* As the command does: beside the node, without a key. */
static inline struct seen verify(struct trio *t, size_t n)
{
    const struct journal_setup read = trio_setup(t, n, JOURNAL_READ);
    struct journal_setup setup = read;
    struct journal *j = NULL;
    struct arena a;
    struct seen seen = {0};

    setup.keyring = NULL;
    trio_arena(&a, VERIFY_ARENA_BYTES);
    CHECK_OK(journal_open(&setup, &j));
    const struct verify_setup v = {.journal = j,
                                   .self = setup.self,
                                   .realm = t->cast.realm,
                                   .root = &t->cast.root,
                                   .arena = &a,
                                   .context = &seen,
                                   .stream = see};
    CHECK_OK(verify_journal(&v, &seen.totals));
    j = journal_free(j);
    free(a.at);
    return seen;
}

static inline const struct verify_stream *stream_of(const struct seen *s,
                                                    const char *agency, enum lane lane)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->streams[i].id.agency.text, agency) == 0 &&
            s->streams[i].id.lane == lane)
            return &s->streams[i];
    }
    CHECK_INT(lane, 0); /* the stream was not seen */
    return NULL;
}

/*
 * ALFA's routine stream: 0 to 3 one group (BRAVO), 4 (BRAVO and CHARLIE), 5 to 6 (nobody
 * else), 7 to 9 (BRAVO).  Its immediate one: 0 to 1.
 */
static inline struct trio *make_world(void)
{
    struct trio *const t = trio_make();

    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 4);
    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO | 1u << CHARLIE, 1);
    trio_publish(t, ALFA, LANE_ROUTINE, 0, 2);
    trio_publish(t, ALFA, LANE_IMMEDIATE, 1u << BRAVO | 1u << CHARLIE, 2);
    trio_settle(t);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 3);
    trio_settle(t);
    CHECK_INT(t->refused, 0);
    return t;
}

/* Rows of a stream: places are its number * 2^40 + index. */
#define STREAM_OF(agency, lane)                                                            \
    "(SELECT number FROM stream WHERE agency = '" agency "' AND lane = " lane ")"
#define PLACE(agency, lane, index) "(" STREAM_OF(agency, lane) " << 40 | " index ")"
#define ROUTINE(index)             PLACE("ALFA", "2", index)
#define FLIP(table, column, at, where)                                                     \
    "UPDATE " table " SET " column " = flip(" column ", " at ") WHERE " where

static inline void copy_file(const char *from, const char *to, const char *name)
{
    char path[512];
    char buffer[65536];

    (void)snprintf(path, sizeof path, "%s/%s", from, name);
    FILE *const in = fopen(path, "rbe");
    (void)snprintf(path, sizeof path, "%s/%s", to, name);
    FILE *const out = fopen(path, "wbe");
    CHECK(in != NULL && out != NULL);
    for (size_t n = fread(buffer, 1, sizeof buffer, in); n > 0;
         n = fread(buffer, 1, sizeof buffer, in))
        CHECK_INT(fwrite(buffer, 1, n, out), n);
    CHECK_INT(fclose(in), 0);
    CHECK_INT(fclose(out), 0);
    CHECK_INT(chmod(path, 0600), 0);
}

/* The node's journal in a folder of its own, to be damaged. */
static inline void take_copy(struct trio *t, size_t n, char kept[64])
{
    memcpy(kept, t->nodes[n].folder, sizeof t->nodes[n].folder);
    memcpy(t->nodes[n].folder, "/tmp/flagpost-test-XXXXXX", 26);
    CHECK(mkdtemp(t->nodes[n].folder) != NULL);
    copy_file(kept, t->nodes[n].folder, "journal.db");
    copy_file(kept, t->nodes[n].folder, "keys.db");
}

static inline void drop_copy(struct trio *t, size_t n, const char kept[64])
{
    trio_remove_folder(t->nodes[n].folder);
    memcpy(t->nodes[n].folder, kept, sizeof t->nodes[n].folder);
}

#endif
