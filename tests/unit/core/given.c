#include "given.h"

#include "nodes.h"

/* What a restored node had sealed since its backup comes back from a file: all of it, the
 * local stream too, and nothing that it has not signed. */

enum { A, B };
enum { SINCE = 4, FRAMES_MAX = 64 };

static struct nodes *world;
static struct {
    size_t count;
    struct bytes at[FRAMES_MAX];
} file;
static struct stream_id streams[LANES];
static sequence sizes[LANES];
static struct hash roots[LANES];

static status keep(void *context, struct bytes frame)
{
    (void)context;
    CHECK(file.count < FRAMES_MAX);
    return arena_copy(&world->paper, frame, &file.at[file.count++]);
}

static struct own_lane *own(size_t l)
{
    return &world->at[A].exchange->own[l];
}

static struct given_place place_at(const struct store *store, size_t l, sequence first)
{
    return (struct given_place){.store = store,
                                .self = &world->cast.actors[A].id,
                                .stream = own(l)->row.id,
                                .first = first};
}

static void write_lane(size_t l, sequence from)
{
    const struct store store = node_store(world, A);
    struct given_place p = place_at(&store, l, from);
    struct given_made made = {0};

    while (p.first < own(l)->row.frontier.size) {
        CHECK_OK(given_make(&p, &world->at[A].arena, keep, NULL, &made));
        CHECK_INT(made.lacks, 0);
        p.first = made.next;
    }
    streams[l] = own(l)->row.id;
    sizes[l] = own(l)->row.frontier.size;
    roots[l] = frontier_root(&own(l)->row.frontier);
}

/* From where the backup ends. */
static void write_file(const sequence *from)
{
    file.count = 0;
    for (size_t l = 0; l < LANES; l++)
        write_lane(l, from[l]);
}

static bool drop_all(struct nodes *n, struct mail *m)
{
    (void)n;
    (void)m;
    return true;
}

static void say(const char *outcome)
{
    const struct item_audit row = {.at = world->now,
                                   .operation = AUDIT_ALTER,
                                   .actor = bytes_of_text("officer"),
                                   .outcome = bytes_of_text(outcome)};

    node_begin(world, A);
    CHECK_OK(exchange_audit(world->at[A].exchange, &row));
    node_end(world, A);
}

/* A backup, then records and rows of the log that nobody was sent; then it is put back. */
static struct nodes *lose_all(void)
{
    struct nodes *const n = nodes_make(2);
    sequence from[LANES];

    world = n;
    node_publish(n, A, 1u << B);
    say("before the backup");
    nodes_run(n, 3000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    for (size_t l = 0; l < LANES; l++)
        from[l] = own(l)->row.frontier.size;
    n->drop = drop_all;
    for (size_t i = 0; i < SINCE; i++) {
        node_publish(n, A, 1u << B);
        say("since the backup");
    }
    write_file(from);
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    node_start(n, A);
    n->drop = NULL;
    n->mail_count = 0;
    nodes_run(n, 3000);
    node_begin(n, A);
    exchange_fence(n->at[A].exchange, E_FENCED);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    n->at[A].exchange->gives = true;
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    nodes_run(n, (millis)8 * STALL_MS);
    return n;
}

static status give(struct bytes frame)
{
    struct bytes copy = {0};

    node_begin(world, A);
    CHECK_OK(arena_copy(&world->at[A].arena, frame, &copy));
    const status s = exchange_given(world->at[A].exchange, copy);
    node_end(world, A);
    return s;
}

static void give_all(void)
{
    for (size_t i = 0; i < file.count; i++)
        CHECK_OK(give(file.at[i]));
}

static void end_giving(void)
{
    world->at[A].exchange->gives = false;
    nodes_run(world, (millis)2 * STALL_MS);
    for (size_t l = 0; l < LANES; l++)
        CHECK(!own(l)->back.is_on);
}

static struct stream_row row_of(size_t l)
{
    const struct store s = node_store(world, A);
    struct stream_row row;

