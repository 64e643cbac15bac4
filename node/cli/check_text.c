#include "check.h"

#include "flag.h"
#include "input.h"
#include "terms.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/*
 * Bare text, of which nothing but its bytes is known.  Offsets are bytes from the
 * beginning, lines and columns count from 1, columns in bytes.
 */

enum { PRINTED_MAX = 200 }; /* lines for a person; programs get all */

struct reading {
    const struct cli *c;
    const struct lists *lists;
    struct bytes text;
    struct writer copy; /* with --fix */
    size_t copied;      /* bytes of the text that are in it */
    size_t line, line_at, looked_at;
    size_t right, near, mended, missing;
    bool found[LISTS_FLAGS_MAX];
};

static void count_lines(struct reading *r, size_t to)
{
    for (;;) {
        const uint8_t *const end =
            memchr(r->text.at + r->looked_at, '\n', to - r->looked_at);
        if (end == NULL)
            break;
        r->line++;
        r->looked_at = (size_t)(end - r->text.at) + 1;
        r->line_at = r->looked_at;
    }
    r->looked_at = to;
}

static void print_misses(uint32_t misses)
{
    const char *before = "";

    (void)printf(",\"misses\":[");
    for (uint32_t i = 0; i < MISS_KINDS; i++) {
        if ((misses >> i & 1) == 0)
            continue;
        (void)printf("%s\"%s\"", before, flag_miss_word(1U << i));
        before = ",";
    }
    (void)printf("]");
}

static struct bytes mend_of(const struct flag_find *f, char *room, size_t size)
{
    struct writer w = writer_over(room, size);

    flag_mend_write(f, &w);
    return writer_bytes(&w);
}

static void print_json(const struct reading *r, const struct flag_find *f)
{
    char room[FLAG_MAX + 8];
    const struct bytes stands = bytes_of(r->text.at + f->start, f->end - f->start);

    (void)printf("{\"start\":%zu,\"end\":%zu,\"line\":%zu,\"column\":%zu", f->start, f->end,
                 r->line, f->start - r->line_at + 1);
    check_json_text(false, "stands", stands);
    check_json_text(false, "flag", f->flag);
    if (f->misses == 0) {
        (void)printf(",\"right\":true}\n");
        return;
    }
    (void)printf(",\"right\":false,\"rule\":\"R8\",\"severity\":\"advise\"");
    print_misses(f->misses);
    (void)printf(",\"sentence\":\"This looks like %.*s %s.\"", (int)f->flag.size,
                 (const char *)f->flag.at, flag_miss_phrase(f->misses));
    (void)printf(",\"mend\":\"Write #%.*s%s.\"", (int)f->flag.size,
                 (const char *)f->flag.at, f->sure ? "" : " if that is what is meant");
    (void)printf(",\"edit\":{\"op\":\"replace\",\"start\":%zu,\"end\":%zu", f->start,
                 f->end);
    check_json_text(false, "value", mend_of(f, room, sizeof room));
    (void)printf(",\"sure\":%s}}\n", f->sure ? "true" : "false");
}

static void print_line(const struct reading *r, const struct flag_find *f)
{
    if (r->near > PRINTED_MAX)
        return;
    (void)printf("%zu:%zu ", r->line, f->start - r->line_at + 1);
    cli_put(stdout, bytes_of(r->text.at + f->start, f->end - f->start));
    (void)printf(": looks like %.*s %s; mend: #%.*s%s\n", (int)f->flag.size,
                 (const char *)f->flag.at, flag_miss_phrase(f->misses), (int)f->flag.size,
                 (const char *)f->flag.at,
                 f->sure ? "" : ", but it may be another: a person decides");
}

/* Up to the find as it stands, then its mend. */
static void copy_mended(struct reading *r, const struct flag_find *f)
{
    char room[FLAG_MAX + 8];

    if (r->copy.at == NULL || !f->sure)
        return;
    write_bytes(&r->copy, bytes_of(r->text.at + r->copied, f->start - r->copied));
    write_bytes(&r->copy, mend_of(f, room, sizeof room));
    r->copied = f->end;
    r->mended++;
}

static bool each_find(void *context, const struct flag_find *f)
{
    struct reading *const r = context;

    for (size_t i = 0; i < r->lists->flag_count; i++)
        r->found[i] = r->found[i] || bytes_equal(r->lists->flags[i], f->flag);
    r->right += f->misses == 0;
    r->near += f->misses != 0;
    count_lines(r, f->start);
    if (r->c->json)
        print_json(r, f);
    else if (f->misses != 0)
        print_line(r, f);
    if (f->misses != 0)
        copy_mended(r, f);
    return true;
}

