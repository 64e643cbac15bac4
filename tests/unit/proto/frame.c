/* Frames: members in their places, lists, sizes. */

#include "frame.h"

#include "vector_file.h"

static uint8_t memory[4 * 1024 * 1024] __attribute__((aligned(16)));
static const uint8_t zeros[FRAME_BYTES_MAX + 1];

static struct arena fresh_arena(void)
{
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    return a;
}

static const struct epoch first_epoch = {.counter = 1, .random = {9}};

static void check_hello(const struct frame_hello *h)
{
    CHECK_INT(h->roster_version, 3);
    CHECK_INT(h->epoch.counter, 1);
    CHECK_INT(h->size, 1000);
    CHECK(h->instance == UINT64_MAX);
    CHECK_INT(h->kx_id, 2);
    CHECK_INT(h->receipted, 990);
    CHECK(!hash_equal(&h->realm, &h->root));
}

static void check_group(const struct frame_group *g)
{
    CHECK_INT(g->epoch.counter, 1);
    CHECK_INT(g->first, 1000);
    CHECK_INT(g->leaves.size, 128);
    CHECK(text_is(g->checkpoint, "flagpost/example\n\n\u2014 example AAAA\n"));
    CHECK_INT(g->count, 3);
    CHECK_INT(g->count_last, 998);
    CHECK_INT(g->count_path.size, 224);
    CHECK_INT(g->withheld_count, 2);
    CHECK_INT(g->withheld[0].index, 1001);
    CHECK_INT(g->withheld[0].ordinal, 4);
    CHECK_INT(g->withheld[1].index, 1003);
    CHECK_INT(g->withheld[1].ordinal, 5);
}

static void check_entries(const struct frame_entries *e)
{
    CHECK_INT(e->epoch.counter, 1);
    CHECK_INT(e->entry_count, 2);
    CHECK_INT(e->entries[0].index, 1000);
    CHECK_INT(e->entries[1].index, 1001);
    CHECK_INT(e->entries[1].ordinal, 7);
    CHECK_INT(e->entries[1].header.size, 40);
    CHECK_INT(e->entries[1].ciphertext.size, 50);
    CHECK_INT(e->entries[1].wrap.size, WRAP_SIZE);
    CHECK_INT(e->entries[1].publisher_wrap.size, WRAP_SIZE);
    CHECK(!bytes_equal(e->entries[1].wrap, e->entries[1].publisher_wrap));
}

static void check_note(struct bytes note)
{
    CHECK(text_is(note, "flagpost/example\n\n\u2014 example AAAA\n"));
}

static void check_frame(const struct frame *f)
{
    CHECK_INT(f->lane, LANE_ROUTINE);
    switch (f->kind) {
    case FRAME_HELLO:
        check_hello(&f->hello);
        return;
    case FRAME_FETCH:
        CHECK_INT(f->fetch.from, 1000);
        CHECK_INT(f->fetch.credit, 4);
        return;
    case FRAME_GROUP:
        check_group(&f->group);
        return;
    case FRAME_ENTRIES:
        check_entries(&f->entries);
        return;
    case FRAME_RECEIPT:
        CHECK_INT(f->receipt.receipt.size, f->receipt.cosignature.size + 8);
        return;
    case FRAME_NOTIFY:
        CHECK_INT(f->notify.epoch.counter, 1);
        CHECK_INT(f->notify.size, 1001);
        return;
    case FRAME_ROSTER:
        check_note(f->roster.note);
        return;
    case FRAME_KX:
        check_note(f->kx.note);
        return;
    case FRAME_GOSSIP:
        check_note(f->gossip.note);
        return;
    case FRAME_EVIDENCE:
        CHECK_INT(f->evidence.second.size, f->evidence.first.size + 6);
        return;
    case FRAME_ERROR:
        CHECK_INT(f->error.reject, REJECT_FORK);
        CHECK_INT(f->error.epoch.counter, 1);
        CHECK_INT(f->error.index, 1000);
        return;
    }
    CHECK(false);
}

