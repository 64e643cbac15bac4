#include "check.h"
#include "import.h"
#include "intake.h"

#include <string.h>

/*
 * The rows of a force system's export as the records that its mapping makes of them, for
 * counting.  They are read by the confined process, as an import reads them, and forgotten.
 */

struct mapped {
    struct cli *cli;
    input_each each;
    void *context;
};

static bool each_parcel(void *context, const struct parcel *p)
{
    static const struct findings nothing;
    const struct mapped *const m = context;
    struct arena *const a = &m->cli->arena;
    const size_t mark = arena_mark(a);
    struct record *const r = arena_take(a, sizeof *r);
    struct input_record in = {.unread = &nothing};

    if (r == NULL)
        return false;
    if (record_unpack(p->record, a, r) == OK) /* what could not be read has none */
        in.record = r;
    const bool go_on = m->each(m->cli, &in, m->context);
    arena_rewind(a, mark);
    return go_on;
}

static int read_rows(struct mapped *m, const struct mapping *mapping, const char *path)
{
    struct intake_file file = {0};
    struct intake_end *const end = arena_take(&m->cli->arena, sizeof *end);

    if (end == NULL)
        return cli_fail(m->cli, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    status s = intake_open(path, &file);
    if (s != OK)
        return cli_fail(m->cli,
                        s == E_LIMIT || s == E_FORM ? EXIT_REFUSED : EXIT_UNREACHABLE, path,
                        import_file_sentence(s));
    s = intake_read(mapping, &file, each_parcel, m, end);
    intake_close(&file);
    if (s != OK)
        return cli_fail(m->cli, EXIT_UNREACHABLE, path,
                        status_sentence(s == E_BUSY ? E_MEMORY : s));
    return end->whole ? EXIT_DONE
                      : cli_fail(m->cli, EXIT_REFUSED, path,
                                 "it cannot be read to its end, so nothing was counted: "
                                 "`flagpost import --dry-run` tells where");
}

int check_survey_rows(struct cli *c, const char *path, input_each each, void *context)
{
    struct mapped m = {.cli = c, .each = each, .context = context};
    struct mapping *mapping = NULL;
    int code = import_mapping(c, cli_value(c, "map"), &mapping);

    if (code == EXIT_DONE)
        code = read_rows(&m, mapping, path);
    mapping = mapping_free(mapping);
    return code;
}
