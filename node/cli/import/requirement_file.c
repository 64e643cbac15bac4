#include "requirement_file.h"

#include "file.h"

#include <stdio.h>

bool requirement_file_read(struct cli *c, const char *path, struct requirements *ret)
{
    struct requirements_fault fault = {0};
    struct bytes text = {0};
    char where[64];

    const status s = file_read(path, REQUIREMENTS_FILE_MAX, &c->arena, &text);
    if (s != OK) {
        (void)cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
        return false;
    }
    if (requirements_read(text, ret, &fault) == OK)
        return true;
    (void)snprintf(where, sizeof where, "requirements, line %u", fault.line);
    (void)cli_fail(c, EXIT_REFUSED, where, fault.sentence);
    return false;
}
