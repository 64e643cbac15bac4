/*
 * A member that lies under its own valid keys.  It is `flagpost run` whose seals, notes and
 * frames are changed where the linker wraps them, so that what it signs and logs is the
 * lie:
 *
 *     FLAGPOST_LIE=NAME member run --home DIR ...
 *
 * The names are in `lies` below; each touches intelligence on the routine lane alone.
 */

#include "checkpoint.h"
#include "dispatch.h"
#include "frame.h"
#include "hpke.h"
#include "net.h"
#include "routing.h"
#include "seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EDIT_ARENA_BYTES = 4 * FRAME_BYTES_MAX,
    LAST_OF_CAST = 3,
    POISON_BYTES = 40000,
    ITEMS_OF_A_RECORD = 10
};

typedef void header_lie(struct header *h);
typedef void frame_lie(struct frame *f, struct arena *a);
typedef void receipt_lie(struct receipt *r);

static void other_realm(struct header *h)
{
    h->realm.bytes[0] ^= 1;
}

static void other_lane(struct header *h)
{
    h->stream.lane = LANE_IMMEDIATE;
}

static void other_agency(struct header *h)
{
    h->stream.agency = (struct agency_id){.text = "F50"};
}

static void other_epoch(struct header *h)
{
    h->stream.epoch.random[0] ^= 1;
}

static void huge_index(struct header *h)
{
    h->index = INT64_MAX - 1;
    h->group_first = h->index;
}

/* As if the log began again. */
static void index_zero(struct header *h)
{
    h->index = 0;
    h->group_first = 0;
}

static void other_text(struct header *h)
{
    h->content_root.bytes[0] ^= 1;
}

/* What no node may hold (R1); its own node would not let it go either: `unasked`. */
static void secret(struct header *h)
{
    h->label.marking = MARKING_SECRET;
}

static void top_secret(struct header *h)
{
    h->label.marking = MARKING_TOP_SECRET;
}

