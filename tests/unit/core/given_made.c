#include "given.h"

#include "nodes.h"

/* The file of what a node has sealed: where it ends, and what it lacks. */

enum { A, B };

static struct nodes *world;
static size_t frames;

static status count(void *context, struct bytes frame)
{
    (void)context;
    (void)frame;
    frames++;
    return OK;
}

/* Bytes that the disk has room for. */
static status keep_some(void *context, struct bytes frame)
{
    size_t *const room = context;

    ENSURE(*room >= frame.size, E_IO);
    *room -= frame.size;
    return OK;
}

static const struct stream_id *own_stream(void)
{
    return &world->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.id;
}

static struct given_place place_at(const struct store *store, sequence first)
{
    return (struct given_place){.store = store,
                                .self = &world->cast.actors[A].id,
                                .stream = *own_stream(),
                                .first = first};
}

static struct store_ops worn, sound;
static sequence worn_at;
static status worn_how;

static status worn_entry(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    if (index != worn_at)
        return sound.entry_find(self, id, index, a, ret);
    ENSURE(worn_how == OK, worn_how);
    TRY(sound.entry_find(self, id, index, a, ret));
    ret->ciphertext = bytes_of_text("not what was sealed");
    return OK;
}

static status worn_group(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct group_row *ret)
{
    return index == worn_at ? worn_how : sound.group_find(self, id, index, a, ret);
}

static struct store wear(sequence index, status how)
{
    struct store s = node_store(world, A);

    sound = *s.ops;
    worn = sound;
    worn_at = index;
    worn_how = how;
    s.ops = &worn;
    return s;
}

static struct nodes *three_groups(void)
{
    struct nodes *const n = nodes_make(2);

    world = n;
    frames = 0;
    for (int i = 0; i < 3; i++)
        node_publish(n, A, 1u << B);
    return n;
}

static status make_at(const struct store *s, sequence first, struct given_made *ret)
{
    const struct given_place p = place_at(s, first);
    struct arena *const a = &world->at[A].arena;
    const size_t mark = arena_mark(a);
    const status made = given_make(&p, a, count, NULL, ret);

    CHECK_INT(arena_mark(a), mark);
    return made;
}

/* Only where the stream ends is there nothing more. */
static void a_group_that_is_gone_is_not_the_end(void)
{
    DEFER(nodes_done) struct nodes *const n = three_groups();
    struct store s = node_store(n, A);
    struct given_made made = {0};

    CHECK_OK(make_at(&s, 2, &made));
    CHECK_INT(made.next, 3);
    CHECK_STATUS(make_at(&s, 3, &made), E_UNKNOWN);
    s = wear(1, E_UNKNOWN);
    worn.group_find = worn_group;
    CHECK_OK(make_at(&s, 0, &made));
    CHECK_STATUS(make_at(&s, 1, &made), E_DAMAGED);
    s = wear(1, E_STORAGE);
    worn.group_find = worn_group;
    CHECK_STATUS(make_at(&s, 1, &made), E_STORAGE);
}

/* Whatever is wrong with it; and what was erased lacks nothing. */
static void an_entry_that_is_left_out_is_counted(void)
{
    static const status hows[] = {E_UNKNOWN, E_DAMAGED, OK};
    DEFER(nodes_done) struct nodes *const n = three_groups();
    struct store s = node_store(n, A);
    const struct item_audit why = {.at = n->now, .actor = bytes_of_text("a person")};
    struct given_made made = {0};
    struct entry_row e = {0};

    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        s = wear(1, hows[i]);
        worn.entry_find = worn_entry;
        frames = 0;
        CHECK_OK(make_at(&s, 1, &made));
        CHECK_INT(made.next, 2);
        CHECK_INT(made.lacks, 1);
        CHECK_INT(frames, 1); /* the group alone */
        CHECK_OK(make_at(&s, 0, &made));
        CHECK_INT(made.lacks, 0);
    }
    s = node_store(n, A);
    CHECK_OK(s.ops->entry_find(s.self, own_stream(), 1, &n->paper, &e));
    node_begin(n, A);
    CHECK_OK(exchange_erase(n->at[A].exchange, &n->cast.actors[A].id, &e.id, &why));
    node_end(n, A);
    CHECK_OK(make_at(&s, 1, &made));
    CHECK_INT(made.lacks, 0);
}

static void a_disk_that_is_full_leaves_the_memory_as_it_was(void)
{
    DEFER(nodes_done) struct nodes *const n = three_groups();
    const struct store s = node_store(n, A);
    const struct given_place p = place_at(&s, 0);
    struct given_made made = {.next = 77};
    const size_t mark = arena_mark(&n->at[A].arena);

    for (size_t room = 0; room < 600; room += 100) {
        size_t left = room;
        CHECK_STATUS(given_make(&p, &n->at[A].arena, keep_some, &left, &made), E_IO);
        CHECK_INT(arena_mark(&n->at[A].arena), mark);
    }
    CHECK_INT(made.next, 77);
}

CASES(CASE(a_group_that_is_gone_is_not_the_end), CASE(an_entry_that_is_left_out_is_counted),
      CASE(a_disk_that_is_full_leaves_the_memory_as_it_was))
