#ifndef FLAGPOST_DESK_PUBLISH_H
#define FLAGPOST_DESK_PUBLISH_H

/*
 * One record on its way from a caller to the log, for the verbs that publish one and many.
 * Private to this folder.
 */

#include "decision.h"
#include "mend.h"

/* The same record, published before (same.h). */
struct publish_same {
    bool was_looked_for, stands;
    bool was_corrected; /* none stands, and `id` was corrected before `now` was recalled */
    struct hash words;  /* keyed digest of what the record says */
    uint32_t times;     /* that it was published, those recalled since among them */
    record_id id;       /* of the newest that stands, else of the newest */
    record_id now;      /* what stands in its place: itself, or its newest correction */
    struct place place;
    millis at;
};

struct publish_work {
    struct bytes packed; /* the record as it came, borrowed from the request */
    struct bytes key;    /* the caller's own for it; empty: none */
    struct bytes key_alone, key_and_record; /* its digests (publish_key.c) */
    uint32_t mend_classes;                  /* of mends that are to be applied (mend.h) */
    struct record *record;
    struct findings *findings;
    const struct mends *mends;     /* that were; NULL: none */
    struct routing *routing;       /* NULL while the rules refuse it */
    struct desk_decision decision; /* for immigration enforcement; seldom given */
    size_t confidential_count;
    struct agency_id *confidential;
    struct agency_id *to;
    size_t to_count;
    bool has_previous; /* it supersedes that record */
    record_id previous;
    millis held_until; /* 0: published at once */
    bool has_draft;    /* it was this draft */
    record_id draft;
    struct bytes reason, person;   /* of a correction, where they were asked for */
    struct correction *correction; /* of what it supersedes; NULL: nothing */
    struct copying *copying;       /* whose words it carries; NULL: its own */
    const struct origins *origins; /* of what its own words were made; NULL: of nothing */
    bool was_held;                 /* it leaves the shelf (held.h) */
    bool once_more;                /* it may be published although it was before */
    struct publish_same same;
    bool is_draft; /* id is of a draft that waits (ungraded.h) */
    record_id id;  /* from here on after publish_submit */
    struct place place;
    bool again;
};

/* False, with the sentence set, while there is no code list to judge by. */
bool publish_may_judge(const struct desk *d, struct call *c);

/* Unpacks, checks, mends where that was asked for, and routes.  The record and what belongs
 * to it go to `a`; the texts of the findings to the turn's arena.  E_FORM: it cannot be
 * read. */
NODISCARD status publish_judge(struct desk *d, struct call *c, struct arena *a,
                               struct publish_work *work);

/* Fills the digests of its key, unless it has them or no key. */
NODISCARD status publish_digests(struct desk *d, struct publish_work *work);

/* Under which it is kept that a record of these words was published, whatever its key, for
 * the `times`-th time, from 0. */
NODISCARD status publish_digest_of_time(struct desk *d, const struct hash *words,
                                        uint32_t times, struct bytes *ret);

/* A key that was answered before, for this record: OK; for another one: E_DUPLICATE with
 * the sentence set. */
NODISCARD status publish_check_again(struct desk *d, struct call *c,
                                     const struct publish_work *work);

/* Whether the key was answered before: E_UNKNOWN, or OK with id and place, or E_DUPLICATE
 * for another record; E_HELD or E_DUPLICATE for a draft that waits.  Nothing is submitted.
 */
NODISCARD status publish_known(struct desk *d, struct call *c, struct publish_work *work);

/* Submits what publish_judge did not refuse, with its row of the log; fills id, place and
 * again.  E_DUPLICATE: the key stands for another record, or a draft waits under it. */
NODISCARD status publish_submit(struct desk *d, struct call *c, struct publish_work *work);

/* Adds what publish_submit would advise: the URN's other records, the call that is cited.
 * For what publish_judge did not refuse and nobody publishes now; nothing is kept. */
NODISCARD status publish_foresee(struct desk *d, const struct publish_work *work);

/* What the work's record says of a call, and which documents it was before. */
struct desk_citation;
struct desk_citation publish_citation(const struct publish_work *work);

/* publish_submit, with the sentence set for what a person can mend. */
NODISCARD status publish_submit_told(struct desk *d, struct call *c,
                                     struct publish_work *work);

/* Where the policy asks for a second person, whoever publishes without a draft states who
 * released it (argument `released`); the log has it.  E_DENIED with the sentence set. */
NODISCARD status publish_check_released(const struct desk *d, struct call *c);

/* R7: a leg that waits for the crime identifier code is a to-do until a correction of the
 * record is published; the other legs have gone. */
NODISCARD status publish_withheld(struct desk *d, const struct publish_work *work);

/* The row of the log for a record or a draft that was refused.  Nobody is shown why before
 * it stands: findings tell what a draft says, and that its source is named in it. */
NODISCARD status publish_refusal(struct desk *d, struct call *c,
                                 const struct publish_work *work);

/* What the call asks for beside the record: a decision for immigration enforcement, and
 * recipients that the others do not see (`confidential`, a comma list).  E_USAGE or E_VALUE
 * with the sentence set. */
NODISCARD status publish_options(struct desk *d, struct call *c, struct publish_work *work);

/* The classes of mends that the call asks to be applied.  E_USAGE with the sentence set. */
NODISCARD status publish_mend_read(struct call *c, struct publish_work *work);

/* Applies them where the record is right with them; record, findings and mends of the work
 * are then of the mended one.  For publish_judge.  E_MEMORY. */
NODISCARD status publish_mend(struct desk *d, struct arena *a, struct publish_work *work);

/* Rows of an answer: mends that were applied, findings, and what routing says of each
 * agency. */
void publish_give_mends(struct rows *r, const struct publish_work *work);
void publish_give_findings(struct rows *r, const struct findings *f);
void publish_give_routing(struct rows *r, const struct routing *routing);

/* The fields of a finding, from `rule` on, into a row with room for them. */
enum { PUBLISH_FINDING_FIELDS = 7, PUBLISH_MENDED_FIELDS = 4 };
void publish_give_finding(struct rows *r, const struct finding *f);
void publish_give_mended(struct rows *r, const struct mended *m);

#endif
