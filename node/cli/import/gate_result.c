#include "gate_result.h"

#include "sheet.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 1024 + 16 };

const char *gate_says_word(enum gate_says says)
{
    static const char *const words[] = {
#define GATE_SAYS_WORD(name, word) word,
        GATE_SAYS_MAP(GATE_SAYS_WORD)
#undef GATE_SAYS_WORD
    };

    return says < GATE_SAYS ? words[says] : "?";
}

static void part_path(const struct gate_result *r, char ret[PATH_ROOM])
{
    (void)snprintf(ret, PATH_ROOM, "%s.part", r->path);
}

status gate_result_open(struct gate_result *r, struct cli *c, const char *path)
{
    char part[PATH_ROOM];

    *r = (struct gate_result){.cli = c};
    if (path == NULL)
        return OK;
    ENSURE(snprintf(r->path, sizeof r->path, "%s", path) < (int)sizeof r->path, E_LIMIT);
    part_path(r, part);
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    r->file = fd < 0 ? NULL : fdopen(fd, "we");
    if (r->file == NULL && fd >= 0)
        (void)close(fd); /* nothing was written */
    ENSURE(r->file != NULL, E_IO);
    (void)fprintf(r->file, "row,line,urn,version,record,says,reference,rule,what,mend\r\n");
    return OK;
}

static void put_cell(FILE *f, struct bytes b)
{
    (void)putc(',', f);
    sheet_cell(f, b);
}

static void put_file(FILE *f, const struct gate_line *l)
{
    (void)fprintf(f, "%u,%u", l->row, l->line);
    put_cell(f, l->urn);
    (void)fprintf(f, ",%u", l->version);
    put_cell(f, l->record);
    put_cell(f, bytes_of_text(gate_says_word(l->says)));
    put_cell(f, l->reference);
    put_cell(f, l->rule);
    put_cell(f, l->what);
    put_cell(f, l->mend);
    (void)fprintf(f, "\r\n");
}

static void json_member(const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    (void)printf(",\"%s\":", name);
    cli_print_json_text(value);
}

static void print_json(const struct gate_line *l)
{
    (void)printf("{\"row\":%u,\"line\":%u,\"version\":%u,\"says\":\"%s\"", l->row, l->line,
                 l->version, gate_says_word(l->says));
    json_member("urn", l->urn);
    json_member("record", l->record);
    json_member("reference", l->reference);
    json_member("rule", l->rule);
    json_member("what", l->what);
    json_member("mend", l->mend);
    (void)printf("}\n");
}

static bool is_right(enum gate_says says)
{
    return says == GATE_NOW_ACCEPTED || says == GATE_BEFORE || says == GATE_MATCHES;
}

/* What is as it should be is counted alone. */
static void print_text(const struct gate_line *l)
{
    if (is_right(l->says))
        return;
    if (l->row > 0)
        (void)printf("row %u (line %u) ", l->row, l->line);
    else
        (void)printf("record ");
    cli_put(stdout, l->row > 0 ? l->urn : l->record);
    (void)printf(": %s", gate_says_word(l->says));
    if (l->rule.size > 0)
        (void)printf(", ");
    cli_put(stdout, l->rule);
    if (l->what.size > 0)
        (void)printf(": ");
    cli_put(stdout, l->what);
    if (l->mend.size > 0)
        (void)printf("\n    mend: ");
    cli_put(stdout, l->mend);
    (void)printf("\n");
}

void gate_result_put(struct gate_result *r, const struct gate_line *l)
{
    r->count[l->says]++;
    if (r->file != NULL)
        put_file(r->file, l);
    if (r->cli->json)
        print_json(l);
    else
        print_text(l);
}

status gate_result_close(struct gate_result *r)
{
    FILE *const f = r->file;
    char part[PATH_ROOM];

    if (f == NULL)
        return OK;
    r->file = NULL;
    const bool good = fflush(f) == 0 && ferror(f) == 0 && fsync(fileno(f)) == 0;
    ENSURE(fclose(f) == 0 && good, E_IO);
    part_path(r, part);
    return rename(part, r->path) == 0 ? OK : E_IO;
}

void gate_result_abandon(struct gate_result *r)
{
    char part[PATH_ROOM];

    if (r->file == NULL)
        return;
    (void)fclose(r->file); /* it is not kept */
    r->file = NULL;
    part_path(r, part);
    (void)unlink(part); /* a stray file at worst */
}

int gate_result_end(const struct gate_result *r, unsigned requirements)
{
    const bool json = r->cli->json;
    size_t wrong = 0;

    for (size_t i = 0; i < GATE_SAYS; i++) {
        const char *const word = gate_says_word((enum gate_says)i);
        wrong += is_right((enum gate_says)i) ? 0 : r->count[i];
        if (json)
            (void)printf("%s\"%s\":%zu", i == 0 ? "{" : ",", word, r->count[i]);
        else
            (void)printf("%s%zu %s", i == 0 ? "" : ", ", r->count[i], word);
    }
    (void)printf(json ? ",\"requirements\":%u}\n" : "\nby requirements version %u\n",
                 requirements);
    return wrong > 0 ? EXIT_REFUSED : EXIT_DONE;
}
