#ifndef FLAGPOST_TODO_H
#define FLAGPOST_TODO_H

/*
 * What waits for a person: opened by whatever part of the desk noticed it, closed by the
 * same part when it is done, listed by `flagpost todo`.  A to-do is known by its kind and
 * by what it is about, so that one thing is on the list once however often it is noticed.
 * What was wrong with a record that is recalled or erased is for nobody to mend: it is not
 * listed.
 *
 * Of unusual reading they alone are told who may read the log, and of a watch its operator.
 *
 * The list is shown without a purpose and without an audit row.  So a sentence names rules,
 * agencies and times, and never says anything that a record says.
 */

#include "desk.h"

/* name, word for the list and --json, what the person is to do: in the list the id of what
 * it is about stands in the place of ID.  The numbers are on the disk: add at the end. */
#define TODO_MAP(X)                                                                        \
    X(TODO_RELEASE, 1, "release",                                                          \
      "look at it and release it: flagpost draft show ID --purpose TEXT, flagpost "        \
      "release "                                                                           \
      "ID --person NAME")                                                                  \
    X(TODO_CODE, 2, "crime-code",                                                          \
      "mend the crime identifier code: flagpost supersede ID FILE")                        \
    X(TODO_REGRADE, 3, "re-grade",                                                         \
      "grade it by 3x5x2 and release it: flagpost draft show ID --purpose TEXT")           \
    X(TODO_CASE, 4, "case-report",                                                         \
      "see what it cites, and record that call or cite the right one: flagpost show ID, "  \
      "flagpost case add, flagpost supersede ID FILE")                                     \
    X(TODO_STATEMENT, 6, "statement",                                                      \
      "say what became of the record here: flagpost statement ID --erased (or another)")   \
    X(TODO_ACKNOWLEDGE, 7, "acknowledge",                                                  \
      "reach an alternate who takes it in hand: flagpost acknowledge ID")                  \
    X(TODO_TELEPHONE, 8, "telephone", "telephone the recipient: nobody has acknowledged")  \
    X(TODO_HELD, 11, "held",                                                               \
      "mend it and publish it anew, and cancel this one: flagpost publish --cancel ID")    \
    X(TODO_REFUSED, 12, "refused",                                                         \
      "read why, mend it and correct it: flagpost trace ID, flagpost supersede ID FILE")   \
    X(TODO_READING, 13, "reading",                                                         \
      "see what was read and why: flagpost audit --use lawfulness --actor NAME")           \
    X(TODO_REVIEW, 14, "review", "review it: flagpost review show SET")                    \
    X(TODO_DISPOSAL, 15, "disposal",                                                       \
      "take what is in the way out of it: flagpost dispose list")                          \
    X(TODO_OUTDATED, 16, "outdated",                                                       \
      "take it back, or send the newer one by a person: flagpost recall ID, flagpost "     \
      "decide")                                                                            \
    X(TODO_DIFFERENCE, 17, "difference",                                                   \
      "see what both sides have and close it: flagpost ingest differences")                \
    X(TODO_DELETE, 18, "delete",                                                           \
      "have it deleted in the national database and say so: flagpost ingest deleted ID")   \
    X(TODO_STANDS, 19, "not-deleted",                                                      \
      "it is in the national database still, ask why: flagpost trace ID")                  \
    X(TODO_QUESTION, 20, "question",                                                       \
      "read what is asked and answer it: flagpost asked ID --purpose TEXT, flagpost "      \
      "answer ID")                                                                         \
    X(TODO_ANSWER, 21, "answer",                                                           \
      "read the answer, or reach the owner's desk: flagpost asked ID --purpose TEXT")      \
    X(TODO_GATED, 22, "gated",                                                             \
      "see it, ask the force, then compare again: flagpost ingest gate")                   \
    X(TODO_EXTRACT, 23, "extract",                                                         \
      "send the force its result, then compare again: flagpost ingest gate --result")      \
    X(TODO_RESULTS, 24, "results",                                                         \
      "read the .why beside each, hand it in mended or take both away: flagpost ingest "   \
      "results")                                                                           \
    X(TODO_WATCH, 25, "watch", "see what they have found: flagpost watch alerts")          \
    X(TODO_LINK, 26, "link",                                                               \
      "see why and decide: flagpost links show ID --purpose TEXT, flagpost links "         \
      "decide ID")                                                                         \
    X(TODO_TOLD, 27, "linked",                                                             \
      "see whose it is, and ask that agency: flagpost trace ID --purpose TEXT")

enum todo_kind {
#define TODO_ENUM(name, number, word, mend) name = (number),
    TODO_MAP(TODO_ENUM)
#undef TODO_ENUM
};

/*
 * Opens it, or, when it is open, takes the newer sentence and keeps its age.  `about`: a
 * record's id or whatever else of 16 bytes the kind is told by; it is shown as the record.
 * In the turn's transaction.  E_STORAGE, E_DAMAGED.
 */
NODISCARD status desk_todo_open(struct desk *d, enum todo_kind kind, const record_id *about,
                                const char *sentence);
/* OK also when it is not open. */
NODISCARD status desk_todo_close(struct desk *d, enum todo_kind kind,
                                 const record_id *about);
/* What an open one says and since when, in the turn's arena.  E_UNKNOWN: it is not open. */
NODISCARD status desk_todo_find(struct desk *d, enum todo_kind kind, const record_id *about,
                                struct bytes *ret_sentence, millis *ret_since);
/* The commands of such a text as they are typed: with the id for ID.  In the arena. */
const char *desk_todo_mend(struct arena *a, const char *mend, const record_id *id);
/* The verb `todo`. */
status todo_prepare(struct desk *d, struct call *c);
status todo_answer(struct desk *d, struct call *c, struct control_answer *ret);

#endif
