#include "verify_walk.h"

#include "draw.h"
#include "seal.h"

/*
 * One entry against the leaf that its group has for it, its own header, and the count of
 * what was addressed to whom.
 */

static bool hash_is_of(struct bytes hash, struct bytes b)
{
    const struct hash h = blake(b);

    return bytes_equal(hash, bytes_of(h.bytes, sizeof h.bytes));
}

static struct hash leaf_at(const struct group_row *g, sequence index)
{
    struct hash h;
    struct reader r = {.rest =
                           bytes_from(g->leaves, (size_t)(index - g->first) * HASH_SIZE)};

    read_copy(&r, h.bytes, sizeof h.bytes);
    return h;
}

static status check_leaf(struct walk *w, const struct entry_row *e)
{
    const struct hash wanted = leaf_at(&w->group, e->index);
    const struct hash got = merkle_leaf(e->header);

    if (!hash_equal(&got, &wanted))
        return verify_find(w, e->index, E_HASH,
                           "the header is not the one whose hash is in the log");
    if (!hash_equal(&e->leaf, &wanted))
        return verify_find(w, e->index, E_HASH,
                           "the leaf hash kept with the entry is not the log's");
    return OK;
}

static status check_place(struct walk *w, const struct entry_row *e, const struct header *h)
{
    const char *wrong = NULL;

    if (!hash_equal(&h->realm, &w->v->setup->realm))
        wrong = "the header names another realm";
    else if (!stream_id_equal(&h->stream, &w->row->id))
        wrong = "the header names another stream";
    else if (h->index != e->index)
        wrong = "the header names another index";
    else if (h->kind != KIND_EPOCH && h->group_first != w->group.first)
        wrong = "the header names another commit group";
    else if (h->kind != e->kind || !record_id_equal(&h->id, &e->id))
        wrong = "kind or record id are not those of the header";
    else if (h->kind != KIND_EPOCH && header_recipient_rank(h, &w->v->setup->self) < 0)
        wrong = "the header does not name this agency";
    return wrong == NULL ? OK : verify_find(w, e->index, E_VALUE, wrong);
}

static bool wrap_is_good(const struct header *h, size_t rank, struct bytes wrap)
{
    const struct bytes hash =
        bytes_of(bytes_from(h->wrap_hashes, rank * HASH_SIZE).at, HASH_SIZE);

    return hash_is_of(hash, wrap);
}

/* Own: all wraps, or of what was fetched back our own; of others: ours, then the
 * publisher's. */
static bool wraps_are_good(const struct walk *w, const struct entry_row *e,
                           const struct header *h)
{
    const int ours = header_recipient_rank(h, &w->v->setup->self);
    const int theirs = header_recipient_rank(h, &w->row->id.agency);
    const bool returned = verify_is_returned(w);
    const size_t count = returned ? 1 : w->row->own ? h->recipient_count : 2;

    if (e->wraps.size != count * WRAP_SIZE || ours < 0 || theirs < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        const size_t rank = w->row->own && !returned ? i : (size_t)(i == 0 ? ours : theirs);
        const struct bytes wrap = bytes_of(e->wraps.at + i * WRAP_SIZE, WRAP_SIZE);
        if (!wrap_is_good(h, rank, wrap))
            return false;
    }
    return true;
}

static status check_content(struct walk *w, const struct entry_row *e,
                            const struct header *h)
{
    const struct bytes hash =
        bytes_of(h->ciphertext_hash.bytes, sizeof h->ciphertext_hash.bytes);

    if (e->ciphertext.size != h->ciphertext_size || !hash_is_of(hash, e->ciphertext))
        return verify_find(w, e->index, E_HASH,
                           "the ciphertext is not the one that the header commits to");
    if (h->kind != KIND_EPOCH && !wraps_are_good(w, e, h))
        return verify_find(w, e->index, E_HASH,
                           "a wrap is not the one that the header commits to");
    return OK;
}

static status check_nothing_kept(struct walk *w, const struct entry_row *e)
{
    if (e->ciphertext.size == 0 && e->wraps.size == 0)
        return OK;
    return verify_find(w, e->index, E_VALUE,
                       "its disposition says that no content is kept, and there is some");
}

/* Root of a stream at a size that a checkpoint of it has; E_UNKNOWN when none has. */
static status root_at(struct verifying *v, const struct stream_row *row, sequence size,
                      struct hash *ret)
{
    const struct frontier empty = {0};
    struct group_row g = {0};
    struct note *const n = arena_take(&v->work, sizeof *n);
    struct checkpoint c;

    ENSURE(n != NULL, E_MEMORY);
    if (size == 0 || size == row->frontier.size) {
        *ret = frontier_root(size == 0 ? &empty : &row->frontier);
        return OK;
    }
    TRY(v->store.ops->group_find(v->store.self, &row->id, size - 1, &v->work, &g));
    ENSURE(g.first + g.count == size, E_UNKNOWN);
    TRY(note_parse(g.checkpoint, &v->work, n));
    TRY(checkpoint_read(n, &c));
    *ret = c.root;
    return OK;
}