static void look_at_frames(const struct vector *v, struct arena *a, void *data)
{
    unsigned *const seen = data;
    struct frame f;

    if (!v->good || strcmp(v->kind, "frame") != 0 || strstr(v->sentence, "every") == NULL)
        return;
    CHECK_OK(frame_decode(v->bytes, a, &f));
    check_frame(&f);
    *seen |= 1U << f.kind;
}

static void every_member_comes_from_its_field(void)
{
    unsigned seen = 0;

    vectors_each(look_at_frames, &seen);
    CHECK_INT(seen, 0xffe);
}

static status encode(const struct frame *f)
{
    struct arena a = fresh_arena();
    struct bytes b = {0};

    return frame_encode(f, &a, &b);
}

static void the_prefix_names_version_and_lane(void)
{
    struct arena a = fresh_arena();
    struct frame f = {.lane = LANE_LOCAL, .kind = FRAME_NOTIFY, .notify = {first_epoch, 7}};
    struct bytes b = {0};

    CHECK_OK(frame_encode(&f, &a, &b));
    CHECK_INT(b.at[0], 1);
    CHECK_INT(b.at[1], 3);
    f.lane = 0;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.lane = (enum lane)4;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.lane = LANE_ROUTINE;
    f.kind = 0;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.kind = (enum frame_kind)12;
    CHECK_STATUS(encode(&f), E_VALUE);
}

static void what_no_peer_would_take_is_not_encoded(void)
{
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_FETCH};

    CHECK_STATUS(encode(&f), E_VALUE);
    f.fetch.credit = CREDIT_GROUPS_MAX + 1;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.fetch.credit = 1;
    CHECK_OK(encode(&f));
    f.fetch.epoch.random[7] = 1;
    CHECK_STATUS(encode(&f), E_VALUE);

    f = (struct frame){.lane = LANE_ROUTINE, .kind = FRAME_HELLO, .hello = {.size = 1}};
    CHECK_STATUS(encode(&f), E_VALUE);
    f.hello.epoch = first_epoch;
    CHECK_OK(encode(&f));

    f = (struct frame){.lane = LANE_ROUTINE, .kind = FRAME_ERROR};
    CHECK_STATUS(encode(&f), E_VALUE);
    f.error.reject = (enum reject)5;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.error.reject = REJECT_NOT_NOW;
    CHECK_OK(encode(&f));
}

static void a_group_keeps_its_rules(void)
{
    static struct withheld withheld[FRAME_WITHHELD_MAX + 1];
    const struct frame_group good = {.epoch = first_epoch,
                                     .first = 100,
                                     .leaves = bytes_of(zeros, 32UL * GROUP_ENTRIES_MAX),
                                     .checkpoint = bytes_of(zeros, NOTE_BYTES_MAX),
                                     .count_path = bytes_of(zeros, 32UL * 7),
                                     .withheld_count = FRAME_WITHHELD_MAX,
                                     .withheld = withheld};
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_GROUP, .group = good};

    for (size_t i = 0; i < COUNT_OF(withheld); i++)
        withheld[i] = (struct withheld){.index = 100 + i, .ordinal = i + 1};
    CHECK_OK(encode(&f));
    f.group.withheld_count++;
    CHECK_STATUS(encode(&f), E_LIMIT);
    f.group = good;
    f.group.leaves = bytes_of(zeros, 32UL * GROUP_ENTRIES_MAX - 32);
    CHECK_STATUS(encode(&f), E_VALUE);
    f.group.withheld_count--;
    CHECK_OK(encode(&f));
    f.group.leaves.size--;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.group.leaves = bytes_of(zeros, 32UL * (GROUP_ENTRIES_MAX + 1));
    CHECK_STATUS(encode(&f), E_LIMIT);
    f.group = good;
    f.group.checkpoint.size++;
    CHECK_STATUS(encode(&f), E_LIMIT);
    f.group = good;
    f.group.count_last = 5;
    CHECK_STATUS(encode(&f), E_VALUE);
    f.group = good;
    withheld[3].ordinal = 0;
    CHECK_STATUS(encode(&f), E_VALUE);
    withheld[3] = withheld[2];
    CHECK_STATUS(encode(&f), E_VALUE);
}

