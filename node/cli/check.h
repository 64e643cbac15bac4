#ifndef FLAGPOST_CHECK_COMMAND_H
#define FLAGPOST_CHECK_COMMAND_H

/* The parts of `flagpost check`: records, bare text, a whole extract.  Each prints what it
 * finds and gives the exit code. */

#include "cli.h"
#include "input.h"
#include "lists.h"
#include "rules.h"

/* The list in a file, or, where `path` is NULL, the one that the home has; false after
 * telling why. */
bool check_lists(struct cli *c, const char *path, struct lists *ret);

/* FILE of records; with --fix a copy in which what is sure is mended. */
int check_records(struct cli *c, const struct lists *lists, const char *path);

/* The running node of the home, which is asked when its own list is checked against. */
struct check_node {
    bool asks;
    bool asked;          /* and has answered, about a record at least */
    const char *why_not; /* it gave no answer; NULL: it did, or was not to be asked */
};

/* Puts what the node would say on publishing the packed record in the place of `found`,
 * which the rules gave; without its answer nothing is changed, and it is asked no more. */
void check_ask_node(struct cli *c, struct check_node *n, struct bytes packed,
                    struct findings *found);
/* A line for a person when it was to be asked and was not. */
void check_tell_node(const struct check_node *n);

/* FILE of any text ("-": standard input): flags, near misses, flags that it should carry.
 */
int check_text(struct cli *c, const struct lists *lists, const char *path);

/* FILE of records, of any length, or with --map an export of a force system: numbers only,
 * and nothing of the file is kept or printed. */
int check_survey(struct cli *c, const struct lists *lists, const char *path);

/* FILE of CSV with a header: the same for the texts of one column. */
#ifdef FLAGPOST_IMPORT
int check_column(struct cli *c, const struct lists *lists, const char *path);
/* As input_survey, for the rows of an export through the mapping file of --map; a file that
 * cannot be read to its end is told and refused. */
int check_survey_rows(struct cli *c, const char *path, input_each each, void *context);
#else
static inline int check_column(struct cli *c, const struct lists *lists, const char *path)
{
    (void)lists;
    return cli_fail(c, EXIT_WRONG_USE, path, "this build reads no CSV");
}
static inline int check_survey_rows(struct cli *c, const char *path, input_each each,
                                    void *context)
{
    (void)each;
    (void)context;
    return cli_fail(c, EXIT_WRONG_USE, path, "this build reads no exports");
}
#endif

/* Writes the --fix copy, which is never over a file that is there; the exit code, told. */
int check_write_copy(struct cli *c, struct bytes copy);

/* `{"name":"text"` or `,"name":"text"`. */
void check_json_text(bool first, const char *name, struct bytes text);

#endif