/* Every record under this agency's first id: the second is another text for it. */
static void same_id(struct header *h)
{
    h->id = (record_id){.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
}

static struct entry_copy *copies_of(struct frame *f, struct arena *a)
{
    const uint32_t count = f->kind == FRAME_ENTRIES ? f->entries.entry_count : 0;
    struct entry_copy *const copies = arena_array(a, count, sizeof *copies);

    MUST(copies != NULL);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = f->entries.entries[i];
    if (count > 0)
        f->entries.entries = copies;
    return copies;
}

static void swapped_wrap(struct frame *f, struct arena *a)
{
    struct entry_copy *const copies = copies_of(f, a);

    for (uint32_t i = 0; f->kind == FRAME_ENTRIES && i < f->entries.entry_count; i++)
        copies[i].wrap = copies[i].publisher_wrap;
}

static struct bytes with_last_changed(struct bytes b, struct arena *a)
{
    uint8_t *const copy = arena_take(a, b.size);

    MUST(copy != NULL && b.size > 8);
    memcpy(copy, b.at, b.size);
    copy[b.size - 8] = copy[b.size - 8] == 'A' ? 'B' : 'A';
    return bytes_of(copy, b.size);
}

static void bad_signature(struct frame *f, struct arena *a)
{
    if (f->kind == FRAME_GROUP)
        f->group.checkpoint = with_last_changed(f->group.checkpoint, a);
}

static void other_leaf(struct frame *f, struct arena *a)
{
    if (f->kind == FRAME_GROUP && f->group.leaves.size > 0)
        f->group.leaves = with_last_changed(f->group.leaves, a);
}

/* One entry at every index of the frame. */
static void repeated(struct frame *f, struct arena *a)
{
    struct entry_copy *const copies = copies_of(f, a);

    for (uint32_t i = 1; f->kind == FRAME_ENTRIES && i < f->entries.entry_count; i++)
        copies[i] = copies[0];
}

static void from_the_future(struct receipt *r)
{
    r->size += 5;
}

static void of_another_history(struct receipt *r)
{
    r->root.bytes[0] ^= 1;
}

struct lie {
    const char *name;
    header_lie *header;
    frame_lie *frame;
    receipt_lie *receipt;
    bool newer;   /* each frame is of the next version of the wire */
    bool twice;   /* each frame of entries is sent twice */
    bool key;     /* the last recipient is given another content key than the others */
    bool ordinal; /* and is told that one record more came before */
    bool unasked; /* routing is not asked whether an entry may be sent */
    uint8_t fill; /* the content's items are this byte, over and over */
};

static const struct lie lies[] = {
    {.name = "other-realm", .header = other_realm},
    {.name = "other-lane", .header = other_lane},
    {.name = "other-agency", .header = other_agency},
    {.name = "other-epoch", .header = other_epoch},
    {.name = "huge-index", .header = huge_index},
    {.name = "index-zero", .header = index_zero},
    {.name = "other-text", .header = other_text},
    {.name = "secret", .header = secret, .unasked = true},
    {.name = "top-secret", .header = top_secret, .unasked = true},
    {.name = "same-id", .header = same_id},
    {.name = "other-key", .key = true},
    {.name = "poison-zeros", .fill = 0x01},
    {.name = "poison-fields", .fill = 0x0a},
    {.name = "poison-varints", .fill = 0xff},
    {.name = "newer-version", .newer = true},
    {.name = "sent-twice", .twice = true},
    {.name = "repeated", .frame = repeated},
    {.name = "swapped-wrap", .frame = swapped_wrap},
    {.name = "bad-signature", .frame = bad_signature},
    {.name = "other-leaf", .frame = other_leaf},
    {.name = "future-receipt", .receipt = from_the_future},
    {.name = "other-receipt", .receipt = of_another_history},
    {.name = "other-ordinal", .ordinal = true},
};

static const struct lie *lie_of_today(void)
{
    const char *const name = getenv("FLAGPOST_LIE");

    for (size_t i = 0; name != NULL && i < COUNT_OF(lies); i++) {
        if (strcmp(lies[i].name, name) == 0)
            return &lies[i];
    }
    (void)fprintf(stderr, "FLAGPOST_LIE names no lie\n");
    exit(2);
}

/* --- what it seals --- */

/* The wraps of an entry are sealed after its core, in the order of its recipients. */
static size_t wraps_of_lie;

status __real_header_encode_core(const struct header *h, struct arena *a,
                                 struct bytes *ret);
status __wrap_header_encode_core(const struct header *h, struct arena *a,
                                 struct bytes *ret);

status __wrap_header_encode_core(const struct header *h, struct arena *a, struct bytes *ret)
{
    const struct lie *const lie = lie_of_today();
    const bool told = h->kind == KIND_INTELLIGENCE && h->stream.lane == LANE_ROUTINE;
    struct header said = *h;

    wraps_of_lie = told ? 1 : 0;
    if (told && lie->header != NULL)
        lie->header(&said);
    return __real_header_encode_core(&said, a, ret);
}

void __real_hpke_seal(const struct hpke_context *c, uint64_t seq, struct bytes aad,
                      struct bytes plain, uint8_t *ret);
void __wrap_hpke_seal(const struct hpke_context *c, uint64_t seq, struct bytes aad,
                      struct bytes plain, uint8_t *ret);

void __wrap_hpke_seal(const struct hpke_context *c, uint64_t seq, struct bytes aad,
                      struct bytes plain, uint8_t *ret)
{
    const struct lie *const lie = lie_of_today();
    uint8_t copy[CONTENT_KEY_SIZE + 8];

    MUST(plain.size == sizeof copy);
    memcpy(copy, plain.at, sizeof copy);
    if (wraps_of_lie > 0 && wraps_of_lie++ > LAST_OF_CAST) {
        copy[0] ^= lie->key ? 1 : 0;
        copy[sizeof copy - 1] = (uint8_t)(copy[sizeof copy - 1] + (lie->ordinal ? 1 : 0));
    }
    __real_hpke_seal(c, seq, aad, bytes_of(copy, sizeof copy), ret);
}

status __real_seal_content(const struct bytes *items, size_t count, struct draw *d,
                           struct arena *a, struct sealed_content *ret);
status __wrap_seal_content(const struct bytes *items, size_t count, struct draw *d,
                           struct arena *a, struct sealed_content *ret);

/* An audit row is one item, a record many. */
status __wrap_seal_content(const struct bytes *items, size_t count, struct draw *d,
                           struct arena *a, struct sealed_content *ret)
{
    const struct lie *const lie = lie_of_today();
    static uint8_t filled[POISON_BYTES];
    struct bytes poison[ITEMS_MAX];

    if (lie->fill == 0 || count < ITEMS_OF_A_RECORD || count > ITEMS_MAX)
        return __real_seal_content(items, count, d, a, ret);
    memset(filled, lie->fill, sizeof filled);
    for (size_t i = 0; i < count; i++)
        poison[i] = bytes_of(filled, i == 1 ? sizeof filled : items[i].size);
    return __real_seal_content(poison, count, d, a, ret);
}

/* --- whom it sends it to --- */

status __real_routing_may_send(const struct header *h, const struct agency_id *to,
                               const struct routing_today *today);
status __wrap_routing_may_send(const struct header *h, const struct agency_id *to,
                               const struct routing_today *today);

status __wrap_routing_may_send(const struct header *h, const struct agency_id *to,
                               const struct routing_today *today)
{
    if (lie_of_today()->unasked && h->label.marking > MARKING_OFFICIAL_SENSITIVE)
        return OK;
    return __real_routing_may_send(h, to, today);
}

/* --- what it says of others' streams --- */

status __real_receipt_sign(const struct receipt *r, struct keyring *k, struct arena *a,
                           struct bytes *ret);
status __wrap_receipt_sign(const struct receipt *r, struct keyring *k, struct arena *a,
                           struct bytes *ret);

status __wrap_receipt_sign(const struct receipt *r, struct keyring *k, struct arena *a,
                           struct bytes *ret)
{
    const struct lie *const lie = lie_of_today();
    struct receipt said = *r;

    if (lie->receipt != NULL && r->stream.lane == LANE_ROUTINE)
        lie->receipt(&said);
    return __real_receipt_sign(&said, k, a, ret);
}

/* --- what it sends --- */

status __real_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame);
status __wrap_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame);