static void entry_sizes_are_exact_and_fill_a_frame(void)
{
    static struct entry_copy copies[GROUP_ENTRIES_MAX];
    static const size_t sizes[] = {0, 1, 127, 128, 700, 20000, 163856};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct arena a = fresh_arena();
        struct bytes one = {0};
        copies[0] = (struct entry_copy){.index = UINT64_MAX >> (9 * i),
                                        .header = bytes_of(zeros, 300),
                                        .ciphertext = bytes_of(zeros, sizes[i]),
                                        .wrap = bytes_of(zeros, WRAP_SIZE),
                                        .publisher_wrap = bytes_of(zeros, WRAP_SIZE)};
        struct frame f = {.lane = LANE_ROUTINE,
                          .kind = FRAME_ENTRIES,
                          .entries = {first_epoch, 1, copies}};
        CHECK_OK(frame_encode(&f, &a, &one));
        CHECK(one.size <= frame_entry_size(&copies[0]) + FRAME_ENTRIES_OVERHEAD);
        CHECK(one.size + 4 > frame_entry_size(&copies[0]) + FRAME_ENTRIES_OVERHEAD);
    }
}

/* A frame filled by frame_entry_size is never over; one entry more can be. */
static void a_frame_that_is_full_by_the_sum_of_sizes_is_sent(void)
{
    static struct entry_copy copies[GROUP_ENTRIES_MAX];
    struct arena a = fresh_arena();
    struct bytes b = {0};
    struct frame f = {
        .lane = LANE_ROUTINE, .kind = FRAME_ENTRIES, .entries = {first_epoch, 0, copies}};
    size_t size = FRAME_ENTRIES_OVERHEAD;

    for (uint32_t i = 0; i < GROUP_ENTRIES_MAX; i++) {
        copies[i] = (struct entry_copy){.index = i, .header = bytes_of(zeros, 700)};
        size += frame_entry_size(&copies[i]);
        f.entries.entry_count = i + 1;
        if (size > FRAME_BYTES_MAX)
            break;
        arena_reset(&a);
        if (size + 1000 > FRAME_BYTES_MAX)
            CHECK_OK(frame_encode(&f, &a, &b));
    }
    CHECK(b.size > FRAME_BYTES_MAX - 1000);
    CHECK(size > FRAME_BYTES_MAX + 8);
    CHECK_STATUS(encode(&f), E_LIMIT);
}

static void notes_end_at_their_limit(void)
{
    struct arena a = fresh_arena();
    struct bytes b = {0};
    struct frame f = {.lane = LANE_ROUTINE,
                      .kind = FRAME_ROSTER,
                      .roster.note = bytes_of(zeros, NOTE_BYTES_MAX)};
    struct frame back;

    CHECK_OK(frame_encode(&f, &a, &b));
    CHECK_OK(frame_decode(b, &a, &back));
    CHECK_BYTES(back.roster.note, f.roster.note);
    f.roster.note.size++;
    CHECK_STATUS(encode(&f), E_LIMIT);
    CHECK_STATUS(frame_decode(bytes_of(zeros, sizeof zeros), &a, &back), E_LIMIT);
}

CASES(CASE(every_member_comes_from_its_field), CASE(the_prefix_names_version_and_lane),
      CASE(what_no_peer_would_take_is_not_encoded), CASE(a_group_keeps_its_rules),
      CASE(entry_sizes_are_exact_and_fill_a_frame),
      CASE(a_frame_that_is_full_by_the_sum_of_sizes_is_sent),
      CASE(notes_end_at_their_limit))
