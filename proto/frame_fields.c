#include "frame_fields.h"

#include "frame.pb-c.h"

enum {
    CIPHERTEXT_SIZE_MAX = CONTENT_BYTES_MAX + 16,
    LEAVES_SIZE_MAX = HASH_SIZE * GROUP_ENTRIES_MAX,
    PATH_SIZE_MAX = HASH_SIZE * MERKLE_LEVELS_MAX,
};

static const struct field hello_fields[] = {
    FIELD(struct frame_hello, 1, FIELD_FIXED, realm, 1, HASH_SIZE),
    FIELD(struct frame_hello, 2, FIELD_U32, roster_version, 0, UINT32_MAX),
    FIELD(struct frame_hello, 3, FIELD_EPOCH, epoch, 0, 0),
    FIELD(struct frame_hello, 4, FIELD_U64, size, 0, UINT64_MAX),
    FIELD(struct frame_hello, 5, FIELD_FIXED, root, 0, HASH_SIZE),
    FIELD(struct frame_hello, 6, FIELD_U64, instance, 0, UINT64_MAX),
    FIELD(struct frame_hello, 7, FIELD_U32, kx_id, 0, UINT32_MAX),
    FIELD(struct frame_hello, 8, FIELD_U64, receipted, 0, UINT64_MAX),
};

static const struct field fetch_fields[] = {
    FIELD(struct frame_fetch, 1, FIELD_EPOCH, epoch, 0, 0),
    FIELD(struct frame_fetch, 2, FIELD_U64, from, 0, UINT64_MAX),
    FIELD(struct frame_fetch, 3, FIELD_U32, credit, 1, CREDIT_GROUPS_MAX),
    FIELD(struct frame_fetch, 4, FIELD_BYTES, list, 0, UINT64_C(8) * FETCH_LIST_MAX),
};

static const struct field withheld_fields[] = {
    FIELD(struct withheld, 1, FIELD_U64, index, 0, UINT64_MAX),
    FIELD(struct withheld, 2, FIELD_U64, ordinal, 1, UINT64_MAX),
};

static const struct field group_fields[] = {
    FIELD(struct frame_group, 1, FIELD_EPOCH, epoch, 1, 0),
    FIELD(struct frame_group, 2, FIELD_U64, first, 0, UINT64_MAX),
    FIELD(struct frame_group, 3, FIELD_BYTES, leaves, HASH_SIZE, LEAVES_SIZE_MAX),
    FIELD(struct frame_group, 4, FIELD_BYTES, checkpoint, 1, NOTE_BYTES_MAX),
    FIELD(struct frame_group, 5, FIELD_FIXED, count_salt, 1, 16),
    FIELD(struct frame_group, 6, FIELD_U64, count, 0, UINT64_MAX),
    FIELD(struct frame_group, 7, FIELD_U64, count_last, 0, UINT64_MAX),
    FIELD(struct frame_group, 8, FIELD_BYTES, count_path, 0, PATH_SIZE_MAX),
};

static const struct field entry_fields[] = {
    FIELD(struct entry_copy, 1, FIELD_U64, index, 0, UINT64_MAX),
    FIELD(struct entry_copy, 2, FIELD_BYTES, header, 1, HEADER_BYTES_MAX),
    FIELD(struct entry_copy, 3, FIELD_BYTES, ciphertext, 0, CIPHERTEXT_SIZE_MAX),
    FIELD(struct entry_copy, 4, FIELD_BYTES, wrap, 0, WRAP_SIZE),
    FIELD(struct entry_copy, 5, FIELD_BYTES, publisher_wrap, 0, WRAP_SIZE),
    FIELD(struct entry_copy, 6, FIELD_U64, ordinal, 0, UINT64_MAX),
};

static const struct field entries_fields[] = {
    FIELD(struct frame_entries, 1, FIELD_EPOCH, epoch, 1, 0),
};

static const struct field receipt_fields[] = {
    FIELD(struct frame_receipt, 1, FIELD_EPOCH, epoch, 1, 0),
    FIELD(struct frame_receipt, 2, FIELD_BYTES, cosignature, 1, NOTE_BYTES_MAX),
    FIELD(struct frame_receipt, 3, FIELD_BYTES, receipt, 0, NOTE_BYTES_MAX),
};

static const struct field notify_fields[] = {
    FIELD(struct frame_notify, 1, FIELD_EPOCH, epoch, 1, 0),
    FIELD(struct frame_notify, 2, FIELD_U64, size, 0, UINT64_MAX),
};

static const struct field note_fields[] = {
    FIELD(struct frame_note, 1, FIELD_BYTES, note, 1, NOTE_BYTES_MAX),
};

static const struct field evidence_fields[] = {
    FIELD(struct frame_evidence, 1, FIELD_BYTES, first, 1, NOTE_BYTES_MAX),
    FIELD(struct frame_evidence, 2, FIELD_BYTES, second, 1, NOTE_BYTES_MAX),
};

static const struct field error_fields[] = {
    FIELD(struct frame_error, 1, FIELD_U32, reject, REJECT_BAD_MESSAGE, REJECT_FORK),
    FIELD(struct frame_error, 2, FIELD_EPOCH, epoch, 0, 0),
    FIELD(struct frame_error, 3, FIELD_U64, index, 0, UINT64_MAX),
};

