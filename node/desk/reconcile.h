#ifndef FLAGPOST_RECONCILE_H
#define FLAGPOST_RECONCILE_H

/*
 * National ingestion and an agency find out where they differ: in what was sent and in what
 * was answered (crypto/ranges.h).  National ingestion asks, the agency answers, entry by
 * entry in their own streams, and both keep a row for each record about which they differ
 * until a person has closed it or a later comparison no longer finds it.
 *
 * What is compared is told exactly, so that nothing that is on its way is a difference: the
 * agency's records below a place of its lanes that national ingestion has reached, and
 * answers below a place of national ingestion's lanes that the agency has reached.  The
 * answers stand in the same streams as the questions, so whoever reads the first question
 * of a session has all of them.
 *
 * A session is kept in memory alone and is one at a time; when it is lost it is begun anew.
 * Whose comparison has been due longest comes first, and one that is slow gives way to
 * another: no agency keeps the others waiting for more than minutes, however it answers.
 * Private to this folder.
 */

#include "ingest.h"
#include "ranges.h"
#include "recall.h"
#include "reconciliation.h"
#include "shelf.h"

enum {
    RECONCILE_RECORDS_MAX = 500000, /* of one agency */
    RECONCILE_STREAMS_MAX = 64,
    RECONCILE_STEPS_MAX = 256,
    RECONCILE_DIFFERENCES_MAX = 200, /* told by one session */
    RECONCILE_DAY_MS = 24 * 60 * 60 * 1000,
    RECONCILE_AGAIN_MS = 60 * 60 * 1000, /* after one that did not come to its end */
    RECONCILE_ANSWER_MS = 10 * 60 * 1000,
    RECONCILE_WHOLE_MS = 30 * 60 * 1000, /* however quick each answer is */
    /* Who is slower than this gives way when another agency waits. */
    RECONCILE_SLOW_ANSWER_MS = 60 * 1000,
    RECONCILE_SLOW_WHOLE_MS = 5 * 60 * 1000,
    RECONCILE_ASKED_ANEW_MAX = 60, /* an hour, by all who may ask */
};

/* --- what is compared (reconcile_set.c) --- */

/* What one side has of a record. */
struct reconcile_says {
    enum difference_says says;
    uint8_t size;
    uint8_t reference[RECONCILIATION_REFERENCE_MAX];
};

struct reconcile_scope {
    struct agency_id owner;  /* whose records */
    struct agency_id ingest; /* whose answers; one of the two is this node */
    struct lane_cover covers[COVERS];
};

/* The record that a key is of.  E_FORM: it is no key of that agency. */
NODISCARD status reconcile_key_id(const struct agency_id *owner, const struct hash *key,
                                  record_id *ret);
/* What a value tells by itself: not its reference.  E_FORM. */
NODISCARD status reconcile_value_says(const struct hash *value, struct reconcile_says *ret);

/* What is here of one record, as far as the covers go. */
NODISCARD status reconcile_says_here(struct desk *d, const struct reconcile_scope *scope,
                                     const record_id *id, struct reconcile_says *ret);

/* Whether both name the same epochs and sizes; each has COVERS. */
bool reconcile_covers_alike(const struct lane_cover a[COVERS],
                            const struct lane_cover b[COVERS]);

/* All of it, as the comparison wants it.  Collected over as many turns as it takes. */
struct reconcile_set {
    struct reconcile_scope scope;
    bool done;
    struct range_set set; /* once it is done */
    struct hash root;
    size_t stream_count, stream;
    struct stream_id streams[RECONCILE_STREAMS_MAX];
    sequence next;
    size_t count, room;
    struct range_pair *pairs; /* of malloc */
};
/* E_LIMIT: too many epochs. */
NODISCARD status reconcile_set_begin(struct desk *d, const struct reconcile_scope *scope,
                                     struct reconcile_set *ret);
/* Looks at so many entries more.  E_LIMIT: over RECONCILE_RECORDS_MAX.  E_MEMORY. */
NODISCARD status reconcile_set_step(struct desk *d, struct reconcile_set *s,
                                    size_t entries);
void reconcile_set_done(struct reconcile_set *s); /* accepts a zeroed one */

/* --- what came of it (reconcile_rows.c) --- */

enum reconcile_state {
    RECONCILE_NEVER = 1,
    RECONCILE_AGREES = 2,
    RECONCILE_DIFFERS = 3,
    RECONCILE_STOPPED = 4, /* not compared to the end; `sentence` says why */
};

