#include "verify_walk.h"

#include <stdio.h>

/*
 * Receipts and cosignatures, each against the checkpoint of its size, whose own signature
 * and root the walk has checked before.
 */

struct receipt_check {
    struct walk *w;
    struct group_row group; /* that ends at the receipt's size */
};

static status found(struct receipt_check *k, const struct receipt_row *r, status why,
                    const char *what)
{
    char sentence[VERIFY_SENTENCE_ROOM];

    (void)snprintf(sentence, sizeof sentence, "%s's %s", r->peer.text, what);
    return verify_find(k->w, r->size > 0 ? r->size - 1 : 0, why, sentence);
}

static status find_group(struct receipt_check *k, const struct receipt_row *r)
{
    struct verifying *const v = k->w->v;

    if (r->size == 0 || r->size > k->w->row->frontier.size)
        return found(k, r, E_COUNT, "receipt is for more than the log has");
    const status s = v->store.ops->group_find(v->store.self, &r->stream, r->size - 1,
                                              &v->work, &k->group);
    if (s != OK || k->group.first + k->group.count != r->size)
        return found(k, r, E_VALUE, "receipt is for a size that no checkpoint has");
    return OK;
}

static status try_keys(struct verifying *v, const struct note *n,
                       const struct receipt_row *r, const struct verify_keys *keys)
{
    millis time = 0;
    status s = E_SIGNATURE;

    for (size_t i = 0; i < keys->count && s == E_SIGNATURE; i++)
        s = cosignature_verify(n, &v->setup->realm, &r->peer, keys->keys[i], &time);
    return s;
}

/* Gives the keys of the roster that it stands under, for the receipt. */
static status check_cosignature(struct receipt_check *k, const struct receipt_row *r,
                                struct verify_keys *keys)
{
    struct verifying *const v = k->w->v;
    struct note *const n = arena_take(&v->work, sizeof *n);
    status s = E_SIGNATURE;

    ENSURE(n != NULL, E_MEMORY);
    const status form = note_parse(r->cosignature, &v->work, n);
    if (form != OK)
        return found(k, r, form, "cosignature cannot be read");
    const struct bytes ours = k->group.checkpoint;
    if (ours.size < n->text.size || !bytes_equal(bytes_of(ours.at, n->text.size), n->text))
        return found(k, r, E_HASH, "cosignature is on another checkpoint");
    /* It was given under the roster that the checkpoint names, or under a later one. */
    for (uint32_t version = k->group.roster_version;
         s == E_SIGNATURE && version <= v->newest->version; version++) {
        s = verify_keys_of(v, &r->peer, version, keys);
        if (s == OK)
            s = try_keys(v, n, r, keys);
    }
    if (s != OK)
        return found(k, r, s, "cosignature is not signed by it as it stands");
    k->w->out->cosignatures++;
    return OK;
}

static status count_at(const struct group_row *g, uint64_t *ret)
{
    struct reader reader = {.rest = g->counts};

    *ret = read_u64(&reader);
    return reader.bad ? E_DAMAGED : OK;
}

static status check_receipt(struct receipt_check *k, const struct receipt_row *r,
                            const struct verify_keys *keys)
{
    struct verifying *const v = k->w->v;
    struct receipt told = {0};
    struct checkpoint c;
    uint64_t count = 0;
    status s = E_SIGNATURE;

    if (r->receipt.size == 0)
        return OK; /* a witness only */
    for (size_t i = 0; i < keys->count && s == E_SIGNATURE; i++)
        s = receipt_verify(r->receipt, keys->keys[i], &v->work, &told);
    if (s != OK)
        return found(k, r, s, "receipt is not signed by it as it stands");
    struct note *const n = arena_take(&v->work, sizeof *n);
    ENSURE(n != NULL, E_MEMORY);
    s = note_parse(k->group.checkpoint, &v->work, n);
    if (s == OK)
        s = checkpoint_read(n, &c);
    if (s != OK || !hash_equal(&told.realm, &c.realm) ||
        !stream_id_equal(&told.stream, &c.stream) || told.size != c.size ||
        !hash_equal(&told.root, &c.root) || !agency_id_equal(&told.follower, &r->peer))
        return found(k, r, E_VALUE, "receipt is for another checkpoint");
    if (!k->w->row->own && count_at(&k->group, &count) == OK &&
        told.held + told.unopenable + told.refused + told.withheld + told.erased != count)
        return found(k, r, E_COUNT, "receipt says another number of entries than held");
    k->w->out->receipts++;
    return OK;
}

static status check_all(struct receipt_check *k, const struct receipt_row *r)
{
    struct verify_keys keys = {0};

    TRY(find_group(k, r));
    TRY(check_cosignature(k, r, &keys));
    return check_receipt(k, r, &keys);
}

static status each_receipt(void *context, const struct receipt_row *r)
{
    struct walk *const w = context;
    struct receipt_check k = {.w = w};
    const size_t mark = arena_mark(&w->v->work);

    /* Above what is proved there is nothing to hold a receipt against. */
    if (w->out->finding.why != OK && r->size > w->frontier.size)
        return OK;
    const status s = check_all(&k, r);
    arena_rewind(&w->v->work, mark);
    if (w->v->setup->progress != NULL)
        w->v->setup->progress(w->v->setup->context, w->v->entries);
    /* A bad one has its finding; the others are looked at all the same. */
    return s == E_MEMORY ? s : OK;
}

static status check_own_receipt(struct walk *w)
{
    struct verifying *const v = w->v;
    struct receipt_row r = {0};

    const status s =
        v->store.ops->own_receipt_find(v->store.self, &w->row->id, &v->rows, &r);
    if (s == E_UNKNOWN && w->row->receipted == 0)
        return OK;
    ENSURE(s == OK, s);
    if (r.size != w->row->receipted || !agency_id_equal(&r.peer, &v->setup->self))
        return verify_find(w, w->row->receipted, E_COUNT,
                           "our newest receipt is not the one that the stream tells of");
    return each_receipt(w, &r);
}

void verify_receipts(struct walk *w)
{
    struct verifying *const v = w->v;

    arena_reset(&v->rows);
    const status s =
        w->row->own ? journal_receipts(v->journal, &w->row->id, &v->rows, each_receipt, w)
                    : check_own_receipt(w);
    if (s != OK && w->out->finding.why == OK)
        (void)verify_find(w, w->row->receipted, s, "a receipt is missing or unreadable");
}
