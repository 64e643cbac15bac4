#ifndef FLAGPOST_CASE_CHECK_H
#define FLAGPOST_CASE_CHECK_H

/*
 * Whether a case report is right, and whether a document cites the right one (rule R18).
 * A report that is wrong is refused; a citation that is wrong is only advised on, because
 * urgent intelligence is never stopped by a form.
 */

#include "obligation.h"
#include "rules.h"

/* A report as it was typed or exported. */
struct case_given {
    struct bytes reference, reported_at, station, role;
};

/*
 * The event that the report is, in `ret`; or what is wrong, each finding with the column's
 * name as its field.
 */
struct case_side {
    bool own;           /* the force that called: the other side does not know the role */
    struct bytes force; /* its two digits: the station has to be its own; empty: any */
    millis now;
};
void case_report_check(const struct case_given *g, const struct case_side *side,
                       struct arena *a, struct findings *f, struct item_case_event *ret);

/* A caller's role that looks like a name, by its last word (case_role.c). */
bool case_role_is_name(struct bytes role);

/* A reference in its one form: capitals, no spaces.  E_VALUE: it cannot be one. */
NODISCARD status case_reference_read(struct bytes raw, struct arena *a, struct bytes *ret);

/* "2026-11-23T14:05Z", seconds if wanted, a space for the T, or an offset such as +01:00.
 * E_FORM, also when the zone is missing: an hour decides between timely and late. */
NODISCARD status case_time_read(struct bytes text, millis *ret);

/* ISO 8601 week of a moment, in UTC: "2026-W48" and NUL. */
enum { CASE_WEEK_ROOM = 9 };
void case_week_write(millis t, char ret[CASE_WEEK_ROOM]);

/* The references nearest to a cited one, of the same force. */
enum { CASE_NEAR_MAX = 3 };
struct case_near {
    size_t distance; /* of those kept */
    size_t count;    /* found at that distance; those beyond CASE_NEAR_MAX are not kept */
    char at[CASE_NEAR_MAX][CASE_REFERENCE_MAX + 1];
};
/* Looks at one known reference; zeroed before the first. */
void case_near_look(struct case_near *n, struct bytes cited, struct bytes known);

/* Two stations of one force, by its two digits; an empty one is of any. */
bool case_same_force(struct bytes station, struct bytes other);

struct case_citation {
    struct bytes reference; /* as the document has it */
    struct bytes station;   /* of the document, or of the bureau */
    record_id document;
};

/* Advice on a citation: malformed, unknown (`known` NULL; with what was meant), of another
 * force, or answered by another document already. */
void case_citation_check(const struct case_citation *c, const struct obligation *known,
                         const struct case_near *near, struct arena *a, struct findings *f);

#endif
