#ifndef FLAGPOST_MAPPING_FAULT_H
#define FLAGPOST_MAPPING_FAULT_H

/* What is wrong with a mapping file, in the words of who writes one.  Private to this
 * folder. */

#include "mapping.h"

/* What libcyaml has said of it: it tells in its log and nowhere else. */
struct mapping_log {
    char what[300]; /* "Unexpected key: colum"; empty: nothing */
    char key[64];   /* that it was at; empty: at none */
    uint32_t line;  /* of the last thing that it took; 0: of none */
};
/* A line of the log. */
void mapping_log_take(struct mapping_log *log, const char *said);

/* `otherwise`: what is said where the log is empty. */
void mapping_fault_of_log(const struct mapping_log *log, struct bytes text,
                          const char *otherwise, struct mapping_fault *ret);

/* The line of the entry of `fields` with this number, by the path in its `to`; 0: it is not
 * found. */
uint32_t mapping_line_of_field(struct bytes text, const struct mapping *m, size_t field);

#endif