const struct layout frame_withheld_layout =
    LAYOUT(flagpost__withheld__descriptor, withheld_fields, struct withheld);
const struct layout frame_entry_layout =
    LAYOUT(flagpost__entry_copy__descriptor, entry_fields, struct entry_copy);

static const struct layout layouts[] = {
    [FRAME_HELLO] = LAYOUT(flagpost__hello__descriptor, hello_fields, struct frame_hello),
    [FRAME_FETCH] = LAYOUT(flagpost__fetch__descriptor, fetch_fields, struct frame_fetch),
    [FRAME_GROUP] = LAYOUT(flagpost__group__descriptor, group_fields, struct frame_group),
    [FRAME_ENTRIES] =
        LAYOUT(flagpost__entries__descriptor, entries_fields, struct frame_entries),
    [FRAME_RECEIPT] =
        LAYOUT(flagpost__receipt__descriptor, receipt_fields, struct frame_receipt),
    [FRAME_NOTIFY] =
        LAYOUT(flagpost__notify__descriptor, notify_fields, struct frame_notify),
    [FRAME_ROSTER] = LAYOUT(flagpost__note__descriptor, note_fields, struct frame_note),
    [FRAME_KX] = LAYOUT(flagpost__note__descriptor, note_fields, struct frame_note),
    [FRAME_GOSSIP] = LAYOUT(flagpost__note__descriptor, note_fields, struct frame_note),
    [FRAME_EVIDENCE] =
        LAYOUT(flagpost__evidence__descriptor, evidence_fields, struct frame_evidence),
    [FRAME_ERROR] = LAYOUT(flagpost__error__descriptor, error_fields, struct frame_error),
};

const struct layout *frame_layout(enum frame_kind kind)
{
    const size_t row = (size_t)kind;

    return row >= FRAME_HELLO && row < COUNT_OF(layouts) ? &layouts[row] : NULL;
}

static status check_hello(const struct frame_hello *h)
{
    static const struct hash none;

    /* Who holds no epoch holds nothing of it. */
    if (epoch_is_none(&h->epoch))
        return h->size == 0 && h->receipted == 0 && hash_equal(&h->root, &none) ? OK
                                                                                : E_VALUE;
    return OK;
}

/* A list is of one epoch, which is named, and has its own order. */
static status check_fetch(const struct frame_fetch *f)
{
    struct reader r = {.rest = f->list};
    sequence last = 0;

    ENSURE(f->list.size % 8 == 0, E_VALUE);
    ENSURE(f->list.size == 0 || (!epoch_is_none(&f->epoch) && f->from == 0), E_VALUE);
    for (size_t i = 0; i < f->list.size / 8; i++) {
        const sequence index = read_u64(&r);
        ENSURE(i == 0 || index > last, E_VALUE);
        last = index;
    }
    return OK;
}

static status check_group(const struct frame_group *g)
{
    const size_t count = g->leaves.size / HASH_SIZE;

    ENSURE(g->leaves.size % HASH_SIZE == 0 && g->count_path.size % HASH_SIZE == 0, E_VALUE);
    ENSURE(g->first <= UINT64_MAX - count, E_VALUE);
    ENSURE(g->count > 0 || g->count_last == 0, E_VALUE);
    ENSURE(g->withheld_count <= FRAME_WITHHELD_MAX, E_LIMIT);
    for (uint32_t i = 0; i < g->withheld_count; i++) {
        const sequence index = g->withheld[i].index;
        ENSURE(index >= g->first && index - g->first < count, E_VALUE);
        ENSURE(i == 0 || index > g->withheld[i - 1].index, E_VALUE);
    }
    return OK;
}

/* A statement's entry has neither ciphertext nor wraps, so these may be missing. */
static bool wrap_is_valid(struct bytes wrap)
{
    return wrap.size == 0 || wrap.size == WRAP_SIZE;
}

static status check_entries(const struct frame_entries *e)
{
    ENSURE(e->entry_count >= 1, E_VALUE);
    ENSURE(e->entry_count <= GROUP_ENTRIES_MAX, E_LIMIT);
    for (uint32_t i = 0; i < e->entry_count; i++) {
        const struct entry_copy *const copy = &e->entries[i];
        ENSURE(i == 0 || copy->index > e->entries[i - 1].index, E_VALUE);
        ENSURE(copy->index - e->entries[0].index < GROUP_ENTRIES_MAX, E_VALUE);
        ENSURE(wrap_is_valid(copy->wrap) && wrap_is_valid(copy->publisher_wrap), E_VALUE);
    }
    return OK;
}

status frame_check(const struct frame *f)
{
    switch (f->kind) {
    case FRAME_HELLO:
        return check_hello(&f->hello);
    case FRAME_GROUP:
        return check_group(&f->group);
    case FRAME_ENTRIES:
        return check_entries(&f->entries);
    case FRAME_FETCH:
        return check_fetch(&f->fetch);
    case FRAME_RECEIPT:
    case FRAME_NOTIFY:
    case FRAME_ROSTER:
    case FRAME_KX:
    case FRAME_GOSSIP:
    case FRAME_EVIDENCE:
    case FRAME_ERROR:
        return OK;
    }
    return E_VALUE;
}
