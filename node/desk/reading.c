#include "reading.h"

#include "shelf.h"
#include "text.h"
#include "todo.h"

#include <string.h>

#define HOUR_MS UINT64_C(3600000)
static const char OPENED[] = " opened "; /* behind the person's name */
enum { DAY_HOURS = 24 };

static record_id about(struct desk *d, struct bytes actor)
{
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, actor);
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

/* The person's place; who read longest ago makes room. */
static struct reader_count *count_of(struct desk *d, const char *person)
{
    struct reader_count *oldest = &d->reading.at[0];

    for (size_t i = 0; i < COUNT_OF(d->reading.at); i++) {
        struct reader_count *const one = &d->reading.at[i];
        if (strcmp(one->person, person) == 0)
            return one;
        if (one->begun < oldest->begun)
            oldest = one;
    }
    *oldest = (struct reader_count){0};
    (void)memccpy(oldest->person, person, '\0', sizeof oldest->person - 1);
    return oldest;
}

/* "attachment 2" of "attachment 2, parts 9 to 16"; else "". */
static void file_of(struct bytes outcome, char ret[READING_FILE_ROOM])
{
    static const char begin[] = READING_ATTACHMENT;
    const uint8_t *const comma =
        outcome.size == 0 ? NULL : memchr(outcome.at, ',', outcome.size);
    const size_t size = comma == NULL ? 0 : (size_t)(comma - outcome.at);

    ret[0] = '\0';
    if (size < sizeof begin || size >= READING_FILE_ROOM ||
        memcmp(outcome.at, begin, sizeof begin - 1) != 0)
        return;
    memcpy(ret, outcome.at, size);
    ret[size] = '\0';
}

/* How many within the hour that began with the first of them. */
static uint32_t count(struct desk *d, const char *person, const struct reading *r,
                      millis now)
{
    struct reader_count *const one = count_of(d, person);
    char file[READING_FILE_ROOM];

    if (now < one->begun || now - one->begun >= HOUR_MS) {
        one->begun = now;
        one->count = 0;
    }
    file_of(r->outcome, file);
    /* An attachment comes in many requests, and nothing else between them. */
    const bool goes_on = file[0] != '\0' && strcmp(file, one->file) == 0 &&
                         record_id_equal(&r->object, &one->object) && one->count > 0;
    memcpy(one->file, file, sizeof file);
    one->object = r->object;
    return goes_on ? one->count : ++one->count;
}

/* --- what was read before this process began --- */

static bool begins(struct bytes text, const char *with)
{
    const size_t size = strlen(with);

    return text.size >= size && memcmp(text.at, with, size) == 0;
}

static bool is_counted(const struct item_audit *row)
{
    return (row->operation == AUDIT_CONSULT &&
            (text_is(row->outcome, READING_SHOWN) || text_is(row->outcome, READING_DRAFT) ||
             text_is(row->outcome, READING_TITLES) ||
             text_is(row->outcome, READING_SOURCE) ||
             text_is(row->outcome, READING_NOTES) ||
             begins(row->outcome, READING_ATTACHMENT) ||
             begins(row->outcome, READING_SEARCH))) ||
           (row->operation == AUDIT_DISCLOSE && begins(row->outcome, READING_COPY));
}

static void count_row(struct desk *d, const struct item_audit *row)
{
    const struct reading r = {.outcome = row->outcome, .object = row->object};
    char person[PERSON_ROOM] = "";

    if (!is_counted(row) || row->actor.size >= sizeof person ||
        row->at > d->exchange->now || d->exchange->now - row->at >= HOUR_MS)
        return;
    memcpy(person, row->actor.at, row->actor.size);
    (void)count(d, person, &r, row->at); /* what is unusual was told then */
}

static status each_entry(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    const struct salted_item *items = NULL;
    size_t item_count = 0;
    struct item item;

    if (e->kind != KIND_AUDIT || e->at + HOUR_MS <= d->exchange->now)
        return OK;
    /* A row that does not open is for `verify`; those behind it count all the same. */
    const status s = desk_open(d, e, d->scratch, &items, &item_count);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    for (size_t i = 0; s == OK && i < item_count; i++) {
        if (item_decode(items[i].item, d->scratch, &item) == OK && item.kind == ITEM_AUDIT)
            count_row(d, &item.audit);
    }
    return OK;
}

/* Once, before anything is counted: what this turn reads is not in the journal yet. */
static status load(struct desk *d)
{
    const struct stream_row *const log = &d->exchange->own[lane_rank(LANE_LOCAL)].row;
    const sequence size = log->frontier.size;

    if (d->reading.loaded)
        return OK;
    d->reading.loaded = true;
    return size == 0 ? OK
                     : journal_entries(
                           d->journal, &log->id,
                           size > READING_ENTRIES_MAX ? size - READING_ENTRIES_MAX : 0,
                           d->scratch, each_entry, d);
}

/* --- what is unusual --- */

/* From the first hour to before the second; "22-06" is over midnight. */
static bool is_in_hours(const struct config *c, millis now)
{
    const uint32_t hour = (uint32_t)(now / HOUR_MS % DAY_HOURS);
    const uint32_t from = c->reading_from;
    const uint32_t until = c->reading_until;

    return from < until ? hour >= from && hour < until : hour >= from || hour < until;
}

static const char *unusual(struct desk *d, const struct call *c, const struct reading *r)
{
    struct arena *const a = d->exchange->arena;
    const uint32_t most = d->config->reading_hour_max;
    const uint32_t now = count(d, c->person.text, r, d->exchange->now);

    if (most > 0 && now > most)
        return desk_text(a, desk_number(a, now),
                         " records, drafts, files or searches within an hour", NULL);
    if (!is_in_hours(d->config, d->exchange->now))
        return "a record, draft, file or search outside the hours of this desk "
               "(`reading_hours`)";
    if (text_is(r->class, "management"))
        return "a record for management, which is no use of intelligence";
    return NULL;
}

status reading_note(struct desk *d, struct call *c, const struct reading *r)
{
    const struct bytes actor = bytes_of_text(c->person.text);
    char at[TIME_TEXT_ROOM];

    TRY(load(d));
    const char *const what = unusual(d, c, r);
    if (what == NULL)
        return OK;
    time_write(d->exchange->now, at);
    const record_id id = about(d, actor);
    return desk_todo_open(d, TODO_READING, &id,
                          desk_text(d->exchange->arena, c->person.text, OPENED, what,
                                    ", last at ", at, NULL));
}

struct looked {
    struct desk *desk;
    struct bytes actor;
};

/* The sentence begins with who read. */
static status each_alert(void *context, const struct shelf_row *row)
{
    const struct looked *const l = context;
    const uint8_t *const end = memmem(row->body.at, row->body.size, OPENED, strlen(OPENED));
    const size_t size = end == NULL ? 0 : (size_t)(end - row->body.at);

    return memmem(row->body.at, size, l->actor.at, l->actor.size) == NULL
               ? OK
               : journal_shelf_drop(l->desk->journal, SHELF_TODO, &row->id);
}

status reading_looked_at(struct desk *d, struct bytes actor)
{
    struct looked l = {.desk = d, .actor = actor};
    const struct shelf_filter filter = {.state = TODO_READING};

    return actor.size == 0 ? OK
                           : journal_shelf_walk(d->journal, SHELF_TODO, filter, d->scratch,
                                                each_alert, &l);
}
