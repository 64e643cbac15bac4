#include "watching.h"

#include <string.h>

/* Rows of the shelf: a watch, and an alert of one.  Both are found by a digest of whose
 * they are, and their words are sealed. */

enum { VERSION = 1 };

static struct hash digest_of(struct desk *d, const char *what, struct bytes rest)
{
    uint8_t room[64 + 2 * sizeof(record_id) + AGENCY_ID_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, what);
    write_bytes(&w, rest);
    MUST(!w.bad);
    return keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
}

static struct hash digest_of_uid(struct desk *d, const char *what, uint32_t uid)
{
    uint8_t room[4];
    struct writer w = writer_over(room, sizeof room);

    write_u32(&w, uid);
    return digest_of(d, what, writer_bytes(&w));
}

void watch_tag(struct desk *d, uint32_t uid, uint8_t ret[32])
{
    const struct hash h = digest_of_uid(d, "watcher", uid);

    memcpy(ret, h.bytes, sizeof h.bytes);
}

record_id watching_about(struct desk *d, uint32_t uid)
{
    const struct hash h = digest_of_uid(d, "watches of", uid);
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

/* --- watches --- */

static void write_short(struct writer *w, struct bytes b)
{
    MUST(b.size <= SHORT_TEXT_MAX);
    write_u16(w, (uint16_t)b.size);
    write_bytes(w, b);
}

static struct bytes read_short(struct reader *r)
{
    return read_bytes(r, read_u16(r));
}

status watch_put(struct desk *d, const struct watch *w)
{
    uint8_t room[WATCH_BODY_MAX];
    struct writer body = writer_over(room, sizeof room);

    write_u8(&body, VERSION);
    write_u32(&body, w->uid);
    write_u64(&body, w->since);
    write_u8(&body, (uint8_t)w->least);
    write_short(&body, w->from);
    write_short(&body, w->owner);
    write_short(&body, w->reason);
    for (unsigned f = 1; f < SEEK_FIELD_END; f++)
        write_short(&body, w->fields[f]);
    MUST(!body.bad);
    struct shelf_row row = {.kind = SHELF_WATCH,
                            .id = w->id,
                            .state = (uint32_t)w->state,
                            .due = w->until,
                            .changed = w->created,
                            .body = writer_bytes(&body)};
    watch_tag(d, w->uid, row.tag);
    watching_changed(d);
    return journal_shelf_put(d->journal, &row);
}

status watch_read(const struct shelf_row *from, struct watch *ret)
{
    struct reader r = {.rest = from->body};
    struct watch w = {.id = from->id,
                      .state = (enum watch_state)from->state,
                      .until = from->due,
                      .created = from->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    w.uid = read_u32(&r);
    w.since = read_u64(&r);
    w.least = read_u8(&r);
    w.from = read_short(&r);
    w.owner = read_short(&r);
    w.reason = read_short(&r);
    for (unsigned f = 1; f < SEEK_FIELD_END; f++)
        w.fields[f] = read_short(&r);
    ENSURE(reader_is_done(&r), E_DAMAGED);
    if (w.state != WATCH_ENDED)
        w.state = WATCH_ON;
    *ret = w;
    return OK;
}

status watch_find(struct desk *d, const record_id *id, struct arena *a, struct watch *ret)
{
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_WATCH, id, a, &row));
    return watch_read(&row, ret);
}

status watch_seek(const struct watch *w, struct arena *a, struct seek **ret)
{
    struct seek *const s = arena_take(a, sizeof *s);
    const char *mend = NULL;

    ENSURE(s != NULL, E_MEMORY);
    for (unsigned f = 1; f < SEEK_FIELD_END; f++) {
        if (w->fields[f].size > 0)
            TRY(seek_add(s, (enum seek_field)f, w->fields[f], a, &mend));
    }
    TRY(seek_check(s, &mend));
    *ret = s;
    return OK;
}

/* --- alerts --- */

static void seen_tag(struct desk *d, uint32_t uid, uint8_t ret[32])
{
    const struct hash h = digest_of_uid(d, "watcher, seen", uid);

    memcpy(ret, h.bytes, sizeof h.bytes);
}

status alerts_walk(struct desk *d, uint32_t uid, bool and_seen, journal_each_shelf each,
                   void *context)
{
    uint8_t tag[32];

    watch_tag(d, uid, tag);
    TRY(journal_shelf_tagged(d->journal, SHELF_ALERT, tag, d->scratch, each, context));
    if (!and_seen)
        return OK;
    seen_tag(d, uid, tag);
    return journal_shelf_tagged(d->journal, SHELF_ALERT, tag, d->scratch, each, context);
}

record_id alert_id(struct desk *d, const record_id *watch, const struct parent *record)
{
    uint8_t room[2 * sizeof *watch + AGENCY_ID_MAX];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_bytes(&w, bytes_of(watch->bytes, sizeof watch->bytes));
    write_bytes(&w, bytes_of(record->id.bytes, sizeof record->id.bytes));
    write_text(&w, record->agency.text);
    MUST(!w.bad);
    const struct hash h = digest_of(d, "alert", writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

status alert_put(struct desk *d, const struct alert *a)
{
    uint8_t room[128 + WATCH_MATCH_MAX];
    struct writer body = writer_over(room, sizeof room);
    const struct bytes agency = bytes_of_text(a->record.agency.text);

    write_u8(&body, VERSION);
    write_u32(&body, a->uid);
    write_bytes(&body, bytes_of(a->watch.bytes, sizeof a->watch.bytes));
    write_short(&body, agency);
    write_u8(&body, a->urgent);
    write_u16(&body, (uint16_t)a->matched.size);
    write_bytes(&body, a->matched);
    MUST(!body.bad && a->matched.size <= WATCH_MATCH_MAX);
    struct shelf_row row = {.kind = SHELF_ALERT,
                            .id = a->id,
                            .about = a->record.id,
                            .state = (uint32_t)a->state,
                            .due = a->due,
                            .changed = a->raised,
                            .body = writer_bytes(&body)};
    if (a->state == ALERT_SEEN)
        seen_tag(d, a->uid, row.tag);
    else
        watch_tag(d, a->uid, row.tag);
    return journal_shelf_put(d->journal, &row);
}

status alert_read(const struct shelf_row *from, struct alert *ret)
{
    struct reader r = {.rest = from->body};
    struct alert a = {.id = from->id,
                      .record = {.id = from->about},
                      .state = (enum alert_state)from->state,
                      .due = from->due,
                      .raised = from->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    a.uid = read_u32(&r);
    read_copy(&r, a.watch.bytes, sizeof a.watch.bytes);
    TRY(agency_id_read(read_short(&r), &a.record.agency));
    a.urgent = read_u8(&r) != 0;
    a.matched = read_bytes(&r, read_u16(&r));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = a;
    return OK;
}