/* Leaf 0 of a later epoch says how much of the one before others have cosigned. */
static status check_statement(struct walk *w, const struct header *h)
{
    struct verifying *const v = w->v;
    struct stream_row old;
    struct hash root;
    const struct stream_id id = {.agency = h->stream.agency,
                                 .lane = h->stream.lane,
                                 .epoch = h->statement.old_epoch};
    status s = v->store.ops->stream_get(v->store.self, &id, &old);

    /* We began to follow later, or it is ours and was lost: then a peer has proved it to
     * us, and no backup had it.  That none of its rows was taken away the tables' sums say.
     */
    if (s == E_UNKNOWN)
        return OK;
    if (s != OK)
        return verify_find(w, 0, s, "the epoch that this one follows cannot be read");
    if (old.frontier.size < h->statement.old_size)
        return !w->row->own
                   ? OK
                   : verify_find(w, 0, E_COUNT,
                                 "the epoch before is shorter than it is said to be");
    s = root_at(v, &old, h->statement.old_size, &root);
    if (s == OK && !hash_equal(&root, &h->statement.old_root))
        return verify_find(w, 0, E_HASH,
                           "the epoch before had another root at the size stated");
    return OK; /* where the old one is damaged, its own walk tells */
}

/* Row of an agency in the table of counts; NULL when there is no room for one more. */
static struct agency_count *count_of(struct walk *w, const struct agency_id *id)
{
    size_t low = 0;
    size_t high = w->agency_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (agency_id_compare(&w->counts[middle].agency, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < w->agency_count && agency_id_equal(&w->counts[low].agency, id))
        return &w->counts[low];
    if (w->agency_count == AGENCIES_MAX)
        return NULL;
    for (size_t i = w->agency_count++; i > low; i--)
        w->counts[i] = w->counts[i - 1];
    w->counts[low] = (struct agency_count){.agency = *id};
    return &w->counts[low];
}

static status count_recipients(struct walk *w, const struct header *h)
{
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        struct agency_count *const c = count_of(w, &h->recipients[i].agency);
        if (c == NULL)
            return verify_find(w, h->index, E_LIMIT,
                               "more agencies than a roster can list");
        c->count = (struct count){.count = c->count.count + 1, .last = h->index};
    }
    return OK;
}

/* Ordinals count 1, 2, 3 ... and each has one row. */
static status check_ordinal(struct walk *w, const struct entry_row *e)
{
    const uint64_t wanted = w->mine.count + 1;

    if (verify_is_returned(w)) { /* those between may have come from nobody */
        w->tally[e->disposition] += e->kind != KIND_EPOCH;
        return OK;
    }
    if (e->kind == KIND_EPOCH)
        return e->ordinal == 0 ? OK
                               : verify_find(w, e->index, E_COUNT,
                                             "a statement is counted as a record for us");
    if (e->ordinal > wanted)
        return verify_find(w, w->next > w->group.first ? w->next : w->group.first, E_COUNT,
                           "an entry addressed to this agency is missing from here on");
    if (e->ordinal < wanted)
        return verify_find(w, e->index, E_COUNT,
                           "its number among the entries for this agency comes twice");
    w->mine = (struct count){.count = wanted, .last = e->index};
    w->tally[e->disposition]++;
    return OK;
}

static bool is_listed_withheld(const struct group_row *g, const struct entry_row *e)
{
    struct reader r = {.rest = g->withheld};

    while (r.rest.size >= 16) {
        const sequence index = read_u64(&r);
        const uint64_t ordinal = read_u64(&r);
        if (index == e->index && ordinal == e->ordinal)
            return true;
    }
    return false;
}

static status check_withheld(struct walk *w, const struct entry_row *e)
{
    if (w->row->own || e->header.size > 0 || !is_listed_withheld(&w->group, e))
        return verify_find(w, e->index, E_VALUE,
                           "it is said to be withheld, and its publisher did not say so");
    return check_nothing_kept(w, e);
}

/* An entry whose header was understood when it came. */
static status check_known(struct walk *w, const struct entry_row *e, bool has_content)
{
    struct header h;

    const status form = header_decode(e->header, &w->v->work, &h);
    if (form != OK)
        return verify_find(w, e->index, form, "the header cannot be read");
    TRY(check_place(w, e, &h));
    TRY(has_content ? check_content(w, e, &h) : check_nothing_kept(w, e));
    if (h.kind == KIND_EPOCH)
        return check_statement(w, &h);
    return w->row->own ? count_recipients(w, &h) : OK;
}

static status check_disposition(struct walk *w, const struct entry_row *e)
{
    switch (e->disposition) {
    case DISPOSITION_HELD:
        return check_known(w, e, true);
    case DISPOSITION_ERASED:
        return check_known(w, e, false);
    case DISPOSITION_UNOPENABLE:
        if (!w->row->own || verify_is_returned(w))
            return check_known(w, e, true);
        break;
    case DISPOSITION_REFUSED: /* its header may be anything: that may be why */
        if (!w->row->own)
            return check_nothing_kept(w, e);
        break;
    case DISPOSITION_WITHHELD:
        break;
    }
    return verify_find(w, e->index, E_VALUE, "a disposition that an own entry cannot have");
}

status verify_entry(struct walk *w, const struct entry_row *e)
{
    const size_t mark = arena_mark(&w->v->work);
    status s = OK;

    if (e->disposition == DISPOSITION_WITHHELD) {
        s = check_withheld(w, e);
    } else {
        s = check_leaf(w, e);
        if (s == OK)
            s = check_disposition(w, e);
    }
    if (s == OK)
        s = check_ordinal(w, e);
    arena_rewind(&w->v->work, mark);
    return s;
}