    CHECK_OK(s.ops->stream_get(s.self, &streams[l], &row));
    return row;
}

static void check_held(const struct stream_id *stream, sequence index)
{
    const struct store s = node_store(world, A);
    struct entry_row e = {0};

    CHECK_OK(s.ops->entry_find(s.self, stream, index, &world->paper, &e));
    CHECK_INT(e.disposition, DISPOSITION_HELD);
}

static void check_all_back(void)
{
    for (size_t l = 0; l < LANES; l++) {
        const struct stream_row row = row_of(l);
        const struct hash root = frontier_root(&row.frontier);
        CHECK_INT(row.frontier.size, sizes[l]);
        CHECK(hash_equal(&root, &roots[l]));
        for (sequence i = 0; i < sizes[l]; i++)
            check_held(&streams[l], i);
    }
}

static void brings_back_what_no_peer_has(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_all();

    CHECK(own(lane_rank(LANE_LOCAL))->back.heard); /* the peers have nothing more */
    CHECK(own(lane_rank(LANE_LOCAL))->back.is_on); /* and it is not over */
    give_all();
    check_all_back();
    end_giving();
    /* What B had never been sent goes to it, in the new epoch. */
    nodes_run(n, (millis)4 * STALL_MS);
    const struct follow *const f = node_follow(n, B, A, LANE_ROUTINE);
    CHECK_INT(f->row.id.epoch.counter, 2);
    CHECK_INT(f->row.tally[DISPOSITION_HELD], SINCE);
}

/* A killed node begins anew, and a file may be given in two. */
static void the_same_again_changes_nothing(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_all();

    give_all();
    give_all();
    check_all_back();
    end_giving();
    CHECK_INT(n->at[A].exchange->fence, OK);
}

static void a_group_that_is_missing_is_told(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_all();
    struct frame f;
    size_t groups = 0;
    size_t i = 0;

    for (; i < file.count && groups < 2; i++) {
        CHECK_OK(frame_decode(file.at[i], &n->paper, &f));
        groups += f.kind == FRAME_GROUP && f.lane == LANE_ROUTINE;
    }
    CHECK_STATUS(give(file.at[i - 1]), E_ORDER);
    CHECK_INT(row_of(lane_rank(LANE_ROUTINE)).frontier.size, 1);
    give_all(); /* nothing is spoilt by it */
    check_all_back();
}

static bool is_same_entry(const struct entry_copy *a, const struct entry_copy *b)
{
    return a->index == b->index && bytes_equal(a->header, b->header) &&
           bytes_equal(a->ciphertext, b->ciphertext) &&
           bytes_equal(a->publisher_wrap, b->publisher_wrap);
}

/* In all that is taken of it: another's wrap, ordinals and counts are not. */
static bool is_same(struct bytes frame, const struct frame *as)
{
    struct frame f;
    bool same = frame_decode(frame, &world->at[A].arena, &f) == OK && f.kind == as->kind &&
                f.lane == as->lane;

    if (same && f.kind == FRAME_GROUP)
        return epoch_equal(&f.group.epoch, &as->group.epoch) &&
               f.group.first == as->group.first &&
               bytes_equal(f.group.leaves, as->group.leaves) &&
               bytes_equal(f.group.checkpoint, as->group.checkpoint);
    same = same && epoch_equal(&f.entries.epoch, &as->entries.epoch) &&
           f.entries.entry_count == as->entries.entry_count;
    for (uint32_t i = 0; same && i < f.entries.entry_count; i++)
        same = is_same_entry(&f.entries.entries[i], &as->entries.entries[i]);
    return same;
}

/* Whether it was one, with a bit changed, that is not taken as well. */
static bool check_changed(struct bytes frame, size_t at, const struct frame *as)
{
    uint8_t *const changed = malloc(frame.size);

    CHECK(changed != NULL);
    memcpy(changed, frame.at, frame.size);
    changed[at] ^= (uint8_t)(1u << (at % 8));
    const bool differs = !is_same(bytes_of(changed, frame.size), as);
    if (differs)
        CHECK(give(bytes_of(changed, frame.size)) != OK);
    free(changed);
    return differs;
}

/* A bit of every seventh byte of it. */
static void nothing_is_taken_that_was_not_signed(void)
{
    enum { STEP = 7 };
    DEFER(nodes_done) struct nodes *const n = lose_all();
    size_t refused = 0;
    size_t bytes = 0;

    for (size_t i = 0; i < file.count; i++) {
        struct frame as;
        CHECK_OK(frame_decode(file.at[i], &n->paper, &as));
        for (size_t at = i % STEP; at < file.at[i].size; at += STEP, bytes++)
            refused += check_changed(file.at[i], at, &as);
        CHECK_OK(give(file.at[i]));
    }
    /* What is not taken of a frame, another's wrap and counts, is a small part. */
    CHECK(refused > bytes / 4 * 3);
    check_all_back();
    CHECK_INT(n->at[A].exchange->fork_count, 0);
}

static void nothing_is_taken_when_nothing_is_fetched_back(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_all();

    end_giving();
    CHECK_STATUS(give(file.at[0]), E_UNKNOWN);
    CHECK_STATUS(give(bytes_of_text("x")), E_FORM);
    CHECK_INT(n->at[A].exchange->fence, OK);
}

/* Entries of the epoch before that nobody could give. */
static void what_never_came_back_is_not_lacking(void)
{
    DEFER(nodes_done) struct nodes *const n = lose_all();
    const struct store s = node_store(n, A);
    struct given_place p = place_at(&s, lane_rank(LANE_ROUTINE), 1);
    struct given_made made = {0};
    struct frame f;

    for (size_t i = 0; i < file.count; i++) {
        CHECK_OK(frame_decode(file.at[i], &n->paper, &f));
        if (f.kind == FRAME_GROUP)
            CHECK_OK(give(file.at[i]));
    }
    p.stream = streams[lane_rank(LANE_ROUTINE)];
    CHECK_OK(given_make(&p, &n->at[A].arena, keep, NULL, &made));
    CHECK_INT(made.next, 2);
    CHECK_INT(made.lacks, 0);
}

CASES(CASE(brings_back_what_no_peer_has), CASE(the_same_again_changes_nothing),
      CASE(a_group_that_is_missing_is_told), CASE(nothing_is_taken_that_was_not_signed),
      CASE(nothing_is_taken_when_nothing_is_fetched_back),
      CASE(what_never_came_back_is_not_lacking))
