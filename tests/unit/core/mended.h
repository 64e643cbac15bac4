#ifndef FLAGPOST_UNIT_MENDED_H
#define FLAGPOST_UNIT_MENDED_H

/* A, whose own rows another hand changes, and B and C, who were sent them. */

#include "nodes.h"

enum { A, B, C };
enum { TO_B, TO_C, TO_BOTH, ERASED, TO_NOBODY, LAST, SIZE };

static const unsigned addressed[SIZE] = {
    [TO_B] = 1u << B,   [TO_C] = 1u << C, [TO_BOTH] = 1u << B | 1u << C,
    [ERASED] = 1u << B, [TO_NOBODY] = 0,  [LAST] = 1u << B | 1u << C,
};

static struct nodes *world;
static struct stream_id stream;
static struct entry_row before[SIZE];

static inline const struct mending *mending(void)
{
    return &world->at[A].exchange->own[lane_rank(LANE_ROUTINE)].mend;
}

static inline status row_of(sequence index, struct entry_row *ret)
{
    const struct store s = node_store(world, A);

    return s.ops->entry_find(s.self, &stream, index, &world->paper, ret);
}

static inline void erase(struct nodes *n, sequence index)
{
    const struct item_audit why = {.at = 1, .actor = bytes_of_text("a person")};

    node_begin(n, A);
    CHECK_OK(
        exchange_erase(n->at[A].exchange, &n->cast.actors[A].id, &before[index].id, &why));
    node_end(n, A);
    CHECK_OK(row_of(index, &before[index]));
}

/* The first two in one group. */
static inline struct nodes *published(void)
{
    struct nodes *const n = nodes_make(3);

    world = n;
    node_begin(n, A);
    for (size_t i = 0; i < 2; i++)
        CHECK_OK(node_submit(n, A, addressed[i], "", MARKING_OFFICIAL));
    node_end(n, A);
    for (size_t i = 2; i < SIZE; i++)
        node_publish(n, A, addressed[i]);
    nodes_run(n, 6000);
    stream = n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.id;
    for (sequence i = 0; i < SIZE; i++)
        CHECK_OK(row_of(i, &before[i]));
    erase(n, ERASED);
    return n;
}

static inline struct bytes flipped_at(struct bytes b, size_t at)
{
    uint8_t *const copy = arena_take(&world->paper, b.size);

    CHECK(copy != NULL && at < b.size);
    memcpy(copy, b.at, b.size);
    copy[at] ^= 1;
    return bytes_of(copy, b.size);
}

static inline struct bytes flipped(struct bytes b)
{
    return flipped_at(b, b.size / 2);
}

enum damage {
    MISSING,
    HEADER,
    CIPHERTEXT,
    SHORT,
    WRAPS,
    NO_WRAPS,
    KEPT,
    LEAF,
    ORDINAL,
    KIND,
    ID,
    SAID_ERASED,
    NOTHING_LEFT,
    DAMAGES
};

static inline void damage_row(enum damage what, struct entry_row *row)
{
    if (what == HEADER || what == NOTHING_LEFT)
        row->header = flipped(row->header);
    if (what == CIPHERTEXT || what == NOTHING_LEFT)
        row->ciphertext = flipped(row->ciphertext);
    if (what == KEPT || what == NOTHING_LEFT)
        row->kept = flipped(row->kept);
    if (what == WRAPS || what == NOTHING_LEFT) {
        for (size_t at = 0; at < row->wraps.size; at += WRAP_SIZE)
            row->wraps = flipped_at(row->wraps, at);
    }
    if (what == SHORT)
        row->ciphertext.size--;
    else if (what == NO_WRAPS)
        row->wraps = (struct bytes){0};
    else if (what == LEAF)
        row->leaf.bytes[0] ^= 1;
    else if (what == ORDINAL)
        row->ordinal++;
    else if (what == KIND)
        row->kind = KIND_OUTCOME;
    else if (what == ID)
        row->id.bytes[0] ^= 1;
    else if (what == SAID_ERASED)
        *row = (struct entry_row){.stream = row->stream,
                                  .index = row->index,
                                  .ordinal = row->ordinal,
                                  .id = row->id,
                                  .kind = row->kind,
                                  .disposition = DISPOSITION_ERASED,
                                  .leaf = row->leaf,
                                  .header = row->header,
                                  .at = row->at};
}

/* As if by SQL, in the store that the node has. */
static inline void damage(sequence index, enum damage what)
{
    const struct store s = node_store(world, A);
    struct entry_row row = before[index];
    const sequence at = row.index;
    uint8_t key[32];

    const status kept = s.ops->key_find(s.self, &stream, at, key);
    node_begin(world, A);
    CHECK_OK(s.ops->entry_drop(s.self, &stream, at));
    damage_row(what, &row);
    if (what != MISSING)
        CHECK_OK(s.ops->entry_put(s.self, &row));
    if (kept == OK) /* entry_drop takes the key along, which this damage leaves */
        CHECK_OK(s.ops->key_put(s.self, &stream, at, key));
    node_end(world, A);
}

static inline void mend(void)
{
    node_begin(world, A);
    CHECK_OK(exchange_mend(world->at[A].exchange));
    node_end(world, A);
    nodes_run(world, (millis)8 * STALL_MS);
    for (size_t l = 0; l < LANES; l++)
        CHECK(!world->at[A].exchange->own[l].mend.is_on);
}

static inline void check_as_before(sequence index)
{
    struct entry_row now = {0};

    CHECK_OK(row_of(index, &now));
    CHECK_BYTES(now.header, before[index].header);
    CHECK_BYTES(now.ciphertext, before[index].ciphertext);
    CHECK_BYTES(now.wraps, before[index].wraps);
    CHECK(hash_equal(&now.leaf, &before[index].leaf));
    CHECK(record_id_equal(&now.id, &before[index].id));
    CHECK_INT(now.ordinal, before[index].ordinal);
    CHECK_INT(now.kind, before[index].kind);
    CHECK_INT(now.disposition, before[index].disposition);
    CHECK(!now.duplicate);
}

static inline bool opens(sequence index)
{
    const struct sealed_content *content = NULL;
    struct entry_row row = {0};
    struct header h;

    CHECK_OK(row_of(index, &row));
    CHECK_OK(header_decode(row.header, &world->paper, &h));
    node_begin(world, A);
    const status s = exchange_content_again(world->at[A].exchange, &row, &h, &content);
    node_end(world, A);
    return s == OK;
}

/* What the account says of the one row that was harmed. */
static inline struct mend told_of(sequence index)
{
    CHECK_INT(mending()->count, 1);
    CHECK_INT(mending()->at[0].index, index);
    CHECK_STATUS(mending()->stopped, OK);
    CHECK(!mending()->more);
    return mending()->at[0];
}

#endif
