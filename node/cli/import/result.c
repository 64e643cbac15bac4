#include "result.h"

#include "sheet.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 1024, NAME_ROOM = 256 };

struct result {
    FILE *json, *csv;
    char path[PATH_ROOM];
    char file[NAME_ROOM];
    const struct mapping *mapping;
    bool first;
};

static void part_path(const struct result *r, const char *kind, bool part,
                      char ret[PATH_ROOM + 16])
{
    (void)snprintf(ret, PATH_ROOM + 16, "%s.%s%s", r->path, kind, part ? ".part" : "");
}

static FILE *open_part(const struct result *r, const char *kind)
{
    char path[PATH_ROOM + 16];

    part_path(r, kind, true, path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    FILE *const f = fd < 0 ? NULL : fdopen(fd, "we");
    if (f == NULL && fd >= 0)
        (void)close(fd); /* nothing was written */
    return f;
}

/* At most `max` bytes of its end; a file's name without its folders. */
static void take_name(struct result *r, const char *path)
{
    const char *const slash = strrchr(path, '/');

    (void)snprintf(r->file, sizeof r->file, "%s", slash == NULL ? path : slash + 1);
}

static void put_member(FILE *f, const char *before, const char *name, struct bytes value)
{
    (void)fprintf(f, "%s\"%s\":", before, name);
    cli_put_json_text(f, value);
}

static void begin(struct result *r)
{
    r->first = true;
    put_member(r->json, "{", "file", bytes_of_text(r->file));
    put_member(r->json, ",", "system", bytes_of_text(r->mapping->system));
    (void)fprintf(r->json, ",\"rows\":[");
    (void)fprintf(r->csv,
                  "row,line,key,state,id,rule,severity,column,field,sentence,mend,value,"
                  "sure,was,to\r\n");
}

status result_open(const char *path, const char *file, const struct mapping *m,
                   struct result **ret)
{
    struct result *const r = calloc(1, sizeof *r);

    ENSURE(r != NULL, E_MEMORY);
    r->mapping = m;
    take_name(r, file);
    if (snprintf(r->path, sizeof r->path, "%s", path) >= (int)sizeof r->path) {
        free(r);
        return E_LIMIT;
    }
    r->json = open_part(r, "json");
    r->csv = open_part(r, "csv");
    if (r->json == NULL || r->csv == NULL) {
        result_abandon(r);
        return E_IO;
    }
    begin(r);
    *ret = r;
    return OK;
}

/* A sentence without what it quotes: from the first quotation mark to the last, since the
 * quoted words may hold marks of their own. */
static struct bytes unquoted(struct bytes s, char room[static 600])
{
    const uint8_t *const open = s.size == 0 ? NULL : memchr(s.at, '"', s.size);
    const uint8_t *const close = open == NULL ? NULL : memrchr(s.at, '"', s.size);

    if (open == NULL || open == close)
        return s;
    const size_t before = (size_t)(open - s.at);
    const struct bytes after = bytes_from(s, (size_t)(close - s.at) + 1);
    struct writer w = writer_over(room, 600);
    write_bytes(&w, bytes_of(s.at, before));
    write_text(&w, "(...)");
    write_bytes(&w, after);
    return w.bad ? bytes_of(s.at, before) : writer_bytes(&w);
}

static void put_json_finding(FILE *f, const struct outcome_finding *o, bool first)
{
    char room[600];

    put_member(f, first ? "{" : ",{", "rule", o->rule);
    put_member(f, ",", "severity", o->severity);
    put_member(f, ",", "column", o->column);
    put_member(f, ",", "field", o->field);
    put_member(f, ",", "sentence", unquoted(o->sentence, room));
    put_member(f, ",", "mend", o->mend);
    if (o->value.size > 0) {
        put_member(f, ",", "value", o->value);
        put_member(f, ",", "sure", o->sure);
    }
    (void)fprintf(f, "}");
}

static void put_json_mends(FILE *f, const struct outcome *o)
{
    for (size_t i = 0; i < o->mend_count; i++) {
        const struct outcome_mend *const m = &o->mends[i];
        put_member(f, i == 0 ? ",\"mends\":[{" : ",{", "rule", m->rule);
        put_member(f, ",", "column", m->column);
        put_member(f, ",", "field", m->field);
        put_member(f, ",", "was", m->was);
        put_member(f, ",", "now", m->now);
        (void)fprintf(f, i + 1 == o->mend_count ? "}]" : "}");
    }
}

static void put_json(struct result *r, const struct outcome *o)
{
    (void)fprintf(r->json, "%s\n{\"row\":%u,\"line\":%u", r->first ? "" : ",", o->row,
                  o->line);
    put_member(r->json, ",", "key", o->key);
    put_member(r->json, ",", "state", bytes_of_text(outcome_word(o->state)));
    put_member(r->json, ",", "id", o->id);
    put_member(r->json, ",", "to", o->to);
    if (o->state == OUTCOME_HELD)
        put_member(r->json, ",", "sentence", o->sentence);
    put_json_mends(r->json, o);
    (void)fprintf(r->json, ",\"findings\":[");
    for (size_t i = 0; i < o->finding_count; i++)
        put_json_finding(r->json, &o->findings[i], i == 0);
    (void)fprintf(r->json, "]}");
    r->first = false;
}

static void put_cell(FILE *f, struct bytes b)
{
    (void)putc(',', f);
    sheet_cell(f, b);
}

/* One line of the table: a finding of the row, or a mend, or that there is neither. */
static void put_csv(FILE *f, const struct outcome *o, const struct outcome_finding *found,
                    struct bytes was)
{
    char room[600];

    (void)fprintf(f, "%u,%u", o->row, o->line);
    put_cell(f, o->key);
    put_cell(f, bytes_of_text(outcome_word(o->state)));
    put_cell(f, o->id);
    put_cell(f, found->rule);
    put_cell(f, found->severity);
    put_cell(f, found->column);
    put_cell(f, found->field);
    put_cell(f, unquoted(found->sentence, room));
    put_cell(f, found->mend);
    put_cell(f, found->value);
    put_cell(f, found->sure);
    put_cell(f, was);
    put_cell(f, o->to);
    (void)fprintf(f, "\r\n");
}

/* What was mended, for the force's own system: the value that is in the record. */
static struct outcome_finding finding_of(const struct outcome_mend *m)
{
    return (struct outcome_finding){.rule = m->rule,
                                    .severity = bytes_of_text("mended"),
                                    .column = m->column,
                                    .field = m->field,
                                    .value = m->now,
                                    .sure = bytes_of_text("yes")};
}

void result_put(struct result *r, const struct outcome *o)
{
    static const struct outcome_finding none = {0};
    const struct bytes nothing = {0};

    put_json(r, o);
    if (o->finding_count + o->mend_count == 0)
        put_csv(r->csv, o, &none, nothing);
    for (size_t i = 0; i < o->mend_count; i++) {
        const struct outcome_finding mended = finding_of(&o->mends[i]);
        put_csv(r->csv, o, &mended, o->mends[i].was);
    }
    for (size_t i = 0; i < o->finding_count; i++)
        put_csv(r->csv, o, &o->findings[i], nothing);
}

static void empty(FILE *f)
{
    rewind(f);
    if (ftruncate(fileno(f), 0) != 0) /* the next write fails and is told at the end */
        (void)fflush(f);
}

void result_restart(struct result *r)
{
    (void)fflush(r->json); /* what it writes is thrown away */
    (void)fflush(r->csv);
    empty(r->json);
    empty(r->csv);
    begin(r);
}

const char *result_word(const struct job *j)
{
    const bool bad = j->refused + j->unsent > 0 || j->file_refused;

    if (bad)
        return j->published + j->before + j->held > 0 ? "partly" : "refused";
    if (j->held > 0)
        return "held";
    return j->published > 0 || j->before == 0 ? "published" : "nothing-new";
}

/* Flushed, durable and closed. */
static bool finish(FILE *f)
{
    const bool good = fflush(f) == 0 && ferror(f) == 0 && fsync(fileno(f)) == 0;

    return fclose(f) == 0 && good;
}

static bool put_in_place(const struct result *r, const char *kind)
{
    char from[PATH_ROOM + 16];
    char to[PATH_ROOM + 16];

    part_path(r, kind, true, from);
    part_path(r, kind, false, to);
    return rename(from, to) == 0;
}

status result_close(struct result *r, const struct job *j)
{
    (void)fprintf(r->json, "\n]");
    put_member(r->json, ",", "result", bytes_of_text(result_word(j)));
    (void)fprintf(r->json,
                  ",\"published\":%zu,\"before\":%zu,\"held\":%zu,\"refused\":%zu,"
                  "\"held_back\":%zu}\n",
                  j->published, j->before, j->held, j->refused,
                  j->held_back ? j->right : 0);
    const bool json = finish(r->json);
    const bool csv = finish(r->csv);
    r->json = NULL;
    r->csv = NULL;
    const bool good = json && csv && put_in_place(r, "csv") && put_in_place(r, "json");
    if (!good)
        result_abandon(r);
    else
        free(r);
    return good ? OK : E_IO;
}

void result_abandon(struct result *r)
{
    char path[PATH_ROOM + 16];

    if (r->json != NULL)
        (void)fclose(r->json); /* it is not kept */
    if (r->csv != NULL)
        (void)fclose(r->csv);
    part_path(r, "json", true, path);
    (void)unlink(path); /* a stray file at worst */
    part_path(r, "csv", true, path);
    (void)unlink(path);
    free(r);
}
