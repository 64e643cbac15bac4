#ifndef FLAGPOST_CLI_CASE_H
#define FLAGPOST_CLI_CASE_H

/* What the commands about case reports share. */

#include "case_rows.h"
#include "cli.h"

/* Sends rows to the node by `verb`, with `extra` arguments, and prints its answer: what was
 * done, or each finding with line, column, rule and mend.  Returns the exit code. */
int case_send(struct cli *c, const char *verb, struct bytes rows,
              const struct control_field *extra, size_t extra_count);

/* An answer: its findings, its rows of one kind (`what`) as a table, its sentence; with
 * --json as it is.  Returns the exit code. */
int case_print(const struct cli *c, const struct control_answer *a, const char *what,
               const char *const *columns, size_t count);

/* One finding, in the form that the node's have. */
void case_print_finding(const struct cli *c, uint32_t line, const struct finding *f);

#endif
