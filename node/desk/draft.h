#ifndef FLAGPOST_DRAFT_H
#define FLAGPOST_DRAFT_H

/*
 * A report on its way through the bureau: the record as it is so far, the state it is in
 * (stage.h) and every hand it went through.  Private to the desk.  Each step is a row of
 * the log, and what it changes is durable with it.
 */

#include "desk.h"
#include "publish.h"
#include "shelf.h"
#include "stage.h"

enum { DRAFT_HANDS_MAX = 24, DRAFT_REMARK_MAX = 200 };

/* One step of a draft's history. */
struct draft_hand {
    enum stage_step step;
    bool wrote; /* this hand gave the record that it left */
    millis at;
    struct bytes actor;  /* as the kernel named the person: "uid:1000 jsmith" */
    struct bytes remark; /* who decided it, why, or both; else empty */
};

struct draft {
    record_id id;
    enum stage stage;
    millis begun;
    record_id record; /* once it is released; all zero before */
    bool has_previous;
    record_id previous;      /* the record that this one will supersede */
    bool has_key;            /* it was handed in under a key (ungraded.h): */
    struct hash key, origin; /* its digests, of the key and of key and record */
    size_t hand_count;
    struct draft_hand hands[DRAFT_HANDS_MAX];
    struct bytes packed; /* the record so far; empty once it is released */
};

/* --- draft_shelf.c --- */

NODISCARD status draft_put(struct desk *d, const struct draft *draft);
/* E_DAMAGED: a row that no version wrote. */
NODISCARD status draft_of_row(const struct shelf_row *row, struct draft *ret);
/* The draft whose id, or whose record's id, begins with the call's argument `id`, or whose
 * URN that is; in the turn's arena.  E_UNKNOWN or E_VALUE (more than one), with the
 * sentence set. */
NODISCARD status draft_find(struct desk *d, struct call *c, struct draft *ret);

/* Drafts that are not released and have a URN, whatever its case and spaces: at most
 * `limit` of the 1000 that came first. */
NODISCARD status draft_of_urn(struct desk *d, struct bytes urn, record_id *ret_ids,
                              size_t limit, size_t *ret_count);

/* --- draft_step.c --- */

/* Moves it on, with this call's person as the one who did it.  E_ORDER and E_LIMIT with the
 * sentence set. */
NODISCARD status draft_step(struct desk *d, struct call *c, struct draft *draft,
                            enum stage_step step);
/* What is said of the step: the person named, the reason, or "person: reason"; in the arena
 * where it is both.  It is the proof of who decided (R12), so never a part of it:
 * E_MEMORY. */
NODISCARD status draft_remark(struct arena *a, const struct call *c, struct bytes *ret);
/* E_LIMIT, with the sentence set, when it is larger than a record can be. */
NODISCARD status draft_check_size(struct call *c, const struct draft *draft);
/* The row of the log for what was done. */
NODISCARD status draft_log(struct desk *d, struct call *c, const struct draft *draft,
                           const char *outcome);
/* What the step means for the call that the report cites, if it cites one: its advice goes
 * to `f`.  E_BUSY: nothing was done, ask in the next turn. */
NODISCARD status draft_cites(struct desk *d, struct call *c, const struct draft *draft,
                             const struct record *record, struct findings *f);
/* True when the person of this call drafted it, sanitised it or gave its record anew, in
 * any round.  A person is the uid, whatever name the directory gives it at the time. */
bool draft_is_own_work(const struct draft *draft, const struct call *c);

/* What a step's answer shows. */
struct draft_work {
    struct draft draft;
    enum stage before;               /* the step */
    struct bytes was;                /* its record before the step, packed */
    bool is_lower;                   /* the step has lowered its marking */
    struct publish_work publication; /* its findings: of the rules, if they were asked */
};
/* Gives the row of the draft and its findings. */
status draft_step_answer(struct desk *d, struct call *c, struct control_answer *ret);

/* --- discard.c --- */

#define DRAFT_DISCARDED "draft discarded" /* in the log */
/* With its source and its to-dos; OK also when there is none. */
NODISCARD status draft_drop(struct desk *d, const record_id *draft);
/* An own record is erased: so is what the bureau had of it before, its source included. */
NODISCARD status draft_forget(struct desk *d, const record_id *record);

/* --- the verbs, by file --- */

status draft_prepare(struct desk *d, struct call *c);
status drafts_prepare(struct desk *d, struct call *c);
status drafts_titled_prepare(struct desk *d, struct call *c);
status drafts_answer(struct desk *d, struct call *c, struct control_answer *ret);
status draft_show_prepare(struct desk *d, struct call *c);
status draft_show_answer(struct desk *d, struct call *c, struct control_answer *ret);
status assess_prepare(struct desk *d, struct call *c);
status sanitise_prepare(struct desk *d, struct call *c);
status rework_prepare(struct desk *d, struct call *c);
status release_prepare(struct desk *d, struct call *c);
status discard_prepare(struct desk *d, struct call *c);

#endif
