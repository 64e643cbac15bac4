#include "audit.h"

#include "proof_lines.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * An export of the log, judged in one pass: each entry's header and rows, its leaf put to
 * the frontier, and at each checkpoint the frontier's root held against the signed one.
 */

struct judging {
    struct proof_reader r;
    struct bytes trusted;
    const struct audit_reader *reader;
    struct proof p; /* of its trust alone */
    struct audit_facts *facts;
    struct proof_fault *fault;
    struct frontier frontier;
    sequence signed_size; /* of the last checkpoint */
    sequence behind;      /* of the last entry */
    millis latest;        /* of the entries shown */
    bool has_roster, ended;
};

/* Names the entries that are meant. */
static status wrong(struct judging *j, uint32_t line, status why, sequence from,
                    sequence to, const char *what)
{
    char sentence[PROOF_SENTENCE_ROOM];

    if (from == to)
        (void)snprintf(sentence, sizeof sentence, "entry %" PRIu64 " of the log %s", from,
                       what);
    else
        (void)snprintf(sentence, sizeof sentence,
                       "entries %" PRIu64 " to %" PRIu64 " of the log %s", from, to, what);
    return proof_fail(j->fault, line, "entry", why, sentence);
}

/* --- what it is of --- */

static status read_number(struct judging *j, const char *key, uint64_t *ret)
{
    return proof_read_decimal(&j->r, key, ret);
}

static status read_log(struct judging *j)
{
    struct stream_id *const log = &j->facts->trust.header.stream;
    struct bytes agency = {0};
    struct bytes epoch = {0};

    TRY(proof_enter(&j->r, "agency", &agency));
    if (agency_id_read(agency, &log->agency) != OK)
        return proof_misformed(&j->r, "agency");
    log->lane = LANE_LOCAL;
    TRY(proof_enter(&j->r, "epoch", &epoch));
    if (epoch_read(epoch, &log->epoch) != OK)
        return proof_misformed(&j->r, "epoch");
    TRY(read_number(j, "since", &j->facts->since));
    TRY(read_number(j, "until", &j->facts->until));
    return OK;
}

static status read_before(struct judging *j)
{
    struct proof_value v = {0};

    TRY(proof_read_base64(&j->r, "before", &v));
    if (frontier_decode(v.bytes, &j->frontier) != OK)
        return proof_misformed(&j->r, "before");
    j->facts->first = j->frontier.size;
    j->signed_size = j->frontier.size;
    j->behind = j->frontier.size;
    return OK;
}

static status read_head(struct judging *j)
{
    j->r.line++;
    lines_key(&j->r.l, "flagpost/audit/v1");
    if (j->r.l.bad || lines_has_word(&j->r.l))
        return proof_fail(j->fault, j->r.line, "flagpost/audit/v1", E_FORM,
                          "this is no export of a log");
    TRY(proof_read_fixed(&j->r, "realm", HASH_SIZE, &j->p.realm));
    TRY(proof_read_roots(&j->r, &j->p));
    TRY(read_log(j));
    return read_before(j);
}

static status read_roster(struct judging *j)
{
    struct proof_facts *const t = &j->facts->trust;

    TRY(proof_read_base64(&j->r, "roster", &j->p.roster));
    TRY(proof_check_trust(&j->p, j->trusted, j->r.arena, t, j->fault));
    t->witness_count = 0;
    if (roster_find(&t->roster, &t->header.stream.agency) == NULL)
        return proof_fail(j->fault, j->r.line, "roster", E_UNKNOWN,
                          "the agency whose log it is is not in it");
    j->has_roster = true;
    return OK;
}

/* --- entries --- */

struct entry_lines {
    sequence index;
    uint32_t line;
    struct header h;
    struct hash leaf;
    size_t count;
    struct salted_item *items;
};

static status read_rows(struct judging *j, struct entry_lines *e)
{
    struct proof_value salt = {0};
    struct proof_value value = {0};

    e->items = arena_array(j->r.arena, ITEMS_MAX, sizeof *e->items);
    ENSURE(e->items != NULL, E_MEMORY);
    while (lines_has(&j->r.l, "salt")) {
        if (e->count == ITEMS_MAX)
            return wrong(j, j->r.line + 1, E_LIMIT, e->index, e->index,
                         "has more rows than an entry can have");
        TRY(proof_read_fixed(&j->r, "salt", SALT_SIZE, &salt));
        TRY(proof_read_base64(&j->r, "value", &value));
        memcpy(e->items[e->count].salt, salt.bytes.at, SALT_SIZE);
        e->items[e->count++].item = value.bytes;
    }
    return OK;
}

