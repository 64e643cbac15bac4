#ifndef FLAGPOST_NOMINAL_H
#define FLAGPOST_NOMINAL_H

/*
 * Nominals at the desk: the sets of this agency's own records by which it reviews, keeps
 * and disposes of what it has about a person (node/intel/retention.h; rules R16, R17).  A
 * set is made by a person and by nothing else: no record is put into one because its names
 * are alike.
 *
 * Each event is an entry of the local stream, which never says who the nominal is; that
 * stands on the shelf alone, with the same events, and goes when the set is disposed of.
 */

#include "desk.h"
#include "retention.h"
#include "shelf.h"

struct nominal {
    record_id id;
    struct bytes name; /* empty once it is disposed of */
    struct partial_date born;
    struct retention_events events;
    struct retention is; /* what they come to, by the list in force */
};

enum { NOMINAL_NAME_MAX = SHORT_TEXT_MAX };

/* The set whose id begins with the call's argument `set`; everything of it in the turn's
 * arena.  E_USAGE or E_UNKNOWN with the sentence set. */
NODISCARD status nominal_find(struct desk *d, struct call *c, struct nominal *ret);
/* A row of the shelf; what it says goes to `a`. */
NODISCARD status nominal_read(struct desk *d, const struct shelf_row *row, struct arena *a,
                              struct nominal *ret);
/* An event that came back with its entry: into the set, where it is missing.  Of a set that
 * is not here the name is lost, and nothing is put. */
NODISCARD status nominal_event_again(struct desk *d, const struct item_retention *e);

/*
 * Adds an event to the set, to the local stream and to the shelf.  E_VALUE: it may not
 * follow, and `ret_why` says why; nothing was put.  E_BUSY: in a later turn.  Otherwise as
 * exchange_submit.
 */
NODISCARD status nominal_event(struct desk *d, struct nominal *n,
                               const struct item_retention *e, const char **ret_why);

/* Puts the row again where the list or the configuration in force gives it other times. */
NODISCARD status nominal_refresh(struct desk *d, const struct shelf_row *row);

/* A set with the record that has not been disposed of: one under legal hold where there is
 * one.  `but` is passed over; NULL: none is. */
struct nominal_found {
    bool any, held;
    record_id set;
};
NODISCARD status nominal_other(struct desk *d, const record_id *record,
                               const record_id *but, struct nominal_found *ret);

/* Why the record may be about somebody else, static text that ends in ": "; NULL: the name
 * stands in it, as `subject` compares names.  Opens the record: the call has to be a row of
 * the log, whatever comes of it. */
NODISCARD status nominal_named(struct desk *d, const struct entry_row *e,
                               const struct nominal *n, const char **ret_why);

status review_event_prepare(struct desk *d, struct call *c);
status review_event_answer(struct desk *d, struct call *c, struct control_answer *ret);
status review_list_prepare(struct desk *d, struct call *c);
status review_list_answer(struct desk *d, struct call *c, struct control_answer *ret);
status review_show_prepare(struct desk *d, struct call *c);
status review_show_answer(struct desk *d, struct call *c, struct control_answer *ret);

#endif
