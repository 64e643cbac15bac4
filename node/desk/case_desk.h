#ifndef FLAGPOST_CASE_DESK_H
#define FLAGPOST_CASE_DESK_H

/*
 * Obligations at the desk (rule R18, node/intel/obligation.h).  Each event is an item of an
 * entry in the agency's local stream, so that it can be proved later; the shelf has a row
 * for each reference, with the same events, and is an index of the stream: it can be thrown
 * away and made again (`flagpost case rebuild`).  Both go into one transaction.
 */

#include "case_check.h"
#include "desk.h"
#include "shelf.h"

/* --- what other parts of the desk call --- */

/* A document speaks of a call. */
struct desk_citation {
    struct bytes reference; /* facts.case_reference, as written; empty: it speaks of none */
    struct bytes station;   /* facts.station */
    record_id document;
    /* What the same document was before: the draft, the record that it supersedes. */
    size_t earlier_count;
    record_id earlier[2];
    struct bytes person, reason; /* of a return; else empty */
};
/* Adds one of them. */
void desk_case_was(struct desk_citation *cited, const record_id *earlier);

/*
 * Tells the obligation that the document was submitted to, returned by or accepted by the
 * bureau (CASE_SUBMITTED, CASE_RETURNED, CASE_ACCEPTED).  Never refuses: what is wrong with
 * the citation is added to `f` as advice, and a to-do is opened.  Only a force's bureau has
 * obligations: elsewhere it does nothing.  Call it where
 * desk_case_has_room was asked first in the same prepare; then it fails only as the node
 * does (E_FENCED, E_STORAGE, E_DAMAGED, E_MEMORY).
 */
NODISCARD status desk_case_cited(struct desk *d, const struct desk_citation *cited,
                                 enum case_what what, struct findings *f);

/* The same advice, and nothing is told and no to-do opened. */
NODISCARD status desk_case_judge(struct desk *d, const struct desk_citation *cited,
                                 struct findings *f);

/* Whether this turn still takes the events of one call; if not, E_BUSY is the answer. */
bool desk_case_has_room(const struct desk *d);

/* Reminders that are now due; `steady` is clock_steady().  Called by the loop. */
struct case_reminders {
    size_t due, overdue;
};
NODISCARD status desk_case_tick(struct desk *d, millis steady, struct case_reminders *ret);

/* --- the verbs --- */

status case_report_prepare(struct desk *d, struct call *c);
status case_report_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_decide_prepare(struct desk *d, struct call *c);
status case_decide_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_correct_prepare(struct desk *d, struct call *c);
status case_correct_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_list_prepare(struct desk *d, struct call *c);
status case_list_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_show_prepare(struct desk *d, struct call *c);
status case_show_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_rates_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_publish_prepare(struct desk *d, struct call *c);
status case_publish_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_reconcile_answer(struct desk *d, struct call *c, struct control_answer *ret);
status case_rebuild_prepare(struct desk *d, struct call *c);
status case_rebuild_answer(struct desk *d, struct call *c, struct control_answer *ret);

/* --- shared by the files of cases --- */

/* True while the two clocks have agreed for ten minutes on how much time has passed.  Told
 * both at each look. */
bool case_clocks_agree(struct case_watch *w, millis now, millis steady);

/* In how many hours an officer, then the bureau, has a call reported, and when it is
 * reminded; as configured. */
struct obligation_allowance case_allowance(const struct desk *d);

/* How this node's own reports are judged. */
struct case_side case_own_side(const struct desk *d);
/* What the report of a call says today, corrections included. */
struct item_case_event case_report_now(const struct desk *d,
                                       const struct case_events *events);

/* The key of a reference: a keyed digest, so that a row's id tells nobody anything. */
record_id case_id(struct desk *d, struct bytes reference);

/* The events of a reference, borrowed from `a`; E_UNKNOWN: nothing is known of it. */
NODISCARD status case_find(struct desk *d, struct bytes reference, struct arena *a,
                           struct case_events *ret);
