#include "ceremony.h"

#include "lists.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* What is wrong with what a ceremony was given, and what to do: where these commands are
 * typed there is no node and nobody to ask. */

enum { TEXT_ROOM = 1024 };

static void put(struct writer *w, const char *text)
{
    if (w->room - w->size > strlen(text))
        write_text(w, text);
}

int ceremony_needs(struct cli *c, const char *const *options, size_t count,
                   const char *lacks)
{
    char text[TEXT_ROOM];
    struct writer w = writer_over(text, sizeof text - 1);

    for (size_t i = 0; i < count; i++) {
        if (cli_text(c, options[i]) != NULL)
            continue;
        const struct option_row *row = c->command->options;
        while (strcmp(row->name, options[i]) != 0)
            row++; /* each is the command's own */
        put(&w, w.size == 0 ? "give --" : ", --");
        put(&w, row->name);
        put(&w, " ");
        put(&w, row->argument);
        put(&w, " (");
        put(&w, row->help);
        put(&w, ")");
    }
    if (lacks != NULL) {
        put(&w, w.size == 0 ? "give " : ", and ");
        put(&w, lacks);
    }
    if (w.size == 0)
        return EXIT_DONE;
    text[w.size] = '\0';
    return cli_fail(c, EXIT_WRONG_USE, c->command->name, text);
}

static bool is_file_fault(status s)
{
    return s == E_UNKNOWN || s == E_DENIED || s == E_IO || s == E_MEMORY;
}

const char *ceremony_root_sentence(const char *path, status s)
{
    if (is_file_fault(s))
        return cli_file_sentence(path, s);
    if (s == E_FORM)
        return "that is no root document: `flagpost roster root-new DIR` writes one, "
               "called root, beside the root keys";
    if (s == E_SIGNATURE || s == E_THRESHOLD)
        return "it is a root document that its own root keys have not signed: it was "
               "changed; take the one that was handed out";
    return status_sentence(s);
}

const char *ceremony_request_sentence(const char *path, status s)
{
    if (is_file_fault(s))
        return cli_file_sentence(path, s);
    if (s == E_REALM)
        return "this agency asks for another deployment: its node was made with another "
               "root document than --root; it is made anew with `flagpost init --root`";
    if (s == E_SIGNATURE)
        return "the request is not signed by the keys that it names: it was changed on its "
               "way; fetch the file `request` from the agency again";
    if (s == E_LIMIT)
        return "a roster lists at most 128 agencies";
    return "that is no enrolment request: `flagpost init` writes one, the file `request` "
           "in "
           "the node's folder";
}

const char *ceremony_from_sentence(const char *path, status s)
{
    if (is_file_fault(s))
        return cli_file_sentence(path, s);
    if (s == E_REALM)
        return "it is of another deployment than --root";
    if (s == E_SIGNATURE || s == E_THRESHOLD)
        return "the root keys of --root have not signed it as it stands: give the document "
               "in force, as it was installed";
    if (s == E_FORM || s == E_VALUE)
        return "that is no such document: give the one in force, as it was signed and "
               "installed";
    return status_sentence(s);
}

const char ceremony_not_listed[] =
    "the roster of --from does not list that agency: `flagpost roster show --root FILE "
    "FILE` shows those that it does";

/* --- two agencies that cannot stand in one roster --- */

static const char *shared(const struct roster_agency *a, const struct roster_agency *b)
{
    if (strcmp(a->endpoint, b->endpoint) == 0)
        return "the same endpoint: each node has an address of its own";
    if (memcmp(a->sign_key, b->sign_key, sizeof a->sign_key) == 0)
        return "the same signing key: each node makes its own with `flagpost init`";
    if (memcmp(a->curve_key, b->curve_key, sizeof a->curve_key) == 0)
        return "the same transport key: each node makes its own with `flagpost init`";
    return NULL;
}

const char *ceremony_roster_sentence(struct cli *c, const struct roster *r)
{
    enum { ROOM = 192 };
    char *const text = arena_take(&c->arena, ROOM);

    for (size_t i = 0; text != NULL && i < r->agency_count; i++) {
        for (size_t k = i + 1; k < r->agency_count; k++) {
            const char *const what = shared(&r->agencies[i], &r->agencies[k]);
            if (what == NULL)
                continue;
            (void)snprintf(text, ROOM, "%s and %s have %s", r->agencies[i].id.text,
                           r->agencies[k].id.text, what);
            return text;
        }
    }
    return "two agencies share a key, or a rule of a roster's lines is broken";
}

/* --- a list that a person keeps --- */

/* Lines are read one after the other, so the first with which the list up to it does not
 * compose is the wrong one; 0: none alone is. */
static size_t wrong_line(struct cli *c, struct bytes body, struct bytes *ret_line,
                         status *ret_why)
{
    const struct lists_head head = {.version = 1};
    struct bytes rest = body;
    size_t number = 0;

    while (rest.size > 0) {
        struct bytes line = {0};
        if (!text_cut(&rest, '\n', &line)) {
            line = rest;
            rest = (struct bytes){0};
        }
        number++;
        if (line.size == 0 || line.at[0] == '#')
            continue;
        const size_t mark = arena_mark(&c->arena);
        struct bytes text = {0};
        *ret_line = line;
        *ret_why = lists_compose(bytes_of(body.at, body.size - rest.size), &head, &c->arena,
                                 &text);
        arena_rewind(&c->arena, mark);
        if (*ret_why != OK)
            return number;
    }
    return 0;
}

static const char *line_sentence(status why)
{
    if (why == E_VALUE)
        return "it names what no line before it has, or what another line has already, or "
               "a "
               "value that this kind of line does not take";
    if (why == E_LIMIT)
        return "there are more lines of this kind than a list may have";
    return "it has not the form of its kind, or stands before a kind that comes earlier";
}

int ceremony_list_fault(struct cli *c, const char *path, struct bytes body, status s)
{
    char where[CONFIG_PATH_MAX + 32];
    char why[TEXT_ROOM];
    struct bytes line = {0};
    status of_line = s;

    if (!utf8_is_valid(body))
        return cli_fail(c, EXIT_REFUSED, path, "it is not UTF-8 text");
    const size_t number = wrong_line(c, body, &line, &of_line);
    if (number == 0)
        return cli_fail(c, EXIT_REFUSED, path,
                        s == E_VALUE
                            ? "it has no line at all: deploy/lists/lists.txt is one"
                            : status_sentence(s));
    (void)snprintf(where, sizeof where, "%s, line %zu", path, number);
    (void)snprintf(
        why, sizeof why,
        "\"%.*s\": %s.  The comments in deploy/lists/lists.txt tell each kind of "
        "line and their order",
        (int)(line.size > 80 ? 80 : line.size), (const char *)line.at,
        line_sentence(of_line));
    utf8_make_whole(why);
    return cli_fail(c, EXIT_REFUSED, where, why);
}