static status send_changed(struct net *n, const struct agency_id *peer, enum lane lane,
                           struct bytes frame, const struct lie *lie)
{
    void *const memory = malloc(EDIT_ARENA_BYTES);
    struct arena a;
    struct frame f;
    struct bytes changed = {0};

    ENSURE(memory != NULL, E_MEMORY);
    arena_init(&a, memory, EDIT_ARENA_BYTES);
    status s = frame_decode(frame, &a, &f);
    if (s == OK) {
        lie->frame(&f, &a);
        s = frame_encode(&f, &a, &changed);
    }
    if (s == OK)
        s = __real_net_send(n, peer, NET_PUBLISHING, lane, changed);
    free(memory);
    return s;
}

/* What such a version says behind the prefix nobody here can know. */
static status send_newer(struct net *n, const struct agency_id *peer, enum lane lane,
                         struct bytes frame)
{
    static uint8_t copy[FRAME_BYTES_MAX];

    MUST(frame.size <= sizeof copy);
    memcpy(copy, frame.at, frame.size);
    copy[0] = WIRE_VERSION + 1;
    return __real_net_send(n, peer, NET_PUBLISHING, lane, bytes_of(copy, frame.size));
}

status __wrap_net_send(struct net *n, const struct agency_id *peer, enum net_end end,
                       enum lane lane, struct bytes frame)
{
    const struct lie *const lie = lie_of_today();
    const bool told =
        end == NET_PUBLISHING && lane == LANE_ROUTINE && strcmp(peer->text, "SWROCU") == 0;

    if (told && lie->newer)
        return send_newer(n, peer, lane, frame);
    if (told && lie->twice)
        status_ignore(__real_net_send(n, peer, end, lane, frame));
    if (told && lie->frame != NULL)
        return send_changed(n, peer, lane, frame, lie);
    return __real_net_send(n, peer, end, lane, frame);
}

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {&command_run};

    const struct command_group group = {"a node that lies", commands, COUNT_OF(commands)};
    return dispatch(&group, 1, argc, argv);
}