/* The last session with an agency. */
struct reconcile_result {
    struct agency_id other;
    record_id session; /* all zero: none yet */
    enum reconcile_state state;
    millis due, at; /* due: the next one; 0 where the other asks */
    uint64_t count, other_count;
    uint32_t differences, steps;
    uint64_t bytes, hashes; /* of ranges, in both directions; 0 where the other asks */
    bool more;
    struct recall_text sentence;
};
/* E_UNKNOWN: none was ever due. */
NODISCARD status reconcile_result_find(struct desk *d, const struct agency_id *other,
                                       struct reconcile_result *ret);
NODISCARD status reconcile_result_put(struct desk *d, const struct reconcile_result *r);
NODISCARD status reconcile_result_read(const struct shelf_row *row,
                                       struct reconcile_result *ret);
/* When the next comparison is due, and with whom, as a sentence in the turn's arena. */
NODISCARD status reconcile_next(struct desk *d, const char **ret);
const char *reconcile_state_word(enum reconcile_state state);
const char *reconcile_says_word(enum difference_says says);

enum difference_state { DIFFERENCE_OPEN = 1, DIFFERENCE_SENT = 2, DIFFERENCE_SETTLED = 3 };

struct reconcile_difference {
    struct agency_id other; /* with whom */
    struct parent record;
    enum difference_state state;
    struct reconcile_says here, there; /* at national ingestion `there` has no reference */
    record_id session;                 /* that found it last */
    millis since;
    struct recall_text person, reason; /* of a decision */
};
NODISCARD status reconcile_difference_put(struct desk *d,
                                          const struct reconcile_difference *x);
NODISCARD status reconcile_difference_read(const struct shelf_row *row,
                                           struct reconcile_difference *ret);
/* A session has found it: opens it with its to-do, or keeps what was decided about just
 * this. */
NODISCARD status reconcile_difference_found(struct desk *d, struct reconcile_difference *x);
/* What the last session with `other` has not found is over. */
NODISCARD status reconcile_differences_sweep(struct desk *d, const struct agency_id *other,
                                             const record_id *session);

/* --- the session (reconcile_turn.c, reconcile_ask.c, reconcile_reply.c) --- */

struct reconcile {
    bool asks;              /* this node asks; else it answers */
    struct agency_id other; /* with whom */
    record_id session;
    uint32_t step;
    millis begun, heard;     /* at first, and the last word of the other */
    struct stream_id stream; /* the other's, and what of it has been taken in */
    sequence next;
    struct reconcile_set set;
    /* Who asks. */
    bool asked, compared; /* a question is out; there is no more to ask */
    struct ranges_run run;
    uint64_t other_count;
    struct hash other_root;
    size_t difference_count;
    bool more, foreign; /* more than are kept; one that is none */
    struct range_difference differences[RECONCILE_DIFFERENCES_MAX];
    /* Who answers. */
    size_t question_size; /* 0: none waits */
    uint8_t question[RANGES_ASK_BYTES_MAX];
};

/* An entry of this kind is stored.  Other than OK: E_STORAGE alone. */
NODISCARD status reconcile_arrived(struct desk *d, const struct entry_row *e);
/* What was stored without a notice: the newest of each agency is taken as if it came. */
NODISCARD status reconcile_look_again(struct desk *d);
/* Goes on with the session, or begins the next that is due.  E_STORAGE. */
NODISCARD status reconcile_turn(struct desk *d);

/* A turn of the conversation into this node's stream, with `more` items behind it.  As
 * exchange_submit. */
NODISCARD status reconcile_say(struct desk *d, const struct reconcile *r,
                               const struct item_ranges *says, const struct item *more,
                               size_t more_count);
/* Who asks: the parts of a turn. */
NODISCARD status reconcile_ask(struct desk *d, struct reconcile *r);
NODISCARD status reconcile_take_answer(struct desk *d, struct reconcile *r,
                                       const struct item_ranges *said);
NODISCARD status reconcile_end(struct desk *d, struct reconcile *r);
/* Who answers. */
NODISCARD status reconcile_take_question(struct desk *d, const struct agency_id *from,
                                         const struct item_ranges *said);
NODISCARD status reconcile_reply(struct desk *d, struct reconcile *r);
NODISCARD status reconcile_take_end(struct desk *d, const struct agency_id *from,
                                    const struct item_ranges *said,
                                    const struct salted_item *items, size_t count);
/* It ends here, with the sentence; `tell`: the other is told. */
NODISCARD status reconcile_stop(struct desk *d, struct reconcile *r, const char *sentence,
                                bool tell);
/* Forgets the session; there may be none. */
void reconcile_drop(struct desk *d);
/* The other's answers are all here, so that the set can be collected. */
bool reconcile_may_collect(const struct desk *d, const struct reconcile *r);
/* A set is being collected, and not in vain: the next turn need not wait. */
bool reconcile_has_more(const struct desk *d);
/* A row of the log by the node itself. */
NODISCARD status reconcile_log(struct desk *d, const char *outcome);

#endif
