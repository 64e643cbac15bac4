#include "ceremony.h"
#include "clock.h"
#include "file.h"
#include "lists.h"

#include <stdio.h>

/* The next code list and routing rules, from a list that a person keeps. */

static const struct option_row lists_options[] = {
    {"root", "FILE", "root document"},
    {"from", "FILE", "the signed code list in force, which this one follows"},
    {"out", "FILE", "the code list to be signed"},
};

static status lists_head_of(struct cli *c, const struct ceremony_root *root,
                            struct lists_head *ret)
{
    const char *const from = cli_value(c, "from");
    struct lists *const before = arena_take(&c->arena, sizeof *before);
    struct bytes note = {0};

    ENSURE(before != NULL, E_MEMORY);
    *ret = (struct lists_head){
        .realm = root->realm, .version = 1, .issued = clock_wall() / 1000 * 1000};
    if (from == NULL)
        return OK;
    TRY(file_read(from, NOTE_BYTES_MAX, &c->arena, &note));
    TRY(lists_verify(note, &root->root, &root->realm, NULL, &c->arena, before));
    ret->version = before->version + 1;
    ret->previous = before->text_hash;
    return OK;
}

static int begin_after(struct cli *c, const struct ceremony_root *root,
                       struct lists_head *ret)
{
    const char *const from = cli_value(c, "from");
    struct bytes text = {0};

    const status s = lists_head_of(c, root, ret);
    if (s == OK)
        return EXIT_DONE;
    if (from == NULL)
        return cli_fail(c, EXIT_REFUSED, "roster lists", status_sentence(s));
    if (file_read(from, NOTE_BYTES_MAX, &c->arena, &text) == OK &&
        ceremony_is_a(text, "flagpost/lists/") &&
        ceremony_is_unsigned(c, &root->root, text))
        return ceremony_lacks(c, &root->root, from, text);
    return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_REFUSED, from,
                    ceremony_from_sentence(from, s));
}

static int run_lists(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    static const char *const needed[] = {"root", "out"};
    const char *const out = cli_value(c, "out");
    struct lists_head head = {.version = 0};
    struct bytes body = {0};
    struct bytes text = {0};

    int code = ceremony_needs(
        c, needed, COUNT_OF(needed),
        c->argument_count == 1 ? NULL : "one list, as deploy/lists/lists.txt is");
    if (code == EXIT_DONE)
        code = ceremony_root_given(c, root);
    if (code == EXIT_DONE)
        code = begin_after(c, root, &head);
    if (code != EXIT_DONE)
        return code;
    const char *const path = c->arguments[0];
    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &body);
    if (s != OK)
        return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_REFUSED, path,
                        cli_file_sentence(path, s));
    if (ceremony_has_barred_term(c, path, body))
        return EXIT_REFUSED;
    s = lists_compose(body, &head, &c->arena, &text);
    if (s != OK)
        return ceremony_list_fault(c, path, body, s);
    s = ceremony_write(c, text, out);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, out, ceremony_write_sentence(s));
    (void)printf(c->json ? "{\"status\":\"ok\",\"version\":%u}\n"
                         : "code list version %u, to be signed\n",
                 head.version);
    return EXIT_DONE;
}

const struct command command_roster_lists = {
    .name = "roster lists",
    .arguments = "LIST",
    .summary = "Makes the next code list and routing rules from a list that a person keeps",
    .options = lists_options,
    .option_count = COUNT_OF(lists_options),
    .run = run_lists,
};
