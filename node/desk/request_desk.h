#ifndef FLAGPOST_REQUEST_DESK_H
#define FLAGPOST_REQUEST_DESK_H

/*
 * What a recipient of a record asks its owner (R13, node/intel/asking.h), at both desks.  A
 * question is an entry of the asker's stream for the owner alone, the answer one of the
 * owner's stream for the asker alone; their texts stand there and nowhere else, are opened
 * for a purpose that is in the log (P12), and are erased with the record.  The shelf has a
 * row for each question, without its text, in the same transaction at each side.
 *
 *     open --> overdue --> granted | refused        once; more may be asked anew
 *       +--------------------^---------^
 *       +---------+--> ended       nobody can answer: the record is recalled, has expired
 * or is gone; who asked may not have it, or one has left
 *
 * Each end sees by itself that one has ended: of a recall at once, else when the answer is
 * due and daily from then on.
 * What arrives and does not count is erased unread: a question of who was never sent the
 * record, a second one while the first is open, an answer to none.  Private to this folder.
 */

#include "asking.h"
#include "recall.h"

enum {
    ASKED_EACH_MAX = 8,    /* questions of one agency that want the same of one record */
    ASKED_ABOUT_MAX = 128, /* of all about one record */
    ASKED_DAYS = 7,        /* to answer in, when the asker says nothing else */
    ASKED_DAYS_MAX = 366,
};

enum asked_state {
    ASKED_OPEN = 1,
    ASKED_OVERDUE = 2, /* open, and both desks were reminded */
    ASKED_GRANTED = 3,
    ASKED_REFUSED = 4,
    ASKED_ENDED = 5,
};

struct asked {
    struct parent record;  /* by its owner, who is asked */
    struct agency_id from; /* who asks; it or the owner is this node */
    enum request_for wants;
    enum asked_state state;
    millis at, by;
    record_id question; /* the id of its entry */
    millis answered;    /* 0: not yet; else: */
    record_id answer;
    struct recall_text person;
};

/* --- rows (request_rows.c) --- */

/* Says something, and is plain text of at most so many bytes. */
bool asked_is_text(struct bytes b, size_t most);
bool asked_is_open(const struct asked *a);
const char *asked_state_word(enum asked_state state);
/* The other side of it. */
const struct agency_id *asked_other(const struct desk *d, const struct asked *a);

NODISCARD status asked_put(struct desk *d, const struct asked *a);
NODISCARD status asked_read(const struct shelf_row *row, struct asked *ret);
/* E_UNKNOWN: no such question. */
NODISCARD status asked_find(struct desk *d, const struct agency_id *from,
                            const record_id *question, struct asked *ret);

/* All questions about a record, in the turn's arena, the oldest first. */
struct asked_list {
    size_t count;
    struct asked *at;
};
NODISCARD status asked_about(struct desk *d, const struct parent *record,
                             struct asked_list *ret);
/* Of these, what `from` has asked of one kind: how often, and the newest (NULL: never). */
const struct asked *asked_newest(const struct asked_list *all, const struct agency_id *from,
                                 enum request_for wants, size_t *ret_count);

/* Erases the questions about a record and their answers, and forgets them; with the record.
 * E_BUSY: more than the log's turn takes; the rest of them in the next one. */
NODISCARD status asked_forget(struct desk *d, const struct parent *record,
                              const struct item_audit *why);

/* Into this node's stream for `to` alone, under the label of the record's entry `e`; the id
 * is drawn here.  As exchange_submit. */
NODISCARD status asked_say(struct desk *d, const struct entry_row *e,
                           const struct item_request *says, const struct agency_id *to,
                           record_id *ret_id);

/* --- when it ends (request_end.c) --- */

/* The to-do of questions about a record is done.  It is told by the record's id alone,
 * which any member may give to a record of its own: it stays unless it can only be this
 * record's.
 */
NODISCARD status asked_close(struct desk *d, const struct parent *record);

/* Puts it, and closes the owner's to-do unless another question is open. */
NODISCARD status asked_settle(struct desk *d, const struct asked *q);
/* Ends an open one that nobody can answer; E_UNKNOWN: it stands. */
NODISCARD status asked_end_where_over(struct desk *d, struct asked *q);
/* All open ones about a record end with its recall, at either side, and their to-dos. */
NODISCARD status asked_recalled(struct desk *d, const struct parent *record);

/* --- what arrives, and what is overdue (request_turn.c) --- */

/* An entry of this kind is stored.  Other than OK: E_STORAGE, E_DAMAGED. */
NODISCARD status asked_arrived(struct desk *d, const struct entry_row *e,
                               const struct header *h);
NODISCARD status asked_look_again(struct desk *d);
/* An own question or answer that came back after a restore (again.h) has its row again, or
 * goes with its record.  E_BUSY, E_MEMORY: again in another turn. */
NODISCARD status asked_again(struct desk *d, const struct entry_row *e,
                             const struct item_request *says);
NODISCARD status asked_turn(struct desk *d);

/* --- for who looks at the record (request_list.c) --- */

/* The rows of `trace`, at both ends. */
NODISCARD status asked_trace(struct desk *d, const struct parent *record, struct rows *r);
/* For `show`: who has consented to action, and when; "" when nobody has.  In the turn's
 * arena. */
NODISCARD status asked_consented(struct desk *d, const struct parent *record,
                                 const char **ret);

/* --- the verbs --- */

status ask_prepare(struct desk *d, struct call *c);
status ask_answer(struct desk *d, struct call *c, struct control_answer *ret);
status asked_prepare(struct desk *d, struct call *c);
status asked_answer(struct desk *d, struct call *c, struct control_answer *ret);
status answer_prepare(struct desk *d, struct call *c);
status answer_answer(struct desk *d, struct call *c, struct control_answer *ret);

#endif
