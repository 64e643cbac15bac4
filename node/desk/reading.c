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

/* How many within the hour that began with the first of them. */
static uint32_t count(struct desk *d, const char *person)
{
    struct reader_count *const one = count_of(d, person);
    const millis now = d->exchange->now;

    if (now < one->begun || now - one->begun >= HOUR_MS) {
        one->begun = now;
        one->count = 0;
    }
    return ++one->count;
}

/* From the first hour to before the second; "22-06" is over midnight. */
static bool is_in_hours(const struct config *c, millis now)
{
    const uint32_t hour = (uint32_t)(now / HOUR_MS % DAY_HOURS);
    const uint32_t from = c->reading_from;
    const uint32_t until = c->reading_until;

    return from < until ? hour >= from && hour < until : hour >= from || hour < until;
}

static const char *unusual(struct desk *d, const struct call *c, struct bytes class)
{
    struct arena *const a = d->exchange->arena;
    const uint32_t most = d->config->reading_hour_max;
    const uint32_t now = count(d, c->person.text);

    if (most > 0 && now > most)
        return desk_text(a, desk_number(a, now), " records within an hour", NULL);
    if (!is_in_hours(d->config, d->exchange->now))
        return "a record outside the hours of this desk (`reading_hours`)";
    if (text_is(class, "management"))
        return "a record for management, which is no use of intelligence";
    return NULL;
}

status reading_note(struct desk *d, struct call *c, struct bytes class)
{
    const char *const what = unusual(d, c, class);
    const struct bytes actor = bytes_of_text(c->person.text);
    char at[TIME_TEXT_ROOM];

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