static status read_entry(struct judging *j, struct entry_lines *e)
{
    struct proof_value header = {0};
    const sequence next = j->frontier.size;

    TRY(read_number(j, "entry", &e->index));
    e->line = j->r.line;
    if (e->index > next)
        return wrong(j, e->line, E_ORDER, next, e->index - 1,
                     next + 1 == e->index ? "is left out" : "are left out");
    if (e->index < next)
        return wrong(j, e->line, E_ORDER, e->index, e->index,
                     "stands in another's place, or twice");
    TRY(proof_read_base64(&j->r, "header", &header));
    e->leaf = merkle_leaf(header.bytes);
    if (header_decode(header.bytes, j->r.arena, &e->h) != OK)
        return wrong(j, e->line, E_FORM, e->index, e->index, "has no entry's header");
    return read_rows(j, e);
}

/* It is the entry of its place, and the period's beginning is in the file. */
static status check_place(struct judging *j, const struct entry_lines *e)
{
    const struct audit_facts *const f = j->facts;

    if (!hash_equal(&e->h.realm, &f->trust.realm) ||
        !stream_id_equal(&e->h.stream, &f->trust.header.stream) || e->h.index != e->index)
        return wrong(j, e->line, E_VALUE, e->index, e->index,
                     "has the header of another: it was exchanged");
    if (f->entries == 0 && e->index > 0 && e->h.sealed_at >= f->since)
        return wrong(j, e->line, E_ORDER, 0, e->index - 1,
                     "are not shown, and may be of the period: its beginning is cut off");
    if (j->behind != e->index)
        return wrong(j, e->line, E_ORDER, j->behind, e->index - 1,
                     "are shown by their hashes alone");
    return OK;
}

static bool is_shown(const struct audit_facts *f, const struct header *h)
{
    return h->kind == KIND_AUDIT && h->sealed_at >= f->since && h->sealed_at < f->until;
}

static status check_rows(struct judging *j, const struct entry_lines *e)
{
    struct hash root;

    if (e->count != (is_shown(j->facts, &e->h) ? e->h.item_count : 0))
        return wrong(j, e->line, E_VALUE, e->index, e->index,
                     "does not have the rows that it was sealed with");
    if (e->count == 0)
        return OK;
    TRY(content_root(e->items, e->count, j->r.arena, &root));
    if (!hash_equal(&root, &e->h.content_root))
        return wrong(j, e->line, E_HASH, e->index, e->index,
                     "was changed: its rows are not those that were sealed");
    return OK;
}

static status give_rows(struct judging *j, const struct entry_lines *e)
{
    struct item item;

    for (size_t i = 0; i < e->count; i++) {
        if (item_decode(e->items[i].item, j->r.arena, &item) != OK ||
            item.kind != ITEM_AUDIT)
            return wrong(j, e->line, E_FORM, e->index, e->index, "has what is no row");
        j->facts->rows++;
        if (j->reader != NULL)
            TRY(j->reader->each(j->reader->context, e->index, &item.audit));
    }
    return OK;
}

static status each_entry(struct judging *j)
{
    struct audit_facts *const f = j->facts;
    struct entry_lines e = {0};

    TRY(read_entry(j, &e));
    TRY(check_place(j, &e));
    TRY(check_rows(j, &e));
    TRY(give_rows(j, &e));
    if (e.h.has_statement) {
        f->has_statement = true;
        f->before = e.h.statement.old_epoch;
    }
    f->clock_back = f->clock_back || e.h.sealed_at < j->latest;
    j->latest = e.h.sealed_at > j->latest ? e.h.sealed_at : j->latest;
    f->others +=
        e.h.kind != KIND_AUDIT && e.h.sealed_at >= f->since && e.h.sealed_at < f->until;
    f->entries++;
    f->trust.witness_count = 0;
    j->ended = e.h.sealed_at >= f->until;
    frontier_append(&j->frontier, &e.leaf);
    j->behind = j->frontier.size;
    return OK;
}

static status each_leaf(struct judging *j)
{
    struct hash leaf;
    struct proof_value v = {0};

    TRY(proof_read_base64(&j->r, "leaf", &v));
    if (v.bytes.size != HASH_SIZE)
        return proof_misformed(&j->r, "leaf");
    memcpy(leaf.bytes, v.bytes.at, HASH_SIZE);
    frontier_append(&j->frontier, &leaf);
    return OK;
}

