#ifndef FLAGPOST_DESK_URN_H
#define FLAGPOST_DESK_URN_H

/*
 * Which URN was published as which records: an index by keyed digest, so that the second
 * record under one URN is told while it can still be made a correction of the first.  It is
 * advice: forces' systems give a number twice, and no form stops intelligence.  A row is a
 * record's newest version; what was published is in it, not what is held or in a draft.
 * A URN that a correction took from its record finds it all the same, with the URN that it
 * has now.
 *
 * Another agency's record is in it, under a digest of its own, once it was shown to a
 * person here: nothing is opened for the index, and nobody learns by trying URNs what has
 * arrived and was read by nobody (P12).
 */

#include "publish.h"

/* Adds to the findings when another record than the one it supersedes has its URN. */
NODISCARD status urn_advise(struct desk *d, const struct publish_work *work);
/* Advises (R14) when the URN is of another force than the roster gives this agency. Neither
 * of a copy, nor where the agency has no force. */
void urn_advise_force(struct desk *d, const struct publish_work *work);
/* Refuses a correction that has another URN than what it corrects: it may be the wrong
 * file, and would take that one's place everywhere. */
NODISCARD status urn_refuse_other(struct desk *d, const struct publish_work *work);
/* Refuses a sanitised record that has another URN than the draft in whose place it is put.
 */
NODISCARD status urn_refuse_another(struct desk *d, const struct publish_work *work,
                                    const struct record *draft);
/* It was published, and stands for what it corrects.  In the turn's transaction. */
NODISCARD status urn_note(struct desk *d, const struct publish_work *work);
/* Nothing of an erased record is left to look it up by. */
NODISCARD status urn_forget(struct desk *d, const struct parent *record);

/* Another agency's record was just shown.  Kept in memory until `urn_turn`, since what is
 * answered comes after the turn's commit; what a crash loses comes with the next showing.
 */
void urn_shown(struct desk *d, const struct parent *record, struct bytes urn);
/* In the turn's transaction. */
NODISCARD status urn_turn(struct desk *d);

enum { URN_FOUND_MAX = 32 };
struct urn_found {
    struct parent record;
    millis at; /* published, if it is ours; else shown first */
    /* The URN that it has in the place of this one since; empty: this one.  In the turn's
     * arena. */
    struct bytes urn_now;
};
struct urn_list {
    size_t count;
    bool more; /* than fit */
    struct urn_found at[URN_FOUND_MAX];
};
/* Which records have a URN, in the order of their ids.  `received`: those of others, of
 * `publisher` alone where it is not NULL; else our own. */
struct urn_asked {
    struct bytes urn;
    bool received;
    const struct agency_id *publisher;
};
NODISCARD status urn_find(struct desk *d, const struct urn_asked *asked,
                          struct urn_list *ret);
/* Those that a person may mean by "URN" or "AGENCY/URN", by what he may read: our own
 * before others', newer versions alone. */
NODISCARD status desk_find_urn(struct desk *d, struct call *c, struct bytes wanted,
                               struct urn_list *ret);
/* What `text` names that is no record yet, and what to do about it, in a sentence: a draft
 * or a held record.  `wanted` is the same as bytes.  E_UNKNOWN: nothing. */
NODISCARD status desk_find_waiting(struct desk *d, const char *text, struct bytes wanted,
                                   const char **ret);

#endif
