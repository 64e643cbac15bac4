#ifndef FLAGPOST_ROSTER_TEXT_H
#define FLAGPOST_ROSTER_TEXT_H

/*
 * One agency's lines, which a roster and an enrolment request share; grammar in README.md.
 */

#include "lines.h"
#include "roster.h"

/* At most this many bytes; checked agencies always fit. */
enum { AGENCY_LINES_ROOM = 1280 };

void agency_lines_write(struct writer *w, const struct roster_agency *g);
/* Fills `ret`; anything else than the grammar sets l->bad.  The KX line's realm and agency
 * are those of the block. */
void agency_lines_read(struct lines *l, const struct hash *realm,
                       struct roster_agency *ret);

/* Every rule of one agency but its KX signature: E_VALUE. */
NODISCARD status agency_check(const struct roster_agency *g, const struct hash *realm);
/* The first KX note is signed by the agency's key: proof that its holder has that key. */
NODISCARD status agency_kx_check(const struct roster_agency *g, struct arena *a);

/* NUL-terminated within its room and the text of an agency id. */
bool agency_id_is_valid(const struct agency_id *id);
/* One of the instants that a line can carry: whole seconds up to the year 9999. */
bool roster_time_is_valid(millis t);

#endif