/* --- checkpoints --- */

static status check_revoked(struct judging *j, const struct checkpoint *c)
{
    const struct roster *const r = &j->facts->trust.roster;

    if (!roster_is_revoked(r, &c->stream.agency))
        return OK;
    const struct revocation *const good = roster_good_place(r, &c->stream);
    return good != NULL && c->size <= good->size
               ? OK
               : proof_fail(j->fault, j->r.line, "checkpoint", E_REVOKED,
                            "its agency is revoked, and it is past the last good place");
}

static status each_checkpoint(struct judging *j)
{
    struct proof_view v = {0};
    struct checkpoint c;

    TRY(proof_read_base64(&j->r, "checkpoint", &v.checkpoint));
    if (!j->has_roster)
        return proof_fail(j->fault, j->r.line, "checkpoint", E_ORDER,
                          "no roster stands before it");
    TRY(proof_check_head(&v, j->signed_size, j->r.arena, &j->facts->trust, j->fault, &c));
    TRY(check_revoked(j, &c));
    if (c.size > j->frontier.size)
        return wrong(j, j->r.line, E_ORDER, j->frontier.size, c.size - 1,
                     c.size - 1 == j->frontier.size ? "is left out" : "are left out");
    const struct hash root = frontier_root(&j->frontier);
    if (c.size != j->frontier.size || !hash_equal(&c.root, &root))
        return wrong(j, j->r.line, E_HASH, j->signed_size, j->frontier.size - 1,
                     "(or what stands before) are not what the agency has signed");
    j->signed_size = c.size;
    j->facts->trust.size = c.size;
    j->facts->trust.log_root = c.root;
    return OK;
}

/* --- the whole --- */

/* One block; a roster's memory stays, another's does not. */
static status each_block(struct judging *j)
{
    const size_t mark = arena_mark(j->r.arena);
    status s = OK;

    if (lines_has(&j->r.l, "roster"))
        return read_roster(j);
    if (lines_has(&j->r.l, "leaf"))
        s = each_leaf(j);
    else if (lines_has(&j->r.l, "checkpoint"))
        s = each_checkpoint(j);
    else
        s = each_entry(j);
    arena_rewind(j->r.arena, mark);
    return s;
}

static status check_end(struct judging *j)
{
    if (lines_has(&j->r.l, "closed")) {
        j->r.line++;
        lines_key(&j->r.l, "closed");
        j->facts->closed = true;
    }
    j->r.line++;
    lines_key(&j->r.l, "end");
    if (!lines_is_done(&j->r.l))
        return proof_fail(j->fault, j->r.line, "end", E_FORM,
                          "should be \"end\", and nothing after it");
    if (j->facts->entries == 0)
        return proof_fail(j->fault, j->r.line, "end", E_ORDER, "it has no entry");
    if (j->signed_size != j->frontier.size)
        return wrong(j, j->r.line, E_ORDER, j->signed_size, j->frontier.size - 1,
                     "have no checkpoint after them: the tail is cut");
    j->facts->hidden = j->frontier.size - j->behind;
    if (!j->ended && !j->facts->closed)
        return wrong(
            j, j->r.line, E_ORDER, j->behind, j->behind,
            "and those behind it are left out: the period goes on, the tail is cut");
    return OK;
}

static status check_all(struct judging *j)
{
    TRY(read_head(j));
    while (!lines_has(&j->r.l, "end") && !lines_has(&j->r.l, "closed"))
        TRY(each_block(j));
    return check_end(j);
}

status audit_file_check(struct bytes text, struct bytes trusted, struct arena *a,
                        const struct audit_reader *reader, struct audit_facts *ret,
                        struct proof_fault *ret_fault)
{
    struct judging *const j = arena_take(a, sizeof *j);

    ENSURE(j != NULL, E_MEMORY);
    memset(ret, 0, sizeof *ret);
    *j = (struct judging){.r = {.l = lines_over(text), .arena = a, .fault = ret_fault},
                          .trusted = trusted,
                          .reader = reader,
                          .facts = ret,
                          .fault = ret_fault};
    const status s = text.size > AUDIT_FILE_BYTES_MAX ? E_LIMIT : check_all(j);
    if (s != OK) /* memory or size: no line is to blame */
        return proof_fail(ret_fault, 0, "file", s, status_sentence(s));
    return OK;
}
