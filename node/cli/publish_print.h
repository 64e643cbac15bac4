#ifndef FLAGPOST_PUBLISH_PRINT_H
#define FLAGPOST_PUBLISH_PRINT_H

/* What the commands that ask the node about a record share: the options that decide who
 * gets it, and how the answer looks. */

#include "cli.h"
#include "input.h"

/* Rows of an option table: option, what it takes, what it is.  `explain` has them as
 * `publish` has, since it says what that would do. */
#define PUBLISH_ROUTING_MAP(X)                                                             \
    X("to", "AGENCY",                                                                      \
      "also to immigration enforcement or abroad, by a person: --person, --reason")        \
    X("made-of", "ID,...",                                                                 \
      "made of these records: nothing of it is wider, and it goes with them; --person, "   \
      "--reason")                                                                          \
    X("person", "TEXT", "who decides")                                                     \
    X("reason", "TEXT", "why; publishing puts it into the log")                            \
    X("override-person", "TEXT", "who decides over the block")                             \
    X("override-reason", "TEXT", "why it does not stand in the way")                       \
    X("basis", "WORD",                                                                     \
      "of a transfer abroad: adequacy, safeguards or special-circumstances")               \
    X("description", "TEXT", "of a transfer abroad: what is transferred")                  \
    X("confidential", "AGENCY,...", "recipients that the others do not see")
#define PUBLISH_OPTION(name, argument, about) {name, argument, about},

enum { PUBLISH_ARGUMENTS_MAX = 14 };

/* The packed record, and the command's options as arguments of the node; how many. */
size_t publish_arguments(const struct cli *c, struct bytes packed,
                         struct control_field ret[static PUBLISH_ARGUMENTS_MAX]);

/* How the person knows a record: its URN, or that it has none. */
const char *publish_urn(struct cli *c, const struct record *r);

/* What stands for the node's answer on a record of which values could not be read, and
 * which it is not asked about: refused, with a finding for each.  Lives in the run's arena.
 */
void publish_unread(struct cli *c, const struct input_record *in,
                    struct control_answer *ret);

/* Where it stands and who gets it, or why not; then each finding. */
void publish_print_answer(const struct control_answer *a, const char *urn);

/* The whole answer as one line of JSON. */
void publish_print_json(const struct control_answer *a, const char *urn);

/* One finding of an answer's row, with its mend. */
void publish_print_finding(const struct control_row *row);

#endif