/* The call that a person names in the argument `reference`: by it, or by the first digits
 * of the row's key (case_id), as the to-do list shows them; with the events known of it, in
 * the turn's arena.  E_VALUE: it can be neither.  E_UNKNOWN: `ret_reference` is as it was
 * given, in its one form, and there are no events.  The sentence is set. */
enum { CASE_KEY_DIGITS = 12 };
NODISCARD status case_named(struct desk *d, struct call *c, struct case_events *ret,
                            struct bytes *ret_reference);
/* Who decides and why, fit for the log; without a person whoever asks, where `self` is set.
 * E_USAGE, E_VALUE with the sentence set. */
NODISCARD status case_why(struct call *c, bool self, struct item_case_decision *ret);
/* Documents that cite it and were waiting for what is now recorded wait no more. */
NODISCARD status case_close_todos(struct desk *d, struct bytes reference);
/* From a row of the shelf; `ret_reference` may be NULL. */
NODISCARD status case_read(const struct shelf_row *row, struct arena *a,
                           struct case_events *ret, struct bytes *ret_reference);

/* Calls `each` for every reference with what its events say now; what it is given lives in
 * the desk's scratch until it returns.  Ends with the first answer other than OK. */
struct case_seen {
    struct bytes reference;
    const struct case_events *events;
    struct obligation o;
};
typedef status (*case_each)(void *context, const struct case_seen *seen);
NODISCARD status case_walk(struct desk *d, case_each each, void *context);

/* Adds one event to the index.  E_DUPLICATE, E_LIMIT: the index is as it was. */
NODISCARD status case_index(struct desk *d, const struct case_event *e);
/* The same of one that the stream has already: nothing of the to-do list is touched. */
NODISCARD status case_index_again(struct desk *d, const struct case_event *e);
/* The to-do list is brought to what the events of a call say.  `id`: of its row. */
NODISCARD status case_put_todo(struct desk *d, const record_id *id,
                               const struct case_events *events);
/* The row again, from its events and today's allowance; true: it changed. */
NODISCARD status case_refresh(struct desk *d, const struct shelf_row *row, bool *ret);

/* The index, thrown away and made again from the stream. */
struct case_rebuilt {
    uint64_t events, references;
    uint64_t
        unread; /* entries of the stream that could not be read, and were passed over */
    bool as_before;
};
NODISCARD status case_rebuild(struct desk *d, struct case_rebuilt *ret);

/* Events into one or more entries of the local stream.  The caller asked for room. */
NODISCARD status case_submit(struct desk *d, const struct case_event *events, size_t count);
bool case_has_room(const struct desk *d, size_t events);

/* Index and stream: for one event.  E_DUPLICATE, E_LIMIT: neither. */
NODISCARD status case_record(struct desk *d, const struct case_event *e);

/* What is wrong with rows of a file: all are counted, the first few hundred kept. */
enum { CASE_FAULTS_MAX = 500 };
struct case_faults {
    size_t count, kept;
    struct case_fault {
        uint32_t line;
        struct finding finding;
    } * at;
};
NODISCARD status case_faults_init(struct case_faults *f, struct arena *a);
void case_faults_add(struct case_faults *f, uint32_t line, const struct finding *one);
/* A row for each that was kept. */
void case_faults_give(const struct case_faults *f, struct rows *r);

/* What a list or a rate is narrowed to. */
struct case_filter {
    struct bytes station, week; /* empty: any */
    bool open, overdue;
};
/* E_USAGE with the call's sentence: a week or a station that there is not. */
NODISCARD status case_filter_read(struct call *c, struct case_filter *ret);
bool case_filter_takes(const struct case_filter *f, const struct obligation *o);

/* The row of the log for what a person did with references; `reference` may be empty. */
NODISCARD status case_log(struct desk *d, struct call *c, enum audit_operation o,
                          struct bytes reference, const char *outcome);

#endif
