/* Random structs of every kind that keep every rule: what is encoded passes our own
 * scanner, decodes, and encodes to the same bytes. */

#include "samples.h"

enum { ROUNDS = 400 };

static uint8_t memory[SAMPLE_ARENA_BYTES] __attribute__((aligned(16)));

static struct frame_hello random_hello(struct dice *d)
{
    struct frame_hello h = {.roster_version = dice_below(d, 9),
                            .instance = dice_u64(d),
                            .kx_id = dice_below(d, 5)};

    dice_fill(d, h.realm.bytes, sizeof h.realm.bytes);
    if (dice_below(d, 3) == 0)
        return h;
    h.epoch = dice_epoch(d);
    h.size = dice_u64(d);
    h.receipted = dice_u64(d);
    dice_fill(d, h.root.bytes, sizeof h.root.bytes);
    return h;
}

static struct frame_group random_group(struct dice *d)
{
    const uint32_t count = dice_range(d, 1, 60);
    struct withheld *const withheld = arena_array(d->arena, count, sizeof *withheld);
    struct frame_group g = {.epoch = dice_epoch(d),
                            .first = dice_below(d, UINT32_MAX),
                            .leaves = dice_bytes(d, 32UL * count, 32UL * count),
                            .checkpoint = dice_bytes(d, 1, 500),
                            .count = dice_u64(d) + 1,
                            .count_last = dice_u64(d),
                            .count_path = dice_bytes(d, 96, 96),
                            .withheld = withheld};

    CHECK(withheld != NULL);
    dice_fill(d, g.count_salt, sizeof g.count_salt);
    for (uint32_t i = 0; i < count; i++) {
        if (dice_below(d, 3) == 0)
            withheld[g.withheld_count++] =
                (struct withheld){.index = g.first + i, .ordinal = 1 + dice_u64(d) / 2};
    }
    return g;
}

static struct frame_entries random_entries(struct dice *d)
{
    const uint32_t count = dice_range(d, 1, 40);
    struct entry_copy *const copies = arena_array(d->arena, count, sizeof *copies);
    const sequence first = dice_u64(d) / 2;

    CHECK(copies != NULL);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = (struct entry_copy){
            .index = first + 3UL * i,
            .header = dice_bytes(d, 1, 400),
            .ciphertext = dice_bytes(d, 0, 400),
            .wrap = dice_bytes(d, WRAP_SIZE, WRAP_SIZE),
            .publisher_wrap =
                dice_below(d, 2) ? dice_bytes(d, WRAP_SIZE, WRAP_SIZE) : (struct bytes){0}};
    return (struct frame_entries){dice_epoch(d), count, copies};
}

static struct frame random_frame(struct dice *d, enum frame_kind kind)
{
    struct frame f = {.kind = kind, .lane = dice_range(d, LANE_IMMEDIATE, LANE_LOCAL)};
    const struct bytes note = dice_bytes(d, 1, 700);

    switch (kind) {
    case FRAME_HELLO:
        f.hello = random_hello(d);
        break;
    case FRAME_FETCH:
        f.fetch = (struct frame_fetch){
            dice_epoch(d), dice_u64(d), dice_range(d, 1, CREDIT_GROUPS_MAX), {0}};
        break;
    case FRAME_GROUP:
        f.group = random_group(d);
        break;
    case FRAME_ENTRIES:
        f.entries = random_entries(d);
        break;
    case FRAME_RECEIPT:
        f.receipt = (struct frame_receipt){dice_epoch(d), note, dice_bytes(d, 0, 9)};
        break;
    case FRAME_NOTIFY:
        f.notify = (struct frame_notify){dice_epoch(d), dice_u64(d)};
        break;
    case FRAME_ROSTER:
    case FRAME_KX:
    case FRAME_GOSSIP:
        f.roster.note = note;
        break;
    case FRAME_EVIDENCE:
        f.evidence = (struct frame_evidence){note, dice_bytes(d, 1, 90)};
        break;
    case FRAME_ERROR:
        f.error = (struct frame_error){dice_range(d, REJECT_BAD_MESSAGE, REJECT_FORK),
                                       dice_epoch(d), dice_u64(d)};
        break;
    }
    return f;
}

static status frame_again(struct bytes bytes, struct arena *a, struct bytes *ret)
{
    struct frame back;

    TRY(frame_decode(bytes, a, &back));
    return frame_encode(&back, a, ret);
}

