#include "backups.h"

#include "shelf.h"
#include "tail.h"
#include "text.h"

#include <string.h>

/*
 * What the last backup for a recovery key is that a tail can go on from.  A row of the
 * shelf, whose body is
 *
 *     u8 version = 1, 16 bytes set, u32 number of the KX key, u8 whether tails are in the
 * log, and for each lane its epoch and size (tail.h)
 *
 * A tail has no keys: what was sealed for a KX key that the backup has not would never
 * open.
 */

enum { VERSION = 1, SET_SIZE = 16, BODY_SIZE = 1 + SET_SIZE + 4 + 1 + TAIL_PLACES_SIZE };

struct base {
    uint8_t set[SET_SIZE];
    uint32_t kx_id;
    bool logged;
    struct tail_place places[LANES];
    millis expires;
};

static record_id row_id(struct desk *d, struct bytes recovery)
{
    uint8_t room[32 + BACKUP_KEY_DIGITS];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    MUST(recovery.size == BACKUP_KEY_DIGITS);
    write_text(&w, "flagpost/backup/base/v1");
    write_bytes(&w, recovery);
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static status put(struct desk *d, struct bytes recovery, const struct base *b)
{
    uint8_t room[BODY_SIZE];
    uint8_t places[TAIL_PLACES_SIZE];
    struct writer w = writer_over(room, sizeof room);

    tail_places_write(b->places, places);
    write_u8(&w, VERSION);
    write_bytes(&w, bytes_of(b->set, sizeof b->set));
    write_u32(&w, b->kx_id);
    write_u8(&w, b->logged);
    write_bytes(&w, bytes_of(places, sizeof places));
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_BACKUP,
                                  .id = row_id(d, recovery),
                                  .state = BACKUP_BASE,
                                  .due = b->expires,
                                  .changed = d->exchange->now,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

static status find(struct desk *d, struct bytes recovery, struct base *ret)
{
    const record_id id = row_id(d, recovery);
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_BACKUP, &id, d->exchange->arena, &row));
    struct reader r = {.rest = row.body};
    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    read_copy(&r, ret->set, sizeof ret->set);
    ret->kx_id = read_u32(&r);
    ret->logged = read_u8(&r) != 0;
    ret->expires = row.due;
    TRY(tail_places_read(read_bytes(&r, TAIL_PLACES_SIZE), ret->places));
    return reader_is_done(&r) ? OK : E_DAMAGED;
}

/* The newest of ours, if it was there when the copy was begun; else 0, which is none. */
static uint32_t kx_then(const struct desk *d, millis begun)
{
    const struct keyring_kx *const all = keyring_kx_all(d->keyring);
    const struct exchange *const x = d->exchange;
    const uint32_t newest = x->peers[x->self_number].kx_id;
    uint32_t found = 0;

    for (size_t i = 0; i < KX_KEPT_MAX; i++) {
        if (all[i].id == newest && all[i].from <= begun)
            found = newest;
    }
    return found;
}

status backup_base_put(struct desk *d, struct call *c, millis expires)
{
    struct base b = {.expires = expires};
    millis begun = 0;

    if (tail_places_read(control_argument(&c->parsed, "places"), b.places) != OK ||
        decimal_decode(control_argument(&c->parsed, "begun"), &begun) != OK ||
        hex_decode(control_argument(&c->parsed, "set"), b.set, sizeof b.set) != OK) {
        c->sentence =
            "the request could not be read: command and node are of different versions";
        return E_USAGE;
    }
    b.kx_id = kx_then(d, begun);
    return put(d, control_argument(&c->parsed, "recovery"), &b);
}

/* --- the verb `backup-tail` --- */

/* NULL: it does. */
static const char *why_not(struct desk *d, const struct base *b)
{
    const struct exchange *const x = d->exchange;

    for (size_t l = 0; l < LANES; l++) {
        if (!epoch_equal(&b->places[l].epoch, &x->own[l].row.id.epoch))
            return "a new epoch has begun since the backup";
    }
    if (b->kx_id != x->peers[x->self_number].kx_id)
        return "a new KX key has come into use since the backup";
    return b->expires < x->now ? "the keys of the backup have expired" : NULL;
}

/* Once for each backup: a row for each tail would be what the next one is made of. */
static status log_once(struct desk *d, struct call *c, struct bytes recovery,
                       struct base *b)
{
    struct arena *const a = d->exchange->arena;
    char set[2 * SET_SIZE + 1];

    if (b->logged)
        return OK;
    hex_encode(bytes_of(b->set, sizeof b->set), set);
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .outcome =
                                 bytes_of_text(desk_text(a, "tails of backup ", set,
                                                         " are made from now on", NULL))};
    TRY(desk_audit(d, c, &row));
    b->logged = true;
    return put(d, recovery, b);
}

struct tail_work {
    const char *why; /* a whole backup is to be made; NULL: a tail will do */
    struct base base;
};

status backup_tail_prepare(struct desk *d, struct call *c)
{
    const struct bytes recovery = control_argument(&c->parsed, "recovery");
    struct tail_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(recovery.size == BACKUP_KEY_DIGITS, E_USAGE);
    *work = (struct tail_work){.why = "there is no backup for this recovery key yet"};
    const status s = find(d, recovery, &work->base);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    if (s == OK)
        work->why = why_not(d, &work->base);
    if (work->why == NULL)
        TRY(log_once(d, c, recovery, &work->base));
    c->work = work;
    return OK;
}

status backup_tail_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct tail_work *const work = c->work;
    struct arena *const a = d->exchange->arena;
    uint8_t *const places = arena_take(a, TAIL_PLACES_SIZE);
    char *const set = arena_take(a, 2 * SET_SIZE + 1);
    struct rows r;

    ENSURE(places != NULL && set != NULL, E_MEMORY);
    tail_places_write(work->base.places, places);
    hex_encode(bytes_of(work->base.set, SET_SIZE), set);
    rows_init(&r, a, 1);
    rows_next(&r, 4);
    rows_text(&r, "row", "base");
    rows_text(&r, "whole", work->why == NULL ? "" : work->why);
    rows_text(&r, "backup", set);
    rows_bytes(&r, "places", bytes_of(places, TAIL_PLACES_SIZE));
    rows_give(&r, ret);
    ret->sentence = bytes_of_text(work->why == NULL ? "a tail goes on from it" : work->why);
    return OK;
}
