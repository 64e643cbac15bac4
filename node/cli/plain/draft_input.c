#include "draft_input.h"

/* The build with only the four fixed packages has no JSON. */

int draft_input_read(struct cli *c, const char *path, struct draft_input *ret)
{
    (void)ret;
    return cli_fail(c, EXIT_WRONG_USE, path, "this build reads no JSON");
}

int record_input_read(struct cli *c, const char *path, struct record **ret)
{
    (void)ret;
    return cli_fail(c, EXIT_WRONG_USE, path, "this build reads no JSON");
}
