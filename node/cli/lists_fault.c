#include "ceremony.h"

#include "lists.h"

#include <stdio.h>

bool ceremony_has_barred_term(struct cli *c, const char *path, struct bytes text)
{
    struct lists_fault fault = {0};
    char where[320];
    char why[512];

    if (!lists_term_fault(text, &fault))
        return false;
    (void)snprintf(where, sizeof where, "%s, line %zu", path, fault.line);
    (void)snprintf(why, sizeof why,
                   "\"%.*s\" is no term of a flagging rule: %s. Nobody is flagged for what "
                   "they are; name what they do, with what, or where",
                   (int)fault.word.size, (const char *)fault.word.at, fault.why);
    (void)cli_fail(c, EXIT_REFUSED, where, why);
    return true;
}