/* Flags that the text does not carry although its words are those of texts that do. */
static bool find_missing(struct reading *r, struct cli *c)
{
    struct term_search *const t = arena_take(&c->arena, sizeof *t);
    char words[3 * SHORT_TEXT_MAX + 64];

    if (t == NULL)
        return false;
    terms_init(t, r->lists);
    terms_read(t, r->text);
    for (size_t i = 0; i < r->lists->flag_count; i++) {
        struct writer w = writer_over(words, sizeof words);
        if (r->found[i] || terms_weight(t, i) < LISTS_WEIGHT_ENOUGH)
            continue;
        r->missing++;
        terms_write(t, i, &w);
        if (c->json) {
            check_json_text(true, "missing", r->lists->flags[i]);
            (void)printf(",\"rule\":\"R8\",\"severity\":\"advise\"");
            check_json_text(false, "because", writer_bytes(&w));
            (void)printf(
                ",\"sentence\":\"The text does not carry the flag, and its words "
                "are those of texts that do.\",\"mend\":\"Put it in if the text is "
                "about it.\"}\n");
            continue;
        }
        (void)printf("missing: %.*s, because of ", (int)r->lists->flags[i].size,
                     (const char *)r->lists->flags[i].at);
        cli_put(stdout, writer_bytes(&w));
        (void)printf(": put it in if the text is about it\n");
    }
    return true;
}

static void print_tally(const struct reading *r)
{
    if (r->c->json) {
        (void)printf("{\"status\":\"%s\",\"bytes\":%zu,\"right\":%zu,\"near\":%zu,"
                     "\"missing\":%zu,\"mended\":%zu}\n",
                     status_word(r->near + r->missing == 0 ? OK : E_VALUE), r->text.size,
                     r->right, r->near, r->missing, r->mended);
        return;
    }
    if (r->near > PRINTED_MAX)
        (void)printf("... and %zu more; --json lists all\n", r->near - PRINTED_MAX);
    (void)printf("%zu right, %zu near miss%s, %zu missing", r->right, r->near,
                 r->near == 1 ? "" : "es", r->missing);
    if (cli_value(r->c, "fix") != NULL)
        (void)printf(", %zu mended", r->mended);
    (void)printf("\n");
}

static int write_copy(struct cli *c, struct reading *r)
{
    write_bytes(&r->copy, bytes_from(r->text, r->copied));
    if (r->copy.bad)
        return cli_fail(c, EXIT_REFUSED, cli_value(c, "fix"), status_sentence(E_LIMIT));
    return check_write_copy(c, writer_bytes(&r->copy));
}

/* What is no text is told: in it no flag would be found, and that would pass for none. */
static int check_encoding(struct cli *c, struct reading *r, const char *path)
{
    const char *const foreign = text_foreign(r->text);
    const size_t good = utf8_valid_size(r->text);
    char where[CONFIG_PATH_MAX + 64];

    if (foreign == NULL && good == r->text.size)
        return EXIT_DONE;
    count_lines(r, foreign == NULL ? good : 0);
    (void)snprintf(where, sizeof where, "%s, line %zu, column %zu (I1)", path, r->line,
                   foreign == NULL ? good - r->line_at + 1 : 1);
    return cli_fail(c, EXIT_REFUSED, where,
                    foreign != NULL ? foreign
                    : r->text.at[good] == 0
                        ? "The text holds a NUL character. Export it again."
                        : "The text is not UTF-8. Export it as UTF-8.");
}

int check_text(struct cli *c, const struct lists *lists, const char *path)
{
    struct reading r = {.c = c, .lists = lists, .line = 1};
    struct flag_set *const set = arena_take(&c->arena, sizeof *set);
    const int read = input_read(c, path, &r.text);

    if (read != EXIT_DONE)
        return read;
    const int readable = check_encoding(c, &r, path);
    if (readable != EXIT_DONE)
        return readable;
    if (cli_value(c, "fix") != NULL) {
        const size_t room = r.text.size + r.text.size / 2 + 64;
        r.copy = writer_over(arena_take(&c->arena, room), room);
    }
    if (set == NULL || (cli_value(c, "fix") != NULL && r.copy.at == NULL))
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    flag_set_init(set, lists);
    flag_scan(set, r.text, each_find, &r);
    if (!find_missing(&r, c))
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    const int written = r.copy.at != NULL ? write_copy(c, &r) : EXIT_DONE;
    if (written != EXIT_DONE)
        return written;
    print_tally(&r);
    return r.near + r.missing == 0 ? EXIT_DONE : EXIT_REFUSED;
}
