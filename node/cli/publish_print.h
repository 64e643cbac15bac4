#ifndef FLAGPOST_PUBLISH_PRINT_H
#define FLAGPOST_PUBLISH_PRINT_H

/* How the answer about one record looks to a person. */

#include "cli.h"

/* Where it stands and who gets it, or why not; then each finding.  `urn`: how the person
 * knows it. */
void publish_print_answer(const struct control_answer *a, const char *urn);

/* One finding of an answer's row, with its mend. */
void publish_print_finding(const struct control_row *row);

#endif
