#include "support.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

/*
 * A node's log holds neither content nor keys (io/log.h), but what an operator hands over
 * as one may be anything.  So a line counts only when its event is one of ours, and of its
 * fields only those are taken whose names are.
 */

static const char *const events[] = {
    "node.started",
    "node.stopped",
    "node.failed",
    "node.fenced",
    "journal.behind_guard",
    "journal.changed",
    "journal.row_damaged",
    "guard.missing",
    "guard.foreign",
    "disk.low",
    "disk.tight",
    "disk.room",
    "net.cut",
    "net.not_all_dialled",
    "net.rekeyed",
    "keys.destroyed",
    "keys.not_taken",
    "peer.rejected",
    "entry.stored",
    "entry.published",
    "receipt.received",
    "stream.forked",
    "stream.epoch",
    "roster.installed",
    "held.due",
    "urgent.unacknowledged",
    "urgent.escalated",
    "case.reminded",
};

static const char *const fields[] = {
    "peer",
    "lane",
    "index",
    "why",
    "records",
    "published",
    "refused",
    "delayed",
    "overdue",
    "due",
    "connections",
    "open",
    "held_bytes",
    "free_bytes",
    "low_bytes",
    "free_files",
    "roster",
    "lists",
    "publishing",
    "confined",
    "disk",
    "memory",
    "keys",
    "missing_commits",
    "missing_immediate",
    "missing_routine",
    "missing_local",
};

enum { NEWEST_KEPT = 300, LINE_BYTES_MAX = 16384 };

struct log_line {
    size_t event; /* among `events` */
    char *text;   /* from "ts=" on; of malloc */
};

struct log_reading {
    uint64_t lines, other, counts[COUNT_OF(events)];
    struct log_line newest[NEWEST_KEPT]; /* a ring */
    size_t next;
};

/* The value behind `name=` where a field may begin; quotes are left on. */
static bool field_of(const char *line, const char *name, struct bytes *ret)
{
    const size_t size = strlen(name);

    for (const char *at = line; (at = strstr(at, name)) != NULL; at += size) {
        if ((at != line && at[-1] != ' ') || at[size] != '=')
            continue;
        const char *const value = at + size + 1;
        const bool quoted = value[0] == '"';
        const char *const end = quoted ? strchr(value + 1, '"') : strpbrk(value, " \n");
        const size_t length = end == NULL ? strlen(value) : (size_t)(end - value);
        *ret = quoted ? bytes_of(value + 1, length - 1) : bytes_of(value, length);
        return true;
    }
    return false;
}

static bool event_of(const char *line, size_t *ret)
{
    struct bytes value = {0};

    if (!field_of(line, "event", &value))
        return false;
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        if (text_is(value, events[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* What journald puts before a line is passed over. */
static void read_line(struct log_reading *r, const char *line)
{
    const char *const from = strstr(line, "ts=");
    size_t event = 0;

    r->lines++;
    if (from == NULL || !event_of(from, &event)) {
        r->other++;
        return;
    }
    r->counts[event]++;
    struct log_line *const kept = &r->newest[r->next];
    free(kept->text);
    *kept = (struct log_line){.event = event, .text = strdup(from)};
    r->next = (r->next + 1) % NEWEST_KEPT;
}

static void put_line(struct support *s, const struct log_line *line)
{
    static const char *const heads[] = {"ts", "level"};
    struct bytes value = {0};

    support_line(s, "log");
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        if (field_of(line->text, heads[i], &value))
            support_value(s, heads[i], value);
    }
    support_word(s, "event", events[line->event]);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (field_of(line->text, fields[i], &value))
            support_value(s, fields[i], value);
    }
    support_end(s);
}

static void put_counts(struct support *s, const struct log_reading *r)
{
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        if (r->counts[i] == 0)
            continue;
        support_line(s, "event");
        support_word(s, "event", events[i]);
        support_number(s, "count", r->counts[i]);
        support_end(s);
    }
    support_line(s, "events");
    support_number(s, "lines", r->lines);
    support_number(s, "of_no_event", r->other);
    support_end(s);
}

void support_log(struct support *s, FILE *log)
{
    struct log_reading *const r = arena_take(&s->cli->arena, sizeof *r);
    char *const line = arena_take(&s->cli->arena, LINE_BYTES_MAX);

    if (r == NULL || line == NULL)
        return;
    memset(r, 0, sizeof *r);
    /* A longer line comes in pieces, of which none but the first is of an event. */
    while (fgets(line, LINE_BYTES_MAX, log) != NULL)
        read_line(r, line);
    put_counts(s, r);
    for (size_t i = 0; i < NEWEST_KEPT; i++) {
        struct log_line *const kept = &r->newest[(r->next + i) % NEWEST_KEPT];
        if (kept->text != NULL)
            put_line(s, kept);
        free(kept->text);
        kept->text = NULL;
    }
}