static void every_frame_kind_comes_back(void)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct arena a;
        arena_init(&a, memory, sizeof memory);
        struct dice d = {.state = 1000 + round, .arena = &a};
        const enum frame_kind kind = 1 + round % FRAME_ERROR;
        const struct frame f = random_frame(&d, kind);
        struct frame back;
        struct bytes first = {0};
        struct bytes second = {0};
        CHECK_OK(frame_encode(&f, &a, &first));
        CHECK_OK(frame_decode(first, &a, &back));
        CHECK_INT(back.kind, kind);
        CHECK_INT(back.lane, f.lane);
        CHECK_OK(frame_encode(&back, &a, &second));
        CHECK_BYTES(second, first);
        if (round < FRAME_ERROR)
            check_hungry(first, frame_again);
    }
}

static void random_recipients(struct dice *d, struct header *h)
{
    const uint32_t count = dice_range(d, 1, RECIPIENTS_MAX);
    struct recipient *const list = arena_array(d->arena, count, sizeof *list);

    CHECK(list != NULL);
    for (uint32_t i = 0; i < count; i++) {
        (void)snprintf(list[i].agency.text, sizeof list[i].agency.text, "F%05u", i * 7);
        list[i].kx_id = dice_range(d, 1, 1000000);
    }
    h->recipients = list;
    h->recipient_count = count;
}

static struct header random_header(struct dice *d)
{
    struct header h = sample_header(NULL);

    random_recipients(d, &h);
    h.stream.agency = dice_agency(d);
    h.stream.lane = dice_range(d, LANE_IMMEDIATE, LANE_ROUTINE);
    h.stream.epoch = dice_epoch(d);
    h.index = dice_u64(d);
    h.group_first = h.index - dice_below(d, h.index < 511 ? (uint32_t)h.index + 1 : 512);
    h.sealed_at = dice_u64(d);
    h.label = (struct label){.marking = dice_range(d, 1, 4),
                             .handling = dice_range(d, 1, 2),
                             .action = dice_below(d, 4),
                             .sanitisation = dice_below(d, 3),
                             .priority = dice_range(d, 1, 3),
                             .retention_class = dice_below(d, 5),
                             .expires_at = dice_u64(d)};
    h.has_previous = dice_below(d, 2);
    if (h.has_previous)
        dice_fill(d, h.previous.bytes, sizeof h.previous.bytes);
    h.item_count = dice_range(d, 1, ITEMS_MAX);
    h.ciphertext_size = dice_range(d, 17, CONTENT_BYTES_MAX + 16);
    dice_fill(d, h.realm.bytes, sizeof h.realm.bytes);
    dice_fill(d, h.id.bytes, sizeof h.id.bytes);
    dice_fill(d, h.nonce, sizeof h.nonce);
    return h;
}

/* The core, which is encoded; what comes behind it has been checked. */
static status header_again(struct bytes bytes, struct arena *a, struct bytes *ret)
{
    struct header back;
    size_t core = 0;

    TRY(header_decode(bytes, a, &back));
    TRY(header_core_size(bytes, &core));
    TRY(header_encode_core(&back, a, ret));
    CHECK_BYTES(*ret, bytes_of(bytes.at, core));
    *ret = bytes;
    return OK;
}

static void every_header_comes_back(void)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct arena a;
        arena_init(&a, memory, sizeof memory);
        struct dice d = {.state = 5000 + round, .arena = &a};
        const struct header h = random_header(&d);
        const size_t hashes = (size_t)HASH_SIZE * h.recipient_count;
        const struct bytes wraps = dice_bytes(&d, hashes, hashes);
        struct header back;
        struct bytes core = {0};
        struct bytes whole = {0};
        struct bytes again = {0};
        CHECK_OK(header_encode_core(&h, &a, &core));
        CHECK_OK(header_finish(core, &h.realm, wraps, &a, &whole));
        CHECK_OK(header_decode(whole, &a, &back));
        CHECK_BYTES(back.wrap_hashes, wraps);
        CHECK(hash_equal(&back.ciphertext_hash, &h.realm));
        CHECK_OK(header_encode_core(&back, &a, &again));
        CHECK_BYTES(again, core);
        if (round == 0)
            check_hungry(whole, header_again);
    }
}

CASES(CASE(every_frame_kind_comes_back), CASE(every_header_comes_back))
