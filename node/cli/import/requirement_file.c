#include "requirement_file.h"

#include "file.h"

#include <stdio.h>

int requirement_file_read(struct cli *c, const char *path, struct requirements *ret)
{
    struct requirements_fault fault = {0};
    struct bytes text = {0};
    char where[64];

    const status s = file_read(path, REQUIREMENTS_FILE_MAX, &c->arena, &text);
    if (s != OK)
        return cli_fail(c, s == E_LIMIT ? EXIT_REFUSED : EXIT_UNREACHABLE, path,
                        cli_file_sentence(path, s));
    if (requirements_read(text, ret, &fault) == OK)
        return EXIT_DONE;
    (void)snprintf(where, sizeof where, "requirements, line %u", fault.line);
    return cli_fail(c, EXIT_REFUSED, where, fault.sentence);
}
